//! Geometries written as lists of positions, a column for x and one for y, or one with both in turn.
//!
//! Parquet keeps lists as levels: the repetition level of a number says in which list it begins a new element, its
//! definition level how much of the way to it is there.

use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use parquet::basic::Repetition;
use parquet::schema::types::{SchemaDescriptor, Type};

use super::geo::Encoding;
use super::leaf::Leaf;
use crate::read::{Shape, UNCLOSED};

/// The leaves of a column, and the definition levels from which on its lists have elements.
#[derive(Debug)]
pub(super) struct Layout {
    /// The columns of x and y; the same one where both stand in it in turn.
    pub(super) leaves: [usize; 2],
    /// For each list, from the outermost: the level from which on it has an element.
    present: Vec<i16>,
    /// The level from which on the row has a geometry.
    there: i16,
    /// The level of a number that is there.
    most: i16,
}

impl Layout {
    /// Finds the leaves of a column.
    ///
    /// # Errors
    /// Words for a person, where the column is not laid out as its encoding is.
    pub(super) fn find(schema: &SchemaDescriptor, name: &str, encoding: Encoding) -> Result<Self, String> {
        let unfit = || format!("the column {name} is not laid out as its encoding {encoding:?} has it");
        let leaves =
            schema.columns().iter().enumerate().filter(|(_, c)| c.path().parts().first().is_some_and(|p| p == name));
        let leaves: Vec<_> = leaves.collect();
        let named = |part: &str| leaves.iter().find(|(_, c)| c.path().parts().len() > 1 && c.name() == part);
        let (pair, lists) = match (named("x"), named("y"), leaves.as_slice()) {
            (Some(x), Some(y), _) => ([x.0, y.0], encoding.lists()),
            (_, _, [only]) => ([only.0; 2], encoding.lists() + 1),
            _ => return Err(unfit()),
        };
        let of = |at: usize| leaves.iter().find(|(leaf, _)| *leaf == at).map(|(_, column)| *column);
        let (x, y) = of(pair[0]).zip(of(pair[1])).ok_or_else(unfit)?;
        for column in [x, y] {
            if column.max_rep_level() != lists || column.physical_type() != parquet::basic::Type::DOUBLE {
                return Err(unfit());
            }
        }
        let mut present = Vec::new();
        let (mut level, mut there) = (0, 0);
        let mut node: &Type = schema.root_schema();
        for (depth, part) in x.path().parts().iter().enumerate() {
            node = node.get_fields().iter().find(|field| field.name() == part).ok_or_else(unfit)?;
            match node.get_basic_info().repetition() {
                Repetition::REQUIRED => {}
                Repetition::OPTIONAL => level += 1,
                Repetition::REPEATED => {
                    level += 1;
                    present.push(level);
                }
            }
            if depth == 0 {
                there = level;
            }
        }
        Ok(Self { leaves: pair, present, there, most: level })
    }

    /// Whether x and y stand in one column.
    pub(super) fn in_turn(&self) -> bool {
        self.leaves[0] == self.leaves[1]
    }
}

/// The positions of a row: polygons of rings, as far as the encoding has lists.
#[derive(Debug, Default, PartialEq)]
struct Lists {
    null: bool,
    polygons: Vec<Vec<Vec<Coord<f64>>>>,
}

impl Lists {
    fn polygon(&mut self) {
        self.polygons.push(Vec::new());
    }

    fn ring(&mut self) {
        if self.polygons.is_empty() {
            self.polygon();
        }
        if let Some(polygon) = self.polygons.last_mut() {
            polygon.push(Vec::new());
        }
    }

    fn position(&mut self) {
        if self.polygons.last().is_none_or(Vec::is_empty) {
            self.ring();
        }
        if let Some(ring) = self.polygons.last_mut().and_then(|p| p.last_mut()) {
            ring.push(Coord { x: f64::NAN, y: f64::NAN });
        }
    }

    /// The position that was begun last.
    fn last(&mut self) -> Option<&mut Coord<f64>> {
        self.polygons.last_mut()?.last_mut()?.last_mut()
    }
}

/// The shapes of the rows of a group, with what there is to say about each.
///
/// # Errors
/// Words for a person, where x and y do not belong together.
pub(super) fn shapes(
    layout: &Layout,
    encoding: Encoding,
    x: Leaf<f64>,
    y: Option<Leaf<f64>>,
    rows: usize,
) -> Result<Vec<(Shape, Vec<String>)>, String> {
    let depth = usize::try_from(encoding.lists()).unwrap_or(0);
    let mut all = assemble(layout, depth, x, rows)?;
    if let Some(y) = y {
        let others = assemble(layout, depth, y, rows)?;
        let alike = |a: &Lists, b: &Lists| {
            let shape =
                |l: &Lists| l.polygons.iter().map(|p| p.iter().map(Vec::len).collect::<Vec<_>>()).collect::<Vec<_>>();
            a.null == b.null && shape(a) == shape(b)
        };
        for (row, other) in all.iter_mut().zip(others) {
            if !alike(row, &other) {
                return Err("the columns of x and of y are not of the same positions".into());
            }
            let positions = row.polygons.iter_mut().flatten().flatten();
            positions.zip(other.polygons.into_iter().flatten().flatten()).for_each(|(to, from)| to.y = from.x);
        }
    }
    Ok(all.into_iter().map(|row| shape(row, encoding)).collect())
}

/// The rows of a column of numbers; each goes into the x of its position, the second of a pair into y.
fn assemble(layout: &Layout, depth: usize, leaf: Leaf<f64>, rows: usize) -> Result<Vec<Lists>, String> {
    let mut values = leaf.values.into_iter();
    let count = if layout.most == 0 && layout.present.is_empty() { rows } else { leaf.definitions.len() };
    let mut all: Vec<Lists> = Vec::new();
    // Which number of its position comes next.
    let mut turn = 0;
    for at in 0..count {
        let level = leaf.definitions.get(at).copied().unwrap_or(layout.most);
        let again = leaf.repetitions.get(at).map_or(0, |r| usize::try_from(*r).unwrap_or(0));
        if again == 0 {
            all.push(Lists { null: level < layout.there, polygons: Vec::new() });
        }
        let row = all.last_mut().ok_or("a column begins in the middle of a row")?;
        if depth == 0 && again == 0 && level >= layout.there {
            row.position();
            turn = 0;
        }
        for (list, present) in layout.present.iter().enumerate().skip(again.saturating_sub(1)) {
            if level < *present {
                break;
            }
            match depth.checked_sub(list + 1) {
                Some(0) => {
                    row.position();
                    turn = 0;
                }
                Some(1) => row.ring(),
                Some(_) => row.polygon(),
                // The numbers of a position.
                None => {}
            }
        }
        if level == layout.most {
            let value = values.next().ok_or("a column has fewer numbers than it says")?;
            match (turn, row.last()) {
                (0, Some(position)) => position.x = value,
                (1, Some(position)) => position.y = value,
                // Heights and measures.
                _ => {}
            }
            turn += 1;
        } else {
            turn += 1;
        }
    }
    if all.len() == rows { Ok(all) } else { Err(format!("a column has {} rows where there are {rows}", all.len())) }
}

fn shape(row: Lists, encoding: Encoding) -> (Shape, Vec<String>) {
    if row.null {
        return (Shape::Missing, Vec::new());
    }
    let mut notes = Vec::new();
    let mut polygons = row.polygons;
    let mut lines = || polygons.first_mut().map(std::mem::take).unwrap_or_default();
    let geometry = match encoding {
        Encoding::Point | Encoding::MultiPoint => {
            let positions = lines().into_iter().flatten();
            let mut points: Vec<Point<f64>> =
                positions.filter(|c| !(c.x.is_nan() && c.y.is_nan())).map(Point::from).collect();
            if encoding == Encoding::Point && points.len() == 1 {
                points.pop().map_or_else(|| Geometry::MultiPoint(MultiPoint(Vec::new())), Geometry::Point)
            } else {
                Geometry::MultiPoint(MultiPoint(points))
            }
        }
        Encoding::LineString => Geometry::LineString(LineString(lines().into_iter().flatten().collect())),
        Encoding::MultiLineString => {
            Geometry::MultiLineString(MultiLineString(lines().into_iter().map(LineString).collect()))
        }
        Encoding::Polygon => Geometry::Polygon(polygon(lines(), &mut notes)),
        Encoding::MultiPolygon | Encoding::Wkb => {
            Geometry::MultiPolygon(MultiPolygon(polygons.into_iter().map(|p| polygon(p, &mut notes)).collect()))
        }
    };
    (Shape::Geometry(geometry), notes)
}

fn polygon(rings: Vec<Vec<Coord<f64>>>, notes: &mut Vec<String>) -> Polygon<f64> {
    if rings.iter().any(|ring| ring.first() != ring.last()) && notes.is_empty() {
        notes.push(UNCLOSED.into());
    }
    let mut rings = rings.into_iter().map(LineString);
    let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
    Polygon::new(exterior, rings.collect())
}
