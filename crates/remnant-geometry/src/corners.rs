//! The corners of a footprint, one ring after the other: in memory or on a shelf.
//!
//! A survey has hundreds of millions of them, so they take as little room as they can, and may be held by whoever has more
//! room than memory.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::plane::{Bounds, Point};

/// Bytes of a corner on a [`Shelf`].
const BYTES: usize = 8;

/// Bytes that hold the corners of many footprints, such as a part of a file that is mapped into memory.
pub struct Shelf(Box<dyn AsRef<[u8]> + Send + Sync>);

impl Shelf {
    /// Of bytes that never change: for each corner its steps east and north of the south-west corner of its footprint's
    /// bounds, each as four bytes, the lowest first (see [`crate::Footprint::pack`]).
    pub fn new(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Self(Box::new(bytes))
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a shelf of {} bytes", (*self.0).as_ref().len())
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
#[derive(Debug, Clone, Copy)]
pub(crate) enum View<'a> {
    Near(&'a [[u32; 2]]),
    Kept(&'a [[u8; BYTES]]),
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

    fn points(self) -> impl Iterator<Item = Point> {
        (0..self.len()).map(move |i| self.at(Point { x: 0, y: 0 }, i))
    }
}

impl Corners {
    pub(crate) fn new(points: impl ExactSizeIterator<Item = Point> + Clone, bounds: &Bounds) -> Self {
        let min = bounds.min;
        let near = |p: Point| Some([u32::try_from(p.x - min.x).ok()?, u32::try_from(p.y - min.y).ok()?]);
        match near(bounds.max) {
            Some(_) => Self::Near(points.filter_map(near).collect()),
            None => Self::Far(points.collect()),
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
            Self::Kept(shelf, first, count) => {
                let (corners, _) = (*shelf.0).as_ref().as_chunks();
                View::Kept(&corners[*first as usize..][..*count as usize])
            }
            Self::Far(points) => View::Far(points),
        }
    }

    /// Puts near corners behind `bytes`; gives the place where they begin there, in corners.
    pub(crate) fn pack(&self, bytes: &mut Vec<u8>) -> Option<usize> {
        let Self::Near(offsets) = self else { return None };
        let place = bytes.len() / BYTES;
        bytes.extend(offsets.iter().flatten().flat_map(|steps| steps.to_le_bytes()));
        Some(place)
    }

    /// Becomes the same corners on a shelf, if that holds them from a place on.
    pub(crate) fn put_on(&mut self, shelf: &Arc<Shelf>, place: usize) -> bool {
        let (Self::Near(_), Ok(first)) = (&*self, u32::try_from(place)) else { return false };
        let (there, _) = (*shelf.0).as_ref().as_chunks::<BYTES>();
        if there.len() < place.saturating_add(self.len()) {
            return false;
        }
        let kept = Self::Kept(Arc::clone(shelf), first, self.len() as u32);
        let same = kept == *self;
        if same {
            *self = kept;
        }
        same
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

    #[test]
    fn ground_is_the_same_on_a_shelf() {
        let (one, two) = (ground(0.1), ground(0.2));
        let mut bytes = Vec::new();
        assert_eq!(one.pack(&mut bytes), Some(0));
        assert_eq!(two.pack(&mut bytes), Some(7));
        let shelf = Arc::new(Shelf::new(bytes));
        let mut kept = two.clone();
        assert!(kept.put_on(&shelf, 7));
        assert_eq!(kept, two);
        assert_ne!(kept, one);
        assert_eq!(kept.edges().collect::<Vec<_>>(), two.edges().collect::<Vec<_>>());
        assert_eq!(kept.rings().collect::<Vec<_>>(), two.rings().collect::<Vec<_>>());
        assert_eq!(kept.polygons(), two.polygons());
        // It is there already.
        assert_eq!(kept.pack(&mut Vec::new()), None);
        assert!(!kept.put_on(&shelf, 7));
    }

    #[test]
    fn a_shelf_that_holds_something_else_is_not_used() {
        let (one, far) = (ground(0.1), ground(1.0));
        let mut bytes = Vec::new();
        one.pack(&mut bytes);
        assert_eq!(far.pack(&mut bytes), None);
        bytes[3] ^= 1;
        let shelf = Arc::new(Shelf::new(bytes));
        let mut kept = one.clone();
        for place in [0, 1, 2, 7, usize::MAX] {
            assert!(!kept.put_on(&shelf, place), "{place}");
        }
        assert_eq!(kept, one);
    }
}
