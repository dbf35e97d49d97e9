//! Zones: what lies in them and near them.

use jiff::civil::Date;
use rayon::prelude::*;
use remnant_geometry::measure::{Chord, chords};
use remnant_geometry::{Area, Footprint, Polygons, RimEdge};

use super::faces::Rules;
use super::ledger::{Ledger, ZoneLand};
use super::live::{LiveLand, Near};
use super::lost::LostBoxes;
use super::open_points::{OpenPoints, PointNear};
use super::points::EvidencePoint;
use super::rim::{Nearest, Rim};
use super::stability::{Case, stability};
use crate::records::Survey;
use crate::report::{Access, SquareMetres, States, ToClear, ZoneRow};
use crate::settings::Settings;
use crate::status::State;
use crate::zone::{Evidence, ZoneStatus, judge, reasons as reasons_of};

/// A row for every zone, in the order of the survey. `rim` is what `Overlay::take_rim` gives: its room is given back.
pub(super) fn rows(
    survey: &Survey,
    rules: &Rules<'_>,
    ledger: &Ledger,
    rim: (Vec<RimEdge>, Vec<Vec<u32>>),
    settings: &Settings,
    evidence: &[EvidencePoint],
) -> Vec<ZoneRow> {
    if survey.zones.is_empty() {
        return Vec::new();
    }
    let id = |event: u32| rules.covers.id(event);
    let rim = Rim::new(rim, &id);
    let mut lands: Vec<Vec<(ZoneLand, Area)>> = vec![Vec::new(); survey.zones.len()];
    for (&(zone, land), &area) in &ledger.zones {
        lands[zone as usize].push((land, area));
    }
    lands.iter_mut().for_each(|l| l.sort_unstable());
    let work = Work::new(ledger, survey.zones.len());
    let live = LiveLand::new(rules, survey);
    let points = OpenPoints::new(survey, evidence, settings.safety_distance_m);
    let lost = LostBoxes::new(&survey.lost_hazards);
    let surroundings = Surroundings { survey, rules, settings, rim, points, lost, live, work };
    (0..survey.zones.len()).into_par_iter().map(|zone| surroundings.row(zone, &lands[zone])).collect()
}

struct Surroundings<'a> {
    survey: &'a Survey,
    rules: &'a Rules<'a>,
    settings: &'a Settings,
    rim: Rim,
    points: OpenPoints<'a>,
    lost: LostBoxes<'a>,
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
        ledger.planning.shared.each(|sharing, area| {
            sharing.iter().for_each(|&zone| work.areas[zone as usize] += area);
        });
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
                Some(Nearest { distance, live, bearing }) => {
                    let ids = live.iter().map(|&h| self.rules.covers.id(h));
                    (Some(distance), ids.min().map(str::to_owned), bearing)
                }
                None => (None, None, None),
            }
        };
        // Asked for every hazard near the zone. The lands are in order, and there is one sum of each.
        let shared = |hazard: u32| -> Area {
            let found = lands.binary_search_by_key(&ZoneLand::Live(hazard), |land| land.0);
            found.map_or(Area::ZERO, |place| lands[place].1)
        };
        let safety = self.settings.safety_distance_m;
        let points = self.points.outside(&zone.ground, &border);
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
            shape: if self.settings.geometry { zone.ground.polygons().into() } else { Polygons::default() },
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
        points: &[PointNear],
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
        let inside = self.points.inside(ground);
        let mut points_inside: Vec<String> =
            inside.iter().map(|&hazard| self.survey.hazards[hazard].id.to_string()).collect();
        points_inside.sort_unstable();
        points_inside.dedup();
        let points_near: Vec<(String, f64)> = points
            .iter()
            .filter(|(_, distance, accuracy)| *distance <= safety.max(*accuracy))
            .map(|(id, distance, _)| (id.clone(), *distance))
            .collect();
        let lost = self.lost.near(ground, border, safety);
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
            lost_hazards: lost.into_iter().map(|l| l.id.clone()).collect(),
        }
    }
}
