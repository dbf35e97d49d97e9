//! What the tests of all readers share.

use std::fs;
use std::path::{Path, PathBuf};

use geo_types::Geometry;

use super::extent::Extent;
use super::{Feature, LayerInfo, Request, Shape, Value, Wanted, open};
use crate::error::Result;

/// A layer read whole.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) info: LayerInfo,
    pub(super) features: Vec<Feature>,
}

impl Read {
    pub(super) fn shape(&self, at: usize) -> &Shape {
        self.features.get(at).map_or(&Shape::Missing, |f| &f.shape)
    }

    pub(super) fn geometry(&self, at: usize) -> Option<&Geometry<f64>> {
        if let Shape::Geometry(geometry) = self.shape(at) { Some(geometry) } else { None }
    }

    pub(super) fn why(&self, at: usize) -> &str {
        if let Shape::Unreadable { why, .. } = self.shape(at) { why } else { "" }
    }

    pub(super) fn bounds(&self, at: usize) -> Option<[f64; 4]> {
        if let Shape::Unreadable { bounds, .. } = self.shape(at) { *bounds } else { None }
    }

    pub(super) fn value(&self, at: usize, slot: u16) -> Option<&Value> {
        self.features.get(at)?.values.iter().find(|(s, _)| *s == slot).map(|(_, v)| v)
    }

    /// The box of all geometries.
    pub(super) fn extent(&self) -> Option<[f64; 4]> {
        let mut extent = Extent::default();
        for feature in &self.features {
            if let Shape::Geometry(geometry) = &feature.shape {
                coordinates(geometry, &mut |x, y| extent.add(x, y));
            }
        }
        extent.bounds()
    }

    /// How many are missing, unreadable and geometries.
    pub(super) fn tally(&self) -> [usize; 3] {
        let count = |is: fn(&Shape) -> bool| self.features.iter().filter(|f| is(&f.shape)).count();
        [
            count(|s| matches!(s, Shape::Missing)),
            count(|s| matches!(s, Shape::Unreadable { .. })),
            count(|s| matches!(s, Shape::Geometry(_))),
        ]
    }

    /// How many values are text, and of how many characters in all.
    pub(super) fn text(&self) -> (usize, usize) {
        let values = self.features.iter().flat_map(|f| &f.values);
        values.fold((0, 0), |(count, length), (_, value)| match value {
            Value::Text(text) => (count + 1, length + text.chars().count()),
            _ => (count, length),
        })
    }

    pub(super) fn notes(&self) -> String {
        let notes = self.info.notes.iter().chain(self.features.iter().flat_map(|f| &f.notes));
        notes.map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

/// Calls `with` for every position of a geometry.
pub(super) fn coordinates(geometry: &Geometry<f64>, with: &mut impl FnMut(f64, f64)) {
    let mut ring = |line: &geo_types::LineString<f64>| line.0.iter().for_each(|c| with(c.x, c.y));
    match geometry {
        Geometry::Point(p) => with(p.0.x, p.0.y),
        Geometry::MultiPoint(points) => points.0.iter().for_each(|p| with(p.0.x, p.0.y)),
        Geometry::LineString(line) => ring(line),
        Geometry::MultiLineString(lines) => lines.0.iter().for_each(ring),
        Geometry::Polygon(p) => std::iter::once(p.exterior()).chain(p.interiors()).for_each(ring),
        Geometry::MultiPolygon(polygons) => {
            polygons.0.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())).for_each(ring);
        }
        Geometry::GeometryCollection(members) => members.0.iter().for_each(|g| coordinates(g, with)),
        _ => {}
    }
}

/// Reads a file with the fields of `wanted`, once in one go and once feature by feature, which must agree.
pub(super) fn read_with(path: &Path, wanted: &[&str], encoding: Option<&str>) -> Result<Read> {
    let wanted = Wanted::new(wanted);
    read_request(&Request { encoding, ..Request::of(path, &wanted) })
}

/// The same for a layer of a container.
pub(super) fn read_layer(path: &Path, layer: Option<&str>, wanted: &[&str]) -> Result<Read> {
    let wanted = Wanted::new(wanted);
    read_request(&Request { layer, ..Request::of(path, &wanted) })
}

/// Reads a layer with all of its fields.
pub(super) fn read_whole(path: &Path, layer: Option<&str>) -> Result<Read> {
    let fields = read_layer(path, layer, &[])?.info.fields;
    read_layer(path, layer, &fields.iter().map(String::as_str).collect::<Vec<_>>())
}

fn read_request(request: &Request<'_>) -> Result<Read> {
    let source = open(request)?;
    let features = source.read(0..source.len())?;
    assert_eq!(features.len(), source.len());
    assert!(source.read(0..source.len() + 1).is_err());
    for (at, feature) in features.iter().enumerate().step_by(features.len() / 50 + 1) {
        assert_eq!(feature.number, at as u64 + 1);
        let single = source.read(at..at + 1)?;
        // Debug text, since a value that is not a number is not equal to itself.
        assert_eq!(format!("{single:?}"), format!("[{feature:?}]"));
    }
    Ok(Read { info: source.info().clone(), features })
}

/// Reads a file for its shapes.
pub(super) fn read(path: &Path) -> Result<Read> {
    read_with(path, &[], None)
}

/// Reads content that stands in a file of this name for a moment.
pub(super) fn read_bytes(name: &str, content: &[u8], wanted: &[&str]) -> Result<Read> {
    let folder = scratch();
    let path = folder.path().join(name);
    put(&path, content);
    read_with(&path, wanted, None)
}

#[expect(clippy::expect_used, reason = "a test without a folder to write to can only stop")]
pub(super) fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for temporary files")
}

#[expect(clippy::expect_used, reason = "a test without a folder to write to can only stop")]
pub(super) fn put(path: &Path, content: &[u8]) {
    fs::write(path, content).expect("a file can be written");
}

/// The fixtures of the project.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// Data that is not the project's to give away: a folder beside it, absent for most who build it.
#[expect(clippy::print_stdout, reason = "a test that is skipped has to say so")]
pub(super) fn shared(name: &str) -> Option<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().ok()?;
    // A second checkout may stand one folder deeper.
    let found = project.ancestors().skip(1).take(2).map(|p| p.join("shared/data").join(name)).find(|p| p.exists());
    if found.is_none() {
        println!("skipped: there is no shared/data/{name} beside the project");
    }
    found
}

/// Every file with one byte changed, in a few ways each, and every beginning of it, must give an error or pass
/// `judge`; none may panic. `beside` are the files that stand in the folder untouched.
pub(super) fn damage(
    damaged: (&str, &[u8]),
    opened: &str,
    beside: &[(&str, &[u8])],
    judge: impl Fn(Damage, &Read) -> bool,
) {
    let (name, content) = damaged;
    let folder = scratch();
    for (name, content) in beside {
        put(&folder.path().join(name), content);
    }
    let attempt = |kind: Damage, bytes: &[u8]| {
        put(&folder.path().join(name), bytes);
        if let Ok(read) = read(&folder.path().join(opened)) {
            assert!(judge(kind, &read), "{name}, {kind:?}: {read:?}");
        }
    };
    for cut in 0..content.len() {
        attempt(Damage::Cut(cut), content.get(..cut).unwrap_or_default());
    }
    // Each attempt costs a file: large ones get fewer.
    let masks: &[u8] = if content.len() < 1000 { &[0x01, 0x04, 0x20, 0x80, 0xFF] } else { &[0x01, 0xFF] };
    for at in 0..content.len() {
        for mask in masks {
            let mut changed = content.to_vec();
            if let Some(byte) = changed.get_mut(at) {
                *byte ^= mask;
            }
            attempt(Damage::Changed(at), &changed);
        }
    }
}

/// A fixture of the project.
pub(super) fn fixture(name: &str) -> Vec<u8> {
    fs::read(fixtures().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// What was done to a file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Damage {
    /// It ends before this byte.
    Cut(usize),
    /// One byte is another; which one is for the message of a test that fails.
    Changed(#[expect(dead_code, reason = "shown by Debug")] usize),
}

/// What the hazards of the fixtures are in every format: two with places and values, one with neither.
pub(super) fn is_hazards(read: &Read) {
    let text = |t: &str| Some(Value::Text(t.into()));
    assert_eq!(read.features.len(), 3);
    for (at, id, class, year, area) in [(0, "Г-1", "SHA", "2019-05-01", 84.5), (1, "Г-2", "CHA", "2020-12-31", 2.)] {
        assert_eq!(read.value(at, 0).cloned(), text(id));
        assert_eq!(read.value(at, 1).cloned(), text(class));
        match read.value(at, 2) {
            Some(Value::Text(date)) => assert!(date.starts_with(year), "{date}"),
            Some(Value::Date(date)) => assert_eq!(date.to_string(), year),
            other => panic!("{other:?}"),
        }
        match read.value(at, 3) {
            Some(Value::Float(number)) => assert_eq!(*number, area),
            Some(Value::Int(number)) => assert_eq!(*number, area as i64),
            Some(Value::Text(number)) => assert_eq!(number.parse(), Ok(area)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(read.shape(2), &Shape::Missing);
    assert!(matches!(read.value(2, 1), None | Some(Value::Null)));
    assert_eq!(read.extent(), Some([0., 0., 31., 10.]));
    match (read.geometry(0), read.geometry(1)) {
        (Some(Geometry::Polygon(first)), Some(Geometry::MultiPolygon(second))) => {
            assert_eq!((first.exterior().0.len(), first.interiors().len(), second.0.len()), (5, 1, 2));
        }
        other => panic!("{other:?}"),
    }
}

/// What the curves of the fixtures are in every format that has curves.
pub(super) fn is_curves(read: &Read) {
    use crate::read::arc::APPROXIMATED;
    let area = |ring: &geo_types::LineString<f64>| {
        let (x, y) = ring.0.first().map_or((0., 0.), |c| (c.x, c.y));
        ring.0.windows(2).map(|e| (e[0].x - x) * (e[1].y - y) - (e[1].x - x) * (e[0].y - y)).sum::<f64>().abs() / 2.
    };
    assert_eq!(read.tally(), [0, 0, 9], "{read:?}");
    // Half a disc of radius 10, and a whole one of radius 100.
    for (at, exact, perimeter) in [(0, 157.07963, 52.), (5, 31415.9265, 629.)] {
        let Some(Geometry::Polygon(polygon)) = read.geometry(at) else { panic!("{:?}", read.shape(at)) };
        assert!((area(polygon.exterior()) - exact).abs() < perimeter * 1e-3, "{at}: {}", area(polygon.exterior()));
    }
    for (at, feature) in read.features.iter().enumerate() {
        let curved = feature.notes.iter().any(|n| n == APPROXIMATED);
        assert_eq!((curved, feature.notes.len()), (at < 6, 1 - usize::from(at == 6)), "{at}: {:?}", feature.notes);
    }
    assert!(matches!(read.geometry(1), Some(Geometry::MultiPolygon(p)) if p.0.len() == 2));
    assert!(matches!(read.geometry(2), Some(Geometry::MultiLineString(l)) if l.0.len() == 2));
    assert!(matches!(
        (read.geometry(3), read.geometry(4)),
        (Some(Geometry::LineString(_)), Some(Geometry::LineString(_)))
    ));
    assert!(matches!(read.geometry(6), Some(Geometry::Polygon(p)) if area(p.exterior()) == 8.));
    assert!(matches!(read.geometry(7), Some(Geometry::MultiPolygon(p)) if p.0.len() == 2));
    assert!(matches!(read.geometry(8), Some(Geometry::MultiPolygon(p)) if p.0.len() == 1));
}
