//! Distances on the ellipsoid, and the round ground about points and lines.

use geo::{Bearing, Destination, Distance, Geodesic};

use crate::footprint::{Footprint, NoFootprint, RawPolygon};
use crate::plane::{ECCENTRICITY_2, Point, SEMI_MAJOR_M};
use crate::repair::{self, Contours};

/// The corners of a disc of a radius in metres: so many that what a part of its border encloses too much or too little
/// stays below a millionth of the disc, or a square metre.
fn disc_corners(radius_m: f64) -> u32 {
    (1.5 * radius_m).ceil().clamp(720.0, 4096.0) as u32
}

/// Metres of an edge up to which its chord through the Earth is as good as the edge (off by 0.2 mm).
const CHORD_M: f64 = 100.0;

/// A point in space, in metres from the centre of the Earth.
pub type Space = [f64; 3];

/// A short stretch of an edge in space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chord {
    /// One end.
    pub from: Space,
    /// The other end.
    pub to: Space,
}

/// A point of the ellipsoid's surface in space.
fn space([longitude, latitude]: [f64; 2]) -> Space {
    let (l, p) = (longitude.to_radians(), latitude.to_radians());
    let (sin, cos) = (libm::sin(p), libm::cos(p));
    let n = SEMI_MAJOR_M / (1.0 - ECCENTRICITY_2 * sin * sin).sqrt();
    [n * cos * libm::cos(l), n * cos * libm::sin(l), n * (1.0 - ECCENTRICITY_2) * sin]
}

/// The longitude and latitude of a point close to the surface, in degrees.
fn surface([x, y, z]: Space) -> [f64; 2] {
    // Points of chords lie at most millimetres below the surface: the latitude on it is exact enough.
    let latitude = libm::atan2(z, (1.0 - ECCENTRICITY_2) * libm::hypot(x, y));
    [libm::atan2(y, x).to_degrees(), latitude.to_degrees()]
}

/// An edge as chords of at most 100 m.
pub fn chords(from: Point, to: Point) -> impl Iterator<Item = Chord> {
    let (a, b) = (from.degrees(), to.degrees());
    // A degree is less than 112 km, so this is an upper bound of the length.
    let length = libm::hypot(b[0] - a[0], b[1] - a[1]) * 112_000.0;
    let pieces = (length / CHORD_M).ceil().clamp(1.0, 1e7) as u32;
    let at = move |i: u32| {
        let t = f64::from(i) / f64::from(pieces);
        space([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])])
    };
    (0..pieces).map(move |i| Chord { from: at(i), to: at(i + 1) })
}

/// The length in metres of an edge that is straight in longitude and latitude.
///
/// Error: below 1e-10 of the length, as its chords of 100 m are that much too short.
pub fn length_m(from: Point, to: Point) -> f64 {
    chords(from, to).map(|chord| chord.length()).sum()
}

/// A point as a chord of no length.
pub fn chord_of(point: Point) -> Chord {
    let at = space(point.degrees());
    Chord { from: at, to: at }
}

impl Chord {
    /// The smallest box round it.
    pub fn bounds(&self) -> [Space; 2] {
        let pick = |f: fn(f64, f64) -> f64| [0, 1, 2].map(|i| f(self.from[i], self.to[i]));
        [pick(f64::min), pick(f64::max)]
    }

    /// Its middle.
    pub fn middle(&self) -> Space {
        [0, 1, 2].map(|i| 0.5 * (self.from[i] + self.to[i]))
    }

    /// Its length in metres.
    pub fn length(&self) -> f64 {
        length(sub(self.to, self.from))
    }

    /// The distance to another chord through space, in metres; on the ground it is the same to 1e-8 within 10 km.
    pub fn distance(&self, other: &Self) -> f64 {
        let [p, q] = self.nearest(other);
        length(sub(p, q))
    }

    /// The geodesic distance between the points of two chords that are nearest to each other, in metres.
    pub fn geodesic_distance(&self, other: &Self) -> f64 {
        let [p, q] = self.nearest(other).map(surface);
        Geodesic.distance(geo::Point::from(p), geo::Point::from(q))
    }

    /// The compass bearing from this chord to another one in degrees (0 is north, below 360), between the points of the
    /// two that are nearest to each other; `None` where they touch, that is, come within a millimetre.
    pub fn bearing(&self, other: &Self) -> Option<f64> {
        if self.distance(other) < 1e-3 {
            return None;
        }
        let [p, q] = self.nearest(other).map(surface);
        Some(Geodesic.bearing(geo::Point::from(p), geo::Point::from(q)).rem_euclid(360.0))
    }

    /// The points of two chords that are nearest to each other.
    fn nearest(&self, other: &Self) -> [Space; 2] {
        // Minimise |p + s u - q - t v| over 0 <= s, t <= 1: the free minimum, then each clamped with the other redone.
        let (u, v, w) = (sub(self.to, self.from), sub(other.to, other.from), sub(self.from, other.from));
        let (a, b, c, d, e) = (dot(u, u), dot(u, v), dot(v, v), dot(u, w), dot(v, w));
        let denominator = a * c - b * b;
        let unit = |n: f64, d: f64| if d > 0.0 { (n / d).clamp(0.0, 1.0) } else { 0.0 };
        let mut s = if denominator > 1e-12 * a * c { unit(b * e - c * d, denominator) } else { 0.0 };
        let t = unit(b * s + e, c);
        s = unit(b * t - d, a);
        let t = unit(b * s + e, c);
        [along(self.from, u, s), along(other.from, v, t)]
    }
}

fn sub(a: Space, b: Space) -> Space {
    [0, 1, 2].map(|i| a[i] - b[i])
}

fn dot(a: Space, b: Space) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn along(p: Space, u: Space, s: f64) -> Space {
    [0, 1, 2].map(|i| p[i] + s * u[i])
}

fn length(v: Space) -> f64 {
    dot(v, v).sqrt()
}

/// Where a geodesic of a length in metres ends that leaves a point (longitude and latitude in degrees) at a bearing,
/// in degrees clockwise from true north.
pub fn destination(from: [f64; 2], bearing_deg: f64, distance_m: f64) -> [f64; 2] {
    let end = Geodesic.destination(geo::Point::from(from), bearing_deg, distance_m);
    [end.x(), end.y()]
}

/// The geodesic distance between two points (longitude and latitude in degrees), in metres.
pub fn distance(from: [f64; 2], to: [f64; 2]) -> f64 {
    Geodesic.distance(geo::Point::from(from), geo::Point::from(to))
}

/// The geodesic disc about a point (longitude and latitude in degrees) with a radius in metres.
///
/// It is a polygon of 720 to 4,096 corners with the area of the disc, right to 1e-6.
///
/// # Errors
/// [`NoFootprint`] where the centre is not on Earth or the radius is not a positive number.
pub fn disc(centre: [f64; 2], radius_m: f64) -> Result<Footprint, NoFootprint> {
    Footprint::new(&[disc_polygon(centre, radius_m)?]).map(|f| f.0)
}

fn disc_polygon(centre: [f64; 2], radius_m: f64) -> Result<RawPolygon, NoFootprint> {
    if !(centre[0].is_finite() && centre[1].is_finite() && radius_m.is_finite()) {
        return Err(NoFootprint::NotFinite);
    }
    if centre[0].abs() > 180.0 || centre[1].abs() > 90.0 {
        return Err(NoFootprint::NotOnEarth(centre));
    }
    if radius_m <= 0.0 {
        return Err(NoFootprint::NoArea);
    }
    // A polygon of n corners on a circle has the share sin(a)/a of its area, a = 2 pi / n.
    let corners = disc_corners(radius_m);
    let angle = std::f64::consts::TAU / f64::from(corners);
    let radius = radius_m * (angle / libm::sin(angle)).sqrt();
    let corner = |i: u32| {
        let bearing = 360.0 * f64::from(i) / f64::from(corners);
        let p = Geodesic.destination(geo::Point::from(centre), bearing, radius);
        [p.x(), p.y()]
    };
    let mut ring: Vec<[f64; 2]> = (0..corners).rev().map(corner).collect();
    ring.push(ring[0]);
    Ok(RawPolygon { rings: vec![ring] })
}

/// The ground within a radius of a line (longitudes and latitudes in degrees), with round ends.
///
/// # Errors
/// [`NoFootprint`] where the line has no points, a point is not on Earth, or the radius is not a positive number.
pub fn corridor(line: &[[f64; 2]], radius_m: f64) -> Result<Footprint, NoFootprint> {
    let mut parts: Contours = Vec::new();
    let mut add = |polygon: RawPolygon| -> Result<(), NoFootprint> {
        if let Ok((part, _)) = Footprint::new(&[polygon]) {
            parts.extend(part.polygons().into_iter().flatten());
        }
        Ok(())
    };
    if line.is_empty() {
        return Err(NoFootprint::Empty);
    }
    for &point in line {
        add(disc_polygon(point, radius_m)?)?;
    }
    for pair in line.windows(2) {
        // The line is straight in longitude and latitude, so it is followed in short steps.
        let span = libm::hypot(pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]);
        let steps = (span / 0.02).ceil().clamp(1.0, 20_000.0) as u32;
        let at = |i: u32| {
            let t = f64::from(i) / f64::from(steps);
            [pair[0][0] + t * (pair[1][0] - pair[0][0]), pair[0][1] + t * (pair[1][1] - pair[0][1])]
        };
        for i in 0..steps {
            let (a, b) = (at(i), at(i + 1));
            if i > 0 {
                add(disc_polygon(a, radius_m)?)?;
            }
            add(RawPolygon { rings: vec![flank(a, b, radius_m)] })?;
        }
    }
    let united = repair::unite_contours(&parts).ok_or(NoFootprint::Torn)?;
    Footprint::from_contours(united).ok_or(NoFootprint::NoArea)
}

/// The rectangle on either side of a short line.
fn flank(a: [f64; 2], b: [f64; 2], radius_m: f64) -> Vec<[f64; 2]> {
    let (p, q) = (geo::Point::from(a), geo::Point::from(b));
    let (out, back) = (Geodesic.bearing(p, q), Geodesic.bearing(q, p) + 180.0);
    let off = |from, bearing| {
        let p = Geodesic.destination(from, bearing, radius_m);
        [p.x(), p.y()]
    };
    let mut ring = vec![off(p, out + 90.0), off(q, back + 90.0), off(q, back - 90.0), off(p, out - 90.0)];
    ring.push(ring[0]);
    ring
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disc_has_the_area_of_its_radius() {
        for centre in [[46.7, 39.9], [0.0, 0.0], [-70.0, -54.0], [179.999, 10.0]] {
            for radius in [10.0, 500.0, 5000.0] {
                let disc = disc(centre, radius).expect("a disc");
                let area = disc.area_m2();
                let flat = std::f64::consts::PI * radius * radius;
                assert!((area / flat - 1.0).abs() < 1e-6, "{centre:?} {radius}: {area} {flat}");
            }
        }
    }

    #[test]
    fn a_corridor_is_a_rectangle_with_round_ends() {
        let line = [[46.0, 40.0], [46.01, 40.0]];
        let ground = corridor(&line, 50.0).expect("a corridor");
        let area = ground.area_m2();
        let length = Geodesic.distance(geo::Point::from(line[0]), geo::Point::from(line[1]));
        let want = 2.0 * 50.0 * length + std::f64::consts::PI * 2500.0;
        assert!((area / want - 1.0).abs() < 1e-5, "{area} {want}");
    }

    #[test]
    fn lengths_are_those_of_the_ellipsoid() {
        let p = |x, y| Point::from_degrees(x, y);
        // A degree of the equator, and the quarter meridian (10,001,965.729 m).
        let equator = SEMI_MAJOR_M.to_radians();
        assert!((length_m(p(10.0, 0.0), p(11.0, 0.0)) / equator - 1.0).abs() < 1e-10);
        assert!((length_m(p(10.0, 0.0), p(10.0, 90.0)) / 10_001_965.729 - 1.0).abs() < 1e-9);
        // A short way across: as good as the geodesic.
        let (a, b) = ([46.0, 40.0], [46.001, 40.001]);
        let geodesic = Geodesic.distance(geo::Point::from(a), geo::Point::from(b));
        assert!((length_m(p(a[0], a[1]), p(b[0], b[1])) - geodesic).abs() < 1e-6);
    }

    #[test]
    fn distances_are_geodesic() {
        let p = |x, y| Point::from_degrees(x, y);
        let wall = chords(p(46.0, 40.0), p(46.0, 40.01));
        let post = chord_of(p(46.001_171_3, 40.005));
        let best = wall.map(|w| w.geodesic_distance(&post)).fold(f64::MAX, f64::min);
        let want = Geodesic.distance(geo::Point::new(46.0, 40.005), geo::Point::new(46.001_171_3, 40.005));
        assert!((best - want).abs() < 1e-3, "{best} {want}");
    }

    #[test]
    fn bearings_go_round_the_compass() {
        let at = |x, y| chord_of(Point::from_degrees(x, y));
        let here = at(46.0, 40.0);
        for (there, want) in
            [(at(46.0, 40.001), 0.0), (at(46.001, 40.0), 90.0), (at(46.0, 39.999), 180.0), (at(45.999, 40.0), 270.0)]
        {
            let got = here.bearing(&there).expect("apart");
            assert!((got - want).abs().min(360.0 - (got - want).abs()) < 0.01, "{got} {want}");
        }
        assert_eq!(here.bearing(&here), None);
    }
}
