//! What lies in and near a zone, by brute force over the pieces of ground, in a plane that fits where both meet.

use jiff::civil::Date;

use super::contract::{Point, open_points};
use super::ground::{Ground, Lies};
use super::scenes::Scene;
use super::weighed::{Piece, pieces};

/// Distances from a zone in metres, within half a per cent up to some kilometres; infinite where there is nothing.
#[derive(Debug, Clone)]
pub struct Found {
    /// To contaminated land: the least with every sliver, and with none that is as thin as the grid.
    pub land: [f64; 2],
    /// To land on which a hazard is live, less that hazard's accuracy: the least, likewise.
    pub vague_land: [f64; 2],
    /// Whether some contaminated land is as thin as the grid.
    pub slivers: bool,
    /// Open evidence points in the zone.
    pub points: u64,
    /// To an open evidence point, and less its accuracy.
    pub point: f64,
    pub vague_point: f64,
    /// To the box of a hazard that was set aside.
    pub lost: f64,
}

impl Default for Found {
    fn default() -> Self {
        let far = f64::INFINITY;
        Self {
            land: [far; 2],
            vague_land: [far; 2],
            slivers: false,
            points: 0,
            point: far,
            vague_point: far,
            lost: far,
        }
    }
}

type Place = [f64; 2];

/// Degrees of latitude beyond which the scales of a plane change too fast from one end of an edge to the other.
const POLAR: f64 = 85.0;

/// Degrees of longitude that are followed in one step there: parallels are curved.
const POLAR_STEP: f64 = 0.003;

/// How far two stretches are from each other, in metres.
fn apart(a: [Place; 2], b: [Place; 2]) -> f64 {
    let latitude = 0.25 * (a[0][1] + a[1][1] + b[0][1] + b[1][1]);
    if latitude.abs() > POLAR {
        let parts = |s: [Place; 2]| {
            let count = ((s[1][0] - s[0][0]).abs() / POLAR_STEP).ceil().clamp(1.0, 200.0);
            let at = move |i: f64| [0, 1].map(|axis| s[0][axis] + i / count * (s[1][axis] - s[0][axis]));
            (0..count as u32).map(move |i| [at(f64::from(i)), at(f64::from(i) + 1.0)].map(about_the_pole))
        };
        let each = parts(a).flat_map(|a| parts(b).map(move |b| between(a, b)));
        return each.fold(f64::INFINITY, f64::min);
    }
    let (s, c) = latitude.to_radians().sin_cos();
    let w = 1.0 - 0.006_694_379_990_141_3 * s * s;
    let (north, east) = (6_335_439.327_3 / w.powf(1.5), 6_378_137.0 * c / w.sqrt());
    let plane = |p: Place| [(p[0] - a[0][0]).to_radians() * east, (p[1] - a[0][1]).to_radians() * north];
    between(a.map(plane), b.map(plane))
}

/// A place by its way from the pole, along its meridian; right to a thousandth from 85 degrees on.
fn about_the_pole([x, y]: Place) -> Place {
    let (s, c) = x.to_radians().sin_cos();
    let metres = (90.0 - y.abs()).to_radians() * 6_399_593.6;
    [metres * c, metres * s]
}

/// How far two stretches are from each other in a plane.
fn between([p, q]: [Place; 2], [r, s]: [Place; 2]) -> f64 {
    let side = |a: Place, b: Place, c: Place| (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    if side(p, q, r) * side(p, q, s) < 0.0 && side(r, s, p) * side(r, s, q) < 0.0 {
        return 0.0;
    }
    let from = |p: Place, a: Place, b: Place| {
        let (d, e) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
        let squared = d[0] * d[0] + d[1] * d[1];
        let t = if squared > 0.0 { ((d[0] * e[0] + d[1] * e[1]) / squared).clamp(0.0, 1.0) } else { 0.0 };
        (e[0] - t * d[0]).hypot(e[1] - t * d[1])
    };
    from(p, r, s).min(from(q, r, s)).min(from(r, p, q)).min(from(s, p, q))
}

#[test]
fn beside_a_pole_distances_are_those_of_the_ellipsoid() {
    // By pyproj, 20,000 places along the edge: 9.251699 m.
    let edge = [[-29.752_089_868_1, -89.803_128_014_6], [-29.744_421_331_6, -89.797_997_445_1]];
    let more = [[-29.745_834_901_4, -89.791_534_973_1], [-29.754_180_366_6, -89.781_986_397_7]];
    let place = [[-29.729_226_738, -89.785_251_632]; 2];
    let least = apart(place, more).min(apart(place, edge));
    assert!((least - 9.2517).abs() < 0.003, "{least}");
}

/// Whether a trapezoid is higher than borders may bend.
fn high(quad: &[Place; 4]) -> bool {
    let [a, b, c, d] = quad.map(|p| p[1]);
    (d - a).max(c - b) > 8e-10
}

/// The nearest that anything of a zone comes to something, in metres: with every sliver, and with none that is as thin
/// as the grid.
///
/// By the trapezoids of the zone's ground and not by its rings: a spike is an edge of a ring and no ground, so nothing
/// is near a zone for lying near its spike.
struct Zone<'a> {
    ground: &'a Ground,
    quads: Vec<[Place; 4]>,
    thick: Vec<[Place; 4]>,
}

fn sides(quad: &[Place]) -> impl Iterator<Item = [Place; 2]> + Clone {
    quad.iter().zip(quad.iter().cycle().skip(1)).map(|(&a, &b)| [a, b])
}

type Box4 = [f64; 4];

fn boxed(places: &[Place]) -> Box4 {
    let least = |axis: usize| places.iter().map(|p| p[axis]).fold(f64::INFINITY, f64::min);
    let most = |axis: usize| places.iter().map(|p| p[axis]).fold(f64::NEG_INFINITY, f64::max);
    [least(0), least(1), most(0), most(1)]
}

/// Metres that two boxes are apart, or less.
fn at_least(a: Box4, b: Box4) -> f64 {
    let gap = |axis: usize| (a[axis] - b[axis + 2]).max(b[axis] - a[axis + 2]).max(0.0);
    let farthest = [a[1], a[3], b[1], b[3]].into_iter().map(f64::abs).fold(0.0, f64::max);
    110_000.0 * gap(1).max(gap(0) * farthest.min(90.0).to_radians().cos())
}

/// Metres within which a place touches: above what is lost in degrees, below a step of the grid.
const TOUCHES: f64 = 2e-6;

impl<'a> Zone<'a> {
    fn new(ground: &'a Ground) -> Self {
        let quads: Vec<[Place; 4]> = pieces(&[ground]).into_values().flat_map(|piece| piece.quads).collect();
        let thick: Vec<[Place; 4]> = quads.iter().copied().filter(high).collect();
        let thick = if thick.is_empty() { quads.clone() } else { thick };
        Self { ground, quads, thick }
    }

    fn to(quads: &[[Place; 4]], other: &[Place]) -> f64 {
        let (mut best, far) = (f64::INFINITY, boxed(other));
        for quad in quads {
            // What can't be nearer needs no second look.
            if at_least(boxed(quad), far) < best {
                let each = sides(quad).flat_map(|b| sides(other).map(move |s| apart(s, b)));
                best = each.fold(best, f64::min);
            }
        }
        best
    }

    /// With every sliver.
    fn least(&self, other: &[Place]) -> f64 {
        Self::to(&self.quads, other)
    }

    /// Whether a place lies in it or on its border.
    fn holds(&self, p: remnant_geometry::Point) -> bool {
        self.ground.lies(p) == Lies::Inside || self.least(&[degrees(p)]) < TOUCHES
    }
}

fn degrees(p: remnant_geometry::Point) -> Place {
    [p.x as f64 / 1e10, p.y as f64 / 1e10]
}

/// What lies in a zone and near it; land of no more than `slack` m2 may be lost.
pub fn judged(scene: &Scene, as_of: Option<Date>, zone: &Ground, lands: &[(Point, Piece)], slack: f64) -> Found {
    let zone = Zone::new(zone);
    let mut found = Found::default();
    for (point, piece) in lands.iter().filter(|l| l.0.state.is_some_and(|s| s.is_hazard())) {
        let mut distances = [f64::INFINITY; 2];
        for quad in &piece.quads {
            distances[0] = distances[0].min(zone.least(quad));
            if piece.m2 > slack && high(quad) {
                distances[1] = distances[1].min(Zone::to(&zone.thick, quad));
            } else {
                found.slivers = true;
            }
        }
        let accuracy = point.live.iter().map(|&h| scene.records[h].accuracy_m.unwrap_or(0.0)).fold(0.0, f64::max);
        for (n, distance) in distances.into_iter().enumerate() {
            found.land[n] = found.land[n].min(distance);
            found.vague_land[n] = found.vague_land[n].min(distance - accuracy);
        }
    }
    for (evidence, p) in open_points(scene, as_of) {
        if zone.holds(p) {
            found.points += 1;
            continue;
        }
        let distance = zone.least(&[degrees(p)]);
        found.point = found.point.min(distance);
        found.vague_point = found.vague_point.min(distance - evidence.accuracy_m.unwrap_or(0.0));
    }
    if let Some([low, high]) = scene.lost {
        let at = |x, y| remnant_geometry::Point { x, y };
        let corners = [low, at(high.x, low.y), high, at(low.x, high.y)];
        let in_box = |p: Place| {
            let (low, high) = (degrees(low), degrees(high));
            low[0] <= p[0] && p[0] <= high[0] && low[1] <= p[1] && p[1] <= high[1]
        };
        let meets = corners.iter().any(|&c| zone.holds(c)) || zone.quads.iter().flatten().any(|&p| in_box(p));
        found.lost = if meets { 0.0 } else { zone.least(&corners.map(degrees)) };
    }
    found
}
