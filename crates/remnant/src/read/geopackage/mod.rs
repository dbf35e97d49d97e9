//! GeoPackage: tables and views of an SQLite database, each geometry a header and well-known binary.
//!
//! The rows of a layer are read once, in one go, and decoded in parallel afterwards: a view has no way to a row by its
//! number, and a statement belongs to one thread.

mod binary;
mod database;
mod layers;
#[cfg(test)]
mod tests;
mod wal;

use std::ops::Range;
use std::path::Path;

use jiff::civil::{Date, DateTime};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row as SqlRow};

use self::database::{Database, unusable};
use self::layers::{Layer, quoted};
use super::arc::Arcs;
use super::{Feature, Format, LayerInfo, Limit, Limits, Request, Shape, Source, Value, Wanted, slice_of};
use crate::error::{Error, Location, Result};

/// The format's line in the table of formats.
pub(super) const FORMAT: Format =
    Format { name: "GeoPackage", extensions: &["gpkg"], recognises, open, layers: layers_of };

/// A SQLite database by its first bytes, and a GeoPackage by its application id. One whose name alone says that it is
/// a GeoPackage is opened as one, too.
fn recognises(head: &[u8]) -> bool {
    let application = head.get(68..72).unwrap_or_default();
    head.starts_with(b"SQLite format 3\0") && [b"GPKG", b"GP10", b"GP11"].iter().any(|id| *id == application)
}

/// The names of the layers of a file.
fn layers_of(path: &Path, limits: Limits) -> Result<Vec<String>> {
    let database = Database::open(path, limits)?;
    layers::names(&database.connection, path)
}

/// The geometry of a row alone, for the fuzzer.
pub(super) fn fuzzed_shape(bytes: &[u8], arcs: &Arcs, notes: &mut Vec<String>) -> Shape {
    binary::shape(bytes, 4326, arcs, notes)
}

/// What a row costs beside its content, in bytes.
const ROW: u64 = 128;

/// What the rows of any layer may take, in bytes.
const FREE_ROWS: u64 = 1 << 28;

/// How much more than its file the rows of a layer may take: a view may give a geometry many times.
const TIMES: u64 = 16;

/// A row, not yet understood.
struct Row {
    geometry: Geometry,
    values: Vec<(u16, Value)>,
    notes: Vec<String>,
}

enum Geometry {
    Null,
    Blob(Box<[u8]>),
    /// Something else than bytes, by its name.
    Other(&'static str),
}

/// A column that is wanted.
struct Field {
    name: String,
    /// The type that the table declares, in capitals.
    kind: String,
    slot: u16,
}

fn open(request: &Request<'_>) -> Result<Box<dyn Source>> {
    let path = request.path;
    let database = Database::open(path, request.limits)?;
    let connection = &database.connection;
    let layer = layers::choose(connection, path, request.layer)?;
    let at_fault = |e: rusqlite::Error| match unusable(path, &e, request.limits) {
        Error::Unusable(mut trouble) => {
            trouble.place = Location::file(path).layer(&layer.table);
            Error::Unusable(trouble)
        }
        other => other,
    };
    let (crs, about_crs) = layers::crs(connection, layer.srs).map_err(at_fault)?;
    let mut notes: Vec<String> = database.notes.iter().chain(&layer.notes).cloned().chain(about_crs).collect();
    let (names, fields) = columns(connection, &layer, request.wanted, &mut notes).map_err(at_fault)?;
    let rows = read_rows(&database, &layer, &fields).map_err(at_fault)?.ok_or_else(|| {
        Error::unusable(
            "this GeoPackage can't be used",
            Location::file(path).layer(&layer.table),
            format!(
                "its rows take far more than the file that holds them; a view in it multiplies; {}",
                request.limits.reached(Limit::Growth)
            ),
            "save the layer as a table of its own, for example with QGIS or: ogr2ogr out.gpkg IN LAYER",
        )
    })?;
    database.check()?;
    let info = LayerInfo { name: layer.table, format: FORMAT.name, crs, fields: names, files: database.files, notes };
    let arcs = Arcs::new(&info.crs).growing(request.limits);
    Ok(Box::new(GeoPackage { rows, srs: layer.srs, arcs, info }))
}

/// The names of a layer's fields, and those that are wanted.
fn columns(
    connection: &Connection,
    layer: &Layer,
    wanted: &Wanted,
    notes: &mut Vec<String>,
) -> rusqlite::Result<(Vec<String>, Vec<Field>)> {
    let mut statement = connection.prepare(&format!("PRAGMA table_xinfo({})", quoted(&layer.table)))?;
    let mut rows = statement.query([])?;
    let (mut names, mut fields): (Vec<String>, Vec<Field>) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let Some(name) = layers::text(row, 1) else { continue };
        let is_hidden = layers::text(row, 6).as_deref() == Some("1");
        if is_hidden || name.eq_ignore_ascii_case(&layer.column) {
            continue;
        }
        if let Some(slot) = wanted.slot(&name) {
            if let Some(first) = fields.iter().find(|field| field.slot == slot) {
                notes.push(format!("the fields {} and {name} mean the same; the former is used", first.name));
            } else {
                let kind = layers::text(row, 2).unwrap_or_default().trim().to_uppercase();
                fields.push(Field { name: name.clone(), kind, slot });
            }
        }
        names.push(name);
    }
    fields.sort_by_key(|field| field.slot);
    Ok((names, fields))
}

/// All rows of a layer, in the order of their numbers where they have any; nothing where they would take too much.
fn read_rows(database: &Database, layer: &Layer, fields: &[Field]) -> rusqlite::Result<Option<Vec<Row>>> {
    let columns: Vec<String> =
        std::iter::once(&layer.column).chain(fields.iter().map(|f| &f.name)).map(|n| quoted(n)).collect();
    let sql = format!("SELECT {} FROM {}", columns.join(", "), quoted(&layer.table));
    let ordered = (!layer.is_view).then(|| database.connection.prepare(&format!("{sql} ORDER BY _rowid_")));
    let mut statement = match ordered {
        Some(Ok(statement)) => statement,
        // A table without numbers of its rows has its key's order.
        _ => database.connection.prepare(&sql)?,
    };
    let usual = database.size.saturating_mul(TIMES).saturating_add(FREE_ROWS);
    let mut left = usual.saturating_mul(database.limits.growth());
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let (row, size) = read_row(row, fields)?;
        match left.checked_sub(size) {
            Some(rest) => left = rest,
            None => return Ok(None),
        }
        all.push(row);
    }
    Ok(Some(all))
}

/// A row, and about what it takes in memory.
fn read_row(row: &SqlRow<'_>, fields: &[Field]) -> rusqlite::Result<(Row, u64)> {
    let geometry = match row.get_ref(0)? {
        ValueRef::Null => Geometry::Null,
        ValueRef::Blob(bytes) => Geometry::Blob(bytes.into()),
        ValueRef::Text(_) => Geometry::Other("text"),
        ValueRef::Integer(_) | ValueRef::Real(_) => Geometry::Other("a number"),
    };
    let mut size = ROW;
    if let Geometry::Blob(bytes) = &geometry {
        size += bytes.len() as u64;
    }
    let (mut values, mut notes) = (Vec::with_capacity(fields.len()), Vec::new());
    for (at, field) in fields.iter().enumerate() {
        let value = value(row.get_ref(at + 1)?, field, &mut notes);
        size += 40 + if let Value::Text(text) = &value { text.len() as u64 } else { 0 };
        values.push((field.slot, value));
    }
    Ok((Row { geometry, values, notes }, size))
}

fn value(value: ValueRef<'_>, field: &Field, notes: &mut Vec<String>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number @ (0 | 1)) if field.kind == "BOOLEAN" => Value::Bool(number == 1),
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) => Value::Float(number),
        ValueRef::Text(bytes) => {
            if std::str::from_utf8(bytes).is_err() {
                notes.push(format!("the text of {} is not all valid UTF-8", field.name));
            }
            let text = String::from_utf8_lossy(bytes).into_owned();
            date(&text, &field.kind).map_or(Value::Text(text), Value::Date)
        }
        ValueRef::Blob(_) => {
            notes.push(format!("the field {} is binary, which is not read; it counts as empty", field.name));
            Value::Null
        }
    }
}

/// The date of a text in a column for dates, where it is one as the format wants it.
fn date(text: &str, kind: &str) -> Option<Date> {
    match kind {
        "DATE" => text.parse().ok().filter(|_| text.len() == 10),
        "DATETIME" => {
            let local = text.strip_suffix('Z').unwrap_or(text);
            // Shorter ones are partial dates, which have rules of their own.
            local.parse::<DateTime>().ok().filter(|_| local.len() > 10).map(|moment| moment.date())
        }
        _ => None,
    }
}

/// An opened layer.
struct GeoPackage {
    rows: Vec<Row>,
    srs: i64,
    arcs: Arcs,
    info: LayerInfo,
}

impl Source for GeoPackage {
    fn info(&self) -> &LayerInfo {
        &self.info
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn read(&self, range: Range<usize>) -> Result<Vec<Feature>> {
        let rows = slice_of(&self.rows, &range)?;
        let feature = |(at, row): (usize, &Row)| {
            let mut notes = row.notes.clone();
            let shape = match &row.geometry {
                Geometry::Null => Shape::Missing,
                Geometry::Blob(bytes) => binary::shape(bytes, self.srs, &self.arcs, &mut notes),
                Geometry::Other(what) => {
                    Shape::Unreadable { why: format!("its geometry is {what} and not bytes"), bounds: None }
                }
            };
            Feature { number: at as u64 + 1, id: None, values: row.values.clone(), shape, notes }
        };
        Ok((range.start..).zip(rows).map(feature).collect())
    }
}
