//! The table of published figures.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;

use super::amount::{Interval, Measure, Printed, Unit};
use super::words::What;
use crate::error::{Error, Location, Result};

/// A table that is larger than this is something else, named by mistake.
const LARGEST: u64 = 16 << 20;

/// The same of rows: every figure is held against every other one of its kind.
const MOST_ROWS: u64 = 5_000;

/// The columns, needed ones first.
const NEEDED: [&str; 3] = ["id", "what", "value"];
const OTHERS: [&str; 11] =
    ["where", "when", "unit", "rounding", "part_of", "numerator", "denominator", "computed", "source", "note", "title"];

/// When a figure holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum When {
    /// Nobody says.
    Unknown,
    /// At the end of a day.
    At(Date),
    /// From the end of one day to the end of another.
    Period(Date, Date),
}

impl When {
    /// In words.
    pub(super) fn words(self) -> String {
        match self {
            Self::Unknown => "at an unknown date".to_owned(),
            Self::At(date) => format!("at {date}"),
            Self::Period(from, to) => format!("from the end of {from} to {to}"),
        }
    }
}

/// A published figure.
#[derive(Debug, Clone)]
pub struct Published {
    pub(super) id: String,
    pub(super) what: What,
    /// Codes or names of districts, sorted; none for the whole country.
    pub(super) places: Vec<String>,
    pub(super) when: When,
    pub(super) unit: Unit,
    /// The number as printed.
    pub(super) printed: Printed,
    /// What it can have been.
    pub(super) value: Interval,
    pub(super) part_of: Option<usize>,
    /// Of a share: the row of the part and that of the whole.
    pub(super) share: Option<(usize, usize)>,
    /// Whether it is held against the computed figure.
    pub(super) computed: bool,
    pub(super) source: String,
}

/// Reads a table of published figures.
///
/// # Errors
/// [`Error::Unusable`] with the row and the column where something can't be understood: nothing is guessed.
pub fn read(path: &Path) -> Result<Vec<Published>> {
    let refuse = |why: &dyn std::fmt::Display| {
        Error::unusable("the published figures can't be read", Location::file(path), why, "check the name of the file")
    };
    let metadata = std::fs::metadata(path).map_err(|e| refuse(&e))?;
    if !metadata.is_file() {
        return Err(refuse(&"it is not a regular file"));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| refuse(&e))?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|e| refuse(&e))?;
    if bytes.len() as u64 > LARGEST {
        return Err(refuse(&"it is larger than 16 MiB, so it is hardly a table of published figures"));
    }
    parse(&bytes, path)
}

/// The same from memory.
pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<Vec<Published>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader =
        ::csv::ReaderBuilder::new().delimiter(crate::read::separator(bytes)).trim(::csv::Trim::All).from_reader(bytes);
    let whole = |why: String| error(path, None, "", why);
    let header: Vec<String> =
        reader.headers().map_err(|e| whole(e.to_string()))?.iter().map(str::to_lowercase).collect();
    for (at, name) in header.iter().enumerate() {
        if !NEEDED.contains(&name.as_str()) && !OTHERS.contains(&name.as_str()) {
            let known: Vec<&str> = NEEDED.iter().chain(&OTHERS).copied().collect();
            return Err(whole(format!("there is no column `{name}`; the columns are {}", known.join(", "))));
        }
        if header[..at].contains(name) {
            return Err(whole(format!("the column `{name}` stands twice")));
        }
    }
    if let Some(missing) = NEEDED.iter().find(|name| !header.iter().any(|h| h == *name)) {
        return Err(whole(format!("the column `{missing}` is missing")));
    }
    let mut rows = Vec::new();
    for (number, record) in (1..).zip(reader.records()) {
        let record = record.map_err(|e| error(path, Some(number), "", e.to_string()))?;
        if number > MOST_ROWS {
            return Err(whole(format!("it has more than {MOST_ROWS} rows; part the table")));
        }
        let cells: HashMap<&str, &str> = header.iter().map(String::as_str).zip(record.iter()).collect();
        rows.push((
            number,
            Row { path, number, cells: cells.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect() },
        ));
    }
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for (at, (_, row)) in rows.iter().enumerate() {
        let id = row.text("id");
        if id.is_empty() {
            return Err(row.error("id", "it is empty"));
        }
        if numbers.insert(id.to_owned(), at).is_some() {
            return Err(row.error("id", format!("`{id}` stands twice")));
        }
    }
    let figures: Vec<Published> = rows.iter().map(|(_, row)| row.figure(&numbers)).collect::<Result<_>>()?;
    for ((_, row), figure) in rows.iter().zip(&figures) {
        row.links(figure, &figures)?;
    }
    Ok(figures)
}

struct Row<'a> {
    path: &'a Path,
    number: u64,
    cells: HashMap<String, String>,
}

impl Row<'_> {
    fn text(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    fn error(&self, column: &str, why: impl Into<String>) -> Error {
        error(self.path, Some(self.number), column, why.into())
    }

    fn figure(&self, numbers: &HashMap<String, usize>) -> Result<Published> {
        let unit = Unit::of(self.text("unit"))
            .ok_or_else(|| self.error("unit", format!("`{}` is none of {}", self.text("unit"), Unit::words())))?;
        let value = self.text("value");
        let printed = Printed::read(value, unit).map_err(|why| self.error("value", format!("`{value}`: {why}")))?;
        // A count is exact; a measured or rounded figure may be off by half of its last digit.
        let last_digit = match unit.word {
            "items" => 0,
            _ => unit.size / 10_i128.pow(printed.places as u32),
        };
        let rounding = match self.text("rounding") {
            "" => last_digit,
            text => Printed::read(text, unit).map_err(|why| self.error("rounding", format!("`{text}`: {why}")))?.amount,
        };
        let what = self.text("what");
        if what.is_empty() {
            return Err(self.error("what", "it is empty"));
        }
        let link = |column: &str| match self.text(column) {
            "" => Ok(None),
            id => numbers
                .get(id)
                .copied()
                .map(Some)
                .ok_or_else(|| self.error(column, format!("no row has the id `{id}`"))),
        };
        let share = match (link("numerator")?, link("denominator")?) {
            (Some(part), Some(whole)) => Some((part, whole)),
            (None, None) => None,
            _ => return Err(self.error("numerator", "a share needs a numerator and a denominator")),
        };
        if share.is_some() && unit.measure != Measure::Share {
            return Err(
                self.error("unit", "a figure with numerator and denominator is a share: its unit is % or share")
            );
        }
        let computed = match self.text("computed").to_lowercase().as_str() {
            "" | "yes" => true,
            "no" => false,
            other => return Err(self.error("computed", format!("`{other}` is neither yes nor no"))),
        };
        let mut places: Vec<String> =
            self.text("where").split('+').map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned).collect();
        places.sort_unstable();
        places.dedup();
        Ok(Published {
            id: self.text("id").to_owned(),
            what: What::of(what),
            places,
            when: self.when()?,
            unit,
            printed,
            value: Interval::around(printed.amount, rounding / 2),
            part_of: link("part_of")?,
            share,
            computed,
            source: self.text("source").to_owned(),
        })
    }

    fn when(&self) -> Result<When> {
        let text = self.text("when");
        let wrong = || {
            let forms = "2024-12-31 (a state), 2024 or 2024-06 (a period), 2023-12-31/2024-12-31 (from the end of one day to that of another)";
            self.error("when", format!("`{text}` is none of the forms {forms}"))
        };
        let day = |text: &str| text.parse::<Date>().ok().filter(|_| text.len() == 10);
        let before = |date: Date| date.checked_sub(1.day()).ok();
        if text.is_empty() {
            return Ok(When::Unknown);
        }
        if let Some(date) = day(text) {
            return Ok(When::At(date));
        }
        let period = match text.split_once('/') {
            Some((from, to)) => day(from).zip(day(to)),
            None if text.len() == 4 => {
                day(&format!("{text}-01-01")).and_then(before).zip(day(&format!("{text}-12-31")))
            }
            None if text.len() == 7 => {
                let first = day(&format!("{text}-01"));
                first.and_then(before).zip(first.map(Date::last_of_month))
            }
            None => None,
        };
        period.filter(|(from, to)| from < to).map(|(from, to)| When::Period(from, to)).ok_or_else(wrong)
    }

    /// What can only be judged when all rows are known.
    fn links(&self, figure: &Published, all: &[Published]) -> Result<()> {
        if let Some(whole) = figure.part_of {
            if all[whole].unit.measure != figure.unit.measure {
                return Err(self.error("part_of", "a part and its whole measure different things: look at their units"));
            }
            if std::ptr::eq(&all[whole], figure) {
                return Err(self.error("part_of", "a figure is no part of itself"));
            }
        }
        if let Some((part, whole)) = figure.share
            && all[part].unit.measure != all[whole].unit.measure
        {
            let why = "numerator and denominator measure different things: look at their units";
            return Err(self.error("numerator", why));
        }
        Ok(())
    }
}

fn error(path: &Path, row: Option<u64>, column: &str, why: String) -> Error {
    let mut place = Location::file(path);
    place.feature = row;
    if !column.is_empty() {
        place = place.field(column);
    }
    Error::unusable("the published figures can't be used", place, why, "put that row right and run again")
}
