//! The account at many dates, through the command: byte for byte what separate runs write.

use crate::call::Place;
use crate::output::{Output, Row, cm2};
use crate::scenario::{Feature, Scenario, collection, rectangle};
use serde_json::json;

const STATES: [&str; 10] = [
    "name",
    "baseline_m2",
    "suspected_m2",
    "confirmed_m2",
    "remaining_m2",
    "cancelled_m2",
    "reduced_m2",
    "cleared_m2",
    "released_m2",
    "released_share",
];

/// A table without its header.
fn body<'a>(output: &'a Output, name: &str) -> &'a str {
    output.text(name).split_once('\n').expect("a header").1
}

/// The total stands in summary.json, so a table of districts has every row but it.
fn rows_of<'a>(rows: &'a [Row], date: &str) -> Vec<&'a Row> {
    rows.iter().filter(|row| row["date"] == date && row["code"] != "*").collect()
}

/// Runs over a written survey.
struct Runs {
    place: Place,
    arguments: Vec<String>,
}

impl Runs {
    fn new(survey: &Scenario) -> Self {
        let place = Place::new();
        let arguments = survey.write(&place);
        Self { place, arguments }
    }

    fn run(&self, options: &[&str]) -> Output {
        let options = ["-o", "out", "--force", "--no-geometry"].iter().chain(options).map(|o| (*o).to_owned());
        let arguments: Vec<String> = self.arguments.iter().cloned().chain(options).collect();
        self.place.run(&arguments).with(0);
        self.place.output("out")
    }
}

#[test]
fn every_row_of_a_series_is_what_a_separate_run_writes() {
    let since = ["--since", "2009-12-31"];
    for (seed, step, period, policy) in [
        (1, "yearly", &[][..], "separate"),
        (2, "quarterly", &since[..], "baseline"),
        (3, "yearly", &since[..], "separate"),
    ] {
        let mut survey = Scenario::new(seed);
        survey.hazards.iter_mut().step_by(7).for_each(|hazard| hazard.rings = vec![vec![hazard.rings[0][0]]]);
        let runs = Runs::new(&survey);
        let common = [&["--as-of", "2024-05-06", "--outside", policy], period].concat();
        let whole = runs.run(&[&common[..], &["--series", step]].concat());
        let series = whole.rows("series.csv");
        let mut dates: Vec<&str> = series.iter().map(|row| row["date"].as_str()).collect();
        dates.dedup();
        assert_eq!(
            dates.len(),
            if seed == 1 {
                22
            } else if seed == 2 {
                58
            } else {
                15
            }
        );
        let listed = &whole.json("summary.json")["series"]["dates"];
        assert_eq!(listed.as_array().expect("dates").len(), dates.len());

        let mut balance = String::new();
        let mut from = period.last().map_or("", |since| since);
        for &date in &dates {
            let mut options = vec!["--as-of", date, "--outside", policy];
            if !from.is_empty() {
                options.extend(["--since", from]);
            }
            let alone = runs.run(&options);
            balance.push_str(body(&alone, "balance.csv"));
            assert_eq!(body(&alone, "series.csv"), "", "no series was asked for");
            for (row, district) in rows_of(&series, date).into_iter().zip(alone.rows("districts.csv")) {
                assert_eq!(row["from"], from);
                assert_eq!(row["boundaries"], "2024-05-06");
                for column in STATES.iter().chain(&["evidence_points", "code"]) {
                    assert_eq!(row[*column], district[*column], "seed {seed}: {column} of {} {date}", row["code"]);
                }
            }
            let total = series.iter().find(|row| row["date"] == date && row["code"] == "*").expect("a total");
            let summary = alone.json("summary.json");
            let remaining = (summary["total"]["remaining_m2"].as_f64().expect("a number") * 1e4).round() as i64;
            assert_eq!(cm2(&total["remaining_m2"]), remaining);
            from = date;
        }
        assert_eq!(body(&whole, "balance.csv"), balance, "seed {seed}: the periods of the balance");
        // Nothing else hangs on the series.
        let plain = runs.run(&common);
        for name in ["districts.csv", "zones.csv", "records.csv", "findings.csv", "transitions.csv", "credit.csv"] {
            assert_eq!(whole.text(name), plain.text(name), "seed {seed}: {name}");
        }
    }
}

#[test]
fn a_series_hangs_on_neither_threads_nor_order() {
    let mut survey = Scenario::new(5);
    let options = ["--series", "monthly", "--since", "2010-03-05"];
    let tables = ["series.csv", "balance.csv", "transitions.csv", "credit.csv"];
    let first = Runs::new(&survey).run(&[&options[..], &["--threads", "1"]].concat());
    survey.hazards.reverse();
    survey.releases.reverse();
    let second = Runs::new(&survey).run(&[&options[..], &["--threads", "3"]].concat());
    first.assert_same_files(&second, &tables, "threads and order");
    assert!(first.rows("series.csv").len() > 1000);
}

#[test]
fn transitions_have_the_states_of_both_dates_as_margins() {
    for seed in crate::seed::of(1..4) {
        let runs = Runs::new(&Scenario::new(seed));
        let now = runs.run(&["--since", "2012-01-01", "--as-of", "2021-01-01"]);
        let then = runs.run(&["--as-of", "2012-01-01"]);
        let transitions = now.rows("transitions.csv");
        assert!(transitions.iter().any(|t| t["from"] == "none") && transitions.iter().all(|t| t["to"] != "none"));
        for (closing, opening) in now.rows("districts.csv").iter().zip(then.rows("districts.csv")) {
            let sum = |end: &str, state: &str| -> i64 {
                let of = transitions.iter().filter(|t| t["name"] == closing["name"] && t[end] == state);
                of.map(|t| cm2(&t["area_m2"])).sum()
            };
            for state in ["suspected", "confirmed", "cancelled", "reduced", "cleared"] {
                let column = format!("{state}_m2");
                assert_eq!(sum("from", state), cm2(&opening[&column]), "seed {seed}: from {state}, {closing:?}");
                assert_eq!(sum("to", state), cm2(&closing[&column]), "seed {seed}: to {state}, {closing:?}");
            }
        }
        assert_eq!(body(&then, "transitions.csv"), "", "without a period there is nothing to compare");
    }
}

/// A square with the lower left corner at some tenths of a kilometre.
fn square(x: i64) -> Vec<[i64; 2]> {
    let (west, south) = (1_700_000 + 100 * x, 4_400_000);
    rectangle([west, south, west + 100, south + 100])
}

#[test]
fn operators_methods_and_tasks_are_read_by_their_names_and_credited() {
    let hazard = Feature::new(json!({"id": "h", "class": "CHA", "date": "2020-01-01"}), square(0));
    let release = |id: &str, date: &str, extra: serde_json::Value| {
        let mut feature = Feature::new(json!({"id": id, "kind": "cleared", "date": date}), square(0));
        feature.properties.extend(extra.as_object().expect("an object").clone());
        feature
    };
    let releases = [
        release("p", "2021-01-01", json!({"implementer": " Org A ", "asset": "manual", "taskid": 7, "ap_mines": 4})),
        release("c", "2021-06-01", json!({"implementer": "Org A", "asset": "manual", "taskid": "7", "ap_mines": 4})),
        release("q", "2021-07-01", json!({"implementer": "=Org B", "areasize": 50.5})),
        release("w", "in spring", json!({"implementer": "=Org B"})),
    ];
    let place = Place::new();
    place.write("h.geojson", collection(&[hazard])).write("r.geojson", collection(&releases));
    place.run(&["--hazards", "h.geojson", "--releases", "r.geojson", "-o", "out"]).with(0);
    let output = place.output("out");
    let records = output.rows("records.csv");
    let of = |id: &str| records.iter().find(|r| r["id"] == id).expect("a record");
    assert_eq!(
        (of("p")["operator"].as_str(), of("p")["method"].as_str(), of("p")["task"].as_str()),
        ("Org A", "manual", "7")
    );
    assert_eq!(of("c")["within_task_m2"], of("c")["geometry_m2"]);
    assert_eq!(of("p")["credited_m2"], of("p")["geometry_m2"]);
    assert_eq!(cm2(&of("q")["within_task_m2"]), 0);
    let credit = output.rows("credit.csv");
    let [b_lost, b, a] = &credit[..] else { panic!("{credit:?}") };
    assert_eq!(
        (b_lost["operator"].as_str(), b_lost["kind"].as_str(), b_lost["set_aside"].as_str()),
        ("'=Org B", "", "1")
    );
    assert_eq!((b["releases"].as_str(), b["stated_m2"].as_str(), b["stated_releases"].as_str()), ("1", "50.5000", "1"));
    assert_eq!(
        (a["releases"].as_str(), &a["credited_m2"], &a["within_task_m2"]),
        ("2", &of("p")["credited_m2"], &of("c")["repeated_m2"])
    );
    let findings = output.rows("findings.csv");
    let twice: Vec<&Row> = findings.iter().filter(|f| f["code"] == "devices-repeated").collect();
    assert!(twice.len() == 1 && twice[0]["id"] == "c" && twice[0]["message"].contains("(p)"), "{twice:?}");
}

#[test]
fn districts_count_by_their_dates_of_validity() {
    let district = |code: &str, from: &str, to: &str, ring| {
        Feature::new(json!({"code": code, "name": code, "valid_from": from, "valid_to": to}), ring)
    };
    let both = rectangle([1_700_000, 4_400_000, 1_700_200, 4_400_100]);
    let mut districts = vec![
        district("A", "", "2019", both),
        district("A", "2020-01-01", "", square(0)),
        district("B", "2020-01-01T00:00:00Z", "", square(1)),
    ];
    let hazards = [
        Feature::new(json!({"id": "a", "class": "CHA", "date": "2018-01-01"}), square(0)),
        Feature::new(json!({"id": "b", "class": "CHA", "date": "2021-01-01"}), square(1)),
    ];
    let place = Place::new();
    place.write("h.geojson", collection(&hazards)).write("d.geojson", collection(&districts));
    place.write("p.toml", "[settings]\nseries = \"yearly\"\n[[layer]]\nrole = \"hazards\"\npath = \"h.geojson\"\n[[layer]]\nrole = \"districts\"\npath = \"d.geojson\"\n");
    let run = |options: &[&str]| {
        place.run(&[&["p.toml", "-o", "out", "--force"], options].concat()).with(0);
        place.output("out")
    };
    let codes = |output: &Output| -> Vec<String> {
        output.rows("districts.csv").into_iter().map(|mut row| row.remove("code").expect("a code")).collect()
    };
    let found = |output: &Output, code: &str| output.rows("findings.csv").iter().filter(|f| f["code"] == code).count();
    let now = run(&[]);
    assert_eq!(codes(&now), ["A", "B", ""]);
    let summary = now.json("summary.json");
    assert_eq!(
        (&summary["boundaries"], &summary["series"]["boundaries"]),
        (&json!("2021-01-01"), &json!("2021-01-01"))
    );
    assert_eq!((found(&now, "districts-not-valid"), found(&now, "boundaries-change")), (1, 1));
    assert_eq!(summary["inputs"][1]["set_aside"], 0, "a former district is no fault");
    let before = run(&["--as-of", "2019-06-01"]);
    assert_eq!(codes(&before), ["A", ""]);
    let old = run(&["--boundaries", "2019-12-31"]);
    assert_eq!(codes(&old), ["A", ""]);
    assert!(cm2(&old.district("A")["remaining_m2"]) > cm2(&now.district("A")["remaining_m2"]));
    assert_eq!(cm2(&old.district("")["remaining_m2"]), 0);

    districts[0].set("valid_to", "when the war ended");
    districts[1].set("valid_to", "2019-01-01");
    place.write("d.geojson", collection(&districts));
    let odd = run(&[]);
    assert_eq!(found(&odd, "unreadable-date"), 2, "{}", odd.text("findings.csv"));
    assert_eq!(odd.json("summary.json")["inputs"][1]["repaired"], 2);
}

#[test]
fn periods_and_days_that_are_none_are_refused() {
    let place = Place::new();
    place.write("h.geojson", collection(&[]));
    place.run(&["--hazards", "h.geojson", "--series", "weekly"]).with(2).saying(&["weekly", "monthly"]);
    place.run(&["--hazards", "h.geojson", "--boundaries", "2020"]).with(2).saying(&["2020-12-31"]);
    place.write("p.toml", "[settings]\nseries = \"daily\"\n");
    place.run(&["p.toml"]).with(2).saying(&["line 2", "settings.series", "quarterly"]);
}
