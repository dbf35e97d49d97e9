//! Tables, as a reader of CSV sees them, and sums of what is printed.

use std::collections::BTreeMap;

use jiff::civil::date;
use serde_json::Value;

use super::{csv, json, printed};
use crate::records::{ReleaseKind, Work};
use crate::report::{Balance, Moment, RecordKind, RecordRow, Series, SeriesStep, Transition};
use crate::status::State;
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
fn a_series_has_a_row_for_every_place_and_date_and_a_balance_for_every_period() {
    let mut report = sample::report();
    assert_eq!(csv("series.csv", &report).1.len(), 0, "none was asked for");
    let places = report.account.districts.len();
    let moments = |n: u64| -> Vec<Moment> {
        let balance = |period| Balance { closing: (sample::cm2(7), n + period), ..Balance::default() };
        (0..2).map(|period| Moment { balance: balance(period), evidence_points: n, ..Moment::default() }).collect()
    };
    report.account.settings.boundaries = Some(date(2021, 1, 1));
    report.account.series = Some(Series {
        step: SeriesStep::Yearly,
        dates: vec![date(2020, 12, 31), date(2021, 12, 31)],
        districts: (0..places as u64).map(|n| moments(10 * n)).collect(),
        outside: moments(500),
        total: moments(900),
        zones: Vec::new(),
    });
    let (_, rows) = csv("series.csv", &report);
    assert_eq!(rows.len(), 2 * (places + 2));
    let seen = |row: &BTreeMap<String, String>| {
        ["date", "from", "code", "closing_records", "evidence_points", "boundaries"].map(|c| row[c].clone())
    };
    assert_eq!(seen(&rows[1]), ["2020-12-31", "2019-12-31", "MK02", "10", "10", "2021-01-01"]);
    assert_eq!(seen(&rows[2 * places + 2]), ["2021-12-31", "2020-12-31", "", "501", "500", "2021-01-01"]);
    assert_eq!(seen(&rows[2 * places + 3]), ["2021-12-31", "2020-12-31", "*", "901", "900", "2021-01-01"]);
    assert_eq!(rows[places]["name"], "outside all districts");
    assert_eq!((rows[0]["released_share"].as_str(), rows[0]["closing_m2"].as_str()), ("", "0.0007"));
    let (_, balance) = csv("balance.csv", &report);
    assert_eq!(balance.len(), rows.len());
    for (of_balance, of_series) in balance.iter().zip(&rows) {
        assert_eq!((&of_balance["to"], &of_balance["code"]), (&of_series["date"], &of_series["code"]));
        assert_eq!(of_balance["closing_records"], of_series["closing_records"]);
    }
    let series = &json("summary.json", &report)["series"];
    assert_eq!((&series["step"], &series["dates"][1]), (&"yearly".into(), &"2021-12-31".into()));
    assert_eq!(series["remaining_m2"].as_array().map(Vec::len), Some(2));
}

#[test]
fn transitions_name_both_states() {
    let mut report = sample::report();
    let transition = |from, to| Transition { from, to, area: sample::cm2(12_345) };
    report.account.total.transitions = vec![transition(State::None, State::Suspected)];
    report.account.outside.figures.transitions = vec![transition(State::Confirmed, State::Cleared)];
    let (_, rows) = csv("transitions.csv", &report);
    let seen: Vec<_> = rows.iter().map(|r| ["code", "from", "to", "area_m2"].map(|c| r[c].as_str())).collect();
    assert_eq!(seen, [["", "confirmed", "cleared", "1.2345"], ["*", "none", "suspected", "1.2345"]]);
}

#[test]
fn credit_is_by_operator_and_set_aside_releases_are_counted() {
    let mut report = sample::report();
    let mut release = report.account.records.get(0).expect("a record");
    release.kind = RecordKind::Release(Some(ReleaseKind::Cleared));
    release.work = Work { operator: Some("Org".to_owned()), ..Work::default() }.into();
    let doubtful = RecordRow { date: None, stated_m2: Some(1e300), ..release.clone() };
    report.account.records.change(|rows| rows.extend([release, doubtful]));
    let (_, rows) = csv("credit.csv", &report);
    let seen: Vec<_> = rows
        .iter()
        .map(|r| ["operator", "kind", "releases", "stated_m2", "set_aside", "period_releases"].map(|c| r[c].as_str()))
        .collect();
    let want = [[HOSTILE_OPERATOR, "", "0", "0.0000", "1", "0"], ["Org", "cleared", "2", "1234.5000", "0", "1"]];
    assert_eq!(seen, want);
}

/// As a spreadsheet must not run it.
const HOSTILE_OPERATOR: &str = "'=cmd|'/c calc'!A1";

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
            "0.0000",
            "",
            "",
            "",
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
            "0.0000",
            HOSTILE_OPERATOR,
            HOSTILE[7],
            "",
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
