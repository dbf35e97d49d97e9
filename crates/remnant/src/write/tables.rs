//! The tables as CSV: comma, a header, UTF-8, `\n` at the end of a line.
//!
//! | file | rows |
//! |---|---|
//! | `balance.csv` | every district; the land outside all districts (empty `code`); everything (`code` is `*`); with a series, all of them for every period |
//! | `series.csv` | the same places at the end of every period; none without a series |
//! | `transitions.csv` | the same places by the state of land at the opening and at the closing; none without a period |
//! | `districts.csv` | every district; the land outside all districts (empty `code`). No total: the rows add up to it, and a script that sums a column should get it. It stands in summary.json |
//! | `credit.csv` | one for each operator, method and kind of releases |
//! | `zones.csv`, `records.csv`, `findings.csv` | one each |
//! | `records-by-district.csv` | one for each record and each district where it has land; `record` counts the rows of records.csv from 1 |
//!
//! With `--hxl` a second row holds the HXL hashtag of every column (`dictionary`).
//!
//! Areas have four decimals, so that columns add up as printed. A text cell that begins with `=`, `+`, `-`, `@`, tab,
//! carriage return or line feed is led in by a single quote, so that no spreadsheet runs it; the text is otherwise as
//! it was. Cells of numbers and dates are never changed. Lists are joined by `; `; where an item holds that itself,
//! the GeoJSON file of the same name has the list item by item.

use std::borrow::Borrow;

use super::cell::Cell;
use super::columns::{self, BALANCE, CREDIT, Column, FINDINGS, RECORDS, SERIES, SHARES, TRANSITIONS, ZONES};
use super::{Halt, Sink, dictionary};
use crate::report::Report;

pub(super) fn findings(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    table("findings", report, sink, FINDINGS.iter(), columns::findings_in_order(report))
}

pub(super) fn balance(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    table("balance", report, sink, BALANCE.iter(), columns::periods(report))
}

pub(super) fn series(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    table("series", report, sink, SERIES.iter(), columns::series(report))
}

pub(super) fn transitions(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    table("transitions", report, sink, TRANSITIONS.iter(), columns::transitions(report))
}

pub(super) fn districts(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let outside = columns::outside_row(report);
    table("districts", report, sink, columns::figures(report), report.account.districts.iter().chain([&outside]))
}

pub(super) fn zones(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    table("zones", report, sink, ZONES.iter(), &report.account.zones)
}

pub(super) fn records(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    table("records", report, sink, RECORDS.iter(), report.account.records.iter())
}

pub(super) fn credit(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    table("credit", report, sink, CREDIT.iter(), crate::report::credit(&report.account))
}

pub(super) fn shares(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    table("records-by-district", report, sink, SHARES.iter(), report.account.shares.iter())
}

pub(super) fn table<R: 'static>(
    name: &str,
    report: &Report,
    sink: &mut Sink<'_>,
    columns: impl Iterator<Item = &'static Column<R>> + Clone,
    rows: impl IntoIterator<Item: Borrow<R>>,
) -> Result<(), Halt> {
    table_under(name, &[], report, sink, columns, rows)
}

/// A table with further rows of text between its header and its data.
pub(super) fn table_under<R: 'static>(
    name: &str,
    under: &[Vec<String>],
    report: &Report,
    sink: &mut Sink<'_>,
    columns: impl Iterator<Item = &'static Column<R>> + Clone,
    rows: impl IntoIterator<Item: Borrow<R>>,
) -> Result<(), Halt> {
    let mut writer = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::Any(b'\n'))
        .buffer_capacity(1 << 16)
        .from_writer(sink);
    writer.write_record(columns.clone().map(|c| c.0))?;
    if report.account.settings.hxl {
        writer.write_record(columns.clone().map(|c| dictionary::hashtag(name, c.0)))?;
    }
    for row in under {
        writer.write_record(row)?;
    }
    let mut text = String::new();
    for row in rows {
        writer.get_ref().step()?;
        for (_, cell) in columns.clone() {
            text.clear();
            let cell: Cell<'_> = cell(report, row.borrow());
            cell.push_csv(&mut text);
            writer.write_field(&text)?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()?;
    Ok(())
}
