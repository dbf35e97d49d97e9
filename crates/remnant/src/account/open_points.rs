//! Open evidence points in zones and near them.

use remnant_geometry::measure::{Chord, chord_of};
use remnant_geometry::plane::HALF_TURN;
use remnant_geometry::{Bounds, Footprint};
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};

use super::live::distance_within;
use super::points::EvidencePoint;
use super::rim::box_of;
use crate::records::Survey;

/// An open evidence point near a zone: its hazard's id, its distance and its accuracy in metres.
pub(super) type PointNear = (String, f64, f64);

/// The open evidence points, to find those in a zone and near it.
pub(super) struct OpenPoints<'a> {
    survey: &'a Survey,
    points: Vec<&'a EvidencePoint>,
    /// On the grid; those on the antimeridian at both longitudes.
    flat: RTree<GeomWithData<[i64; 2], u32>>,
    /// In space, where near is near at the poles and the antimeridian too.
    space: RTree<GeomWithData<[f64; 3], u32>>,
    safety_m: f64,
    /// How far from a zone the vaguest of them still matters, in metres.
    farthest_m: f64,
}

impl<'a> OpenPoints<'a> {
    pub fn new(survey: &'a Survey, evidence: &'a [EvidencePoint], safety_m: f64) -> Self {
        let points: Vec<&EvidencePoint> = evidence.iter().filter(|point| point.open).collect();
        let flat = (0..).zip(&points).flat_map(|(i, point)| {
            let p = point.place;
            let other = (p.x.abs() == HALF_TURN).then_some([-p.x, p.y]);
            [Some([p.x, p.y]), other].into_iter().flatten().map(move |at| GeomWithData::new(at, i))
        });
        let space = (0..).zip(&points).map(|(i, point)| GeomWithData::new(chord_of(point.place).from, i));
        let accuracies = points.iter().filter_map(|point| survey.hazards[point.hazard].accuracy_m);
        Self {
            flat: RTree::bulk_load(flat.collect()),
            space: RTree::bulk_load(space.collect()),
            farthest_m: safety_m + accuracies.fold(0.0, f64::max),
            survey,
            points,
            safety_m,
        }
    }

    /// Points in a zone, or on its border: their hazards' places in the survey.
    pub fn inside(&self, ground: &Footprint) -> Vec<usize> {
        if self.points.is_empty() {
            return Vec::new();
        }
        let Bounds { min, max } = ground.bounds();
        let envelope = AABB::from_corners([min.x, min.y], [max.x, max.y]);
        let found = in_order(self.flat.locate_in_envelope(envelope).map(|entry| entry.data));
        let inside = found.into_iter().map(|i| self.points[i as usize]);
        inside.filter(|point| ground.covers(point.place).unwrap_or(true)).map(|point| point.hazard).collect()
    }

    /// Points outside a zone that may make it `near`, with every doubt; the nearest first.
    pub fn outside(&self, ground: &Footprint, border: &[Chord]) -> Vec<PointNear> {
        if self.points.is_empty() {
            return Vec::new();
        }
        let Some([low, high]) = box_of(border) else { return Vec::new() };
        let envelope = AABB::from_corners(low.map(|v| v - self.farthest_m), high.map(|v| v + self.farthest_m));
        let mut near = Vec::new();
        for i in in_order(self.space.locate_in_envelope(envelope).map(|entry| entry.data)) {
            let point = self.points[i as usize];
            let hazard = &self.survey.hazards[point.hazard];
            let accuracy = hazard.accuracy_m.unwrap_or(0.0);
            if ground.covers(point.place) == Some(false)
                && let Some(distance) = distance_within(border, [chord_of(point.place)], self.safety_m + accuracy)
            {
                near.push((hazard.id.to_string(), distance, accuracy));
            }
        }
        near.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        near
    }
}

/// Numbers that were found, each once, so that the tree leaves no trace.
fn in_order(found: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut found: Vec<u32> = found.collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use remnant_geometry::measure::{chords, disc};
    use remnant_geometry::{Point, RawPolygon};

    use super::*;
    use crate::records::{Fate, Hazard, HazardClass, HazardGround, Origin};

    fn unit(state: &mut u64) -> f64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn survey(places: &[(Point, Option<f64>)]) -> Survey {
        let hazards = places.iter().enumerate().map(|(i, (place, accuracy_m))| Hazard {
            id: format!("P{}", i % 7).into(),
            ground: HazardGround::Points(vec![*place]),
            accuracy_m: *accuracy_m,
            origin: Origin::default(),
            class: HazardClass::Suspected,
            date: None,
            stated_area_m2: None,
            fate: Fate::Used,
        });
        Survey { hazards: hazards.collect(), ..Survey::default() }
    }

    fn evidence(places: &[(Point, Option<f64>)]) -> Vec<EvidencePoint> {
        let point = |(hazard, (place, _)): (usize, &(Point, Option<f64>))| EvidencePoint {
            hazard,
            place: *place,
            row: 0,
            recorded: None,
            closed: None,
            open: hazard % 5 != 0,
        };
        places.iter().enumerate().map(point).collect()
    }

    #[test]
    fn points_in_and_near_zones_are_those_of_each_with_each() {
        let mut state = 5;
        // At home, on either side of the antimeridian, round the poles.
        for [x, y] in [[46.0_f64, 40.0_f64], [180.0, -17.0], [-180.0, 3.0], [30.0, 89.999], [-100.0, -89.999]] {
            let places: Vec<(Point, Option<f64>)> = (0..120)
                .map(|i| {
                    let wide = if y.abs() > 89.0 { 360.0 } else { 0.01 };
                    let x = match i % 4 {
                        0 => x,
                        _ => (x + wide * (unit(&mut state) - 0.5) + 540.0).rem_euclid(360.0) - 180.0,
                    };
                    let accuracy = (i % 3 == 0).then(|| 400.0 * unit(&mut state));
                    let y = (y + 0.01 * (unit(&mut state) - 0.5)).clamp(-90.0, 90.0);
                    (Point::from_degrees(x, y), accuracy)
                })
                .collect();
            let (survey, evidence) = (survey(&places), evidence(&places));
            let (west, east) = if x < 0.0 { (-180.0, -179.998) } else { (x - 0.002, x) };
            let (south, north) = ((y - 0.001).max(-90.0), (y + 0.001).min(90.0));
            let ring = vec![[west, south], [east, south], [east, north], [west, north], [west, south]];
            let zones = [
                Footprint::new(&[RawPolygon { rings: vec![ring] }]).expect("an area").0,
                disc([x, y.clamp(-89.99, 89.99)], 150.0).expect("a disc"),
            ];
            for (zone, safety) in zones.iter().flat_map(|zone| [(zone, 0.0), (zone, 100.0), (zone, 2500.0)]) {
                let border: Vec<Chord> = zone.edges().flat_map(|(p, q)| chords(p, q)).collect();
                let points = OpenPoints::new(&survey, &evidence, safety);
                let open = || evidence.iter().filter(|point| point.open);
                let inside = open().filter(|point| zone.covers(point.place).unwrap_or(true)).map(|point| point.hazard);
                assert_eq!(points.inside(zone), inside.collect::<Vec<_>>(), "{x} {y} {safety}");
                let mut near: Vec<PointNear> = open()
                    .filter(|point| zone.covers(point.place) == Some(false))
                    .filter_map(|point| {
                        let accuracy = survey.hazards[point.hazard].accuracy_m.unwrap_or(0.0);
                        let distance = distance_within(&border, [chord_of(point.place)], safety + accuracy)?;
                        Some((survey.hazards[point.hazard].id.to_string(), distance, accuracy))
                    })
                    .collect();
                near.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
                assert_eq!(points.outside(zone, &border), near, "{x} {y} {safety}");
                assert!(safety < 2000.0 || near.len() > 15, "{x} {y}: {}", near.len());
            }
        }
    }
}
