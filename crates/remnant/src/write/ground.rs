//! Ground as GeoJSON geometry. Coordinates are the grid's own: whole steps written as decimals.

use std::borrow::Cow;

use remnant_geometry::plane::{HALF_TURN, POLE, STEPS_PER_DEGREE, TURN};
use remnant_geometry::{Bounds, GridPolygon, Point, Polygons};

use super::cell::{Zeros, push_fixed};
use crate::finding::Place;

/// Decimals of a grid step.
const PLACES: usize = STEPS_PER_DEGREE.ilog10() as usize;

/// The box of everything in a file, and the same with what lies west of the prime meridian moved a turn to the east.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    plain: Option<Bounds>,
    moved: Option<Bounds>,
    /// Something lies across the prime meridian, so that moving is no way to look at it.
    across: bool,
}

impl Extent {
    pub(super) fn of_polygons<'a>(shapes: impl Iterator<Item = &'a Polygons>) -> Self {
        let shell = |polygon: Cow<'_, GridPolygon>| Bounds::of(polygon.first()?.iter().copied());
        Self::of_boxes(shapes.flat_map(Polygons::iter).filter_map(shell))
    }

    pub(super) fn of_places(places: impl Iterator<Item = Place>) -> Self {
        Self::of_boxes(places.flat_map(boxes))
    }

    fn of_boxes(boxes: impl Iterator<Item = Bounds>) -> Self {
        boxes.fold(Self::default(), |mut extent, b| {
            let east = if b.max.x <= 0 { TURN } else { 0 };
            extent.plain = Some(join(extent.plain, b));
            extent.moved = Some(join(
                extent.moved,
                Bounds { min: Point { x: b.min.x + east, ..b.min }, max: Point { x: b.max.x + east, ..b.max } },
            ));
            extent.across |= b.min.x < 0 && b.max.x > 0;
            extent
        })
    }

    /// Whether all of it is narrower with what lies west of the prime meridian moved: a country on both sides of the
    /// antimeridian.
    pub(super) fn is_narrower_moved(&self) -> bool {
        let width = |bounds: Option<Bounds>| bounds.map_or(0, |b| b.max.x - b.min.x);
        !self.across && width(self.moved) < width(self.plain)
    }

    /// West, south, east and north in degrees; from -180 to 180 where something lies on either side of the antimeridian.
    pub(super) fn degrees(&self) -> Option<[f64; 4]> {
        let ([west, south], [east, north]) = self.plain.map(|b| (corner(b.min), corner(b.max)))?;
        Some([west, south, east, north])
    }

    /// Adds the `bbox` member, where there is any ground. A country on both sides of the antimeridian gets the narrow
    /// box, whose west is greater than its east (RFC 7946, section 5.2).
    pub(super) fn push_bbox(&self, out: &mut String) {
        let (Some(plain), Some(moved)) = (self.plain, self.moved) else { return };
        let (west, east) =
            if self.is_narrower_moved() { (moved.min.x, moved.max.x) } else { (plain.min.x, plain.max.x) };
        let east = if east > HALF_TURN { east - TURN } else { east };
        let west = if west > HALF_TURN { west - TURN } else { west };
        out.push_str(",\"bbox\":[");
        push_degrees(out, west);
        out.push(',');
        push_degrees(out, plain.min.y);
        out.push(',');
        push_degrees(out, east);
        out.push(',');
        push_degrees(out, plain.max.y);
        out.push(']');
    }
}

fn join(bounds: Option<Bounds>, more: Bounds) -> Bounds {
    // Two boxes have corners, so there is always a box round both.
    Bounds::of(bounds.iter().flat_map(|b| [b.min, b.max]).chain([more.min, more.max])).unwrap_or(more)
}

/// Adds the coordinates of a polygon: the shell counter-clockwise, the holes clockwise, every ring closed.
pub(super) fn push_polygon(out: &mut String, polygon: &GridPolygon) {
    out.push('[');
    for (i, ring) in polygon.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_ring(out, ring, i == 0);
    }
    out.push(']');
}

fn push_ring(out: &mut String, ring: &[Point], counter_clockwise: bool) {
    out.push('[');
    let mut ends = 0;
    closed(ring, counter_clockwise, |p| {
        if ends > 0 {
            out.push(',');
        }
        ends += 1;
        push_point(out, p);
    });
    out.push(']');
}

/// Tells the corners of a ring in the wanted direction, the first one again at the end.
fn closed(ring: &[Point], counter_clockwise: bool, mut tell: impl FnMut(Point)) {
    // Rings come without a closing point and in the right direction; a file is held to RFC 7946 all the same.
    let ring = match ring {
        [first, rest @ .., last] if !rest.is_empty() && first == last => &ring[..ring.len() - 1],
        _ => ring,
    };
    if (turning(ring) >= 0) == counter_clockwise {
        ring.iter().chain(ring.first()).for_each(|&p| tell(p));
    } else {
        // The same ring backwards, from the same corner.
        ring.first().into_iter().chain(ring.iter().rev()).for_each(|&p| tell(p));
    }
}

/// A corner in degrees. A grid step is exactly representable in its decimals only; this is the nearest number, the one
/// that a reader makes of the decimals in GeoJSON.
type Corner = [f64; 2];

/// Ground in degrees, for binary formats: the same corners, in the same order, as in GeoJSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ground {
    /// There is none.
    Nowhere,
    /// Points.
    Points(Vec<Corner>),
    /// Lines.
    Lines(Vec<Vec<Corner>>),
    /// Polygons of rings.
    Polygons(Vec<Vec<Vec<Corner>>>),
}

impl Ground {
    /// The ground of a shape.
    pub(super) fn of_polygons(shape: &Polygons) -> Self {
        if shape.is_empty() {
            return Self::Nowhere;
        }
        let ring = |(i, ring): (usize, &Vec<Point>)| {
            let mut corners = Vec::with_capacity(ring.len() + 1);
            closed(ring, i == 0, |p| corners.push(corner(p)));
            corners
        };
        Self::Polygons(shape.iter().map(|polygon| polygon.iter().enumerate().map(ring).collect()).collect())
    }

    /// The ground of a finding.
    pub(super) fn of_place(place: Option<Place>) -> Self {
        let Some(place) = place else { return Self::Nowhere };
        let boxes = boxes(place);
        let flat = boxes.iter().all(|b| b.min.x == b.max.x || b.min.y == b.max.y);
        let dot = boxes.iter().all(|b| b.min == b.max);
        if dot {
            return Self::Points(boxes.iter().map(|b| corner(b.min)).collect());
        }
        if flat {
            return Self::Lines(boxes.iter().map(|b| vec![corner(b.min), corner(b.max)]).collect());
        }
        Self::of_polygons(&boxes.iter().map(|b| vec![corners(b)]).collect())
    }

    /// West, south, east, north.
    pub(super) fn bounds(&self) -> Option<[f64; 4]> {
        let mut bounds: Option<[f64; 4]> = None;
        let mut enter = |[x, y]: &Corner| {
            let [west, south, east, north] = bounds.get_or_insert([*x, *y, *x, *y]);
            (*west, *south, *east, *north) = (west.min(*x), south.min(*y), east.max(*x), north.max(*y));
        };
        match self {
            Self::Nowhere => {}
            Self::Points(points) => points.iter().for_each(&mut enter),
            Self::Lines(lines) => lines.iter().flatten().for_each(&mut enter),
            Self::Polygons(polygons) => polygons.iter().flatten().flatten().for_each(&mut enter),
        }
        bounds
    }
}

/// The box round two boxes.
pub(super) fn widened(sum: Option<[f64; 4]>, more: Option<[f64; 4]>) -> Option<[f64; 4]> {
    match (sum, more) {
        (Some(a), Some(b)) => Some([a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]),
        (one, other) => one.or(other),
    }
}

fn corner(p: Point) -> Corner {
    // Both numbers are whole and below 2^53, so the quotient is the nearest number.
    [p.x as f64 / STEPS_PER_DEGREE as f64, p.y as f64 / STEPS_PER_DEGREE as f64]
}

/// Twice the area of a ring in square grid steps; negative where it runs clockwise.
fn turning(ring: &[Point]) -> i128 {
    let Some(&origin) = ring.first() else { return 0 };
    ring.windows(2)
        .map(|pair| {
            let (a, b) = (pair[0], pair[1]);
            let cross = |x: i64, y: i64| i128::from(x) * i128::from(y);
            cross(a.x - origin.x, b.y - origin.y) - cross(b.x - origin.x, a.y - origin.y)
        })
        .sum()
}

fn push_point(out: &mut String, p: Point) {
    out.push('[');
    push_degrees(out, p.x);
    out.push(',');
    push_degrees(out, p.y);
    out.push(']');
}

fn push_degrees(out: &mut String, steps: i64) {
    push_fixed(out, steps, PLACES, Zeros::Trimmed);
}

/// Adds the geometry of a finding: a point, a box as a polygon, or what is left of a box without width or height.
pub(super) fn push_place(out: &mut String, place: Option<Place>) {
    let Some(place) = place else { return out.push_str("null") };
    let boxes = boxes(place);
    let flat = boxes.iter().all(|b| b.min.x == b.max.x || b.min.y == b.max.y);
    let dot = boxes.iter().all(|b| b.min == b.max);
    let (kind, push): (&str, fn(&mut String, &Bounds)) = match (dot, flat) {
        (true, _) => ("Point", |out, b| push_point(out, b.min)),
        (false, true) => ("LineString", |out, b| push_list(out, &[b.min, b.max], |out, &p| push_point(out, p))),
        (false, false) => ("Polygon", |out, b| push_polygon(out, &vec![corners(b)])),
    };
    out.push_str("{\"type\":\"");
    if boxes.len() > 1 {
        out.push_str("Multi");
    }
    out.push_str(kind);
    out.push_str("\",\"coordinates\":");
    if let [one] = boxes.as_slice() {
        push(out, one);
    } else {
        push_list(out, &boxes, push);
    }
    out.push('}');
}

fn push_list<T>(out: &mut String, items: &[T], push: impl Fn(&mut String, &T)) {
    out.push('[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push(out, item);
    }
    out.push(']');
}

fn corners(b: &Bounds) -> Vec<Point> {
    let at = |x, y| Point { x, y };
    vec![b.min, at(b.max.x, b.min.y), b.max, at(b.min.x, b.max.y)]
}

/// The place of a finding as boxes between the antimeridian and itself: two where it lies across.
fn boxes(place: Place) -> Vec<Bounds> {
    let (a, b) = match place {
        Place::Point(p) => (p, p),
        Place::Box(a, b) => (a, b),
    };
    // Findings are about coordinates that may be wrong; the file's must not be.
    let (south, north) = (a.y.min(b.y).clamp(-POLE, POLE), a.y.max(b.y).clamp(-POLE, POLE));
    let (west, east) = (a.x.min(b.x), a.x.max(b.x));
    let stretch = |west: i64, east: i64| Bounds { min: Point { x: west, y: south }, max: Point { x: east, y: north } };
    if west >= -HALF_TURN && east <= HALF_TURN {
        return vec![stretch(west, east)];
    }
    if east.saturating_sub(west) >= TURN {
        return vec![stretch(-HALF_TURN, HALF_TURN)];
    }
    let west_there = (west + HALF_TURN).rem_euclid(TURN) - HALF_TURN;
    let east_there = west_there + (east - west);
    if east_there <= HALF_TURN {
        vec![stretch(west_there, east_there)]
    } else {
        vec![stretch(west_there, HALF_TURN), stretch(-HALF_TURN, east_there - TURN)]
    }
}
