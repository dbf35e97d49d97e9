//! Land that was mined again, and releases without a date.

use super::super::geodesy::area;
use super::super::random::{day_of, iso_date};
use super::Shape;
use super::hazards::{Hazard, MAIN, State, class, outline};
use super::mesh::{self, CellId};
use super::releases::Planner;
use serde_json::json;
use std::collections::BTreeMap;

impl Planner<'_> {
    /// November 2020: land that had been released is mined again on the withdrawal.
    pub(super) fn mined_again(&mut self, register: &mut Vec<Hazard>) {
        let released = |s: &State| s.released[0].is_some() && s.released[1].is_some() && !s.taken;
        let all: Vec<CellId> = self.land.states.iter().filter(|(_, s)| released(s)).map(|(&id, _)| id).collect();
        for _ in 0..9 {
            let start = all[self.rng.below(all.len() as u64) as usize];
            let code = self.land.cells[&start].code.clone();
            if !MAIN.contains(&code.as_str()) || !released(&self.land.states[&start]) {
                continue;
            }
            let mut cells = vec![start];
            let mut at = 0;
            while at < cells.len() && cells.len() < 5 {
                for n in mesh::neighbours(cells[at]) {
                    if self.land.states.get(&n).is_some_and(released) && !cells.contains(&n) && cells.len() < 5 {
                        cells.push(n);
                    }
                }
                at += 1;
            }
            let day = self.rng.between(day_of(2020, 11, 10), day_of(2020, 12, 15));
            let land = outline(self.land, &cells);
            let lost: BTreeMap<CellId, f64> = cells.iter().map(|&c| (c, self.land.cells[&c].area / 1e4)).collect();
            let confirmed = self.rng.chance(0.7);
            register.push(Hazard {
                number: register.len() + 1,
                class: class(&mut self.rng, confirmed),
                date: Some(iso_date(day)),
                more: vec![
                    ("area_m2", json!(area(&land).round() as i64)),
                    ("remark", json!("mined again on the withdrawal")),
                ],
                shape: Shape::Polygons(land),
            });
            for (&c, &hectares) in &lost {
                let s = self.state(c);
                s.released = [None; 2];
                s.last_hazard = day;
                self.lose(c, hectares);
            }
        }
    }

    /// Takes released land off the figures again, on the books of the record that released it.
    fn lose(&mut self, cell: CellId, hectares: f64) {
        let code = self.land.cells[&cell].code.clone();
        let at = self.out.iter().position(|r| self.land.cells[&r.cell].code == code && r.credited >= hectares);
        self.out[at.expect("the district has released that much")].credited -= hectares;
    }

    /// Undated releases: some on land whose hazards have no date either, which they release, and
    /// some on land under dated hazards, which stays contaminated.
    pub(super) fn undated(&mut self) {
        let all: Vec<CellId> = self.land.states.iter().filter(|(_, s)| !s.dated).map(|(&id, _)| id).collect();
        for k in 0..14.min(all.len()) {
            let id = all[k * all.len() / 14.min(all.len())];
            if self.state(id).taken {
                continue;
            }
            let ring = self.land.cells[&id].ring.clone();
            self.add(id, vec![vec![ring]], 0);
            let r = self.out.last_mut().expect("just added");
            (r.day, r.date) = (None, None);
            self.state(id).taken = true;
            self.state(id).released = [Some(0); 2];
        }
        let dated: Vec<CellId> = self
            .land
            .states
            .iter()
            .filter(|(_, s)| s.dated && s.released == [None; 2] && !s.taken)
            .map(|(&id, _)| id)
            .collect();
        for k in 0..6 {
            let id = dated[(k * 2 + 1) * dated.len() / 12];
            let ring = self.land.cells[&id].ring.clone();
            self.add(id, vec![vec![ring]], 0);
            let r = self.out.last_mut().expect("just added");
            (r.day, r.date, r.credited) = (None, None, 0.0);
            // No dated release may follow here, so that the finding keeps its area.
            self.state(id).taken = true;
        }
    }
}
