//! The one plane and grid that all ground is cut on, and how areas come out of it.
//!
//! The plane is longitude and latitude in whole steps of 10^-10 degrees (11 micrometres or less on the ground), the
//! same for every run and country. An edge that is straight in longitude and latitude (RFC 7946, section 3.1.1) is
//! straight here, so no edge needs densifying, a shared border is shared to the last digit, and decimal coordinates
//! stand on the grid exactly.
//!
//! Areas are those of the Lambert cylindrical equal-area projection of the WGS 84 ellipsoid (Snyder, Map Projections:
//! A Working Manual, USGS 1395, 1987, p. 81): `y = ∫ M N cos φ dφ / a`, whose integral along an edge that is straight
//! in longitude and latitude is a polynomial within a tile. Each edge yields a whole number of area units, which one
//! side gains and the other loses: so faces add up to their tile, and everything above them, without a remainder.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// Grid steps in a degree of longitude or latitude.
pub const STEPS_PER_DEGREE: i64 = 10_000_000_000;
/// Grid steps round the Earth.
pub const TURN: i64 = 360 * STEPS_PER_DEGREE;
/// Grid steps from the prime meridian to the antimeridian.
pub const HALF_TURN: i64 = TURN / 2;
/// Grid steps from the equator to a pole.
pub const POLE: i64 = TURN / 4;

/// A tile is a square of `TILE` by `TILE` grid steps (0.0067 degrees, at most 747 m). It is fixed in the plane, so that
/// no figure depends on what else is in the data.
pub const TILE_BITS: u32 = 26;
/// Grid steps along the side of a tile.
pub const TILE: i64 = 1 << TILE_BITS;

/// Semi-major axis of the WGS 84 ellipsoid in metres (NGA.STND.0036, table 3.1).
pub const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// Flattening of the WGS 84 ellipsoid (ibid.).
pub const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// Square of the first eccentricity of the WGS 84 ellipsoid.
pub const ECCENTRICITY_2: f64 = FLATTENING * (2.0 - FLATTENING);

/// A point of the grid: longitude and latitude in steps of 10^-10 degrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Point {
    /// Longitude, in steps.
    pub x: i64,
    /// Latitude, in steps.
    pub y: i64,
}

impl Point {
    /// The grid point nearest to a longitude and latitude in degrees.
    pub fn from_degrees(longitude: f64, latitude: f64) -> Self {
        let steps = STEPS_PER_DEGREE as f64;
        Self { x: nearest(longitude * steps), y: nearest(latitude * steps) }
    }

    /// Longitude and latitude in degrees.
    pub fn degrees(self) -> [f64; 2] {
        let steps = STEPS_PER_DEGREE as f64;
        [self.x as f64 / steps, self.y as f64 / steps]
    }
}

/// A box of the plane; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// The south-west corner.
    pub min: Point,
    /// The north-east corner.
    pub max: Point,
}

impl Bounds {
    /// The smallest box round some points; `None` without points.
    pub fn of(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        let mut points = points.into_iter();
        let first = points.next()?;
        Some(points.fold(Self { min: first, max: first }, |bounds, p| bounds.and(&Self { min: p, max: p })))
    }

    /// The smallest box round two boxes.
    pub fn and(&self, other: &Self) -> Self {
        let (a, b) = (self, other);
        Self {
            min: Point { x: a.min.x.min(b.min.x), y: a.min.y.min(b.min.y) },
            max: Point { x: a.max.x.max(b.max.x), y: a.max.y.max(b.max.y) },
        }
    }

    /// Whether two boxes share a point.
    pub fn meets(&self, other: &Self) -> bool {
        self.min.x <= other.max.x && other.min.x <= self.max.x && self.min.y <= other.max.y && other.min.y <= self.max.y
    }

    /// Whether a point lies in the box.
    pub fn contains(&self, p: Point) -> bool {
        self.min.x <= p.x && p.x <= self.max.x && self.min.y <= p.y && p.y <= self.max.y
    }
}

/// An area as a whole number of units of 10^-9 m2: sums of areas are exact and don't depend on their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Area(i128);

impl Area {
    /// No area.
    pub const ZERO: Self = Self(0);
    /// One square metre.
    pub const SQUARE_METRE: Self = Self(AREA_UNITS_PER_M2);

    /// An area of so many units of 10^-9 m2.
    pub const fn from_units(units: i128) -> Self {
        Self(units)
    }

    /// The number of units of 10^-9 m2.
    pub const fn units(self) -> i128 {
        self.0
    }

    /// The area in square metres, rounded to the nearest `f64`.
    pub fn square_metres(self) -> f64 {
        self.0 as f64 / AREA_UNITS_PER_M2 as f64
    }

    /// The area without its sign.
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }
}

/// Units of [`Area`] in a square metre.
pub const AREA_UNITS_PER_M2: i128 = 1_000_000_000;

impl Add for Area {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Area {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Area {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Area {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Area {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Area {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

/// The nearest whole number, halves away from zero: `round`, which is a call on machines of no particular kind, for
/// numbers below 2^52.
#[inline]
fn nearest(x: f64) -> i64 {
    // The largest number below a half: a half itself would carry the one below it over to the next whole number.
    const HALF: f64 = 0.499_999_999_999_999_94;
    (x + HALF.copysign(x)) as i64
}

/// Radians in a grid step.
const RADIANS_PER_STEP: f64 = std::f64::consts::PI / (180.0 * STEPS_PER_DEGREE as f64);

/// Area units under a step of longitude for a metre of the equal-area ordinate.
const UNITS_PER_STEP_METRE: f64 = SEMI_MAJOR_M * RADIANS_PER_STEP * AREA_UNITS_PER_M2 as f64;

/// The areas of one row of tiles: the equal-area ordinate above the row's southern edge as a polynomial of the
/// latitude, in area units per step of longitude.
///
/// The polynomial is the Taylor expansion of degree 4 at the southern edge. A row is 1.2e-4 radians high, so what is
/// left out is below 1e-12 m of ordinate, and the error of a tile's area below 1e-9 m2.
#[derive(Debug, Clone, Copy)]
pub struct RowArea {
    c: [f64; 4],
    /// Twice the second coefficient, and six times the third.
    more: [f64; 2],
}

impl RowArea {
    /// The row `row` tiles north of the equator (negative to the south).
    pub fn new(row: i32) -> Self {
        let latitude = (i64::from(row) * TILE) as f64 * RADIANS_PER_STEP;
        let (s, c) = (libm::sin(latitude), libm::cos(latitude));
        let e2 = ECCENTRICITY_2;
        let w = 1.0 - e2 * s * s;
        let scale = SEMI_MAJOR_M * (1.0 - e2) * UNITS_PER_STEP_METRE;
        // g(φ) = dy/dφ = a (1 - e²) cos φ / w², and its derivatives; the last one without its terms in e², which are
        // a hundredth of what is below the unit already.
        let g0 = c / (w * w);
        let g1 = -s / (w * w) + 4.0 * e2 * s * c * c / (w * w * w);
        let g2 = -c / (w * w) - 4.0 * e2 * s * s * c / (w * w * w)
            + 4.0 * e2 * (c * c * c - 2.0 * s * s * c) / (w * w * w)
            + 24.0 * e2 * e2 * s * s * c * c * c / (w * w * w * w);
        let g3 = s;
        let t = RADIANS_PER_STEP;
        let c =
            [scale * g0 * t, scale * g1 * t * t / 2.0, scale * g2 * t * t * t / 6.0, scale * g3 * t * t * t * t / 24.0];
        Self { c, more: [2.0 * c[1], 6.0 * c[2]] }
    }

    /// The area between the row's southern edge and an edge from `(x1, y1)` to `(x2, y2)`, in area units; positive
    /// where the edge runs east. Coordinates are steps from the tile's south-west corner, within `0..=TILE`.
    ///
    /// Turning the edge round changes the sign and nothing else.
    #[inline]
    pub fn under(&self, x1: i32, y1: i32, x2: i32, y2: i32) -> i64 {
        let [c1, c2, c3, c4] = self.c;
        let [twice_c2, six_c3] = self.more;
        let m = 0.5 * f64::from(y1 + y2);
        let h2 = {
            let h = 0.5 * f64::from(y2 - y1);
            h * h
        };
        // The mean of a polynomial p of degree 4 over m-h..m+h is p(m) + h² p''(m)/6 + h⁴ p''''/120.
        let p = m * (c1 + m * (c2 + m * (c3 + m * c4)));
        let p2 = twice_c2 + m * (six_c3 + m * 12.0 * c4);
        let mean = p + h2 * (p2 / 6.0 + h2 * c4 / 5.0);
        nearest(f64::from(x2 - x1) * mean)
    }

    /// The area of the row from the tile's western edge to `x` steps east of it, in area units.
    #[inline]
    pub fn strip(&self, x: i32) -> i64 {
        self.under(0, TILE as i32, x, TILE as i32)
    }
}

/// The equal-area ordinate of a latitude in radians, in metres north of the equator.
fn ordinate(latitude: f64) -> f64 {
    // q/2 = (1 - e²) Σ e^(2n) s^(2n+1) (n+1)/(2n+1): with s and e below 1 the ninth term is below 1e-19.
    let s = libm::sin(latitude);
    let z = ECCENTRICITY_2 * s * s;
    let series = (0..9).rev().fold(0.0, |sum, n| {
        let n = f64::from(n);
        sum * z + (n + 1.0) / (2.0 * n + 1.0)
    });
    SEMI_MAJOR_M * (1.0 - ECCENTRICITY_2) * s * series
}

/// The area that closed rings of the grid enclose, holes wound the other way, in m2 on the WGS 84 ellipsoid; negative
/// where the rings run clockwise. For reports on single records: what is published comes from faces.
///
/// Error: below 1e-8 of the area of the rings' box. Cost: linear in the points.
pub fn enclosed_area_m2<'a>(rings: impl IntoIterator<Item = &'a [Point]>) -> f64 {
    let mut enclosed = Enclosed::default();
    rings.into_iter().for_each(|ring| enclosed.add(ring));
    enclosed.square_metres()
}

/// The area of [`enclosed_area_m2`], ring by ring.
#[derive(Debug, Clone, Copy, Default)]
pub struct Enclosed {
    reference: Option<f64>,
    total: f64,
}

impl Enclosed {
    /// Adds a closed ring.
    pub fn add(&mut self, ring: &[Point]) {
        for (i, &p) in ring.iter().enumerate() {
            let q = ring[(i + 1) % ring.len()];
            let base = *self.reference.get_or_insert_with(|| ordinate(p.y as f64 * RADIANS_PER_STEP));
            if p.x != q.x {
                self.total -= (q.x - p.x) as f64 * RADIANS_PER_STEP * SEMI_MAJOR_M * (mean_ordinate(p.y, q.y) - base);
            }
        }
    }

    /// What the rings enclose together.
    pub fn square_metres(&self) -> f64 {
        self.total
    }
}

/// The mean ordinate along an edge between two latitudes, by Gauss-Legendre quadrature of three points on pieces of at
/// most half a degree (error below 1e-9 m).
fn mean_ordinate(y1: i64, y2: i64) -> f64 {
    let (a, b) = (y1.min(y2) as f64 * RADIANS_PER_STEP, y1.max(y2) as f64 * RADIANS_PER_STEP);
    let pieces = ((b - a) / 0.0087).ceil().max(1.0);
    let step = (b - a) / pieces;
    let mut sum = 0.0;
    for i in 0..pieces as u32 {
        let middle = a + (f64::from(i) + 0.5) * step;
        let reach = 0.5 * step * 0.774_596_669_241_483_4; // sqrt(3/5), the outer nodes
        sum += 8.0 * ordinate(middle) + 5.0 * (ordinate(middle - reach) + ordinate(middle + reach));
    }
    sum / (18.0 * pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_ellipsoid_has_its_published_area() {
        // 510,065,621.724 km2 (NGA.STND.0036, derived constants).
        let half = ordinate(std::f64::consts::FRAC_PI_2);
        let area = 2.0 * half * 2.0 * std::f64::consts::PI * SEMI_MAJOR_M;
        assert!((area - 510_065_621_724_089.0).abs() < 1e6, "{area}");
    }

    #[test]
    fn a_row_of_tiles_agrees_with_the_closed_form() {
        for row in [-13_000, -6000, -1, 0, 1, 2980, 5960, 8950, 13_300] {
            let south = (i64::from(row) * TILE) as f64 * RADIANS_PER_STEP;
            let north = (i64::from(row + 1) * TILE) as f64 * RADIANS_PER_STEP;
            // The ordinate itself is right to 1e-9 m, which limits the comparison to 1e-6 m2.
            let want = (ordinate(north) - ordinate(south)) * TILE as f64 * UNITS_PER_STEP_METRE / 1e9;
            let got = RowArea::new(row).strip(TILE as i32) as f64 / 1e9;
            assert!((want - got).abs() < 2e-6, "row {row}: {want} {got}");
        }
    }

    #[test]
    fn the_nearest_whole_number_is_that_of_round() {
        let mut state = 5_u64;
        for i in 0..200_000_i64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let wide = f64::from_bits(state % (0x432_u64 << 52));
            let half = i as f64 * 0.5 - 50_000.0;
            for x in [wide, half, half.next_up(), half.next_down(), half * 3e7] {
                for x in [x, -x] {
                    assert_eq!(nearest(x), x.round() as i64, "{x}");
                }
            }
        }
    }

    #[test]
    fn turning_an_edge_round_changes_its_sign_only() {
        let row = RowArea::new(5960);
        for (a, b, c, d) in [(0, 5, 1000, 70), (17, 67_000_000, 66_000_001, 3), (5, 5, 6, 5)] {
            assert_eq!(row.under(a, b, c, d), -row.under(c, d, a, b));
        }
    }

    #[test]
    fn a_long_diagonal_edge_is_integrated_along_its_curve() {
        let corner = |x, y| Point::from_degrees(x, y);
        let triangle = [corner(10.0, 40.0), corner(14.0, 40.0), corner(14.0, 44.0)];
        let fine: Vec<Point> = (0..=1000)
            .map(|i| corner(10.0 + 0.004 * f64::from(i), 40.0 + 0.004 * f64::from(i)))
            .chain([corner(14.0, 40.0)])
            .collect();
        let (a, b) = (enclosed_area_m2([&triangle[..]]).abs(), enclosed_area_m2([&fine[..]]).abs());
        assert!((a - b).abs() / a < 1e-10, "{a} {b}");
    }
}
