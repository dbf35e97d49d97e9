//! The ground of many covers by exact slabs: for every set of covers that some ground has, its square metres.

use std::collections::BTreeMap;

use remnant_geometry::Point;

use super::ground::Ground;
use super::slabs::{Edge, PART, Step, Trapezoid, walk};

/// Semi-major axis and flattening of the WGS 84 ellipsoid.
const A: f64 = 6_378_137.0;
const F: f64 = 1.0 / 298.257_223_563;
const E2: f64 = F * (2.0 - F);
const RADIANS: f64 = std::f64::consts::PI / 180.0 / 1e10;

/// The ground of one set of covers.
#[derive(Debug, Clone, Default)]
pub struct Piece {
    pub m2: f64,
    /// Its corners in degrees, a quadrangle each.
    pub quads: Vec<[[f64; 2]; 4]>,
}

/// Square metres of a squared step at a latitude in steps: the element of area of the ellipsoid.
fn weight(y: f64) -> f64 {
    let (s, c) = (y * RADIANS).sin_cos();
    let w = 1.0 - E2 * s * s;
    A * A * (1.0 - E2) * c / (w * w) * RADIANS * RADIANS
}

/// Nodes and weights of Gauss and Legendre on 0..1, of five points.
const NODES: [(f64, f64); 5] = [
    (0.046_910_077_030_668, 0.118_463_442_528_094_54),
    (0.230_765_344_947_158_45, 0.239_314_335_249_683_24),
    (0.5, 0.284_444_444_444_444_45),
    (0.769_234_655_052_841_5, 0.239_314_335_249_683_24),
    (0.953_089_922_969_332, 0.118_463_442_528_094_54),
];

/// The mean weight over a trapezoid. The exact area tells how much there is, so this needs no more digits than a weight
/// can have.
fn mean_weight(t: &Trapezoid, origin: Point) -> f64 {
    let at = |side: [f64; 2], u: f64| side[0] + u * (side[1] - side[0]);
    let (mut sum, mut total) = (0.0, 0.0);
    for (u, share) in NODES {
        let (low, high) = (at(t.low, u), at(t.high, u));
        // The height of a sliver may be lost in the rounding; its weight is that of any of its points.
        let height = (high - low).max(1e-3);
        let weights: f64 = NODES.iter().map(|(v, w)| w * weight(origin.y as f64 + low + v * height)).sum();
        sum += share * height * weights;
        total += share * height;
    }
    sum / total
}

/// Every set of covers, by their numbers in ascending order, with its ground.
pub fn pieces(covers: &[&Ground]) -> BTreeMap<Vec<u32>, Piece> {
    let mut pieces = BTreeMap::<Vec<u32>, Piece>::new();
    let all = || covers.iter().flat_map(|g| g.edges());
    let Some(origin) = all().map(|e| e.0).reduce(|a, b| Point { x: a.x.min(b.x), y: a.y.min(b.y) }) else {
        return pieces;
    };
    // Each ring is an owner; of each: its cover, its polygon's first ring and the number of rings.
    let mut rings: Vec<(u32, u32, u32)> = Vec::new();
    let mut edges = Vec::new();
    for (cover, ground) in (0..).zip(covers) {
        for polygon in &ground.0 {
            let (first, count) = (rings.len() as u32, polygon.len() as u32);
            for ring in polygon {
                let owner = rings.len() as u32;
                rings.push((cover, first, count));
                let pairs = ring.iter().zip(ring.iter().cycle().skip(1));
                edges.extend(pairs.filter_map(|(&p, &q)| Edge::new(p, q, owner, origin)));
            }
        }
    }
    let mut windings = vec![0_i32; rings.len()];
    // By how many of its polygons each cover holds the ground.
    let mut held = vec![0_u32; covers.len()];
    let mut present: Vec<u32> = Vec::new();
    let holds = |windings: &[i32], first: u32, count: u32| {
        (first..first + count).all(|ring| (windings[ring as usize] != 0) == (ring == first))
    };
    let degrees = |x: f64, y: f64| [(origin.x as f64 + x) / 1e10, (origin.y as f64 + y) / 1e10];
    walk(&edges, &mut |step| match step {
        Step::Start => {
            windings.fill(0);
            held.fill(0);
            present.clear();
        }
        Step::Cross(i) => {
            let owner = edges[i].owner as usize;
            let (cover, first, count) = rings[owner];
            let before = holds(&windings, first, count);
            windings[owner] += edges[i].way;
            let after = holds(&windings, first, count);
            held[cover as usize] = held[cover as usize] + u32::from(after) - u32::from(before);
            match (present.binary_search(&cover), held[cover as usize] > 0) {
                (Ok(at), false) => drop(present.remove(at)),
                (Err(at), true) => present.insert(at, cover),
                _ => {}
            }
        }
        Step::Cell(..) if present.is_empty() => {}
        Step::Cell(area, t) => {
            let piece = match pieces.get_mut(&present) {
                Some(piece) => piece,
                None => pieces.entry(present.clone()).or_default(),
            };
            piece.m2 += area as f64 * PART * mean_weight(&t, origin);
            let ([w, e], [a, b], [c, d]) = (t.x, t.low, t.high);
            piece.quads.push([degrees(w, a), degrees(e, b), degrees(e, d), degrees(w, c)]);
        }
    });
    pieces
}

/// The length of all borders in metres, at most.
pub fn border_m(covers: &[&Ground]) -> f64 {
    let steps: f64 =
        covers.iter().flat_map(|g| g.edges()).map(|(p, q)| ((q.x - p.x) as f64).hypot((q.y - p.y) as f64)).sum();
    steps * 1.117e-5
}

#[test]
fn a_square_degree_has_the_area_of_the_closed_form() {
    // q/2 of Snyder (1987), equation 3-12, between 45 and 46 degrees north.
    let e = E2.sqrt();
    let q = |degrees: f64| {
        let s = degrees.to_radians().sin();
        (1.0 - E2) * (s / (1.0 - E2 * s * s) - ((1.0 - e * s) / (1.0 + e * s)).ln() / (2.0 * e))
    };
    let want = A * A / 2.0 * 1_f64.to_radians() * (q(46.0) - q(45.0));
    let p = |x: i64, y: i64| Point { x: x * 10_000_000_000, y: y * 10_000_000_000 };
    let square = Ground::ring(vec![p(3, 45), p(4, 45), p(4, 46), p(3, 46)]);
    let got = pieces(&[&square])[&vec![0]].m2;
    assert!((got - want).abs() < 1e-10 * want, "{got} and {want}");
}
