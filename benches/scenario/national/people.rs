//! Settlement zones and incidents.

use super::super::geodesy::in_polygons;
use super::super::random::{Random, day_of, iso_date};
use super::super::shapes::{self, Plane, UNITS};
use super::boundaries::Rayon;
use super::hazards::{ELSEWHERE, Land, MAIN};
use super::mesh::{CellId, middle, neighbours};
use super::{Feature, Shape};
use serde_json::json;

const VILLAGES: usize = 160;
const INCIDENTS: usize = 150;

/// Zones: real places as points with a radius, and made-up villages as polygons.
#[must_use]
pub fn zones(seed: u64, land: &Land, rayons: &[Rayon], places: &str) -> Vec<Feature> {
    let mut rng = Random::new(seed, 160, 0);
    let mut out = Vec::new();
    for line in places.lines() {
        let f: Vec<&str> = line.split('\t').collect();
        let number = |k: usize| f.get(k).and_then(|v| v.parse::<f64>().ok());
        let (Some(lat), Some(lon)) = (number(4), number(5)) else { continue };
        let p = [(lon * UNITS).round() as i32, (lat * UNITS).round() as i32];
        let Some(home) = rayons.iter().find(|r| in_polygons(&r.land, p)) else { continue };
        let main = MAIN.contains(&home.code.as_str());
        if !main && !ELSEWHERE.iter().any(|e| e.0 == home.code) {
            continue;
        }
        let people = number(14).unwrap_or(0.0);
        let radius = (300.0 + 6.0 * libm::sqrt(people)).clamp(400.0, 2_000.0);
        let waiting = if main { rng.between(120, 6_400) } else { rng.between(0, 90) };
        out.push(Feature {
            properties: vec![
                ("id", json!(format!("AZ-ZN-{:03}", out.len() + 1))),
                ("name", json!(f[1])),
                ("geonames_id", json!(f[0].parse::<u64>().unwrap_or(0))),
                ("district", json!(home.name)),
                ("radius_m", json!(radius.round() as i64)),
                ("people_waiting", json!(waiting)),
                ("source", json!("GeoNames; radius_m and people_waiting synthetic")),
            ],
            shape: Shape::Point(p),
        });
    }
    let room = |id: CellId| neighbours(id).iter().all(|n| land.cells.contains_key(n));
    let sites: Vec<CellId> =
        land.cells.iter().filter(|(id, c)| MAIN.contains(&c.code.as_str()) && room(**id)).map(|(&id, _)| id).collect();
    for k in 0..VILLAGES {
        let id = sites[rng.below(sites.len() as u64) as usize];
        let c = middle(&land.cells[&id].ring).map(|v| f64::from(v) / UNITS);
        let (radius, vertices) = (rng.range(160.0, 620.0), rng.between(9, 16) as usize);
        let polygon = shapes::blob(&mut rng, &Plane::at(c[0], c[1]), radius, vertices, false);
        let district = rayons.iter().find(|r| r.code == land.cells[&id].code).map(|r| r.name.clone());
        out.push(Feature::polygons(
            vec![
                ("id", json!(format!("AZ-ZN-{:03}", out.len() + 1))),
                ("name", json!(format!("Village {:03}", k + 1))),
                ("district", json!(district)),
                ("people_waiting", json!(rng.between(0, 1_900))),
                ("source", json!("synthetic")),
            ],
            vec![polygon],
        ));
    }
    out
}

/// Incidents, most of them since the war of 2020, some outside every recorded hazard.
#[must_use]
pub fn incidents(seed: u64, land: &Land) -> Vec<Feature> {
    let mut rng = Random::new(seed, 170, 0);
    let known: Vec<CellId> = land.states.keys().copied().collect();
    let all: Vec<CellId> =
        land.cells.iter().filter(|(_, c)| MAIN.contains(&c.code.as_str())).map(|(&id, _)| id).collect();
    (0..INCIDENTS)
        .map(|k| {
            let from = if rng.chance(0.6) { &known } else { &all };
            let cell = &land.cells[&from[rng.below(from.len() as u64) as usize]];
            let m = middle(&cell.ring);
            let p = [m[0] + rng.between(-200, 200) as i32 * 100, m[1] + rng.between(-150, 150) as i32 * 100];
            let day = if rng.chance(0.8) {
                Some(rng.between(day_of(2020, 11, 12), day_of(2025, 11, 30)))
            } else if rng.chance(0.85) {
                Some(rng.between(day_of(1994, 6, 1), day_of(2020, 9, 1)))
            } else {
                None
            };
            let killed = i64::from(rng.chance(0.28)) + i64::from(rng.chance(0.05));
            let injured = if killed == 0 { rng.between(1, 2) } else { i64::from(rng.chance(0.4)) };
            Feature {
                properties: vec![
                    ("id", json!(format!("AZ-IN-{:03}", k + 1))),
                    ("date", json!(day.map(iso_date))),
                    ("killed", json!(killed)),
                    ("injured", json!(injured)),
                    ("source", json!("synthetic")),
                ],
                shape: Shape::Point(p),
            }
        })
        .collect()
}
