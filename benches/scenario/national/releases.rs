//! The land releases: enough of them, and cut so that the published figures come out.

use super::super::geodesy::{Cut, area, polygon_area, ring_area};
use super::super::random::{Random, day_of, iso_date};
use super::super::shapes::Polygon;
use super::boundaries::AGHDARA;
use super::hazards::{Hazard, Land, State, outline};
use super::mesh::{self, CellId};
use super::{Feature, Properties, Shape};
use serde_json::json;

/// Published: all land released by the end of 2024, in hectares.
pub const RELEASED_2024: f64 = 179_791.8;
/// Published: land released in 2025 by district, in hectares; `elsewhere` is split below.
pub const RELEASED_2025: [(&str, f64); 13] = [
    ("AZ-CAB", 9_110.4),
    ("AZ-LAC", 8_718.6),
    ("AZ-FUZ", 8_526.2),
    ("AZ-XVD", 8_203.6),
    (AGHDARA, 7_893.3),
    ("AZ-AGM", 7_672.1),
    ("AZ-XCI", 4_995.7),
    ("AZ-ZAN", 4_063.4),
    ("AZ-QBI", 3_514.8),
    ("AZ-KAL", 3_008.2),
    ("AZ-SUS", 856.3),
    ("AZ-XA", 360.8),
    ("AZ-TAR", 12.8),
];
/// The published 2,269.5 ha of 2025 in other districts; how they are split is made up.
pub const ELSEWHERE_2025: [(&str, f64); 7] = [
    ("AZ-AGC", 640.2),
    ("AZ-BEY", 512.7),
    ("AZ-GOR", 431.3),
    ("AZ-QAZ", 298.4),
    ("AZ-AGA", 186.1),
    ("AZ-TOV", 120.5),
    ("AZ-GAD", 80.3),
];
/// Made up: hectares released by the end of 2024 by district; the rest is taken in Fuzuli.
const BY_2024: [(&str, f64); 19] = [
    ("AZ-AGM", 34_000.0),
    ("AZ-CAB", 27_000.0),
    ("AZ-ZAN", 16_000.0),
    ("AZ-XVD", 12_000.0),
    ("AZ-QBI", 11_000.0),
    ("AZ-TAR", 9_000.0),
    ("AZ-LAC", 8_500.0),
    ("AZ-KAL", 6_500.0),
    ("AZ-SUS", 5_200.0),
    ("AZ-XCI", 4_000.0),
    (AGHDARA, 3_500.0),
    ("AZ-XA", 300.0),
    ("AZ-AGC", 1_500.0),
    ("AZ-GOR", 1_100.0),
    ("AZ-BEY", 900.0),
    ("AZ-QAZ", 500.0),
    ("AZ-TOV", 300.0),
    ("AZ-AGA", 250.0),
    ("AZ-GAD", 200.0),
];
/// Made up: hectares released before the war of 2020 by district.
const BY_2019: [(&str, f64); 8] = [
    ("AZ-AGM", 4_800.0),
    ("AZ-FUZ", 4_200.0),
    ("AZ-TAR", 1_600.0),
    ("AZ-AGC", 700.0),
    ("AZ-GOR", 600.0),
    ("AZ-BEY", 500.0),
    ("AZ-QAZ", 300.0),
    ("AZ-TOV", 150.0),
];

/// A land release.
#[derive(Clone, Debug)]
pub struct Release {
    /// Number from which the id is made.
    pub number: usize,
    /// Kind as it is spelt in the record.
    pub kind: String,
    /// Date as it stands in the record.
    pub date: Option<String>,
    /// The day that counts, where the record is not set aside; `None` for undated ones.
    pub day: Option<i64>,
    /// False for records that must be set aside, or that repeat another: they carry no devices.
    pub counts: bool,
    /// Hectares that this record was made to release (0 for repeats and the like).
    pub credited: f64,
    /// Main cell.
    pub cell: CellId,
    /// Further fields.
    pub more: Properties,
    /// Devices found: anti-personnel mines, anti-vehicle mines, explosive remnants.
    pub devices: [u64; 3],
    /// Its geometry.
    pub shape: Shape,
}

impl Release {
    /// The feature as it is written.
    #[must_use]
    pub fn feature(&self) -> Feature {
        let id = self
            .more
            .iter()
            .find(|m| m.0 == "id")
            .map_or_else(|| json!(format!("AZ-LR-{:05}", self.number)), |m| m.1.clone());
        let mut p = vec![("id", id), ("kind", json!(self.kind)), ("date", json!(self.date))];
        for (name, count) in ["ap_mines", "av_mines", "erw"].into_iter().zip(self.devices) {
            if count > 0 {
                p.push((name, json!(count)));
            }
        }
        p.extend(self.more.iter().filter(|m| m.0 != "id").cloned());
        p.push(("source", json!("synthetic")));
        Feature { properties: p, shape: self.shape.clone() }
    }
}

/// A span of days, both ends included.
type Span = (i64, i64);

/// The plan as it grows, in the order of the calendar.
pub(super) struct Planner<'a> {
    pub(super) rng: Random,
    pub(super) land: &'a mut Land,
    pub(super) out: Vec<Release>,
}

const CLEARED: [&str; 4] = ["cleared", "Clearance", "BAC", "Cleared"];
const REDUCED: [&str; 4] = ["reduced", "TS", "Technical Survey", "reduction"];
const CANCELLED: [&str; 4] = ["cancelled", "NTS", "Non-technical survey", "Cancellation"];
const OPERATORS: [&str; 5] = ["Operator A", "Operator B", "Operator C", "Operator D", "Operator E"];

/// Makes all releases, in the order of the calendar; hazards of November 2020 are added on the way.
#[must_use]
pub fn plan(seed: u64, land: &mut Land, register: &mut Vec<Hazard>) -> Vec<Release> {
    let mut p = Planner { rng: Random::new(seed, 130, 0), land, out: Vec::new() };
    let before = (day_of(1999, 3, 1), day_of(2019, 11, 30));
    for (code, hectares) in BY_2019 {
        p.fill(code, hectares, before, true, false);
    }
    p.mined_again(register);
    p.undated();
    let after = (day_of(2021, 1, 10), day_of(2024, 12, 20));
    for (code, hectares) in BY_2024 {
        let rest = hectares - p.standing(Some(code));
        p.fill(code, rest, after, true, false);
    }
    let rest = RELEASED_2024 - p.standing(None);
    p.fill("AZ-FUZ", rest, after, false, true);
    let year = (day_of(2025, 1, 6), day_of(2025, 12, 26));
    for (code, hectares) in RELEASED_2025.into_iter().chain(ELSEWHERE_2025) {
        p.fill(code, hectares, year, false, true);
    }
    p.out
}

impl Planner<'_> {
    /// Hectares that are released now, in a district or in all.
    fn standing(&self, code: Option<&str>) -> f64 {
        let here = |id: &CellId| code.is_none_or(|c| self.land.cells[id].code == c);
        self.out.iter().filter(|r| here(&r.cell)).map(|r| r.credited).sum()
    }

    fn kind(&mut self) -> String {
        let words = match self.rng.below(20) {
            0..=12 => &CLEARED,
            13..=16 => &REDUCED,
            _ => &CANCELLED,
        };
        let k = if self.rng.chance(0.6) { 0 } else { self.rng.below(4) as usize };
        words[k].to_owned()
    }

    /// Adds a release of some land on a day.
    pub(super) fn add(&mut self, cell: CellId, land: Vec<Polygon>, day: i64) {
        let m2 = area(&land);
        let kind = self.kind();
        let mut more: Properties = vec![("area_m2", json!(m2.round() as i64))];
        if self.rng.chance(0.5) {
            more.push(("operator", json!(self.rng.pick(&OPERATORS))));
        }
        let date = iso_date(day);
        self.out.push(Release {
            number: self.out.len() + 1,
            kind,
            date: Some(date),
            day: Some(day),
            counts: true,
            credited: m2 / 1e4,
            cell,
            more,
            devices: [0; 3],
            shape: Shape::Polygons(land),
        });
    }

    /// Whether a whole cell can be released within a span.
    fn open(&self, id: CellId, span: Span, borders: bool) -> bool {
        let Some(s) = self.land.states.get(&id) else { return false };
        // Undated hazards come first anyway; a dated one must be older than every release here.
        !s.taken
            && s.dated
            && s.last_hazard < span.1 - 60
            && s.released == [None; 2]
            && (borders || !self.land.cells[&id].on_border)
    }

    /// Releases land of a district cell by cell, spreading from a few places; with `exact`, the
    /// last cell is cut so that the hectares come out.
    fn fill(&mut self, code: &str, hectares: f64, span: Span, borders: bool, exact: bool) {
        let mut rest = hectares;
        let all: Vec<CellId> = self
            .land
            .states
            .keys()
            .copied()
            .filter(|id| self.land.cells[id].code == code && self.open(*id, span, borders))
            .collect();
        let mut queue: Vec<CellId> = Vec::new();
        let mut scan = 0;
        while rest > 0.0 {
            let id = if queue.is_empty() || self.rng.chance(0.02) {
                let mut id = all.get(self.rng.below(all.len().max(1) as u64) as usize).copied();
                if !id.is_some_and(|id| self.open(id, span, borders)) {
                    // The district is nearly used up: take what is left in order.
                    while scan < all.len() && !self.open(all[scan], span, borders) {
                        scan += 1;
                    }
                    id = all.get(scan).copied();
                }
                let Some(id) = id else {
                    assert!(!exact, "{code} has too little recorded land for its {hectares} ha ({rest} ha short)");
                    return;
                };
                id
            } else {
                let at = self.rng.below(queue.len().min(6) as u64) as usize;
                queue.remove(at)
            };
            if !self.open(id, span, borders) || self.land.cells[&id].code != code {
                continue;
            }
            queue.extend(mesh::neighbours(id));
            if queue.len() > 60 {
                queue.drain(..30);
            }
            rest -= self.release(id, rest, span, borders, exact, code);
        }
    }

    /// Releases a cell, some cells together, or a part; returns the hectares.
    fn release(&mut self, id: CellId, rest: f64, span: Span, borders: bool, exact: bool, code: &str) -> f64 {
        let cell = self.land.cells[&id].clone();
        let hectares = cell.area / 1e4;
        if hectares >= rest {
            if !exact {
                return rest;
            }
            return self.cut(id, rest, span);
        }
        let day = self.day_after(&[id], span);
        if self.rng.chance(0.25) {
            let way = self.rng.below(3) as usize;
            let both = self.rng.chance(0.6);
            let mut got = 0.0;
            for (k, half) in mesh::halves(&cell, way).into_iter().enumerate() {
                if ring_area(&half[0]) <= 0.0 || (k == 1 && !both) {
                    continue;
                }
                let day = if k == 0 { day } else { self.day_after(&[id], span) };
                got += polygon_area(&half) / 1e4;
                self.add(id, vec![half], day);
                self.state(id).released[k] = Some(day);
            }
            self.state(id).taken = true;
            return got;
        }
        let mut cells = vec![id];
        if self.rng.chance(0.25) {
            let more = 1 + self.rng.below(2) as usize;
            let mut total = hectares;
            for n in mesh::neighbours(id) {
                if cells.len() > more || !self.open(n, span, borders) || self.land.cells[&n].code != code {
                    continue;
                }
                let extra = self.land.cells[&n].area / 1e4;
                if total + extra < rest {
                    total += extra;
                    cells.push(n);
                }
            }
        }
        let day = self.day_after(&cells, span);
        let land = outline(self.land, &cells);
        let got = area(&land) / 1e4;
        self.add(id, land, day);
        for c in cells {
            self.state(c).released = [Some(day); 2];
        }
        got
    }

    /// The last piece of a figure: a cell cut so that exactly the missing hectares are released.
    fn cut(&mut self, id: CellId, rest: f64, span: Span) -> f64 {
        let ring = self.land.cells[&id].ring.clone();
        let wanted = rest * 1e4;
        // A cut that gives one piece, for the looks of it; some direction does.
        let pieces = (0..12).map(|k| {
            let angle = f64::from(k) * core::f64::consts::FRAC_PI_6;
            Cut::for_area(&ring, (libm::cos(angle), libm::sin(angle)), wanted).split(&ring).0
        });
        let best = pieces.min_by_key(|p| {
            let off = (p.iter().map(|r| ring_area(r)).sum::<f64>() - wanted).abs();
            (p.len(), (off * 10.0) as i64)
        });
        let land: Vec<Polygon> = best.expect("twelve directions were tried").into_iter().map(|r| vec![r]).collect();
        let day = self.day_after(&[id], span);
        self.add(id, land, day);
        self.state(id).taken = true;
        rest
    }

    /// What was recorded on a contaminated cell.
    pub(super) fn state(&mut self, id: CellId) -> &mut State {
        self.land.states.get_mut(&id).expect("releases are made on contaminated cells")
    }

    fn day_after(&mut self, cells: &[CellId], span: Span) -> i64 {
        let last = cells.iter().map(|c| self.land.states[c].last_hazard).max().unwrap_or(span.0);
        self.rng.between(span.0.max(last + 21), span.1)
    }
}
