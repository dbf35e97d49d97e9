//! tables.xlsx: the tables of the folder in one workbook, for people who work in a spreadsheet.
//!
//! | sheet | rows |
//! |---|---|
//! | `about` | what the workbook says, of which date, by which settings |
//! | `districts`, `balance`, `zones`, `findings`, `records` | those of the CSV files of the same names, in the same order |
//! | `series`, `transitions`, `plan`, `exposure`, `credit` | the same, where they have rows; for the public neither `records` nor `credit` |
//! | `definitions` | unit and meaning of every column |
//!
//! The first row of a sheet names the columns as the CSV files do, the second one says their unit and meaning; both
//! stay in sight, and the second one carries the filters. Numbers have the digits of the CSV files.
//!
//! A sheet holds at most 1,048,576 rows; what is beyond stands on a sheet of the same name and a number, under the
//! same two rows. A text holds at most 32,767 UTF-16 units; a longer one is cut and says so. No text is a formula: cells of
//! text are stored as text, and have the format `text`, so that they stay so when somebody edits them.
//!
//! The file is written from front to back as it comes, a row at a time, so memory does not grow with its length.

mod book;
mod sheet;
#[cfg(test)]
mod tests;
mod words;

use std::ops::Range;

use self::book::{Book, Part};
use self::sheet::Style;
use super::cell::Cell;
use super::columns::{
    self, BALANCE, CREDIT, Column, FINDINGS, PeriodRow, RECORDS, SERIES, TRANSITIONS, TransitionRow, ZONES,
};
use super::definitions::{Definition, SHARE, definition};
use super::planning::{self, EXPOSURE, PLAN};
use super::summary::PROGRAM;
use super::{Halt, Sink};
use crate::report::{DistrictRow, Report};

/// Rows of a sheet, by the format.
pub(super) const MOST_ROWS: usize = 1 << 20;

/// Bytes of a sheet from which on its package needs wider fields; older readers know only the narrow ones.
const LARGE: usize = 4_000_000_000;

/// Rows above the first one of the data.
const HEADER_ROWS: usize = 2;

/// Writes tables.xlsx.
pub(super) fn write(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    write_with(report, sink, MOST_ROWS)
}

fn write_with(report: &Report, sink: &mut Sink<'_>, most_rows: usize) -> Result<(), Halt> {
    let account = &report.account;
    let outside = columns::outside_row(report);
    let districts: Vec<&DistrictRow> = account.districts.iter().chain([&outside]).collect();
    let balance: Vec<PeriodRow> = columns::periods(report).collect();
    let series: Vec<PeriodRow> = columns::series(report).collect();
    let transitions: Vec<TransitionRow> = columns::transitions(report).collect();
    let credit = crate::report::credit(account);
    let exposure = planning::exposed(report);
    let steps = planning::steps(report);
    let figures: Vec<&Column<DistrictRow>> = columns::figures(report).collect();
    let mut sheets: Vec<Box<dyn Sheet + '_>> = vec![
        Box::new(Table { report, name: "districts", columns: figures, rows: districts }),
        Box::new(Table { report, name: "balance", columns: BALANCE.iter().collect(), rows: balance.iter().collect() }),
        Box::new(Table { report, name: "series", columns: SERIES.iter().collect(), rows: series.iter().collect() }),
        Box::new(Table {
            report,
            name: "transitions",
            columns: TRANSITIONS.iter().collect(),
            rows: transitions.iter().collect(),
        }),
        Box::new(Table {
            report,
            name: "zones",
            columns: ZONES.iter().collect(),
            rows: account.zones.iter().collect(),
        }),
        Box::new(Table { report, name: "plan", columns: PLAN.iter().collect(), rows: steps.iter().collect() }),
        Box::new(Table {
            report,
            name: "exposure",
            columns: EXPOSURE.iter().collect(),
            rows: exposure.iter().collect(),
        }),
    ];
    if !report.account.settings.public {
        sheets.push(Box::new(RecordSheet(report)));
        sheets.push(Box::new(Table {
            report,
            name: "credit",
            columns: CREDIT.iter().collect(),
            rows: credit.iter().collect(),
        }));
    }
    sheets.push(Box::new(Table {
        report,
        name: "findings",
        columns: FINDINGS.iter().collect(),
        rows: columns::findings_in_order(report),
    }));
    // A table that was not asked for, or has nothing to say, has no sheet.
    let optional = ["series", "transitions", "plan", "exposure", "credit"];
    sheets.retain(|sheet| sheet.rows() > 0 || !optional.contains(&sheet.name()));

    workbook(report, sink, most_rows, &sheets)
}

/// Writes a workbook of some tables, with what it is about before them and the definitions behind.
pub(super) fn workbook(
    report: &Report,
    sink: &mut Sink<'_>,
    most_rows: usize,
    sheets: &[Box<dyn Sheet + '_>],
) -> Result<(), Halt> {
    let room = most_rows - HEADER_ROWS;
    let mut parts = vec![Part { name: "about".to_owned(), filter: None }];
    for sheet in sheets {
        for number in 0..sheet.rows().div_ceil(room).max(1) {
            let rows = (sheet.rows() - number * room).min(room);
            let name = match number {
                0 => sheet.name().to_owned(),
                _ => format!("{} ({})", sheet.name(), number + 1),
            };
            parts.push(Part { name, filter: Some((sheet.width(), HEADER_ROWS + rows)) });
        }
    }
    parts.push(Part { name: "definitions".to_owned(), filter: None });

    let mut book = Book::begin(sink, &parts)?;
    about(report, &mut book)?;
    for sheet in sheets {
        for number in 0..sheet.rows().div_ceil(room).max(1) {
            let first = number * room;
            let end = (first + room).min(sheet.rows());
            table(sheet.as_ref(), first..end, &mut book)?;
        }
    }
    definitions(sheets, &mut book)?;
    book.finish()
}

/// A table, whatever its rows are.
pub(super) trait Sheet: Sync {
    fn name(&self) -> &'static str;
    fn columns(&self) -> Vec<&'static str>;
    /// The number of columns.
    fn width(&self) -> usize;
    /// The number of rows.
    fn rows(&self) -> usize;
    /// A number of bytes that some rows do not exceed.
    fn most_bytes(&self, rows: Range<usize>) -> Result<usize, Halt> {
        let mut most = 0;
        self.visit(rows, &mut |cells| {
            most += cells.iter().map(most_bytes_of).sum::<usize>();
            Ok(())
        })?;
        Ok(most)
    }
    /// Tells the cells of each of some rows.
    fn visit(&self, rows: Range<usize>, tell: &mut Tell<'_>) -> Result<(), Halt>;
}

/// What is told the cells of a row.
type Tell<'a> = dyn FnMut(&[Cell<'_>]) -> Result<(), Halt> + 'a;

pub(super) struct Table<'a, R: 'static> {
    pub report: &'a Report,
    pub name: &'static str,
    pub columns: Vec<&'static Column<R>>,
    pub rows: Vec<&'a R>,
}

impl<R: Sync> Sheet for Table<'_, R> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn columns(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.0).collect()
    }

    fn width(&self) -> usize {
        self.columns.len()
    }

    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn visit(&self, rows: Range<usize>, tell: &mut Tell<'_>) -> Result<(), Halt> {
        self.rows[rows].iter().try_for_each(|row| tell(&cells(self.report, &self.columns, row)))
    }
}

/// The records, which are made row by row.
struct RecordSheet<'a>(&'a Report);

impl Sheet for RecordSheet<'_> {
    fn name(&self) -> &'static str {
        "records"
    }

    fn columns(&self) -> Vec<&'static str> {
        RECORDS.iter().map(|column| column.0).collect()
    }

    fn width(&self) -> usize {
        RECORDS.len()
    }

    fn rows(&self) -> usize {
        self.0.account.records.len()
    }

    fn most_bytes(&self, rows: Range<usize>) -> Result<usize, Halt> {
        // Told from the texts alone, as a row costs more than they do. Words of the program are short.
        let names = self.0.inputs.iter().map(|input| input.layer.len() + input.path.len()).max().unwrap_or_default();
        let records = &self.0.account.records;
        let texts = rows.filter_map(|row| records.facts(row)).map(|facts| {
            let work = [&facts.work.operator, &facts.work.method, &facts.work.task];
            facts.id.len() + work.into_iter().flatten().map(String::len).sum::<usize>()
        });
        Ok(texts.map(|bytes| 7 * (bytes + names) + 150 * RECORDS.len()).sum())
    }

    fn visit(&self, rows: Range<usize>, tell: &mut Tell<'_>) -> Result<(), Halt> {
        let mut rows = rows.filter_map(|row| self.0.account.records.get(row));
        rows.try_for_each(|row| {
            let cells: [Cell<'_>; RECORDS.len()] = std::array::from_fn(|column| (RECORDS[column].1)(self.0, &row));
            tell(&cells)
        })
    }
}

fn cells<'a, R>(report: &'a Report, columns: &[&Column<R>], row: &'a R) -> Vec<Cell<'a>> {
    columns.iter().map(|column| (column.1)(report, row)).collect()
}

/// One sheet of a table.
fn table(sheet: &dyn Sheet, rows: Range<usize>, book: &mut Book<'_, '_>) -> Result<(), Halt> {
    let columns = sheet.columns();
    let meanings: Vec<Option<&Definition>> = columns.iter().map(|c| definition(sheet.name(), c)).collect();
    let widths: Vec<u32> = columns.iter().map(|column| width(column)).collect();
    book.begin_sheet(&widths, HEADER_ROWS, sheet.most_bytes(rows.clone())? > LARGE)?;
    let head = book.rows();
    head.texts(columns.iter().copied(), Style::Header);
    head.begin_tall();
    for meaning in &meanings {
        let text = meaning.map_or(String::new(), |m| format!("{}: {}", m.unit, m.meaning));
        head.cell(&Cell::Text(&text), Style::Definition);
    }
    head.end();
    let shares: Vec<bool> = meanings.iter().map(|m| m.is_some_and(|m| m.unit == SHARE)).collect();
    book.data(rows, |rows, made| {
        sheet.visit(rows, &mut |cells| {
            made.begin();
            for (cell, &share) in cells.iter().zip(&shares) {
                made.cell(cell, if share { Style::Share } else { Style::of(cell) });
            }
            made.end();
            Ok(())
        })
    })?;
    book.end_sheet()
}

/// A number of bytes that a cell does not exceed.
fn most_bytes_of(cell: &Cell<'_>) -> usize {
    // Tags and numbers; every character of text may be escaped.
    100 + match cell {
        Cell::Text(text) => 7 * text.len(),
        Cell::List(items) => items.iter().map(|item| 7 * item.len() + 2).sum(),
        _ => 0,
    }
}

/// The width of a column in characters.
fn width(column: &str) -> u32 {
    match column {
        "message" => 80,
        "reasons" => 60,
        "name" | "file" | "hazard_ids" => 28,
        "code" | "feature" => 12,
        _ => 18,
    }
}

/// What the workbook is about.
fn about(report: &Report, book: &mut Book<'_, '_>) -> Result<(), Halt> {
    let settings = &report.account.settings;
    book.begin_sheet(&[28, 90], 0, false)?;
    let unplaced = report.account.unplaced_hazards;
    let lines = [
        ("program", Cell::Text(PROGRAM)),
        ("version", Cell::Text(env!("CARGO_PKG_VERSION"))),
        ("date of the account", Cell::date(settings.as_of)),
        ("period from the end of", Cell::date(settings.since)),
        ("dates", Cell::Text(settings.dates.word())),
        ("releases outside hazards", Cell::Text(settings.outside.word())),
        ("safety distance (m)", Cell::Number(settings.safety_distance_m)),
        ("hazards that could lie anywhere", Cell::Count(unplaced)),
        ("areas", Cell::Text("on the WGS 84 ellipsoid, in square metres; each square metre is counted once")),
        (
            "what no sheet says",
            Cell::Text(
                "that land is free of explosive ordnance: the figures say what was recorded, and what was not recorded is not known",
            ),
        ),
        (
            "how a sheet is read",
            Cell::Text(
                "row 1 names the columns, row 2 says their unit and meaning; all of them stand on the sheet `definitions`",
            ),
        ),
    ];
    for (name, cell) in lines {
        let row = book.rows();
        row.begin();
        row.cell(&Cell::Text(name), Style::Header);
        row.cell(&cell, Style::of(&cell));
        row.end();
    }
    book.end_sheet()
}

/// Every column of every sheet with its unit and meaning.
fn definitions(sheets: &[Box<dyn Sheet + '_>], book: &mut Book<'_, '_>) -> Result<(), Halt> {
    book.begin_sheet(&[14, 28, 18, 110], 1, false)?;
    let rows = book.rows();
    rows.texts(["sheet", "column", "unit", "meaning"], Style::Header);
    for sheet in sheets {
        for column in sheet.columns() {
            let (unit, meaning) = definition(sheet.name(), column).map_or(("", ""), |d| (d.unit, d.meaning));
            rows.texts([sheet.name(), column, unit, meaning], Style::Text);
        }
    }
    book.end_sheet()
}
