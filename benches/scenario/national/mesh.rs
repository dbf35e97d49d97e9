//! An irregular honeycomb over the country: the pieces of land that records are made of.
//!
//! Three cells meet at every corner, so the outline of any set of cells is simple, and two records
//! side by side share their border vertex for vertex. That is what lets the published figures come
//! out exactly while the records still look like records.

use super::super::geodesy::{in_polygons, in_ring, polygon_area, segments_meet};
use super::super::random::Random;
use super::super::shapes::{Point, Polygon, Ring, UNITS};
use super::boundaries::Rayon;
use std::collections::{BTreeMap, BTreeSet};

/// Row and column of a cell.
pub type CellId = (i32, i32);

/// A cell of the honeycomb.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The outline, counter-clockwise: corners at even places, points between them at odd ones.
    pub ring: Ring,
    /// Area in square metres.
    pub area: f64,
    /// Code of the district that holds its middle.
    pub code: String,
    /// Whether a border between districts runs through it.
    pub on_border: bool,
}

const WEST: f64 = 44.9;
const SOUTH: f64 = 38.7;
/// Width of a cell in degrees of longitude, and height of a row in degrees of latitude; about
/// 0.63 km2 a cell.
const WIDTH: f64 = 0.0099;
const ROW: f64 = 0.0067;

/// Six decimals are enough for a record (0.1 m) and keep the files small.
fn grid(lon: f64, lat: f64) -> Point {
    [(lon * 1e6).round() as i32 * 10, (lat * 1e6).round() as i32 * 10]
}

fn corner(seed: u64, level: i32, k: i32) -> Point {
    let mut rng = Random::new(seed, 100, ((level as u64) << 32) | k as u64);
    // Corners from which a border goes up stand higher: that makes the bricks hexagons.
    let lift = if (k - level) & 1 == 0 { 1.0 } else { -1.0 } * ROW / 6.0;
    grid(
        WEST + WIDTH * (f64::from(k) / 2.0 + rng.range(-0.17, 0.17)),
        SOUTH + ROW * (f64::from(level) + rng.range(-0.16, 0.16)) + lift,
    )
}

/// The point between two corners: off the straight line, and the same from both sides.
fn between(seed: u64, a: Point, b: Point) -> Point {
    let (a, b) = if a < b { (a, b) } else { (b, a) };
    let mut rng = Random::new(seed, 101, (a[0] as u64) << 32 ^ a[1] as u64 ^ (b[1] as u64) << 17);
    let (t, off) = (rng.range(0.35, 0.65), rng.range(-0.13, 0.13));
    let d = [f64::from(b[0] - a[0]), f64::from(b[1] - a[1])];
    let at = |k: usize, sign: f64| (f64::from(a[k]) + d[k] * t + sign * d[1 - k] * off) / UNITS;
    grid(at(0, -1.0), at(1, 1.0))
}

/// The outline of a cell.
fn outline(seed: u64, (row, column): CellId) -> Ring {
    let k = 2 * column + (row & 1);
    let corners = [(row, k), (row, k + 1), (row, k + 2), (row + 1, k + 2), (row + 1, k + 1), (row + 1, k)]
        .map(|(level, k)| corner(seed, level, k));
    let mut ring = Vec::with_capacity(13);
    for n in 0..6 {
        let (a, b) = (corners[n], corners[(n + 1) % 6]);
        ring.push(a);
        ring.push(between(seed, a, b));
    }
    ring.push(corners[0]);
    ring
}

/// The cells around a cell.
#[must_use]
pub fn neighbours((row, column): CellId) -> [CellId; 6] {
    let shift = if row & 1 == 0 { -1 } else { 0 };
    [
        (row, column - 1),
        (row, column + 1),
        (row + 1, column + shift),
        (row + 1, column + shift + 1),
        (row - 1, column + shift),
        (row - 1, column + shift + 1),
    ]
}

/// The middle of a cell.
#[must_use]
pub fn middle(ring: &[Point]) -> Point {
    let n = ring.len() as i64 - 1;
    let mean = |k: usize| (ring[1..].iter().map(|p| i64::from(p[k])).sum::<i64>() / n) as i32;
    [mean(0), mean(1)]
}

/// All cells that lie wholly in the country and whose middle lies in one of the given districts.
#[must_use]
pub fn cells(seed: u64, rayons: &[Rayon], codes: &[&str]) -> BTreeMap<CellId, Cell> {
    let mut out = BTreeMap::new();
    for rayon in rayons.iter().filter(|r| codes.contains(&r.code.as_str())) {
        let points = || rayon.land.iter().flat_map(|p| p[0].iter());
        for id in around(points().copied()) {
            let ring = outline(seed, id);
            if in_polygons(&rayon.land, middle(&ring)) {
                let area = polygon_area(&vec![ring.clone()]);
                out.insert(id, Cell { ring, area, code: rayon.code.clone(), on_border: false });
            }
        }
    }
    // A border that only one district has is the border of the country (or a seam that does not
    // fit); nothing may be recorded beyond it.
    let mut sides: BTreeMap<(Point, Point), u32> = BTreeMap::new();
    let rings = || rayons.iter().flat_map(|r| r.land.iter().flatten());
    for e in rings().flat_map(|r| r.windows(2)) {
        *sides.entry((e[0].min(e[1]), e[0].max(e[1]))).or_default() += 1;
    }
    let mut beyond: BTreeSet<CellId> = BTreeSet::new();
    for (&(a, b), &count) in &sides {
        for id in around([a, b].into_iter()) {
            let Some(cell) = out.get_mut(&id) else { continue };
            if in_ring(&cell.ring, a) || cell.ring.windows(2).any(|e| segments_meet(a, b, e[0], e[1])) {
                cell.on_border = true;
                if count == 1 {
                    beyond.insert(id);
                }
            }
        }
    }
    out.retain(|id, _| !beyond.contains(id));
    out
}

/// The cells in the box of some points, and one more on each side.
fn around(points: impl Iterator<Item = Point>) -> impl Iterator<Item = CellId> {
    let mut b = [i32::MAX, i32::MAX, i32::MIN, i32::MIN];
    for p in points {
        b = [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])];
    }
    let column = |v: i32| ((f64::from(v) / UNITS - WEST) / WIDTH).floor() as i32;
    let row = |v: i32| ((f64::from(v) / UNITS - SOUTH) / ROW).floor() as i32;
    let (c0, c1) = (column(b[0]) - 2, column(b[2]) + 2);
    (row(b[1]) - 2..=row(b[3]) + 2).flat_map(move |r| (c0..=c1).map(move |c| (r, c)))
}

/// The two halves of a cell, along a line between opposite corners.
#[must_use]
pub fn halves(cell: &Cell, way: usize) -> [Polygon; 2] {
    let from = 2 * (way % 3);
    let part = |from: usize| -> Polygon {
        let mut ring: Ring = (from..=from + 6).map(|n| cell.ring[n % 12]).collect();
        ring.push(cell.ring[from]);
        vec![ring]
    };
    [part(from), part(from + 6)]
}
