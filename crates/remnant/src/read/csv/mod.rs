//! CSV with well-known text or with columns of coordinates.

mod angle;
mod columns;
mod rows;
#[cfg(test)]
mod tests;
mod traverse;
mod vertices;
mod wkt;

use std::ops::Range;

use self::columns::{Place, promising};
pub(crate) use self::rows::separator;
use self::rows::{Span, fields, first_fields, rows};
use self::vertices::Columns;
use super::text::Codec;
use super::{Bearings, Bytes, Feature, Format, LayerInfo, Request, Shape, Source, Value, slice_of};
use crate::error::{Error, Location, Result};

/// The format's line in the table of formats.
pub(super) const FORMAT: Format =
    Format { name: "CSV", extensions: &["csv", "tsv", "tab", "txt"], recognises, open, layers: super::only_layer };

/// In how many rows a value is sought that tells what a column holds.
const LOOK: usize = 1000;

/// Conservative: text whose first line names columns that tell a place.
fn recognises(head: &[u8]) -> bool {
    let text = match head {
        [0xFF, 0xFE, ..] => encoding_rs::UTF_16LE.decode(head).0.into_owned(),
        [0xFE, 0xFF, ..] => encoding_rs::UTF_16BE.decode(head).0.into_owned(),
        _ => String::from_utf8_lossy(head.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(head)).into_owned(),
    };
    let strange = |c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n');
    if text.contains(strange) || text.trim_start().starts_with(['{', '[', '<', '!']) {
        return false;
    }
    let separator = separator(text.as_bytes());
    let header = text.lines().find(|line| !line.is_empty() && sep_line(line).is_none()).unwrap_or_default();
    promising(&fields(header, separator))
}

/// Excel's line before the header that names the separator.
fn sep_line(line: &str) -> Option<u8> {
    match line.trim_end().as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] => Some(*separator),
        _ => None,
    }
}

/// The file as UTF-8: its own bytes from a place on, or decoded.
enum Text {
    Own(Bytes, usize),
    Decoded(String),
}

impl Text {
    fn get(&self) -> &str {
        match self {
            // Checked when it was opened.
            Self::Own(bytes, start) => {
                bytes.get(*start..).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
            }
            Self::Decoded(text) => text,
        }
    }

    /// A row, without a look at the whole text.
    fn slice(&self, span: Span) -> std::borrow::Cow<'_, str> {
        match self {
            Self::Own(bytes, start) => {
                String::from_utf8_lossy(bytes.get(start + span.start..start + span.end).unwrap_or_default())
            }
            Self::Decoded(text) => text.get(span.start..span.end).unwrap_or_default().into(),
        }
    }
}

/// UTF-16 of a file without its mark, where the caller says so; the little end first unless the name says otherwise.
fn utf_16_named(label: &str) -> Option<&'static encoding_rs::Encoding> {
    let plain: String = label.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    match plain.as_str() {
        "UTF16" | "UTF16LE" => Some(encoding_rs::UTF_16LE),
        "UTF16BE" => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

fn decode(bytes: Bytes, request: &Request<'_>, notes: &mut Vec<String>) -> Result<Text> {
    let utf_16 = match *bytes {
        [0xFF, 0xFE, ..] => Some(encoding_rs::UTF_16LE),
        [0xFE, 0xFF, ..] => Some(encoding_rs::UTF_16BE),
        _ => request.encoding.and_then(utf_16_named),
    };
    if let Some(encoding) = utf_16 {
        let (text, _, replaced) = encoding.decode(&bytes);
        let text = text.into_owned();
        if replaced {
            // Text that is cut in the middle of a character is cut.
            let why = "it is marked or named as UTF-16 and is not all valid UTF-16, or ends within a character";
            return Err(unusable(request, why));
        }
        return Ok(Text::Decoded(text));
    }
    if memchr::memchr(0, &bytes).is_some() {
        return Err(unusable(
            request,
            "there are NUL bytes in it: no text, or UTF-16 without its mark (then name the encoding, utf-16le or utf-16be)",
        ));
    }
    let start = if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) { 3 } else { 0 };
    let content = bytes.get(start..).unwrap_or_default();
    let codec = match (request.encoding, start) {
        (Some(label), 0) => Codec::named(label).ok_or_else(|| super::no_such_encoding(request.path, label))?,
        _ => Codec::UTF_8,
    };
    if matches!(&codec, Codec::Web(encoding) if *encoding == encoding_rs::UTF_8) {
        if std::str::from_utf8(content).is_ok() {
            return Ok(Text::Own(bytes, start));
        }
        if start > 0 || request.encoding.is_some() {
            notes.push("the text is not all valid UTF-8; what is not was replaced".into());
            return Ok(Text::Decoded(String::from_utf8_lossy(content).into_owned()));
        }
        notes.push(
            "the encoding is not stated, and the text is not UTF-8; it is read as windows-1252, which may be wrong: name \
             the encoding"
                .into(),
        );
        return Ok(Text::Decoded(Codec::WINDOWS_1252.decode(content).0));
    }
    let (text, replaced) = codec.decode(content);
    if replaced {
        notes.push(format!("the text is not all valid {}; what is not was replaced", codec.name()));
    }
    Ok(Text::Decoded(text))
}

fn unusable(request: &Request<'_>, why: impl std::fmt::Display) -> Error {
    Error::unusable("this CSV can't be used", Location::file(request.path), why, "save it again as CSV in UTF-8")
}

fn open(request: &Request<'_>) -> Result<Box<dyn Source>> {
    from_bytes(Bytes::load(request.path)?, request)
}

/// Whether the cells of a row are HXL hashtags, as a run with `--hxl` puts them under the header.
pub(crate) fn is_hashtags<'a>(cells: impl IntoIterator<Item = &'a str>) -> bool {
    let mut filled = cells.into_iter().filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some() && filled.all(|cell| cell.starts_with('#'))
}

/// Opens a file whose content is in memory.
pub(super) fn from_bytes(bytes: Bytes, request: &Request<'_>) -> Result<Box<dyn Source>> {
    let name = request.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    if let Some(layer) = request.layer.filter(|l| *l != name) {
        return Err(super::no_such_layer(request.path, layer, &name));
    }
    let digest = bytes.digest();
    let mut notes = Vec::new();
    let text = decode(bytes, request, &mut notes)?;
    let whole = text.get();
    let first = whole.lines().next().unwrap_or_default();
    let (separator, start) = match sep_line(first) {
        Some(separator) => (separator, first.len()),
        None => (separator(whole.trim_start().as_bytes()), 0),
    };
    let mut rows = rows(whole.as_bytes(), start, separator).map_err(|unpaired| {
        let line = memchr::memchr_iter(b'\n', whole.as_bytes().get(..unpaired.at).unwrap_or_default()).count() + 1;
        unusable(request, format!("line {line}: {}; where the rows after it begin can't be known", unpaired.why))
    })?;
    if rows.is_empty() {
        return Err(unusable(request, "it has no line with the names of its columns"));
    }
    if !whole.ends_with(['\n', '\r']) {
        notes.push("the last line does not end in a line break: the file may have been cut short".into());
    }
    let header: Vec<String> = fields(&text.slice(rows.remove(0)), separator);
    let header: Vec<String> = header.iter().map(|n| n.trim().to_owned()).collect();
    let tagged = rows
        .first()
        .is_some_and(|row| is_hashtags(fields(&text.slice(*row), separator).iter().map(|cell| cell.trim())));
    if tagged {
        rows.remove(0);
        notes.push("the second line holds HXL hashtags and is no record".into());
    }
    if header.iter().any(|name| name.parse::<f64>().is_ok()) {
        notes.push("the first line holds numbers and is taken as the names of the columns: is it a record?".into());
    }
    let value = |column: usize| {
        let values = rows
            .iter()
            .take(LOOK)
            .filter_map(|r| first_fields(&text.slice(*r), separator, column + 1).0.into_iter().nth(column));
        values.into_iter().find(|v| !v.trim().is_empty())
    };
    let place = Place::find(&header, value, &mut notes);
    let table = match place {
        Place::Pair { x, y, degrees } => Columns::find(&header, x, y, degrees),
        _ => None,
    };
    let id = |columns: &Columns, row: &Span| {
        first_fields(&text.slice(*row), separator, columns.record() + 1)
            .0
            .into_iter()
            .nth(columns.record())
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let vertices = table.and_then(|columns| {
        let groups = vertices::group(rows.iter().map(|row| id(&columns, row)));
        // Points that are numbered, each a record of its own, are points.
        (groups.len() < rows.len()).then_some(Vertices { columns, groups })
    });
    if let Some(Vertices { columns, groups }) = &vertices {
        let by = header.get(columns.record()).cloned().unwrap_or_default();
        notes.push(format!(
            "its {} rows are read as the turning points of {} records, told apart by the column {by}",
            rows.len(),
            groups.len()
        ));
    }
    let mut slots: Vec<(usize, u16)> = Vec::new();
    for (column, name) in header.iter().enumerate() {
        let Some(slot) = request.wanted.slot(name) else { continue };
        if let Some(held) = slots.iter_mut().find(|(_, s)| *s == slot) {
            held.0 = column;
            notes.push(format!("two columns are called {name}; the last one is used"));
        } else {
            slots.push((column, slot));
        }
    }
    slots.sort_by_key(|(_, slot)| *slot);
    let info = LayerInfo { name, format: FORMAT.name, crs: place.crs(), fields: header, files: vec![digest], notes };
    Ok(Box::new(Csv { text, rows, separator, place, vertices, bearings: request.bearings, slots, info }))
}

/// An opened file.
struct Csv {
    text: Text,
    rows: Vec<Span>,
    separator: u8,
    place: Place,
    vertices: Option<Vertices>,
    bearings: Option<Bearings>,
    slots: Vec<(usize, u16)>,
    info: LayerInfo,
}

/// The rows of a vertex table by record.
struct Vertices {
    columns: Columns,
    groups: Vec<Vec<usize>>,
}

impl Csv {
    /// A record of several rows: its values are those of the first.
    fn record(&self, number: u64, columns: &Columns, group: &[usize]) -> Feature {
        let mut feature = Feature { number, id: None, values: Vec::new(), shape: Shape::Missing, notes: Vec::new() };
        let spans = group.iter().filter_map(|row| self.rows.get(*row));
        let expected = self.info.fields.len();
        let rows = spans.map(|row| first_fields(&self.text.slice(*row), self.separator, expected));
        let (rows, counts): (Vec<Vec<String>>, Vec<usize>) = rows.unzip();
        let id = rows.first().and_then(|row| row.get(columns.record())).map(|id| id.trim().to_owned());
        feature.id = id.filter(|id| !id.is_empty());
        if let Some(count) = counts.iter().find(|count| **count != expected) {
            feature.notes.push(format!("a row has {count} fields, and the header {expected}"));
        }
        let comma = self.separator != b',';
        feature.shape = vertices::shape(columns, &rows, self.bearings, comma, &mut feature.notes);
        for (column, slot) in &self.slots {
            let cell = |row: &Vec<String>| row.get(*column).map(|c| c.trim().to_owned()).unwrap_or_default();
            let first = rows.first().map(cell).unwrap_or_default();
            if !columns.of_points(*column) && rows.iter().any(|row| cell(row) != first) {
                let name = self.info.fields.get(*column).map_or("", |n| n.as_str());
                feature
                    .notes
                    .push(format!("its rows differ in the field {name}; that of the first, `{first}`, is used"));
            }
            let value = if first.is_empty() { Value::Null } else { Value::Text(first) };
            feature.values.push((*slot, value));
        }
        feature
    }
}

impl Source for Csv {
    fn info(&self) -> &LayerInfo {
        &self.info
    }

    fn len(&self) -> usize {
        self.vertices.as_ref().map_or(self.rows.len(), |v| v.groups.len())
    }

    fn read(&self, range: Range<usize>) -> Result<Vec<Feature>> {
        if let Some(Vertices { columns, groups }) = &self.vertices {
            let groups = slice_of(groups, &range)?;
            let numbered = (range.start as u64 + 1..).zip(groups);
            return Ok(numbered.map(|(number, group)| self.record(number, columns, group)).collect());
        }
        let rows = slice_of(&self.rows, &range)?;
        let mut features = Vec::with_capacity(rows.len());
        for (number, row) in (range.start as u64 + 1..).zip(rows) {
            let expected = self.info.fields.len();
            let (fields, count) = first_fields(&self.text.slice(*row), self.separator, expected);
            let mut feature =
                Feature { number, id: None, values: Vec::new(), shape: Shape::Missing, notes: Vec::new() };
            if count != expected {
                feature.notes.push(format!("the row has {count} fields, and the header {expected}"));
            }
            let comma = self.separator != b',';
            feature.shape = self.place.shape(&fields, count == expected, comma, &mut feature.notes);
            for (column, slot) in &self.slots {
                let value = match fields.get(*column) {
                    Some(text) if !text.trim().is_empty() => Value::Text(text.clone()),
                    _ => Value::Null,
                };
                feature.values.push((*slot, value));
            }
            features.push(feature);
        }
        Ok(features)
    }
}
