//! All windows in parallel: records -> faces -> ledger and shapes.

use std::mem::take;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use remnant_geometry::plane::TILE;
use remnant_geometry::{Outline, Point, RimEdge, Torn, Window, WindowFaces};

use super::cache::{Cache, Windows};
use super::events::Grounds;
use super::faces::{Rules, WindowAccount};
use super::ledger::Ledger;
use super::reaching::Reaching;
use crate::error::{Error, Location, Result};
use crate::guard;
use crate::progress::{Progress, share};
use crate::read::{Limit, Limits};
use crate::store::Store;

/// What the faces of all windows come to.
#[derive(Default)]
pub(super) struct Overlay {
    pub ledger: Ledger,
    pub outline: Outline,
    /// The sets of live hazards that the rim's marks stand for, counted from 1.
    pub live_sets: Vec<Vec<u32>>,
}

impl Overlay {
    pub(super) fn merge(mut self, other: Self) -> Self {
        self.ledger.merge(other.ledger);
        let mut outline = other.outline;
        outline.shift_marks(self.live_sets.len() as u32);
        self.outline.merge(outline);
        self.live_sets.extend(other.live_sets);
        self
    }

    /// Takes out the rim of contaminated land, and the sets of live hazards that its marks stand for: nobody needs them
    /// once zones have their rows.
    pub(super) fn take_rim(&mut self) -> (Vec<RimEdge>, Vec<Vec<u32>>) {
        let live_sets = take(&mut self.live_sets);
        let live = |mark: u32| &live_sets[mark as usize - 1];
        // Windows number their sets, each its own.
        (self.outline.take_rim(|a, b| live(a) == live(b)), live_sets)
    }
}

/// What all windows are cut from.
struct Ground<'a> {
    rules: &'a Rules<'a>,
    grounds: Grounds<'a>,
    reaching: &'a Reaching,
    draw: bool,
    store: &'a Store,
    /// The accounts that were made before, where the run has a cache.
    kept: Option<Windows<'a>>,
}

/// Cuts and accounts for every window that a cover reaches.
///
/// Each window is a task of its own, so that one district or one huge hazard is shared by all threads.
pub(super) fn overlay(
    rules: &Rules<'_>,
    draw: bool,
    cache: Option<&Cache>,
    store: &Store,
    progress: &dyn Progress,
) -> Result<Overlay> {
    let grounds = rules.covers.grounds();
    let reaching = Reaching::new(grounds.len(), |number| grounds.get(number));
    let windows = reaching.windows();
    progress.stage("accounting for every piece of ground", windows.len() as u64);
    progress.outlook(share::UNDERSTOOD, share::ACCOUNTED[usize::from(draw)]);
    let kept = cache.and_then(|cache| Windows::new(cache, rules, &grounds, draw));
    let ground = Ground { rules, grounds, reaching: &reaching, draw, store, kept };
    let failure: Mutex<Option<Error>> = Mutex::new(None);
    let fail = |error: Error| {
        failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    };
    let failed = || failure.lock().unwrap_or_else(PoisonError::into_inner).is_some();
    let worker = || Worker { cutter: cutter(&rules.limits), ..Worker::default() };
    let mut result = windows
        .par_iter()
        .fold(worker, |mut worker, &window| {
            if failed() {
                return worker;
            }
            if let Err(error) = worker.whole_window(window, &ground, progress) {
                fail(error);
            }
            worker
        })
        .map(|worker| {
            worker.result(&ground).unwrap_or_else(|error| {
                fail(error);
                Overlay::default()
            })
        })
        .reduce(Overlay::default, Overlay::merge);
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    result.ledger.settle();
    Ok(result)
}

const REPORT: &str = "this is a fault of the program: please report it with the input that shows it";

/// Records that a message about a window names.
const NAMED: usize = 12;

/// What a thread accounts with, window after window.
#[derive(Default)]
struct Worker {
    account: WindowAccount,
    cutter: WindowFaces,
    reaching: Vec<u32>,
    outline: Outline,
    /// The windows that are done, where there is a cache: each is then done by itself.
    done: Option<Overlay>,
    /// Bytes of shapes that the store knows of.
    drawn: u64,
}

impl Worker {
    /// One window; a panic becomes an error that names the records of the window.
    fn whole_window(&mut self, window: Window, ground: &Ground<'_>, progress: &dyn Progress) -> Result<()> {
        // After a panic nothing of this worker is used any more: the run ends with the error.
        let done = guard::tried(|| {
            ground.reaching.of(window, &mut self.reaching);
            match &ground.kept {
                Some(kept) => self.kept_window(window, ground, kept)?,
                None => self.window(window, ground)?,
            }
            self.make_room(ground, false)?;
            if progress.advance(1) { Err(Error::Interrupted) } else { Ok(()) }
        });
        let doing = "accounting for a piece of ground";
        done.unwrap_or_else(|panic| Err(panic.fault(doing, Location::default(), &self.near(window, ground))))
    }

    /// One window, which may have been done by an earlier run.
    fn kept_window(&mut self, window: Window, ground: &Ground<'_>, kept: &Windows<'_>) -> Result<()> {
        let sight = kept.sight(window, &self.reaching);
        let account = match kept.find(&sight) {
            Some(account) => account,
            None => {
                self.window(window, ground)?;
                let account = self.take();
                kept.keep(&sight, &account);
                account
            }
        };
        self.done = Some(self.done.take().unwrap_or_default().merge(account));
        Ok(())
    }

    fn window(&mut self, window: Window, ground: &Ground<'_>) -> Result<()> {
        let Self { account, cutter, reaching, outline, .. } = self;
        let drawn = (ground.draw || ground.rules.want_rim).then_some(outline);
        let records = reaching.iter().map(|&r| (r, ground.grounds.get(r)));
        let torn = cutter.cut(window, records, drawn, &mut |cover, area| {
            let mut class = account.face(ground.rules, cover, area);
            if !ground.draw {
                class.class = 0;
            }
            class
        });
        torn.map_err(|torn| match torn.too_many {
            true => too_many(UNCUT, &torn, &with_most_corners(&self.reaching, ground.rules), &ground.rules.limits),
            false => {
                let why = format!("{torn}, {}", self.near(window, ground));
                Error::failed(UNCUT, Location::default(), why, REPORT)
            }
        })?;
        self.account.end();
        Ok(())
    }

    /// Where a window lies, and which records reach it.
    fn near(&self, window: Window, ground: &Ground<'_>) -> String {
        let [x, y] = window.bounds().min.degrees();
        let events = &ground.rules.covers.events;
        let records = self.reaching.iter().filter_map(|&r| events.get(r as usize)).map(|event| {
            let kind = if event.is_hazard() { "hazard" } else { "release" };
            format!("{kind} {}", event.id(ground.rules.covers.survey))
        });
        let named: Vec<String> = records.take(NAMED).collect();
        let more = if self.reaching.len() > NAMED { ", ..." } else { "" };
        format!("near longitude {x:.3}, latitude {y:.3}; records there: {}{more}", named.join(", "))
    }

    /// What has been accounted for since this was last asked.
    fn take(&mut self) -> Overlay {
        let Self { account: WindowAccount { ledger, live_sets, .. }, outline, .. } = self;
        Overlay { ledger: take(ledger), outline: take(outline), live_sets: take(live_sets) }
    }

    /// Puts shapes on the disk where memory has no room for them.
    fn make_room(&mut self, ground: &Ground<'_>, last: bool) -> Result<()> {
        let outline = self.done.as_mut().map_or(&mut self.outline, |done| &mut done.outline);
        self.drawn = ground.store.draw(outline, self.drawn, last)?;
        Ok(())
    }

    fn result(mut self, ground: &Ground<'_>) -> Result<Overlay> {
        self.make_room(ground, true)?;
        Ok(self.done.take().unwrap_or_else(|| self.take()))
    }
}

const UNCUT: &str = "the ground could not be cut into faces";

/// What cuts windows within the limits of a run.
pub(super) fn cutter(limits: &Limits) -> WindowFaces {
    WindowFaces::meeting_at_most(usize::try_from(limits.of(Limit::TileCrossings)).unwrap_or(usize::MAX))
}

/// The error for a cut of which no records need be named; `what` could not be done.
pub(super) fn uncut(what: &str, torn: &Torn, limits: &Limits) -> Error {
    match torn.too_many {
        true => too_many(what, torn, "", limits),
        false => Error::failed(what, Location::default(), torn, REPORT),
    }
}

/// Borders meet in a tile more often than is allowed; `whose` they are, or nothing.
fn too_many(what: &str, torn: &Torn, whose: &str, limits: &Limits) -> Error {
    let tile = |n: i32| i64::from(n) * TILE;
    let [x, y] = Point { x: tile(torn.column), y: tile(torn.row) }.degrees();
    let limit = limits.reached(Limit::TileCrossings);
    let why = format!("near longitude {x:.3}, latitude {y:.3} borders{whose} meet too often; {limit}");
    let remedy = "look at what lies there in a GIS: thousands of teeth or copies in one place are not what was drawn";
    Error::unusable(what, Location::default(), why, remedy)
}

/// The records with the most corners, of those that reach a window.
fn with_most_corners(reaching: &[u32], rules: &Rules<'_>) -> String {
    const NAMED: usize = 3;
    let mut records: Vec<_> = reaching.iter().filter_map(|&r| rules.covers.events.get(r as usize)).collect();
    records.sort_by_key(|event| (std::cmp::Reverse(event.ground.len()), event.origin(rules.covers.survey)));
    let named: Vec<String> =
        records.iter().take(NAMED).map(|event| format!("`{}`", event.id(rules.covers.survey))).collect();
    format!(" of records such as {}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use remnant_geometry::{Footprint, RawPolygon};

    use super::super::boundaries::Versions;
    use super::super::events::Covers;
    use super::*;
    use crate::progress::Silent;
    use crate::records::{Fate, Hazard, HazardClass, HazardGround, Origin, Survey, Zone};
    use crate::settings::Settings;

    const ORIGIN: Origin = Origin { layer: 0, feature: 1 };

    fn boxed([west, south, east, north]: [f64; 4]) -> Footprint {
        let ring = vec![[west, south], [east, south], [east, north], [west, north]];
        Footprint::new(&[RawPolygon { rings: vec![ring] }]).expect("it has an area").0
    }

    fn hazard(id: &str, sides: [f64; 4]) -> Hazard {
        Hazard {
            origin: ORIGIN,
            id: id.into(),
            class: HazardClass::Suspected,
            date: None,
            accuracy_m: None,
            stated_area_m2: None,
            fate: Fate::Used,
            ground: HazardGround::Area(boxed(sides)),
        }
    }

    #[test]
    fn large_hazards_have_no_rim_within_them_whatever_the_windows() {
        let (id, name, ground) = ("z".to_owned(), String::new(), boxed([46.0, 40.0, 46.01, 40.01]));
        let survey = Survey {
            hazards: vec![hazard("a", [45.001, 40.001, 45.501, 40.401]), hazard("b", [45.301, 40.001, 45.801, 40.401])],
            zones: vec![Zone { origin: ORIGIN, id, name, ground, people: None, homes: None }],
            ..Survey::default()
        };
        let settings = Settings::new(date(2025, 1, 1));
        let versions = Versions::new(&survey);
        let covers = Covers::new(&survey, versions.on(None), &settings, &[]);
        let rules = Rules::new(&covers, &settings);
        let mut overlay = overlay(&rules, false, None, &Store::new(None), &Silent).expect("an overlay");
        let (rim, live_sets) = overlay.take_rim();
        // Each window has numbered the hazards that are live in it.
        assert!(live_sets.len() > 32, "{}", live_sets.len());
        let at = Point::from_degrees;
        let (low, high, ends, begins) = (at(45.001, 40.001), at(45.801, 40.401), at(45.501, 0.0).x, at(45.301, 0.0).x);
        let mut round = 0;
        for edge in rim {
            let (from, to) = (edge.from.min(edge.to), edge.from.max(edge.to));
            let upright = from.x == to.x && [low.x, high.x].contains(&from.x);
            let level = from.y == to.y && [low.y, high.y].contains(&from.y);
            assert!(upright || level, "{edge:?} is not on the border");
            round += (to.x - from.x) + (to.y - from.y);
            let live: Vec<&str> = live_sets[edge.mark as usize - 1].iter().map(|&h| covers.id(h)).collect();
            let expected: &[&str] = match (from.x < ends, to.x > begins) {
                (true, true) => &["a", "b"],
                (true, false) => &["a"],
                _ => &["b"],
            };
            assert_eq!(live, expected, "{edge:?}");
        }
        assert_eq!(round, 2 * (high.x - low.x + high.y - low.y));
    }
}
