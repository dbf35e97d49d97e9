//! Whether polygons on the grid are valid by OGC Simple Features (OGC 06-103r4, section 6.1.11).

use crate::chains::nowhere_meet;
use crate::footprint::{Budget, turn};
use crate::plane::{Bounds, Point};
use crate::repair::{self, Contours};
use crate::strips::{Box4, Strips, pairs_in_order};

/// The result of a check.
pub(crate) enum Verdict {
    Valid,
    /// Not valid, with a place where it shows.
    Invalid(Point),
    /// Its edges touch or cross more often than its budget allows: so often at least.
    TooMuch(u64),
}

/// Rings beyond which nesting is left to the overlay: comparing every ring with every other is quadratic.
const FEW_RINGS: usize = 32;

/// Edges up to which one strip is as good as several.
const FEW_EDGES: usize = 96;

struct Edge {
    a: Point,
    b: Point,
    ring: u32,
    /// Its place in its ring, and the ring's length.
    place: (u32, u32),
}

/// How two edges meet.
enum Meeting {
    Apart,
    /// At a point that could be allowed between two rings.
    Touch,
    Cross,
}

/// Checks polygons within a box, each a shell and its holes, without repeated or closing points.
pub(crate) fn check(polygons: &[Contours], bounds: &Bounds, budget: &Budget) -> Verdict {
    let rings: Vec<&[Point]> = polygons.iter().flatten().map(Vec::as_slice).collect();
    match rings.len() {
        ..=FEW_RINGS if nowhere_meet(&rings, bounds) => by_nesting(polygons),
        _ => by_edges(polygons, &rings, budget),
    }
}

/// Checks rings edge by edge.
fn by_edges(polygons: &[Contours], rings: &[&[Point]], budget: &Budget) -> Verdict {
    if let Some(at) = rings.iter().find_map(|ring| spike(ring)) {
        return Verdict::Invalid(at);
    }
    let edges = edges(rings);
    let (most, mut touches, mut bad) = (budget.crossings_of(edges.len()), 0, None);
    let enough = meetings(&edges, budget, |e, f, meeting| {
        match meeting {
            Meeting::Apart => {}
            Meeting::Touch if e.ring != f.ring => touches += 1,
            Meeting::Touch | Meeting::Cross => bad = Some(f.a),
        }
        bad.is_none() && touches <= most
    });
    match bad {
        Some(at) => Verdict::Invalid(at),
        None if touches > most || !enough => Verdict::TooMuch(touches),
        None if touches > 0 || rings.len() > FEW_RINGS => by_overlay(polygons),
        None => by_nesting(polygons),
    }
}

/// Whether the overlay may be asked about rings that cross: it works on every crossing.
///
/// # Errors
/// How many there are at least, where they are more than the budget allows.
pub(crate) fn tangle(polygons: &[Contours], budget: &Budget) -> Result<(), u64> {
    let rings: Vec<&[Point]> = polygons.iter().flatten().map(Vec::as_slice).collect();
    let edges = edges(&rings);
    let (most, mut crossings) = (budget.crossings_of(edges.len()), 0);
    let enough = meetings(&edges, budget, |_, _, meeting| {
        crossings += u64::from(!matches!(meeting, Meeting::Apart));
        crossings <= most
    });
    if enough && crossings <= most { Ok(()) } else { Err(crossings) }
}

fn edges(rings: &[&[Point]]) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::with_capacity(rings.iter().map(|r| r.len()).sum());
    for (number, ring) in rings.iter().enumerate() {
        let length = ring.len() as u32;
        for (i, (&a, &b)) in ring.iter().zip(ring.iter().cycle().skip(1)).enumerate() {
            edges.push(Edge { a: a.min(b), b: a.max(b), ring: number as u32, place: (i as u32, length) });
        }
    }
    edges.sort_unstable_by_key(|e| e.a.x);
    edges
}

/// Tells how any two edges meet that are not neighbours in a ring, until `told` says `false`; says whether the budget
/// was enough to look at all.
fn meetings(edges: &[Edge], budget: &Budget, mut told: impl FnMut(&Edge, &Edge, Meeting) -> bool) -> bool {
    let boxes: Vec<Box4> = edges.iter().map(|e| [e.a.x, e.a.y.min(e.b.y), e.b.x, e.a.y.max(e.b.y)]).collect();
    let mut look = |i: usize, j: usize| {
        let (e, f) = (&edges[i], &edges[j]);
        (e.ring == f.ring && adjacent(e.place, f.place)) || told(e, f, meeting(e, f))
    };
    if boxes.len() <= FEW_EDGES {
        pairs_in_order(&boxes, &mut look);
        return true;
    }
    let mut strips = Strips::default();
    strips.fill(&boxes);
    strips.pairs_within(&boxes, budget.comparisons_of(edges.len()), look)
}

fn adjacent((i, n): (u32, u32), (j, _): (u32, u32)) -> bool {
    // In a ring of two edges they are each other's neighbours twice; such rings have no area and don't come here.
    (i + 1) % n == j || (j + 1) % n == i
}

/// A corner where a ring turns back on itself.
fn spike(ring: &[Point]) -> Option<Point> {
    let n = ring.len();
    (0..n).map(|i| (ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n])).find_map(|(a, b, c)| {
        let (ux, uy) = (i128::from(b.x - a.x), i128::from(b.y - a.y));
        let (vx, vy) = (i128::from(c.x - b.x), i128::from(c.y - b.y));
        (ux * vy == uy * vx && ux * vx + uy * vy < 0).then_some(b)
    })
}

fn meeting(e: &Edge, f: &Edge) -> Meeting {
    let (d1, d2) = (turn(e.a, e.b, f.a).signum(), turn(e.a, e.b, f.b).signum());
    let (d3, d4) = (turn(f.a, f.b, e.a).signum(), turn(f.a, f.b, e.b).signum());
    if d1 * d2 > 0 || d3 * d4 > 0 {
        return Meeting::Apart;
    }
    if d1 * d2 < 0 && d3 * d4 < 0 {
        return Meeting::Cross;
    }
    if (d1, d2) == (0, 0) {
        // On one line: they share a stretch, a point, or nothing.
        let (from, to) = (e.a.max(f.a), e.b.min(f.b));
        return match from.cmp(&to) {
            std::cmp::Ordering::Less => Meeting::Cross,
            std::cmp::Ordering::Equal => Meeting::Touch,
            std::cmp::Ordering::Greater => Meeting::Apart,
        };
    }
    Meeting::Touch
}

/// With rings that nowhere touch, only who lies in whom is left to ask.
fn by_nesting(polygons: &[Contours]) -> Verdict {
    for (i, polygon) in polygons.iter().enumerate() {
        let Some((shell, holes)) = polygon.split_first() else { continue };
        for (j, hole) in holes.iter().enumerate() {
            let nested = holes.iter().enumerate().any(|(k, other)| k != j && inside(hole[0], other));
            if nested || !inside(hole[0], shell) {
                return Verdict::Invalid(hole[0]);
            }
        }
        for (k, other) in polygons.iter().enumerate() {
            if k != i && inside(shell[0], &other[0]) && !other[1..].iter().any(|hole| inside(shell[0], hole)) {
                return Verdict::Invalid(shell[0]);
            }
        }
    }
    Verdict::Valid
}

/// Whether a point that is not on a ring lies inside it.
fn inside(p: Point, ring: &[Point]) -> bool {
    if Bounds::of(ring.iter().copied()).is_none_or(|b| !b.contains(p)) {
        return false;
    }
    ring.iter().zip(ring.iter().cycle().skip(1)).fold(false, |inside, (&a, &b)| {
        let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
        inside ^ (low.y <= p.y && p.y < high.y && turn(low, high, p) > 0)
    })
}

/// Rings that touch are valid where the overlay finds the area that the rings promise, and no polygon falls apart.
fn by_overlay(polygons: &[Contours]) -> Verdict {
    let doubled = |ring: &Vec<Point>| repair::doubled_area(ring.iter().copied()).abs();
    let mut promised = 0;
    for polygon in polygons {
        let Some((shell, holes)) = polygon.split_first() else { continue };
        let own = doubled(shell) - holes.iter().map(doubled).sum::<i128>();
        if repair::shapes(std::slice::from_ref(polygon)) != Some((1, own)) {
            return Verdict::Invalid(shell[0]);
        }
        promised += own;
    }
    match repair::shapes(polygons) {
        Some((_, area)) if area == promised => Verdict::Valid,
        _ => Verdict::Invalid(polygons[0][0][0]),
    }
}
