//! Ground grown by a distance, ground deeper than a distance, and what several grounds have in common.

use geo::{Bearing, Geodesic};

use crate::compass::Compass;
use crate::convex;
use crate::cut::Window;
use crate::faces::Torn;
use crate::footprint::{Footprint, RawPolygon, within_turn};
use crate::outline::Outline;
use crate::plane::{HALF_TURN, POLE, Point, STEPS_PER_DEGREE, TURN};
use crate::repair::{self, Contours};
use crate::slim;
use crate::window::{FaceClass, WindowFaces};

/// Degrees of an arc to a side of the polygon that stands for it. A side about the arc leaves it by 4e-5 of its radius.
pub(crate) const ARC_DEGREES: f64 = 1.0;

/// Degrees of an edge that are followed in one step: an edge is straight in longitude and latitude, its flank is too.
pub(crate) const STEP_DEGREES: f64 = 0.02;

/// The distance in metres from which on a sector's arc leaves room for a shorter one (`slim.rs`).
const LEAST_SLIM_M: f64 = 1.0;

/// On which side of an arc the sides of its polygon run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arcs {
    /// All of what is within the radius lies in the polygon, and up to 4e-5 of the radius beyond it.
    About,
    /// All of the polygon lies within the radius, and up to 4e-5 of it are missing.
    Within,
}

/// On which side of a border its flanks lie.
///
/// The other side needs none: the way from a point to the nearest place of a border comes from the point's own side.
/// Flanks on both sides of a round border with many corners would cross each other all over its middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Where the ground is.
    Inside,
    /// Where it is not.
    Outside,
}

/// Metres by which a flank reaches over to the other side, so that no slit is left along the border.
const LAP: f64 = 0.05;

/// All ground within a distance in metres of a footprint, and the footprint itself.
///
/// Round corners are polygons about their arcs: what is added is never too little, and too much by 4e-5 of the distance
/// at most. Within that distance of a pole the whole cap is added.
pub fn grown(ground: &Footprint, metres: f64) -> Footprint {
    if metres.is_nan() || metres <= 0.0 {
        return ground.clone();
    }
    let drawn = convex::grown(ground, metres).and_then(|border| Footprint::from_contours(vec![border]));
    drawn.unwrap_or_else(|| by_pieces(ground, metres))
}

/// The same for any ground: flanks, sectors and the ground itself, united.
pub(crate) fn by_pieces(ground: &Footprint, metres: f64) -> Footprint {
    let mut pieces = corridor(edges_of(&oriented(ground)), metres, Arcs::About, Side::Outside);
    pieces.rings.extend(caps(ground, metres));
    pieces.rings.extend(oriented(ground));
    let slim = if metres >= LEAST_SLIM_M { slim::slimmed(&mut pieces) } else { Vec::new() };
    let united = repair::united_borders(&pieces.rings).map(|borders| repair::rings_of(slim::whole(borders, &slim)));
    // Where it can't be told, the whole box: what is asked for is land to be feared.
    united.and_then(within_turn).and_then(Footprint::from_contours).unwrap_or_else(|| box_about(ground, metres))
}

/// The same without leaving anything out.
#[cfg(test)]
pub(crate) fn by_whole_pieces(ground: &Footprint, metres: f64) -> Footprint {
    let mut pieces = corridor(edges_of(&oriented(ground)), metres, Arcs::About, Side::Outside).rings;
    pieces.extend(caps(ground, metres));
    pieces.extend(oriented(ground));
    let united = repair::unite_contours(&pieces).and_then(within_turn);
    united.and_then(Footprint::from_contours).expect("it fits together")
}

/// How many arcs are left out.
#[cfg(test)]
pub(crate) fn arcs_left_out(ground: &Footprint, metres: f64) -> usize {
    let mut pieces = corridor(edges_of(&oriented(ground)), metres, Arcs::About, Side::Outside);
    pieces.rings.extend(oriented(ground));
    slim::slimmed(&mut pieces).len()
}

/// The part of some ground within `within` that lies deeper than a distance in metres inside that ground: at least that
/// far from every point of its border. `None` where there is none.
///
/// Round corners are polygons within their arcs: what is left is never too little.
pub fn deeper(ground: &Footprint, metres: f64, within: &Footprint) -> Option<Footprint> {
    let common = common(ground, within)?;
    if metres.is_nan() || metres <= 0.0 {
        return Some(common);
    }
    let own = oriented(ground);
    let edges = edges_of(&own).filter(near(within, metres));
    let pieces = corridor(edges, metres, Arcs::Within, Side::Inside);
    let away = repair::unite_contours(&pieces.rings).and_then(within_turn);
    // Where it can't be told, all of it is left.
    without(&common, &away.and_then(Footprint::from_contours))
}

/// What two footprints have in common; `None` where that is nothing.
pub fn common(a: &Footprint, b: &Footprint) -> Option<Footprint> {
    if !a.bounds().meets(&b.bounds()) {
        return None;
    }
    // Where it can't be told, all of it: what is asked for is land to be feared.
    drawn(&[a, b], &|cover| cover.len() == 2).unwrap_or_else(|_| Some(a.clone()))
}

/// A footprint without others; `None` where nothing is left.
pub fn without<'a>(ground: &'a Footprint, others: impl IntoIterator<Item = &'a Footprint>) -> Option<Footprint> {
    let bounds = ground.bounds();
    let others = others.into_iter().filter(|other| other.bounds().meets(&bounds));
    let grounds: Vec<&Footprint> = std::iter::once(ground).chain(others).collect();
    if grounds.len() == 1 {
        return Some(ground.clone());
    }
    // Where it can't be told, all of it: what is asked for is land to be feared.
    drawn(&grounds, &|cover| cover == [0]).unwrap_or_else(|_| Some(ground.clone()))
}

/// The faces within the box of the first of some footprints whose covering footprints are as wanted.
///
/// By the faces of the account, as all ground is.
fn drawn(grounds: &[&Footprint], wanted: &dyn Fn(&[u32]) -> bool) -> Result<Option<Footprint>, Torn> {
    let (mut cutter, mut outline) = (WindowFaces::default(), Outline::default());
    let Some(first) = grounds.first() else { return Ok(None) };
    let (rows, columns) = Window::reached(&first.bounds());
    for (row, column) in rows.flat_map(|row| columns.clone().map(move |column| (row, column))) {
        let window = Window { row, column };
        let reach = window.bounds();
        let records = (0..).zip(grounds.iter().copied()).filter(|(_, ground)| ground.bounds().meets(&reach));
        cutter.cut(window, records, Some(&mut outline), &mut |cover, _| FaceClass {
            class: u32::from(wanted(cover)),
            rim: 0,
        })?;
    }
    let polygons = outline.shapes().into_iter().flat_map(|(_, polygons)| polygons.into_vec());
    Ok(Footprint::from_contours(polygons.flatten().collect()))
}

/// The box of a footprint with a margin of at least so many metres; it may reach beyond 180 degrees, and beyond a pole.
pub fn grown_box(ground: &Footprint, metres: f64) -> (Point, Point) {
    let bounds = ground.bounds();
    let steps = STEPS_PER_DEGREE as f64;
    // A degree of latitude is at least 110.5 km, one of longitude that times the cosine of the latitude at most.
    let margin = 1.01 * metres.max(0.0) / 110_500.0;
    let farthest = (bounds.max.degrees()[1].abs().max(bounds.min.degrees()[1].abs()) + margin).min(89.9);
    let (north, east) = ((margin * steps) as i64 + 1, (margin / libm::cos(farthest.to_radians()) * steps) as i64 + 1);
    (
        Point { x: bounds.min.x - east, y: bounds.min.y - north },
        Point { x: bounds.max.x + east, y: bounds.max.y + north },
    )
}

/// The box of a footprint with its margin, or all of its latitudes where that reaches beyond 180 degrees.
fn box_about(ground: &Footprint, metres: f64) -> Footprint {
    let (low, high) = grown_box(ground, metres);
    let (low, high) = if low.x < -HALF_TURN || high.x > HALF_TURN {
        (Point { x: -HALF_TURN, ..low }, Point { x: HALF_TURN, ..high })
    } else {
        (low, high)
    };
    let corner = |x: i64, y: i64| Point { x, y: y.clamp(-POLE, POLE) };
    let ring = vec![corner(low.x, low.y), corner(high.x, low.y), corner(high.x, high.y), corner(low.x, high.y)];
    Footprint::from_contours(vec![ring]).unwrap_or_else(|| ground.clone())
}

/// The edges of a footprint whose boxes come within a distance in metres of another one's box, in their order: all that
/// lie within the distance, and few others.
pub fn edges_near<'a>(
    ground: &'a Footprint,
    other: &Footprint,
    metres: f64,
) -> impl Iterator<Item = (Point, Point)> + use<'a> {
    ground.edges().filter(near(other, metres))
}

/// Whether an edge's box comes within a distance in metres of a footprint's box.
fn near(other: &Footprint, metres: f64) -> impl Fn(&(Point, Point)) -> bool + use<> {
    let (min, max) = grown_box(other, metres);
    move |(a, b)| {
        let (low, high) = (a.y.min(b.y), a.y.max(b.y));
        let (west, east) = (a.x.min(b.x), a.x.max(b.x));
        let overlaps = |turn: i64| west + turn <= max.x && min.x <= east + turn;
        low <= max.y && min.y <= high && [-TURN, 0, TURN].into_iter().any(overlaps)
    }
}

/// The edges of rings, each ring for itself and from its first point on.
fn edges_of(rings: &Contours) -> impl Iterator<Item = (Point, Point)> {
    rings.iter().flat_map(|ring| {
        let after = ring.iter().cycle().skip(1);
        ring.iter().zip(after).map(|(a, b)| (*a, *b))
    })
}

/// The caps about the poles that ground reaches within a distance.
fn caps(ground: &Footprint, metres: f64) -> Contours {
    let (low, high) = grown_box(ground, metres);
    // Beyond this the meridians draw together too fast for flanks.
    let limit = POLE - STEPS_PER_DEGREE / 100;
    let strip = |south: i64, north: i64| {
        let corner = |x, y| Point { x, y };
        vec![corner(-TURN / 2, south), corner(TURN / 2, south), corner(TURN / 2, north), corner(-TURN / 2, north)]
    };
    let mut caps = Contours::new();
    if high.y > limit {
        caps.push(strip(limit.min(low.y), POLE));
    }
    if low.y < -limit {
        caps.push(strip(-POLE, (-limit).max(high.y)));
    }
    caps
}

/// The ground on one side of edges that follow each other and have the ground on their left, as counter-clockwise pieces
/// that overlap; longitudes run on beyond 180 degrees.
fn corridor(edges: impl Iterator<Item = (Point, Point)>, metres: f64, arcs: Arcs, side: Side) -> Pieces {
    let mut pieces = Pieces::default();
    let mut ring: Vec<(Point, Point)> = Vec::new();
    let mut flush = |ring: &mut Vec<(Point, Point)>| {
        let closed = ring.first().zip(ring.last()).is_some_and(|(first, last)| first.0 == last.1);
        follow(ring, closed, metres, (arcs, side), &mut pieces);
        ring.clear();
    };
    for edge in edges {
        if ring.last().is_some_and(|last| last.1 != edge.0) {
            flush(&mut ring);
        }
        ring.push(edge);
    }
    flush(&mut ring);
    pieces
}

/// Pieces of ground, counter-clockwise, that overlap.
#[derive(Default)]
pub(crate) struct Pieces {
    pub(crate) rings: Contours,
    /// Which of them are sectors that begin with their corner.
    pub(crate) sectors: Vec<usize>,
}

/// A stretch of an edge, with the azimuths at its ends.
pub(crate) struct Stretch {
    pub(crate) from: [f64; 2],
    pub(crate) to: [f64; 2],
    pub(crate) out: f64,
    pub(crate) arrive: f64,
}

impl Stretch {
    /// Between two places in degrees.
    pub(crate) fn between(from: [f64; 2], to: [f64; 2]) -> Self {
        let (start, end) = (geo::Point::from(from), geo::Point::from(to));
        let (out, arrive) = (Geodesic.bearing(start, end), Geodesic.bearing(end, start) + 180.0);
        Self { from, to, out, arrive }
    }
}

fn follow(edges: &[(Point, Point)], closed: bool, metres: f64, (arcs, side): (Arcs, Side), pieces: &mut Pieces) {
    let (to_left, to_right) = match side {
        Side::Inside => (metres, LAP.min(metres)),
        Side::Outside => (LAP.min(metres), metres),
    };
    let mut stretches: Vec<Stretch> = Vec::new();
    for &(p, q) in edges {
        let (a, b) = (p.degrees(), q.degrees());
        let span = libm::hypot(b[0] - a[0], b[1] - a[1]);
        let steps = (span / STEP_DEGREES).ceil().clamp(1.0, 20_000.0) as u32;
        let at = |i: u32| {
            let t = f64::from(i) / f64::from(steps);
            [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
        };
        for i in 0..steps {
            stretches.push(Stretch::between(at(i), at(i + 1)));
        }
    }
    for (i, stretch) in stretches.iter().enumerate() {
        let Stretch { from, to, out, arrive } = *stretch;
        let (here, there) = (Compass::new(from), Compass::new(to));
        let (left, right) = (out - 90.0, out + 90.0);
        // The ends are corners of the flank: its sides are straight in longitude and latitude and would pass them by
        // millimetres, and leave slits beside the sectors.
        let (start, end) = (here.place(), there.place());
        let flank = [
            here.towards(left, to_left),
            start,
            here.towards(right, to_right),
            there.towards(arrive + 90.0, to_right),
            end,
            there.towards(arrive - 90.0, to_left),
        ];
        push(flank.to_vec(), &mut pieces.rings);
        let next = stretches.get(i + 1).or_else(|| stretches.first().filter(|_| closed));
        match next {
            Some(next) => {
                let turn = (next.out - arrive + 540.0).rem_euclid(360.0) - 180.0;
                // A turn to the right opens a gap on the left, and the other way round.
                match side {
                    Side::Inside if turn > 0.0 => sector(&there, arrive - 90.0, turn, metres, arcs, pieces),
                    Side::Outside if turn < 0.0 => sector(&there, arrive + 90.0, turn, metres, arcs, pieces),
                    _ => {}
                }
            }
            None => sector(&there, arrive - 90.0, 180.0, metres, arcs, pieces),
        }
        if i == 0 && !closed {
            sector(&here, out + 90.0, 180.0, metres, arcs, pieces);
        }
    }
}

/// The sector about a corner between two azimuths.
fn sector(corner: &Compass, first: f64, turn: f64, metres: f64, arcs: Arcs, pieces: &mut Pieces) {
    if turn.abs() < 1e-7 {
        return;
    }
    let steps = (turn.abs() / ARC_DEGREES).ceil().max(1.0);
    let step = turn / steps;
    let radius = match arcs {
        Arcs::About => metres / libm::cos(0.5 * step.to_radians()),
        Arcs::Within => metres,
    };
    let mut ring = Vec::with_capacity(steps as usize + 4);
    ring.extend([corner.place(), corner.towards(first, metres)]);
    corner.arc((first, step), steps as u32, radius, &mut |p| ring.push(p));
    ring.push(corner.towards(first + turn, metres));
    let (before, centre) = (pieces.rings.len(), corner.place());
    push(ring, &mut pieces.rings);
    if pieces.rings.get(before).is_some_and(|ring| ring[0] == centre) {
        pieces.sectors.push(before);
    }
}

/// Adds a piece, turned counter-clockwise.
fn push(mut ring: Vec<Point>, pieces: &mut Contours) {
    ring.iter_mut().for_each(|p| p.y = p.y.clamp(-POLE, POLE));
    ring.dedup();
    let area = repair::doubled_area(ring.iter().copied());
    if area < 0 {
        ring.reverse();
    }
    if area != 0 {
        pieces.push(ring);
    }
}

/// The rings of a footprint with its ground on their left.
fn oriented(ground: &Footprint) -> Contours {
    ground.polygons().into_iter().flatten().collect()
}

/// A box as a footprint: its sides are parallels and meridians. `None` where it has no area.
pub fn box_ground(low: [f64; 2], high: [f64; 2]) -> Option<Footprint> {
    let ring = vec![low, [high[0], low[1]], high, [low[0], high[1]], low];
    Footprint::new(&[RawPolygon { rings: vec![ring] }]).ok().map(|f| f.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{chord_of, chords, disc};

    fn square(longitude: f64, latitude: f64, size: f64) -> Footprint {
        box_ground([longitude, latitude], [longitude + size, latitude + size]).expect("an area")
    }

    /// The geodesic distance of a point from a footprint, 0 inside.
    fn distance(ground: &Footprint, p: Point) -> f64 {
        if ground.covers(p).unwrap_or(true) {
            return 0.0;
        }
        let edges = ground.edges().flat_map(|(a, b)| chords(a, b));
        edges.map(|c| c.geodesic_distance(&chord_of(p))).fold(f64::MAX, f64::min)
    }

    #[test]
    fn a_grown_square_has_round_corners() {
        let ground = square(46.0, 40.0, 0.01);
        let large = grown(&ground, 100.0);
        let (width, height) = (854.0, 1110.4);
        let want = ground.area_m2() + 2.0 * 100.0 * (width + height) + std::f64::consts::PI * 1e4;
        assert!((large.area_m2() / want - 1.0).abs() < 1e-4, "{} {want}", large.area_m2());
        assert_eq!(large.rings().count(), 1);
    }

    #[test]
    fn a_grown_disc_is_a_larger_disc() {
        for centre in [[46.7, 39.9], [179.999, 10.0], [20.0, 78.0]] {
            let (small, large) = (disc(centre, 400.0).expect("a disc"), disc(centre, 500.0).expect("a disc"));
            let area = grown(&small, 100.0).area_m2();
            assert!((area / large.area_m2() - 1.0).abs() < 3e-5, "{centre:?}: {area} {}", large.area_m2());
        }
    }

    #[test]
    fn points_lie_in_grown_ground_where_they_are_near_enough() {
        let mut seed = 3_u64;
        let mut unit = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 11) as f64 / (1_u64 << 53) as f64
        };
        for (longitude, latitude) in [(46.0, 40.0), (179.995, -17.0), (15.0, 80.0)] {
            // A shape with a bay, a spike and a hole.
            let east = |t: f64| {
                let x = longitude + 0.02 * t;
                if x > 180.0 { x - 360.0 } else { x }
            };
            let at = |x: f64, y: f64| [east(x), latitude + 0.01 * y];
            let shell =
                vec![at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.6, 0.9), at(0.5, 0.1), at(0.0, 1.0), at(0.0, 0.0)];
            let hole = vec![at(0.7, 0.3), at(0.9, 0.3), at(0.8, 0.6), at(0.7, 0.3)];
            let ground = Footprint::new(&[RawPolygon { rings: vec![shell, hole] }]).expect("an area").0;
            for metres in [15.0, 60.0, 400.0] {
                let large = grown(&ground, metres);
                for _ in 0..400 {
                    let [x, y] = at(1.6 * unit() - 0.3, 1.6 * unit() - 0.3);
                    let p = Point::from_degrees(x, y);
                    let d = distance(&ground, p);
                    let inside = large.covers(p).unwrap_or(true);
                    if d <= metres {
                        assert!(inside, "{d} m of {metres} from {longitude} {latitude}");
                    } else if d > metres * 1.000_1 + 1e-3 {
                        assert!(!inside, "{d} m of {metres} from {longitude} {latitude}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_deeper_is_far_from_the_border() {
        let ground = square(46.0, 40.0, 0.01);
        let all = square(45.99, 39.99, 0.03);
        let inner = deeper(&ground, 100.0, &all).expect("some is deeper");
        let want = (854.0 - 200.0) * (1110.4 - 200.0);
        assert!((inner.area_m2() / want - 1.0).abs() < 1e-3, "{} {want}", inner.area_m2());
        assert_eq!(deeper(&ground, 430.0, &all), None);
        // Within a corner of it that reaches 85 m inside, nothing is 100 m deep; within one of 128 m, a little is.
        assert_eq!(deeper(&ground, 100.0, &square(45.999, 39.999, 0.002)), None);
        let corner = deeper(&ground, 100.0, &square(45.999, 39.999, 0.0025)).expect("a corner");
        let want = (128.1 - 100.0) * (166.6 - 100.0);
        assert!((corner.area_m2() / want - 1.0).abs() < 0.02, "{} {want}", corner.area_m2());
    }

    #[test]
    fn taking_away_and_sharing_add_up() {
        let (a, b) = (square(46.0, 40.0, 0.01), square(46.005, 40.005, 0.01));
        let left = without(&a, [&b]).expect("an L").area_m2();
        let both = common(&a, &b).expect("a square").area_m2();
        assert!((left + both - a.area_m2()).abs() < 1e-3);
        assert!((3.0 * both / left - 1.0).abs() < 1e-3);
        assert_eq!(without(&a, [&a]), None);
        assert_eq!(common(&a, &square(47.0, 40.0, 0.01)), None);
    }
}
