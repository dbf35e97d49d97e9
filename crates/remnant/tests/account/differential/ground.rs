//! Ground as its source gives it, and what lies in it: winding numbers in whole numbers.

use remnant_geometry::plane::{HALF_TURN, TURN};
use remnant_geometry::{Footprint, Point, RawPolygon};

/// Polygons of rings, the shell first. Rings are not closed, and go beyond the antimeridian where they cross it.
#[derive(Debug, Clone, Default)]
pub struct Ground(pub Vec<Vec<Vec<Point>>>);

/// Where a point lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lies {
    Inside,
    Outside,
    OnBorder,
}

/// Twice the area of the triangle `p`, `q`, `r`; positive where it turns left.
pub fn turn(p: Point, q: Point, r: Point) -> i128 {
    i128::from(q.x - p.x) * i128::from(r.y - p.y) - i128::from(q.y - p.y) * i128::from(r.x - p.x)
}

impl Ground {
    pub fn ring(ring: Vec<Point>) -> Self {
        Self(vec![vec![ring]])
    }

    pub fn rings(&self) -> impl Iterator<Item = &Vec<Point>> {
        self.0.iter().flatten()
    }

    pub fn edges(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        self.rings().flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)).map(|(&p, &q)| (p, q)))
    }

    /// As a file would give it: closed, and within 180 degrees.
    pub fn footprint(&self) -> Option<Footprint> {
        let place = |p: &Point| Point { x: if p.x > HALF_TURN { p.x - TURN } else { p.x }, y: p.y }.degrees();
        let ring = |ring: &Vec<Point>| ring.iter().chain(ring.first()).map(place).collect();
        let polygon = |rings: &Vec<Vec<Point>>| RawPolygon { rings: rings.iter().map(ring).collect() };
        Footprint::new(&self.0.iter().map(polygon).collect::<Vec<_>>()).ok().map(|made| made.0)
    }

    /// By the contract: a ring covers what it winds around, a polygon its first ring less the others, all of them the
    /// union.
    pub fn lies(&self, p: Point) -> Lies {
        let mut inside = false;
        for rings in &self.0 {
            let mut holds = !rings.is_empty();
            for (number, ring) in rings.iter().enumerate() {
                match winding(ring, p) {
                    // Good enough for those who keep off borders, and for grounds of one ring.
                    None => return Lies::OnBorder,
                    Some(w) => holds &= (w != 0) == (number == 0),
                }
            }
            inside |= holds;
        }
        if inside { Lies::Inside } else { Lies::Outside }
    }
}

/// How often a ring winds around a point; nothing where it runs through it.
fn winding(ring: &[Point], p: Point) -> Option<i32> {
    let mut sum = 0;
    for (&a, &b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let side = turn(a, b, p);
        let within = a.x.min(b.x) <= p.x && p.x <= a.x.max(b.x) && a.y.min(b.y) <= p.y && p.y <= a.y.max(b.y);
        if side == 0 && within {
            return None;
        }
        if a.y <= p.y && p.y < b.y && side > 0 {
            sum += 1;
        } else if b.y <= p.y && p.y < a.y && side < 0 {
            sum -= 1;
        }
    }
    Some(sum)
}

/// How far a point lies from an edge, in steps.
pub fn steps_from(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = ((b.x - a.x) as f64, (b.y - a.y) as f64);
    let (px, py) = ((p.x - a.x) as f64, (p.y - a.y) as f64);
    let squared = dx * dx + dy * dy;
    let along = if squared > 0.0 { ((px * dx + py * dy) / squared).clamp(0.0, 1.0) } else { 0.0 };
    (px - along * dx).hypot(py - along * dy)
}
