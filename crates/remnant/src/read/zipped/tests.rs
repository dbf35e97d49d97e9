use crate::read::testing::{Damage, damage, fixture, fixtures, is_hazards, put, read_with, scratch};
use crate::read::{DeclaredCrs, Limits, Request, Wanted, layers, open};

const WANTED: &[&str] = &["id", "class", "date", "area"];

#[test]
fn a_zipped_shapefile_is_that_shapefile() {
    let path = fixtures().join("formats/hazards.zip");
    let read = read_with(&path, WANTED, None).unwrap_or_else(|e| panic!("{e}"));
    is_hazards(&read);
    assert_eq!((read.info.name.as_str(), read.info.format), ("HAZARDS", "zipped Shapefile"));
    assert!(matches!(read.info.crs, DeclaredCrs::Definition(_)));
    // The account rests on the archive.
    assert_eq!(read.info.files.iter().map(|f| f.path.clone()).collect::<Vec<_>>(), [path]);
}

#[test]
fn a_kmz_is_all_of_its_documents() {
    let path = fixtures().join("formats/hazards.kmz");
    let read = read_with(&path, WANTED, None).unwrap_or_else(|e| panic!("{e}"));
    is_hazards(&read);
    // Its links lead to what is read anyway.
    assert!(!read.notes().contains("not followed"), "{}", read.notes());
    assert_eq!(layers(&path, Limits::default()).ok(), Some(vec!["Hazards".into(), "rest".into()]));
    let wanted = Wanted::default();
    let count = |layer| open(&Request { layer: Some(layer), ..Request::of(&path, &wanted) }).map(|s| s.len()).ok();
    assert_eq!((count("Hazards"), count("rest"), count("hazards"), count("other")), (Some(2), Some(1), Some(3), None));
}

#[test]
fn layers_of_an_archive_are_picked_by_name() {
    let path = fixtures().join("malformed/two_layers.zip");
    let wanted = Wanted::default();
    let asked = |layer| open(&Request { layer, ..Request::of(&path, &wanted) });
    assert!(asked(None).is_err_and(|e| e.to_string().contains("two_layers.zip#a")));
    assert!(asked(Some("b")).is_ok_and(|s| s.len() == 3 && s.info().name == "b"));
    assert!(asked(Some("a.shp")).is_ok_and(|s| s.info().name == "a"));
    assert!(asked(Some("c")).is_err_and(|e| e.to_string().contains("`a`, `b`")));
    assert_eq!(layers(&path, Limits::default()).ok(), Some(vec!["a".into(), "b".into()]));
}

#[test]
fn damage_is_an_error() {
    let content = fixture("formats/hazards.kmz");
    // A checksum guards the content; a byte of a name or a time may be another.
    damage(("a.kmz", &content), "a.kmz", &[], |kind, read| match kind {
        Damage::Cut(_) => false,
        Damage::Changed(_) => read.features.len() <= 3,
    });
}

#[test]
fn nothing_is_written_anywhere() {
    let folder = scratch();
    let inner = folder.path().join("a/b/c/d");
    assert!(std::fs::create_dir_all(&inner).is_ok());
    put(&inner.join("a.zip"), &fixture("malformed/traversal.zip"));
    let read = read_with(&inner.join("a.zip"), WANTED, None).unwrap_or_else(|e| panic!("{e}"));
    is_hazards(&read);
    let names = |path: &std::path::Path| std::fs::read_dir(path).map(Iterator::count).ok();
    assert_eq!((names(folder.path()), names(&inner)), (Some(1), Some(1)));
}

#[test]
fn what_gdal_writes_is_the_same_survey() {
    for name in ["gdal.kml", "gdal.kmz"] {
        let read = read_with(&fixtures().join("formats").join(name), WANTED, None).unwrap_or_else(|e| panic!("{e}"));
        is_hazards(&read);
        assert_eq!(read.notes(), "", "{name}");
    }
}
