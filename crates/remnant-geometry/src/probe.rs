//! A footprint that is asked often: whether it covers a point, and where a line meets its border.

use crate::footprint::{Footprint, turn};
use crate::plane::{HALF_TURN, Point};

/// Edges to a band of latitude, at best.
const EDGES_PER_BAND: usize = 4;
/// Entries in all bands together for each edge, at most: tall edges stand in many bands.
const ENTRIES_PER_EDGE: usize = 8;

/// A footprint with its edges in bands of latitude.
///
/// Its answers don't depend on the bands. Cost: linear in the points once, then that of the edges of a band or two.
#[derive(Debug, Clone)]
pub struct Probe {
    edges: Vec<(Point, Point)>,
    /// Where each band's edges begin in `entries`; one more than there are bands.
    starts: Vec<u32>,
    entries: Vec<u32>,
    bounds: crate::Bounds,
    /// Grid steps in a band.
    height: i64,
}

impl Probe {
    /// The footprint made ready.
    pub fn new(footprint: &Footprint) -> Self {
        let edges: Vec<(Point, Point)> = footprint.edges().collect();
        let bounds = footprint.bounds();
        let span = bounds.max.y - bounds.min.y + 1;
        let mut bands = (edges.len() / EDGES_PER_BAND).max(1) as i64;
        let mut height = span / bands + 1;
        let reach = |height: i64| {
            let of = move |y: i64| (y - bounds.min.y) / height;
            move |e: &(Point, Point)| (of(e.0.y.min(e.1.y)) as usize, of(e.0.y.max(e.1.y)) as usize)
        };
        while bands > 1 {
            let ends = reach(height);
            let entries: usize = edges.iter().map(&ends).map(|(low, high)| high - low + 1).sum();
            if entries <= ENTRIES_PER_EDGE * edges.len() {
                break;
            }
            bands /= 2;
            height = span / bands + 1;
        }
        let ends = reach(height);
        let mut starts = vec![0_u32; bands as usize + 2];
        for (low, high) in edges.iter().map(&ends) {
            (low..=high).for_each(|band| starts[band + 1] += 1);
        }
        for band in 1..starts.len() {
            starts[band] += starts[band - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![0; *starts.last().unwrap_or(&0) as usize];
        for (number, (low, high)) in edges.iter().map(&ends).enumerate() {
            for band in low..=high {
                entries[next[band] as usize] = number as u32;
                next[band] += 1;
            }
        }
        Self { edges, starts, entries, bounds, height }
    }

    /// The edges of the bands that a range of latitudes reaches; some come twice.
    fn edges_at(&self, south: i64, north: i64) -> impl Iterator<Item = (Point, Point)> + '_ {
        let last = self.starts.len() as i64 - 2;
        let band = |y: i64| ((y - self.bounds.min.y).div_euclid(self.height)).clamp(0, last) as usize;
        let outside = north < self.bounds.min.y || south > self.bounds.max.y;
        let range = if outside { 0..0 } else { self.starts[band(south)]..self.starts[band(north) + 1] };
        self.entries[range.start as usize..range.end as usize].iter().map(|&e| self.edges[e as usize])
    }

    /// Whether a point is covered; `None` within `slack` grid steps of the border.
    pub fn covers(&self, p: Point, slack: i64) -> Option<bool> {
        if p.x.abs() < HALF_TURN - slack {
            return self.covers_here(p, slack);
        }
        // The antimeridian has two longitudes, and ground across it is cut there.
        let there = Point { x: if p.x > 0 { -HALF_TURN } else { HALF_TURN }, y: p.y };
        match (self.covers_here(p, slack), self.covers_here(there, slack)) {
            (None, None) => Some(true),
            (a, b) => a.zip(b).map(|(a, b)| a || b),
        }
    }

    fn covers_here(&self, p: Point, slack: i64) -> Option<bool> {
        let (min, max) = (self.bounds.min, self.bounds.max);
        if p.x < min.x - slack || p.x > max.x + slack || p.y < min.y - slack || p.y > max.y + slack {
            return Some(false);
        }
        if self.edges_at(p.y - slack, p.y + slack).any(|(a, b)| is_near(a, b, p, slack)) {
            return None;
        }
        let mut inside = false;
        for (a, b) in self.edges_at(p.y, p.y) {
            let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
            // Half-open in y, so that a corner counts once.
            if low.y <= p.y && p.y < high.y && turn(low, high, p) > 0 {
                inside = !inside;
            }
        }
        Some(inside)
    }

    /// Adds the places, as shares of the way from `a` to `b`, at which that line meets the border: where it crosses an
    /// edge, and where a corner lies within `slack` grid steps of it. In no order; some may come twice.
    pub fn meetings(&self, a: Point, b: Point, slack: i64, found: &mut Vec<f64>) {
        let (low, high) = (a.y.min(b.y) - slack, a.y.max(b.y) + slack);
        let (west, east) = (a.x.min(b.x) - slack, a.x.max(b.x) + slack);
        for (p, q) in self.edges_at(low, high) {
            if p.x.max(q.x) < west || p.x.min(q.x) > east || p.y.max(q.y) < low || p.y.min(q.y) > high {
                continue;
            }
            found.extend(crossing(a, b, p, q));
            if is_near(a, b, p, slack) {
                found.push(share(a, b, p));
            }
        }
    }
}

/// Whether a point lies within `slack` grid steps of an edge, along either axis.
fn is_near(a: Point, b: Point, p: Point, slack: i64) -> bool {
    let within = |p: i64, a: i64, b: i64| a.min(b) - slack <= p && p <= a.max(b) + slack;
    let length = i128::from((b.x - a.x).abs().max((b.y - a.y).abs()));
    within(p.x, a.x, b.x) && within(p.y, a.y, b.y) && turn(a, b, p).abs() <= i128::from(slack) * length
}

/// Where the way from `a` to `b` crosses an edge, as a share of it. Edges that lie along it have no crossing.
pub fn crossing(a: Point, b: Point, p: Point, q: Point) -> Option<f64> {
    let (from, to) = (turn(p, q, a), turn(p, q, b));
    let (left, right) = (turn(a, b, p), turn(a, b, q));
    let apart = |x: i128, y: i128| (x > 0 && y > 0) || (x < 0 && y < 0);
    (from != to && !apart(from, to) && !apart(left, right)).then(|| from as f64 / (from - to) as f64)
}

/// How far along the way from `a` to `b` a point lies, as a share from 0 to 1.
fn share(a: Point, b: Point, p: Point) -> f64 {
    let (dx, dy) = ((b.x - a.x) as f64, (b.y - a.y) as f64);
    let along = (p.x - a.x) as f64 * dx + (p.y - a.y) as f64 * dy;
    let whole = dx * dx + dy * dy;
    if whole > 0.0 { (along / whole).clamp(0.0, 1.0) } else { 0.0 }
}

/// The grid point at a share of the way from `a` to `b`.
pub fn point_at(a: Point, b: Point, share: f64) -> Point {
    let along = |a: i64, b: i64| a + ((b - a) as f64 * share).round() as i64;
    Point { x: along(a.x, b.x), y: along(a.y, b.y) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::footprint::RawPolygon;

    fn p(x: i64, y: i64) -> Point {
        Point { x, y }
    }

    fn footprint(rings: &[&[(f64, f64)]]) -> Footprint {
        let ring = |r: &&[(f64, f64)]| r.iter().chain(r.first()).map(|&(x, y)| [x, y]).collect();
        Footprint::new(&[RawPolygon { rings: rings.iter().map(ring).collect() }]).expect("an area").0
    }

    #[test]
    fn the_answers_are_those_of_the_footprint() {
        let mut seed = 7_u64;
        let mut unit = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 11) as f64 / (1_u64 << 53) as f64
        };
        for corners in [3, 8, 40, 500] {
            let star: Vec<(f64, f64)> = (0..corners)
                .map(|k| {
                    let angle = std::f64::consts::TAU * f64::from(k) / f64::from(corners);
                    let r = 0.2 + 0.8 * unit();
                    (46.0 + r * libm::cos(angle), 40.0 + r * libm::sin(angle))
                })
                .collect();
            let ground = footprint(&[&star]);
            let probe = Probe::new(&ground);
            for _ in 0..500 {
                let at = Point::from_degrees(45.0 + 2.0 * unit(), 39.0 + 2.0 * unit());
                assert_eq!(probe.covers(at, 0), ground.covers(at), "{corners} corners, {at:?}");
            }
            for corner in ground.edges().map(|e| e.0) {
                assert_eq!(probe.covers(corner, 0), None);
                assert_eq!(probe.covers(p(corner.x + 1, corner.y - 1), 2), None);
            }
        }
    }

    #[test]
    fn a_line_meets_a_square_where_it_should() {
        let square = Probe::new(&footprint(&[&[(46.0, 40.0), (47.0, 40.0), (47.0, 41.0), (46.0, 41.0)]]));
        let meet = |a: (f64, f64), b: (f64, f64)| {
            let mut found = Vec::new();
            square.meetings(Point::from_degrees(a.0, a.1), Point::from_degrees(b.0, b.1), 2, &mut found);
            found.sort_by(f64::total_cmp);
            found.dedup();
            found
        };
        assert_eq!(meet((45.0, 40.5), (49.0, 40.5)), [0.25, 0.5]);
        assert_eq!(meet((45.0, 39.0), (45.5, 42.0)), []);
        // Along a side, and a step beside it: the corners are where the stretch begins and ends.
        assert_eq!(meet((45.0, 41.0), (49.0, 41.0)), [0.25, 0.5]);
        let beside = meet((45.0, 41.000_000_000_1), (49.0, 41.000_000_000_1));
        assert!(beside.iter().any(|t| (t - 0.25).abs() < 1e-9) && beside.iter().any(|t| (t - 0.5).abs() < 1e-9));
        // A corner is touched.
        assert!(meet((45.0, 42.0), (47.0, 40.0)).contains(&0.5));
    }

    #[test]
    fn ground_across_the_antimeridian_covers_both_longitudes() {
        let ring: &[(f64, f64)] = &[(179.9, 10.0), (-179.9, 10.0), (-179.9, 10.2), (179.9, 10.2)];
        let probe = Probe::new(&footprint(&[ring]));
        for x in [179.95, 180.0, -180.0, -179.95] {
            assert_eq!(probe.covers(Point::from_degrees(x, 10.1), 2), Some(true), "{x}");
        }
        assert_eq!(probe.covers(Point::from_degrees(180.0, 10.3), 2), Some(false));
    }
}
