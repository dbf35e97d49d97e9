//! The ledger as figures: rounding once, then whole numbers only.

use std::cmp::Reverse;

use remnant_geometry::Area;

use super::atoms::Atom;
use super::events::Event;
use super::faces::Rules;
use super::ledger::{Deed, Deeds, Ground, Ledger};
use super::{transitions, treaty};
use crate::records::{ReleaseKind, Survey};
use crate::report::{Balance, Check, Figures, SquareMetres, States};
use crate::status::{Act, State};

/// The figures of every place; the last one is the land outside all districts.
pub(super) struct Rows {
    pub places: Vec<Figures>,
    pub total: Figures,
    /// Land of every place by its state at the opening of the period.
    openings: Vec<States>,
    opening_slot: Option<u32>,
}

impl Rows {
    pub fn new(rules: &Rules<'_>, ledger: &Ledger, atoms: &[Atom], survey: &Survey) -> Self {
        let covers = rules.covers;
        let count = covers.outside() as usize + 1;
        let mut places = vec![Figures::default(); count];
        let openings = enter_flows(rules, atoms, &mut places);
        for (&(place, slot, ground), &area) in &ledger.ground {
            let figures = &mut places[place as usize];
            let area = SquareMetres::rounded(area);
            match ground {
                Ground::All => figures.area += area,
                Ground::Outside if slot <= rules.last_slot => figures.release_outside_hazard += area,
                Ground::Repeated if slot <= rules.last_slot => figures.repeated_release += area,
                _ => {}
            }
        }
        if rules.opening_slot.is_some() {
            let closings: Vec<States> = places.iter().map(|p| p.states).collect();
            let transitions = transitions::transitions(ledger, &openings, &closings);
            places.iter_mut().zip(transitions).for_each(|(place, transitions)| place.transitions = transitions);
        }
        let mut total = places.iter().fold(Figures::default(), add_areas);
        total.transitions = transitions::in_all(places.iter().map(|p| p.transitions.as_slice()));
        treaty::enter_land(rules, atoms, (&mut places, &mut total));
        enter_counts(rules, ledger, &mut places, &mut total);
        enter_devices(rules, ledger, survey, &mut places, &mut total);
        Self { places, total, openings, opening_slot: rules.opening_slot }
    }

    /// The laws of the account, each checked by a way of its own.
    pub fn checks(&self, ledger: &Ledger) -> Vec<Check> {
        let all = || self.places.iter().chain([&self.total]);
        let cm2 = |x: SquareMetres| x.square_centimetres().abs();
        let exact = |name: &str, difference: i64| Check {
            name: name.into(),
            holds: difference == 0,
            difference: difference as f64 / SquareMetres::UNITS as f64,
        };
        let balance = all().map(|f| {
            let b = &f.balance;
            let flows = b.newly_recorded.0 + b.recontaminated.0 - b.cancelled.0 - b.reduced.0 - b.cleared.0;
            cm2(b.opening.0 + flows - b.closing.0)
        });
        let closing = all().map(|f| cm2(f.balance.closing.0 - f.states.remaining()));
        let sums = self.places.iter().fold(Figures::default(), add_areas);
        let total = [
            cm2(sums.area - self.total.area),
            cm2(sums.states.baseline() - self.total.states.baseline()),
            cm2(sums.balance.closing.0 - self.total.balance.closing.0),
        ];
        let (mut recorded, mut credited, mut in_effect) = (Area::ZERO, Area::ZERO, Area::ZERO);
        for (_, deeds) in ledger.deeds.everywhere() {
            recorded += deeds.of(Deed::NewlyRecorded);
            credited += deeds.of(Deed::Credited);
            in_effect += deeds.covers() - deeds.of(Deed::Later);
        }
        let from_none: Area = ledger.flows.iter().filter(|(f, _)| f.from == State::None).map(|(_, &a)| a).sum();
        let straight: Area =
            ledger.flows.iter().filter(|(f, _)| f.from == State::None && f.to.is_released()).map(|(_, &a)| a).sum();
        let released: Area = ledger.flows.iter().filter(|(f, _)| f.to.is_released()).map(|(_, &a)| a).sum();
        let units = |name: &str, difference: Area| Check {
            name: name.into(),
            holds: difference == Area::ZERO,
            difference: difference.square_metres(),
        };
        let mut checks = vec![
            exact(
                "closing = opening + newly recorded + re-contaminated - cancelled - reduced - cleared",
                balance.max().unwrap_or(0),
            ),
            exact("the closing of the balance is the remaining land", closing.max().unwrap_or(0)),
            exact("districts and the land outside add up to the total", total.into_iter().max().unwrap_or(0)),
            units("land ever contaminated is the land that hazards recorded first", from_none - straight - recorded),
            units("land that flowed into release is the land credited to releases", released - credited),
            units(
                "every square metre of a record in effect is credited, repeated or outside",
                ledger.in_effect - in_effect,
            ),
        ];
        checks.push(treaty::check(&self.places, &self.total));
        if let Some(slot) = self.opening_slot {
            let states = self.places.iter().zip(&self.openings);
            let tables: Vec<_> = states.map(|(p, opening)| (p.transitions.as_slice(), *opening, p.states)).collect();
            checks.extend(transitions::checks(ledger, slot, &tables));
        }
        checks
    }
}

/// States and flows at the date of the account, from atoms; gives the states at the opening of the period.
fn enter_flows(rules: &Rules<'_>, atoms: &[Atom], places: &mut [Figures]) -> Vec<States> {
    let mut openings = vec![States::default(); places.len()];
    for atom in atoms {
        let Figures { states, balance, .. } = &mut places[atom.flow.place as usize];
        atom.change(states);
        if rules.opening_slot.is_some_and(|slot| atom.flow.slot <= slot) {
            // No atom of the period was entered yet, since they come in order of date.
            balance.opening.0 = states.remaining();
            openings[atom.flow.place as usize] = *states;
        } else {
            atom.enter(balance);
        }
    }
    for figures in places {
        figures.balance.closing.0 = figures.states.remaining();
    }
    openings
}

fn add_areas(mut sum: Figures, other: &Figures) -> Figures {
    sum.area += other.area;
    sum.states += other.states;
    sum.release_outside_hazard += other.release_outside_hazard;
    sum.repeated_release += other.repeated_release;
    sum.balance.add_land(&other.balance);
    sum
}

/// Counts of records: each from 1 m2 on, in a place and in all.
fn enter_counts(rules: &Rules<'_>, ledger: &Ledger, places: &mut [Figures], total: &mut Figures) {
    let enough = |(_, area): &(Deed, Area)| *area >= Area::SQUARE_METRE;
    let count_all = |event: u32, deeds: &Deeds, figures: &mut Figures| {
        count_release(rules, event, deeds, figures);
        deeds.done().filter(enough).for_each(|(deed, _)| count(rules, event, deed, figures));
        treaty::count(rules, event, deeds, &mut figures.treaty);
    };
    let in_places = || {
        for ((event, place), deeds) in ledger.deeds.iter() {
            count_all(event, &deeds, &mut places[place as usize]);
        }
    };
    let in_all = || ledger.deeds.everywhere().for_each(|(event, deeds)| count_all(event, &deeds, total));
    rayon::join(in_places, in_all);
}

fn count_release(rules: &Rules<'_>, number: u32, deeds: &Deeds, figures: &mut Figures) {
    let event = &rules.covers.events[number as usize];
    let counts = event.slot <= rules.last_slot && !event.is_hazard() && deeds.covers() >= Area::SQUARE_METRE;
    figures.releases += u64::from(counts);
}

fn count(rules: &Rules<'_>, number: u32, deed: Deed, figures: &mut Figures) {
    let event = &rules.covers.events[number as usize];
    let in_effect = event.slot <= rules.last_slot;
    let in_period = in_effect && rules.opening_slot.is_none_or(|slot| event.slot > slot);
    match deed {
        Deed::Live => {
            figures.hazards += 1;
            figures.balance.closing.1 += 1;
        }
        Deed::LiveAtOpening => figures.balance.opening.1 += 1,
        _ if in_period => count_flow(&mut figures.balance, event.act, deed),
        _ => {}
    }
}

/// Counts a record in the flow that it made in its period.
pub(super) fn count_flow(balance: &mut Balance, act: Act, deed: Deed) {
    match (deed, act) {
        (Deed::NewlyRecorded, _) => balance.newly_recorded.1 += 1,
        (Deed::Recontaminated, _) => balance.recontaminated.1 += 1,
        (Deed::Credited, Act::Release(ReleaseKind::Cancelled)) => balance.cancelled.1 += 1,
        (Deed::Credited, Act::Release(ReleaseKind::Reduced)) => balance.reduced.1 += 1,
        (Deed::Credited, Act::Release(ReleaseKind::Cleared)) => balance.cleared.1 += 1,
        _ => {}
    }
}

/// Devices count whole in the district that holds the largest part of their release (of equal parts, the first); in the
/// land outside where no district holds any. Those of releases in the period count for the treaties.
fn enter_devices(rules: &Rules<'_>, ledger: &Ledger, survey: &Survey, places: &mut [Figures], total: &mut Figures) {
    for (event, place) in device_homes(rules, ledger) {
        let found = &rules.covers.events[event as usize];
        let devices = *survey.releases[found.index()].devices;
        for figures in [&mut places[place as usize], &mut *total] {
            let treaty = treaty::in_period(rules, found.slot).then_some(&mut figures.treaty.devices);
            for sums in [Some(&mut figures.devices), treaty].into_iter().flatten() {
                sums.iter_mut().zip(devices).for_each(|(sum, n)| *sum = sum.saturating_add(n));
            }
        }
    }
}

/// The releases with effect that found devices, in the order of their replay, each with the place that counts them.
fn device_homes(rules: &Rules<'_>, ledger: &Ledger) -> Vec<(u32, u32)> {
    let outside = rules.covers.outside();
    let bears = |event: &Event<'_>| event.bears_devices && event.slot <= rules.last_slot;
    let home = |(number, _): (u32, &Event<'_>)| {
        let lands = ledger.deeds.of(number).iter().map(|((_, place), deeds)| (deeds.covers(), place));
        let districts = lands.filter(|&(area, place)| place != outside && area > Area::ZERO);
        let largest = districts.max_by_key(|&(area, place)| (area, Reverse(place)));
        (number, largest.map_or(outside, |(_, place)| place))
    };
    (0..).zip(&rules.covers.events).filter(|(_, event)| bears(event)).map(home).collect()
}
