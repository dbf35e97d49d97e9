//! Ground that is made to be hard: what an engine for overlaps finds worst, each kind on its own.

use super::random::Random;
use super::shapes::{self, Plane, Point, Polygon};

/// What makes the ground hard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Every record is the same area but for a few centimetres, all in one place: covers as deep as there are records,
    /// and borders that cross each other again and again.
    NearCopies,
    /// Wedges whose sides all end in one point, and every eighth a thin triangle with a side through that point.
    OnePoint,
    /// Strips across each other: as many crossings as the square of half the records.
    Lattice,
    /// Rings in rings that never touch: covers as deep as there are records, without a crossing.
    Nested,
    /// Blocks of one mesh: every border is shared, vertex for vertex, by many records.
    SharedBorders,
    /// A chequer of areas that overlap their neighbours by one unit of the coordinates.
    Slivers,
    /// Strips of twenty kilometres: edges that run through very many tiles.
    LongStrips,
}

/// The kinds by the words of the command line.
pub const KINDS: [(&str, Kind); 7] = [
    ("near-copies", Kind::NearCopies),
    ("one-point", Kind::OnePoint),
    ("lattice", Kind::Lattice),
    ("nested", Kind::Nested),
    ("shared-borders", Kind::SharedBorders),
    ("slivers", Kind::Slivers),
    ("long-strips", Kind::LongStrips),
];

/// The middle of all of it, in degrees: inside one district of the usual 47.
const MIDDLE: (f64, f64) = (46.72, 39.64);

/// Streams of random numbers of their own.
const COPIED: u64 = 30;
const MESH: u64 = 31;

/// Record `k` of `of`, with the random numbers of that record.
#[must_use]
pub fn shape(kind: Kind, seed: u64, k: u64, of: u64, rng: &mut Random) -> Polygon {
    let plane = Plane::at(MIDDLE.0, MIDDLE.1);
    let (n, of) = (k as f64, of.max(1) as f64);
    match kind {
        Kind::NearCopies => near_copy(&plane, seed, rng),
        Kind::OnePoint => wedge(&plane, k, of, rng),
        Kind::Lattice => {
            // Even ones lie, odd ones stand; a third of the ground between two is free.
            let (step, length) = (400.0 / of, 210.0);
            let low = n * step - 200.0;
            let (low, high) = (low, low + step * 4.0 / 3.0);
            let corner = |along: f64, across: f64| if k.is_multiple_of(2) { (along, across) } else { (across, along) };
            quad(&plane, [corner(-length, low), corner(length, low), corner(length, high), corner(-length, high)])
        }
        Kind::Nested => {
            let radius = 1_500.0 * (n + rng.range(0.6, 1.0)) / of;
            let corners = (0..24).map(|v| {
                let angle = f64::from(v) * core::f64::consts::TAU / 24.0;
                let r = radius * (1.0 + 0.2 * libm::sin(3.0 * angle));
                plane.point(r * libm::cos(angle), r * libm::sin(angle))
            });
            closed(corners.collect())
        }
        Kind::SharedBorders => block(&plane, seed, k, of, rng),
        Kind::Slivers => sliver(&plane, k),
        Kind::LongStrips => {
            let (x, y) = (rng.range(-40_000.0, 40_000.0), rng.range(-40_000.0, 40_000.0));
            let angle = rng.range(-0.15, 0.15) + if rng.chance(0.5) { core::f64::consts::FRAC_PI_2 } else { 0.0 };
            let (cos, sin) = (libm::cos(angle), libm::sin(angle));
            let (length, half) = (10_000.0, rng.range(10.0, 40.0));
            let corner = |a: f64, b: f64| (x + a * cos - b * sin, y + a * sin + b * cos);
            quad(&plane, [corner(-length, -half), corner(length, -half), corner(length, half), corner(-length, half)])
        }
    }
}

fn near_copy(plane: &Plane, seed: u64, rng: &mut Random) -> Polygon {
    let mut first = shapes::blob(&mut Random::new(seed, COPIED, 0), plane, 40.0, 24, false).remove(0);
    first.pop();
    for point in &mut first {
        point[0] += rng.between(-3, 3) as i32;
        point[1] += rng.between(-3, 3) as i32;
    }
    closed(first)
}

fn wedge(plane: &Plane, k: u64, of: f64, rng: &mut Random) -> Polygon {
    let centre = plane.point(0.0, 0.0);
    let angle = rng.range(0.0, core::f64::consts::TAU);
    let at = |angle: f64, r: f64| plane.point(r * libm::cos(angle), r * libm::sin(angle));
    if k.is_multiple_of(8) {
        // One end mirrors the other in the point, so that the side runs through it exactly.
        let end = at(angle, 150.0);
        let other = [2 * centre[0] - end[0], 2 * centre[1] - end[1]];
        return closed(vec![other, end, at(angle + 0.02, 150.0)]);
    }
    let width = (60.0 / of).clamp(0.01, 1.0);
    closed(vec![centre, at(angle, rng.range(60.0, 150.0)), at(angle + width, rng.range(60.0, 150.0))])
}

/// A corner of the mesh: the same for every record that has it.
fn corner(plane: &Plane, seed: u64, column: u64, row: u64) -> Point {
    let mut rng = Random::new(seed, MESH, row << 32 | column);
    let place = |n: u64, shift: f64| (n as f64 + shift) * 50.0;
    let (dx, dy) = (rng.range(-0.3, 0.3), rng.range(-0.3, 0.3));
    plane.point(place(column, dx), place(row, dy))
}

fn block(plane: &Plane, seed: u64, k: u64, of: f64, rng: &mut Random) -> Polygon {
    let side = (libm::sqrt(of).ceil() as u64).max(1);
    let (left, low) = (k % side, k / side);
    let (right, high) = (left + 1 + rng.below(3), low + 1 + rng.below(3));
    let lower = (left..right).map(|column| (column, low));
    let east = (low..high).map(|row| (right, row));
    let upper = (left + 1..=right).rev().map(|column| (column, high));
    let west = (low + 1..=high).rev().map(|row| (left, row));
    closed(lower.chain(east).chain(upper).chain(west).map(|(c, r)| corner(plane, seed, c, r)).collect())
}

fn sliver(plane: &Plane, k: u64) -> Polygon {
    /// Units of 1e-7 degrees: some ten metres.
    const SIZE: i32 = 1_000;
    let [x, y] = plane.point(0.0, 0.0);
    let (west, south) = (x + (k % 100) as i32 * SIZE, y + (k / 100) as i32 * SIZE);
    let (east, north) = (west + SIZE + 1, south + SIZE + 1);
    closed(vec![[west, south], [east, south], [east, north], [west, north]])
}

fn quad(plane: &Plane, corners: [(f64, f64); 4]) -> Polygon {
    closed(corners.map(|(x, y)| plane.point(x, y)).to_vec())
}

/// One ring of these corners, closed and counter-clockwise.
fn closed(mut corners: Vec<Point>) -> Polygon {
    let first = corners[0];
    corners.push(first);
    let twice: i64 = corners
        .windows(2)
        .map(|e| {
            let at = |p: Point, k: usize| i64::from(p[k]) - i64::from(first[k]);
            at(e[0], 0) * at(e[1], 1) - at(e[1], 0) * at(e[0], 1)
        })
        .sum();
    if twice < 0 {
        corners.reverse();
    }
    vec![corners]
}
