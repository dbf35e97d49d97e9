//! An output folder, read back as its readers would.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// A row of a table by column.
pub type Row = BTreeMap<String, String>;

/// Areas of a district row that are states of land: they add up, and a copy of a record changes none of them.
pub const STATES: [&str; 5] = ["suspected_m2", "confirmed_m2", "cancelled_m2", "reduced_m2", "cleared_m2"];

/// The files of an output folder.
#[derive(Debug)]
pub struct Output {
    files: BTreeMap<String, Vec<u8>>,
}

impl Output {
    /// Reads every file of a folder.
    pub fn read(folder: &Path) -> Self {
        let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let file = |entry: std::io::Result<fs::DirEntry>| {
            let entry = entry.expect("an entry");
            (entry.file_name().into_string().expect("a plain name"), fs::read(entry.path()).expect("a file"))
        };
        Self { files: entries.map(file).collect() }
    }

    /// The names of the files.
    pub fn names(&self) -> Vec<&str> {
        self.files.keys().map(String::as_str).collect()
    }

    /// A file's text.
    pub fn text(&self, name: &str) -> &str {
        std::str::from_utf8(&self.files[name]).expect("every output is UTF-8")
    }

    /// A table's rows.
    pub fn rows(&self, name: &str) -> Vec<Row> {
        let mut reader = csv::Reader::from_reader(&self.files[name][..]);
        let header = reader.headers().expect("a header").clone();
        let row = |record: csv::Result<csv::StringRecord>| {
            let record = record.expect("a row as long as the header");
            header.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect()
        };
        reader.records().map(row).collect()
    }

    /// summary.json, or another file of JSON.
    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.files[name]).expect("JSON")
    }

    /// A district's row; the empty code stands for the land outside all districts.
    pub fn district(&self, code: &str) -> Row {
        self.rows("districts.csv")
            .into_iter()
            .find(|row| row["code"] == code)
            .unwrap_or_else(|| panic!("no district {code:?}"))
    }

    /// Fails unless both hold the same bytes in every file, apart from what tells of the run and of the input files'
    /// own bytes.
    #[track_caller]
    pub fn assert_same(&self, other: &Self, why: &str) {
        assert_eq!(self.names(), other.names(), "{why}");
        for (name, bytes) in &self.files {
            if name == "summary.json" {
                assert_eq!(self.summary_of_figures(), other.summary_of_figures(), "{why}: {name}");
            } else if name == "report.html" {
                // It names the input files' digests too, and is too long to be printed.
                assert!(without_digests(bytes) == without_digests(&other.files[name]), "{why}: {name}");
            } else {
                assert_eq!(
                    String::from_utf8_lossy(bytes),
                    String::from_utf8_lossy(&other.files[name]),
                    "{why}: {name}"
                );
            }
        }
    }

    /// Fails unless both hold the same bytes in these files.
    #[track_caller]
    pub fn assert_same_files(&self, other: &Self, names: &[&str], why: &str) {
        for name in names {
            // Not every output is text.
            assert!(self.files[*name] == other.files[*name], "{why}: {name}");
        }
    }

    fn summary_of_figures(&self) -> Value {
        let mut summary = self.json("summary.json");
        summary.as_object_mut().expect("an object").remove("run").expect("what tells of the run");
        for input in summary["inputs"].as_array_mut().expect("inputs") {
            let input = input.as_object_mut().expect("an input");
            input.remove("sha256").expect("the digest of an input");
            input.remove("files");
        }
        summary
    }
}

/// A page with nothing in place of every SHA-256 in hexadecimal.
fn without_digests(page: &[u8]) -> Vec<&[u8]> {
    let runs = page.split(|byte| !byte.is_ascii_hexdigit());
    runs.filter(|run| run.len() != 64).collect()
}

/// A printed area as whole square centimetres: exact, where a float would hide a difference.
#[track_caller]
pub fn cm2(printed: &str) -> i64 {
    let (whole, rest) = printed.split_once('.').unwrap_or_else(|| panic!("{printed:?} has no decimals"));
    assert_eq!(rest.len(), 4, "{printed:?} has other than four decimals");
    assert!(!printed.starts_with("-0.0000"), "minus zero");
    format!("{whole}{rest}").parse().unwrap_or_else(|_| panic!("{printed:?} is no area"))
}

/// The sum of columns of a row, in square centimetres.
#[track_caller]
pub fn sum(row: &Row, columns: &[&str]) -> i64 {
    columns.iter().map(|column| cm2(&row[*column])).sum()
}

/// Fails unless two areas in square centimetres agree to 1e-6 or 1 m2, the tolerance of the contract.
#[track_caller]
pub fn assert_close(a: i64, b: i64, why: &str) {
    let tolerance = 10_000.max(a.abs().max(b.abs()) / 1_000_000);
    assert!((a - b).abs() <= tolerance, "{why}: {a} and {b} cm2");
}
