//! Hazards that were set aside and could lie in a zone or near it, by the boxes of their readable coordinates.

use remnant_geometry::measure::{Chord, chords};
use remnant_geometry::plane::{HALF_TURN, TURN};
use remnant_geometry::{Bounds, Footprint, Point};
use rstar::{AABB, RTree};

use super::live::distance_within;
use super::reach::grown_bounds;
use super::reaching::{Entry, entry};
use crate::records::LostHazard;

/// The boxes of hazards that were set aside.
pub(super) struct LostBoxes<'a> {
    hazards: &'a [LostHazard],
    boxes: RTree<Entry>,
}

impl<'a> LostBoxes<'a> {
    pub fn new(hazards: &'a [LostHazard]) -> Self {
        let entries = (0..).zip(hazards).flat_map(|(i, hazard)| {
            let parts = hazard.bounds.map(parts).unwrap_or_default();
            parts.into_iter().map(move |[min, max]| entry(Bounds { min, max }, i))
        });
        Self { hazards, boxes: RTree::bulk_load(entries.collect()) }
    }

    /// The hazards that could lie in a zone or within a distance in metres of it, in the order of the survey.
    pub fn near(&self, ground: &Footprint, border: &[Chord], metres: f64) -> Vec<&'a LostHazard> {
        if self.boxes.size() == 0 {
            return Vec::new();
        }
        let Bounds { min, max } = grown_bounds(ground, metres);
        let mut found: Vec<u32> = [-TURN, 0, TURN]
            .into_iter()
            .flat_map(|turn| {
                let envelope = AABB::from_corners([min.x - turn, min.y], [max.x - turn, max.y]);
                self.boxes.locate_in_envelope_intersecting(envelope).map(|entry| entry.data)
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        let near = |hazard: &&LostHazard| hazard.bounds.is_some_and(|b| box_near(ground, border, b, metres));
        found.into_iter().map(|i| &self.hazards[i as usize]).filter(near).collect()
    }
}

/// A box in one part, or in two where it crosses the antimeridian.
fn parts([low, high]: [Point; 2]) -> Vec<[Point; 2]> {
    if low.x <= high.x {
        return vec![[low, high]];
    }
    let (west, east) = (Point { x: HALF_TURN, y: high.y }, Point { x: -HALF_TURN, y: low.y });
    vec![[low, west], [east, high]]
}

/// Whether a hazard somewhere in a box could lie in a zone or within a distance of it.
fn box_near(ground: &Footprint, border: &[Chord], bounds: [Point; 2], reach: f64) -> bool {
    parts(bounds).into_iter().any(|part| part_near(ground, border, part, reach))
}

fn part_near(ground: &Footprint, border: &[Chord], [low, high]: [Point; 2], reach: f64) -> bool {
    // What of the box can be near enough.
    let bounds = grown_bounds(ground, reach);
    [-TURN, 0, TURN].into_iter().any(|turn| {
        let west = (low.x + turn).max(bounds.min.x);
        let limit = (high.x + turn).min(bounds.max.x);
        let (south, top) = (low.y.max(bounds.min.y), high.y.min(bounds.max.y));
        west <= limit && south <= top && {
            let corner = |x, y| Point { x, y };
            let corners = [corner(west, south), corner(limit, south), corner(limit, top), corner(west, top)];
            meets_box(ground, border, corners, reach)
        }
    })
}

/// Whether a zone and a box share a point or come within a distance of each other.
fn meets_box(ground: &Footprint, border: &[Chord], corners: [Point; 4], reach: f64) -> bool {
    let (low, high) = (corners[0], corners[2]);
    let inside = |p: Point| low.x <= p.x && p.x <= high.x && low.y <= p.y && p.y <= high.y;
    if corners.iter().any(|&c| ground.covers(c).unwrap_or(true)) || ground.edges().any(|(p, _)| inside(p)) {
        return true;
    }
    let sides: Vec<Chord> = (0..4).flat_map(|i| chords(corners[i], corners[(i + 1) % 4])).collect();
    distance_within(border, sides, reach).is_some()
}

#[cfg(test)]
mod tests {
    use remnant_geometry::RawPolygon;

    use super::*;
    use crate::records::Origin;

    #[test]
    fn hazards_that_could_lie_near_are_those_of_each_with_each() {
        let mut state = 9_u64;
        let mut unit = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        for [x, y] in [[46.0, 40.0], [179.99, -17.0], [-180.0, 3.0], [30.0, 89.98]] {
            let hazards: Vec<LostHazard> = (0..300)
                .map(|i| {
                    let turned = |x: f64| (x + 540.0).rem_euclid(360.0) - 180.0;
                    let (west, south) = (x + 0.1 * (unit() - 0.5), (y + 0.02 * (unit() - 0.5)).min(89.99));
                    let low = Point::from_degrees(turned(west), south);
                    let high = Point::from_degrees(turned(west + 0.02 * unit()), (south + 0.005 * unit()).min(90.0));
                    let bounds = (i % 9 != 0).then_some([low, high]);
                    LostHazard { origin: Origin::default(), id: format!("L{i}"), stated_area_m2: None, bounds }
                })
                .collect();
            let ring = vec![[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]];
            let zone = Footprint::new(&[RawPolygon { rings: vec![ring] }]).expect("an area").0;
            let border: Vec<Chord> = zone.edges().flat_map(|(p, q)| chords(p, q)).collect();
            for metres in [0.0, 100.0, 1500.0] {
                let got = LostBoxes::new(&hazards).near(&zone, &border, metres);
                let near = |h: &&LostHazard| h.bounds.is_some_and(|b| box_near(&zone, &border, b, metres));
                let want: Vec<&LostHazard> = hazards.iter().filter(near).collect();
                assert_eq!(got, want, "{x} {y} {metres}");
                assert!(got.len() > 10, "{x} {y}");
            }
        }
    }
}
