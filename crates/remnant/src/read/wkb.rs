//! Well-known binary: OGC's and ISO's types, PostGIS' flags, curves and surfaces.
//!
//! Every number is read where it stands or not at all: a count is held against the bytes that are there before
//! anything is made of it, and nothing may follow the geometry.

use geo_types::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};

use super::arc::{APPROXIMATED, Arcs};
use super::raw::{array, index};
use super::{Shape, UNCLOSED};

/// How deep collections may lie in one another.
const DEEPEST: u32 = 16;

/// The note of a feature whose geometry is a surface in space.
pub(super) const SURFACE: &str = "it is a surface in space; the ground under its faces was taken";

/// The shape of a feature, and what there is to say about it. `bounds` is the box of its coordinates where the file
/// states it elsewhere: it tells where a geometry lies that can't be read.
pub(super) fn shape(bytes: &[u8], arcs: &Arcs, bounds: Option<[f64; 4]>, notes: &mut Vec<String>) -> Shape {
    let mut reader = Reader { bytes, at: 0, big: false, arcs, told: Told::default() };
    let result = reader.geometry(0).and_then(|geometry| {
        let left = bytes.len() - reader.at;
        if left == 0 { Ok(geometry) } else { Err(format!("{left} bytes follow its end")) }
    });
    for (is, note) in
        [(reader.told.unclosed, UNCLOSED), (reader.told.curved, APPROXIMATED), (reader.told.surface, SURFACE)]
    {
        if is && result.is_ok() {
            notes.push(note.into());
        }
    }
    match result {
        Ok(geometry) => Shape::Geometry(geometry),
        Err(why) => Shape::Unreadable { why, bounds },
    }
}

/// What was noticed on the way.
#[derive(Default)]
struct Told {
    unclosed: bool,
    curved: bool,
    surface: bool,
}

/// The types, by their numbers in the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Point,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
    Collection,
    CircularString,
    CompoundCurve,
    CurvePolygon,
    MultiCurve,
    MultiSurface,
    PolyhedralSurface,
    Tin,
    Triangle,
}

impl Kind {
    fn of(number: u32) -> Option<Self> {
        Some(match number {
            1 => Self::Point,
            2 => Self::LineString,
            3 => Self::Polygon,
            4 => Self::MultiPoint,
            5 => Self::MultiLineString,
            6 => Self::MultiPolygon,
            7 => Self::Collection,
            8 => Self::CircularString,
            9 => Self::CompoundCurve,
            10 => Self::CurvePolygon,
            11 => Self::MultiCurve,
            12 => Self::MultiSurface,
            15 => Self::PolyhedralSurface,
            16 => Self::Tin,
            17 => Self::Triangle,
            // 13 and 14 are what curves and surfaces have in common; nothing is one.
            _ => return None,
        })
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    big: bool,
    arcs: &'a Arcs,
    told: Told,
}

type Read<T> = Result<T, String>;

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Read<[u8; N]> {
        let bytes = array(self.bytes, self.at).ok_or("its bytes end too early")?;
        self.at += N;
        Ok(bytes)
    }

    fn number(&mut self) -> Read<u32> {
        let bytes = self.take()?;
        Ok(if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn coordinate(&mut self) -> Read<f64> {
        let bytes = self.take()?;
        Ok(if self.big { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) })
    }

    /// A count of things that take at least `size` bytes each.
    fn count(&mut self, size: usize) -> Read<usize> {
        let stated = self.number()?;
        let room = (self.bytes.len() - self.at) / size;
        index(stated)
            .filter(|count| *count <= room)
            .ok_or_else(|| format!("it states {stated} parts or positions where there is room for {room}"))
    }

    /// The byte order, the type and the number of coordinates in a position.
    fn header(&mut self) -> Read<(Kind, usize)> {
        let [order] = self.take()?;
        self.big = match order {
            0 => true,
            1 => false,
            _ => return Err(format!("its byte order is {order}, which is none")),
        };
        let stated = self.number()?;
        // PostGIS says by flags what ISO says by thousands: heights, measures, and a reference system that follows.
        let number = stated & 0x1FFF_FFFF;
        if stated & 0x2000_0000 != 0 {
            self.number()?;
        }
        let kind = Kind::of(number % 1000).filter(|_| number < 4000);
        let kind = kind.ok_or_else(|| format!("its type is {stated}, which is none"))?;
        let thousands = number / 1000;
        let height = stated & 0x8000_0000 != 0 || thousands == 1 || thousands == 3;
        let measure = stated & 0x4000_0000 != 0 || thousands >= 2;
        Ok((kind, 2 + usize::from(height) + usize::from(measure)))
    }

    fn position(&mut self, dimensions: usize) -> Read<Coord<f64>> {
        let (x, y) = (self.coordinate()?, self.coordinate()?);
        for _ in 2..dimensions {
            self.take::<8>()?;
        }
        Ok(Coord { x, y })
    }

    fn positions(&mut self, dimensions: usize) -> Read<Vec<Coord<f64>>> {
        let count = self.count(8 * dimensions)?;
        (0..count).map(|_| self.position(dimensions)).collect()
    }

    /// The members of a geometry, each with a header of its own.
    fn members<T>(&mut self, member: impl Fn(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        // The smallest has its byte order, its type and a count.
        let count = self.count(9)?;
        (0..count).map(|_| member(self)).collect()
    }

    fn geometry(&mut self, depth: u32) -> Read<Geometry<f64>> {
        let (kind, dimensions) = self.header()?;
        Ok(match kind {
            Kind::Point => self.point(dimensions)?.map_or_else(nothing, Geometry::Point),
            Kind::MultiPoint => {
                let points = self.members(|reader| match reader.header()? {
                    (Kind::Point, dimensions) => reader.point(dimensions),
                    (other, _) => Err(misplaced(other, kind)),
                })?;
                Geometry::MultiPoint(MultiPoint(points.into_iter().flatten().collect()))
            }
            Kind::LineString | Kind::CircularString | Kind::CompoundCurve => {
                Geometry::LineString(LineString(self.curve(kind, dimensions)?))
            }
            Kind::MultiLineString | Kind::MultiCurve => {
                Geometry::MultiLineString(MultiLineString(self.members(|reader| reader.part(kind).map(LineString))?))
            }
            Kind::Polygon | Kind::CurvePolygon | Kind::Triangle => Geometry::Polygon(self.surface(kind, dimensions)?),
            Kind::MultiPolygon | Kind::MultiSurface | Kind::PolyhedralSurface | Kind::Tin => {
                self.told.surface |= matches!(kind, Kind::PolyhedralSurface | Kind::Tin);
                let polygons = self.members(|reader| match reader.header()? {
                    (member @ (Kind::Polygon | Kind::CurvePolygon | Kind::Triangle), dimensions) => {
                        reader.surface(member, dimensions)
                    }
                    (other, _) => Err(misplaced(other, kind)),
                })?;
                Geometry::MultiPolygon(MultiPolygon(polygons))
            }
            Kind::Collection if depth == DEEPEST => {
                return Err(format!("more than {DEEPEST} collections lie in one another"));
            }
            Kind::Collection => {
                let members = self.members(|reader| reader.geometry(depth + 1))?;
                Geometry::GeometryCollection(GeometryCollection(members))
            }
        })
    }

    /// A position; nothing for an empty point, which is written as one without numbers.
    fn point(&mut self, dimensions: usize) -> Read<Option<Point<f64>>> {
        let position = self.position(dimensions)?;
        Ok((!(position.x.is_nan() && position.y.is_nan())).then_some(Point(position)))
    }

    /// A curve that is a part of something, with its header.
    fn part(&mut self, whole: Kind) -> Read<Vec<Coord<f64>>> {
        match self.header()? {
            (Kind::CompoundCurve, _) if whole == Kind::CompoundCurve => Err(misplaced(whole, whole)),
            (kind @ (Kind::LineString | Kind::CircularString | Kind::CompoundCurve), dimensions) => {
                self.curve(kind, dimensions)
            }
            (other, _) => Err(misplaced(other, whole)),
        }
    }

    fn curve(&mut self, kind: Kind, dimensions: usize) -> Read<Vec<Coord<f64>>> {
        match kind {
            Kind::CircularString => {
                self.told.curved = true;
                let positions = self.positions(dimensions)?;
                self.arcs.follow(&positions)
            }
            Kind::CompoundCurve => {
                let mut line: Vec<Coord<f64>> = Vec::new();
                for part in self.members(|reader| reader.part(kind))? {
                    // Each begins where the one before it ends.
                    let doubled = usize::from(line.last().is_some() && line.last() == part.first());
                    line.extend(part.into_iter().skip(doubled));
                }
                Ok(line)
            }
            _ => self.positions(dimensions),
        }
    }

    fn surface(&mut self, kind: Kind, dimensions: usize) -> Read<Polygon<f64>> {
        let mut rings: Vec<LineString<f64>> = if kind == Kind::CurvePolygon {
            self.members(|reader| reader.part(kind).map(LineString))?
        } else {
            let count = self.count(4)?;
            (0..count).map(|_| self.positions(dimensions).map(LineString)).collect::<Read<_>>()?
        };
        self.told.unclosed |= rings.iter().any(|ring| ring.0.first() != ring.0.last());
        let interiors = rings.split_off(rings.len().min(1));
        Ok(Polygon::new(rings.pop().unwrap_or_else(|| LineString(Vec::new())), interiors))
    }
}

fn nothing() -> Geometry<f64> {
    Geometry::MultiPoint(MultiPoint(Vec::new()))
}

fn misplaced(part: Kind, whole: Kind) -> String {
    format!("it is a {whole:?} and has a {part:?} as a part")
}

#[cfg(test)]
mod tests {
    use super::super::DeclaredCrs;
    use super::*;

    /// Numbers as the bytes of a geometry: `u8` for orders, `u32` for types and counts, `f64` for coordinates.
    enum Item {
        Order(u8),
        Number(u32),
        At(f64, f64),
        More(f64),
    }
    use Item::{At, More, Number, Order};

    fn bytes(items: &[Item]) -> Vec<u8> {
        let mut big = false;
        items.iter().fold(Vec::new(), |mut bytes, item| {
            match item {
                Order(order) => {
                    big = *order == 0;
                    bytes.push(*order);
                }
                Number(n) => bytes.extend(if big { n.to_be_bytes() } else { n.to_le_bytes() }),
                At(x, y) => {
                    [x, y].iter().for_each(|c| bytes.extend(if big { c.to_be_bytes() } else { c.to_le_bytes() }))
                }
                More(c) => bytes.extend(if big { c.to_be_bytes() } else { c.to_le_bytes() }),
            }
            bytes
        })
    }

    fn read_bytes(bytes: &[u8]) -> (Shape, String) {
        let mut notes = Vec::new();
        let arcs = Arcs::new(&DeclaredCrs::Definition("EPSG:32638".into()));
        (shape(bytes, &arcs, Some([0.0, 0.0, 1.0, 1.0]), &mut notes), notes.join("\n"))
    }

    fn text(items: &[Item]) -> String {
        match read_bytes(&bytes(items)).0 {
            Shape::Geometry(geometry) => format!("{geometry:?}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn types_byte_orders_and_dimensions_are_read() {
        assert_eq!(text(&[Order(1), Number(1), At(1., 2.)]), "POINT(1.0 2.0)");
        assert_eq!(text(&[Order(0), Number(1), At(1., 2.)]), "POINT(1.0 2.0)");
        assert_eq!(text(&[Order(0), Number(1001), At(1., 2.), More(3.)]), "POINT(1.0 2.0)");
        assert_eq!(text(&[Order(1), Number(2001), At(1., 2.), More(3.)]), "POINT(1.0 2.0)");
        assert_eq!(text(&[Order(1), Number(3001), At(1., 2.), More(3.), More(4.)]), "POINT(1.0 2.0)");
        assert_eq!(text(&[Order(1), Number(0x8000_0001), At(1., 2.), More(3.)]), "POINT(1.0 2.0)");
        assert_eq!(
            text(&[Order(1), Number(0xE000_0001), Number(4326), At(1., 2.), More(3.), More(4.)]),
            "POINT(1.0 2.0)"
        );
        assert_eq!(text(&[Order(1), Number(1), At(f64::NAN, f64::NAN)]), "MULTIPOINT EMPTY");
        assert_eq!(text(&[Order(1), Number(2), Number(2), At(1., 2.), At(3., 4.)]), "LINESTRING(1.0 2.0,3.0 4.0)");
        let ring = || [Number(4), At(0., 0.), At(1., 0.), At(1., 1.), At(0., 0.)];
        let mut polygon = vec![Order(1), Number(3), Number(1)];
        polygon.extend(ring());
        assert_eq!(text(&polygon), "POLYGON((0.0 0.0,1.0 0.0,1.0 1.0,0.0 0.0))");
        // Members may be of another byte order.
        let mut many = vec![Order(1), Number(6), Number(1), Order(0), Number(3), Number(1)];
        many.extend(ring());
        assert_eq!(text(&many), "MULTIPOLYGON(((0.0 0.0,1.0 0.0,1.0 1.0,0.0 0.0)))");
        let points = [Order(1), Number(4), Number(2), Order(1), Number(1), At(1., 2.), Order(0), Number(1), At(3., 4.)];
        assert_eq!(text(&points), "MULTIPOINT(1.0 2.0,3.0 4.0)");
        let lines = [Order(1), Number(5), Number(1), Order(1), Number(2), Number(0)];
        assert_eq!(text(&lines), "MULTILINESTRING(EMPTY)");
        let mixed = [Order(1), Number(7), Number(2), Order(1), Number(7), Number(0), Order(1), Number(1), At(1., 2.)];
        assert_eq!(text(&mixed), "GEOMETRYCOLLECTION(GEOMETRYCOLLECTION EMPTY,POINT(1.0 2.0))");
    }

    #[test]
    fn curves_become_chords_with_a_note() {
        let half =
            |from: f64, to: f64, bulge: f64| [Order(1), Number(8), Number(3), At(from, 0.), At(0., bulge), At(to, 0.)];
        let mut compound = vec![Order(1), Number(9), Number(2)];
        compound.extend(half(10., -10., 10.));
        compound.extend([Order(1), Number(2), Number(2), At(-10., 0.), At(10., 0.)]);
        let mut polygon = vec![Order(1), Number(10), Number(1)];
        polygon.extend(compound);
        let mut surfaces = vec![Order(1), Number(12), Number(1)];
        surfaces.extend(polygon);
        let (shape, notes) = read_bytes(&bytes(&surfaces));
        assert_eq!(notes, APPROXIMATED);
        let Shape::Geometry(Geometry::MultiPolygon(read)) = shape else { panic!("{shape:?}") };
        let ring = &read.0[0].exterior().0;
        assert!(ring.len() > 100 && ring.windows(2).all(|e| e[0] != e[1]));
        let area: f64 = ring.windows(2).map(|e| e[0].x * e[1].y - e[1].x * e[0].y).sum::<f64>() / 2.0;
        assert!((area - std::f64::consts::PI * 50.).abs() < 0.02, "{area}");
        let mut curves = vec![Order(1), Number(11), Number(1)];
        curves.extend(half(1., -1., 1.));
        assert!(matches!(read_bytes(&bytes(&curves)).0, Shape::Geometry(Geometry::MultiLineString(_))));
    }

    #[test]
    fn surfaces_in_space_give_the_ground_under_them() {
        let triangle = [Order(1), Number(1017), Number(1), Number(4)];
        let corners = [(0., 0., 1.), (1., 0., 2.), (1., 1., 3.), (0., 0., 1.)];
        let mut tin = vec![Order(1), Number(1016), Number(1)];
        tin.extend(triangle);
        tin.extend(corners.iter().flat_map(|&(x, y, z)| [At(x, y), More(z)]));
        assert_eq!(text(&tin), "MULTIPOLYGON(((0.0 0.0,1.0 0.0,1.0 1.0,0.0 0.0)))");
        assert_eq!(read_bytes(&bytes(&tin)).1, SURFACE);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_the_stated_box() {
        for (items, why) in [
            (vec![], "end too early"),
            (vec![Order(2), Number(1)], "byte order"),
            (vec![Order(1), Number(13), Number(0)], "type is 13"),
            (vec![Order(1), Number(4001), At(1., 2.)], "type is 4001"),
            (vec![Order(1), Number(1), At(1., 2.), More(0.)], "8 bytes follow"),
            (vec![Order(1), Number(2), Number(u32::MAX), At(1., 2.)], "room for 1"),
            (vec![Order(1), Number(3), Number(u32::MAX), At(1., 2.)], "room for 4"),
            (vec![Order(1), Number(6), Number(1), Order(1), Number(2), Number(0)], "as a part"),
            (vec![Order(1), Number(8), Number(2), At(1., 2.), At(2., 2.)], "2 positions"),
            (vec![Order(1), Number(9), Number(1), Order(1), Number(9), Number(0)], "as a part"),
        ] {
            match read_bytes(&bytes(&items)).0 {
                Shape::Unreadable { why: found, bounds } => {
                    assert!(found.contains(why), "{found}");
                    assert_eq!(bounds, Some([0.0, 0.0, 1.0, 1.0]));
                }
                other => panic!("{other:?}"),
            }
        }
        let deep: Vec<u8> = [1_u8, 7, 0, 0, 0, 1, 0, 0, 0].repeat(100_000);
        assert!(matches!(read_bytes(&deep).0, Shape::Unreadable { why, .. } if why.contains("in one another")));
        let open = [Order(1), Number(3), Number(1), Number(3), At(0., 0.), At(1., 0.), At(1., 1.)];
        assert_eq!(read_bytes(&bytes(&open)).1, UNCLOSED);
        for cut in 0..bytes(&open).len() {
            assert!(matches!(read_bytes(&bytes(&open)[..cut]).0, Shape::Unreadable { .. }));
        }
    }
}
