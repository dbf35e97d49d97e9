//! The rim of marked ground: a line with ground of one kind on both sides is no rim.

use super::SidePiece;
use crate::plane::{Point, TILE};

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

/// A stretch of a side of tiles with marked ground on one side of it; the other side is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RimSide {
    /// Where it is, and on which side it has the ground.
    pub side: SidePiece,
    /// The mark of the ground.
    pub mark: u32,
}

impl RimSide {
    fn edge(self) -> RimEdge {
        let SidePiece { upright, line, .. } = self.side;
        let at = |along| if upright { Point { x: line, y: along } } else { Point { x: along, y: line } };
        RimEdge { from: at(self.side.from), to: at(self.side.to), mark: self.mark }
    }

    /// Takes in what goes on where this ends, along the next row of tiles. Level stretches run over several tiles or
    /// not, as their tiles have it, and nobody could tell any more where they ended.
    fn go_on(&mut self, next: &Self) -> bool {
        let (SidePiece { upright, line, to, sign, .. }, side) = (self.side, next.side);
        let goes_on = upright && to == side.from && to % TILE == 0;
        let same = (side.upright, side.line, side.sign, next.mark) == (upright, line, sign, self.mark);
        if goes_on && same {
            self.side.to = side.to;
        }
        goes_on && same
    }

    /// What has been taken in, row by row again: as long as it was before, so that what is drawn along it is the same.
    fn rows(self) -> impl Iterator<Item = Self> {
        let SidePiece { upright, from, to, .. } = self.side;
        let mut rest = Some(from);
        std::iter::from_fn(move || {
            let from = rest?;
            let end = if upright { to.min((from.div_euclid(TILE) + 1) * TILE) } else { to };
            rest = (end < to).then_some(end);
            Some(Self { side: SidePiece { from, to: end, ..self.side }, ..self })
        })
    }
}

/// Joins stretches that go on over rows of tiles, until [`open`] is asked: a window within large ground has hundreds.
pub(super) fn join(sides: &mut Vec<RimSide>) {
    put_in_order(sides);
    sides.dedup_by(|next, before| before.go_on(next));
}

/// Tells the stretches that are rim: all but those which, over their whole length, have marked ground on their other
/// side too, of a mark that `alike` says stands for the same.
///
/// Nothing outside the ground is nearest to what is left out: on the way there it meets the rim, at an end at the latest.
/// Where marks differ the line stays, since it may be told which of them it is.
pub(super) fn open(sides: &mut [RimSide], alike: impl Fn(u32, u32) -> bool, mut tell: impl FnMut(RimEdge)) {
    put_in_order(sides);
    for line in sides.chunk_by(|a, b| (a.side.upright, a.side.line) == (b.side.upright, b.side.line)) {
        let (before, after) = line.split_at(line.partition_point(|s| s.side.sign < 0));
        for (own, other) in [(before, after), (after, before)] {
            let rows = own.iter().flat_map(|side| side.rows());
            rows.filter(|side| !is_within(side, other, &alike)).for_each(|side| tell(side.edge()));
        }
    }
}

/// By line, then by the side of it, then along it.
fn put_in_order(sides: &mut [RimSide]) {
    sides.sort_unstable_by_key(|RimSide { side, .. }| (side.upright, side.line, side.sign, side.from));
}

/// Whether all of a stretch has alike ground on its other side, of which `other` are the stretches in order: no two of
/// them overlap, since a side of a tile has one face at a place.
fn is_within(own: &RimSide, other: &[RimSide], alike: &impl Fn(u32, u32) -> bool) -> bool {
    let mut at = own.side.from;
    for next in &other[other.partition_point(|s| s.side.to <= at)..] {
        if next.side.from > at || !alike(own.mark, next.mark) {
            return false;
        }
        at = next.side.to;
        if at >= own.side.to {
            return true;
        }
    }
    false
}
