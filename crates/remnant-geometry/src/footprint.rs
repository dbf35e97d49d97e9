//! The ground that a record covers, made from whatever rings its source gives.
//!
//! The rule is that of the accounting contract: a ring covers what it winds around, whichever way round it runs; a
//! polygon covers its first ring less what its other rings cover within it; a multipolygon covers the union of its
//! polygons. A [`Footprint`] has only borders that separate covered from uncovered ground, so that crossing any of its
//! edges changes the cover.

use std::ops::Range;
use std::sync::Arc;

use crate::corners::{Corners, Shelf};
use crate::outline::GridPolygon;
use crate::plane::{Bounds, HALF_TURN, POLE, Point, TURN, enclosed_area_m2};
use crate::repair::{self, Contours};
use crate::stretches::{LONG, Stretches};
use crate::validity::{self, Verdict};

/// A polygon as its source gives it: the first ring is the shell, the others are holes. Longitude and latitude in
/// degrees on WGS 84; rings may be unclosed, reversed or worse.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawPolygon {
    /// The rings.
    pub rings: Vec<Vec<[f64; 2]>>,
}

/// Ground on the grid: closed borders without overlaps, crossing any of which changes whether ground is covered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Footprint {
    corners: Corners,
    bounds: Bounds,
    /// Of ground with several rings or a long border.
    more: Option<Box<More>>,
}

/// What hardly any footprint has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct More {
    /// Where each ring ends among the corners; empty where there is one ring.
    ends: Box<[u32]>,
    /// Where the border is long.
    stretches: Option<Stretches>,
}

/// Something that was wrong with a record's rings and was put right by the rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Defect {
    /// Rings whose last point was not their first; they were closed.
    Unclosed {
        /// How many.
        rings: usize,
    },
    /// Rings without area (fewer than three distinct points, or all on a line) beside others that have one.
    NoArea {
        /// How many.
        rings: usize,
    },
    /// Not valid by OGC Simple Features: rings cross or overlap themselves or each other, or a hole lies outside.
    Invalid {
        /// A place where it shows.
        at: Point,
        /// The area by the rule, in m2.
        area_m2: f64,
        /// The area by the even-odd rule, in m2.
        even_odd_m2: f64,
    },
    /// Edges of more than 180 degrees of longitude, led the short way round.
    LongEdge {
        /// How many.
        edges: usize,
    },
    /// A ring that goes round a pole, closed over that pole.
    RoundPole {
        /// Whether it is the North Pole.
        north: bool,
    },
}

impl Defect {
    /// Whether the record was not valid by OGC Simple Features, and so counts as repaired.
    pub fn is_repair(&self) -> bool {
        !matches!(self, Self::LongEdge { .. } | Self::RoundPole { .. })
    }
}

/// How much one record may ask for. What is beyond it is no piece of ground that anyone drew, and would take memory or
/// time without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Corners of all of its rings together.
    pub corners: u64,
    /// Places where its edges cross or touch, at most; a small record may have a fiftieth of it and
    /// [`CROSSINGS_PER_CORNER`] for each of its corners.
    pub crossings: u64,
}

/// What a corner may add to the crossings of its record: rings that people drew have far fewer than one.
pub const CROSSINGS_PER_CORNER: u64 = 100;

impl Default for Budget {
    fn default() -> Self {
        Self { corners: 50_000_000, crossings: 5_000_000 }
    }
}

impl Budget {
    /// The crossings that a record of so many corners may have.
    pub(crate) fn crossings_of(&self, corners: usize) -> u64 {
        let own = CROSSINGS_PER_CORNER.saturating_mul(corners as u64).saturating_add(self.crossings / 50);
        own.min(self.crossings)
    }

    /// How often two edges of a record of so many corners may be held against each other.
    pub(crate) fn comparisons_of(&self, corners: usize) -> u64 {
        1000_u64.saturating_mul(corners as u64).saturating_add(self.crossings.saturating_mul(200))
    }
}

/// Why a record has no footprint.
#[derive(Debug, Clone, PartialEq)]
pub enum NoFootprint {
    /// There are no rings, or none has a point.
    Empty,
    /// A coordinate is not a finite number.
    NotFinite,
    /// A coordinate is not on Earth (latitude beyond 90, longitude beyond 180 degrees); this is the first.
    NotOnEarth([f64; 2]),
    /// The rings enclose nothing: fewer than three distinct points, or all on a line.
    NoArea,
    /// It has more corners than its budget; so many.
    TooManyCorners(u64),
    /// Its edges cross or touch more often than its budget allows; so often at least.
    TooManyCrossings(u64),
    /// The mended borders contradict each other, which would be a fault of this program.
    Torn,
}

impl Footprint {
    /// Makes the footprint of some polygons within the default [`Budget`].
    ///
    /// # Errors
    /// As [`Self::within`].
    pub fn new(polygons: &[RawPolygon]) -> Result<(Self, Vec<Defect>), NoFootprint> {
        Self::within(polygons, &Budget::default())
    }

    /// Makes the footprint of some polygons, and tells what was wrong with them.
    ///
    /// Cost: n log n in the points for valid polygons, and in the points and crossings for others.
    ///
    /// # Errors
    /// [`NoFootprint`] where there is no area, a coordinate can't be used, or the budget does not allow it.
    pub fn within(polygons: &[RawPolygon], budget: &Budget) -> Result<(Self, Vec<Defect>), NoFootprint> {
        let corners: u64 = polygons.iter().flat_map(|p| &p.rings).map(|ring| ring.len() as u64).sum();
        if corners > budget.corners {
            return Err(NoFootprint::TooManyCorners(corners));
        }
        check_coordinates(polygons)?;
        let mut defects = Defects::default();
        let mut on_grid: Vec<Contours> = Vec::with_capacity(polygons.len());
        let mut reach: Option<Bounds> = None;
        for polygon in polygons {
            if let Some((contours, bounds)) = grid_rings(polygon, &mut defects) {
                on_grid.push(contours);
                reach = Some(reach.map_or(bounds, |reach| reach.and(&bounds)));
            }
        }
        let mut bounds = reach.ok_or(NoFootprint::NoArea)?;
        if is_beyond_turn(&bounds) {
            gather(&mut on_grid);
            bounds = Bounds::of(on_grid.iter().flatten().flatten().copied()).ok_or(NoFootprint::NoArea)?;
        }
        let mut list = defects.list();
        let contours = match validity::check(&on_grid, &bounds, budget) {
            Verdict::Valid => {
                let contours = if on_grid.len() == 1 { on_grid.pop() } else { None };
                let contours = contours.unwrap_or_else(|| on_grid.into_iter().flatten().collect());
                if !is_beyond_turn(&bounds) {
                    return Ok((Self::of(&contours, bounds), list));
                }
                contours
            }
            Verdict::TooMuch(crossings) => return Err(NoFootprint::TooManyCrossings(crossings)),
            Verdict::Invalid(at) => {
                repair::put_in_order(&mut on_grid);
                let distinct = repair::distinct(&on_grid);
                if let Err(crossings) = validity::tangle(&distinct, budget) {
                    return Err(NoFootprint::TooManyCrossings(crossings));
                }
                let most = budget.comparisons_of(distinct.iter().flatten().map(Vec::len).sum());
                let mended = repair::even_odd(&on_grid, most).zip(repair::unite(&distinct, most));
                let Some((even_odd, united)) = mended else { return Err(NoFootprint::TooManyCrossings(most)) };
                let area_m2 = area_m2_of(&united);
                list.push(Defect::Invalid { at: wrapped(at), area_m2, even_odd_m2: area_m2_of(&even_odd) });
                united
            }
        };
        let contours = within_turn(contours).ok_or(NoFootprint::Torn)?;
        let footprint = Self::from_contours(contours).ok_or(NoFootprint::NoArea)?;
        Ok((footprint, list))
    }

    /// A footprint from borders that are known to be proper ones.
    pub(crate) fn from_contours(contours: Contours) -> Option<Self> {
        let bounds = Bounds::of(contours.iter().flatten().copied())?;
        Some(Self::of(&contours, bounds))
    }

    /// The same where the box round them is known.
    fn of(contours: &[Vec<Point>], bounds: Bounds) -> Self {
        let corners = match contours {
            [only] => Corners::new(only.iter().copied(), &bounds),
            _ => Corners::new(contours.concat().into_iter(), &bounds),
        };
        let mut footprint = Self { corners, bounds, more: None };
        let long = footprint.len() >= LONG;
        if contours.len() > 1 || long {
            let end = |total: &mut u32, ring: &Vec<Point>| {
                *total += ring.len() as u32;
                Some(*total)
            };
            let ends = if contours.len() > 1 { contours.iter().scan(0, end).collect() } else { Box::default() };
            footprint.more = Some(Box::new(More { ends, stretches: None }));
        }
        if long && let Some(mut more) = footprint.more.take() {
            let view = footprint.corners.view();
            let ranges = ranges(&more.ends, footprint.len());
            more.stretches = Some(Stretches::new(ranges, |i| view.at(bounds.min, i)));
            footprint.more = Some(more);
        }
        footprint
    }

    /// The box round it.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The number of its points.
    pub fn len(&self) -> usize {
        self.corners.len()
    }

    /// A footprint always has points.
    pub fn is_empty(&self) -> bool {
        self.corners.len() == 0
    }

    /// Puts its corners behind those of others that are to stand on one [`Shelf`]. `false`, and nothing is put there, where
    /// they are held elsewhere already, are too far from each other for a shelf, or are so many that windows look at a few
    /// of them at a time.
    pub fn pack(&self, others: &mut Vec<[u32; 2]>) -> bool {
        self.stretches().is_none() && self.corners.pack(others)
    }

    /// Lets go of its own corners for those that a shelf holds from the `first` one on. What was packed must stand there.
    pub fn put_on(&mut self, shelf: &Arc<Shelf>, first: u64) {
        self.corners.put_on(shelf, first);
    }

    /// Whether its corners are held elsewhere than in memory.
    pub fn is_put_aside(&self) -> bool {
        self.corners.are_elsewhere()
    }

    fn stretches(&self) -> Option<&Stretches> {
        self.more.as_ref()?.stretches.as_ref()
    }

    /// Where its rings begin and end among its corners.
    fn ranges(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        ranges(self.more.as_ref().map_or(&[], |more| &more.ends), self.len())
    }

    /// Its rings, without the closing point; shells and holes in no order, in either direction.
    pub fn rings(&self) -> impl Iterator<Item = Vec<Point>> + '_ {
        let (view, min) = (self.corners.view(), self.bounds.min);
        self.ranges().map(move |range| range.map(|i| view.at(min, i)).collect())
    }

    /// Its edges in the order of its rings.
    pub fn edges(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        let (view, min) = (self.corners.view(), self.bounds.min);
        let mut ranges = self.ranges();
        let (mut rest, mut before) = (0..0, min);
        std::iter::from_fn(move || {
            while rest.is_empty() {
                rest = ranges.next()?;
                before = view.at(min, rest.end - 1);
            }
            let here = view.at(min, rest.next()?);
            Some((std::mem::replace(&mut before, here), here))
        })
    }

    /// Tells every edge that may matter to a window; where a stretch of the border lies west of it, perhaps a line between
    /// the ends of that stretch in place of its edges.
    pub(crate) fn edges_towards(&self, window: &Bounds, mut tell: impl FnMut(Point, Point)) {
        match self.stretches() {
            Some(stretches) => {
                let view = self.corners.view();
                stretches.towards(window, &|i| view.at(self.bounds.min, i), &mut tell);
            }
            None => self.edges().for_each(|(a, b)| tell(a, b)),
        }
    }

    /// The ground as polygons that are valid by OGC Simple Features: shells counter-clockwise, holes clockwise.
    pub fn polygons(&self) -> Vec<GridPolygon> {
        repair::polygons(&self.rings().collect::<Vec<_>>())
    }

    /// The union of several footprints as polygons; none of none.
    pub fn union<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Vec<GridPolygon> {
        let mut parts: Vec<&Self> = parts.into_iter().collect();
        match parts.len() {
            1 => parts.remove(0).polygons(),
            _ => {
                let contours: Contours = parts.iter().flat_map(|p| p.polygons()).flatten().collect();
                repair::union_polygons(&contours)
            }
        }
    }

    /// The union of several footprints; `None` of none.
    pub fn joined<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        Self::from_contours(Self::union(parts).into_iter().flatten().collect())
    }

    /// The area on the WGS 84 ellipsoid in m2, for reports on single records: see [`enclosed_area_m2`].
    pub fn area_m2(&self) -> f64 {
        area_m2_of(&self.polygons().into_iter().flatten().collect())
    }

    /// Whether a point is covered: `None` on a border. Cost: linear in the points.
    pub fn covers(&self, p: Point) -> Option<bool> {
        if p.x.abs() < HALF_TURN {
            return self.covers_here(p);
        }
        // The antimeridian has two longitudes, and ground across it is cut there.
        match (self.covers_here(p), self.covers_here(Point { x: -p.x, y: p.y })) {
            (None, None) => Some(true),
            (a, b) => a.zip(b).map(|(a, b)| a || b),
        }
    }

    fn covers_here(&self, p: Point) -> Option<bool> {
        if !self.bounds.contains(p) {
            return Some(false);
        }
        let mut inside = false;
        for (a, b) in self.edges() {
            let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
            if p.y < low.y || p.y > high.y {
                continue;
            }
            let side = turn(low, high, p);
            if side == 0 && a.x.min(b.x) <= p.x && p.x <= a.x.max(b.x) {
                return None;
            }
            // Half-open in y, so that a corner counts once.
            if low.y <= p.y && p.y < high.y && side > 0 {
                inside = !inside;
            }
        }
        Some(inside)
    }
}

/// Where rings of so many corners begin and end.
fn ranges(ends: &[u32], corners: usize) -> impl Iterator<Item = Range<usize>> {
    let only = ends.is_empty().then_some(0..corners);
    let starts = std::iter::once(0).chain(ends.iter().copied());
    only.into_iter().chain(starts.zip(ends).map(|(from, &to)| from as usize..to as usize))
}

/// Twice the signed area of a triangle of grid points: positive where it turns left. Exact.
pub(crate) fn turn(a: Point, b: Point, c: Point) -> i128 {
    i128::from(b.x - a.x) * i128::from(c.y - a.y) - i128::from(b.y - a.y) * i128::from(c.x - a.x)
}

/// Counts of what [`grid_rings`] put right.
#[derive(Default)]
struct Defects {
    unclosed: usize,
    no_area: usize,
    long_edges: usize,
    round_pole: Option<bool>,
}

impl Defects {
    fn list(&self) -> Vec<Defect> {
        let mut list = Vec::new();
        if self.unclosed > 0 {
            list.push(Defect::Unclosed { rings: self.unclosed });
        }
        if self.no_area > 0 {
            list.push(Defect::NoArea { rings: self.no_area });
        }
        if self.long_edges > 0 {
            list.push(Defect::LongEdge { edges: self.long_edges });
        }
        if let Some(north) = self.round_pole {
            list.push(Defect::RoundPole { north });
        }
        list
    }
}

fn check_coordinates(polygons: &[RawPolygon]) -> Result<(), NoFootprint> {
    let mut rings = polygons.iter().flat_map(|p| &p.rings);
    let any = rings.clone().any(|ring| !ring.is_empty());
    // All of a ring at a time, without a way out between: which one is wrong is asked only where one is.
    let on_earth =
        |ring: &Vec<[f64; 2]>| ring.iter().fold(true, |all, c| all & (c[0].abs() <= 180.0) & (c[1].abs() <= 90.0));
    for &[x, y] in rings.find(|ring| !on_earth(ring)).into_iter().flatten() {
        if !(x.is_finite() && y.is_finite()) {
            return Err(NoFootprint::NotFinite);
        }
        if x.abs() > 180.0 || y.abs() > 90.0 {
            return Err(NoFootprint::NotOnEarth([x, y]));
        }
    }
    if any { Ok(()) } else { Err(NoFootprint::Empty) }
}

/// The rings of a polygon on the grid, without closing and repeated points, the shell first; and the box round them.
/// Longitudes run on beyond 180 degrees where the polygon crosses the antimeridian. `None` where the shell has no area.
fn grid_rings(polygon: &RawPolygon, defects: &mut Defects) -> Option<(Contours, Bounds)> {
    let mut contours: Contours = Vec::with_capacity(polygon.rings.len());
    let mut boxes: Option<[Bounds; 2]> = None;
    for (i, ring) in polygon.rings.iter().enumerate() {
        if ring.first() != ring.last() {
            defects.unclosed += 1;
        }
        let mut points: Vec<Point> = Vec::with_capacity(ring.len());
        points.extend(ring.iter().map(|c| Point::from_degrees(c[0], c[1])));
        let mut bounds = Bounds::of(points.iter().copied());
        if bounds.is_some_and(|b| b.max.x - b.min.x > HALF_TURN) {
            unwrap(&mut points, defects);
            bounds = Bounds::of(points.iter().copied());
        }
        points.dedup();
        while points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        let Some(mut bounds) = bounds.filter(|_| !on_a_line(&points)) else {
            defects.no_area += 1;
            if i == 0 {
                // Without a shell there is nothing that holes could be cut from.
                return None;
            }
            continue;
        };
        boxes = Some(match boxes {
            None => [bounds; 2],
            Some([shell, all]) => {
                bring_near(&mut points, &mut bounds, &shell);
                [shell, all.and(&bounds)]
            }
        });
        contours.push(points);
    }
    boxes.map(|[_, all]| (contours, all))
}

/// Leads edges of more than 180 degrees the short way round, so that longitudes run on.
fn unwrap(points: &mut Vec<Point>, defects: &mut Defects) {
    let mut shift = 0;
    for i in 1..points.len() {
        let step = points[i].x + shift - points[i - 1].x;
        if step.abs() > HALF_TURN {
            // Longitudes lie within 180 degrees, so one turn is enough.
            shift -= step.signum() * TURN;
            defects.long_edges += 1;
        }
        points[i].x += shift;
    }
    if let (Some(&first), Some(&last)) = (points.first(), points.last()) {
        let gap = last.x - first.x;
        if gap.abs() > HALF_TURN {
            // The ring has gone round a pole: close it along the antipode of its start, over the nearer pole.
            let north = points.iter().map(|p| i128::from(p.y)).sum::<i128>() >= 0;
            let y = if north { POLE } else { -POLE };
            let end = first.x + gap.signum() * TURN;
            points.extend([Point { x: end, y: first.y }, Point { x: end, y }, Point { x: first.x, y }]);
            defects.round_pole = Some(north);
        }
    }
}

/// Whether all points lie on one line, or there are fewer than three.
fn on_a_line(points: &[Point]) -> bool {
    let Some(&first) = points.first() else { return true };
    let Some(&other) = points.iter().find(|&&p| p != first) else { return true };
    points.iter().all(|&p| turn(first, other, p) == 0)
}

/// Shifts a hole by whole turns until it lies as near its shell as it can; `h` and `s` are the boxes round them.
fn bring_near(hole: &mut [Point], h: &mut Bounds, s: &Bounds) {
    let gap = |shift: i64| (s.min.x - h.min.x - shift).max(h.max.x + shift - s.max.x).max(0);
    let best = [0, -TURN, TURN].into_iter().min_by_key(|&shift| gap(shift)).unwrap_or(0);
    if best != 0 {
        hole.iter_mut().chain([&mut h.min, &mut h.max]).for_each(|p| p.x += best);
    }
}

/// Where a polygon runs on beyond 180 degrees, brings the others to its side of the Earth, so that they are seen together.
fn gather(polygons: &mut [Contours]) {
    let beyond = |rings: &Contours| rings[0].iter().any(|p| p.x.abs() > HALF_TURN);
    let around = |ring: &Vec<Point>| Bounds::of(ring.iter().copied());
    let Some(first) = polygons.iter().find(|p| beyond(p)).and_then(|p| around(&p[0])) else { return };
    for polygon in polygons {
        let before = polygon[0][0].x;
        let Some(mut own) = around(&polygon[0]) else { continue };
        bring_near(&mut polygon[0], &mut own, &first);
        let shift = polygon[0][0].x - before;
        polygon[1..].iter_mut().flatten().for_each(|p| p.x += shift);
    }
}

fn is_beyond_turn(bounds: &Bounds) -> bool {
    bounds.min.x < -HALF_TURN || bounds.max.x > HALF_TURN
}

/// Brings contours into -180..180 degrees, cut at the antimeridian where they cross it. `None` where
/// borders contradict each other, which would be a fault of this program.
pub(crate) fn within_turn(contours: Contours) -> Option<Contours> {
    let Some(bounds) = Bounds::of(contours.iter().flatten().copied()) else { return Some(contours) };
    if !is_beyond_turn(&bounds) {
        return Some(contours);
    }
    // What only touches the antimeridian is moved whole: cut there, it could lose what is thinner than a grid step.
    let turns = (bounds.min.x + HALF_TURN).div_euclid(TURN);
    if bounds.max.x <= turns * TURN + HALF_TURN {
        let mut moved = contours;
        moved.iter_mut().flatten().for_each(|p| p.x -= turns * TURN);
        return Some(moved);
    }
    let mut parts = Contours::new();
    for turns in -2..=2 {
        let west = turns * TURN - HALF_TURN;
        if bounds.max.x <= west || bounds.min.x >= west + TURN {
            continue;
        }
        let mut part = repair::clip(&contours, west, west + TURN)?;
        // The engine may round a crossing to a step beyond the side that it lies on.
        part.iter_mut().flatten().for_each(|p| p.x = p.x.clamp(west, west + TURN) - turns * TURN);
        parts.extend(part);
    }
    // Parts of different turns may overlap once they are brought together.
    let mut united = repair::unite_contours(&parts)?;
    for p in united.iter_mut().flatten() {
        *p = Point { x: p.x.clamp(-HALF_TURN, HALF_TURN), y: p.y.clamp(-POLE, POLE) };
    }
    Some(united)
}

fn wrapped(p: Point) -> Point {
    Point { x: (p.x + HALF_TURN).rem_euclid(TURN) - HALF_TURN, y: p.y }
}

fn area_m2_of(contours: &Contours) -> f64 {
    enclosed_area_m2(contours.iter().map(Vec::as_slice)).abs()
}
