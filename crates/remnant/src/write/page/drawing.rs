//! What the page draws: districts, zones and land, simplified and packed to fit into a page.
//!
//! A drawing is for the eye; no figure comes from it. It keeps two promises: its lines run within a stated distance of
//! the true ones, and no polygon is lost, however small: what would shrink to nothing is drawn as the box around it or
//! as the cells that it touches, and a hole that would is filled, so that contaminated land only ever grows by it.
//!
//! # Format
//! A stream of whole numbers, seven bits a byte, the lowest first, the eighth bit set where more follow; a signed number
//! `n` stands as `2n` or `-2n - 1`. For every shape: kind (0 district, 1 zone, 2 land), row (for land the district's
//! row + 1, or 0 outside all), state (0 to 4: suspected, confirmed, cancelled, reduced, cleared), and its polygons, ended
//! by a 0: for each its number of rings; for each its number of corners, and each corner as signed steps east and north of
//! the one before it in the stream. Positions count from longitude and latitude 0; those west of 180 may lie beyond 360 / 2 where
//! the data lie across the antimeridian.

use rayon::prelude::*;
use remnant_geometry::plane::{STEPS_PER_DEGREE, TURN};
use remnant_geometry::{Bounds, GridPolygon, Point, Polygons};

use super::cells::{Block, Cells};
use super::held::Held;
use crate::records::{HazardClass, ReleaseKind};
use crate::report::{LandState, Report};
use crate::write::ground::Extent;

/// Bytes that a drawing may take; in the page they become a third more.
const BUDGET: usize = 9 << 20;

/// Metres by which a line may be off, and grid steps of a stored position.
type Level = (f64, i64);

/// How coarse a drawing may be. The first that
/// fits into the budget is used, the last one whether it fits or not; those that are far too large by a sample are not
/// tried. In the last ones a country of a million hazards is a picture of cells.
const LEVELS: [Level; 15] = [
    (0.3, 10_000),
    (1.0, 40_000),
    (2.5, 100_000),
    (5.0, 200_000),
    (10.0, 400_000),
    (25.0, 1_000_000),
    (50.0, 2_000_000),
    (100.0, 4_000_000),
    (250.0, 10_000_000),
    (500.0, 20_000_000),
    (1_000.0, 50_000_000),
    (2_500.0, 100_000_000),
    (5_000.0, 200_000_000),
    (10_000.0, 500_000_000),
    (25_000.0, 1_000_000_000),
];

/// Corners that are simplified at once: a bound on the work, which may grow with their square.
const STRETCH: usize = 4096;

/// Polygons that are drawn before it is seen whether they still fit.
const DRAWN_AT_ONCE: usize = 8192;

/// Metres of a degree of latitude, to draw with.
const DEGREE_M: f64 = 111_320.0;

/// A packed drawing.
#[derive(Debug)]
pub(super) struct Drawing {
    /// The stream.
    pub(super) bytes: Vec<u8>,
    /// Metres by which a line may be off.
    pub(super) within_m: f64,
    /// Grid steps of a stored position.
    pub(super) step: i64,
    /// Polygons in it.
    pub(super) polygons: usize,
}

/// A shape of the report with what the page is told of it.
struct Shape<'a> {
    head: [usize; 3],
    polygons: &'a Polygons,
}

/// The drawing of a report; `None` where it has no shapes.
pub(super) fn drawing(report: &Report, held: &Held) -> Option<Drawing> {
    if !report.account.settings.geometry {
        return None;
    }
    fitting(&shapes(report, held), BUDGET)
}

/// The finest drawing that takes no more bytes than `budget`, or the coarsest.
fn fitting(shapes: &[Shape<'_>], budget: usize) -> Option<Drawing> {
    let east = Eastward::of(shapes);
    LEVELS.iter().enumerate().find_map(|(number, &level)| {
        if number + 1 == LEVELS.len() {
            return pack(shapes, level, &east, usize::MAX);
        }
        let much_too_large = sampled(shapes, level, &east).is_some_and(|bytes| bytes > budget + budget / 8);
        if much_too_large { None } else { pack(shapes, level, &east, budget) }
    })
}

/// Of so many polygons one is drawn to tell how large a drawing will be.
const SAMPLED: usize = 16;

/// About how many bytes the outlines of a drawing at a level take, without its cells, which come together the more the
/// more there are; `None` where it is drawn as fast as that is told.
fn sampled(shapes: &[Shape<'_>], level: Level, east: &Eastward) -> Option<usize> {
    let polygons: usize = shapes.iter().map(|shape| shape.polygons.len()).sum();
    if polygons < DRAWN_AT_ONCE {
        return None;
    }
    let mut stream = Stream { bytes: Vec::new(), pen: [0, 0] };
    // Counted over all shapes: most zones have one polygon.
    let mut before = 0;
    for shape in shapes {
        let first = (SAMPLED - before % SAMPLED) % SAMPLED;
        let some = (first..shape.polygons.len()).step_by(SAMPLED);
        for polygon in some.filter_map(|number| shape.polygons.get(number)) {
            if let Drawn::Outline(rings) = drawn(&polygon, level, east) {
                stream.polygon(&rings);
            }
        }
        before += shape.polygons.len();
    }
    Some(stream.bytes.len() * SAMPLED)
}

fn shapes<'a>(report: &'a Report, held: &'a Held) -> Vec<Shape<'a>> {
    let account = &report.account;
    let districts =
        account.districts.iter().enumerate().map(|(row, d)| Shape { head: [0, row, 0], polygons: &d.shape });
    let zones = held.zones(report).enumerate().map(|(row, z)| Shape { head: [1, row, 0], polygons: &z.shape });
    let land = account.shapes.iter().map(|s| Shape {
        head: [2, s.district.map_or(0, |row| row + 1), state_number(s.state)],
        polygons: &s.polygons,
    });
    districts.chain(zones).chain(land).collect()
}

fn state_number(state: LandState) -> usize {
    match state {
        LandState::Contaminated(HazardClass::Suspected) => 0,
        LandState::Contaminated(HazardClass::Confirmed) => 1,
        LandState::Released(ReleaseKind::Cancelled) => 2,
        LandState::Released(ReleaseKind::Reduced) => 3,
        LandState::Released(ReleaseKind::Cleared) => 4,
    }
}

/// Whether what lies west of the prime meridian is drawn east of the antimeridian: where the data lie across the latter,
/// and the map is narrower so.
struct Eastward(bool);

impl Eastward {
    fn of(shapes: &[Shape<'_>]) -> Self {
        Self(Extent::of_polygons(shapes.iter().map(|shape| shape.polygons)).is_narrower_moved())
    }

    fn place(&self, polygon: &GridPolygon) -> i64 {
        let east = polygon.first().into_iter().flatten().map(|p| p.x).max();
        if self.0 && east.is_some_and(|x| x <= 0) { TURN } else { 0 }
    }
}

/// The drawing at a level, if it takes no more bytes than `budget`.
fn pack(shapes: &[Shape<'_>], level: Level, east: &Eastward, budget: usize) -> Option<Drawing> {
    let mut stream = Stream { bytes: Vec::new(), pen: [0, 0] };
    let mut polygons = 0;
    for shape in shapes {
        shape.head.iter().for_each(|&number| stream.whole(number as u64));
        let count = shape.polygons.len();
        polygons += count;
        let mut cells = Cells::default();
        // Some at a time: a level that does not fit is given up early.
        for first in (0..count).step_by(DRAWN_AT_ONCE) {
            let some = (first..count.min(first + DRAWN_AT_ONCE)).into_par_iter();
            let polygons = some.filter_map(|number| shape.polygons.get(number));
            let all: Vec<Drawn> = polygons.map(|polygon| drawn(&polygon, level, east)).collect();
            for one in all {
                match one {
                    Drawn::Outline(rings) => stream.polygon(&rings),
                    Drawn::Cells(touched) => cells.add(touched),
                }
            }
            if stream.bytes.len() > budget {
                return None;
            }
        }
        for block in cells.blocks() {
            stream.polygon(&[corners(block)]);
            if stream.bytes.len() > budget {
                return None;
            }
        }
        stream.whole(0);
    }
    let (within_m, step) = level;
    (stream.bytes.len() <= budget).then_some(Drawing { bytes: stream.bytes, within_m, step, polygons })
}

/// How a polygon is drawn at a level.
enum Drawn {
    /// By its outline.
    Outline(Vec<Ring>),
    /// By the cells that it touches: it is smaller than one.
    Cells(Block),
}

fn drawn(polygon: &GridPolygon, level: Level, east: &Eastward) -> Drawn {
    let step = level.1;
    let shell = polygon.first().and_then(|shell| Bounds::of(shell.iter().copied()));
    match shell {
        Some(b) if b.max.x - b.min.x < step && b.max.y - b.min.y < step => {
            Drawn::Cells(touched(b, east.place(polygon), step))
        }
        _ => Drawn::Outline(simplified(polygon, level, east)),
    }
}

/// Corners in stored steps.
type Ring = Vec<[i64; 2]>;

/// A polygon at a level of coarseness; its shell is never lost.
fn simplified(polygon: &GridPolygon, (within_m, step): Level, east: &Eastward) -> Vec<Ring> {
    let shift = east.place(polygon);
    let mut rings = Vec::new();
    for (number, ring) in polygon.iter().enumerate() {
        let thinned = stored(&keep(ring, within_m), shift, step);
        if encloses(&thinned) {
            rings.push(thinned);
        } else if number == 0 {
            // A long and narrow shell may still have an area with all of its corners; its box could be far too large.
            let whole = stored(ring, shift, step);
            rings.push(if encloses(&whole) { whole } else { box_about(ring, shift, step) });
        }
    }
    rings
}

/// Corners in stored steps, each once.
fn stored(corners: &[Point], shift: i64, step: i64) -> Ring {
    let mut ring: Ring = corners.iter().map(|p| [nearest(p.x + shift, step), nearest(p.y, step)]).collect();
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    ring
}

fn nearest(value: i64, step: i64) -> i64 {
    (value + step / 2).div_euclid(step)
}

/// Whether a ring has an area.
fn encloses(ring: &Ring) -> bool {
    let Some(&[x0, y0]) = ring.first() else { return false };
    let twice: i128 = ring
        .windows(2)
        .map(|pair| {
            let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
            i128::from(ax - x0) * i128::from(by - y0) - i128::from(bx - x0) * i128::from(ay - y0)
        })
        .sum();
    twice != 0
}

/// The box round a ring, rounded outwards.
fn box_about(ring: &[Point], shift: i64, step: i64) -> Ring {
    Bounds::of(ring.iter().copied()).map_or_else(Vec::new, |bounds| corners(touched(bounds, shift, step)))
}

/// The cells that a box touches, at least one.
fn touched(b: Bounds, shift: i64, step: i64) -> Block {
    let low = |v: i64| v.div_euclid(step);
    let high = |v: i64, low: i64| (-(-v).div_euclid(step)).max(low + 1);
    let (west, south) = (low(b.min.x + shift), low(b.min.y));
    Block { west, south, east: high(b.max.x + shift, west), north: high(b.max.y, south) }
}

fn corners(Block { west, south, east, north }: Block) -> Ring {
    vec![[west, south], [east, south], [east, north], [west, north]]
}

/// The corners of a ring that must stay so that no line is off by more (Douglas and Peucker 1973).
fn keep(ring: &[Point], within_m: f64) -> Vec<Point> {
    if ring.len() <= 4 {
        return ring.to_vec();
    }
    let latitude = ring[0].y as f64 / STEPS_PER_DEGREE as f64;
    let metres = DEGREE_M / STEPS_PER_DEGREE as f64;
    // Narrower where the poles are near, but never nothing.
    let scale = [metres * latitude.to_radians().cos().max(0.01), metres];
    let flat = |p: &Point| [(p.x - ring[0].x) as f64 * scale[0], (p.y - ring[0].y) as f64 * scale[1]];
    let mut places: Vec<[f64; 2]> = ring.iter().map(flat).collect();
    places.push(places[0]);
    let mut stays = vec![false; places.len()];
    let apart = |a: [f64; 2]| a[0] * a[0] + a[1] * a[1];
    let far = (0..ring.len()).max_by(|&a, &b| apart(places[a]).total_cmp(&apart(places[b]))).unwrap_or(0);
    let mut ends: Vec<usize> = (0..places.len()).step_by(STRETCH).chain([far, places.len() - 1]).collect();
    ends.sort_unstable();
    ends.dedup();
    for pair in ends.windows(2) {
        stays[pair[0]] = true;
        thin(&places, pair[0], pair[1], within_m * within_m, &mut stays);
    }
    ring.iter().zip(stays).filter(|(_, stays)| *stays).map(|(&p, _)| p).collect()
}

fn thin(places: &[[f64; 2]], first: usize, last: usize, within_2: f64, stays: &mut [bool]) {
    let mut open = vec![(first, last)];
    while let Some((first, last)) = open.pop() {
        let stretch = Stretch::new(places[first], places[last]);
        let (mut worst, mut farthest) = (first, within_2 * stretch.scale);
        for (at, &place) in places.iter().enumerate().take(last).skip(first + 1) {
            let distance = stretch.scaled_distance_2(place);
            if distance > farthest {
                (worst, farthest) = (at, distance);
            }
        }
        if worst > first {
            stays[worst] = true;
            open.push((first, worst));
            open.push((worst, last));
        }
    }
}

/// A straight line between two places.
struct Stretch {
    from: [f64; 2],
    to: [f64; 2],
    along: [f64; 2],
    /// What distances are told by, so that none needs a division: the square of the length, or 1 where there is none.
    scale: f64,
}

impl Stretch {
    fn new(from: [f64; 2], to: [f64; 2]) -> Self {
        let along = less(to, from);
        let length_2 = dot(along, along);
        Self { from, to, along, scale: if length_2 > 0.0 { length_2 } else { 1.0 } }
    }

    /// The square of the distance of a place, times [`Self::scale`].
    #[inline]
    fn scaled_distance_2(&self, place: [f64; 2]) -> f64 {
        let offset = less(place, self.from);
        let way = dot(self.along, offset);
        let beyond = less(place, self.to);
        if way <= 0.0 {
            dot(offset, offset) * self.scale
        } else if way >= self.scale {
            dot(beyond, beyond) * self.scale
        } else {
            let across = self.along[0] * offset[1] - self.along[1] * offset[0];
            across * across
        }
    }
}

fn less(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

fn dot(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

struct Stream {
    bytes: Vec<u8>,
    pen: [i64; 2],
}

impl Stream {
    fn whole(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    fn polygon(&mut self, rings: &[Ring]) {
        // No rings would be the end of the shape.
        if rings.is_empty() {
            return;
        }
        self.whole(rings.len() as u64);
        rings.iter().for_each(|ring| self.ring(ring));
    }

    fn ring(&mut self, ring: &Ring) {
        self.whole(ring.len() as u64);
        for corner in ring {
            for delta in [corner[0] - self.pen[0], corner[1] - self.pen[1]] {
                self.whole(((delta << 1) ^ (delta >> 63)) as u64);
            }
            self.pen = *corner;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(bytes: &[u8]) -> Vec<i64> {
        let (mut numbers, mut number, mut shift) = (Vec::new(), 0_u64, 0);
        for &byte in bytes {
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                numbers.push((number >> 1) as i64 ^ -((number & 1) as i64));
                (number, shift) = (0, 0);
            }
        }
        numbers
    }

    fn ring(corners: &[(i64, i64)]) -> Vec<Point> {
        corners.iter().map(|&(x, y)| Point { x, y }).collect()
    }

    #[test]
    fn numbers_come_back() {
        let mut stream = Stream { bytes: Vec::new(), pen: [0, 0] };
        let corners = vec![[0, -1], [i64::from(i32::MAX), 64], [-3_600_000_000, 900_000_000]];
        stream.ring(&corners);
        let numbers = unpacked(&stream.bytes[1..]);
        let mut pen = [0, 0];
        let back: Vec<[i64; 2]> = numbers
            .chunks(2)
            .map(|d| {
                pen = [pen[0] + d[0], pen[1] + d[1]];
                pen
            })
            .collect();
        assert_eq!(back, corners);
    }

    #[test]
    fn nothing_vanishes_however_small_and_a_tiny_hole_is_filled() {
        let speck = ring(&[(5, 5), (9, 5), (9, 9)]);
        let needle = ring(&[(0, 0), (90_000_000, 1), (0, 2)]);
        for (_, step) in LEVELS {
            for polygon in [vec![speck.clone()], vec![needle.clone()], vec![needle.clone(), speck.clone()]] {
                let drawn = simplified(&polygon, (250.0, step), &Eastward(false));
                assert_eq!(drawn.len(), 1);
                assert!(encloses(&drawn[0]), "{drawn:?}");
                let spans = |axis: usize| {
                    let values = drawn[0].iter().map(|c| c[axis] * step);
                    (values.clone().min().unwrap_or(0), values.max().unwrap_or(0))
                };
                for corner in &polygon[0] {
                    assert!(spans(0).0 <= corner.x && corner.x <= spans(0).1);
                    assert!(spans(1).0 <= corner.y && corner.y <= spans(1).1);
                }
            }
        }
    }

    /// The boxes of a drawing's polygons in grid steps, by the state of their shape.
    fn boxes(drawing: &Drawing) -> Vec<(u64, Bounds)> {
        let mut bytes = drawing.bytes.iter();
        let mut whole = || {
            let (mut number, mut shift) = (0, 0);
            loop {
                let byte = *bytes.next()?;
                number |= u64::from(byte & 0x7f) << shift;
                shift += 7;
                if byte < 0x80 {
                    return Some(number);
                }
            }
        };
        let signed = |n: u64| (n >> 1) as i64 ^ -((n & 1) as i64);
        let (mut pen, mut found) = (Point { x: 0, y: 0 }, Vec::new());
        while whole().is_some() {
            let state = whole().and_then(|_| whole()).expect("a state");
            while let Some(rings) = whole().filter(|&rings| rings > 0) {
                for _ in 0..rings {
                    let count = whole().expect("a number of corners");
                    let ring = (0..count).map(|_| {
                        pen.x += signed(whole().expect("a step")) * drawing.step;
                        pen.y += signed(whole().expect("a step")) * drawing.step;
                        pen
                    });
                    let corners: Vec<Point> = ring.collect();
                    found.push((state, Bounds::of(corners).expect("corners")));
                }
            }
        }
        found
    }

    #[test]
    fn a_drawing_of_very_much_ground_fits_and_leaves_nothing_out() {
        // Specks of 20 to 60 m, a hundred metres apart, of two states; and one field of 30 km.
        let specks = |number: i64, size: i64| -> Polygons {
            (0..number)
                .map(|n| {
                    let (x, y) = (-5_000_000_000 + n % 250 * 10_000_000, n / 250 * 10_000_000 - 300_000_000);
                    vec![ring(&[(x, y), (x + size, y + 7), (x + 3, y + size)])]
                })
                .collect()
        };
        let (few, many) = (specks(5_000, 2_000_000), specks(30_000, 6_000_000));
        let side = 3_000_000_000;
        let field: Polygons = [vec![ring(&[(0, 0), (side, 0), (side, side), (0, side)])]].into_iter().collect();
        let shape = |state, polygons| Shape { head: [2, 0, state], polygons };
        let shapes = [shape(0, &few), shape(1, &many), shape(1, &field)];
        let mut steps = Vec::new();
        for budget in [1 << 20, 200_000, 20_000, 2_000, 200] {
            let drawing = fitting(&shapes, budget).expect("a drawing");
            assert!(drawing.bytes.len() <= budget, "{} bytes of {budget}", drawing.bytes.len());
            assert_eq!(drawing.polygons, 35_001);
            let boxes = boxes(&drawing);
            for (state, polygons) in [(0, &few), (1, &many), (1, &field)] {
                for polygon in polygons.iter() {
                    let p = polygon[0][0];
                    let within = |b: &Bounds| b.min.x <= p.x && p.x <= b.max.x && b.min.y <= p.y && p.y <= b.max.y;
                    assert!(boxes.iter().any(|(of, b)| *of == state && within(b)), "{budget}: {p:?} is not drawn");
                }
            }
            steps.push(drawing.step);
        }
        assert!(steps.is_sorted() && steps[0] < steps[4], "{steps:?}");
    }

    #[test]
    fn lines_stay_within_the_stated_distance() {
        // A circle of about 1 km with 20,000 corners, at 60 degrees north where a degree of longitude is half as long.
        let corners: Vec<(i64, i64)> = (0..20_000)
            .map(|i| {
                let turn = f64::from(i) / 20_000.0 * std::f64::consts::TAU;
                ((turn.cos() * 2e8) as i64, 600_000_000_000 + (turn.sin() * 1e8) as i64)
            })
            .collect();
        let circle = ring(&corners);
        for (within, _) in LEVELS {
            let kept = keep(&circle, within);
            assert!(kept.len() < 1000 && kept.len() >= 3, "{} corners within {within} m", kept.len());
            let flat = |p: Point| [p.x as f64 * 5.566e-6, (p.y - 600_000_000_000) as f64 * 1.1132e-5];
            for &p in circle.iter().step_by(97) {
                let off = (0..kept.len())
                    .map(|i| {
                        let stretch = Stretch::new(flat(kept[i]), flat(kept[(i + 1) % kept.len()]));
                        stretch.scaled_distance_2(flat(p)) / stretch.scale
                    })
                    .fold(f64::MAX, f64::min);
                assert!(off.sqrt() <= within * 1.01, "{} m off, {within} m allowed", off.sqrt());
            }
        }
    }

    #[test]
    fn a_country_across_the_antimeridian_is_drawn_in_one_piece() {
        let square = |west: i64| {
            let at = |degrees: i64| degrees * STEPS_PER_DEGREE;
            vec![ring(&[(at(west), 0), (at(west + 1), 0), (at(west + 1), at(1)), (at(west), at(1))])]
        };
        let of = |wests: &[i64]| wests.iter().copied().map(square).collect::<Polygons>();
        let (east, west, home) = (of(&[179]), of(&[-180]), of(&[-1, 0]));
        let shape = |polygons| Shape { head: [2, 0, 0], polygons };
        let both = Eastward::of(&[shape(&east), shape(&west)]);
        assert_eq!((both.place(&square(179)), both.place(&square(-180))), (0, TURN));
        assert!(!Eastward::of(&[shape(&home)]).0, "a country across the prime meridian stays where it is");
    }
}
