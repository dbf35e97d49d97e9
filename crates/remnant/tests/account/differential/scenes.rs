//! Random and adversarial surveys. Each seed fixes its place on Earth, its kind of ground, its dates and its policies.

use jiff::civil::{Date, date};
use remnant::records::{
    District, Fate, Hazard, HazardClass, HazardGround, Incident, LostHazard, Origin, Release, ReleaseKind, Survey,
    Validity, Work, Zone,
};
use remnant::settings::{DatePolicy, OutsidePolicy, Settings};
use remnant_geometry::Point;
use remnant_geometry::plane::{HALF_TURN, POLE, TILE, TURN};

use super::ground::Ground;
use super::kinds::{self, Dice, KINDS, at};

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    Suspected,
    Confirmed,
    Cleared,
    Reduced,
    Cancelled,
}

impl Says {
    pub fn is_hazard(self) -> bool {
        self <= Self::Confirmed
    }
}

/// A hazard or a release with ground.
#[derive(Debug, Clone)]
pub struct Record {
    pub says: Says,
    pub date: Option<Date>,
    pub id: String,
    pub feature: u64,
    pub ground: Ground,
    pub accuracy_m: Option<f64>,
    pub devices: u64,
}

/// A hazard that is points only.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub date: Option<Date>,
    pub id: String,
    pub feature: u64,
    pub points: Vec<Point>,
    pub accuracy_m: Option<f64>,
}

/// A survey before it is one.
pub struct Scene {
    pub kind: usize,
    pub records: Vec<Record>,
    pub evidence: Vec<Evidence>,
    /// The box of a hazard that was set aside.
    pub lost: Option<[Point; 2]>,
    pub districts: Vec<(String, Ground)>,
    pub zones: Vec<Ground>,
    pub incidents: Vec<(Option<Date>, Point)>,
    pub coverage: Option<Ground>,
    pub settings: Settings,
}

const YEARS: [i16; 5] = [2012, 2015, 2018, 2020, 2023];

impl Scene {
    pub fn name(&self) -> &'static str {
        KINDS[self.kind]
    }

    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let kind = (seed % KINDS.len() as u64) as usize;
        let base = kinds::place(&mut dice);
        let dice = &mut dice;
        let (mut grounds, size) = kinds::grounds(dice, kind, base);
        let base = if kind == 7 {
            Point { x: base.x, y: base.y.clamp(-POLE + 10_000_000_000, POLE - 10_000_000_000) }
        } else {
            base
        };
        let mut districts = if dice.once_in(6) && kind != 8 { Vec::new() } else { kinds::net(dice, base, size / 2) };
        if kind == 8 {
            // Records that are districts, halves of districts, or reach from one into the next.
            let few = kinds::stars(dice, base, 4, size);
            for (_, district) in &districts {
                let ring = &district.0[0][0];
                let half = vec![ring[0], ring[1], ring[2]];
                grounds.extend([district.clone(), Ground::ring(half)]);
            }
            grounds.extend(few);
        } else if dice.once_in(4) {
            districts.push(("A".to_owned(), grounds[0].clone()));
        }
        let records = records(dice, &grounds);
        let few = dice.within(0, 3);
        let mut zones = kinds::stars(dice, base, few, size);
        zones.extend(grounds.iter().filter(|_| dice.once_in(8)).take(2).cloned());
        // Some way off, so that it may be near and no more.
        let off = dice.of(&[90, 4_000_000, 12_000_000]);
        zones.push(Ground::ring(kinds::star(dice, at(base, size + off, size), off / 3 + 40)));
        zones.retain(|zone| zone.footprint().is_some());
        districts.retain(|(_, ground)| ground.footprint().is_some());
        let mut somewhere = |n: i64| -> Vec<Point> {
            (0..n).map(|_| at(base, dice.within(-size, size), dice.within(-size, size))).collect()
        };
        let (mut points, places) = (somewhere(3), somewhere(3));
        // A corner of a record is a place too. Not where it may be the tip of a spike, which is no ground; nor at the
        // antimeridian, where rings are cut and an edge through it may be bent.
        let corner = grounds[0].0[0][0][0];
        let sure = [0, 4, 5, 9, 13].contains(&kind) && corner.x.abs() < HALF_TURN - 100 * TILE;
        points.extend(sure.then_some(corner));
        let mut evidence = Vec::new();
        for (n, point) in (0..).zip(points) {
            let (date, id) = (some_date(dice), format!("p{}", dice.within(0, 9)));
            let accuracy_m = dice.once_in(3).then_some(250.0);
            evidence.push(Evidence { date, id, feature: 1000 + n, points: vec![point], accuracy_m });
        }
        let incidents = places.into_iter().map(|p| (some_date(dice), p)).collect();
        let lost = dice.once_in(5).then(|| {
            let low = at(base, 2 * size, -size);
            [low, at(low, dice.within(0, size), dice.within(0, size))]
        });
        let coverage = dice.once_in(4).then(|| Ground::ring(kinds::boxed(base, [-size, -size, size, size])));
        let settings = settings(dice);
        let mut scene = Self { kind, records, evidence, lost, districts, zones, incidents, coverage, settings };
        scene.keep_dates_in_order();
        scene
    }

    /// A period must not begin after the date of the account.
    fn keep_dates_in_order(&mut self) {
        let last = self.as_of();
        self.settings.since = self.settings.since.filter(|&since| last.is_some_and(|last| since <= last));
    }

    /// The date of the account: as asked for, or the latest one in the data.
    pub fn as_of(&self) -> Option<Date> {
        let records = self.records.iter().filter(|r| r.ground.footprint().is_some()).map(|r| r.date);
        let dates = records.chain(self.evidence.iter().map(|e| e.date)).chain(self.incidents.iter().map(|i| i.0));
        // Where dates of records are ignored they still say how far the data reach.
        self.settings.as_of.or_else(|| dates.flatten().max())
    }

    /// What the account is made of. A record without ground is left out, as a reader would.
    pub fn survey(&self) -> Survey {
        let (work, stated_area_m2, fate) = (Work::default(), None, Fate::Used);
        let mut survey = Survey::default();
        for r in &self.records {
            let Some(ground) = r.ground.footprint() else { continue };
            let (id, date) = (r.id.clone(), r.date);
            let kind = match r.says {
                Says::Suspected | Says::Confirmed => {
                    let class = if r.says == Says::Suspected { HazardClass::Suspected } else { HazardClass::Confirmed };
                    let (ground, accuracy_m) = (HazardGround::Area(ground), r.accuracy_m);
                    let origin = Origin { layer: 0, feature: r.feature };
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
                    continue;
                }
                Says::Cleared => ReleaseKind::Cleared,
                Says::Reduced => ReleaseKind::Reduced,
                Says::Cancelled => ReleaseKind::Cancelled,
            };
            let (work, devices) = (work.clone(), [r.devices, 0, 0, 0, 0, 0]);
            let origin = Origin { layer: 1, feature: r.feature };
            survey.releases.push(Release {
                origin,
                id: id.into(),
                kind,
                date,
                devices: devices.into(),
                work: work.into(),
                stated_area_m2,
                fate,
                ground,
            });
        }
        for e in &self.evidence {
            let ground = HazardGround::Points(e.points.iter().map(|&p| wrapped(p)).collect());
            let (origin, class) = (Origin { layer: 0, feature: e.feature }, HazardClass::Suspected);
            let (id, date, accuracy_m) = (e.id.clone(), e.date, e.accuracy_m);
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
        }
        if let Some([low, high]) = self.lost {
            let origin = Origin { layer: 0, feature: 2000 };
            let bounds = Some([wrapped(low), wrapped(high)]);
            survey.lost_hazards.push(LostHazard { origin, id: "lost".to_owned(), stated_area_m2, bounds });
        }
        for (n, (code, ground)) in (1..).zip(&self.districts) {
            let (origin, code, name) = (Origin { layer: 2, feature: n }, code.clone(), code.clone());
            let Some(ground) = ground.footprint() else { continue };
            survey.districts.push(District { origin, code, name, validity: Validity::default(), ground });
        }
        for (n, ground) in (1..).zip(&self.zones) {
            let (origin, id, name) = (Origin { layer: 3, feature: n }, format!("z{n}"), String::new());
            let Some(ground) = ground.footprint() else { continue };
            survey.zones.push(Zone { origin, id, name, ground, people: None, homes: None });
        }
        for (n, &(date, place)) in (1..).zip(&self.incidents) {
            let (origin, id, place) = (Origin { layer: 4, feature: n }, format!("i{n}"), wrapped(place));
            survey.incidents.push(Incident { origin, id, date, killed: 1, injured: n, place });
        }
        survey.coverage = self.coverage.as_ref().map(|ground| ground.footprint().into_iter().collect());
        survey
    }
}

/// Within 180 degrees.
pub fn wrapped(p: Point) -> Point {
    Point { x: if p.x > HALF_TURN { p.x - TURN } else { p.x }, y: p.y }
}

fn some_date(dice: &mut Dice) -> Option<Date> {
    (!dice.once_in(5)).then(|| date(dice.of(&YEARS), 6, 1))
}

fn records(dice: &mut Dice, grounds: &[Ground]) -> Vec<Record> {
    let says = [Says::Suspected, Says::Confirmed, Says::Suspected, Says::Cleared, Says::Reduced, Says::Cancelled];
    let mut records = Vec::new();
    let mut push = |dice: &mut Dice, says: Says, ground: &Ground| {
        let (date, id) = (some_date(dice), format!("r{}", dice.within(0, 40)));
        let accuracy_m = (says.is_hazard() && dice.once_in(4)).then(|| dice.of(&[5.0, 300.0]));
        let (feature, devices) = (records.len() as u64 + 1, dice.within(0, 3) as u64);
        records.push(Record { says, date, id, feature, ground: ground.clone(), accuracy_m, devices });
    };
    for ground in grounds {
        let says = dice.of(&says);
        push(dice, says, ground);
        // The very same ground again: a release of a hazard, a hazard where land was released, or a copy.
        if dice.once_in(3) {
            let says = dice.of(&[Says::Cleared, Says::Cancelled, Says::Confirmed, says]);
            push(dice, says, ground);
        }
    }
    records
}

fn settings(dice: &mut Dice) -> Settings {
    let mut settings = Settings::new(date(2030, 1, 1));
    settings.as_of = dice.of(&[None, Some(date(2019, 12, 31)), Some(date(2023, 6, 1)), Some(date(2011, 1, 1))]);
    settings.since = dice.of(&[None, Some(date(2014, 12, 31)), Some(date(2018, 6, 1))]);
    settings.dates = dice.of(&[DatePolicy::Replay, DatePolicy::Replay, DatePolicy::Replay, DatePolicy::Ignore]);
    settings.outside = dice.of(&[OutsidePolicy::Separate, OutsidePolicy::Baseline]);
    settings.safety_distance_m = dice.of(&[100.0, 0.0, 25.0]);
    settings.threads = Some(1);
    settings
}
