//! The district table of standard output: what a person looks at first.
//!
//! Areas are in hectares to the square metre, so they are rounded; exact figures stand in districts.csv. Rounding
//! never makes contaminated or released land vanish, nor a release complete.

use super::columns;
use crate::error::printable;
use crate::records::Fate;
use crate::report::{DistrictRow, RecordFacts, RecordKind, Report, SquareMetres};

/// Names longer than this are cut, so that a row stays a line.
const LONGEST_NAME: usize = 32;

type Column = (&'static str, fn(&DistrictRow) -> String);

/// The columns: text first, then figures, which are set flush right.
const COLUMNS: &[Column] = &[
    ("code", |d| label(d.code.as_deref())),
    ("district", |d| label(d.name.as_deref())),
    ("baseline ha", |d| hectares(d.figures.states.baseline())),
    ("suspected ha", |d| hectares(d.figures.states.suspected)),
    ("confirmed ha", |d| hectares(d.figures.states.confirmed)),
    ("remaining ha", |d| hectares(d.figures.states.remaining())),
    ("released ha", |d| hectares(d.figures.states.released())),
    ("released %", |d| percent(d.figures.states.released(), d.figures.states.baseline())),
    ("hazards", |d| d.figures.hazards.to_string()),
    ("releases", |d| d.figures.releases.to_string()),
    ("points", |d| d.figures.evidence_points.to_string()),
];
const TEXT_COLUMNS: usize = 2;

/// The figures of every district, of the land outside and of everything, as aligned text.
///
/// Control characters in names are escaped, so that no name steers the terminal.
pub fn district_table(report: &Report) -> String {
    let (outside, mut total) = (columns::outside_row(report), columns::total_row(report));
    total.code = None;
    let rows: Vec<&DistrictRow> = report.account.districts.iter().chain([&outside, &total]).collect();
    let mut lines: Vec<Vec<String>> = vec![COLUMNS.iter().map(|c| c.0.to_owned()).collect()];
    lines.extend(rows.iter().map(|row| COLUMNS.iter().map(|c| c.1(row)).collect()));
    // A character is taken for a column, which is close enough for most scripts.
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
    let mut out = String::new();
    for (number, line) in lines.iter().enumerate() {
        let mut text = String::new();
        for (column, (cell, &width)) in line.iter().zip(&widths).enumerate() {
            let gap = if column > 0 { "  " } else { "" };
            if column < TEXT_COLUMNS {
                text.push_str(&format!("{gap}{cell:<width$}"));
            } else {
                text.push_str(&format!("{gap}{cell:>width$}"));
            }
        }
        if number + 1 == lines.len() {
            rule(&mut out, &widths);
        }
        out.push_str(text.trim_end());
        out.push('\n');
        if number == 0 {
            rule(&mut out, &widths);
        }
    }
    out.push_str(&set_aside(report));
    out
}

/// What no row can show: records that could not be used. A table full of noughts must not pass for good news.
fn set_aside(report: &Report) -> String {
    let lost = |hazard: bool| {
        let of_kind = |row: &RecordFacts<'_>| matches!(row.kind, RecordKind::Hazard(_)) == hazard;
        report.account.records.all_facts().filter(of_kind).filter(|row| row.fate == Fate::SetAside).count()
    };
    let (hazards, releases) = (lost(true), lost(false));
    if hazards + releases == 0 {
        return String::new();
    }
    format!(
        "not in these figures: {hazards} hazards that were set aside ({} of them could lie anywhere) and {releases} releases; \
         see findings.csv\n",
        report.account.unplaced_hazards
    )
}

fn rule(out: &mut String, widths: &[usize]) {
    out.push_str(&"-".repeat(widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)));
    out.push('\n');
}

fn label(text: Option<&str>) -> String {
    let text = printable(text.unwrap_or_default());
    if text.chars().count() <= LONGEST_NAME {
        return text;
    }
    text.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

/// Hectares with four decimals, which are square metres.
fn hectares(area: SquareMetres) -> String {
    let square_centimetres = i128::from(area.square_centimetres());
    let square_metres = (square_centimetres + 5_000).div_euclid(10_000);
    if square_metres == 0 && square_centimetres > 0 {
        return "<0.0001".to_owned();
    }
    let (sign, size) = (if square_metres < 0 { "-" } else { "" }, square_metres.unsigned_abs());
    format!("{sign}{}.{:04}", size / 10_000, size % 10_000)
}

/// A share in per cent with one decimal; a dash where there is nothing to release, and 100 only where nothing remains.
fn percent(part: SquareMetres, whole: SquareMetres) -> String {
    let (part, whole) = (i128::from(part.square_centimetres()), i128::from(whole.square_centimetres()));
    if whole <= 0 {
        return "-".to_owned();
    }
    let nearest = (2 * part * 1000 + whole).div_euclid(2 * whole);
    let tenths = if part < whole { nearest.min(999) } else { nearest };
    format!("{}.{}", tenths / 10, tenths % 10)
}
