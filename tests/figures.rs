//! Figures judged: published ones against computed ones, and one run against another.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::call::{Ended, Place, finish, program, start};
use crate::output::{Row, cm2};
use crate::scenario::{DEGREE, LAND, Scenario, rectangle};

/// Calls the program in a place.
fn call<S: AsRef<OsStr>>(place: &Place, arguments: &[S]) -> Ended {
    finish(start(program().current_dir(place.path("")).args(arguments)))
}

fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).expect("a table");
    let header = reader.headers().expect("a header").clone();
    let row = |r: csv::StringRecord| header.iter().map(str::to_owned).zip(r.iter().map(str::to_owned)).collect();
    reader.records().map(|r| row(r.expect("a row"))).collect()
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/azerbaijan/remnant.toml")
}

#[test]
fn the_published_series_is_held_against_the_records() {
    let place = Place::new();
    let project = example();
    let project = project.to_str().unwrap();
    let ended = call(&place, &["reconcile", project, "-o", "r.csv", "-o", "r.json", "--quiet"]).with(0);
    let verdicts = rows(&place.path("r.csv"));
    let computed: Vec<&Row> = verdicts.iter().filter(|v| v["check"] == "computed").collect();
    // Everything that the records were made to add up to, district by district.
    assert_eq!(computed.len(), 20);
    for verdict in &computed {
        assert_eq!(verdict["verdict"], "agrees", "{verdict:?}");
    }
    let wrong: Vec<&str> = verdicts.iter().filter(|v| v["verdict"] == "differs").map(|v| v["id"].as_str()).collect();
    assert_eq!(
        wrong,
        [
            "share-14.2",
            "purpose-2023-11",
            "share-ministry",
            "cluster-2025-07",
            "three-districts-2025-09",
            "three-districts-part"
        ]
    );
    assert!(ended.stdout.contains("165,871.5 ha of 11,258 km2 is 14.73 %"), "{}", ended.stdout);
    let json: Value = serde_json::from_slice(&fs::read(place.path("r.json")).unwrap()).unwrap();
    assert_eq!(json["verdicts"].as_array().unwrap().len(), verdicts.len());
    assert_eq!(json["counts"]["differs"], 6);
    // A whole that moved is told, and neither figure is called wrong.
    let moved: Vec<&str> =
        verdicts.iter().filter(|v| v["verdict"] == "cannot be checked").map(|v| v["id"].as_str()).collect();
    assert_eq!(moved, ["territory-2023-11", "territory-2024"]);
    call(&place, &["reconcile", project, "--strict", "--quiet"]).with(3);
    call(&place, &["reconcile", project, "-o", "r.csv"]).with(2).saying(&["r.csv", "there already", "--force"]);
    call(&place, &["reconcile", project, "-o", "r.csv", "--force", "--quiet"]).with(0);
}

#[test]
fn a_published_figure_that_the_records_do_not_give_is_found() {
    let place = Place::new();
    let series = fs::read_to_string(example().with_file_name("published.csv")).unwrap();
    for (from, to, id) in [
        ("AZ-SUS,2025,856.3,ha", "AZ-SUS,2025,856.5,ha", "released-2025-shusha"),
        ("2024-12-31,56460,", "2024-12-31,56461,", "mines-2024"),
        ("2024-12-31,11667,km2", "2024-12-31,11668,km2", "territory-2024"),
        ("other,2025,2269.5,ha", "other,2025,2269.7,ha", "released-2025-elsewhere"),
        ("AZ-TAR,2025,12.8,ha", "Tərtər,2025,12.9,ha", "released-2025-tartar"),
    ] {
        assert_eq!(series.matches(from).count(), 1, "{from}");
        place.write("p.csv", series.replace(from, to));
        let arguments =
            ["reconcile", example().to_str().unwrap(), "--published", "p.csv", "-o", "r.csv", "--force", "--quiet"]
                .map(str::to_owned);
        call(&place, &arguments).with(0);
        let verdicts = rows(&place.path("r.csv"));
        let verdict = verdicts.iter().find(|v| v["id"] == id && v["check"] == "computed").unwrap();
        assert_eq!(verdict["verdict"], "differs", "{verdict:?}");
    }
}

#[test]
fn published_figures_that_can_t_be_used_end_the_call() {
    let place = Place::new();
    let survey = Scenario::new(1);
    survey.write(&place);
    let layer = |role: &str| format!("[[layer]]\nrole = \"{role}\"\npath = \"{role}.geojson\"\n");
    place.write("p.toml", format!("{}{}{}", layer("hazards"), layer("releases"), layer("districts")));
    call(&place, &["reconcile", "p.toml"]).with(2).saying(&["no published figures", "--published"]);
    place.write("p.csv", "id,what,where,when,value,unit\nx,released,D9,2020-01-01,1,ha\ny,songs,,,3,\n");
    let told = call(&place, &["reconcile", "p.toml", "--published", "p.csv", "--quiet"]).with(0).stdout;
    assert!(told.contains("no district has the code or the name `D9`"), "{told}");
    assert!(told.contains("no computed figure is called `songs`"), "{told}");
    assert!(told.contains("0 agrees, 0 differs, 2 cannot be checked"), "{told}");
    place.write("p.csv", "id,what,value,unit\nx,released,1.2.3,ha\n");
    let refused = call(&place, &["reconcile", "p.toml", "--published", "p.csv"]).with(2);
    refused.saying(&["p.csv", "feature 1", "field value", "1.2.3"]);
    call(&place, &["reconcile", "p.toml", "--published", "hazards.geojson"]).with(2);
    call(&place, &["reconcile", "p.toml", "--published", "no.csv"]).with(2).saying(&["no.csv"]);
}

/// Runs both, compares them, and gives the moves; fails unless they add up to the difference of the figures.
#[track_caller]
fn compared(old: (&Scenario, &[&str]), new: (&Scenario, &[&str])) -> (Vec<Row>, String) {
    let place = Place::new();
    for (name, (survey, options)) in [("old", old), ("new", new)] {
        let mut arguments = survey.write(&place);
        arguments.extend(["-o", name].iter().chain(options).map(|&option| option.to_owned()));
        place.run(&arguments).with(0);
    }
    let told = call(&place, &["compare", "old", "new", "-o", "moves.csv", "-o", "all.json"]).with(0).stdout;
    let moves = rows(&place.path("moves.csv"));
    let (before, after) = (place.output("old").rows("districts.csv"), place.output("new").rows("districts.csv"));
    for column in ["remaining_m2", "released_m2"] {
        let figure = |rows: &[Row], code: &str| rows.iter().find(|r| r["code"] == code).map_or(0, |r| cm2(&r[column]));
        for code in before.iter().chain(&after).map(|row| row["code"].as_str()) {
            let of = |causes: &dyn Fn(&str) -> bool| -> i64 {
                moves.iter().filter(|m| m["code"] == code && causes(&m["cause"])).map(|m| cm2(&m[column])).sum()
            };
            let difference = of(&|cause| cause == "difference");
            assert_eq!(difference, figure(&after, code) - figure(&before, code), "{code} {column}");
            let rest = of(&|cause| cause == "not explained by records");
            assert_eq!(of(&|cause| cause != "difference"), difference, "{code} {column}");
            // Only the rounding of each record's share is left.
            assert!(rest.abs() <= 100, "{code} {column}: {rest}");
        }
    }
    let json: Value = serde_json::from_slice(&fs::read(place.path("all.json")).unwrap()).unwrap();
    assert_eq!(json["moves"].as_array().unwrap().len(), moves.len());
    (moves, told)
}

fn causes(moves: &[Row], id: &str) -> Vec<String> {
    let mut causes: Vec<String> = moves.iter().filter(|m| m["id"] == id).map(|m| m["cause"].clone()).collect();
    causes.dedup();
    causes
}

#[test]
fn every_difference_between_two_runs_has_its_records() {
    for seed in crate::seed::of(1..5) {
        for outside in ["separate", "baseline"] {
            let options = ["--outside", outside];
            let old = Scenario::new(seed);
            let mut new = old.clone();
            new.hazards.remove(3);
            new.releases.remove(5);
            let mut late = new.releases[0].clone();
            late.set("id", "late");
            new.releases.push(late);
            new.hazards[0].rings[0][0][0] -= 150;
            new.hazards[1].set("class", "confirmed");
            new.releases[1].set("date", "2001-01-01");
            new.hazards.reverse();
            let (moves, told) = compared((&old, &options), (&new, &options));
            assert_eq!(causes(&moves, "h003"), ["hazard went"], "seed {seed}");
            assert_eq!(causes(&moves, "late"), ["release came"], "seed {seed}");
            assert_eq!(causes(&moves, "h000"), ["hazard redrawn"], "seed {seed}");
            assert_eq!(causes(&moves, "r001"), ["release changed"], "seed {seed}");
            assert!(told.contains("Districts whose boundaries differ\n  nothing"), "{told}");
            assert!(moves.iter().all(|m| m["cause"] != "boundary"), "seed {seed}");
        }
    }
}

#[test]
fn a_boundary_that_moves_is_no_release() {
    for seed in crate::seed::of(1..4) {
        let old = Scenario::new(seed);
        let mut new = old.clone();
        // The first two districts part at another meridian.
        let [west, south, east, north] = LAND;
        let (wide, high, shift) = ((east - west) / 3, (north - south) / 2, DEGREE / 50);
        new.districts[0].rings[0] = rectangle([west, south, west + wide + shift, south + high]);
        new.districts[1].rings[0] = rectangle([west + wide + shift, south, west + 2 * wide, south + high]);
        let (moves, told) = compared((&old, &[]), (&new, &[]));
        let is_record = |m: &&Row| !m["id"].is_empty();
        assert!(moves.iter().filter(is_record).any(|m| m["cause"] == "boundary"), "seed {seed}");
        for one in moves.iter().filter(is_record) {
            assert!(["boundary", "replay"].contains(&one["cause"].as_str()), "{one:?}");
            let large = cm2(&one["remaining_m2"]).abs().max(cm2(&one["released_m2"]).abs()) > 1_000;
            assert!(one["cause"] == "boundary" || !large, "{one:?}");
        }
        for column in ["remaining_m2", "released_m2"] {
            let total = moves.iter().find(|m| m["code"] == "*" && m["cause"] == "difference").unwrap();
            assert!(cm2(&total[column]).abs() <= 1_000, "{total:?}");
        }
        assert!(told.contains("redrawn") && told.contains("D0") && told.contains("D1"), "{told}");
    }
}

#[test]
fn dates_and_settings_that_differ_are_named() {
    let survey = Scenario::new(2);
    let (moves, told) = compared(
        (&survey, &["--as-of", "2015-06-30"]),
        (&survey, &["--as-of", "2023-11-11", "--safety-distance", "50"]),
    );
    for name in ["as_of", "2015-06-30", "2023-11-11", "safety_distance_m"] {
        assert!(told.contains(name), "{told}");
    }
    // Land that is noded with other records moves by less than a square decimetre.
    let large = |m: &&Row| ["remaining_m2", "released_m2"].iter().any(|&column| cm2(&m[column]).abs() >= 100);
    let records: Vec<&Row> = moves.iter().filter(|m| !m["id"].is_empty()).filter(large).collect();
    assert!(records.iter().all(|m| m["cause"].ends_with("took effect")), "{records:?}");
    assert!(!records.is_empty());
    let (moves, told) = compared((&survey, &["--dates", "replay"]), (&survey, &["--dates", "ignore"]));
    assert!(told.contains("ignore"), "{told}");
    assert!(moves.iter().any(|m| m["cause"] == "replay"));
    // Nothing changes, nothing is told.
    let (moves, _) = compared((&survey, &[]), (&survey, &[]));
    assert!(moves.iter().all(|m| m["id"].is_empty()));
}

#[test]
fn folders_that_can_t_be_compared_are_refused() {
    let place = Place::new();
    let mut arguments = Scenario::new(1).write(&place);
    arguments.extend(["-o".to_owned(), "a".to_owned()]);
    place.run(&arguments).with(0);
    fs::create_dir(place.path("empty")).unwrap();
    call(&place, &["compare", "a", "empty"]).with(2).saying(&["empty", "summary.json"]);
    call(&place, &["compare", "nowhere", "a"]).with(2).saying(&["nowhere"]);
    call(&place, &["compare", "a", "a", "-o", "a/moves.csv"]).with(2).saying(&["a/moves.csv"]);
    call(&place, &["compare", "a", "a", "-o", "no/such/moves.csv"]).with(2).saying(&["no/such/moves.csv", "not there"]);
    let table = place.path("a/records-by-district.csv");
    let whole = fs::read(&table).unwrap();
    // Cut anywhere, it is refused: within a row by its form, between two rows by its sums.
    for part in [1, 2, 3] {
        fs::write(&table, &whole[..whole.len() * part / 4]).unwrap();
        call(&place, &["compare", "a", "a"]).with(2).saying(&["records-by-district.csv", "what to do"]);
    }
    fs::remove_file(&table).unwrap();
    call(&place, &["compare", "a", "a"]).with(2).saying(&["no records-by-district.csv", "run that account again"]);
}
