//! Well-known text: OGC's and PostGIS' spellings, with `SRID=...;` before it.

use geo_types::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};

use crate::read::extent::Extent;

/// How deep collections may lie in one another.
const DEEPEST: u32 = 16;

/// What a text says.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) geometry: Geometry<f64>,
    /// Whether a ring was closed.
    pub(super) closed: bool,
}

/// Why a text is no geometry.
#[derive(Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) why: String,
    /// The box of what looks like positions; none where the text ends too early, since the rest could lie anywhere.
    pub(super) bounds: Option<[f64; 4]>,
}

/// The SRID before a text, if there is one, and the text.
pub(super) fn srid(text: &str) -> (Option<u32>, &str) {
    let text = text.trim();
    let tagged = text.get(..5).filter(|tag| tag.eq_ignore_ascii_case("srid=")).and_then(|_| text.get(5..));
    let Some((number, rest)) = tagged.and_then(|t| t.split_once(';')) else { return (None, text) };
    match number.trim().parse() {
        Ok(number) => (Some(number), rest.trim()),
        Err(_) => (None, text),
    }
}

/// Whether a text could be meant as a geometry.
pub(super) fn looks_like(text: &str) -> bool {
    let (_, text) = srid(text);
    let name: String = text.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_uppercase();
    KINDS.iter().chain(CURVES).any(|kind| name.starts_with(kind))
        && (text.contains('(') || text.to_uppercase().contains("EMPTY"))
}

const KINDS: &[&str] =
    &["POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"];

const CURVES: &[&str] = &[
    "CIRCULARSTRING",
    "COMPOUNDCURVE",
    "CURVEPOLYGON",
    "MULTICURVE",
    "MULTISURFACE",
    "CURVE",
    "SURFACE",
    "POLYHEDRALSURFACE",
    "TIN",
    "TRIANGLE",
];

/// Reads a geometry.
pub(super) fn parse(text: &str) -> Result<Parsed, Fault> {
    let mut parser = Parser { rest: text, closed: false };
    let result = parser.geometry(0).and_then(|geometry| {
        parser.space();
        if parser.rest.is_empty() { Ok(geometry) } else { Err(parser.fault("nothing more", "")) }
    });
    match result {
        Ok(geometry) => Ok(Parsed { geometry, closed: parser.closed }),
        Err(why) => {
            let ends_early = parser.rest.trim().is_empty();
            let extent = salvage(text);
            let curved = text.to_uppercase().contains("CUR") || text.to_uppercase().contains("CIRC");
            let bounds = if curved { extent.bulged() } else { extent.bounds() };
            Err(Fault { why, bounds: bounds.filter(|_| !ends_early) })
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
    closed: bool,
}

impl<'a> Parser<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, c: char) -> bool {
        self.space();
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> String {
        self.space();
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_uppercase()
    }

    fn fault(&self, expected: &str, kind: &str) -> String {
        let next: String = self.rest.chars().take(20).collect();
        let kind = if kind.is_empty() { String::new() } else { format!("{kind}: ") };
        if next.is_empty() {
            format!("{kind}{expected} should follow, and the text ends")
        } else {
            format!("{kind}{expected} should stand where `{next}` stands")
        }
    }

    fn expect(&mut self, c: char, kind: &str) -> Result<(), String> {
        if self.take(c) { Ok(()) } else { Err(self.fault(&format!("`{c}`"), kind)) }
    }

    fn geometry(&mut self, depth: u32) -> Result<Geometry<f64>, String> {
        let tagged = self.word();
        let kind = ["ZM", "Z", "M"].into_iter().find_map(|d| tagged.strip_suffix(d)).unwrap_or(&tagged);
        if CURVES.contains(&kind) {
            return Err(format!("{kind} (a curve or a surface in space) can't be read"));
        }
        if !KINDS.contains(&kind) {
            let kind: String = kind.chars().take(40).collect();
            return Err(if kind.is_empty() {
                self.fault("the name of a geometry", "")
            } else {
                format!("there is no geometry called {kind}")
            });
        }
        let before = self.rest;
        let mut word = self.word();
        if matches!(word.as_str(), "Z" | "M" | "ZM") {
            word = self.word();
        }
        if word == "EMPTY" {
            return Ok(empty(kind));
        }
        if !word.is_empty() {
            self.rest = before;
            return Err(self.fault("`(` or EMPTY", kind));
        }
        Ok(match kind {
            "POINT" => {
                self.expect('(', kind)?;
                let position = self.position(kind)?;
                self.expect(')', kind)?;
                Geometry::Point(Point(position))
            }
            "LINESTRING" => Geometry::LineString(LineString(self.list(kind, Self::position)?)),
            "POLYGON" => Geometry::Polygon(self.polygon(kind)?),
            "MULTIPOINT" => {
                Geometry::MultiPoint(MultiPoint(self.list(kind, Self::member_point)?.into_iter().flatten().collect()))
            }
            "MULTILINESTRING" => Geometry::MultiLineString(MultiLineString(self.list(kind, Self::line)?)),
            "MULTIPOLYGON" => Geometry::MultiPolygon(MultiPolygon(self.list(kind, Self::polygon)?)),
            _ if depth == DEEPEST => return Err(format!("more than {DEEPEST} collections lie in one another")),
            _ => {
                self.expect('(', kind)?;
                let mut members = vec![self.geometry(depth + 1)?];
                while self.take(',') {
                    members.push(self.geometry(depth + 1)?);
                }
                self.expect(')', kind)?;
                Geometry::GeometryCollection(GeometryCollection(members))
            }
        })
    }

    fn list<T>(&mut self, kind: &str, element: fn(&mut Self, &str) -> Result<T, String>) -> Result<Vec<T>, String> {
        if self.is_empty_word() {
            return Ok(Vec::new());
        }
        self.expect('(', kind)?;
        let mut elements = vec![element(self, kind)?];
        while self.take(',') {
            elements.push(element(self, kind)?);
        }
        self.expect(')', kind)?;
        Ok(elements)
    }

    /// Takes the word EMPTY, which may stand for a part as well.
    fn is_empty_word(&mut self) -> bool {
        self.space();
        let is = self.rest.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("empty"));
        if is {
            self.rest = self.rest.get(5..).unwrap_or_default();
        }
        is
    }

    fn line(&mut self, kind: &str) -> Result<LineString<f64>, String> {
        self.list(kind, Self::position).map(LineString)
    }

    fn polygon(&mut self, kind: &str) -> Result<Polygon<f64>, String> {
        let mut rings = self.list(kind, Self::line)?;
        self.closed |= rings.iter().any(|ring| ring.0.first() != ring.0.last());
        let interiors = rings.split_off(rings.len().min(1));
        Ok(Polygon::new(rings.pop().unwrap_or_else(|| LineString(Vec::new())), interiors))
    }

    /// A point of a MULTIPOINT, in brackets of its own or without.
    fn member_point(&mut self, kind: &str) -> Result<Option<Point<f64>>, String> {
        if self.is_empty_word() {
            return Ok(None);
        }
        let bracket = self.take('(');
        let position = self.position(kind)?;
        if bracket {
            self.expect(')', kind)?;
        }
        Ok(Some(Point(position)))
    }

    fn position(&mut self, kind: &str) -> Result<Coord<f64>, String> {
        let x = self.number(kind)?;
        let y = self.number(kind)?;
        for _ in 0..2 {
            self.space();
            if self.rest.starts_with(|c: char| !matches!(c, ',' | ')')) {
                self.number(kind)?;
            }
        }
        Ok(Coord { x, y })
    }

    fn number(&mut self, kind: &str) -> Result<f64, String> {
        self.space();
        match number(self.rest) {
            Some((value, rest)) => {
                self.rest = rest;
                Ok(value)
            }
            None => Err(self.fault("a number", kind)),
        }
    }
}

fn empty(kind: &str) -> Geometry<f64> {
    match kind {
        "LINESTRING" => Geometry::LineString(LineString(Vec::new())),
        "POLYGON" => Geometry::Polygon(Polygon::new(LineString(Vec::new()), Vec::new())),
        "MULTILINESTRING" => Geometry::MultiLineString(MultiLineString(Vec::new())),
        "MULTIPOLYGON" => Geometry::MultiPolygon(MultiPolygon(Vec::new())),
        "GEOMETRYCOLLECTION" => Geometry::GeometryCollection(GeometryCollection(Vec::new())),
        _ => Geometry::MultiPoint(MultiPoint(Vec::new())),
    }
}

/// A finite number at the start of a text, ended by what may follow a number, and the rest.
fn number(text: &str) -> Option<(f64, &str)> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let (value, used) = fast_float2::parse_partial::<f64, _>(text).ok()?;
    let rest = text.get(used..)?;
    let ends = rest.chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, ',' | '(' | ')'));
    (ends && value.is_finite()).then_some((value, rest))
}

fn salvage(text: &str) -> Extent {
    let mut extent = Extent::default();
    for piece in text.split(['(', ',', ')']) {
        if let Some((x, rest)) = number(piece.trim_start())
            && let Some((y, _)) = number(rest.trim_start())
        {
            extent.add(x, y);
        }
    }
    extent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_geometry_are_one() {
        for (text, expected) in [
            ("POINT(1 2)", "POINT(1.0 2.0)"),
            (" point z ( 1  2 3 ) ", "POINT(1.0 2.0)"),
            ("POINTZM(1e0 +2. 3 4)", "POINT(1.0 2.0)"),
            ("Point M (1 2 3)", "POINT(1.0 2.0)"),
            ("POINT EMPTY", "MULTIPOINT EMPTY"),
            ("MULTIPOINT(1 2,3 4)", "MULTIPOINT(1.0 2.0,3.0 4.0)"),
            ("MULTIPOINT((1 2),(3 4), EMPTY)", "MULTIPOINT(1.0 2.0,3.0 4.0)"),
            ("LINESTRING(1 2,3 4)", "LINESTRING(1.0 2.0,3.0 4.0)"),
            ("MULTILINESTRING((1 2,3 4),EMPTY)", "MULTILINESTRING((1.0 2.0,3.0 4.0),EMPTY)"),
            (
                "POLYGON((0 0,1 0,1 1,0 0),(0 0,1 0,1 1,0 0))",
                "POLYGON((0.0 0.0,1.0 0.0,1.0 1.0,0.0 0.0),(0.0 0.0,1.0 0.0,1.0 1.0,0.0 0.0))",
            ),
            ("POLYGON Z EMPTY", "POLYGON EMPTY"),
            ("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),EMPTY)", "MULTIPOLYGON(((0.0 0.0,1.0 0.0,1.0 1.0,0.0 0.0)),EMPTY)"),
            (
                "GEOMETRYCOLLECTION(POINT(1 2),GEOMETRYCOLLECTION EMPTY)",
                "GEOMETRYCOLLECTION(POINT(1.0 2.0),GEOMETRYCOLLECTION EMPTY)",
            ),
        ] {
            assert_eq!(parse(text).map(|p| format!("{:?}", p.geometry)).as_deref(), Ok(expected), "{text}");
            assert!(looks_like(text));
        }
        assert!(parse("POLYGON((0 0,1 0,1 1))").is_ok_and(|p| p.closed));
        assert!(parse("POLYGON((0 0,1 0,1 1,0 0))").is_ok_and(|p| !p.closed));
        assert_eq!(srid(" srid=4326; POINT(1 2)"), (Some(4326), "POINT(1 2)"));
        assert_eq!(srid("POINT(1 2)"), (None, "POINT(1 2)"));
    }

    #[test]
    fn faults_tell_why_and_where() {
        for (text, why, bounds) in [
            ("", "ends", None),
            ("POLYGON((0 0,1 0,1 1,0", "ends", None),
            ("POLYGON((0 0,1 0,1 1,0 0)", "ends", None),
            ("POLYGON((0 0,1 1,x y))", "`x y))`", Some([0., 0., 1., 1.])),
            ("POLYGON((0 0,1 1,nan 0))", "number", Some([0., 0., 1., 1.])),
            ("POLYGON((0 0,1 1,1e999 0))", "number", Some([0., 0., 1., 1.])),
            ("POLYGON(0 0,1 1)", "POLYGON", Some([0., 0., 1., 1.])),
            ("POINT(1,5 2,5)", "number", None),
            ("POINT(1 2 3 4 5)", "`)`", Some([1., 2., 1., 2.])),
            ("POINT(1 2)x", "nothing more", Some([1., 2., 1., 2.])),
            ("CIRCULARSTRING(0 0,1 1,2 0)", "curve", Some([-2., -2., 4., 3.])),
            ("CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,0 0))", "curve", Some([-2., -2., 4., 3.])),
            ("POLYGO((0 0))", "POLYGO", Some([0., 0., 0., 0.])),
            ("0103000000", "the name", None),
        ] {
            match parse(text) {
                Err(fault) => {
                    assert!(fault.why.contains(why), "{text}: {}", fault.why);
                    if why != "number" || bounds.is_some() {
                        assert_eq!(fault.bounds, bounds, "{text}");
                    }
                }
                Ok(parsed) => panic!("{text}: {parsed:?}"),
            }
        }
        assert!(parse(&"GEOMETRYCOLLECTION(".repeat(100_000)).is_err());
        assert!(parse(&"(".repeat(100_000)).is_err());
    }
}
