//! A layer's coordinates brought to WGS 84 longitude and latitude.

use geo_types::{Coord, Geometry, LineString};
use remnant_geometry::plane::{HALF_TURN, TURN};
use remnant_geometry::{Point, RawPolygon};

use crate::crs::{Crs, Operation, Transformer};
use crate::error::{Error, Location, Result};
use crate::read::{DeclaredCrs, Feature, Shape};

/// How far a chord may leave an edge that is straight in a layer's own coordinates, in degrees of latitude: 0.1 mm,
/// a tenth of what the accounting contract allows.
const CHORD_DEGREES: f64 = 1e-4 / 111_000.0;

/// An edge that takes more pieces than this leads out of the ground for which its CRS is made: at 0.1 mm, it is one of
/// some 2,000 km. A digit too many makes such edges, which would wind about the Earth.
const MOST_PIECES: f64 = 20_000.0;

/// How a layer's coordinates become longitude and latitude.
#[derive(Debug, Clone)]
pub(super) struct Placement {
    /// The CRS in words.
    pub(super) crs: String,
    /// The operation; `None` where coordinates are longitude and latitude on WGS 84 already.
    pub(super) operation: Option<Operation>,
}

impl Placement {
    /// That of longitude and latitude on WGS 84.
    pub(super) fn wgs84() -> Self {
        Self { crs: "WGS 84 longitude/latitude (OGC:CRS84)".to_owned(), operation: None }
    }
}

/// Where the coordinates of a layer lie, in its own CRS; boxes are west, south, east, north.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Reach {
    /// The box of all finite coordinates.
    pub(super) extent: Option<[f64; 4]>,
    /// The box of those that could be degrees.
    pub(super) on_earth: Option<[f64; 4]>,
    /// Features with finite coordinates.
    pub(super) placed: u64,
    /// Features of whose coordinates none could be degrees.
    pub(super) beyond: u64,
}

impl Reach {
    pub(super) fn of(features: &[Feature]) -> Self {
        let mut reach = Self::default();
        features.iter().for_each(|feature| reach.add(feature));
        reach
    }

    /// Where these coordinates and others lie.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            extent: common(self.extent, other.extent),
            on_earth: common(self.on_earth, other.on_earth),
            placed: self.placed + other.placed,
            beyond: self.beyond + other.beyond,
        }
    }

    fn add(&mut self, feature: &Feature) {
        let Shape::Geometry(geometry) = &feature.shape else { return };
        let (mut own, mut on_earth) = (None, None);
        each_line(geometry, &mut |line| {
            if let Some(sides) = box_on_earth(line) {
                own = common(own, Some(sides));
                on_earth = common(on_earth, Some(sides));
                return;
            }
            for c in line.iter().filter(|c| c.x.is_finite() && c.y.is_finite()) {
                let point = Some([c.x, c.y, c.x, c.y]);
                own = common(own, point);
                if could_be_degrees(c) {
                    on_earth = common(on_earth, point);
                }
            }
        });
        self.placed += u64::from(own.is_some());
        self.beyond += u64::from(own.is_some() && on_earth.is_none());
        self.extent = common(self.extent, own);
        self.on_earth = common(self.on_earth, on_earth);
    }
}

fn could_be_degrees(c: &Coord<f64>) -> bool {
    (c.x.abs() <= 180.0) & (c.y.abs() <= 90.0)
}

/// The box of a line of which every position could be degrees.
fn box_on_earth(line: &[Coord<f64>]) -> Option<[f64; 4]> {
    let (first, rest) = line.split_first()?;
    let begun = ([first.x, first.y, first.x, first.y], could_be_degrees(first));
    let (sides, all) = rest.iter().fold(begun, |([west, south, east, north], all), c| {
        ([west.min(c.x), south.min(c.y), east.max(c.x), north.max(c.y)], all & could_be_degrees(c))
    });
    all.then_some(sides)
}

/// The box around two boxes.
pub(super) fn common(one: Option<[f64; 4]>, other: Option<[f64; 4]>) -> Option<[f64; 4]> {
    match (one, other) {
        (Some(a), Some(b)) => Some([a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]),
        (one, other) => one.or(other),
    }
}

/// A box of a CRS as a box of degrees; `None` where it has no place on Earth.
pub(super) fn box_in_degrees(crs: &Crs, extent: [f64; 4]) -> Result<Option<[f64; 4]>, crate::crs::CrsError> {
    let operation = Operation::choose(crs, Some(extent))?;
    let placer = Placer::new(&Placement { crs: String::new(), operation: Some(operation) })?;
    Ok(placer.place_box(extent).map(|[low, high]| {
        let (low, high) = (low.degrees(), high.degrees());
        [low[0], low[1], high[0], high[1]]
    }))
}

/// The CRS that a layer has by its file or by the call; `None` where nobody says.
pub(super) fn crs_of(declared: &DeclaredCrs, given: Option<&str>, place: &Location) -> Result<Option<Crs>> {
    let parse = |definition: &str| {
        Crs::parse(definition).map_err(|e| {
            Error::unusable(
                "the layer's coordinate reference system is not understood",
                place.clone(),
                e,
                "give the layer a CRS that PROJ knows, for example by a .prj file or with: ogr2ogr -a_srs EPSG:32638 OUT IN",
            )
        })
    };
    // What the caller says must be understood even where the file says it better: a slip is not to pass unseen.
    if let Some(given) = given.filter(|_| *declared != DeclaredCrs::Unknown) {
        parse(given)?;
    }
    match (declared, given) {
        (DeclaredCrs::Wgs84, _) => Ok(Some(Crs::wgs84())),
        (DeclaredCrs::Definition(text), _) => parse(text).map(Some),
        (DeclaredCrs::Unknown, Some(given)) => parse(given).map(Some),
        (DeclaredCrs::Unknown, None) => Ok(None),
    }
}

/// The geometry of a record in longitude and latitude.
#[derive(Debug, Clone, Default)]
pub(super) struct Ground {
    pub(super) polygons: Vec<RawPolygon>,
    pub(super) lines: Vec<Vec<[f64; 2]>>,
    pub(super) points: Vec<[f64; 2]>,
}

impl Ground {
    /// The box of its finite coordinates on Earth, for a record that can't be used.
    pub(super) fn bounds(&self) -> Option<[Point; 2]> {
        let rings = self.polygons.iter().flat_map(|p| &p.rings).chain(&self.lines).flatten();
        bounds(rings.chain(&self.points).copied())
    }

    fn placed(&self, transformer: &Transformer) -> Result<Self, String> {
        let line = |line: &Vec<[f64; 2]>| along_edges(transformer, line);
        let polygon =
            |polygon: &RawPolygon| Ok(RawPolygon { rings: polygon.rings.iter().map(line).collect::<Result<_, _>>()? });
        let polygons = self.polygons.iter().map(polygon).collect::<Result<_, String>>()?;
        let lines = self.lines.iter().map(line).collect::<Result<_, _>>()?;
        let mut points = self.points.clone();
        transform(transformer, &mut points)?;
        Ok(Self { polygons, lines, points })
    }

    /// The box of its finite coordinates.
    fn finite_box(&self) -> Option<[f64; 4]> {
        let rings = self.polygons.iter().flat_map(|p| &p.rings).chain(&self.lines).flatten();
        let finite = rings.chain(&self.points).filter(|c| c[0].is_finite() && c[1].is_finite());
        finite.fold(None, |sides, &[x, y]| common(sides, Some([x, y, x, y])))
    }
}

/// The box of coordinates that are on Earth, as its south-west and north-east corner; the short way round the Earth, so
/// that the first is the more eastern one where the box crosses the antimeridian.
pub(super) fn bounds(coordinates: impl Iterator<Item = [f64; 2]>) -> Option<[Point; 2]> {
    let on_earth =
        coordinates.filter(|c| c[0].is_finite() && c[1].is_finite() && c[0].abs() <= 180.0 && c[1].abs() <= 90.0);
    let mut points: Vec<Point> = on_earth.map(|c| Point::from_degrees(c[0], c[1])).collect();
    let bounds = remnant_geometry::Bounds::of(points.iter().copied())?;
    let (mut west, mut east) = (bounds.min.x, bounds.max.x);
    if east - west > HALF_TURN {
        // The widest gap between neighbours is what the box leaves out.
        points.sort_unstable_by_key(|p| p.x);
        let round = TURN - (east - west);
        let gap = points.windows(2).max_by_key(|p| p[1].x - p[0].x).filter(|p| p[1].x - p[0].x > round);
        if let Some(pair) = gap {
            (west, east) = (pair[1].x, pair[0].x);
        }
    }
    Some([Point { x: west, y: bounds.min.y }, Point { x: east, y: bounds.max.y }])
}

/// Brings geometries to longitude and latitude; one for each thread.
pub(super) struct Placer {
    transformer: Option<Transformer>,
}

impl Placer {
    pub(super) fn new(placement: &Placement) -> Result<Self, crate::crs::CrsError> {
        Ok(Self { transformer: placement.operation.as_ref().map(Operation::transformer).transpose()? })
    }

    /// The ground of a geometry; or why a coordinate can't be used, and the box of the finite ones in the layer's own.
    pub(super) fn place(&self, geometry: Geometry<f64>) -> Result<Ground, (String, Option<[f64; 4]>)> {
        let mut ground = Ground::default();
        collect(geometry, &mut ground);
        match &self.transformer {
            Some(transformer) => ground.placed(transformer).map_err(|why| (why, ground.finite_box())),
            None => Ok(ground),
        }
    }

    /// A box of the layer's coordinates as a box of longitude and latitude.
    pub(super) fn place_box(&self, [west, south, east, north]: [f64; 4]) -> Option<[Point; 2]> {
        let mut ring = vec![[west, south], [east, south], [east, north], [west, north], [west, south]];
        if let Some(transformer) = &self.transformer {
            ring = along_edges(transformer, &ring).ok()?;
        }
        bounds(ring.into_iter())
    }
}

fn transform(transformer: &Transformer, coordinates: &mut [[f64; 2]]) -> Result<(), String> {
    transformer.to_lonlat(coordinates).map_err(|e| e.to_string())
}

/// Transforms a line whose edges are straight in the layer's own coordinates, with as many points between as it takes
/// for no chord to leave its edge by more than [`CHORD_DEGREES`].
fn along_edges(transformer: &Transformer, line: &[[f64; 2]]) -> Result<Vec<[f64; 2]>, String> {
    let mut ends = line.to_vec();
    transform(transformer, &mut ends)?;
    let mut middles: Vec<[f64; 2]> = line.windows(2).map(|e| between(e[0], e[1], 0.5)).collect();
    transform(transformer, &mut middles)?;
    let mut placed = Vec::with_capacity(ends.len());
    for (i, pair) in ends.windows(2).enumerate() {
        placed.push(pair[0]);
        let chord = between(pair[0], pair[1], 0.5);
        let bend = (middles[i][0] - chord[0]).abs().max((middles[i][1] - chord[1]).abs());
        // The distance from a chord falls with the square of the number of pieces. Across the antimeridian the
        // comparison fails, and the edge is left to the rule for long edges.
        if bend > CHORD_DEGREES && (pair[0][0] - pair[1][0]).abs() <= 180.0 {
            let pieces = (bend / CHORD_DEGREES).sqrt().ceil();
            if pieces > MOST_PIECES {
                let [x, y] = line[i + 1];
                return Err(format!("an edge leads too far away for this coordinate system, to {x:e} {y:e}"));
            }
            // From the lesser end, so that a border shared by two records gets the same points.
            let (from, to) = (line[i], line[i + 1]);
            let turned = (to[0], to[1]) < (from[0], from[1]);
            let mut inner: Vec<[f64; 2]> = (1..pieces as u32)
                .map(|k| {
                    let t = f64::from(k) / pieces;
                    if turned { between(to, from, t) } else { between(from, to, t) }
                })
                .collect();
            transform(transformer, &mut inner)?;
            if turned {
                inner.reverse();
            }
            placed.extend(inner);
        }
    }
    placed.extend(ends.last());
    Ok(placed)
}

fn between(a: [f64; 2], b: [f64; 2], t: f64) -> [f64; 2] {
    [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
}

/// Collections may hold collections; readers limit how deep.
fn collect(geometry: Geometry<f64>, ground: &mut Ground) {
    // The vector stays where it is.
    let line = |l: LineString<f64>| l.0.into_iter().map(|c| [c.x, c.y]).collect::<Vec<_>>();
    let polygon = |p: geo_types::Polygon<f64>| {
        let (exterior, interiors) = p.into_inner();
        RawPolygon { rings: std::iter::once(exterior).chain(interiors).map(line).collect() }
    };
    match geometry {
        Geometry::Point(p) => ground.points.push([p.x(), p.y()]),
        Geometry::MultiPoint(points) => ground.points.extend(points.iter().map(|p| [p.x(), p.y()])),
        Geometry::Line(l) => ground.lines.push(vec![[l.start.x, l.start.y], [l.end.x, l.end.y]]),
        Geometry::LineString(l) => ground.lines.push(line(l)),
        Geometry::MultiLineString(lines) => ground.lines.extend(lines.into_iter().map(line)),
        Geometry::Polygon(p) => ground.polygons.push(polygon(p)),
        Geometry::MultiPolygon(polygons) => ground.polygons.extend(polygons.into_iter().map(polygon)),
        Geometry::GeometryCollection(parts) => parts.into_iter().for_each(|part| collect(part, ground)),
        Geometry::Rect(r) => ground.polygons.push(polygon(r.to_polygon())),
        Geometry::Triangle(t) => ground.polygons.push(polygon(t.to_polygon())),
    }
}

/// Every position of a geometry, line by line, without those of holes.
fn each_line(geometry: &Geometry<f64>, visit: &mut impl FnMut(&[Coord<f64>])) {
    match geometry {
        Geometry::Point(p) => visit(&[p.0]),
        Geometry::MultiPoint(points) => points.iter().for_each(|p| visit(&[p.0])),
        Geometry::LineString(line) => visit(&line.0),
        Geometry::MultiLineString(lines) => lines.iter().for_each(|line| visit(&line.0)),
        Geometry::Polygon(p) => visit(&p.exterior().0),
        Geometry::MultiPolygon(polygons) => polygons.iter().for_each(|p| visit(&p.exterior().0)),
        other => {
            let mut ground = Ground::default();
            collect(other.clone(), &mut ground);
            let lines = ground.polygons.iter().flat_map(|p| &p.rings).chain(&ground.lines).flatten();
            lines.chain(&ground.points).for_each(|&[x, y]| visit(&[Coord { x, y }]));
        }
    }
}
