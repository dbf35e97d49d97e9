//! The plain job as a careful program would do it with `geo`: district by district, in parallel, the union of the hazards
//! that reach it cut by it, then each kind of release in the order of precedence.

use std::io::Write;
use std::path::Path;

use flatgeobuf::size_prefixed_root_as_feature;
use geo::algorithm::{Area, BooleanOps, BoundingRect, unary_union};
use geo::{Coord, LineString, MultiPolygon, Polygon, Rect};
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::floors::{bytes, feature_starts};
use crate::plane::project;

/// Kinds of release by precedence.
const KINDS: [&str; 3] = ["cleared", "reduced", "cancelled"];

/// A polygon in the plane with the texts of its fields.
struct Record {
    polygon: Polygon,
    texts: Vec<String>,
}

type Index = RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>;

/// Reads FlatGeobuf, writes a table like districts.csv.
pub fn run(dir: &Path, out: &Path) -> Result<(), String> {
    let read = |layer: &str| records(&dir.join(format!("{layer}.fgb")));
    let (districts, hazards, releases) = (read("districts")?, read("hazards")?, read("releases")?);
    let (hazard_index, release_index) = (index(&hazards), index(&releases));
    let rows: Vec<(String, [f64; 5])> = districts
        .par_iter()
        .map(|district| {
            let reach = |index: &Index| -> Vec<usize> {
                let Some(envelope) = district.polygon.bounding_rect().map(|r| envelope(&r)) else { return Vec::new() };
                index.locate_in_envelope_intersecting(envelope).map(|e| e.data).collect()
            };
            let all = unary_union(reach(&hazard_index).iter().map(|&i| &hazards[i].polygon));
            let mut land: MultiPolygon = all.intersection(&district.polygon);
            let mut row = [land.unsigned_area(), 0.0, 0.0, 0.0, 0.0];
            let reaching = reach(&release_index);
            for (figure, kind) in row[1..].iter_mut().zip(KINDS) {
                let of_kind = reaching.iter().map(|&i| &releases[i]).filter(|r| r.texts[1] == kind);
                let released = unary_union(of_kind.map(|r| &r.polygon));
                *figure = land.intersection(&released).unsigned_area();
                land = land.difference(&released);
            }
            row[4] = land.unsigned_area();
            (district.texts[0].clone(), row)
        })
        .collect();
    let mut table = Vec::new();
    let told = |e: std::io::Error| format!("{}: {e}", out.display());
    writeln!(table, "code,baseline_m2,cleared_m2,reduced_m2,cancelled_m2,remaining_m2").map_err(told)?;
    for (code, [hazard, cleared, reduced, cancelled, remaining]) in rows {
        writeln!(table, "{code},{hazard},{cleared},{reduced},{cancelled},{remaining}").map_err(told)?;
    }
    std::fs::write(out, table).map_err(told)
}

fn records(path: &Path) -> Result<Vec<Record>, String> {
    let bytes = bytes(path)?;
    let starts = feature_starts(&bytes);
    let record = |&(from, to): &(usize, usize)| -> Option<Record> {
        let feature = size_prefixed_root_as_feature(&bytes[from..to]).ok()?;
        let geometry = feature.geometry()?;
        let xy: Vec<f64> = geometry.xy()?.iter().collect();
        let points: Vec<Coord> = xy.chunks_exact(2).map(|p| Coord::from(project([p[0], p[1]]))).collect();
        let ends = geometry.ends().map_or(vec![points.len() as u32], |ends| ends.iter().collect());
        let mut begin = 0;
        let mut rings = ends.into_iter().map(|end| {
            let ring = LineString::new(points[begin..end as usize].to_vec());
            begin = end as usize;
            ring
        });
        let outer = rings.next()?;
        let polygon = Polygon::new(outer, rings.collect());
        Some(Record { polygon, texts: texts(feature.properties()?.bytes()) })
    };
    let records: Option<Vec<Record>> = starts.par_iter().map(record).collect();
    records.ok_or_else(|| format!("{}: a feature can't be read", path.display()))
}

/// The values of text columns that are all there, in their order.
fn texts(mut bytes: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    while let Some((head, rest)) = bytes.split_at_checked(6) {
        let length = u32::from_le_bytes([head[2], head[3], head[4], head[5]]) as usize;
        let Some((text, rest)) = rest.split_at_checked(length) else { break };
        out.push(String::from_utf8_lossy(text).into_owned());
        bytes = rest;
    }
    out
}

fn envelope(r: &Rect) -> AABB<[f64; 2]> {
    AABB::from_corners([r.min().x, r.min().y], [r.max().x, r.max().y])
}

fn index(records: &[Record]) -> Index {
    let entry = |(i, r): (usize, &Record)| {
        Some(GeomWithData::new(Rectangle::from_aabb(envelope(&r.polygon.bounding_rect()?)), i))
    };
    RTree::bulk_load(records.iter().enumerate().filter_map(entry).collect())
}
