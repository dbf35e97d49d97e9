//! The corners of a footprint, one ring after the other: in memory or on a shelf.
//!
//! A survey has hundreds of millions of them, so they take as little room as they can, and may be held by whoever has more
//! room than memory.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::io;
use std::panic::{RefUnwindSafe, UnwindSafe, panic_any};
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

/// What a panic carries where bytes that were put aside can't be read again: nothing can be said of any ground then, and
/// the run must end, but the fault is that of the machine.
#[derive(Debug)]
pub struct Lost {
    /// What can't be read, and why, as a sentence without a full stop.
    pub why: String,
}

/// A sum over bytes that are put aside. A disk on which there is less room than it said gives back others without a word,
/// mostly zeros: such ground would be no ground.
pub(crate) fn checked(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

/// Reads bytes that were put aside.
///
/// # Panics
/// Where they can't be read, or are others: with [`Lost`].
pub(crate) fn read_again(from: &dyn Bytes, place: u64, into: &mut [u8], sum: u32) {
    let why = match from.read(place, into) {
        Ok(()) if checked(into) == sum => return,
        Ok(()) => "other bytes came back than were written".to_owned(),
        Err(error) => error.to_string(),
    };
    panic_any(Lost { why })
}

/// Where the corners of many footprints are held together: for each its steps east and north of the south-west corner of
/// its footprint's bounds.
pub struct Shelf(Held);

enum Held {
    Here(Box<[[u32; 2]]>),
    /// Each number as four bytes, the lowest first.
    Elsewhere(Arc<dyn Bytes>),
}

impl Shelf {
    /// A shelf of corners in memory, which footprints have packed (see [`crate::Footprint::pack`]).
    pub fn here(corners: Vec<[u32; 2]>) -> Self {
        Self(Held::Here(corners.into()))
    }

    /// A shelf of the [`Self::bytes`] of corners.
    pub fn elsewhere(bytes: Arc<dyn Bytes>) -> Self {
        Self(Held::Elsewhere(bytes))
    }

    fn is_elsewhere(&self) -> bool {
        matches!(self.0, Held::Elsewhere(_))
    }

    /// Corners as a shelf elsewhere holds them.
    pub fn bytes(corners: &[[u32; 2]]) -> Vec<u8> {
        corners.iter().flatten().flat_map(|steps| steps.to_le_bytes()).collect()
    }

    /// Some of the corners. Panics as [`read_again`] does.
    fn corners(&self, first: u32, count: u32, sum: u32) -> View<'_> {
        match &self.0 {
            Held::Here(corners) => View::Near(&corners[first as usize..][..count as usize]),
            Held::Elsewhere(bytes) => {
                let mut corners = vec![[0; BYTES]; count as usize].into_boxed_slice();
                read_again(bytes.as_ref(), u64::from(first) * BYTES as u64, corners.as_flattened_mut(), sum);
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
    /// The same, by the first one and their number, on a shelf; where that is elsewhere than in memory, with the sum of
    /// their bytes (see [`checked`]).
    Kept { shelf: Arc<Shelf>, first: u32, count: u32, sum: u32 },
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
            Self::Kept { count, .. } => *count as usize,
            Self::Far(points) => points.len(),
        }
    }

    pub(crate) fn view(&self) -> View<'_> {
        match self {
            Self::Near(offsets) => View::Near(offsets),
            Self::Kept { shelf, first, count, sum } => shelf.corners(*first, *count, *sum),
            Self::Far(points) => View::Far(points),
        }
    }

    /// Puts near corners behind others; `false` where they are far, or held elsewhere than in memory.
    pub(crate) fn pack(&self, others: &mut Vec<[u32; 2]>) -> bool {
        match self {
            _ if self.are_elsewhere() => false,
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
        let sum = match self.view() {
            View::Near(corners) if shelf.is_elsewhere() => checked(&Shelf::bytes(corners)),
            View::Near(_) => 0,
            View::Kept(_) | View::Far(_) => return,
        };
        if let (Ok(first), Ok(count)) = (u32::try_from(first), u32::try_from(self.len())) {
            *self = Self::Kept { shelf: Arc::clone(shelf), first, count, sum };
        }
    }

    /// Whether they are held elsewhere than in memory.
    pub(crate) fn are_elsewhere(&self) -> bool {
        matches!(self, Self::Kept { shelf, .. } if shelf.is_elsewhere())
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
        for shelf in [Shelf::here(corners.clone()), Shelf::elsewhere(Arc::new(InMemory(bytes)))] {
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
    fn corners_take_three_words_a_record() {
        // A survey has millions of them.
        assert_eq!(size_of::<Corners>(), 24);
    }

    #[test]
    fn corners_that_are_lost_are_never_guessed() {
        // Fewer bytes than there were, and as many that are others.
        for (bytes, wanted) in [(8, io::ErrorKind::UnexpectedEof.to_string().as_str()), (800, "other bytes came back")]
        {
            let mut lost = ground(0.1);
            lost.put_on(&Arc::new(Shelf::elsewhere(Arc::new(InMemory(vec![0; bytes])))), 0);
            let seen = std::panic::catch_unwind(|| lost.edges().count());
            let why = seen.expect_err("nothing is said of this ground");
            let why = &why.downcast_ref::<Lost>().expect("the machine's fault").why;
            assert!(why.starts_with(wanted), "{why}");
        }
    }
}
