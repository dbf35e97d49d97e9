//! Which of many points in a tile lie within a step of an edge: cells of the tile, and the way of the edge through them.
//!
//! Where edges cross all over a tile, crossings are to edges as an area is to its sides. Asking each crossing which edges
//! are near would hold each against all edges of its neighbourhood; an edge that goes its way through the cells looks at
//! few points that it does not pass.

use crate::noding::{Spot, xy};
use crate::plane::{TILE, TILE_BITS};

/// Points in the cells of a tile; kept to reuse its memory.
#[derive(Default)]
pub(crate) struct Cells {
    /// The side of a cell, as a power of two.
    bits: u32,
    /// Where the points of each cell begin among `points`: row by row from the south-west.
    starts: Vec<u32>,
    points: Vec<Spot>,
}

impl Cells {
    /// Takes points of a tile into cells, of which there are about as many.
    pub(crate) fn fill(&mut self, points: &[Spot]) {
        let doublings = (points.len().max(1).ilog2() / 2).min(TILE_BITS);
        self.bits = TILE_BITS - doublings;
        let (across, count) = (self.across(), self.across() * self.across());
        self.starts.clear();
        self.starts.resize(count + 2, 0);
        let cell = |bits: u32, p: Spot| {
            let (x, y) = xy(p);
            (y >> bits) as usize * across + (x >> bits) as usize
        };
        for &p in points {
            self.starts[cell(self.bits, p) + 2] += 1;
        }
        for c in 2..self.starts.len() {
            self.starts[c] += self.starts[c - 1];
        }
        self.points.clear();
        self.points.resize(points.len(), 0);
        for &p in points {
            let at = &mut self.starts[cell(self.bits, p) + 1];
            self.points[*at as usize] = p;
            *at += 1;
        }
    }

    /// Cells along a side: coordinates run from 0 to the side of the tile, both included.
    fn across(&self) -> usize {
        (TILE >> self.bits) as usize + 1
    }

    /// Calls `near` once for every point of which some place of the edge is no more than half a step away in either
    /// coordinate, and for few others. The ends are in order of their abscissas.
    pub(crate) fn near(&self, from: Spot, to: Spot, mut near: impl FnMut(Spot)) {
        let ((ax, ay), (bx, by)) = (xy(from), xy(to));
        let (ax, ay, bx, by) = (i64::from(ax), i64::from(ay), i64::from(bx), i64::from(by));
        let across = self.across();
        let cell = |n: i64| (n.clamp(0, TILE)) >> self.bits;
        for column in cell(ax - 1)..=cell(bx + 1) {
            // The part of the edge that may be near a point of the column, in whole steps.
            let low = ax.max((column << self.bits) - 1);
            let high = bx.min((column + 1) << self.bits);
            if low > high {
                continue;
            }
            // Below 2^27 times 2^27: far from the end of the word.
            let ordinates = |x: i64| match bx - ax {
                0 => (ay.min(by), ay.max(by)),
                wide => {
                    let down = ay + ((by - ay) * (x - ax)).div_euclid(wide);
                    (down, down + 1)
                }
            };
            let ((a, b), (c, d)) = (ordinates(low), ordinates(high));
            for row in cell(a.min(c) - 1)..=cell(b.max(d) + 1) {
                let at = row as usize * across + column as usize;
                self.points[self.starts[at] as usize..self.starts[at + 1] as usize].iter().for_each(|&p| near(p));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noding::{Fragment, passes, spot};
    use crate::seed;

    #[test]
    fn an_edge_meets_every_point_that_it_passes_once_and_few_others() {
        for seed in seed::of(0..60) {
            let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            let mut next = |end: i64| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                ((state >> 33) as i64 % end) as i32
            };
            // A small corner of the tile, where points are near edges, its far side, and all of it.
            let (side, base) = [(40, 0), (40, TILE as i32 - 40), (TILE, 0)][seed as usize % 3];
            let mut place = || spot(base + next(side + 1), base + next(side + 1));
            let mut points: Vec<Spot> = (0..600).map(|_| place()).collect();
            points.sort_unstable();
            points.dedup();
            let mut cells = Cells::default();
            cells.fill(&points);
            for _ in 0..80 {
                let (a, b) = (place(), place());
                let (from, to) = (a.min(b), a.max(b));
                if from == to {
                    continue;
                }
                let mut seen = Vec::new();
                cells.near(from, to, |p| seen.push(p));
                let all = seen.len();
                seen.sort_unstable();
                seen.dedup();
                assert_eq!(seen.len(), all, "seed {seed}: a point comes twice");
                let edge = Fragment { from, to, toggles: (0, 0) };
                let passed = points.iter().filter(|&&p| passes(&edge, p));
                assert!(passed.into_iter().all(|p| seen.binary_search(p).is_ok()), "seed {seed}");
                assert!(side < TILE || all < 150, "seed {seed}: {all} of {} points", points.len());
            }
        }
    }
}
