use std::path::Path;

use crate::read::testing::{Damage, damage, fixture, fixtures, is_hazards, read, read_bytes, read_with, shared};
use crate::read::{DeclaredCrs, Limits, Request, Shape, Wanted, layers, open};

#[test]
fn hazards_are_those_of_every_format() {
    let path = fixtures().join("formats/hazards.topojson");
    let read = read_with(&path, &["id", "class", "date", "area"], None).unwrap_or_else(|e| panic!("{e}"));
    is_hazards(&read);
    assert_eq!((read.notes().as_str(), &read.info.crs, read.info.format), ("", &DeclaredCrs::Unknown, "TopoJSON"));
    // Wherever its type stands, and whatever it is called.
    let late = String::from_utf8_lossy(&fixture("formats/hazards.topojson")).into_owned();
    let late = late.replacen("\"type\": \"Topology\", ", "", 1).trim_end().to_owned();
    let late = format!("{},\"pad\":\"{}\",\"type\":\"Topology\"}}", &late[..late.len() - 1], " ".repeat(5000));
    let read = read_bytes("a.json", late.as_bytes(), &["id", "class", "date", "area"]);
    is_hazards(&read.unwrap_or_else(|e| panic!("{e}")));
}

#[test]
fn objects_are_layers() {
    let path = fixtures().join("malformed/two_objects.topojson");
    assert_eq!(layers(&path, Limits::default()).ok(), Some(vec!["a".into(), "b".into()]));
    let wanted = Wanted::default();
    let at = |layer: Option<&str>| {
        let source = open(&Request { layer, ..Request::of(&path, &wanted) })?;
        source.read(0..1)
    };
    assert!(at(Some("b")).is_ok_and(|f| f.iter().all(|f| format!("{:?}", f.shape).contains("POINT(3.0 4.0)"))));
    assert!(at(Some("c")).is_err_and(|e| e.to_string().contains("a, b")));
    assert!(at(None).is_err_and(|e| e.to_string().contains("two_objects.topojson#a")));
}

#[test]
fn odd_objects_are_read_or_told() {
    let topology = |object: &str| {
        let text = format!(
            "{{\"type\":\"Topology\",\"arcs\":[[[0,0],[1,0]],[[1,0],[1,1],[0,0]],[[5,5,9],[6,6]]],\"objects\":{{\"a\":{object}}}}}"
        );
        let read = read_bytes("a.topojson", text.as_bytes(), &[]).unwrap_or_else(|e| panic!("{e}"));
        match read.shape(0) {
            Shape::Geometry(g) => format!("{g:?}"),
            Shape::Unreadable { why, bounds } => format!("{why} {bounds:?}"),
            Shape::Missing => "missing".into(),
        }
    };
    for (object, expected) in [
        (r#"{"type":"Polygon","arcs":[[0,1]]}"#, "POLYGON((0.0 0.0,1.0 0.0,1.0 1.0,0.0 0.0))"),
        (r#"{"type":"Polygon","arcs":[[-2,-1]]}"#, "POLYGON((0.0 0.0,1.0 1.0,1.0 0.0,0.0 0.0))"),
        (r#"{"type":"LineString","arcs":[0]}"#, "LINESTRING(0.0 0.0,1.0 0.0)"),
        (r#"{"type":"MultiPoint","coordinates":[[1,2],[3,4,5]]}"#, "MULTIPOINT(1.0 2.0,3.0 4.0)"),
        (
            r#"{"type":"Polygon","arcs":[[0,2]]}"#,
            "arc 2 does not begin where the one before it ends Some([0.0, 0.0, 6.0, 6.0])",
        ),
        (r#"{"type":"Polygon","arcs":[[0,7]]}"#, "there is no arc `7` Some([0.0, 0.0, 1.0, 0.0])"),
        (r#"{"type":"Polygon","arcs":[0]}"#, "an array should stand where `0` stands None"),
        (r#"{"type":"Polygon"}"#, "an array should stand where `null` stands None"),
        (r#"{"type":"Cone","arcs":[]}"#, "its type is `Cone`, which TopoJSON does not have None"),
        (r#"{"type":null}"#, "missing"),
        (r#"{"type":"Point","coordinates":["1",2]}"#, "`[\"1\",2]` is not a position None"),
    ] {
        assert_eq!(topology(object), expected, "{object}");
    }
}

#[test]
fn real_topologies_are_their_sources() {
    for (topology, source) in [
        ("aze-ne10m/aze_ne10m_v1.topojson", "aze-ne10m/aze_ne10m_v1.geojson"),
        (
            "bih-geoboundaries-adm3/geoBoundaries-BIH-ADM3.topojson",
            "bih-geoboundaries-adm3/geoBoundaries-BIH-ADM3.geojson",
        ),
    ] {
        let (Some(topology), Some(source)) = (shared(topology), shared(source)) else { continue };
        let both =
            [topology, source].map(|path: std::path::PathBuf| read(Path::new(&path)).unwrap_or_else(|e| panic!("{e}")));
        let [a, b] = &both;
        assert_eq!(a.tally()[1..], [0, b.features.len()]);
        let (Some(a), Some(b)) = (a.extent(), b.extent()) else { panic!("no extent") };
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.01), "{a:?} {b:?}");
    }
}

#[test]
fn damage_is_told_or_changes_a_value() {
    let content = fixture("formats/hazards.topojson");
    // Cut within an object there is no end; a byte that is changed may be one of a name.
    damage(("a.topojson", &content), "a.topojson", &[], |kind, read| match kind {
        Damage::Cut(at) => at + 1 >= content.len(),
        Damage::Changed(_) => read.features.len() <= 3,
    });
}
