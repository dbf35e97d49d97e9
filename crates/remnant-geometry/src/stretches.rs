//! Long borders in stretches, so that a window looks at those alone that come near it.
//!
//! A border of a million corners through ten thousand windows must not be gone over ten thousand times. What lies west of
//! a window matters to it only by the rows at which it passes from south to north: for a stretch that lies there wholly,
//! its two ends tell that.

use crate::plane::{Bounds, Point};

/// Corners from which on a footprint has stretches.
pub(crate) const LONG: usize = 2048;

/// Edges of a stretch.
const EDGES: usize = 64;

/// A part of a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Stretch {
    /// The ring's corners.
    ring: (u32, u32),
    /// Its edges, by the corners at which they end.
    edges: (u32, u32),
}

/// The stretches of some rings in order, and a tree of their boxes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Stretches {
    stretches: Box<[Stretch]>,
    /// Node 1 is the root; the nodes below `n` are `2 n` and `2 n + 1`. `None` where there is no stretch.
    boxes: Box<[Option<Bounds>]>,
}

impl Stretches {
    /// Of rings, given as ranges of corners.
    pub(crate) fn new(rings: impl Iterator<Item = std::ops::Range<usize>>, at: impl Fn(usize) -> Point) -> Self {
        let mut stretches = Vec::new();
        for ring in rings {
            let all = (ring.start as u32, ring.end as u32);
            let part = |from: usize| (from as u32, (from + EDGES).min(ring.end) as u32);
            stretches.extend(ring.clone().step_by(EDGES).map(|from| Stretch { ring: all, edges: part(from) }));
        }
        let leaves = stretches.len().next_power_of_two();
        let mut boxes = vec![None; 2 * leaves];
        for (stretch, place) in stretches.iter().zip(&mut boxes[leaves..]) {
            *place = Bounds::of(std::iter::once(start(stretch)).chain(span(stretch.edges)).map(&at));
        }
        for node in (1..leaves).rev() {
            let both = [boxes[2 * node], boxes[2 * node + 1]];
            boxes[node] = Bounds::of(both.into_iter().flatten().flat_map(|b| [b.min, b.max]));
        }
        Self { stretches: stretches.into(), boxes: boxes.into() }
    }

    /// Tells every edge that may matter to a window, once, and for each stretch of edges that lies west of it a line
    /// between its ends in their place.
    pub(crate) fn towards(&self, window: &Bounds, at: &impl Fn(usize) -> Point, tell: &mut impl FnMut(Point, Point)) {
        self.visit(1, 0, self.boxes.len() / 2, window, at, tell);
    }

    fn visit(
        &self,
        node: usize,
        first: usize,
        count: usize,
        window: &Bounds,
        at: &impl Fn(usize) -> Point,
        tell: &mut impl FnMut(Point, Point),
    ) {
        let Some(bounds) = self.boxes[node] else { return };
        if bounds.max.y < window.min.y || bounds.min.y >= window.max.y || bounds.min.x > window.max.x {
            return;
        }
        if bounds.max.x < window.min.x {
            let last = (first + count).min(self.stretches.len()) - 1;
            return self.ends(&self.stretches[first], &self.stretches[last], at, tell);
        }
        if count > 1 {
            let half = count / 2;
            self.visit(2 * node, first, half, window, at, tell);
            return self.visit(2 * node + 1, first + half, half, window, at, tell);
        }
        let stretch = &self.stretches[first];
        let mut before = at(start(stretch));
        for here in span(stretch.edges).map(at) {
            tell(before, here);
            before = here;
        }
    }

    /// Some stretches as if they were lines; whole rings between them come back to where they began.
    fn ends(&self, first: &Stretch, last: &Stretch, at: &impl Fn(usize) -> Point, tell: &mut impl FnMut(Point, Point)) {
        let (from, to) = (at(start(first)), at(last.edges.1 as usize - 1));
        if first.ring == last.ring {
            return tell(from, to);
        }
        // A ring begins and ends at its last corner.
        tell(from, at(first.ring.1 as usize - 1));
        tell(at(last.ring.1 as usize - 1), to);
    }
}

/// The corner at which a stretch begins.
fn start(stretch: &Stretch) -> usize {
    let first = stretch.edges.0;
    (if first == stretch.ring.0 { stretch.ring.1 } else { first }) as usize - 1
}

fn span((from, to): (u32, u32)) -> std::ops::Range<usize> {
    from as usize..to as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of a window at which the lines west of it pass from south to north, or back, an odd number of times.
    fn west(lines: &[(Point, Point)], window: &Bounds) -> Vec<i64> {
        let lines = || lines.iter().filter(|(a, b)| a.x.max(b.x) < window.min.x);
        let odd = |y: &i64| lines().filter(|(a, b)| (a.y <= *y) != (b.y <= *y)).count() % 2 == 1;
        (window.min.y..window.max.y).filter(odd).collect()
    }

    #[test]
    fn a_window_is_told_what_matters_to_it() {
        let mut state = 5_u64;
        let mut next = |n: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as i64 % n
        };
        for sizes in [vec![3000], vec![5, 900, 3, 64, 65, 1], vec![70; 40], vec![3; 900]] {
            let mut corners = Vec::new();
            let mut rings = Vec::new();
            for size in sizes {
                let (x, y) = (next(300), next(300));
                rings.push(corners.len()..corners.len() + size);
                corners.extend((0..size as i64).map(|i| Point { x: x + i % 37 + next(9), y: y + i % 41 + next(9) }));
            }
            let at = |i: usize| corners[i];
            let edges: Vec<(Point, Point)> = rings
                .iter()
                .flat_map(|ring| ring.clone().map(|i| (at(if i == ring.start { ring.end - 1 } else { i - 1 }), at(i))))
                .collect();
            let stretches = Stretches::new(rings.iter().cloned(), at);
            for _ in 0..200 {
                let min = Point { x: next(350), y: next(350) };
                let window = Bounds { min, max: Point { x: min.x + 20, y: min.y + 20 } };
                let mut told = Vec::new();
                stretches.towards(&window, &at, &mut |a, b| told.push((a, b)));
                let near = |lines: &[(Point, Point)]| {
                    let touches = |&&(a, b): &&(Point, Point)| {
                        a.x.max(b.x) >= min.x
                            && a.x.min(b.x) <= window.max.x
                            && a.y.max(b.y) >= min.y
                            && a.y.min(b.y) < window.max.y
                    };
                    let mut lines: Vec<_> = lines.iter().filter(touches).copied().collect();
                    lines.sort_unstable();
                    lines
                };
                assert_eq!(near(&told), near(&edges));
                assert_eq!(west(&told, &window), west(&edges, &window));
            }
        }
    }
}
