//! The corners of a footprint, one ring after the other: in memory or on a shelf.
//!
//! A survey has hundreds of millions of them, so they take as little room as they can, and may be held by whoever has more
//! room than memory.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::io;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use crate::plane::{Bounds, Point};

/// Bytes of a corner on a [`Shelf`].
const BYTES: usize = 8;

/// Bytes somewhere else than in memory, which never change.
pub trait Bytes: Send + Sync + UnwindSafe + RefUnwindSafe {
    /// Reads all of `into` from a place on.
    ///
    /// # Errors
    /// Where they can't be read.
    fn read(&self, place: u64, into: &mut [u8]) -> io::Result<()>;
}

/// Where the corners of many footprints are held together: for each its steps east and north of the south-west corner of
/// its footprint's bounds.
pub struct Shelf(Held);

enum Held {
    Here(Box<[[u32; 2]]>),
    /// Each number as four bytes, the lowest first.
    Elsewhere(Box<dyn Bytes>),
}

impl Shelf {
    /// A shelf of corners in memory, which footprints have packed (see [`crate::Footprint::pack`]).
    pub fn here(corners: Vec<[u32; 2]>) -> Self {
        Self(Held::Here(corners.into()))
    }

    /// A shelf of the [`Self::bytes`] of corners.
    pub fn elsewhere(bytes: impl Bytes + 'static) -> Self {
        Self(Held::Elsewhere(Box::new(bytes)))
    }

    /// Corners as a shelf elsewhere holds them.
    pub fn bytes(corners: &[[u32; 2]]) -> Vec<u8> {
        corners.iter().flatten().flat_map(|steps| steps.to_le_bytes()).collect()
    }

    /// Some of the corners.
    ///
    /// # Panics
    /// Where they can't be read: then nothing can be said of any ground, and the run must end.
    fn corners(&self, first: u32, count: u32) -> View<'_> {
        match &self.0 {
            Held::Here(corners) => View::Near(&corners[first as usize..][..count as usize]),
            Held::Elsewhere(bytes) => {
                let mut corners = vec![[0; BYTES]; count as usize].into_boxed_slice();
                if let Err(error) = bytes.read(u64::from(first) * BYTES as u64, corners.as_flattened_mut()) {
                    panic!("corners that were put aside can't be read again: {error}");
                }
                View::Kept(corners)
            }
        }
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shelf")
    }
}

/// The corners of all rings.
#[derive(Debug, Clone)]
pub(crate) enum Corners {
    /// Steps east and north of the south-west corner of the bounds: nearly all ground is less than 0.4 degrees wide and
    /// high.
    Near(Box<[[u32; 2]]>),
    /// The same, by the first corner and their number, on a shelf.
    Kept(Arc<Shelf>, u32, u32),
    /// Where that would take more than 32 bits.
    Far(Box<[Point]>),
}

/// Corners to be looked at.
#[derive(Debug)]
pub(crate) enum View<'a> {
    Near(&'a [[u32; 2]]),
    Kept(Box<[[u8; BYTES]]>),
    Far(&'a [Point]),
}

impl View<'_> {
    /// A corner; `min` is the south-west corner of the bounds.
    #[inline]
    pub(crate) fn at(&self, min: Point, i: usize) -> Point {
        let [x, y] = match self {
            Self::Near(offsets) => offsets[i],
            Self::Kept(bytes) => {
                let [a, b, c, d, e, f, g, h] = bytes[i];
                [u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h])]
            }
            Self::Far(points) => return points[i],
        };
        Point { x: min.x + i64::from(x), y: min.y + i64::from(y) }
    }

    fn len(&self) -> usize {
        match self {
            Self::Near(offsets) => offsets.len(),
            Self::Kept(bytes) => bytes.len(),
            Self::Far(points) => points.len(),
        }
    }

    fn points(&self) -> impl Iterator<Item = Point> + '_ {
        (0..self.len()).map(|i| self.at(Point { x: 0, y: 0 }, i))
    }
}

impl Corners {
    pub(crate) fn new(points: impl ExactSizeIterator<Item = Point> + Clone, bounds: &Bounds) -> Self {
        let Bounds { min, max } = *bounds;
        let near = |side: i64| u32::try_from(side).is_ok();
        if near(max.x - min.x) && near(max.y - min.y) {
            Self::Near(points.map(|p| [(p.x - min.x) as u32, (p.y - min.y) as u32]).collect())
        } else {
            Self::Far(points.collect())
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Near(offsets) => offsets.len(),
            Self::Kept(_, _, count) => *count as usize,
            Self::Far(points) => points.len(),
        }
    }

    pub(crate) fn view(&self) -> View<'_> {
        match self {
            Self::Near(offsets) => View::Near(offsets),
            Self::Kept(shelf, first, count) => shelf.corners(*first, *count),
            Self::Far(points) => View::Far(points),
        }
    }

    /// Puts near corners behind others; `false` where they are far, or held elsewhere than in memory.
    pub(crate) fn pack(&self, others: &mut Vec<[u32; 2]>) -> bool {
        match self {
            Self::Kept(shelf, ..) if matches!(shelf.0, Held::Elsewhere(_)) => false,
            _ => match self.view() {
                View::Near(offsets) => {
                    others.extend_from_slice(offsets);
                    true
                }
                View::Kept(_) | View::Far(_) => false,
            },
        }
    }

    /// Near corners become those that a shelf holds from a place on.
    pub(crate) fn put_on(&mut self, shelf: &Arc<Shelf>, first: u64) {
        if let (Ok(first), Ok(count)) = (u32::try_from(first), u32::try_from(self.len()))
            && !matches!(self, Self::Far(_))
        {
            *self = Self::Kept(Arc::clone(shelf), first, count);
        }
    }

    /// Whether they are held elsewhere than in memory.
    pub(crate) fn are_elsewhere(&self) -> bool {
        matches!(self, Self::Kept(shelf, ..) if matches!(shelf.0, Held::Elsewhere(_)))
    }
}

/// Whether corners are near is told by the bounds, so that the same corners of the same bounds are equal wherever they are.
impl PartialEq for Corners {
    fn eq(&self, other: &Self) -> bool {
        let far = |corners: &Self| matches!(corners, Self::Far(_));
        self.len() == other.len() && far(self) == far(other) && self.view().points().eq(other.view().points())
    }
}

impl Eq for Corners {}

impl Hash for Corners {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        self.view().points().for_each(|point| point.hash(state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Footprint, RawPolygon};

    fn ground(side: f64) -> Footprint {
        let ring = vec![[10.0, 20.0], [10.0 + side, 20.0], [10.0 + side, 20.0 + side], [10.0, 20.0 + side]];
        let hole = vec![[10.001, 20.001], [10.002, 20.001], [10.002, 20.002]];
        Footprint::new(&[RawPolygon { rings: vec![ring, hole] }]).expect("a footprint").0
    }

    struct InMemory(Vec<u8>);

    impl Bytes for InMemory {
        fn read(&self, place: u64, into: &mut [u8]) -> io::Result<()> {
            let there = self.0.get(place as usize..).and_then(|rest| rest.get(..into.len()));
            into.copy_from_slice(there.ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        }
    }

    #[test]
    fn ground_is_the_same_on_a_shelf() {
        let (one, two, far) = (ground(0.1), ground(0.2), ground(1.0));
        let mut corners = Vec::new();
        assert!(one.pack(&mut corners));
        let place = corners.len() as u64;
        assert!(two.pack(&mut corners));
        assert!(!far.pack(&mut corners));
        let bytes = Shelf::bytes(&corners);
        for shelf in [Shelf::here(corners.clone()), Shelf::elsewhere(InMemory(bytes))] {
            let mut kept = two.clone();
            kept.put_on(&Arc::new(shelf), place);
            assert_eq!(kept, two);
            assert_ne!(kept, one);
            assert_eq!(kept.edges().collect::<Vec<_>>(), two.edges().collect::<Vec<_>>());
            assert_eq!(kept.rings().collect::<Vec<_>>(), two.rings().collect::<Vec<_>>());
            assert_eq!(kept.polygons(), two.polygons());
            // What is in memory can be moved; what is elsewhere is there already.
            let mut again = Vec::new();
            assert_eq!(kept.pack(&mut again), !kept.is_put_aside());
            assert!(kept.is_put_aside() || again == corners[place as usize..]);
        }
    }

    #[test]
    fn corners_that_are_lost_are_never_guessed() {
        let mut lost = ground(0.1);
        lost.put_on(&Arc::new(Shelf::elsewhere(InMemory(vec![0; 8]))), 0);
        let seen = std::panic::catch_unwind(|| lost.edges().count());
        let why = seen.expect_err("nothing is said of this ground");
        let why = why.downcast_ref::<String>().map_or("", String::as_str);
        assert!(why.starts_with("corners that were put aside can't be read again"), "{why}");
    }
}
