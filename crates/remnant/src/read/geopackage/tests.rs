use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::crs::{Crs, Operation};
use crate::error::Result;
use crate::read::testing::{
    Read, fixture, fixtures, is_hazards, put, read, read_layer, read_whole, read_with, scratch, shared,
};
use crate::read::{DeclaredCrs, Value};

/// What every GeoPackage has, with EPSG:4326 known.
const EMPTY: &str = "
    CREATE TABLE gpkg_spatial_ref_sys(srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
        organization_coordsys_id INTEGER, definition TEXT, definition_12_063 TEXT);
    INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, 'undefined', 'undefined');
    CREATE TABLE gpkg_contents(table_name TEXT PRIMARY KEY, data_type TEXT, srs_id INTEGER);
    CREATE TABLE gpkg_geometry_columns(table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER);";

/// A point as a GeoPackage writes it, as a literal of SQL.
fn point(x: f64, y: f64) -> String {
    let numbers = [x, y].iter().flat_map(|c| c.to_le_bytes()).map(|b| format!("{b:02x}")).collect::<String>();
    format!("x'4750000100000000{}{numbers}'", "0101000000")
}

/// The statements that list a table or view as a layer.
fn listed(name: &str, srs: i64) -> String {
    let name = name.replace('\'', "''");
    format!(
        "INSERT INTO gpkg_contents VALUES ('{name}', 'features', {srs});
         INSERT INTO gpkg_geometry_columns VALUES ('{name}', 'geom', 'GEOMETRY', {srs});"
    )
}

fn make(path: &Path, sql: &str) -> Connection {
    let made = Connection::open(path).and_then(|c| c.execute_batch(&format!("{EMPTY}{sql}")).map(|()| c));
    made.unwrap_or_else(|e| panic!("{e}"))
}

/// Reads a GeoPackage made of these statements.
fn of(sql: &str, layer: Option<&str>, wanted: &[&str]) -> Result<Read> {
    let folder = scratch();
    let path = folder.path().join("a.gpkg");
    drop(make(&path, sql));
    let before = fs::read(&path).unwrap_or_default();
    let read = read_layer(&path, layer, wanted);
    assert_eq!(fs::read(&path).unwrap_or_default(), before, "the file was written");
    assert_eq!(fs::read_dir(folder.path()).map(Iterator::count).unwrap_or_default(), 1, "something was left beside it");
    read
}

#[track_caller]
fn good(result: Result<Read>) -> Read {
    result.unwrap_or_else(|e| panic!("{e}"))
}

#[track_caller]
fn refused(result: Result<Read>, parts: &[&str]) {
    let message = result.map(|read| format!("{read:?}")).expect_err("a refusal").to_string();
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}

#[test]
fn hazards_are_those_of_every_format() {
    let path = fixtures().join("formats/hazards.gpkg");
    let read = good(read_with(&path, &["id", "class", "DATE", "area"], None));
    is_hazards(&read);
    assert!(matches!(read.value(0, 2), Some(Value::Date(_))));
    assert_eq!((read.notes().as_str(), &read.info.crs), ("", &DeclaredCrs::Wgs84));
    assert_eq!(read.info.fields, ["fid", "id", "class", "date", "area"]);
    assert_eq!((read.info.name.as_str(), read.info.files.len()), ("hazards", 1));
}

#[test]
fn a_layer_is_asked_for_by_its_name() {
    let row = |name: &str| format!("INSERT INTO \"{name}\" VALUES (1, {});", point(1., 2.));
    let odd = "a\"\"b'c; DROP TABLE gpkg_contents --";
    let sql = format!(
        "CREATE TABLE one(fid INTEGER PRIMARY KEY, geom BLOB); {}{} CREATE TABLE \"{odd}\"(fid INTEGER PRIMARY KEY, geom BLOB); \
         {}{}{} INSERT INTO gpkg_contents VALUES ('plain', 'attributes', 0); CREATE TABLE plain(a);",
        row("one"),
        listed("one", 4326),
        row(odd),
        listed(&odd.replace("\"\"", "\""), 4326),
        listed("ghost", 4326),
    );
    refused(of(&sql, None, &[]), &["several layers", "2: a\"b'c; DROP TABLE gpkg_contents --, one", "a.gpkg#a"]);
    refused(of(&sql, Some("two"), &[]), &["no such layer", "name one of a\"b"]);
    refused(of(&sql, Some("plain"), &[]), &["no such layer", "does not list it"]);
    refused(of(&sql, Some("ghost"), &[]), &["its table is not there"]);
    for name in ["one", "ONE", "a\"b'c; DROP TABLE gpkg_contents --"] {
        assert_eq!(good(of(&sql, Some(name), &[])).tally(), [0, 0, 1], "{name}");
    }
    refused(of("", None, &[]), &["no layer of features"]);
    let folder = scratch();
    let path = folder.path().join("a.gpkg");
    let made = Connection::open(&path).and_then(|c| c.execute_batch("CREATE TABLE a(b)"));
    assert_eq!(made, Ok(()));
    refused(read(&path), &["no GeoPackage with features", "ogr2ogr"]);
}

#[test]
fn values_have_the_types_of_their_columns() {
    let sql = format!(
        "CREATE TABLE t(fid INTEGER PRIMARY KEY, geom BLOB, day DATE, moment DATETIME, flag BOOLEAN, number REAL, text TEXT, \
         bytes BLOB, sum REAL AS (number * 2) STORED, \"A\" INTEGER, \" a \" INTEGER);
         INSERT INTO t(geom, day, moment, flag, number, text, bytes, \"A\", \" a \") VALUES
            ({0}, '2019-05-01', '2019-05-01T23:59:59.5Z', 1, 1.5, 'text', x'00', 1, 2),
            ({0}, '2019-05', '2019', 2, 'x', CAST(x'ff41' AS TEXT), NULL, NULL, NULL); {1}",
        point(1., 2.),
        listed("t", 4326)
    );
    let wanted = ["day", "moment", "flag", "number", "text", "bytes", "sum", "a"];
    let read = good(of(&sql, None, &wanted));
    let text = |t: &str| Value::Text(t.into());
    let day = jiff::civil::date(2019, 5, 1);
    let first: Vec<_> = (0..8).filter_map(|slot| read.value(0, slot).cloned()).collect();
    let expected = [Value::Date(day), Value::Date(day), Value::Bool(true), Value::Float(1.5), text("text")];
    assert_eq!(first[..5], expected);
    assert_eq!(first[5..], [Value::Null, Value::Float(3.0), Value::Int(1)]);
    let second: Vec<_> = (0..8).filter_map(|slot| read.value(1, slot).cloned()).collect();
    assert_eq!(second[..5], [text("2019-05"), Value::Int(2019), Value::Int(2), text("x"), text("\u{fffd}A")]);
    for note in ["bytes is binary", "text is not all valid UTF-8", "A and  a  mean the same"] {
        assert!(read.notes().contains(note), "{note}: {}", read.notes());
    }
}

#[test]
fn views_are_read_without_a_key() {
    let sql = format!(
        "CREATE TABLE t(fid INTEGER PRIMARY KEY, geom BLOB, id TEXT); CREATE TABLE names(id TEXT, name TEXT);
         INSERT INTO t(geom, id) VALUES ({}, 'a'), ({}, 'b'), (NULL, 'c'); INSERT INTO names VALUES ('a', 'A'), ('b', 'B');
         CREATE VIEW v AS SELECT t.geom, t.id, n.name FROM t LEFT JOIN names n ON n.id = t.id ORDER BY t.fid DESC;
         CREATE TABLE keyed(k TEXT PRIMARY KEY, geom BLOB) WITHOUT ROWID; INSERT INTO keyed VALUES ('z', NULL), ('a', NULL);
         {}{}",
        point(1., 2.),
        point(3., 4.),
        listed("v", 4326),
        listed("keyed", 4326),
    );
    let read = good(of(&sql, Some("v"), &["id", "name"]));
    assert_eq!((read.tally(), read.extent()), ([1, 0, 2], Some([1., 2., 3., 4.])));
    let names: Vec<_> = (0..3).map(|at| read.value(at, 1).cloned()).collect();
    assert_eq!(names, [Some(Value::Null), Some(Value::Text("B".into())), Some(Value::Text("A".into()))]);
    let keyed = good(of(&sql, Some("keyed"), &["k"]));
    assert_eq!((keyed.tally(), keyed.value(0, 0)), ([2, 0, 0], Some(&Value::Text("a".into()))));
}

#[test]
fn reference_systems_are_found_wherever_the_file_says_them() {
    let wkt = "PROJCS[\"mine\",GEOGCS[\"x\",DATUM[\"y\",SPHEROID[\"z\",6378137,298.257223563]],PRIMEM[\"Greenwich\",0],\
               UNIT[\"degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"central_meridian\",45],\
               PARAMETER[\"false_easting\",500000],UNIT[\"metre\",1]]";
    let newer = wkt.replace("mine", "newer");
    let definition = |text: &str| DeclaredCrs::Definition(text.into());
    for (srs, row, expected, note) in [
        (4326, String::new(), DeclaredCrs::Wgs84, ""),
        (28408, "'EPSG', 28408, 'undefined', NULL".into(), definition("EPSG:28408"), ""),
        (31467, "'epsg', 31467, 'nonsense', NULL".into(), definition("EPSG:31467"), ""),
        (102100, "'ESRI', 102100, 'undefined', NULL".into(), definition("ESRI:102100"), ""),
        (100_001, format!("'NONE', 0, '{wkt}', NULL"), definition(wkt), ""),
        (100_002, format!("'NONE', 100002, '{wkt}', '{newer}'"), definition(&newer), ""),
        (100_003, format!("'EPSG', 999999, '{wkt}', 'undefined'"), definition(wkt), ""),
        (100_004, "'EPSG', 999999, 'undefined', NULL".into(), definition("EPSG:999999"), ""),
        (
            99999,
            "'GDAL', 99999, 'LOCAL_CS[\"Undefined SRS\",UNIT[\"unknown\",1]]', NULL".into(),
            DeclaredCrs::Unknown,
            "",
        ),
        (100_005, "'NONE', 0, 'undefined', NULL".into(), DeclaredCrs::Unknown, "does not say what"),
        (-1, String::new(), DeclaredCrs::Unknown, "plane ones"),
        (0, String::new(), DeclaredCrs::Unknown, "degrees of no system"),
        (77, String::new(), DeclaredCrs::Unknown, "does not define"),
    ] {
        let row =
            if row.is_empty() { row } else { format!("INSERT INTO gpkg_spatial_ref_sys VALUES ('n', {srs}, {row});") };
        let sql = format!("{row} CREATE TABLE t(geom BLOB); {}", listed("t", srs));
        let read = good(of(&sql, None, &[]));
        assert_eq!(read.info.crs, expected, "{srs}");
        assert!(read.notes().contains(note) && read.notes().is_empty() == note.is_empty(), "{srs}: {}", read.notes());
    }
    // Each layer has its own.
    let sql = format!(
        "INSERT INTO gpkg_spatial_ref_sys VALUES ('n', 28408, 'EPSG', 28408, '', ''); CREATE TABLE a(geom); CREATE TABLE b(geom); \
         {}{} UPDATE gpkg_contents SET srs_id = 4326;",
        listed("a", 4326),
        listed("b", 28408)
    );
    assert_eq!(good(of(&sql, Some("a"), &[])).info.crs, DeclaredCrs::Wgs84);
    let b = good(of(&sql, Some("b"), &[]));
    assert_eq!(b.info.crs, definition("EPSG:28408"));
    assert!(b.notes().contains("two reference systems"));
}

/// The systems put northings first; the file has eastings first, as the format demands.
#[test]
fn eastings_come_first_whatever_the_authority_says() {
    for (code, place, lonlat) in [(31467, (3.5e6, 5.4e6), [9.0, 48.7]), (28408, (8.5e6, 4.4e6), [45.0, 39.7])] {
        let sql = format!(
            "INSERT INTO gpkg_spatial_ref_sys VALUES ('n', {code}, 'EPSG', {code}, 'undefined', NULL);
             CREATE TABLE t(geom BLOB); INSERT INTO t VALUES ({}); {}",
            point(place.0, place.1),
            listed("t", code)
        );
        let read = good(of(&sql, None, &[]));
        let DeclaredCrs::Definition(definition) = &read.info.crs else { panic!("{:?}", read.info.crs) };
        let crs = Crs::parse(definition).unwrap_or_else(|e| panic!("{e}"));
        let operation = Operation::choose(&crs, read.extent()).unwrap_or_else(|e| panic!("{e}"));
        let mut found = [[place.0, place.1]];
        assert_eq!(operation.transformer().map(|t| t.to_lonlat(&mut found)), Ok(Ok(())), "{code}");
        let off = (found[0][0] - lonlat[0]).abs().max((found[0][1] - lonlat[1]).abs());
        assert!(off < 0.05, "{code}: {found:?}");
    }
}

/// A GeoPackage whose last rows stand only in the log beside it, copied while a writer has it open.
fn with_log(folder: &Path) -> Vec<u8> {
    let open = folder.join("open.gpkg");
    let writer =
        make(&open, &format!("CREATE TABLE t(fid INTEGER PRIMARY KEY, geom BLOB, n INTEGER); {}", listed("t", 4326)));
    let row = |n: u32| format!("INSERT INTO t(geom, n) VALUES ({}, {n});", point(f64::from(n), 0.));
    let script = format!(
        "{} PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; {}{}",
        row(1),
        row(2),
        // Many rows, so that the file grows in the log.
        (3..200).map(row).collect::<String>()
    );
    writer.execute_batch(&script).unwrap_or_else(|e| panic!("{e}"));
    for (from, to) in [("open.gpkg", "a.gpkg"), ("open.gpkg-wal", "a.gpkg-wal")] {
        fs::copy(folder.join(from), folder.join(to)).unwrap_or_else(|e| panic!("{e}"));
    }
    drop(writer);
    for name in ["open.gpkg", "open.gpkg-wal", "open.gpkg-shm"] {
        let _ = fs::remove_file(folder.join(name));
    }
    fs::read(folder.join("a.gpkg-wal")).unwrap_or_default()
}

#[test]
fn rows_in_a_log_beside_the_file_count() {
    let folder = scratch();
    let log = with_log(folder.path());
    let path = folder.path().join("a.gpkg");
    let names = || {
        let mut names: Vec<_> =
            fs::read_dir(folder.path()).into_iter().flatten().flatten().map(|e| e.file_name()).collect();
        names.sort();
        names
    };
    let (before, content) = (names(), fs::read(&path).unwrap_or_default());
    let all = good(read_with(&path, &["n"], None));
    assert_eq!((all.features.len(), all.value(198, 0)), (199, Some(&Value::Int(199))));
    assert!(all.notes().contains("another program has this file open"), "{}", all.notes());
    assert_eq!(all.info.files.len(), 2);
    assert_eq!((names(), fs::read(&path).unwrap_or_default()), (before, content));
    // By a link, SQLite would look beside the file itself.
    #[cfg(unix)]
    {
        let elsewhere = scratch();
        let link = elsewhere.path().join("b.gpkg");
        std::os::unix::fs::symlink(&path, &link).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(good(read(&link)).features.len(), 199);
    }
    // Without the log there is no sign of them, and the file alone is whole.
    let _ = fs::remove_file(folder.path().join("a.gpkg-wal"));
    assert_eq!(good(read(&path)).features.len(), 1);
    // A byte of it changed is an error.
    let wal = folder.path().join("a.gpkg-wal");
    for at in [0, 3, 8, 17, 25, 32, 40, 44, 5000, log.len() / 2, log.len() - 9] {
        let mut changed = log.clone();
        changed[at] ^= 0x10;
        put(&wal, &changed);
        refused(read(&path), &["middle of a change", "close it"]);
    }
    // Cut short, it is what a writer leaves that is cut off: only what was committed whole counts.
    for cut in [100, 5000, log.len() - 9] {
        put(&wal, &log[..cut]);
        let count = good(read(&path)).features.len();
        assert!((1..199).contains(&count), "{count} after a cut at {cut}");
    }
    put(&wal, &[]);
    assert_eq!(good(read(&path)).features.len(), 1);
    put(&wal, &[0; 64]);
    assert_eq!(good(read(&path)).features.len(), 1);
    let mut other = log.clone();
    other.truncate(32);
    put(&wal, &other);
    assert_eq!(good(read(&path)).features.len(), 1);
}

#[test]
fn a_change_that_was_broken_off_is_refused() {
    let folder = scratch();
    let path = folder.path().join("a.gpkg");
    put(&path, &fixture("formats/hazards.gpkg"));
    put(&folder.path().join("a.gpkg-journal"), b"\xD9\xD5\x05\xF9\x20\xA1\x63\xD7 and more");
    refused(read(&path), &["middle of a change", "journal"]);
    put(&folder.path().join("a.gpkg-journal"), &[0; 512]);
    assert_eq!(good(read(&path)).features.len(), 3);
}

#[test]
fn hostile_files_end_in_bounded_time_and_memory() {
    let view = |name: &str, select: &str| {
        format!(
            "CREATE TABLE t(geom BLOB, id TEXT); INSERT INTO t VALUES ({}, 'a'); CREATE VIEW {name} AS {select}; {}",
            point(1., 2.),
            listed(name, 4326)
        )
    };
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    refused(
        of(&view("v", &format!("{endless} SELECT geom, i AS id FROM n, t WHERE i < 0")), None, &["id"]),
        &["never ends"],
    );
    // Every row takes more than it costs in steps.
    let wide = format!("{endless} SELECT geom, hex(hex(hex(hex(hex(hex(hex(printf('%4000d', i)))))))) AS id FROM n, t");
    refused(of(&view("v", &wide), None, &["id"]), &["far more than"]);
    for (function, said) in [
        ("random()", "random"),
        ("load_extension('x')", "load_extension"),
        ("st_buffer(geom)", "st_buffer"),
        ("zeroblob(9)", "zeroblob"),
    ] {
        refused(
            of(&view("v", &format!("SELECT geom, {function} AS id FROM t")), None, &["id"]),
            &["can't be used", said],
        );
    }
    let nested: String =
        (1..40).map(|n| format!("CREATE VIEW v{n} AS SELECT a.geom FROM v{0} a, v{0} b;", n - 1)).collect();
    refused(
        of(&format!("CREATE TABLE v0(geom BLOB); {nested} {}", listed("v39", 4326)), None, &[]),
        &["can't be used"],
    );
    // A table that calls itself the list of layers.
    let sql = "DROP TABLE gpkg_geometry_columns; CREATE VIEW gpkg_geometry_columns AS \
               WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
               SELECT i AS table_name, 'g' AS column_name, 1 AS srs_id FROM n";
    refused(of(sql, None, &[]), &["never ends"]);
}

#[test]
fn curves_and_surfaces_are_read_by_their_chords_and_ground() {
    let read = good(read(&fixtures().join("formats/curves.gpkg")));
    crate::read::testing::is_curves(&read);
    assert_eq!(read.info.crs, DeclaredCrs::Definition("EPSG:32638".into()));
}

#[test]
fn damage_is_never_fewer_features() {
    let content = fixture("formats/hazards.gpkg");
    let folder = scratch();
    let path = folder.path().join("a.gpkg");
    for cut in (0..content.len()).step_by(97) {
        put(&path, &content[..cut]);
        assert!(read(&path).is_err(), "cut at {cut}");
    }
    let whole = good(read(&fixtures().join("formats/hazards.gpkg")));
    for at in (0..content.len()).step_by(11) {
        for mask in [0x01, 0xFF] {
            let mut changed = content.clone();
            changed[at] ^= mask;
            put(&path, &changed);
            let Ok(read) = read(&path) else { continue };
            assert_eq!(read.features.len(), 3, "byte {at}");
            let told = !read.notes().is_empty() || read.tally()[1] > 0;
            let near = |(a, b): (f64, f64)| (a - b).abs() <= 1e-7;
            let sides = read.extent().unwrap_or_default().into_iter().zip(whole.extent().unwrap_or_default());
            let same = sides.into_iter().all(near) && read.tally() == whole.tally();
            // A coordinate that no box shows, or a geometry that became none by its column, has no sum to be held against.
            assert!(same || told || read.tally()[0] > 1 || read.info.crs != whole.info.crs, "byte {at}: {read:?}");
        }
    }
}

#[test]
fn real_files_agree_with_gdal() {
    let Some(folder) = shared("formats-dev/gpkg") else { return };
    let definition = |text: &str| DeclaredCrs::Definition(text.into());
    let (wgs, none) = (DeclaredCrs::Wgs84, DeclaredCrs::Unknown);
    for (name, layer, count, extent, crs) in [
        // The boxes of the features; what GDAL calls the extent of some of these layers is that of their index, whose
        // numbers are of single precision: a metre more on each side.
        (
            "curvepolygon",
            "curvepolygon",
            1,
            [-128.96802194067385, 51.4143492970437, -122.03318456418232, 55.36440387548986],
            &wgs,
        ),
        ("gdal_sample", "point2d", 2, [1., 2., 1., 2.], &none),
        ("gdal_sample", "linestring2d", 2, [1., 2., 3., 4.], &wgs),
        ("gdal_sample", "polygon2d", 2, [0., 0., 10., 10.], &definition("EPSG:32631")),
        ("gdal_sample", "multipoint2d", 2, [0., 1., 2., 3.], &none),
        ("gdal_sample", "multilinestring2d", 2, [0., 1., 6., 7.], &none),
        ("gdal_sample", "multipolygon2d", 2, [-9., 0., 10., 10.], &none),
        ("gdal_sample", "geomcollection2d", 5, [-9., 0., 10., 10.], &none),
        ("gdal_sample", "geometry2d", 8, [-9., 0., 10., 10.], &none),
        ("gdal_sample", "point3d", 2, [1., 2., 1., 2.], &none),
        ("gdal_sample", "linestring3d", 2, [1., 2., 4., 5.], &none),
        ("gdal_sample", "polygon3d", 2, [0., 0., 10., 10.], &none),
        ("gdal_sample", "multipoint3d", 2, [0., 1., 3., 4.], &none),
        ("gdal_sample", "multilinestring3d", 2, [0., 1., 9., 10.], &none),
        ("gdal_sample", "multipolygon3d", 2, [-9., 0., 10., 10.], &none),
        ("gdal_sample", "geomcollection3d", 5, [-9., 0., 10., 10.], &none),
        ("gdal_sample", "geometry3d", 8, [-9., 0., 10., 10.], &none),
        (
            "line_zm",
            "line_zm",
            1,
            [-123.21079845830354, 48.98614986424009, -95.03529565821856, 49.01476383135495],
            &wgs,
        ),
        (
            "mixed_crs",
            "oregon_2269",
            1,
            [7097582.733369743, -609888.6579754022, 9235062.224202445, 974135.7009694075],
            &definition("EPSG:2269"),
        ),
        ("mixed_crs", "oregon_4326", 1, [-124.61256, 41.99269000000004, -116.4618599999999, 46.28532000000007], &wgs),
        (
            "multipleholes",
            "multipolywithholes",
            1,
            [-77.7777099609375, 37.32648861334206, -76.7889404296875, 39.104488809440475],
            &wgs,
        ),
        (
            "multisurface",
            "multisurface",
            1,
            [-95.29698763468994, 53.06992070409323, -73.7073995758013, 63.36578165250125],
            &wgs,
        ),
        ("null_crs_gdal", "land", 1, [-124.61256, 41.99269000000004, -116.4618599999999, 46.28532000000007], &none),
        ("shared_vs_unshared_paths", "roads", 121, [-124.49648, 41.9948, -116.94024, 46.19402], &wgs),
        ("shared_vs_unshared_paths", "counties", 36, [-124.556249, 41.9921539, -116.4635039, 46.29045], &wgs),
        ("shared_vs_unshared_paths", "state", 1, [-124.556249, 41.9921539, -116.4635039, 46.29045], &wgs),
    ] {
        let read = good(read_whole(&folder.join(name).with_extension("gpkg"), Some(layer)));
        assert_eq!((read.features.len(), &read.info.crs), (count, crs), "{name} {layer}");
        let found = read.extent().unwrap_or_default();
        assert!(found.iter().zip(&extent).all(|(a, b)| (a - b).abs() < 1e-8), "{name} {layer}: {found:?}, {extent:?}");
        assert_eq!(read.tally()[1], 0, "{name} {layer}");
        let text = match (name, layer) {
            ("gdal_sample", "point2d") => (1, 3),
            ("mixed_crs" | "null_crs_gdal", _) => (6, 30),
            (_, "roads") => (121, 2299),
            (_, "counties") => (180, 997),
            _ => (0, 0),
        };
        assert_eq!(read.text(), text, "{name} {layer}");
    }
}
