//! Accounts over time on random surveys: identities, series against separate accounts, transitions, boundaries.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use remnant::account::account;
use remnant::finding::Code;
use remnant::progress::Silent;
use remnant::records::{
    District, Fate, Hazard, HazardClass, HazardGround, Origin, Release, ReleaseKind, Survey, Validity, Work, Zone,
};
use remnant::report::{Account, Figures, Moment, SeriesStep, SquareMetres, States, credit};
use remnant::settings::{DatePolicy, OutsidePolicy, Settings};
use remnant::status::State;
use remnant_geometry::{Footprint, Point, RawPolygon};

const ZERO: SquareMetres = SquareMetres::ZERO;

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

/// A box in thousandths of a degree from a corner of the region.
fn ground([west, south, east, north]: [f64; 4]) -> Footprint {
    let [west, south, east, north] = [46.5 + west / 1e3, 39.5 + south / 1e3, 46.5 + east / 1e3, 39.5 + north / 1e3];
    let ring = vec![[west, south], [east, south], [east, north], [west, north], [west, south]];
    Footprint::new(&[RawPolygon { rings: vec![ring] }]).unwrap().0
}

/// A box or a triangle somewhere in the region of 20 by 20 thousandths.
fn shape(random: &mut Pseudo) -> Footprint {
    let (x, y) = (20.0 * random.unit(), 20.0 * random.unit());
    let (w, h) = ((20.5 - x) * random.unit(), (20.5 - y) * random.unit());
    if random.chance(2) {
        return ground([x, y, x + w + 0.01, y + h + 0.01]);
    }
    let at = |x: f64, y: f64| [46.5 + x / 1e3, 39.5 + y / 1e3];
    let ring = vec![at(x, y), at(x + w + 0.01, y), at(x + w / 3.0, y + h + 0.01), at(x, y)];
    Footprint::new(&[RawPolygon { rings: vec![ring] }]).unwrap().0
}

fn day(random: &mut Pseudo) -> Option<Date> {
    (!random.chance(7))
        .then(|| date(2015 + random.below(5) as i16, 1 + random.below(12) as i8, [1, 15, 28][random.below(3)]))
}

/// Four districts that overlap a little and leave some land out; three zones, one of them over two districts.
fn places(survey: &mut Survey) {
    let boxes = [[0.0, 0.0, 9.0, 9.0], [8.5, 0.0, 18.0, 9.0], [0.0, 9.0, 9.0, 18.0], [9.0, 9.0, 18.0, 18.0]];
    for (n, of) in boxes.into_iter().enumerate() {
        survey.districts.push(District {
            origin: Origin { layer: 2, feature: n as u64 + 1 },
            code: format!("D{n}"),
            name: format!("District {n}"),
            validity: Validity::default(),
            ground: ground(of),
        });
    }
    for (n, of) in [[2.0, 2.0, 5.0, 5.0], [8.0, 3.0, 11.0, 6.0], [15.0, 15.0, 21.0, 21.0]].into_iter().enumerate() {
        survey.zones.push(Zone {
            origin: Origin { layer: 3, feature: n as u64 + 1 },
            id: format!("z{n}"),
            name: String::new(),
            people: None,
            homes: None,
            ground: ground(of),
        });
    }
}

fn survey(random: &mut Pseudo) -> Survey {
    let mut survey = Survey::default();
    places(&mut survey);
    for n in 0..16 {
        let ground = if n % 5 == 4 {
            let place = || Point::from_degrees(46.5 + 0.02 * random.unit(), 39.5 + 0.02 * random.unit());
            HazardGround::Points(std::iter::repeat_with(place).take(2).collect())
        } else {
            HazardGround::Area(shape(random))
        };
        survey.hazards.push(Hazard {
            origin: Origin { layer: 0, feature: n + 1 },
            id: format!("h{n}").into(),
            class: [HazardClass::Suspected, HazardClass::Confirmed][random.below(2)],
            date: day(random),
            accuracy_m: None,
            stated_area_m2: None,
            fate: Fate::Used,
            ground,
        });
    }
    for n in 0..14 {
        let of = &survey.hazards[random.below(16)];
        let ground = match &of.ground {
            // Some take the very ground of a hazard, so that states are emptied to the last square centimetre.
            HazardGround::Area(ground) if n % 2 == 0 => ground.clone(),
            _ => shape(random),
        };
        let task = random.chance(2).then(|| format!("T{}", random.below(3)));
        let operator = [None, Some("Org A".to_owned()), Some("Org B".to_owned())][random.below(3)].clone();
        survey.releases.push(Release {
            origin: Origin { layer: 1, feature: n + 1 },
            id: format!("r{n}").into(),
            kind: [ReleaseKind::Cleared, ReleaseKind::Reduced, ReleaseKind::Cancelled][random.below(3)],
            date: day(random),
            devices: [random.below(3) as u64, 0, 0, 0, 0, 0].into(),
            work: Work { operator, method: Some("manual".to_owned()), task }.into(),
            stated_area_m2: random.chance(2).then(|| 1e5 * random.unit()),
            fate: Fate::Used,
            ground,
        });
    }
    survey
}

fn settings(random: &mut Pseudo, seed: usize) -> Settings {
    let mut settings = Settings::new(date(2030, 1, 1));
    settings.as_of = Some(date(2017 + random.below(4) as i16, 1 + random.below(12) as i8, 20));
    settings.since = random.chance(2).then(|| date(2015 + random.below(3) as i16, 1 + random.below(12) as i8, 15));
    settings.since = settings.since.filter(|s| Some(*s) <= settings.as_of);
    settings.series = Some([SeriesStep::Monthly, SeriesStep::Quarterly, SeriesStep::Yearly][seed % 3]);
    settings.dates = if seed % 8 == 7 { DatePolicy::Ignore } else { DatePolicy::Replay };
    settings.outside = [OutsidePolicy::Separate, OutsidePolicy::Baseline][seed / 3 % 2];
    settings.geometry = false;
    settings.threads = Some(1);
    settings
}

#[track_caller]
fn accounted(survey: &Survey, settings: &Settings) -> Account {
    let account = account(survey.clone(), settings, &Silent).unwrap();
    assert!(account.checks.iter().all(|check| check.holds), "{:?}", account.checks);
    account
}

/// Every place with its figures: the districts, the land outside, everything.
fn figures(account: &Account) -> Vec<&Figures> {
    let rows = account.districts.iter().chain([&account.outside]).map(|row| &row.figures);
    rows.chain([&account.total]).collect()
}

fn moments(account: &Account) -> Vec<&Vec<Moment>> {
    let series = account.series.as_ref().unwrap();
    series.districts.iter().chain([&series.outside, &series.total]).collect()
}

fn moment(figures: &Figures) -> Moment {
    Moment { states: figures.states, balance: figures.balance, evidence_points: figures.evidence_points }
}

fn of(states: &States, state: State) -> SquareMetres {
    match state {
        State::None => ZERO,
        State::Suspected => states.suspected,
        State::Confirmed => states.confirmed,
        State::Cancelled => states.cancelled,
        State::Reduced => states.reduced,
        State::Cleared => states.cleared,
    }
}

#[test]
fn a_series_is_what_separate_accounts_are() {
    for seed in crate::seed::of(0..24).map(|seed| seed as usize) {
        let mut random = Pseudo(seed as u64);
        let survey = survey(&mut random);
        let settings = settings(&mut random, seed);
        let whole = accounted(&survey, &settings);
        let series = whole.series.as_ref().unwrap();
        assert_eq!(series.dates.last().copied(), settings.as_of, "seed {seed}");
        // A dozen of the dates, the first and the last among them.
        let every = (series.dates.len() / 12).max(1);
        let last = series.dates.len() - 1;
        for (period, &to) in series.dates.iter().enumerate().filter(|(p, _)| p % every == 0 || *p == last) {
            let since = if period == 0 { settings.since } else { Some(series.dates[period - 1]) };
            let alone = Settings { as_of: Some(to), since, series: None, ..settings.clone() };
            let alone = accounted(&survey, &alone);
            assert!(alone.series.is_none());
            for (place, (of_series, figures)) in moments(&whole).iter().zip(figures(&alone)).enumerate() {
                assert_eq!(of_series[period], moment(figures), "seed {seed}, place {place}, {since:?} to {to}");
            }
            for (zone, of_series) in alone.zones.iter().zip(&series.zones) {
                assert_eq!(of_series[period], zone.states, "seed {seed}, zone {}, {to}", zone.id);
            }
        }
    }
}

#[test]
fn identities_hold_at_every_date_in_every_place() {
    for seed in crate::seed::of(0..40).map(|seed| seed as usize) {
        let mut random = Pseudo(1000 + seed as u64);
        let survey = survey(&mut random);
        let whole = accounted(&survey, &settings(&mut random, seed));
        let places = moments(&whole);
        let (total, parts) = places.split_last().unwrap();
        for (period, of_total) in total.iter().enumerate() {
            let sum =
                |get: &dyn Fn(&Moment) -> SquareMetres| parts.iter().map(|p| get(&p[period])).sum::<SquareMetres>();
            for state in State::ALL {
                assert_eq!(sum(&|m| of(&m.states, state)), of(&of_total.states, state), "seed {seed} {state:?}");
            }
            assert_eq!(sum(&|m| m.balance.opening.0), of_total.balance.opening.0, "seed {seed}");
            for moments in &places {
                let (states, b) = (&moments[period].states, &moments[period].balance);
                assert!(State::ALL.into_iter().all(|state| of(states, state) >= ZERO), "seed {seed}: {states:?}");
                let gone = b.cancelled.0 + b.reduced.0 + b.cleared.0;
                assert_eq!(b.opening.0 + b.newly_recorded.0 + b.recontaminated.0 - gone, b.closing.0, "seed {seed}");
                assert_eq!(states.remaining(), b.closing.0, "seed {seed}");
                assert_eq!(states.remaining() + states.released(), states.baseline());
                let before = period.checked_sub(1).map(|p| &moments[p]);
                if let Some(before) = before {
                    // Flows are the difference of states.
                    assert_eq!(before.balance.closing, b.opening, "seed {seed}");
                    assert_eq!(before.states.baseline() + b.newly_recorded.0, states.baseline(), "seed {seed}");
                    let released = before.states.released() + gone - b.recontaminated.0;
                    assert_eq!(released, states.released(), "seed {seed}");
                }
            }
        }
    }
}

#[test]
fn what_land_became_has_the_states_of_both_dates_as_margins() {
    let mut kinds = BTreeMap::new();
    for seed in crate::seed::of(0..30).map(|seed| seed as usize) {
        let mut random = Pseudo(2000 + seed as u64);
        let survey = survey(&mut random);
        let mut settings = settings(&mut random, seed);
        settings.since = Some(date(2016, 6, 15));
        let now = accounted(&survey, &settings);
        let then = accounted(&survey, &Settings { as_of: settings.since, since: None, series: None, ..settings });
        for (closing, opening) in figures(&now).into_iter().zip(figures(&then)) {
            for state in State::ALL.into_iter().filter(|s| *s != State::None) {
                let row: SquareMetres = closing.transitions.iter().filter(|t| t.from == state).map(|t| t.area).sum();
                let column: SquareMetres = closing.transitions.iter().filter(|t| t.to == state).map(|t| t.area).sum();
                assert_eq!(row, of(&opening.states, state), "seed {seed}, from {state:?}");
                assert_eq!(column, of(&closing.states, state), "seed {seed}, to {state:?}");
            }
            let new = closing.transitions.iter().filter(|t| t.from == State::None).map(|t| t.area).sum();
            assert_eq!(closing.states.baseline() - opening.states.baseline(), new, "seed {seed}");
            for t in &closing.transitions {
                assert!(t.area > ZERO && t.to != State::None, "seed {seed}: {t:?}");
                *kinds.entry((t.from, t.to)).or_insert(0) += 1;
            }
        }
        assert!(figures(&then).iter().all(|f| f.transitions.is_empty()), "no period, no transitions");
    }
    assert!(kinds.len() >= 20, "the surveys show only {kinds:?}");
}

#[test]
fn neither_order_nor_threads_nor_a_series_change_anything() {
    for seed in crate::seed::of(0..6).map(|seed| seed as usize) {
        let mut random = Pseudo(3000 + seed as u64);
        let mut survey = survey(&mut random);
        let settings = settings(&mut random, seed);
        let first = accounted(&survey, &settings);
        survey.hazards.reverse();
        survey.releases.rotate_left(5);
        survey.districts.reverse();
        let again = accounted(&survey, &Settings { threads: Some(3), ..settings.clone() });
        assert_eq!(first.series, again.series, "seed {seed}");
        assert_eq!((&first.districts, &first.total), (&again.districts, &again.total), "seed {seed}");
        assert_eq!(credit(&first), credit(&again), "seed {seed}");
        let without = accounted(&survey, &Settings { series: None, ..settings });
        assert_eq!((&first.districts, &first.total), (&without.districts, &without.total), "seed {seed}");
        assert_eq!(again.records, without.records, "seed {seed}");
    }
}

#[test]
fn what_operators_are_credited_with_adds_up() {
    for seed in crate::seed::of(0..10).map(|seed| seed as usize) {
        let mut random = Pseudo(4000 + seed as u64);
        let account = accounted(&survey(&mut random), &settings(&mut random, seed));
        let rows = credit(&account);
        assert!(rows.len() > 2);
        let releases = account.records.iter().filter(|r| r.geometry.is_some() && r.in_effect);
        let releases: Vec<_> = releases.filter(|r| matches!(r.kind, remnant::report::RecordKind::Release(_))).collect();
        assert_eq!(rows.iter().map(|r| r.all.releases).sum::<u64>(), releases.len() as u64);
        let credited: SquareMetres = rows.iter().map(|r| r.all.credited).sum();
        assert_eq!(credited, releases.iter().map(|r| r.credited).sum());
        for row in &rows {
            let all = &row.all;
            let apart = all.credited + all.repeated + all.outside - all.geometry;
            // Each figure of a record is rounded for itself.
            assert!(apart.square_centimetres().abs() <= 2 * all.releases as i64, "{row:?}");
            assert!(
                all.within_task <= all.repeated + all.outside + SquareMetres::from_square_centimetres(20),
                "{row:?}"
            );
            assert!(row.period.releases <= all.releases && row.period.credited <= all.credited);
        }
    }
}

fn hazard(id: &str, on: Date, of: [f64; 4]) -> Hazard {
    Hazard {
        origin: Origin { layer: 0, feature: id.len() as u64 },
        id: id.into(),
        class: HazardClass::Confirmed,
        date: Some(on),
        accuracy_m: None,
        stated_area_m2: None,
        fate: Fate::Used,
        ground: HazardGround::Area(ground(of)),
    }
}

fn release(id: &str, on: Date, of: [f64; 4], task: &str, mines: u64) -> Release {
    Release {
        origin: Origin { layer: 1, feature: u64::from(id.as_bytes()[0]) },
        id: id.into(),
        kind: ReleaseKind::Cleared,
        date: Some(on),
        devices: [mines, 0, 0, 0, 0, 0].into(),
        work: Work { operator: Some("Org".to_owned()), method: None, task: Some(task.to_owned()) }.into(),
        stated_area_m2: None,
        fate: Fate::Used,
        ground: ground(of),
    }
}

/// A task with two reports of progress and one of completion over both, half of it outside the hazard.
fn task() -> Survey {
    Survey {
        hazards: vec![hazard("h", date(2018, 1, 1), [0.0, 0.0, 8.0, 4.0])],
        releases: vec![
            release("a", date(2019, 1, 1), [0.0, 0.0, 4.0, 4.0], "T-1", 5),
            release("b", date(2019, 2, 1), [4.0, 0.0, 8.0, 4.0], "T-1", 7),
            release("c", date(2019, 3, 1), [0.0, 0.0, 8.0, 4.0], "t-1", 12),
        ],
        ..Survey::default()
    }
}

fn at(as_of: Date) -> Settings {
    Settings { as_of: Some(as_of), geometry: false, threads: Some(1), ..Settings::new(date(2030, 1, 1)) }
}

#[test]
fn progress_and_completion_of_a_task_count_once() {
    let whole = accounted(&task(), &at(date(2020, 1, 1)));
    let mut without = task();
    without.releases.pop();
    let progress = accounted(&without, &at(date(2020, 1, 1)));
    assert_eq!(whole.total.states, progress.total.states);
    assert_eq!(whole.total.balance.cleared.0, progress.total.balance.cleared.0);
    assert_eq!(whole.total.states.remaining(), ZERO, "to the last square centimetre");
    let completion = whole.records.get(3).unwrap();
    assert_eq!((completion.id.as_str(), completion.credited), ("c", ZERO));
    assert_eq!(Some(completion.within_task), completion.geometry);
    assert_eq!(completion.within_task, completion.repeated);
    let row = &credit(&whole)[0];
    assert_eq!(row.all.credited + row.all.within_task, row.all.geometry);
    // Devices are counted as stated, and what may be twice is said.
    assert_eq!(whole.total.devices[0], 24);
    let found: Vec<_> = whole.findings.iter().filter(|f| f.code == Code::DevicesRepeated).collect();
    assert!(found.len() == 1 && found[0].id == "c" && found[0].message.contains("(a, b)"), "{found:?}");
    assert!(found[0].message.contains("12 ap_mines"), "{found:?}");
}

#[test]
fn other_tasks_and_land_mined_again_are_no_repetition_within_a_task() {
    let mut survey = task();
    std::sync::Arc::make_mut(&mut survey.releases[2].work).task = Some("T-2".to_owned());
    let account = accounted(&survey, &at(date(2020, 1, 1)));
    let record = account.records.get(3).unwrap();
    assert_eq!((record.within_task, record.credited), (ZERO, ZERO));
    assert!(account.findings.iter().all(|f| f.code != Code::DevicesRepeated));
    let mut survey = task();
    survey.hazards.push(hazard("again", date(2019, 2, 15), [0.0, 0.0, 8.0, 4.0]));
    let account = accounted(&survey, &at(date(2020, 1, 1)));
    let completion = account.records.iter().find(|r| r.id == "c").unwrap();
    assert_eq!((completion.within_task, Some(completion.credited)), (ZERO, completion.geometry));
    // Before the completion nothing of it is to be seen.
    let account = accounted(&task(), &at(date(2019, 2, 10)));
    assert!(account.findings.iter().all(|f| f.code != Code::DevicesRepeated));
    assert_eq!(credit(&account)[0].all.releases, 2);
}

#[test]
fn progress_outside_every_hazard_is_repeated_within_its_task_too() {
    let mut survey = task();
    survey.hazards[0].ground = HazardGround::Area(ground([0.0, 4.0, 8.0, 6.0]));
    let account = accounted(&survey, &at(date(2020, 1, 1)));
    let completion = account.records.get(3).unwrap();
    assert_eq!((completion.repeated, completion.outside), (ZERO, completion.within_task));
    assert_eq!(Some(completion.within_task), completion.geometry);
}

/// A district that was cut in two on 2020-01-01, and one that ends with it and has no successor.
fn cut_in_two(handover: Date) -> Survey {
    let version = |n: u64, code: &str, from: Option<Date>, to: Option<Date>, of: [f64; 4]| District {
        origin: Origin { layer: 2, feature: n },
        code: code.to_owned(),
        name: code.to_lowercase(),
        validity: Validity { from, to },
        ground: ground(of),
    };
    let cut = date(2020, 1, 1);
    Survey {
        hazards: vec![hazard("h", date(2018, 1, 1), [1.0, 1.0, 7.0, 2.0])],
        districts: vec![
            version(1, "A", None, Some(handover), [0.0, 0.0, 8.0, 4.0]),
            version(2, "A", Some(cut), None, [0.0, 0.0, 4.0, 4.0]),
            version(3, "B", Some(cut), None, [4.0, 0.0, 8.0, 4.0]),
            version(4, "C", None, Some(handover), [8.0, 0.0, 12.0, 4.0]),
        ],
        ..Survey::default()
    }
}

#[test]
fn the_districts_of_the_day_count() {
    // Some layers end a version on the day before the next one begins, and some on that very day.
    for handover in [date(2019, 12, 31), date(2020, 1, 1)] {
        let survey = cut_in_two(handover);
        let codes =
            |account: &Account| -> Vec<String> { account.districts.iter().filter_map(|d| d.code.clone()).collect() };
        let before = accounted(&survey, &at(date(2019, 12, 31)));
        assert_eq!(codes(&before), ["A", "C"]);
        let after = accounted(&survey, &at(date(2020, 1, 1)));
        assert_eq!(after.settings.boundaries, Some(date(2020, 1, 1)));
        let overlap = |account: &Account| account.findings.iter().any(|f| f.code == Code::DistrictsOverlap);
        assert!(!overlap(&before) && !overlap(&after));
        let remaining = |account: &Account, row: usize| account.districts[row].figures.states.remaining();
        assert_eq!(remaining(&before, 0), before.total.states.remaining());
        // The land of two districts is rounded in each.
        let apart = remaining(&after, 0) + remaining(&after, 1) - before.total.states.remaining();
        assert!(apart.square_centimetres().abs() <= 1, "{apart}");
        assert!(remaining(&after, 0) > ZERO && remaining(&after, 1) > ZERO);
        // The other boundaries, asked for.
        let mut settings = at(date(2020, 1, 1));
        settings.boundaries = Some(date(2019, 6, 1));
        let old = accounted(&survey, &settings);
        assert_eq!((codes(&old), remaining(&old, 0)), (codes(&before), remaining(&before, 0)));
        let left_out = |account: &Account| -> Vec<String> {
            let of = account.findings.iter().filter(|f| f.code == Code::DistrictsNotValid);
            of.map(|f| f.message.clone()).collect()
        };
        assert!(left_out(&after)[0].starts_with("2 features") && left_out(&after)[0].contains("(A, C)"));
        assert!(left_out(&before)[0].starts_with("2 features") && left_out(&before)[0].contains("(A, B)"));
    }
}

#[test]
fn a_series_is_on_one_set_of_boundaries_and_says_what_changed_hands() {
    let survey = cut_in_two(date(2019, 12, 31));
    let mut settings = at(date(2021, 12, 31));
    settings.series = Some(SeriesStep::Yearly);
    let account = accounted(&survey, &settings);
    let series = account.series.as_ref().unwrap();
    assert_eq!(series.dates, [2018, 2019, 2020, 2021].map(|year| date(year, 12, 31)));
    let remaining: Vec<_> = series.districts[1].iter().map(|m| m.states.remaining()).collect();
    assert!(remaining[0] > ZERO && remaining.iter().all(|r| *r == remaining[0]), "{remaining:?}");
    let of = |code: Code| -> Vec<_> { account.findings.iter().filter(|f| f.code == code).collect() };
    let changes = of(Code::BoundariesChange);
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert!(changes.iter().all(|f| f.message.starts_with("on 2020-01-01 ")), "{changes:?}");
    let passed = |text: &str| changes.iter().find(|f| f.message.contains(text)).and_then(|f| f.area_m2).unwrap();
    let (cut, lost) = (passed("from A (a) to B (b)"), passed("from C (c) to no district"));
    let half = ground([4.0, 0.0, 8.0, 4.0]).area_m2();
    assert!((cut - half).abs() < 1e-3 * half && (lost - half).abs() < 1e-3 * half, "{cut} {lost} {half}");
    let gap = of(Code::BoundariesGap);
    assert!(gap.len() == 1 && gap[0].area_m2 == Some(lost), "{gap:?}");
    // No break lies in a series that begins after it.
    settings.since = Some(date(2020, 6, 30));
    let later = accounted(&survey, &settings);
    assert!(later.findings.iter().all(|f| f.code != Code::BoundariesChange));
    let series = later.series.as_ref().unwrap();
    assert_eq!(series.dates, [date(2020, 12, 31), date(2021, 12, 31)]);
    assert_eq!(series.total[0].balance.opening, later.total.balance.opening);
}

#[test]
fn one_mistyped_date_makes_no_endless_table() {
    let mut survey = task();
    survey.hazards.push(hazard("old", date(201, 5, 5), [9.0, 0.0, 9.5, 4.0]));
    let mut settings = at(date(2019, 3, 15));
    settings.series = Some(SeriesStep::Monthly);
    let account = accounted(&survey, &settings);
    let series = account.series.as_ref().unwrap();
    assert_eq!((series.dates.len(), series.dates[1199]), (1200, date(2019, 3, 15)));
    assert!(series.total[0].states.remaining() > ZERO, "what was before is in the first period");
    let finding = account.findings.iter().find(|f| f.code == Code::SeriesStart).unwrap();
    assert!(finding.message.contains("record old") && finding.message.contains("0201-05-05"), "{finding:?}");
}

#[test]
fn a_series_without_dates_has_at_most_one_period() {
    let mut survey = task();
    let mut settings = at(date(2019, 3, 15));
    settings.series = Some(SeriesStep::Monthly);
    settings.dates = DatePolicy::Ignore;
    let account = accounted(&survey, &settings);
    assert_eq!(account.series.as_ref().unwrap().dates, [date(2019, 3, 15)]);
    survey.hazards[0].date = None;
    survey.releases.clear();
    settings.as_of = None;
    let account = accounted(&survey, &settings);
    assert_eq!(account.series, None, "no table of noughts");
    assert!(account.findings.iter().any(|f| f.code == Code::SeriesStart));
}
