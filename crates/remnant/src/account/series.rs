//! The account at the end of every period, from the same ledger: sums over what happened up to each date.
//!
//! Cost: what happened once (sorted by date), and a row for each place and date.

use jiff::civil::Date;
use remnant_geometry::Area;
use rustc_hash::FxHashMap;

use super::atoms::{Atom, land_mut};
use super::events::{Covers, Event};
use super::faces::Rules;
use super::ledger::{Deed, Deeds, Ledger};
use super::points::EvidencePoint;
use super::rows::count_flow;
use crate::finding::{Code, Finding};
use crate::records::Survey;
use crate::report::{Check, Figures, Moment, Series, SeriesStep, SquareMetres, States, ZoneRow};
use crate::settings::Settings;
use crate::status::State;

/// The most periods of a series: a hundred years of months. One mistyped date is not to make a table of ten thousand.
const MOST_PERIODS: usize = 1200;

/// The most states of zones that are kept (40 bytes each; the figures of a district are as large as four). Some hundred
/// thousand zones would otherwise take more memory than all their records.
const MOST_STATES: usize = 16_000_000;

/// What a series is made of.
pub(super) struct Material<'a> {
    pub survey: &'a Survey,
    pub settings: &'a Settings,
    pub rules: &'a Rules<'a>,
    pub ledger: &'a Ledger,
    pub atoms: &'a [Atom],
    pub evidence: &'a [EvidencePoint],
}

/// The series that the settings ask for, with what there is to say about its dates.
pub(super) fn series(material: &Material<'_>) -> (Option<Series>, Option<Finding>) {
    let Some(step) = material.settings.series else { return (None, None) };
    let (dates, finding) = dates(step, material);
    if dates.is_empty() {
        return (None, finding);
    }
    let timeline = Timeline::new(material.rules.covers, material.settings, &dates);
    let mut places = timeline.land(material);
    timeline.counts(material, &mut places);
    timeline.points(material, &mut places);
    let mut total = vec![Moment::default(); dates.len()];
    for place in &places {
        total.iter_mut().zip(place).for_each(|(sum, moment)| add_land(sum, moment));
    }
    timeline.counts_in_all(material, &mut total);
    let zones = timeline.zones(material);
    let outside = places.pop().unwrap_or_default();
    (Some(Series { step, dates, districts: places, outside, total, zones }), finding)
}

/// The last day of every period up to the date of the account.
///
/// The first period is that of the first record, or it begins after `since`.
fn dates(step: SeriesStep, material: &Material<'_>) -> (Vec<Date>, Option<Finding>) {
    let Material { settings, rules, survey, .. } = material;
    let Some(last) = settings.as_of else {
        let text = "no record has a date and none is given with --as-of, so the series has no period";
        return (Vec::new(), Some(Finding::of_run(Code::SeriesStart, text)));
    };
    let recorded = material.evidence.iter().filter_map(|point| point.recorded);
    let first = rules.covers.dates.iter().copied().chain(recorded).filter(|&d| d <= last).min();
    let after = |date: Date| date.tomorrow().unwrap_or(date);
    let begin = settings.since.map(after).or(first).unwrap_or(last);
    let mut dates = Vec::new();
    let mut at = begin;
    while at < last {
        let end = step.last_day(at).min(last);
        dates.push(end);
        at = after(end);
    }
    if dates.last() != Some(&last) {
        dates.push(last);
    }
    let states = survey.zones.len() + 4 * (rules.covers.outside() as usize + 2);
    let most = (MOST_STATES / states).clamp(1, MOST_PERIODS);
    if dates.len() <= most {
        return (dates, None);
    }
    let all = dates.len();
    let dates = dates.split_off(all - most);
    let of = first.filter(|_| settings.since.is_none()).and_then(|first| {
        let of_first = |e: &&Event<'_>| e.date(rules.covers) == Some(first);
        let event = rules.covers.events.iter().find(of_first).map(|e| e.id(rules.covers.survey));
        event.or_else(|| survey.hazards.iter().find(|h| h.date == Some(first)).map(|h| &*h.id))
    });
    let of = of.map_or_else(String::new, |id| format!(" (that of record {id})"));
    let text = format!(
        "a series from {begin}{of} on would have {all} periods, more than {most}; its first period ends on {} and holds \
         everything before it. Correct the date, or give a later --since or longer periods",
        dates[0]
    );
    (dates, Some(Finding::of_run(Code::SeriesStart, text)))
}

/// The ends of the periods, as slots of the ledger.
struct Timeline<'a> {
    dates: &'a [Date],
    /// The last slot before the first period, then the last one of each period; -1 where nothing is before.
    ends: Vec<i64>,
    places: usize,
}

impl<'a> Timeline<'a> {
    fn new(covers: &Covers<'_>, settings: &Settings, dates: &'a [Date]) -> Self {
        let opening = settings.since.map_or(-1, |since| i64::from(covers.slot_at(Some(since))));
        let ends = dates.iter().map(|&date| i64::from(covers.slot_at(Some(date))));
        Self { dates, ends: std::iter::once(opening).chain(ends).collect(), places: covers.outside() as usize + 1 }
    }

    /// The number of the period in which a slot has its effect, from 1; 0 for what was before the first one.
    fn period(&self, slot: u32) -> usize {
        self.ends.partition_point(|&end| end < i64::from(slot))
    }

    fn empty(&self) -> Vec<Vec<Moment>> {
        vec![vec![Moment::default(); self.dates.len()]; self.places]
    }

    /// States and flows of every place, in m2.
    fn land(&self, material: &Material<'_>) -> Vec<Vec<Moment>> {
        let mut places = self.empty();
        for of_place in material.atoms.chunk_by(|a, b| a.flow.place == b.flow.place) {
            let moments = &mut places[of_place[0].flow.place as usize];
            let mut states = States::default();
            let mut rest = of_place;
            for period in 0..self.ends.len() {
                let opening = states.remaining();
                let (now, later) = rest.split_at(rest.partition_point(|a| self.period(a.flow.slot) <= period));
                now.iter().for_each(|atom| atom.change(&mut states));
                rest = later;
                if let Some(moment) = period.checked_sub(1).and_then(|p| moments.get_mut(p)) {
                    now.iter().for_each(|atom| atom.enter(&mut moment.balance));
                    moment.states = states;
                    moment.balance.opening.0 = opening;
                    moment.balance.closing.0 = states.remaining();
                }
            }
        }
        places
    }

    /// Records of every place, each from 1 m2 on.
    fn counts(&self, material: &Material<'_>, places: &mut [Vec<Moment>]) {
        let ledger = material.ledger;
        let mut ceased: Vec<((u32, u32), (u32, Area))> =
            ledger.ceased.iter().map(|(&(event, place, slot), &area)| ((event, place), (slot, area))).collect();
        ceased.sort_unstable_by_key(|c| (c.0, c.1.0));
        let starts: FxHashMap<(u32, u32), usize> = ceased
            .chunk_by(|a, b| a.0 == b.0)
            .scan(0, |at, chunk| {
                let start = *at;
                *at += chunk.len();
                Some((chunk[0].0, start))
            })
            .collect();
        let mut live: Vec<Live> = (0..self.places).map(|_| Live::new(self)).collect();
        for (key, deeds) in ledger.deeds.iter() {
            let (number, place) = (key.0, key.1 as usize);
            let ends = starts.get(&key).map_or(&[][..], |&start| &ceased[start..]);
            let ends = ends.iter().take_while(|c| c.0 == key).map(|c| c.1);
            self.count(material, number, &deeds, ends, (&mut places[place], &mut live[place]));
        }
        places.iter_mut().zip(live).for_each(|(moments, live)| live.enter(moments));
    }

    /// Records in all places together.
    fn counts_in_all(&self, material: &Material<'_>, total: &mut [Moment]) {
        let mut ceased: FxHashMap<(u32, u32), Area> = FxHashMap::default();
        for (&(event, _, slot), &area) in &material.ledger.ceased {
            *ceased.entry((event, slot)).or_default() += area;
        }
        let mut ceased: Vec<((u32, u32), Area)> = ceased.into_iter().collect();
        ceased.sort_unstable_by_key(|c| c.0);
        let mut rest = ceased.as_slice();
        let mut live = Live::new(self);
        for (number, deeds) in material.ledger.deeds.everywhere() {
            let (own, others) = rest.split_at(rest.partition_point(|c| c.0.0 <= number));
            rest = others;
            let ends = own.iter().map(|c| (c.0.1, c.1));
            self.count(material, number, &deeds, ends, (&mut *total, &mut live));
        }
        live.enter(total);
    }

    /// Counts one record in one place: in the flow that it made, and from its date on until less than 1 m2 is left of
    /// the land on which it is live.
    fn count(
        &self,
        material: &Material<'_>,
        number: u32,
        deeds: &Deeds,
        ceased: impl Iterator<Item = (u32, Area)>,
        (moments, live): (&mut [Moment], &mut Live),
    ) {
        let event = &material.rules.covers.events[number as usize];
        if event.slot > material.rules.last_slot {
            return;
        }
        let period = self.period(event.slot);
        if let Some(moment) = period.checked_sub(1).and_then(|p| moments.get_mut(p)) {
            for deed in [Deed::NewlyRecorded, Deed::Recontaminated, Deed::Credited] {
                if deeds.of(deed) >= Area::SQUARE_METRE {
                    count_flow(&mut moment.balance, event.act, deed);
                }
            }
        }
        let mut left = deeds.covers();
        if !event.is_hazard() || left < Area::SQUARE_METRE {
            return;
        }
        live.changes[period] += 1;
        for (slot, area) in ceased {
            left -= area;
            if left < Area::SQUARE_METRE {
                live.changes[self.period(slot)] -= 1;
                return;
            }
        }
    }

    /// Open evidence points.
    fn points(&self, material: &Material<'_>, places: &mut [Vec<Moment>]) {
        let at = |date: Option<Date>| date.map_or(0, |date| self.dates.partition_point(|&end| end < date));
        for point in material.evidence {
            let end = point.closed.map_or(self.dates.len(), |closed| at(closed.date()));
            let moments = places[point.row as usize].get_mut(at(point.recorded)..end);
            moments.into_iter().flatten().for_each(|moment| moment.evidence_points += 1);
        }
    }

    /// Land in every zone by state at each date, each rounded for itself as in the rows of zones.
    fn zones(&self, material: &Material<'_>) -> Vec<Vec<States>> {
        let mut zones = vec![vec![States::default(); self.dates.len()]; material.survey.zones.len()];
        let mut flows: Vec<_> = material.ledger.zone_flows.iter().collect();
        flows.sort_unstable_by_key(|f| *f.0);
        for of_zone in flows.chunk_by(|a, b| a.0.place == b.0.place) {
            let states = &mut zones[of_zone[0].0.place as usize];
            let mut exact = [Area::ZERO; State::ALL.len()];
            let mut rest = of_zone;
            for (period, states) in (1..).zip(states) {
                let (now, later) = rest.split_at(rest.partition_point(|f| self.period(f.0.slot) <= period));
                for (flow, area) in now {
                    exact[flow.to as usize] += **area;
                    exact[flow.from as usize] -= **area;
                }
                rest = later;
                for state in State::ALL {
                    if let Some(land) = land_mut(states, state) {
                        *land = SquareMetres::rounded(exact[state as usize]);
                    }
                }
            }
        }
        zones
    }
}

/// How many hazards become live or cease to be, by period.
struct Live {
    changes: Vec<i64>,
}

impl Live {
    fn new(timeline: &Timeline<'_>) -> Self {
        Self { changes: vec![0; timeline.ends.len() + 1] }
    }

    fn enter(self, moments: &mut [Moment]) {
        let mut live = self.changes[0];
        for (moment, change) in moments.iter_mut().zip(&self.changes[1..]) {
            moment.balance.opening.1 = live.unsigned_abs();
            live += change;
            moment.balance.closing.1 = live.unsigned_abs();
        }
    }
}

/// Adds up land and evidence points; records may lie in several places and are counted anew.
fn add_land(sum: &mut Moment, other: &Moment) {
    sum.evidence_points += other.evidence_points;
    sum.states += other.states;
    sum.balance.add_land(&other.balance);
}

/// The laws of a series, against the account of its last date, which counts its records in another way.
pub(super) fn checks(series: &Series, places: &[Figures], total: &Figures, zones: &[ZoneRow]) -> Vec<Check> {
    let rows = series.districts.iter().chain([&series.outside]).zip(places).chain([(&series.total, total)]);
    let mut wrong = 0_u64;
    for (moments, figures) in rows {
        let Some(last) = moments.last() else { continue };
        let ends = last.states == figures.states
            && last.balance.closing == figures.balance.closing
            && last.evidence_points == figures.evidence_points;
        let begins = moments[0].balance.opening == figures.balance.opening;
        let meets = moments.windows(2).all(|pair| pair[0].balance.closing == pair[1].balance.opening);
        let sum = |flow: fn(&crate::report::Balance) -> (SquareMetres, u64)| {
            let parts = moments.iter().map(|m| flow(&m.balance));
            parts.fold((SquareMetres::ZERO, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1)) == flow(&figures.balance)
        };
        let flows = sum(|b| b.newly_recorded)
            && sum(|b| b.recontaminated)
            && sum(|b| b.cancelled)
            && sum(|b| b.reduced)
            && sum(|b| b.cleared);
        let balanced = moments.iter().all(|m| {
            let b = &m.balance;
            let gone = b.cancelled.0 + b.reduced.0 + b.cleared.0;
            b.opening.0 + b.newly_recorded.0 + b.recontaminated.0 - gone == b.closing.0
                && b.closing.0 == m.states.remaining()
        });
        wrong += u64::from(!(ends && begins && meets && flows && balanced));
    }
    let ends = |(states, zone): (&Vec<States>, &ZoneRow)| states.last().is_none_or(|last| *last == zone.states);
    wrong += series.zones.iter().zip(zones).filter(|pair| !ends(*pair)).count() as u64;
    vec![Check {
        name: "the series begins and ends with the account, and its periods add up to it, in land and in records"
            .into(),
        holds: wrong == 0,
        difference: wrong as f64,
    }]
}
