//! The records in the order of their replay, and everything else that has ground, as numbered covers.

use jiff::civil::Date;
use rayon::prelude::*;
use remnant_geometry::Footprint;
use rustc_hash::FxHashMap;

use crate::records::{District, Hazard, HazardGround, Origin, Release, Survey};
use crate::settings::{DatePolicy, Settings};
use crate::status::{Act, replay_order};

/// A hazard with an area, or a release. There may be tens of millions: what the record knows is asked of the record.
pub(super) struct Event<'a> {
    record: Record<'a>,
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

#[derive(Clone, Copy)]
enum Record<'a> {
    Hazard(&'a Hazard),
    Release(&'a Release),
}

impl<'a> Record<'a> {
    fn date(self) -> Option<Date> {
        match self {
            Self::Hazard(hazard) => hazard.date,
            Self::Release(release) => release.date,
        }
    }
}

impl<'a> Event<'a> {
    pub fn is_hazard(&self) -> bool {
        matches!(self.act, Act::Hazard(_))
    }

    /// Its place in the survey's hazards, or in its releases.
    pub fn index(&self) -> usize {
        self.place as usize
    }

    /// The date that counts: none where dates are ignored.
    pub fn date(&self) -> Option<Date> {
        self.record.date().filter(|_| self.slot > 0)
    }

    pub fn id(&self) -> &'a str {
        match self.record {
            Record::Hazard(hazard) => &hazard.id,
            Record::Release(release) => &release.id,
        }
    }

    pub fn origin(&self) -> Origin {
        match self.record {
            Record::Hazard(hazard) => hazard.origin,
            Record::Release(release) => release.origin,
        }
    }
}

/// Everything that has ground. Its number as a cover: events first, in the order of their replay; then districts in the
/// order of their codes, coverage, zones, what people use, the reaches of zones. So the records of a face come in the order in which they are needed.
pub(super) struct Covers<'a> {
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
            HazardGround::Area(ground) => Some(Event {
                record: Record::Hazard(hazard),
                ground,
                place,
                slot: 0,
                task: 0,
                act: Act::Hazard(hazard.class),
                bears_devices: false,
            }),
            HazardGround::Points(_) => None,
        });
        let mut tasks: FxHashMap<String, u32> = FxHashMap::default();
        let releases = survey.releases.iter().zip(0..).map(|(release, place)| Event {
            record: Record::Release(release),
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
        // No two events have one origin and one act.
        events.par_sort_unstable_by(|a, b| {
            let key = |e: &Event<'a>| {
                replay_order(effective(e.record.date()), e.act, e.id(), e.origin().layer, e.origin().feature)
            };
            key(a).cmp(&key(b))
        });
        let mut dates: Vec<Date> = events.iter().filter_map(|e| effective(e.record.date())).collect();
        dates.dedup();
        for event in &mut events {
            let date = effective(event.record.date());
            event.slot = date.map_or(0, |d| dates.partition_point(|&other| other < d) as u32 + 1);
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

    /// The ground of every cover in order of its number.
    pub fn footprints(&self) -> Vec<&'a Footprint> {
        self.events
            .iter()
            .map(|e| e.ground)
            .chain(self.district_ground.iter().map(|d| d.1))
            .chain(self.coverage.iter().flatten().copied())
            .chain(self.zones.iter().copied())
            .chain(self.exposed.iter().map(|e| e.2))
            .chain(self.reaches.iter().map(|r| r.1))
            .collect()
    }

    /// The number of the first reach as a cover.
    pub fn reaches_from(&self) -> usize {
        let coverage = self.coverage.as_ref().map_or(0, Vec::len);
        self.events.len() + self.district_ground.len() + coverage + self.zones.len() + self.exposed.len()
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
