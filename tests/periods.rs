//! Laws of dates and policies, and the identities of every account.

use crate::identities::{FLOWS, assert_identities};
use crate::output::{Row, STATES, cm2, sum};
use crate::scenario::Scenario;

/// The row of everything in balance.csv.
const TOTAL: &str = "*";

#[test]
fn the_identities_hold_under_every_policy() {
    for seed in crate::seed::of(1..4) {
        let survey = Scenario::new(seed);
        for dates in ["replay", "ignore"] {
            for outside in ["separate", "baseline"] {
                for period in [&[][..], &["--since", "2012-01-01"], &["--since", "2010-01-01", "--as-of", "2019-12-31"]]
                {
                    let mut options = vec!["--dates", dates, "--outside", outside];
                    options.extend(period);
                    let output = survey.account(&options);
                    assert_identities(&output, &format!("seed {seed} {options:?}"));
                    if outside == "baseline" {
                        let nothing = |row: Row| cm2(&row["release_outside_hazard_m2"]) == 0;
                        assert!(output.rows("districts.csv").into_iter().all(nothing), "seed {seed} {options:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_baseline_is_the_same_land_however_releases_are_dated() {
    // What was ever contaminated hangs on the hazards alone.
    for seed in crate::seed::of(1..4) {
        let survey = Scenario::new(seed);
        let baseline = |options: &[&str]| -> Vec<i64> {
            survey.account(options).rows("districts.csv").iter().map(|row| cm2(&row["baseline_m2"])).collect()
        };
        let (replay, ignore) = (baseline(&[]), baseline(&["--dates", "ignore"]));
        // Each state is rounded to 1 cm2 by itself.
        assert!(replay.iter().zip(&ignore).all(|(a, b)| (a - b).abs() <= 5), "{replay:?} {ignore:?}");
    }
}

#[test]
fn periods_add_up() {
    // A period begins with the end of a day on which something happens, or between two of them.
    let [start, middle, end] = ["2009-01-01", "2015-06-30", "2024-01-01"];
    for seed in crate::seed::of(1..4) {
        let survey = Scenario::new(seed);
        for outside in ["separate", "baseline"] {
            let balance = |since: &str, as_of: &str| {
                let options = ["--since", since, "--as-of", as_of, "--outside", outside];
                survey.account(&options).rows("balance.csv")
            };
            let (first, second, both) = (balance(start, middle), balance(middle, end), balance(start, end));
            for ((first, second), both) in first.iter().zip(&second).zip(&both) {
                assert_eq!(first["code"], both["code"]);
                let near = |a: i64, b: i64, what: &str| {
                    // Two accounts round each of their figures to 1 cm2 by itself.
                    assert!((a - b).abs() <= 8, "seed {seed}: {what} of {:?}: {a} and {b}", both["code"]);
                };
                for flow in FLOWS {
                    near(cm2(&first[flow]) + cm2(&second[flow]), cm2(&both[flow]), flow);
                }
                near(cm2(&first["closing_m2"]), cm2(&second["opening_m2"]), "closing and opening");
                near(cm2(&first["opening_m2"]), cm2(&both["opening_m2"]), "opening");
                near(cm2(&second["closing_m2"]), cm2(&both["closing_m2"]), "closing");
            }
        }
    }
}

#[test]
fn before_the_first_date_there_is_nothing() {
    let mut survey = Scenario::new(1);
    for record in survey.records() {
        if record.properties["date"].is_null() {
            record.set("date", "2001-01-01");
        }
    }
    let output = survey.account(&["--as-of", "1990-01-01", "--since", "1980-01-01"]);
    assert_identities(&output, "before the first date");
    for row in output.rows("districts.csv") {
        assert_eq!(sum(&row, &STATES), 0, "{row:?}");
        assert_eq!(row["released_share"], "", "{row:?}");
        assert_eq!((row["hazards"].as_str(), row["releases"].as_str()), ("0", "0"));
    }
    let total = output.rows("balance.csv").into_iter().find(|row| row["code"] == TOTAL).expect("a total");
    assert_eq!(sum(&total, &["opening_m2", "closing_m2"]) + sum(&total, &FLOWS), 0);
    for zone in output.rows("zones.csv") {
        assert_eq!(zone["status"], "no-record", "{zone:?}");
    }
}

#[test]
fn an_empty_period_opens_as_it_closes() {
    let output = Scenario::new(2).account(&["--since", "2019-12-31", "--as-of", "2019-12-31"]);
    assert_identities(&output, "an empty period");
    for row in output.rows("balance.csv") {
        assert_eq!((sum(&row, &FLOWS), &row["opening_m2"]), (0, &row["closing_m2"]), "{row:?}");
    }
}
