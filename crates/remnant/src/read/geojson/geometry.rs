//! Geometries: from the text straight into `geo_types`.

use std::borrow::Cow;

use geo_types::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};

use super::json::{Broken, Cursor};
use crate::read::Shape;
use crate::read::extent::Extent;

/// How deep collections may lie in one another.
const DEEPEST_COLLECTION: u32 = 16;

/// Why a geometry can't be understood although the JSON may well be right.
type Why = &'static str;

/// A geometry, or why its coordinates can't be understood.
type Content = Result<Geometry<f64>, String>;

/// Decodes geometries; keeps a vector, so that each line is allocated once in its own size.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    scratch: Vec<Coord<f64>>,
    /// What was noticed since the caller last emptied it.
    pub(super) notes: Vec<String>,
}

/// What a geometry's text holds.
enum Found {
    Null,
    Good(Geometry<f64>),
    Bad(String),
}

impl Decoder {
    /// Decodes the value at the cursor.
    pub(super) fn shape(&mut self, cursor: &mut Cursor<'_>) -> Result<Shape, Broken> {
        cursor.token();
        let start = cursor.at;
        Ok(match self.geometry(cursor, 0)? {
            Found::Null => Shape::Missing,
            Found::Good(geometry) => Shape::Geometry(geometry),
            Found::Bad(why) => Shape::Unreadable { why, bounds: salvage(cursor.bytes, start, cursor.at) },
        })
    }

    fn geometry(&mut self, cursor: &mut Cursor<'_>, depth: u32) -> Result<Found, Broken> {
        if cursor.token() != Some(b'{') {
            let start = cursor.at;
            cursor.skip()?;
            let null = cursor.since(start) == b"null";
            return Ok(if null { Found::Null } else { Found::Bad("the geometry is not an object".into()) });
        }
        cursor.at += 1;
        let mut kind: Option<Cow<'_, str>> = None;
        let mut held: Option<(usize, bool)> = None;
        let mut found: Option<(Cow<'_, str>, Content)> = None;
        let mut again = false;
        let mut more = !cursor.take(b'}');
        while more {
            let key = cursor.key()?;
            match key.plain().unwrap_or_default() {
                b"type" if cursor.token() == Some(b'"') => {
                    again |= kind.is_some();
                    kind = Some(cursor.string()?.cow());
                }
                name @ (b"coordinates" | b"geometries") => {
                    again |= held.is_some();
                    cursor.token();
                    let members = name == b"geometries";
                    held = Some((cursor.at, members));
                    found = match &kind {
                        Some(k) => Some((k.clone(), self.content(cursor, k, members, depth)?)),
                        None => {
                            cursor.skip()?;
                            None
                        }
                    };
                }
                b"crs" => {
                    cursor.skip()?;
                    self.notes.push("the geometry has a `crs` member of its own, which is not used".into());
                }
                _ => cursor.skip()?,
            }
            more = cursor.more_members()?;
        }
        if again {
            self.notes.push("a member of the geometry stands there twice; the last one is used".into());
        }
        let Some(kind) = kind else { return Ok(Found::Bad("the geometry has no `type`".into())) };
        let Some((at, members)) = held else {
            return Ok(Found::Bad(format!("the geometry ({}) has no coordinates", short(&kind))));
        };
        let content = match found {
            Some((known, content)) if known == kind => content,
            // The type came after the coordinates.
            _ => self.content(&mut Cursor::new(cursor.bytes, at), &kind, members, depth)?,
        };
        Ok(content.map_or_else(Found::Bad, Found::Good))
    }

    /// The coordinates or members of a geometry. Where they can't be understood the cursor goes over them by
    /// syntax alone, so that a fault of syntax is told from one of meaning.
    fn content(&mut self, cursor: &mut Cursor<'_>, kind: &str, members: bool, depth: u32) -> Result<Content, Broken> {
        let start = cursor.at;
        if kind == "GeometryCollection" && members {
            return self.collection(cursor, depth);
        }
        let result = match kind {
            _ if members => Err("it needs `coordinates`, not `geometries`"),
            "Point" => self.point(cursor),
            "MultiPoint" => self.line(cursor).map(|l| Geometry::MultiPoint(l.into_iter().map(Point).collect())),
            "LineString" => self.line(cursor).map(|l| Geometry::LineString(LineString(l))),
            "MultiLineString" => {
                self.list(cursor, Self::line).map(|l| MultiLineString(l.into_iter().map(LineString).collect()).into())
            }
            "Polygon" => self.polygon(cursor).map(Geometry::Polygon),
            "MultiPolygon" => self.list(cursor, Self::polygon).map(|p| Geometry::MultiPolygon(MultiPolygon(p))),
            "GeometryCollection" => Err("a GeometryCollection needs `geometries`, not `coordinates`"),
            _ => Err("GeoJSON has no such type"),
        };
        Ok(match result {
            Ok(geometry) => Ok(geometry),
            Err(why) => {
                let at = cursor.at;
                cursor.at = start;
                cursor.skip()?;
                Err(format!("{}: {why} (byte {at} of the file)", short(kind)))
            }
        })
    }

    fn collection(&mut self, cursor: &mut Cursor<'_>, depth: u32) -> Result<Content, Broken> {
        if depth == DEEPEST_COLLECTION || cursor.token() != Some(b'[') {
            cursor.skip()?;
            return Ok(Err(if depth == DEEPEST_COLLECTION {
                format!("GeometryCollection: more than {DEEPEST_COLLECTION} lie in one another")
            } else {
                "GeometryCollection: `geometries` is not an array".into()
            }));
        }
        cursor.at += 1;
        let mut members = Vec::new();
        let mut bad = None;
        let mut more = !cursor.take(b']');
        while more {
            match self.geometry(cursor, depth + 1)? {
                Found::Good(geometry) => members.push(geometry),
                Found::Bad(why) => bad = bad.or(Some(why)),
                Found::Null => bad = bad.or_else(|| Some("a member is null".into())),
            }
            more = cursor.more_elements()?;
        }
        Ok(match bad {
            Some(why) => Err(format!("GeometryCollection: {why}")),
            None => Ok(Geometry::GeometryCollection(GeometryCollection(members))),
        })
    }

    fn point(&mut self, cursor: &mut Cursor<'_>) -> Result<Geometry<f64>, Why> {
        let mut ahead = cursor.clone();
        if ahead.take(b'[') && ahead.take(b']') {
            cursor.at = ahead.at;
            return Ok(Geometry::MultiPoint(MultiPoint(Vec::new())));
        }
        position(cursor).map(|c| Geometry::Point(Point(c)))
    }

    fn line(&mut self, cursor: &mut Cursor<'_>) -> Result<Vec<Coord<f64>>, Why> {
        if !cursor.take(b'[') {
            return Err("an array of positions should stand here");
        }
        if cursor.take(b']') {
            return Ok(Vec::new());
        }
        self.scratch.clear();
        loop {
            let coord = position(cursor)?;
            self.scratch.push(coord);
            match cursor.token() {
                Some(b',') => cursor.at += 1,
                Some(b']') => {
                    cursor.at += 1;
                    return Ok(self.scratch.as_slice().to_vec());
                }
                _ => return Err("a comma or a closing bracket should stand here"),
            }
        }
    }

    fn polygon(&mut self, cursor: &mut Cursor<'_>) -> Result<Polygon<f64>, Why> {
        let mut rings = self.list(cursor, Self::line)?.into_iter().map(LineString);
        let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
        let interiors: Vec<_> = rings.collect();
        if std::iter::once(&exterior).chain(&interiors).any(|ring| ring.0.first() != ring.0.last()) {
            self.notes.push(crate::read::UNCLOSED.into());
        }
        Ok(Polygon::new(exterior, interiors))
    }

    fn list<T>(
        &mut self,
        cursor: &mut Cursor<'_>,
        element: fn(&mut Self, &mut Cursor<'_>) -> Result<T, Why>,
    ) -> Result<Vec<T>, Why> {
        if !cursor.take(b'[') {
            return Err("an array of arrays should stand here");
        }
        let mut elements = Vec::new();
        if cursor.take(b']') {
            return Ok(elements);
        }
        loop {
            elements.push(element(self, cursor)?);
            match cursor.token() {
                Some(b',') => cursor.at += 1,
                Some(b']') => {
                    cursor.at += 1;
                    return Ok(elements);
                }
                _ => return Err("a comma or a closing bracket should stand here"),
            }
        }
    }
}

/// A name out of the file, cut to what a message can bear.
fn short(kind: &str) -> String {
    kind.chars().take(40).collect()
}

/// A position; what follows x and y is passed over.
#[inline]
fn position(cursor: &mut Cursor<'_>) -> Result<Coord<f64>, Why> {
    if !cursor.take(b'[') {
        return Err("a position should be an array of numbers");
    }
    let x = number(cursor)?;
    if !cursor.take(b',') {
        return Err("a position needs two numbers");
    }
    let y = number(cursor)?;
    while cursor.take(b',') {
        number(cursor)?;
    }
    if !cursor.take(b']') {
        return Err("a position should end after its numbers");
    }
    Ok(Coord { x, y })
}

#[inline]
fn number(cursor: &mut Cursor<'_>) -> Result<f64, Why> {
    let first = cursor.token();
    let rest = cursor.rest();
    // The parser takes more than JSON allows.
    let digits = match (first, rest) {
        (Some(b'0'..=b'9'), digits) | (Some(b'-'), [_, digits @ ..]) => digits,
        _ => return Err("a number should stand here"),
    };
    match digits {
        [b'0', b'0'..=b'9', ..] => return Err("a number has leading zeros"),
        [b'0'..=b'9', ..] => {}
        _ => return Err("a number should stand here"),
    }
    let Ok((value, used)) = fast_float2::parse_partial::<f64, _>(rest) else {
        return Err("a number should stand here");
    };
    if rest.get(used - 1) == Some(&b'.') {
        return Err("a number ends in its decimal point");
    }
    cursor.at += used;
    if value.is_finite() { Ok(value) } else { Err("a number is too large") }
}

/// The box of everything between two places that looks like a position.
fn salvage(bytes: &[u8], start: usize, end: usize) -> Option<[f64; 4]> {
    let mut extent = Extent::default();
    let mut cursor = Cursor::new(bytes.get(..end).unwrap_or(bytes), start);
    while let Some(found) = memchr::memchr2(b'"', b'[', cursor.rest()) {
        cursor.at += found;
        if cursor.bytes.get(cursor.at) == Some(&b'"') {
            if cursor.string().is_err() {
                break;
            }
            continue;
        }
        cursor.at += 1;
        let mut ahead = cursor.clone();
        if let Ok(x) = number(&mut ahead)
            && ahead.take(b',')
            && let Ok(y) = number(&mut ahead)
        {
            extent.add(x, y);
        }
    }
    extent.bounds()
}
