//! Directed borders joined into simple rings.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::Hash;

use crate::footprint::turn;
use crate::plane::Point;

/// A point that borders lead through.
pub(super) trait Corner: Copy + Ord + Hash {
    /// One word in the order of corners.
    type Word: Ord;

    fn word(self) -> Self::Word;

    fn x(self) -> i64;

    /// Whether a way turns to the left (greater), or to the right.
    fn turn(a: Self, b: Self, c: Self) -> Ordering;
}

impl Corner for Point {
    type Word = u128;

    fn word(self) -> u128 {
        let ordered = |v: i64| u128::from(v as u64 ^ 1 << 63);
        ordered(self.x) << 64 | ordered(self.y)
    }

    fn x(self) -> i64 {
        self.x
    }

    fn turn(a: Self, b: Self, c: Self) -> Ordering {
        turn(a, b, c).cmp(&0)
    }
}

/// A border with ground on its left.
pub(super) trait Link {
    type At: Corner;

    fn from(&self) -> Self::At;

    /// Where it leads from its first point.
    fn second(&self) -> Self::At;

    /// Where it comes from to its last point.
    fn last_but_one(&self) -> Self::At;

    fn to(&self) -> Self::At;

    /// Whether there was more than one way on between its ends.
    fn forks(&self) -> bool;

    /// Its points but for the last.
    fn lead(&self, path: &mut Vec<Self::At>);
}

/// A straight border.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge<P> {
    pub from: P,
    pub to: P,
}

impl<P: Corner> Link for Edge<P> {
    type At = P;

    fn from(&self) -> P {
        self.from
    }

    fn second(&self) -> P {
        self.to
    }

    fn last_but_one(&self) -> P {
        self.from
    }

    fn to(&self) -> P {
        self.to
    }

    fn forks(&self) -> bool {
        false
    }

    fn lead(&self, path: &mut Vec<P>) {
        path.push(self.from);
    }
}

/// Puts edges into their order: by the start, as one word each, and then the few that have it in common.
pub(super) fn put_in_order<P: Corner>(edges: &mut [Edge<P>]) {
    edges.sort_unstable_by_key(|edge| edge.from.word());
    for same in edges.chunk_by_mut(|a, b| a.from == b.from).filter(|same| same.len() > 1) {
        same.sort_unstable();
    }
}

/// Links that were joined.
pub(super) struct Walk<'a> {
    /// The places of the links.
    pub path: &'a [usize],
    /// Whether it comes back to where it began.
    pub closed: bool,
    /// Whether there was more than one way on at some point.
    pub forks: bool,
}

impl Walk<'_> {
    /// The points of a closed walk as simple rings.
    pub fn corners<L: Link>(&self, links: &[L], mut ring: impl FnMut(&[L::At])) {
        let mut points = Vec::with_capacity(self.path.len());
        self.lead(links, &mut points);
        if self.forks {
            divide(&points, &mut ring);
        } else {
            ring(&points);
        }
    }

    /// The points of a walk but for the last.
    pub fn lead<L: Link>(&self, links: &[L], points: &mut Vec<L::At>) {
        self.path.iter().for_each(|&at| links[at].lead(points));
    }
}

/// Joins links, sorted by their starts, into walks with the ground on the left: first those that begin and end at ends of
/// the work, then those that close.
///
/// Where several links leave a point, the walk follows the ground round its corner: so pieces of ground that touch in a
/// point become rings of their own, and a ring that comes back to a point is divided there.
pub(super) fn trace<L: Link>(links: &[L], ends: impl Fn(L::At) -> bool, mut found: impl FnMut(Walk<'_>)) {
    let mut used = vec![false; links.len()];
    let mut path = Vec::new();
    for open in [true, false] {
        for first in 0..links.len() {
            if used[first] || open && !ends(links[first].from()) {
                continue;
            }
            path.clear();
            let mut at = first;
            let mut forks = false;
            loop {
                used[at] = true;
                path.push(at);
                forks |= links[at].forks();
                let to = links[at].to();
                if open && ends(to) {
                    break;
                }
                let from = first_from(links, to, at);
                let leaving = links[from..].iter().take_while(|link| link.from() == to).count();
                forks |= leaving > 1;
                // Every way in has its own way on, so a used one closes this ring.
                let way = |&m: &usize, &n: &usize| round_corner(&links[at], links[m].second(), links[n].second());
                match (from..from + leaving).min_by(way).filter(|&n| !used[n]) {
                    Some(n) => at = n,
                    None => break,
                }
            }
            found(Walk { path: &path, closed: !open, forks });
        }
    }
}

/// The place of the first link that begins at `p`. It is looked for from `near` on in growing steps: a link mostly ends
/// where others begin that stand close to it in the list, and a search through all of it would wait for memory.
fn first_from<L: Link>(links: &[L], p: L::At, near: usize) -> usize {
    let mut step = 1;
    let (mut low, mut high) = (near, near);
    if links[near].from() < p {
        while high < links.len() && links[high].from() < p {
            (low, high) = (high + 1, high.saturating_add(step));
            step *= 2;
        }
    } else {
        while low > 0 && links[low - 1].from() >= p {
            (low, high) = (low.saturating_sub(step), low - 1);
            step *= 2;
        }
    }
    let high = high.min(links.len());
    low + links[low..high].partition_point(|link| link.from() < p)
}

/// Orders two ways on from the end of a link by how far they turn to the left: the sharpest left turn keeps to the
/// ground's own corner.
fn round_corner<L: Link>(link: &L, p: L::At, q: L::At) -> Ordering {
    let (back, corner) = (link.last_but_one(), link.to());
    // Angles are measured clockwise from the way back, through the ground on the left: first half a turn, then the rest.
    let half = |way: L::At| u8::from(L::At::turn(corner, back, way).is_ge());
    half(p).cmp(&half(q)).then_with(|| L::At::turn(corner, p, q))
}

/// Divides a ring at every point that it passes more than once.
fn divide<P: Corner>(ring: &[P], found: &mut impl FnMut(&[P])) {
    let mut places: HashMap<P, usize> = HashMap::new();
    let mut path: Vec<P> = Vec::new();
    for &p in ring {
        if let Some(&from) = places.get(&p) {
            let part = path.split_off(from);
            for q in &part {
                places.remove(q);
            }
            if part.len() > 2 {
                found(&part);
            }
        }
        places.insert(p, path.len());
        path.push(p);
    }
    if path.len() > 2 {
        found(&path);
    }
}

/// A ring from its least corner on, so that it doesn't depend on where tracing began.
pub(super) fn from_least<P: Corner>(ring: &[P]) -> Vec<P> {
    let least = ring.iter().enumerate().min_by_key(|(_, p)| p.word()).map_or(0, |(i, _)| i);
    [&ring[least..], &ring[..least]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_edge_from_a_point_is_found_from_anywhere() {
        let point = |x: usize| Point { x: x as i64 / 3 * 2, y: 7 };
        let edges: Vec<Edge<Point>> = (0..40).map(|i| Edge { from: point(i), to: point(0) }).collect();
        for near in 0..edges.len() {
            for x in -1..30 {
                let p = Point { x, y: 7 };
                assert_eq!(first_from(&edges, p, near), edges.partition_point(|e| e.from < p), "{near} {x}");
            }
        }
    }
}
