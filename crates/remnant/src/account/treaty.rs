//! The treaty columns, from the same atoms and deeds as the balance.

use std::ops::AddAssign;

use remnant_geometry::Area;

use super::atoms::Atom;
use super::faces::Rules;
use super::ledger::{Deed, Deeds};
use crate::records::{HazardClass, ReleaseKind};
use crate::report::{ByClass, Check, Figures, ReleasedByClass, SquareMetres, Treaty};
use crate::status::{Act, State};

/// Fills the treaty columns of land, of every place and of everything.
pub(super) fn enter_land(rules: &Rules<'_>, atoms: &[Atom], (places, total): (&mut [Figures], &mut Figures)) {
    for figures in places.iter_mut() {
        // The states are those at the date of the account; what follows takes the opening from its atoms.
        let states = figures.states;
        figures.treaty.closing.suspected.0 = states.suspected;
        figures.treaty.closing.confirmed.0 = states.confirmed;
    }
    for atom in atoms.iter().filter(|atom| atom.flow.slot <= rules.last_slot) {
        enter_atom(rules, atom, &mut places[atom.flow.place as usize].treaty);
    }
    total.treaty = places.iter().fold(Treaty::default(), |sum, place| add_land(sum, &place.treaty));
}

/// The law of the two classes, in every place.
pub(super) fn check(places: &[Figures], total: &Figures) -> Check {
    let wrong = places.iter().chain([total]).map(|f| f.treaty.difference().square_centimetres());
    let worst = wrong.max().unwrap_or(0);
    Check {
        name: "suspected and confirmed land each keep their balance over the period".into(),
        holds: worst == 0,
        difference: worst as f64 / SquareMetres::UNITS as f64,
    }
}

/// Whether what happened then is in the period of the account.
pub(super) fn in_period(rules: &Rules<'_>, slot: u32) -> bool {
    slot <= rules.last_slot && rules.opening_slot.is_none_or(|opening| slot > opening)
}

fn enter_atom(rules: &Rules<'_>, atom: &Atom, treaty: &mut Treaty) {
    let (from, to, area) = (atom.flow.from, atom.flow.to, atom.area);
    if !in_period(rules, atom.flow.slot) {
        if let Some(land) = class_mut(&mut treaty.opening, to) {
            *land += area;
        }
        if let Some(land) = class_mut(&mut treaty.opening, from) {
            *land = *land - area;
        }
        return;
    }
    match (from, to) {
        (State::Suspected, State::Confirmed) => treaty.confirmed += area,
        (State::None, to) if to.is_contaminated() => add(class_mut(&mut treaty.newly_identified, to), area),
        (from, to) if from.is_released() && to.is_contaminated() => {
            add(class_mut(&mut treaty.recontaminated, to), area)
        }
        (from, to) => {
            let Some(released) = released_mut(treaty, to) else { return };
            match from {
                State::Confirmed => released.confirmed += area,
                State::Suspected => released.suspected += area,
                _ => {
                    released.suspected += area;
                    treaty.newly_identified.suspected.0 += area;
                }
            }
        }
    }
}

fn add(land: Option<&mut SquareMetres>, area: SquareMetres) {
    if let Some(land) = land {
        *land += area;
    }
}

fn class_mut(of: &mut ByClass, state: State) -> Option<&mut SquareMetres> {
    match state {
        State::Suspected => Some(&mut of.suspected.0),
        State::Confirmed => Some(&mut of.confirmed.0),
        _ => None,
    }
}

fn released_mut(treaty: &mut Treaty, state: State) -> Option<&mut ReleasedByClass> {
    match state {
        State::Cancelled => Some(&mut treaty.cancelled),
        State::Reduced => Some(&mut treaty.reduced),
        State::Cleared => Some(&mut treaty.cleared),
        _ => None,
    }
}

/// Counts a record in what it did, from 1 m2 on.
pub(super) fn count(rules: &Rules<'_>, number: u32, deeds: &Deeds, treaty: &mut Treaty) {
    let event = &rules.covers.events[number as usize];
    let enough = |deed| deeds.of(deed) >= Area::SQUARE_METRE;
    let class = match event.act {
        Act::Hazard(class) => class,
        Act::Release(kind) => {
            if in_period(rules, event.slot) && enough(Deed::Credited) {
                let released = match kind {
                    ReleaseKind::Cancelled => &mut treaty.cancelled,
                    ReleaseKind::Reduced => &mut treaty.reduced,
                    ReleaseKind::Cleared => &mut treaty.cleared,
                };
                released.releases += 1;
            }
            return;
        }
    };
    for (deed, counted, of) in [
        (Deed::LiveAtOpening, true, &mut treaty.opening),
        (Deed::Live, true, &mut treaty.closing),
        (Deed::NewlyRecorded, in_period(rules, event.slot), &mut treaty.newly_identified),
        (Deed::Recontaminated, in_period(rules, event.slot), &mut treaty.recontaminated),
    ] {
        if counted && enough(deed) {
            match class {
                HazardClass::Suspected => of.suspected.1 += 1,
                HazardClass::Confirmed => of.confirmed.1 += 1,
            }
        }
    }
}

/// Adds the land of another place; records are counted apart, since one may lie in several places.
fn add_land(mut sum: Treaty, other: &Treaty) -> Treaty {
    for (s, o) in [
        (&mut sum.opening, other.opening),
        (&mut sum.newly_identified, other.newly_identified),
        (&mut sum.recontaminated, other.recontaminated),
        (&mut sum.closing, other.closing),
    ] {
        s.suspected.0.add_assign(o.suspected.0);
        s.confirmed.0.add_assign(o.confirmed.0);
    }
    for (s, o) in
        [(&mut sum.cancelled, other.cancelled), (&mut sum.reduced, other.reduced), (&mut sum.cleared, other.cleared)]
    {
        s.suspected += o.suspected;
        s.confirmed += o.confirmed;
    }
    sum.confirmed += other.confirmed;
    sum
}
