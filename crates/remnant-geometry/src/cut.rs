//! Footprints cut into the tiles of a window.

use crate::footprint::Footprint;
use crate::noding::{Piece, Spot, spot, xy};
use crate::plane::{Bounds, Point, TILE, TILE_BITS};

/// Tiles along the side of a [`Window`].
pub const TILES_PER_WINDOW: i32 = 16;

/// A square of tiles: the unit of work. Windows are fixed in the plane, and accounts of windows add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// Windows north of the equator (negative to the south).
    pub row: i32,
    /// Windows east of the prime meridian (negative to the west).
    pub column: i32,
}

impl Window {
    /// The windows that a box reaches, as inclusive ranges of rows and columns.
    pub fn reached(bounds: &Bounds) -> (std::ops::RangeInclusive<i32>, std::ops::RangeInclusive<i32>) {
        let of = |steps: i64| (steps >> TILE_BITS).div_euclid(i64::from(TILES_PER_WINDOW)) as i32;
        (of(bounds.min.y)..=of(bounds.max.y), of(bounds.min.x)..=of(bounds.max.x))
    }

    /// The window's box.
    pub fn bounds(&self) -> Bounds {
        let side = TILE * i64::from(TILES_PER_WINDOW);
        let min = Point { x: i64::from(self.column) * side, y: i64::from(self.row) * side };
        Bounds { min, max: Point { x: min.x + side, y: min.y + side } }
    }

    fn first_row(&self) -> i32 {
        self.row * TILES_PER_WINDOW
    }

    fn first_column(&self) -> i32 {
        self.column * TILES_PER_WINDOW
    }
}

/// The pieces that one record has in one tile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) row: i32,
    pub(crate) column: i32,
    /// The record's number within the window.
    pub(crate) record: u32,
    /// Whether the record covers the tile's south-west corner.
    pub(crate) corner: bool,
    /// The range of [`WindowCut::pieces`].
    pub(crate) pieces: (u32, u32),
}

/// Tiles of one row that a record covers wholly and has no edge in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) row: i32,
    pub(crate) from: i32,
    /// The first column that is no longer covered.
    pub(crate) to: i32,
    pub(crate) record: u32,
}

/// What the records of a window have in each of its tiles; kept to reuse its memory.
#[derive(Default)]
pub(crate) struct WindowCut {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) runs: Vec<Run>,
    pub(crate) spans: Vec<Span>,
    scattered: Vec<(u32, Piece)>,
    /// For each row of tiles: whether the record covers the window's western side at the row's southern edge.
    west: Vec<bool>,
}

impl WindowCut {
    /// Forgets all records.
    pub(crate) fn clear(&mut self) {
        self.pieces.clear();
        self.runs.clear();
        self.spans.clear();
    }

    /// Adds the part of a footprint that lies in the window.
    pub(crate) fn add(&mut self, window: Window, record: u32, footprint: &Footprint) {
        let bounds = footprint.bounds();
        let (min, max) = (tile_of(bounds.min), tile_of(bounds.max));
        let reaches = window.bounds();
        if min == max && reaches.contains(bounds.min) && reaches.contains(bounds.max) {
            self.add_within_tile(record, min, footprint);
            return;
        }
        self.scattered.clear();
        self.west.clear();
        self.west.resize(TILES_PER_WINDOW as usize, false);
        footprint.edges_towards(&reaches, |p, q| self.scatter(window, record, p.min(q), p.max(q)));
        // Within a tile pieces stay in the order of the border.
        self.scattered.sort_by_key(|s| s.0);
        self.gather(window, record);
    }

    /// The common case: a record inside one tile.
    fn add_within_tile(&mut self, record: u32, (column, row): (i64, i64), footprint: &Footprint) {
        let start = self.pieces.len() as u32;
        let mut corner = false;
        footprint.edges().for_each(|(p, q)| {
            let (from, to) = (within_tile(p.min(q)), within_tile(p.max(q)));
            let ((ax, ay), (bx, by)) = (xy(from), xy(to));
            if ay == by && ay == 0 {
                return;
            }
            corner ^= ay != by && ((ay == 0 && ax == 0) || (by == 0 && bx == 0));
            self.pieces.push(Piece { from, to, record });
        });
        let pieces = (start, self.pieces.len() as u32);
        self.runs.push(Run { row: row as i32, column: column as i32, record, corner, pieces });
    }

    /// Cuts an edge first at the columns of tiles, then each part at the rows.
    ///
    /// A border between tiles is crossed at the nearest grid step; the step depends on the edge alone, so that both
    /// sides agree.
    fn scatter(&mut self, window: Window, record: u32, a: Point, b: Point) {
        let (tile, reaches) = (tile_of(a), window.bounds());
        // Most edges are short. The northern and the eastern side belong to other windows.
        if tile == tile_of(b) && reaches.contains(a) && a.x < reaches.max.x && a.y < reaches.max.y {
            // An edge along the southern side borders nothing inside the tile.
            if a.y != b.y || a.y & (TILE - 1) != 0 {
                let piece = Piece { from: within_tile(a), to: within_tile(b), record };
                self.scattered.push((number_in(window, tile), piece));
            }
            return;
        }
        if a.x > reaches.max.x || a.y.max(b.y) < reaches.min.y || a.y.min(b.y) >= reaches.max.y {
            return;
        }
        let mut at = a;
        if a.x < reaches.min.x {
            // West of the window only matters on which side of the record each row begins.
            at = if b.x < reaches.min.x { b } else { at_x(a, b, reaches.min.x) };
            self.toggle_west(window, a.y.min(at.y), a.y.max(at.y));
            if b.x < reaches.min.x {
                return;
            }
        }
        while at.x < b.x && at.x < reaches.max.x {
            let border = ((at.x >> TILE_BITS) + 1) << TILE_BITS;
            let end = if b.x <= border { b } else { at_x(a, b, border) };
            self.scatter_column(window, record, at.x >> TILE_BITS, at, end);
            at = end;
        }
        if at.x == b.x && at.y != b.y && at.x < reaches.max.x {
            // An upright edge belongs to the tile on its eastern side.
            self.scatter_column(window, record, at.x >> TILE_BITS, at, b);
        }
    }

    /// Cuts the part of an edge within a column of tiles at the rows.
    fn scatter_column(&mut self, window: Window, record: u32, column: i64, a: Point, b: Point) {
        let (low, high) = (a.y.min(b.y), a.y.max(b.y));
        let west = column << TILE_BITS;
        let first = i64::from(window.first_row());
        let last = first + i64::from(TILES_PER_WINDOW) - 1;
        let rows = (low >> TILE_BITS).max(first)..=((high - i64::from(high > low)) >> TILE_BITS).min(last);
        for row in rows {
            let south = row << TILE_BITS;
            let clip = |p: Point| match p.y.clamp(south, south + TILE) {
                y if y == p.y => p,
                y => at_y(a, b, y),
            };
            let (p, q) = (clip(a), clip(b));
            // An edge along the southern side borders nothing inside the tile.
            if p == q || (p.y == q.y && p.y == south) {
                continue;
            }
            let local = |p: Point| spot((p.x - west) as i32, (p.y - south) as i32);
            let (from, to) = (local(p).min(local(q)), local(p).max(local(q)));
            self.scattered.push((number_in(window, (column, row)), Piece { from, to, record }));
        }
    }

    /// Notes that the record's cover begins or ends west of the window, for every row that an edge crosses there.
    fn toggle_west(&mut self, window: Window, low: i64, high: i64) {
        let first = i64::from(window.first_row());
        // Rows whose southern edge lies in low..high.
        let from = ((low + TILE - 1) >> TILE_BITS).max(first) - first;
        let to = ((high + TILE - 1) >> TILE_BITS).min(first + i64::from(TILES_PER_WINDOW)) - first;
        for row in from..to {
            self.west[row as usize] ^= true;
        }
    }

    /// Turns the scattered pieces of a record into runs, and the tiles between them into spans.
    fn gather(&mut self, window: Window, record: u32) {
        let side = TILES_PER_WINDOW as u32;
        let mut at = 0;
        for r in 0..side {
            let row = window.first_row() + r as i32;
            let mut covered = self.west[r as usize];
            let mut next = 0;
            let column = |c: u32| window.first_column() + c as i32;
            while at < self.scattered.len() && self.scattered[at].0 / side == r {
                let key = self.scattered[at].0;
                let c = key % side;
                if covered && c > next {
                    self.spans.push(Span { row, from: column(next), to: column(c), record });
                }
                let start = self.pieces.len() as u32;
                let mut corner = covered;
                while let Some(&(_, piece)) = self.scattered.get(at).filter(|s| s.0 == key) {
                    let ((ax, ay), (bx, by)) = (xy(piece.from), xy(piece.to));
                    if ay.min(by) == 0 && ay != by {
                        covered ^= true;
                        corner ^= if ay == 0 { ax == 0 } else { bx == 0 };
                    }
                    self.pieces.push(piece);
                    at += 1;
                }
                let pieces = (start, self.pieces.len() as u32);
                self.runs.push(Run { row, column: column(c), record, corner, pieces });
                next = c + 1;
            }
            if covered && next < side {
                self.spans.push(Span { row, from: column(next), to: column(side), record });
            }
        }
    }
}

/// The tile of a point, as column and row.
fn tile_of(p: Point) -> (i64, i64) {
    (p.x >> TILE_BITS, p.y >> TILE_BITS)
}

/// A point as steps from the south-west corner of its tile.
#[inline]
fn within_tile(p: Point) -> Spot {
    spot((p.x & (TILE - 1)) as i32, (p.y & (TILE - 1)) as i32)
}

/// The number of a tile among those of its window, row by row.
#[inline]
fn number_in(window: Window, (column, row): (i64, i64)) -> u32 {
    let (row, column) = (row - i64::from(window.first_row()), column - i64::from(window.first_column()));
    (row * i64::from(TILES_PER_WINDOW) + column) as u32
}

/// The point of the edge `a`-`b` (`a.x < b.x`) at `x`, to the nearest step.
fn at_x(a: Point, b: Point, x: i64) -> Point {
    Point { x, y: a.y + scaled(b.y - a.y, x - a.x, b.x - a.x) }
}

/// The point of the edge `a`-`b` (`a.y != b.y`) at `y`, to the nearest step.
fn at_y(a: Point, b: Point, y: i64) -> Point {
    Point { x: a.x + scaled(b.x - a.x, y - a.y, b.y - a.y), y }
}

/// `a * n / d` to the nearest whole number, halves up; `n / d` lies between 0 and 1.
fn scaled(a: i64, n: i64, d: i64) -> i64 {
    let (n, d) = if d < 0 { (-n, -d) } else { (n, d) };
    if a.unsigned_abs() < 1 << 30 && d < 1 << 31 {
        (2 * a * n + d).div_euclid(2 * d)
    } else {
        ((2 * i128::from(a) * i128::from(n) + i128::from(d)).div_euclid(2 * i128::from(d))) as i64
    }
}
