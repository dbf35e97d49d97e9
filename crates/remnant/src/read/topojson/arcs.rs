//! Arcs, and geometries put together from them.

use geo_types::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};
use serde::Deserialize;
use serde_json::Value as Json;

use super::Object;
use crate::read::extent::Extent;
use crate::read::{Shape, UNCLOSED};

/// What turns whole steps into coordinates.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

impl Transform {
    fn apply(self, [x, y]: [f64; 2]) -> Coord<f64> {
        let ([kx, ky], [tx, ty]) = (self.scale, self.translate);
        Coord { x: x * kx + tx, y: y * ky + ty }
    }
}

/// The arcs of a topology in its coordinates.
pub(super) struct Arcs {
    arcs: Vec<Vec<Coord<f64>>>,
    transform: Option<Transform>,
    total: usize,
}

/// How often the positions of all arcs may be used in one layer: a border is that of two neighbours, and more only where
/// a layer holds several divisions of one country.
const OFTEN: usize = 64;

/// How many positions may be used in any file.
const ALWAYS: usize = 1 << 20;

/// Why a geometry can't be read.
type Fault = String;

impl Arcs {
    /// Arcs as the file has them: steps from one position to the next where there is a transform.
    pub(super) fn new(arcs: Vec<Vec<[f64; 2]>>, transform: Option<Transform>) -> Self {
        let total = arcs.iter().map(Vec::len).sum();
        let decode = |arc: Vec<[f64; 2]>| {
            let mut at = [0.0, 0.0];
            let place = |[x, y]: [f64; 2]| match transform {
                Some(transform) => {
                    at = [at[0] + x, at[1] + y];
                    transform.apply(at)
                }
                None => Coord { x, y },
            };
            arc.into_iter().map(place).collect()
        };
        Self { arcs: arcs.into_iter().map(decode).collect(), transform, total }
    }

    /// How many positions the geometries of a layer may have.
    pub(super) fn most(&self) -> usize {
        self.total.saturating_mul(OFTEN).max(ALWAYS)
    }

    /// How many positions a member `arcs` stands for.
    pub(super) fn positions(&self, indices: &Json) -> usize {
        match indices {
            Json::Array(elements) => elements.iter().map(|e| self.positions(e)).fold(0, usize::saturating_add),
            number => self.arc(number).map_or(0, |(arc, _)| arc.len()),
        }
    }

    /// An arc, and whether it is meant from its end to its beginning.
    fn arc(&self, number: &Json) -> Option<(&[Coord<f64>], bool)> {
        let number = number.as_i64()?;
        let index = if number < 0 { !number } else { number };
        let arc = self.arcs.get(usize::try_from(index).ok()?)?;
        Some((arc, number < 0))
    }

    /// The shape of an object.
    pub(super) fn shape(&self, object: &Object, notes: &mut Vec<String>) -> Shape {
        match (object.kind.as_deref(), &object.geometries) {
            (None, None) => return Shape::Missing,
            (Some("GeometryCollection"), _) | (Some(_), None) => {}
            _ => notes.push("the object has both a geometry of its own and members; the former is used".into()),
        }
        let mut builder = Builder { arcs: self, extent: Extent::default(), unclosed: false };
        match builder.object(object) {
            Ok(geometry) => {
                if builder.unclosed {
                    notes.push(UNCLOSED.into());
                }
                Shape::Geometry(geometry)
            }
            Err(why) => Shape::Unreadable { why, bounds: builder.extent.bounds() },
        }
    }
}

struct Builder<'a> {
    arcs: &'a Arcs,
    /// The box of what could be read.
    extent: Extent,
    unclosed: bool,
}

fn shown(json: &Json) -> String {
    json.to_string().chars().take(40).collect()
}

fn list(json: &Json) -> Result<&[Json], Fault> {
    json.as_array().map(Vec::as_slice).ok_or_else(|| format!("an array should stand where `{}` stands", shown(json)))
}

impl Builder<'_> {
    /// All members are tried, so that the box of an unreadable one is that of all that could be read.
    fn all<T>(
        &mut self,
        elements: &[Json],
        mut each: impl FnMut(&mut Self, &Json) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let results: Vec<_> = elements.iter().map(|e| each(self, e)).collect();
        results.into_iter().collect()
    }

    fn object(&mut self, object: &Object) -> Result<Geometry<f64>, Fault> {
        const NONE: &Json = &Json::Null;
        let (arcs, coordinates) = (object.arcs.as_ref().unwrap_or(NONE), object.coordinates.as_ref().unwrap_or(NONE));
        Ok(match object.kind.as_deref().unwrap_or_default() {
            "Point" => Geometry::Point(Point(self.position(coordinates)?)),
            "MultiPoint" => {
                let points = self.all(list(coordinates)?, Self::position)?;
                Geometry::MultiPoint(MultiPoint(points.into_iter().map(Point).collect()))
            }
            "LineString" => Geometry::LineString(self.line(arcs)?),
            "MultiLineString" => Geometry::MultiLineString(MultiLineString(self.all(list(arcs)?, Self::line)?)),
            "Polygon" => Geometry::Polygon(self.polygon(arcs)?),
            "MultiPolygon" => Geometry::MultiPolygon(MultiPolygon(self.all(list(arcs)?, Self::polygon)?)),
            "GeometryCollection" => {
                let members = object.geometries.as_deref().unwrap_or_default();
                let present = members.iter().filter(|m| m.kind.is_some());
                let results: Vec<_> = present.map(|m| self.object(m)).collect();
                Geometry::GeometryCollection(GeometryCollection(results.into_iter().collect::<Result<_, _>>()?))
            }
            kind => {
                let kind: String = kind.chars().take(40).collect();
                return Err(format!("its type is `{kind}`, which TopoJSON does not have"));
            }
        })
    }

    fn position(&mut self, json: &Json) -> Result<Coord<f64>, Fault> {
        let [x, y] = match list(json)? {
            [x, y, ..] => [x.as_f64(), y.as_f64()],
            _ => [None, None],
        };
        let (Some(x), Some(y)) = (x, y) else { return Err(format!("`{}` is not a position", shown(json))) };
        let coord = self.arcs.transform.map_or(Coord { x, y }, |t| t.apply([x, y]));
        self.extent.add(coord.x, coord.y);
        Ok(coord)
    }

    fn line(&mut self, json: &Json) -> Result<LineString<f64>, Fault> {
        let mut line: Vec<Coord<f64>> = Vec::new();
        let mut fault = None;
        for number in list(json)? {
            let Some((arc, backwards)) = self.arcs.arc(number) else {
                fault.get_or_insert_with(|| format!("there is no arc `{}`", shown(number)));
                continue;
            };
            arc.iter().for_each(|c| self.extent.add(c.x, c.y));
            let first = if backwards { arc.last() } else { arc.first() };
            let joined = line.last().is_none_or(|last| first.is_none_or(|first| first == last));
            if !joined {
                fault.get_or_insert_with(|| {
                    format!("arc {} does not begin where the one before it ends", shown(number))
                });
            }
            let skip = usize::from(!line.is_empty());
            if backwards {
                line.extend(arc.iter().rev().skip(skip));
            } else {
                line.extend(arc.iter().skip(skip));
            }
        }
        fault.map_or(Ok(LineString(line)), Err)
    }

    fn polygon(&mut self, json: &Json) -> Result<Polygon<f64>, Fault> {
        let mut rings = self.all(list(json)?, Self::line)?;
        self.unclosed |= rings.iter().any(|ring| ring.0.first() != ring.0.last());
        let interiors = rings.split_off(rings.len().min(1));
        Ok(Polygon::new(rings.pop().unwrap_or_else(|| LineString(Vec::new())), interiors))
    }
}
