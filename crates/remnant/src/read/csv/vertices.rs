//! Vertex tables: one row for each turning point of a polygon, as mine action databases export them.

use std::collections::HashMap;

use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};

use super::angle::{Axis, coordinate};
use super::traverse::{Leg, walk};
use crate::read::extent::Extent;
use crate::read::{Bearings, ID_NAMES, Shape, fold};

/// The number of a point in its polygon.
const NUMBER: &[&str] = &[
    "pointno",
    "point_no",
    "pointnumber",
    "point_number",
    "pointnr",
    "point_nr",
    "pt_no",
    "ptno",
    "vertex",
    "vertex_no",
    "vertexno",
    "vertex_nr",
    "vertex_index",
    "turning_point_no",
    "tp_no",
];

const KIND: &[&str] = &["pointtype", "point_type", "pt_type", "vertex_type", "type_of_point"];

/// Several polygons of one record.
const PART: &[&str] = &[
    "part",
    "part_no",
    "partno",
    "polygon",
    "polygon_no",
    "polygonno",
    "polygon_id",
    "polygonid",
    "poly_id",
    "shape_no",
    "shapeid",
    "shape_id",
];

/// What a record is known by where it has none of [`ID_NAMES`].
const RECORD: &[&str] = &["polygon_id", "polygonid", "poly_id", "shape_id", "shapeid"];

const FROM: &[&str] = &["frompoint", "from_point", "from_pt", "frompointno", "from_point_no", "from"];
const BEARING: &[&str] = &["bearing", "bearing_deg", "azimuth"];
const TRUE_BEARING: &[&str] = &["bearing_true", "true_bearing", "true_azimuth"];
const DISTANCE: &[&str] = &["distance", "distance_m", "dist", "dist_m"];

/// Words of point types whose points are corners.
const CORNERS: &[&str] =
    &["start", "turning", "intermediate", "end", "corner", "vertex", "boundary", "perimeter", "sp", "tp", "ip", "ep"];

/// Words of point types whose points are not.
const OTHERS: &[&str] = &["reference", "landmark", "benchmark", "rp", "lm", "bm"];

/// How many faults a reason names.
const MOST_FAULTS: usize = 3;

/// Which columns make a vertex table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Columns {
    record: usize,
    number: usize,
    kind: Option<usize>,
    part: Option<usize>,
    x: usize,
    y: usize,
    degrees: bool,
    from: Option<usize>,
    bearing: Option<usize>,
    /// Whether the column's name says that bearings are true ones.
    true_bearing: bool,
    distance: Option<usize>,
}

impl Columns {
    /// The columns of a header that has a pair of coordinates; `None` where it is no vertex table.
    pub(super) fn find(header: &[String], x: usize, y: usize, degrees: bool) -> Option<Self> {
        let names: Vec<String> = header.iter().map(|n| fold(n)).collect();
        let find = |wanted: &[&str]| wanted.iter().find_map(|w| names.iter().position(|n| n == w));
        let record = find(&ID_NAMES).or_else(|| find(RECORD))?;
        let true_bearing = find(TRUE_BEARING);
        Some(Self {
            record,
            number: find(NUMBER)?,
            kind: find(KIND),
            part: find(PART).filter(|part| *part != record),
            x,
            y,
            degrees,
            from: find(FROM),
            bearing: true_bearing.or_else(|| find(BEARING)),
            true_bearing: true_bearing.is_some(),
            distance: find(DISTANCE),
        })
    }

    /// The column that tells records apart.
    pub(super) fn record(&self) -> usize {
        self.record
    }

    /// Whether a value of a column may differ from row to row of a record.
    pub(super) fn of_points(&self, column: usize) -> bool {
        let own = [
            Some(self.number),
            self.kind,
            self.part,
            Some(self.x),
            Some(self.y),
            self.from,
            self.bearing,
            self.distance,
        ];
        own.contains(&Some(column))
    }
}

/// Rows put together by record, in the order in which records first appear; a row without an id is a record alone.
pub(super) fn group(ids: impl Iterator<Item = String>) -> Vec<Vec<usize>> {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (row, id) in ids.enumerate() {
        let next = groups.len();
        let at = if id.is_empty() { next } else { *known.entry(id).or_insert(next) };
        match groups.get_mut(at) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}

/// A point of a polygon as its row has it.
#[derive(Debug, Clone)]
pub(super) struct Corner {
    pub(super) number: f64,
    /// The number as it is written.
    pub(super) label: String,
    pub(super) corner: bool,
    pub(super) place: Option<Coord<f64>>,
    pub(super) leg: Option<Leg>,
}

/// The shape of a record: its rows as polygons.
pub(super) fn shape(
    columns: &Columns,
    rows: &[Vec<String>],
    bearings: Option<Bearings>,
    comma: bool,
    notes: &mut Vec<String>,
) -> Shape {
    let mut extent = Extent::default();
    let mut faults: Vec<String> = Vec::new();
    let mut parts: Vec<(String, Vec<Corner>)> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let part = columns.part.and_then(|c| row.get(c)).map_or("", |p| p.trim()).to_owned();
        let next = parts.len();
        let index = *at.entry(part.clone()).or_insert(next);
        if index == next {
            parts.push((part, Vec::new()));
        }
        match columns.corner(row, comma) {
            Ok(corner) => {
                corner.place.iter().for_each(|c| extent.add(c.x, c.y));
                if let Some((_, corners)) = parts.get_mut(index) {
                    corners.push(corner);
                }
            }
            Err(why) => faults.push(why),
        }
    }
    let bearings = if columns.true_bearing { Some(Bearings::True) } else { bearings };
    let mut polygons = Vec::new();
    for (part, mut corners) in parts {
        // By number; a sort that keeps the order of equals, which are then told.
        corners.sort_by(|a, b| a.number.total_cmp(&b.number));
        for pair in corners.windows(2) {
            if let [a, b] = pair
                && a.number == b.number
            {
                faults.push(format!("two of its points have the number {}", b.label));
            }
        }
        let what = if part.is_empty() { String::new() } else { format!(" in polygon {part}") };
        if let Err(why) = walk(&mut corners, columns.degrees, bearings, &mut extent, notes) {
            faults.push(why + &what);
        }
        let ring: Vec<Coord<f64>> = corners.iter().filter(|c| c.corner).filter_map(|c| c.place).collect();
        if ring.len() < 3 {
            faults.push(format!("{} corners make no polygon{what}", ring.len()));
        }
        // Rows list each corner once: the ring is closed by what the table is, and not by a repair.
        polygons.push(Polygon::new(LineString(ring), Vec::new()));
    }
    if !faults.is_empty() {
        let more = if faults.len() > MOST_FAULTS {
            format!("; and {} more", faults.len() - MOST_FAULTS)
        } else {
            String::new()
        };
        let why = faults.into_iter().take(MOST_FAULTS).collect::<Vec<_>>().join("; ") + &more;
        return Shape::Unreadable { why, bounds: extent.bounds() };
    }
    match (polygons.pop(), polygons.is_empty()) {
        (Some(only), true) => Shape::Geometry(Geometry::Polygon(only)),
        (Some(last), false) => {
            polygons.push(last);
            Shape::Geometry(Geometry::MultiPolygon(MultiPolygon(polygons)))
        }
        (None, _) => Shape::Missing,
    }
}

impl Columns {
    /// A row as a point; the error says why it is none.
    fn corner(&self, row: &[String], comma: bool) -> Result<Corner, String> {
        let field = |at: usize| row.get(at).map_or("", |f| f.trim());
        let optional = |at: Option<usize>| at.map_or("", field);
        let short = |text: &str| text.chars().take(40).collect::<String>();
        let label = short(field(self.number));
        let number = label.parse::<f64>().ok().filter(|n| n.is_finite());
        let number = number.ok_or_else(|| format!("the point number `{label}` is not a number"))?;
        let corner = is_corner(optional(self.kind)).ok_or_else(|| {
            format!("the point type `{}` of point {label} is not understood", short(optional(self.kind)))
        })?;
        let place = match (field(self.x), field(self.y)) {
            ("", "") => None,
            (x, y) => {
                let read = |text: &str, axis| {
                    coordinate(text, axis, self.degrees, comma).ok_or_else(|| {
                        format!("a coordinate of point {label} is not a plain number: `{}`", short(text))
                    })
                };
                Some(Coord { x: read(x, Axis::X)?, y: read(y, Axis::Y)? })
            }
        };
        let leg = match (optional(self.bearing), optional(self.distance)) {
            ("", "") => None,
            (bearing, distance) => {
                let read = |text: &str, what: &str| {
                    coordinate(text, Axis::X, false, comma)
                        .ok_or_else(|| format!("the {what} of point {label} is not a plain number: `{}`", short(text)))
                };
                let (bearing, distance) = (read(bearing, "bearing")?, read(distance, "distance")?);
                let from = Some(short(optional(self.from))).filter(|f| !f.is_empty());
                Some(Leg { from, bearing, distance })
            }
        };
        Ok(Corner { number, label, corner, place, leg })
    }
}

/// Whether a point type's points are corners; `None` where nobody knows.
fn is_corner(kind: &str) -> Option<bool> {
    let kind = kind.to_lowercase();
    let mut words = kind.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).peekable();
    if words.peek().is_none() {
        return Some(true);
    }
    let words: Vec<&str> = words.collect();
    let any = |list: &[&str]| {
        words.iter().any(|w| list.contains(w) || list.iter().any(|l| w.strip_suffix("point") == Some(l)))
    };
    match (any(CORNERS), any(OTHERS)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}
