//! Areas on the WGS 84 ellipsoid, and the few plane operations on rings that the example needs.

use super::shapes::{Point, Polygon, Ring, UNITS};
use std::collections::BTreeMap;

const A: f64 = 6_378_137.0;
const F: f64 = 1.0 / 298.257_223_563;

/// Area between the equator and a latitude, per radian of longitude (the authalic function).
fn authalic(lat: f64) -> f64 {
    let e2 = F * (2.0 - F);
    let e = libm::sqrt(e2);
    let s = libm::sin(lat);
    A * A * (1.0 - e2) / 2.0 * (s / (1.0 - e2 * s * s) + libm::atanh(e * s) / e)
}

/// Signed area of a ring in square metres: positive when it runs counter-clockwise.
///
/// Edges are straight in longitude and latitude, so an edge adds its difference of longitude times
/// the mean of the authalic function over its latitudes. Three points of Gauss and Legendre give
/// that mean to far less than a square millimetre for edges of less than a degree.
#[must_use]
pub fn ring_area(ring: &[Point]) -> f64 {
    // Measured from a parallel nearby: the ring closes, so the constant cancels, and with it most
    // of the rounding.
    let base = authalic((f64::from(ring[0][1]) / UNITS).to_radians());
    let offset = libm::sqrt(0.6) / 2.0;
    let mut sum = 0.0;
    for edge in ring.windows(2) {
        let width = (f64::from(edge[1][0]) - f64::from(edge[0][0])) / UNITS;
        if width == 0.0 {
            continue;
        }
        let from = (f64::from(edge[0][1]) / UNITS).to_radians();
        let rise = (f64::from(edge[1][1] - edge[0][1]) / UNITS).to_radians();
        let at = |t: f64| authalic(from + rise * t) - base;
        let mean = (5.0 * at(0.5 - offset) + 8.0 * at(0.5) + 5.0 * at(0.5 + offset)) / 18.0;
        sum -= width.to_radians() * mean;
    }
    sum
}

/// Area of a polygon in square metres, whichever way its rings run.
#[must_use]
pub fn polygon_area(polygon: &Polygon) -> f64 {
    polygon.iter().enumerate().map(|(k, r)| if k == 0 { ring_area(r).abs() } else { -ring_area(r).abs() }).sum()
}

/// Area of several polygons that do not overlap.
#[must_use]
pub fn area(polygons: &[Polygon]) -> f64 {
    polygons.iter().map(polygon_area).sum()
}

/// Twice the signed area of a triangle, exactly; tells on which side of `a`-`b` the point lies.
#[must_use]
pub fn side(a: Point, b: Point, p: Point) -> i64 {
    let [ax, ay] = a.map(i64::from);
    let [bx, by] = b.map(i64::from);
    let [px, py] = p.map(i64::from);
    (bx - ax) * (py - ay) - (by - ay) * (px - ax)
}

/// Whether a point lies in a ring (points on the ring may fall to either side).
#[must_use]
pub fn in_ring(ring: &[Point], p: Point) -> bool {
    let mut inside = false;
    for e in ring.windows(2) {
        if (e[0][1] > p[1]) != (e[1][1] > p[1]) {
            let s = side(e[0], e[1], p);
            if (s > 0) == (e[1][1] > e[0][1]) {
                inside = !inside;
            }
        }
    }
    inside
}

/// Whether a point lies in one of several polygons.
#[must_use]
pub fn in_polygons(polygons: &[Polygon], p: Point) -> bool {
    polygons.iter().any(|polygon| in_ring(&polygon[0], p) && !polygon[1..].iter().any(|hole| in_ring(hole, p)))
}

/// Whether two segments have a point in common.
#[must_use]
pub fn segments_meet(a: Point, b: Point, c: Point, d: Point) -> bool {
    let (s1, s2) = (side(a, b, c).signum(), side(a, b, d).signum());
    let (s3, s4) = (side(c, d, a).signum(), side(c, d, b).signum());
    if (s1, s2, s3, s4) == (0, 0, 0, 0) {
        let over = |k: usize| a[k].min(b[k]) <= c[k].max(d[k]) && c[k].min(d[k]) <= a[k].max(b[k]);
        return over(0) && over(1);
    }
    s1 * s2 <= 0 && s3 * s4 <= 0
}

/// A new point of a cut, after the two ends of the edge that it lies on.
pub type OnEdge = (Point, Point, Point);

/// A straight cut: the side where `x * normal.0 + y * normal.1 > offset` is kept.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Direction across the cut, towards the land that is kept.
    pub normal: (f64, f64),
    /// Where the cut lies along that direction.
    pub offset: f64,
}

impl Cut {
    fn depth(&self, p: Point) -> f64 {
        f64::from(p[0]) * self.normal.0 + f64::from(p[1]) * self.normal.1 - self.offset
    }

    fn flipped(&self) -> Self {
        Self { normal: (-self.normal.0, -self.normal.1), offset: -self.offset }
    }

    /// Where the cut crosses an edge; the same point whichever way round the edge is given.
    fn crossing(&self, a: Point, b: Point) -> Point {
        let (a, b) = if a < b { (a, b) } else { (b, a) };
        let (da, db) = (self.depth(a), self.depth(b));
        let t = da / (da - db);
        let at = |k: usize| (f64::from(a[k]) + f64::from(b[k] - a[k]) * t).round() as i32;
        [at(0), at(1)]
    }

    /// The part of a simple ring on the kept side, as counter-clockwise rings, and the new points
    /// with the edges that they lie on.
    fn keep(&self, ring: &[Point]) -> (Vec<Ring>, Vec<OnEdge>) {
        let kept: Vec<bool> = ring.iter().map(|&p| self.depth(p) > 0.0).collect();
        let mut crossings: Vec<(f64, Point)> = Vec::new();
        let mut on_edges = Vec::new();
        // Chains of kept points, each from the crossing where the ring comes in to where it leaves.
        let mut chains: Vec<Ring> = Vec::new();
        let n = ring.len() - 1;
        let Some(start) = (0..n).find(|&k| !kept[k] && kept[k + 1]) else {
            return (if kept[0] { vec![ring.to_vec()] } else { Vec::new() }, on_edges);
        };
        for step in 0..n {
            let k = (start + step) % n;
            let (a, b) = (ring[k], ring[k + 1]);
            if kept[k] != kept[k + 1] {
                let p = self.crossing(a, b);
                let along = f64::from(p[0]) * -self.normal.1 + f64::from(p[1]) * self.normal.0;
                crossings.push((along, p));
                on_edges.push((a, b, p));
                if kept[k] {
                    chains.last_mut().expect("the walk starts where the ring comes in").push(p);
                } else {
                    chains.push(vec![p]);
                }
            }
            if kept[k + 1] {
                chains.last_mut().expect("the walk starts where the ring comes in").push(b);
            }
        }
        // The line runs inside the ring from its first crossing to its second, third to fourth ...
        crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        let partner = |p: Point| {
            let at = crossings.iter().position(|c| c.1 == p).expect("every end of a chain is a crossing");
            crossings[at ^ 1].1
        };
        let mut rings = Vec::new();
        while let Some(mut open) = chains.pop() {
            loop {
                let next = partner(*open.last().expect("a chain has points"));
                if next == open[0] {
                    break;
                }
                let at = chains.iter().position(|c| c[0] == next).expect("a chain starts at each crossing in");
                open.extend(chains.remove(at));
            }
            open.push(open[0]);
            open.dedup();
            rings.push(open);
        }
        (rings, on_edges)
    }

    /// Cuts a simple ring in two: kept side, other side, and the new points with their edges.
    #[must_use]
    pub fn split(&self, ring: &[Point]) -> (Vec<Ring>, Vec<Ring>, Vec<OnEdge>) {
        let (kept, on_edges) = self.keep(ring);
        (kept, self.flipped().keep(ring).0, on_edges)
    }

    /// The cut across a ring that keeps a given area, found by bisection.
    #[must_use]
    pub fn for_area(ring: &[Point], normal: (f64, f64), wanted: f64) -> Self {
        let depths = ring.iter().map(|p| f64::from(p[0]) * normal.0 + f64::from(p[1]) * normal.1);
        let (mut low, mut high) = depths.fold((f64::MAX, f64::MIN), |(l, h), d| (l.min(d), h.max(d)));
        for _ in 0..80 {
            // A little off the whole numbers, so that no vertex lies on the cut.
            let cut = Self { normal, offset: (low + high) / 2.0 + 1e-3 };
            let got: f64 = cut.keep(ring).0.iter().map(|r| ring_area(r)).sum();
            if got > wanted {
                low = (low + high) / 2.0;
            } else {
                high = (low + high) / 2.0;
            }
        }
        Self { normal, offset: (low + high) / 2.0 + 1e-3 }
    }
}

/// The union of pieces that share their borders vertex for vertex: edges that run both ways go.
#[must_use]
pub fn dissolve<'a>(rings: impl Iterator<Item = &'a Ring>) -> Vec<Polygon> {
    let mut edges: BTreeMap<Point, Vec<Point>> = BTreeMap::new();
    for ring in rings {
        for e in ring.windows(2) {
            let back = edges.get_mut(&e[1]).and_then(|to| to.iter().position(|&p| p == e[0]).map(|at| to.remove(at)));
            if back.is_none() {
                edges.entry(e[0]).or_default().push(e[1]);
            }
        }
    }
    edges.retain(|_, to| !to.is_empty());
    let mut outer: Vec<Polygon> = Vec::new();
    let mut holes: Vec<Ring> = Vec::new();
    while let Some((&start, _)) = edges.first_key_value() {
        let mut ring = vec![start];
        let mut at = start;
        while let Some(next) = edges.get_mut(&at).and_then(Vec::pop) {
            if edges[&at].is_empty() {
                edges.remove(&at);
            }
            ring.push(next);
            at = next;
            if at == start {
                break;
            }
        }
        if ring_area(&ring) > 0.0 {
            outer.push(vec![ring]);
        } else {
            holes.push(ring);
        }
    }
    for hole in holes {
        // Borders may touch at the first point, so the middle of an edge is asked.
        let probe = [(hole[0][0] + hole[1][0]) / 2, (hole[0][1] + hole[1][1]) / 2];
        if let Some(p) = outer.iter_mut().find(|p| in_ring(&p[0], probe)) {
            p.push(hole);
        }
    }
    outer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_earth_has_its_published_area() {
        let (w, e, s, n) = (-1_800_000_000, 1_800_000_000, -900_000_000, 900_000_000);
        let earth = ring_area(&[[w, s], [e, s], [e, n], [w, n], [w, s]]);
        assert!((earth - 510_065_621_724_088.4).abs() < 1.0, "{earth}");
    }

    #[test]
    fn a_cut_keeps_the_area_asked_for() {
        let ring = [[0, 0], [900_000, 0], [900_000, 900_000], [450_000, 100_000], [0, 900_000], [0, 0]];
        let (kept, rest, new) = Cut::for_area(&ring, (0.0, 1.0), 20e6).split(&ring);
        let sum = |rings: &[Ring]| rings.iter().map(|r| ring_area(r)).sum::<f64>();
        // Two horns, each closed on its own; the ends of the cut lie on a grid of a centimetre.
        assert_eq!((kept.len(), rest.len(), new.len()), (2, 1, 4));
        assert!((sum(&kept) - 20e6).abs() < 100.0);
        assert!((sum(&kept) + sum(&rest) - ring_area(&ring)).abs() < 100.0);
    }

    #[test]
    fn pieces_that_share_a_border_dissolve() {
        let left = vec![[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]];
        let right = vec![[10, 0], [20, 0], [20, 10], [10, 10], [10, 0]];
        let union = dissolve([&left, &right].into_iter());
        assert_eq!(union.len(), 1);
        assert_eq!(union[0][0].len(), 7);
    }
}
