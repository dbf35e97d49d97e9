//! A layer as FlatGeobuf: a header, a packed Hilbert R-tree, the features in its order.
//!
//! The tables are built with the crate's generated code and not with its writer, which keeps the type of one feature
//! for the next, has no features without a geometry, and copies everything through a temporary file elsewhere.
//!
//! Memory: the encoded features of one layer, since the index that comes before them needs their sizes.

use std::io::{self, Write};

use flatbuffers::{FlatBufferBuilder, WIPOffset};
use flatgeobuf::packed_r_tree::{NodeItem, PackedRTree, calc_extent, hilbert_sort};
use flatgeobuf::{
    Column, ColumnArgs, ColumnType, Crs, CrsArgs, Feature, FeatureArgs, Geometry, GeometryArgs, GeometryType, Header,
    HeaderArgs,
};

use super::cell::Cell;
use super::dictionary::Kind;
use super::ground::Ground;
use super::layers::{Field, Layer, Shape};
use super::{Halt, Sink};
use crate::report::Report;

/// How a file begins: the format's version 3.
const MAGIC: [u8; 8] = *b"fgb\x03fgb\0";

/// Corners of one feature: its table must stay below 2 GiB, the limit of the format.
const MOST_CORNERS: usize = 100_000_000;

pub(super) fn write(layer: &Layer, report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let fields = layer.fields(report);
    let (mut features, mut nodes) = (Vec::new(), Vec::new());
    layer.each(report, &mut |cells, ground| {
        sink.step()?;
        let mut node = NodeItem::create(features.len() as u64);
        if let Some([west, south, east, north]) = ground.bounds() {
            node = NodeItem { min_x: west, min_y: south, max_x: east, max_y: north, ..node };
        }
        nodes.push(node);
        features.push(feature(&fields, cells, &ground, layer.shape)?);
        Ok(())
    })?;
    let extent = calc_extent(&nodes);
    // Features that lie nowhere go last; a box that encloses nothing is found by no search.
    let (mut placed, nowhere): (Vec<NodeItem>, Vec<NodeItem>) = nodes.into_iter().partition(|n| n.min_x <= n.max_x);
    hilbert_sort(&mut placed, &extent);
    placed.extend(nowhere);
    let order: Vec<usize> = placed.iter().map(|n| n.offset as usize).collect();
    sink.write_all(&MAGIC)?;
    sink.write_all(&header(layer, &fields, features.len(), &extent))?;
    if !features.is_empty() {
        let mut at = 0;
        for (node, &feature) in placed.iter_mut().zip(&order) {
            node.offset = at;
            at += features[feature].len() as u64;
        }
        let tree = PackedRTree::build(&placed, &extent, PackedRTree::DEFAULT_NODE_SIZE)
            .map_err(|e| io::Error::other(e.to_string()))?;
        tree.stream_write(sink)?;
    }
    for feature in order {
        sink.step()?;
        sink.write_all(&features[feature])?;
    }
    Ok(())
}

fn header(layer: &Layer, fields: &[Field], features: usize, extent: &NodeItem) -> Vec<u8> {
    let mut fbb = FlatBufferBuilder::new();
    let columns: Vec<WIPOffset<Column<'_>>> = fields
        .iter()
        .map(|field| {
            let name = Some(fbb.create_string(field.name));
            Column::create(&mut fbb, &ColumnArgs { name, type_: column_type(field.kind), ..Default::default() })
        })
        .collect();
    let columns = Some(fbb.create_vector(&columns));
    let (org, crs_name) = (Some(fbb.create_string("EPSG")), Some(fbb.create_string("WGS 84")));
    let crs = Crs::create(&mut fbb, &CrsArgs { org, code: 4326, name: crs_name, ..Default::default() });
    let name = Some(fbb.create_string(layer.name));
    let title = Some(fbb.create_string(layer.title));
    let bounds = [extent.min_x, extent.min_y, extent.max_x, extent.max_y];
    let envelope = (extent.min_x <= extent.max_x).then(|| fbb.create_vector(&bounds));
    let args = HeaderArgs {
        name,
        envelope,
        geometry_type: if layer.shape == Shape::Mixed { GeometryType::Unknown } else { GeometryType::MultiPolygon },
        columns,
        features_count: features as u64,
        index_node_size: if features == 0 { 0 } else { PackedRTree::DEFAULT_NODE_SIZE },
        crs: Some(crs),
        title,
        ..Default::default()
    };
    let header = Header::create(&mut fbb, &args);
    fbb.finish_size_prefixed(header, None);
    fbb.finished_data().to_vec()
}

fn column_type(kind: Kind) -> ColumnType {
    match kind {
        Kind::Text | Kind::List => ColumnType::String,
        Kind::Real => ColumnType::Double,
        Kind::Count => ColumnType::Long,
        Kind::Date => ColumnType::DateTime,
        Kind::Flag => ColumnType::Bool,
    }
}

fn feature(fields: &[Field], cells: &[Cell<'_>], ground: &Ground, shape: Shape) -> Result<Vec<u8>, Halt> {
    let corners = match ground {
        Ground::Polygons(polygons) => polygons.iter().flatten().map(Vec::len).sum(),
        _ => 0,
    };
    if corners > MOST_CORNERS {
        let why = "a shape has more corners than FlatGeobuf holds; leave this format out";
        return Err(Halt::Io(io::Error::new(io::ErrorKind::InvalidData, why)));
    }
    let mut fbb = FlatBufferBuilder::new();
    let geometry = geometry(&mut fbb, ground, shape);
    let properties = properties(fields, cells);
    let properties = Some(fbb.create_vector(&properties));
    let feature = Feature::create(&mut fbb, &FeatureArgs { geometry, properties, ..Default::default() });
    fbb.finish_size_prefixed(feature, None);
    Ok(fbb.finished_data().to_vec())
}

type Table<'a> = WIPOffset<Geometry<'a>>;

fn geometry<'a>(fbb: &mut FlatBufferBuilder<'a>, ground: &Ground, shape: Shape) -> Option<Table<'a>> {
    let multi = shape == Shape::Polygons;
    let table = match ground {
        Ground::Nowhere => return None,
        Ground::Points(points) => {
            let kind = if points.len() == 1 { GeometryType::Point } else { GeometryType::MultiPoint };
            lines(fbb, std::slice::from_ref(points), kind)
        }
        Ground::Lines(parts) => {
            let kind = if parts.len() == 1 { GeometryType::LineString } else { GeometryType::MultiLineString };
            lines(fbb, parts, kind)
        }
        Ground::Polygons(polygons) if polygons.len() == 1 && !multi => lines(fbb, &polygons[0], GeometryType::Polygon),
        Ground::Polygons(polygons) => {
            let parts: Vec<Table<'a>> = polygons.iter().map(|rings| lines(fbb, rings, GeometryType::Polygon)).collect();
            let parts = Some(fbb.create_vector(&parts));
            Geometry::create(fbb, &GeometryArgs { parts, type_: GeometryType::MultiPolygon, ..Default::default() })
        }
    };
    Some(table)
}

/// Paths one after another, with their ends where there are several.
fn lines<'a>(fbb: &mut FlatBufferBuilder<'a>, paths: &[Vec<[f64; 2]>], type_: GeometryType) -> Table<'a> {
    let xy: Vec<f64> = paths.iter().flatten().flatten().copied().collect();
    let xy = Some(fbb.create_vector(&xy));
    let ends = (paths.len() > 1).then(|| {
        let ends = paths.iter().scan(0_u32, |end, path| {
            *end += path.len() as u32;
            Some(*end)
        });
        let ends: Vec<u32> = ends.collect();
        fbb.create_vector(&ends)
    });
    Geometry::create(fbb, &GeometryArgs { xy, ends, type_, ..Default::default() })
}

/// Column numbers, each with its value; what is empty is left out.
fn properties(fields: &[Field], cells: &[Cell<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, (field, cell)) in (0_u16..).zip(fields.iter().zip(cells)) {
        let mut put = |bytes: &[u8]| {
            out.extend_from_slice(&number.to_le_bytes());
            out.extend_from_slice(bytes);
        };
        match field.kind {
            Kind::Real => cell.real().into_iter().for_each(|v| put(&v.to_le_bytes())),
            Kind::Count => cell.count().into_iter().for_each(|v| put(&v.to_le_bytes())),
            Kind::Flag => cell.flag().into_iter().for_each(|v| put(&[v.into()])),
            Kind::Text | Kind::List | Kind::Date => {
                if let Some(text) = cell.plain() {
                    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
                    put(&length.to_le_bytes());
                    out.extend_from_slice(text.as_bytes());
                }
            }
        }
    }
    out
}
