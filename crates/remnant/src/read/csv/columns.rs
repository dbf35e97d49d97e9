//! Which columns tell the place, and what a row's place is.

use geo_types::{Geometry, Point};

use super::angle::{Axis, coordinate};
use super::wkt;
use crate::read::{DeclaredCrs, Shape, fold};

const WKT: &[&str] = &[
    "wkt",
    "geometry",
    "geom",
    "the_geom",
    "shape",
    "geometrie",
    "wkt_geom",
    "geom_wkt",
    "wkt_geometry",
    "geometry_wkt",
];

/// Names of columns for east and north, and whether they mean longitude and latitude.
const PAIRS: &[(&[&str], &[&str], bool)] = &[
    (&["longitude", "lon", "long", "lng"], &["latitude", "lat"], true),
    (&["x", "easting"], &["y", "northing"], false),
];

/// Where the place of a row stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place {
    /// Well-known text, all of it of one SRID.
    Text { column: usize, srid: Option<u32> },
    /// Two numbers.
    Pair { x: usize, y: usize, degrees: bool },
    /// Nowhere.
    Nowhere,
}

/// Whether a header names columns that tell a place.
pub(super) fn promising(header: &[String]) -> bool {
    let names: Vec<String> = header.iter().map(|n| fold(n)).collect();
    names.iter().any(|n| WKT.contains(&n.as_str())) || pair(&names).is_some()
}

fn pair(names: &[String]) -> Option<Place> {
    PAIRS.iter().find_map(|(xs, ys, degrees)| {
        let find = |wanted: &[&str]| wanted.iter().find_map(|w| names.iter().position(|n| n == w));
        Some(Place::Pair { x: find(xs)?, y: find(ys)?, degrees: *degrees })
    })
}

impl Place {
    /// Chooses the columns; `first` gives the first value of a column that is not empty.
    pub(super) fn find(header: &[String], first: impl Fn(usize) -> Option<String>, notes: &mut Vec<String>) -> Self {
        let names: Vec<String> = header.iter().map(|n| fold(n)).collect();
        let texts: Vec<usize> = WKT.iter().filter_map(|w| names.iter().position(|n| n == w)).collect();
        let pair = pair(&names);
        let fitting = texts.iter().find(|at| first(**at).is_some_and(|value| wkt::looks_like(&value)));
        // A column of that name with something else in it gives way to a pair of numbers.
        let column = fitting.or_else(|| texts.first().filter(|_| pair.is_none())).copied();
        if texts.len() + usize::from(pair.is_some()) > 1 {
            let used = match (column, &pair) {
                (Some(at), _) => header.get(at).cloned().unwrap_or_default(),
                (None, _) => "the pair of coordinates".into(),
            };
            notes.push(format!("several columns could tell the place; used: {used}"));
        }
        match (column, pair) {
            (Some(column), _) => Self::Text { column, srid: first(column).and_then(|v| wkt::srid(&v).0) },
            (None, Some(pair)) => pair,
            (None, None) => {
                notes.push(
                    "no column tells the place (wkt, geometry, geom, longitude and latitude, x and y): the records have \
                     no geometry"
                        .into(),
                );
                Self::Nowhere
            }
        }
    }

    pub(super) fn crs(&self) -> DeclaredCrs {
        match self {
            // PostGIS writes longitude first, whatever EPSG says of the axes.
            Self::Text { srid: Some(4326), .. } | Self::Pair { degrees: true, .. } => DeclaredCrs::Wgs84,
            Self::Text { srid: Some(srid), .. } if *srid != 0 => DeclaredCrs::Definition(format!("EPSG:{srid}")),
            _ => DeclaredCrs::Unknown,
        }
    }

    /// The shape of a row; `whole` tells whether it has as many fields as it should.
    pub(super) fn shape(&self, fields: &[String], whole: bool, comma: bool, notes: &mut Vec<String>) -> Shape {
        let field = |at: usize| fields.get(at).map_or("", |f| f.trim());
        match self {
            Self::Nowhere => Shape::Missing,
            Self::Text { column, srid } => {
                let text = field(*column);
                if text.is_empty() {
                    return Shape::Missing;
                }
                let (stated, text) = wkt::srid(text);
                if stated != *srid {
                    let name = |s: Option<u32>| s.map_or("none".into(), |s| s.to_string());
                    let why = format!("its SRID is {}, and that of its layer {}", name(stated), name(*srid));
                    return Shape::Unreadable { why, bounds: None };
                }
                match wkt::parse(text) {
                    Ok(parsed) => {
                        if parsed.closed {
                            notes.push(crate::read::UNCLOSED.into());
                        }
                        Shape::Geometry(parsed.geometry)
                    }
                    // In a row of too many fields the text was cut by its own commas: the rest could lie anywhere.
                    Err(fault) => Shape::Unreadable { why: fault.why, bounds: fault.bounds.filter(|_| whole) },
                }
            }
            Self::Pair { x, y, degrees } => match (field(*x), field(*y)) {
                ("", "") => Shape::Missing,
                (x, y) => match (coordinate(x, Axis::X, *degrees, comma), coordinate(y, Axis::Y, *degrees, comma)) {
                    (Some(x), Some(y)) => Shape::Geometry(Geometry::Point(Point::new(x, y))),
                    (Some(_), None) => not_a_number(y),
                    _ => not_a_number(x),
                },
            },
        }
    }
}

fn not_a_number(text: &str) -> Shape {
    let text: String = text.chars().take(60).collect();
    Shape::Unreadable { why: format!("a coordinate is not a plain number: `{text}`"), bounds: None }
}
