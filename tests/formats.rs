//! One survey in every format gives the same account, to the byte of its tables.

use std::fs;
use std::path::Path;

use crate::call::Place;

/// The files of each format: the one that is named, then those beside it.
const FORMATS: &[&[&str]] = &[
    &["hazards.geojson"],
    &["hazards.shp", "hazards.shx", "hazards.dbf", "hazards.prj", "hazards.cpg"],
    &["hazards.csv"],
    &["hazards.fgb"],
    &["hazards.gpkg"],
    &["hazards.parquet"],
];

const TABLES: &[&str] = &["districts.csv", "zones.csv", "balance.csv", "records.csv", "findings.csv"];

/// The account of a survey as its tables, without the name of the file that it was read from.
fn tables(files: &[&str]) -> Vec<String> {
    let place = Place::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/formats");
    for file in files {
        place.write(file, fs::read(fixtures.join(file)).unwrap_or_else(|e| panic!("{file}: {e}")));
    }
    // CSV has nowhere to say it; the others state it themselves.
    place.run(&["--hazards", files[0], "--crs", "EPSG:4326", "--as-of", "2024-12-31"]).with(0);
    let output = place.output("remnant-out");
    TABLES.iter().map(|table| output.text(table).replace(files[0], "FILE")).collect()
}

#[test]
fn one_survey_in_every_format_gives_one_account() {
    let [first, others @ ..] = FORMATS else { panic!("no formats") };
    let expected = tables(first);
    let records = &expected[3];
    assert!(["Г-1", "Г-2", "Г-3", "used", "set-aside"].iter().all(|text| records.contains(text)), "{records}");
    for files in others {
        for (table, (found, expected)) in TABLES.iter().zip(tables(files).iter().zip(&expected)) {
            assert_eq!(found, expected, "{}: {table}", files[0]);
        }
    }
}

#[test]
fn a_layer_of_a_container_is_named_after_a_hash() {
    let place = Place::new();
    let fixture = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name);
        fs::read(path).unwrap_or_else(|e| panic!("{name}: {e}"))
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
