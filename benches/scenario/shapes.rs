//! The shapes that minefields have: blobs, long thin lines of mines, surveyed rectangles.
//!
//! Coordinates are whole numbers of 1e-7 degrees from the moment a shape is made. A border that two
//! records share is then shared exactly, and the files hold what the generator reckoned with.

use super::random::Random;

/// Longitude and latitude in units of 1e-7 degrees.
pub type Point = [i32; 2];
/// A closed ring: the last point repeats the first.
pub type Ring = Vec<Point>;
/// An outer ring (counter-clockwise) and its holes (clockwise), as RFC 7946 has them.
pub type Polygon = Vec<Ring>;

/// Units of a coordinate in one degree.
pub const UNITS: f64 = 1e7;
/// Metres in a degree of latitude near 40 degrees north.
pub const DEGREE_M: f64 = 111_035.0;

/// Where a shape stands: a local plane in metres around a place.
#[derive(Clone, Copy, Debug)]
pub struct Plane {
    lon: f64,
    lat: f64,
    per_m_x: f64,
    per_m_y: f64,
}

impl Plane {
    /// The plane around a place given in degrees.
    #[must_use]
    pub fn at(lon: f64, lat: f64) -> Self {
        let shrink = libm::cos(lat.to_radians()) * 111_320.0;
        Self { lon: lon * UNITS, lat: lat * UNITS, per_m_x: UNITS / shrink, per_m_y: UNITS / DEGREE_M }
    }

    /// A place in metres east and north of the centre, on the grid of the coordinates.
    #[must_use]
    pub fn point(&self, x: f64, y: f64) -> Point {
        [(self.lon + x * self.per_m_x).round() as i32, (self.lat + y * self.per_m_y).round() as i32]
    }
}

/// A direction and a stretch along it, applied to every point of a shape; being linear, it keeps a
/// simple ring simple.
#[derive(Clone, Copy, Debug)]
struct Turn {
    sin: f64,
    cos: f64,
    stretch: f64,
}

impl Turn {
    fn random(rng: &mut Random, most: f64) -> Self {
        let angle = rng.range(0.0, core::f64::consts::TAU);
        Self { sin: libm::sin(angle), cos: libm::cos(angle), stretch: libm::sqrt(rng.range(1.0, most)) }
    }

    fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = (x * self.stretch, y / self.stretch);
        (x * self.cos - y * self.sin, x * self.sin + y * self.cos)
    }
}

/// A star-shaped blob: its angles rise strictly, so the ring can't cross itself.
fn star(rng: &mut Random, radius: f64, vertices: usize) -> Vec<(f64, f64)> {
    let step = core::f64::consts::TAU / vertices as f64;
    let (phase2, phase3) = (rng.range(0.0, 6.0), rng.range(0.0, 6.0));
    (0..vertices)
        .map(|k| {
            let angle = (k as f64 + rng.range(-0.35, 0.35)) * step;
            let wave = 0.16 * libm::sin(2.0 * angle + phase2) + 0.1 * libm::sin(3.0 * angle + phase3);
            let r = radius * (1.0 + wave + rng.range(-0.1, 0.1));
            (r * libm::cos(angle), r * libm::sin(angle))
        })
        .collect()
}

fn closed(points: impl Iterator<Item = (f64, f64)>, plane: &Plane, turn: &Turn) -> Ring {
    let mut ring: Ring = points
        .map(|(x, y)| {
            let (x, y) = turn.apply(x, y);
            plane.point(x, y)
        })
        .collect();
    let first = ring[0];
    ring.push(first);
    ring
}

/// An irregular area, with a hole where asked for.
pub fn blob(rng: &mut Random, plane: &Plane, radius: f64, vertices: usize, hole: bool) -> Polygon {
    let turn = Turn::random(rng, 2.4);
    let mut polygon = vec![closed(star(rng, radius, vertices).into_iter(), plane, &turn)];
    if hole {
        // At most 0.3 x 1.36 of the radius: inside the nearest chord of the outer ring.
        let inner = star(rng, radius * 0.3, 8);
        polygon.push(closed(inner.into_iter().rev(), plane, &turn));
    }
    polygon
}

/// A line of mines: a narrow band along a wavy line, `radius` giving it the area of such a blob.
pub fn mine_line(rng: &mut Random, plane: &Plane, radius: f64, side: usize) -> Polygon {
    let turn = Turn::random(rng, 1.0 + 1e-9);
    let length = radius * rng.range(4.0, 7.0);
    let half = radius * radius * 1.5 / length;
    let (swing, phase) = (length * rng.range(0.03, 0.08), rng.range(0.0, 6.0));
    let mut lower = Vec::with_capacity(2 * side);
    let mut upper = Vec::with_capacity(side);
    for k in 0..side {
        let x = length * (k as f64 / (side - 1) as f64 - 0.5);
        let y = swing * libm::sin(5.0 * x / length + phase);
        // Both sides run over the same x, so the band can't cross itself.
        lower.push((x, y - half * rng.range(0.75, 1.25)));
        upper.push((x, y + half * rng.range(0.75, 1.25)));
    }
    lower.extend(upper.into_iter().rev());
    vec![closed(lower.into_iter(), plane, &turn)]
}

/// A surveyed rectangle, with up to two intermediate points on its long sides.
pub fn rectangle(rng: &mut Random, plane: &Plane, radius: f64) -> Polygon {
    let turn = Turn::random(rng, 4.0);
    let half = radius * 0.9;
    let mut points = vec![(-half, -half), (half, -half), (half, half), (-half, half)];
    if rng.chance(0.5) {
        points.insert(3, (half * rng.range(-0.3, 0.3), half));
        points.insert(1, (half * rng.range(-0.3, 0.3), -half));
    }
    vec![closed(points.into_iter(), plane, &turn)]
}

/// One of the shapes in the mix of real layers: about 21 points on average.
pub fn minefield(rng: &mut Random, plane: &Plane, radius: f64) -> Polygon {
    let kind = rng.unit();
    if kind < 0.62 {
        let vertices = rng.between(14, 30) as usize;
        blob(rng, plane, radius, vertices, false)
    } else if kind < 0.82 {
        let side = rng.between(7, 12) as usize;
        mine_line(rng, plane, radius, side)
    } else if kind < 0.94 {
        rectangle(rng, plane, radius)
    } else {
        let vertices = rng.between(14, 30) as usize;
        blob(rng, plane, radius, vertices, true)
    }
}

/// A single ring of very many vertices around a place: wavy at large and rough at small scale.
pub fn huge_ring(rng: &mut Random, plane: &Plane, radius: f64, vertices: usize) -> Polygon {
    let turn = Turn { sin: 0.0, cos: 1.0, stretch: 1.0 };
    let step = core::f64::consts::TAU / vertices as f64;
    let rough = (radius * step * 3.0).min(400.0);
    let points = (0..vertices).map(|k| {
        let angle = (k as f64 + rng.range(-0.3, 0.3)) * step;
        let wave = 0.15 * libm::sin(5.0 * angle) + 0.04 * libm::sin(41.0 * angle);
        let r = radius * (1.0 + wave) + rng.range(-rough, rough);
        (r * libm::cos(angle), r * libm::sin(angle))
    });
    vec![closed(points, plane, &turn)]
}
