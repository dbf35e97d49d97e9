//! Every figure by the words of the contract, from the square metres of every set of covers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use remnant::settings::{DatePolicy, OutsidePolicy};

use super::ground::{Ground, Lies};
use super::nearness::{Found, judged};
use super::scenes::{Record, Says, Scene};
use super::weighed::{Piece, border_m, pieces};

/// What became of a point of ground by the date of the account. Records are named by their numbers in the scene.
#[derive(Debug, Clone, Default)]
pub struct Point {
    pub state: Option<Says>,
    pub opening: Option<Says>,
    /// How often, within the period.
    pub newly: u32,
    pub again: u32,
    pub released: BTreeMap<Says, u32>,
    pub outside: bool,
    pub repeated: bool,
    /// What each record did here: itself, and its deed.
    pub deeds: Vec<(usize, Deed)>,
    pub live: Vec<usize>,
    pub live_at_opening: Vec<usize>,
}

/// What a record did on some ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    Covers,
    Recorded,
    RecordedInPeriod,
    AgainInPeriod,
    Overlap,
    Credited,
    CreditedInPeriod,
    Outside,
    Repeated,
    Live,
    LiveAtOpening,
}

/// The figures of a place: areas in m2, and the square metres on which each record did its deeds there.
#[derive(Debug, Clone, Default)]
pub struct Place {
    pub area: f64,
    pub states: BTreeMap<Says, f64>,
    pub opening: f64,
    pub newly: f64,
    pub again: f64,
    pub released: BTreeMap<Says, f64>,
    pub closing: f64,
    pub outside: f64,
    pub repeated: f64,
    pub deeds: BTreeMap<(Deed, usize), f64>,
    pub evidence: u64,
    pub incidents: u64,
    pub injured: u64,
    /// Devices of releases that surely count here, and of those that may.
    pub devices: [u64; 2],
}

/// The figures of a zone.
#[derive(Debug, Clone, Default)]
pub struct ZonePlace {
    pub place: Place,
    pub once: f64,
    pub uncovered: f64,
    pub found: Found,
}

/// Everything that is expected.
pub struct Expected {
    /// By code; none for the land outside all districts.
    pub places: BTreeMap<Option<String>, Place>,
    pub total: Place,
    pub zones: Vec<ZonePlace>,
    /// How far an area may be off, in m2, for all the borders of the scene.
    pub slack: f64,
    pub as_of: Option<Date>,
}

/// The date that counts for a record.
pub fn counted(scene: &Scene, date: Option<Date>) -> Option<Date> {
    date.filter(|_| scene.settings.dates == DatePolicy::Replay)
}

/// Whether something of a date has effect by the date of the account.
pub fn in_effect(scene: &Scene, as_of: Option<Date>, date: Option<Date>) -> bool {
    counted(scene, date).is_none_or(|d| as_of.is_none_or(|t| d <= t))
}

/// The replay of the records that cover a point.
pub fn replay(scene: &Scene, as_of: Option<Date>, covering: &[usize]) -> Point {
    let mut order: Vec<usize> = covering.to_vec();
    let layer = |r: &Record| u32::from(!r.says.is_hazard());
    order.sort_by_key(|&n| {
        let r = &scene.records[n];
        (counted(scene, r.date), r.says, r.id.clone(), layer(r), r.feature)
    });
    let since = scene.settings.since;
    let mut point = Point::default();
    point.deeds.extend(order.iter().map(|&n| (n, Deed::Covers)));
    for n in order {
        let r = &scene.records[n];
        let when = counted(scene, r.date);
        if !in_effect(scene, as_of, r.date) {
            break;
        }
        let in_period = since.is_none_or(|since| when.is_some_and(|d| d > since));
        let released = point.state.is_some_and(|s| !s.is_hazard());
        match (r.says.is_hazard(), point.state) {
            (true, state) if state.is_none() || released => {
                point.deeds.push((n, Deed::Recorded));
                point.live = vec![n];
                if in_period && released {
                    point.again += 1;
                    point.deeds.push((n, Deed::AgainInPeriod));
                } else if in_period {
                    point.newly += 1;
                    point.deeds.push((n, Deed::RecordedInPeriod));
                }
                point.state = Some(r.says);
            }
            (true, _) => {
                point.deeds.push((n, Deed::Overlap));
                point.live.push(n);
                point.state = point.state.max(Some(r.says));
            }
            (false, None) if scene.settings.outside == OutsidePolicy::Separate => {
                point.deeds.push((n, Deed::Outside));
                point.outside = true;
            }
            (false, state) if state.is_none() || state.is_some_and(Says::is_hazard) => {
                point.deeds.push((n, Deed::Credited));
                if in_period {
                    point.newly += u32::from(state.is_none());
                    *point.released.entry(r.says).or_default() += 1;
                    point.deeds.push((n, Deed::CreditedInPeriod));
                }
                point.live.clear();
                point.state = Some(r.says);
            }
            _ => {
                point.deeds.push((n, Deed::Repeated));
                point.repeated = true;
            }
        }
        if since.is_some() && !in_period {
            point.opening = point.state;
            point.live_at_opening.clone_from(&point.live);
        }
    }
    let live = point.live.iter().map(|&n| (n, Deed::Live));
    let opening = point.opening.filter(|s| s.is_hazard()).map(|_| &point.live_at_opening);
    let opening = opening.into_iter().flatten().map(|&n| (n, Deed::LiveAtOpening));
    let more: Vec<_> = live.chain(opening).collect();
    point.deeds.extend(more);
    point
}

impl Place {
    fn add(&mut self, point: &Point, m2: f64) {
        if let Some(state) = point.state {
            *self.states.entry(state).or_default() += m2;
        }
        let contaminated = |state: Option<Says>| if state.is_some_and(Says::is_hazard) { m2 } else { 0.0 };
        self.opening += contaminated(point.opening);
        self.closing += contaminated(point.state);
        self.newly += m2 * f64::from(point.newly);
        self.again += m2 * f64::from(point.again);
        for (&kind, &times) in &point.released {
            *self.released.entry(kind).or_default() += m2 * f64::from(times);
        }
        self.outside += if point.outside { m2 } else { 0.0 };
        self.repeated += if point.repeated { m2 } else { 0.0 };
        for &(record, deed) in &point.deeds {
            *self.deeds.entry((deed, record)).or_default() += m2;
        }
    }

    /// The square metres of one deed of one record.
    pub fn of(&self, deed: Deed, record: usize) -> f64 {
        self.deeds.get(&(deed, record)).copied().unwrap_or(0.0)
    }
}

/// The account of a scene.
pub fn expected(scene: &Scene) -> Expected {
    let (records, districts) = (scene.records.len(), scene.districts.len());
    let grounds: Vec<&Ground> = scene
        .records
        .iter()
        .map(|r| &r.ground)
        .chain(scene.districts.iter().map(|d| &d.1))
        .chain(&scene.zones)
        .chain(&scene.coverage)
        .collect();
    let coverage = (records + districts + scene.zones.len()) as u32;
    let as_of = scene.as_of();
    let mut places: BTreeMap<Option<String>, Place> =
        scene.districts.iter().map(|d| (Some(d.0.clone()), Place::default())).collect();
    places.insert(None, Place::default());
    let mut total = Place::default();
    let mut zones = vec![ZonePlace::default(); scene.zones.len()];
    let mut lands: Vec<(Point, Piece)> = Vec::new();
    for (cover, piece) in pieces(&grounds) {
        let numbers: Vec<usize> = cover.iter().map(|&c| c as usize).collect();
        let covering: Vec<usize> = numbers.iter().copied().filter(|&n| n < records).collect();
        let here = numbers.iter().filter(|&&n| (records..records + districts).contains(&n));
        let code = here.map(|&n| scene.districts[n - records].0.clone()).min();
        let point = replay(scene, as_of, &covering);
        let place = places.get_mut(&code).expect("every code has a place");
        place.add(&point, piece.m2);
        total.add(&point, piece.m2);
        // Of the land outside, what some record covers.
        if code.is_some() || !covering.is_empty() {
            place.area += piece.m2;
            total.area += piece.m2;
        }
        for number in numbers.iter().filter(|&&n| n >= records + districts && (n as u32) < coverage) {
            let zone = &mut zones[number - records - districts];
            zone.place.add(&point, piece.m2);
            zone.place.area += piece.m2;
            zone.once += if point.state.is_some() { piece.m2 } else { 0.0 };
            zone.uncovered += if scene.coverage.is_some() && !cover.contains(&coverage) { piece.m2 } else { 0.0 };
        }
        lands.push((point, piece));
    }
    // A border moves by half a step of the grid, on the average along it; states are printed to some square centimetres.
    let slack = 0.5 * 1.117e-5 * border_m(&grounds) + 2e-3;
    let mut expected = Expected { places, total, zones, slack, as_of };
    expected.points(scene);
    expected.devices(scene);
    for (zone, ground) in expected.zones.iter_mut().zip(&scene.zones) {
        zone.found = judged(scene, as_of, ground, &lands, slack);
    }
    expected
}

/// The evidence points that are open: no later or undated release covers them. A point without a date is closed by any.
pub fn open_points(scene: &Scene, as_of: Option<Date>) -> Vec<(&super::scenes::Evidence, remnant_geometry::Point)> {
    let recorded = scene.evidence.iter().filter(|e| in_effect(scene, as_of, e.date));
    let points = recorded.flat_map(|e| e.points.iter().map(move |&p| (e, p)));
    let closes = |e: &super::scenes::Evidence, r: &Record, p| {
        let (point, release) = (counted(scene, e.date), counted(scene, r.date));
        !r.says.is_hazard()
            && in_effect(scene, as_of, r.date)
            && (release.is_none() || point.is_none() || release > point)
            && r.ground.footprint().is_some()
            && r.ground.lies(p) == Lies::Inside
    };
    points.filter(|&(e, p)| !scene.records.iter().any(|r| closes(e, r, p))).collect()
}

impl Expected {
    fn points(&mut self, scene: &Scene) {
        let home = |p| scene.districts.iter().filter(|d| d.1.lies(p) != Lies::Outside).map(|d| d.0.clone()).min();
        for (_, p) in open_points(scene, self.as_of) {
            self.places.get_mut(&home(p)).expect("every code has a place").evidence += 1;
            self.total.evidence += 1;
        }
        for (n, &(date, p)) in (1..).zip(&scene.incidents) {
            if date.is_none_or(|d| self.as_of.is_none_or(|t| d <= t)) {
                for place in [self.places.get_mut(&home(p)).expect("every code has a place"), &mut self.total] {
                    place.incidents += 1;
                    place.injured += n;
                }
            }
        }
    }

    /// Devices count whole in the district that holds the largest part of their release.
    fn devices(&mut self, scene: &Scene) {
        for (n, r) in scene.records.iter().enumerate() {
            let lost = r.ground.footprint().is_none();
            if r.says.is_hazard() || !in_effect(scene, self.as_of, r.date) || lost {
                continue;
            }
            let part = |code: &Option<String>| self.places[code].of(Deed::Covers, n);
            let codes: Vec<Option<String>> = self.places.keys().filter(|code| code.is_some()).cloned().collect();
            let most = codes.iter().map(part).fold(0.0, f64::max);
            // Parts that are as good as equal could go either way, and so could a part that is as good as nothing.
            let slack = self.slack;
            let mut may: BTreeSet<Option<String>> =
                codes.into_iter().filter(|code| part(code) > 0.0 && part(code) >= most - slack).collect();
            if most <= slack {
                may.insert(None);
            }
            let sure = may.len() == 1;
            for code in may {
                let place = self.places.get_mut(&code).expect("every code has a place");
                place.devices[0] += if sure { r.devices } else { 0 };
                place.devices[1] += r.devices;
            }
            self.total.devices = self.total.devices.map(|sum| sum + r.devices);
        }
    }
}
