//! One survey in every format gives the same account.

use std::path::{Path, PathBuf};

use crate::call::Place;
use crate::output::{Output, Row};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/formats").join(name)
}

/// The account of a layer of hazards; the survey ends in 2020.
fn account(hazards: &str) -> Output {
    let place = Place::new();
    place.write("districts.geojson", DISTRICTS);
    let options =
        ["--districts", "districts.geojson", "--since", "2019-12-31", "--as-of", "2020-12-31", "--out", "out"];
    place.run(&["--hazards", hazards].into_iter().chain(options).collect::<Vec<_>>()).with(0);
    Output::read(&place.path("out"))
}

const DISTRICTS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"W","name":"West"},"geometry":{"type":"Polygon","coordinates":[[[-1,-1],[5,-1],[5,11],[-1,11],[-1,-1]]]}},
{"type":"Feature","properties":{"code":"E","name":"East"},"geometry":{"type":"Polygon","coordinates":[[[5,-1],[32,-1],[32,11],[5,11],[5,-1]]]}}]}"#;

/// The rows of records without the names of layer and file.
fn records(output: &Output) -> Vec<Row> {
    let mut rows = output.rows("records.csv");
    for row in &mut rows {
        row.retain(|column, _| column != "layer" && column != "file");
    }
    rows
}

#[track_caller]
fn same(one: &Output, other: &Output, name: &str) {
    for table in ["districts.csv", "balance.csv", "zones.csv"] {
        assert_eq!(one.text(table), other.text(table), "{name}: {table}");
    }
    assert_eq!(records(one), records(other), "{name}: records.csv");
}

#[test]
fn the_tables_are_the_same_to_the_byte() {
    let plain = account(fixture("hazards.geojson").to_str().unwrap());
    assert_eq!(records(&plain).len(), 3);
    let area = plain.json("summary.json")["total"]["remaining_m2"].as_f64().unwrap();
    assert!(area > 1e12, "{area}");
    for name in [
        "hazards.shp",
        "hazards.csv",
        "hazards.fgb",
        "hazards.gpkg",
        "hazards.parquet",
        "hazards.kml",
        "hazards.kmz",
        "hazards.zip",
        "hazards.topojson",
    ] {
        same(&plain, &account(fixture(name).to_str().unwrap()), name);
    }
}

#[test]
fn turning_points_are_the_ground_that_they_enclose() {
    let plain = account(fixture("vertices.geojson").to_str().unwrap());
    same(&plain, &account(fixture("vertices.csv").to_str().unwrap()), "vertices.csv");
}

#[test]
fn a_layer_of_a_container_is_picked_after_a_hash() {
    let place = Place::new();
    let layer = format!("{}#rest", fixture("hazards.kmz").to_str().unwrap());
    place.run(&["--hazards", &layer, "--out", "out"]).with(0);
    assert_eq!(records(&place.output("out")).len(), 1);
    let layer = format!("{}#none", fixture("hazards.kmz").to_str().unwrap());
    place.run(&["--hazards", &layer, "--out", "none"]).with(2).saying(&[
        "no such layer",
        "`Hazards`, `rest`",
        "what to do",
    ]);
}

#[test]
fn bearings_are_declared_in_the_project_file() {
    let place = Place::new();
    let table = "id,class,date,pointno,lon,lat,bearing,distance\n1,SHA,2020-01-01,1,46,40,,\n1,SHA,2020-01-01,2,,,90,100\n1,SHA,2020-01-01,3,,,0,100\n";
    place.write("points.csv", table);
    let project = |keys: &str| format!("[[layer]]\nrole = \"hazards\"\npath = \"points.csv\"\n{keys}");
    place.write("a.toml", project("bearings = \"true\"\n")).write("b.toml", project(""));
    place.write("c.toml", project("bearings = \"magnetic\"\n"));
    place.run(&["a.toml", "--out", "a"]).with(0);
    let total = place.output("a").json("summary.json")["total"]["remaining_m2"].as_f64().unwrap();
    assert!((total - 5000.0).abs() < 0.1, "{total}");
    place.run(&["b.toml", "--out", "b"]).with(0);
    assert!(place.output("b").text("findings.csv").contains("declination_deg"));
    place.run(&["c.toml", "--out", "c"]).with(2).saying(&["layer.bearings", "declination_deg", "line 4"]);
}

#[test]
fn what_can_not_be_read_says_how_to_convert_it() {
    let place = Place::new();
    place.write("a.xyz", "what is this?").write("a.xml", "<?xml version=\"1.0\"?><maXML/>");
    place.run(&["--hazards", "a.xyz", "--out", "out"]).with(2).saying(&["format is not known", "what to do"]);
    place.run(&["--hazards", "a.xml", "--out", "out"]).with(2).saying(&["mine action XML", "turning point"]);
}

#[test]
fn a_layer_of_a_database_or_a_column_of_a_table_is_picked_the_same_way() {
    let place = Place::new();
    let fixture = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name);
        std::fs::read(path).unwrap_or_else(|e| panic!("{name}: {e}"))
    };
    place.write("a.gpkg", fixture("malformed/several_layers.gpkg"));
    place.run(&["--hazards", "a.gpkg"]).with(2).saying(&["several layers", "hazards", "a.gpkg#hazards"]);
    place.run(&["--hazards", "a.gpkg#hazards", "--out", "one"]).with(0);
    place.run(&["--hazards", "a.gpkg#re\"leases; drop table hazards --", "--out", "two"]).with(0);
    place.run(&["--hazards", "a.gpkg#none"]).with(2).saying(&["no such layer", "none", "name one of hazards"]);
    assert_ne!(place.output("one").text("districts.csv"), place.output("two").text("districts.csv"));
    place.write("n.parquet", fixture("formats/native.parquet"));
    place.run(&["--hazards", "n.parquet#outline", "--out", "three"]).with(0);
    assert_eq!(place.names(), ["a.gpkg", "n.parquet", "one", "three", "two"]);
}
