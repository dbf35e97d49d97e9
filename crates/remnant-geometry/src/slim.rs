//! Arcs that nothing meets, left out while pieces are united.
//!
//! Grown ground is mostly arcs: a corner that sticks out has ninety points, and leading them all through the grid to find
//! that nothing meets them is nearly all the work. So a sector whose arc has its room to itself goes through the grid with
//! a short way in place of the arc, and gets the arc back in the border that comes out.
//!
//! A sector turns by less than half a circle, so it lies in the wedge between the two half-planes that begin at its sides.
//! Every edge of every other piece is to lie beyond the one side or beyond the other (to [`SLACK`] steps, since sides are
//! led through the grid too), or to have the whole sector on one side of it. Then so do their ends and crossings, and
//! nothing but the sector's own arc is *hot* in the sector (`arrange.rs`). What is left out begins and ends [`INSIDE`] corners of the sector's ring from its sides,
//! which is thousands of steps, and the short way runs between the same points: nothing bends either, and nothing tells
//! them apart. If another piece covers all that is between them, neither is in the border.

use std::collections::HashMap;

use crate::footprint::turn;
use crate::grow::Pieces;
use crate::plane::{Bounds, Point};
use crate::repair::Contours;

/// Grid steps by which an edge may lie on the wrong side of a sector's side.
const SLACK: i64 = 4;

/// Corners of a sector's ring, its own corner among them, before what is left out.
const INSIDE: usize = 4;

/// Corners of a sector's ring from which on leaving some out is worth it.
const LEAST: usize = 16;

/// An arc that was left out: its points, from the first that is there to the last.
pub(crate) struct LeftOut {
    points: Vec<Point>,
}

impl LeftOut {
    fn middle(&self) -> usize {
        self.points.len() / 2
    }
}

/// Puts a short way in place of every arc that has its room to itself; gives these arcs.
pub(crate) fn slimmed(pieces: &mut Pieces) -> Vec<LeftOut> {
    let rings = &pieces.rings;
    let bounds: Vec<Option<Bounds>> = rings.iter().map(|ring| Bounds::of(ring.iter().copied())).collect();
    let mut flags = Vec::new();
    let large = pieces.sectors.iter().copied().filter(|&i| rings[i].len() >= LEAST);
    let clear: Vec<usize> = large.filter(|&i| is_clear(i, rings, &bounds, &mut flags)).collect();
    let mut left_out = Vec::with_capacity(clear.len());
    for i in clear {
        let ring = &mut pieces.rings[i];
        let points = ring[INSIDE..=ring.len() - INSIDE].to_vec();
        let arc = LeftOut { points };
        let (last, middle) = (arc.points.len() - 1, arc.points[arc.middle()]);
        ring.splice(INSIDE + 1..INSIDE + last, [middle]);
        left_out.push(arc);
    }
    left_out
}

/// Whether every edge of every other piece lies beyond one of a sector's sides.
fn is_clear(sector: usize, rings: &Contours, bounds: &[Option<Bounds>], flags: &mut Vec<u8>) -> bool {
    let ring = &rings[sector];
    let (corner, first, last) = (ring[0], ring[1], ring[ring.len() - 1]);
    let Some(own) = bounds[sector] else { return false };
    // Half a circle is no wedge.
    if turn(corner, first, last) <= slack(corner, first) {
        return false;
    }
    let grown = Bounds {
        min: Point { x: own.min.x - SLACK, y: own.min.y - SLACK },
        max: Point { x: own.max.x + SLACK, y: own.max.y + SLACK },
    };
    let (at_first, at_last) = (slack(corner, first), slack(corner, last));
    let beyond =
        |&p: &Point| u8::from(turn(corner, first, p) <= at_first) | u8::from(turn(corner, last, p) >= -at_last) << 1;
    (0..rings.len()).filter(|&i| i != sector).all(|i| {
        if !bounds[i].is_some_and(|b| b.meets(&grown)) {
            return true;
        }
        let other = &rings[i];
        flags.clear();
        flags.extend(other.iter().map(beyond));
        (0..other.len()).all(|from| {
            let to = if from + 1 < other.len() { from + 1 } else { 0 };
            flags[from] & flags[to] != 0 || passes_by((other[from], other[to]), ring, &grown)
        })
    })
}

/// Whether an edge has all of a ring on one side.
fn passes_by((a, b): (Point, Point), ring: &[Point], bounds: &Bounds) -> bool {
    if !Bounds::of([a, b]).is_some_and(|edge| edge.meets(bounds)) {
        return true;
    }
    let slack = slack(a, b);
    ring.iter().all(|&p| turn(a, b, p) > slack) || ring.iter().all(|&p| turn(a, b, p) < -slack)
}

/// Twice the triangle of a side and a point that lies [`SLACK`] steps from it, or less.
fn slack(a: Point, b: Point) -> i128 {
    i128::from(SLACK) * i128::from((b.x - a.x).abs().max((b.y - a.y).abs()))
}

/// Borders with all arcs that were left out put back.
pub(crate) fn whole(borders: Vec<(Point, Point)>, left_out: &[LeftOut]) -> Vec<(Point, Point)> {
    if left_out.is_empty() {
        return borders;
    }
    let mut ways: HashMap<(Point, Point), &[Point]> = HashMap::with_capacity(2 * left_out.len());
    for arc in left_out {
        let (before, after) = (&arc.points[..=arc.middle()], &arc.points[arc.middle()..]);
        for way in [before, after] {
            if let (Some(&from), Some(&to)) = (way.first(), way.last()) {
                ways.insert((from, to), way);
            }
        }
    }
    let mut all = Vec::with_capacity(borders.len() + left_out.iter().map(|arc| arc.points.len()).sum::<usize>());
    for edge in borders {
        match ways.get(&edge) {
            Some(way) => all.extend(way.windows(2).map(|pair| (pair[0], pair[1]))),
            None => all.push(edge),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::footprint::{Footprint, RawPolygon};
    use crate::grow;
    use crate::seed::{self, units};

    /// A star, or a box with corners in the middle of its sides, with or without a hole; with other parts perhaps.
    fn ground(unit: &mut impl FnMut() -> f64, metres: f64) -> Option<Footprint> {
        let centre = [340.0 * unit() - 170.0, 160.0 * unit() - 80.0];
        let size = metres / 111_000.0;
        let wide = size / centre[1].to_radians().cos();
        let parts = 1 + (unit() * unit() * 3.0) as usize;
        let polygons: Vec<RawPolygon> = (0..parts)
            .map(|_| {
                let middle = [centre[0] + 3.0 * wide * unit(), centre[1] + 3.0 * size * unit()];
                let at = |x: f64, y: f64| [middle[0] + wide * x, middle[1] + size * y];
                let tilt = std::f64::consts::TAU * unit();
                let turned = |x: f64, y: f64| at(x * tilt.cos() - y * tilt.sin(), x * tilt.sin() + y * tilt.cos());
                let mut shell: Vec<[f64; 2]> = if unit() < 0.5 {
                    let corners = 3 + (unit() * 12.0) as u32;
                    let angle = |i: u32| std::f64::consts::TAU * f64::from(i) / f64::from(corners);
                    let star = (0..corners).map(|i| (angle(i), 0.2 + unit()));
                    star.map(|(angle, r)| turned(r * angle.cos(), r * angle.sin())).collect()
                } else {
                    let (a, b) = (unit(), unit());
                    let sides = [(-1.0, -1.0), (a, -1.0), (1.0, -1.0), (1.0, 1.0), (-b, 1.0), (-1.0, 1.0)];
                    sides.into_iter().map(|(x, y)| turned(x, y)).collect()
                };
                shell.push(shell[0]);
                let hole = vec![turned(0.1, 0.1), turned(-0.1, 0.1), turned(0.0, -0.15), turned(0.1, 0.1)];
                RawPolygon { rings: if unit() < 0.3 { vec![shell, hole] } else { vec![shell] } }
            })
            .collect();
        Footprint::new(&polygons).ok().map(|f| f.0)
    }

    #[test]
    fn ground_grows_the_same_with_all_its_arcs() {
        let mut some = 0;
        for seed in seed::of(0..300) {
            let mut unit = units(seed);
            let size = [2.0, 20.0, 80.0, 400.0][(seed % 4) as usize] * (0.3 + unit());
            let metres = [1.0, 6.0, 30.0, 100.0, 350.0][(seed % 5) as usize];
            let Some(ground) = ground(&mut unit, size) else { continue };
            let whole = grow::by_whole_pieces(&ground, metres);
            assert_eq!(grow::by_pieces(&ground, metres), whole, "seed {seed}");
            some += grow::arcs_left_out(&ground, metres);
        }
        assert!(some > 500, "{some}");
    }
}
