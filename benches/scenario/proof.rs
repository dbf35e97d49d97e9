//! The scenarios stay what they are, and the command accounts for each kind of them without a complaint.

#![allow(clippy::unwrap_used, reason = "a test ends with a panic")]

#[path = "../suite/scenario.rs"]
mod scenario;

use std::path::Path;
use std::process::Command;

use scenario::adverse::KINDS;
use scenario::front::{Form, Scenario, generate};
use scenario::write::Formats;

const GEOJSON: Formats = Formats { geojson: true, fgb: false, index: true };

fn settings(shape: &str, hazards: u64) -> Scenario {
    let form = Form::of_word(shape).unwrap();
    Scenario {
        hazards,
        releases: hazards * 7 / 10,
        districts: 4,
        zones: 0,
        first_year: 1995,
        heavy: false,
        seed: 1,
        form,
    }
}

/// FNV-1a of the layers' text: enough to see that a byte changed.
fn fingerprint(dir: &Path) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for layer in ["districts", "hazards", "releases"] {
        for byte in std::fs::read(dir.join(format!("{layer}.geojson"))).unwrap() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

#[test]
fn the_same_seed_gives_the_same_bytes_for_ever() {
    let mut seen = Vec::new();
    for (shape, _) in FINGERPRINTS {
        let dir = tempfile::tempdir().unwrap();
        generate(&settings(shape, 40), dir.path(), GEOJSON).unwrap();
        seen.push((shape, fingerprint(dir.path())));
    }
    assert_eq!(seen, FINGERPRINTS);
}

const FINGERPRINTS: [(&str, u64); 12] = [
    ("front", 0x62e7_9dee_3d11_4279),
    ("even", 0xa968_6a31_4d82_1f9b),
    ("one-hazard-over-all", 0x9f47_21d7_aa04_9d01),
    ("one-district", 0x3532_5830_fbf3_150c),
    ("huge-ring:500", 0x8039_cf31_624f_4789),
    ("near-copies", 0x76f1_7635_0d0b_f90a),
    ("one-point", 0x3e63_48e4_aa09_0469),
    ("lattice", 0xb55a_0efc_96e0_2365),
    ("nested", 0x8cb1_5c3b_c74d_4f2f),
    ("shared-borders", 0xd5ea_515c_72d8_f8da),
    ("slivers", 0x64db_eca5_d51e_f865),
    ("long-strips", 0x1cac_6ff3_c164_668b),
];

/// Runs the command on the layers of a folder; its summary and the table of districts.
fn account(dir: &Path, format: &str) -> (serde_json::Value, String) {
    let out = dir.join(format!("out-{format}"));
    let mut call = Command::new(env!("CARGO_BIN_EXE_remnant"));
    call.args(["run", "--quiet", "--dates", "ignore", "--no-geometry", "--out"]).arg(&out);
    for layer in ["districts", "hazards", "releases"] {
        call.arg(format!("--{layer}")).arg(dir.join(format!("{layer}.{format}")));
    }
    let ended = call.output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let summary = std::fs::read(out.join("summary.json")).unwrap();
    (serde_json::from_slice(&summary).unwrap(), std::fs::read_to_string(out.join("districts.csv")).unwrap())
}

#[test]
fn hard_ground_is_clean_and_accounted_for() {
    for (kind, _) in KINDS {
        let dir = tempfile::tempdir().unwrap();
        generate(&settings(kind, 40), dir.path(), GEOJSON).unwrap();
        let (summary, _) = account(dir.path(), "geojson");
        for layer in summary["inputs"].as_array().unwrap() {
            assert_eq!(layer["used"], layer["records"], "{kind}: {layer}");
            assert!(layer["records"].as_u64().unwrap() > 0, "{kind}: {layer}");
        }
        for figure in ["baseline_m2", "remaining_m2", "released_m2"] {
            assert!(summary["total"][figure].as_f64().unwrap() > 0.0, "{kind}: {figure}: {}", summary["total"]);
        }
    }
}

#[test]
fn a_file_written_as_it_is_made_holds_what_an_indexed_one_holds() {
    let tables: Vec<String> = [true, false]
        .into_iter()
        .map(|index| {
            let dir = tempfile::tempdir().unwrap();
            let formats = Formats { geojson: false, fgb: true, index };
            let made = generate(&Scenario { zones: 9, ..settings("front", 60) }, dir.path(), formats).unwrap();
            let counts: Vec<(&str, u64)> = made.into_iter().map(|(name, features, _)| (name, features)).collect();
            assert_eq!(counts, [("districts", 4), ("hazards", 60), ("releases", 42), ("zones", 9)]);
            account(dir.path(), "fgb").1
        })
        .collect();
    assert_eq!(tables[0].lines().count(), 6);
    assert_eq!(tables[0], tables[1]);
}
