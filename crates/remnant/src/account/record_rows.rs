//! A row for every record: what it did, in all places together.

use std::sync::Arc;

use rayon::prelude::*;

use super::faces::Rules;
use super::ledger::{Deed, Ledger};
use crate::records::{Fate, HazardGround, Origin, Survey, Work};
use crate::report::{RecordKind, RecordRow, SquareMetres};
use crate::status::Act;

/// A row for every hazard and release, hazards first, each in the order of the survey.
pub(super) fn rows(rules: &Rules<'_>, survey: &Survey, ledger: &Ledger) -> Vec<RecordRow> {
    let nobody: Arc<Work> = Arc::default();
    let lost = survey.lost_hazards.len() + survey.lost_releases.len();
    let mut rows: Vec<RecordRow> = Vec::with_capacity(survey.hazards.len() + survey.releases.len() + lost);
    rows.extend(survey.hazards.iter().map(|hazard| {
        let is_area = matches!(hazard.ground, HazardGround::Area(_));
        RecordRow {
            date: hazard.date,
            fate: hazard.fate,
            stated_m2: hazard.stated_area_m2,
            geometry: is_area.then_some(SquareMetres::ZERO),
            ..empty(RecordKind::Hazard(Some(hazard.class)), hazard.origin, &hazard.id, &nobody)
        }
    }));
    rows.extend(survey.releases.iter().map(|release| RecordRow {
        date: release.date,
        fate: release.fate,
        stated_m2: release.stated_area_m2,
        geometry: Some(SquareMetres::ZERO),
        ..empty(RecordKind::Release(Some(release.kind)), release.origin, &release.id, &release.work)
    }));
    enter(rules, survey, ledger, &mut rows);
    rows.extend(survey.lost_hazards.iter().map(|hazard| RecordRow {
        stated_m2: hazard.stated_area_m2,
        ..empty(RecordKind::Hazard(None), hazard.origin, &hazard.id, &nobody)
    }));
    rows.extend(survey.lost_releases.iter().map(|release| RecordRow {
        stated_m2: release.stated_area_m2,
        ..empty(RecordKind::Release(None), release.origin, &release.id, &release.work)
    }));
    rows.par_sort_by_key(|row| (matches!(row.kind, RecordKind::Release(_)), row.origin));
    rows
}

/// What every event did, into its row; rows stand in the order of the survey, hazards first.
fn enter(rules: &Rules<'_>, survey: &Survey, ledger: &Ledger, rows: &mut [RecordRow]) {
    let mut sums = ledger.deeds.everywhere().peekable();
    for (number, event) in (0..).zip(&rules.covers.events) {
        let deeds = sums.next_if(|sum| sum.0 == number).map(|sum| sum.1).unwrap_or_default();
        let of = |deed: Deed| SquareMetres::rounded(deeds.of(deed));
        let row = match event.act {
            Act::Hazard(_) => &mut rows[event.index],
            Act::Release(_) => &mut rows[survey.hazards.len() + event.index],
        };
        row.in_effect = event.slot <= rules.last_slot;
        row.geometry = Some(of(Deed::Covers));
        row.recorded = of(Deed::NewlyRecorded) + of(Deed::Recontaminated);
        row.credited = of(Deed::Credited);
        row.outside = of(Deed::Outside);
        match event.act {
            Act::Hazard(_) => row.overlap = of(Deed::Repeated),
            Act::Release(_) => {
                row.repeated = of(Deed::Repeated);
                row.within_task = of(Deed::WithinTask);
            }
        }
    }
}

/// The row of a record that did nothing.
fn empty(kind: RecordKind, origin: Origin, id: &str, work: &Arc<Work>) -> RecordRow {
    RecordRow {
        kind,
        origin,
        id: id.to_owned(),
        date: None,
        fate: Fate::SetAside,
        in_effect: false,
        stated_m2: None,
        geometry: None,
        credited: SquareMetres::ZERO,
        repeated: SquareMetres::ZERO,
        outside: SquareMetres::ZERO,
        recorded: SquareMetres::ZERO,
        overlap: SquareMetres::ZERO,
        within_task: SquareMetres::ZERO,
        work: Arc::clone(work),
    }
}
