//! An outline taken apart into plain edges, and built from them: so that what a window has given can be kept.

use super::{ClassEdge, ClassOutline, Outline, RimEdge, SidePiece};
use crate::plane::Point;

/// What an outline has gathered of one class.
#[derive(Debug, Clone, Copy)]
pub struct Gathered<'a>(&'a ClassOutline);

impl<'a> Gathered<'a> {
    /// The number of the class.
    pub fn class(self) -> u32 {
        self.0.class
    }

    /// How many edges there are.
    pub fn edge_count(self) -> usize {
        self.0.gathered.len()
    }

    /// Directed edges with ground of the class on the left, in the order in which they were met.
    pub fn edges(self) -> impl Iterator<Item = (Point, Point)> + 'a {
        self.0.gathered.iter().map(|edge| (edge.from, edge.to))
    }

    /// How many stretches of sides there are.
    pub fn side_count(self) -> usize {
        self.0.sides.len()
    }

    /// Stretches of the sides of tiles, in the order in which they were met.
    pub fn sides(self) -> impl Iterator<Item = SidePiece> + 'a {
        self.0.sides.iter()
    }
}

/// A class of an outline to which edges are added.
#[derive(Debug)]
pub struct Entering<'a>(&'a mut ClassOutline);

impl Entering<'_> {
    /// Adds a directed edge with ground of the class on its left.
    pub fn edge(&mut self, from: Point, to: Point) {
        self.0.gathered.push(ClassEdge { from, to });
    }

    /// Adds a stretch of a side of a tile.
    pub fn side(&mut self, side: SidePiece) {
        self.0.sides.push(side);
    }
}

impl Outline {
    /// What was gathered of every class, in the order in which classes were met; with [`Outline::rim`] it is all that
    /// an outline holds.
    pub fn gathered(&self) -> impl Iterator<Item = Gathered<'_>> {
        self.classes.iter().map(Gathered)
    }

    /// Enters a class that was gathered before, to add its edges as they were; `None` for 0, which is not drawn.
    pub fn entering(&mut self, class: u32) -> Option<Entering<'_>> {
        let place = self.place(class);
        self.classes.get_mut(place).map(Entering)
    }

    /// Adds a stretch of the rim as it was.
    pub fn enter_rim(&mut self, edge: RimEdge) {
        self.rim.push(edge);
    }
}
