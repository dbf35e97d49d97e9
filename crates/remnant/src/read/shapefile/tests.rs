use geo_types::Geometry;

use crate::read::testing::{
    Damage, Read, coordinates, damage, fixture, fixtures, is_hazards, put, read, read_with, scratch, shared,
};
use crate::read::{DeclaredCrs, Shape, Value};

fn of(name: &str, wanted: &[&str]) -> Read {
    read_with(&fixtures().join(name), wanted, None).unwrap_or_else(|e| panic!("{e}"))
}

/// Reads files that stand in one folder; the first is opened.
fn files(all: &[(&str, &[u8])], wanted: &[&str], encoding: Option<&str>) -> Result<Read, String> {
    let folder = scratch();
    all.iter().for_each(|(name, content)| put(&folder.path().join(name), content));
    let main = all.first().map(|(name, _)| folder.path().join(name)).unwrap_or_default();
    read_with(&main, wanted, encoding).map_err(|e| e.to_string())
}

fn vertices(read: &Read) -> usize {
    let mut count = 0;
    (0..read.features.len()).filter_map(|at| read.geometry(at)).for_each(|g| coordinates(g, &mut |_, _| count += 1));
    count
}

#[test]
fn hazards_are_those_of_every_format() {
    let read = of("formats/hazards.shp", &["ID", "class", "Date", "area"]);
    is_hazards(&read);
    assert_eq!(read.notes(), "");
    assert_eq!(read.info.fields, ["id", "class", "date", "area"]);
    assert_eq!(read.info.files.len(), 5);
    assert!(matches!(&read.info.crs, DeclaredCrs::Definition(wkt) if wkt.starts_with("GEOGCS[")));
}

#[test]
fn other_shapes_are_read() {
    let debug = |name: &str, at: usize| of(name, &[]).geometry(at).map(|g| format!("{g:?}")).unwrap_or_default();
    assert_eq!(debug("formats/polygon_z.shp", 1), "POLYGON((10.0 0.0,14.0 4.0,14.0 0.0,10.0 0.0))");
    assert_eq!(debug("formats/lines.shp", 0), "LINESTRING(0.0 0.0,4.0 0.0)");
    assert_eq!(debug("formats/lines.shp", 1), "MULTILINESTRING((0.0 0.0,4.0 0.0),(5.0 5.0,6.0 6.0))");
    assert_eq!(debug("formats/multipoint.shp", 0), "MULTIPOINT(0.0 0.0,4.0 2.0)");
    assert_eq!(debug("formats/point.shp", 0), "POINT(4.0 2.0)");
}

#[test]
fn side_files_are_found_in_any_case_and_may_be_missing() {
    let (shp, dbf) = (fixture("formats/hazards.shp"), fixture("formats/hazards.dbf"));
    let upper =
        files(&[("A.SHP", &shp), ("a.DBF", &dbf), ("A.Cpg", b"1251")], &["id"], None).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(upper.value(0, 0), Some(&Value::Text("Г-1".into())));
    let alone = files(&[("a.shp", &shp)], &["id"], None).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(alone.tally(), [1, 0, 2]);
    assert_eq!(alone.info.crs, DeclaredCrs::Unknown);
    assert!(alone.notes().contains("no .dbf") && alone.notes().contains("no .prj"));
    assert!(files(&[("a.dbf", &dbf), ("a.shp", &shp)], &[], None).is_err_and(|e| e.contains("name the .shp")));
}

#[test]
fn the_encoding_is_stated_given_or_told() {
    let (shp, dbf) = (fixture("formats/hazards.shp"), fixture("formats/hazards.dbf"));
    let id = |cpg: Option<&[u8]>, language: u8, encoding: Option<&str>| {
        let mut dbf = dbf.clone();
        if let Some(byte) = dbf.get_mut(29) {
            *byte = language;
        }
        let mut all: Vec<(&str, &[u8])> = vec![("a.shp", &shp), ("a.dbf", &dbf)];
        all.extend(cpg.map(|c| ("a.cpg", c)));
        let read = files(&all, &["id"], encoding)?;
        match read.value(0, 0) {
            Some(Value::Text(text)) => Ok((text.clone(), read.notes())),
            other => Err(format!("{other:?}")),
        }
    };
    let right = |result: Result<(String, String), String>| assert!(result.is_ok_and(|(id, _)| id == "Г-1"));
    right(id(Some(b"windows-1251\n"), 0x64, Some("cp852")));
    right(id(None, 0xC9, None));
    right(id(Some(b""), 0xC9, None));
    right(id(None, 0x57, Some("windows-1251")));
    assert!(id(None, 0, None).is_ok_and(|(id, notes)| id == "Ã-1" && notes.contains("name the encoding")));
    assert!(id(Some(b"klingon"), 0, None).is_ok_and(|(_, notes)| notes.contains("klingon")));
    assert!(id(None, 0, Some("klingon")).is_err_and(|e| e.contains("klingon")));
    assert!(id(Some(b"UTF-8"), 0, None).is_ok_and(|(_, notes)| notes.contains("not all valid utf-8")));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let (shp, dbf) = (fixture("formats/hazards.shp"), fixture("formats/hazards.dbf"));
    let one = fixture("formats/point.dbf");
    assert!(files(&[("a.shp", &shp), ("a.dbf", &one)], &[], None).is_err_and(|e| e.contains("1 records")));
    // A file cut between two records, whose header was mended: only the table knows.
    let mut short = shp.get(..508).unwrap_or_default().to_vec();
    if let Some(words) = short.get_mut(24..28) {
        words.copy_from_slice(&254_i32.to_be_bytes());
    }
    assert!(files(&[("a.shp", &short), ("a.dbf", &dbf)], &[], None).is_err_and(|e| e.contains("2 shapes")));
    let mut deleted = dbf.clone();
    if let Some(mark) = deleted.get_mut(161) {
        *mark = b'*';
    }
    let read = files(&[("a.shp", &shp), ("a.dbf", &deleted), ("a.cpg", b"1251")], &["id"], None);
    let read = read.unwrap_or_else(|e| panic!("{e}"));
    assert!(read.notes().contains("deleted"));
    assert_eq!((read.features.len(), read.value(0, 0)), (3, Some(&Value::Text("Г-1".into()))));
}

#[test]
fn records_out_of_order_need_the_index() {
    // Two points; then the first one moved to the end, as an editor leaves it.
    let point = |number: i32, x: f64| {
        let mut record = [number.to_be_bytes(), 10_i32.to_be_bytes(), 1_i32.to_le_bytes()].concat();
        record.extend([x.to_le_bytes(), 0_f64.to_le_bytes()].concat());
        record
    };
    let head = |bytes: usize| {
        let mut head = vec![0; 100];
        for (at, field) in
            [(0, 9994_i32.to_be_bytes()), (24, (bytes as i32 / 2).to_be_bytes()), (28, 1000_i32.to_le_bytes())]
        {
            if let Some(place) = head.get_mut(at..at + 4) {
                place.copy_from_slice(&field);
            }
        }
        if let Some(kind) = head.get_mut(32) {
            *kind = 1;
        }
        head
    };
    let shp = [head(184), point(1, 5.), point(2, 6.), point(1, 7.)].concat();
    let entry = |at: i32| [(at / 2).to_be_bytes(), 10_i32.to_be_bytes()].concat();
    let shx = [head(116), entry(156), entry(128)].concat();
    assert!(files(&[("a.shp", &shp)], &[], None).is_err_and(|e| e.contains("not numbered in order")));
    let read = files(&[("a.shp", &shp), ("a.shx", &shx)], &[], None).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((read.features.len(), read.extent()), (2, Some([6., 0., 7., 0.])));
    assert!(read.notes().contains("2 of 3"), "{}", read.notes());
    let wrong = [head(116), entry(156), entry(130)].concat();
    assert!(files(&[("a.shp", &shp), ("a.shx", &wrong)], &[], None).is_err_and(|e| e.contains("does not fit")));
}

#[test]
fn damage_is_never_fewer_features() {
    let parts = ["formats/hazards.shp", "formats/hazards.dbf", "formats/hazards.shx"].map(fixture);
    let [shp, dbf, shx] = &parts;
    let beside: [(&str, &[u8]); 2] = [("a.dbf", dbf), ("a.shx", shx)];
    let whole = vertices(&of("formats/hazards.shp", &[]));
    damage(("a.shp", shp), "a.shp", &beside, |kind, read| match kind {
        Damage::Cut(_) => false,
        // A vertex that is not there is told, or its record is set aside.
        Damage::Changed(_) => {
            let told = read.features.iter().any(|f| !f.notes.is_empty() || matches!(f.shape, Shape::Unreadable { .. }));
            read.features.len() == 3 && (told || vertices(read) == whole || read.tally() != [1, 0, 2])
        }
    });
    let beside: [(&str, &[u8]); 2] = [("a.shp", shp), ("a.shx", shx)];
    damage(("a.dbf", dbf), "a.shp", &beside, |kind, read| match kind {
        Damage::Cut(at) => at + 1 == dbf.len() && read.features.len() == 3,
        Damage::Changed(_) => read.features.len() == 3,
    });
    let beside: [(&str, &[u8]); 2] = [("a.shp", shp), ("a.dbf", dbf)];
    damage(("a.shx", shx), "a.shp", &beside, |_, read| read.tally() == [1, 0, 2]);
    for name in ["formats/polygon_z.shp", "formats/lines.shp", "formats/multipoint.shp", "formats/point.shp"] {
        let count = of(name, &[]).features.len();
        damage(("a.shp", &fixture(name)), "a.shp", &[], |kind, read| {
            matches!(kind, Damage::Changed(_)) && read.features.len() == count
        });
    }
}

#[test]
fn real_files_agree_with_gdal() {
    // Counts and extents as GDAL 3.12.4 gives them.
    let cases: &[(&str, usize, [f64; 4])] = &[
        (
            "bih-geoboundaries-adm3/geoBoundaries-BIH-ADM3.shp",
            142,
            [15.72429991660789, 42.55719021065977, 19.622780229024386, 45.270541837136136],
        ),
        (
            "derived-crs-dev/aze_rayon_pulkovo42_gk8_cp1251.shp",
            78,
            [8480770.32013117, 4257516.250730817, 8978452.195106024, 4640739.572315367],
        ),
        (
            "formats-dev/shp/six_counties.shp",
            6,
            [-77.53702695425945, 38.617648973363295, -76.90939607072305, 39.05800807694522],
        ),
        ("formats-dev/shp/a_utm.shp", 1, [576007.8700000001, 4491881.789999999, 580187.71, 4497047.1]),
        ("formats-dev/shp/c_utm.shp", 1, [573845.3700000001, 4492256.49, 579236.6699999999, 4498835.25]),
        ("formats-dev/shp/file_cp936.shp", 1, [1., 1., 5., 6.]),
        ("formats-dev/shp/utf8-property.shp", 1, [3., 4., 3., 4.]),
        ("formats-dev/shp/polygon_hole.shp", 1, [-120., -60., 120., 60.]),
    ];
    for (name, count, extent) in cases {
        let Some(path) = shared(name) else { continue };
        let read = read(&path).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((read.features.len(), read.extent()), (*count, Some(*extent)), "{name}");
    }
    if let Some(path) = shared("derived-crs-dev/aze_rayon_pulkovo42_gk8_cp1251.shp") {
        let read = read_with(&path, &["iso", "name_ru"], None).unwrap_or_else(|e| panic!("{e}"));
        let name = |code: &str| {
            let at = (0..78).find(|at| read.value(*at, 0) == Some(&Value::Text(code.into())))?;
            read.value(at, 1).cloned()
        };
        assert_eq!(name("AZ-FUZ"), Some(Value::Text("Физулинский район".into())));
        let holes = |at| match read.geometry(at) {
            Some(Geometry::Polygon(p)) => p.interiors().len(),
            Some(Geometry::MultiPolygon(m)) => m.0.iter().map(|p| p.interiors().len()).sum(),
            _ => 0,
        };
        assert_eq!((0..78).map(holes).sum::<usize>(), 7);
        assert_eq!(read.notes(), "");
    }
    if let Some(path) = shared("bih-geoboundaries-adm3/geoBoundaries-BIH-ADM3.shp") {
        let read = read_with(&path, &["shapename"], None).unwrap_or_else(|e| panic!("{e}"));
        assert!((0..142).any(|at| read.value(at, 0) == Some(&Value::Text("Čapljina".into()))));
        assert!(read.notes().contains("valid UTF-8"));
    }
    if let Some(path) = shared("formats-dev/shp/multipatch.shp") {
        let read = read(&path).unwrap_or_else(|e| panic!("{e}"));
        assert!(read.why(0).contains("MultiPatch") && read.bounds(0).is_some());
    }
}
