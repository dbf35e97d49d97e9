//! Every face of a window, replayed and entered in the ledger.

use remnant_geometry::{Area, FaceClass};
use rustc_hash::FxHashMap;

use super::events::Covers;
use super::ledger::{Deed, Flow, Ground, Ledger, WindowDeeds, ZoneLand};
use crate::read::Limits;
use crate::settings::{OutsidePolicy, Settings};
use crate::status::{Change, State, step};

/// What all windows have in common.
pub(super) struct Rules<'a> {
    pub covers: &'a Covers<'a>,
    pub outside: OutsidePolicy,
    /// The last slot with effect at the date of the account.
    pub last_slot: u32,
    /// The last slot with effect at the opening of the period; `None` where there is no period.
    pub opening_slot: Option<u32>,
    /// Whether the zones have to know where the rim of contaminated land is.
    pub want_rim: bool,
    /// Whether the account at earlier dates is wanted too.
    pub want_series: bool,
    /// How much the data may ask for.
    pub limits: Limits,
}

impl<'a> Rules<'a> {
    pub fn new(covers: &'a Covers<'a>, settings: &Settings) -> Self {
        Self {
            covers,
            outside: settings.outside,
            last_slot: covers.slot_at(settings.as_of),
            opening_slot: settings.since.map(|d| covers.slot_at(Some(d))),
            want_rim: !covers.zones.is_empty(),
            want_series: settings.series.is_some(),
            limits: settings.limits,
        }
    }
}

/// The accounts of the windows that one thread does, one after the other. That of a window is a pure function of the
/// records that reach it, and accounts of windows add up.
#[derive(Default)]
pub(super) struct WindowAccount {
    pub ledger: Ledger,
    /// By event and place, what the event did in this window.
    deeds: FxHashMap<(u32, u32), WindowDeeds>,
    /// The sets of hazards that are live on some land of these windows, by the mark of its rim (counted from 1).
    pub live_sets: Vec<Vec<u32>>,
    live: Vec<u32>,
    /// The marks of those of the window that is being done.
    marks: FxHashMap<Vec<u32>, u32>,
    /// The releases with a task since a hazard was last recorded on a face.
    in_tasks: Vec<u32>,
}

impl WindowAccount {
    /// Ends the window: its account goes into the ledger.
    pub fn end(&mut self) {
        self.ledger.deeds.enter(&mut self.deeds);
        self.ledger.planning.shared.close();
        self.marks.clear();
    }

    /// The mark of the hazards that are live.
    fn mark(&mut self) -> u32 {
        if let Some(&mark) = self.marks.get(&self.live) {
            return mark;
        }
        self.live_sets.push(self.live.clone());
        let mark = self.live_sets.len() as u32;
        self.marks.insert(self.live.clone(), mark);
        mark
    }

    /// Enters one face.
    pub fn face(&mut self, rules: &Rules<'_>, cover: &[u32], area: Area) -> FaceClass {
        let covers = rules.covers;
        let ends = covers.parts();
        // Few faces lie in a zone or under a survey's coverage, and few in more than one district.
        let split = |until: usize, end: u32| until - cover[..until].iter().rev().take_while(|&&c| c >= end).count();
        let z = split(cover.len(), ends.zones);
        let c = split(z, ends.coverage);
        let d = split(c, ends.districts);
        let e = split(d, ends.events);

        let place = self.district(rules, &cover[e..d], area, e > 0);
        let state = self.replay(rules, &cover[..e], place, area);
        if z < cover.len() {
            let live = if state.is_contaminated() { &self.live[..] } else { &[] };
            self.ledger.planning.face(covers, &cover[c..z], &cover[z..], place, live, area);
        }
        if c < z {
            let covered = covers.coverage.is_none() || c > d;
            for &zone in &cover[c..z] {
                self.zone(zone - ends.coverage, state, place, covered, area, rules, &cover[..e]);
            }
        }
        let mut class = FaceClass::default();
        if state != State::None {
            class.class = 1 + place * 5 + (state as u32 - 1);
        }
        if state.is_contaminated() && rules.want_rim {
            class.rim = self.mark();
        }
        class
    }

    /// The row of the district that has a face: the first one, as they come in the order of their codes.
    fn district(&mut self, rules: &Rules<'_>, districts: &[u32], area: Area, recorded: bool) -> u32 {
        let row = |&cover: &u32| rules.covers.district_ground[cover as usize - rules.covers.events.len()].0;
        let Some(place) = districts.first().map(row) else {
            if recorded {
                *self.ledger.ground.entry((rules.covers.outside(), 0, Ground::All)).or_default() += area;
            }
            return rules.covers.outside();
        };
        *self.ledger.ground.entry((place, 0, Ground::All)).or_default() += area;
        let mut before = place;
        for other in districts[1..].iter().map(row).filter(|&r| r != place) {
            if other != before {
                *self.ledger.overlaps.entry((place, other)).or_default() += area;
                before = other;
            }
        }
        place
    }

    /// Replays the records of a face and gives its state at the date of the account; leaves the live hazards in `live`.
    fn replay(&mut self, rules: &Rules<'_>, events: &[u32], place: u32, area: Area) -> State {
        let Ledger { ground, flows, ceased, transitions, twins, in_effect, .. } = &mut self.ledger;
        let deeds = &mut self.deeds;
        let mut state = State::None;
        let mut state_at_opening = State::None;
        let (mut outside, mut repeated) = (false, false);
        self.live.clear();
        self.in_tasks.clear();
        let mut opened = rules.opening_slot.is_none();
        let mut undated_releases = 0;
        for &number in events {
            let event = &rules.covers.events[number as usize];
            if !opened && Some(event.slot) > rules.opening_slot {
                opened = true;
                state_at_opening = state;
                self.live.iter().for_each(|&h| deeds.entry((h, place)).or_default().add(Deed::LiveAtOpening, area));
            }
            let own = deeds.entry((number, place)).or_default();
            if event.slot > rules.last_slot {
                own.add(Deed::Later, area);
                continue;
            }
            *in_effect += area;
            let (next, change) = step(state, event.act, rules.outside);
            own.add(deed_of(change), area);
            if change == Change::RecordedAndReleased {
                own.add(Deed::RecordedAndReleased, area);
            }
            let once = match change {
                Change::Outside => Some((&mut outside, Ground::Outside)),
                Change::Repeated => Some((&mut repeated, Ground::Repeated)),
                _ => None,
            };
            if let Some((seen, what)) = once
                && !std::mem::replace(seen, true)
            {
                *ground.entry((place, event.slot, what)).or_default() += area;
            }
            if event.task > 0 {
                let task = |&&earlier: &&u32| rules.covers.events[earlier as usize].task == event.task;
                let mut repeats = false;
                for &earlier in self.in_tasks.iter().filter(task) {
                    repeats = true;
                    if event.bears_devices && rules.covers.events[earlier as usize].bears_devices {
                        *twins.entry((number, earlier)).or_default() += area;
                    }
                }
                if repeats {
                    own.add(Deed::WithinTask, area);
                }
                self.in_tasks.push(number);
            }
            if event.is_hazard() {
                self.live.push(number);
                self.in_tasks.clear();
            } else {
                // After a release land is not contaminated, whatever it was before.
                if rules.want_series {
                    self.live.iter().for_each(|&h| *ceased.entry((h, place, event.slot)).or_default() += area);
                }
                self.live.clear();
                undated_releases += usize::from(event.slot == 0);
            }
            if next != state {
                *flows.entry(Flow { place, slot: event.slot, from: state, to: next }).or_default() += area;
            }
            state = next;
        }
        if rules.opening_slot.is_some() {
            let from = if opened { state_at_opening } else { state };
            if (from, state) != (State::None, State::None) {
                *transitions.entry((place, from, state)).or_default() += area;
            }
        }
        for &hazard in &self.live {
            let own = deeds.entry((hazard, place)).or_default();
            own.add(Deed::Live, area);
            if !opened {
                own.add(Deed::LiveAtOpening, area);
            }
        }
        if undated_releases > 0 && state.is_contaminated() {
            let undated = events.iter().filter(|&&n| {
                let event = &rules.covers.events[n as usize];
                event.slot == 0 && !event.is_hazard()
            });
            undated.for_each(|&release| deeds.entry((release, place)).or_default().add(Deed::Overruled, area));
        }
        state
    }

    /// Enters a face for a zone.
    #[expect(clippy::too_many_arguments, reason = "one face of one zone, told in one call")]
    fn zone(
        &mut self,
        zone: u32,
        state: State,
        place: u32,
        covered: bool,
        area: Area,
        rules: &Rules<'_>,
        events: &[u32],
    ) {
        let Ledger { zones, zone_flows, .. } = &mut self.ledger;
        let mut add = |land: ZoneLand| *zones.entry((zone, land)).or_default() += area;
        add(ZoneLand::In(state));
        add(ZoneLand::District(place));
        if !covered {
            add(ZoneLand::Uncovered);
        }
        self.live.iter().for_each(|&hazard| add(ZoneLand::Live(hazard)));
        // The releases that are credited here: a second replay, of few faces, rather than a list for every face.
        let mut at = State::None;
        for &number in events {
            let event = &rules.covers.events[number as usize];
            if event.slot > rules.last_slot {
                break;
            }
            let (next, change) = step(at, event.act, rules.outside);
            if matches!(change, Change::Released | Change::RecordedAndReleased) {
                add(ZoneLand::Credited(number));
            }
            if rules.want_series && next != at {
                *zone_flows.entry(Flow { place: zone, slot: event.slot, from: at, to: next }).or_default() += area;
            }
            at = next;
        }
    }
}

/// How a record's row counts a change.
fn deed_of(change: Change) -> Deed {
    match change {
        Change::NewlyRecorded => Deed::NewlyRecorded,
        Change::Recontaminated => Deed::Recontaminated,
        Change::Released | Change::RecordedAndReleased => Deed::Credited,
        Change::Repeated | Change::Overlap | Change::Confirmed => Deed::Repeated,
        Change::Outside => Deed::Outside,
    }
}
