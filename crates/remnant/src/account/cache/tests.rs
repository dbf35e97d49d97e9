//! The cache against the account without it: nothing that happens to a pack bears on a figure.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::{Date, date};
use remnant_geometry::{Footprint, RawPolygon, Window};

use super::folder::job;
use super::key::{Common, Digest, Key, Seen, footprint_digest};
use super::numbers::Numbers;
use super::*;
use crate::account::account_here;
use crate::account::boundaries::Versions;
use crate::account::events::Covers;
use crate::account::faces::WindowAccount;
use crate::account::reach::reaches;
use crate::account::reaching::Reaching;
use crate::progress::Silent;
use crate::records::{
    District, Exposed, Fate, Hazard, HazardClass, HazardGround, Origin, Release, ReleaseKind, Survey, Validity, Work,
    Zone,
};
use crate::report::{Account, SeriesStep};
use crate::settings::{DatePolicy, OutsidePolicy};
use crate::store::Store;

const PROGRAM: Digest = [7; 32];

fn ground([west, south, east, north]: [f64; 4]) -> Footprint {
    let at = |x: f64, y: f64| [46.5 + x / 1e3, 39.5 + y / 1e3];
    let ring = vec![at(west, south), at(east, south), at(east, north), at(west, north)];
    Footprint::new(&[RawPolygon { rings: vec![ring] }]).expect("it has an area").0
}

fn origin(layer: u32, feature: u64) -> Origin {
    Origin { layer, feature }
}

fn hazard(feature: u64, date: Option<Date>, corners: [f64; 4]) -> Hazard {
    Hazard {
        origin: origin(0, feature),
        id: format!("h{feature}").into(),
        class: HazardClass::Suspected,
        date,
        accuracy_m: None,
        stated_area_m2: None,
        fate: Fate::Used,
        ground: HazardGround::Area(ground(corners)),
    }
}

fn release(feature: u64, date: Option<Date>, corners: [f64; 4]) -> Release {
    Release {
        origin: origin(1, feature),
        id: format!("r{feature}").into(),
        kind: ReleaseKind::Cleared,
        date,
        devices: [1, 0, 0, 0, 0, 0].into(),
        work: Arc::new(Work { task: Some("T".to_owned()), ..Work::default() }),
        stated_area_m2: None,
        fate: Fate::Used,
        ground: ground(corners),
    }
}

fn exposed(feature: u64, theme: &str, corners: [f64; 4]) -> Exposed {
    Exposed {
        origin: origin(5, feature),
        id: format!("e{feature}"),
        theme: theme.to_owned(),
        area: Some(ground(corners)),
        lines: Vec::new(),
        points: Vec::new(),
    }
}

fn district(feature: u64, code: &str, corners: [f64; 4]) -> District {
    let (code, name) = (code.to_owned(), code.to_owned());
    District { origin: origin(2, feature), code, name, validity: Validity::default(), ground: ground(corners) }
}

fn year(year: i16) -> Option<Date> {
    Some(date(year, 6, 1))
}

/// Everything that a survey can have, within one window.
fn survey() -> Survey {
    Survey {
        hazards: vec![
            hazard(1, year(2015), [1.0, 1.0, 4.0, 4.0]),
            hazard(2, year(2016), [3.0, 3.0, 6.0, 5.0]),
            hazard(3, None, [5.0, 1.0, 9.0, 4.5]),
            hazard(4, year(2024), [8.0, 4.0, 9.0, 9.0]),
        ],
        releases: vec![
            release(1, year(2018), [1.0, 1.0, 3.5, 3.0]),
            release(2, year(2020), [1.5, 1.5, 5.0, 3.5]),
            release(3, None, [5.0, 1.0, 7.0, 2.0]),
        ],
        districts: vec![
            district(1, "A", [0.0, 0.0, 5.0, 10.0]),
            district(2, "B", [4.9, 0.0, 8.0, 10.0]),
            district(3, "C", [4.8, 2.0, 5.0, 3.0]),
        ],
        zones: vec![zone(1, [2.0, 2.0, 3.0, 3.0]), zone(2, [7.0, 7.0, 7.9, 8.0])],
        exposures: vec![
            exposed(1, "farmland", [0.0, 0.0, 3.0, 3.0]),
            exposed(2, "pasture", [2.0, 2.0, 8.0, 8.0]),
            exposed(3, "farmland", [2.5, 2.5, 4.0, 4.0]),
        ],
        coverage: Some(vec![ground([0.0, 0.0, 7.5, 7.5])]),
        ..Survey::default()
    }
}

fn zone(feature: u64, corners: [f64; 4]) -> Zone {
    let (id, name, ground) = (format!("z{feature}"), String::new(), ground(corners));
    Zone { origin: origin(3, feature), id, name, ground, people: None, homes: None }
}

fn settings() -> Settings {
    let mut settings = Settings::new(date(2025, 1, 1));
    settings.as_of = Some(date(2023, 12, 31));
    settings.since = Some(date(2017, 12, 31));
    settings.series = Some(SeriesStep::Yearly);
    settings.threads = Some(1);
    settings
}

fn with(survey: &Survey, cache: &Cache) -> Account {
    account_here(&survey.clone().into(), &settings(), Some(cache), &Store::new(None), &Silent).expect("an account")
}

fn without(survey: &Survey) -> Account {
    account_here(&survey.clone().into(), &settings(), None, &Store::new(None), &Silent).expect("an account")
}

fn open(folder: &Path) -> Cache {
    Cache::of_program(folder, PROGRAM, &job(&settings(), &[]))
}

/// Accounts with the cache in a folder, and says how that was used.
fn used(survey: &Survey, folder: &Path) -> (Account, CacheUse) {
    let cache = open(folder);
    let account = with(survey, &cache);
    // The end has come already; it may be asked again.
    (account, cache.end(true))
}

fn pack(folder: &Path) -> PathBuf {
    let mut packs = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let pack = packs.next().expect("a pack");
    assert!(packs.next().is_none(), "nothing stands beside a pack");
    pack
}

/// The keys of the windows of an account, in order.
fn keys(survey: &Survey, settings: &Settings) -> Vec<(Window, Key)> {
    let (versions, reaches) = (Versions::new(survey), reaches(survey, settings, &Store::new(None)).expect("room"));
    let covers = Covers::new(survey, versions.on(settings.boundaries.or(settings.as_of)), settings, &reaches);
    let rules = Rules::new(&covers, settings);
    let common = Common::of(PROGRAM, &rules, settings.geometry);
    let grounds = covers.grounds();
    let digests: Vec<Digest> = (0..grounds.len()).map(|n| footprint_digest(grounds.get(n))).collect();
    let list = Reaching::new(grounds.len(), |n| grounds.get(n));
    let key = |&window: &Window| {
        let mut reaching = Vec::new();
        list.of(window, &mut reaching);
        (window, common.key(window, &reaching, &rules, &Numbers::of(&covers, &reaching), &digests))
    };
    list.windows().iter().map(key).collect()
}

#[test]
fn everything_in_a_key_tells_keys_apart() {
    let common = Common {
        program: PROGRAM,
        draw: true,
        outside: OutsidePolicy::Separate,
        want_rim: true,
        want_series: true,
        period: true,
        coverage: true,
        most: 1000,
    };
    let window = Window { row: 3, column: -4 };
    let event = Seen::Event { act: 0, slot: 1, late: false, opened: false, task: 1, bears_devices: false };
    let covers = [(event, [1; 32]), (Seen::District(1), [2; 32]), (Seen::Exposed(1), [3; 32])];
    let mut keys = vec![common.digest(window, covers.into_iter())];
    let mut try_common = |change: &dyn Fn(&mut Common)| {
        let mut other = common.clone();
        change(&mut other);
        assert_ne!(other, common);
        keys.push(other.digest(window, covers.into_iter()));
    };
    try_common(&|c| c.program[31] ^= 1);
    try_common(&|c| c.draw = false);
    try_common(&|c| c.outside = OutsidePolicy::Baseline);
    try_common(&|c| c.want_rim = false);
    try_common(&|c| c.want_series = false);
    try_common(&|c| c.period = false);
    try_common(&|c| c.coverage = false);
    try_common(&|c| c.most += 1);
    for window in [Window { row: -4, column: 3 }, Window { row: 3, column: -3 }, Window { row: 2, column: -4 }] {
        keys.push(common.digest(window, covers.into_iter()));
    }
    let events = [
        Seen::Event { act: 1, slot: 1, late: false, opened: false, task: 1, bears_devices: false },
        Seen::Event { act: 0, slot: 0, late: false, opened: false, task: 1, bears_devices: false },
        Seen::Event { act: 0, slot: 1, late: true, opened: false, task: 1, bears_devices: false },
        Seen::Event { act: 0, slot: 1, late: false, opened: true, task: 1, bears_devices: false },
        Seen::Event { act: 0, slot: 1, late: false, opened: false, task: 0, bears_devices: false },
        Seen::Event { act: 0, slot: 1, late: false, opened: false, task: 1, bears_devices: true },
        Seen::District(0),
        Seen::District(1),
        Seen::Coverage,
        Seen::Zone,
        Seen::Exposed(0),
        Seen::Exposed(1),
        Seen::Reach,
    ];
    let mut add = |covers: &[(Seen, Digest)]| keys.push(common.digest(window, covers.iter().copied()));
    for other in events {
        add(&[(other, [1; 32]), covers[1], covers[2]]);
    }
    add(&[covers[0], (Seen::District(0), [2; 32]), covers[2]]);
    add(&[covers[0], covers[1], (Seen::Exposed(0), [3; 32])]);
    add(&[(event, [4; 32]), covers[1], covers[2]]);
    add(&[covers[0], covers[1]]);
    add(&[covers[0], covers[2], covers[1]]);
    add(&[covers[0], covers[0], covers[1], covers[2]]);
    add(&[]);
    let count = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), count, "two keys are the same");
    assert_eq!(count, 1 + 8 + 3 + 13 + 7);
}

/// A change of a survey or of the settings.
type Change<'a> = &'a dyn Fn(&mut Survey, &mut Settings);

#[test]
fn whatever_the_account_of_a_window_depends_on_changes_its_key() {
    let base = keys(&survey(), &settings());
    assert_eq!(base.len(), 1, "one window has everything");
    let changes: [(&str, Change<'_>); 31] = [
        ("class", &|s, _| s.hazards[0].class = HazardClass::Confirmed),
        ("kind", &|s, _| s.releases[0].kind = ReleaseKind::Reduced),
        ("order of dates", &|s, _| s.hazards[1].date = year(2014)),
        ("one date of two", &|s, _| s.hazards[1].date = year(2015)),
        ("no date", &|s, _| s.hazards[1].date = None),
        ("a date", &|s, _| s.hazards[2].date = year(2010)),
        ("after the date of the account", &|s, _| s.releases[1].date = year(2025)),
        ("the date of the account", &|_, t| t.as_of = Some(date(2019, 12, 31))),
        ("the opening", &|_, t| t.since = Some(date(2015, 12, 31))),
        ("no period", &|_, t| t.since = None),
        ("no series", &|_, t| t.series = None),
        ("dates ignored", &|_, t| t.dates = DatePolicy::Ignore),
        ("outside", &|_, t| t.outside = OutsidePolicy::Baseline),
        ("no shapes", &|_, t| t.geometry = false),
        ("limit", &|_, t| t.limits.set("tile_crossings", 77).expect("a limit")),
        ("task", &|s, _| s.releases[1].work = Arc::default()),
        ("another task", &|s, _| {
            s.releases[1].work = Arc::new(Work { task: Some("U".to_owned()), ..Work::default() });
        }),
        ("devices", &|s, _| s.releases[1].devices = [0; 6].into()),
        ("order on one date", &|s, _| {
            (s.hazards[1].date, s.hazards[1].id) = (year(2015), "a".into());
        }),
        ("ground", &|s, _| s.hazards[0].ground = HazardGround::Area(ground([1.0, 1.0, 4.0, 4.000_000_1]))),
        ("order of districts", &|s, _| s.districts[0].code = "D".to_owned()),
        ("one district of two", &|s, _| s.districts[1].code = "A".to_owned()),
        ("ground of a district", &|s, _| s.districts[0].ground = ground([0.0, 0.0, 5.0, 9.0])),
        ("no coverage", &|s, _| s.coverage = None),
        ("coverage that reaches nothing", &|s, _| s.coverage = Some(Vec::new())),
        ("no zone", &|s, _| s.zones.clear()),
        ("ground of a zone", &|s, _| s.zones[1].ground = ground([7.0, 7.0, 7.9, 8.1])),
        ("safety distance", &|_, t| t.safety_distance_m = 50.0),
        ("theme", &|s, _| s.exposures[2].theme = "pasture".to_owned()),
        ("order of themes", &|s, _| s.exposures[1].theme = "apples".to_owned()),
        ("one record more", &|s, _| s.releases.push(release(9, year(2021), [1.0, 1.0, 2.0, 2.0]))),
    ];
    let mut seen = vec![("nothing", base[0].1)];
    for (what, change) in changes {
        let (mut survey, mut settings) = (survey(), settings());
        change(&mut survey, &mut settings);
        let changed = keys(&survey, &settings);
        let same = seen.iter().find(|(_, key)| changed[0].1 == *key);
        assert_eq!((changed.len(), same.map(|s| s.0)), (1, None), "{what}");
        seen.push((what, changed[0].1));
    }
}

#[test]
fn what_a_window_does_not_see_leaves_its_key() {
    let base = keys(&survey(), &settings());
    let changes: [(&str, Change<'_>); 10] = [
        // The numbers of all records, dates, districts, zones and themes move.
        ("a record before all others, elsewhere", &|s, _| {
            s.hazards.insert(0, hazard(9, year(2001), [900.0, 900.0, 901.0, 901.0]))
        }),
        ("a district before all others, elsewhere", &|s, _| {
            s.districts.insert(0, district(9, "0", [900.0, 900.0, 901.0, 901.0]))
        }),
        ("a zone before all others, elsewhere", &|s, _| s.zones.insert(0, zone(9, [900.0, 900.0, 901.0, 901.0]))),
        ("a theme before all others, elsewhere", &|s, _| {
            s.exposures.insert(0, exposed(9, "apples", [900.0, 900.0, 901.0, 901.0]))
        }),
        ("a task before all others, elsewhere", &|s, _| {
            let mut other = release(9, year(2001), [900.0, 900.0, 901.0, 901.0]);
            other.work = Arc::new(Work { task: Some("U".to_owned()), ..Work::default() });
            s.releases.insert(0, other);
        }),
        ("coverage elsewhere", &|s, _| {
            s.coverage.iter_mut().for_each(|c| c.insert(0, ground([900.0, 900.0, 901.0, 901.0])))
        }),
        ("ids and order", &|s, _| {
            s.hazards.reverse();
            s.releases.reverse();
            s.hazards.iter_mut().for_each(|h| h.id = format!("{}x", h.id).into());
        }),
        ("other days in the same order", &|s, _| s.releases[0].date = year(2019)),
        ("names", &|s, _| s.districts.iter_mut().for_each(|d| d.name.push('x'))),
        ("how it is written", &|_, t| (t.hxl, t.public, t.threads) = (true, true, Some(3))),
    ];
    for (what, change) in changes {
        let (mut survey, mut settings) = (survey(), settings());
        change(&mut survey, &mut settings);
        let changed = keys(&survey, &settings);
        assert!(changed.contains(&base[0]), "{what}");
    }
}

#[test]
fn rings_that_share_a_corner_are_told_from_one_ring() {
    let of = |rings: &[&[[f64; 2]]]| {
        let polygons: Vec<RawPolygon> = rings.iter().map(|ring| RawPolygon { rings: vec![ring.to_vec()] }).collect();
        footprint_digest(&Footprint::new(&polygons).expect("it has an area").0)
    };
    let (one, two) = ([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], [[1.0, 1.0], [2.0, 1.0], [2.0, 2.0]]);
    let all = [
        of(&[&one]),
        of(&[&two]),
        of(&[&one, &two]),
        of(&[&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]]),
        of(&[&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.000_000_000_1]]]),
        // Too wide for offsets of 32 bits.
        of(&[&[[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]]),
        of(&[&[[0.0, 0.0], [10.0, 0.0], [10.0, 10.000_000_000_1]]]),
    ];
    let mut different = all.to_vec();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), all.len());
    assert_eq!(of(&[&one]), all[0]);
}

#[test]
fn a_second_run_reuses_every_window_and_another_program_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let survey = survey();
    let want = without(&survey);
    let (first, used_first) = used(&survey, folder.path());
    assert!(first == want);
    assert_eq!(used_first, CacheUse { windows: 1, reused: 0, trouble: None });
    let bytes = fs::read(pack(folder.path())).expect("a pack");
    let (second, used_second) = used(&survey, folder.path());
    assert!(second == want);
    assert_eq!(used_second, CacheUse { windows: 1, reused: 1, trouble: None });
    assert_eq!(fs::read(pack(folder.path())).expect("a pack"), bytes);
    let other = Cache::of_program(folder.path(), [8; 32], &job(&settings(), &[]));
    assert!(with(&survey, &other) == want);
    assert_eq!(other.end(true), CacheUse { windows: 1, reused: 0, trouble: None });
    // Its pack has taken the place of the first one.
    assert_eq!(used(&survey, folder.path()).1.reused, 0);
}

#[test]
fn a_pack_with_any_byte_changed_or_cut_off_anywhere_changes_no_figure() {
    let folder = tempfile::tempdir().expect("a folder");
    // A little of it, for a pack of few bytes.
    let mut survey = Survey { districts: survey().districts, ..Survey::default() };
    survey.districts.truncate(1);
    survey.hazards.push(hazard(1, None, [1.0, 1.0, 2.0, 2.0]));
    survey.releases.push(release(1, None, [1.0, 1.0, 1.5, 2.0]));
    let want = without(&survey);
    used(&survey, folder.path());
    let path = pack(folder.path());
    let whole = fs::read(&path).expect("a pack");
    assert!((300..1500).contains(&whole.len()), "{} bytes", whole.len());
    let mut told = 0;
    let mut check = |bytes: &[u8], what: String| {
        fs::write(&path, bytes).expect("written");
        let (account, used) = used(&survey, folder.path());
        assert!(account == want, "{what}");
        // The program's digest stands in the head; a pack of another one is no damage.
        assert!(used.reused == 0, "{what}: {used:?}");
        told += usize::from(used.trouble.is_some_and(|why| why.contains("damaged")));
        let mended = fs::read(&path).expect("a pack");
        assert!(mended == whole, "{what}: the pack is not mended");
    };
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        check(&bytes, format!("byte {at}"));
    }
    for len in 0..whole.len() {
        check(&whole[..len], format!("cut to {len}"));
    }
    check(&[&whole[..], b"x"].concat(), "a byte more".to_owned());
    check(&[&whole[..48], &whole[..]].concat(), "twice the head".to_owned());
    // All but the bytes of the program.
    assert_eq!(told, 2 * whole.len() + 2 - 32);
}

/// The one window of the survey, accounted for, with its numbers and its value.
fn value_of(survey: &Survey, settings: &Settings) -> (Window, Numbers, Vec<u8>) {
    let (versions, reaches) = (Versions::new(survey), reaches(survey, settings, &Store::new(None)).expect("room"));
    let covers = Covers::new(survey, versions.on(settings.as_of), settings, &reaches);
    let rules = Rules::new(&covers, settings);
    let grounds = covers.grounds();
    let window = Reaching::new(grounds.len(), |n| grounds.get(n)).windows()[0];
    let (mut account, mut outline) = (WindowAccount::default(), remnant_geometry::Outline::default());
    let records = (0..grounds.len()).map(|n| (n, grounds.get(n)));
    let cut = remnant_geometry::WindowFaces::default()
        .cut(window, records, Some(&mut outline), &mut |cover, area| account.face(&rules, cover, area));
    cut.expect("it is cut");
    account.end();
    let overlay = Overlay { ledger: account.ledger, outline, live_sets: account.live_sets };
    let reaching: Vec<u32> = (0..grounds.len()).collect();
    let numbers = Numbers::of(&covers, &reaching);
    let bytes = value::encode(&overlay, &numbers, window).expect("it has a form");
    (window, numbers, bytes)
}

#[test]
fn the_rim_on_the_sides_of_a_window_comes_back() {
    let hazards = vec![hazard(1, year(2015), [-150.0, -150.0, 150.0, 150.0])];
    let survey = Survey { hazards, zones: vec![zone(1, [2.0, 2.0, 3.0, 3.0])], ..Survey::default() };
    let (window, numbers, bytes) = value_of(&survey, &settings());
    let decoded = value::decode(&bytes, &numbers, window).expect("it comes back");
    let again = value::encode(&decoded, &numbers, window).expect("it has a form");
    let twice = value::decode(&again, &numbers, window).expect("it comes back");
    let sides = decoded.outline.rim_sides();
    assert!(sides.iter().any(|s| s.side.upright) && sides.iter().any(|s| !s.side.upright), "{sides:?}");
    assert_eq!(twice.outline.rim_sides(), sides);
}

#[test]
fn any_bytes_are_an_account_of_the_window_or_none() {
    let (window, numbers, whole) = value_of(&survey(), &settings());
    let decoded = value::decode(&whole, &numbers, window).expect("it comes back");
    let again = value::encode(&decoded, &numbers, window).expect("it has a form");
    let twice = value::decode(&again, &numbers, window).expect("it comes back");
    assert_eq!(twice.live_sets, decoded.live_sets);
    assert_eq!(twice.outline.rim(), decoded.outline.rim());
    assert_eq!(twice.outline.rim_sides(), decoded.outline.rim_sides());
    assert!(!decoded.outline.rim().is_empty() && !decoded.ledger.twins.is_empty() && !decoded.ledger.ceased.is_empty());
    assert!(!decoded.ledger.zone_flows.is_empty() && decoded.ledger.planning.shared.len() > 0);
    assert!(!decoded.ledger.overlaps.is_empty() && !decoded.ledger.planning.features.is_empty());
    assert_eq!(twice.outline.shapes(), decoded.outline.shapes());
    for len in 0..whole.len() {
        assert!(value::decode(&whole[..len], &numbers, window).is_none(), "{len} bytes");
    }
    assert!(value::decode(&[&whole[..], &[0]].concat(), &numbers, window).is_none());
    let (mut some, mut none) = (0, 0);
    for at in 0..whole.len() {
        for byte in [0, 1, 2, 0x7f, 0x80, 0xff, whole[at] ^ 1, whole[at] ^ 0x80] {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            match value::decode(&bytes, &numbers, window) {
                // What it says may be wrong, but it can be added up.
                Some(overlay) => {
                    some += 1;
                    let mut all = Overlay::default();
                    all = all.merge(overlay);
                    all.ledger.settle();
                    all.outline.shapes();
                }
                None => none += 1,
            }
        }
    }
    assert!(some > 100 && none > 100, "{some} {none}");
    // Numbers of another window have no place in this one.
    assert!(value::decode(&whole, &Numbers::default(), window).is_none());
    assert!(value::decode(&[], &numbers, window).is_none());
    assert!(value::decode(&[0xff; 64], &numbers, window).is_none());
}

#[test]
fn an_account_that_breaks_a_law_is_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = open(folder.path());
    let survey = survey();
    let settings = settings();
    let (versions, reaches) = (Versions::new(&survey), reaches(&survey, &settings, &Store::new(None)).expect("room"));
    let covers = Covers::new(&survey, versions.on(settings.as_of), &settings, &reaches);
    let rules = Rules::new(&covers, &settings);
    crate::account::overlay::overlay(&rules, true, Some(&cache), &Store::new(None), &Silent).expect("an overlay");
    assert_eq!(cache.end(false), CacheUse { windows: 1, reused: 0, trouble: None });
    assert!(fs::read_dir(folder.path()).expect("a folder").next().is_none());
}

#[test]
fn a_few_packs_are_kept_and_nothing_else_is_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let foreign =
        ["notes.txt", "0123456789abcdef0123456789abcdef.remnant-cache", ".remnant-cache-x", "short.remnant-cache"];
    for name in foreign {
        fs::write(at(name), "not a pack").expect("written");
    }
    // What a killed run has left goes, what is being written stays.
    fs::write(at(".remnant-cache-1-0"), "half").expect("written");
    fs::write(at(".remnant-cache-2-0"), "half").expect("written");
    let busy = File::open(at(".remnant-cache-2-0")).expect("there");
    busy.lock().expect("locked");
    let survey = survey();
    let jobs: Vec<String> = (0..11).map(|n| job(&settings(), &[format!("layer {n}")])).collect();
    for name in &jobs {
        let cache = Cache::of_program(folder.path(), PROGRAM, name);
        with(&survey, &cache);
        assert_eq!(cache.end(true).trouble, None);
    }
    let there = |name: &str| at(name).exists();
    assert!(foreign.iter().all(|name| there(name)) && there(".remnant-cache-2-0") && !there(".remnant-cache-1-0"));
    let packs: Vec<bool> = jobs.iter().map(|job| there(&format!("{job}.remnant-cache"))).collect();
    assert_eq!(packs.iter().filter(|&&kept| kept).count(), 8, "{packs:?}");
    assert!(packs[10]);
}

#[cfg(unix)]
#[test]
fn only_an_own_regular_file_that_nobody_else_may_write_is_read() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().expect("a folder");
    let inside = folder.path().join("new/cache");
    let survey = survey();
    let want = without(&survey);
    used(&survey, &inside);
    let mode = |path: &Path| fs::symlink_metadata(path).expect("there").permissions().mode() & 0o777;
    let path = pack(&inside);
    assert_eq!((mode(&inside), mode(&path)), (0o700, 0o600));
    let whole = fs::read(&path).expect("a pack");
    let reused = || {
        let (account, used) = used(&survey, &inside);
        assert!(account == want);
        (used.reused, used.trouble.unwrap_or_default())
    };
    fs::set_permissions(&path, fs::Permissions::from_mode(0o620)).expect("set");
    let (count, why) = reused();
    assert!(count == 0 && why.contains("may write"), "{count} {why}");
    assert_eq!(reused(), (1, String::new()));
    // A link is not followed, and what it leads to is not written to.
    let elsewhere = folder.path().join("elsewhere");
    fs::rename(&path, &elsewhere).expect("renamed");
    symlink(&elsewhere, &path).expect("a link");
    let (count, why) = reused();
    assert!(count == 0 && !why.is_empty(), "{count} {why}");
    assert_eq!(fs::read(&elsewhere).expect("there"), whole);
    assert!(fs::symlink_metadata(&path).expect("there").is_file());
    // A folder has the name of the pack: nothing can be kept, and that is said.
    fs::remove_file(&path).expect("removed");
    fs::create_dir(&path).expect("made");
    let (count, why) = reused();
    assert!(count == 0 && !why.is_empty(), "{count} {why}");
    assert!(path.is_dir());
}

#[test]
fn what_is_no_folder_is_refused_and_a_folder_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("written");
    let asked = |path: PathBuf| Cache::open(&Settings { cache: Some(path), ..settings() }, &[]);
    assert!(asked(file.clone()).is_err_and(|e| e.to_string().contains("not a folder")));
    assert!(asked(PathBuf::new()).is_err());
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.path().join("nothing"), folder.path().join("link")).expect("a link");
        assert!(asked(folder.path().join("link")).is_err_and(|e| e.to_string().contains("link to nothing")));
    }
    let cache = asked(file.join("below")).ok().flatten().expect("a cache that is not used");
    let survey = survey();
    assert!(with(&survey, &cache) == without(&survey));
    assert!(cache.end(true).trouble.is_some_and(|why| why.contains("not used")));
    assert!(asked(folder.path().join("new")).is_ok_and(|cache| cache.is_some()));
    assert!(Cache::open(&settings(), &[]).is_ok_and(|cache| cache.is_none()));
}

#[test]
fn two_runs_at_once_do_not_mix() {
    let folder = tempfile::tempdir().expect("a folder");
    let survey = survey();
    let mut other = survey.clone();
    other.hazards.remove(0);
    let (one, two) = (open(folder.path()), open(folder.path()));
    let (first, second) = (with(&survey, &one), with(&other, &two));
    assert!(first == without(&survey) && second == without(&other));
    assert_eq!((one.end(true).trouble, two.end(true).trouble), (None, None));
    // The last one stays.
    assert_eq!((used(&other, folder.path()).1.reused, used(&survey, folder.path()).1.reused), (1, 0));
}

#[test]
fn a_disk_with_too_little_room_keeps_what_it_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let survey = survey();
    used(&survey, folder.path());
    let whole = fs::read(pack(folder.path())).expect("a pack");
    let mut more = survey.clone();
    more.hazards.push(hazard(9, None, [900.0, 900.0, 901.0, 901.0]));
    for most in [0, 47, 48, 60, 100, whole.len() as u64] {
        let cache = open(folder.path());
        cache.packs.as_ref().expect("it is used").let_take(most);
        assert!(with(&more, &cache) == without(&more));
        let used = cache.end(true);
        assert_eq!((used.windows, used.reused), (2, 1));
        assert!(used.trouble.is_some_and(|why| why.contains("half of what is free")), "{most}");
        assert!(fs::read(pack(folder.path())).expect("a pack") == whole, "{most}");
    }
    assert_eq!(used(&more, folder.path()).1, CacheUse { windows: 2, reused: 1, trouble: None });
    assert_eq!(used(&more, folder.path()).1, CacheUse { windows: 2, reused: 2, trouble: None });
}
