//! Which hole belongs to which shell: a sweep over the rings of one class.

use super::GridPolygon;
use crate::footprint::turn;
use crate::plane::Point;
use crate::repair::doubled_area;

/// A ring's edge from its lesser to its greater end.
struct Edge {
    from: Point,
    to: Point,
    ring: u32,
}

/// Joins simple rings that don't cross, shells counter-clockwise and holes clockwise, into polygons.
///
/// The ground just below a hole's first corner is bounded from below by its shell, or by another hole of that shell.
/// Cost: n log n in the points where there are holes.
pub(super) fn polygons(rings: Vec<Vec<Point>>) -> Vec<GridPolygon> {
    let hole: Vec<bool> = rings.iter().map(|ring| doubled_area(ring.iter().copied()) < 0).collect();
    let parents = if hole.contains(&true) { parents(&rings, &hole) } else { Vec::new() };
    let mut polygons: Vec<GridPolygon> = rings.iter().map(|_| Vec::new()).collect();
    let mut holes = Vec::new();
    for (i, ring) in rings.into_iter().enumerate() {
        let ring = from_least(ring);
        if hole[i] { holes.push((parents[i], ring)) } else { polygons[i].push(ring) }
    }
    holes.sort_unstable();
    for (parent, ring) in holes {
        polygons[parent as usize].push(ring);
    }
    polygons.retain(|p| !p.is_empty());
    polygons
}

/// Starts a ring at its least point, so that it doesn't depend on where tracing began.
fn from_least(mut ring: Vec<Point>) -> Vec<Point> {
    let least = ring.iter().enumerate().min_by_key(|(_, p)| **p).map_or(0, |(i, _)| i);
    ring.rotate_left(least);
    ring
}

/// The shell of every hole; a ring's own number for shells.
fn parents(rings: &[Vec<Point>], hole: &[bool]) -> Vec<u32> {
    let mut edges = Vec::new();
    for (i, ring) in rings.iter().enumerate() {
        for (&p, &q) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            if p.x != q.x {
                edges.push(Edge { from: p.min(q), to: p.max(q), ring: i as u32 });
            }
        }
    }
    edges.sort_unstable_by_key(|e| e.from);
    let mut ends: Vec<Point> = edges.iter().map(|e| e.to).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut parents: Vec<Option<u32>> = hole.iter().enumerate().map(|(i, &hole)| (!hole).then_some(i as u32)).collect();
    let (mut next, mut end) = (0, 0);
    let mut active: Vec<u32> = Vec::new();
    while end < ends.len() {
        let p = edges.get(next).map_or(ends[end], |e| e.from.min(ends[end]));
        end += usize::from(ends[end] == p);
        let low = active.partition_point(|&e| turn(edges[e as usize].from, edges[e as usize].to, p) > 0);
        let mut high = low;
        while active.get(high).is_some_and(|&e| edges[e as usize].to == p) {
            high += 1;
        }
        let first = next;
        while edges.get(next).is_some_and(|e| e.from == p) {
            next += 1;
        }
        let mut starting: Vec<u32> = (first as u32..next as u32).collect();
        starting.sort_unstable_by(|&e, &f| turn(p, edges[e as usize].to, edges[f as usize].to).cmp(&0).reverse());
        let mut below = low.checked_sub(1).map(|i| edges[active[i] as usize].ring);
        for &e in &starting {
            let ring = edges[e as usize].ring;
            if parents[ring as usize].is_none() {
                parents[ring as usize] = below.and_then(|b| parents[b as usize]);
            }
            below = Some(ring);
        }
        active.splice(low..high, starting);
    }
    // A hole without a shell can't come from faces; it would stand alone rather than be lost.
    parents.iter().enumerate().map(|(i, p)| p.unwrap_or(i as u32)).collect()
}
