//! Tables, as a reader of CSV sees them, and sums of what is printed.

use serde_json::Value;

use super::{csv, json, printed};
use crate::write::sample::{self, HOSTILE};
use crate::write::summary_json;

#[test]
fn printed_figures_add_up_as_printed() {
    let report = sample::report();
    let summary: Value = serde_json::from_str(&summary_json(&report)).expect("JSON");
    let (header, rows) = csv("districts.csv", &report);
    for column in header.iter().filter(|c| c.ends_with("_m2")) {
        let sum: i64 = rows.iter().map(|r| printed(&r[column])).sum();
        assert_eq!(sum, printed(&summary["total"][column].to_string()), "{column}");
    }
    for row in &rows {
        let at = |column: &str| printed(&row[column]);
        assert_eq!(at("baseline_m2"), at("remaining_m2") + at("released_m2"));
        assert_eq!(at("remaining_m2"), at("suspected_m2") + at("confirmed_m2"));
        assert_eq!(at("released_m2"), at("cancelled_m2") + at("reduced_m2") + at("cleared_m2"));
    }
    let (header, rows) = csv("balance.csv", &report);
    let (total, parts) = rows.split_last().expect("a total");
    assert_eq!((total["code"].as_str(), total["name"].as_str()), ("*", "total"));
    assert_eq!((parts[parts.len() - 1]["code"].as_str()), "");
    for column in header.iter().filter(|c| c.ends_with("_m2") || c.ends_with("_records")) {
        let sum: i64 = parts.iter().map(|r| printed(&r[column])).sum();
        assert_eq!(sum, printed(&total[column]), "{column}");
    }
    for row in &rows {
        let at = |column: &str| printed(&row[column]);
        let released = at("cancelled_m2") + at("reduced_m2") + at("cleared_m2");
        assert_eq!(at("closing_m2"), at("opening_m2") + at("newly_recorded_m2") + at("recontaminated_m2") - released);
        assert_eq!((row["from"].as_str(), row["to"].as_str()), ("2019-12-31", "2024-12-31"));
    }
}

#[test]
fn cells_that_look_like_formulas_are_defused_and_numbers_are_not() {
    let report = sample::report();
    let (_, rows) = csv("districts.csv", &report);
    for (row, name) in rows.iter().zip(HOSTILE) {
        let defused = name.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        assert_eq!(row["name"], if defused { format!("'{name}") } else { name.to_owned() });
    }
    let (_, zones) = csv("zones.csv", &report);
    assert_eq!(zones[0]["reasons"], "contaminated land lies in it; '=reason");
    assert_eq!(zones[0]["hazard_ids"], "'-1; h;2");
    assert_eq!(zones[0]["contaminated_share"], "0.000001");
    assert_eq!(zones[0]["nearest_hazard_m"], "0");
    assert_eq!((zones[1]["contaminated_share"].as_str(), zones[1]["nearest_hazard_m"].as_str()), ("", ""));
    let (_, balance) = csv("balance.csv", &report);
    assert!(balance[0]["opening_m2"].starts_with('-'), "a negative number stays a number");
}

#[test]
fn records_and_findings_say_where_they_come_from() {
    let report = sample::report();
    let (header, rows) = csv("records.csv", &report);
    assert_eq!(
        header,
        [
            "layer",
            "file",
            "feature",
            "id",
            "kind",
            "class",
            "date",
            "fate",
            "in_effect",
            "stated_m2",
            "geometry_m2",
            "credited_m2",
            "repeated_m2",
            "outside_m2",
            "recorded_m2",
            "overlap_m2",
            "operator",
            "method",
            "task",
            "within_task_m2"
        ]
    );
    let row = |n: usize| header.iter().map(|c| rows[n][c].as_str()).collect::<Vec<_>>();
    assert_eq!(
        row(0),
        [
            "hazards-layer",
            "h \"1\".geojson",
            "1",
            "'-1",
            "hazard",
            "confirmed",
            "2020-01-31",
            "used",
            "true",
            "1234.5",
            "1234.5000",
            "0.0001",
            "0.0000",
            "0.0000",
            "0.0000",
            "0.0000"
        ]
    );
    assert_eq!(
        row(1),
        [
            "releases-layer",
            "'=r",
            "7",
            "'=2+3",
            "release",
            "",
            "",
            "set-aside",
            "false",
            "0",
            "",
            "0.0001",
            "0.0000",
            "0.0000",
            "0.0000",
            "0.0000"
        ]
    );
    assert_eq!((row(2)[0], row(2)[9]), ("", ""), "a layer that is not there, a number that is none");
    let (header, rows) = csv("findings.csv", &report);
    assert_eq!(header, ["code", "severity", "layer", "file", "feature", "id", "message", "area_m2"]);
    let codes: Vec<&str> = rows.iter().map(|r| r["code"].as_str()).collect();
    assert_eq!(codes, ["no-districts", "no-class-field", "long-edge", "no-area", "bad-coordinates", "duplicate"]);
    let areas: Vec<&str> = rows.iter().map(|r| r["area_m2"].as_str()).collect();
    assert_eq!(areas, ["0.3000", "0.0000", "", "", "", ""]);
    assert_eq!(rows[1]["feature"], "");
    let value = json("findings.geojson", &report);
    let kinds: Vec<&str> = value["features"]
        .as_array()
        .expect("features")
        .iter()
        .map(|f| f["geometry"]["type"].as_str().unwrap_or("-"))
        .collect();
    assert_eq!(kinds, ["-", "-", "MultiPolygon", "Point", "-", "Polygon"]);
}
