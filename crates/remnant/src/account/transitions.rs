//! What the land of one date has become at another: a table whose margins are the printed states of both dates.

use remnant_geometry::Area;

use super::atoms::land;
use super::ledger::Ledger;
use crate::report::{Check, SquareMetres, States, Transition};
use crate::status::State;

const STATES: usize = State::ALL.len();

/// Whole square centimetres by state at the opening (rows) and at the closing (columns).
type Table = [[i64; STATES]; STATES];

/// The transitions of every place, which has these states at the opening and at the closing.
pub(super) fn transitions(ledger: &Ledger, openings: &[States], closings: &[States]) -> Vec<Vec<Transition>> {
    let mut exact = vec![[[Area::ZERO; STATES]; STATES]; openings.len()];
    for (&(place, from, to), &area) in &ledger.transitions {
        exact[place as usize][from as usize][to as usize] += area;
    }
    let states = openings.iter().zip(closings);
    exact.iter().zip(states).map(|(exact, (opening, closing))| listed(&fitted(exact, opening, closing))).collect()
}

/// The transitions of all places together.
pub(super) fn in_all<'a>(places: impl Iterator<Item = &'a [Transition]>) -> Vec<Transition> {
    let mut table = Table::default();
    for t in places.flatten() {
        table[t.from as usize][t.to as usize] += t.area.square_centimetres();
    }
    listed(&table)
}

fn listed(table: &Table) -> Vec<Transition> {
    let cells = State::ALL.into_iter().flat_map(|from| State::ALL.into_iter().map(move |to| (from, to)));
    let of = |(from, to): (State, State)| Transition {
        from,
        to,
        area: SquareMetres::from_square_centimetres(table[from as usize][to as usize]),
    };
    cells.map(of).filter(|t| t.area != SquareMetres::ZERO).collect()
}

/// The exact table in whole square centimetres, with the states of both dates as its margins.
///
/// The states were rounded each by its own history, so rounding every cell for itself would leave the margins off by
/// some square centimetres. So each cell gets a little less than its area at first, and what the margins then lack is
/// dealt out: to every cell up to its own area, the largest first; then among the cells that have land; and only where
/// that can't be, to others. Nothing is negative, and the margins hold always: what the rows lack and what the columns
/// lack is the same, since the land that is recorded newly is what the states of both dates differ by.
fn fitted(exact: &[[Area; STATES]; STATES], opening: &States, closing: &States) -> Table {
    let cm2 = |states: &States| State::ALL.map(|state| land(states, state).square_centimetres());
    let (mut rows, columns) = (cm2(opening), cm2(closing));
    rows[State::None as usize] = columns.iter().sum::<i64>() - rows.iter().sum::<i64>();
    let wanted = exact.map(|row| row.map(|area| SquareMetres::rounded(area).square_centimetres()));
    let off = (0..STATES).map(|s| {
        let row: i64 = wanted[s].iter().sum();
        let column: i64 = wanted.iter().map(|row| row[s]).sum();
        (row - rows[s]).abs().max((column - columns[s]).abs())
    });
    // So much that no row and no column is given more than its margin.
    let spare = off.max().unwrap_or(0) + 2 * STATES as i64;
    let mut cells: Vec<(usize, usize)> = (0..STATES).flat_map(|from| (0..STATES).map(move |to| (from, to))).collect();
    cells.sort_by_key(|&(from, to)| std::cmp::Reverse(exact[from][to]));
    let mut fitting = Fitting { table: Table::default(), rows, columns };
    for &(from, to) in &cells {
        fitting.give(from, to, (wanted[from][to] - spare).max(0));
    }
    for &(from, to) in &cells {
        let lacking = (wanted[from][to] - fitting.table[from][to]).min(fitting.room(from, to));
        fitting.give(from, to, lacking.max(0));
    }
    let support: Vec<_> = cells.iter().copied().filter(|&(from, to)| exact[from][to] > Area::ZERO).collect();
    while fitting.augment(&support) {}
    for (from, to) in cells {
        fitting.give(from, to, fitting.room(from, to));
    }
    fitting.table
}

/// A table on its way to its margins.
struct Fitting {
    table: Table,
    /// What the rows still lack.
    rows: [i64; STATES],
    /// What the columns still lack.
    columns: [i64; STATES],
}

impl Fitting {
    fn room(&self, from: usize, to: usize) -> i64 {
        self.rows[from].min(self.columns[to]).max(0)
    }

    fn give(&mut self, from: usize, to: usize, more: i64) {
        self.table[from][to] += more;
        self.rows[from] -= more;
        self.columns[to] -= more;
    }

    /// Gives a row and a column something that they lack, by way of some cells: what one column is given more of, it
    /// gives back in another row, and so on. Returns whether there is such a way.
    fn augment(&mut self, cells: &[(usize, usize)]) -> bool {
        // For each row that can be reached, the cells on the way: given and taken back by turns.
        let mut ways: Vec<(usize, Vec<(usize, usize)>)> =
            (0..STATES).filter(|&row| self.rows[row] > 0).map(|row| (row, Vec::new())).collect();
        let mut seen = [false; STATES];
        let mut next = 0;
        while let Some((row, way)) = ways.get(next).cloned() {
            next += 1;
            for &(_, column) in cells.iter().filter(|c| c.0 == row) {
                if std::mem::replace(&mut seen[column], true) {
                    continue;
                }
                let mut way = way.clone();
                way.push((row, column));
                if self.columns[column] > 0 {
                    self.push(&way, column);
                    return true;
                }
                for &(other, _) in cells.iter().filter(|c| c.1 == column && self.table[c.0][c.1] > 0) {
                    if ways.iter().all(|known| known.0 != other) {
                        let mut longer = way.clone();
                        longer.push((other, column));
                        ways.push((other, longer));
                    }
                }
            }
        }
        false
    }

    /// Moves as much as possible along a way that ends in a column.
    fn push(&mut self, way: &[(usize, usize)], end: usize) {
        let start = way.first().map_or(0, |cell| cell.0);
        let back = way.iter().skip(1).step_by(2).map(|&(row, column)| self.table[row][column]);
        let more = back.min().unwrap_or(i64::MAX).min(self.rows[start]).min(self.columns[end]);
        for (step, &(row, column)) in way.iter().enumerate() {
            self.table[row][column] += if step % 2 == 0 { more } else { -more };
        }
        self.rows[start] -= more;
        self.columns[end] -= more;
    }
}

/// The laws of the tables: printed margins against printed states, and exact ones against the flows of the ledger.
pub(super) fn checks(ledger: &Ledger, opening_slot: u32, places: &[(&[Transition], States, States)]) -> Vec<Check> {
    let mut off = 0;
    for (transitions, opening, closing) in places {
        for state in State::ALL.into_iter().filter(|&s| s != State::None) {
            let sum = |of: fn(&Transition) -> State| -> i64 {
                transitions.iter().filter(|t| of(t) == state).map(|t| t.area.square_centimetres()).sum()
            };
            off += (sum(|t| t.from) - land(opening, state).square_centimetres()).abs();
            off += (sum(|t| t.to) - land(closing, state).square_centimetres()).abs();
        }
        off += transitions.iter().map(|t| (-t.area.square_centimetres()).max(0)).sum::<i64>();
        off += transitions.iter().filter(|t| t.to == State::None).map(|t| t.area.square_centimetres()).sum::<i64>();
    }
    let count = places.len();
    let mut exact = vec![[[Area::ZERO; 2]; STATES]; count];
    for (flow, &area) in &ledger.flows {
        let states = &mut exact[flow.place as usize];
        for at in if flow.slot <= opening_slot { 0..2 } else { 1..2 } {
            states[flow.to as usize][at] += area;
            states[flow.from as usize][at] -= area;
        }
    }
    for (&(place, from, to), &area) in &ledger.transitions {
        let states = &mut exact[place as usize];
        states[from as usize][0] -= area;
        states[to as usize][1] -= area;
    }
    let left: Area = exact.iter().flat_map(|states| &states[1..]).flatten().map(|area| area.abs()).sum();
    vec![
        Check {
            name: "the margins of the transitions are the states of both dates".into(),
            holds: off == 0,
            difference: off as f64 / SquareMetres::UNITS as f64,
        },
        Check {
            name: "land by its states at both dates is land that flowed from one to the other".into(),
            holds: left == Area::ZERO,
            difference: left.square_metres(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cm2(units: i64) -> SquareMetres {
        SquareMetres::from_square_centimetres(units)
    }

    #[test]
    fn land_does_not_appear_to_go_where_it_did_not() {
        // Of suspected land much was cancelled; cancelled land stayed so, and is printed a square centimetre larger at
        // both dates. The larger cell must leave it room.
        let mut exact = [[Area::ZERO; STATES]; STATES];
        let (s, c) = (State::Suspected as usize, State::Cancelled as usize);
        exact[s][c] = Area::from_units(9_000_000_000_000);
        exact[s][s] = Area::from_units(100_000_000);
        exact[c][c] = Area::from_units(4_000_000_000);
        let opening = States { suspected: cm2(90_000_999), cancelled: cm2(40_001), ..States::default() };
        let closing = States { suspected: cm2(1000), cancelled: cm2(90_040_000), ..States::default() };
        let table = fitted(&exact, &opening, &closing);
        assert_eq!((table[s][c], table[s][s], table[c][c]), (89_999_999, 1000, 40_001));
        assert_eq!(table.iter().flatten().filter(|cell| **cell != 0).count(), 3, "{table:?}");
    }

    #[test]
    fn margins_hold_however_the_states_were_rounded() {
        let mut random = crate::seed::or(1);
        let mut below = |n: i64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as i64 % n
        };
        for _ in 0..3000 {
            let mut exact = [[Area::ZERO; STATES]; STATES];
            let (mut rows, mut columns) = ([0_i64; STATES], [0_i64; STATES]);
            for (from, row) in exact.iter_mut().enumerate() {
                for (to, cell) in row.iter_mut().enumerate().skip(1) {
                    let size = [0, 0, 9, 200_000, 90_000_000_000][below(5) as usize];
                    let units = if size == 0 { 0 } else { below(size) };
                    *cell = Area::from_units(i128::from(units) * 100_000 / 7);
                    rows[from] += units / 7;
                    columns[to] += units / 7;
                }
            }
            // The states are off by some square centimetres, but no land comes from nowhere.
            for margin in rows[1..].iter_mut().chain(&mut columns[1..]) {
                *margin = (*margin + below(7) - 3).max(0);
            }
            let (opened, closed): (i64, i64) = (rows[1..].iter().sum(), columns[1..].iter().sum());
            columns[1] += (opened - closed).max(0);
            let states = |m: [i64; STATES]| States {
                suspected: cm2(m[1]),
                confirmed: cm2(m[2]),
                cancelled: cm2(m[3]),
                reduced: cm2(m[4]),
                cleared: cm2(m[5]),
            };
            let table = fitted(&exact, &states(rows), &states(columns));
            for state in 1..STATES {
                assert_eq!(table[state].iter().sum::<i64>(), rows[state]);
                assert_eq!(table.iter().map(|row| row[state]).sum::<i64>(), columns[state]);
            }
            for (row, areas) in table.iter().zip(&exact) {
                assert_eq!(row[0], 0);
                for (printed, area) in row.iter().zip(areas) {
                    let off = (*printed - SquareMetres::rounded(*area).square_centimetres()).abs();
                    assert!(*printed >= 0 && off <= 60, "{printed} for {area:?}");
                }
            }
        }
    }
}
