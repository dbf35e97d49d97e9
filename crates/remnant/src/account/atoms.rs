//! The flows of the ledger as they are printed: whole square centimetres, rounded so that no state drifts.
//!
//! Every figure of districts, balance, series and total is a sum of these atoms, so printed figures add up as printed.
//! An atom is not rounded for itself: what the atoms before it were rounded by is carried over to it. So a state at any
//! date is printed within a few square centimetres of its exact area however many dates came before, it is never
//! negative, and where no land is in a state, nothing is printed for it. An atom hangs on the atoms of its place that
//! are not later than it and on nothing else; so an account at an earlier date prints the same ones.

use remnant_geometry::{Area, plane};

use super::ledger::{Flow, Ledger};
use crate::report::{Balance, SquareMetres, States};
use crate::status::State;

/// Area units in a square centimetre.
pub(super) const UNIT: i128 = plane::AREA_UNITS_PER_M2 / SquareMetres::UNITS as i128;

/// A flow as it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Atom {
    pub flow: Flow,
    pub area: SquareMetres,
}

impl Atom {
    /// Moves the land from state to state.
    pub fn change(&self, states: &mut States) {
        for (state, area) in [(self.flow.to, self.area), (self.flow.from, SquareMetres::ZERO - self.area)] {
            if let Some(land) = land_mut(states, state) {
                *land += area;
            }
        }
    }

    /// Enters the flow in the balance of its period.
    pub fn enter(&self, balance: &mut Balance) {
        let Flow { from, to, .. } = self.flow;
        if from == State::None {
            balance.newly_recorded.0 += self.area;
        } else if to.is_contaminated() && !from.is_contaminated() {
            balance.recontaminated.0 += self.area;
        }
        match to {
            State::Cancelled => balance.cancelled.0 += self.area,
            State::Reduced => balance.reduced.0 += self.area,
            State::Cleared => balance.cleared.0 += self.area,
            _ => {}
        }
    }
}

/// The land in a state; `None` for land that never was recorded.
pub(super) fn land_mut(states: &mut States, state: State) -> Option<&mut SquareMetres> {
    match state {
        State::None => None,
        State::Suspected => Some(&mut states.suspected),
        State::Confirmed => Some(&mut states.confirmed),
        State::Cancelled => Some(&mut states.cancelled),
        State::Reduced => Some(&mut states.reduced),
        State::Cleared => Some(&mut states.cleared),
    }
}

/// The land in a state; nothing for land that never was recorded.
pub(super) fn land(states: &States, state: State) -> SquareMetres {
    land_mut(&mut states.clone(), state).map_or(SquareMetres::ZERO, |land| *land)
}

/// Every flow as it is printed, by place and in order of date.
pub(super) fn atoms(ledger: &Ledger) -> Vec<Atom> {
    let mut flows: Vec<(Flow, Area)> = ledger.flows.iter().map(|(&flow, &area)| (flow, area)).collect();
    flows.sort_unstable_by_key(|f| f.0);
    let mut atoms = Vec::with_capacity(flows.len());
    for place in flows.chunk_by(|a, b| a.0.place == b.0.place) {
        let mut book = Book::default();
        for day in place.chunk_by(|a, b| a.0.slot == b.0.slot) {
            book.day(day, &mut atoms);
        }
    }
    atoms
}

/// What was printed of a place up to some date, and what is exact. States count by their numbers.
#[derive(Default)]
struct Book {
    /// Square centimetres printed; never negative, and 0 where the exact area is.
    printed: [i64; State::ALL.len()],
    /// Exact area, in area units.
    exact: [i128; State::ALL.len()],
}

/// A flow of one date while its printed area is sought.
struct Edge {
    from: usize,
    to: usize,
    exact: i128,
    printed: i64,
}

const NONE: usize = State::None as usize;

impl Book {
    /// Enters the flows of one date, in the order of their states.
    fn day(&mut self, flows: &[(Flow, Area)], atoms: &mut Vec<Atom>) {
        let mut edges = self.rounded(flows);
        self.lift(&mut edges);
        self.drain(&mut edges);
        atoms.extend(
            flows
                .iter()
                .zip(&edges)
                .map(|(&(flow, _), edge)| Atom { flow, area: SquareMetres::from_square_centimetres(edge.printed) }),
        );
    }

    /// By how much more is printed than there is; for no state in particular: in all.
    fn error(&self, state: usize) -> i128 {
        if state == NONE {
            return (1..State::ALL.len()).map(|s| self.error(s)).sum();
        }
        i128::from(self.printed[state]) * UNIT - self.exact[state]
    }

    /// Rounds each flow so that the errors of the two states that it joins come out alike; of land newly recorded,
    /// so that the error of its state and that of all land cancel each other.
    fn rounded(&mut self, flows: &[(Flow, Area)]) -> Vec<Edge> {
        let round = |&(flow, area): &(Flow, Area)| {
            let (from, to, exact) = (flow.from as usize, flow.to as usize, area.units());
            let sign = if from == NONE { -1 } else { 1 };
            let carried = (sign * self.error(from) - self.error(to)).div_euclid(2);
            // Land on Earth is below 2^63 square centimetres.
            let printed = (exact + carried + UNIT / 2).div_euclid(UNIT).max(0) as i64;
            self.exact[to] += exact;
            self.exact[from] -= exact;
            self.add(from, to, printed);
            Edge { from, to, exact, printed }
        };
        flows.iter().map(round).collect()
    }

    fn add(&mut self, from: usize, to: usize, printed: i64) {
        self.printed[to] += printed;
        self.printed[from] -= printed;
    }

    /// Where more of a state was printed as gone than there was, less goes.
    ///
    /// What was printed of a state and what came in is not negative, so enough goes out to make up for it. Each step
    /// takes something from a flow that was printed, so there is an end.
    fn lift(&mut self, edges: &mut [Edge]) {
        while let Some(state) = (1..State::ALL.len()).find(|&s| self.printed[s] < 0) {
            let outgoing = edges.iter_mut().filter(|e| e.from == state && e.printed > 0);
            let Some(largest) = outgoing.max_by_key(|e| e.printed) else { return };
            let less = largest.printed.min(-self.printed[state]);
            largest.printed -= less;
            let (from, to) = (largest.from, largest.to);
            self.add(from, to, -less);
        }
    }

    /// Where no land is left in a state but something printed is, it goes where the land went.
    fn drain(&mut self, edges: &mut [Edge]) {
        while let Some(state) = (1..State::ALL.len()).find(|&s| self.printed[s] > 0 && self.exact[s] == 0) {
            // The land went to a state that still has some of it, in one step or in several.
            let Some(path) = self.way_out(state, edges) else { return };
            let more = self.printed[state];
            for edge in path {
                edges[edge].printed += more;
                self.add(edges[edge].from, edges[edge].to, more);
            }
        }
    }

    /// The flows from a state to the nearest one in which land is left.
    fn way_out(&self, state: usize, edges: &[Edge]) -> Option<Vec<usize>> {
        let mut ways: Vec<(usize, Vec<usize>)> = vec![(state, Vec::new())];
        let mut seen = [false; State::ALL.len()];
        let mut next = 0;
        while let Some((at, way)) = ways.get(next).cloned() {
            next += 1;
            for (number, edge) in edges.iter().enumerate().filter(|(_, e)| e.from == at && e.exact > 0) {
                if std::mem::replace(&mut seen[edge.to], true) {
                    continue;
                }
                let mut longer = way.clone();
                longer.push(number);
                if self.exact[edge.to] > 0 {
                    return Some(longer);
                }
                ways.push((edge.to, longer));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Pseudo(u64);

    impl Pseudo {
        fn below(&mut self, n: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % n
        }
    }

    /// Flows of one place on many dates, each of at most what is there; states are emptied often.
    fn history(random: &mut Pseudo) -> Vec<(Flow, Area)> {
        let mut land = [0_i128; 6];
        let mut flows: Vec<(Flow, Area)> = Vec::new();
        for slot in 0..60 {
            let mut day: Vec<(Flow, Area)> = Vec::new();
            for (from, to) in [(0, 1), (0, 2), (1, 2), (3, 1), (5, 2), (1, 3), (1, 5), (2, 4), (2, 5)] {
                if random.below(3) > 0 {
                    continue;
                }
                let there = if from == 0 { i128::from(random.below(400_000)) } else { land[from] };
                let part = [there, there / 2, i128::from(random.below(300_000)).min(there)][random.below(3) as usize];
                if part > 0 {
                    land[from] -= part;
                    land[to] += part;
                    let flow = Flow { place: 0, slot, from: State::ALL[from], to: State::ALL[to] };
                    day.push((flow, Area::from_units(part)));
                }
            }
            day.sort_unstable_by_key(|f| f.0);
            flows.extend(day);
        }
        flows
    }

    /// The exact and the printed area of every state after some flows.
    fn after(flows: &[(Flow, Area)], atoms: &[Atom], slot: u32) -> [(i128, i64); 6] {
        let mut land = [(0, 0); 6];
        for ((flow, area), atom) in flows.iter().zip(atoms).filter(|(f, _)| f.0.slot <= slot) {
            for (state, sign) in [(flow.to, 1), (flow.from, -1)] {
                land[state as usize].0 += sign * area.units();
                land[state as usize].1 += sign as i64 * atom.area.square_centimetres();
            }
        }
        land
    }

    fn published(flows: &[(Flow, Area)]) -> Vec<Atom> {
        atoms(&Ledger { flows: flows.iter().copied().collect(), ..Ledger::default() })
    }

    #[test]
    fn no_state_drifts_or_falls_below_nothing_and_what_is_gone_is_gone() {
        let mut worst = 0;
        for seed in crate::seed::of(0..400) {
            let flows = history(&mut Pseudo(seed));
            let atoms = published(&flows);
            assert!(atoms.iter().all(|a| a.area >= SquareMetres::ZERO), "seed {seed}");
            for slot in 0..60 {
                for (exact, printed) in &after(&flows, &atoms, slot)[1..] {
                    assert!(*printed >= 0 && (*exact != 0 || *printed == 0), "seed {seed}, {slot}: {exact} {printed}");
                    worst = worst.max((i128::from(*printed) * UNIT - exact).abs());
                }
            }
        }
        // Rounded each for itself, atoms would be off by more the more dates there are, and below nothing at times.
        assert!(worst <= 3 * UNIT, "{worst}");
    }

    #[test]
    fn what_is_printed_of_a_date_hangs_on_nothing_later() {
        for seed in crate::seed::of(0..50) {
            let flows = history(&mut Pseudo(seed));
            let all = published(&flows);
            let until = flows.partition_point(|f| f.0.slot <= 23);
            assert_eq!(published(&flows[..until]), all[..until], "seed {seed}");
        }
    }

    #[test]
    fn whole_square_centimetres_are_printed_as_they_are() {
        for seed in crate::seed::of(0..50) {
            let mut flows = history(&mut Pseudo(seed));
            flows.iter_mut().for_each(|f| f.1 = Area::from_units(f.1.units() * UNIT));
            for ((_, exact), atom) in flows.iter().zip(published(&flows)) {
                assert_eq!(i128::from(atom.area.square_centimetres()) * UNIT, exact.units());
            }
        }
    }
}
