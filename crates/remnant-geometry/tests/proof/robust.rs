//! Named adversarial cases, as data: `fixtures/robust`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use remnant_geometry::{Footprint, Point, RawPolygon};
use serde::Deserialize;

use crate::engine::{self, perimeter, step_m2};
use crate::exact;

/// The folder's README says what the fields are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    shows: String,
    unit: Unit,
    origin: [i64; 2],
    by: By,
    records: Vec<Record>,
    tolerance_doubled: String,
    expected_doubled: BTreeMap<String, String>,
}

#[derive(Deserialize, PartialEq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Unit {
    Steps,
    Degrees,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum By {
    Set,
    Count,
}

#[derive(Deserialize)]
struct Record {
    polygons: Vec<Vec<Vec<Stretch>>>,
    #[serde(default = "once")]
    times: u32,
    #[serde(default)]
    shift: [i64; 2],
}

fn once() -> u32 {
    1
}

/// A corner, or moves from the corner before, again and again.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stretch {
    Corner([f64; 2]),
    Moves { times: u32, steps: Vec<[f64; 2]> },
}

fn corners(ring: &[Stretch]) -> Vec<[f64; 2]> {
    let mut corners: Vec<[f64; 2]> = Vec::new();
    for stretch in ring {
        match stretch {
            Stretch::Corner(p) => corners.push(*p),
            Stretch::Moves { times, steps } => {
                for [dx, dy] in (0..*times).flat_map(|_| steps) {
                    let [x, y] = corners.last().copied().expect("moves begin at a corner");
                    corners.push([x + dx, y + dy]);
                }
            }
        }
    }
    corners.extend(corners.first().copied());
    corners
}

fn footprints(case: &Case) -> Vec<Footprint> {
    let mut footprints = Vec::new();
    for record in &case.records {
        for time in 0..i64::from(record.times) {
            let place = |[x, y]: [f64; 2]| match case.unit {
                Unit::Degrees => [x, y],
                Unit::Steps => Point {
                    x: case.origin[0] + x as i64 + time * record.shift[0],
                    y: case.origin[1] + y as i64 + time * record.shift[1],
                }
                .degrees(),
            };
            let ring = |ring: &Vec<Stretch>| corners(ring).into_iter().map(place).collect();
            let polygon = |rings: &Vec<Vec<Stretch>>| RawPolygon { rings: rings.iter().map(ring).collect() };
            let polygons: Vec<RawPolygon> = record.polygons.iter().map(polygon).collect();
            footprints.push(Footprint::new(&polygons).expect("records of cases have ground").0);
        }
    }
    footprints
}

/// Areas by what the case asks for: the set of records, or how many they are.
fn named(by: By, areas: impl IntoIterator<Item = (Vec<u32>, i128)>) -> BTreeMap<String, i128> {
    let mut sums = BTreeMap::new();
    for (cover, area) in areas {
        let name = match by {
            By::Set => cover.iter().map(u32::to_string).collect::<Vec<_>>().join(","),
            By::Count => cover.len().to_string(),
        };
        *sums.entry(name).or_default() += area;
    }
    sums
}

fn cases() -> Vec<(String, Case)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/robust");
    let files = std::fs::read_dir(&folder).expect("the folder of cases").map(|f| f.expect("a file").path());
    let mut files: Vec<PathBuf> = files.filter(|f| f.extension().is_some_and(|e| e == "json")).collect();
    files.sort();
    assert!(files.len() >= 20, "only {} cases in {}", files.len(), folder.display());
    let case = |file: PathBuf| {
        let name = file.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let text = std::fs::read(&file).unwrap_or_else(|e| panic!("{name}: {e}"));
        let case: Case = serde_json::from_slice(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(!case.shows.is_empty() && !case.expected_doubled.is_empty(), "{name} says nothing");
        (name, case)
    };
    files.into_iter().map(case).collect()
}

fn differences(want: &BTreeMap<String, i128>, got: &BTreeMap<String, i128>, tolerance: i128) -> Vec<String> {
    let of = |map: &BTreeMap<String, i128>, name| map.get(name).copied().unwrap_or(0);
    let names: std::collections::BTreeSet<&String> = want.keys().chain(got.keys()).collect();
    let off = names.into_iter().filter(|&n| (of(want, n) - of(got, n)).abs() > tolerance);
    off.take(5).map(|n| format!("[{n}]: {} expected, {} found", of(want, n), of(got, n))).collect()
}

fn expected(case: &Case) -> BTreeMap<String, i128> {
    case.expected_doubled.iter().map(|(n, a)| (n.clone(), a.parse().expect("a whole number"))).collect()
}

#[test]
fn every_case_has_its_areas() {
    let mut failed = Vec::new();
    for (name, case) in cases() {
        let footprints = footprints(&case);
        let faces = engine::faces(&footprints);
        let tolerance: i128 = case.tolerance_doubled.parse().expect("a whole number");
        let mut wrong = differences(&expected(&case), &named(case.by, faces.doubled.clone()), tolerance);
        let length: f64 = footprints.iter().map(perimeter).sum();
        for (cover, area) in &faces.areas {
            let drawn = faces.drawn_m2.get(cover).copied().unwrap_or(0.0);
            if (area.square_metres() - drawn).abs() > 0.2 * length * step_m2() + 1e-8 * drawn + 1e-6 {
                wrong.push(format!("{cover:?}: {} m2 published, {drawn} m2 drawn", area.square_metres()));
            }
        }
        if !wrong.is_empty() {
            failed.push(format!("{name} ({}): {}", case.shows, wrong.join("; ")));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// What the cases expect is what exact slabs give; cases of many edges take too long to ask again at every test.
#[test]
fn what_the_cases_expect_is_exact() {
    for (name, case) in cases() {
        let footprints = footprints(&case);
        if footprints.iter().map(Footprint::len).sum::<usize>() < 300 {
            let exact = exact::faces(&footprints).into_iter().map(|(c, a)| (c, (a + (1 << 30)) >> 31));
            let wrong = differences(&expected(&case), &named(case.by, exact), 1);
            assert!(wrong.is_empty(), "{name}: {}", wrong.join("; "));
        }
    }
}
