//! What people use, and what to clear next, as CSV.
//!
//! | file | rows |
//! |---|---|
//! | `exposure.csv` | for every theme: everything (`*`), every district, the land outside (empty `code`), every zone. `scope` says which; districts and the land outside add up to the total, zones don't |
//! | `plan.csv` | every zone with something to be cleared, in the order of work; those that can't be ranked come last, with the reason |

use super::cell::Cell;
use super::columns::{self, Column};
use super::tables::table;
use super::{Halt, Sink};
use crate::report::{DistrictRow, Exposure, Priority, Report, SquareMetres, ZoneRow};

/// A theme in a place.
pub(super) struct Exposed {
    scope: &'static str,
    code: Option<String>,
    name: Option<String>,
    district: Option<String>,
    exposure: Exposure,
}

pub(super) const EXPOSURE: &[Column<Exposed>] = &[
    ("scope", |_, e| Cell::Text(e.scope)),
    ("code", |_, e| Cell::text(e.code.as_deref())),
    ("name", |_, e| Cell::text(e.name.as_deref())),
    ("district", |_, e| Cell::text(e.district.as_deref())),
    ("theme", |_, e| Cell::Text(&e.exposure.theme)),
    ("features", |_, e| Cell::Count(e.exposure.features)),
    ("exposed_features", |_, e| Cell::Count(e.exposure.exposed_features)),
    ("length_m", |_, e| Cell::distance(Some(e.exposure.length_m))),
    ("exposed_length_m", |_, e| Cell::distance(Some(e.exposure.exposed_length_m))),
    ("area_m2", |_, e| Cell::Area(e.exposure.area)),
    ("exposed_area_m2", |_, e| Cell::Area(e.exposure.exposed_area)),
];

pub(super) fn exposure(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    table("exposure", report, sink, EXPOSURE.iter(), exposed(report))
}

/// Every theme in every place and zone.
pub(super) fn exposed(report: &Report) -> Vec<Exposed> {
    let (outside, total) = (columns::outside_row(report), columns::total_row(report));
    let district = |scope: &'static str, row: &DistrictRow| -> Vec<Exposed> {
        let exposed = |exposure: &Exposure| Exposed {
            scope,
            code: row.code.clone(),
            name: row.name.clone(),
            district: None,
            exposure: exposure.clone(),
        };
        row.figures.exposure.iter().map(exposed).collect()
    };
    let zone = |row: &ZoneRow| -> Vec<Exposed> {
        let exposed = |exposure: &Exposure| Exposed {
            scope: "zone",
            code: Some(row.id.clone()),
            name: Some(row.name.clone()),
            district: row.district.clone(),
            exposure: exposure.clone(),
        };
        row.exposure.iter().map(exposed).collect()
    };
    let mut rows = district("total", &total);
    rows.extend(report.account.districts.iter().flat_map(|row| district("district", row)));
    rows.extend(district("outside", &outside));
    rows.extend(report.account.zones.iter().flat_map(zone));
    rows
}

/// A place in the order of work, with what all places up to it come to.
pub(super) struct Step {
    place: Priority,
    /// Land to be cleared for all places up to this one, each piece once.
    cumulative: SquareMetres,
}

pub(super) const PLAN: &[Column<Step>] = &[
    ("rank", |_, s| Cell::Count(u64::from(s.place.rank))),
    ("ranked", |_, s| Cell::Flag(s.place.missing.is_none())),
    ("id", |r, s| zone(r, s).map_or(Cell::Empty, |z| Cell::Text(&z.id))),
    ("name", |r, s| zone(r, s).map_or(Cell::Empty, |z| Cell::Text(&z.name))),
    ("district", |r, s| Cell::text(zone(r, s).and_then(|z| z.district.as_deref()))),
    ("status", |r, s| Cell::text(zone(r, s).map(|z| z.status.word()))),
    ("people", |_, s| s.place.people.map_or(Cell::Empty, Cell::Number)),
    ("homes", |_, s| s.place.homes.map_or(Cell::Empty, Cell::Number)),
    ("to_clear_m2", |r, s| work(r, s).map_or(Cell::Empty, |w| Cell::Area(w.area))),
    ("marginal_m2", |_, s| Cell::Area(s.place.marginal)),
    ("cumulative_m2", |_, s| Cell::Area(s.cumulative)),
    ("people_per_ha", |r, s| per_hectare(s.place.people, work(r, s).map(|w| w.area))),
    ("people_per_marginal_ha", |_, s| per_hectare(s.place.people, Some(s.place.marginal))),
    ("evidence_points", |r, s| work(r, s).map_or(Cell::Empty, |w| Cell::Count(w.evidence_points))),
    ("access", |r, s| Cell::text(zone(r, s).map(|z| z.access.word()))),
    ("score", |_, s| if s.place.missing.is_none() { Cell::share(s.place.score) } else { Cell::Empty }),
    ("best_rank", |_, s| Cell::Count(u64::from(s.place.best_rank))),
    ("worst_rank", |_, s| Cell::Count(u64::from(s.place.worst_rank))),
    ("hazard_ids", |r, s| work(r, s).map_or(Cell::Empty, |w| Cell::List(&w.hazard_ids))),
    ("why", |_, s| Cell::Text(&s.place.sentence)),
];

fn zone<'a>(report: &'a Report, step: &Step) -> Option<&'a ZoneRow> {
    report.account.zones.get(step.place.zone)
}

fn work<'a>(report: &'a Report, step: &Step) -> Option<&'a crate::report::ToClear> {
    zone(report, step)?.to_clear.as_ref()
}

/// A number for a hectare, to the thousandth; none where there is no land.
fn per_hectare(number: Option<f64>, area: Option<SquareMetres>) -> Cell<'static> {
    let hectares = area.map(|a| a.as_f64() / 1e4).filter(|h| *h > 0.0);
    number.zip(hectares).map_or(Cell::Empty, |(number, hectares)| Cell::distance(Some(number / hectares)))
}

pub(super) fn plan(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    table("plan", report, sink, PLAN.iter(), steps(report))
}

/// The order of work, with what each step adds to those before.
pub(super) fn steps(report: &Report) -> Vec<Step> {
    let mut cumulative = SquareMetres::ZERO;
    let order = report.account.plan.iter().flat_map(|plan| &plan.order);
    order
        .map(|place| {
            cumulative += place.marginal;
            Step { place: place.clone(), cumulative }
        })
        .collect()
}
