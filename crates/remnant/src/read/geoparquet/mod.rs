//! GeoParquet: columns of Parquet, one of them (or several) of geometries, with metadata that say which.
//!
//! Parquet itself is read by the `parquet` crate, without Arrow. What its headers say is added up first (`pages.rs`),
//! its panics are caught, and every column must have as many rows as its group.

mod arrow;
mod geo;
mod leaf;
mod native;
mod pages;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use parquet::basic::Type as Physical;
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use rayon::prelude::*;

use self::geo::{Column, Encoding};
use self::native::Layout;
use self::pages::{Budget, Checked};
use super::arc::Arcs;
use super::bytes::Bytes;
use super::{Feature, Format, LayerInfo, Limits, Request, Shape, Source, Value, Wanted, slice_of, wkb};
use crate::error::{Error, Location, Result};

/// The format's line in the table of formats.
pub(super) const FORMAT: Format =
    Format { name: "GeoParquet", extensions: &["parquet", "geoparquet", "pq"], recognises, open, layers };

fn recognises(head: &[u8]) -> bool {
    head.starts_with(b"PAR1") || head.starts_with(b"PARE")
}

/// The columns of geometries of a file; with one only, the file's stem, as the layer is called.
fn layers(path: &Path, limits: Limits) -> Result<Vec<String>> {
    caught(path, || {
        let content = bytes::Bytes::from(Bytes::load(path)?.into_content());
        let reader = SerializedFileReader::new(content).map_err(|e| unusable(path, said(&e)))?;
        let columns = geo::columns(reader.metadata().file_metadata()).map_err(|why| unusable(path, why))?;
        if columns.len() > 1 {
            return Ok(columns.into_iter().map(|column| column.name).collect());
        }
        let wanted = super::Wanted::default();
        let (_, name, _) = choose(&Request { limits, ..Request::of(path, &wanted) }, &columns)?;
        Ok(vec![name])
    })
}

/// A row, not yet understood.
struct Row {
    geometry: Raw,
    values: Vec<(u16, Value)>,
    notes: Vec<String>,
}

enum Raw {
    Null,
    Wkb(ByteArray),
    Shape(Shape),
}

/// What of a file is read.
struct Plan {
    geometry: Place,
    fields: Vec<Field>,
}

enum Place {
    Wkb(usize),
    Native(Layout, Encoding),
}

/// A column that is wanted.
struct Field {
    column: usize,
    name: String,
    slot: u16,
}

impl Plan {
    /// The columns that are unpacked.
    fn columns(&self) -> Vec<usize> {
        let geometry = match &self.geometry {
            Place::Wkb(column) => vec![*column],
            Place::Native(layout, _) if layout.in_turn() => vec![layout.leaves[0]],
            Place::Native(layout, _) => layout.leaves.to_vec(),
        };
        geometry.into_iter().chain(self.fields.iter().map(|f| f.column)).collect()
    }
}

fn unusable(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::unusable(
        "this Parquet file can't be used",
        Location::file(path),
        why,
        "copy or export it again; nobody can tell what this one was meant to hold",
    )
}

/// Runs what may panic in the library on a file that it was not made for.
fn caught<T>(path: &Path, run: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(unusable(path, "it is damaged in a way that stops its reader")))
}

fn open(request: &Request<'_>) -> Result<Box<dyn Source>> {
    caught(request.path, || open_file(request))
}

fn open_file(request: &Request<'_>) -> Result<Box<dyn Source>> {
    let path = request.path;
    let bytes = Bytes::load(path)?;
    let digest = bytes.digest();
    if bytes.starts_with(b"PARE") || bytes.ends_with(b"PARE") {
        return Err(unusable(path, "it is encrypted"));
    }
    let content = bytes::Bytes::from(bytes.into_content());
    let reader = SerializedFileReader::new(content.clone()).map_err(|e| unusable(path, said(&e)))?;
    let metadata = reader.metadata();
    let columns = geo::columns(metadata.file_metadata()).map_err(|why| unusable(path, why))?;
    let (geometry, name, mut notes) = choose(request, &columns)?;
    let encoding = geometry.encoding.as_ref().map_err(|stated| {
        unusable(
            path,
            format!("the geometries of column {} are in the encoding {stated}, which is not known", geometry.name),
        )
    })?;
    let (plan, fields) =
        plan(metadata, geometry, *encoding, request.wanted, &mut notes).map_err(|why| unusable(path, why))?;
    let mut budget = Budget::new(content.len(), request.limits);
    for group in metadata.row_groups() {
        for column in plan.columns() {
            budget.take(&content, group.column(column)).map_err(|why| unusable(path, why))?;
        }
    }
    let groups: Vec<Vec<Row>> = (0..metadata.num_row_groups())
        .into_par_iter()
        .map(|number| {
            caught(path, || {
                let group = reader.get_row_group(number).and_then(|group| read_group(&*group, &plan));
                group.map_err(|e| unusable(path, format!("row group {}: {}", number + 1, said(&e))))
            })
        })
        .collect::<Result<_>>()?;
    let rows: Vec<Row> = groups.into_iter().flatten().collect();
    let stated = metadata.file_metadata().num_rows();
    if u64::try_from(stated).ok() != Some(rows.len() as u64) {
        return Err(unusable(path, format!("its footer states {stated} rows, and there are {}", rows.len())));
    }
    let crs = geometry.crs();
    let arcs = Arcs::new(&crs).growing(request.limits);
    notes.extend(geometry.notes());
    let info = LayerInfo { name, format: FORMAT.name, crs, fields, files: vec![digest], notes };
    Ok(Box::new(GeoParquet { rows, arcs, info }))
}

/// What the library says, without its own first words.
fn said(error: &ParquetError) -> String {
    let text = error.to_string();
    text.split_once(": ").map_or(text.clone(), |(_, own)| own.to_owned())
}

/// The column of geometries that is asked for, what the layer is called, and what to say about the choice.
fn choose<'a>(request: &Request<'_>, columns: &'a [Column]) -> Result<(&'a Column, String, Vec<String>)> {
    let path = request.path;
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let names = || columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
    let Some(first) = columns.first() else {
        return Err(Error::unusable(
            "this Parquet file has no geometries",
            Location::file(path),
            "it has neither the metadata of GeoParquet nor a column of a geometric type",
            "write it as GeoParquet, for example with geopandas (to_parquet) or: ogr2ogr out.parquet IN",
        ));
    };
    let Some(asked) = request.layer.filter(|asked| *asked != stem) else {
        let others = columns.len() > 1;
        let note = others.then(|| {
            let all = crate::error::printable(&names());
            format!("the file has several columns of geometries ({all}); {} was taken, its primary one", first.name)
        });
        return Ok((first, stem, note.into_iter().collect()));
    };
    let found = columns.iter().find(|c| c.name == asked).ok_or_else(|| {
        Error::unusable(
            "this file has no such layer",
            Location::file(path).layer(asked),
            format!("its columns of geometries are {}", crate::error::printable(&names())),
            "name one of them, or none",
        )
    })?;
    Ok((found, asked.to_owned(), Vec::new()))
}

/// Where the geometries and the wanted fields stand, and the names of all fields.
fn plan(
    metadata: &ParquetMetaData,
    geometry: &Column,
    encoding: Encoding,
    wanted: &Wanted,
    notes: &mut Vec<String>,
) -> std::result::Result<(Plan, Vec<String>), String> {
    let schema = metadata.file_metadata().schema_descr();
    let flat = |name: &str| {
        schema
            .columns()
            .iter()
            .position(|c| matches!(c.path().parts(), [only] if only == name) && c.max_rep_level() == 0)
    };
    let geometry_place =
        if encoding == Encoding::Wkb {
            let column = flat(&geometry.name).filter(|at| schema.column(*at).physical_type() == Physical::BYTE_ARRAY);
            Place::Wkb(column.ok_or_else(|| {
                format!("it has no column {} of bytes, where its geometries should be", geometry.name)
            })?)
        } else {
            Place::Native(Layout::find(schema, &geometry.name, encoding)?, encoding)
        };
    let (mut names, mut fields): (Vec<String>, Vec<Field>) = (Vec::new(), Vec::new());
    for field in schema.root_schema().get_fields().iter().filter(|field| field.name() != geometry.name) {
        let name = field.name().to_owned();
        if let Some(slot) = wanted.slot(&name) {
            let first = fields.iter().find(|other| other.slot == slot);
            match (first, flat(&name)) {
                (Some(first), _) => {
                    notes.push(format!("the fields {} and {name} mean the same; the former is used", first.name));
                }
                (None, Some(column)) => fields.push(Field { column, name: name.clone(), slot }),
                (None, None) => notes.push(format!("the field {name} holds lists or structures, which are not read")),
            }
        }
        names.push(name);
    }
    fields.sort_by_key(|field| field.slot);
    Ok((Plan { geometry: geometry_place, fields }, names))
}

fn read_group(group: &dyn RowGroupReader, plan: &Plan) -> std::result::Result<Vec<Row>, ParquetError> {
    let damaged = |why: &str| ParquetError::General(why.to_owned());
    let rows = usize::try_from(group.metadata().num_rows()).map_err(|_| damaged("its number of rows is none"))?;
    let column = |at: usize| {
        let about = group.metadata().column(at).column_descr_ptr();
        let pages = group.get_column_page_reader(at)?;
        let levels = [about.max_rep_level() > 0, about.max_def_level() > 0];
        Ok::<_, ParquetError>(get_column_reader(about, Box::new(Checked { pages, levels })))
    };
    let numbers = |at: usize| match column(at)? {
        ColumnReader::DoubleColumnReader(reader) => leaf::unpack(reader, rows),
        _ => Err(damaged("a column of coordinates holds no numbers")),
    };
    let geometries: Vec<(Raw, Vec<String>)> = match &plan.geometry {
        Place::Wkb(at) => {
            let most = group.metadata().column(*at).column_descr().max_def_level();
            let ColumnReader::ByteArrayColumnReader(reader) = column(*at)? else {
                return Err(damaged("the column of geometries holds no bytes"));
            };
            let blobs = leaf::unpack(reader, rows)?.spread(most, rows);
            blobs.map(|blob| (blob.map_or(Raw::Null, Raw::Wkb), Vec::new())).collect()
        }
        Place::Native(layout, encoding) => {
            let x = numbers(layout.leaves[0])?;
            let y = if layout.in_turn() { None } else { Some(numbers(layout.leaves[1])?) };
            let shapes = native::shapes(layout, *encoding, x, y, rows).map_err(|why| damaged(&why))?;
            shapes.into_iter().map(|(shape, notes)| (Raw::Shape(shape), notes)).collect()
        }
    };
    let mut all: Vec<Row> = geometries
        .into_iter()
        .map(|(geometry, notes)| Row { geometry, values: Vec::with_capacity(plan.fields.len()), notes })
        .collect();
    for field in &plan.fields {
        let about = group.metadata().column(field.column).column_descr_ptr();
        let values = leaf::values(column(field.column)?, &about, rows)?;
        for (row, (value, note)) in all.iter_mut().zip(values) {
            row.values.push((field.slot, value));
            row.notes.extend(note.map(|note| format!("the field {} {note}", field.name)));
        }
    }
    Ok(all)
}

/// An opened layer.
struct GeoParquet {
    rows: Vec<Row>,
    arcs: Arcs,
    info: LayerInfo,
}

impl Source for GeoParquet {
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
                Raw::Null => Shape::Missing,
                Raw::Wkb(bytes) => wkb::shape(bytes.data(), &self.arcs, None, &mut notes),
                Raw::Shape(shape) => shape.clone(),
            };
            Feature { number: at as u64 + 1, id: None, values: row.values.clone(), shape, notes }
        };
        Ok((range.start..).zip(rows).map(feature).collect())
    }
}
