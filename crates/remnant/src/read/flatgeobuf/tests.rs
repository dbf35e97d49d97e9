use crate::read::testing::{
    Damage, Read, coordinates, damage, fixture, fixtures, is_hazards, read_bytes, read_whole, read_with, shared,
};
use crate::read::{DeclaredCrs, Shape, Value};

fn of(name: &str, wanted: &[&str]) -> Read {
    read_with(&fixtures().join(name), wanted, None).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn hazards_are_those_of_every_format() {
    let read = of("formats/hazards.fgb", &["id", "class", "DATE", "area"]);
    is_hazards(&read);
    assert_eq!((read.notes().as_str(), &read.info.crs), ("", &DeclaredCrs::Wgs84));
    assert_eq!(read.info.fields, ["id", "class", "date", "area"]);
}

#[test]
fn an_index_is_passed_over() {
    let read = of("formats/indexed.fgb", &["id"]);
    assert_eq!((read.tally(), read.extent()), ([0, 0, 2], Some([0., 0., 31., 10.])));
    assert_eq!(read.info.crs, DeclaredCrs::Definition("EPSG:28408".into()));
    let mut ids: Vec<_> = (0..2).map(|at| format!("{:?}", read.value(at, 0))).collect();
    ids.sort();
    assert_eq!(ids, ["Some(Text(\"Г-1\"))", "Some(Text(\"Г-2\"))"]);
}

#[test]
fn types_may_be_mixed() {
    let read = of("formats/mixed.fgb", &["n"]);
    let mut debug: Vec<String> = (0..7).map(|at| format!("{:?} {:?}", read.value(at, 0), read.geometry(at))).collect();
    debug.sort();
    assert_eq!(
        debug,
        [
            "Some(Int(1)) Some(POINT(4.0 2.0))",
            "Some(Int(2)) Some(LINESTRING(0.0 0.0,4.0 0.0))",
            "Some(Int(3)) Some(MULTILINESTRING((0.0 0.0,4.0 0.0),(5.0 5.0,6.0 6.0)))",
            "Some(Int(4)) Some(MULTIPOINT(0.0 0.0,4.0 2.0))",
            "Some(Int(5)) Some(GEOMETRYCOLLECTION(POINT(4.0 2.0),POLYGON((0.0 0.0,4.0 0.0,4.0 4.0,0.0 0.0))))",
            "Some(Int(6)) None",
            "Some(Int(7)) Some(POLYGON((0.0 0.0,4.0 0.0,4.0 4.0,0.0 0.0)))",
        ]
    );
}

#[test]
fn curves_and_surfaces_are_read_by_their_chords_and_ground() {
    crate::read::testing::is_curves(&of("formats/curves.fgb", &["n"]));
}

#[test]
fn damage_is_never_fewer_features() {
    for name in ["formats/hazards.fgb", "formats/indexed.fgb"] {
        let content = fixture(name);
        let whole = of(name, &[]);
        let vertices = |read: &Read| {
            let mut count = 0;
            let shapes = (0..read.features.len()).filter_map(|at| read.geometry(at));
            shapes.for_each(|g| coordinates(g, &mut |_, _| count += 1));
            count
        };
        damage(("a.fgb", &content), "a.fgb", &[], |kind, read| match kind {
            Damage::Cut(_) => false,
            Damage::Changed(_) => {
                let told =
                    read.features.iter().any(|f| !f.notes.is_empty() || matches!(f.shape, Shape::Unreadable { .. }));
                let lost = vertices(read) < vertices(&whole) && read.tally() == whole.tally();
                // Without an index nothing tells that a whole part is missing: the format has no checksum.
                read.features.len() == whole.features.len() && (told || !lost || name.contains("hazards"))
            }
        });
    }
    assert!(read_bytes("a.fgb", b"fgb\x03fgb\x00\xff\xff\xff\xff", &[]).is_err());
    assert!(read_bytes("a.fgb", b"fgb\x02fgb\x00", &[]).is_err_and(|e| e.to_string().contains("version 3")));
}

#[test]
fn real_files_agree_with_gdal() {
    let wgs = DeclaredCrs::Wgs84;
    for (name, count, extent, crs) in [
        ("countries.fgb", 179, Some([-180., -85.609038, 180., 83.64513]), &wgs),
        ("countries_nocrs.fgb", 179, Some([-180., -85.609038, 180., 83.64513]), &DeclaredCrs::Unknown),
        ("empty.fgb", 0, None, &wgs),
        ("heterogeneous.fgb", 3, Some([1.2, -4.8, 45., 40.]), &DeclaredCrs::Unknown),
        (
            "poly00.fgb",
            10,
            Some([478315.53125, 4762880.5, 481645.3125, 4765610.5]),
            &DeclaredCrs::Definition("EPSG:27700".into()),
        ),
        (
            "unknown_feature_count.fgb",
            1,
            Some([-69.9114990234375, 18.4587681200151, -69.906005859375, 18.4639785913204]),
            &wgs,
        ),
    ] {
        let Some(path) = shared(&format!("formats-dev/fgb/{name}")) else { continue };
        let read = read_whole(&path, None).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((read.features.len(), read.extent(), &read.info.crs), (count, extent, crs), "{name}");
        let text = match name {
            "countries.fgb" | "countries_nocrs.fgb" => (358, 2122),
            "poly00.fgb" => (10, 80),
            "unknown_feature_count.fgb" => (1, 16),
            _ => (0, 0),
        };
        assert_eq!(read.text(), text, "{name}");
        assert_eq!(read.notes(), "", "{name}");
    }
    if let Some(path) = shared("formats-dev/fgb/countries.fgb") {
        let read = read_with(&path, &["id", "name"], None).unwrap_or_else(|e| panic!("{e}"));
        let azerbaijan = (0..179).find(|at| read.value(*at, 0) == Some(&Value::Text("AZE".into())));
        assert_eq!(azerbaijan.and_then(|at| read.value(at, 1)), Some(&Value::Text("Azerbaijan".into())));
    }
}

/// One line that a collection holds thousands of times, at the same place of the file: 40 kB that would be 64 MB.
#[test]
fn parts_at_one_place_again_and_again_are_refused() {
    use ::flatgeobuf::{Feature, FeatureArgs, Geometry, GeometryArgs, GeometryType, Header, HeaderArgs};
    let file = |times: usize| {
        let mut header = flatbuffers::FlatBufferBuilder::new();
        let args = HeaderArgs {
            geometry_type: GeometryType::MultiLineString,
            features_count: 1,
            index_node_size: 0,
            ..Default::default()
        };
        let root = Header::create(&mut header, &args);
        header.finish_size_prefixed(root, None);
        let mut feature = flatbuffers::FlatBufferBuilder::new();
        let xy: Vec<f64> = (0..4000).map(f64::from).collect();
        let xy = Some(feature.create_vector(&xy));
        let line = GeometryArgs { xy, type_: GeometryType::LineString, ..Default::default() };
        let line = Geometry::create(&mut feature, &line);
        let parts = Some(feature.create_vector(&vec![line; times]));
        let all = GeometryArgs { parts, type_: GeometryType::GeometryCollection, ..Default::default() };
        let geometry = Some(Geometry::create(&mut feature, &all));
        let root = Feature::create(&mut feature, &FeatureArgs { geometry, ..Default::default() });
        feature.finish_size_prefixed(root, None);
        [&b"fgb\x03fgb\0"[..], header.finished_data(), feature.finished_data()].concat()
    };
    let few = read_bytes("few.fgb", &file(3), &[]).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(few.tally(), [0, 0, 1]);
    let many = read_bytes("many.fgb", &file(2000), &[]).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(many.tally(), [0, 1, 0]);
    assert!(many.why(0).contains("again and again"), "{}", many.why(0));
}
