//! What the faces of windows add up to: exact sums that don't depend on the order of adding.

use rayon::prelude::*;
use remnant_geometry::Area;
use rustc_hash::FxHashMap;

use super::planning::PlanningLand;
use crate::status::State;

/// What a record did on some land.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Deed {
    /// It covers the land, and has no effect there by the date of the account.
    Later,
    /// A hazard recorded the land for the first time.
    NewlyRecorded,
    /// A hazard recorded the land again.
    Recontaminated,
    /// A release was credited with the land.
    Credited,
    /// A release found the land released, or a hazard found it contaminated.
    Repeated,
    /// A release where no hazard was recorded.
    Outside,
    /// A hazard live on contaminated land at the date of the account.
    Live,
    /// A hazard live on contaminated land at the opening of the period.
    LiveAtOpening,
    /// An undated release on land that is contaminated by a later, dated hazard.
    Overruled,
    /// A release on land that an earlier release of its task covers, with no hazard recorded there in between.
    WithinTask,
    /// A release of land without record that counts as recorded at the same moment; also credited.
    RecordedAndReleased,
}

impl Deed {
    /// Every deed, in order of its number.
    const ALL: [Self; 11] = [
        Self::Later,
        Self::NewlyRecorded,
        Self::Recontaminated,
        Self::Credited,
        Self::Repeated,
        Self::Outside,
        Self::Live,
        Self::LiveAtOpening,
        Self::Overruled,
        Self::WithinTask,
        Self::RecordedAndReleased,
    ];
}

/// The areas of an event's deeds in one place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Deeds([Area; Deed::ALL.len()]);

impl Deeds {
    /// The area of one deed.
    pub(super) fn of(&self, deed: Deed) -> Area {
        self.0[deed as usize]
    }

    /// All the land that the event covers, whatever its date: with effect it does one of these things on each piece.
    pub(super) fn covers(&self) -> Area {
        let effects = [Deed::NewlyRecorded, Deed::Recontaminated, Deed::Credited, Deed::Repeated, Deed::Outside];
        effects.into_iter().map(|deed| self.of(deed)).sum::<Area>() + self.of(Deed::Later)
    }

    /// The deeds that were done at all, with their areas.
    pub(super) fn done(&self) -> impl Iterator<Item = (Deed, Area)> + '_ {
        Deed::ALL.into_iter().map(|deed| (deed, self.of(deed))).filter(|(_, area)| *area != Area::ZERO)
    }
}

/// The areas of an event's deeds in one place of one window, in area units: a window has less than 10^18 of them, so
/// half the width of [`Area`] holds them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WindowDeeds([i64; Deed::ALL.len()]);

impl WindowDeeds {
    /// Adds an area of the window to a deed.
    pub(super) fn add(&mut self, deed: Deed, area: Area) {
        self.0[deed as usize] += area.units() as i64;
    }
}

/// The area of a deed of an event in a place of a window, in area units.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// The event, the place and the deed, so that entries are in this order.
    key: u64,
    units: i64,
}

impl Entry {
    fn new(event: u32, place: u32, deed: Deed, units: i64) -> Self {
        Self { key: u64::from(event) << 32 | u64::from(place) << DEED_BITS | deed as u64, units }
    }

    fn event(&self) -> u32 {
        (self.key >> 32) as u32
    }

    /// The event and the place.
    fn land(&self) -> (u32, u32) {
        (self.event(), self.key as u32 >> DEED_BITS)
    }

    fn deed(&self) -> usize {
        self.key as usize & ((1 << DEED_BITS) - 1)
    }
}

/// Bits of the number of a deed, in one word with that of a place.
const DEED_BITS: u32 = 4;
const _: () = assert!(Deed::ALL.len() <= 1 << DEED_BITS);

/// More places than a book has room for.
pub(super) const MOST_PLACES: u32 = 1 << (32 - DEED_BITS);

/// What every event did in every place: one list, as a table of sums by event and place would be several times as large
/// and would have to be built anew from those of all windows. Most deeds are never done, so each has an entry of its own.
#[derive(Debug, Default)]
pub(super) struct DeedBook {
    /// Entries in no order, while the book is filled: in parts, so that none is moved when more come.
    parts: Vec<Vec<Entry>>,
    /// All of them in order, once it is settled.
    entries: Vec<Entry>,
    /// Where the entries of each event begin, once they are in order.
    firsts: Vec<u32>,
}

impl DeedBook {
    /// Enters the deeds of a window, by event and place, and leaves the table empty.
    pub(super) fn enter(&mut self, window: &mut FxHashMap<(u32, u32), WindowDeeds>) {
        let part = self.part_with_room(window.len() * Deed::ALL.len());
        part.extend(window.drain().flat_map(|((event, place), deeds)| {
            let done = Deed::ALL.into_iter().zip(deeds.0).filter(|&(_, units)| units != 0);
            done.map(move |(deed, units)| Entry::new(event, place, deed, units))
        }));
    }

    /// Every entry of a book that is not settled: the event, the place, the number of the deed, the area in area units.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u32, u32, usize, i64)> + '_ {
        self.parts.iter().flatten().map(|entry| {
            let (event, place) = entry.land();
            (event, place, entry.deed(), entry.units)
        })
    }

    /// Enters the area of a deed in a window as it was; `None` where there is no such deed.
    pub(super) fn put(&mut self, event: u32, place: u32, deed: usize, units: i64) -> Option<()> {
        let entry = Entry::new(event, place, *Deed::ALL.get(deed)?, units);
        self.part_with_room(1).push(entry);
        Some(())
    }

    /// A part that has room for so many entries more.
    fn part_with_room(&mut self, entries: usize) -> &mut Vec<Entry> {
        if self.parts.last().is_none_or(|part| part.len() + entries > part.capacity()) {
            // Books of one window are many and small.
            let room = if self.parts.is_empty() { FIRST } else { PART };
            self.parts.push(Vec::with_capacity(room.max(entries)));
        }
        let last = self.parts.len() - 1;
        &mut self.parts[last]
    }

    fn merge(&mut self, other: Self) {
        for mut part in other.parts {
            if part.capacity() >= PART {
                self.parts.push(part);
            } else {
                self.part_with_room(part.len()).append(&mut part);
            }
        }
    }

    /// Puts the entries into order; to be called before anything is asked.
    fn settle(&mut self) {
        self.entries.reserve_exact(self.parts.iter().map(Vec::len).sum());
        for mut part in std::mem::take(&mut self.parts) {
            self.entries.append(&mut part);
        }
        self.entries.par_sort_unstable_by_key(|entry| entry.key);
        let events = self.entries.last().map_or(0, |entry| entry.event() + 1);
        self.firsts = Vec::with_capacity(events as usize);
        let mut at = 0;
        for event in 0..events {
            at += self.entries[at..].iter().take_while(|entry| entry.event() < event).count();
            self.firsts.push(at as u32);
        }
    }

    /// Every event and place with what the event did there, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = ((u32, u32), Deeds)> + '_ {
        DeedPart(&self.entries).iter()
    }

    /// Every event that did anything with what it did in all places together, in order.
    pub(super) fn everywhere(&self) -> impl Iterator<Item = (u32, Deeds)> + '_ {
        self.entries.chunk_by(|a, b| a.event() == b.event()).map(|same| (same[0].event(), sum(same)))
    }

    /// What an event did.
    pub(super) fn of(&self, event: u32) -> DeedPart<'_> {
        let at = |event: usize| self.firsts.get(event).map_or(self.entries.len(), |&first| first as usize);
        DeedPart(&self.entries[at(event as usize)..at(event as usize + 1)])
    }

    /// The same book by other numbers, as what is asked for in their order should lie in it: those of `events` count from 0,
    /// and some of them may be of no event.
    pub(super) fn renumbered(&self, events: impl ExactSizeIterator<Item = Option<u32>>) -> Self {
        let mut entries = Vec::with_capacity(self.entries.len());
        let mut firsts = Vec::with_capacity(events.len());
        for (number, event) in (0_u64..).zip(events) {
            firsts.push(entries.len() as u32);
            let own = event.map_or(&[][..], |event| self.of(event).0);
            entries.extend(own.iter().map(|e| Entry { key: number << 32 | e.key & u64::from(u32::MAX), ..*e }));
        }
        Self { parts: Vec::new(), entries, firsts }
    }

    /// The areas of one deed, added up.
    pub(super) fn total(&self, deed: Deed) -> Area {
        let entries = self.entries.iter().filter(|entry| entry.deed() == deed as usize);
        entries.map(|entry| Area::from_units(entry.units.into())).sum()
    }
}

/// Entries for which a part has room.
const PART: usize = 1 << 16;

/// Entries for which the first part has room: a book may be that of one window.
const FIRST: usize = 1 << 8;

/// A part of a book.
#[derive(Debug, Clone, Copy)]
pub(super) struct DeedPart<'a>(&'a [Entry]);

impl<'a> DeedPart<'a> {
    /// Every event and place with what the event did there, in order.
    pub(super) fn iter(self) -> impl Iterator<Item = ((u32, u32), Deeds)> + 'a {
        self.0.chunk_by(|a, b| a.land() == b.land()).map(|same| (same[0].land(), sum(same)))
    }

    /// What was done in all places together.
    pub(super) fn everywhere(self) -> Deeds {
        sum(self.0)
    }
}

fn sum(entries: &[Entry]) -> Deeds {
    let mut sums = Deeds::default();
    for entry in entries {
        sums.0[entry.deed()] += Area::from_units(entry.units.into());
    }
    sums
}

/// A change of state of the land of one place at one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Flow {
    /// The row of the district, or the number of districts for the land outside.
    pub place: u32,
    /// The number of the date among all dates of the survey; 0 for undated records.
    pub slot: u32,
    pub from: State,
    pub to: State,
}

/// Ground that is counted once for a place, from the date on at which it first was so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Ground {
    /// All of it.
    All,
    /// Released outside any hazard.
    Outside,
    /// Released when it was released already.
    Repeated,
}

/// What is counted for a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum ZoneLand {
    /// Land in a state at the date of the account.
    In(State),
    /// Land that the survey does not claim to cover.
    Uncovered,
    /// Land in a district (its row).
    District(u32),
    /// Land on which a hazard is live.
    Live(u32),
    /// Land credited to a release.
    Credited(u32),
}

/// The sums of one window or of many.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// By place.
    pub flows: FxHashMap<Flow, Area>,
    /// By zone in the place of a place; only where a series is asked for.
    pub zone_flows: FxHashMap<Flow, Area>,
    /// Land by place, and its state at the opening and at the date of the account; only where there is a period, and
    /// without land that is in no state at either.
    pub transitions: FxHashMap<(u32, State, State), Area>,
    /// By event, place and slot, the land on which a hazard ceased to be live; only where a series is asked for.
    pub ceased: FxHashMap<(u32, u32, u32), Area>,
    pub ground: FxHashMap<(u32, u32, Ground), Area>,
    /// By event and place, what the event did there.
    pub deeds: DeedBook,
    pub zones: FxHashMap<(u32, ZoneLand), Area>,
    /// Land of two releases of one task that both state devices: the later one, the earlier one.
    pub twins: FxHashMap<(u32, u32), Area>,
    /// Land of two districts at once: the row that has it, the other row.
    pub overlaps: FxHashMap<(u32, u32), Area>,
    /// What planners ask of the land.
    pub planning: PlanningLand,
    /// The land of every record with effect, summed face by face.
    pub in_effect: Area,
}

impl Ledger {
    /// Puts the ledger into order; to be called once, when all windows are entered.
    pub fn settle(&mut self) {
        self.deeds.settle();
    }

    /// Adds another ledger.
    pub fn merge(&mut self, other: Self) {
        add_all(&mut self.flows, other.flows);
        add_all(&mut self.zone_flows, other.zone_flows);
        add_all(&mut self.transitions, other.transitions);
        add_all(&mut self.ceased, other.ceased);
        add_all(&mut self.ground, other.ground);
        self.deeds.merge(other.deeds);
        add_all(&mut self.zones, other.zones);
        add_all(&mut self.twins, other.twins);
        add_all(&mut self.overlaps, other.overlaps);
        self.planning.merge(other.planning);
        self.in_effect += other.in_effect;
    }
}

pub(super) fn add_all<K: std::hash::Hash + Eq, V: std::ops::AddAssign + Default>(
    into: &mut FxHashMap<K, V>,
    from: FxHashMap<K, V>,
) {
    if into.is_empty() {
        *into = from;
        return;
    }
    into.reserve(from.len() / 2);
    for (key, area) in from {
        *into.entry(key).or_default() += area;
    }
}
