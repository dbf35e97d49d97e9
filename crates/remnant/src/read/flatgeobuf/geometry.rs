//! Geometries out of the vectors of a FlatGeobuf feature.

use flatgeobuf::{Geometry as Table, GeometryType as Kind};
use geo_types::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};

use crate::read::Shape;
use crate::read::extent::Extent;
use crate::read::raw::{f64_le, index};

/// How deep parts may lie in one another.
const DEEPEST: u32 = 16;

/// The shape of a feature; `layer` is the type that the header states, `stated` the box in the index.
pub(super) fn shape(table: Option<Table<'_>>, layer: Kind, stated: Option<[f64; 4]>, notes: &mut Vec<String>) -> Shape {
    let Some(table) = table else { return Shape::Missing };
    if let Some(stated) = stated {
        let mut extent = Extent::default();
        gather(&table, 0, &mut extent);
        let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-6 * a.abs().max(1.0);
        let fits = extent.bounds().map_or(!super::sound(&stated), |seen| seen.iter().zip(&stated).all(near));
        if !fits {
            notes.push("the box that the index states for it is not that of its coordinates".into());
        }
    }
    let own = table.type_();
    let kind = if own == Kind::Unknown { layer } else { own };
    if layer != Kind::Unknown && kind != layer {
        notes.push(format!(
            "its type is {}, and that of its layer {}; it is read as the former",
            name(kind),
            name(layer)
        ));
    }
    match geometry(&table, kind, 0, notes) {
        Ok(geometry) => Shape::Geometry(geometry),
        Err(why) => {
            let mut extent = Extent::default();
            gather(&table, 0, &mut extent);
            let curved = (8..=14).contains(&kind.0) || kind == Kind::GeometryCollection;
            Shape::Unreadable { why, bounds: if curved { extent.bulged() } else { extent.bounds() } }
        }
    }
}

fn name(kind: Kind) -> String {
    kind.variant_name().map_or_else(|| format!("number {}", kind.0), str::to_owned)
}

fn coords(table: &Table<'_>) -> Result<Vec<Coord<f64>>, String> {
    let Some(xy) = table.xy() else { return Ok(Vec::new()) };
    let pairs = xy.bytes().chunks_exact(16);
    if !pairs.remainder().is_empty() {
        return Err("it has an odd number of coordinates".into());
    }
    Ok(pairs.filter_map(|pair| Some(Coord { x: f64_le(pair, 0)?, y: f64_le(pair, 8)? })).collect())
}

/// The coordinates cut where the geometry says that its lines end; no vertex may be left over.
fn lines(table: &Table<'_>) -> Result<Vec<LineString<f64>>, String> {
    let all = coords(table)?;
    let Some(ends) = table.ends().filter(|ends| !ends.is_empty()) else {
        return Ok(if all.is_empty() { Vec::new() } else { vec![LineString(all)] });
    };
    let mut lines = Vec::with_capacity(ends.len());
    let mut begin = 0;
    for end in ends {
        let line = index(end).and_then(|end| Some((end, all.get(begin..end)?)));
        let (end, line) = line.ok_or("the ends of its lines are not in order")?;
        lines.push(LineString(line.to_vec()));
        begin = end;
    }
    if begin == all.len() { Ok(lines) } else { Err("its lines do not take up all of its coordinates".into()) }
}

fn polygon(table: &Table<'_>, notes: &mut Vec<String>) -> Result<Polygon<f64>, String> {
    let mut rings = lines(table)?;
    if rings.iter().any(|ring| ring.0.first() != ring.0.last()) {
        notes.push(crate::read::UNCLOSED.into());
    }
    let interiors = rings.split_off(rings.len().min(1));
    Ok(Polygon::new(rings.pop().unwrap_or_else(|| LineString(Vec::new())), interiors))
}

fn geometry(table: &Table<'_>, kind: Kind, depth: u32, notes: &mut Vec<String>) -> Result<Geometry<f64>, String> {
    let has_parts = table.parts().is_some_and(|parts| !parts.is_empty());
    if has_parts && !matches!(kind, Kind::MultiPolygon | Kind::GeometryCollection) && kind.0 <= 7 {
        return Err(format!("it is a {} and has parts", name(kind)));
    }
    if !has_parts && matches!(kind, Kind::MultiPolygon | Kind::GeometryCollection) && !coords(table)?.is_empty() {
        return Err(format!("it is a {} and has coordinates instead of parts", name(kind)));
    }
    Ok(match kind {
        Kind::Point => match coords(table)?.as_slice() {
            [] => Geometry::MultiPoint(MultiPoint(Vec::new())),
            [only] => Geometry::Point(Point(*only)),
            _ => return Err("it is a Point and has several positions".into()),
        },
        Kind::MultiPoint => Geometry::MultiPoint(MultiPoint(coords(table)?.into_iter().map(Point).collect())),
        Kind::LineString => {
            let mut all = lines(table)?;
            if all.len() > 1 {
                return Err("it is a LineString and has several lines".into());
            }
            Geometry::LineString(all.pop().unwrap_or_else(|| LineString(Vec::new())))
        }
        Kind::MultiLineString => Geometry::MultiLineString(MultiLineString(lines(table)?)),
        Kind::Polygon => Geometry::Polygon(polygon(table, notes)?),
        Kind::MultiPolygon => {
            let mut polygons = Vec::new();
            for part in table.parts().into_iter().flatten() {
                if !matches!(part.type_(), Kind::Polygon | Kind::Unknown) {
                    return Err(format!("it is a MultiPolygon and has a part of type {}", name(part.type_())));
                }
                polygons.push(polygon(&part, notes)?);
            }
            Geometry::MultiPolygon(MultiPolygon(polygons))
        }
        Kind::GeometryCollection if depth == DEEPEST => {
            return Err(format!("more than {DEEPEST} collections lie in one another"));
        }
        Kind::GeometryCollection => {
            let parts = table.parts().into_iter().flatten();
            let members: Result<_, String> = parts.map(|p| geometry(&p, p.type_(), depth + 1, notes)).collect();
            Geometry::GeometryCollection(GeometryCollection(members?))
        }
        Kind::Unknown => return Err("its type is not stated".into()),
        other => return Err(format!("it is of type {}, which can't be read", name(other))),
    })
}

/// Takes in every position of a geometry and its parts, whatever its type says of them.
fn gather(table: &Table<'_>, depth: u32, extent: &mut Extent) {
    // An odd number at the end has no partner, the pairs before it have.
    for pair in table.xy().map(|xy| xy.bytes()).unwrap_or_default().chunks_exact(16) {
        if let (Some(x), Some(y)) = (f64_le(pair, 0), f64_le(pair, 8)) {
            extent.add(x, y);
        }
    }
    // The verifier has bounded the depth already; this keeps it in sight.
    if depth < 64 {
        table.parts().into_iter().flatten().for_each(|part| gather(&part, depth + 1, extent));
    }
}
