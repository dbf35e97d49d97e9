//! Which ring is a hole of which: Shapefile says it by direction alone, and files get it wrong.
//!
//! A ring that runs clockwise is ground; one that runs the other way is a hole of the ring that contains it. Where
//! that can't be right the ring counts as ground, since a hole that is none would lose contaminated land.

use std::cell::{Cell, OnceCell};

use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::read::extent::Extent;

/// How many edges may be looked at to find the holes of one record: far above any real one.
const MOST_WORK: usize = 100_000_000;

/// Rings of more edges than this are searched by a tree.
const FEW_EDGES: usize = 64;

type Boxes = RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>;

/// Groups rings to polygons; the error says why that can't be done.
pub(super) fn polygons(rings: Vec<Vec<Coord<f64>>>, notes: &mut Vec<String>) -> Result<Geometry<f64>, String> {
    if rings.iter().any(|ring| ring.first() != ring.last() && ring.iter().all(finite)) {
        notes.push(crate::read::UNCLOSED.into());
    }
    let (mut shells, mut holes) = (Vec::new(), Vec::new());
    // A record that is not finite is set aside later; its rings only have to stay together.
    let all_finite = rings.iter().flatten().all(finite);
    for ring in rings {
        let ring = Ring::new(ring);
        if all_finite && ring.doubled_area > 0.0 { holes.push(ring) } else { shells.push(Shell::new(ring)) }
    }
    if all_finite && !(shells.len() <= 1 && holes.is_empty()) {
        group(&mut shells, holes, notes)?;
    }
    let line = |ring: Ring| LineString(ring.line);
    let mut parts: Vec<Polygon<f64>> = shells
        .into_iter()
        .map(|shell| Polygon::new(line(shell.ring), shell.holes.into_iter().map(line).collect()))
        .collect();
    Ok(match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => Geometry::Polygon(only),
        (last, _) => {
            parts.extend(last);
            Geometry::MultiPolygon(MultiPolygon(parts))
        }
    })
}

struct Shell {
    ring: Ring,
    holes: Vec<Ring>,
}

impl Shell {
    fn new(ring: Ring) -> Self {
        Self { ring, holes: Vec::new() }
    }
}

fn group(shells: &mut Vec<Shell>, holes: Vec<Ring>, notes: &mut Vec<String>) -> Result<(), String> {
    let tree = boxes(shells.iter().map(|shell| shell.ring.bounds));
    let work = Work::default();
    let mut grounds = Vec::new();
    for hole in holes {
        // The smallest shell that holds most of the ring, and whether it holds all of it.
        let mut best: Option<(f64, usize, bool)> = None;
        for at in around(&tree, hole.bounds) {
            let Some(shell) = shells.get(at) else { continue };
            let share = hole.share_within(&shell.ring, &work)?;
            let holds = share.inside > 0 && share.inside + share.border > share.outside;
            let area = shell.ring.doubled_area.abs();
            if holds && best.is_none_or(|(smallest, _, _)| area < smallest) {
                best = Some((area, at, share.outside == 0));
            }
        }
        match best.and_then(|(_, at, whole)| Some((shells.get_mut(at)?, whole))) {
            Some((shell, whole)) => {
                if !whole {
                    notes.push("a hole reaches beyond the ring that it lies in".into());
                }
                shell.holes.push(hole);
            }
            None => {
                notes.push("a ring runs as a hole does, but lies in no other; it counts as ground".into());
                grounds.push(Shell::new(hole));
            }
        }
    }
    // Two rings of one direction, one in the other and not in its hole: the inner one may have been meant as a hole.
    for (at, shell) in shells.iter().enumerate() {
        let mut nested = false;
        for other in around(&tree, shell.ring.bounds) {
            let Some(outer) = shells.get(other).filter(|_| other != at) else { continue };
            if shell.ring.lies_in(&outer.ring, &work)? {
                let mut in_hole = false;
                for hole in &outer.holes {
                    in_hole |= shell.ring.lies_in(hole, &work)?;
                }
                nested |= !in_hole;
            }
        }
        if nested {
            notes.push("a ring lies in another of the same direction; it counts as ground and not as a hole".into());
        }
    }
    shells.extend(grounds);
    Ok(())
}

fn boxes(all: impl Iterator<Item = [f64; 4]>) -> Boxes {
    let boxed = all.enumerate().map(|(at, [x_min, y_min, x_max, y_max])| {
        GeomWithData::new(Rectangle::from_corners([x_min, y_min], [x_max, y_max]), at)
    });
    RTree::bulk_load(boxed.collect())
}

fn around(tree: &Boxes, [x_min, y_min, x_max, y_max]: [f64; 4]) -> Vec<usize> {
    let window = AABB::from_corners([x_min, y_min], [x_max, y_max]);
    let mut found: Vec<usize> = tree.locate_in_envelope_intersecting(window).map(|b| b.data).collect();
    found.sort_unstable();
    found
}

/// Counts what was looked at, so that no record takes for ever.
#[derive(Default)]
struct Work(Cell<usize>);

impl Work {
    fn spend(&self, steps: usize) -> Result<(), String> {
        self.0.set(self.0.get().saturating_add(steps));
        if self.0.get() > MOST_WORK {
            return Err("its rings are too many and too entangled to tell its holes".into());
        }
        Ok(())
    }
}

fn finite(c: &Coord<f64>) -> bool {
    c.x.is_finite() && c.y.is_finite()
}

struct Ring {
    line: Vec<Coord<f64>>,
    bounds: [f64; 4],
    /// Twice the area, positive for a ring that runs counter-clockwise.
    doubled_area: f64,
    edges: OnceCell<Boxes>,
}

/// Where the points of a ring lie in another.
#[derive(Default)]
struct Share {
    inside: usize,
    border: usize,
    outside: usize,
}

impl Ring {
    fn new(line: Vec<Coord<f64>>) -> Self {
        let mut extent = Extent::default();
        line.iter().for_each(|c| extent.add(c.x, c.y));
        // Counted from the first vertex, since large coordinates would cost the digits that matter.
        let origin = line.first().copied().unwrap_or_default();
        let closed = line.iter().skip(1).chain(line.first());
        let doubled_area = line
            .iter()
            .zip(closed)
            .map(|(a, b)| (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y))
            .sum();
        Self { line, bounds: extent.bounds().unwrap_or_default(), doubled_area, edges: OnceCell::new() }
    }

    fn edge(&self, at: usize) -> Option<(Coord<f64>, Coord<f64>)> {
        Some((*self.line.get(at)?, *self.line.get(at + 1).or_else(|| self.line.first())?))
    }

    fn lies_in(&self, outer: &Self, work: &Work) -> Result<bool, String> {
        work.spend(1)?;
        let ([a, b, c, d], [e, f, g, h]) = (self.bounds, outer.bounds);
        if a < e || b < f || c > g || d > h {
            return Ok(false);
        }
        let share = self.share_within(outer, work)?;
        Ok(share.inside > 0 && share.outside == 0)
    }

    /// Where the vertices, and the middles of the edges, lie: a ring whose vertices all stand on another may still
    /// be its hole.
    fn share_within(&self, outer: &Self, work: &Work) -> Result<Share, String> {
        let mut share = Share::default();
        for (a, b) in (0..self.line.len()).filter_map(|at| self.edge(at)) {
            let middle = Coord { x: a.x + (b.x - a.x) / 2.0, y: a.y + (b.y - a.y) / 2.0 };
            for point in [a, middle] {
                match outer.side(point, work)? {
                    Some(true) => share.inside += 1,
                    Some(false) => share.outside += 1,
                    None => share.border += 1,
                }
            }
        }
        Ok(share)
    }

    /// Whether a point lies inside (non-zero winding); nothing where it lies on the ring.
    fn side(&self, p: Coord<f64>, work: &Work) -> Result<Option<bool>, String> {
        // Only edges that reach to the right of the point can wind around it.
        let near: Vec<usize> = if self.line.len() <= FEW_EDGES {
            (0..self.line.len()).collect()
        } else {
            let tree = self.edges.get_or_init(|| {
                let edges = (0..self.line.len()).filter_map(|at| self.edge(at));
                boxes(edges.map(|(a, b)| [a.x.min(b.x), a.y.min(b.y), a.x.max(b.x), a.y.max(b.y)]))
            });
            let [_, _, x_max, _] = self.bounds;
            let ray = AABB::from_corners([p.x, p.y], [x_max.max(p.x), p.y]);
            tree.locate_in_envelope_intersecting(ray).map(|b| b.data).collect()
        };
        work.spend(near.len() + 1)?;
        let mut winding = 0_i64;
        for (a, b) in near.into_iter().filter_map(|at| self.edge(at)) {
            let turn = (b.x - a.x) * (p.y - a.y) - (p.x - a.x) * (b.y - a.y);
            let in_box = p.x >= a.x.min(b.x) && p.x <= a.x.max(b.x) && p.y >= a.y.min(b.y) && p.y <= a.y.max(b.y);
            if turn == 0.0 && in_box {
                return Ok(None);
            }
            if a.y <= p.y {
                winding += i64::from(b.y > p.y && turn > 0.0);
            } else {
                winding -= i64::from(b.y <= p.y && turn < 0.0);
            }
        }
        Ok(Some(winding != 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, side: f64, clockwise: bool) -> Vec<Coord<f64>> {
        let mut ring: Vec<Coord<f64>> = [(0., 0.), (0., 1.), (1., 1.), (1., 0.), (0., 0.)]
            .iter()
            .map(|(u, v)| Coord { x: x + u * side, y: y + v * side })
            .collect();
        if !clockwise {
            ring.reverse();
        }
        ring
    }

    /// The holes of each part, and the notes.
    fn holes(rings: &[Vec<Coord<f64>>]) -> (Vec<usize>, String) {
        let mut notes = Vec::new();
        let parts = match polygons(rings.to_vec(), &mut notes) {
            Ok(Geometry::Polygon(p)) => vec![p],
            Ok(Geometry::MultiPolygon(m)) => m.0,
            other => panic!("{other:?}"),
        };
        (parts.iter().map(|p| p.interiors().len()).collect(), notes.join(" "))
    }

    #[test]
    fn holes_go_to_the_ring_around_them() {
        let (big, far) = (square(0., 0., 10., true), square(20., 0., 10., true));
        let (hole, island, pond) = (square(1., 1., 8., false), square(2., 2., 6., true), square(3., 3., 1., false));
        assert_eq!(holes(std::slice::from_ref(&big)), (vec![0], String::new()));
        assert_eq!(holes(&[big.clone(), hole.clone()]), (vec![1], String::new()));
        assert_eq!(holes(&[hole.clone(), big.clone()]), (vec![1], String::new()));
        assert_eq!(holes(&[far, big, pond, hole, island]), (vec![0, 1, 1], String::new()));
    }

    #[test]
    fn doubt_keeps_ground() {
        let big = square(0., 0., 10., true);
        let says = |rings: &[Vec<Coord<f64>>], expected: &[usize], text: &str| {
            let (parts, notes) = holes(rings);
            assert_eq!(parts, expected);
            assert!(notes.contains(text), "{notes}");
        };
        // Alone, beside, equal: ground. A little beyond the border: a hole all the same, and said.
        says(&[square(0., 0., 1., false)], &[0], "counts as ground");
        says(&[big.clone(), square(20., 0., 1., false)], &[0, 0], "counts as ground");
        says(&[big.clone(), square(0., 0., 10., false)], &[0, 0], "counts as ground");
        says(&[big.clone(), square(1., 1., 9.5, false)], &[0, 0], "counts as ground");
        let mut beyond = square(1., 1., 5., false);
        beyond.insert(3, Coord { x: 11., y: 5. });
        says(&[big.clone(), beyond], &[1], "reaches beyond");
        says(&[big.clone(), square(1., 1., 2., true)], &[0, 0], "same direction");
        let mut open = big;
        open.pop();
        says(&[open], &[0], "not closed");
    }

    #[test]
    fn a_diamond_on_the_border_is_a_hole() {
        let diamond = [(5., 0.), (10., 5.), (5., 10.), (0., 5.), (5., 0.)].map(|(x, y)| Coord { x, y });
        assert_eq!(holes(&[square(0., 0., 10., true), diamond.to_vec()]), (vec![1], String::new()));
    }

    #[test]
    fn hostile_records_end() {
        let rings: Vec<_> = (0..12_000).map(|i| square(f64::from(i), f64::from(i), 20_000., i % 2 == 0)).collect();
        assert!(polygons(rings, &mut Vec::new()).is_err());
        assert!(polygons(vec![vec![Coord { x: f64::NAN, y: 0. }]; 3], &mut Vec::new()).is_ok());
        assert!(polygons(Vec::new(), &mut Vec::new()).is_ok());
    }
}
