//! The replay by random points: a second, naive way to the same areas, through the library as a caller uses it.

use jiff::civil::{Date, date};
use remnant::account::account;
use remnant::progress::Silent;
use remnant::records::{Fate, Hazard, HazardClass, HazardGround, Origin, Release, ReleaseKind, Survey};
use remnant::settings::{DatePolicy, OutsidePolicy, Settings};
use remnant_geometry::{Footprint, RawPolygon};

/// The region that all records lie in: west, south, and its size, in degrees.
const REGION: [f64; 3] = [46.5, 39.5, 0.02];
const POINTS: u32 = 20_000;

struct Pseudo(u64);

impl Pseudo {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: u8) -> u8 {
        (self.unit() * f64::from(n)) as u8
    }
}

/// A box and what it says, as plain as can be.
struct Plain {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    date: Option<Date>,
    /// 0 suspected, 1 confirmed, 2 cleared, 3 reduced, 4 cancelled: the order on one day.
    act: u8,
    id: String,
}

fn records(random: &mut Pseudo) -> Vec<Plain> {
    (0..12)
        .map(|n| {
            let [west, south, size] = REGION;
            let (x, y) = (random.unit(), random.unit());
            let (w, h) = ((1.0 - x) * random.unit(), (1.0 - y) * random.unit());
            let year = 2015 + i16::from(random.below(6));
            Plain {
                west: west + x * size,
                south: south + y * size,
                east: west + (x + w) * size,
                north: south + (y + h) * size,
                date: (random.below(5) > 0).then(|| date(year, 6, 1)),
                act: if n < 6 { random.below(2) } else { 2 + random.below(3) },
                id: format!("r{}", random.below(40)),
            }
        })
        .collect()
}

fn survey(plain: &[Plain]) -> Survey {
    let mut survey = Survey::default();
    for (number, p) in plain.iter().enumerate() {
        let ring = [[p.west, p.south], [p.east, p.south], [p.east, p.north], [p.west, p.north], [p.west, p.south]];
        let (ground, _) = Footprint::new(&[RawPolygon { rings: vec![ring.to_vec()] }]).unwrap();
        let origin = Origin { layer: u32::from(p.act > 1), feature: number as u64 + 1 };
        let (id, date) = (p.id.clone(), p.date);
        if p.act < 2 {
            let class = [HazardClass::Suspected, HazardClass::Confirmed][usize::from(p.act)];
            let ground = HazardGround::Area(ground);
            let (accuracy_m, stated_area_m2, fate) = (None, None, Fate::Used);
            survey.hazards.push(Hazard {
                origin,
                id: id.into(),
                class,
                date,
                accuracy_m,
                stated_area_m2,
                fate,
                ground,
            });
        } else {
            let kind = [ReleaseKind::Cleared, ReleaseKind::Reduced, ReleaseKind::Cancelled][usize::from(p.act) - 2];
            let (devices, stated_area_m2, fate) = ([0; 6], None, Fate::Used);
            let work = std::sync::Arc::default();
            survey.releases.push(Release {
                origin,
                id: id.into(),
                kind,
                date,
                devices: devices.into(),
                work,
                stated_area_m2,
                fate,
                ground,
            });
        }
    }
    survey
}

/// What one point counts as: suspected, confirmed, cleared, reduced, cancelled; released outside; repeated; and of the
/// period, as often as it happened: newly recorded, re-contaminated, released. By the words of the contract and nothing
/// else.
fn at_point(plain: &[Plain], x: f64, y: f64, settings: &Settings) -> [u32; 10] {
    let dated = settings.dates == DatePolicy::Replay;
    let mut covering: Vec<(Option<Date>, u8, &str, usize)> = plain
        .iter()
        .enumerate()
        .filter(|(_, p)| p.west < x && x < p.east && p.south < y && y < p.north)
        .map(|(n, p)| (p.date.filter(|_| dated), p.act, p.id.as_str(), n))
        .filter(|r| r.0.is_none_or(|d| d <= settings.as_of.unwrap()))
        .collect();
    covering.sort();
    let mut state: Option<u8> = None;
    let mut counts = [0; 10];
    for (when, act, ..) in covering {
        let in_period = settings.since.is_none_or(|since| when.is_some_and(|d| d > since));
        match (act, state) {
            (0 | 1, None) => {
                counts[7] += u32::from(in_period);
                state = Some(act);
            }
            (0 | 1, Some(2..)) => {
                counts[8] += u32::from(in_period);
                state = Some(act);
            }
            (1, Some(_)) => state = Some(1),
            (0, Some(_)) => {}
            (_, None) if settings.outside == OutsidePolicy::Separate => counts[5] = 1,
            (_, None) => {
                counts[7] += u32::from(in_period);
                counts[9] += u32::from(in_period);
                state = Some(act);
            }
            (_, Some(0 | 1)) => {
                counts[9] += u32::from(in_period);
                state = Some(act);
            }
            (_, Some(_)) => counts[6] = 1,
        }
    }
    if let Some(state) = state {
        counts[usize::from(state)] = 1;
    }
    counts
}

#[test]
fn areas_are_what_random_points_say() {
    let [west, south, size] = REGION;
    let whole = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]];
    let region = Footprint::new(&[RawPolygon { rings: vec![whole.to_vec()] }]).unwrap().0.area_m2();
    for seed in crate::seed::of(0..24) {
        let mut random = Pseudo(seed);
        let plain = records(&mut random);
        let mut settings = Settings::new(date(2030, 1, 1));
        settings.as_of = Some(date(2015 + i16::from(random.below(7)), 12, 31));
        settings.since = (seed % 3 == 0).then(|| date(2016, 12, 31)).filter(|s| Some(*s) <= settings.as_of);
        settings.dates = [DatePolicy::Replay, DatePolicy::Replay, DatePolicy::Ignore][seed as usize % 3];
        settings.outside = [OutsidePolicy::Separate, OutsidePolicy::Baseline][seed as usize % 2];
        settings.geometry = seed % 4 == 0;
        let account = account(survey(&plain), &settings, &Silent).unwrap();
        assert!(account.checks.iter().all(|check| check.holds), "seed {seed}: {:?}", account.checks);

        let (mut sums, mut squares) = ([0.0; 10], [0.0; 10]);
        for _ in 0..POINTS {
            let (x, y) = (west + size * random.unit(), south + size * random.unit());
            for (n, count) in at_point(&plain, x, y, &settings).into_iter().map(f64::from).enumerate() {
                sums[n] += count;
                squares[n] += count * count;
            }
        }
        let (states, balance) = (&account.total.states, &account.total.balance);
        let flows = balance.cancelled.0 + balance.reduced.0 + balance.cleared.0;
        let figures = [
            ("suspected", states.suspected),
            ("confirmed", states.confirmed),
            ("cleared", states.cleared),
            ("reduced", states.reduced),
            ("cancelled", states.cancelled),
            ("outside", account.total.release_outside_hazard),
            ("repeated", account.total.repeated_release),
            ("newly recorded", balance.newly_recorded.0),
            ("re-contaminated", balance.recontaminated.0),
            ("released in the period", flows),
        ];
        for (n, (name, area)) in figures.into_iter().enumerate() {
            let share = area.as_f64() / region;
            let seen = sums[n] / f64::from(POINTS);
            let sigma = ((squares[n] / f64::from(POINTS) - seen * seen).max(1e-5) / f64::from(POINTS)).sqrt();
            let apart = (share - seen).abs();
            // The constant is for the meridians, which draw together by 3e-4 over the region.
            assert!(apart < 4.5 * sigma + 2e-4, "seed {seed}, {name}: {share} of the region, points say {seen}");
        }
    }
}
