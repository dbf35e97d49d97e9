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
use std::io::Write;

use super::cell::{Cell, quote_from};
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
    let columns: Vec<&Column<R>> = columns.collect();
    let mut lines = Lines { sink, text: String::with_capacity(2 * GATHERED) };
    columns.iter().for_each(|column| lines.cell(&Cell::Text(column.0)));
    lines.end_line()?;
    if report.account.settings.hxl {
        columns.iter().for_each(|column| lines.cell(&Cell::Text(dictionary::hashtag(name, column.0))));
        lines.end_line()?;
    }
    for row in under {
        row.iter().for_each(|text| lines.cell(&Cell::Text(text)));
        lines.end_line()?;
    }
    for row in rows {
        lines.sink.step()?;
        columns.iter().for_each(|column| lines.cell(&(column.1)(report, row.borrow())));
        lines.end_line()?;
    }
    lines.pass_on()
}

/// Bytes of lines that are gathered before they go on.
const GATHERED: usize = 1 << 16;

/// The lines of a table.
struct Lines<'s, 'a> {
    sink: &'s mut Sink<'a>,
    /// What is not yet passed on; a line that has not ended ends with a comma.
    text: String,
}

impl Lines<'_, '_> {
    fn cell(&mut self, cell: &Cell<'_>) {
        let start = self.text.len();
        cell.push_csv(&mut self.text);
        // Nothing else has anything to be quoted.
        if matches!(cell, Cell::Text(_) | Cell::List(_)) {
            quote_from(&mut self.text, start);
        }
        self.text.push(',');
    }

    fn end_line(&mut self) -> Result<(), Halt> {
        self.text.pop();
        self.text.push('\n');
        if self.text.len() >= GATHERED { self.pass_on() } else { Ok(()) }
    }

    fn pass_on(&mut self) -> Result<(), Halt> {
        self.sink.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}
