//! Corners that only the sides of tiles have made, left out.

use super::{ClassOutline, Link};
use crate::footprint::turn;
use crate::plane::{Point, TILE};

/// The corners on the sides of tiles at which more than two borders, of all classes, meet: in order.
#[derive(Debug, Default)]
pub struct SideCorners(Vec<Point>);

impl SideCorners {
    pub(super) fn new(mut corners: Vec<Point>) -> Self {
        corners.sort_unstable();
        Self(corners)
    }

    /// Adds those on the sides of windows, from outlines that were put into order.
    pub fn enter(&mut self, classes: &[ClassOutline]) {
        let chains = classes.iter().flat_map(|class| &class.chains);
        self.0.extend(busy(chains.map(Link::from).collect()));
        self.0.sort_unstable();
    }

    pub(super) fn into_points(self) -> Vec<Point> {
        self.0
    }

    /// Whether nothing else meets at a corner.
    pub(super) fn is_plain(&self, p: Point) -> bool {
        self.0.binary_search(&p).is_err()
    }
}

/// Corners at which more than two borders begin.
pub(super) fn busy<P: Ord + Copy>(mut starts: Vec<P>) -> impl Iterator<Item = P> {
    starts.sort_unstable();
    let mut same = 0;
    let mut before = None;
    starts.into_iter().filter(move |&p| {
        same = if before.replace(p) == Some(p) { same + 1 } else { 1 };
        same == 3
    })
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
pub(super) fn smooth(ring: &mut Vec<Point>, plain: &impl Fn(Point) -> bool) {
    let n = ring.len();
    let goes = |i: usize| {
        if !on_side(ring[i]) {
            return false;
        }
        let (a, b, c) = (ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]);
        let bend = turn(a, b, c).abs();
        let length = i128::from((c.x - a.x).abs().max((c.y - a.y).abs()));
        let ahead = i128::from(b.x - a.x) * i128::from(c.x - b.x) + i128::from(b.y - a.y) * i128::from(c.y - b.y);
        bend <= length && ahead > 0 && plain(b)
    };
    let Some(first) = (0..n).find(|&i| goes(i)) else { return };
    let mut keep: Vec<bool> = (0..n).map(|i| i < first || !goes(i)).collect();
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
    let Some(first) = keep.iter().position(|&kept| kept) else { return };
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    let mut from = first;
    for to in (first + 1..=first + n).filter(|to| keep[to % n]) {
        if to > from + 1 {
            stretches.push((from, to));
        }
        from = to;
    }
    while let Some((from, to)) = stretches.pop() {
        let (a, z) = (ring[from % n], ring[to % n]);
        let off = |m: usize| turn(a, ring[m % n], z).abs();
        let length = i128::from((z.x - a.x).abs().max((z.y - a.y).abs()));
        let farthest = (from + 1..to).max_by_key(|&m| (off(m), ring[m % n]));
        if let Some(m) = farthest.filter(|&m| off(m) > 2 * length) {
            keep[m % n] = true;
            stretches.extend([(from, m), (m, to)]);
        }
    }
}
