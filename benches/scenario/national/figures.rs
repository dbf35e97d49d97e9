//! What must come out, and the devices that add up to the published counts.

use super::super::random::{Random, day_of};
use super::Value;
use super::hazards::{BASELINE, Hazard, Land};
use super::releases::{ELSEWHERE_2025, RELEASED_2024, RELEASED_2025, Release};
use serde_json::{Map, json};

/// Published: mines found by the end of 2024 (of both sorts together), and explosive remnants.
pub const MINES_2024: u64 = 56_460;
/// See [`MINES_2024`].
pub const ERW_2024: u64 = 121_188;
/// Made up: the mines of 2024 are split so between anti-personnel and anti-vehicle ones.
const AP_2024: u64 = 36_123;
/// Made up: devices of 2025, for which no figure fits the same bounds.
const FOUND_2025: [u64; 3] = [9_204, 4_518, 37_806];

fn by_2024(r: &Release) -> bool {
    r.day.is_none_or(|d| d <= day_of(2024, 12, 31))
}

/// Splits the devices over the releases; the parts add up to the published counts.
pub fn share_devices(seed: u64, releases: &mut [Release]) {
    let mut rng = Random::new(seed, 150, 0);
    let spread = |rng: &mut Random, list: &mut Vec<&mut Release>, counts: [u64; 3]| {
        for (k, total) in counts.into_iter().enumerate() {
            // Few areas hold most devices, and many hold none, as in real reports.
            let weights: Vec<f64> = list
                .iter()
                .map(|_| {
                    let u = rng.unit();
                    if u < 0.45 { 0.0 } else { u * u * u / (1.03 - rng.unit()) }
                })
                .collect();
            let sum: f64 = weights.iter().sum();
            let mut left = total;
            for (r, w) in list.iter_mut().zip(&weights) {
                let part = ((total as f64 * w / sum).floor() as u64).min(left);
                r.devices[k] = part;
                left -= part;
            }
            list[0].devices[k] += left.min(3);
            left -= left.min(3);
            let with: Vec<usize> = (0..list.len()).filter(|&n| weights[n] > 0.0).collect();
            for n in 0..left as usize {
                list[with[n % with.len()]].devices[k] += 1;
            }
        }
    };
    let (mut early, mut late): (Vec<_>, Vec<_>) = releases.iter_mut().filter(|r| r.counts).partition(|r| by_2024(r));
    spread(&mut rng, &mut early, [AP_2024, MINES_2024 - AP_2024, ERW_2024]);
    spread(&mut rng, &mut late, FOUND_2025);
}

/// The content of `expected.json`.
#[must_use]
pub fn expected(land: &Land, register: &[Hazard], releases: &[Release]) -> Value {
    let sum = |k: usize, early: bool| -> u64 {
        releases.iter().filter(|r| r.counts && by_2024(r) == early).map(|r| r.devices[k]).sum()
    };
    let mut districts = Map::new();
    for (code, hectares) in RELEASED_2025 {
        districts.insert(code.into(), json!(hectares));
    }
    let elsewhere: Map<String, Value> = ELSEWHERE_2025.iter().map(|(c, h)| ((*c).into(), json!(h))).collect();
    let contaminated: f64 = land.states.keys().map(|id| land.cells[id].area).sum();
    json!({
        "note": "The records are synthetic; the figures are what they were made to add up to. Areas are ellipsoidal (WGS 84), with edges straight in longitude and latitude. Districts: districts-2023.geojson.",
        "tolerance_ha": 0.05,
        "published": {
            "2024-12-31": {
                "baseline_km2": {"value": BASELINE / 1e6, "source": "vestikavkaza.ru, material 171419 (Oct 2024)"},
                "released_ha": {"value": RELEASED_2024, "source": "national total to the end of 2024, 'nearly 180 thousand' in azertag 3462743"},
                "released_share": {"value": 0.154, "source": "179,791.8 ha of 11,667 km2"},
                "mines": {"value": MINES_2024, "fields": ["ap_mines", "av_mines"]},
                "erw": {"value": ERW_2024, "fields": ["erw"]}
            },
            "2025": {
                "since": "2024-12-31", "as_of": "2025-12-31",
                "released_ha_by_district": {"value": districts, "source": "report.az, annual figures published 13 Mar 2026"},
                "released_ha_elsewhere": {"value": 2_269.5, "source": "report.az, annual figures published 13 Mar 2026"},
                "released_ha": {"value": 69_205.7, "source": "sum of the above; 'about 69,200' in azernews 255670"}
            },
            "2025-12-31": {"released_ha": {"value": 248_997.5, "source": "sum of the above; 'about 249,000' in azernews 255670"}}
        },
        "made_up": {
            "released_ha_2025_elsewhere_by_district": elsewhere,
            "ap_mines_2024": sum(0, true), "av_mines_2024": sum(1, true), "erw_2024": sum(2, true),
            "ap_mines_2025": sum(0, false), "av_mines_2025": sum(1, false), "erw_2025": sum(2, false),
            "hazards": register.len(), "releases": releases.len(),
            "cells_area_km2": (contaminated / 1e4).round() / 100.0
        }
    })
}
