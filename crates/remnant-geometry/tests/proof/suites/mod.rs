//! Published overlay suites: the XML suites of JTS and GEOS, and GeoJSON cases that carry their results.
//!
//! `REMNANT_SUITES` names a folder with such files; without it, the parts that lie beside the project are run, and where
//! there are none the test says so. Coordinates are planar: each case is scaled into half a degree of the grid, and all
//! areas are compared in the plane. Two areas are held against exact slabs; where the suite gives a result, the ground of
//! that result must be the ground of the operation. A single area is held against what the suite says of its validity,
//! and against its union with itself.

mod read;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use remnant_geometry::plane::STEPS_PER_DEGREE;
use remnant_geometry::{Defect, Footprint, NoFootprint, Point, RawPolygon};

use crate::engine::{self, perimeter};
use crate::exact;
use read::{Case, Polygons, Ring, Test, cases};

/// What became of a case.
enum Outcome {
    Passed,
    /// Passed against exact slabs, where the suite's operands or its result are invalid and it follows another rule.
    OtherRule,
    Failed(String),
    NotRun(String),
}

#[test]
#[expect(clippy::print_stdout, reason = "a test that is skipped, or a case that is not run, says so")]
fn published_suites_pass() {
    let asked = std::env::var_os("REMNANT_SUITES").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folders = match &asked {
        Some(folder) => vec![folder.clone()],
        None => vec![beside.join("overlay-jts-robust-dev"), beside.join("overlay-martinez-generic")],
    };
    let files: Vec<PathBuf> = folders.iter().flat_map(|folder| files_in(folder)).collect();
    if files.is_empty() && asked.is_none() {
        println!("skipped: no suite lies beside the project; name a folder with REMNANT_SUITES");
        return;
    }
    let (mut run, mut passed, mut other_rule, mut not_run, mut failed) = (0, 0, 0, Vec::new(), Vec::new());
    for file in &files {
        let cases = cases(file).unwrap_or_else(|why| {
            failed.push(why);
            Vec::new()
        });
        for case in cases {
            match judge(&case) {
                Outcome::NotRun(why) => {
                    not_run.push(format!("{}: {why}", case.name));
                    continue;
                }
                Outcome::Passed => passed += 1,
                Outcome::OtherRule => other_rule += 1,
                Outcome::Failed(why) => failed.push(format!("{}: {why}", case.name)),
            }
            run += 1;
        }
    }
    not_run.iter().for_each(|case| println!("not run: {case}"));
    println!(
        "{} files: {run} cases run, {passed} passed, {other_rule} passed where the suite is invalid itself, {} failed; {} \
         not run",
        files.len(),
        failed.len(),
        not_run.len()
    );
    assert!(run > 0, "no case was run");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = Vec::new();
    for path in entries.filter_map(|entry| entry.ok().map(|e| e.path())) {
        if path.is_dir() {
            files.extend(files_in(&path));
        } else if path.extension().is_some_and(|e| e == "xml" || e == "geojson") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn judge(case: &Case) -> Outcome {
    let not_run = |why: &str| Outcome::NotRun(why.to_owned());
    match (&case.a, &case.b) {
        (None, _) => not_run("it has no geometry"),
        (Some(Err(why)), _) | (_, Some(Err(why))) => Outcome::NotRun(why.clone()),
        (Some(Ok(a)), None) => match Scale::of(&[a]) {
            Some(scale) => judge_one(case, a, &scale),
            None => not_run("it has no extent"),
        },
        (Some(Ok(a)), Some(Ok(b))) => match Scale::of(&[a, b]) {
            Some(scale) => judge_two(case, [a, b], &scale),
            None => not_run("it has no extent"),
        },
    }
}

/// One area: is it valid, and what ground does it cover?
fn judge_one(case: &Case, polygons: &Polygons, scale: &Scale) -> Outcome {
    let made = Footprint::new(&scale.raw(polygons));
    let valid = made.as_ref().is_ok_and(|(_, defects)| !defects.iter().any(Defect::is_repair));
    if made.is_err() && case.tests.iter().any(|test| test.operation == "isvalid" && test.truth() == Some(true)) {
        // What is long enough leaves no room on the grid for its other side.
        return Outcome::NotRun("it is thinner than a step of the grid that holds it".to_owned());
    }
    let mut judged = 0;
    for test in &case.tests {
        match (test.operation.as_str(), test.truth()) {
            ("isvalid", Some(wanted)) => {
                judged += 1;
                if valid != wanted {
                    let why = made.as_ref().map(|m| &m.1);
                    return Outcome::Failed(format!("valid: {valid}, and the suite says {wanted} ({why:?})"));
                }
            }
            ("union" | "unionng" | "unionsr", _) if test.operands.len() == 1 || test.grid.is_some() => {
                let Ok((footprint, defects)) = &made else { continue };
                let Some(result) = test.ground() else { continue };
                judged += 1;
                let operands = [footprint.clone()];
                if let Some(why) = wrong_result(|a, _| a, &operands, &result, scale, test) {
                    let why = format!("{}: {why}", test.operation);
                    return if defects.is_empty() { Outcome::Failed(why) } else { Outcome::OtherRule };
                }
            }
            _ => {}
        }
    }
    if judged > 0 { Outcome::Passed } else { Outcome::NotRun("one geometry, and nothing about its ground".to_owned()) }
}

fn judge_two(case: &Case, polygons: [&Polygons; 2], scale: &Scale) -> Outcome {
    let mut footprints = Vec::new();
    let mut valid = true;
    for polygons in polygons {
        match Footprint::new(&scale.raw(polygons)) {
            Ok((footprint, defects)) => {
                valid &= defects.is_empty();
                footprints.push(footprint);
            }
            Err(NoFootprint::NoArea) => return Outcome::NotRun("an operand has no ground".to_owned()),
            Err(e) => return Outcome::Failed(format!("an operand is refused: {e:?}")),
        }
    }
    let length: f64 = footprints.iter().map(perimeter).sum();
    let faces = engine::faces(&footprints).doubled;
    let slabs = exact::faces(&footprints).into_iter().map(|(cover, area)| (cover, (area + (1 << 30)) >> 31));
    if let Some(why) = difference(&slabs.collect(), &faces, allowed(length)) {
        return Outcome::Failed(format!("against exact slabs: {why}"));
    }
    for test in &case.tests {
        let swapped = test.operands.first().is_some_and(|first| first == "b");
        let (Some(wanted), Some(result)) = (operation(test), test.ground()) else { continue };
        let wanted = |a, b| if swapped { wanted(b, a) } else { wanted(a, b) };
        let made = Footprint::new(&scale.raw(&result));
        // Rings of the suite's result that touch or cross each other are no ground to be held to.
        let sound = valid && (result.is_empty() || made.is_ok_and(|(_, defects)| defects.is_empty()));
        if let Some(why) = wrong_result(wanted, &footprints, &result, scale, test) {
            let why = format!("{}: {why}", test.operation);
            return if sound { Outcome::Failed(why) } else { Outcome::OtherRule };
        }
    }
    Outcome::Passed
}

/// Every edge may be moved by a step where it meets others, and results in text are rounded themselves.
fn allowed(length: f64) -> i128 {
    4 * length as i128 + 1_000
}

/// Which ground an operation keeps. What ends in `ng` is exact as the plain ones are; what ends in `sr` is rounded, and
/// can be judged only where the test says to what.
fn operation(test: &Test) -> Option<fn(bool, bool) -> bool> {
    let plain = match test.operation.strip_suffix("sr") {
        Some(plain) => test.grid.map(|_| plain)?,
        None => test.operation.strip_suffix("ng").unwrap_or(&test.operation),
    };
    match plain {
        "intersection" => Some(|a, b| a && b),
        "union" => Some(|a, b| a || b),
        "difference" | "diff" => Some(|a, b| a && !b),
        "symdifference" | "xor" => Some(|a, b| a != b),
        "diff_ba" => Some(|a, b| b && !a),
        _ => None,
    }
}

/// Whether the ground of a result is the ground of the operation: no face may lie in one of them only.
fn wrong_result(
    wanted: impl Fn(bool, bool) -> bool,
    operands: &[Footprint],
    result: &Polygons,
    scale: &Scale,
    test: &Test,
) -> Option<String> {
    let result = Footprint::new(&scale.raw(result)).ok().map(|made| made.0);
    let length: f64 = operands.iter().chain(&result).map(perimeter).sum();
    let last = operands.len() as u32;
    let all: Vec<Footprint> = operands.iter().cloned().chain(result).collect();
    let off: i128 = engine::faces(&all)
        .doubled
        .into_iter()
        .filter(|(cover, _)| wanted(cover.contains(&0), last > 1 && cover.contains(&1)) != cover.contains(&last))
        .map(|(_, area)| area)
        .sum();
    // Where the suite rounds to a grid, its borders lie up to half a cell beside the true ones, twice where two meet;
    // what is narrower than a cell may be gone.
    let rounded = test.grid.map_or(0, |grid| (2.0 * grid * scale.steps_per_unit * length) as i128);
    (off > allowed(length) + rounded).then(|| format!("{off} doubled squared steps lie in one of both only"))
}

fn difference(want: &BTreeMap<Vec<u32>, i128>, got: &BTreeMap<Vec<u32>, i128>, allowed: i128) -> Option<String> {
    let of = |map: &BTreeMap<Vec<u32>, i128>, cover| map.get(cover).copied().unwrap_or(0);
    let off = want.keys().chain(got.keys()).find(|&c| (of(want, c) - of(got, c)).abs() > allowed)?;
    Some(format!("{off:?}: {} expected, {} found", of(want, off), of(got, off)))
}

/// The way of a case's plane onto the grid.
struct Scale {
    low: [f64; 2],
    /// A power of two, so that whole numbers keep their places to each other.
    steps_per_unit: f64,
}

impl Scale {
    fn of(input: &[&Polygons]) -> Option<Self> {
        let corners = || input.iter().copied().flatten().flatten().flatten();
        let range = |axis: usize| {
            let values = corners().map(|c| c[axis]);
            (values.clone().fold(f64::INFINITY, f64::min).floor(), values.fold(f64::NEG_INFINITY, f64::max))
        };
        let ((west, east), (south, north)) = (range(0), range(1));
        let extent = (east - west).max(north - south);
        let most = 0.5 * STEPS_PER_DEGREE as f64 / extent;
        (extent > 0.0 && extent.is_finite())
            .then(|| Self { low: [west, south], steps_per_unit: most.log2().floor().exp2() })
    }

    fn raw(&self, polygons: &Polygons) -> Vec<RawPolygon> {
        let place = |corner: &[f64; 2]| {
            let steps = |axis: usize| ((corner[axis] - self.low[axis]) * self.steps_per_unit).round() as i64;
            Point { x: 15 * STEPS_PER_DEGREE + steps(0), y: 45 * STEPS_PER_DEGREE + steps(1) }.degrees()
        };
        let ring = |ring: &Ring| ring.iter().map(place).collect();
        polygons.iter().map(|rings| RawPolygon { rings: rings.iter().map(ring).collect() }).collect()
    }
}
