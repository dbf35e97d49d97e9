//! The records in the order of their replay, and everything else that has ground, as numbered covers.

use jiff::civil::Date;
use rayon::prelude::*;
use remnant_geometry::Footprint;
use rustc_hash::FxHashMap;

use crate::records::{District, HazardGround, Origin, Survey};
use crate::settings::{DatePolicy, Settings};
use crate::status::{Act, replay_order};

/// A hazard with an area, or a release. There may be tens of millions: what the record knows is asked of the survey.
#[derive(Clone, Copy)]
pub(super) struct Event<'a> {
    pub ground: &'a Footprint,
    place: u32,
    /// The number of the date among all dates; 0 for none.
    pub slot: u32,
    /// The number of the task that a release reports on; 0 for none.
    pub task: u32,
    pub act: Act,
    /// Whether a release states devices.
    pub bears_devices: bool,
}

impl Event<'_> {
    pub fn is_hazard(&self) -> bool {
        matches!(self.act, Act::Hazard(_))
    }

    /// Its place in the survey's hazards, or in its releases.
    pub fn index(&self) -> usize {
        self.place as usize
    }

    /// The date that counts: none where dates are ignored.
    pub fn date(&self, covers: &Covers<'_>) -> Option<Date> {
        covers.dates.get((self.slot as usize).checked_sub(1)?).copied()
    }

    pub fn id<'s>(&self, survey: &'s Survey) -> &'s str {
        match self.act {
            Act::Hazard(_) => &survey.hazards[self.index()].id,
            Act::Release(_) => &survey.releases[self.index()].id,
        }
    }

    pub fn origin(&self, survey: &Survey) -> Origin {
        match self.act {
            Act::Hazard(_) => survey.hazards[self.index()].origin,
            Act::Release(_) => survey.releases[self.index()].origin,
        }
    }

    fn stated_date(&self, survey: &Survey) -> Option<Date> {
        match self.act {
            Act::Hazard(_) => survey.hazards[self.index()].date,
            Act::Release(_) => survey.releases[self.index()].date,
        }
    }
}

/// Everything that has ground. Its number as a cover: events first, in the order of their replay; then districts in the
/// order of their codes, coverage, zones, what people use, the reaches of zones. So the records of a face come in the order in which they are needed.
pub(super) struct Covers<'a> {
    /// What the records say.
    pub survey: &'a Survey,
    pub events: Vec<Event<'a>>,
    /// The dates of the events in order; slot `n` is `dates[n - 1]`.
    pub dates: Vec<Date>,
    /// The codes of the district rows in order, each with its name.
    pub districts: Vec<(&'a str, &'a str)>,
    /// The ground of district features in the order of their codes, with their rows.
    pub district_ground: Vec<(u32, &'a Footprint)>,
    /// What the survey claims to cover; `None` without such a layer, empty where nothing of it could be used.
    pub coverage: Option<Vec<&'a Footprint>>,
    pub zones: Vec<&'a Footprint>,
    /// The themes of what people use, in order.
    pub themes: Vec<&'a str>,
    /// The polygons of what people use: the feature's place in the survey, its theme, its ground.
    pub exposed: Vec<(u32, u32, &'a Footprint)>,
    /// The ground within the safety distance of zones that have hazards near: the zone, the ground.
    pub reaches: Vec<(u32, &'a Footprint)>,
}

impl<'a> Covers<'a> {
    /// `districts` are those that count.
    pub fn new(
        survey: &'a Survey,
        districts: Vec<&'a District>,
        settings: &Settings,
        reaches: &'a [(u32, Footprint)],
    ) -> Self {
        let effective = |date: Option<Date>| date.filter(|_| settings.dates == DatePolicy::Replay);
        let hazards = survey.hazards.iter().zip(0..).filter_map(|(hazard, place)| match &hazard.ground {
            HazardGround::Area(ground) => {
                Some(Event { ground, place, slot: 0, task: 0, act: Act::Hazard(hazard.class), bears_devices: false })
            }
            HazardGround::Points(_) => None,
        });
        let mut tasks: FxHashMap<String, u32> = FxHashMap::default();
        let releases = survey.releases.iter().zip(0..).map(|(release, place)| Event {
            ground: &release.ground,
            place,
            slot: 0,
            task: release.work.task.as_ref().map_or(0, |task| {
                let next = tasks.len() as u32 + 1;
                *tasks.entry(task.to_lowercase()).or_insert(next)
            }),
            act: Act::Release(release.kind),
            bears_devices: release.devices.iter().any(|&n| n > 0),
        });
        let mut events: Vec<Event<'a>> = Vec::with_capacity(survey.hazards.len() + survey.releases.len());
        events.extend(hazards);
        events.extend(releases);
        let date = |event: &Event<'a>| effective(event.stated_date(survey));
        in_replay_order(&mut events, survey, date);
        let mut dates: Vec<Date> = events.iter().filter_map(date).collect();
        dates.dedup();
        for event in &mut events {
            event.slot = date(event).map_or(0, |d| dates.partition_point(|&other| other < d) as u32 + 1);
        }

        let mut features = districts;
        features.sort_by(|a, b| (&a.code, a.origin).cmp(&(&b.code, b.origin)));
        let mut districts: Vec<(&str, &str)> = Vec::new();
        let mut district_ground = Vec::new();
        for district in features {
            if districts.last().is_none_or(|d| d.0 != district.code) {
                districts.push((&district.code, &district.name));
            }
            district_ground.push((districts.len() as u32 - 1, &district.ground));
        }
        let mut themes: Vec<&str> = survey.themes.iter().map(String::as_str).collect();
        themes.extend(survey.exposures.iter().map(|e| e.theme.as_str()));
        themes.sort_unstable();
        themes.dedup();
        let theme = |word: &str| themes.partition_point(|&t| t < word) as u32;
        let areas = survey.exposures.iter().zip(0..).filter_map(|(e, i)| Some((i, theme(&e.theme), e.area.as_ref()?)));
        Self {
            survey,
            exposed: areas.collect(),
            themes,
            reaches: reaches.iter().map(|(zone, ground)| (*zone, ground)).collect(),
            events,
            dates,
            districts,
            district_ground,
            coverage: survey.coverage.as_ref().map(|c| c.iter().collect()),
            zones: survey.zones.iter().map(|z| &z.ground).collect(),
        }
    }

    /// The ground of every cover by its number.
    pub fn grounds(&self) -> Grounds<'_> {
        let others = self
            .district_ground
            .iter()
            .map(|d| d.1)
            .chain(self.coverage.iter().flatten().copied())
            .chain(self.zones.iter().copied())
            .chain(self.exposed.iter().map(|e| e.2))
            .chain(self.reaches.iter().map(|r| r.1))
            .collect();
        Grounds { events: &self.events, others }
    }

    /// The id of an event's record.
    pub fn id(&self, event: u32) -> &'a str {
        self.events[event as usize].id(self.survey)
    }

    /// How the numbers of covers are divided among their kinds.
    pub fn parts(&self) -> Parts {
        let events = self.events.len() as u32;
        let districts = events + self.district_ground.len() as u32;
        let coverage = districts + self.coverage.as_ref().map_or(0, Vec::len) as u32;
        let zones = coverage + self.zones.len() as u32;
        Parts { events, districts, coverage, zones, exposed: zones + self.exposed.len() as u32 }
    }

    /// The row that stands for the land outside all districts.
    pub fn outside(&self) -> u32 {
        self.districts.len() as u32
    }

    /// The last slot that has effect by a date.
    pub fn slot_at(&self, date: Option<Date>) -> u32 {
        date.map_or(self.dates.len(), |d| self.dates.partition_point(|&other| other <= d)) as u32
    }
}

/// Puts events into the order of their replay, with the dates that count.
fn in_replay_order<'a>(
    events: &mut Vec<Event<'a>>,
    survey: &'a Survey,
    date: impl Fn(&Event<'a>) -> Option<Date> + Sync,
) {
    let key = |number: u32| {
        let event = &events[number as usize];
        let origin = event.origin(survey);
        replay_order(date(event), event.act, event.id(survey), origin.layer, origin.feature)
    };
    let ranked = |(event, number): (&Event<'a>, u32)| {
        let (moment, head) = rank(date(event), event.act, event.id(survey));
        (moment, head, number)
    };
    let mut order: Vec<_> = events.par_iter().zip(0..events.len() as u32).map(ranked).collect();
    // No two events have one origin and one act.
    order.par_sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| key(a.2).cmp(&key(b.2))));
    *events = order.into_iter().map(|(.., number)| events[number as usize]).collect();
}

/// The order of the replay as far as a few numbers tell it: date and act, and the beginning of the id. They are at hand, and
/// most events differ in them.
fn rank(date: Option<Date>, act: Act, id: &str) -> (u32, [u64; 2]) {
    // The first year of the calendar is -9999.
    let day = |d: Date| ((i32::from(d.year()) + 10_000) as u32 * 16 + d.month() as u32) * 32 + d.day() as u32;
    let mut head = [0; 16];
    head.iter_mut().zip(id.bytes()).for_each(|(head, byte)| *head = byte);
    let half = |from: usize| head[from..from + 8].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    (date.map_or(0, day) * 8 + u32::from(act.order()), [half(0), half(8)])
}

/// What a cover is, with its number among its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Event(u32),
    District(u32),
    Coverage,
    Zone(u32),
    Exposed(u32),
    Reach(u32),
}

/// Where the covers of every kind end.
pub(super) struct Parts {
    pub events: u32,
    pub districts: u32,
    pub coverage: u32,
    pub zones: u32,
    pub exposed: u32,
}

impl Parts {
    /// What a cover is.
    pub fn kind(&self, cover: u32) -> Kind {
        match cover {
            c if c < self.events => Kind::Event(c),
            c if c < self.districts => Kind::District(c - self.events),
            c if c < self.coverage => Kind::Coverage,
            c if c < self.zones => Kind::Zone(c - self.coverage),
            c if c < self.exposed => Kind::Exposed(c - self.zones),
            c => Kind::Reach(c - self.exposed),
        }
    }
}

/// The ground of covers.
pub(super) struct Grounds<'a> {
    events: &'a [Event<'a>],
    others: Vec<&'a Footprint>,
}

impl<'a> Grounds<'a> {
    /// How many there are.
    pub fn len(&self) -> u32 {
        (self.events.len() + self.others.len()) as u32
    }

    /// That of a cover.
    pub fn get(&self, cover: u32) -> &'a Footprint {
        let cover = cover as usize;
        self.events.get(cover).map_or_else(|| self.others[cover - self.events.len()], |event| event.ground)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::records::{HazardClass, ReleaseKind};

    #[test]
    fn events_of_different_rank_are_in_the_order_of_the_replay() {
        let ids = [
            "",
            "\0",
            "a",
            "a\0",
            "a\0b",
            "ab",
            "é",
            "\u{10ffff}",
            "H-0000000000001",
            "H-00000000000012",
            "H-00000000000013",
        ];
        let dates = [
            None,
            Some(Date::MIN),
            Some(date(-1, 12, 31)),
            Some(date(1999, 12, 31)),
            Some(date(2000, 1, 1)),
            Some(Date::MAX),
        ];
        let classes = [HazardClass::Suspected, HazardClass::Confirmed].map(Act::Hazard);
        let kinds = [ReleaseKind::Cleared, ReleaseKind::Reduced, ReleaseKind::Cancelled].map(Act::Release);
        let mut all = Vec::new();
        for date in dates {
            for act in classes.into_iter().chain(kinds) {
                all.extend(ids.iter().map(|id| (date, act, *id)));
            }
        }
        for a in &all {
            for b in &all {
                let [one, other] = [a, b].map(|(date, act, id)| rank(*date, *act, id));
                let [first, second] = [a, b].map(|(date, act, id)| replay_order(*date, *act, id, 0, 0));
                assert!(one == other || one.cmp(&other) == first.cmp(&second), "{a:?} {b:?}");
            }
        }
        // What stands behind sixteen bytes is asked of the records.
        let [one, other] = ["H-00000000000012", "H-00000000000012/cleared"].map(|id| rank(None, classes[0], id));
        assert_eq!(one, other);
    }
}
