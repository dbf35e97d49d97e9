//! Convex ground grown by a distance, drawn at once.
//!
//! Most settlement zones are convex: rectangles, discs. Grown, such a zone is its flanks side by side with the sectors
//! between them, so its border can be written down: along each flank's outer side, round each sector's arc. The general
//! way (`grow.rs`) leads the same pieces through the grid and fills them. Both give the same ground, to the step, where
//! the grid bends no edge of that border, that is, where no *hot* square lies on one but at its ends (`arrange.rs`):
//!
//! - Ends and crossings of inner edges. A flank's inner side and its ends beyond the zone's edge lie within `LAP` of
//!   the zone, and so does all that crosses them; sides that flanks share with sectors run from the zone's corners to
//!   corners of the border and, as the zone is convex, meet each other nowhere. All that is [`LEAST_M`] less `LAP` away
//!   from the border at least, but for corners of the border itself.
//! - Corners of the border. Each is held against the three edges before and after its own ([`Border::is_clear`]). Those
//!   farther along the border are farther away: the border is convex but for the steps at the ends of arcs, which are
//!   corners that are looked at, and a circle of the distance rolls inside it, so that two places of it that lie
//!   `s` apart along it lie at least the smaller of `2 s / pi` and twice the distance apart.
//!
//! Inside, the pieces leave nothing open: flanks and sectors share whole sides, and flanks lap over the zone.

use crate::compass::Compass;
use crate::footprint::{Footprint, turn};
use crate::grow::{ARC_DEGREES, STEP_DEGREES, Stretch};
use crate::plane::{HALF_TURN, Point, STEPS_PER_DEGREE};

/// The distance in metres from which on all that lies within `LAP` of the zone is far from the border.
const LEAST_M: f64 = 5.0;

/// The size of zones in degrees up to which their ground is as good as plane.
const WIDEST_DEGREES: f64 = 0.05;

/// Beyond this latitude in degrees a degree of longitude is too short for all that.
const NORTHERNMOST: f64 = 80.0;

/// Grid steps that a corner keeps from the edges of the border that are not its own.
const APART: i64 = 4;

/// The border of convex ground grown by a distance, counter-clockwise from its least point; `None` where the ground is
/// not convex or the general way must be gone for another reason.
pub(crate) fn grown(ground: &Footprint, metres: f64) -> Option<Vec<Point>> {
    if metres.is_nan() || metres < LEAST_M {
        return None;
    }
    let ring = convex(ground)?;
    let sides: Vec<Stretch> = ring.iter().zip(ring.iter().cycle().skip(1)).map(|(&p, &q)| side(p, q)).collect();
    let mut border = Border { points: Vec::with_capacity(420 + 4 * sides.len()) };
    let mut turned = 0.0;
    let mut compass = Compass::new(sides[0].from);
    let first = compass.towards(sides[0].out + 90.0, metres);
    let mut right = first;
    for (i, side) in sides.iter().enumerate() {
        let next = &sides[(i + 1) % sides.len()];
        compass = Compass::new(side.to);
        let left = compass.towards(side.arrive + 90.0, metres);
        border.push(right);
        border.push(left);
        let angle = (next.out - side.arrive + 540.0).rem_euclid(360.0) - 180.0;
        if angle > -1e-7 {
            return None;
        }
        turned += angle;
        border.arc(&compass, side.arrive + 90.0, angle, metres);
        right = compass.towards(side.arrive + 90.0 + angle, metres);
        // The next flank begins where the sector ends, unless they have been rounded apart.
        let begins =
            if i + 1 == sides.len() { first } else { Compass::new(next.from).towards(next.out + 90.0, metres) };
        if begins != right {
            return None;
        }
    }
    // Once round, and not twice.
    if (turned + 360.0).abs() > 1.0 {
        return None;
    }
    border.closed()
}

/// The corners of a footprint, counter-clockwise, where it is one strictly convex ring of no great size.
fn convex(ground: &Footprint) -> Option<Vec<Point>> {
    let bounds = ground.bounds();
    let steps = STEPS_PER_DEGREE as f64;
    let (widest, northernmost) = ((WIDEST_DEGREES * steps) as i64, (NORTHERNMOST * steps) as i64);
    let (width, height) = (bounds.max.x - bounds.min.x, bounds.max.y - bounds.min.y);
    let farthest = bounds.min.x.abs().max(bounds.max.x.abs());
    if width > widest
        || height > widest
        || bounds.min.y < -northernmost
        || bounds.max.y > northernmost
        || farthest > HALF_TURN - STEPS_PER_DEGREE
    {
        return None;
    }
    let mut rings = ground.rings();
    let mut ring = rings.next()?;
    if rings.next().is_some() || ring.len() < 3 {
        return None;
    }
    let at = |i: usize| ring[i % ring.len()];
    let left = turn(at(0), at(1), at(2)) > 0;
    let bends = |i: usize| match left {
        true => turn(at(i), at(i + 1), at(i + 2)) > 0,
        false => turn(at(i), at(i + 1), at(i + 2)) < 0,
    };
    if !(0..ring.len()).all(bends) {
        return None;
    }
    if !left {
        ring.reverse();
    }
    let step = (STEP_DEGREES * steps) as i64;
    let long = |(p, q): (&Point, &Point)| {
        let (x, y) = ((q.x - p.x) as f64, (q.y - p.y) as f64);
        libm::hypot(x, y) >= step as f64
    };
    (!ring.iter().zip(ring.iter().cycle().skip(1)).any(long)).then_some(ring)
}

/// An edge of the zone.
fn side(p: Point, q: Point) -> Stretch {
    let (from, end) = (p.degrees(), q.degrees());
    // As the general way has it, which may divide an edge: to the last bit.
    Stretch::between(from, [0, 1].map(|i| from[i] + (end[i] - from[i])))
}

/// The border as it is drawn.
struct Border {
    points: Vec<Point>,
}

impl Border {
    fn push(&mut self, p: Point) {
        if self.points.last() != Some(&p) {
            self.points.push(p);
        }
    }

    /// The corners of a polygon about an arc.
    fn arc(&mut self, compass: &Compass, first: f64, turn: f64, metres: f64) {
        let steps = (turn.abs() / ARC_DEGREES).ceil().max(1.0);
        let step = turn / steps;
        let radius = metres / libm::cos(0.5 * step.to_radians());
        compass.arc((first, step), steps as u32, radius, &mut |p| self.push(p));
    }

    /// The closed border from its least point, where the grid bends none of it.
    fn closed(mut self) -> Option<Vec<Point>> {
        while self.points.len() > 1 && self.points.first() == self.points.last() {
            self.points.pop();
        }
        if self.points.len() < 8 || !self.is_clear() {
            return None;
        }
        let least = self.points.iter().enumerate().min_by_key(|(_, p)| **p).map_or(0, |(i, _)| i);
        self.points.rotate_left(least);
        Some(self.points)
    }

    /// Whether every corner keeps away from the three edges before its own and the three after them.
    fn is_clear(&self) -> bool {
        let n = self.points.len();
        let at = |i: usize| self.points[if i < n { i } else { i - n }];
        (0..n).all(|i| {
            let (a, b) = (at(i), at(i + 1));
            (2..5).all(|k| keeps_away(a, b, at(i + k)) && keeps_away(a, b, at(i + n + 1 - k)))
        })
    }
}

/// Whether a point lies more than [`APART`] steps from an edge; near misses may count as too near.
fn keeps_away(a: Point, b: Point, p: Point) -> bool {
    let (west, east) = (a.x.min(b.x) - APART, a.x.max(b.x) + APART);
    let (south, north) = (a.y.min(b.y) - APART, a.y.max(b.y) + APART);
    if p.x < west || p.x > east || p.y < south || p.y > north {
        return true;
    }
    // Twice the triangle is the distance from the line times the length of the edge, which is below their sum.
    let reach = (b.x - a.x).abs() + (b.y - a.y).abs();
    turn(a, b, p).abs() > i128::from(APART * reach)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::footprint::RawPolygon;
    use crate::grow;
    use crate::measure::disc;
    use crate::seed::{self, units};

    /// A polygon with its corners on an ellipse, so that it is convex, or nearly so once on the grid.
    fn oval(unit: &mut impl FnMut() -> f64, corners: u32, metres: f64) -> Option<Footprint> {
        let centre = [340.0 * unit() - 170.0, 154.0 * unit() - 77.0];
        let (long, flat, tilt) = (metres / 111_000.0, 0.02 + unit(), std::f64::consts::TAU * unit());
        let mut angles: Vec<f64> = (0..corners).map(|_| std::f64::consts::TAU * unit()).collect();
        angles.sort_by(f64::total_cmp);
        let wide = long / centre[1].to_radians().cos();
        let mut ring: Vec<[f64; 2]> = angles
            .into_iter()
            .map(|angle| {
                let (x, y) = (angle.cos(), flat * angle.sin());
                let (x, y) = (x * tilt.cos() - y * tilt.sin(), x * tilt.sin() + y * tilt.cos());
                [centre[0] + wide * x, centre[1] + long * y]
            })
            .collect();
        if unit() < 0.5 {
            ring.reverse();
        }
        ring.push(*ring.first()?);
        Footprint::new(&[RawPolygon { rings: vec![ring] }]).ok().map(|f| f.0)
    }

    #[test]
    fn convex_ground_grows_as_by_the_general_way() {
        let (mut at_once, mut all) = (0, 0);
        for seed in seed::of(0..250) {
            let mut unit = units(seed);
            let corners = 3 + (unit() * unit() * 20.0) as u32;
            let size = [3.0, 30.0, 90.0, 900.0][(seed % 4) as usize] * (0.3 + unit());
            let metres = [5.0, 25.0, 100.0, 500.0, 2000.0][(seed % 5) as usize];
            let Some(ground) = oval(&mut unit, corners, size) else { continue };
            all += 1;
            let general = grow::by_whole_pieces(&ground, metres);
            if let Some(border) = grown(&ground, metres) {
                at_once += 1;
                assert_eq!(Footprint::from_contours(vec![border]), Some(general), "seed {seed}");
            }
        }
        assert!(at_once * 10 > all * 6, "{at_once} of {all}");
    }

    #[test]
    fn discs_and_boxes_grow_as_by_the_general_way() {
        for (centre, radius, metres) in
            [([46.7, 39.9], 60.0, 100.0), ([46.7, 39.9], 400.0, 100.0), ([-70.0, -54.0], 900.0, 250.0)]
        {
            let ground = disc(centre, radius).expect("a disc");
            let border = grown(&ground, metres).expect("drawn at once");
            assert_eq!(Footprint::from_contours(vec![border]), Some(grow::by_whole_pieces(&ground, metres)));
        }
        for size in [0.0003, 0.002, 0.015] {
            let ground = grow::box_ground([46.0, 40.0], [46.0 + size, 40.0 + size]).expect("an area");
            let border = grown(&ground, 100.0).expect("drawn at once");
            assert_eq!(Footprint::from_contours(vec![border]), Some(grow::by_whole_pieces(&ground, 100.0)));
        }
    }

    #[test]
    fn ground_that_is_not_convex_is_left_to_the_general_way() {
        let (x, y) = (46.0, 40.0);
        let bay = vec![[x, y], [x + 0.01, y], [x + 0.005, y + 0.005], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]];
        let ground = Footprint::new(&[RawPolygon { rings: vec![bay] }]).expect("an area").0;
        assert_eq!(grown(&ground, 100.0), None);
        let far = grow::box_ground([179.99, 40.0], [180.0, 40.01]).expect("an area");
        assert_eq!(grown(&far, 100.0), None);
        assert_eq!(grown(&disc([20.0, 85.0], 50.0).expect("a disc"), 100.0), None);
        assert_eq!(grown(&disc([20.0, 40.0], 50.0).expect("a disc"), 1.0), None);
    }
}
