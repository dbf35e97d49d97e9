//! The formats on request: what stands in them, by this program's own readers and by others'.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::call::{Place, finish, start};

const EVERYTHING: [&str; 4] = ["--format", "gpkg,flatgeobuf,geoparquet", "--hxl", "--faces"];

/// The files that [`EVERYTHING`] adds.
const ADDED: [&str; 15] = [
    "districts.fgb",
    "districts.parquet",
    "faces.fgb",
    "faces.geojson",
    "faces.parquet",
    "findings.fgb",
    "findings.parquet",
    "released.fgb",
    "released.parquet",
    "remaining.fgb",
    "remaining.parquet",
    "remnant.gpkg",
    "remnant.qgs",
    "zones.fgb",
    "zones.parquet",
];

fn national() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/azerbaijan/remnant.toml")
}

/// Runs the national example into a folder of the place.
fn run(place: &Place, out: &str, more: &[&str]) {
    let project = national();
    let mut call = vec![project.to_str().expect("a plain path"), "-o", out];
    call.extend(more);
    place.run(&call).with(0);
}

#[test]
fn the_formats_are_the_same_bytes_and_change_no_other_file() {
    let place = Place::new();
    run(&place, "plain", &[]);
    run(&place, "one", &[&EVERYTHING[..], &["--threads", "1"]].concat());
    run(&place, "many", &[&EVERYTHING[..], &["--threads", "5"]].concat());
    let at = |out: &str, name: &str| fs::read(place.path(out).join(name)).expect(name);
    let mut names: Vec<String> = fs::read_dir(place.path("one"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
        .collect();
    names.sort();
    for name in ADDED {
        assert!(names.iter().any(|n| n == name), "{name} is missing");
    }
    for name in names.iter().filter(|name| *name != "summary.json") {
        assert!(at("one", name) == at("many", name), "{name} depends on the threads");
        // The page says by which settings it was made.
        if !ADDED.contains(&name.as_str()) && !name.ends_with(".csv") && name != "report.html" {
            assert!(at("one", name) == at("plain", name), "{name} depends on other formats");
        }
    }
    for name in ["districts.csv", "zones.csv", "balance.csv", "records.csv", "findings.csv"] {
        let (tagged, plain) = (at("one", name), at("plain", name));
        let (tagged, plain) = (String::from_utf8_lossy(&tagged), String::from_utf8_lossy(&plain));
        let (header, rest) = tagged.split_once('\n').expect("a header");
        let (tags, rows) = rest.split_once('\n').expect("a row of hashtags");
        assert!(tags.split(',').all(|tag| tag.starts_with('#')), "{name}: {tags}");
        assert_eq!(format!("{header}\n{rows}"), plain, "{name}");
    }
    // What other formats were written before is ours to replace.
    run(&place, "one", &["--force"]);
    assert!(!place.path("one/remnant.gpkg").exists());
}

#[test]
fn what_was_written_is_read_again_as_the_same_land() {
    let place = Place::new();
    run(&place, "first", &["--format", "flatgeobuf"]);
    let figures = |ending: &str| {
        let out = format!("again-{ending}");
        let hazards = format!("first/remaining.{ending}");
        let districts = format!("first/districts.{ending}");
        let call = ["--hazards", &hazards, "--districts", &districts, "--as-of", "2025-12-31", "-o", &out];
        place.run(&call).with(0);
        place.output(&out).text("districts.csv").to_owned()
    };
    assert_eq!(figures("fgb"), figures("geojson"));
}

#[test]
fn other_programs_read_the_same_cells_and_coordinates() {
    let wanted = env::var("REMNANT_PYTHON").ok();
    let python = wanted.unwrap_or_else(|| "python3".to_owned());
    if !Command::new(&python).arg("--version").output().is_ok_and(|o| o.status.success()) {
        println!("skipped: no Python; name one in REMNANT_PYTHON");
        return;
    }
    let place = Place::new();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/formats_check.py");
    for (out, more) in [("separate", &[][..]), ("baseline", &["--outside", "baseline", "--dates", "ignore"][..])] {
        run(&place, out, &[&EVERYTHING[..], more].concat());
        let mut command = Command::new(&python);
        command.env("PYTHONDONTWRITEBYTECODE", "1").arg(&script).arg(place.path(out));
        let ended = finish(start(&mut command));
        if ended.code == Some(77) {
            println!("the faces agree; the formats are {}", ended.stdout);
        } else {
            assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
        }
    }
}
