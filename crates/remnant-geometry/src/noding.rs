//! Snap rounding: edges of a tile become fragments that meet only at their ends, on the grid.
//!
//! The method is Hobby's (Practical segment intersection with finite precision output, Computational Geometry 13,
//! 1999): the grid square round every end point and round every rounded crossing is *hot*, and every edge is led
//! through the centres of the hot squares that it passes. Fragments then never cross, and no edge moves by more than
//! half a grid step. All predicates are exact: tile coordinates are below 2^26, so products stay below 2^55.

use crate::cells::Cells;
use crate::plane::TILE_BITS;
use crate::strips::{Box4, Strips};

/// A point of a tile in one word, in order of x, then y.
pub(crate) type Spot = u64;

/// How often edges may be held against each other for each place where they may meet: thousands of records with one
/// corner in common have few such places, and yet every two of them are compared.
const COMPARISONS: u64 = 100;

/// Crossings for each edge from which on edges look for crossings near them, and not crossings for edges.
const DENSE: usize = 16;

/// Packs tile coordinates.
#[inline]
pub(crate) fn spot(x: i32, y: i32) -> Spot {
    (u64::from(x as u32) << 32) | u64::from(y as u32)
}

/// Tile coordinates of a spot.
#[inline]
pub(crate) fn xy(s: Spot) -> (i32, i32) {
    ((s >> 32) as i32, s as u32 as i32)
}

/// A record's edge inside a tile, from the lesser to the greater spot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Piece {
    pub(crate) from: Spot,
    pub(crate) to: Spot,
    /// The record's number within the tile.
    pub(crate) record: u32,
}

/// An edge of the arrangement with the records whose cover changes across it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fragment {
    pub(crate) from: Spot,
    pub(crate) to: Spot,
    /// The range of [`Noder::toggles`].
    pub(crate) toggles: (u32, u32),
}

impl Fragment {
    /// Its part of the records that fragments refer to.
    #[inline]
    pub(crate) fn records<'a>(&self, toggles: &'a [u32]) -> &'a [u32] {
        &toggles[self.toggles.0 as usize..self.toggles.1 as usize]
    }
}

/// Twice the signed area of the triangle from edge `from`-`to` to `p`: positive where `p` lies to the left.
#[inline]
pub(crate) fn side(from: Spot, to: Spot, p: Spot) -> i64 {
    let ((ax, ay), (bx, by), (px, py)) = (xy(from), xy(to), xy(p));
    i64::from(bx - ax) * i64::from(py - ay) - i64::from(by - ay) * i64::from(px - ax)
}

/// Nodes the edges of one tile; kept to reuse its memory.
#[derive(Default)]
pub(crate) struct Noder {
    order: Order,
    edges: Vec<Fragment>,
    edge_records: Vec<u32>,
    boxes: Vec<Box4<i32>>,
    strips: Strips,
    cells: Cells,
    hot: Vec<Hot>,
    crossings: Vec<Spot>,
    /// The parts that edges begin with, which may be all of an edge, and the others: `record` is the number of the edge.
    firsts: Vec<Piece>,
    split: Vec<Piece>,
    /// The fragments in order of their ends.
    pub(crate) fragments: Vec<Fragment>,
    /// Records that the fragments refer to.
    pub(crate) toggles: Vec<u32>,
    /// Spots in no order: all at which fragments end and none begins, and some others.
    pub(crate) ends: Vec<Spot>,
}

impl Noder {
    /// Nodes pieces; leaves the result in `fragments` and `toggles`. The pieces are put into order. Says whether `most`
    /// places where edges meet were enough; where they were not, nothing is noded.
    pub(crate) fn node(&mut self, pieces: &mut [Piece], most: usize) -> bool {
        self.find_ends(pieces);
        self.merge_edges(pieces);
        if !self.find_hot_spots(most) {
            return false;
        }
        if self.hot.is_empty() {
            // No edge passes another: edges are fragments already.
            std::mem::swap(&mut self.fragments, &mut self.edges);
            std::mem::swap(&mut self.toggles, &mut self.edge_records);
            return true;
        }
        self.split_edges();
        self.merge_fragments();
        true
    }

    /// A piece ends where none begins if none of the same border goes on from there. Pieces are in the order of borders;
    /// in any other more ends are found.
    fn find_ends(&mut self, pieces: &[Piece]) {
        self.ends.clear();
        let mut before = Spot::MAX;
        for (i, piece) in pieces.iter().enumerate() {
            let after = pieces.get(i + 1).map_or(Spot::MAX, |next| next.from);
            if piece.to != before && piece.to != after {
                self.ends.push(piece.to);
            }
            before = piece.from;
        }
    }

    /// Edges that several records share become one; a record that has an edge twice has no border there.
    fn merge_edges(&mut self, pieces: &mut [Piece]) {
        self.order.sort(pieces);
        self.edges.clear();
        self.edge_records.clear();
        for same in pieces.chunk_by(|a, b| (a.from, a.to) == (b.from, b.to)) {
            let start = self.edge_records.len();
            for times in same.chunk_by(|a, b| a.record == b.record) {
                if times.len() % 2 == 1 {
                    self.edge_records.push(times[0].record);
                }
            }
            if self.edge_records.len() > start {
                let toggles = (start as u32, self.edge_records.len() as u32);
                self.edges.push(Fragment { from: same[0].from, to: same[0].to, toggles });
            } else {
                self.ends.push(same[0].from);
            }
        }
    }

    /// Finds, for every edge, the hot spots that it passes between its ends.
    fn find_hot_spots(&mut self, most: usize) -> bool {
        self.hot.clear();
        self.crossings.clear();
        self.boxes.clear();
        self.boxes.extend(self.edges.iter().map(|e| {
            let ((ax, ay), (bx, by)) = (xy(e.from), xy(e.to));
            // One step larger to the north and east, so that edges which come within a step of each other meet.
            [ax, ay.min(by), bx + 1, ay.max(by) + 1]
        }));
        let Self { edges, boxes, strips, cells, hot, crossings, .. } = self;
        strips.fill(boxes);
        let enough = strips.pairs_within(boxes, (most as u64).saturating_mul(COMPARISONS), |i, j| {
            meet(edges, i, j, hot, crossings);
            hot.len() + crossings.len() <= most
        });
        if !enough || hot.len() + crossings.len() > most {
            return false;
        }
        crossings.sort_unstable();
        crossings.dedup();
        if crossings.len() / DENSE > edges.len() {
            cells.fill(crossings);
            for (i, edge) in edges.iter().enumerate() {
                cells.near(edge.from, edge.to, |p| push_hot(edges, i, p, hot));
                if hot.len() > most {
                    return false;
                }
            }
            return true;
        }
        for &p in crossings.iter() {
            let (x, y) = xy(p);
            strips.meeting_in_order(boxes, [x, y, x + 1, y + 1], |i| push_hot(edges, i, p, hot));
            if hot.len() > most {
                return false;
            }
        }
        true
    }

    /// Leads every edge through its hot spots.
    fn split_edges(&mut self) {
        self.hot.sort_unstable();
        self.hot.dedup();
        self.firsts.clear();
        self.split.clear();
        let mut hot = self.hot.as_slice();
        for (i, edge) in (0..).zip(&self.edges) {
            let mut at = edge.from;
            let mut part = |to: Spot| {
                let part = Piece { from: at.min(to), to: at.max(to), record: i };
                if to < at {
                    // It runs straight down, and what went on from here now ends here.
                    self.ends.push(at);
                }
                let list = if part.from == edge.from { &mut self.firsts } else { &mut self.split };
                list.push(part);
                at = to;
            };
            while let Some((&next, rest)) = hot.split_first().filter(|(h, _)| edge_of(**h) == i) {
                part(spot_of(next, edge));
                hot = rest;
            }
            part(edge.to);
        }
    }

    /// Parts of edges that have come to lie on each other become one fragment.
    fn merge_fragments(&mut self) {
        let Self { firsts, split, order, edges, edge_records: records, fragments, toggles, ends: lost, .. } = self;
        // Edges are in order, so of the parts that they begin with only those from one spot may be in another.
        sort_ends(firsts);
        order.sort(split);
        let (mut firsts, mut split) = (firsts.iter().peekable(), split.iter().peekable());
        let ends = |piece: &Piece| (piece.from, piece.to);
        let mut next_part = || match (firsts.peek(), split.peek()) {
            (Some(first), Some(part)) if ends(part) < ends(first) => split.next(),
            (None, _) => split.next(),
            _ => firsts.next(),
        };
        fragments.clear();
        let mut next = next_part();
        while let Some(part) = next {
            let mut of_edge = edges[part.record as usize].toggles;
            next = next_part();
            if next.is_some_and(|other| ends(other) == ends(part)) {
                let start = records.len();
                records.extend_from_within(of_edge.0 as usize..of_edge.1 as usize);
                while let Some(other) = next.filter(|other| ends(other) == ends(part)) {
                    let others = edges[other.record as usize].toggles;
                    records.extend_from_within(others.0 as usize..others.1 as usize);
                    next = next_part();
                }
                keep_odd(records, start);
                of_edge = (start as u32, records.len() as u32);
            }
            if of_edge.0 < of_edge.1 {
                fragments.push(Fragment { from: part.from, to: part.to, toggles: of_edge });
            } else {
                lost.push(part.from);
            }
        }
        std::mem::swap(toggles, records);
    }
}

/// Bits of a tile coordinate, which may be the side of the tile itself.
const COORDINATE_BITS: u32 = TILE_BITS + 1;

/// Bits that are left for the record where a piece is one word of 128.
const RECORD_BITS: u32 = 128 - 4 * COORDINATE_BITS;

/// Bits that are left for the number of a piece where its beginning is one word of 64.
const NUMBER_BITS: u32 = 64 - 2 * COORDINATE_BITS;

/// Puts pieces into order; kept to reuse its memory. Pieces take twice the time of words of 128 bits, and those twice
/// that of words of 64.
#[derive(Default)]
struct Order {
    words: Vec<u64>,
    long_words: Vec<u128>,
    sorted: Vec<Piece>,
}

impl Order {
    fn sort(&mut self, pieces: &mut [Piece]) {
        if pieces.len() <= 1 << NUMBER_BITS {
            self.sort_by_beginnings(pieces);
        } else if pieces.iter().all(|piece| piece.record >> RECORD_BITS == 0) {
            self.sort_as_words(pieces);
        } else {
            pieces.sort_unstable();
        }
    }

    /// So few that where they begin and their number fit into a word.
    fn sort_by_beginnings(&mut self, pieces: &mut [Piece]) {
        self.words.clear();
        self.words
            .extend((0..).zip(&*pieces).map(|(number, piece): (u64, _)| narrow(piece.from) << NUMBER_BITS | number));
        self.words.sort_unstable();
        let number = |word: &u64| (word & ((1 << NUMBER_BITS) - 1)) as usize;
        self.sorted.clear();
        self.sorted.extend(self.words.iter().map(|word| pieces[number(word)]));
        pieces.copy_from_slice(&self.sorted);
        sort_ends(pieces);
    }

    fn sort_as_words(&mut self, pieces: &mut [Piece]) {
        let spot_bits = 2 * COORDINATE_BITS;
        self.long_words.clear();
        self.long_words.extend(pieces.iter().map(|piece| {
            let ends = u128::from(narrow(piece.from)) << spot_bits | u128::from(narrow(piece.to));
            ends << RECORD_BITS | u128::from(piece.record)
        }));
        self.long_words.sort_unstable();
        for (piece, &word) in pieces.iter_mut().zip(&self.long_words) {
            let (ends, record) = (word >> RECORD_BITS, word as u32 & ((1 << RECORD_BITS) - 1));
            let to = ends as u64 & ((1 << spot_bits) - 1);
            *piece = Piece { from: wide((ends >> spot_bits) as u64), to: wide(to), record };
        }
    }
}

/// Puts pieces that are in order of where they begin into order.
fn sort_ends(pieces: &mut [Piece]) {
    pieces.chunk_by_mut(|a, b| a.from == b.from).filter(|same| same.len() > 1).for_each(<[Piece]>::sort_unstable);
}

/// A spot in as few bits as it needs, in the same order.
#[inline]
fn narrow(s: Spot) -> u64 {
    (s >> 32) << COORDINATE_BITS | (s & u64::from(u32::MAX))
}

/// The spot that was narrowed.
#[inline]
fn wide(n: u64) -> Spot {
    (n >> COORDINATE_BITS) << 32 | (n & ((1 << COORDINATE_BITS) - 1))
}

/// Keeps, once each, the records that occur an odd number of times from `start` on.
fn keep_odd(records: &mut Vec<u32>, start: usize) {
    records[start..].sort_unstable();
    let mut kept = start;
    let mut at = start;
    while at < records.len() {
        let record = records[at];
        let times = records[at..].iter().take_while(|&&r| r == record).count();
        if times % 2 == 1 {
            records[kept] = record;
            kept += 1;
        }
        at += times;
    }
    records.truncate(kept);
}

/// Notes what two edges have to do with each other: ends whose square the other passes, and the spot of a crossing.
#[inline]
fn meet(edges: &[Fragment], i: usize, j: usize, hot: &mut Vec<Hot>, crossings: &mut Vec<Spot>) {
    let (s, t) = (&edges[i], &edges[j]);
    if (s.from == t.from) | (s.to == t.from) | (s.to == t.to) {
        // So it is with most: they follow each other along a border, and the triangle that they span tells both distances.
        let other = if s.to == t.to { t.from } else { t.to };
        if 2 * side(s.from, s.to, other).abs() > reach(s).max(reach(t)) {
            return;
        }
    }
    let (d1, d2) = (side(s.from, s.to, t.from), side(s.from, s.to, t.to));
    let near_s = reach(s);
    if (2 * d1 > near_s && 2 * d2 > near_s) || (2 * d1 < -near_s && 2 * d2 < -near_s) {
        return;
    }
    let (d3, d4) = (side(t.from, t.to, s.from), side(t.from, t.to, s.to));
    let near_t = reach(t);
    if (2 * d3 > near_t && 2 * d4 > near_t) || (2 * d3 < -near_t && 2 * d4 < -near_t) {
        return;
    }
    for (distance, near, edge, p) in
        [(d1, near_s, i, t.from), (d2, near_s, i, t.to), (d3, near_t, j, s.from), (d4, near_t, j, s.to)]
    {
        if 2 * distance.abs() <= near {
            push_hot(edges, edge, p, hot);
        }
    }
    if d1.signum() * d2.signum() < 0 && d3.signum() * d4.signum() < 0 {
        // Both edges pass its square, so that both are told when all edges are asked about it.
        crossings.push(crossing(s, d3, d3 - d4));
    }
}

/// The rounded point at the fraction `numerator / denominator` of an edge; halves round up, as the squares are half-open.
fn crossing(edge: &Fragment, numerator: i64, denominator: i64) -> Spot {
    let (n, d) = if denominator < 0 { (-numerator, -denominator) } else { (numerator, denominator) };
    let fraction = n as f64 / d as f64;
    let along = |a: i32, b: i32| {
        // The crossing lies on the edge, so the offset is within the tile.
        let offset = fraction * f64::from(b - a) + 0.5;
        let down = offset.floor();
        // The offset is below 2^27 and wrong by less than 2^-24: far from a half that is enough.
        if (offset - down - 0.5).abs() < 0.499_999 {
            return a + down as i32;
        }
        let (n, d) = (i128::from(n), i128::from(d));
        a + (2 * n * i128::from(b - a) + d).div_euclid(2 * d) as i32
    };
    let ((ax, ay), (bx, by)) = (xy(edge.from), xy(edge.to));
    spot(along(ax, bx), along(ay, by))
}

/// Twice the distance within which a line may touch a square round a point, in units of [`side`].
#[inline]
fn reach(edge: &Fragment) -> i64 {
    let ((ax, ay), (bx, by)) = (xy(edge.from), xy(edge.to));
    i64::from(bx - ax) + i64::from((by - ay).abs())
}

/// Whether an edge passes the half-open square `[x - 1/2, x + 1/2) x [y - 1/2, y + 1/2)` round a spot.
pub(crate) fn passes(edge: &Fragment, p: Spot) -> bool {
    let ((ax, ay), (bx, by), (px, py)) = (xy(edge.from), xy(edge.to), xy(p));
    // Doubled coordinates about the square's centre: the square is [-1, 1), the edge's ends are even.
    let (x1, y1) = (2 * i64::from(ax - px), 2 * i64::from(ay - py));
    let (x2, y2) = (2 * i64::from(bx - px), 2 * i64::from(by - py));
    if x2 < -1 || x1 >= 1 || y1.max(y2) < -1 || y1.min(y2) >= 1 {
        return false;
    }
    if x1 == x2 || y1 == y2 {
        // Even and within -1..1: it runs through the centre.
        return true;
    }
    let corner = |cx: i64, cy: i64| ((x2 - x1) * (cy - y1) - (y2 - y1) * (cx - x1)).signum();
    let south_west = corner(-1, -1);
    let corners = [south_west, corner(1, -1), corner(1, 1), corner(-1, 1)];
    let above = corners.contains(&1);
    let below = corners.contains(&-1);
    // Across the square, or through the one corner that belongs to it.
    (above && below) || south_west == 0
}

/// A hot spot that an edge passes: the edge's number, then the spot in a form that grows along the edge.
type Hot = u128;

/// Notes a hot spot of an edge if the edge passes its square; its own ends need no note.
#[inline]
fn push_hot(edges: &[Fragment], i: usize, p: Spot, hot: &mut Vec<Hot>) {
    let edge = &edges[i];
    if p != edge.from && p != edge.to && passes(edge, p) {
        hot.push((i as u128) << 64 | Hot::from(along(p, edge)));
    }
}

/// A spot in a form that grows along the edge, and back again. An edge passes squares in order of x, and in one column in
/// the direction in which it rises or falls.
#[inline]
fn along(p: Spot, edge: &Fragment) -> u64 {
    let falls = (edge.to as u32) < (edge.from as u32);
    if falls { p ^ u64::from(u32::MAX) } else { p }
}

fn edge_of(hot: Hot) -> u32 {
    (hot >> 64) as u32
}

fn spot_of(hot: Hot, edge: &Fragment) -> Spot {
    along(hot as u64, edge)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudo(seed: u64) -> impl FnMut(i32) -> i32 {
        let mut state = seed;
        move |n| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % n as u64) as i32
        }
    }

    /// Fragments share at most their ends, and no spot lies inside one.
    fn assert_noded(fragments: &[Fragment]) {
        for (i, a) in fragments.iter().enumerate() {
            for b in &fragments[i + 1..] {
                let (d1, d2) = (side(a.from, a.to, b.from), side(a.from, a.to, b.to));
                let (d3, d4) = (side(b.from, b.to, a.from), side(b.from, b.to, a.to));
                assert!(!(d1.signum() * d2.signum() < 0 && d3.signum() * d4.signum() < 0), "cross: {a:?} {b:?}");
                for (d, e, p) in [(d1, a, b.from), (d2, a, b.to), (d3, b, a.from), (d4, b, a.to)] {
                    let (low, high) = (xy(e.from).1.min(xy(e.to).1), xy(e.from).1.max(xy(e.to).1));
                    let inside = d == 0
                        && p != e.from
                        && p != e.to
                        && xy(e.from).0 <= xy(p).0
                        && xy(p).0 <= xy(e.to).0
                        && (low..=high).contains(&xy(p).1);
                    assert!(!inside, "a spot inside an edge: {e:?} {:?}", xy(p));
                }
            }
        }
    }

    #[test]
    fn random_edges_on_small_grids_end_noded() {
        for seed in 0..400 {
            let mut next = pseudo(seed);
            let size = [4, 9, 30, 200, 100_000][seed as usize % 5];
            let count = 4 + next(40);
            let mut pieces: Vec<Piece> = (0..count)
                .filter_map(|r| {
                    let (p, q) = (spot(next(size), next(size)), spot(next(size), next(size)));
                    (p != q).then_some(Piece { from: p.min(q), to: p.max(q), record: r as u32 })
                })
                .collect();
            let mut noder = Noder::default();
            assert!(noder.node(&mut pieces, usize::MAX));
            assert_noded(&noder.fragments);
        }
    }

    #[test]
    fn a_fragment_ends_where_another_begins_or_where_the_noder_says_so() {
        let (mut all, mut told) = (0, 0);
        for seed in 0..2000 {
            let mut next = pseudo(seed);
            let size = [4, 9, 30, 3000][seed as usize % 4];
            // Rings in the order of their corners, of records that share some of them.
            let mut pieces: Vec<Piece> = Vec::new();
            for record in 0..1 + next(5) as u32 {
                let ring: Vec<Spot> = (0..3 + next(9)).map(|_| spot(next(size), next(size))).collect();
                let edges = ring.iter().zip(ring.iter().cycle().skip(1)).filter(|(p, q)| p != q);
                pieces.extend(edges.map(|(&p, &q)| Piece { from: p.min(q), to: p.max(q), record: record / 2 }));
            }
            let mut noder = Noder::default();
            assert!(noder.node(&mut pieces, usize::MAX));
            let begins: Vec<Spot> = noder.fragments.iter().map(|f| f.from).collect();
            for fragment in &noder.fragments {
                let known = begins.binary_search(&fragment.to).is_ok() || noder.ends.contains(&fragment.to);
                assert!(known, "seed {seed}: {:?}", xy(fragment.to));
            }
            all += noder.fragments.len();
            told += noder.ends.len();
        }
        assert!(2 * told < all, "{told} of {all}");
    }

    #[test]
    fn pieces_as_words_are_in_the_order_of_pieces() {
        let side = 1 << TILE_BITS;
        let mut next = pseudo(7);
        for (count, most) in [(500, 1 << RECORD_BITS), (5_000, 1 << RECORD_BITS), (5_000, i32::MAX)] {
            let mut pieces: Vec<Piece> = (0..count)
                .map(|_| Piece {
                    from: spot(next(3) * (side / 2), next(9) * (side / 8)),
                    to: spot(next(side + 1), next(2) * side),
                    record: next(most) as u32,
                })
                .collect();
            pieces.extend_from_within(..9);
            let mut sorted = pieces.clone();
            sorted.sort_unstable();
            Order::default().sort(&mut pieces);
            assert_eq!(pieces, sorted);
        }
    }

    #[test]
    fn a_pencil_of_edges_through_one_point_ends_noded() {
        let mut pieces: Vec<Piece> =
            (0..300).map(|i| Piece { from: spot(0, i * 7), to: spot(3001, 2100 - i * 7), record: i as u32 }).collect();
        let mut noder = Noder::default();
        assert!(noder.node(&mut pieces, usize::MAX));
        assert_noded(&noder.fragments);
    }

    #[test]
    fn a_record_that_has_an_edge_twice_has_no_border_there() {
        let edge = Piece { from: spot(0, 0), to: spot(5, 5), record: 3 };
        let mut noder = Noder::default();
        assert!(noder.node(&mut [edge, edge], usize::MAX));
        assert!(noder.fragments.is_empty());
        assert!(noder.node(&mut [edge, Piece { record: 4, ..edge }], usize::MAX));
        assert_eq!(noder.toggles, [3, 4]);
    }

    #[test]
    fn more_meetings_than_allowed_end_it() {
        let across = |i: i32| [(spot(0, 10 * i), spot(1000, 10 * i)), (spot(10 * i, 0), spot(10 * i, 1000))];
        let pairs = (1..=50).flat_map(across).zip(0..);
        let mut pieces: Vec<Piece> = pairs.map(|((from, to), record)| Piece { from, to, record }).collect();
        let mut noder = Noder::default();
        assert!(!noder.node(&mut pieces, 4999));
        assert!(noder.node(&mut pieces, 10_000));
    }
}
