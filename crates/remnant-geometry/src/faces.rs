//! The faces of one tile: a sweep over noded fragments that carries the set of covering records from edge to edge.

use crate::labels::Labels;
use crate::noding::{Fragment, Noder, Piece, Spot, side, xy};
use crate::plane::{RowArea, TILE};

/// The arrangement contradicts itself: a fault of this program, never of the data. Or, where `too_many` says so, the
/// borders in a tile meet more often than is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the faces do not fit together at step ({x}, {y}) of tile ({column}, {row})")]
pub struct Torn {
    /// Whether borders meet too often for the tile to be cut at all.
    pub too_many: bool,
    /// The tile's column, counted from the prime meridian.
    pub column: i32,
    /// The tile's row, counted from the equator.
    pub row: i32,
    /// Steps from the tile's western edge.
    pub x: i32,
    /// Steps from the tile's southern edge.
    pub y: i32,
}

/// No place of a tile: what [`TileFaces::cut`] gives where its borders meet too often.
pub(crate) const TOO_MANY: (i32, i32) = (-1, -1);

/// A fragment with the labels on either side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Border {
    pub(crate) from: Spot,
    pub(crate) to: Spot,
    /// The label to the left of the direction `from`-`to`: above, or west of a vertical one.
    pub(crate) left: u32,
    pub(crate) right: u32,
}

/// The spot that the sweep handled last.
#[derive(Clone, Copy)]
struct LastSpot {
    x: i32,
    /// Its place among the active fragments: the first one above it.
    place: usize,
    /// The label just above it on its western side.
    west: u32,
    /// The label just above it on its eastern side.
    east: u32,
}

/// Cuts the faces of a tile; kept to reuse its memory.
#[derive(Default)]
pub(crate) struct TileFaces {
    noder: Noder,
    pub(crate) labels: Labels,
    /// The area of each label, in area units.
    pub(crate) areas: Vec<i64>,
    /// Every fragment with its sides, where they are asked for.
    pub(crate) borders: Vec<Border>,
    /// Where the label changes along each side of the tile: from which step on, and to which label.
    pub(crate) south: Vec<(i32, u32)>,
    pub(crate) north: Vec<(i32, u32)>,
    pub(crate) west: Vec<(i32, u32)>,
    pub(crate) east: Vec<(i32, u32)>,
    entries: Vec<(i32, u32)>,
    entering: Vec<u32>,
    active: Vec<u32>,
    above: Vec<u32>,
    below: Vec<u32>,
    starting: Vec<u32>,
}

impl TileFaces {
    /// Cuts the tile by pieces of `records` records, of which `corner` cover the south-west corner.
    ///
    /// Afterwards the areas of all labels add up to the area of the tile, exactly.
    pub(crate) fn cut(
        &mut self,
        row: &RowArea,
        records: usize,
        corner: &[u32],
        pieces: &mut [Piece],
        most: usize,
        want_borders: bool,
    ) -> Result<(), (i32, i32)> {
        self.labels.start(records, corner);
        self.entries.clear();
        for piece in pieces.iter() {
            let ((ax, ay), (bx, by)) = (xy(piece.from), xy(piece.to));
            // An edge that reaches the southern side there begins or ends its record's cover of that side.
            if ay != by && ay.min(by) == 0 {
                let x = if ay == 0 { ax } else { bx };
                if x > 0 {
                    self.entries.push((x, piece.record));
                }
            }
        }
        self.entries.sort_unstable();
        if !self.noder.node(pieces, most) {
            return Err(TOO_MANY);
        }
        self.sweep(row, want_borders)
    }

    fn sweep(&mut self, row: &RowArea, want_borders: bool) -> Result<(), (i32, i32)> {
        let fragments = std::mem::take(&mut self.noder.fragments);
        let toggles = std::mem::take(&mut self.noder.toggles);
        let mut ends = std::mem::take(&mut self.noder.ends);
        // Starts count as events through the fragments themselves.
        ends.sort_unstable();
        ends.dedup();
        let result = self.sweep_fragments(row, &fragments, &toggles, &ends, want_borders);
        self.noder.ends = ends;
        self.noder.fragments = fragments;
        self.noder.toggles = toggles;
        result
    }

    fn sweep_fragments(
        &mut self,
        row: &RowArea,
        fragments: &[Fragment],
        toggles: &[u32],
        ends: &[Spot],
        want_borders: bool,
    ) -> Result<(), (i32, i32)> {
        let tile = TILE as i32;
        let of = |f: u32| &fragments[f as usize];
        self.reset(fragments);
        let mut entries = std::mem::take(&mut self.entries);
        let mut entry = 0;
        let (mut base, mut top, mut top_from) = (0_u32, 0_u32, 0_i32);
        let (mut next_start, mut next_end) = (0, 0);
        let mut last: Option<LastSpot> = None;
        while let Some(&end) = ends.get(next_end) {
            let start = fragments.get(next_start).map_or(Spot::MAX, |f| f.from);
            let p = start.min(end);
            if end == p {
                next_end += 1;
            }
            let (x, y) = xy(p);
            let base_west = base;
            if x == tile {
                break;
            }
            let here = entries[entry..].iter().take_while(|e| e.0 <= x).count();
            if here > 0 {
                base = self.enter(base, &entries[entry..entry + here]);
                entry += here;
                if want_borders {
                    note(&mut self.south, x, base);
                }
            }
            let low = self.active.partition_point(|&f| side(of(f).from, of(f).to, p) > 0);
            let mut high = low;
            while self.active.get(high).is_some_and(|&f| of(f).to == p) {
                high += 1;
            }
            // What the last spot left below its upper neighbour must be what that neighbour began with.
            if let Some(spot) = last.filter(|s| s.x != x || s.place < low)
                && self.active.get(spot.place).is_some_and(|&f| self.below[f as usize] != spot.east)
            {
                return Err((x, y));
            }
            let under = |active: &[u32], above: &[u32], i: usize, base: u32| {
                if i == 0 { base } else { above[active[i - 1] as usize] }
            };
            if high == low + 1
                && let Some(&ended) = self.active.get(low)
                && let Some(next) = self.passed_on(fragments, toggles, next_start, p, ended)
                && under(&self.active, &self.above, low, base) == self.below[ended as usize]
            {
                let (below, above) = (self.below[ended as usize], self.above[ended as usize]);
                (self.below[next as usize], self.above[next as usize]) = (below, above);
                self.active[low] = next;
                part(&mut self.areas, row, of(next), below, above);
                next_start += 1;
                last = Some(LastSpot { x, place: high, west: above, east: above });
                continue;
            }
            // What lies west of this spot, just above it.
            let west_below = match last {
                Some(spot) if spot.x == x && spot.place == low => spot.west,
                _ => under(&self.active, &self.above, low, base_west),
            };
            let west_above = if high > low { self.above[self.active[high - 1] as usize] } else { west_below };

            self.starting.clear();
            let mut vertical = None;
            while let Some(f) = fragments.get(next_start).filter(|f| f.from == p) {
                if xy(f.to).0 == x {
                    vertical = Some(next_start as u32);
                } else {
                    self.starting.push(next_start as u32);
                }
                next_start += 1;
            }
            self.starting.sort_unstable_by(|&f, &g| side(of(f).from, of(f).to, of(g).to).cmp(&0).reverse());

            let mut label = under(&self.active, &self.above, low, base);
            for &f in &self.starting {
                self.below[f as usize] = label;
                let (below, above) = (label, self.labels.toggled(label, of(f).records(toggles)));
                self.areas.resize(self.labels.len(), 0);
                self.above[f as usize] = above;
                part(&mut self.areas, row, of(f), below, above);
                label = above;
            }
            if let Some(f) = vertical
                && want_borders
                && x > 0
            {
                self.borders.push(Border { from: p, to: of(f).to, left: west_above, right: label });
            }
            let reaches_top = high == self.active.len();
            last = Some(LastSpot { x, place: low + self.starting.len(), west: west_above, east: label });
            if self.starting.len() == high - low {
                self.active[low..high].copy_from_slice(&self.starting);
            } else {
                self.active.splice(low..high, self.starting.iter().copied());
            }
            if reaches_top && label != top {
                self.areas[top as usize] += row.strip(x) - row.strip(top_from);
                (top, top_from) = (label, x);
                if want_borders {
                    note(&mut self.north, x, label);
                }
            }
            if want_borders && x == 0 {
                note(&mut self.west, y, label);
            }
        }
        if self.active.iter().any(|&f| xy(of(f).to).0 != tile) {
            return Err((tile, tile));
        }
        // Edges that a record has twice leave no spot behind; their entries cancel each other.
        let rest = entries[entry..].iter().take_while(|e| e.0 < tile).count();
        if self.enter(base, &entries[entry..entry + rest]) != base {
            return Err((tile, 0));
        }
        if want_borders {
            self.note_east(fragments, base);
        }
        self.areas[top as usize] += row.strip(tile) - row.strip(top_from);
        if want_borders {
            for (i, f) in fragments.iter().enumerate().filter(|(_, f)| xy(f.from).0 != xy(f.to).0) {
                self.borders.push(Border { from: f.from, to: f.to, left: self.above[i], right: self.below[i] });
            }
        }
        entries.clear();
        self.entries = entries;
        Ok(())
    }

    /// The fragment that goes on where `ended` ends at `p`, if no other begins there and it parts the same ground: so it
    /// is at nearly every corner of a border.
    #[inline]
    fn passed_on(&self, fragments: &[Fragment], toggles: &[u32], at: usize, p: Spot, ended: u32) -> Option<u32> {
        let next = fragments.get(at).filter(|f| f.from == p && xy(f.to).0 != xy(p).0)?;
        let alone = fragments.get(at + 1).is_none_or(|f| f.from != p);
        (alone && next.records(toggles) == fragments[ended as usize].records(toggles)).then_some(at as u32)
    }

    /// The label along the southern side after some records' cover of it begins or ends.
    fn enter(&mut self, base: u32, entries: &[(i32, u32)]) -> u32 {
        self.entering.clear();
        self.entering.extend(entries.iter().map(|e| e.1));
        let label = self.labels.toggled(base, &self.entering);
        self.areas.resize(self.labels.len(), 0);
        label
    }

    fn reset(&mut self, fragments: &[Fragment]) {
        self.areas.clear();
        self.areas.resize(self.labels.len(), 0);
        self.above.clear();
        self.above.resize(fragments.len(), 0);
        self.below.clear();
        self.below.resize(fragments.len(), 0);
        self.borders.clear();
        self.active.clear();
        for side in [&mut self.south, &mut self.north, &mut self.west, &mut self.east] {
            side.clear();
        }
        for side in [&mut self.south, &mut self.north, &mut self.west] {
            side.push((0, 0));
        }
    }

    /// What lies along the eastern side: the fragments that are active there all end on it.
    fn note_east(&mut self, fragments: &[Fragment], base: u32) {
        self.east.push((0, base));
        for &f in &self.active {
            let y = xy(fragments[f as usize].to).1;
            note(&mut self.east, y, self.above[f as usize]);
        }
    }
}

/// Gives one label the land under a fragment, and takes it from the other.
#[inline]
fn part(areas: &mut [i64], row: &RowArea, fragment: &Fragment, below: u32, above: u32) {
    let ((ax, ay), (bx, by)) = (xy(fragment.from), xy(fragment.to));
    let area = row.under(ax, ay, bx, by);
    areas[below as usize] += area;
    areas[above as usize] -= area;
}

/// Adds a change along a side; a later change at the same step replaces the earlier one.
fn note(side: &mut Vec<(i32, u32)>, at: i32, label: u32) {
    match side.last_mut() {
        Some(last) if last.0 == at => last.1 = label,
        Some(last) if last.1 == label => {}
        _ => side.push((at, label)),
    }
}
