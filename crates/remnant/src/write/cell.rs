//! A value of an output, and its digits as JSON and CSV.

use jiff::civil::Date;
use remnant_geometry::Area;
use remnant_geometry::plane::AREA_UNITS_PER_M2;

use crate::report::SquareMetres;

/// A value of an output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    /// There is none: `null`, an empty cell.
    Empty,
    /// Text.
    Text(&'a str),
    /// Several texts.
    List(&'a [String]),
    /// An area in m2.
    Area(SquareMetres),
    /// An exact area in m2.
    Exact(Area),
    /// A number of things.
    Count(u64),
    /// A whole number of units of 10 to the power of minus `places`.
    Fixed {
        /// The number of units.
        units: i64,
        /// The decimals.
        places: usize,
    },
    /// Any other number; one that is not finite counts as none.
    Number(f64),
    /// A day.
    Date(Date),
    /// Yes or no.
    Flag(bool),
    /// A mark of 16 hexadecimal digits.
    Mark(u64),
}

/// Millionths: the digits of a share.
const SHARE_UNITS: i128 = 1_000_000;

impl<'a> Cell<'a> {
    /// Text where there is some.
    pub(super) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Empty, Self::Text)
    }

    /// A day where there is one.
    pub(super) fn date(date: Option<Date>) -> Self {
        date.map_or(Self::Empty, Self::Date)
    }

    /// An area in m2 that did not come from faces, to the square centimetre.
    pub(super) fn metres(area_m2: Option<f64>) -> Self {
        match area_m2 {
            // Beyond this the number of square centimetres would leave its integer.
            Some(m2) if m2.abs() < 1e14 => {
                let square_centimetres = (m2 * SquareMetres::UNITS as f64).round() as i128;
                Self::Area(SquareMetres::rounded(Area::from_units(square_centimetres * 100_000)))
            }
            Some(m2) => Self::Number(m2),
            None => Self::Empty,
        }
    }

    /// A distance in metres, to the millimetre.
    pub(super) fn distance(metres: Option<f64>) -> Self {
        match metres {
            Some(m) if m.abs() < 1e12 => Self::Fixed { units: (m * 1e3).round() as i64, places: 3 },
            Some(m) => Self::Number(m),
            None => Self::Empty,
        }
    }

    /// A share or a score, to the millionth.
    pub(super) fn share(share: f64) -> Self {
        if share.is_finite() && share.abs() < 1e9 {
            Self::Fixed { units: (share * SHARE_UNITS as f64).round() as i64, places: 6 }
        } else {
            Self::Empty
        }
    }

    /// A compass bearing, in whole degrees from 0 to 359.
    pub(super) fn bearing(degrees: Option<f64>) -> Self {
        degrees.filter(|d| d.is_finite()).map_or(Self::Empty, |d| Self::Count(d.round().rem_euclid(360.0) as u64))
    }

    /// A released share: 1 only where nothing remains, however little that may be.
    pub(super) fn released_share(released: SquareMetres, baseline: SquareMetres) -> Self {
        let (part, whole) = (i128::from(released.square_centimetres()), i128::from(baseline.square_centimetres()));
        if whole <= 0 {
            return Self::Empty;
        }
        let nearest = (2 * part * SHARE_UNITS + whole).div_euclid(2 * whole);
        let units = if part < whole { nearest.min(SHARE_UNITS - 1) } else { nearest };
        Self::Fixed { units: i64::try_from(units).unwrap_or(i64::MAX), places: 6 }
    }

    /// A contaminated share: 0 only where nothing is contaminated.
    pub(super) fn contaminated_share(share: f64) -> Self {
        if !share.is_finite() || share.abs() > 1e9 {
            return Self::Empty;
        }
        let nearest = (share * SHARE_UNITS as f64).round() as i64;
        Self::Fixed { units: if share > 0.0 { nearest.max(1) } else { nearest }, places: 6 }
    }

    /// Adds the value as JSON.
    pub(super) fn push_json(&self, out: &mut String) {
        match *self {
            Self::Text(text) => push_json_text(out, text),
            Self::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    push_json_text(out, item);
                }
                out.push(']');
            }
            Self::Area(area) => push_fixed(out, area.square_centimetres(), 4, Zeros::Trimmed),
            Self::Exact(area) => push_exact(out, area, Zeros::Trimmed),
            Self::Date(_) | Self::Mark(_) => {
                out.push('"');
                self.push_csv(out);
                out.push('"');
            }
            Self::Empty => out.push_str("null"),
            Self::Number(number) if !number.is_finite() => out.push_str("null"),
            Self::Count(_) | Self::Fixed { .. } | Self::Number(_) | Self::Flag(_) => self.push_csv(out),
        }
    }

    /// The value as text for formats that run nothing: as in CSV, and text as it is.
    pub(super) fn plain(&self) -> Option<String> {
        match *self {
            Self::Empty => None,
            Self::Text(text) => Some(text.to_owned()),
            Self::List(items) => Some(items.join("; ")),
            _ => {
                let mut text = String::new();
                self.push_csv(&mut text);
                // A number that is none has no digits.
                Some(text).filter(|t| !t.is_empty())
            }
        }
    }

    /// The value as the number that its digits in CSV stand for.
    pub(super) fn real(&self) -> Option<f64> {
        match self {
            Self::Area(_) | Self::Exact(_) | Self::Count(_) | Self::Fixed { .. } | Self::Number(_) => {
                self.plain()?.parse().ok()
            }
            _ => None,
        }
    }

    /// The value as a whole number.
    pub(super) fn count(&self) -> Option<i64> {
        match *self {
            Self::Count(count) => i64::try_from(count).ok(),
            _ => None,
        }
    }

    /// The value as a day.
    pub(super) fn day(&self) -> Option<Date> {
        if let Self::Date(date) = *self { Some(date) } else { None }
    }

    /// The value as yes or no.
    pub(super) fn flag(&self) -> Option<bool> {
        if let Self::Flag(flag) = *self { Some(flag) } else { None }
    }

    /// Adds the value as the text of a CSV cell, not yet quoted.
    ///
    /// Text that a spreadsheet would run as a formula is led in by a single quote, as is every such item of a list,
    /// since some spreadsheets part cells at a semicolon. Numbers and dates are left as they are.
    pub(super) fn push_csv(&self, out: &mut String) {
        match *self {
            Self::Empty => {}
            Self::Text(text) => push_harmless(out, text),
            Self::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push_str("; ");
                    }
                    push_harmless(out, item);
                }
            }
            Self::Area(area) => push_fixed(out, area.square_centimetres(), 4, Zeros::Kept),
            Self::Exact(area) => push_exact(out, area, Zeros::Kept),
            Self::Count(count) => push_whole(out, count),
            Self::Fixed { units, places } => push_fixed(out, units, places, Zeros::Trimmed),
            Self::Number(number) => push_number(out, number),
            Self::Date(date) => push_date(out, date),
            Self::Mark(mark) => push_mark(out, mark),
            Self::Flag(flag) => out.push_str(if flag { "true" } else { "false" }),
        }
    }
}

/// What becomes of zeros at the end of decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zeros {
    /// They stay: every number of a column has the same decimals.
    Kept,
    /// They go, with the point where nothing follows it.
    Trimmed,
}

/// Adds a whole number.
pub(super) fn push_whole(out: &mut String, number: u64) {
    out.push_str(itoa::Buffer::new().format(number));
}

/// Adds a whole number of units of 10^-`places` as a decimal number; there is no -0.
pub(super) fn push_fixed(out: &mut String, units: i64, places: usize, zeros: Zeros) {
    if units < 0 {
        out.push('-');
    }
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(units.unsigned_abs());
    let (whole, decimals) = digits.split_at(digits.len().saturating_sub(places));
    out.push_str(if whole.is_empty() { "0" } else { whole });
    // Most records did few of the things that there are columns for.
    if places == 0 || (zeros == Zeros::Trimmed && decimals.bytes().all(|digit| digit == b'0')) {
        return;
    }
    out.push('.');
    (decimals.len()..places).for_each(|_| out.push('0'));
    out.push_str(if zeros == Zeros::Trimmed { decimals.trim_end_matches('0') } else { decimals });
}

/// Adds a day as `YYYY-MM-DD`.
fn push_date(out: &mut String, date: Date) {
    let (Ok(year @ 0..=9999), month, day) = (u32::try_from(date.year()), date.month(), date.day()) else {
        // Years before the first one have a sign and more digits.
        return out.push_str(&date.to_string());
    };
    let number = (year * 100 + u32::from(month.unsigned_abs())) * 100 + u32::from(day.unsigned_abs());
    let (mut buffer, first) = (itoa::Buffer::new(), out.len());
    // A leading 1 keeps the zeros.
    out.push_str(&buffer.format(100_000_000 + number)[1..]);
    out.insert(first + 6, '-');
    out.insert(first + 4, '-');
}

/// Adds a mark as 16 hexadecimal digits.
fn push_mark(out: &mut String, mark: u64) {
    let digit = |place: u32| char::from_digit((mark >> (4 * place)) as u32 & 0xf, 16).unwrap_or('0');
    out.extend((0..16).rev().map(digit));
}

/// Adds an exact area with its nine decimals.
fn push_exact(out: &mut String, area: Area, zeros: Zeros) {
    let (sign, units) = (if area.units() < 0 { "-" } else { "" }, area.units().unsigned_abs());
    let whole = AREA_UNITS_PER_M2.unsigned_abs();
    let digits = format!("{sign}{}.{:09}", units / whole, units % whole);
    let trimmed = digits.trim_end_matches('0').trim_end_matches('.');
    out.push_str(if zeros == Zeros::Trimmed { trimmed } else { &digits });
}

/// Adds the shortest digits that give the number back; nothing where it is not finite.
fn push_number(out: &mut String, number: f64) {
    if number == 0.0 {
        // Minus zero is zero to a reader.
        out.push('0');
    } else if number.is_finite() {
        let digits = serde_json::Number::from_f64(number).map(|n| n.to_string()).unwrap_or_default();
        out.push_str(digits.strip_suffix(".0").unwrap_or(&digits));
    }
}

/// Adds a text as a JSON string.
///
/// Beyond what JSON asks for, the control characters that JSON allows (DEL and U+0080 to U+009F) are escaped: a
/// terminal on which the file is shown obeys them.
pub(super) fn push_json_text(out: &mut String, text: &str) {
    // A text can't fail to be JSON.
    let quoted = serde_json::to_string(text).unwrap_or_else(|_| "null".to_owned());
    let steers = |c: char| matches!(c, '\u{7f}'..='\u{9f}');
    if !quoted.contains(steers) {
        out.push_str(&quoted);
        return;
    }
    for c in quoted.chars() {
        if steers(c) {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
}

/// Quotes the CSV cell that begins at `start`, where a reader would not take it for one cell otherwise.
pub(super) fn quote_from(out: &mut String, start: usize) {
    if out.as_bytes()[start..].iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        let cell = out.split_off(start);
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    }
}

/// What a formula begins with; some spreadsheets take the signs of full width for the others.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Adds a text that no spreadsheet takes for a formula.
fn push_harmless(out: &mut String, text: &str) {
    if text.starts_with(FORMULA) {
        out.push('\'');
    }
    out.push_str(text);
}
