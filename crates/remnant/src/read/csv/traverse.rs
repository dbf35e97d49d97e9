//! Points that are given by bearing and distance from another one.

use std::collections::HashMap;

use geo_types::Coord;
use remnant_geometry::measure::{destination, distance};

use super::vertices::Corner;
use crate::read::Bearings;
use crate::read::extent::Extent;

/// How a point is reached.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leg {
    /// The number of the point that it begins at; the one before where it is not named.
    pub(super) from: Option<String>,
    /// In degrees, clockwise from north.
    pub(super) bearing: f64,
    /// In metres.
    pub(super) distance: f64,
}

/// A last point this near to the first, by the length of the traverse, is the first again.
const CLOSES: f64 = 0.05;

/// A leg is longer than this in no survey on foot.
const LONGEST_M: f64 = 100_000.0;

/// Gives points without coordinates their places; the error says why one has none. Where a traverse comes back to a
/// point whose place is known, the misclosure is a note. Nothing is adjusted: coordinates go before legs.
pub(super) fn walk(
    corners: &mut [Corner],
    degrees: bool,
    bearings: Option<Bearings>,
    extent: &mut Extent,
    notes: &mut Vec<String>,
) -> Result<(), String> {
    if corners.iter().all(|c| c.leg.is_none()) {
        return match corners.iter().find(|c| c.place.is_none()) {
            Some(corner) => Err(format!("point {} has neither coordinates nor bearing and distance", corner.label)),
            None => Ok(()),
        };
    }
    if corners.iter().all(|c| c.place.is_some()) && bearings.is_none() {
        // Every point has coordinates, which count; the legs would only be a check.
        return Ok(());
    }
    let reach = corners.iter().filter_map(|c| c.leg.as_ref()).map(|l| l.distance.abs()).sum::<f64>();
    let refused = refusal(corners, degrees, bearings);
    if let Some(why) = refused {
        // The points lie no farther from the known ones than all legs together; a degree has at least 55 km there.
        if let (true, Some([x_min, y_min, x_max, y_max])) = (degrees && reach < LONGEST_M * 10.0, extent.bounds()) {
            let (dx, dy) = (reach / 19_000.0, reach / 110_000.0);
            extent.add(x_min - dx, y_min - dy);
            extent.add(x_max + dx, y_max + dy);
        }
        return Err(why);
    }
    let turn = match bearings {
        Some(Bearings::Magnetic { declination_deg }) => declination_deg,
        _ => 0.0,
    };
    let numbers: HashMap<String, usize> = corners.iter().enumerate().map(|(at, c)| (c.label.clone(), at)).collect();
    let (mut legs, mut length) = (0_u32, 0.0);
    let mut worst: Option<(f64, String, f64)> = None;
    for at in 0..corners.len() {
        let Some(corner) = corners.get(at).cloned() else { continue };
        let Some(leg) = corner.leg else {
            if corner.place.is_none() {
                return Err(format!("point {} has neither coordinates nor bearing and distance", corner.label));
            }
            continue;
        };
        let from = match &leg.from {
            Some(from) => numbers.get(from).copied().filter(|f| *f != at),
            None => at.checked_sub(1),
        };
        let start = from.and_then(|f| corners.get(f)).and_then(|c| c.place);
        let Some(start) = start else {
            let from = leg.from.as_deref().unwrap_or("the one before it");
            return Err(format!("point {} is measured from {from}, whose place is not known", corner.label));
        };
        let [x, y] = destination([start.x, start.y], leg.bearing + turn, leg.distance);
        (legs, length) = (legs + 1, length + leg.distance);
        match corner.place {
            Some(stated) => {
                let gap = distance([x, y], [stated.x, stated.y]);
                if worst.as_ref().is_none_or(|w| gap > w.0) {
                    worst = Some((gap, corner.label, length));
                }
            }
            None => {
                extent.add(x, y);
                if let Some(held) = corners.get_mut(at) {
                    held.place = Some(Coord { x, y });
                }
            }
        }
    }
    if let Some((gap, label, length)) = worst {
        notes.push(format!(
            "its traverse reaches point {label} after {length:.1} m and misses its coordinates by {gap:.2} m ({}), the most \
             of its points; coordinates are used where there are any",
            ratio(gap, length)
        ));
    }
    let mut ring = corners.iter().filter(|c| c.corner);
    if let (Some(Corner { place: Some(first), .. }), Some(Corner { place: Some(last), leg: Some(_), .. })) =
        (ring.next(), ring.next_back())
        && legs > 2
    {
        let gap = distance([first.x, first.y], [last.x, last.y]);
        if gap < CLOSES * length {
            notes.push(format!(
                "its traverse of {legs} legs and {length:.1} m ends {gap:.2} m from its first corner ({}); nothing was adjusted",
                ratio(gap, length)
            ));
        }
    }
    Ok(())
}

/// Why the legs can't be followed.
fn refusal(corners: &[Corner], degrees: bool, bearings: Option<Bearings>) -> Option<String> {
    if !degrees {
        return Some("bearings are followed from longitudes and latitudes only, and the table has x and y".into());
    }
    if bearings.is_none() {
        let say = "bearings = \"true\", or bearings = \"magnetic\" with declination_deg, in its [[layer]] of the project file";
        return Some(format!("it is not stated whether bearings are true or magnetic: say so with {say}"));
    }
    let bad = corners
        .iter()
        .filter_map(|c| Some((c, c.leg.as_ref()?)))
        .find(|(_, leg)| !(-360.0..=360.0).contains(&leg.bearing) || !(0.0..=LONGEST_M).contains(&leg.distance));
    bad.map(|(corner, leg)| {
        format!(
            "point {} lies {} m at {} degrees, which is no leg of a survey",
            corner.label, leg.distance, leg.bearing
        )
    })
}

/// A misclosure as surveyors give it.
fn ratio(gap: f64, length: f64) -> String {
    let parts = length / gap;
    if parts.is_finite() { format!("1:{parts:.0}") } else { "no misclosure".into() }
}
