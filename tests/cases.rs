//! Every folder of `fixtures/areas`: layers, options, and the figures that must come out. `tests/oracle/NOTES.md` says
//! how they were worked out.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::call::Place;
use crate::output::Output;

const ROLES: [&str; 6] = ["hazards", "releases", "districts", "zones", "incidents", "coverage"];

/// Fewer cases than this and some have got lost.
const LEAST_CASES: usize = 30;

#[test]
fn hand_cases_come_out_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/areas");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.is_dir());
    cases.sort();
    assert!(cases.len() >= LEAST_CASES, "only {} cases", cases.len());
    let failures: Vec<String> = cases.iter().flat_map(|case| check(case)).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// What is wrong with a case; each line names the case and says what it is to show.
fn check(case: &Path) -> Vec<String> {
    let json = |name: &str| -> Value { serde_json::from_slice(&fs::read(case.join(name)).unwrap()).unwrap() };
    let (expected, options) = (json("expected.json"), json("options.json"));
    let mut arguments = vec!["-o".to_owned(), "out".to_owned()];
    let mut layers = 0;
    for role in ROLES {
        let path = case.join(format!("{role}.geojson"));
        if path.exists() {
            arguments.extend([format!("--{role}"), path.into_os_string().into_string().unwrap()]);
            layers += 1;
        }
    }
    for (name, value) in options.as_object().unwrap() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        arguments.extend([format!("--{}", name.replace('_', "-")), value]);
    }
    let shows = expected["shows"].as_str().expect("a sentence that says what the case shows");
    let name = case.file_name().unwrap().to_string_lossy();
    let place = Place::new();
    let ended = place.run(&arguments);
    let mut wrong = Vec::new();
    if layers == 0 || ended.code != Some(0) {
        wrong.push(format!("exit {:?} with {layers} layers: {}", ended.code, ended.stderr));
    } else {
        compare(&expected, &place.output("out"), &mut wrong);
    }
    wrong.into_iter().map(|what| format!("{name}: {what}\n    {shows}")).collect()
}

fn compare(expected: &Value, output: &Output, wrong: &mut Vec<String>) {
    let summary = output.json("summary.json");
    for check in summary["checks"].as_array().unwrap() {
        if check["holds"] != true {
            wrong.push(format!("self-check: {check}"));
        }
    }
    for (key, want) in expected.as_object().unwrap() {
        let each = || want.as_object().unwrap().iter();
        match key.as_str() {
            "shows" => {}
            "as_of" | "unplaced_hazards" => equal(key, want, &summary[key], wrong),
            "total" | "outside" => figures(key, want, &summary[key], wrong),
            "districts" => {
                for (code, want) in each() {
                    figures(code, want, find(&summary["districts"], "code", code), wrong);
                }
            }
            "zones" => {
                let zones = output.json("zones.geojson");
                let rows = zones["features"].as_array().unwrap().iter().map(|f| f["properties"].clone()).collect();
                for (id, want) in each() {
                    figures(&format!("zone {id}"), want, find(&rows, "id", id), wrong);
                }
            }
            "records" => {
                let rows = output.rows("records.csv");
                for (id, want) in each() {
                    let row = rows.iter().find(|row| row["id"] == *id);
                    record(&format!("record {id}"), want, &row.map(typed).unwrap_or_default(), wrong);
                }
            }
            "inputs" => {
                for (role, want) in each() {
                    equal(&format!("inputs {role}"), want, &counts(&summary, role), wrong);
                }
            }
            other => panic!("nothing is known of {other} in expected.json"),
        }
    }
}

/// Records, used, repaired and set aside of a role, over all its layers.
fn counts(summary: &Value, role: &str) -> Value {
    let inputs = summary["inputs"].as_array().unwrap().iter().filter(|input| input["role"] == role);
    let mut sums = [0_u64; 4];
    for input in inputs {
        for (sum, name) in sums.iter_mut().zip(["records", "used", "repaired", "set_aside"]) {
            *sum += input[name].as_u64().unwrap();
        }
    }
    sums.to_vec().into()
}

fn find<'a>(rows: &'a Value, key: &str, value: &str) -> &'a Value {
    rows.as_array().unwrap().iter().find(|row| row[key] == value).unwrap_or(&Value::Null)
}

/// A row of a table with its numbers as numbers.
fn typed(row: &crate::output::Row) -> Value {
    let cell = |text: &String| text.parse::<f64>().map_or_else(|_| Value::from(text.as_str()), Value::from);
    row.iter().map(|(name, text)| (name.clone(), cell(text))).collect::<Map<_, _>>().into()
}

/// The cases call a record's area `area_m2`; the table, which has a stated one too, `geometry_m2`.
fn record(place: &str, want: &Value, have: &Value, wrong: &mut Vec<String>) {
    for (name, want) in want.as_object().unwrap() {
        let column = if name == "area_m2" { "geometry_m2" } else { name };
        equal(&format!("{place} {name}"), want, &have[column], wrong);
    }
}

fn figures(place: &str, want: &Value, have: &Value, wrong: &mut Vec<String>) {
    for (name, want) in want.as_object().unwrap() {
        equal(&format!("{place} {name}"), want, &have[name], wrong);
    }
}

fn equal(place: &str, want: &Value, have: &Value, wrong: &mut Vec<String>) {
    let same = match (want.as_f64(), have.as_f64()) {
        (Some(want_number), Some(number)) if place.ends_with("_m2") => {
            (want_number - number).abs() <= 1.0_f64.max(1e-6 * want_number.abs())
        }
        // Distances and shares are printed with fewer digits; counts are whole and thus equal.
        (Some(want_number), Some(number)) => (want_number - number).abs() <= 1e-6,
        _ => want == have,
    };
    if !same {
        wrong.push(format!("{place}: expected {want}, found {have}"));
    }
}
