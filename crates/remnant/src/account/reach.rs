//! The ground within the safety distance of zones, as covers, so that what lies there is told by faces.

use rayon::prelude::*;
use remnant_geometry::grow::{grown, grown_box};
use remnant_geometry::plane::TURN;
use remnant_geometry::{Bounds, Footprint};
use rstar::{AABB, RTree};

use super::reaching::{Entry, index};
use crate::records::{HazardGround, Survey};
use crate::settings::Settings;

/// The reach of every zone that a hazard's box lies within the safety distance of, with the zone's number. The others
/// have no contaminated land to be cleared, whatever the date.
pub(super) fn reaches(survey: &Survey, settings: &Settings) -> Vec<(u32, Footprint)> {
    let hazards = survey.hazards.iter().filter_map(|h| match &h.ground {
        HazardGround::Area(ground) => Some(ground),
        HazardGround::Points(_) => None,
    });
    let hazards: Vec<&Footprint> = hazards.collect();
    let boxes = index(&hazards);
    let zones: Vec<_> = survey.zones.iter().zip(0..).collect();
    zones
        .into_par_iter()
        .filter(|(zone, _)| !within(&boxes, &zone.ground, settings.safety_distance_m).is_empty())
        .map(|(zone, number)| (number, grown(&zone.ground, settings.safety_distance_m)))
        .collect()
}

/// The entries of an index whose boxes come within a distance in metres of a footprint's box, in ascending order.
pub(super) fn within(boxes: &RTree<Entry>, ground: &Footprint, metres: f64) -> Vec<u32> {
    let (low, high) = grown_box(ground, metres);
    let mut found: Vec<u32> = [-TURN, 0, TURN]
        .into_iter()
        .flat_map(|turn| {
            let envelope = AABB::from_corners([low.x + turn, low.y], [high.x + turn, high.y]);
            boxes.locate_in_envelope_intersecting(envelope).map(|entry| entry.data)
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The box of a footprint with a margin in metres.
pub(super) fn grown_bounds(ground: &Footprint, metres: f64) -> Bounds {
    let (min, max) = grown_box(ground, metres);
    Bounds { min, max }
}
