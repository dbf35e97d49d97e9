//! What to clear next: zones in an order of work.
//!
//! Each measure is divided by its greatest value among the zones that can be ranked, so that it runs from 0 to 1; a
//! zone's score is the sum of these, each times its weight as a share of all weights. Of equal scores, the zone with more
//! people comes first, then the one with less land to be cleared, then the id that sorts first, then the layer and
//! feature.
//!
//! Nothing is guessed: a zone without a number that a measure needs is listed after the others, with the reason.

use std::cmp::Ordering;

use remnant_geometry::Area;

use super::sharing::Sharing;
use crate::report::{Access, Criterion, Plan, Priority, SquareMetres, ToClear, ZoneRow};
use crate::settings::{Measure, Settings};

/// How much each weight is varied.
const FACTOR: f64 = 2.0;

const SENSITIVITY: &str = "each weight in turn was halved, doubled and, where others are left, set to nothing; the others stayed as they were";

/// The order of work; `None` where no zone has anything to be cleared. `shared` is contaminated land by the zones that it
/// is near.
pub(super) fn plan(settings: &Settings, zones: &[ZoneRow], shared: &Sharing) -> Option<Plan> {
    let work: Vec<(usize, &ToClear)> =
        zones.iter().enumerate().filter_map(|(i, z)| Some((i, z.to_clear.as_ref()?))).collect();
    if work.is_empty() {
        return None;
    }
    let weights = weights(settings, zones);
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut missing: Vec<(usize, String)> = Vec::new();
    for (zone, to_clear) in work {
        let row = &zones[zone];
        let values: Result<Vec<f64>, &str> = weights.iter().map(|(measure, _)| value(measure, row, to_clear)).collect();
        match values {
            Ok(values) => entries.push(Entry { zone, row, to_clear, values }),
            Err(why) => missing.push((zone, why.to_owned())),
        }
    }
    let most: Vec<f64> = (0..weights.len()).map(|m| entries.iter().map(|e| e.values[m]).fold(0.0, f64::max)).collect();
    let base: Vec<f64> = weights.iter().map(|w| w.1).collect();
    let order = ranked(&entries, &most, &base);
    let mut ranks = vec![(u32::MAX, 0_u32); entries.len()];
    for varied in std::iter::once(base.clone()).chain(variations(&base)) {
        for (rank, &(entry, _)) in (1..).zip(&ranked(&entries, &most, &varied)) {
            let (best, worst) = &mut ranks[entry];
            (*best, *worst) = ((*best).min(rank), (*worst).max(rank));
        }
    }
    let mut sequence: Vec<usize> = order.iter().map(|&(entry, _)| entries[entry].zone).collect();
    missing.sort_by(|a, b| {
        let (x, y) = (&zones[a.0], &zones[b.0]);
        let people = |z: &ZoneRow| z.people.unwrap_or(-1.0);
        people(y).total_cmp(&people(x)).then_with(|| (&x.id, x.origin).cmp(&(&y.id, y.origin)))
    });
    sequence.extend(missing.iter().map(|m| m.0));
    let marginal = marginal(&sequence, zones.len(), shared);
    let share: f64 = base.iter().sum();
    let criteria: Vec<Criterion> =
        weights.iter().map(|(m, w)| Criterion { name: m.word(), weight: w / share }).collect();
    let mut list: Vec<Priority> = Vec::new();
    for (rank, &(entry, score)) in (1..).zip(&order) {
        let Entry { zone, row, .. } = entries[entry];
        let (best_rank, worst_rank) = ranks[entry];
        list.push(Priority {
            zone,
            rank,
            missing: None,
            score,
            best_rank,
            worst_rank,
            people: row.people,
            homes: row.homes,
            marginal: marginal[zone],
            sentence: String::new(),
        });
    }
    for (rank, (zone, why)) in (list.len() as u32 + 1..).zip(missing) {
        let row = &zones[zone];
        list.push(Priority {
            zone,
            rank,
            missing: Some(why),
            score: 0.0,
            best_rank: rank,
            worst_rank: rank,
            people: row.people,
            homes: row.homes,
            marginal: marginal[zone],
            sentence: String::new(),
        });
    }
    let mut plan = Plan { criteria, sensitivity: SENSITIVITY.to_owned(), order: list };
    explain(&mut plan, zones);
    Some(plan)
}

/// A zone that can be ranked, with its value by every measure.
struct Entry<'a> {
    zone: usize,
    row: &'a ZoneRow,
    to_clear: &'a ToClear,
    values: Vec<f64>,
}

/// The measures and their weights; by default people for a hectare, or homes where no zone says how many people.
fn weights(settings: &Settings, zones: &[ZoneRow]) -> Vec<(Measure, f64)> {
    let mut weights: Vec<(Measure, f64)> = settings.weights.iter().filter(|w| w.1 > 0.0).cloned().collect();
    weights.sort_by(|a, b| a.0.cmp(&b.0));
    if weights.is_empty() {
        let people = zones.iter().any(|z| z.people.is_some()) || zones.iter().all(|z| z.homes.is_none());
        weights.push((if people { Measure::PeoplePerHectare } else { Measure::HomesPerHectare }, 1.0));
    }
    weights
}

/// What a zone has by a measure, or why nobody can say.
fn value(measure: &Measure, zone: &ZoneRow, to_clear: &ToClear) -> Result<f64, &'static str> {
    let people = || zone.people.ok_or("the zone layer does not say how many people");
    let homes = || zone.homes.ok_or("the zone layer does not say how many homes");
    let hectares = || {
        let hectares = to_clear.area.as_f64() / 1e4;
        let why = "no area to be cleared is known: an evidence point or a hazard's positional accuracy decides, so survey \
                   comes first";
        if hectares > 0.0 { Ok(hectares) } else { Err(why) }
    };
    let of_theme = |theme: &str, pick: fn(&crate::report::Exposure) -> f64| {
        let row = zone.exposure.iter().find(|e| e.theme == theme);
        row.map(pick).ok_or("no layer of a theme that the order goes by is given")
    };
    Ok(match measure {
        Measure::PeoplePerHectare => people()? / hectares()?,
        Measure::HomesPerHectare => homes()? / hectares()?,
        Measure::People => people()?,
        Measure::Homes => homes()?,
        Measure::ContaminatedShare => zone.contaminated_share,
        Measure::EvidencePoints => to_clear.evidence_points as f64,
        Measure::CutOff => match zone.access {
            Access::Unknown => return Err("the roads do not say whether it is cut off"),
            Access::Connected => 0.0,
            Access::CutOff => 1.0,
        },
        Measure::Incidents => zone.incidents_near.len() as f64,
        Measure::ExposedFeatures(theme) => of_theme(theme, |e| e.exposed_features as f64)?,
        Measure::ExposedLength(theme) => of_theme(theme, |e| e.exposed_length_m)?,
        Measure::ExposedArea(theme) => of_theme(theme, |e| e.exposed_area.as_f64())?,
    })
}

/// The entries by their scores, the best first.
fn ranked(entries: &[Entry<'_>], most: &[f64], weights: &[f64]) -> Vec<(usize, f64)> {
    let share: f64 = weights.iter().sum();
    let score = |entry: &Entry<'_>| -> f64 {
        let parts = entry.values.iter().zip(most).zip(weights);
        parts.map(|((value, most), weight)| if *most > 0.0 { value / most * weight } else { 0.0 }).sum::<f64>() / share
    };
    let mut order: Vec<(usize, f64)> = entries.iter().map(score).enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| tie(&entries[a.0], &entries[b.0])));
    order
}

fn tie(a: &Entry<'_>, b: &Entry<'_>) -> Ordering {
    let people = |e: &Entry<'_>| e.row.people.unwrap_or(-1.0);
    people(b)
        .total_cmp(&people(a))
        .then_with(|| a.to_clear.area.cmp(&b.to_clear.area))
        .then_with(|| (&a.row.id, a.row.origin).cmp(&(&b.row.id, b.row.origin)))
}

/// The weights, each in turn halved, doubled and left out.
fn variations(base: &[f64]) -> Vec<Vec<f64>> {
    let mut all = Vec::new();
    for (i, weight) in base.iter().enumerate() {
        for factor in [1.0 / FACTOR, FACTOR, 0.0] {
            let mut varied = base.to_vec();
            varied[i] = weight * factor;
            if varied.iter().sum::<f64>() > 0.0 {
                all.push(varied);
            }
        }
    }
    all
}

/// The land to be cleared for each zone that was not to be cleared for one before it in the sequence.
fn marginal(sequence: &[usize], zones: usize, shared: &Sharing) -> Vec<SquareMetres> {
    let mut turn = vec![usize::MAX; zones];
    for (at, &zone) in sequence.iter().enumerate() {
        turn[zone] = at;
    }
    let mut own = vec![Area::ZERO; zones];
    shared.each(|sharing, area| {
        // Every zone with contaminated land near has work, so the first of them is in the sequence.
        if let Some(&first) = sharing.iter().min_by_key(|&&zone| turn[zone as usize]) {
            own[first as usize] += area;
        }
    });
    own.into_iter().map(SquareMetres::rounded).collect()
}

/// Writes the sentence of every place, from the figures that the plan and the zones hold: so a plan whose figures were
/// made coarser says no more than they do.
pub(crate) fn explain(plan: &mut Plan, zones: &[ZoneRow]) {
    let ranked = plan.order.iter().filter(|p| p.missing.is_none()).count();
    let by: Vec<String> = plan.criteria.iter().map(|c| format!("{} {:.0}%", c.name, 100.0 * c.weight)).collect();
    let by = by.join(", ");
    for place in &mut plan.order {
        let Some(zone) = zones.get(place.zone) else { continue };
        let Some(to_clear) = &zone.to_clear else { continue };
        let hectares = |area: SquareMetres| format!("{:.2} ha", area.as_f64() / 1e4);
        let mut facts: Vec<String> = Vec::new();
        match (zone.people, zone.homes) {
            (Some(people), _) => facts.push(format!("{people} people")),
            (None, Some(homes)) => facts.push(format!("{homes} homes")),
            (None, None) => facts.push("people and homes not known".to_owned()),
        }
        facts.push(format!("{} to be cleared", hectares(to_clear.area)));
        if place.marginal < to_clear.area {
            facts.push(format!("of which {} are not to be cleared for a place before it", hectares(place.marginal)));
        }
        if to_clear.evidence_points > 0 {
            facts.push(format!("open evidence points: {}", to_clear.evidence_points));
        }
        if zone.access == Access::CutOff {
            facts.push("every known road crosses contaminated land".to_owned());
        }
        let facts = facts.join(", ");
        place.sentence = match &place.missing {
            Some(why) => format!("Not ranked, because {why}: {facts}."),
            None => {
                let steady = if place.best_rank == place.worst_rank {
                    "the rank does not change as the weights are varied".to_owned()
                } else {
                    format!("between {} and {} as the weights are varied", place.best_rank, place.worst_rank)
                };
                format!("Rank {} of {ranked} by {by} (score {:.2}): {facts}; {steady}.", place.rank, place.score)
            }
        };
    }
}
