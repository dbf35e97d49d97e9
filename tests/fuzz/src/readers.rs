//! Every format through the public door of the library.
//!
//! Whatever the bytes: either an error that says what and where, or a layer of which every feature is told once, in
//! order, the same in one go and in parts, and the same when the file is opened again.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use geo_types::Geometry;
use remnant::error::Error;
use remnant::pipeline::LayerSpec;
use remnant::read::{Bearings, Feature, Limits, Request, Shape, Wanted, layers, open};
use remnant::report::Role;
use remnant::settings::Settings;

use crate::parts;

/// The fields that are asked for: one of each kind that the fixtures have, and one that is nowhere.
const WANTED: [&str; 8] = ["id", "name", "class", "date", "area", "status", "Name", "nowhere"];

/// Layers of a container that are read one by one.
const LAYERS: usize = 3;

/// A folder of this process, in memory where the system has such a place.
pub fn scratch() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER
        .get_or_init(|| {
            let memory = Path::new("/dev/shm");
            let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
            made.expect("a folder for the inputs")
        })
        .path()
}

/// Puts content into a file of the scratch folder.
pub fn put(name: &str, content: &[u8]) -> PathBuf {
    let path = scratch().join(name);
    fs::write(&path, content).expect("an input can be written");
    path
}

fn remove(name: &str) {
    // It may not be there.
    let _ = fs::remove_file(scratch().join(name));
}

/// An input as a file of this name.
pub fn file(name: &str, data: &[u8]) {
    layers_of(&put(name, data));
}

/// Text as the cell of a table that holds well-known text.
pub fn wkt(data: &[u8]) {
    let text = String::from_utf8_lossy(data).replace('"', "\"\"");
    file("wkt.csv", format!("id,wkt\n1,\"{text}\"\n2,\"POINT (1 2)\"\n").as_bytes());
}

/// The cells of a table of turning points, in one of the forms that it may have.
pub fn turning_points(data: &[u8]) {
    const FORMS: [&str; 4] = [
        "hazard_id,vertex,latitude,longitude",
        "hazard_id,point,bearing,distance,latitude,longitude",
        "hazard_id,point type,bearing,distance,x,y",
        "hazard_id,kind,sequence,lon,lat",
    ];
    let Some((&form, rest)) = data.split_first() else { return };
    let header = FORMS[usize::from(form) % FORMS.len()];
    layers_of(&put("turning.csv", &[header.as_bytes(), b"\n", rest].concat()));
}

/// The files of a shapefile: .shp, .dbf, .shx, .prj, .cpg.
pub fn shapefile(data: &[u8]) {
    let files = parts::split(data);
    for (nth, ending) in ["shp", "dbf", "shx", "prj", "cpg"].into_iter().enumerate() {
        let name = format!("shape.{ending}");
        match files.get(nth).filter(|content| nth == 0 || !content.is_empty()) {
            Some(content) => drop(put(&name, content)),
            None => remove(&name),
        }
    }
    layers_of(&scratch().join("shape.shp"));
}

/// A database, and the log beside it.
pub fn geopackage(data: &[u8]) {
    let files = parts::split(data);
    match files.get(1).filter(|log| !log.is_empty()) {
        Some(log) => drop(put("base.gpkg-wal", log)),
        None => remove("base.gpkg-wal"),
    }
    layers_of(&put("base.gpkg", files.first().copied().unwrap_or_default()));
}

/// Content of the formats that may stand in an archive, packed: what comes after the checksums.
pub fn packed(data: &[u8]) {
    const NAMES: [&str; 4] = ["doc.kml", "a.geojson", "b/c.csv", "d.topojson"];
    let path = scratch().join("packed.kmz");
    let mut archive = zip::ZipWriter::new(fs::File::create(&path).expect("an input can be written"));
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in NAMES.iter().zip(parts::split(data)).filter(|(_, content)| !content.is_empty()) {
        archive.start_file(*name, options).expect("a member");
        archive.write_all(content).expect("its content");
    }
    archive.finish().expect("an archive");
    layers_of(&path);
}

/// A table and a layer as `remnant inspect` looks at them.
pub fn inspected(data: &[u8]) {
    let name = if data.first() == Some(&b'{') { "seen.geojson" } else { "seen.csv" };
    let spec = LayerSpec::new(Role::Hazards, put(name, data));
    let settings = Settings::new(jiff::civil::date(2025, 1, 1));
    let look = || remnant::inspect::layer(&spec, &settings);
    match look() {
        Err(error) => is_told(&error, &spec.path),
        Ok(seen) => {
            assert_eq!(seen.geometry.values().sum::<u64>(), seen.features, "every feature has a kind of geometry");
            assert_eq!(format!("{seen:?}"), format!("{:?}", look().expect("it could be read before")));
        }
    }
}

fn is_told(error: &Error, path: &Path) {
    match error {
        Error::Unusable(trouble) => {
            assert!(!trouble.what.is_empty() && !trouble.why.is_empty() && !trouble.remedy.is_empty(), "{trouble:?}");
            let named = trouble.place.file.as_deref();
            assert!(named.is_some_and(|file| file.starts_with(path.parent().unwrap_or(path))), "{trouble:?}");
            let shown = trouble.to_string();
            assert!(shown.len() < 20_000, "a message of {} bytes", shown.len());
        }
        other => panic!("an input is no fault of the program: {other}"),
    }
}

/// Reads the file as one layer, and its first layers by their names.
fn layers_of(path: &Path) {
    layer(path, None);
    match layers(path, Limits::default()) {
        Err(error) => is_told(&error, path),
        Ok(names) => names.iter().take(LAYERS).for_each(|name| layer(path, Some(name))),
    }
}

fn layer(path: &Path, layer: Option<&str>) {
    let wanted = Wanted::new(WANTED);
    let request = Request { layer, bearings: Some(Bearings::True), ..Request::of(path, &wanted) };
    let source = match open(&request) {
        Err(error) => return is_told(&error, path),
        Ok(source) => source,
    };
    let count = source.len();
    assert!(source.read(0..count + 1).is_err(), "more than there is was given");
    let whole = match source.read(0..count) {
        Err(error) => return is_told(&error, path),
        Ok(features) => features,
    };
    assert_eq!(whole.len(), count, "every feature is told once");
    for (at, feature) in whole.iter().enumerate() {
        assert_eq!(feature.number, at as u64 + 1);
        judge(feature);
    }
    let middle = count / 2;
    let mut halves = source.read(0..middle).expect("it could be read before");
    halves.extend(source.read(middle..count).expect("it could be read before"));
    // Debug text, since a value that is not a number is not equal to itself.
    assert_eq!(format!("{whole:?}"), format!("{halves:?}"), "in one go and in parts");
    let again = open(&request).expect("it could be opened before");
    assert_eq!(format!("{:?}", source.info()), format!("{:?}", again.info()));
    assert_eq!(format!("{whole:?}"), format!("{:?}", again.read(0..count).expect("it could be read before")));
}

fn judge(feature: &Feature) {
    let slots: Vec<u16> = feature.values.iter().map(|(slot, _)| *slot).collect();
    assert!(slots.is_sorted_by(|a, b| a < b), "values in the order of slots, each once: {feature:?}");
    assert!(slots.iter().all(|slot| usize::from(*slot) < WANTED.len()), "{feature:?}");
    assert!(feature.notes.iter().all(|note| !note.is_empty()), "{feature:?}");
    match &feature.shape {
        Shape::Missing => {}
        Shape::Unreadable { why, bounds } => {
            assert!(!why.is_empty(), "{feature:?}");
            if let Some([west, south, east, north]) = bounds {
                assert!(west <= east && south <= north, "a box that is none, or not of numbers: {feature:?}");
            }
        }
        Shape::Geometry(geometry) => assert!(rings_are_closed(geometry), "{feature:?}"),
    }
}

fn rings_are_closed(geometry: &Geometry<f64>) -> bool {
    let polygon = |p: &geo_types::Polygon<f64>| {
        // One that is not a number is not equal to itself.
        let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
        std::iter::once(p.exterior()).chain(p.interiors()).all(|ring| match (ring.0.first(), ring.0.last()) {
            (Some(a), Some(b)) => same(a.x, b.x) && same(a.y, b.y),
            _ => true,
        })
    };
    match geometry {
        Geometry::Polygon(p) => polygon(p),
        Geometry::MultiPolygon(parts) => parts.iter().all(polygon),
        Geometry::GeometryCollection(parts) => parts.iter().all(rings_are_closed),
        _ => true,
    }
}
