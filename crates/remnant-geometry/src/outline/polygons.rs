//! The polygons of a class: in memory, or put aside.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::GridPolygon;
use crate::corners::Bytes;
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
    /// Where one that was put aside can't be read again: nothing can be drawn then, and the run must end.
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
                let read = self.elsewhere.as_ref().map(|elsewhere| elsewhere.read(kept.place, &mut bytes));
                match read {
                    Some(Ok(())) => Cow::Owned(decoded(&bytes)),
                    Some(Err(error)) => panic!("a shape that was put aside can't be read again: {error}"),
                    None => panic!("a shape that was put aside has no place where it lies"),
                }
            }
        }
    }

    /// Adds the bytes of what came since this was last called.
    pub(super) fn pack(&self, bytes: &mut Vec<u8>) {
        for drawn in &self.all[self.looked_at..] {
            if let Drawn::Here(polygon) = drawn {
                encode(polygon, bytes);
            }
        }
    }

    /// Lets go of what was packed: its bytes can be read at a place from now on. Gives the place after them.
    pub(super) fn put_aside(&mut self, elsewhere: &Arc<dyn Bytes>, mut place: u64) -> u64 {
        for drawn in &mut self.all[self.looked_at..] {
            let Drawn::Here(polygon) = drawn else { continue };
            let Some((bytes, first)) = packed_len(polygon).zip(polygon.first().and_then(|shell| shell.first())) else {
                continue;
            };
            *drawn = Drawn::Kept(Kept { first: *first, place, bytes });
            place += u64::from(bytes);
        }
        self.looked_at = self.all.len();
        self.elsewhere = Some(Arc::clone(elsewhere));
        place
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

fn packed_len(polygon: &GridPolygon) -> Option<u32> {
    packed(polygon).map(|packed| packed.0)
}

/// Adds the bytes of a polygon, if it can be put aside: where its corners are counted from, then each ring with the number
/// of its corners and their steps, the lowest byte first.
fn encode(polygon: &GridPolygon, bytes: &mut Vec<u8>) {
    let Some((len, min)) = packed(polygon) else { return };
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
