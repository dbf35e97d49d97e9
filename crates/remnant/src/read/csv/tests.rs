use geo_types::Geometry;

use crate::read::testing::{
    Damage, Read, damage, fixture, fixtures, is_hazards, put, read, read_bytes, read_with, scratch, shared,
};
use crate::read::{Bearings, DeclaredCrs, Request, Shape, Value, Wanted, open};

fn of(text: &str) -> Read {
    read_bytes("a.csv", text.as_bytes(), &["id", "name"]).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn debug(read: &Read) -> Vec<String> {
    (0..read.features.len())
        .map(|at| match read.shape(at) {
            Shape::Geometry(g) => format!("{g:?}"),
            Shape::Missing => "missing".into(),
            Shape::Unreadable { why, .. } => why.clone(),
        })
        .collect()
}

#[test]
fn hazards_are_those_of_every_format() {
    let read = read_with(&fixtures().join("formats/hazards.csv"), &["id", "class", "date", "area"], None);
    let read = read.unwrap_or_else(|e| panic!("{e}"));
    is_hazards(&read);
    assert_eq!((read.notes().as_str(), &read.info.crs), ("", &DeclaredCrs::Wgs84));
}

#[test]
fn columns_of_coordinates_are_found() {
    for (text, crs, expected) in [
        ("id,lon,lat\n1,46.5,39.75\n", DeclaredCrs::Wgs84, "POINT(46.5 39.75)"),
        ("id,Latitude,LONGITUDE\n1,39.75,46.5\n", DeclaredCrs::Wgs84, "POINT(46.5 39.75)"),
        ("id;x;y\n1;46,5;39,75\n", DeclaredCrs::Unknown, "POINT(46.5 39.75)"),
        ("id\teasting\tnorthing\n1\t500000\t4400000\n", DeclaredCrs::Unknown, "POINT(500000.0 4400000.0)"),
        ("sep=|\nlng|lat\n1|2\n", DeclaredCrs::Wgs84, "POINT(1.0 2.0)"),
        ("id,shape,x,y\n1,round,1,2\n", DeclaredCrs::Unknown, "POINT(1.0 2.0)"),
        ("id,lon,lat\n1,,\n", DeclaredCrs::Wgs84, "missing"),
        ("id,lon,lat\n1,,5\n", DeclaredCrs::Wgs84, "a coordinate is not a plain number: ``"),
        ("id,lon,lat\n1,48°12'N,5\n", DeclaredCrs::Wgs84, "a coordinate is not a plain number: `48°12'N`"),
        ("id,lon,lat\n1,nan,5\n", DeclaredCrs::Wgs84, "a coordinate is not a plain number: `nan`"),
        ("id,lon,lat\n1,\"46,5\",5\n", DeclaredCrs::Wgs84, "POINT(46.5 5.0)"),
        ("id,x,y\n1,\"46,500\",5\n", DeclaredCrs::Unknown, "a coordinate is not a plain number: `46,500`"),
        ("id,lon,lat\n1,46°30'E,39°45'00\"N\n", DeclaredCrs::Wgs84, "POINT(46.5 39.75)"),
        ("id,name\n1,a\n", DeclaredCrs::Unknown, "missing"),
    ] {
        let read = of(text);
        assert_eq!(debug(&read), [expected], "{text}");
        assert_eq!(read.info.crs, crs, "{text}");
    }
    assert!(of("id,name\n1,a\n").notes().contains("no column tells the place"));
    assert!(of("id,shape,x,y\n1,round,1,2\n").notes().contains("several columns"));
}

#[test]
fn well_known_text_is_of_one_srid() {
    let read = of("id;geom\n1;SRID=28408;POINT(1 2)\n");
    // The separator cuts the SRID off: too many fields, and no place.
    assert!(read.notes().contains("3 fields") && read.tally() == [0, 1, 0] && read.bounds(0).is_none());
    let read = of("id,geom\n1,\n2,SRID=28408;POINT(1 2)\n3,POINT(1 2)\n4,\"SRID=4326;LINESTRING(1 2,3 4)\"\n");
    assert_eq!(read.info.crs, DeclaredCrs::Definition("EPSG:28408".into()));
    assert_eq!(read.tally(), [1, 2, 1]);
    assert!(read.why(3).contains("4326") && read.why(3).contains("28408"));
    let cut = of("id,geom\n1,POLYGON((0 0,1 0,1 1,0 0))\n");
    assert!(cut.tally() == [0, 1, 0] && cut.bounds(0).is_none(), "{cut:?}");
}

#[test]
fn rows_of_other_lengths_are_features() {
    let read = of("id,lon,lat,name\n1,2,3\n2,3,4,a,b\n\n,,,\n");
    assert_eq!(debug(&read), ["POINT(2.0 3.0)", "POINT(3.0 4.0)", "missing"]);
    assert_eq!(read.value(0, 1), Some(&Value::Null));
    assert!(read.notes().contains("3 fields") && read.notes().contains("5 fields"));
    assert!(of("id,lon,lat\n1,2,3").notes().contains("cut short"));
    assert!(read_bytes("a.csv", b"id,lon,lat\n1,\"2,3\n", &[]).is_err_and(|e| e.to_string().contains("line 2")));
}

#[test]
fn encodings_are_stated_given_or_told() {
    let text = "id,lon,lat,name\n1,2,3,Физули\n";
    let name = |bytes: &[u8], encoding: Option<&str>| {
        let folder = scratch();
        put(&folder.path().join("a.csv"), bytes);
        let read = read_with(&folder.path().join("a.csv"), &["name"], encoding).map_err(|e| e.to_string())?;
        Ok::<_, String>((read.value(0, 0).cloned(), read.notes()))
    };
    let right = Ok((Some(Value::Text("Физули".into())), String::new()));
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    assert_eq!(name(text.as_bytes(), None), right);
    assert_eq!(name(format!("\u{feff}{text}").as_bytes(), Some("windows-1251")), right);
    assert_eq!(name(&utf_16(u16::to_le_bytes), None), right);
    assert_eq!(name(&utf_16(u16::to_be_bytes), None), right);
    assert_eq!(name(&encoding_rs::WINDOWS_1251.encode(text).0, Some("cp1251")), right);
    assert!(name(&encoding_rs::WINDOWS_1251.encode(text).0, None).is_ok_and(|n| n.1.contains("name the encoding")));
    assert!(name(&encoding_rs::WINDOWS_1251.encode(text).0, Some("utf-8")).is_ok_and(|n| n.1.contains("replaced")));
    assert!(name(b"id,lon,lat\n\0", None).is_err());
    let mut odd = utf_16(u16::to_le_bytes);
    odd.pop();
    assert!(name(&odd, None).is_err());
}

#[test]
fn content_is_recognised_with_care() {
    for (name, text, known) in [
        ("a.dat", "id,wkt\n1,POINT(1 2)\n", true),
        ("a.dat", "id;lon;lat\n1;2;3\n", true),
        ("a.dat", "dear reader, this is a letter\n", false),
        ("a.dat", "<xml lon,lat>\n", false),
        ("a.dat", "1\t2\t3\n", false),
        ("a.csv", "1,2,3\n", true),
    ] {
        assert_eq!(read_bytes(name, text.as_bytes(), &[]).is_ok(), known, "{name} {text}");
    }
}

#[test]
fn damage_is_told_or_changes_a_value() {
    let text = "id,wkt\n1,\"POLYGON((0 0,1 0,1 1,0 0))\"\n2,\"POINT(5 5)\"\n";
    damage(("a.csv", text.as_bytes()), "a.csv", &[], |kind, read| match kind {
        // A file that ends with a row can't be told from a shorter one.
        Damage::Cut(at) => text.get(..at).is_some_and(|t| t.ends_with('\n')) || read.notes().contains("cut short"),
        // A line break made or unmade changes the number of fields.
        Damage::Changed(_) => read.features.len() == 2 || !read.notes().is_empty(),
    });
}

#[test]
fn real_files_agree_with_gdal() {
    for (name, count, extent) in [
        ("formats-dev/csv/wkt.csv", 3, Some([7.4397, 46.9487, 8.8249, 47.3768])),
        ("formats-dev/csv/utf8_bom.csv", 1, None),
        ("formats-dev/csv/utf16_le_bom.csv", 1, None),
    ] {
        let Some(path) = shared(name) else { continue };
        let read = read(&path).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((read.features.len(), read.extent()), (count, extent), "{name}");
    }
}

/// A table of turning points of one record, with these rows after its header.
fn corners(rows: &str, bearings: Option<Bearings>) -> Read {
    let text = format!("id,pointno,pointtype,frompoint,lon,lat,bearing,distance\n{rows}");
    let folder = scratch();
    let path = folder.path().join("a.csv");
    put(&path, text.as_bytes());
    let wanted = Wanted::new(["id"]);
    let source = open(&Request { bearings, ..Request::of(&path, &wanted) }).unwrap_or_else(|e| panic!("{e}"));
    let features = source.read(0..source.len()).unwrap_or_else(|e| panic!("{e}"));
    Read { info: source.info().clone(), features }
}

#[test]
fn turning_points_make_polygons() {
    let wanted = ["hazard_localid", "class", "date"];
    let table = read_with(&fixtures().join("formats/vertices.csv"), &wanted, None).unwrap_or_else(|e| panic!("{e}"));
    let same = read_with(&fixtures().join("formats/vertices.geojson"), &wanted, None).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(debug(&table), debug(&same));
    for (a, b) in table.features.iter().zip(&same.features) {
        assert_eq!(a.values, b.values);
    }
    assert_eq!(
        table.notes(),
        "its 12 rows are read as the turning points of 2 records, told apart by the column hazard_localid"
    );
    // Numbered points that are records of their own stay points.
    assert_eq!(debug(&of("id,vertex,lon,lat\n1,1,2,3\n2,2,4,5\n")), ["POINT(2.0 3.0)", "POINT(4.0 5.0)"]);
    let differ = of("id,name,vertex,lon,lat\n1,a,1,0,0\n1,b,2,1,0\n1,a,3,1,1\n");
    assert!(
        differ.notes().contains("differ in the field name") && differ.value(0, 1) == Some(&Value::Text("a".into()))
    );
}

#[test]
fn bearings_and_distances_are_followed_and_their_misclosure_told() {
    // A square of 100 m by hand: a tenth of a metre is missing in the last leg.
    let square = "a,1,Start point,,46,40,,\na,2,Turning point,,,,90,100\na,3,Turning point,,,,0,100\n\
                  a,4,Turning point,3,,,270,100\na,5,End point,,,,180,99.9\n";
    let read = corners(square, Some(Bearings::True));
    let Some(Geometry::Polygon(ring)) = read.geometry(0) else { panic!("{read:?}") };
    let ring = &ring.exterior().0;
    // At 40 degrees north a metre is 1/85394 degrees of longitude and 1/111035 of latitude.
    for (at, x, y) in [(1, 100. / 85_394., 0.), (2, 100. / 85_394., 100. / 111_035.), (3, 0., 100. / 111_035.)] {
        assert!((ring[at].x - 46. - x).abs() < 1e-7 && (ring[at].y - 40. - y).abs() < 1e-7, "{at}: {ring:?}");
    }
    assert!(
        read.notes().contains("ends 0.10 m from its first corner (1:3999)") || read.notes().contains("(1:4"),
        "{}",
        read.notes()
    );
    // The same with every bearing measured from magnetic north, which lies 10 degrees west there.
    let magnetic =
        square.replace(",90,", ",100,").replace(",0,", ",10,").replace(",270,", ",280,").replace(",180,", ",190,");
    let turned = corners(&magnetic, Some(Bearings::Magnetic { declination_deg: -10. }));
    assert_eq!(debug(&turned), debug(&read));
    let undeclared = corners(square, None);
    assert!(undeclared.why(0).contains("bearings = \"true\""));
    let bounds = undeclared.bounds(0).unwrap_or_default();
    assert!(bounds[0] < 46. - 300. / 85_394. && bounds[3] > 40. + 300. / 111_035.);
    // Coordinates go before legs, and the leg is held against them.
    let both = "a,1,,,46,40,,\na,2,,,46.001,40,90,100\na,3,,,46.001,40.001,,\n";
    let both = corners(both, Some(Bearings::True));
    assert!(
        both.notes().contains("misses its coordinates by 14.6") || both.notes().contains("by 14.5"),
        "{}",
        both.notes()
    );
    for (rows, why) in [
        ("a,1,,9,,,90,100\na,2,,,46,40,,\n", "whose place is not known"),
        ("a,1,,,46,40,,\na,2,,,,,90,\n", "the distance of point 2"),
        ("a,1,,,46,40,,\na,2,,,,,900,1\n", "no leg of a survey"),
        ("a,1,,,46,40,,\na,2,,2,,,90,1\n", "measured from 2"),
    ] {
        assert!(corners(rows, Some(Bearings::True)).why(0).contains(why), "{rows}");
    }
}

#[test]
fn damage_to_turning_points_is_told_or_changes_a_value() {
    let table = fixture("formats/vertices.csv");
    damage(("a.csv", &table), "a.csv", &[], |kind, read| match kind {
        Damage::Cut(at) => table.get(..at).is_some_and(|t| t.ends_with(b"\n")) || read.notes().contains("cut short"),
        Damage::Changed(_) => read.features.len() <= 12,
    });
}
