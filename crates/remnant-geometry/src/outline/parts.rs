//! An outline taken apart into lists of points, and built from them: so that what a window has given can be kept.

use super::{Chain, ClassOutline, GridPolygon, Outline, Polygons, RimEdge, RimSide, SidePiece};
use crate::plane::Point;

/// What an outline has gathered of one class.
#[derive(Debug, Clone, Copy)]
pub struct Gathered<'a>(&'a ClassOutline);

impl<'a> Gathered<'a> {
    /// The number of the class.
    pub fn class(self) -> u32 {
        self.0.class
    }

    /// Polygons that are whole.
    pub fn polygons(self) -> &'a Polygons {
        &self.0.finished
    }

    /// Holes that are whole, and whose shells are not.
    pub fn holes(self) -> &'a [Vec<Point>] {
        &self.0.holes
    }

    /// Borders from side to side of a window, with ground on their left, and whether they pass a point at which there was
    /// more than one way on.
    pub fn chains(self) -> impl ExactSizeIterator<Item = (&'a [Point], bool)> {
        self.0.chains.iter().map(|chain| (chain.points.as_slice(), chain.forks))
    }

    /// Stretches of the sides of windows, in the order in which they were met.
    pub fn sides(self) -> &'a [SidePiece] {
        &self.0.sides
    }
}

/// A class of an outline to which parts are added as they were.
#[derive(Debug)]
pub struct Entering<'a> {
    class: &'a mut ClassOutline,
    held: &'a mut u64,
}

impl Entering<'_> {
    /// Adds a polygon that is whole.
    pub fn polygon(&mut self, polygon: GridPolygon) {
        *self.held += self.class.finished.push(polygon);
    }

    /// Adds a hole that is whole, and whose shell is not.
    pub fn hole(&mut self, hole: Vec<Point>) {
        self.class.holes.push(hole);
    }

    /// Adds a border from side to side of a window; `None` for less than two points.
    pub fn chain(&mut self, points: Vec<Point>, forks: bool) -> Option<()> {
        (points.len() > 1).then(|| self.class.chains.push(Chain { points, forks }))
    }

    /// Adds a stretch of a side of a window.
    pub fn side(&mut self, side: SidePiece) {
        self.class.sides.push(side);
    }
}

impl Outline {
    /// What was gathered of every class, in the order in which classes were met; with [`Outline::rim`],
    /// [`Outline::rim_sides`] and [`Outline::busy`] it is all that an outline holds.
    pub fn gathered(&self) -> impl ExactSizeIterator<Item = Gathered<'_>> {
        self.classes.iter().map(Gathered)
    }

    /// The rim of marked ground but for the sides of windows, in no order.
    pub fn rim(&self) -> &[RimEdge] {
        &self.rim
    }

    /// Stretches of the sides of windows with marked ground on one side, in no order.
    pub fn rim_sides(&self) -> &[RimSide] {
        &self.rim_sides
    }

    /// Corners within windows at which so many borders meet that they stay.
    pub fn busy(&self) -> &[Point] {
        &self.busy
    }

    /// Enters a class that was gathered before, to add its parts as they were; `None` for 0, which is not drawn.
    pub fn entering(&mut self, class: u32) -> Option<Entering<'_>> {
        if class == 0 {
            return None;
        }
        let (class, held) = self.class(class);
        Some(Entering { class, held })
    }

    /// Adds a stretch of the rim as it was.
    pub fn enter_rim(&mut self, edge: RimEdge) {
        self.rim.push(edge);
    }

    /// Adds a stretch of the side of a window with marked ground, as it was.
    pub fn enter_rim_side(&mut self, side: RimSide) {
        self.rim_sides.push(side);
    }

    /// Adds a corner at which many borders meet, as it was.
    pub fn enter_busy(&mut self, corner: Point) {
        self.busy.push(corner);
    }
}
