//! The ground within the safety distance of zones, as covers, so that what lies there is told by faces.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use remnant_geometry::grow::{grown, grown_box};
use remnant_geometry::plane::TURN;
use remnant_geometry::{Bounds, Footprint, Point};
use rstar::{AABB, RTree};

use super::reaching::{Entry, entry};
use crate::error::Result;
use crate::records::{HazardGround, Survey, Zone};
use crate::settings::Settings;
use crate::store::Store;

/// The reach of every zone that a hazard's box lies within the safety distance of, with the zone's number. The others
/// have no contaminated land to be cleared, whatever the date.
pub(super) fn reaches(survey: &Survey, settings: &Settings, store: &Store) -> Result<Vec<(u32, Footprint)>> {
    // Zones are few and hazards many, so that the boxes of the former are indexed.
    let around = |(zone, number): (&Zone, u32)| {
        let Bounds { min, max } = grown_bounds(&zone.ground, settings.safety_distance_m);
        TURNS.map(|turn| entry(Bounds { min: turned(min, turn), max: turned(max, turn) }, number))
    };
    let boxes = RTree::bulk_load(survey.zones.iter().zip(0..).flat_map(around).collect());
    let near: Vec<AtomicBool> = survey.zones.iter().map(|_| AtomicBool::new(false)).collect();
    survey.hazards.par_iter().for_each(|hazard| {
        if let HazardGround::Area(ground) = &hazard.ground {
            let met = boxes.locate_in_envelope_intersecting(envelope(&ground.bounds()));
            met.for_each(|entry| near[entry.data as usize].store(true, Ordering::Relaxed));
        }
    });
    let zones: Vec<(&Zone, u32)> = survey
        .zones
        .iter()
        .zip(0..)
        .zip(near)
        .filter(|(_, near)| near.load(Ordering::Relaxed))
        .map(|(z, _)| z)
        .collect();
    let grow = |&(zone, number): &(&Zone, u32)| (number, grown(&zone.ground, settings.safety_distance_m));
    let mut reaches = Vec::with_capacity(zones.len());
    for some in zones.chunks(GROWN_AT_ONCE) {
        let mut some: Vec<(u32, Footprint)> = some.par_iter().map(grow).collect();
        // What is grown has many corners, far more than the zone.
        store.keep(some.iter_mut().map(|(_, ground)| ground))?;
        reaches.append(&mut some);
    }
    Ok(reaches)
}

/// Zones that are grown before it is seen whether memory has room for more.
const GROWN_AT_ONCE: usize = 4096;

/// A box may lie across the antimeridian, and what it meets on the other side.
const TURNS: [i64; 3] = [-TURN, 0, TURN];

fn turned(p: Point, turn: i64) -> Point {
    Point { x: p.x + turn, y: p.y }
}

fn envelope(bounds: &Bounds) -> AABB<[i64; 2]> {
    AABB::from_corners([bounds.min.x, bounds.min.y], [bounds.max.x, bounds.max.y])
}

/// The entries of an index whose boxes come within a distance in metres of a footprint's box, in ascending order.
pub(super) fn within(boxes: &RTree<Entry>, ground: &Footprint, metres: f64) -> Vec<u32> {
    let Bounds { min, max } = grown_bounds(ground, metres);
    let around = TURNS.map(|turn| envelope(&Bounds { min: turned(min, turn), max: turned(max, turn) }));
    let found = around.into_iter().flat_map(|envelope| boxes.locate_in_envelope_intersecting(envelope));
    let mut found: Vec<u32> = found.map(|entry| entry.data).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The box of a footprint with a margin in metres.
pub(super) fn grown_bounds(ground: &Footprint, metres: f64) -> Bounds {
    let (min, max) = grown_box(ground, metres);
    Bounds { min, max }
}
