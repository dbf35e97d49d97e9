//! The tables of the treaty reports, and the forecast.
//!
//! | file | for |
//! |---|---|
//! | `treaty-article-7.csv` | the tables of contaminated and released areas of a report by Article 7 of the Anti-Personnel Mine Ban Convention, and of a request by its Article 5 |
//! | `treaty-ccm.csv` | those of a report by Article 7 of the Convention on Cluster Munitions |
//! | `treaty.xlsx` | both, a sheet each |
//! | `forecast.csv` | how long the remaining land would take at recent rates |
//!
//! Rows are the districts, the land outside them and everything, for the period of the run. The row under the header
//! says what a column means. The two conventions ask for the same columns but for devices; which land belongs under
//! which of them is for whoever chooses the layers of the run: nothing here guesses the type of contamination.

use remnant_geometry::Polygons;

use super::cell::Cell;
use super::columns::{self, Column};
use super::definitions::definition;
use super::tables::table_under;
use super::xlsx::{self, MOST_ROWS, Sheet, Table};
use super::{Halt, Sink};
use crate::forecast::{Forecast, forecast as forecast_of};
use crate::report::{DistrictRow, Moment, ReleasedByClass, Report, SquareMetres, Treaty};

const ARTICLE_7: &str = "treaty-article-7";
const CCM: &str = "treaty-ccm";

/// What both conventions ask for.
const COMMON: &[Column<DistrictRow>] = &[
    ("code", |_, d| Cell::text(d.code.as_deref())),
    ("name", |_, d| Cell::text(d.name.as_deref())),
    ("from", |r, _| Cell::date(r.account.settings.since)),
    ("to", |r, _| Cell::date(r.account.settings.as_of)),
    ("opening_cha", |_, d| Cell::Count(of(d).opening.confirmed.1)),
    ("opening_cha_m2", |_, d| Cell::Area(of(d).opening.confirmed.0)),
    ("opening_sha", |_, d| Cell::Count(of(d).opening.suspected.1)),
    ("opening_sha_m2", |_, d| Cell::Area(of(d).opening.suspected.0)),
    ("opening_m2", |_, d| Cell::Area(of(d).opening.area())),
    ("newly_identified_cha", |_, d| Cell::Count(of(d).newly_identified.confirmed.1)),
    ("newly_identified_cha_m2", |_, d| Cell::Area(of(d).newly_identified.confirmed.0)),
    ("newly_identified_sha", |_, d| Cell::Count(of(d).newly_identified.suspected.1)),
    ("newly_identified_sha_m2", |_, d| Cell::Area(of(d).newly_identified.suspected.0)),
    ("recontaminated_cha_m2", |_, d| Cell::Area(of(d).recontaminated.confirmed.0)),
    ("recontaminated_sha_m2", |_, d| Cell::Area(of(d).recontaminated.suspected.0)),
    ("confirmed_sha_m2", |_, d| Cell::Area(of(d).confirmed)),
    ("cancelled", |_, d| Cell::Count(of(d).cancelled.releases)),
    ("cancelled_m2", |_, d| Cell::Area(of(d).cancelled.area())),
    ("reduced", |_, d| Cell::Count(of(d).reduced.releases)),
    ("reduced_m2", |_, d| Cell::Area(of(d).reduced.area())),
    ("cleared", |_, d| Cell::Count(of(d).cleared.releases)),
    ("cleared_m2", |_, d| Cell::Area(of(d).cleared.area())),
    ("released_cha_m2", |_, d| Cell::Area(released(d, |r| r.confirmed))),
    ("released_sha_m2", |_, d| Cell::Area(released(d, |r| r.suspected))),
    ("closing_cha", |_, d| Cell::Count(of(d).closing.confirmed.1)),
    ("closing_cha_m2", |_, d| Cell::Area(of(d).closing.confirmed.0)),
    ("closing_sha", |_, d| Cell::Count(of(d).closing.suspected.1)),
    ("closing_sha_m2", |_, d| Cell::Area(of(d).closing.suspected.0)),
    ("closing_m2", |_, d| Cell::Area(of(d).closing.area())),
];

/// Devices by Article 7 of the Anti-Personnel Mine Ban Convention.
const MINES: &[Column<DistrictRow>] = &[
    ("ap_mines", |_, d| Cell::Count(of(d).devices[0])),
    ("av_mines", |_, d| Cell::Count(of(d).devices[1])),
    ("other_devices", |_, d| Cell::Count(of(d).devices[2..5].iter().sum())),
    ("ied", |_, d| Cell::Count(of(d).devices[5])),
];

/// Devices by Article 7 of the Convention on Cluster Munitions.
const SUBMUNITIONS: &[Column<DistrictRow>] = &[
    ("submunitions", |_, d| Cell::Count(of(d).devices[4])),
    ("other_devices", |_, d| {
        let devices = of(d).devices;
        Cell::Count(devices[..4].iter().chain(&devices[5..]).sum())
    }),
];

/// A place with its forecast.
struct Outlook {
    row: DistrictRow,
    told: Forecast,
}

const FORECAST: &[Column<Outlook>] = &[
    ("code", |_, o| Cell::text(o.row.code.as_deref())),
    ("name", |_, o| Cell::text(o.row.name.as_deref())),
    ("remaining_m2", |_, o| Cell::Area(o.told.remaining)),
    ("first_year", |_, o| year(o.told.years.first().map(|y| y.year))),
    ("last_year", |_, o| year(o.told.years.last().map(|y| y.year))),
    ("years_released_m2", |_, o| Cell::Area(o.told.years.iter().map(|y| y.released).sum())),
    ("years_recorded_m2", |_, o| Cell::Area(o.told.years.iter().map(|y| y.recorded).sum())),
    ("years_at_least", |_, o| o.told.range.map_or(Cell::Empty, |r| Cell::Count(r.at_least))),
    ("years_at_most", |_, o| o.told.range.and_then(|r| r.at_most).map_or(Cell::Empty, Cell::Count)),
    ("assumption", |_, o| Cell::Text(&o.told.sentence)),
];

pub(super) fn article_7(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    table(report, sink, ARTICLE_7, &[COMMON, MINES])
}

pub(super) fn ccm(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    table(report, sink, CCM, &[COMMON, SUBMUNITIONS])
}

pub(super) fn workbook(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let places = places(report);
    let sheet = |name, columns: [&'static [Column<DistrictRow>]; 2]| -> Box<dyn Sheet + '_> {
        let columns = columns.into_iter().flatten().collect();
        Box::new(Table { report, name, columns, rows: places.iter().collect() })
    };
    let sheets = vec![sheet(ARTICLE_7, [COMMON, MINES]), sheet(CCM, [COMMON, SUBMUNITIONS])];
    xlsx::workbook(report, sink, MOST_ROWS, &sheets)
}

pub(super) fn forecast(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    table_under(
        "forecast",
        &[meanings("forecast", FORECAST.iter().map(|c| c.0))],
        report,
        sink,
        FORECAST.iter(),
        outlooks(report),
    )
}

fn table(
    report: &Report,
    sink: &mut Sink<'_>,
    name: &str,
    columns: &[&'static [Column<DistrictRow>]],
) -> Result<(), Halt> {
    let columns: Vec<&'static Column<DistrictRow>> = columns.iter().copied().flatten().collect();
    let under = meanings(name, columns.iter().map(|c| c.0));
    table_under(name, &[under], report, sink, columns.iter().copied(), places(report))
}

/// The row under the header: unit and meaning of every column.
fn meanings(table: &str, columns: impl Iterator<Item = &'static str>) -> Vec<String> {
    columns.map(|c| definition(table, c).map_or(String::new(), |d| format!("{}: {}", d.unit, d.meaning))).collect()
}

fn places(report: &Report) -> Vec<DistrictRow> {
    let bare = |row: &DistrictRow| DistrictRow { shape: Polygons::default(), ..row.clone() };
    let districts = report.account.districts.iter().map(bare);
    districts.chain([columns::outside_row(report), columns::total_row(report)]).collect()
}

/// The forecast of every place; none without a series.
fn outlooks(report: &Report) -> Vec<Outlook> {
    let Some(series) = &report.account.series else { return Vec::new() };
    let moments: Vec<&Vec<Moment>> = series.districts.iter().chain([&series.outside, &series.total]).collect();
    let rows = places(report).into_iter().zip(moments);
    let since = report.account.settings.since;
    rows.map(|(row, moments)| Outlook { row, told: forecast_of(series, moments, since) }).collect()
}

fn of(row: &DistrictRow) -> &Treaty {
    &row.figures.treaty
}

fn released(row: &DistrictRow, class: fn(&ReleasedByClass) -> SquareMetres) -> SquareMetres {
    let Treaty { cancelled, reduced, cleared, .. } = of(row);
    class(cancelled) + class(reduced) + class(cleared)
}

fn year(year: Option<i16>) -> Cell<'static> {
    year.map_or(Cell::Empty, |y| Cell::Count(u64::from(y.unsigned_abs())))
}

/// Every column of the tables here, by table: each must be defined.
#[cfg(test)]
pub(super) fn all_columns() -> Vec<(&'static str, &'static str)> {
    let of = |name, columns: &[&'static [Column<DistrictRow>]]| {
        columns.iter().copied().flatten().map(|c| (name, c.0)).collect::<Vec<_>>()
    };
    let mut all = of(ARTICLE_7, &[COMMON, MINES]);
    all.extend(of(CCM, &[COMMON, SUBMUNITIONS]));
    all.extend(FORECAST.iter().map(|c| ("forecast", c.0)));
    all
}
