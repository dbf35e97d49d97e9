//! Bad calls, bad files, hostile names and texts: the exit status, what is said, and that nothing is left behind.

use std::fs;

use serde_json::json;

use crate::call::Place;
use crate::scenario::{Feature, Scenario, collection, rectangle};

const SQUARE: [i64; 4] = [1_700_000, 4_400_000, 1_701_000, 4_401_000];

fn hazards() -> String {
    collection(&[Feature::new(json!({"id": "h", "class": "suspected", "date": "2020-01-01"}), rectangle(SQUARE))])
}

/// A place with a good hazard layer, `hazards.geojson`.
fn place() -> Place {
    let place = Place::new();
    place.write("hazards.geojson", hazards());
    place
}

/// Fails unless the call is refused with exit status 2, says all of these, and leaves nothing.
#[track_caller]
fn assert_refused(place: &Place, arguments: &[&str], parts: &[&str]) {
    let before = place.names();
    let ended = place.run(arguments).with(2).saying(parts);
    assert_eq!(ended.stdout, "");
    assert_eq!(place.names(), before, "{arguments:?}");
}

#[test]
fn a_bad_call_is_refused() {
    let place = place();
    let good = ["--hazards", "hazards.geojson"];
    for (options, parts) in [
        (&["--as-of", "31/12/2024"][..], &["2024-12-31"][..]),
        (&["--as-of", "2023-02-29"], &["no such day"]),
        (&["--as-of", "2023"], &["2023-12-31"]),
        (&["--as-of", ""], &["--as-of"]),
        (&["--since", "2024-13-01"], &["--since"]),
        (&["--since", "2024-01-01", "--as-of", "2023-12-31"], &["2024-01-01", "2023-12-31", "what to do"]),
        (&["--safety-distance", "-1"], &["metres"]),
        (&["--safety-distance", "nan"], &["metres"]),
        (&["--safety-distance", "1e999"], &["metres"]),
        (&["--threads", "0"], &["--threads"]),
        (&["--dates", "sometimes"], &["replay", "ignore"]),
        (&["--outside", "Separate"], &["separate", "baseline"]),
        (&["--hazard-class", "CHA"], &["suspected", "confirmed"]),
        (&["--release-kind", "cleared"], &["--releases"]),
        (&["--quiet", "--verbose"], &["--verbose"]),
        (&["--crs", "EPSG:nonsense"], &["EPSG:nonsense"]),
        (&["--unknown"], &["--unknown"]),
    ] {
        if options[0] == "--crs" {
            place.write("plain.csv", "id,class,wkt\n1,suspected,\"POLYGON((0 0,1 0,1 1,0 0))\"\n");
            assert_refused(&place, &["--hazards", "plain.csv", "--crs", "EPSG:nonsense"], parts);
        } else {
            assert_refused(&place, &[&good[..], options].concat(), parts);
        }
    }
    assert_refused(&place, &["-o", "out"], &["--hazards"]);
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_what_to_do() {
    let place = place();
    fs::create_dir(place.path("folder.geojson")).unwrap();
    let whole = hazards();
    place
        .write("empty.geojson", "")
        .write("cut.geojson", &whole[..whole.len() - 9])
        .write("in-the-middle.geojson", &whole[..whole.len() / 2])
        .write("noise.geojson", [0x00, 0xff, 0xfe, 0x80, 0x13, 0x37])
        .write("letter.docx", "Dear Sir or Madam,");
    let bad = [
        "missing.geojson",
        "folder.geojson",
        "empty.geojson",
        "cut.geojson",
        "in-the-middle.geojson",
        "noise.geojson",
        "letter.docx",
        "",
    ];
    for name in bad {
        for role in ["--hazards", "--releases", "--districts", "--zones", "--incidents", "--coverage"] {
            let mut arguments = vec!["--hazards", "hazards.geojson"];
            if role != "--hazards" {
                arguments.push(role);
            }
            arguments.push(name);
            if name.is_empty() {
                place.run(&arguments).with(2);
            } else {
                assert_refused(&place, &arguments, &[name, "error: ", "where: ", "why: ", "what to do: "]);
            }
        }
    }
    assert_refused(&place, &["--hazards", "missing#layer.geojson"], &["missing#layer.geojson"]);
    assert_refused(&place, &["--hazards", "hazards.geojson#"], &["nothing follows the #"]);
    assert_refused(&place, &["missing.toml"], &["missing.toml", "project file"]);
    assert_refused(&place, &["folder.geojson"], &["folder.geojson", "regular file"]);
    assert_refused(&place, &["hazards.geojson"], &["hazards.geojson", "line 1"]);
}

#[test]
fn a_release_layer_without_a_kind_is_refused() {
    let place = place();
    place.write("done.geojson", collection(&[Feature::new(json!({"id": "r", "date": "2021"}), rectangle(SQUARE))]));
    let call = ["--hazards", "hazards.geojson", "--releases", "done.geojson"];
    assert_refused(&place, &call, &["done.geojson", "--release-kind"]);
    place.run(&[&call[..], &["--release-kind", "cleared"]].concat()).with(0);
    assert_eq!(place.output("remnant-out").district("")["remaining_m2"], "0.0000");
}

#[test]
fn an_output_folder_is_replaced_only_when_asked_and_only_where_it_is_ours() {
    let place = place();
    let call = ["--hazards", "hazards.geojson", "-o"];
    let with = |rest: &[&'static str]| [&call[..], rest].concat();
    place.run(&with(&["out"])).with(0);
    assert_refused(&place, &with(&["out"]), &["out", "--force"]);
    place.run(&with(&["out", "--force"])).with(0);

    place.write("out/letter.txt", "not ours");
    assert_refused(&place, &with(&["out", "--force"]), &["letter.txt"]);
    assert_eq!(fs::read(place.path("out/letter.txt")).unwrap(), b"not ours");

    assert_refused(&place, &with(&["hazards.geojson", "--force"]), &["hazards.geojson"]);
    assert_refused(&place, &with(&[".", "--force"]), &["--out"]);
    assert_refused(&place, &with(&["no/such/parent"]), &["no/such/parent"]);
    assert_eq!(fs::read_to_string(place.path("hazards.geojson")).unwrap(), hazards());

    fs::create_dir(place.path("data")).unwrap();
    place.write("data/hazards.geojson", hazards());
    assert_refused(&place, &["--hazards", "data/hazards.geojson", "-o", "data", "--force"], &["data"]);
}

#[test]
fn a_failed_run_leaves_the_former_folder_as_it_was() {
    let place = place();
    place.run(&["--hazards", "hazards.geojson", "-o", "out"]).with(0);
    let before = place.output("out");
    place.write("hazards.geojson", "{");
    place.run(&["--hazards", "hazards.geojson", "-o", "out", "--force"]).with(2);
    let after = place.output("out");
    before.assert_same_files(&after, &before.names(), "a failed run");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_refused_before_the_work() {
    use std::os::unix::fs::PermissionsExt;

    let place = place();
    fs::create_dir(place.path("locked")).unwrap();
    let allow = |mode| fs::set_permissions(place.path("locked"), fs::Permissions::from_mode(mode)).unwrap();
    allow(0o555);
    if fs::write(place.path("locked/probe"), "").is_ok() {
        println!("skipped: this user may write anywhere");
    } else {
        assert_refused(&place, &["--hazards", "hazards.geojson", "-o", "locked/out"], &["locked", "--out"]);
    }
    allow(0o755);
}

#[test]
fn strict_counts_what_was_set_aside_and_writes_everything() {
    let place = place();
    let bad = Feature { rings: vec![vec![[0, 0], [9, 9]]], ..Feature::new(json!({"id": "flat"}), Vec::new()) };
    let good = Feature::new(json!({"id": "good", "class": "CHA"}), rectangle(SQUARE));
    place.write("hazards.geojson", collection(&[good, bad]));
    let call = ["--hazards", "hazards.geojson"];
    let lax = place.run(&[&call[..], &["-o", "lax"]].concat()).with(0).saying(&["findings.csv", "flat", "feature 2"]);
    let strict = place.run(&[&call[..], &["-o", "strict", "--strict"]].concat()).with(3).saying(&["set aside"]);
    assert_eq!(lax.stdout, strict.stdout);
    place.output("lax").assert_same(&place.output("strict"), "--strict");
    let quiet = place.run(&[&call[..], &["-o", "quiet", "--quiet"]].concat()).with(0);
    assert_eq!(quiet.stderr, "");
    place.write("hazards.geojson", hazards());
    place.run(&[&call[..], &["-o", "clean", "--strict"]].concat()).with(0);
}

#[test]
fn a_hazard_set_aside_is_feared_where_it_could_lie() {
    for east in [17, 180] {
        let west = east * 100_000 - 500;
        let zone = [west + 200, 4_400_200, west + 800, 4_400_800];
        // One corner is not on Earth; the others go round the zone.
        let shell = vec![[west, 4_400_000], [west + 1_000, 4_400_000], [west + 500, 9_500_000], [west, 4_401_000]];
        let lost = Feature::new(json!({"id": "lost", "class": "CHA"}), shell);
        let far = Feature::new(json!({"id": "far", "class": "CHA"}), rectangle(SQUARE.map(|degrees| degrees / 2)));
        let place = Place::new();
        place.write("hazards.geojson", collection(&[far, lost]));
        place.write("zones.geojson", collection(&[Feature::new(json!({"id": "z"}), rectangle(zone))]));
        place.run(&["--hazards", "hazards.geojson", "--zones", "zones.geojson", "-o", "out"]).with(0);
        assert_eq!(place.output("out").rows("zones.csv")[0]["status"], "unknown", "at {east} degrees");
    }
}

#[test]
fn messages_are_json_where_that_is_asked_for() {
    let place = place();
    let call = ["--hazards", "hazards.geojson", "--log-format", "json", "--progress", "always"];
    let ended = place.run(&[&call[..], &["--verbose", "--json"]].concat()).with(0);
    let lines: Vec<serde_json::Value> = ended.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["level"] == "progress"));
    assert!(lines.iter().any(|line| line["code"] == "no-districts" && line["count"] == 1), "{}", ended.stderr);
    assert_eq!(ended.stdout, place.output("remnant-out").text("summary.json"));

    let ended = place.run(&["--hazards", "gone.geojson", "-o", "other", "--log-format", "json"]).with(2);
    let error: serde_json::Value = serde_json::from_str(&ended.stderr).unwrap();
    assert_eq!((&error["level"], &error["file"]), (&json!("error"), &json!("gone.geojson")));
    assert!(error["why"].is_string() && error["remedy"].is_string());
}

#[test]
fn a_project_file_does_what_options_do() {
    let survey = Scenario::new(5);
    let by_options = survey.account(&["--as-of", "2020-05-01", "--since", "2010-01-01", "--outside", "baseline"]);
    let place = Place::new();
    survey.write(&place);
    let layer = |role: &str| format!("[[layer]]\nrole = \"{role}\"\npath = \"{role}.geojson\"\n");
    let layers: String = ["hazards", "releases", "districts", "zones", "incidents"].map(layer).concat();
    let settings = "[settings]\nas_of = 2020-05-01\nsince = \"2010-01-01\"\noutside = \"baseline\"\n";
    place.write("remnant.toml", format!("out = \"out\"\n{settings}{layers}"));
    place.run(&["remnant.toml"]).with(0);
    by_options.assert_same(&place.output("out"), "a project file");
    place.run(&["remnant.toml", "--outside", "separate", "-o", "other"]).with(0);
    assert_eq!(place.output("other").json("summary.json")["settings"]["outside"], "separate");

    place.write("bad.toml", settings.replace("since", "sinse"));
    place.run(&["bad.toml"]).with(2).saying(&["bad.toml", "line 3", "sinse"]);
}

#[test]
fn nesting_without_end_is_an_error_and_no_crash() {
    let place = place();
    let many = |text: &str| text.repeat(100_000);
    let collections = format!("{}{}", many("{\"type\":\"GeometryCollection\",\"geometries\":["), many("]}"));
    place
        .write("arrays.toml", format!("a = {}{}\n", many("["), many("]")))
        .write("tables.toml", format!("a = {}1{}\n", many("{a="), many("}")))
        .write("keys.toml", format!("{}b = 1\n", many("a.")))
        .write("headers.toml", format!("[{}b]\n", many("a.")))
        .write("deep.topojson", format!("{{\"type\":\"Topology\",\"arcs\":[],\"objects\":{{\"a\":{collections}}}}}"))
        .write("deep.geojson", format!("{{\"type\":\"FeatureCollection\",\"features\":{}{}}}", many("["), many("]")));
    for name in ["arrays.toml", "tables.toml", "keys.toml", "headers.toml"] {
        assert_refused(&place, &[name], &[name]);
    }
    for name in ["deep.topojson", "deep.geojson"] {
        assert_refused(&place, &["--hazards", name], &[name]);
    }
    // A geometry too deep is one record that is set aside.
    let feature = format!("{{\"type\":\"Feature\",\"properties\":{{\"id\":\"deep\"}},\"geometry\":{collections}}}");
    place.write("one.geojson", format!("{{\"type\":\"FeatureCollection\",\"features\":[{feature}]}}"));
    let ended = place.run(&["--hazards", "one.geojson", "--strict"]);
    assert!(matches!(ended.code, Some(2 | 3)), "{ended:?}");
}
