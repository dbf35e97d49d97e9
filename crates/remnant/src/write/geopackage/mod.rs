//! All layers and tables in one GeoPackage 1.3, with styles that QGIS applies by itself, and a project file for QGIS.
//!
//! | module | what |
//! |---|---|
//! | `mod` | the database: tables, rows, spatial index |
//! | `tables` | the tables that the standard wants, and their texts |
//! | `style` | how layers are drawn |
//! | `project` | the project file |
//! | `xml` | XML, written |
//!
//! Names of tables and columns, styles and the project file are the program's own; text of the data stands only in
//! cells, and goes there as bound values.
//!
//! The same report gives the same bytes: one thread writes everything in one transaction, and where the format wants a
//! time of change, the date of the account stands.

mod project;
mod style;
mod tables;
#[cfg(test)]
mod tests;
mod xml;

use std::path::Path;
use std::{fs, io};

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, params, params_from_iter};

use super::cell::Cell;
use super::dictionary::Kind;
use super::ground::{Ground, widened};
use super::layers::{self, Field, Layer, Shape};
use super::{Halt, Sink, wkb};
use crate::report::Report;

pub(super) use project::write as project;

/// The name of the database in the output folder.
pub(super) const FILE: &str = "remnant.gpkg";

/// The column of the ground.
const GEOMETRY: &str = "geom";

/// WGS 84, as the reference systems of the database number it.
const SRS: i32 = 4326;

impl From<rusqlite::Error> for Halt {
    fn from(error: rusqlite::Error) -> Self {
        let kind = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => io::ErrorKind::StorageFull,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                io::ErrorKind::PermissionDenied
            }
            _ => io::ErrorKind::Other,
        };
        Self::Io(io::Error::new(kind, error.to_string()))
    }
}

/// Writes the database into the file behind the sink, which nothing else has open for writing: its bytes don't pass
/// through the sink, since a database is not written from its beginning to its end.
pub(super) fn write(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let Some(path) = sink.path else {
        return Err(Halt::Io(io::Error::other("a database needs a file of its own")));
    };
    write_database(report, sink, path).map_err(|halt| explained(halt, path))
}

/// SQLite opens a file for reading where it can't for writing, and does not say what the system told it: asks again.
fn explained(halt: Halt, path: &Path) -> Halt {
    match halt {
        Halt::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Halt::Io(match fs::OpenOptions::new().read(true).write(true).open(path) {
                Err(why) => why,
                Ok(_) => io::Error::other(format!("{error}; a moment later it can be opened: the disk may be failing")),
            })
        }
        other => other,
    }
}

fn write_database(report: &Report, sink: &Sink<'_>, path: &Path) -> Result<(), Halt> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // The folder is nobody else's until it is whole, and not every file system has locks.
    let database = if cfg!(unix) {
        Connection::open_with_flags_and_vfs(path, flags, "unix-none")?
    } else {
        Connection::open_with_flags(path, flags)?
    };
    // Without a journal: a run that is stopped throws the whole folder away. What is freed is blanked, so that no byte
    // hangs on what memory held before.
    database.execute_batch(
        "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON; \
         PRAGMA auto_vacuum = NONE; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF; PRAGMA encoding = 'UTF-8';",
    )?;
    database.execute_batch("BEGIN")?;
    tables::begin(&database)?;
    let changed = tables::changed(report);
    for layer in layers::all(report) {
        table(&database, &layer, report, &changed, sink)?;
    }
    style::store(&database, report, &changed)?;
    database.execute_batch("COMMIT")?;
    database.close().map_err(|(_, error)| Halt::from(error))
}

/// A table with its rows, and what the standard wants to know of it.
fn table(database: &Connection, layer: &Layer, report: &Report, changed: &str, sink: &Sink<'_>) -> Result<(), Halt> {
    let fields = layer.fields(report);
    let spatial = layer.shape != Shape::Table;
    database.execute_batch(&tables::create(layer, &fields))?;
    let mut insert = database.prepare(&tables::insert(layer, &fields))?;
    let (mut row, mut bounds, mut boxes) = (0_i64, None, Vec::new());
    layer.each(report, &mut |cells, ground| {
        sink.step()?;
        row += 1;
        let box_of_row = ground.bounds();
        bounds = widened(bounds, box_of_row);
        boxes.extend(box_of_row.map(|b| (row, b)));
        let ground = spatial.then(|| blob(&ground, layer.shape));
        store(&mut insert, row, &fields, cells, ground)
    })?;
    drop(insert);
    let kind = if spatial { "features" } else { "attributes" };
    let [west, south, east, north] = bounds.map_or([None; 4], |b| b.map(Some));
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, min_x, min_y, max_x, \
         max_y, srs_id) VALUES (?1, ?2, ?3, '', ?4, ?5, ?6, ?7, ?8, ?9)",
        params![layer.name, kind, layer.title, changed, west, south, east, north, spatial.then_some(SRS)],
    )?;
    if spatial {
        tables::describe_geometry(database, layer)?;
        index(database, layer, &boxes, sink)?;
    }
    Ok(())
}

fn store(
    insert: &mut Statement<'_>,
    row: i64,
    fields: &[Field],
    cells: &[Cell<'_>],
    ground: Option<Value>,
) -> Result<(), Halt> {
    let values = fields.iter().zip(cells).map(|(field, cell)| value(field.kind, cell));
    insert.execute(params_from_iter([Value::Integer(row)].into_iter().chain(ground).chain(values)))?;
    Ok(())
}

fn value(kind: Kind, cell: &Cell<'_>) -> Value {
    match kind {
        Kind::Text | Kind::List | Kind::Date => cell.plain().into(),
        Kind::Real => cell.real().into(),
        Kind::Count => cell.count().into(),
        Kind::Flag => cell.flag().into(),
    }
}

/// Ground as the standard stores it: a header with the box, then well-known binary.
fn blob(ground: &Ground, shape: Shape) -> Value {
    let Some([west, south, east, north]) = ground.bounds() else { return Value::Null };
    // Version 1 of the header; little-endian, with a box of west, east, south, north, and not empty.
    let mut bytes = vec![b'G', b'P', 0, 0b0000_0011];
    bytes.extend_from_slice(&SRS.to_le_bytes());
    [west, east, south, north].iter().for_each(|side| bytes.extend_from_slice(&side.to_le_bytes()));
    wkb::push(&mut bytes, ground, shape == Shape::Polygons);
    Value::Blob(bytes)
}

/// The spatial index: rows in their order, then the triggers that keep it right when somebody edits the layer.
fn index(database: &Connection, layer: &Layer, boxes: &[(i64, [f64; 4])], sink: &Sink<'_>) -> Result<(), Halt> {
    database.execute_batch(&tables::create_index(layer))?;
    let mut insert = database.prepare(&tables::insert_index(layer))?;
    for (row, [west, south, east, north]) in boxes {
        sink.step()?;
        insert.execute(params![row, west, east, south, north])?;
    }
    drop(insert);
    database.execute_batch(&tables::index_triggers(layer))?;
    Ok(())
}
