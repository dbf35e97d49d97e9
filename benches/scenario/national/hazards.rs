//! Which land is contaminated, and the hazardous areas recorded on it.

use super::super::geodesy::{Cut, area, dissolve, in_ring, ring_area, segments_meet};
use super::super::random::{Random, day_of, iso_date};
use super::super::shapes::{self, Plane, Point, Polygon, UNITS};
use super::boundaries::{AGHDARA, Rayon};
use super::mesh::{self, Cell, CellId};
use super::{Feature, Properties, Shape};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Published contaminated territory, in square metres.
pub const BASELINE: f64 = 11_667e6;
/// The thirteen districts of the published table, and Aghdara among them.
pub const MAIN: [&str; 13] = [
    "AZ-CAB", "AZ-LAC", "AZ-FUZ", "AZ-XVD", AGHDARA, "AZ-AGM", "AZ-XCI", "AZ-ZAN", "AZ-QBI", "AZ-KAL", "AZ-SUS",
    "AZ-XA", "AZ-TAR",
];
/// The other districts with contamination: a place on their front, and square kilometres there.
pub const ELSEWHERE: [(&str, f64, f64, f64); 7] = [
    ("AZ-AGC", 47.22, 39.95, 70.0),
    ("AZ-BEY", 47.50, 39.66, 55.0),
    ("AZ-GOR", 46.60, 40.36, 60.0),
    ("AZ-QAZ", 45.15, 41.05, 35.0),
    ("AZ-AGA", 45.38, 41.02, 22.0),
    ("AZ-TOV", 45.62, 40.82, 22.0),
    ("AZ-GAD", 45.58, 40.55, 18.0),
];

/// What has been recorded on a cell so far.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Latest day on which a hazard was recorded here; 0 when only undated ones were.
    pub last_hazard: i64,
    /// Whether a dated hazard lies here.
    pub dated: bool,
    /// Earliest hazard.
    pub first_hazard: i64,
    /// Day on which each half was released, if it is released now.
    pub released: [Option<i64>; 2],
    /// Reserved: no release may take it.
    pub taken: bool,
}

/// The land of the example.
pub struct Land {
    /// All cells of the affected districts.
    pub cells: BTreeMap<CellId, Cell>,
    /// The contaminated ones, and what was recorded on them.
    pub states: BTreeMap<CellId, State>,
    /// The piece of a cell that completes the published area, and that cell.
    pub last: (CellId, Polygon),
}

/// A hazardous area.
#[derive(Clone, Debug)]
pub struct Hazard {
    /// Number from which the id is made.
    pub number: usize,
    /// Class as it is spelt in the record.
    pub class: String,
    /// Date as it stands in the record.
    pub date: Option<String>,
    /// Further fields.
    pub more: Properties,
    /// Its geometry.
    pub shape: Shape,
}

impl Hazard {
    /// The feature as it is written.
    #[must_use]
    pub fn feature(&self) -> Feature {
        let id = self
            .more
            .iter()
            .find(|m| m.0 == "id")
            .map_or_else(|| json!(format!("AZ-HA-{:05}", self.number)), |m| m.1.clone());
        let mut p = vec![("id", id), ("class", json!(self.class)), ("date", json!(self.date))];
        p.extend(self.more.iter().filter(|m| m.0 != "id").cloned());
        p.push(("source", json!("synthetic")));
        Feature { properties: p, shape: self.shape.clone() }
    }
}

/// Smooth random ground: where it is low, no hazards are recorded.
fn ground(seed: u64, lon: f64, lat: f64) -> f64 {
    let (x, y) = (lon * 11.0, lat * 14.0);
    let (cx, cy) = (x.floor(), y.floor());
    let smooth = |t: f64| t * t * (3.0 - 2.0 * t);
    let (fx, fy) = (smooth(x - cx), smooth(y - cy));
    let at =
        |dx: f64, dy: f64| Random::new(seed, 110, ((cx + dx) as i64 as u64) << 32 | (cy + dy) as i64 as u64).unit();
    let low = at(0.0, 0.0) * (1.0 - fx) + at(1.0, 0.0) * fx;
    let high = at(0.0, 1.0) * (1.0 - fx) + at(1.0, 1.0) * fx;
    low * (1.0 - fy) + high * fy
}

impl Land {
    /// Chooses the contaminated land so that it has exactly the published area.
    #[must_use]
    pub fn survey(seed: u64, rayons: &[Rayon]) -> Self {
        let codes: Vec<&str> = MAIN.into_iter().chain(ELSEWHERE.iter().map(|e| e.0)).collect();
        let cells = mesh::cells(seed, rayons, &codes);
        let mut chosen: Vec<CellId> = Vec::new();
        let mut total = 0.0;
        let degrees = |c: &Cell| mesh::middle(&c.ring).map(|v| f64::from(v) / UNITS);
        for (code, lon, lat, km2) in ELSEWHERE {
            let mut near: Vec<(f64, CellId)> = cells
                .iter()
                .filter(|(_, c)| c.code == code)
                .map(|(&id, c)| {
                    let [x, y] = degrees(c);
                    let far = (x - lon) * (x - lon) * 0.59 + (y - lat) * (y - lat);
                    (far * (0.4 + 1.2 * ground(seed, x * 3.0, y * 3.0)), id)
                })
                .collect();
            near.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut got = 0.0;
            for (_, id) in near {
                if got > km2 * 1e6 {
                    break;
                }
                got += cells[&id].area;
                chosen.push(id);
            }
            total += got;
        }
        let mut main: Vec<(f64, CellId)> = cells
            .iter()
            .filter(|(_, c)| MAIN.contains(&c.code.as_str()))
            .map(|(&id, c)| {
                let [x, y] = degrees(c);
                // The two small districts need their land for their own figures.
                let small = c.code == "AZ-XA" || c.code == "AZ-SUS";
                (ground(seed, x, y) + if small { 1.0 } else { 0.0 }, id)
            })
            .collect();
        main.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut last = None;
        for (_, id) in main {
            let cell = &cells[&id];
            if total + cell.area > BASELINE {
                let cut = Cut::for_area(&cell.ring, (1.0, 0.2), BASELINE - total);
                let (kept, _, _) = cut.split(&cell.ring);
                let largest = kept.into_iter().max_by(|a, b| ring_area(a).total_cmp(&ring_area(b)));
                last = Some((id, vec![largest.expect("the cut keeps some land")]));
                break;
            }
            total += cell.area;
            chosen.push(id);
        }
        let last = last.expect("the affected districts have more land than is contaminated");
        Self { states: chosen.into_iter().map(|id| (id, State::default())).collect(), cells, last }
    }
}

/// The outline of a set of cells.
#[must_use]
pub fn outline(land: &Land, cells: &[CellId]) -> Vec<Polygon> {
    dissolve(cells.iter().map(|id| &land.cells[id].ring))
}

const SUSPECTED: [&str; 5] = ["SHA", "suspected", "sha", "Suspected Hazardous Area", "Suspected "];
const CONFIRMED: [&str; 5] = ["CHA", "confirmed", "Confirmed Hazardous Area", "DHA", "cha"];

/// A class in one of its spellings.
pub fn class(rng: &mut Random, confirmed: bool) -> String {
    let words = if confirmed { &CONFIRMED } else { &SUSPECTED };
    let k = if rng.chance(0.6) { 0 } else { rng.below(5) as usize };
    words[k].to_owned()
}

/// When the survey of a hazard may have been made: before the war of 2020, or after it.
fn survey_day(rng: &mut Random, code: &str) -> i64 {
    let early = match code {
        "AZ-FUZ" | "AZ-AGM" | "AZ-TAR" => 0.35,
        "AZ-XVD" | "AZ-CAB" | AGHDARA => 0.08,
        c if MAIN.contains(&c) => 0.03,
        _ => 0.8,
    };
    if rng.chance(early) {
        rng.between(day_of(1995, 6, 1), day_of(2006, 12, 31))
    } else {
        rng.between(day_of(2020, 12, 20), day_of(2024, 9, 30))
    }
}

/// Records hazards on all of the contaminated land, with overlaps that add no land.
#[must_use]
pub fn register(seed: u64, land: &mut Land) -> Vec<Hazard> {
    let mut rng = Random::new(seed, 120, 0);
    let mut out: Vec<Hazard> = Vec::new();
    let mut free: BTreeSet<CellId> = land.states.keys().copied().collect();
    while let Some(&start) = free.first() {
        let want = 1 + (14.0 * rng.unit() * (0.3 + rng.unit())) as usize;
        let mut cells = vec![start];
        free.remove(&start);
        while cells.len() < want {
            // Mostly next to the first cells, so that areas are compact.
            let reach = (cells.len() as u64).min(3);
            let from = cells[rng.below(reach) as usize];
            let near: Vec<CellId> = mesh::neighbours(from).into_iter().filter(|n| free.contains(n)).collect();
            let any = || cells.iter().flat_map(|&c| mesh::neighbours(c)).find(|n| free.contains(n));
            let next = match near.len() {
                0 => any(),
                n => Some(near[rng.below(n as u64) as usize]),
            };
            let Some(next) = next else { break };
            free.remove(&next);
            cells.push(next);
        }
        let day = survey_day(&mut rng, &land.cells[&start].code);
        let undated = rng.chance(0.02);
        if rng.chance(0.22) {
            // Grown into a neighbour: the two records overlap, and the land counts once.
            let grown: Vec<CellId> = cells
                .iter()
                .flat_map(|&c| mesh::neighbours(c))
                .filter(|n| land.states.contains_key(n) && !cells.contains(n))
                .take(1 + rng.below(3) as usize)
                .collect();
            for n in grown {
                if !cells.contains(&n) {
                    cells.push(n);
                }
            }
        }
        add(&mut rng, land, &mut out, cells, day, undated);
    }
    let (_, piece) = &land.last;
    out.push(record(out.len() + 1, "SHA".into(), Some("2024-09-30".into()), vec![piece.clone()]));
    small_areas(&mut rng, land, &mut out);
    out
}

fn record(number: usize, class: String, date: Option<String>, land: Vec<Polygon>) -> Hazard {
    let stated = area(&land).round();
    Hazard { number, class, date, more: vec![("area_m2", json!(stated as i64))], shape: Shape::Polygons(land) }
}

fn add(rng: &mut Random, land: &mut Land, out: &mut Vec<Hazard>, cells: Vec<CellId>, day: i64, undated: bool) {
    let confirmed = rng.chance(0.3);
    let class = class(rng, confirmed);
    let polygons = outline(land, &cells);
    for id in &cells {
        let s = land.states.get_mut(id).expect("hazards are made of contaminated cells");
        if !undated {
            s.last_hazard = if s.dated { s.last_hazard.max(day) } else { day };
            s.first_hazard = if s.dated { s.first_hazard.min(day) } else { day };
            s.dated = true;
        }
    }
    let date = if undated {
        None
    } else if day >= day_of(2022, 1, 1) && iso_date(day).ends_with("-01") {
        // A partial date stands for the first day of its month, so that this changes nothing.
        Some(iso_date(day)[..7].to_owned())
    } else {
        Some(iso_date(day))
    };
    let mut h = record(out.len() + 1, class, date, polygons);
    if rng.chance(0.3) {
        h.more.push(("accuracy_m", json!(*[5, 10, 25, 50, 100].get(rng.below(5) as usize).expect("below five"))));
    }
    out.push(h);
}

/// Small confirmed areas inside larger suspected ones: minefields that were found and measured.
fn small_areas(rng: &mut Random, land: &mut Land, out: &mut Vec<Hazard>) {
    let ids: Vec<CellId> = land.states.keys().copied().collect();
    for _ in 0..1_050 {
        let id = ids[rng.below(ids.len() as u64) as usize];
        let polygon = inside(rng, &land.cells[&id]);
        let s = land.states.get_mut(&id).expect("the cell is contaminated");
        if !s.dated {
            continue;
        }
        let day = rng.between(s.first_hazard, s.last_hazard.max(s.first_hazard + 400)).min(day_of(2024, 9, 30));
        s.last_hazard = s.last_hazard.max(day);
        let word = class(rng, true);
        let mut h = record(out.len() + 1, word, Some(iso_date(day)), vec![polygon]);
        h.more.push(("accuracy_m", json!(2)));
        out.push(h);
    }
}

/// A small minefield that lies wholly in a cell.
pub fn inside(rng: &mut Random, cell: &Cell) -> Polygon {
    let c = mesh::middle(&cell.ring).map(|v| f64::from(v) / UNITS);
    let plane = Plane::at(c[0], c[1]);
    loop {
        let radius = rng.range(40.0, 190.0);
        let vertices = rng.between(9, 15) as usize;
        let polygon = match rng.below(4) {
            0 => shapes::rectangle(rng, &plane, radius),
            1 => shapes::mine_line(rng, &plane, radius * 0.6, 5),
            _ => shapes::blob(rng, &plane, radius, vertices, false),
        };
        let crosses = |e: &[Point]| cell.ring.windows(2).any(|c| segments_meet(c[0], c[1], e[0], e[1]));
        if in_ring(&cell.ring, polygon[0][0]) && !polygon[0].windows(2).any(crosses) {
            return polygon;
        }
    }
}
