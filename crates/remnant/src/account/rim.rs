//! The rim of contaminated land, and what of it is nearest to a zone.
//!
//! Stretches of the rim and of a zone's border are chords in space. Which two are nearest is decided by
//! [`Chord::distance`] of each with each, the smaller number of the stretch and then the first chord where distances are
//! equal; all that is done here is not to ask those that can't win. A box in space holds a chord, so what lies between
//! two boxes is never more than what lies between their chords.
//!
//! Coordinates are below 6.4e6 m, where neighbouring numbers are 1e-9 m apart: a point of a chord is right to 2e-9 m, a
//! distance between two of them to 1e-8 m, and so is the gap between two boxes; the squares are right to 1e-15 of
//! themselves, for 1.3e7 m that is 1e-8 m too. So whatever lies [`MARGIN_M`] beyond the best distance by its boxes is
//! farther by its chords as they are computed, and neither wins nor ties.

use std::cmp::Ordering;

use rayon::slice::ParallelSliceMut;
use remnant_geometry::RimEdge;
use remnant_geometry::measure::{Chord, Space, chords};

/// How far two borders that are one in the data may lie apart once both are on the grid, in metres: each bends by less
/// than 25 micrometres. Land this near touches, also where the safety distance is nothing.
const BENT_M: f64 = 5e-5;

/// More than all that is lost in computing distances and gaps, in metres.
pub(super) const MARGIN_M: f64 = 1e-6;

/// Stretches in a leaf of the tree, and chords of a zone that are looked for together.
const TOGETHER: usize = 8;

/// A box in space: its least and greatest corner.
pub(super) type SpaceBox = [Space; 2];

/// The box of some chords; `None` without any.
pub(super) fn box_of<'c>(chords: impl IntoIterator<Item = &'c Chord>) -> Option<SpaceBox> {
    chords.into_iter().map(Chord::bounds).reduce(joined)
}

fn joined(a: SpaceBox, b: SpaceBox) -> SpaceBox {
    let pick = |f: fn(f64, f64) -> f64, end: usize| [0, 1, 2].map(|i| f(a[end][i], b[end][i]));
    [pick(f64::min, 0), pick(f64::max, 1)]
}

/// The square of what lies between two boxes.
fn gap_squared(a: &SpaceBox, b: &SpaceBox) -> f64 {
    let gap = |i: usize| (a[0][i] - b[1][i]).max(b[0][i] - a[1][i]).max(0.0);
    let [x, y, z] = [gap(0), gap(1), gap(2)];
    x * x + y * y + z * z
}

/// A stretch of the rim, in space.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    chord: Chord,
    /// Its number in the order of the rim.
    number: u32,
    mark: u32,
}

/// The rim of all contaminated land, to find what is near.
pub(super) struct Rim {
    /// In the order of the leaves of the tree.
    stretches: Vec<Stretch>,
    /// Node 1 is the root; the nodes below `n` are `2 n` and `2 n + 1`. `None` where there is no stretch.
    boxes: Vec<Option<SpaceBox>>,
    /// What the marks stand for, counted from 1.
    live_sets: Vec<Vec<u32>>,
}

/// The nearest stretch to a zone.
pub(super) struct Nearest<'a> {
    /// Its distance in metres; 0 where it touches.
    pub distance: f64,
    /// The hazards that are live beside it.
    pub live: &'a [u32],
    /// From the zone, in degrees; none where it touches.
    pub bearing: Option<f64>,
}

impl Rim {
    /// Of what [`Overlay::take_rim`] gives; `id` is that of a hazard.
    ///
    /// [`Overlay::take_rim`]: super::overlay::Overlay::take_rim
    pub fn new<'i>(
        (mut edges, live_sets): (Vec<RimEdge>, Vec<Vec<u32>>),
        id: &(dyn Fn(u32) -> &'i str + Sync),
    ) -> Self {
        let live = |mark: u32| live_sets[mark as usize - 1].as_slice();
        // The order in which windows are done must not decide between hazards that are equally near.
        edges.par_sort_unstable_by(|e, f| {
            let least = |mark| live(mark).iter().map(|&hazard| id(hazard)).min();
            (e.from, e.to).cmp(&(f.from, f.to)).then_with(|| least(e.mark).cmp(&least(f.mark)))
        });
        let drawn = edges.into_iter().flat_map(|e| chords(e.from, e.to).map(move |chord| (chord, e.mark)));
        let stretches = (0..).zip(drawn).map(|(number, (chord, mark))| Stretch { chord, number, mark });
        Self::of(stretches.collect(), live_sets)
    }

    fn of(mut stretches: Vec<Stretch>, live_sets: Vec<Vec<u32>>) -> Self {
        let leaves = stretches.len().div_ceil(TOGETHER).next_power_of_two();
        let all = (stretches.len(), leaves);
        put_side_by_side(&mut stretches, 0..leaves, all);
        let mut boxes = vec![None; 2 * leaves];
        for leaf in 0..leaves {
            let chords = stretches[within_leaf(stretches.len(), leaves, leaf)].iter().map(|s| &s.chord);
            boxes[leaves + leaf] = box_of(chords);
        }
        for node in (1..leaves).rev() {
            boxes[node] = [boxes[2 * node], boxes[2 * node + 1]].into_iter().flatten().reduce(joined);
        }
        Self { stretches, boxes, live_sets }
    }

    /// The nearest stretch to any chord of a zone's border; `None` where there is no rim.
    pub fn nearest(&self, border: &[Chord]) -> Option<Nearest<'_>> {
        let (from, stretch) = self.nearest_pair(border)?;
        let to = &self.stretches[stretch];
        let live = self.live_sets[to.mark as usize - 1].as_slice();
        let distance = from.geodesic_distance(&to.chord);
        if distance <= BENT_M {
            return Some(Nearest { distance: 0.0, live, bearing: None });
        }
        Some(Nearest { distance, live, bearing: from.bearing(&to.chord) })
    }

    /// The chord of a border and the place of the stretch that are nearest to each other.
    fn nearest_pair(&self, border: &[Chord]) -> Option<(Chord, usize)> {
        let mut best = Best::default();
        for (group, chords) in border.chunks(TOGETHER).enumerate() {
            let Some(around) = box_of(chords) else { continue };
            self.look(&around, chords, group * TOGETHER, &mut best);
        }
        best.pair.map(|(chord, stretch)| (border[chord], stretch))
    }

    /// Holds some chords, of which the first has the number `first`, against all stretches that may be nearer.
    fn look(&self, around: &SpaceBox, chords: &[Chord], first: usize, best: &mut Best) {
        let leaves = self.boxes.len() / 2;
        let gap = |node: usize| self.boxes[node].as_ref().map(|b| gap_squared(around, b));
        // The tree is less than 64 levels deep, and one node waits on each.
        let (mut waiting, mut count) = ([(0_usize, 0.0_f64); 64], 0);
        let mut next = gap(1).map(|g| (1, g));
        while let Some((node, far)) = next.take().or_else(|| {
            count = usize::checked_sub(count, 1)?;
            Some(waiting[count])
        }) {
            if far > best.limit {
                continue;
            }
            if node >= leaves {
                self.hold(within_leaf(self.stretches.len(), leaves, node - leaves), around, chords, first, best);
                continue;
            }
            let below = [2 * node, 2 * node + 1].map(|n| gap(n).map(|g| (n, g)));
            next = match below {
                [Some(a), Some(b)] => {
                    let (near, far) = if b.1 < a.1 { (b, a) } else { (a, b) };
                    waiting[count] = far;
                    count += 1;
                    Some(near)
                }
                [a, b] => a.or(b),
            };
        }
    }

    fn hold(&self, leaf: std::ops::Range<usize>, around: &SpaceBox, chords: &[Chord], first: usize, best: &mut Best) {
        for place in leaf {
            let stretch = &self.stretches[place];
            let bounds = stretch.chord.bounds();
            if gap_squared(around, &bounds) > best.limit {
                continue;
            }
            for (chord, number) in chords.iter().zip(first..) {
                if gap_squared(&chord.bounds(), &bounds) <= best.limit {
                    best.offer(chord.distance(&stretch.chord), (stretch.number, number), place);
                }
            }
        }
    }
}

/// The best pair so far.
struct Best {
    distance: f64,
    /// The numbers of the stretch and of the chord: of pairs equally far, the least is best.
    numbers: (u32, usize),
    /// The number of the chord and the place of the stretch.
    pair: Option<(usize, usize)>,
    /// The square of the distance with its margin: boxes farther apart hold nothing better.
    limit: f64,
}

impl Default for Best {
    fn default() -> Self {
        Self { distance: f64::INFINITY, numbers: (u32::MAX, usize::MAX), pair: None, limit: f64::INFINITY }
    }
}

impl Best {
    fn offer(&mut self, distance: f64, numbers: (u32, usize), place: usize) {
        if (distance, numbers) < (self.distance, self.numbers) {
            let most = distance + MARGIN_M;
            *self = Self { distance, numbers, pair: Some((numbers.1, place)), limit: most * most };
        }
    }
}

/// The stretches of a leaf, of so many in all.
fn within_leaf(stretches: usize, leaves: usize, leaf: usize) -> std::ops::Range<usize> {
    let at = |leaf: usize| (stretches as u128 * leaf as u128 / leaves as u128) as usize;
    at(leaf)..at(leaf + 1)
}

/// Puts the stretches of some leaves into their order: halved at the middle of their longest side, again and again.
/// `of` are all stretches and all leaves.
fn put_side_by_side(stretches: &mut [Stretch], some: std::ops::Range<usize>, of: (usize, usize)) {
    if some.len() < 2 || stretches.len() < 2 {
        return;
    }
    let Some([low, high]) = box_of(stretches.iter().map(|s| &s.chord)) else { return };
    let sides = [0, 1, 2].map(|i| high[i] - low[i]);
    let axis = (0..3).max_by(|&i, &j| sides[i].total_cmp(&sides[j])).unwrap_or(0);
    let middle = some.start + some.len() / 2;
    let half = within_leaf(of.0, of.1, middle).start - within_leaf(of.0, of.1, some.start).start;
    let order = |a: &Stretch, b: &Stretch| -> Ordering {
        let along = |s: &Stretch| s.chord.from[axis] + s.chord.to[axis];
        along(a).total_cmp(&along(b)).then(a.number.cmp(&b.number))
    };
    if half < stretches.len() {
        stretches.select_nth_unstable_by(half, order);
    }
    let (before, after) = stretches.split_at_mut(half);
    let (first, second) = (some.start..middle, middle..some.end);
    if some.len() > 512 {
        rayon::join(|| put_side_by_side(before, first, of), || put_side_by_side(after, second, of));
    } else {
        put_side_by_side(before, first, of);
        put_side_by_side(after, second, of);
    }
}

#[cfg(test)]
mod tests {
    use remnant_geometry::measure::{corridor, disc};
    use remnant_geometry::{Footprint, Point, RawPolygon};

    use super::*;

    struct Random(u64);

    impl Random {
        fn unit(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    fn polygon(rings: Vec<Vec<[f64; 2]>>) -> Footprint {
        Footprint::new(&[RawPolygon { rings }]).expect("an area").0
    }

    fn boxed([x, y]: [f64; 2], size: f64) -> Vec<[f64; 2]> {
        vec![[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    }

    fn border(ground: &Footprint) -> Vec<Chord> {
        ground.edges().flat_map(|(p, q)| chords(p, q)).collect()
    }

    /// Each chord of the border held against each stretch: the rule by itself.
    fn each_with_each(border: &[Chord], rim: &[Chord]) -> Option<(usize, usize)> {
        let pairs = (0..border.len()).flat_map(|c| (0..rim.len()).map(move |s| (s, c)));
        let distance = |&(s, c): &(usize, usize)| border[c].distance(&rim[s]);
        pairs.min_by(|a, b| distance(a).total_cmp(&distance(b)).then(a.cmp(b))).map(|(s, c)| (c, s))
    }

    fn check(zone: &[Chord], rim: &[Chord], what: &str) {
        let stretches = (0..).zip(rim).map(|(number, &chord)| Stretch { chord, number, mark: 1 }).collect();
        let tree = Rim::of(stretches, vec![vec![7]]);
        let got = tree.nearest_pair(zone).map(|(chord, place)| (chord, tree.stretches[place].number as usize));
        let want = each_with_each(zone, rim).map(|(c, s)| (zone[c], s));
        assert_eq!(got, want, "{what}");
    }

    /// Zones of every form: a box, one with a hole, a disc, a corridor.
    fn zones(at: [f64; 2]) -> Vec<(&'static str, Vec<Chord>)> {
        let [x, y] = at;
        // A few chords of round ground are enough, and each is held against each.
        let some = |border: Vec<Chord>| -> Vec<Chord> { border.into_iter().step_by(16).collect() };
        let hole = vec![[x + 0.002, y + 0.002], [x + 0.002, y + 0.004], [x + 0.004, y + 0.002], [x + 0.002, y + 0.002]];
        vec![
            ("box", border(&polygon(vec![boxed(at, 0.003)]))),
            ("hole", border(&polygon(vec![boxed(at, 0.006), hole]))),
            ("disc", some(border(&disc(at, 80.0).expect("a disc")))),
            ("corridor", some(border(&corridor(&[at, [x + 0.003, y + 0.001]], 30.0).expect("a corridor")))),
        ]
    }

    #[test]
    fn the_nearest_stretch_is_that_of_each_with_each() {
        let mut random = Random(11);
        // At home, across the antimeridian, round the poles, and with all that is contaminated far away.
        let places = [[46.0, 40.0], [179.999, -17.0], [-179.999, 3.0], [30.0, 89.995], [-100.0, -89.99]];
        for (n, home) in places.into_iter().enumerate() {
            for far in [0.02, 1.0, 120.0] {
                let mut rim = Vec::new();
                for _ in 0..12 {
                    let mut place = [home[0] + far * (random.unit() - 0.5), home[1] + far * (random.unit() - 0.5)];
                    place[0] = (place[0] + 540.0).rem_euclid(360.0) - 180.0;
                    place = [place[0].clamp(-180.0, 179.99), place[1].clamp(-90.0, 89.98)];
                    rim.extend(border(&polygon(vec![boxed(place, 0.002 + 0.004 * random.unit())])));
                }
                for (form, zone) in zones([home[0].clamp(-179.98, 179.98), home[1].clamp(-89.99, 89.99)]) {
                    check(&zone, &rim, &format!("{form} at place {n}, hazards within {far} degrees"));
                }
            }
        }
    }

    #[test]
    fn of_stretches_equally_near_the_least_number_wins() {
        // The same ground many times over, touching, and on either side.
        let home = [46.0, 40.0];
        let one = border(&polygon(vec![boxed([46.003, 40.0], 0.003)]));
        let other = border(&polygon(vec![boxed([45.997, 40.0], 0.003)]));
        for rim in [[one.clone(), one.clone(), one.clone()].concat(), [other.clone(), one, other].concat()] {
            for (form, zone) in zones(home) {
                check(&zone, &rim, form);
                let turned: Vec<Chord> = rim.iter().rev().copied().collect();
                check(&zone, &turned, form);
            }
        }
    }

    #[test]
    fn hazards_on_the_other_side_of_the_earth_are_found() {
        let p = Point::from_degrees;
        let rim: Vec<Chord> = chords(p(-134.0, -39.9), p(-133.9, -40.1)).collect();
        for (form, zone) in zones([46.0, 40.0]) {
            check(&zone, &rim, form);
        }
    }

    #[test]
    fn without_a_rim_nothing_is_near() {
        assert!(Rim::of(Vec::new(), Vec::new()).nearest(&border(&polygon(vec![boxed([46.0, 40.0], 0.01)]))).is_none());
    }
}
