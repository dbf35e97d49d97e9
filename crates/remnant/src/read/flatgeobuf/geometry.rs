//! Geometries out of the vectors of a FlatGeobuf feature.

use flatgeobuf::{Geometry as Table, GeometryType as Kind};
use geo_types::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};

use crate::read::Shape;
use crate::read::arc::{APPROXIMATED, Arcs};
use crate::read::extent::Extent;
use crate::read::raw::index;
use crate::read::wkb::SURFACE;

/// How deep parts may lie in one another.
const DEEPEST: u32 = 16;

/// What a feature's geometry is read with, and what was noticed on the way.
struct Reader<'a> {
    arcs: &'a Arcs,
    unclosed: bool,
    curved: bool,
    surface: bool,
}

/// The shape of a feature; `layer` is the type that the header states, `stated` the box in the index.
pub(super) fn shape(
    table: Option<Table<'_>>,
    layer: Kind,
    stated: Option<[f64; 4]>,
    arcs: &Arcs,
    notes: &mut Vec<String>,
) -> Shape {
    let Some(table) = table else { return Shape::Missing };
    let own = table.type_();
    let kind = if own == Kind::Unknown { layer } else { own };
    let mut reader = Reader { arcs, unclosed: false, curved: false, surface: false };
    let result = reader.geometry(&table, kind, 0);
    if let Some(stated) = stated.filter(|_| !reader.curved) {
        let mut extent = Extent::default();
        gather(&table, 0, &mut extent);
        let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-6 * a.abs().max(1.0);
        let fits = extent.bounds().map_or(!super::sound(&stated), |seen| seen.iter().zip(&stated).all(near));
        if !fits {
            notes.push("the box that the index states for it is not that of its coordinates".into());
        }
    }
    if layer != Kind::Unknown && kind != layer {
        notes.push(format!(
            "its type is {}, and that of its layer {}; it is read as the former",
            name(kind),
            name(layer)
        ));
    }
    match result {
        Ok(geometry) => {
            for (is, note) in
                [(reader.unclosed, crate::read::UNCLOSED), (reader.curved, APPROXIMATED), (reader.surface, SURFACE)]
            {
                notes.extend(is.then(|| note.to_owned()));
            }
            Shape::Geometry(geometry)
        }
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

/// The bytes of a position.
type Pair = [u8; 16];

/// The positions of a geometry as bytes, and those of an odd number at the end that has no partner.
fn pairs<'a>(table: &Table<'a>) -> (&'a [Pair], &'a [u8]) {
    table.xy().map(|xy| xy.bytes()).unwrap_or_default().as_chunks()
}

fn whole_pairs<'a>(table: &Table<'a>) -> Result<&'a [Pair], String> {
    match pairs(table) {
        (pairs, []) => Ok(pairs),
        _ => Err("it has an odd number of coordinates".into()),
    }
}

fn position(pair: &Pair) -> Coord<f64> {
    let both = u128::from_le_bytes(*pair);
    Coord { x: f64::from_bits(both as u64), y: f64::from_bits((both >> 64) as u64) }
}

fn positions(pairs: &[Pair]) -> Vec<Coord<f64>> {
    pairs.iter().map(position).collect()
}

fn coords(table: &Table<'_>) -> Result<Vec<Coord<f64>>, String> {
    whole_pairs(table).map(positions)
}

/// The coordinates cut where the geometry says that its lines end; no vertex may be left over.
fn lines(table: &Table<'_>) -> Result<Vec<LineString<f64>>, String> {
    let all = whole_pairs(table)?;
    let Some(ends) = table.ends().filter(|ends| !ends.is_empty()) else {
        return Ok(if all.is_empty() { Vec::new() } else { vec![LineString(positions(all))] });
    };
    let mut lines = Vec::with_capacity(ends.len());
    let mut begin = 0;
    for end in ends {
        let line = index(end).and_then(|end| Some((end, all.get(begin..end)?)));
        let (end, line) = line.ok_or("the ends of its lines are not in order")?;
        lines.push(LineString(positions(line)));
        begin = end;
    }
    if begin == all.len() { Ok(lines) } else { Err("its lines do not take up all of its coordinates".into()) }
}

/// The parts of a geometry.
fn parts<'a>(table: &Table<'a>) -> impl Iterator<Item = Table<'a>> + use<'a> {
    table.parts().into_iter().flatten()
}

fn misplaced(whole: Kind, part: Kind) -> String {
    format!("it is a {} and has a part of type {}", name(whole), name(part))
}

impl Reader<'_> {
    fn geometry(&mut self, table: &Table<'_>, kind: Kind, depth: u32) -> Result<Geometry<f64>, String> {
        let has_parts = table.parts().is_some_and(|parts| !parts.is_empty());
        let in_parts = matches!(
            kind,
            Kind::MultiPolygon
                | Kind::GeometryCollection
                | Kind::CompoundCurve
                | Kind::CurvePolygon
                | Kind::MultiCurve
                | Kind::MultiSurface
                | Kind::PolyhedralSurface
        );
        // A TIN has its triangles as lines or as parts.
        if has_parts && !in_parts && kind != Kind::TIN {
            return Err(format!("it is a {} and has parts", name(kind)));
        }
        if !has_parts && in_parts && !whole_pairs(table)?.is_empty() {
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
            Kind::CircularString | Kind::CompoundCurve => Geometry::LineString(LineString(self.curve(table, kind)?)),
            Kind::MultiLineString => Geometry::MultiLineString(MultiLineString(lines(table)?)),
            Kind::MultiCurve => Geometry::MultiLineString(MultiLineString(self.curves(table, kind)?)),
            Kind::Polygon | Kind::Triangle | Kind::CurvePolygon => Geometry::Polygon(self.surface(table, kind)?),
            Kind::MultiPolygon | Kind::MultiSurface | Kind::PolyhedralSurface | Kind::TIN => {
                self.surface |= matches!(kind, Kind::PolyhedralSurface | Kind::TIN);
                Geometry::MultiPolygon(MultiPolygon(self.surfaces(table, kind)?))
            }
            Kind::GeometryCollection if depth == DEEPEST => {
                return Err(format!("more than {DEEPEST} collections lie in one another"));
            }
            Kind::GeometryCollection => {
                let members: Result<_, String> =
                    parts(table).map(|part| self.geometry(&part, part.type_(), depth + 1)).collect();
                Geometry::GeometryCollection(GeometryCollection(members?))
            }
            Kind::Unknown => return Err("its type is not stated".into()),
            other => return Err(format!("it is of type {}, which can't be read", name(other))),
        })
    }

    fn curve(&mut self, table: &Table<'_>, kind: Kind) -> Result<Vec<Coord<f64>>, String> {
        match kind {
            Kind::CircularString => {
                self.curved = true;
                self.arcs.follow(&coords(table)?)
            }
            Kind::CompoundCurve => {
                let mut line: Vec<Coord<f64>> = Vec::new();
                for part in parts(table) {
                    if !matches!(part.type_(), Kind::LineString | Kind::CircularString) {
                        return Err(misplaced(kind, part.type_()));
                    }
                    let next = self.curve(&part, part.type_())?;
                    // Each begins where the one before it ends.
                    let doubled = usize::from(line.last().is_some() && line.last() == next.first());
                    line.extend(next.into_iter().skip(doubled));
                }
                Ok(line)
            }
            _ => coords(table),
        }
    }

    /// The parts of a geometry, each a curve.
    fn curves(&mut self, table: &Table<'_>, whole: Kind) -> Result<Vec<LineString<f64>>, String> {
        let curve = |part: Table<'_>| match part.type_() {
            kind @ (Kind::LineString | Kind::CircularString | Kind::CompoundCurve) => {
                self.curve(&part, kind).map(LineString)
            }
            other => Err(misplaced(whole, other)),
        };
        parts(table).map(curve).collect()
    }

    fn surface(&mut self, table: &Table<'_>, kind: Kind) -> Result<Polygon<f64>, String> {
        let rings = if kind == Kind::CurvePolygon { self.curves(table, kind)? } else { lines(table)? };
        Ok(self.polygon(rings))
    }

    fn polygon(&mut self, mut rings: Vec<LineString<f64>>) -> Polygon<f64> {
        self.unclosed |= rings.iter().any(|ring| ring.0.first() != ring.0.last());
        let interiors = rings.split_off(rings.len().min(1));
        Polygon::new(rings.pop().unwrap_or_else(|| LineString(Vec::new())), interiors)
    }

    fn surfaces(&mut self, table: &Table<'_>, whole: Kind) -> Result<Vec<Polygon<f64>>, String> {
        if whole == Kind::TIN && table.parts().is_none_or(|parts| parts.is_empty()) {
            return Ok(lines(table)?.into_iter().map(|ring| self.polygon(vec![ring])).collect());
        }
        let surface = |part: Table<'_>| match (part.type_(), whole) {
            (kind @ (Kind::Polygon | Kind::Unknown), _)
            | (kind @ Kind::CurvePolygon, Kind::MultiSurface)
            | (kind @ Kind::Triangle, Kind::TIN | Kind::PolyhedralSurface) => self.surface(&part, kind),
            (other, _) => Err(misplaced(whole, other)),
        };
        parts(table).map(surface).collect()
    }
}

/// Takes in every position of a geometry and its parts, whatever its type says of them.
fn gather(table: &Table<'_>, depth: u32, extent: &mut Extent) {
    for Coord { x, y } in pairs(table).0.iter().map(position) {
        extent.add(x, y);
    }
    // The verifier has bounded the depth already; this keeps it in sight.
    if depth < 64 {
        table.parts().into_iter().flatten().for_each(|part| gather(&part, depth + 1, extent));
    }
}
