//! The points at some azimuths and distances from one corner, on the grid: those of the geodesic, for a hundredth of its
//! cost.
//!
//! A corner of grown ground has some ninety of them about it. What their geodesics have in common is worked out once, as
//! Taylor's series of the geodesic's own differential equations in the distance `s` at azimuth `a`,
//!
//! ```text
//! latitude' = cos a / M,   longitude' = sin a / (N cos latitude),   a' = sin a tan latitude / N
//! ```
//!
//! up to the third order (M and N: radii of curvature along and across the meridian). The grid decides what is enough: a
//! step is 11 micrometres, and the answer must be the same step as that of the geodesic. So a point that comes out near
//! the middle between two steps is asked of the geodesic itself. How near:
//!
//! - the first order left out, with `t` the tangent of the latitude, is below `(1 + t^2)^2 s^4 / R^3`; for `s` up to
//!   [`FARTHEST_M`] times the cosine of the latitude that is below 1 nanometre, 0.0001 steps of latitude;
//! - a corner in degrees leaves its grid point by half a unit in the last place of 180, 0.00015 steps; the sums here are
//!   of steps, below 2^27 and right to 2^-20 of a step;
//! - the geodesic itself is right to 15 nanometres (Karney, Algorithms for geodesics, Journal of Geodesy 87, 2013),
//!   0.00136 steps; longitudes and latitudes come as degrees, right to 0.0003 steps.
//!
//! Together that is below 0.002 steps of latitude, and of longitude that divided by the cosine of the latitude.

use geo::{Destination, Geodesic};

use crate::plane::{ECCENTRICITY_2, Point, SEMI_MAJOR_M, STEPS_PER_DEGREE};

/// How far the series is good enough, in metres on the equator.
const FARTHEST_M: f64 = 600.0;

/// How near to the middle between two steps of latitude the geodesic is asked, in steps.
const SLACK: f64 = 0.002_5;

/// Beyond this latitude in degrees the geodesic is asked for every point.
const NORTHERNMOST: f64 = 80.0;

/// A corner to look out from.
pub(crate) struct Compass {
    corner: [f64; 2],
    grid: Point,
    /// What the series is good for, in metres; nothing where the corner lies too near a pole.
    farthest: f64,
    /// How near to the middle between two steps the geodesic is asked: for longitude, for latitude.
    slack: [f64; 2],
    /// Steps of latitude for each metre north `u` and east `v`: of u, u u, v v, u u u, u v v.
    north: [f64; 5],
    /// Steps of longitude: of v, u v, u u v, v v v.
    east: [f64; 4],
}

impl Compass {
    /// At a longitude and latitude in degrees.
    pub(crate) fn new(corner: [f64; 2]) -> Self {
        let steps = STEPS_PER_DEGREE as f64;
        let grid = Point { x: (corner[0] * steps).round() as i64, y: (corner[1] * steps).round() as i64 };
        let latitude = corner[1].to_radians();
        let (sin, cos) = (libm::sin(latitude), libm::cos(latitude));
        let t = sin / cos;
        // W^2, and the radii with their derivatives by latitude.
        let w2 = 1.0 - ECCENTRICITY_2 * sin * sin;
        let n = SEMI_MAJOR_M / w2.sqrt();
        let m = n * (1.0 - ECCENTRICITY_2) / w2;
        let q = ECCENTRICITY_2 * sin * cos / w2;
        let q_1 = ECCENTRICITY_2 * (cos * cos - sin * sin) / w2 + 2.0 * q * q;
        let (n_1, m_1) = (n * q, 3.0 * m * q);
        let m_2 = 3.0 * (m_1 * q + m * q_1);
        // How fast longitude runs along the parallel, and east along north.
        let g = 1.0 / (n * cos);
        let h = g * (t / n + (t - q) / m);
        let t_1 = 1.0 + t * t;
        let h_1 = h * (t - q) + g * (t_1 / n - t * q / n + (t_1 - q_1) / m - (t - q) * m_1 / (m * m));
        let along = t_1 / (m * n) - t * m_1 / (m * m * n) - t * n_1 / (m * n * n);
        let unit = steps * 180.0 / std::f64::consts::PI;
        let (m2, m3) = (m * m, m * m * m);
        let north = [
            1.0 / m,
            -m_1 / (2.0 * m3),
            -t / (2.0 * m * n),
            -(m_2 / m3 - 3.0 * m_1 * m_1 / (m2 * m2)) / (6.0 * m),
            (-2.0 * t * t / (m * n * n) - along / m + 2.0 * t * m_1 / (n * m3)) / 6.0,
        ];
        let east = [g, 0.5 * h, (t * h / n + h_1 / m) / 6.0, -t * h / (6.0 * n)];
        let usable = corner[1].abs() <= NORTHERNMOST && corner[0].abs() <= 179.0;
        Self {
            corner,
            grid,
            farthest: if usable { FARTHEST_M * cos } else { 0.0 },
            slack: [SLACK / cos, SLACK],
            north: north.map(|c| c * unit),
            east: east.map(|c| c * unit),
        }
    }

    /// The point at an azimuth in degrees, with its sine and cosine, and a distance in metres.
    pub(crate) fn at(&self, azimuth: f64, [sin, cos]: [f64; 2], metres: f64) -> Point {
        if metres <= self.farthest {
            let (u, v) = (metres * cos, metres * sin);
            let (a, b) = (&self.north, &self.east);
            let up = u * (a[0] + u * (a[1] + u * a[3]) + v * v * a[4]) + v * v * a[2];
            let over = v * (b[0] + u * (b[1] + u * b[2]) + v * v * b[3]);
            if let (Some(x), Some(y)) = (step(over, self.slack[0]), step(up, self.slack[1])) {
                return Point { x: self.grid.x + x, y: self.grid.y + y };
            }
        }
        let [x, y] = off(self.corner, azimuth, metres);
        Point { x, y }
    }

    /// The corner itself.
    pub(crate) fn place(&self) -> Point {
        self.grid
    }

    /// Points at a distance from a first azimuth on, `steps` of so many degrees: one more than those.
    pub(crate) fn arc(&self, (first, step): (f64, f64), steps: u32, metres: f64, tell: &mut impl FnMut(Point)) {
        let (turn, start) = (step.to_radians(), first.to_radians());
        let (sin, cos) = (libm::sin(turn), libm::cos(turn));
        // Turned on step by step: after 360 steps that is right to 1e-13, which is nothing at these distances.
        let mut at = [libm::sin(start), libm::cos(start)];
        for i in 0..=steps {
            tell(self.at(first + f64::from(i) * step, at, metres));
            at = [at[0] * cos + at[1] * sin, at[1] * cos - at[0] * sin];
        }
    }

    /// The point at an azimuth in degrees and a distance in metres.
    pub(crate) fn towards(&self, azimuth: f64, metres: f64) -> Point {
        let radians = azimuth.to_radians();
        self.at(azimuth, [libm::sin(radians), libm::cos(radians)], metres)
    }
}

/// The whole number nearest to a number below 2^31; `None` where it lies nearly in the middle between two.
fn step(value: f64, slack: f64) -> Option<i64> {
    // From below, so that cutting off rounds down.
    const FLOOR: f64 = 4_294_967_296.0;
    let above = value + (FLOOR + 0.5);
    let whole = above as i64;
    let part = above - whole as f64;
    (part > slack && part < 1.0 - slack).then_some(whole - FLOOR as i64)
}

/// A coordinate in degrees in grid steps.
pub(crate) fn on_grid(degrees: f64) -> i64 {
    (degrees * STEPS_PER_DEGREE as f64).round() as i64
}

/// The point at an azimuth and distance, on the same side of the antimeridian, in grid steps.
pub(crate) fn off(from: [f64; 2], azimuth: f64, metres: f64) -> [i64; 2] {
    let p = Geodesic.destination(geo::Point::from(from), azimuth, metres);
    let turns = ((from[0] - p.x()) / 360.0).round();
    [on_grid(p.x() + 360.0 * turns), on_grid(p.y())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::{self, units};

    #[test]
    fn points_about_a_corner_are_those_of_the_geodesic() {
        for seed in seed::of(0..400) {
            let mut unit = units(seed);
            let corner = Point::from_degrees(358.0 * unit() - 179.0, 170.0 * unit() - 85.0).degrees();
            let compass = Compass::new(corner);
            for _ in 0..100 {
                let (azimuth, metres) = (720.0 * unit() - 360.0, 800.0 * unit() * unit());
                let p = compass.towards(azimuth, metres);
                assert_eq!([p.x, p.y], off(corner, azimuth, metres), "seed {seed}: {corner:?} {azimuth} {metres}");
            }
        }
    }

    #[test]
    fn the_series_leaves_the_geodesic_by_less_than_is_allowed() {
        let (mut worst, mut asked) = (0.0_f64, 0);
        for seed in seed::of(0..200) {
            let mut unit = units(seed);
            let corner = Point::from_degrees(358.0 * unit() - 179.0, 160.0 * unit() - 80.0).degrees();
            let compass = Compass::new(corner);
            for _ in 0..50 {
                let (azimuth, metres) = (360.0 * unit(), compass.farthest * unit());
                let (u, v) = (metres * azimuth.to_radians().cos(), metres * azimuth.to_radians().sin());
                let (a, b) = (&compass.north, &compass.east);
                let up = u * (a[0] + u * (a[1] + u * a[3]) + v * v * a[4]) + v * v * a[2];
                let over = v * (b[0] + u * (b[1] + u * b[2]) + v * v * b[3]);
                let p = Geodesic.destination(geo::Point::from(corner), azimuth, metres);
                let steps = STEPS_PER_DEGREE as f64;
                let apart = [
                    ((p.x() - corner[0]) * steps - over).abs() / compass.slack[0],
                    ((p.y() - corner[1]) * steps - up).abs() / compass.slack[1],
                ];
                worst = worst.max(apart[0]).max(apart[1]);
                asked += 1;
            }
        }
        assert_eq!(asked, 10_000);
        assert!(worst < 0.5, "{worst} of what is allowed");
    }

    #[test]
    fn what_lies_between_two_steps_is_not_decided() {
        assert_eq!(step(3.2, 0.01), Some(3));
        assert_eq!(step(-3.2, 0.01), Some(-3));
        assert_eq!(step(-3.7, 0.01), Some(-4));
        assert_eq!(step(2.495, 0.01), None);
        assert_eq!(step(-2.505, 0.01), None);
        assert_eq!(step(0.0, 0.01), Some(0));
    }
}
