//! Directed edges joined into simple rings.

use std::collections::HashMap;

use super::ClassEdge;
use crate::plane::Point;

/// Joins the edges of one class, sorted by their starts, into simple rings with the ground on the left.
///
/// Where several edges leave a point, the ring follows the ground round its corner: so pieces of ground that touch in
/// a point become rings of their own, and a ring that comes back to a point is divided there.
pub(super) fn trace(edges: &[ClassEdge]) -> Vec<Vec<Point>> {
    let mut used = vec![false; edges.len()];
    let mut rings = Vec::new();
    for first in 0..edges.len() {
        if used[first] {
            continue;
        }
        let mut ring = Vec::new();
        let mut at = first;
        let mut forks = false;
        loop {
            used[at] = true;
            ring.push(edges[at].from);
            let from = first_from(edges, edges[at].to, at);
            let leaving = edges[from..].iter().take_while(|e| e.from == edges[at].to).count();
            forks |= leaving > 1;
            // Every way in has its own way on, so a used one closes this ring.
            let next = (from..from + leaving).min_by(|&m, &n| round_corner(&edges[at], edges[m].to, edges[n].to));
            match next.filter(|&n| !used[n]) {
                Some(n) => at = n,
                None => break,
            }
        }
        if forks {
            divide(ring, &mut rings);
        } else {
            rings.push(ring);
        }
    }
    rings
}

/// The place of the first edge that begins at `p`. It is looked for from `near` on in growing steps: an edge mostly ends
/// where others begin that stand close to it in the list, and a search through all of it would wait for memory.
fn first_from(edges: &[ClassEdge], p: Point, near: usize) -> usize {
    let mut step = 1;
    let (mut low, mut high) = (near, near);
    if edges[near].from < p {
        while high < edges.len() && edges[high].from < p {
            (low, high) = (high + 1, high.saturating_add(step));
            step *= 2;
        }
    } else {
        while low > 0 && edges[low - 1].from >= p {
            (low, high) = (low.saturating_sub(step), low - 1);
            step *= 2;
        }
    }
    let high = high.min(edges.len());
    low + edges[low..high].partition_point(|e| e.from < p)
}

/// Orders two ways on from the end of an edge by how far they turn to the left: the sharpest left turn keeps to the
/// ground's own corner.
fn round_corner(edge: &ClassEdge, p: Point, q: Point) -> std::cmp::Ordering {
    let corner = edge.to;
    let back = (edge.from.x - corner.x, edge.from.y - corner.y);
    let way = |p: Point| (p.x - corner.x, p.y - corner.y);
    // Angles are measured clockwise from the way back, through the ground on the left: first half a turn, then the rest.
    let half = |v: (i64, i64)| u8::from(cross(back, v) >= 0);
    let (p, q) = (way(p), way(q));
    half(p).cmp(&half(q)).then_with(|| cross(p, q).cmp(&0))
}

fn cross(a: (i64, i64), b: (i64, i64)) -> i128 {
    i128::from(a.0) * i128::from(b.1) - i128::from(a.1) * i128::from(b.0)
}

/// Divides a ring at every point that it passes more than once.
fn divide(ring: Vec<Point>, rings: &mut Vec<Vec<Point>>) {
    let mut places: HashMap<Point, usize> = HashMap::new();
    let mut path: Vec<Point> = Vec::new();
    for p in ring {
        if let Some(&from) = places.get(&p) {
            let part = path.split_off(from);
            for q in &part {
                places.remove(q);
            }
            if part.len() > 2 {
                rings.push(part);
            }
        }
        places.insert(p, path.len());
        path.push(p);
    }
    if path.len() > 2 {
        rings.push(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_edge_from_a_point_is_found_from_anywhere() {
        let point = |x: usize| Point { x: x as i64 / 3 * 2, y: 7 };
        let edges: Vec<ClassEdge> = (0..40).map(|i| ClassEdge { from: point(i), to: point(0) }).collect();
        for near in 0..edges.len() {
            for x in -1..30 {
                let p = Point { x, y: 7 };
                assert_eq!(first_from(&edges, p, near), edges.partition_point(|e| e.from < p), "{near} {x}");
            }
        }
    }
}
