//! All windows in parallel: records -> faces -> ledger and shapes.

use std::sync::Mutex;

use rayon::prelude::*;
use remnant_geometry::plane::TILE;
use remnant_geometry::{Bounds, Footprint, Outline, Point, Torn, Window, WindowFaces};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::faces::{Rules, WindowAccount};
use super::ledger::Ledger;
use crate::error::{Error, Location, Result};
use crate::progress::Progress;
use crate::read::Limit;

/// A footprint's box with its number.
pub(super) type Entry = GeomWithData<Rectangle<[i64; 2]>, u32>;

/// What the faces of all windows come to.
#[derive(Default)]
pub(super) struct Overlay {
    pub ledger: Ledger,
    pub outline: Outline,
    /// The sets of live hazards that the rim's marks stand for, counted from 1.
    pub live_sets: Vec<Vec<u32>>,
}

impl Overlay {
    fn merge(&mut self, mut other: Self) {
        self.ledger.merge(other.ledger);
        other.outline.shift_marks(self.live_sets.len() as u32);
        self.outline.merge(other.outline);
        self.live_sets.extend(other.live_sets);
    }
}

/// Cuts and accounts for every window that a cover reaches.
///
/// Each window is a task of its own, so that one district or one huge hazard is shared by all threads.
pub(super) fn overlay(rules: &Rules<'_>, draw: bool, progress: &dyn Progress) -> Result<Overlay> {
    let footprints = rules.covers.footprints();
    let index = index(&footprints);
    let windows = windows(&footprints);
    progress.stage("accounting for every piece of ground", windows.len() as u64);
    let failure: Mutex<Option<Error>> = Mutex::new(None);
    let most = usize::try_from(rules.limits.of(Limit::TileCrossings)).unwrap_or(usize::MAX);
    let result = windows
        .par_iter()
        .fold(
            || (Overlay::default(), WindowFaces::meeting_at_most(most)),
            |(mut sum, mut cutter), &window| {
                if failure.lock().is_ok_and(|f| f.is_some()) {
                    return (sum, cutter);
                }
                match one_window(window, &footprints, &index, rules, draw, &mut cutter) {
                    Ok(part) => sum.merge(part),
                    Err(e) => {
                        if let Ok(mut failure) = failure.lock() {
                            failure.get_or_insert(e);
                        }
                    }
                }
                if progress.advance(1)
                    && let Ok(mut failure) = failure.lock()
                {
                    failure.get_or_insert(Error::Interrupted);
                }
                (sum, cutter)
            },
        )
        .map(|(sum, _)| sum)
        .reduce(Overlay::default, |mut a, b| {
            a.merge(b);
            a
        });
    match failure.into_inner() {
        Ok(None) => Ok(result),
        Ok(Some(error)) => Err(error),
        Err(_) => Err(Error::failed("a part of the work failed", Location::default(), "a thread panicked", REPORT)),
    }
}

pub(super) const REPORT: &str = "this is a fault of the program: please report it with the input that shows it";

fn one_window(
    window: Window,
    footprints: &[&Footprint],
    index: &RTree<Entry>,
    rules: &Rules<'_>,
    draw: bool,
    cutter: &mut WindowFaces,
) -> Result<Overlay> {
    let bounds = window.bounds();
    let envelope = AABB::from_corners([bounds.min.x, bounds.min.y], [bounds.max.x, bounds.max.y]);
    let mut reaching: Vec<u32> = index.locate_in_envelope_intersecting(envelope).map(|e| e.data).collect();
    reaching.sort_unstable();
    let mut account = WindowAccount::default();
    let mut outline = Outline::default();
    let drawn = (draw || rules.want_rim).then_some(&mut outline);
    let records = reaching.iter().map(|&r| (r, footprints[r as usize]));
    let torn = cutter.cut(window, records, drawn, &mut |cover, area| {
        let mut class = account.face(rules, cover, area);
        if !draw {
            class.class = 0;
        }
        class
    });
    torn.map_err(|torn| {
        if torn.too_many {
            return too_many(&torn, &reaching, rules);
        }
        let [x, y] = bounds.min.degrees();
        let place = format!("{torn}, near longitude {x:.3}, latitude {y:.3}");
        Error::failed("the ground could not be cut into faces", Location::default(), place, REPORT)
    })?;
    Ok(Overlay { ledger: account.ledger, outline, live_sets: account.live_sets })
}

/// Borders meet in a tile more often than is allowed: names the records with the most corners, of those that reach it.
fn too_many(torn: &Torn, reaching: &[u32], rules: &Rules<'_>) -> Error {
    const NAMED: usize = 3;
    let tile = |n: i32| i64::from(n) * TILE;
    let [x, y] = Point { x: tile(torn.column), y: tile(torn.row) }.degrees();
    let mut records: Vec<_> = reaching.iter().filter_map(|&r| rules.covers.events.get(r as usize)).collect();
    records.sort_by_key(|event| (std::cmp::Reverse(event.ground.len()), event.origin));
    let named: Vec<String> = records.iter().take(NAMED).map(|event| format!("`{}`", event.id)).collect();
    let limit = rules.limits.reached(Limit::TileCrossings);
    let why = format!(
        "near longitude {x:.3}, latitude {y:.3} borders of records such as {} meet too often; {limit}",
        named.join(", ")
    );
    let remedy = "look at these records in a GIS: thousands of teeth or copies in one place are not what was drawn";
    Error::unusable("the ground could not be cut into faces", Location::default(), why, remedy)
}

/// The boxes of some footprints, each with its place among them.
pub(super) fn index(footprints: &[&Footprint]) -> RTree<Entry> {
    let entry = |(i, f): (usize, &&Footprint)| {
        let Bounds { min, max } = f.bounds();
        Entry::new(Rectangle::from_corners([min.x, min.y], [max.x, max.y]), i as u32)
    };
    RTree::bulk_load(footprints.iter().enumerate().map(entry).collect())
}

/// Every window that some box reaches, in a fixed order.
pub(super) fn windows(footprints: &[&Footprint]) -> Vec<Window> {
    let mut ranges: Vec<_> = footprints.iter().map(|f| Window::reached(&f.bounds())).collect();
    ranges.sort_unstable_by_key(|(rows, columns)| (*rows.start(), *rows.end(), *columns.start(), *columns.end()));
    ranges.dedup();
    let mut windows: Vec<Window> = ranges
        .into_iter()
        .flat_map(|(rows, columns)| rows.flat_map(move |row| columns.clone().map(move |column| Window { row, column })))
        .collect();
    windows.sort_unstable();
    windows.dedup();
    windows
}
