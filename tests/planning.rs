//! What planners get from the command: exposure, the order of work, and what is for the public.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::call::Place;
use crate::output::{Output, Row};

fn polygon(id: &str, more: &Value, corners: [[f64; 2]; 4]) -> Value {
    let mut ring = corners.to_vec();
    ring.push(corners[0]);
    feature(id, more, &json!({"type": "Polygon", "coordinates": [ring]}))
}

fn square(id: &str, more: &Value, [west, south, east, north]: [f64; 4]) -> Value {
    polygon(id, more, [[west, south], [east, south], [east, north], [west, north]])
}

fn feature(id: &str, more: &Value, geometry: &Value) -> Value {
    let mut properties = more.as_object().cloned().unwrap_or_default();
    properties.insert("id".into(), id.into());
    json!({"type": "Feature", "properties": properties, "geometry": geometry})
}

fn layer(features: &[Value]) -> String {
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// Corners of hazards and releases that nothing else has.
const SECRET: [[f64; 4]; 3] = [
    [46.012_345_7, 40.002_345_9, 46.017_654_3, 40.007_654_1],
    [46.014_321_9, 40.004_321_7, 46.021_987_3, 40.009_871_3],
    [46.013_572_4, 40.003_572_6, 46.015_151_3, 40.005_151_7],
];
/// An incident, an evidence point and a coordinate that is not on Earth.
const SECRET_POINTS: [[f64; 2]; 3] = [[46.098_765_3, 40.087_654_1], [46.031_313_7, 40.013_131_9], [999.123_4, 40.5]];

/// A place with every layer: two hazards with faults, a release, an evidence point, two zones, roads and schools.
fn place() -> Place {
    let place = Place::new();
    let point = |at: [f64; 2]| json!({"type": "Point", "coordinates": at});
    let none = json!({});
    let [a, b, r] = SECRET;
    let bow = [[b[0], b[1]], [b[2], b[3]], [b[2], b[1]], [b[0], b[3]]];
    let hazards = [
        square("SECRET-HA-1", &json!({"class": "SHA", "date": "2020-01-01", "accuracy_m": 40}), a),
        polygon("SECRET-HA-2", &json!({"class": "mystery", "date": "2020-01-01", "area_m2": 5}), bow),
        feature("SECRET-HA-3", &json!({"class": "CHA"}), &point(SECRET_POINTS[1])),
        polygon("SECRET-HA-4", &json!({"class": "CHA"}), [SECRET_POINTS[2], [46.5, 40.5], [46.6, 40.6], [46.5, 40.6]]),
    ];
    let releases = [square("SECRET-RE-1", &json!({"kind": "cleared", "date": "2021-01-01"}), r)];
    let districts = [
        square("D1", &json!({"code": "D1", "name": "West"}), [45.9, 39.9, 46.015, 40.1]),
        square("D2", &json!({"code": "D2", "name": "East"}), [46.015, 39.9, 46.2, 40.1]),
    ];
    let zones = [
        square("Z1", &json!({"name": "Near", "returnees": 40}), [46.0, 40.0, 46.0115, 40.012]),
        square("Z2", &json!({"name": "In", "Returnees": 900}), [46.016, 40.0, 46.03, 40.012]),
        square("Z3", &json!({"name": "Mute"}), [46.0165, 40.001, 46.0305, 40.0125]),
    ];
    let line = |points: Value| json!({"type": "LineString", "coordinates": points});
    let roads = [
        feature("road", &none, &line(json!([[45.95, 40.005], [46.1, 40.005]]))),
        feature("network", &none, &line(json!([[45.95, 39.95], [45.95, 40.05]]))),
        feature("dot", &none, &line(json!([[45.95, 39.95], [45.95, 39.95]]))),
        feature("nothing", &none, &Value::Null),
    ];
    let schools = [feature("s1", &none, &point([46.016_5, 40.003])), feature("s2", &none, &point([46.05, 40.05]))];
    let incidents = [feature("i1", &json!({"killed": 1}), &point(SECRET_POINTS[0]))];
    for (name, features) in [
        ("hazards", &hazards[..]),
        ("releases", &releases),
        ("districts", &districts),
        ("zones", &zones),
        ("roads", &roads),
        ("schools", &schools),
        ("incidents", &incidents),
    ] {
        place.write(format!("{name}.geojson"), layer(features));
    }
    let layers = ["hazards", "releases", "districts", "zones", "incidents"]
        .map(|role| format!("[[layer]]\nrole = \"{role}\"\npath = \"{role}.geojson\"\n"));
    let themes = ["roads", "schools"]
        .map(|theme| format!("[[layer]]\nrole = \"exposure\"\ntheme = \"{theme}\"\npath = \"{theme}.geojson\"\n"));
    let text = layers.concat() + &themes.concat();
    place.write("remnant.toml", &text);
    place.write("weights.toml", format!("[plan.weights]\npeople = 1\n\"exposed_features.schools\" = 3\n{text}"));
    place
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap()
}

#[test]
fn what_people_use_adds_up_and_the_order_of_work_has_every_zone() {
    let place = place();
    place.run(&["remnant.toml", "-o", "out"]).with(0);
    let output = place.output("out");
    let summary = output.json("summary.json");
    let inputs = summary["inputs"].as_array().unwrap();
    let roads = inputs.iter().find(|i| i["path"] == "roads.geojson").unwrap();
    assert_eq!(
        [&roads["role"], &roads["records"], &roads["used"], &roads["set_aside"]],
        [&json!("exposure"), &json!(4), &json!(2), &json!(2)]
    );
    let rows = output.rows("exposure.csv");
    for theme in ["roads", "schools"] {
        let of = |scope: &str| rows.iter().filter(|r| r["theme"] == theme && r["scope"] == scope).collect::<Vec<_>>();
        assert_eq!((of("total").len(), of("district").len(), of("outside").len(), of("zone").len()), (1, 2, 1, 3));
        for column in ["length_m", "exposed_length_m"] {
            let parts: f64 = of("district").iter().chain(&of("outside")).map(|r| number(r, column)).sum();
            assert!((parts - number(of("total")[0], column)).abs() < 1e-6, "{theme} {column}");
        }
    }
    let total = |theme: &str| rows.iter().find(|r| r["theme"] == theme && r["scope"] == "total").unwrap();
    assert_eq!((total("schools")["features"].as_str(), total("schools")["exposed_features"].as_str()), ("2", "1"));
    // Through both hazards at 40.005 degrees, without the release: 398.47 m.
    assert!((number(total("roads"), "exposed_length_m") - 398.47).abs() < 0.02);

    let zones = output.rows("zones.csv");
    let zone = |id: &str| zones.iter().find(|z| z["id"] == id).unwrap();
    assert_eq!((zone("Z1")["status"].as_str(), zone("Z2")["status"].as_str()), ("near", "contaminated"));
    assert_eq!((zone("Z1")["people"].as_str(), zone("Z2")["access"].as_str()), ("40", "connected"));
    assert!(zone("Z1")["stability"].contains("SECRET-HA-1"), "{}", zone("Z1")["stability"]);
    let geojson = output.json("zones.geojson");
    assert_eq!(geojson["features"][0]["properties"]["people"], 40.0);
    let plan = output.rows("plan.csv");
    let ids: Vec<&str> = plan.iter().map(|r| r["id"].as_str()).collect();
    assert_eq!(ids, ["Z2", "Z1", "Z3"]);
    assert_eq!((plan[2]["ranked"].as_str(), plan[2]["people"].as_str()), ("false", ""));
    assert!(plan[2]["why"].contains("how many people"));
    assert!(number(&plan[2], "marginal_m2") < number(&plan[2], "to_clear_m2"), "most of it serves Z2 already");
    let cumulative: f64 = plan.iter().map(|r| number(r, "marginal_m2")).sum();
    assert!((number(&plan[2], "cumulative_m2") - cumulative).abs() < 1e-3);
}

#[test]
fn themes_may_be_given_on_the_command_line_and_weights_in_the_project_file() {
    let place = place();
    let base = ["--hazards", "hazards.geojson", "--zones", "zones.geojson", "-o", "out"];
    let call: Vec<&str> =
        base.into_iter().chain(["--exposure", "Roads=roads.geojson", "schools=schools.geojson"]).collect();
    place.run(&call).with(0);
    let themes: HashSet<String> =
        place.output("out").rows("exposure.csv").into_iter().map(|r| r["theme"].clone()).collect();
    assert_eq!(themes, HashSet::from(["roads".to_owned(), "schools".to_owned()]));
    place.run(&["--hazards", "hazards.geojson", "--exposure", "roads.geojson"]).with(2).saying(&["THEME=PATH"]);

    place.run(&["weights.toml", "-o", "weighed"]).with(0);
    let output = place.output("weighed");
    assert_eq!(output.json("summary.json")["plan_weights"], json!({"people": 0.25, "exposed_features.schools": 0.75}));
    assert!(output.rows("plan.csv")[0]["why"].contains("exposed_features.schools 75%"));
}

/// Every text by which a coordinate of a hazard or release could be known, in digits and in bytes.
fn traces() -> Vec<Vec<u8>> {
    let points = SECRET_POINTS[..2].iter().flatten();
    // The evidence point comes last: the full outputs count it, and show it nowhere.
    let numbers = SECRET.iter().flatten().copied().chain([999.123_4]).chain(points.copied());
    numbers
        .flat_map(|n| {
            // Five decimals are a metre.
            let digits = format!("{:.5}", (n * 1e5).trunc() / 1e5);
            let digits = digits.trim_end_matches('0').to_owned();
            [digits.into_bytes(), n.to_le_bytes().to_vec(), n.to_be_bytes().to_vec()]
        })
        .collect()
}

fn holds(bytes: &[u8], trace: &[u8]) -> bool {
    bytes.windows(trace.len()).any(|window| window == trace)
}

fn bytes_of(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn nothing_for_the_public_says_where_a_hazard_lies() {
    let place = place();
    place.run(&["remnant.toml", "-o", "full"]).with(0);
    place.run(&["remnant.toml", "-o", "public", "--public"]).with(0);
    let (full, public) = (place.output("full"), place.output("public"));
    let shown: Vec<Vec<u8>> = bytes_of(&place.path("full")).into_iter().map(|f| f.1).collect();
    let drawn = traces().len() - 6;
    for trace in traces()[..drawn].iter().step_by(3) {
        assert!(shown.iter().any(|f| holds(f, trace)), "the full outputs show {}", String::from_utf8_lossy(trace));
    }
    for (path, bytes) in bytes_of(&place.path("public")) {
        for trace in traces() {
            assert!(!holds(&bytes, &trace), "{} shows {}", path.display(), String::from_utf8_lossy(&trace));
        }
        assert!(!holds(&bytes, b"SECRET"), "{} names a record", path.display());
    }
    for name in ["remaining.geojson", "released.geojson", "findings.geojson", "records.csv"] {
        assert!(full.names().contains(&name) && !public.names().contains(&name), "{name}");
    }
    let (before, after) = (full.json("summary.json"), public.json("summary.json"));
    assert_eq!((&before["public"], &after["public"]), (&json!(false), &json!(true)));
    for part in ["districts", "outside", "total", "zones", "findings", "unplaced_hazards"] {
        assert_eq!(before[part], after[part], "{part}");
    }
    assert_eq!(full.text("districts.csv"), public.text("districts.csv"));
    assert_eq!(full.text("balance.csv"), public.text("balance.csv"));
    for (row, was) in public.rows("zones.csv").iter().zip(full.rows("zones.csv")) {
        assert_eq!((&row["id"], &row["status"], &row["area_m2"]), (&was["id"], &was["status"], &was["area_m2"]));
        assert!(number(row, "remaining_m2") >= number(&was, "remaining_m2"));
        assert!(number(row, "released_m2") <= number(&was, "released_m2"));
        assert!(number(row, "nearest_hazard_m") <= number(&was, "nearest_hazard_m"));
        for column in ["suspected_m2", "cleared_m2", "nearest_hazard_m"] {
            assert!((number(row, column) % 50.0).abs() < 1e-9, "{column}: {}", row[column]);
        }
        assert_eq!((row["hazards"].as_str(), row["hazard_ids"].as_str()), ("", ""));
    }
    // The same by the project file.
    let text = fs::read_to_string(place.path("remnant.toml")).unwrap();
    place.write("public.toml", format!("[settings]\npublic = true\n{text}"));
    place.run(&["public.toml", "-o", "again"]).with(0);
    place.output("again").assert_same(&public, "settings.public is --public");
}

/// Every pair of coordinates of a GeoJSON file, as its digits.
fn pairs(text: &str) -> HashSet<&str> {
    let starts = text.match_indices('[').map(|(at, _)| &text[at + 1..]);
    let inner = starts.filter_map(|rest| Some(&rest[..rest.find([']', '['])?]));
    inner.filter(|pair| pair.contains('.') && pair.matches(',').count() == 1).collect()
}

#[test]
fn the_national_example_for_the_public_has_no_corner_of_a_hazard() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/azerbaijan");
    let place = Place::new();
    let project = fixture.join("remnant.toml");
    place.run(&[project.to_str().unwrap(), "--public", "-o", "out"]).with(0);
    let output = Output::read(&place.path("out"));
    let records = ["hazards.geojson", "releases.geojson"].map(|name| fs::read_to_string(fixture.join(name)).unwrap());
    let secret: HashSet<&str> = records.iter().flat_map(|text| pairs(text)).collect();
    assert!(secret.len() > 10_000, "{}", secret.len());
    // Workbooks are zips of the same tables, and those that name records are not in them.
    for name in output.names().into_iter().filter(|name| !name.ends_with(".xlsx")) {
        let shown = pairs(output.text(name)).into_iter().find(|pair| secret.contains(pair));
        assert_eq!(shown, None, "{name}");
    }
    assert!(pairs(output.text("zones.geojson")).len() > 1000);
    // The zones say how many people wait, so there is an order of work for all that need it.
    let plan = output.rows("plan.csv");
    assert!(plan.len() > 50 && plan[0]["ranked"] == "true" && plan[0]["hazard_ids"].is_empty());
}
