//! The polygons of a class: in memory, or put aside.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::GridPolygon;
use crate::corners::{Bytes, checked, read_again};
use crate::plane::{Bounds, Point};

/// Polygons in order, each in memory or put aside by whoever has more room than memory.
#[derive(Clone, Default)]
pub struct Polygons {
    all: Vec<Drawn>,
    /// So many from the beginning on were looked at when polygons were put aside.
    looked_at: usize,
    elsewhere: Option<Arc<dyn Bytes>>,
}

#[derive(Clone)]
enum Drawn {
    Here(GridPolygon),
    Kept(Kept),
}

/// A polygon that was put aside.
#[derive(Clone, Copy)]
struct Kept {
    /// Its first corner.
    first: Point,
    place: u64,
    bytes: u32,
    /// Of its bytes: see [`checked`].
    sum: u32,
}

impl Polygons {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them, one after the other.
    ///
    /// # Panics
    /// Where one that was put aside can't be read again: with [`Lost`](crate::Lost).
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Cow<'_, GridPolygon>> + Clone {
        self.all.iter().map(|drawn| self.look(drawn))
    }

    /// One of them. Panics as [`Self::iter`] does.
    pub fn get(&self, number: usize) -> Option<Cow<'_, GridPolygon>> {
        self.all.get(number).map(|drawn| self.look(drawn))
    }

    /// All of them, in memory. Panics as [`Self::iter`] does.
    pub fn into_vec(mut self) -> Vec<GridPolygon> {
        let all = std::mem::take(&mut self.all);
        let here = |drawn| match drawn {
            Drawn::Here(polygon) => polygon,
            Drawn::Kept(_) => self.look(&drawn).into_owned(),
        };
        all.into_iter().map(here).collect()
    }

    fn look<'a>(&'a self, drawn: &'a Drawn) -> Cow<'a, GridPolygon> {
        match drawn {
            Drawn::Here(polygon) => Cow::Borrowed(polygon),
            Drawn::Kept(kept) => {
                let mut bytes = vec![0; kept.bytes as usize];
                let elsewhere = self.elsewhere.as_ref().expect("whatever is kept lies somewhere");
                read_again(elsewhere.as_ref(), kept.place, &mut bytes, kept.sum);
                Cow::Owned(decoded(&bytes))
            }
        }
    }

    /// Puts aside what came since this was last called, some of it at a time: see [`super::Outline::put_aside`].
    pub(super) fn put_aside<E>(
        &mut self,
        elsewhere: &Arc<dyn Bytes>,
        put: &mut impl FnMut(&[u8]) -> Result<u64, E>,
    ) -> Result<(), E> {
        self.elsewhere = Some(Arc::clone(elsewhere));
        let (mut bytes, mut batch) = (Vec::new(), Vec::new());
        while self.looked_at < self.all.len() {
            let number = self.looked_at;
            self.looked_at += 1;
            if let Drawn::Here(polygon) = &self.all[number] {
                batch.extend(encode(polygon, &mut bytes).map(|kept| (number, kept)));
            }
            if !bytes.is_empty() && (bytes.len() >= BATCH || self.looked_at == self.all.len()) {
                let place = put(&bytes)?;
                bytes.clear();
                for (number, kept) in batch.drain(..) {
                    self.all[number] = Drawn::Kept(Kept { place: place + kept.place, ..kept });
                }
            }
        }
        Ok(())
    }

    /// Adds one, and tells the bytes of memory that it takes.
    pub(super) fn push(&mut self, polygon: GridPolygon) -> u64 {
        let rings: usize = polygon.iter().map(|ring| size_of_val(ring) + size_of_val(ring.as_slice())).sum();
        self.all.push(Drawn::Here(polygon));
        (size_of::<Drawn>() + rings) as u64
    }

    pub(super) fn append(&mut self, other: Self) {
        super::append(&mut self.all, other.all);
        self.elsewhere = self.elsewhere.take().or(other.elsewhere);
    }

    /// Puts all into their order.
    pub(super) fn sort(&mut self) {
        let mut all = std::mem::take(&mut self.all);
        let first = |drawn: &Drawn| match drawn {
            Drawn::Here(polygon) => polygon.first().and_then(|shell| shell.first()).copied(),
            Drawn::Kept(kept) => Some(kept.first),
        };
        // Few have their first corner in common.
        all.sort_unstable_by(|a, b| first(a).cmp(&first(b)).then_with(|| self.look(a).cmp(&self.look(b))));
        self.all = all;
    }
}

impl From<Vec<GridPolygon>> for Polygons {
    fn from(polygons: Vec<GridPolygon>) -> Self {
        polygons.into_iter().collect()
    }
}

impl FromIterator<GridPolygon> for Polygons {
    fn from_iter<T: IntoIterator<Item = GridPolygon>>(polygons: T) -> Self {
        Self { all: polygons.into_iter().map(Drawn::Here).collect(), ..Self::default() }
    }
}

impl PartialEq for Polygons {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Polygons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Bytes that are put aside at a time: both they and the polygons are in memory then.
const BATCH: usize = 1 << 20;

/// Bytes of the corner from which the others of a polygon are counted.
const CORNER: usize = 16;
/// Bytes of a number of corners.
const COUNT: usize = 4;
/// Bytes of a corner.
const STEPS: usize = 8;

/// The bytes of a polygon that can be put aside, and where its corners are counted from.
fn packed(polygon: &GridPolygon) -> Option<(u32, Point)> {
    let bounds = Bounds::of(polygon.iter().flatten().copied())?;
    let bytes = CORNER + polygon.iter().map(|ring| COUNT + STEPS * ring.len()).sum::<usize>();
    let near = |side: i64| u32::try_from(side).is_ok();
    let fits = near(bounds.max.x - bounds.min.x) && near(bounds.max.y - bounds.min.y);
    let bytes = u32::try_from(bytes).ok().filter(|_| fits && polygon.iter().all(|ring| !ring.is_empty()))?;
    Some((bytes, bounds.min))
}

/// Adds the bytes of a polygon, if it can be put aside: where its corners are counted from, then each ring with the number
/// of its corners and their steps, the lowest byte first. Its place is counted from the beginning of all the bytes.
fn encode(polygon: &GridPolygon, bytes: &mut Vec<u8>) -> Option<Kept> {
    let ((len, min), first) = packed(polygon).zip(polygon.first().and_then(|shell| shell.first()))?;
    let place = bytes.len();
    bytes.reserve(len as usize);
    bytes.extend_from_slice(&min.x.to_le_bytes());
    bytes.extend_from_slice(&min.y.to_le_bytes());
    for ring in polygon {
        bytes.extend_from_slice(&(ring.len() as u32).to_le_bytes());
        for p in ring {
            let steps = (p.x - min.x) as u64 | ((p.y - min.y) as u64) << 32;
            bytes.extend_from_slice(&steps.to_le_bytes());
        }
    }
    Some(Kept { first: *first, place: place as u64, bytes: len, sum: checked(&bytes[place..]) })
}

fn decoded(bytes: &[u8]) -> GridPolygon {
    let word = |at: usize| bytes[at..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
    let min = Point { x: word(0) as i64, y: word(8) as i64 };
    let mut polygon = Vec::new();
    let mut at = CORNER;
    while let Some(count) = bytes[at..].first_chunk() {
        let end = at + COUNT + STEPS * u32::from_le_bytes(*count) as usize;
        let corner = |steps: usize| {
            let steps = word(steps);
            Point { x: min.x + i64::from(steps as u32), y: min.y + (steps >> 32) as i64 }
        };
        polygon.push((at + COUNT..end).step_by(STEPS).map(corner).collect());
        at = end;
    }
    polygon
}
