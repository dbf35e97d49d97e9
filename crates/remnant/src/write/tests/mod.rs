//! What is written is read back by parsers that know nothing of the writers.

mod formats;
mod geojson;
mod tables;

use std::collections::BTreeMap;

use remnant_geometry::plane::HALF_TURN;
use serde_json::Value;

use super::cell::{Cell, Zeros, push_fixed, quote_from};
use super::sample::{self, HOSTILE, cm2};
use super::{Halt, OUTPUTS, Sink, district_table, summary_json};
use crate::finding::{Code, Finding};
use crate::report::{Records, Report};

/// The bytes of an output.
fn bytes(name: &str, report: &Report) -> Vec<u8> {
    let output = OUTPUTS.iter().find(|o| o.name == name).expect("an output of this name");
    let mut bytes = Vec::new();
    (output.write)(report, &mut Sink::new(&mut bytes, &|| false)).expect("memory does not fail");
    bytes
}

/// The text of an output.
pub(super) fn text(name: &str, report: &Report) -> String {
    String::from_utf8(bytes(name, report)).expect("text")
}

/// Outputs that are text; the others have tests of their own.
fn texts() -> impl Iterator<Item = &'static super::Output> {
    OUTPUTS.iter().filter(|o| o.name.ends_with("json") || o.name.ends_with(".csv"))
}

fn json(name: &str, report: &Report) -> Value {
    let text = text(name, report);
    assert!(text.ends_with('\n'));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The header and the rows of a CSV output.
fn csv(name: &str, report: &Report) -> (Vec<String>, Vec<BTreeMap<String, String>>) {
    let text = text(name, report);
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let rows = reader
        .records()
        .map(|r| header.iter().cloned().zip(r.expect("a row").iter().map(str::to_owned)).collect())
        .collect();
    (header, rows)
}

/// A printed decimal number in units of 10^-4.
fn printed(text: &str) -> i64 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(rest.len() <= 4, "{text}");
    sign * format!("{whole}{rest:0<4}").parse::<i64>().expect("digits")
}

fn fixed(units: i64, places: usize, zeros: Zeros) -> String {
    let mut out = String::new();
    push_fixed(&mut out, units, places, zeros);
    out
}

#[test]
fn whole_units_become_decimals_without_a_detour() {
    for (units, kept, trimmed) in [
        (0, "0.0000", "0"),
        (1, "0.0001", "0.0001"),
        (-1, "-0.0001", "-0.0001"),
        (10_000, "1.0000", "1"),
        (100_500, "10.0500", "10.05"),
        (-123_450_000, "-12345.0000", "-12345"),
        (i64::MAX, "922337203685477.5807", "922337203685477.5807"),
        (i64::MIN, "-922337203685477.5808", "-922337203685477.5808"),
    ] {
        assert_eq!(fixed(units, 4, Zeros::Kept), kept);
        assert_eq!(fixed(units, 4, Zeros::Trimmed), trimmed);
        assert_eq!(cm2(units.clamp(-1_000_000_000, 1_000_000_000)).to_string().len(), {
            fixed(units.clamp(-1_000_000_000, 1_000_000_000), 4, Zeros::Kept).len()
        });
    }
    assert_eq!(fixed(HALF_TURN, 10, Zeros::Trimmed), "180");
    assert_eq!(fixed(-1, 10, Zeros::Trimmed), "-0.0000000001");
    assert_eq!(fixed(210_000_000_010, 10, Zeros::Trimmed), "21.000000001");
    assert_eq!(fixed(42, 0, Zeros::Trimmed), "42");
}

fn in_csv(cell: Cell<'_>) -> String {
    let mut out = String::new();
    cell.push_csv(&mut out);
    out
}

#[test]
fn days_and_marks_have_all_their_digits() {
    for (year, month, day) in
        [(-9999, 1, 1), (-1, 12, 31), (0, 2, 29), (7, 10, 9), (999, 1, 31), (2024, 11, 2), (9999, 12, 31)]
    {
        let date = jiff::civil::date(year, month, day);
        assert_eq!(in_csv(Cell::Date(date)), date.to_string());
    }
    for mark in [0, 1, 0xabc, 0x0123_4567_89ab_cdef, u64::MAX] {
        assert_eq!(in_csv(Cell::Mark(mark)), format!("{mark:016x}"));
    }
}

#[test]
fn cells_are_quoted_as_a_library_of_csv_quotes_them() {
    let texts =
        ["", "a", " a ", "a,b", ",", "\"", "a \"b\"", "a\nb", "a\r", "a\tb;c", "'a'", "\u{fc}, \u{1f4a3}", "\u{2028}"];
    for text in texts.into_iter().chain(HOSTILE) {
        let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::Any(b'\n')).from_writer(Vec::new());
        writer.write_record(["before", text]).expect("memory does not fail");
        let expected = writer.into_inner().expect("memory does not fail");
        let mut line = String::from("before,");
        line.push_str(text);
        quote_from(&mut line, "before,".len());
        assert_eq!(format!("{line}\n").as_bytes(), expected, "{text:?}");
    }
}

#[test]
fn shares_never_flatter() {
    let json = |cell: Cell<'_>| {
        let mut out = String::new();
        cell.push_json(&mut out);
        out
    };
    assert_eq!(json(Cell::released_share(cm2(999_999_999_999), cm2(1_000_000_000_000))), "0.999999");
    assert_eq!(json(Cell::released_share(cm2(5), cm2(5))), "1");
    assert_eq!(json(Cell::released_share(cm2(1), cm2(3))), "0.333333");
    assert_eq!(json(Cell::released_share(cm2(0), cm2(0))), "null");
    assert_eq!(json(Cell::contaminated_share(1e-12)), "0.000001");
    assert_eq!(json(Cell::contaminated_share(-0.0)), "0");
    assert_eq!(json(Cell::contaminated_share(f64::NAN)), "null");
    assert_eq!(json(Cell::Number(1e308)), "1e+308");
    assert_eq!(json(Cell::Number(-0.0)), "0");
    assert_eq!(json(Cell::Number(f64::NEG_INFINITY)), "null");
    assert_eq!(json(Cell::metres(Some(1e300))), "1e+300");
}

#[test]
fn every_output_is_written_without_a_number_that_is_none() {
    let report = sample::report();
    for output in texts() {
        let text = text(output.name, &report);
        let text = if output.name == "report.html" {
            // The page's own scripts may say so.
            text.lines().filter(|line| line.starts_with('[')).collect()
        } else {
            text
        };
        for word in ["NaN", "nan,", "inf,", "nan}", "inf}", "infinity", "-0,", "-0}", "-0]", "-0.0000,", "-0.0000\n"] {
            assert!(!text.contains(word), "{} holds {word}", output.name);
        }
        if output.name.ends_with(".html") {
            continue;
        }
        if output.name.ends_with(".csv") {
            assert!(!text.replace("line\r\nbreak", "").contains('\r'), "{} has \\n line ends", output.name);
        } else {
            let _: Value = json(output.name, &report);
        }
    }
}

#[test]
fn the_summary_has_the_structure_of_the_interface() {
    let report = sample::report();
    let text = summary_json(&report);
    let value: Value = serde_json::from_str(&text).expect("JSON");
    let members: Vec<&str> =
        text.lines().filter_map(|l| l.strip_prefix("  \"")).filter_map(|l| l.split('"').next()).collect();
    assert_eq!(
        members,
        [
            "program",
            "as_of",
            "since",
            "boundaries",
            "dates",
            "safety_distance_m",
            "settings",
            "public",
            "inputs",
            "districts",
            "outside",
            "total",
            "series",
            "zones",
            "unplaced_hazards",
            "findings",
            "checks",
            "run"
        ]
    );
    assert_eq!(value["program"]["name"], "remnant");
    assert_eq!((&value["as_of"], &value["dates"]), (&"2024-12-31".into(), &"replay".into()));
    assert_eq!(value["safety_distance_m"], 100);
    assert_eq!(value["settings"]["outside"], "separate");
    assert_eq!(value["inputs"][0]["sha256"], "00ff".repeat(16));
    assert_eq!(value["inputs"][0]["files"][0]["path"], "h \"1\".geojson");
    assert_eq!(value["districts"].as_array().map(Vec::len), Some(HOSTILE.len()));
    assert!(value["outside"]["code"].is_null());
    assert_eq!(value["total"]["code"], "*");
    assert_eq!(value["zones"]["contaminated"], 1);
    assert_eq!(value["zones"].as_object().map(serde_json::Map::len), Some(5));
    assert_eq!(value["findings"]["long-edge"], 1);
    assert_eq!(value["findings"].as_object().map(serde_json::Map::len), Some(6));
    assert_eq!((&value["checks"][0]["difference"], &value["checks"][1]["difference"]), (&0.into(), &Value::Null));
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "nothing in it steers a terminal");
}

#[test]
fn only_the_run_differs_between_two_runs() {
    let (first, mut second) = (sample::report(), sample::report());
    second.run.started = "2030-01-01T00:00:00Z".to_owned();
    second.run.threads = 64;
    second.account.settings.threads = Some(64);
    second.account.settings.today = jiff::civil::date(2030, 1, 1);
    for output in OUTPUTS {
        let (a, b) = (bytes(output.name, &first), bytes(output.name, &second));
        assert_eq!(a == b, output.name != "summary.json", "{}", output.name);
    }
    let same = |report: &Report| text("summary.json", report).split("\n  \"run\"").next().map(str::to_owned);
    assert_eq!(same(&first), same(&second));
}

#[test]
fn the_district_table_is_aligned_and_harmless() {
    let report = sample::report();
    let table = district_table(&report);
    assert!(!table.chars().any(|c| c.is_control() && c != '\n'));
    let mut lines: Vec<&str> = table.lines().collect();
    assert!(lines.pop().is_some_and(|l| l.starts_with("not in these figures: ")), "{table}");
    assert_eq!(lines.len(), 1 + 1 + HOSTILE.len() + 1 + 1 + 1);
    let width = lines[0].chars().count();
    assert!(lines.iter().all(|l| l.chars().count() == width), "{table}");
    assert!(lines[0].contains("remaining ha"));
    assert!(lines[lines.len() - 1].trim_start().starts_with("total"));
    assert!(lines[lines.len() - 3].trim_start().starts_with("outside all districts"));
    let mut little = report;
    little.account.total.states = crate::report::States { suspected: cm2(1), ..Default::default() };
    assert!(district_table(&little).lines().any(|l| l.contains("total") && l.contains("<0.0001")));
}

#[test]
fn an_empty_report_is_written() {
    let mut report = sample::report();
    let account = &mut report.account;
    account.districts.clear();
    account.zones.clear();
    account.records = Records::default();
    account.shapes.clear();
    account.findings.clear();
    account.checks.clear();
    report.inputs.clear();
    assert!(!bytes("tables.xlsx", &report).is_empty());
    for output in texts() {
        let text = text(output.name, &report);
        if output.name.ends_with("json") {
            let _: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}\n{text}", output.name));
        }
        assert!(output.name == "report.html" || !text.contains("\"bbox\""));
    }
}

#[test]
fn a_long_file_stops_when_asked() {
    let mut report = sample::report();
    report.account.findings = vec![Finding::of_run(Code::NoDistricts, "m"); 10_000];
    for name in ["findings.csv", "findings.geojson", "tables.xlsx"] {
        let output = OUTPUTS.iter().find(|o| o.name == name).expect("an output of this name");
        let mut bytes = Vec::new();
        let end = (output.write)(&report, &mut Sink::new(&mut bytes, &|| true));
        assert!(matches!(end, Err(Halt::Stopped)), "{name}");
    }
}
