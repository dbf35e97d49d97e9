//! Which footprints reach which window; boxes with numbers.
//!
//! A window is fixed in the plane and nearly every footprint lies in one or two of them, so that a sorted list of words
//! does it: an R-tree of all boxes takes five times the memory and is asked once for every window only.

use rayon::prelude::*;
use remnant_geometry::{Bounds, Footprint, Window};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// Windows that a footprint may reach before it stands in the tree and not in the list.
const FEW: i64 = 16;

/// Every window that some footprint reaches, with the numbers of those that do.
pub(super) struct Reaching {
    /// A word for every footprint of few windows and every one of them: the window, the number. In order.
    list: Vec<u64>,
    /// The boxes of the others.
    tree: RTree<Entry>,
    windows: Vec<Window>,
}

impl Reaching {
    /// Of so many footprints, by their numbers.
    pub fn new<'a>(count: u32, ground: impl Fn(u32) -> &'a Footprint + Sync) -> Self {
        let numbers = (0..count).into_par_iter();
        let bounds = |number: u32| ground(number).bounds();
        let sorted_out = |(mut list, mut far): (Vec<u64>, Vec<u32>), number| {
            match few(&bounds(number)) {
                Some(windows) => list.extend(windows.map(|window| word(window, number))),
                None => far.push(number),
            }
            (list, far)
        };
        let together = |(mut list, mut far): (Vec<u64>, Vec<u32>), (mut more, mut farther): (Vec<u64>, Vec<u32>)| {
            list.append(&mut more);
            far.append(&mut farther);
            (list, far)
        };
        let (mut list, far) = numbers.fold(Default::default, sorted_out).reduce(Default::default, together);
        list.par_sort_unstable();
        let mut windows: Vec<Window> = list.chunk_by(|a, b| a >> 32 == b >> 32).map(|same| window(same[0])).collect();
        let mut ranges: Vec<_> = far.iter().map(|&number| corners(&bounds(number))).collect();
        ranges.sort_unstable();
        ranges.dedup();
        windows.extend(ranges.into_iter().flat_map(|(low, high)| between(low, high)));
        windows.sort_unstable();
        windows.dedup();
        let entries = far.into_iter().map(|number| entry(bounds(number), number));
        let tree = RTree::bulk_load(entries.collect());
        Self { list, tree, windows }
    }

    /// Every window that some box reaches, in a fixed order.
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Puts the footprints that reach a window in place of what `numbers` holds, in ascending order.
    pub fn of(&self, window: Window, numbers: &mut Vec<u32>) {
        numbers.clear();
        let (first, last) = (word(window, 0), word(window, u32::MAX));
        let from = self.list.partition_point(|&word| word < first);
        let own = self.list[from..].iter().take_while(|&&word| word <= last);
        numbers.extend(own.map(|&word| word as u32));
        let Bounds { min, max } = window.bounds();
        let envelope = AABB::from_corners([min.x, min.y], [max.x, max.y]);
        numbers.extend(self.tree.locate_in_envelope_intersecting(envelope).map(|entry| entry.data));
        numbers.sort_unstable();
    }
}

/// A box with the number of what it holds.
pub(super) type Entry = GeomWithData<Rectangle<[i64; 2]>, u32>;

/// A box with a number.
pub(super) fn entry(Bounds { min, max }: Bounds, number: u32) -> Entry {
    Entry::new(Rectangle::from_corners([min.x, min.y], [max.x, max.y]), number)
}

/// The boxes of some footprints, each with its place among them.
pub(super) fn index(footprints: &[&Footprint]) -> RTree<Entry> {
    RTree::bulk_load(footprints.iter().zip(0..).map(|(ground, number)| entry(ground.bounds(), number)).collect())
}

/// The windows of a box, where they are few, and where it does not touch others as well: sides belong to the windows on
/// both sides of them.
fn few(bounds: &Bounds) -> Option<impl Iterator<Item = Window> + use<>> {
    let (low, high) = corners(bounds);
    let side = |low: i32, high: i32| i64::from(high) - i64::from(low) + 1;
    let corner = low.bounds().min;
    let inside = bounds.min.x > corner.x && bounds.min.y > corner.y;
    (inside && side(low.row, high.row) * side(low.column, high.column) <= FEW).then(|| between(low, high))
}

/// The first and the last window that a box reaches.
fn corners(bounds: &Bounds) -> (Window, Window) {
    let (rows, columns) = Window::reached(bounds);
    (Window { row: *rows.start(), column: *columns.start() }, Window { row: *rows.end(), column: *columns.end() })
}

fn between(low: Window, high: Window) -> impl Iterator<Item = Window> + use<> {
    (low.row..=high.row).flat_map(move |row| (low.column..=high.column).map(move |column| Window { row, column }))
}

/// Rows and columns are counted from here in a word; the plane has less than a thousand either way.
const ORIGIN: i32 = 1 << 15;

fn word(window: Window, number: u32) -> u64 {
    let part = |n: i32| (n + ORIGIN) as u64;
    part(window.row) << 48 | part(window.column) << 32 | u64::from(number)
}

fn window(word: u64) -> Window {
    let part = |shift: u32| i32::from((word >> shift) as u16) - ORIGIN;
    Window { row: part(48), column: part(32) }
}

#[cfg(test)]
mod tests {
    use remnant_geometry::RawPolygon;

    use super::*;

    fn square(x: f64, y: f64, side: f64) -> Footprint {
        let ring = vec![[x, y], [x + side, y], [x + side, y + side], [x, y + side]];
        Footprint::new(&[RawPolygon { rings: vec![ring] }]).expect("a footprint").0
    }

    #[test]
    fn every_window_has_the_footprints_whose_boxes_meet_it() {
        let side = Window { row: 0, column: 0 }.bounds().max.degrees()[0];
        let mut grounds = vec![
            square(-side, -side, 0.01),
            square(3.0 * side, 2.0 * side, side),
            square(-20.0, -10.0, 5.0),
            square(179.9, 89.9, 0.1),
            square(-180.0, -90.0, 0.1),
            square(-0.001, -0.001, 0.002),
        ];
        grounds.extend((0..200).map(|i| square(f64::from(i * 7 % 40) * 0.05, f64::from(i % 23) * 0.07, 0.03)));
        let grounds: Vec<&Footprint> = grounds.iter().collect();
        let reaching = Reaching::new(grounds.len() as u32, |number| grounds[number as usize]);
        let reached = |f: &&&Footprint| {
            let (low, high) = corners(&f.bounds());
            between(low, high).collect::<Vec<_>>()
        };
        let mut windows: Vec<Window> = grounds.iter().flat_map(|f| reached(&f)).collect();
        windows.sort_unstable();
        windows.dedup();
        assert_eq!(reaching.windows(), windows);
        let mut numbers = vec![7];
        for window in windows {
            reaching.of(window, &mut numbers);
            let meets = |&number: &u32| grounds[number as usize].bounds().meets(&window.bounds());
            let all: Vec<u32> = (0..grounds.len() as u32).filter(meets).collect();
            assert_eq!(numbers, all, "{window:?}");
        }
    }
}
