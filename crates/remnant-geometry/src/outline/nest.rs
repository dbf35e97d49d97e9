//! Which hole belongs to which shell: a sweep over the rings of one class.

use std::cmp::Ordering;

use super::rings::Corner;

/// A border's edge from its lesser to its greater end.
struct Edge<P> {
    from: P,
    to: P,
    ring: u32,
}

/// A shell, then its holes.
pub(super) type Family<P> = Vec<Vec<P>>;

/// Sorts simple rings that don't cross, each from its least corner on, into families: shells counter-clockwise, holes
/// clockwise. Beside them, the holes whose shells are not among the rings; `open` are other borders of the same ground.
///
/// Cost: n log n in the edges above or below the first corner of a hole.
pub(super) fn families<P: Corner>(rings: Vec<Vec<P>>, open: &[Vec<P>]) -> (Vec<Family<P>>, Vec<Vec<P>>) {
    let hole: Vec<bool> = rings.iter().map(|ring| is_hole(ring)).collect();
    let parents = if hole.contains(&true) { parents(&rings, &hole, open) } else { Vec::new() };
    let mut families: Vec<Family<P>> = rings.iter().map(|_| Vec::new()).collect();
    let (mut holes, mut orphans) = (Vec::new(), Vec::new());
    for (i, ring) in rings.into_iter().enumerate() {
        match hole[i].then(|| parents[i]) {
            None => families[i].push(ring),
            Some(Some(parent)) => holes.push((parent, ring)),
            Some(None) => orphans.push(ring),
        }
    }
    holes.sort_unstable();
    for (parent, ring) in holes {
        families[parent as usize].push(ring);
    }
    families.retain(|family| !family.is_empty());
    (families, orphans)
}

/// Whether a ring runs clockwise, by the turn at its least corner.
fn is_hole<P: Corner>(ring: &[P]) -> bool {
    match ring {
        [least, next, .., last] => P::turn(*last, *least, *next) == Ordering::Less,
        _ => false,
    }
}

/// The shell of every hole; a ring's own number for shells.
///
/// The ground just below a hole's first corner is bounded from below by its shell, or by another hole of that shell. Only
/// edges that lie above or below some hole's first corner are looked at.
fn parents<P: Corner>(rings: &[Vec<P>], hole: &[bool], open: &[Vec<P>]) -> Vec<Option<u32>> {
    let mut firsts: Vec<i64> = rings.iter().zip(hole).filter(|(_, hole)| **hole).map(|(ring, _)| ring[0].x()).collect();
    firsts.sort_unstable();
    let mut edges: Vec<Edge<P>> = Vec::new();
    let mut enter = |p: P, q: P, ring: usize| {
        let (from, to) = (p.min(q), p.max(q));
        let first = firsts.get(firsts.partition_point(|&x| x < from.x()));
        if from.x() < to.x() && first.is_some_and(|&x| x <= to.x()) {
            edges.push(Edge { from, to, ring: ring as u32 });
        }
    };
    for (i, ring) in rings.iter().enumerate() {
        ring.iter().zip(ring.iter().cycle().skip(1)).for_each(|(&p, &q)| enter(p, q, i));
    }
    for (i, chain) in (rings.len()..).zip(open) {
        chain.windows(2).for_each(|edge| enter(edge[0], edge[1], i));
    }
    edges.sort_unstable_by_key(|e| e.from.word());
    let mut ends: Vec<P> = edges.iter().map(|e| e.to).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut parents: Vec<Option<u32>> = (0..).zip(hole).map(|(i, &hole)| (!hole).then_some(i)).collect();
    // What lies below other borders is not known here.
    parents.resize(rings.len() + open.len(), None);
    let mut waiting = hole.to_vec();
    waiting.resize(parents.len(), false);
    let (mut next, mut end) = (0, 0);
    let mut active: Vec<u32> = Vec::new();
    let mut starting: Vec<u32> = Vec::new();
    while end < ends.len() {
        let p = edges.get(next).map_or(ends[end], |e| e.from.min(ends[end]));
        end += usize::from(ends[end] == p);
        let low = active.partition_point(|&e| P::turn(edges[e as usize].from, edges[e as usize].to, p).is_gt());
        let mut high = low;
        while active.get(high).is_some_and(|&e| edges[e as usize].to == p) {
            high += 1;
        }
        let first = next;
        while edges.get(next).is_some_and(|e| e.from == p) {
            next += 1;
        }
        starting.clear();
        starting.extend(first as u32..next as u32);
        starting.sort_unstable_by(|&e, &f| P::turn(p, edges[f as usize].to, edges[e as usize].to));
        let mut below = low.checked_sub(1).map(|i| edges[active[i] as usize].ring as usize);
        for &e in &starting {
            let ring = edges[e as usize].ring as usize;
            if std::mem::take(&mut waiting[ring]) {
                parents[ring] = below.and_then(|below| parents[below]);
            }
            below = Some(ring);
        }
        active.splice(low..high, starting.iter().copied());
    }
    parents
}
