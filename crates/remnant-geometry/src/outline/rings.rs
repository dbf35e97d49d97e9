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
            let from = edges.partition_point(|e| e.from < edges[at].to);
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
