//! What only shows when records are seen together.

use jiff::civil::Date;
use remnant_geometry::{Bounds, Footprint, Point};
use rustc_hash::FxHashMap;

use crate::finding::{Code, Finding, Place};
use crate::records::{HazardGround, Origin, Survey};
use crate::report::{Check, Input, RecordRow, Role};

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
    let hazards = survey.hazards.iter().map(|h| (h.origin, &h.id));
    let lost = survey.lost_hazards.iter().map(|h| (h.origin, &h.id));
    let releases = survey.releases.iter().map(|r| (r.origin, &r.id));
    let lost_releases = survey.lost_releases.iter().map(|r| (r.origin, &r.id));
    let zones = survey.zones.iter().map(|z| (z.origin, &z.id));
    let mut first: FxHashMap<(u32, &str), u64> = FxHashMap::default();
    let mut all: Vec<_> = hazards.chain(lost).chain(releases).chain(lost_releases).chain(zones).collect();
    all.sort_unstable();
    for (origin, id) in all {
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

/// Copies are used like any record: the land counts once in any case.
fn duplicates(survey: &Survey, findings: &mut Vec<Finding>) {
    // Of each box, size, class or kind and date, the records that differ; copies have all of that in common, and hardly
    // anything else has.
    type Seen<'a> = FxHashMap<(Bounds, usize, u8, Option<Date>), Vec<(&'a Footprint, Origin)>>;
    let mut seen: Seen<'_> = FxHashMap::default();
    let hazards = survey.hazards.iter().filter_map(|h| match &h.ground {
        HazardGround::Area(ground) => Some((ground, h.class as u8, h.date, h.origin, &h.id)),
        HazardGround::Points(_) => None,
    });
    let releases = survey.releases.iter().map(|r| (&r.ground, 2 + r.kind as u8, r.date, r.origin, &r.id));
    for (ground, what, date, origin, id) in hazards.chain(releases) {
        let alike = seen.entry((ground.bounds(), ground.len(), what, date)).or_default();
        if let Some((_, other)) = alike.iter().find(|(other, _)| *other == ground) {
            let text = format!(
                "the record covers the same ground, with the same date and class or kind, as feature {} of {}; its land \
                 counts once",
                other.feature,
                if other.layer == origin.layer { "this layer" } else { "another layer" },
            );
            let bounds = ground.bounds();
            let place = Place::Box(bounds.min, bounds.max);
            findings.push(Finding::of(Code::Duplicate, origin, id, text).at(place));
        } else {
            alike.push((ground, origin));
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
pub(crate) fn records(rows: &[RecordRow]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in rows {
        let (Some(stated), Some(geometry)) = (row.stated_m2, row.geometry) else { continue };
        let own = geometry.as_f64();
        if (stated - own).abs() > 0.1 * own.max(stated) && stated > 0.0 {
            let text = format!("the record states {stated} m2, its geometry covers {own:.1} m2");
            findings.push(Finding::of(Code::StatedAreaDiffers, row.origin, &row.id, text).area((stated - own).abs()));
        }
    }
    findings
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
