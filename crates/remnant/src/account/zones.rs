//! Zones: what lies in them and near them.

use jiff::civil::Date;
use rayon::prelude::*;
use remnant_geometry::measure::{Chord, chord_of, chords};
use remnant_geometry::plane::{HALF_TURN, STEPS_PER_DEGREE, TURN};
use remnant_geometry::{Area, Footprint, Point};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use rustc_hash::FxHashMap;

use super::faces::Rules;
use super::ledger::ZoneLand;
use super::overlay::Overlay;
use super::points::EvidencePoint;
use crate::records::Survey;
use crate::report::{Access, SquareMetres, States, ZoneRow};
use crate::settings::Settings;
use crate::status::State;
use crate::zone::{Evidence, judge, reasons as reasons_of};

/// A stretch of the rim of contaminated land, in space.
struct Stretch {
    chord: Chord,
    mark: u32,
}

/// The rim of all contaminated land, to find what is near.
struct Rim<'a> {
    tree: RTree<GeomWithData<Rectangle<[f64; 3]>, u32>>,
    stretches: Vec<Stretch>,
    live_sets: &'a [Vec<u32>],
}

impl<'a> Rim<'a> {
    fn new(overlay: &'a Overlay) -> Self {
        let mut edges = overlay.outline.rim().to_vec();
        // The order in which windows are done must not decide between hazards that are equally near.
        edges.par_sort_unstable_by_key(|e| (e.from, e.to));
        let stretches: Vec<Stretch> =
            edges.iter().flat_map(|e| chords(e.from, e.to).map(|chord| Stretch { chord, mark: e.mark })).collect();
        let entry = |(i, s): (usize, &Stretch)| {
            let [low, high] = s.chord.bounds();
            GeomWithData::new(Rectangle::from_corners(low, high), i as u32)
        };
        let tree = RTree::bulk_load(stretches.iter().enumerate().map(entry).collect());
        Self { tree, stretches, live_sets: &overlay.live_sets }
    }

    fn live(&self, stretch: u32) -> &[u32] {
        let mark = self.stretches[stretch as usize].mark;
        &self.live_sets[mark as usize - 1]
    }

    /// The nearest stretch to any of some chords, with its distance in metres and its bearing in degrees.
    fn nearest(&self, chords: &[Chord]) -> Option<(f64, u32, Option<f64>)> {
        let mut best: Option<(f64, u32)> = None;
        let mut winner = None;
        for chord in chords {
            let half = 0.5 * chord.length();
            for (entry, squared) in self.tree.nearest_neighbor_iter_with_distance_2(chord.middle()) {
                if best.is_some_and(|(d, _)| squared.sqrt() - half > d) {
                    break;
                }
                let distance = chord.distance(&self.stretches[entry.data as usize].chord);
                if best.is_none_or(|b| (distance, entry.data) < b) {
                    best = Some((distance, entry.data));
                    winner = Some(*chord);
                }
            }
        }
        let (_, stretch) = best?;
        let (from, to) = (winner?, &self.stretches[stretch as usize].chord);
        Some((from.geodesic_distance(to), stretch, from.bearing(to)))
    }

    /// The live hazards within `reach` metres of any of some chords, each with its distance.
    fn within(&self, chords: &[Chord], reach: f64) -> FxHashMap<u32, f64> {
        let mut found: FxHashMap<u32, f64> = FxHashMap::default();
        for chord in chords {
            let [low, high] = chord.bounds();
            let envelope = AABB::from_corners(low.map(|v| v - reach), high.map(|v| v + reach));
            for entry in self.tree.locate_in_envelope_intersecting(envelope) {
                let distance = chord.geodesic_distance(&self.stretches[entry.data as usize].chord);
                if distance <= reach {
                    for &hazard in self.live(entry.data) {
                        let nearest = found.entry(hazard).or_insert(distance);
                        *nearest = nearest.min(distance);
                    }
                }
            }
        }
        found
    }
}

/// A row for every zone, in the order of the survey.
pub(super) fn rows(
    survey: &Survey,
    rules: &Rules<'_>,
    overlay: &Overlay,
    settings: &Settings,
    evidence: &[EvidencePoint],
) -> Vec<ZoneRow> {
    if survey.zones.is_empty() {
        return Vec::new();
    }
    let rim = Rim::new(overlay);
    let mut lands: Vec<Vec<(ZoneLand, Area)>> = vec![Vec::new(); survey.zones.len()];
    for (&(zone, land), &area) in &overlay.ledger.zones {
        lands[zone as usize].push((land, area));
    }
    lands.iter_mut().for_each(|l| l.sort_unstable());
    let farthest = survey.hazards.iter().filter_map(|h| h.accuracy_m).fold(settings.safety_distance_m, f64::max);
    let surroundings = Surroundings { survey, rules, settings, rim, evidence, farthest };
    (0..survey.zones.len()).into_par_iter().map(|zone| surroundings.row(zone, &lands[zone])).collect()
}

struct Surroundings<'a> {
    survey: &'a Survey,
    rules: &'a Rules<'a>,
    settings: &'a Settings,
    rim: Rim<'a>,
    evidence: &'a [EvidencePoint],
    /// The largest distance within which anything makes a zone `near`.
    farthest: f64,
}

impl Surroundings<'_> {
    fn row(&self, number: usize, lands: &[(ZoneLand, Area)]) -> ZoneRow {
        let zone = &self.survey.zones[number];
        let of = |wanted: ZoneLand| lands.iter().filter(|l| l.0 == wanted).map(|l| l.1).sum::<Area>();
        let metres = |state| SquareMetres::rounded(of(ZoneLand::In(state)));
        let states = States {
            suspected: metres(State::Suspected),
            confirmed: metres(State::Confirmed),
            cancelled: metres(State::Cancelled),
            reduced: metres(State::Reduced),
            cleared: metres(State::Cleared),
        };
        let area: SquareMetres = State::ALL.into_iter().map(metres).sum();
        let border: Vec<Chord> = zone.ground.edges().flat_map(|(p, q)| chords(p, q)).collect();
        let contaminated = of(ZoneLand::In(State::Suspected)) + of(ZoneLand::In(State::Confirmed));

        let (mut hazard_ids, mut last_release, mut largest) = (Vec::new(), None, (Area::ZERO, None));
        for &(land, area) in lands {
            match land {
                ZoneLand::Live(hazard) if area >= Area::SQUARE_METRE => {
                    hazard_ids.push(self.rules.covers.events[hazard as usize].id.to_owned());
                }
                ZoneLand::Credited(release) if area >= Area::SQUARE_METRE => {
                    last_release = last_release.max(self.release_date(release));
                }
                ZoneLand::District(row) if row != self.rules.covers.outside() && area > largest.0 => {
                    largest = (area, Some(self.rules.covers.districts[row as usize].0.to_owned()));
                }
                _ => {}
            }
        }
        hazard_ids.sort_unstable();
        hazard_ids.dedup();

        let (nearest_hazard_m, nearest_hazard_id, nearest_hazard_bearing_deg) = if contaminated > Area::ZERO {
            let most = lands.iter().filter_map(|l| match l.0 {
                ZoneLand::Live(hazard) => Some((l.1, std::cmp::Reverse(hazard))),
                _ => None,
            });
            let id = most.max().map(|(_, hazard)| self.rules.covers.events[hazard.0 as usize].id.to_owned());
            (Some(0.0), id, None)
        } else {
            match self.rim.nearest(&border) {
                Some((distance, stretch, bearing)) => {
                    let ids = self.rim.live(stretch).iter().map(|&h| self.rules.covers.events[h as usize].id);
                    (Some(distance), ids.min().map(str::to_owned), bearing)
                }
                None => (None, None, None),
            }
        };
        let evidence = self.evidence(&zone.ground, &border, lands, nearest_hazard_m, &hazard_ids);
        let (status, reasons) = judge(&evidence);
        ZoneRow {
            origin: zone.origin,
            id: zone.id.clone(),
            name: zone.name.clone(),
            district: largest.1,
            status,
            reasons,
            because: reasons_of(&evidence),
            nearest_hazard_bearing_deg,
            incidents_near: Vec::new(),
            area,
            states,
            contaminated_share: if area > SquareMetres::ZERO {
                states.remaining().as_f64() / area.as_f64()
            } else {
                0.0
            },
            hazard_ids,
            nearest_hazard_m,
            nearest_hazard_id,
            last_release,
            shape: if self.settings.geometry { zone.ground.polygons() } else { Vec::new() },
            stability: None,
            exposure: Vec::new(),
            access: Access::default(),
            to_clear: None,
            people: None,
            homes: None,
        }
    }

    fn release_date(&self, event: u32) -> Option<Date> {
        self.survey.releases[self.rules.covers.events[event as usize].index].date
    }

    /// Everything that the status of a zone hangs on.
    fn evidence(
        &self,
        ground: &Footprint,
        border: &[Chord],
        lands: &[(ZoneLand, Area)],
        nearest_m: Option<f64>,
        hazard_ids: &[String],
    ) -> Evidence {
        let safety = self.settings.safety_distance_m;
        let of = |pick: &dyn Fn(ZoneLand) -> bool| -> f64 {
            lands.iter().filter(|l| pick(l.0)).map(|l| l.1).sum::<Area>().square_metres()
        };
        let accuracy = |hazard: usize| self.survey.hazards[hazard].accuracy_m.unwrap_or(0.0);
        let mut near_by_accuracy = Vec::new();
        if self.farthest > safety && nearest_m.is_some_and(|d| d > safety && d <= self.farthest) {
            for (event, distance) in self.rim.within(border, self.farthest) {
                let hazard = self.rules.covers.events[event as usize].index;
                if distance <= accuracy(hazard) {
                    near_by_accuracy.push((self.survey.hazards[hazard].id.clone(), distance, accuracy(hazard)));
                }
            }
            near_by_accuracy.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        }
        let (mut points_inside, mut points_near) = (Vec::new(), Vec::new());
        for point in self.evidence.iter().filter(|e| e.open) {
            let id = &self.survey.hazards[point.hazard].id;
            let reach = safety.max(accuracy(point.hazard));
            if ground.covers(point.place).unwrap_or(true) {
                points_inside.push(id.clone());
            } else if let Some(distance) = distance_within(border, &[chord_of(point.place)], reach) {
                points_near.push((id.clone(), distance));
            }
        }
        points_inside.sort_unstable();
        points_inside.dedup();
        points_near.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        let lost = self
            .survey
            .lost_hazards
            .iter()
            .filter(|lost| lost.bounds.is_some_and(|bounds| box_near(ground, border, bounds, safety)));
        Evidence {
            zone_m2: of(&|l| matches!(l, ZoneLand::In(_))),
            contaminated_m2: of(&|l| matches!(l, ZoneLand::In(s) if s.is_contaminated())),
            once_contaminated_m2: of(&|l| matches!(l, ZoneLand::In(s) if s != State::None)),
            uncovered_m2: of(&|l| l == ZoneLand::Uncovered),
            hazard_ids: hazard_ids.to_vec(),
            points_inside,
            points_near,
            nearest_m,
            safety_m: safety,
            near_by_accuracy,
            lost_hazards: lost.map(|l| l.id.clone()).collect(),
        }
    }
}

/// The least distance between two sets of chords, where it is within `reach` metres.
fn distance_within(a: &[Chord], b: &[Chord], reach: f64) -> Option<f64> {
    let mut best: Option<f64> = None;
    for x in a {
        for y in b {
            // Through space is never farther than along the ground.
            if x.distance(y) <= reach {
                let distance = x.geodesic_distance(y);
                if distance <= reach && best.is_none_or(|d| distance < d) {
                    best = Some(distance);
                }
            }
        }
    }
    best
}

/// Whether a hazard somewhere in a box could lie in a zone or within a distance of it.
fn box_near(ground: &Footprint, border: &[Chord], [low, high]: [Point; 2], reach: f64) -> bool {
    if low.x > high.x {
        let (west, east) = (Point { x: HALF_TURN, y: high.y }, Point { x: -HALF_TURN, y: low.y });
        return box_near(ground, border, [low, west], reach) || box_near(ground, border, [east, high], reach);
    }
    // What of the box can be near enough: a degree of latitude is at least 110.5 km, one of longitude that times the
    // cosine of the latitude at most.
    let bounds = ground.bounds();
    let steps = STEPS_PER_DEGREE as f64;
    let margin = 1.01 * reach / 110_500.0;
    let farthest = (bounds.max.degrees()[1].abs().max(bounds.min.degrees()[1].abs()) + margin).min(89.9);
    let (north, east) = ((margin * steps) as i64 + 1, (margin / farthest.to_radians().cos() * steps) as i64 + 1);
    [-TURN, 0, TURN].into_iter().any(|turn| {
        let west = (low.x + turn).max(bounds.min.x - east);
        let limit = (high.x + turn).min(bounds.max.x + east);
        let (south, top) = (low.y.max(bounds.min.y - north), high.y.min(bounds.max.y + north));
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
    distance_within(border, &sides, reach).is_some()
}
