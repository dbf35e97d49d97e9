//! Inputs to begin with, made from the fixtures of the project: nothing of theirs is copied.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::date;
use remnant::pipeline::{Job, LayerSpec, run};
use remnant::progress::Silent;
use remnant::report::Role;
use remnant::settings::Settings;

use crate::{Target, parts};

/// The project's folder.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The counter-examples of a target that are kept, each under a telling name.
pub fn found(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("found").join(target.name)
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(project().join("fixtures").join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The files of some folders of the fixtures whose names end so, in the order of their names.
fn ending(folders: &[&str], endings: &[&str]) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for folder in folders {
        let folder = project().join("fixtures").join(folder);
        let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        files.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    files.sort();
    let fits =
        |path: &&PathBuf| path.extension().is_some_and(|e| endings.iter().any(|ending| e.eq_ignore_ascii_case(ending)));
    files.iter().filter(fits).map(|path| fs::read(path).unwrap_or_default()).collect()
}

const FORMATS: &[&str] = &["formats", "malformed"];

/// The seeds of a target; none is empty, and what is longer than its longest input is left out.
pub fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let mut seeds = match target.name {
        "geojson" => ending(&["formats", "malformed", "areas/one-hazard", "areas/rings"], &["geojson", "json"]),
        "csv" => ending(FORMATS, &["csv"]),
        "wkt" => texts(WELL_KNOWN),
        "turning-points" => texts(TURNING),
        "shapefile" => shapefiles(),
        "flatgeobuf" => ending(FORMATS, &["fgb"]),
        "geopackage" => ending(FORMATS, &["gpkg"]),
        "geoparquet" => ending(FORMATS, &["parquet"]),
        "kml" => ending(FORMATS, &["kml"]),
        "zip" => ending(FORMATS, &["zip", "kmz"]),
        "packed" => vec![parts::join([
            &fixture("formats/hazards.kml")[..],
            &fixture("formats/hazards.geojson"),
            &fixture("formats/hazards.csv"),
            &fixture("formats/hazards.topojson"),
        ])],
        "topojson" => ending(FORMATS, &["topojson"]),
        "inspect" => ending(FORMATS, &["geojson", "csv"]),
        "wkb" => well_known_binary(),
        "crs" => [ending(FORMATS, &["prj"]), texts(SYSTEMS)].concat(),
        "words" => texts(WORDS),
        "project" => [ending(&["azerbaijan"], &["toml"]), texts(PROJECTS)].concat(),
        "published" => [ending(&["azerbaijan"], &["csv"]), texts(PUBLISHED)].concat(),
        "compare" => vec![output_folders()],
        "rings" | "faces" => RINGS.iter().map(|ring| ring.to_vec()).collect(),
        "whole" => areas(),
        other => panic!("{other} has no seeds"),
    };
    seeds.iter_mut().for_each(|seed| seed.truncate(4 * target.longest));
    seeds.retain(|seed| !seed.is_empty() && seed.len() <= target.longest);
    seeds
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

const WELL_KNOWN: &[&str] = &[
    "POLYGON ((46 39, 47 39, 47 40, 46 39), (46.1 39.1, 46.2 39.1, 46.2 39.2, 46.1 39.1))",
    "SRID=32638;MULTIPOLYGON Z (((1 2 3, 4 5 6, 7 8 9, 1 2 3)), EMPTY)",
    "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING M (1 2 3, 4 5 6), MULTIPOINT ((1 2), 3 4))",
    "CURVEPOLYGON (COMPOUNDCURVE (CIRCULARSTRING (0 0, 1 1, 2 0), (2 0, 0 0)))",
    "TIN (((0 0 0, 1 0 0, 0 1 0, 0 0 0)))",
];

const TURNING: &[&str] = &[
    "\u{0}H-1,SP,48 12 30 N,46 30 0 E\nH-1,TP1,48.21,46.5\nH-1,TP2,48.21,46.51\nH-2,1,1,2\n",
    "\u{1}H-1,SP,,,39.5,46.5\nH-1,TP1,90,100,,\nH-1,TP2,N45E,200,,\nH-1,TP3,180 30 15,50 m,,\n",
    "\u{2}A,RP,,,500000,4500000\nA,SP,10,12.5,,\nA,TP 1,20,30,,\nA,TP 2,200,30,,\n",
    "\u{3}A,polygon,2,46.5,39.5\nA,polygon,1,46.6,39.5\nA,polygon,3,46.6,39.6\n",
];

const SYSTEMS: &[&str] = &[
    "EPSG:32638",
    "urn:ogc:def:crs:EPSG::28408",
    "+proj=utm +zone=38 +datum=WGS84 +units=m +no_defs",
    "+proj=tmerc +lat_0=0 +lon_0=45 +k=1 +x_0=8500000 +ellps=krass +towgs84=23.92,-141.27,-80.9,0,0.35,0.82,-0.12",
    "WGS 84 / UTM zone 38N",
    "PROJCS[\"X\",GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137,298.257223563]],\
     PRIMEM[\"Greenwich\",0],UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],\
     PARAMETER[\"Central_Meridian\",45],UNIT[\"Meter\",1]]",
    "{\"type\": \"GeographicCRS\", \"name\": \"X\"}",
    "+init=epsg:4326 +nadgrids=@null",
];

const WORDS: &[&str] =
    &["2019-05-01", "2019-05-01T23:59:60.5+04:00", "2019-05", "2019", "48\u{b0} 12' 30.5\" N", "E 46 30,5", "-1.5e3"];

const PROJECTS: &[&str] = &[
    "out = \"o\"\n[settings]\nas_of = 2024-12-31\nseries = \"monthly\"\nsafety_distance_m = 50\nformats = [\"gpkg\"]\n\
     [plan.weights]\npeople = 1.5\n\"exposed_features.schools\" = 2\n[[layer]]\nrole = \"hazards\"\npath = \"h.csv\"\n\
     bearings = \"magnetic\"\ndeclination_deg = 5.8\nprofile = \"imsma-ng\"\nfields.id = [\"A\", \"B\"]\n\
     values.class.Minefield = \"confirmed\"\n",
];

const PUBLISHED: &[&str] = &["id,what,where,when,value,unit,rounding,part_of,numerator,denominator,computed,source\n\
     a,baseline,,2024-12-31,84.5,km2,,,,,,x\nb,baseline,D1+D2,2024-12-31,40,km2,10,a,,,no,\n\
     c,released,other,2023-12-31/2024-12-31,1.25,million,,,,,,\nd,share,,2024,14.2,%,,,c,a,,\n"];

/// Rings for [`crate::rings::records`]: a box, a bow-tie, a box with a hole, two that share an edge, a star, a needle.
const RINGS: &[&[u8]] = &[
    &[0, 3, 0, 0, 9, 0, 9, 9, 0, 9],
    &[2, 6, 0, 0, 9, 9, 9, 0, 0, 9],
    &[1, 5, 0, 0, 20, 0, 20, 20, 0, 20, 0x80, 5, 5, 9, 5, 9, 9, 5, 9, 0x81, 30, 0, 40, 0, 40, 9],
    &[3, 8, 0, 0, 7, 3, 0, 9, 0x82, 0, 0, 7, 3, 9, 0, 0x82, 1, 1, 0x83, 1, 0, 0x83, 0, 1],
    &[4, 4, 0, 10, 4, 252, 246, 4, 10, 4, 252, 246, 0x82, 0, 0, 100, 1, 100, 2],
    &[5, 7, 0, 0, 127, 1, 127, 2, 0x82, 1, 0, 2, 120, 3, 120, 0x81, 3, 3, 90, 90, 3, 90],
    &[0, 0, 0, 0, 1, 0, 1, 1, 2, 1, 2, 0, 0, 2, 0x82, 0, 0, 2, 2, 2, 0],
];

/// Every shapefile of the fixtures with what lies beside it.
fn shapefiles() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (folder, names) in [
        ("formats", &["hazards", "lines", "multipoint", "point", "polygon_z"][..]),
        ("malformed", &["all_counter_clockwise", "counts_differ", "cut_in_a_record", "point_count_too_large"][..]),
    ] {
        for name in names {
            let side = |ending: &str| fs::read(project().join(format!("fixtures/{folder}/{name}.{ending}")));
            let files = ["shp", "dbf", "shx", "prj", "cpg"].map(|ending| side(ending).unwrap_or_default());
            seeds.push(parts::join(files.iter().map(Vec::as_slice)));
        }
    }
    seeds
}

/// Geometries in well-known binary, built here: a polygon with a hole, a collection, an arc, each in both byte orders.
fn well_known_binary() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for big in [false, true] {
        let number = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let head = |kind: u32| [&[u8::from(!big)][..], &number(kind)].concat();
        let line = |places: &[[f64; 2]]| {
            let all = places.iter().flatten().flat_map(|c| if big { c.to_be_bytes() } else { c.to_le_bytes() });
            [number(places.len() as u32).to_vec(), all.collect()].concat()
        };
        let ring = line(&[[0., 0.], [9., 0.], [9., 9.], [0., 0.]]);
        let polygon =
            [head(3), number(2).to_vec(), ring.clone(), line(&[[1., 1.], [2., 1.], [2., 2.], [1., 1.]])].concat();
        let arc = [head(8), line(&[[0., 0.], [1., 1.], [2., 0.]])].concat();
        let point = [head(1), line(&[[1., 2.]]).split_off(4)].concat();
        let curved = [head(10), number(1).to_vec(), arc.clone()].concat();
        let collection = [head(7), number(3).to_vec(), polygon.clone(), point, arc].concat();
        let several = [head(6), number(2).to_vec(), polygon.clone(), polygon.clone()].concat();
        let header = [b"GP\0\x01\xe6\x10\0\0".to_vec(), polygon.clone()].concat();
        seeds.extend([polygon, collection, curved, several, header]);
    }
    seeds
}

/// Layers of the cases of areas, as they lie side by side.
fn areas() -> Vec<Vec<u8>> {
    let cases = ["half-cleared", "recontamination", "rings", "bow-tie", "partial-dates", "districts-overlap", "holes"];
    let case = |name: &str| {
        let layer = |layer: &str| {
            fs::read(project().join(format!("fixtures/areas/{name}/{layer}.geojson"))).unwrap_or_default()
        };
        let files = ["hazards", "releases", "districts"].map(layer);
        parts::join(files.iter().map(Vec::as_slice))
    };
    cases.into_iter().map(case).collect()
}

/// What a run writes, twice: of all hazards, and of the same with less released.
fn output_folders() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder for an output");
    let mut files = Vec::new();
    for (name, since) in [("old", None), ("new", Some(date(2019, 1, 1)))] {
        let case = project().join("fixtures/areas/half-cleared");
        let layers = [(Role::Hazards, "hazards"), (Role::Releases, "releases"), (Role::Districts, "districts")]
            .map(|(role, layer)| LayerSpec::new(role, case.join(format!("{layer}.geojson"))));
        let mut settings = Settings::new(date(2025, 1, 1));
        (settings.since, settings.as_of) = (since, Some(date(2024, 12, 31)));
        let report = run(&Job { layers: layers.to_vec(), settings }, &Silent).expect("a case can be accounted for");
        let out = folder.path().join(name);
        remnant::write::write_folder(&report, &out, false, &|| false).expect("it can be written");
        for file in ["summary.json", "districts.csv", "records.csv", "records-by-district.csv", "districts.geojson"] {
            files.push(fs::read(out.join(file)).unwrap_or_default());
        }
    }
    parts::join(files.iter().map(Vec::as_slice))
}

/// The kept counter-examples of a target, in the order of their names.
pub fn kept(target: &Target) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(found(target)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))).collect()
}
