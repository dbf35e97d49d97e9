use std::path::Path;
use std::process::Command;

use super::crs;
use super::tool::Tool;
use crate::read::testing::{fixtures, is_hazards, put, read_with, scratch};
use crate::read::{DeclaredCrs, Limits, Request, Wanted, layers, open};

/// A file made by GDAL from the small survey; `None`, said aloud, where it is not installed.
#[expect(clippy::print_stdout, reason = "a test that is skipped has to say so")]
fn made(format: &str, out: &Path, name: &str) -> Option<()> {
    if Tool::find().is_none() {
        println!("skipped: GDAL is not installed");
        return None;
    }
    let survey = fixtures().join("formats/hazards.geojson");
    let mut command = Command::new("ogr2ogr");
    command.args(["-f", format, "-update", "-append", "-nln", name]).arg(out).arg(survey);
    let made = command.output().is_ok_and(|o| o.status.success());
    if !made {
        println!("skipped: this GDAL can't write {format}");
    }
    made.then_some(())
}

#[test]
fn a_file_geodatabase_is_the_same_survey() {
    let folder = scratch();
    let path = folder.path().join("a.gdb");
    let Some(()) = made("OpenFileGDB", &path, "Опасность") else { return };
    // A geodatabase has no field called date.
    let read = read_with(&path, &["id", "class", "date_", "area"], None).unwrap_or_else(|e| panic!("{e}"));
    is_hazards(&read);
    assert_eq!(read.info.name, "Опасность");
    assert!(read.info.format.starts_with("GDAL ") && read.notes().contains(read.info.format), "{}", read.notes());
    assert!(matches!(read.info.crs, DeclaredCrs::Definition(_)) && read.info.files.len() > 5);
    let Some(()) = made("OpenFileGDB", &path, "second") else { return };
    assert_eq!(layers(&path, Limits::default()).ok(), Some(vec!["Опасность".into(), "second".into()]));
    let wanted = Wanted::default();
    let asked = |layer| open(&Request { layer, ..Request::of(&path, &wanted) });
    assert!(asked(None).is_err_and(|e| e.to_string().contains("`second`")));
    assert!(asked(Some("second")).is_ok_and(|s| s.len() == 3));
    assert!(asked(Some("-sql")).is_err_and(|e| e.to_string().contains("no such layer")));
}

#[test]
fn other_formats_are_read_too() {
    let folder = scratch();
    for (format, name) in [("GML", "a.gml"), ("SQLite", "a.sqlite")] {
        let path = folder.path().join(name);
        let Some(()) = made(format, &path, "hazards") else { continue };
        let read = read_with(&path, &["id", "class", "date", "area"], None).unwrap_or_else(|e| panic!("{name}: {e}"));
        is_hazards(&read);
    }
}

#[test]
fn nothing_is_fetched_and_nothing_misunderstood() {
    let folder = scratch();
    for (name, content) in [
        (
            "a.vrt",
            "<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/vsicurl/http://127.0.0.1:1/x.csv</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        ),
        ("-version.dat", "what?"),
        ("a.gdb", "not a folder"),
        ("a.gml", "<x>"),
    ] {
        let path = folder.path().join(name);
        put(&path, content.as_bytes());
        assert!(read_with(&path, &[], None).is_err(), "{name}");
    }
    assert!(read_with(folder.path(), &[], None).is_err());
}

#[test]
fn the_crs_is_taken_out_of_what_is_said() {
    let wkt = "GEOGCRS[\"a]\",\n    CS[ellipsoidal,2],\n    ID[\"EPSG\",4326]]";
    let definition = "GEOGCRS[\"a]\",CS[ellipsoidal,2],ID[\"EPSG\",4326]]";
    for (text, expected) in [
        (
            format!("Layer SRS WKT:\n{wkt}\nData axis to CRS axis mapping: 2,1\nid: String"),
            DeclaredCrs::Definition(definition.into()),
        ),
        (format!("Layer SRS WKT:\n{wkt}\nid: String"), DeclaredCrs::Definition(definition.into())),
        ("Layer SRS WKT:\n(unknown)\nid: String (0.0)".into(), DeclaredCrs::Unknown),
        (String::new(), DeclaredCrs::Unknown),
    ] {
        assert_eq!(crs(&text), expected, "{text}");
    }
}
