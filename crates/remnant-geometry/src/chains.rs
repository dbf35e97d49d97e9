//! A fast look at rings that seldom change between east and west: whether they meet nowhere.
//!
//! A ring falls into chains that each run on eastwards or westwards. Two chains are gone along together, and pass each
//! other where one of them stays on one side of the other: the distance between them changes its course at corners only,
//! so it is enough to look there. Straight up counts as eastwards, as if the plane were tilted by less than a step.

use std::cmp::Ordering;
use std::ops::Range;

use crate::plane::{Bounds, Point};

/// Chains up to which each is held against each other.
const FEW_CHAINS: usize = 24;

/// Corners up to which rings are looked at in this way. So few are within every budget of comparisons.
const FEW_CORNERS: usize = 256;

/// How wide and high the box round the rings may be, so that a [`turn`] does not outgrow its number.
const SPAN: i64 = 1 << 31;

/// A corner as its steps east and north of the south-west corner of the box, each in a half of the number: so numbers
/// are in order as corners are along a chain.
type Corner = u64;

/// A part of a ring that runs on in one direction.
struct Chain {
    /// Where its corners stand, from the least to the greatest.
    corners: Range<usize>,
    /// Its ring, its place among the ring's chains, and how many these are. The first one rises from the ring's least
    /// corner, and rising and falling ones take turns.
    ring: usize,
    place: usize,
    of: usize,
}

impl Chain {
    /// Whether a chain that comes before another in the list begins where that one begins, and whether it ends where that
    /// one ends, since they follow each other in their ring.
    fn joints(&self, later: &Self) -> [bool; 2] {
        let next = self.ring == later.ring && self.place + 1 == later.place;
        let closing = self.ring == later.ring && self.place == 0 && later.place + 1 == self.of;
        let rises = self.place.is_multiple_of(2);
        [closing || next && !rises, next && rises]
    }
}

/// Whether no edges of rings meet but at the corners at which they follow each other. The rings have no repeated or closing
/// points and lie within `bounds`. `false` may also mean that they take a longer look.
pub(crate) fn nowhere_meet(rings: &[&[Point]], bounds: &Bounds) -> bool {
    let count: usize = rings.iter().map(|ring| ring.len()).sum();
    let small = bounds.max.x - bounds.min.x < SPAN && bounds.max.y - bounds.min.y < SPAN;
    if count > FEW_CORNERS || !small {
        return false;
    }
    let corner = |p: &Point| ((p.x - bounds.min.x) as u64) << 32 | (p.y - bounds.min.y) as u64;
    let mut corners: Vec<Corner> = Vec::with_capacity(count + rings.len() + FEW_CHAINS);
    let mut chains: Vec<Chain> = Vec::with_capacity(FEW_CHAINS + 2);
    for (number, ring) in rings.iter().enumerate() {
        let Some(least) = (0..ring.len()).min_by_key(|&i| corner(&ring[i])) else { continue };
        let begin = chains.len();
        let (mut from, mut last, mut rises) = (corners.len(), corner(&ring[least]), true);
        corners.push(last);
        for next in ring[least + 1..].iter().chain(&ring[..=least]).map(corner) {
            if (next > last) != rises {
                chains.push(chain(&mut corners, from, rises, number, chains.len() - begin));
                (from, rises) = (corners.len(), !rises);
                corners.push(last);
            }
            corners.push(next);
            last = next;
        }
        chains.push(chain(&mut corners, from, rises, number, chains.len() - begin));
        if chains.len() > FEW_CHAINS {
            return false;
        }
        let of = chains.len() - begin;
        chains[begin..].iter_mut().for_each(|chain| chain.of = of);
    }
    chains.iter().enumerate().all(|(i, one)| {
        let corners_of = |chain: &Chain| &corners[chain.corners.clone()];
        chains[i + 1..].iter().all(|other| pass(corners_of(one), corners_of(other), one.joints(other)))
    })
}

/// The chain of the corners from a place on.
fn chain(corners: &mut [Corner], from: usize, rises: bool, ring: usize, place: usize) -> Chain {
    if !rises {
        corners[from..].reverse();
    }
    Chain { corners: from..corners.len(), ring, place, of: 0 }
}

/// Whether two chains have nothing in common but their beginning or their end, where these are joints.
fn pass(one: &[Corner], other: &[Corner], [begin, end]: [bool; 2]) -> bool {
    let ([a, .., b], [c, .., d]) = (one, other) else { return false };
    let (low, high) = (*a.max(c), *b.min(d));
    if low >= high {
        return low > high;
    }
    // The edges that are passed at the time are those that lead to these.
    let mut i = one.partition_point(|&corner| corner <= low);
    let mut j = other.partition_point(|&corner| corner <= low);
    // Which side of the other chain this one keeps to.
    let mut side = 0;
    let mut keeps = |turn: i64| {
        let kept = turn != 0 && (side == 0 || (turn > 0) == (side > 0));
        side = turn;
        kept
    };
    let begun = match a.cmp(c) {
        Ordering::Less => keeps(-turn(one[i - 1], one[i], *c)),
        Ordering::Equal => begin,
        Ordering::Greater => keeps(turn(other[j - 1], other[j], *a)),
    };
    if !begun {
        return false;
    }
    loop {
        let (p, q) = (one[i], other[j]);
        let turn = match p.cmp(&q) {
            Ordering::Less => {
                i += 1;
                turn(other[j - 1], q, p)
            }
            Ordering::Equal => return end && i + 1 == one.len() && j + 1 == other.len(),
            Ordering::Greater => {
                j += 1;
                -turn(one[i - 1], p, q)
            }
        };
        if !keeps(turn) {
            return false;
        }
        if i == one.len() || j == other.len() {
            return true;
        }
    }
}

/// Twice the signed area of a triangle: positive where it turns left.
#[inline]
fn turn(a: Corner, b: Corner, c: Corner) -> i64 {
    let [[ax, ay], [bx, by], [cx, cy]] = [a, b, c].map(|corner| [(corner >> 32) as i64, corner as u32 as i64]);
    (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::footprint::turn as exact;
    use crate::seed;

    /// Whether edges meet elsewhere than where they follow each other, by looking at every two of them.
    fn met(rings: &[Vec<Point>]) -> bool {
        let edges: Vec<(usize, usize, Point, Point)> = rings
            .iter()
            .enumerate()
            .flat_map(|(r, ring)| (0..ring.len()).map(move |i| (r, i, ring[i], ring[(i + 1) % ring.len()])))
            .collect();
        let between = |a: Point, b: Point, p: Point| {
            exact(a, b, p) == 0 && Bounds::of([a, b]).is_some_and(|bounds| bounds.contains(p))
        };
        edges.iter().enumerate().any(|(k, &(r, i, a, b))| {
            edges[k + 1..].iter().any(|&(s, j, c, d)| {
                let n = rings[r].len();
                if r == s && (i + 1) % n == j {
                    return between(a, b, d) || between(c, d, a);
                }
                if r == s && (j + 1) % n == i {
                    return between(a, b, c) || between(c, d, b);
                }
                let sides = |a, b, c, d| exact(a, b, c).signum() * exact(a, b, d).signum();
                between(a, b, c)
                    || between(a, b, d)
                    || between(c, d, a)
                    || between(c, d, b)
                    || sides(a, b, c, d) < 0 && sides(c, d, a, b) < 0
            })
        })
    }

    /// Rings on a grid so coarse that corners, edges and directions often coincide.
    fn rings(seed: u64) -> Vec<Vec<Point>> {
        let mut state = seed;
        let mut below = |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % n) as i64
        };
        let (count, side) = (1 + below(3), 3 + below(5) as u64);
        let mut rings = Vec::new();
        for _ in 0..count {
            let (corners, at) = (3 + below(5), below(12));
            let mut ring: Vec<Point> = Vec::new();
            for _ in 0..corners {
                ring.push(Point { x: at + below(side), y: below(side) });
            }
            ring.dedup();
            while ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            }
            if ring.len() > 2 && ring.iter().any(|&p| exact(ring[0], ring[1], p) != 0) {
                rings.push(ring);
            }
        }
        rings
    }

    #[test]
    fn rings_meet_nowhere_where_no_two_edges_do() {
        let mut told = [0; 2];
        for seed in seed::of(0..60_000) {
            let mut rings = rings(seed);
            // As wide as the box may be, and a step wider.
            let stretch = [1, SPAN / 40][seed as usize % 2];
            rings.iter_mut().flatten().for_each(|p| *p = Point { x: p.x * stretch - 7, y: p.y * stretch + 3 });
            let Some(bounds) = Bounds::of(rings.iter().flatten().copied()) else { continue };
            let slices: Vec<&[Point]> = rings.iter().map(Vec::as_slice).collect();
            let met = met(&rings);
            assert_eq!(nowhere_meet(&slices, &bounds), !met, "seed {seed}: {rings:?}");
            told[usize::from(met)] += 1;
        }
        assert!(told.iter().all(|&n| n > 5_000), "{told:?}");
    }

    #[test]
    fn a_box_in_which_a_turn_could_outgrow_its_number_is_left_to_others() {
        for (side, fits) in [(SPAN - 1, true), (SPAN, false)] {
            let at = |x: i64, y: i64| Point { x: x * side - side, y: y * side };
            for ring in [[at(0, 0), at(1, 0), at(1, 1), at(0, 1)], [at(0, 1), at(1, 1), at(1, 0), at(0, 0)]] {
                let bounds = Bounds::of(ring).expect("a box");
                assert_eq!(nowhere_meet(&[&ring], &bounds), fits);
            }
        }
    }
}
