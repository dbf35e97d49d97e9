//! The shapes of classes of ground, drawn from the faces of all windows.
//!
//! The borders of a window are joined as soon as it is cut: rings that stay clear of the window's sides are shapes then
//! and there, and of the others stretches from side to side are kept. Only those are joined over windows, at the end.

mod gather;
mod nest;
mod parts;
mod polygons;
mod rim;
mod rings;
mod smooth;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use crate::corners::Bytes;
use crate::plane::Point;
use rings::{Edge, Link};

pub(crate) use gather::Gathering;
pub use parts::{Entering, Gathered};
pub use polygons::Polygons;
pub use rim::{RimEdge, RimSide};
pub use smooth::SideCorners;

/// A polygon of the grid: the shell counter-clockwise, then the holes clockwise; rings without closing points.
pub type GridPolygon = Vec<Vec<Point>>;

/// A stretch of a side of a window with ground of a class on one side of it.
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
    /// Above 0 where an edge in ascending order has the ground on its left, below 0 where it has it on its right; 0 for
    /// a corner.
    pub sign: i8,
}

/// A border from side to side of a window: ground on its left, at least two points.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Chain {
    points: Vec<Point>,
    /// Whether it passes a point at which there was more than one way on.
    forks: bool,
}

impl Link for Chain {
    type At = Point;

    fn from(&self) -> Point {
        self.points[0]
    }

    fn second(&self) -> Point {
        self.points[1]
    }

    fn last_but_one(&self) -> Point {
        self.points[self.points.len() - 2]
    }

    fn to(&self) -> Point {
        self.points[self.points.len() - 1]
    }

    fn forks(&self) -> bool {
        self.forks
    }

    fn lead(&self, path: &mut Vec<Point>) {
        path.extend_from_slice(&self.points[..self.points.len() - 1]);
    }
}

/// Borders with ground on their left as polygons that are valid by OGC Simple Features, in a fixed order.
pub(crate) fn polygons_within(borders: Vec<(Point, Point)>) -> Vec<GridPolygon> {
    let mut edges: Vec<Edge<Point>> = borders.into_iter().map(|(from, to)| Edge { from, to }).collect();
    rings::put_in_order(&mut edges);
    let mut rings = Vec::new();
    rings::trace(&edges, |_| false, |walk| walk.corners(&edges, |ring| rings.push(rings::from_least(ring))));
    let mut polygons = polygons_of(rings);
    polygons.sort_unstable();
    polygons
}

/// All rings of some ground as polygons.
fn polygons_of(rings: Vec<Vec<Point>>) -> Vec<GridPolygon> {
    let (mut polygons, orphans) = nest::families(rings, &[]);
    // A hole without a shell can't come from faces; it stands alone rather than be lost.
    polygons.extend(orphans.into_iter().map(|hole| vec![hole]));
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
    /// Stretches of the sides of windows with marked ground.
    rim_sides: Vec<RimSide>,
    /// Corners within windows, on the sides of tiles, at which more than two borders meet.
    busy: Vec<Point>,
    /// Bytes of whole polygons in memory.
    held: u64,
}

impl Outline {
    /// Adds what another part of the work has collected.
    pub fn merge(&mut self, other: Self) {
        for class in other.classes {
            let own = self.class(class.class).0;
            own.finished.append(class.finished);
            append(&mut own.holes, class.holes);
            append(&mut own.chains, class.chains);
            append(&mut own.sides, class.sides);
        }
        append(&mut self.rim, other.rim);
        append(&mut self.rim_sides, other.rim_sides);
        append(&mut self.busy, other.busy);
        self.held += other.held;
    }

    /// A class, which comes to stand at the end where it is new, and the bytes of whole polygons.
    fn class(&mut self, class: u32) -> (&mut ClassOutline, &mut u64) {
        let place = *self.places.entry(class).or_insert_with(|| {
            self.classes.push(ClassOutline { class, ..ClassOutline::default() });
            self.classes.len() - 1
        });
        (&mut self.classes[place], &mut self.held)
    }

    /// Takes out the rim of marked ground, in no order. Stretches along the sides of tiles lie inside marked ground only
    /// where the marks on their sides are not `alike`.
    pub fn take_rim(&mut self, alike: impl Fn(u32, u32) -> bool) -> Vec<RimEdge> {
        let mut rim = std::mem::take(&mut self.rim);
        let mut sides = std::mem::take(&mut self.rim_sides);
        rim::open(&mut sides, alike, |edge| rim.push(edge));
        rim
    }

    /// Adds `by` to every mark of the rim, before marks of different parts are brought together.
    pub fn shift_marks(&mut self, by: u32) {
        self.rim.iter_mut().for_each(|edge| edge.mark += by);
        self.rim_sides.iter_mut().for_each(|side| side.mark += by);
    }

    /// Gives every class another number, other than 0 and of its own, before classes of different parts are brought
    /// together.
    pub fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        self.places.clear();
        for (place, class) in self.classes.iter_mut().enumerate() {
            class.class = number(class.class);
            self.places.insert(class.class, place);
        }
    }

    /// Bytes of memory that whole polygons take which came since such were last put aside.
    pub fn held(&self) -> u64 {
        self.held
    }

    /// Puts the polygons aside that are whole: `put` is given the bytes of some of them, again and again, and gives the
    /// place from which on these can be read `elsewhere`. Those that are joined over windows at the end stay in memory.
    ///
    /// # Errors
    /// Those of `put`.
    pub fn put_aside<E>(
        &mut self,
        elsewhere: &Arc<dyn Bytes>,
        mut put: impl FnMut(&[u8]) -> Result<u64, E>,
    ) -> Result<(), E> {
        self.classes.iter_mut().try_for_each(|class| class.finished.put_aside(elsewhere, &mut put))?;
        self.held = 0;
        Ok(())
    }

    /// The shape of every class: polygons that are valid by OGC Simple Features, in a fixed order.
    ///
    /// Corners that only the sides of tiles had made are left out. Cost: n log n in the corners.
    pub fn shapes(self) -> Vec<(u32, Polygons)> {
        let (mut classes, mut corners) = self.classes();
        classes.iter_mut().for_each(ClassOutline::settle);
        corners.enter(&classes);
        classes.into_iter().map(|class| (class.number(), class.shape(&corners))).collect()
    }

    /// The outline of every class by itself, in order of their numbers, so that several threads may do what
    /// [`Outline::shapes`] does: [`ClassOutline::settle`], [`SideCorners::enter`], [`ClassOutline::shape`].
    pub fn classes(self) -> (Vec<ClassOutline>, SideCorners) {
        let mut classes = self.classes;
        classes.sort_unstable_by_key(|class| class.class);
        (classes, SideCorners::new(self.busy))
    }
}

/// Appends a list; one that is empty takes the other's room.
fn append<T>(to: &mut Vec<T>, mut from: Vec<T>) {
    if to.is_empty() {
        *to = from;
    } else {
        to.append(&mut from);
    }
}

/// The outline of one class.
#[derive(Debug, Default, Clone)]
pub struct ClassOutline {
    class: u32,
    /// Polygons that lie within a window and touch none of its sides.
    finished: Polygons,
    /// Holes that do, and whose shells don't: each from its least corner on.
    holes: Vec<Vec<Point>>,
    chains: Vec<Chain>,
    sides: Vec<SidePiece>,
}

impl ClassOutline {
    /// The number of the class.
    pub fn number(&self) -> u32 {
        self.class
    }

    /// Puts the outline into order; to be called once, before [`SideCorners::enter`].
    pub fn settle(&mut self) {
        self.cancel_sides();
        self.chains.sort_unstable();
        self.chains.dedup();
    }

    /// The shape: polygons in a fixed order. `corners` are those of all classes that were drawn together.
    pub fn shape(self, corners: &SideCorners) -> Polygons {
        let Self { mut finished, holes: mut rings, chains, .. } = self;
        rings::trace(&chains, |_| false, |walk| walk.corners(&chains, |ring| rings.push(rings::from_least(ring))));
        drop(chains);
        let mut polygons = polygons_of(rings);
        for ring in polygons.iter_mut().flatten() {
            smooth::smooth(ring, &|p| corners.is_plain(p));
        }
        finished.append(polygons.into());
        finished.sort();
        finished
    }

    /// Along the sides of windows, ground on both sides leaves no border.
    fn cancel_sides(&mut self) {
        let mut sides = std::mem::take(&mut self.sides);
        sides.sort_unstable();
        let mut changes: Vec<(i64, i32)> = Vec::new();
        for line in sides.chunk_by(|a, b| (a.upright, a.line) == (b.upright, b.line)) {
            let SidePiece { upright, line: across, .. } = line[0];
            changes.clear();
            for piece in line {
                changes.push((piece.from, i32::from(piece.sign)));
                changes.push((piece.to, -i32::from(piece.sign)));
            }
            changes.sort_unstable();
            let point = |at| if upright { Point { x: across, y: at } } else { Point { x: at, y: across } };
            along(changes.iter().copied(), |from, to, net| {
                let points = if net > 0 { vec![point(from), point(to)] } else { vec![point(to), point(from)] };
                if net != 0 {
                    self.chains.push(Chain { points, forks: false });
                }
            });
        }
    }
}

/// Tells every stretch between two places of a line where ground changes, and how much of it is on the stretch.
fn along<T: Copy + Eq>(changes: impl Iterator<Item = (T, i32)>, mut tell: impl FnMut(T, T, i32)) {
    let (mut net, mut before) = (0, None);
    for (at, by) in changes {
        if let Some(from) = before.replace(at).filter(|&from| from != at) {
            tell(from, at, net);
        }
        net += by;
    }
}
