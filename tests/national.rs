//! The national example comes out as published, and real layers come out as an independent engine has them.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::call::Place;
use crate::output::{Output, Row};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/azerbaijan").join(name)
}

fn account(options: &[&str]) -> Output {
    let place = Place::new();
    let project = fixture("remnant.toml");
    let mut call = vec![project.to_str().unwrap(), "--out", "out", "--no-geometry"];
    call.extend(options);
    place.run(&call).with(0);
    Output::read(&place.path("out"))
}

fn hectares(row: &Row, columns: &[&str]) -> f64 {
    columns.iter().map(|c| row[*c].parse::<f64>().unwrap()).sum::<f64>() / 1e4
}

#[track_caller]
fn near(got: f64, wanted: &Value, what: &str) {
    let wanted = wanted.as_f64().unwrap();
    // The published figures have one decimal of a hectare.
    assert!((got - wanted).abs() <= 0.05, "{what}: {got} ha, published {wanted} ha");
}

#[test]
fn the_country_at_the_end_of_2024_is_as_published() {
    let expected: Value = serde_json::from_slice(&std::fs::read(fixture("expected.json")).unwrap()).unwrap();
    let published = &expected["published"]["2024-12-31"];
    let total = &account(&["--since", "2023-12-31", "--as-of", "2024-12-31"]).json("summary.json")["total"];
    let figure = |name: &str| total[name].as_f64().unwrap();
    near(figure("released_m2") / 1e4, &published["released_ha"]["value"], "released");
    let baseline = published["baseline_km2"]["value"].as_f64().unwrap();
    assert!((figure("baseline_m2") / 1e6 - baseline).abs() < 0.001, "baseline {}", figure("baseline_m2"));
    assert!((figure("released_share") - 0.154).abs() < 0.0005);
    let mines = published["mines"]["value"].as_f64().unwrap();
    assert!((figure("ap_mines") + figure("av_mines") - mines).abs() < 0.5);
    assert!((figure("erw") - published["erw"]["value"].as_f64().unwrap()).abs() < 0.5);
}

#[test]
fn the_releases_of_2025_are_as_published_district_by_district() {
    let expected: Value = serde_json::from_slice(&std::fs::read(fixture("expected.json")).unwrap()).unwrap();
    let published = &expected["published"]["2025"];
    let output = account(&[]);
    let flows = ["period_cancelled_m2", "period_reduced_m2", "period_cleared_m2"];
    let named = published["released_ha_by_district"]["value"].as_object().unwrap();
    let mut elsewhere = 0.0;
    for row in output.rows("districts.csv") {
        let released = hectares(&row, &flows);
        match named.get(&row["code"]) {
            Some(wanted) => near(released, wanted, &row["code"]),
            None => elsewhere += released,
        }
    }
    near(elsewhere, &published["released_ha_elsewhere"]["value"], "elsewhere");
    // Laçın, which the source calls Lankaran, stands under its own name, and the table says why.
    let alias = output.rows("findings.csv").into_iter().find(|f| f["code"] == "alias" && f["id"] == "AZ-LAC");
    assert!(alias.unwrap()["message"].contains("calls this district Lankaran"));
}

#[test]
fn real_layers_of_bosnia_come_out_as_an_independent_engine_has_them() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let mines = data.join("bih-mines-dev");
    if !mines.is_dir() {
        println!("skipped: the data of other licences are not beside the project");
        return;
    }
    let place = Place::new();
    let districts = data.join("bih-geoboundaries-adm3/geoBoundaries-BIH-ADM3.geojson");
    let (suspect, cleared) =
        (mines.join("suspect_areas_sheets23-25.geojson"), mines.join("cleared_areas_sheets23-25.geojson"));
    let call = [
        "--hazards",
        suspect.to_str().unwrap(),
        "--releases",
        cleared.to_str().unwrap(),
        "--districts",
        districts.to_str().unwrap(),
        "--release-kind",
        "cleared",
        "--dates",
        "ignore",
        "--no-geometry",
        "--out",
        "out",
    ];
    place.run(&call).with(0);
    let summary = Output::read(&place.path("out")).json("summary.json");
    // By faces of shapely 2.1 (GEOS) and the replay of the contract in Python: tests/oracle/real_check.py.
    for (name, wanted) in [
        ("suspected_m2", 196_543_794.9),
        ("cleared_m2", 192_361.7),
        ("release_outside_hazard_m2", 5_525_458.0),
        ("repeated_release_m2", 9_006.7),
    ] {
        let got = summary["total"][name].as_f64().unwrap();
        assert!((got - wanted).abs() < 1.0, "{name}: {got}, independent engine {wanted}");
    }
    let counts =
        |n: usize| ["records", "used", "repaired", "set_aside"].map(|c| summary["inputs"][n][c].as_u64().unwrap());
    assert_eq!(counts(0), [2288, 1462, 79, 747]);
    assert_eq!(counts(1), [979, 903, 75, 1]);
}
