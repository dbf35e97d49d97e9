//! Rings that cross, overlap or touch, led through the grid once and filled by a rule.
//!
//! First every edge is led through the *hot* squares of the grid that it passes, those round ends and rounded crossings
//! (Hobby 1999, as in the tiles of the account): fragments then meet at their ends only, and no edge moves by more than
//! half a step. That is one pass and ends for any input; nothing is split again for having been moved. Then a sweep
//! tells how often rings wind around the ground on either side of each fragment, and what a rule wants is kept.
//!
//! All predicates are exact in 128 bits for coordinates below 2^60.

use crate::footprint::turn;
use crate::plane::Point;
use crate::strips::{Box4, Strips};

/// How often the rings of two kinds wind around some ground.
pub(crate) type Winding = [i32; 2];

/// A border of the arrangement, directed: ground on its left.
pub(crate) type Directed = (Point, Point);

/// A part of an edge from its lesser to its greater end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fragment {
    from: Point,
    to: Point,
    /// Whose it is.
    pub(crate) owner: u32,
    /// How often its owner runs from the lesser to the greater end, less how often it runs back.
    way: i32,
}

/// Parts that an edge is looked along in, at most: the box of a long slanted edge holds far more than lies beside it.
const LOOKS: i64 = 64;

/// Points that are looked at one by one before an edge is looked along in parts.
const FEW: usize = 64;

/// How rings may meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meetings {
    /// They may do anything; edges move by half a step at most.
    Any,
    /// They are known to cross nowhere: where they touch they are divided, and nothing moves.
    Touches,
}

/// Fragments of rings, each with its owner, in order; they meet at their ends only.
///
/// `None` where more than about `most` pairs of edges, or of edges and squares, would have to be looked at.
pub(crate) fn node<'a>(
    rings: impl IntoIterator<Item = (u32, &'a [Point])>,
    meetings: Meetings,
    most: u64,
) -> Option<Vec<Fragment>> {
    let mut owned: Vec<Fragment> = Vec::new();
    for (owner, ring) in rings {
        for (&p, &q) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            owned.extend(fragment(p, q, owner, 1));
        }
    }
    merge(&mut owned);
    let mut edges: Vec<(Point, Point)> = owned.iter().map(|e| (e.from, e.to)).collect();
    edges.dedup();
    let hot = hot_points(&edges, meetings, most)?;
    let boxes: Vec<Box4> = hot.iter().map(|p| [p.x, p.y, p.x, p.y]).collect();
    let mut strips = Strips::default();
    strips.fill(&boxes);
    let (mut parts, mut passed, mut done): (Vec<Fragment>, Vec<Point>, u64) = (Vec::new(), Vec::new(), 0);
    let mut few: Vec<u32> = Vec::new();
    for same in owned.chunk_by(|e, f| (e.from, e.to) == (f.from, f.to)) {
        let (a, b) = (same[0].from, same[0].to);
        passed.clear();
        let mut look_at = |i: usize| {
            done += 1;
            let p = hot[i];
            let meets = match meetings {
                Meetings::Any => passes(a, b, p),
                Meetings::Touches => turn(a, b, p) == 0 && p.y >= a.y.min(b.y) && p.y <= a.y.max(b.y),
            };
            if meets && a.x <= p.x && p.x <= b.x {
                passed.push(p);
            }
        };
        // Most edges are short, and there is little in their boxes.
        if strips.few_within(&boxes, around(a, b), FEW, &mut few) {
            few.iter().for_each(|&i| look_at(i as usize));
        } else {
            looks(a, b).for_each(|query| strips.points_within(&boxes, query, &mut look_at));
        }
        if done > most {
            return None;
        }
        // An edge comes to them in order of x, and upwards or downwards as it runs.
        let rises = if b.y < a.y { -1 } else { 1 };
        passed.extend([a, b]);
        passed.sort_unstable_by_key(|p| (p.x, rises * p.y));
        passed.dedup();
        for pair in passed.windows(2) {
            parts.extend(same.iter().filter_map(|e| fragment(pair[0], pair[1], e.owner, e.way)));
        }
    }
    merge(&mut parts);
    Some(parts)
}

fn fragment(p: Point, q: Point, owner: u32, way: i32) -> Option<Fragment> {
    match p.cmp(&q) {
        std::cmp::Ordering::Less => Some(Fragment { from: p, to: q, owner, way }),
        std::cmp::Ordering::Greater => Some(Fragment { from: q, to: p, owner, way: -way }),
        std::cmp::Ordering::Equal => None,
    }
}

/// Puts fragments into order and adds up those that are one; what runs back as often as forth is none.
fn merge(fragments: &mut Vec<Fragment>) {
    fragments.sort_unstable();
    fragments.dedup_by(|next, kept| {
        let same = (next.from, next.to, next.owner) == (kept.from, kept.to, kept.owner);
        kept.way += if same { next.way } else { 0 };
        same
    });
    fragments.retain(|f| f.way != 0);
}

/// The ends of edges, and where these cross the nearest points of the grid, in order.
fn hot_points(edges: &[(Point, Point)], meetings: Meetings, most: u64) -> Option<Vec<Point>> {
    let mut hot: Vec<Point> = edges.iter().flat_map(|e| [e.0, e.1]).collect();
    if meetings == Meetings::Any {
        let boxes: Vec<Box4> = edges.iter().map(|(a, b)| [a.x, a.y.min(b.y), b.x, a.y.max(b.y)]).collect();
        let mut strips = Strips::default();
        strips.fill(&boxes);
        let enough = strips.pairs_within(&boxes, most, |i, j| {
            hot.extend(crossing(edges[i], edges[j]));
            true
        });
        if !enough {
            return None;
        }
    }
    hot.sort_unstable();
    hot.dedup();
    Some(hot)
}

/// The point of the grid nearest to where two edges properly cross.
fn crossing((a, b): (Point, Point), (c, d): (Point, Point)) -> Option<Point> {
    let (c_side, d_side) = (turn(a, b, c), turn(a, b, d));
    if c_side.signum() * d_side.signum() >= 0 || turn(c, d, a).signum() * turn(c, d, b).signum() >= 0 {
        return None;
    }
    // It divides c-d as the distances of its ends from a-b do.
    let (part, whole) = (c_side.unsigned_abs(), c_side.unsigned_abs() + d_side.unsigned_abs());
    Some(Point { x: c.x + share(d.x - c.x, part, whole), y: c.y + share(d.y - c.y, part, whole) })
}

/// A length times a proper fraction, to the nearest step; halves go up.
fn share(length: i64, part: u128, whole: u128) -> i64 {
    // The product may take more than 128 bits: bit by bit, from the top.
    let (mut quotient, mut rest) = (0_u64, 0_u128);
    let size = length.unsigned_abs();
    for bit in (0..u64::BITS - size.leading_zeros()).rev() {
        quotient <<= 1;
        rest <<= 1;
        if size >> bit & 1 == 1 {
            rest += part;
        }
        while rest >= whole {
            rest -= whole;
            quotient += 1;
        }
    }
    let twice = rest << 1;
    match length < 0 {
        false => (quotient + u64::from(twice >= whole)) as i64,
        true => -((quotient + u64::from(twice > whole)) as i64),
    }
}

/// The box of an edge with all squares that it may pass.
fn around(a: Point, b: Point) -> Box4 {
    [a.x.min(b.x) - 2, a.y.min(b.y) - 2, a.x.max(b.x) + 2, a.y.max(b.y) + 2]
}

/// The boxes along an edge in which to look for squares that it passes.
fn looks(a: Point, b: Point) -> impl Iterator<Item = Box4> {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    // Upright and level edges have slim boxes anyway.
    let count = (dx.min(dy.abs()) / 4096).clamp(1, LOOKS);
    let at = move |length: i64, i: i64| (i128::from(length) * i128::from(i)).div_euclid(i128::from(count)) as i64;
    (0..count).map(move |i| {
        let (x, y) = ((a.x + at(dx, i), a.x + at(dx, i + 1)), (a.y + at(dy, i), a.y + at(dy, i + 1)));
        [x.0 - 2, y.0.min(y.1) - 2, x.1 + 2, y.0.max(y.1) + 2]
    })
}

/// Whether an edge from a lesser to a greater end passes the square round a point: from half a step below and to the
/// left, which belong to it, to half a step above and to the right, which don't.
fn passes(a: Point, b: Point, p: Point) -> bool {
    // In half steps about the point.
    let half = |q: Point| Point { x: 2 * (q.x - p.x), y: 2 * (q.y - p.y) };
    let (a, b) = (half(a), half(b));
    let (low, high) = (a.y.min(b.y), a.y.max(b.y));
    if b.x < -1 || a.x >= 1 || high < -1 || low >= 1 {
        return false;
    }
    let side = |x: i64, y: i64| turn(a, b, Point { x, y });
    match a.y.cmp(&b.y) {
        _ if a.x == b.x => true,
        std::cmp::Ordering::Equal => true,
        // Corners that it would only touch do not belong to the square,
        std::cmp::Ordering::Less => side(-1, 1) > 0 && side(1, -1) < 0,
        // but the one to the south-west does.
        std::cmp::Ordering::Greater => side(1, 1) > 0 && side(-1, -1) <= 0,
    }
}

/// The borders of the ground that a rule wants, with that ground on their left, in order.
///
/// Each part is a fragment and the kind, 0 or 1, of the ring that it stands for. `None` where fragments contradict each
/// other, which would be a fault of this program.
pub(crate) fn fill(parts: &[(Fragment, usize)], wanted: &dyn Fn(Winding) -> bool) -> Option<Vec<Directed>> {
    let mut edges: Vec<(Point, Point, Winding)> = parts
        .iter()
        .map(|&(f, kind)| {
            let mut ways = [0; 2];
            ways[kind] = f.way;
            (f.from, f.to, ways)
        })
        .collect();
    edges.sort_unstable();
    edges.dedup_by(|next, kept| {
        let same = (next.0, next.1) == (kept.0, kept.1);
        if same {
            (0..2).for_each(|kind| kept.2[kind] += next.2[kind]);
        }
        same
    });
    let mut ends: Vec<Point> = edges.iter().map(|e| e.1).collect();
    ends.sort_unstable();
    let mut above: Vec<Winding> = vec![[0; 2]; edges.len()];
    let (mut kept, mut active, mut starting) = (Vec::new(), Vec::<u32>::new(), Vec::<u32>::new());
    let (mut next, mut end) = (0, 0);
    while end < ends.len() {
        let p = edges.get(next).map_or(ends[end], |e| e.0.min(ends[end]));
        let ending = ends[end..].iter().take_while(|&&e| e == p).count();
        end += ending;
        let low = active.partition_point(|&e| turn(edges[e as usize].0, edges[e as usize].1, p) > 0);
        let high = low + ending;
        if high > active.len() || active[low..high].iter().any(|&e| edges[e as usize].1 != p) {
            return None;
        }
        starting.clear();
        while edges.get(next).is_some_and(|e| e.0 == p) {
            starting.push(next as u32);
            next += 1;
        }
        starting.sort_unstable_by(|&e, &f| turn(p, edges[e as usize].1, edges[f as usize].1).cmp(&0).reverse());
        let mut below = low.checked_sub(1).map_or([0; 2], |i| above[active[i] as usize]);
        for &e in &starting {
            let (from, to, ways) = edges[e as usize];
            let over = [below[0] + ways[0], below[1] + ways[1]];
            match (wanted(below), wanted(over)) {
                (false, true) => kept.push((from, to)),
                (true, false) => kept.push((to, from)),
                _ => {}
            }
            above[e as usize] = over;
            below = over;
        }
        // What lies above the point must be as it was.
        let before = match ending {
            0 => low.checked_sub(1).map_or([0; 2], |i| above[active[i] as usize]),
            _ => above[active[high - 1] as usize],
        };
        if below != before {
            return None;
        }
        active.splice(low..high, starting.iter().copied());
    }
    kept.sort_unstable();
    Some(kept)
}

/// Borders as fragments again, to be filled together with others.
pub(crate) fn fragments(borders: &[Directed]) -> impl Iterator<Item = Fragment> + '_ {
    borders.iter().filter_map(|&(p, q)| fragment(p, q, 0, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether two fragments share anything but ends.
    fn entangled(e: &Fragment, f: &Fragment) -> bool {
        let on = |a: Point, b: Point, p: Point| p != a && p != b && turn(a, b, p) == 0 && a < p && p < b;
        let inside =
            on(e.from, e.to, f.from) || on(e.from, e.to, f.to) || on(f.from, f.to, e.from) || on(f.from, f.to, e.to);
        inside || crossing((e.from, e.to), (f.from, f.to)).is_some()
    }

    fn rings(seed: u64) -> Vec<Vec<Point>> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut within = |low: i64, high: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            low + ((state >> 33) % (high - low + 1) as u64) as i64
        };
        let (dx, dy, reach) = (within(1, 999), within(-999, 999), [6, 60, 1 << 40][(seed % 3) as usize]);
        let ring = |corners: i64, within: &mut dyn FnMut(i64, i64) -> i64| -> Vec<Point> {
            let corner = |_| match seed % 2 {
                0 => Point { x: within(-reach, reach), y: within(-reach, reach) },
                _ => {
                    let k = within(-90, 90);
                    Point { x: dx * k + within(-1, 1), y: dy * k + within(-1, 1) }
                }
            };
            (0..corners).map(corner).collect()
        };
        (0..6).map(|i| ring(3 + i, &mut within)).collect()
    }

    #[test]
    fn fragments_meet_at_their_ends_only_and_fit_together() {
        for seed in 0..600 {
            let rings = rings(seed);
            let all = node((0..).zip(rings.iter().map(Vec::as_slice)), Meetings::Any, u64::MAX).expect("few edges");
            for (i, e) in all.iter().enumerate() {
                assert!(e.from < e.to);
                assert!(!all[i + 1..].iter().any(|f| entangled(e, f)), "seed {seed}: {e:?}");
            }
            let parts: Vec<_> = all.into_iter().map(|f| (f, 0)).collect();
            for rule in [(|w: Winding| w[0] != 0) as fn(Winding) -> bool, |w| w[0] % 2 != 0] {
                let borders = fill(&parts, &rule).expect("they fit together");
                // Every point of a border is left as often as it is come to.
                let mut net = std::collections::HashMap::<Point, i32>::new();
                for (p, q) in borders {
                    *net.entry(p).or_default() += 1;
                    *net.entry(q).or_default() -= 1;
                }
                assert!(net.values().all(|&n| n == 0), "seed {seed}");
            }
        }
    }

    #[test]
    fn edges_that_many_points_lie_beside_are_looked_along() {
        for seed in 0..6 {
            let many: Vec<Vec<Point>> = (0..9).flat_map(|i| rings(seed + 6 * i)).collect();
            let all = node((0..).zip(many.iter().map(Vec::as_slice)), Meetings::Any, u64::MAX).expect("few edges");
            let mut ends: Vec<Point> = all.iter().flat_map(|e| [e.from, e.to]).collect();
            ends.sort_unstable();
            ends.dedup();
            assert!(ends.len() > 2 * FEW, "seed {seed}: {}", ends.len());
            for (i, e) in all.iter().enumerate() {
                assert!(!all[i + 1..].iter().any(|f| entangled(e, f)), "seed {seed}: {e:?}");
            }
        }
    }

    #[test]
    fn fragments_that_cross_are_found_out() {
        let p = |x, y| Point { x, y };
        let bow_tie = [p(0, 0), p(9, 9), p(9, 0), p(0, 9)];
        let torn: Vec<_> =
            (0..4).filter_map(|i| fragment(bow_tie[i], bow_tie[(i + 1) % 4], 0, 1)).map(|f| (f, 0)).collect();
        assert_eq!(fill(&torn, &|w| w[0] != 0), None);
    }

    #[test]
    fn a_share_of_a_length_is_rounded_as_fractions_are() {
        let big = 1_u128 << 100;
        for (length, part, whole, want) in [
            (7, 1, 2, 4),
            (-7, 1, 2, -3),
            (9, 1, 3, 3),
            (-10, 1, 3, -3),
            (1 << 50, big - 1, big, 1 << 50),
            (5, 1, 11, 0),
        ] {
            assert_eq!(share(length, part, whole), want, "{length} * {part} / {whole}");
        }
    }

    #[test]
    fn too_much_to_look_at_ends_it() {
        let rings = rings(3);
        assert_eq!(node((0..).zip(rings.iter().map(Vec::as_slice)), Meetings::Any, 3), None);
    }
}
