//! Zones: what lies in them and near them.

use jiff::civil::Date;
use rayon::prelude::*;
use remnant_geometry::measure::{Chord, chord_of, chords};
use remnant_geometry::plane::{HALF_TURN, TURN};
use remnant_geometry::{Area, Footprint, Point};
use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};

use super::faces::Rules;
use super::ledger::{Ledger, ZoneLand};
use super::live::{LiveLand, Near, distance_within};
use super::overlay::Overlay;
use super::points::EvidencePoint;
use super::reach::grown_bounds;
use super::stability::{Case, stability};
use crate::records::Survey;
use crate::report::{Access, SquareMetres, States, ToClear, ZoneRow};
use crate::settings::Settings;
use crate::status::State;
use crate::zone::{Evidence, ZoneStatus, judge, reasons as reasons_of};

/// How far two borders that are one in the data may lie apart once both are on the grid, in metres: each bends by less
/// than 25 micrometres. Land this near touches, also where the safety distance is nothing.
const BENT_M: f64 = 5e-5;

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
        let distance = from.geodesic_distance(to);
        if distance <= BENT_M {
            return Some((0.0, stretch, None));
        }
        Some((distance, stretch, from.bearing(to)))
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
    let work = Work::new(&overlay.ledger, survey.zones.len());
    let live = LiveLand::new(rules, survey);
    let surroundings = Surroundings { survey, rules, settings, rim, evidence, live, work };
    (0..survey.zones.len()).into_par_iter().map(|zone| surroundings.row(zone, &lands[zone])).collect()
}

struct Surroundings<'a> {
    survey: &'a Survey,
    rules: &'a Rules<'a>,
    settings: &'a Settings,
    rim: Rim<'a>,
    evidence: &'a [EvidencePoint],
    live: LiveLand<'a>,
    work: Work,
}

/// What is to be cleared for every zone.
struct Work {
    areas: Vec<Area>,
    hazards: Vec<Vec<(u32, Area)>>,
}

impl Work {
    fn new(ledger: &Ledger, zones: usize) -> Self {
        let mut work = Self { areas: vec![Area::ZERO; zones], hazards: vec![Vec::new(); zones] };
        for (sharing, &area) in &ledger.planning.shared {
            sharing.iter().for_each(|&zone| work.areas[zone as usize] += area);
        }
        for (&(zone, hazard), &area) in &ledger.planning.hazards {
            work.hazards[zone as usize].push((hazard, area));
        }
        work
    }
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
                    hazard_ids.push(self.rules.covers.id(hazard).to_owned());
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
            let id = most.max().map(|(_, hazard)| self.rules.covers.id(hazard.0).to_owned());
            (Some(0.0), id, None)
        } else {
            match self.rim.nearest(&border) {
                Some((distance, stretch, bearing)) => {
                    let ids = self.rim.live(stretch).iter().map(|&h| self.rules.covers.id(h));
                    (Some(distance), ids.min().map(str::to_owned), bearing)
                }
                None => (None, None, None),
            }
        };
        let shared =
            |hazard: u32| -> Area { lands.iter().filter(|l| l.0 == ZoneLand::Live(hazard)).map(|l| l.1).sum() };
        let safety = self.settings.safety_distance_m;
        let points = self.points_outside(&zone.ground, &border);
        let vague = points.iter().any(|p| p.2 > 0.0);
        let near = self.live.near(&zone.ground, &border, safety, vague, &|hazard| shared(hazard) > Area::ZERO);
        let evidence = self.evidence(&zone.ground, &border, lands, nearest_hazard_m, &hazard_ids, &near, &points);
        let (status, reasons) = judge(&evidence);
        let id = |event: u32| self.rules.covers.id(event);
        let case = Case {
            zone: &zone.ground,
            evidence: &evidence,
            status,
            near: &near,
            points: &points,
            live: &shared,
            id: &id,
        };
        let stability = stability(&case, &self.live);
        // The reach is drawn some millimetres too far: what lies there alone changes no status.
        let has_work = matches!(status, ZoneStatus::Contaminated | ZoneStatus::Near);
        let to_clear = self.to_clear(number, &evidence).filter(|_| has_work);
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
            stability,
            exposure: Vec::new(),
            access: Access::default(),
            to_clear,
            people: zone.people,
            homes: zone.homes,
        }
    }

    fn release_date(&self, event: u32) -> Option<Date> {
        self.survey.releases[self.rules.covers.events[event as usize].index()].date
    }

    /// What must be dealt with until a zone's status changes.
    fn to_clear(&self, number: usize, evidence: &Evidence) -> Option<ToClear> {
        let enough = |area: Area| area >= Area::SQUARE_METRE;
        let hazards = &self.work.hazards[number];
        // A record counts from 1 m2 on, but where there is less of any, all are named.
        let any = hazards.iter().any(|h| enough(h.1));
        let of = |event: u32| self.rules.covers.id(event).to_owned();
        let mut hazard_ids: Vec<String> = hazards.iter().filter(|h| !any || enough(h.1)).map(|h| of(h.0)).collect();
        hazard_ids.extend(evidence.near_by_accuracy.iter().map(|n| n.0.clone()));
        let points = evidence.points_inside.iter().chain(evidence.points_near.iter().map(|p| &p.0));
        hazard_ids.extend(points.cloned());
        hazard_ids.sort_unstable();
        hazard_ids.dedup();
        let area = SquareMetres::rounded(self.work.areas[number]);
        let evidence_points = evidence.points_open;
        let something = area > SquareMetres::ZERO || !hazard_ids.is_empty();
        something.then_some(ToClear { area, hazard_ids, evidence_points })
    }

    /// Open evidence points outside a zone that may make it `near`, with every doubt: id, distance, accuracy.
    fn points_outside(&self, ground: &Footprint, border: &[Chord]) -> Vec<(String, f64, f64)> {
        let mut points = Vec::new();
        for point in self.evidence.iter().filter(|e| e.open && ground.covers(e.place) == Some(false)) {
            let hazard = &self.survey.hazards[point.hazard];
            let accuracy = hazard.accuracy_m.unwrap_or(0.0);
            let reach = self.settings.safety_distance_m + accuracy;
            if let Some(distance) = distance_within(border, [chord_of(point.place)], reach) {
                points.push((hazard.id.to_string(), distance, accuracy));
            }
        }
        points.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        points
    }

    /// Everything that the status of a zone hangs on.
    #[expect(clippy::too_many_arguments, reason = "all that is known of one zone, told in one call")]
    fn evidence(
        &self,
        ground: &Footprint,
        border: &[Chord],
        lands: &[(ZoneLand, Area)],
        nearest_m: Option<f64>,
        hazard_ids: &[String],
        near: &[Near],
        points: &[(String, f64, f64)],
    ) -> Evidence {
        let safety = self.settings.safety_distance_m;
        let of = |pick: &dyn Fn(ZoneLand) -> bool| -> f64 {
            lands.iter().filter(|l| pick(l.0)).map(|l| l.1).sum::<Area>().square_metres()
        };
        let mut near_by_accuracy = Vec::new();
        if nearest_m.is_some_and(|d| d > safety) {
            for n in near.iter().filter(|n| n.distance > safety && n.distance <= n.accuracy) {
                let id = self.rules.covers.id(n.event).to_owned();
                near_by_accuracy.push((id, n.distance, n.accuracy));
            }
            near_by_accuracy.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        }
        let inside = |p: &&EvidencePoint| p.open && ground.covers(p.place).unwrap_or(true);
        let inside: Vec<&EvidencePoint> = self.evidence.iter().filter(inside).collect();
        let mut points_inside: Vec<String> =
            inside.iter().map(|p| self.survey.hazards[p.hazard].id.to_string()).collect();
        points_inside.sort_unstable();
        points_inside.dedup();
        let points_near: Vec<(String, f64)> = points
            .iter()
            .filter(|(_, distance, accuracy)| *distance <= safety.max(*accuracy))
            .map(|(id, distance, _)| (id.clone(), *distance))
            .collect();
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
            points_open: (inside.len() + points_near.len()) as u64,
            points_inside,
            points_near,
            nearest_m,
            safety_m: safety,
            near_by_accuracy,
            lost_hazards: lost.map(|l| l.id.clone()).collect(),
        }
    }
}

/// Whether a hazard somewhere in a box could lie in a zone or within a distance of it.
fn box_near(ground: &Footprint, border: &[Chord], [low, high]: [Point; 2], reach: f64) -> bool {
    if low.x > high.x {
        let (west, east) = (Point { x: HALF_TURN, y: high.y }, Point { x: -HALF_TURN, y: low.y });
        return box_near(ground, border, [low, west], reach) || box_near(ground, border, [east, high], reach);
    }
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
