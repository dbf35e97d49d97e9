//! Incidents, and which of them happened in or near a zone.

use jiff::civil::Date;
use rayon::prelude::*;
use remnant_geometry::Point;
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
    if rows.is_empty() {
        return rows;
    }
    let tree = RTree::bulk_load(rows.iter().enumerate().map(entry).collect());
    zones.par_iter_mut().zip(&survey.zones).for_each(|(row, zone)| {
        let border: Vec<Chord> = zone.ground.edges().flat_map(|(p, q)| chords(p, q)).collect();
        let Some([low, high]) = space_about(&border) else { return };
        for candidate in tree.locate_in_envelope(AABB::from_corners(low, high)) {
            let place = rows[candidate.data].place;
            let distance = if zone.ground.covers(place).unwrap_or(true) { 0.0 } else { distance_from(&border, place) };
            if distance <= INCIDENTS_WITHIN_M {
                row.incidents_near.push((candidate.data, distance));
            }
        }
        row.incidents_near.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    });
    rows
}

/// How much nearer than a point and a chord in space the places may be that a geodesic joins, in metres: a chord of
/// 100 m lies less than a fifth of a millimetre below the ground.
const BELOW_M: f64 = 1e-3;

/// The least geodesic distance of a point from the chords of a border, in metres; where it is more than
/// [`INCIDENTS_WITHIN_M`] perhaps infinity.
///
/// Geodesics are never shorter than the way through space between their ends. So they are asked for in the order of the
/// chords, but not of those that lie farther in space than the best one along the ground.
fn distance_from(border: &[Chord], place: Point) -> f64 {
    let post = chord_of(place);
    let mut best = INCIDENTS_WITHIN_M;
    let mut least = f64::INFINITY;
    for chord in border {
        if chord.distance(&post) - BELOW_M <= best {
            let distance = chord.geodesic_distance(&post);
            (least, best) = (least.min(distance), best.min(distance));
        }
    }
    least
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

#[cfg(test)]
mod tests {
    use remnant_geometry::measure::disc;

    use super::*;

    #[test]
    fn the_distance_of_an_incident_is_the_least_geodesic() {
        for centre in [[46.0, 40.0], [179.999, -17.0], [30.0, 89.97]] {
            let zone = disc(centre, 300.0).expect("a disc");
            let border: Vec<Chord> = zone.edges().flat_map(|(p, q)| chords(p, q)).collect();
            for i in 0..200 {
                let step = f64::from(i);
                let wide = centre[1].to_radians().cos();
                let x = centre[0] + 0.02 / wide * ((step * 0.37).sin());
                let x = (x + 540.0).rem_euclid(360.0) - 180.0;
                let place = Point::from_degrees(x, (centre[1] + 0.015 * (step * 0.73).cos()).min(90.0));
                let each = border.iter().map(|chord| chord.geodesic_distance(&chord_of(place)));
                let want = each.fold(f64::INFINITY, f64::min);
                let got = distance_from(&border, place);
                assert!(got == want || (got > INCIDENTS_WITHIN_M && want > INCIDENTS_WITHIN_M), "{got} {want}");
            }
        }
    }
}
