//! A layer as GeoParquet 1.1: well-known binary in longitude and latitude (OGC:CRS84, the default), with the box of
//! every row.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use super::cell::Cell;
use super::dictionary::Kind;
use super::ground::{Ground, widened};
use super::layers::{Field, Layer, Shape};
use super::{Halt, Sink, wkb};
use crate::report::Report;

/// Rows of a group.
const ROWS: usize = 10_000;

/// Bytes of geometry in a group, so that the memory does not hang on the size of the shapes.
const BYTES: usize = 1 << 26;

/// The sides of the box of a row.
const SIDES: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

impl From<ParquetError> for Halt {
    fn from(error: ParquetError) -> Self {
        Self::Io(std::io::Error::other(error.to_string()))
    }
}

pub(super) fn write(layer: &Layer, report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let fields = layer.fields(report);
    let schema = Arc::new(parse_message_type(&schema(layer, &fields))?);
    let geometry = ColumnPath::from("geometry");
    let properties = WriterProperties::builder()
        .set_created_by(format!("remnant version {}", env!("CARGO_PKG_VERSION")))
        .set_compression(Compression::SNAPPY)
        // Neither the order nor the repetition of geometries tells a reader anything.
        .set_column_statistics_enabled(geometry.clone(), EnabledStatistics::None)
        .set_column_dictionary_enabled(geometry, false)
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    let mut group = Group::new(&fields);
    let mut bounds = None;
    layer.each(report, &mut |cells, ground| {
        sink.step()?;
        bounds = widened(bounds, ground.bounds());
        group.row(cells, &ground, layer.shape);
        if group.rows >= ROWS || group.bytes >= BYTES {
            let full = std::mem::replace(&mut group, Group::new(&fields));
            full.write(&mut file, sink)?;
        }
        Ok(())
    })?;
    if group.rows > 0 {
        group.write(&mut file, sink)?;
    }
    file.append_key_value_metadata(KeyValue::new("geo".to_owned(), geo(layer, bounds)));
    sink.write_all(&file.into_inner()?)?;
    Ok(())
}

/// The schema in the notation of the format. Names are the outputs' own; no text of the data is in it.
fn schema(layer: &Layer, fields: &[Field]) -> String {
    let mut text = format!("message {} {{\n", layer.name);
    for field in fields {
        let kind = match field.kind {
            Kind::Text | Kind::List => "binary {} (STRING)",
            Kind::Real => "double {}",
            Kind::Count => "int64 {}",
            Kind::Date => "int32 {} (DATE)",
            Kind::Flag => "boolean {}",
        };
        text.push_str(&format!("  optional {};\n", kind.replace("{}", field.name)));
    }
    text.push_str("  optional binary geometry;\n  optional group bbox {\n");
    SIDES.iter().for_each(|side| text.push_str(&format!("    required double {side};\n")));
    text.push_str("  }\n}\n");
    text
}

/// The metadata of the format. Without `crs`, coordinates are those of OGC:CRS84.
fn geo(layer: &Layer, bounds: Option<[f64; 4]>) -> String {
    let types: &[&str] = if layer.shape == Shape::Mixed { &[] } else { &["MultiPolygon"] };
    let covering: serde_json::Map<_, _> =
        SIDES.iter().map(|side| ((*side).to_owned(), serde_json::json!(["bbox", side]))).collect();
    let mut column = serde_json::json!({
        "encoding": "WKB",
        "geometry_types": types,
        "orientation": "counterclockwise",
        "edges": "planar",
        "covering": { "bbox": covering },
    });
    if let Some(bounds) = bounds {
        column["bbox"] = serde_json::json!(bounds);
    }
    serde_json::json!({ "version": "1.1.0", "primary_column": "geometry", "columns": { "geometry": column } })
        .to_string()
}

/// The values of a column in a group, and for every row whether there is one.
enum Values {
    Bytes(Vec<ByteArray>),
    Real(Vec<f64>),
    Count(Vec<i64>),
    Day(Vec<i32>),
    Flag(Vec<bool>),
}

struct Rows {
    values: Values,
    levels: Vec<i16>,
}

impl Rows {
    fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text | Kind::List => Values::Bytes(Vec::new()),
            Kind::Real => Values::Real(Vec::new()),
            Kind::Count => Values::Count(Vec::new()),
            Kind::Date => Values::Day(Vec::new()),
            Kind::Flag => Values::Flag(Vec::new()),
        };
        Self { values, levels: Vec::new() }
    }

    fn cell(&mut self, cell: &Cell<'_>) {
        let there = match &mut self.values {
            Values::Bytes(values) => put(values, cell.plain().map(|text| text.into_bytes().into())),
            Values::Real(values) => put(values, cell.real()),
            Values::Count(values) => put(values, cell.count()),
            Values::Day(values) => put(values, cell.day().map(days)),
            Values::Flag(values) => put(values, cell.flag()),
        };
        self.levels.push(there.into());
    }

    fn write(&self, group: &mut SerializedRowGroupWriter<'_, Vec<u8>>) -> Result<(), Halt> {
        match &self.values {
            Values::Bytes(values) => column::<ByteArrayType>(group, values, &self.levels),
            Values::Real(values) => column::<DoubleType>(group, values, &self.levels),
            Values::Count(values) => column::<Int64Type>(group, values, &self.levels),
            Values::Day(values) => column::<Int32Type>(group, values, &self.levels),
            Values::Flag(values) => column::<BoolType>(group, values, &self.levels),
        }
    }
}

fn put<T>(values: &mut Vec<T>, value: Option<T>) -> bool {
    let before = values.len();
    values.extend(value);
    values.len() > before
}

/// Days since 1970.
fn days(date: jiff::civil::Date) -> i32 {
    const EPOCH: jiff::civil::Date = jiff::civil::Date::constant(1970, 1, 1);
    // All days of the calendar lie within four million of it.
    date.since(EPOCH).map_or(0, |span| span.get_days())
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &[T::T],
    levels: &[i16],
) -> Result<(), Halt> {
    let column = group.next_column()?;
    let mut column = column.ok_or_else(|| ParquetError::General("the schema has too few columns".to_owned()))?;
    column.typed::<T>().write_batch(values, Some(levels), None)?;
    column.close()?;
    Ok(())
}

/// Rows on their way to the file.
struct Group {
    rows: usize,
    bytes: usize,
    cells: Vec<Rows>,
    ground: Rows,
    sides: [Rows; 4],
}

impl Group {
    fn new(fields: &[Field]) -> Self {
        Self {
            rows: 0,
            bytes: 0,
            cells: fields.iter().map(|field| Rows::new(field.kind)).collect(),
            ground: Rows::new(Kind::Text),
            sides: [(); 4].map(|()| Rows::new(Kind::Real)),
        }
    }

    fn row(&mut self, cells: &[Cell<'_>], ground: &Ground, shape: Shape) {
        self.rows += 1;
        self.cells.iter_mut().zip(cells).for_each(|(rows, cell)| rows.cell(cell));
        let mut bytes = Vec::new();
        wkb::push(&mut bytes, ground, shape == Shape::Polygons);
        self.bytes += bytes.len();
        let there = !bytes.is_empty();
        self.ground.levels.push(there.into());
        if let Values::Bytes(values) = &mut self.ground.values {
            put(values, there.then(|| bytes.into()));
        }
        let bounds = ground.bounds();
        for (side, rows) in self.sides.iter_mut().enumerate() {
            rows.cell(&bounds.map_or(Cell::Empty, |b| Cell::Number(b[side])));
        }
    }

    fn write(self, file: &mut SerializedFileWriter<Vec<u8>>, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let mut group = file.next_row_group()?;
        for rows in self.cells.iter().chain([&self.ground]).chain(&self.sides) {
            rows.write(&mut group)?;
        }
        group.close()?;
        // What is counted is the writer's own; the bytes can go on.
        file.flush()?;
        sink.write_all(&std::mem::take(file.inner_mut()))?;
        Ok(())
    }
}
