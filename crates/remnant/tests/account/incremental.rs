//! Runs with a cache, on random surveys that are edited step by step: every account is the one that a run without a
//! cache makes, and what an edit can't have changed is reused.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use jiff::civil::{Date, date};
use remnant::account::account;
use remnant::progress::{CacheUse, Progress, Silent};
use remnant::records::{
    District, Exposed, Fate, Hazard, HazardClass, HazardGround, Origin, Release, ReleaseKind, Survey, Validity, Work,
    Zone,
};
use remnant::report::{Account, SeriesStep};
use remnant::settings::{DatePolicy, OutsidePolicy, Settings};
use remnant_geometry::{Footprint, RawPolygon, Window};

use crate::seed;

/// Surveys, and edits of each.
const SURVEYS: u64 = 8;
const EDITS: u64 = 10;

/// Degrees along the side of the land: some windows, each of about 0.11 degrees.
const SIDE: f64 = 1.4;

struct Pseudo(u64);

impl Pseudo {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }
}

fn ring(corners: &[[f64; 2]]) -> Footprint {
    let corners = corners.iter().map(|[x, y]| [46.3 + x, 39.4 + y]).collect();
    Footprint::new(&[RawPolygon { rings: vec![corners] }]).unwrap().0
}

fn rectangle([west, south, east, north]: [f64; 4]) -> Footprint {
    ring(&[[west, south], [east, south], [east, north], [west, north]])
}

/// A box or a triangle, mostly small, some over several windows.
fn shape(random: &mut Pseudo) -> Footprint {
    let wide = [0.004, 0.02, 0.02, 0.3][random.below(4)];
    let (x, y) = (SIDE * random.unit(), SIDE * random.unit());
    let (w, h) = (1e-4 + wide * random.unit(), 1e-4 + wide * random.unit());
    if random.chance(2) {
        return rectangle([x, y, x + w, y + h]);
    }
    ring(&[[x, y], [x + w, y + h / 7.0], [x + w / 3.0, y + h]])
}

fn day(random: &mut Pseudo) -> Option<Date> {
    (!random.chance(6)).then(|| date(2015 + random.below(5) as i16, 1 + random.below(12) as i8, 1))
}

fn origin(layer: u32, feature: usize) -> Origin {
    Origin { layer, feature: feature as u64 + 1 }
}

fn hazard(random: &mut Pseudo, number: usize) -> Hazard {
    Hazard {
        origin: origin(0, number),
        id: format!("h{}", random.below(1000)).into(),
        class: [HazardClass::Suspected, HazardClass::Confirmed][random.below(2)],
        date: day(random),
        accuracy_m: random.chance(5).then_some(50.0),
        stated_area_m2: None,
        fate: Fate::Used,
        ground: HazardGround::Area(shape(random)),
    }
}

fn release(random: &mut Pseudo, number: usize, hazards: &[Hazard]) -> Release {
    // Some take the very ground of a hazard.
    let of = hazards.get(random.below(2 * hazards.len() + 1));
    let ground = match of.map(|h| &h.ground) {
        Some(HazardGround::Area(ground)) => ground.clone(),
        _ => shape(random),
    };
    let task = random.chance(2).then(|| format!("T{}", random.below(6)));
    Release {
        origin: origin(1, number),
        id: format!("r{}", random.below(1000)).into(),
        kind: [ReleaseKind::Cleared, ReleaseKind::Reduced, ReleaseKind::Cancelled][random.below(3)],
        date: day(random),
        devices: [random.below(2) as u64, 0, 0, 0, 0, 0].into(),
        work: Work { task, ..Work::default() }.into(),
        stated_area_m2: None,
        fate: Fate::Used,
        ground,
    }
}

fn district(number: usize, corners: [f64; 4]) -> District {
    let (code, name) = (format!("D{}", number % 7), format!("District {number}"));
    District { origin: origin(2, number), code, name, validity: Validity::default(), ground: rectangle(corners) }
}

fn zone(random: &mut Pseudo, number: usize) -> Zone {
    let (x, y, side) = (SIDE * random.unit(), SIDE * random.unit(), 0.01 + 0.03 * random.unit());
    let ground = rectangle([x, y, x + side, y + side]);
    Zone { origin: origin(3, number), id: format!("z{number}"), name: String::new(), people: None, homes: None, ground }
}

fn exposed(random: &mut Pseudo, number: usize) -> Exposed {
    let theme = ["farmland", "schools", "pasture"][random.below(3)].to_owned();
    let area = Some(shape(random));
    Exposed { origin: origin(5, number), id: format!("e{number}"), theme, area, lines: Vec::new(), points: Vec::new() }
}

fn survey(random: &mut Pseudo) -> Survey {
    let mut survey = Survey::default();
    survey.hazards = (0..40).map(|n| hazard(random, n)).collect();
    survey.releases = (0..30).map(|n| release(random, n, &survey.hazards)).collect();
    // Nine features of seven districts, which overlap a little and leave some land out.
    let third = SIDE / 3.0;
    survey.districts = (0..9)
        .map(|n| {
            let (x, y) = (third * (n % 3) as f64, third * (n / 3) as f64);
            district(n, [x, y, x + third + 0.004, y + third - 0.003])
        })
        .collect();
    if !random.chance(4) {
        survey.zones = (0..5).map(|n| zone(random, n)).collect();
    }
    if random.chance(2) {
        survey.exposures = (0..6).map(|n| exposed(random, n)).collect();
    }
    if random.chance(2) {
        survey.coverage = Some(vec![rectangle([0.0, 0.0, 0.9, 0.9]), rectangle([0.8, 0.8, 1.2, 1.1])]);
    }
    survey
}

fn settings(random: &mut Pseudo) -> Settings {
    let mut settings = Settings::new(date(2030, 1, 1));
    settings.as_of = [None, None, Some(date(2018, 6, 15))][random.below(3)];
    settings.since = [None, Some(date(2016, 12, 31))][random.below(2)];
    settings.series = [None, Some(SeriesStep::Yearly)][random.below(2)];
    settings.dates = [DatePolicy::Replay, DatePolicy::Replay, DatePolicy::Replay, DatePolicy::Ignore][random.below(4)];
    settings.outside = [OutsidePolicy::Separate, OutsidePolicy::Baseline][random.below(2)];
    settings.geometry = !random.chance(4);
    settings.threads = Some(1 + random.below(3));
    settings
}

/// What an edit can't have left as it was.
enum Reach {
    /// Some windows.
    Some(BTreeSet<Window>),
    /// Nobody knows.
    Any,
}

fn windows<'a>(grounds: impl IntoIterator<Item = &'a Footprint>) -> BTreeSet<Window> {
    let mut all = BTreeSet::new();
    for ground in grounds {
        let (rows, columns) = Window::reached(&ground.bounds());
        all.extend(rows.flat_map(|row| columns.clone().map(move |column| Window { row, column })));
    }
    all
}

fn area(hazard: &Hazard) -> &Footprint {
    match &hazard.ground {
        HazardGround::Area(ground) => ground,
        HazardGround::Points(_) => panic!("all are areas"),
    }
}

/// One edit, such as an analyst makes between two runs.
fn edit(random: &mut Pseudo, survey: &mut Survey, number: usize) -> (&'static str, Reach) {
    // A hazard that comes or goes near a zone brings or takes what is near that zone, in every window of the zone.
    let of_zones = windows(survey.zones.iter().map(|z| &z.ground));
    let hazards = |grounds: &[&Footprint]| {
        let mut reach = windows(grounds.iter().copied());
        reach.extend(&of_zones);
        Reach::Some(reach)
    };
    let (h, r) = (random.below(survey.hazards.len()), random.below(survey.releases.len()));
    match random.below(13) {
        0 => {
            let new = hazard(random, 100 + number);
            let reach = hazards(&[area(&new)]);
            survey.hazards.insert(h, new);
            ("a hazard is added", reach)
        }
        1 => {
            let old = survey.hazards.remove(h);
            ("a hazard is removed", hazards(&[area(&old)]))
        }
        2 => {
            let new = HazardGround::Area(shape(random));
            let old = std::mem::replace(&mut survey.hazards[h].ground, new);
            let HazardGround::Area(old) = old else { panic!("all are areas") };
            ("a hazard is moved", hazards(&[&old, area(&survey.hazards[h])]))
        }
        3 => {
            survey.hazards[h].date = day(random);
            ("a hazard has another date", hazards(&[area(&survey.hazards[h])]))
        }
        4 => {
            survey.hazards[h].class = HazardClass::Confirmed;
            ("a hazard is confirmed", hazards(&[area(&survey.hazards[h])]))
        }
        5 => {
            let new = release(random, 100 + number, &survey.hazards);
            let reach = Reach::Some(windows([&new.ground]));
            survey.releases.insert(r, new);
            ("a release is added", reach)
        }
        6 => ("a release is removed", Reach::Some(windows([&survey.releases.remove(r).ground]))),
        7 => {
            let release = &mut survey.releases[r];
            (release.kind, release.id) = (ReleaseKind::Cancelled, "a".into());
            ("a release has another kind and another id", Reach::Some(windows([&release.ground])))
        }
        8 => {
            let release = &mut survey.releases[r];
            release.work = Work { task: Some("t1".to_owned()), ..Work::default() }.into();
            release.devices = [3, 0, 0, 0, 0, 0].into();
            ("a release has another task and devices", Reach::Some(windows([&release.ground])))
        }
        9 => {
            // What is drawn by hand moves by little.
            let at = random.below(survey.districts.len());
            let third = SIDE / 3.0;
            let (x, y) = (third * (at % 3) as f64, third * (at / 3) as f64);
            let new = rectangle([x + 0.001 * random.unit(), y, x + third, y + third]);
            let old = std::mem::replace(&mut survey.districts[at].ground, new);
            ("a district is drawn anew", Reach::Some(windows([&old, &survey.districts[at].ground])))
        }
        10 if !survey.zones.is_empty() => {
            let at = random.below(survey.zones.len());
            let new = zone(random, at);
            // What is near a zone reaches a little beyond it.
            survey.zones[at] = new;
            ("a zone is moved", Reach::Any)
        }
        11 => {
            survey.hazards.reverse();
            survey.releases.rotate_left(r);
            survey.districts.reverse();
            ("records come in another order", Reach::Some(BTreeSet::new()))
        }
        _ => ("nothing is changed", Reach::Some(BTreeSet::new())),
    }
}

/// Hears how the cache was used.
#[derive(Default)]
pub struct Heard(pub Mutex<Option<CacheUse>>);

impl Progress for Heard {
    fn stage(&self, _: &str, _: u64) {}

    fn advance(&self, _: u64) -> bool {
        false
    }

    fn cache(&self, used: &CacheUse) {
        *self.0.lock().unwrap() = Some(used.clone());
    }
}

/// The account of a run with a cache in a folder, as if it had none, and how that was used.
pub fn with_cache(survey: &Survey, settings: &Settings, folder: &Path) -> (Account, CacheUse) {
    let heard = Heard::default();
    let with = Settings { cache: Some(folder.to_owned()), ..settings.clone() };
    let mut account = account(survey.clone(), &with, &heard).unwrap();
    account.settings.cache = None;
    (account, heard.0.into_inner().unwrap().unwrap())
}

#[test]
fn an_edited_survey_has_the_account_of_a_run_without_a_cache_and_reuses_what_was_not_edited() {
    let (mut edits, mut windows, mut reused) = (BTreeSet::new(), 0, 0);
    for seed in seed::of(0..SURVEYS) {
        let mut random = Pseudo(seed ^ 0x9e37_79b9);
        let (mut survey, settings) = (survey(&mut random), settings(&mut random));
        let folder = tempfile::tempdir().unwrap();
        let (mut before, first) = with_cache(&survey, &settings, folder.path());
        assert_eq!((first.reused, &first.trouble), (0, &None), "seed {seed}");
        assert!(before == account(survey.clone(), &settings, &Silent).unwrap(), "seed {seed}");
        for number in 0..EDITS {
            let (what, reach) = edit(&mut random, &mut survey, number as usize);
            let (kept, used) = with_cache(&survey, &settings, folder.path());
            let anew = account(survey.clone(), &settings, &Silent).unwrap();
            assert!(kept == anew, "seed {seed}, edit {number}: {what}");
            assert_eq!(used.trouble, None, "seed {seed}, edit {number}: {what}");
            if let Reach::Some(reach) = &reach {
                let least = used.windows.saturating_sub(reach.len() as u64);
                assert!(used.reused >= least, "seed {seed}, edit {number}: {what}: {used:?}, at least {least}");
            }
            // Land that an edit has changed can't all come from before, unless it has gone.
            let changed = before.total.states != kept.total.states && !what.contains("removed");
            assert!(!changed || used.reused < used.windows, "seed {seed}, edit {number}: {what}: {used:?}");
            edits.insert(what);
            (windows, reused, before) = (windows + used.windows, reused + used.reused, kept);
        }
    }
    assert!(edits.len() >= 12, "{edits:?}");
    assert!(reused * 2 > windows && reused < windows, "{reused} of {windows}");
}
