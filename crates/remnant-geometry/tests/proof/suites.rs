//! Published overlay suites: the XML robustness suites of JTS and GEOS, and GeoJSON cases that carry their results.
//!
//! `REMNANT_SUITES` names a folder with such files; without it, the parts that lie beside the project are run, and where
//! there are none the test says so. Coordinates are planar: each case is scaled into half a degree of the grid, and all
//! areas are compared in the plane. Every case is held against exact slabs; where the suite gives a result, the ground of
//! that result must be the ground of the operation.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use remnant_geometry::plane::STEPS_PER_DEGREE;
use remnant_geometry::{Footprint, Point, RawPolygon};
use serde_json::Value;

use crate::engine::{self, perimeter};
use crate::exact;

type Ring = Vec<[f64; 2]>;
type Polygons = Vec<Vec<Ring>>;

/// Two geometries, and what an operation on them must give.
struct Case {
    name: String,
    /// Geometries as the file has them; why they are not areas, where they are not.
    input: Result<[Polygons; 2], String>,
    results: Vec<(String, Polygons)>,
}

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
    for case in files.iter().flat_map(|file| cases(file)) {
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
    println!(
        "{run} cases run, {passed} passed, {other_rule} passed where the suite is invalid itself, {} failed",
        failed.len()
    );
    not_run.iter().for_each(|case| println!("not run: {case}"));
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
    let input = match &case.input {
        Ok(input) => input,
        Err(why) => return Outcome::NotRun(why.clone()),
    };
    let Some(scale) = Scale::of(input) else { return Outcome::NotRun("it has no coordinates".to_owned()) };
    let mut footprints = Vec::new();
    let mut valid = true;
    for polygons in input {
        match Footprint::new(&scale.raw(polygons)) {
            Ok((footprint, defects)) => {
                valid &= defects.is_empty();
                footprints.push(footprint);
            }
            Err(e) => return Outcome::NotRun(format!("an operand has no ground: {e:?}")),
        }
    }
    let length: f64 = footprints.iter().map(perimeter).sum();
    let faces = engine::faces(&footprints).doubled;
    let slabs = exact::faces(&footprints).into_iter().map(|(cover, area)| (cover, (area + (1 << 30)) >> 31));
    if let Some(why) = difference(&slabs.collect(), &faces, allowed(length)) {
        return Outcome::Failed(format!("against exact slabs: {why}"));
    }
    for (operation, result) in &case.results {
        let made = Footprint::new(&scale.raw(result));
        // Rings of the suite's result that touch or cross each other are no ground to be held to.
        let sound = valid && made.as_ref().is_ok_and(|(_, defects)| defects.is_empty());
        if let Some(why) = wrong_result(operation, made.ok().map(|made| made.0), &footprints) {
            let why = format!("{operation}: {why}");
            return if sound { Outcome::Failed(why) } else { Outcome::OtherRule };
        }
    }
    Outcome::Passed
}

/// Every edge may be moved by a step where it meets others, and results in text are rounded themselves.
fn allowed(length: f64) -> i128 {
    4 * length as i128 + 1_000
}

/// Whether the ground of a result is the ground of the operation: no face may lie in one of them only.
fn wrong_result(operation: &str, result: Option<Footprint>, operands: &[Footprint]) -> Option<String> {
    let wanted: fn(bool, bool) -> bool = match operation {
        "intersection" => |a, b| a && b,
        "union" => |a, b| a || b,
        "difference" | "diff" => |a, b| a && !b,
        "symdifference" | "xor" => |a, b| a != b,
        "diff_ba" => |a, b| b && !a,
        _ => return None,
    };
    let length: f64 = operands.iter().chain(&result).map(perimeter).sum();
    let all: Vec<Footprint> = operands.iter().cloned().chain(result).collect();
    let off: i128 = engine::faces(&all)
        .doubled
        .into_iter()
        .filter(|(cover, _)| wanted(cover.contains(&0), cover.contains(&1)) != cover.contains(&2))
        .map(|(_, area)| area)
        .sum();
    (off > allowed(length)).then(|| format!("{off} doubled squared steps lie in one of both only"))
}

fn difference(want: &BTreeMap<Vec<u32>, i128>, got: &BTreeMap<Vec<u32>, i128>, allowed: i128) -> Option<String> {
    let of = |map: &BTreeMap<Vec<u32>, i128>, cover| map.get(cover).copied().unwrap_or(0);
    let off = want.keys().chain(got.keys()).find(|&c| (of(want, c) - of(got, c)).abs() > allowed)?;
    Some(format!("{off:?}: {} expected, {} found", of(want, off), of(got, off)))
}

/// The way of a case's plane onto the grid.
struct Scale {
    low: [f64; 2],
    steps_per_unit: f64,
}

impl Scale {
    fn of(input: &[Polygons; 2]) -> Option<Self> {
        let corners = || input.iter().flatten().flatten().flatten();
        let range = |axis: usize| {
            let values = corners().map(|c| c[axis]);
            (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max))
        };
        let ((west, east), (south, north)) = (range(0), range(1));
        let extent = (east - west).max(north - south);
        (extent > 0.0 && extent.is_finite())
            .then(|| Self { low: [west, south], steps_per_unit: 0.5 * STEPS_PER_DEGREE as f64 / extent })
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

fn cases(file: &Path) -> Vec<Case> {
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let text = std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{name}: {e}"));
    if name.ends_with(".xml") { xml_cases(&name, &text) } else { geojson_case(&name, &text).into_iter().collect() }
}

/// The suites' XML is plain enough to be cut at its tags: no attribute or text in it holds one.
fn xml_cases(name: &str, text: &str) -> Vec<Case> {
    text.split("<case>")
        .skip(1)
        .enumerate()
        .map(|(number, case)| {
            let element = |tag: &str| {
                let from = case.split_once(&format!("<{tag}>"))?.1;
                Some(from.split_once(&format!("</{tag}>"))?.0.trim())
            };
            let operand = |tag: &str| element(tag).ok_or_else(|| format!("it has no {tag}")).and_then(geometry);
            let input = operand("a").and_then(|a| Ok([a, operand("b")?]));
            let results = case.split("<op ").skip(1).filter_map(|op| {
                let (attributes, rest) = op.split_once('>')?;
                let quoted = attributes.split_once("name=")?.1;
                let operation = quoted.split(['"', '\'']).nth(1)?.to_lowercase();
                let result = geometry(rest.split_once("</op>")?.0.trim()).ok()?;
                Some((operation, result))
            });
            Case { name: format!("{name} {}", number + 1), input, results: results.collect() }
        })
        .collect()
}

fn geojson_case(name: &str, text: &str) -> Option<Case> {
    let file: Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
    let polygons = |feature: &Value| -> Option<Polygons> {
        let geometry = &feature["geometry"];
        match geometry["type"].as_str()? {
            "Polygon" => Some(vec![serde_json::from_value(geometry["coordinates"].clone()).ok()?]),
            "MultiPolygon" => serde_json::from_value(geometry["coordinates"].clone()).ok(),
            _ => None,
        }
    };
    let (mut operands, mut results) = (Vec::new(), Vec::new());
    for feature in file["features"].as_array()? {
        match feature["properties"]["operation"].as_str() {
            Some(operation) => results.push((operation.to_owned(), polygons(feature)?)),
            None => operands.push(polygons(feature)),
        }
    }
    let input = match <[Option<Polygons>; 2]>::try_from(operands) {
        Ok([Some(a), Some(b)]) => Ok([a, b]),
        _ => Err("it has not two areas".to_owned()),
    };
    Some(Case { name: name.to_owned(), input, results })
}

/// WKT, or WKB in hexadecimal.
fn geometry(text: &str) -> Result<Polygons, String> {
    if text.bytes().all(|b| b.is_ascii_hexdigit()) {
        let bytes: Vec<u8> =
            (0..text.len() / 2).filter_map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()).collect();
        return Wkb { bytes: &bytes, at: 0 }.polygons();
    }
    wkt(text)
}

fn wkt(text: &str) -> Result<Polygons, String> {
    let kind = text.split('(').next().unwrap_or_default().trim().to_uppercase();
    let depth = match kind.as_str() {
        "POLYGON" => 1,
        "MULTIPOLYGON" => 2,
        _ => return Err(format!("{kind} is no area")),
    };
    let (mut polygons, mut open) = (Polygons::new(), 0);
    for part in text[kind.len()..].split_inclusive(['(', ')']) {
        let body = part.trim_matches([' ', '(', ')', ',', '\n', '\r', '\t']);
        if !body.is_empty() {
            let corner = |c: &str| {
                let mut numbers = c.split_whitespace().map(str::parse::<f64>);
                match (numbers.next(), numbers.next()) {
                    (Some(Ok(x)), Some(Ok(y))) => Ok([x, y]),
                    _ => Err(format!("`{c}` is no corner")),
                }
            };
            let ring = body.split(',').map(corner).collect::<Result<Ring, String>>()?;
            polygons.last_mut().ok_or("a ring outside a polygon")?.push(ring);
        }
        if part.ends_with('(') {
            open += 1;
            if open == depth {
                polygons.push(Vec::new());
            }
        } else if part.ends_with(')') {
            open -= 1;
        }
    }
    Ok(polygons)
}

struct Wkb<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Wkb<'_> {
    fn take<const N: usize>(&mut self, little: bool) -> Result<[u8; N], String> {
        let taken = self.bytes.get(self.at..self.at + N).ok_or("the WKB ends early")?;
        self.at += N;
        let mut value: [u8; N] = taken.try_into().map_err(|_| "the WKB ends early")?;
        if !little {
            value.reverse();
        }
        Ok(value)
    }

    fn polygons(&mut self) -> Result<Polygons, String> {
        let little = self.take::<1>(true)?[0] == 1;
        let kind = u32::from_le_bytes(self.take(little)?);
        if kind & 0x2000_0000 != 0 {
            self.take::<4>(little)?;
        }
        let more = usize::from(kind & 0x8000_0000 != 0) + usize::from(kind & 0x4000_0000 != 0);
        match kind & 0xff {
            3 => {
                let rings = u32::from_le_bytes(self.take(little)?);
                Ok(vec![(0..rings).map(|_| self.ring(little, more)).collect::<Result<_, _>>()?])
            }
            6 => {
                let parts = u32::from_le_bytes(self.take(little)?);
                let parts: Vec<Polygons> = (0..parts).map(|_| self.polygons()).collect::<Result<_, _>>()?;
                Ok(parts.into_iter().flatten().collect())
            }
            other => Err(format!("WKB type {other} is no area")),
        }
    }

    fn ring(&mut self, little: bool, more: usize) -> Result<Ring, String> {
        let corners = u32::from_le_bytes(self.take(little)?);
        let mut ring = Ring::new();
        for _ in 0..corners {
            let corner = [f64::from_le_bytes(self.take(little)?), f64::from_le_bytes(self.take(little)?)];
            (0..more).try_for_each(|_| self.take::<8>(little).map(drop))?;
            ring.push(corner);
        }
        Ok(ring)
    }
}
