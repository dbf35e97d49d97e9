//! What only shows when records are seen together.

use std::hash::{BuildHasher, Hash};

use jiff::civil::Date;
use rayon::prelude::*;
use remnant_geometry::{Bounds, Footprint, Point};
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::finding::{Code, Finding, Place};
use crate::records::{HazardGround, Origin, Survey};
use crate::report::{Check, Input, RecordRow, Records, Role};

/// Findings about records as they were read: ids that come twice, exact copies, layers in the wrong place.
pub(crate) fn survey(survey: &Survey, inputs: &[Input]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut copies = Vec::new();
    rayon::join(|| repeated_ids(survey, &mut findings), || duplicates(survey, &mut copies));
    findings.append(&mut copies);
    far_layers(survey, inputs, &mut findings);
    findings
}

fn repeated_ids(survey: &Survey, findings: &mut Vec<Finding>) {
    let (hazards, lost) = (&survey.hazards, &survey.lost_hazards);
    let (releases, lost_releases) = (&survey.releases, &survey.lost_releases);
    let ends = [hazards.len(), lost.len(), releases.len(), lost_releases.len(), survey.zones.len()];
    let named = |mut n: usize| -> (Origin, &str) {
        for (list, length) in ends.into_iter().enumerate() {
            if n < length {
                return match list {
                    0 => (hazards[n].origin, &hazards[n].id),
                    1 => (lost[n].origin, &lost[n].id),
                    2 => (releases[n].origin, &releases[n].id),
                    3 => (lost_releases[n].origin, &lost_releases[n].id),
                    _ => (survey.zones[n].origin, &survey.zones[n].id),
                };
            }
            n -= length;
        }
        (Origin::default(), "")
    };
    let marked = marked(ends.into_iter().sum(), |n| Some(named(n)).map(|(origin, id)| (origin.layer, id)));
    for alike in same_mark(&marked) {
        let mut alike: Vec<(Origin, &str)> = alike.iter().map(|&(_, n)| named(n as usize)).collect();
        alike.sort_unstable();
        let mut first: FxHashMap<(u32, &str), u64> = FxHashMap::default();
        for (origin, id) in alike {
            match first.entry((origin.layer, id)) {
                std::collections::hash_map::Entry::Occupied(other) => {
                    let text = format!("the id is also that of feature {} of this layer", other.get());
                    findings.push(Finding::of(Code::RepeatedId, origin, id, text));
                }
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert(origin.feature);
                }
            }
        }
    }
}

/// The marks of some things in order, each with its number. Things that are alike have one mark, and hardly any others
/// have: a sorted list of words takes a fraction of the memory of a table.
fn marked<K: Hash>(count: usize, key: impl Fn(usize) -> Option<K> + Sync) -> Vec<(u64, u32)> {
    let mark = |n: usize| Some((FxBuildHasher.hash_one(key(n)?), n as u32));
    let mut marked: Vec<(u64, u32)> = (0..count).into_par_iter().filter_map(mark).collect();
    marked.par_sort_unstable();
    marked
}

/// The things of one mark, where there are several.
fn same_mark(marked: &[(u64, u32)]) -> impl Iterator<Item = &[(u64, u32)]> {
    marked.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1)
}

/// Copies are used like any record: the land counts once in any case.
fn duplicates(survey: &Survey, findings: &mut Vec<Finding>) {
    let hazards = survey.hazards.len();
    let record = |n: usize| match survey.hazards.get(n) {
        Some(hazard) => match &hazard.ground {
            HazardGround::Area(ground) => Some((ground, hazard.class as u8, hazard.date, hazard.origin, &hazard.id)),
            HazardGround::Points(_) => None,
        },
        None => {
            let release = survey.releases.get(n - hazards)?;
            Some((&release.ground, 2 + release.kind as u8, release.date, release.origin, &release.id))
        }
    };
    // Copies have box, size, class or kind and date in common, and hardly anything else has.
    let looks = |n: usize| record(n).map(|(ground, what, date, ..)| (ground.bounds(), ground.len(), what, date));
    let marked = marked(hazards + survey.releases.len(), looks);
    for alike in same_mark(&marked) {
        // Those that differ, in the order of the records.
        let mut seen: Vec<(&Footprint, u8, Option<Date>, Origin)> = Vec::new();
        for (ground, what, date, origin, id) in alike.iter().filter_map(|&(_, n)| record(n as usize)) {
            let same =
                |other: &&(&Footprint, u8, Option<Date>, Origin)| (other.0, other.1, other.2) == (ground, what, date);
            let Some((.., other)) = seen.iter().find(same) else {
                seen.push((ground, what, date, origin));
                continue;
            };
            let text = format!(
                "the record covers the same ground, with the same date and class or kind, as feature {} of {}; its land \
                 counts once",
                other.feature,
                if other.layer == origin.layer { "this layer" } else { "another layer" },
            );
            let bounds = ground.bounds();
            let place = Place::Box(bounds.min, bounds.max);
            findings.push(Finding::of(Code::Duplicate, origin, id, text).at(place));
        }
    }
}

/// Layers that lie nowhere near the districts, above all where swapping the axes would bring them there.
fn far_layers(survey: &Survey, inputs: &[Input], findings: &mut Vec<Finding>) {
    let Some(home) = boxes(survey.districts.iter().map(|d| d.ground.bounds())) else { return };
    for (number, input) in inputs.iter().enumerate() {
        let number = number as u32;
        let hazards = survey.hazards.iter().filter(|h| h.origin.layer == number);
        let grounds = hazards.filter_map(|h| match &h.ground {
            HazardGround::Area(ground) => Some(ground.bounds()),
            HazardGround::Points(points) => Bounds::of(points.iter().copied()),
        });
        let releases = survey.releases.iter().filter(|r| r.origin.layer == number).map(|r| r.ground.bounds());
        let zones = survey.zones.iter().filter(|z| z.origin.layer == number).map(|z| z.ground.bounds());
        let incidents = survey.incidents.iter().filter(|i| i.origin.layer == number);
        let points = incidents.map(|i| Bounds { min: i.place, max: i.place });
        let Some(own) = boxes(grounds.chain(releases).chain(zones).chain(points)) else { continue };
        if own.meets(&home) || matches!(input.role, Role::Districts | Role::Coverage) {
            continue;
        }
        let turned = |p: Point| Point { x: p.y, y: p.x };
        let swapped = Bounds { min: turned(own.min), max: turned(own.max) };
        let text = if swapped.meets(&home) {
            "the layer lies far from all districts, but would lie among them if longitude and latitude were swapped; check \
             the order of its axes"
        } else {
            "the layer lies outside the box of all districts; check its coordinate reference system"
        };
        findings.push(Finding::of_layer(Code::SuspiciousPlace, number, text));
    }
}

fn boxes(bounds: impl Iterator<Item = Bounds>) -> Option<Bounds> {
    Bounds::of(bounds.flat_map(|b| [b.min, b.max]))
}

/// Findings about records after the account: stated areas that the geometry does not bear out.
pub(crate) fn records(rows: &Records) -> Vec<Finding> {
    let finding = |row: RecordRow| {
        let (stated, own) = (row.stated_m2?, row.geometry?.as_f64());
        let differs = (stated - own).abs() > 0.1 * own.max(stated) && stated > 0.0;
        let text = || format!("the record states {stated} m2, its geometry covers {own:.1} m2");
        let finding = || Finding::of(Code::StatedAreaDiffers, row.origin, &row.id, text()).area((stated - own).abs());
        differs.then(finding)
    };
    // Most state no area, and their rows need not be made.
    let states = |&place: &usize| rows.facts(place).is_some_and(|facts| facts.stated_m2.is_some());
    (0..rows.len()).into_par_iter().filter(states).filter_map(|place| rows.get(place).and_then(finding)).collect()
}

/// Every record read must have become something.
pub(crate) fn counts(inputs: &[Input]) -> Option<Check> {
    let difference: u64 = inputs.iter().map(|i| i.records.abs_diff(i.used + i.repaired + i.set_aside)).sum();
    Some(Check {
        name: "every record is used, repaired or set aside".into(),
        holds: difference == 0,
        difference: difference as f64,
    })
}
