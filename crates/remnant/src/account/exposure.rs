//! What people use, as far as it lies on contaminated land.
//!
//! Polygons are covers like any other: their faces are exact, and overlapping polygons of one theme count once. Lines are
//! cut where they cross a border, points are judged where they lie ([`Ground`]). Lengths are rounded to the millimetre
//! for each feature and place, once, and then only added.

use std::collections::BTreeMap;

use rayon::prelude::*;
use remnant_geometry::measure::length_m;
use rustc_hash::FxHashMap;

use super::events::Covers;
use super::ground::Ground;
use super::planning::{PlanningLand, Where};
use crate::records::{Exposed, Survey};
use crate::report::{Check, Exposure, SquareMetres};

/// The figures of every place and zone, by theme.
pub(super) struct Exposures {
    /// The districts in order, and the land outside.
    pub places: Vec<Vec<Exposure>>,
    pub total: Vec<Exposure>,
    pub zones: Vec<Vec<Exposure>>,
    /// Lines keep their length when they are cut.
    pub check: Option<Check>,
}

/// What one feature has in the places and zones that it lies in: metres, and whether any of it is exposed.
#[derive(Default)]
struct Measured {
    metres: BTreeMap<(Where, bool), f64>,
    exposed: BTreeMap<Where, bool>,
    whole: f64,
}

impl Measured {
    fn note(&mut self, place: u32, zones: &[u32], exposed: bool) -> Vec<Where> {
        let all: Vec<Where> =
            std::iter::once(Where::Place(place)).chain(zones.iter().map(|&z| Where::Zone(z))).collect();
        for &w in &all {
            *self.exposed.entry(w).or_default() |= exposed;
        }
        all
    }
}

/// The lines and points of a feature, cut and judged.
fn measure(feature: &Exposed, ground: &Ground<'_>) -> Measured {
    let mut measured = Measured::default();
    for edge in feature.lines.iter().flat_map(|line| line.windows(2)) {
        let (pieces, ends) = ground.pieces(edge[0], edge[1], &[]);
        measured.whole += length_m(edge[0], edge[1]);
        for piece in pieces {
            let metres = length_m(piece.from, piece.to);
            for w in measured.note(piece.spot.place, &piece.spot.zones, piece.spot.contaminated) {
                *measured.metres.entry((w, piece.spot.contaminated)).or_default() += metres;
            }
        }
        // A line that touches contaminated land in one point is exposed there, without a length. Where it only touches
        // a district or zone, it does not lie in it.
        for spot in ends.iter().filter(|spot| spot.contaminated) {
            for w in std::iter::once(Where::Place(spot.place)).chain(spot.zones.iter().map(|&z| Where::Zone(z))) {
                measured.exposed.entry(w).and_modify(|exposed| *exposed = true);
            }
        }
    }
    for &point in &feature.points {
        let spot = ground.at(point);
        measured.note(spot.place, &spot.zones, spot.contaminated);
    }
    measured
}

/// Millimetres, so that sums don't depend on their order.
fn millimetres(metres: f64) -> i64 {
    (metres * 1e3).round() as i64
}

/// Everything that is known of what people use; `None` where no such layer is given.
pub(super) fn exposures(
    survey: &Survey,
    covers: &Covers<'_>,
    land: &PlanningLand,
    ground: &Ground<'_>,
) -> Option<Exposures> {
    if covers.themes.is_empty() {
        return None;
    }
    let places = covers.outside() as usize + 1;
    let blank = |theme: &&str| Exposure::none(theme);
    let row = || covers.themes.iter().map(blank).collect::<Vec<_>>();
    let mut all =
        Exposures { places: vec![row(); places], total: row(), zones: vec![row(); covers.zones.len()], check: None };
    let measured: Vec<Measured> = survey.exposures.par_iter().map(|f| measure(f, ground)).collect();
    let mut lengths: FxHashMap<(u32, Where, bool), i64> = FxHashMap::default();
    let mut features: FxHashMap<(u32, Where), bool> = FxHashMap::default();
    let (mut cut, mut whole, mut atoms) = (0, 0.0, 0.0);
    let theme =
        |feature: usize| covers.themes.partition_point(|&t| t < survey.exposures[feature].theme.as_str()) as u32;
    for (number, feature) in measured.iter().enumerate() {
        whole += feature.whole;
        for (&(w, contaminated), &metres) in &feature.metres {
            *lengths.entry((theme(number), w, contaminated)).or_default() += millimetres(metres);
            if let Where::Place(_) = w {
                cut += millimetres(metres);
                atoms += 1.0;
            }
        }
        for (&w, &exposed) in &feature.exposed {
            *features.entry((number as u32, w)).or_default() |= exposed;
        }
    }
    for (&(feature, w, contaminated), &area) in &land.features {
        // What rounds to nothing is a sliver that the grid has made.
        if SquareMetres::rounded(area) > SquareMetres::ZERO {
            *features.entry((feature, w)).or_default() |= contaminated;
        }
    }
    for (&(theme, w, contaminated), &area) in &land.themes {
        let area = SquareMetres::rounded(area);
        all.each(w, theme, |row| row.add_area(area, contaminated));
    }
    for (&(theme, w, contaminated), &length) in &lengths {
        all.each(w, theme, |row| row.add_length(length, contaminated));
    }
    let mut anywhere: FxHashMap<u32, bool> = FxHashMap::default();
    for (&(feature, w), &exposed) in &features {
        let row = all.row(w, theme(feature as usize));
        row.features += 1;
        row.exposed_features += u64::from(exposed);
        *anywhere.entry(feature).or_default() |= exposed;
    }
    for (feature, exposed) in anywhere {
        let row = &mut all.total[theme(feature as usize) as usize];
        row.features += 1;
        row.exposed_features += u64::from(exposed);
    }
    let difference = (cut as f64 / 1e3 - whole).abs();
    all.check = (whole > 0.0).then(|| Check {
        name: "lines of what people use keep their length when they are cut, within 1 mm for each part".into(),
        // Half a millimetre for the rounding, and as much for the grid at the cuts.
        holds: difference <= 1e-3 * (atoms + 1.0) + 1e-9 * whole,
        difference,
    });
    Some(all)
}

impl Exposures {
    fn row(&mut self, w: Where, theme: u32) -> &mut Exposure {
        let rows = match w {
            Where::Place(place) => &mut self.places[place as usize],
            Where::Zone(zone) => &mut self.zones[zone as usize],
        };
        &mut rows[theme as usize]
    }

    /// Enters a figure where it belongs, and in the total where it is that of a place.
    fn each(&mut self, w: Where, theme: u32, enter: impl Fn(&mut Exposure)) {
        enter(self.row(w, theme));
        if let Where::Place(_) = w {
            enter(&mut self.total[theme as usize]);
        }
    }
}
