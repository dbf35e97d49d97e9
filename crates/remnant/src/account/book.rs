//! What every record did, in all places together and in each: kept as the ledger has it, and made into rows when they are
//! asked for.
//!
//! Rows of text and figures take ten times the memory of what they are made from, and every one of them is needed for a
//! moment only.

use std::sync::Arc;

use remnant_geometry::Footprint;

use super::events::Covers;
use super::faces::Rules;
use super::ledger::{Deed, DeedBook, Deeds};
use super::mark::mark;
use crate::records::{Fate, HazardGround, Origin, Survey, Work};
use crate::report::{RecordFacts, RecordKind, RecordRow, RecordShare, SquareMetres};
use crate::status::Act;

/// A record, by its place in one of the survey's lists.
#[derive(Debug, Clone, Copy)]
enum Entry {
    Hazard(u32),
    LostHazard(u32),
    Release(u32),
    LostRelease(u32),
}

/// The number of an event that is none: of a hazard of points.
const NO_EVENT: u32 = u32::MAX;

/// Every hazard and release of a survey, with what it did.
#[derive(Debug)]
pub(crate) struct Book {
    survey: Arc<Survey>,
    /// By rows: they are asked for one after the other, and events lie in another order.
    deeds: DeedBook,
    /// Hazards first, each in the order of their layers.
    entries: Vec<Entry>,
    /// The events of the survey's hazards and releases, by their places there.
    hazards: Vec<u32>,
    releases: Vec<u32>,
    /// The number of events with effect by the date of the account: the first ones, as dates come first in their order.
    in_effect: u32,
    /// The row that stands for the land outside all districts.
    outside: u32,
    /// What a record says of who did it, where it says nothing.
    nobody: Arc<Work>,
}

impl Book {
    /// The book of a survey, from the deeds of its account.
    pub(super) fn new(survey: &Arc<Survey>, rules: &Rules<'_>, deeds: &DeedBook) -> Self {
        let Covers { events, .. } = rules.covers;
        let mut hazards = vec![NO_EVENT; survey.hazards.len()];
        let mut releases = vec![NO_EVENT; survey.releases.len()];
        for (number, event) in (0..).zip(events) {
            match event.act {
                Act::Hazard(_) => hazards[event.index()] = number,
                Act::Release(_) => releases[event.index()] = number,
            }
        }
        let numbers = |length: usize| 0..length as u32;
        let mut entries: Vec<Entry> = Vec::with_capacity(
            survey.hazards.len() + survey.lost_hazards.len() + survey.releases.len() + survey.lost_releases.len(),
        );
        entries.extend(numbers(survey.hazards.len()).map(Entry::Hazard));
        entries.extend(numbers(survey.lost_hazards.len()).map(Entry::LostHazard));
        entries.extend(numbers(survey.releases.len()).map(Entry::Release));
        entries.extend(numbers(survey.lost_releases.len()).map(Entry::LostRelease));
        // Nearly in order already, and a hazard that was lost stands where it would have stood.
        entries.sort_by_key(|&entry| place(survey, entry));
        let in_effect = events.partition_point(|event| event.slot <= rules.last_slot) as u32;
        let outside = rules.covers.outside();
        let mut book = Self {
            survey: Arc::clone(survey),
            deeds: DeedBook::default(),
            entries,
            hazards,
            releases,
            in_effect,
            outside,
            nobody: Arc::default(),
        };
        book.deeds = deeds.renumbered(book.entries.iter().map(|&entry| book.event(entry)));
        book
    }

    /// The number of records.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The row of every event.
    pub(super) fn rows_of_events(&self) -> Vec<usize> {
        let mut rows = vec![0; self.hazards.len() + self.releases.len()];
        for (row, &entry) in self.entries.iter().enumerate() {
            if let Some(event) = self.event(entry) {
                rows[event as usize] = row;
            }
        }
        rows
    }

    fn event(&self, entry: Entry) -> Option<u32> {
        let event = match entry {
            Entry::Hazard(n) => self.hazards[n as usize],
            Entry::Release(n) => self.releases[n as usize],
            Entry::LostHazard(_) | Entry::LostRelease(_) => NO_EVENT,
        };
        (event != NO_EVENT).then_some(event)
    }

    fn ground(&self, entry: Entry) -> Option<&Footprint> {
        match entry {
            Entry::Hazard(n) => match &self.survey.hazards[n as usize].ground {
                HazardGround::Area(ground) => Some(ground),
                HazardGround::Points(_) => None,
            },
            Entry::Release(n) => Some(&self.survey.releases[n as usize].ground),
            Entry::LostHazard(_) | Entry::LostRelease(_) => None,
        }
    }

    /// What a record says of itself.
    pub(crate) fn facts(&self, row: usize) -> Option<RecordFacts<'_>> {
        let survey = &self.survey;
        Some(match *self.entries.get(row)? {
            Entry::Hazard(n) => {
                let hazard = &survey.hazards[n as usize];
                RecordFacts {
                    date: hazard.date,
                    fate: hazard.fate,
                    stated_m2: hazard.stated_area_m2,
                    ..self.lost(RecordKind::Hazard(Some(hazard.class)), hazard.origin, &hazard.id)
                }
            }
            Entry::LostHazard(n) => {
                let hazard = &survey.lost_hazards[n as usize];
                let stated_m2 = hazard.stated_area_m2;
                RecordFacts { stated_m2, ..self.lost(RecordKind::Hazard(None), hazard.origin, &hazard.id) }
            }
            Entry::Release(n) => {
                let release = &survey.releases[n as usize];
                RecordFacts {
                    date: release.date,
                    fate: release.fate,
                    stated_m2: release.stated_area_m2,
                    work: &release.work,
                    ..self.lost(RecordKind::Release(Some(release.kind)), release.origin, &release.id)
                }
            }
            Entry::LostRelease(n) => {
                let release = &survey.lost_releases[n as usize];
                let (stated_m2, work) = (release.stated_area_m2, &release.work);
                RecordFacts { stated_m2, work, ..self.lost(RecordKind::Release(None), release.origin, &release.id) }
            }
        })
    }

    fn lost<'a>(&'a self, kind: RecordKind, origin: Origin, id: &'a str) -> RecordFacts<'a> {
        let (date, fate, stated_m2, work) = (None, Fate::SetAside, None, &self.nobody);
        RecordFacts { kind, origin, id, date, fate, stated_m2, work }
    }

    /// The row of a record: what it did in all places together.
    pub(crate) fn row(&self, row: usize) -> Option<RecordRow> {
        let plain = self.facts(row)?.row();
        let hazard = matches!(plain.kind, RecordKind::Hazard(_));
        let Some(event) = self.event(self.entries[row]) else { return Some(plain) };
        let deeds = self.deeds.of(row as u32).everywhere();
        let of = |deed: Deed| SquareMetres::rounded(deeds.of(deed));
        let (repeated, within_task) = (of(Deed::Repeated), of(Deed::WithinTask));
        Some(RecordRow {
            in_effect: event < self.in_effect,
            geometry: Some(SquareMetres::rounded(deeds.covers())),
            recorded: of(Deed::NewlyRecorded) + of(Deed::Recontaminated),
            credited: of(Deed::Credited),
            outside: of(Deed::Outside),
            overlap: if hazard { repeated } else { SquareMetres::ZERO },
            repeated: if hazard { SquareMetres::ZERO } else { repeated },
            within_task: if hazard { SquareMetres::ZERO } else { within_task },
            ..plain
        })
    }

    /// What a record did in every place where it has land: in the order of the districts, the land outside last.
    pub(crate) fn shares(&self, row: usize) -> impl Iterator<Item = RecordShare> + '_ {
        let entry = self.entries.get(row).copied().filter(|&entry| self.event(entry).is_some());
        let of_record = entry.and_then(|entry| Some((self.facts(row)?, mark(self.ground(entry)?))));
        // Places are numbered in the order of the districts, the land outside last.
        of_record.into_iter().flat_map(move |(facts, shape)| {
            self.deeds
                .of(row as u32)
                .iter()
                .map(move |((_, place), deeds)| self.share(row, &facts, shape, place, &deeds))
        })
    }

    fn share(&self, row: usize, facts: &RecordFacts<'_>, shape: u64, place: u32, deeds: &Deeds) -> RecordShare {
        let of = |deed: Deed| SquareMetres::rounded(deeds.of(deed));
        let recorded = SquareMetres::rounded(deeds.of(Deed::NewlyRecorded) + deeds.of(Deed::Recontaminated));
        let straight = of(Deed::RecordedAndReleased);
        RecordShare {
            record: row,
            origin: facts.origin,
            id: facts.id.to_owned(),
            shape,
            district: (place != self.outside).then_some(place as usize),
            covered: SquareMetres::rounded(deeds.covers()),
            newly_recorded: of(Deed::NewlyRecorded),
            recontaminated: of(Deed::Recontaminated),
            credited: of(Deed::Credited),
            recorded_and_released: straight,
            repeated: of(Deed::Repeated),
            outside: of(Deed::Outside),
            to_remaining: recorded - (of(Deed::Credited) - straight),
            to_released: of(Deed::Credited) - of(Deed::Recontaminated),
        }
    }
}

/// The order of the rows.
fn place(survey: &Survey, entry: Entry) -> (bool, Origin) {
    match entry {
        Entry::Hazard(n) => (false, survey.hazards[n as usize].origin),
        Entry::LostHazard(n) => (false, survey.lost_hazards[n as usize].origin),
        Entry::Release(n) => (true, survey.releases[n as usize].origin),
        Entry::LostRelease(n) => (true, survey.lost_releases[n as usize].origin),
    }
}
