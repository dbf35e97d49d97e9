//! A table that a command prints and writes by itself, beside the output folder: as aligned text, CSV and JSON.

use super::cell::{Cell, push_json_text, quote_from};
use crate::error::printable;

/// A value of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// There is none.
    Empty,
    /// Text.
    Text(String),
    /// The digits of a number.
    Number(String),
    /// Several texts.
    List(Vec<String>),
}

impl Entry {
    /// Text; none where it is empty.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// A number given by its digits; none where there are none.
    pub fn number(digits: impl Into<String>) -> Self {
        let digits = digits.into();
        if digits.is_empty() { Self::Empty } else { Self::Number(digits) }
    }

    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Text(text) => Cell::Text(text),
            Self::Number(digits) => Cell::Text(digits),
            Self::List(items) => Cell::List(items),
        }
    }
}

/// A table: the names of its columns, and rows of as many entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The names of the columns.
    pub columns: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<Entry>>,
}

impl Listing {
    /// The table as CSV, like those of the output folder: text that a spreadsheet would run is led in by a quote.
    pub fn csv(&self) -> String {
        let mut out = String::new();
        let header = self.columns.iter().map(|name| (*name).to_owned());
        push_record(&mut out, header);
        for row in &self.rows {
            let cell = |entry: &Entry| match entry {
                // A negative number is no formula.
                Entry::Number(digits) => digits.clone(),
                other => {
                    let mut text = String::new();
                    other.cell().push_csv(&mut text);
                    text
                }
            };
            push_record(&mut out, row.iter().map(cell));
        }
        out
    }

    /// The rows as a list of JSON objects, an object a line.
    pub fn json(&self) -> String {
        let mut out = String::from("[");
        for (number, row) in self.rows.iter().enumerate() {
            out.push_str(if number > 0 { ",\n    {" } else { "\n    {" });
            for (at, (name, entry)) in self.columns.iter().zip(row).enumerate() {
                if at > 0 {
                    out.push(',');
                }
                push_json_text(&mut out, name);
                out.push(':');
                match entry {
                    Entry::Number(digits) => out.push_str(digits),
                    other => other.cell().push_json(&mut out),
                }
            }
            out.push('}');
        }
        out.push_str(if self.rows.is_empty() { "]" } else { "\n  ]" });
        out
    }

    /// The table as aligned text without these columns; control characters are escaped, and numbers set flush right.
    pub fn text(&self, without: &[&str]) -> String {
        let kept: Vec<usize> = (0..self.columns.len()).filter(|&c| !without.contains(&self.columns[c])).collect();
        let shown = |entry: &Entry| match entry {
            Entry::Empty => String::new(),
            Entry::Text(text) | Entry::Number(text) => cut(printable(text)),
            Entry::List(items) => cut(printable(&items.join("; "))),
        };
        let mut lines: Vec<Vec<String>> = vec![kept.iter().map(|&c| self.columns[c].replace('_', " ")).collect()];
        lines.extend(self.rows.iter().map(|row| kept.iter().map(|&c| shown(&row[c])).collect()));
        let numbers: Vec<bool> =
            kept.iter().map(|&c| self.rows.iter().any(|row| matches!(row[c], Entry::Number(_)))).collect();
        let width = |c: usize| lines.iter().map(|line| line[c].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..kept.len()).map(width).collect();
        let mut out = String::new();
        for (number, line) in lines.iter().enumerate() {
            let mut text = String::new();
            for (c, (cell, &width)) in line.iter().zip(&widths).enumerate() {
                let gap = if c > 0 { "  " } else { "" };
                if numbers[c] {
                    text.push_str(&format!("{gap}{cell:>width$}"));
                } else {
                    text.push_str(&format!("{gap}{cell:<width$}"));
                }
            }
            out.push_str(text.trim_end());
            out.push('\n');
            if number == 0 {
                // The last column is often a sentence: the rule need not follow it.
                let shown = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
                out.push_str(&"-".repeat(shown.min(120)));
                out.push('\n');
            }
        }
        out
    }
}

fn push_record(out: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        let start = out.len();
        out.push_str(&cell);
        quote_from(out, start);
    }
    out.push('\n');
}

/// Characters of a cell that are shown on a terminal: sentences are shorter, and an id may be as long as its file.
const LONGEST_CELL: usize = 1000;

fn cut(text: String) -> String {
    match text.char_indices().nth(LONGEST_CELL) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_as_long_as_its_file_is_cut_on_the_terminal_only() {
        let long = "é".repeat(70_000);
        let listing = Listing { columns: vec!["a"], rows: vec![vec![Entry::text(&long)], vec![Entry::text("b")]] };
        let widest = listing.text(&[]).lines().map(|line| line.chars().count()).max();
        assert_eq!(widest, Some(LONGEST_CELL + 1));
        assert!(listing.csv().contains(&long) && listing.json().contains(&long));
    }

    #[test]
    fn hostile_text_is_harmless_in_every_form() {
        let hostile = "=1+1,\"\u{1b}[2J\n</script>";
        let listing = Listing {
            columns: vec!["a", "b_m2", "c"],
            rows: vec![
                vec![Entry::text(hostile), Entry::number("-1.5"), Entry::List(vec!["-x".to_owned(), "y".to_owned()])],
                vec![Entry::text(""), Entry::number(""), Entry::Empty],
            ],
        };
        let csv = listing.csv();
        let mut reader = ::csv::Reader::from_reader(csv.as_bytes());
        let rows: Vec<Vec<String>> =
            reader.records().map(|r| r.expect("a row").iter().map(str::to_owned).collect()).collect();
        assert_eq!(rows, [[&format!("'{hostile}"), "-1.5", "'-x; y"], ["", "", ""]]);
        let json: serde_json::Value = serde_json::from_str(&listing.json()).expect("JSON");
        assert_eq!(
            (&json[0]["a"], &json[0]["b_m2"], &json[0]["c"][0]),
            (&hostile.into(), &(-1.5).into(), &"-x".into())
        );
        assert!(json[1]["a"].is_null() && json[1]["b_m2"].is_null());
        let text = listing.text(&["c"]);
        assert!(!text.chars().any(|c| c.is_control() && c != '\n') && !text.contains("-x"), "{text}");
        assert_eq!(text.lines().count(), 4);
    }
}
