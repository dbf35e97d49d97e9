//! Which of many boxes meet: a sweep over strips.
//!
//! The boxes are listed in order of their western edge in every strip that they reach; within a strip only boxes that
//! overlap in x are compared. With as many strips as the boxes' height allows, the cost is close to the number of boxes
//! and of pairs that meet.

/// A box as `[x_min, y_min, x_max, y_max]`.
pub(crate) type Box4<T = i64> = [T; 4];

/// An ordinate of a box: the narrower, the more boxes lie side by side where they are looked at.
pub(crate) trait Ordinate: Copy + Ord + Into<i64> {}

impl Ordinate for i32 {}
impl Ordinate for i64 {}

/// Boxes a strip should hold: fewer strips compare more, more strips list tall boxes more often.
const BOXES_PER_STRIP: usize = 96;

/// Boxes that meet another one: so many there is room for to begin with.
const FOUND: usize = 64;

/// Calls `meet` once for every pair of boxes, in ascending order of `x_min`, that share a point, until it says `false`.
pub(crate) fn pairs_in_order(boxes: &[Box4], meet: &mut impl FnMut(usize, usize) -> bool) {
    for (i, a) in boxes.iter().enumerate() {
        for (j, b) in boxes.iter().enumerate().skip(i + 1) {
            if b[0] > a[2] {
                break;
            }
            if b[1] <= a[3] && a[1] <= b[3] && !meet(i, j) {
                return;
            }
        }
    }
}

/// The strips of one set of boxes; kept to reuse its memory.
#[derive(Default)]
pub(crate) struct Strips {
    south: i64,
    height: i64,
    starts: Vec<u32>,
    members: Vec<u32>,
    /// For each box, the southernmost strip that it reaches; only where there are several.
    first: Vec<u32>,
    /// For each strip, how many of its boxes are kept for further queries, and which is the next to be looked at.
    kept: Vec<(u32, u32)>,
    /// Room for the boxes that meet the one that is looked at.
    found: Vec<u32>,
}

impl Strips {
    /// Lists boxes, which must be in ascending order of `x_min`.
    pub(crate) fn fill<T: Ordinate>(&mut self, boxes: &[Box4<T>]) {
        let south = boxes.iter().map(|b| b[1]).min().map_or(0, T::into);
        let north = boxes.iter().map(|b| b[3]).max().map_or(0, T::into);
        let tall: i128 = boxes.iter().map(|b| i128::from(b[3].into() - b[1].into())).sum();
        let extent = north - south + 1;
        // No more strips than such that the average box reaches two.
        let mean = (tall / boxes.len().max(1) as i128).max(1);
        let by_height = (i128::from(extent) / mean).clamp(1, 1 << 20) as usize;
        let count = (boxes.len() / BOXES_PER_STRIP).clamp(1, by_height);
        self.south = south;
        self.height = extent / count as i64 + 1;
        self.starts.clear();
        self.starts.resize(count + 2, 0);
        self.members.clear();
        self.first.clear();
        self.kept.clear();
        self.kept.resize(count, (0, 0));
        if count == 1 {
            self.members.extend(0..boxes.len() as u32);
            self.starts[1] = boxes.len() as u32;
            self.starts.truncate(2);
            return;
        }
        for b in boxes {
            let first = self.of(b[1].into());
            self.first.push(first as u32);
            for s in first..=self.of(b[3].into()) {
                self.starts[s + 2] += 1;
            }
        }
        for s in 2..self.starts.len() {
            self.starts[s] += self.starts[s - 1];
        }
        self.members.resize(self.starts[count + 1] as usize, 0);
        for (i, b) in boxes.iter().enumerate() {
            for s in self.first[i] as usize..=self.of(b[3].into()) {
                let at = &mut self.starts[s + 1];
                self.members[*at as usize] = i as u32;
                *at += 1;
            }
        }
        self.starts.truncate(count + 1);
    }

    /// The strip of an ordinate within the boxes.
    fn of(&self, y: i64) -> usize {
        ((y - self.south) / self.height) as usize
    }

    /// Calls `meet` once for every pair of boxes that share a point, until it says `false`; the first of a pair has
    /// the smaller `x_min`. No more than about `most` boxes are held against each other: says whether that was enough.
    pub(crate) fn pairs_within<T: Ordinate>(
        &mut self,
        boxes: &[Box4<T>],
        most: u64,
        mut meet: impl FnMut(usize, usize) -> bool,
    ) -> bool {
        let Self { starts, members, first, found, .. } = self;
        let mut done = 0;
        for s in 0..starts.len() - 1 {
            let members = &members[starts[s] as usize..starts[s + 1] as usize];
            for (k, &i) in members.iter().enumerate() {
                let a = boxes[i as usize];
                if done > most {
                    return false;
                }
                // Gathered first and without a branch, as whether two boxes overlap in y is anybody's guess.
                let mut meeting = 0;
                for &j in &members[k + 1..] {
                    let b = &boxes[j as usize];
                    done += 1;
                    if b[0] > a[2] {
                        break;
                    }
                    if meeting == found.len() {
                        found.resize(2 * meeting + FOUND, 0);
                    }
                    found[meeting] = j;
                    meeting += usize::from((b[1] <= a[3]) & (a[1] <= b[3]));
                }
                for &j in &found[..meeting] {
                    // A pair may meet in several strips; only the southernmost that both reach counts.
                    let southernmost = |i: u32| first.get(i as usize).is_none_or(|&f| f as usize == s);
                    if (southernmost(i) || southernmost(j)) && !meet(i as usize, j as usize) {
                        return true;
                    }
                }
            }
        }
        true
    }

    /// The strips that a query reaches, which may lie beyond all boxes.
    fn reached<T: Ordinate>(&self, query: Box4<T>) -> std::ops::RangeInclusive<usize> {
        let last = self.kept.len() as i64 - 1;
        let strip = |y: T| (y.into() - self.south).div_euclid(self.height).clamp(0, last) as usize;
        strip(query[1])..=strip(query[3])
    }

    /// Calls `near` once for every box that lies in `query`, where all boxes are points.
    pub(crate) fn points_within(&self, points: &[Box4], query: Box4, mut near: impl FnMut(usize)) {
        self.look(points, query, usize::MAX, |i| near(i as usize));
    }

    /// Gathers what [`Self::points_within`] calls `near` for, in the same order, unless more than `most` points would
    /// have to be looked at: says whether it did.
    pub(crate) fn few_within(&self, points: &[Box4], query: Box4, most: usize, found: &mut Vec<u32>) -> bool {
        found.clear();
        self.look(points, query, most, |i| found.push(i))
    }

    /// Calls `near` for every point in `query`, until more than `most` were looked at: says whether that was enough.
    fn look(&self, points: &[Box4], query: Box4, most: usize, mut near: impl FnMut(u32)) -> bool {
        let mut looked = 0;
        for s in self.reached(query) {
            let members = &self.members[self.starts[s] as usize..self.starts[s + 1] as usize];
            let from = members.partition_point(|&i| points[i as usize][0] < query[0]);
            for &i in &members[from..] {
                let [x, y, ..] = points[i as usize];
                if x > query[2] {
                    break;
                }
                looked += 1;
                if looked > most {
                    return false;
                }
                if query[1] <= y && y <= query[3] {
                    near(i);
                }
            }
        }
        true
    }

    /// Calls `near` for every box that shares a point with `query` (some boxes may come twice). Queries must come in
    /// ascending order of `x_min` and have one width: boxes that lie west of one are forgotten.
    pub(crate) fn meeting_in_order<T: Ordinate>(
        &mut self,
        boxes: &[Box4<T>],
        query: Box4<T>,
        mut near: impl FnMut(usize),
    ) {
        for s in self.reached(query) {
            let Self { starts, members, kept, found, .. } = self;
            let members = &mut members[starts[s] as usize..starts[s + 1] as usize];
            let (kept, next) = &mut kept[s];
            // What is kept stands at the front, which the list itself has left behind.
            while let Some(&i) = members.get(*next as usize).filter(|&&i| boxes[i as usize][0] <= query[2]) {
                members[*kept as usize] = i;
                (*kept, *next) = (*kept + 1, *next + 1);
            }
            let (mut still, mut meeting) = (0, 0);
            if found.len() < *kept as usize {
                found.resize(2 * *kept as usize, 0);
            }
            for at in 0..*kept as usize {
                let i = members[at];
                let b = &boxes[i as usize];
                (members[still], found[meeting]) = (i, i);
                still += usize::from(b[2] >= query[0]);
                meeting += usize::from((b[2] >= query[0]) & (b[1] <= query[3]) & (b[3] >= query[1]));
            }
            *kept = still as u32;
            found[..meeting].iter().for_each(|&i| near(i as usize));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_that_meets_comes_once() {
        let mut state = 7_u64;
        let mut next = |n: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as i64 % n
        };
        for (count, size) in [(5, 50), (300, 40), (2000, 20), (2000, 300)] {
            let mut boxes: Vec<Box4> = (0..count)
                .map(|_| {
                    let (x, y) = (next(1000), next(1000));
                    [x, y, x + next(size), y + next(size)]
                })
                .collect();
            boxes.sort_unstable();
            let mut strips = Strips::default();
            strips.fill(&boxes);
            let mut got = Vec::new();
            strips.pairs_within(&boxes, u64::MAX, |i, j| {
                got.push((i, j));
                true
            });
            got.sort_unstable();
            let meets = |a: Box4, b: Box4| b[0] <= a[2] && a[0] <= b[2] && b[1] <= a[3] && a[1] <= b[3];
            let want: Vec<_> = (0..boxes.len())
                .flat_map(|i| (i + 1..boxes.len()).map(move |j| (i, j)))
                .filter(|&(i, j)| meets(boxes[i], boxes[j]))
                .collect();
            assert_eq!(got, want, "{count} {size}");
            let corners: Vec<Box4> = boxes.iter().map(|b| [b[0], b[1], b[0], b[1]]).collect();
            let mut points = Strips::default();
            points.fill(&corners);
            let mut places: Vec<(i64, i64)> = (0..200).map(|_| (next(1100), next(1100))).collect();
            places.sort_unstable();
            for (x, y) in places {
                let query = [x, y, x + 10, y + 10];
                let mut hits = Vec::new();
                strips.meeting_in_order(&boxes, query, |i| hits.push(i));
                hits.sort_unstable();
                hits.dedup();
                let all: Vec<_> = (0..boxes.len()).filter(|&i| meets(boxes[i], query)).collect();
                assert_eq!(hits, all, "{query:?}");
                hits.clear();
                points.points_within(&corners, query, |i| hits.push(i));
                hits.sort_unstable();
                let all: Vec<_> = (0..corners.len()).filter(|&i| meets(corners[i], query)).collect();
                assert_eq!(hits, all, "{query:?}");
                let mut few = Vec::new();
                assert!(points.few_within(&corners, query, corners.len(), &mut few));
                few.sort_unstable();
                assert_eq!(few, all.iter().map(|&i| i as u32).collect::<Vec<_>>(), "{query:?}");
                assert!(all.is_empty() || !points.few_within(&corners, query, all.len() - 1, &mut few));
            }
        }
    }
}
