//! Whether a zone's status hangs on the positional accuracy of hazards.
//!
//! The status is judged again twice. *Grown*, a hazard is all ground within its accuracy of its live land. *Shrunk*, it is
//! the part of its live land that lies deeper than its accuracy. Hazards without an accuracy stay as they are, and so do
//! the releases that have taken land from a hazard.
//!
//! Where something is simplified, the status that comes out is never the better one:
//! - grown land that reaches into the zone counts as enough to make it contaminated, however little it is;
//! - shrunk land of several hazards in the zone is added up, though it may overlap;
//! - shrunk land is taken to lie its accuracy farther away than it was, and no more: where only a narrow spike reached
//!   towards the zone it would lie farther still;
//! - a hazard narrower than twice its accuracy is moved off by it and does not vanish; a zone within the accuracy of live
//!   land stays `near`, as the rule has it; an evidence point grows and does not shrink.

use remnant_geometry::grow::deeper;
use remnant_geometry::{Area, Footprint};

use super::live::{LiveLand, Near};
use crate::report::Stability;
use crate::zone::{Evidence, ZoneStatus, judge};

/// What is known of a zone when its stability is asked for.
pub(super) struct Case<'a> {
    pub zone: &'a Footprint,
    pub evidence: &'a Evidence,
    pub status: ZoneStatus,
    /// Hazards within the safety distance, each grown by its accuracy.
    pub near: &'a [Near],
    /// Open evidence points outside the zone: id, distance, accuracy.
    pub points: &'a [(String, f64, f64)],
    /// Land in the zone on which each of those hazards is live.
    pub live: &'a dyn Fn(u32) -> Area,
    pub id: &'a dyn Fn(u32) -> &'a str,
}

/// The status with every hazard grown and shrunk; `None` where no hazard near the zone has an accuracy.
pub(super) fn stability(case: &Case<'_>, lands: &LiveLand<'_>) -> Option<Stability> {
    let accurate = case.near.iter().any(|n| n.accuracy > 0.0) || case.points.iter().any(|p| p.2 > 0.0);
    if !accurate {
        return None;
    }
    let (grown, larger) = grown(case);
    let (shrunk, smaller) = shrunk(case, lands);
    let clauses: Vec<String> = [(grown, larger), (shrunk, smaller)]
        .into_iter()
        .filter(|(status, _)| *status != case.status)
        .map(|(status, why)| format!("{} if {why}", status.word()))
        .collect();
    let sentence = if clauses.is_empty() {
        String::new()
    } else {
        format!("the status hangs on positional accuracy: it would be {}", clauses.join("; and "))
    };
    Some(Stability { grown, shrunk, sentence })
}

/// More than enough land to make a zone contaminated, in m2.
const ENOUGH_M2: f64 = 2.0;

fn grown(case: &Case<'_>) -> (ZoneStatus, String) {
    let mut evidence = case.evidence.clone();
    let reaching = case.near.iter().find(|n| n.accuracy > 0.0);
    for near in case.near {
        let distance = near.distance - near.accuracy;
        if distance <= 0.0 && near.accuracy > 0.0 {
            evidence.contaminated_m2 = evidence.contaminated_m2.max(ENOUGH_M2);
        }
        evidence.nearest_m = Some(evidence.nearest_m.map_or(distance, |d| d.min(distance)).max(0.0));
    }
    let mut point_reaches = None;
    for (id, distance, accuracy) in case.points {
        if *accuracy > 0.0 && distance <= accuracy {
            evidence.points_inside.push(id.clone());
            point_reaches.get_or_insert((id, distance, accuracy));
        } else if *distance <= evidence.safety_m + accuracy {
            evidence.points_near.push((id.clone(), *distance));
            point_reaches.get_or_insert((id, distance, accuracy));
        }
    }
    let status = judge(&evidence).0;
    let by_land = reaching.filter(|n| status != ZoneStatus::Contaminated || n.distance <= n.accuracy);
    let why = match (by_land, point_reaches) {
        (Some(near), _) => format!(
            "hazard {}, {:.1} m away, reached {} m farther, its positional accuracy",
            (case.id)(near.event),
            near.distance,
            near.accuracy
        ),
        (None, Some((id, distance, accuracy))) => {
            format!(
                "the evidence point of hazard {id}, {distance:.1} m away, lay {accuracy} m nearer, its positional accuracy"
            )
        }
        (None, None) => String::new(),
    };
    (status, why)
}

fn shrunk(case: &Case<'_>, lands: &LiveLand<'_>) -> (ZoneStatus, String) {
    let mut evidence = case.evidence.clone();
    let least = (1e-6 * evidence.zone_m2).min(1.0);
    let was_in = evidence.contaminated_m2 > least;
    if was_in {
        evidence.contaminated_m2 = land_left(case, lands, least);
    }
    let farther = case.near.iter().map(|n| n.distance + n.accuracy);
    evidence.nearest_m = farther.min_by(f64::total_cmp);
    evidence.near_by_accuracy = case
        .near
        .iter()
        .filter(|n| n.accuracy > 0.0 && n.distance <= n.accuracy)
        .map(|n| ((case.id)(n.event).to_owned(), n.distance, n.accuracy))
        .collect();
    let status = judge(&evidence).0;
    let nearest = case.near.iter().filter(|n| n.accuracy > 0.0).min_by(|a, b| a.distance.total_cmp(&b.distance));
    let why = match nearest {
        Some(near) if was_in => format!(
            "the hazards in it were smaller by their positional accuracy ({} by {} m): none of their land there lies deeper",
            (case.id)(near.event),
            near.accuracy
        ),
        Some(near) => format!(
            "hazard {}, {:.1} m away, ended {} m sooner, its positional accuracy",
            (case.id)(near.event),
            near.distance,
            near.accuracy
        ),
        None => String::new(),
    };
    (status, why)
}

/// Land of shrunk hazards in the zone in m2, as far as it takes to be more than `least`.
fn land_left(case: &Case<'_>, lands: &LiveLand<'_>, least: f64) -> f64 {
    let mut sum = 0.0;
    // Those without an accuracy first: they cost nothing.
    let (exact, vague): (Vec<&Near>, Vec<&Near>) = case.near.iter().partition(|n| n.accuracy <= 0.0);
    for near in exact.into_iter().chain(vague).filter(|n| n.distance <= 0.0) {
        if sum > least {
            break;
        }
        sum += if near.accuracy > 0.0 {
            let land = lands.of(near.event).and_then(|land| deeper(land, near.accuracy, case.zone));
            land.map_or(0.0, |land| land.area_m2())
        } else {
            (case.live)(near.event).square_metres()
        };
    }
    sum
}
