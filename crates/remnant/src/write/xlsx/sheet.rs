//! The cells of a sheet, as XML.

use jiff::civil::Date;

use super::words::Words;
use crate::report::SquareMetres;
use crate::write::cell::{Cell, Zeros, push_fixed, push_whole};

/// UTF-16 units that a cell holds, by the format.
const MOST_UNITS: usize = 32_767;

/// What stands at the end of a text that was too long.
const CUT: &str = " [... cut; the CSV file of the same name has it whole]";

/// How a cell looks; the number is that of the format in the workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As it comes.
    General,
    /// The name of a column.
    Header,
    /// Unit and meaning of a column.
    Definition,
    /// Text that stays text when it is edited.
    Text,
    /// Square metres.
    Area,
    /// A number of things.
    Count,
    /// A day.
    Date,
    /// A share, in per cent.
    Share,
    /// A number with three decimals.
    Metres,
}

impl Style {
    /// Every style in order of its number.
    pub(super) const ALL: [Self; 9] = [
        Self::General,
        Self::Header,
        Self::Definition,
        Self::Text,
        Self::Area,
        Self::Count,
        Self::Date,
        Self::Share,
        Self::Metres,
    ];

    /// The formats of numbers that are not built in.
    pub(super) const FORMATS: [(u32, &'static str); 5] =
        [(164, "#,##0.0000"), (165, "#,##0"), (166, "yyyy\\-mm\\-dd"), (167, "0.0000%"), (168, "#,##0.000")];

    /// The style of a value.
    pub(super) fn of(cell: &Cell<'_>) -> Self {
        match cell {
            Cell::Text(_) | Cell::List(_) | Cell::Mark(_) => Self::Text,
            Cell::Area(_) | Cell::Exact(_) => Self::Area,
            Cell::Count(_) => Self::Count,
            Cell::Date(_) => Self::Date,
            Cell::Fixed { places: 3, .. } => Self::Metres,
            Cell::Empty | Cell::Fixed { .. } | Cell::Number(_) | Cell::Flag(_) => Self::General,
        }
    }

    /// The style as the workbook defines it.
    pub(super) fn definition(self) -> String {
        let (number, font, fill, extra) = match self {
            Self::General => (0, 0, 0, ""),
            Self::Header => (49, 1, 2, "<alignment vertical=\"top\"/>"),
            Self::Definition => (49, 2, 2, "<alignment vertical=\"top\" wrapText=\"1\"/>"),
            // 49 is the built-in format of text.
            Self::Text => (49, 0, 0, ""),
            Self::Area => (164, 0, 0, ""),
            Self::Count => (165, 0, 0, ""),
            Self::Date => (166, 0, 0, ""),
            Self::Share => (167, 0, 0, ""),
            Self::Metres => (168, 0, 0, ""),
        };
        let aligned = if extra.is_empty() { "" } else { " applyAlignment=\"1\"" };
        format!(
            "<xf numFmtId=\"{number}\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"0\" xfId=\"0\" \
             applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\"{aligned}>{extra}</xf>"
        )
    }
}

/// Where a cell stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The number of its column, from 0, and its letters, led in by what opens a cell.
    pub(super) column: usize,
    pub(super) opening: &'a str,
    /// The digits of its row.
    pub(super) row: &'a str,
}

/// Adds a cell.
pub(super) fn push_cell(out: &mut String, words: &mut Words, place: Place<'_>, cell: &Cell<'_>, style: Style) {
    let kind = match *cell {
        Cell::Empty => return,
        Cell::Text(text) => return push_text(out, words, place, text, style),
        Cell::List(items) => return push_text(out, words, place, &items.join("; "), style),
        Cell::Date(date) if day_number(date).is_none() => {
            return push_text(out, words, place, &date.to_string(), Style::Text);
        }
        Cell::Mark(_) => return push_text(out, words, place, &cell.plain().unwrap_or_default(), style),
        Cell::Flag(_) => "\" t=\"b\"><v>",
        _ => "\"><v>",
    };
    let before = out.len();
    begin(out, place, style, kind);
    let value = out.len();
    match *cell {
        Cell::Date(date) => push_whole(out, day_number(date).unwrap_or_default().unsigned_abs()),
        Cell::Flag(flag) => out.push(if flag { '1' } else { '0' }),
        Cell::Exact(area) => {
            push_fixed(out, SquareMetres::rounded(area).square_centimetres(), 4, Zeros::Trimmed);
        }
        Cell::Area(area) => push_fixed(out, area.square_centimetres(), 4, Zeros::Trimmed),
        _ => cell.push_csv(out),
    }
    if out.len() == value {
        // A number that is none is an empty cell.
        out.truncate(before);
    } else {
        out.push_str("</v></c>");
    }
}

fn push_text(out: &mut String, words: &mut Words, place: Place<'_>, text: &str, style: Style) {
    if text.is_empty() {
        return;
    }
    if let Some(number) = words.number(place.column, text) {
        begin(out, place, style, "\" t=\"s\"><v>");
        push_whole(out, number.into());
        out.push_str("</v></c>");
        return;
    }
    begin(out, place, style, "\" t=\"inlineStr\"><is>");
    push_string(out, text);
    out.push_str("</is></c>");
}

/// Adds a text as the element that holds it.
pub(super) fn push_string(out: &mut String, text: &str) {
    // Readers leave out white space at the ends of others.
    let spaced = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
    out.push_str(if spaced || text.contains(char::is_control) { "<t xml:space=\"preserve\">" } else { "<t>" });
    match fitting(text) {
        Some(part) => {
            push_escaped(out, part);
            out.push_str(CUT);
        }
        None => push_escaped(out, text),
    }
    out.push_str("</t>");
}

/// Adds what stands before a value; `kind` is what follows the number of the style.
fn begin(out: &mut String, place: Place<'_>, style: Style, kind: &str) {
    out.push_str(place.opening);
    out.push_str(place.row);
    out.push_str("\" s=\"");
    push_whole(out, style as u64);
    out.push_str(kind);
}

/// The part of a text that a cell holds beside the mark of the cut; `None` where it holds all of it.
fn fitting(text: &str) -> Option<&str> {
    // No text has more UTF-16 units than bytes.
    if text.len() <= MOST_UNITS || text.chars().map(char::len_utf16).sum::<usize>() <= MOST_UNITS {
        return None;
    }
    let room = MOST_UNITS - CUT.len();
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > room
    });
    end.map(|(at, _)| &text[..at])
}

/// Adds the letters of a column, counted from 0.
pub(super) fn push_column(out: &mut String, column: usize) {
    if column >= 26 {
        push_column(out, column / 26 - 1);
    }
    out.push(char::from(b'A' + (column % 26) as u8));
}

/// The number of a day: days since 1899-12-30. None before March 1900: spreadsheets hold 1900 for a leap year.
fn day_number(date: Date) -> Option<i64> {
    let days = date.duration_since(Date::constant(1899, 12, 30)).as_hours() / 24;
    (days > 60).then_some(days)
}

/// Adds text between tags. Control characters and what XML can't hold become `_xHHHH_` (ECMA-376, part 1, 22.9.2.19),
/// and a text that looks like that is itself escaped, so that it reads back as it was.
fn push_escaped(out: &mut String, text: &str) {
    // Most texts are ids.
    if text.bytes().all(|b| matches!(b, b' '..=b'~') && !matches!(b, b'&' | b'<' | b'>' | b'_')) {
        out.push_str(text);
        return;
    }
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' => out.push(c),
            '_' if is_escape(&text.as_bytes()[at..]) => out.push_str("_x005F_"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push_str(&format!("_x{:04X}_", u32::from(c))),
            c => out.push(c),
        }
    }
}

fn is_escape(bytes: &[u8]) -> bool {
    matches!(bytes, [b'_', b'x', digits @ .., ] if digits.len() >= 5
        && digits[..4].iter().all(u8::is_ascii_hexdigit)
        && digits[4] == b'_')
}

/// Adds text within quotes.
pub(super) fn push_attribute(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("&quot;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            c => out.push(c),
        }
    }
}
