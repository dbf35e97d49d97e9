//! The shapes of classes of ground, drawn from the faces of all windows.

mod nest;
mod parts;
mod rings;

use std::collections::HashMap;

use crate::faces::TileFaces;
use crate::noding::{Spot, xy};
use crate::plane::{Point, TILE, TILE_BITS};
use crate::window::FaceClass;

pub use parts::{Entering, Gathered};

/// A polygon of the grid: the shell counter-clockwise, then the holes clockwise; rings without closing points.
pub type GridPolygon = Vec<Vec<Point>>;

/// A stretch of the rim of marked ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RimEdge {
    /// One end.
    pub from: Point,
    /// The other end.
    pub to: Point,
    /// The mark of the ground on its inner side.
    pub mark: u32,
}

/// A directed edge with ground of its class on the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ClassEdge {
    from: Point,
    to: Point,
}

/// A stretch of a side of a tile with ground of a class on one side of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SidePiece {
    /// Whether the side runs from south to north.
    pub upright: bool,
    /// The longitude of an upright line, the latitude of a level one.
    pub line: i64,
    /// Where it begins along the line.
    pub from: i64,
    /// Where it ends; where it begins, for a corner that has to stay.
    pub to: i64,
    /// 1 where an edge in ascending order has the ground on its left, -1 where it has it on its right; 0 for a corner.
    pub sign: i8,
}

/// Entries of a part of a [`Heap`].
const PART: usize = 1 << 12;

/// A list that only grows, in parts: what is in it is never moved, and never needs twice its room.
#[derive(Debug, Clone)]
struct Heap<T> {
    full: Vec<Vec<T>>,
    last: Vec<T>,
}

impl<T> Default for Heap<T> {
    fn default() -> Self {
        Self { full: Vec::new(), last: Vec::new() }
    }
}

impl<T: Copy> Heap<T> {
    fn push(&mut self, value: T) {
        if self.last.len() == PART {
            self.full.push(std::mem::replace(&mut self.last, Vec::with_capacity(PART)));
        }
        self.last.push(value);
    }

    fn merge(&mut self, other: Self) {
        self.full.extend(other.full);
        let mut rest = &other.last[..];
        while !rest.is_empty() {
            if self.last.len() == PART {
                self.full.push(std::mem::replace(&mut self.last, Vec::with_capacity(PART)));
            }
            let (here, later) = rest.split_at(rest.len().min(PART - self.last.len()));
            self.last.extend_from_slice(here);
            rest = later;
        }
    }

    fn len(&self) -> usize {
        self.full.iter().map(Vec::len).sum::<usize>() + self.last.len()
    }

    fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.full.iter().flatten().chain(&self.last).copied()
    }

    /// Everything, part by part, each of which goes when it has been seen.
    fn into_values(self) -> impl Iterator<Item = T> {
        self.full.into_iter().flatten().chain(self.last)
    }
}

/// Borders with ground on their left as polygons that are valid by OGC Simple Features, in a fixed order.
pub(crate) fn polygons_within(borders: Vec<(Point, Point)>) -> Vec<GridPolygon> {
    let mut edges: Vec<ClassEdge> = borders.into_iter().map(|(from, to)| ClassEdge { from, to }).collect();
    put_in_order(&mut edges);
    let mut polygons = nest::polygons(rings::trace(&edges));
    polygons.sort_unstable();
    polygons
}

/// Collects the borders of classes of ground.
#[derive(Debug, Default, Clone)]
pub struct Outline {
    /// In the order in which they were met.
    classes: Vec<ClassOutline>,
    /// Where each class stands.
    places: HashMap<u32, usize>,
    rim: Vec<RimEdge>,
}

/// Where ground stands that is not drawn.
const NOT_DRAWN: usize = usize::MAX;

impl Outline {
    /// Adds what another part of the work has collected.
    pub fn merge(&mut self, other: Self) {
        for class in other.classes {
            let place = self.place(class.class);
            let own = &mut self.classes[place];
            own.gathered.merge(class.gathered);
            own.sides.merge(class.sides);
        }
        self.rim.extend(other.rim);
    }

    /// Where a class stands; it comes to stand at the end where it is new.
    fn place(&mut self, class: u32) -> usize {
        if class == 0 {
            return NOT_DRAWN;
        }
        *self.places.entry(class).or_insert_with(|| {
            self.classes.push(ClassOutline { class, ..ClassOutline::default() });
            self.classes.len() - 1
        })
    }

    /// The rim of marked ground, in no order. Stretches along the sides of tiles may lie inside marked ground.
    pub fn rim(&self) -> &[RimEdge] {
        &self.rim
    }

    /// Adds `by` to every mark of the rim, before marks of different parts are brought together.
    pub fn shift_marks(&mut self, by: u32) {
        self.rim.iter_mut().for_each(|edge| edge.mark += by);
    }

    /// Gives every class another number, other than 0, before classes of different parts are brought together. What
    /// has the same number then is one class.
    pub fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        let rim = std::mem::take(&mut self.rim);
        let mut classes = std::mem::take(self).classes;
        classes.iter_mut().for_each(|class| class.class = number(class.class));
        self.merge(Self { classes, places: HashMap::new(), rim });
    }

    /// The shape of every class: polygons that are valid by OGC Simple Features, in a fixed order.
    ///
    /// Corners that only the sides of tiles had made are left out. Cost: n log n in the edges.
    pub fn shapes(self) -> Vec<(u32, Vec<GridPolygon>)> {
        let mut classes = self.classes();
        classes.iter_mut().for_each(ClassOutline::settle);
        let corners = SideCorners::of(&classes);
        classes.into_iter().map(|class| (class.number(), class.shape(&corners))).collect()
    }

    /// The outline of every class by itself, in order of their numbers, so that several threads may do what
    /// [`Outline::shapes`] does: [`ClassOutline::settle`], [`SideCorners::of`], [`ClassOutline::shape`].
    pub fn classes(self) -> Vec<ClassOutline> {
        let mut classes = self.classes;
        classes.sort_unstable_by_key(|class| class.class);
        classes
    }

    /// Adds a covered stretch of tiles of one row, from column `from` to before `to`.
    pub(crate) fn add_block(&mut self, row: i32, from: i32, to: i32, class: FaceClass) {
        let (west, east) = (i64::from(from) << TILE_BITS, i64::from(to) << TILE_BITS);
        let (south, north) = (i64::from(row) << TILE_BITS, i64::from(row + 1) << TILE_BITS);
        let place = self.place(class.class);
        self.add_side((place, class.rim), false, south, (west, east), 1);
        self.add_side((place, class.rim), false, north, (west, east), -1);
        self.add_side((place, class.rim), true, west, (south, north), -1);
        self.add_side((place, class.rim), true, east, (south, north), 1);
    }

    /// Adds the borders within a tile and along its sides.
    pub(crate) fn add_tile(&mut self, row: i32, column: i32, tile: &TileFaces, classes: &[FaceClass]) {
        let (west, south) = (i64::from(column) << TILE_BITS, i64::from(row) << TILE_BITS);
        let (east, north) = (west + TILE, south + TILE);
        let point = |s: Spot| {
            let (x, y) = xy(s);
            Point { x: west + i64::from(x), y: south + i64::from(y) }
        };
        let mut before = (0, NOT_DRAWN);
        let mut ground: Vec<(usize, u32)> = Vec::with_capacity(classes.len());
        for class in classes {
            if class.class != before.0 {
                before = (class.class, self.place(class.class));
            }
            ground.push((before.1, class.rim));
        }
        for border in &tile.borders {
            let (left, right) = (ground[border.left as usize], ground[border.right as usize]);
            let (from, to) = (point(border.from), point(border.to));
            if left.0 != right.0 {
                self.add_edge(left.0, from, to);
                self.add_edge(right.0, to, from);
            }
            if (left.1 == 0) != (right.1 == 0) {
                self.rim.push(RimEdge { from, to, mark: left.1.max(right.1) });
            }
        }
        let sides = [
            (&tile.south, false, south, west, 1),
            (&tile.north, false, north, west, -1),
            (&tile.west, true, west, south, -1),
            (&tile.east, true, east, south, 1),
        ];
        for (changes, upright, line, origin, sign) in sides {
            for (i, &(at, label)) in changes.iter().enumerate() {
                let end = changes.get(i + 1).map_or(TILE, |next| i64::from(next.0));
                let stretch = (origin + i64::from(at), origin + end);
                self.add_side(ground[label as usize], upright, line, stretch, sign);
            }
        }
    }

    fn add_edge(&mut self, place: usize, from: Point, to: Point) {
        let Some(ClassOutline { gathered, sides, .. }) = self.classes.get_mut(place) else { return };
        if from.y == to.y && on_line(from.y) {
            let sign = if from.x < to.x { 1 } else { -1 };
            let (low, high) = (from.x.min(to.x), from.x.max(to.x));
            return sides.push(SidePiece { upright: false, line: from.y, from: low, to: high, sign });
        }
        if from.x == to.x && on_line(from.x) {
            let sign = if from.y < to.y { 1 } else { -1 };
            let (low, high) = (from.y.min(to.y), from.y.max(to.y));
            return sides.push(SidePiece { upright: true, line: from.x, from: low, to: high, sign });
        }
        gathered.push(ClassEdge { from, to });
        for p in [from, to] {
            // A corner on a side must stay a corner of whatever runs along that side.
            if on_line(p.y) {
                sides.push(SidePiece { upright: false, line: p.y, from: p.x, to: p.x, sign: 0 });
            }
            if on_line(p.x) {
                sides.push(SidePiece { upright: true, line: p.x, from: p.y, to: p.y, sign: 0 });
            }
        }
    }

    /// Adds a stretch of a side with some ground on it: where its class stands, and the mark of its rim.
    fn add_side(&mut self, (place, rim): (usize, u32), upright: bool, line: i64, (from, to): (i64, i64), sign: i8) {
        if from == to {
            return;
        }
        if let Some(class) = self.classes.get_mut(place) {
            class.sides.push(SidePiece { upright, line, from, to, sign });
        }
        if rim != 0 {
            let point = |at| if upright { Point { x: line, y: at } } else { Point { x: at, y: line } };
            self.rim.push(RimEdge { from: point(from), to: point(to), mark: rim });
        }
    }
}

/// The outline of one class.
#[derive(Debug, Default, Clone)]
pub struct ClassOutline {
    class: u32,
    /// As they came.
    gathered: Heap<ClassEdge>,
    sides: Heap<SidePiece>,
    /// In order.
    edges: Vec<ClassEdge>,
}

impl ClassOutline {
    /// The number of the class.
    pub fn number(&self) -> u32 {
        self.class
    }

    /// Puts the outline into order; to be called once, before [`SideCorners::of`].
    pub fn settle(&mut self) {
        self.edges.reserve(self.gathered.len());
        self.edges.extend(std::mem::take(&mut self.gathered).into_values());
        self.cancel_sides();
        put_in_order(&mut self.edges);
        self.edges.dedup();
    }

    /// The shape: polygons in a fixed order. `corners` are those of all classes that were drawn together.
    pub fn shape(self, corners: &SideCorners) -> Vec<GridPolygon> {
        let mut polygons = nest::polygons(rings::trace(&self.edges));
        for ring in polygons.iter_mut().flatten() {
            smooth(ring, &|p| corners.is_plain(p));
        }
        polygons.sort_unstable();
        polygons
    }

    /// Along the sides of tiles, ground on both sides leaves no border.
    fn cancel_sides(&mut self) {
        let mut sides: Vec<SidePiece> = std::mem::take(&mut self.sides).into_values().collect();
        sides.sort_unstable();
        let mut changes: Vec<(i64, i32)> = Vec::new();
        for line in sides.chunk_by(|a, b| (a.upright, a.line) == (b.upright, b.line)) {
            changes.clear();
            for piece in line {
                changes.push((piece.from, i32::from(piece.sign)));
                changes.push((piece.to, -i32::from(piece.sign)));
            }
            changes.sort_unstable();
            let mut net = 0;
            let mut before = None;
            for here in changes.chunk_by(|a, b| a.0 == b.0) {
                let at = here[0].0;
                if let Some(from) = before.replace(at).filter(|_| net != 0) {
                    let point = |at| {
                        if line[0].upright {
                            Point { x: line[0].line, y: at }
                        } else {
                            Point { x: at, y: line[0].line }
                        }
                    };
                    let (from, to) = if net > 0 { (point(from), point(at)) } else { (point(at), point(from)) };
                    self.edges.push(ClassEdge { from, to });
                }
                net += here.iter().map(|c| c.1).sum::<i32>();
            }
        }
    }
}

/// The corners on the sides of tiles at which more than two borders, of all classes, meet.
#[derive(Debug, Default)]
pub struct SideCorners(Vec<Point>);

impl SideCorners {
    /// Those of some outlines that were put into order.
    pub fn of(classes: &[ClassOutline]) -> Self {
        let edges = classes.iter().flat_map(|class| &class.edges);
        let mut corners: Vec<Point> = edges.map(|edge| edge.from).filter(|&p| on_side(p)).collect();
        // Each class is in order already, of which a stable sort makes use.
        corners.sort();
        Self(corners.chunk_by(|p, q| p == q).filter(|same| same.len() > 2).map(|same| same[0]).collect())
    }

    /// Whether nothing else meets at a corner.
    fn is_plain(&self, p: Point) -> bool {
        self.0.binary_search(&p).is_err()
    }
}

/// Puts edges into their order: by the start, as one word each, and then the few that have it in common.
fn put_in_order(edges: &mut [ClassEdge]) {
    edges.sort_unstable_by_key(|edge| word(edge.from));
    for same in edges.chunk_by_mut(|a, b| a.from == b.from).filter(|same| same.len() > 1) {
        same.sort_unstable();
    }
}

/// A point as one word in the order of points.
fn word(p: Point) -> u128 {
    let ordered = |v: i64| u128::from(v as u64 ^ 1 << 63);
    ordered(p.x) << 64 | ordered(p.y)
}

/// Whether a coordinate is that of a side of tiles.
fn on_line(at: i64) -> bool {
    at & (TILE - 1) == 0
}

fn on_side(p: Point) -> bool {
    on_line(p.x) || on_line(p.y)
}

/// Leaves out corners on the sides of tiles that don't bend the ring by more than a grid step, and at which nothing
/// else meets: there the cut into tiles is all that made them. What is left out lies within two steps of what is drawn.
fn smooth(ring: &mut Vec<Point>, plain: &impl Fn(Point) -> bool) {
    let n = ring.len();
    let mut keep: Vec<bool> = (0..n)
        .map(|i| {
            let (a, b, c) = (ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]);
            let bend = crate::footprint::turn(a, b, c).abs();
            let length = i128::from((c.x - a.x).abs().max((c.y - a.y).abs()));
            let ahead = i128::from(b.x - a.x) * i128::from(c.x - b.x) + i128::from(b.y - a.y) * i128::from(c.y - b.y);
            !(on_side(b) && bend <= length && ahead > 0 && plain(b))
        })
        .collect();
    keep_curves(ring, &mut keep);
    if keep.iter().filter(|&&k| k).count() >= 3 {
        let mut keep = keep.into_iter();
        ring.retain(|_| keep.next().unwrap_or(true));
    }
}

/// Small bends add up where a source has its own corners on sides of tiles: keeps those that lie off the line between
/// the corners kept. The same from either end, so that neighbours keep the same ones.
fn keep_curves(ring: &[Point], keep: &mut [bool]) {
    let n = ring.len();
    let corners: Vec<usize> = (0..n).filter(|&i| keep[i]).collect();
    let next = corners.iter().skip(1).copied().chain(corners.first().map(|first| first + n));
    let mut stretches: Vec<(usize, usize)> = corners.iter().copied().zip(next).collect();
    while let Some((from, to)) = stretches.pop() {
        let (a, z) = (ring[from % n], ring[to % n]);
        let off = |m: usize| crate::footprint::turn(a, ring[m % n], z).abs();
        let length = i128::from((z.x - a.x).abs().max((z.y - a.y).abs()));
        let farthest = (from + 1..to).max_by_key(|&m| (off(m), ring[m % n]));
        if let Some(m) = farthest.filter(|&m| off(m) > 2 * length) {
            keep[m % n] = true;
            stretches.extend([(from, m), (m, to)]);
        }
    }
}
