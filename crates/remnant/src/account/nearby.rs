//! Incidents, and which of them happened in or near a zone.

use jiff::civil::Date;
use rayon::prelude::*;
use remnant_geometry::measure::{Chord, chord_of, chords};
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};

use crate::records::Survey;
use crate::report::{INCIDENTS_WITHIN_M, IncidentRow, ZoneRow};

/// The incidents that count by a date; every zone is told which of them are near. Undated ones always count.
pub(super) fn incidents(survey: &Survey, as_of: Option<Date>, zones: &mut [ZoneRow]) -> Vec<IncidentRow> {
    let counts = |date: Option<Date>| date.zip(as_of).is_none_or(|(date, as_of)| date <= as_of);
    let rows: Vec<IncidentRow> = survey
        .incidents
        .iter()
        .filter(|incident| counts(incident.date))
        .map(|incident| IncidentRow {
            origin: incident.origin,
            id: incident.id.clone(),
            date: incident.date,
            killed: incident.killed,
            injured: incident.injured,
            place: incident.place,
        })
        .collect();
    let entry = |(row, incident): (usize, &IncidentRow)| GeomWithData::new(chord_of(incident.place).from, row);
    let tree = RTree::bulk_load(rows.iter().enumerate().map(entry).collect());
    zones.par_iter_mut().zip(&survey.zones).for_each(|(row, zone)| {
        let border: Vec<Chord> = zone.ground.edges().flat_map(|(p, q)| chords(p, q)).collect();
        let Some([low, high]) = space_about(&border) else { return };
        for candidate in tree.locate_in_envelope(AABB::from_corners(low, high)) {
            let place = rows[candidate.data].place;
            let distance = if zone.ground.covers(place).unwrap_or(true) {
                0.0
            } else {
                let post = chord_of(place);
                border.iter().map(|chord| chord.geodesic_distance(&post)).fold(f64::INFINITY, f64::min)
            };
            if distance <= INCIDENTS_WITHIN_M {
                row.incidents_near.push((candidate.data, distance));
            }
        }
        row.incidents_near.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    });
    rows
}

/// A box in space that holds everything within the distance of a border and everything on the ground that it encloses.
fn space_about(border: &[Chord]) -> Option<[[f64; 3]; 2]> {
    let first = border.first()?.from;
    let (mut low, mut high) = (first, first);
    for corner in border.iter().flat_map(|chord| [chord.from, chord.to]) {
        for axis in 0..3 {
            low[axis] = low[axis].min(corner[axis]);
            high[axis] = high[axis].max(corner[axis]);
        }
    }
    // Ground inside a border bulges beyond the box of its corners, by less than the box is wide.
    let width = (0..3).map(|axis| high[axis] - low[axis]).fold(0.0, f64::max);
    let margin = INCIDENTS_WITHIN_M + width;
    Some([low.map(|v| v - margin), high.map(|v| v + margin)])
}
