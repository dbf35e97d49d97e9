use geo_types::{Geometry, polygon};

use crate::read::testing::{Damage, Read, damage, fixtures, is_hazards, read, read_bytes, read_with, shared};
use crate::read::{DeclaredCrs, Shape, Value};

fn of(text: &str) -> Read {
    match read_bytes("a.geojson", text.as_bytes(), &["class", "n", "Text"]) {
        Ok(read) => read,
        Err(e) => panic!("{e}\n{text}"),
    }
}

fn error(text: &[u8]) -> String {
    read_bytes("a.geojson", text, &[]).map_or_else(|e| e.to_string(), |r| panic!("{r:?}"))
}

fn geometry(text: &str) -> Read {
    of(&format!(r#"{{"type":"Feature","properties":null,"geometry":{text}}}"#))
}

#[test]
fn order_of_members_is_nothing() {
    let square = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 0.)];
    for text in [
        r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}"#,
        r#"{"coordinates":[[[0,0],[1,0],[1,1],[0,0]]],"type":"Polygon","bbox":[0,0,1,1]}"#,
        r#"{"coordinates" : [ [ [0.0, 0e0,5] , [1,0,5,6],[1,1], [-0,0]] ] , "type" : "Polygon"}"#,
    ] {
        let read = geometry(text);
        assert_eq!(read.geometry(0), Some(&Geometry::Polygon(square.clone())), "{text}");
        assert_eq!(read.notes(), "");
    }
}

#[test]
fn every_type_is_read() {
    for (text, debug) in [
        (r#"{"type":"Point","coordinates":[1.5,-2]}"#, "POINT(1.5 -2.0)"),
        (r#"{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}"#, "MULTIPOINT(1.0 2.0,3.0 4.0)"),
        (r#"{"type":"LineString","coordinates":[[1,2],[3,4]]}"#, "LINESTRING(1.0 2.0,3.0 4.0)"),
        (r#"{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[]]}"#, "MULTILINESTRING((1.0 2.0,3.0 4.0),EMPTY)"),
        (
            r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[4,0],[4,4],[0,0]],[[1,1],[2,1],[2,2],[1,1]]],[]]}"#,
            "MULTIPOLYGON(((0.0 0.0,4.0 0.0,4.0 4.0,0.0 0.0),(1.0 1.0,2.0 1.0,2.0 2.0,1.0 1.0)),EMPTY)",
        ),
        (
            r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"GeometryCollection","geometries":[]}]}"#,
            "GEOMETRYCOLLECTION(POINT(1.0 2.0),GEOMETRYCOLLECTION EMPTY)",
        ),
        (r#"{"type":"Point","coordinates":[]}"#, "MULTIPOINT EMPTY"),
        (r#"{"type":"Polygon","coordinates":[]}"#, "POLYGON EMPTY"),
        (r#"{"type":"MultiPolygon","coordinates":[ ]}"#, "MULTIPOLYGON EMPTY"),
    ] {
        let read = geometry(text);
        assert_eq!(read.geometry(0).map(|g| format!("{g:?}")).as_deref(), Some(debug), "{text}");
        assert_eq!(of(text).geometry(0), read.geometry(0), "bare");
    }
}

#[test]
fn what_is_no_geometry_is_unreadable_with_its_place() {
    let triangle = Some([0., 0., 1., 1.]);
    for (text, why, bounds) in [
        (r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],["1","1"],[0,1]]]}"#, "number", triangle),
        (r#"{"type":"Polygon","coordinates":[[0,0],[1,0],[1,1]]}"#, "Polygon", triangle),
        (r#"{"type":"Point","coordinates":[[0,0],[1,1]]}"#, "number", triangle),
        (r#"{"type":"LineString","coordinates":[[0,0],[1,1],[1e400,0]]}"#, "too large", triangle),
        (r#"{"type":"LineString","coordinates":[[0,0],[1,1],[NaN,0]]}"#, "number", triangle),
        (r#"{"type":"LineString","coordinates":[[0,0],[1,1],[5]]}"#, "two numbers", triangle),
        (r#"{"type":"LineString","coordinates":[[0,0],[1,1],null]}"#, "position", triangle),
        (r#"{"type":"Circle","coordinates":[0,1]}"#, "no such type", Some([0., 1., 0., 1.])),
        (r#"{"coordinates":[0,1]}"#, "no `type`", Some([0., 1., 0., 1.])),
        (r#"{"type":"Polygon"}"#, "no coordinates", None),
        (r#"{"type":"Polygon","coordinates":null}"#, "array", None),
        (r#"{"type":"Polygon","coordinates":"[[0,0]]"}"#, "array", None),
        (r#"[1,2]"#, "not an object", Some([1., 2., 1., 2.])),
        (r#""x""#, "not an object", None),
        (
            r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,1]},null,{"type":"Point","coordinates":[0,0]}]}"#,
            "null",
            triangle,
        ),
        (r#"{"type":"GeometryCollection","coordinates":[[0,0],[1,1]]}"#, "geometries", triangle),
        (r#"{"type":"Point","geometries":[]}"#, "`coordinates`", None),
    ] {
        let read = geometry(text);
        assert!(read.why(0).contains(why), "{text}: {:?}", read.shape(0));
        assert_eq!(read.bounds(0), bounds, "{text}");
    }
    let nested = r#"{"type":"GeometryCollection","geometries":["#.repeat(20) + &"]}".repeat(20);
    assert!(geometry(&nested).why(0).contains("in one another"));
}

#[test]
fn null_and_absent_geometries_are_missing() {
    for text in [
        r#"{"type":"Feature","geometry":null,"properties":{}}"#,
        r#"{"type":"Feature","properties":{}}"#,
        r#"{"type":"FeatureCollection","features":[{"type":"Feature"}]}"#,
    ] {
        assert_eq!(of(text).shape(0), &Shape::Missing, "{text}");
    }
}

#[test]
fn wanted_values_are_read_in_order_of_slots() {
    let read = of(r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","id":7,"properties":{"TEXT":"a\u00e7\ud83d\ude00","x":{"class":1},"N":1,"class":"SHA"}},
        {"type":"Feature","id":"b","properties":{"n":1.5,"class":null}},
        {"type":"Feature","id":1.5,"properties":{"n":12345678901234567890,"class":[1,{"a":2}],"text":true}},
        {"type":"Feature","id":null,"properties":{"n":1e999,"class":"\ud83d","text":NaN}},
        {"type":"Feature","id":true,"properties":[1]},
        {"type":"Feature","properties":{"class":"a","CLASS":"b"},"properties":{"class":"c","Class":"d"}},
        {"type":"feature","properties":{"cl\u0061ss":"e"}},
        17
    ]}"#);
    assert_eq!(
        read.features.iter().map(|f| f.id.as_deref()).collect::<Vec<_>>(),
        [Some("7"), Some("b"), Some("1.5"), None, None, None, None, None]
    );
    let slots: Vec<u16> = read.features.first().map(|f| f.values.iter().map(|v| v.0).collect()).unwrap_or_default();
    assert_eq!(slots, [0, 1, 2]);
    assert_eq!(read.value(0, 2), Some(&Value::Text("aç😀".into())));
    assert_eq!(read.value(0, 1), Some(&Value::Int(1)));
    assert_eq!(read.value(1, 1), Some(&Value::Float(1.5)));
    assert_eq!(read.value(1, 0), Some(&Value::Null));
    assert_eq!(read.value(2, 1), Some(&Value::Float(12_345_678_901_234_567_890.)));
    assert_eq!(read.value(2, 0), Some(&Value::Text(r#"[1,{"a":2}]"#.into())));
    assert_eq!(read.value(2, 2), Some(&Value::Bool(true)));
    assert_eq!(read.value(3, 1), Some(&Value::Text("1e999".into())));
    assert_eq!(read.value(3, 0), Some(&Value::Text("\u{fffd}".into())));
    assert!(matches!(read.value(3, 2), Some(Value::Float(f)) if f.is_nan()));
    assert_eq!(read.value(5, 0), Some(&Value::Text("d".into())));
    assert_eq!(read.value(6, 0), Some(&Value::Text("e".into())));
    assert!(read.why(7).contains("not an object"));
    for note in ["escaped", "neither text nor a number", "not an object", "2 times", "`Class` stands", "is `feature`"] {
        assert!(read.notes().contains(note), "{note}: {}", read.notes());
    }
}

#[test]
fn rings_are_closed_and_it_is_said() {
    let read = geometry(r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}"#);
    let ring = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 0.)];
    assert_eq!(read.geometry(0), Some(&Geometry::Polygon(ring)));
    assert!(read.notes().contains("not closed"));
}

#[test]
fn crs_is_the_layers() {
    let crs = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::28408"}}"#;
    let gauss = DeclaredCrs::Definition("EPSG:28408".into());
    let point = r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[8500000,4400000]}"#;
    let after = of(&format!(r#"{{"type":"FeatureCollection","features":[{point}}},{point},{crs}}}],{crs}}}"#));
    assert_eq!(after.info.crs, gauss);
    assert_eq!(after.tally(), [0, 0, 2]);
    let own = of(&format!(r#"{{"type":"FeatureCollection","features":[{point}}},{point},{crs}}}]}}"#));
    assert_eq!(own.info.crs, DeclaredCrs::Wgs84);
    assert!(own.why(1).contains("of its own"));
    assert_eq!(of(&format!("{point},{crs}}}")).info.crs, gauss);
    assert!(error(format!("{point},{crs}}}\n{point},\"crs\":null}}").as_bytes()).contains("more than one"));
}

#[test]
fn faults_of_syntax_name_byte_and_line() {
    let text = "{\"type\":\"FeatureCollection\",\"features\":[\n{\"type\":\"Feature\",\"properties\":{\"a\":tru}}\n]}";
    let message = error(text.as_bytes());
    assert!(message.contains("byte 77, line 2") && message.contains("feature 1"), "{message}");
    let cut = error(b"{\"type\":\"FeatureCollection\",\"features\":[\n{\"type\":\"Feature\"}");
    assert!(cut.contains("the file ends"), "{cut}");
    let deep = format!(r#"{{"type":"Feature","properties":{{"a":{}{}}}}}"#, "[".repeat(70), "]".repeat(70));
    assert!(error(deep.as_bytes()).contains("64 levels"));
}

const SMALL: &str = r#"{"type":"FeatureCollection","name":"x","features":[
{"type":"Feature","id":1,"properties":{"class":"CHA","n":-1.5e3},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0.5],[1,1],[0,0]]]}},
{"type":"Feature","properties":{"a":[{"b":"\u00e7\"{"}]},"geometry":null}]}
"#;

#[test]
fn hazards_are_those_of_every_format() {
    let path = fixtures().join("formats/hazards.geojson");
    is_hazards(&read_with(&path, &["id", "class", "date", "area"], None).unwrap_or_else(|e| panic!("{e}")));
}

#[test]
fn damage_is_never_fewer_features() {
    let judge = |kind: Damage, read: &Read| match kind {
        // Without the last line's end nothing is lost.
        Damage::Cut(at) => at + 1 == SMALL.len() && read.features.len() == 2,
        Damage::Changed(_) => read.features.len() == 2,
    };
    damage(("a.geojson", SMALL.as_bytes()), "a.geojson", &[], judge);
    // Here a change of the first line's end joins two texts, and one of a type's name can't be told.
    let lines = "{\"type\":\"Feature\",\"geometry\":null}\n{\"type\":\"Point\",\"coordinates\":[1,2]}\n";
    damage(("a.geojsonl", lines.as_bytes()), "a.geojsonl", &[], |kind, read| match kind {
        Damage::Cut(at) => at >= 34 && read.features.len() == if at < 70 { 1 } else { 2 },
        Damage::Changed(_) => read.features.len() == 2,
    });
}

#[test]
fn real_files_agree_with_gdal() {
    // Counts and extents as GDAL 3.12.4 gives them.
    let cases: &[(&str, usize, [f64; 4])] = &[
        ("formats-dev/geojson/geometrycollection.geojson", 1, [100., 0., 102., 1.]),
        ("formats-dev/geojson/multipolygon-xyz.geojson", 1, [100., 0., 103., 3.]),
        ("formats-dev/geojson/multipolygon.geojson", 1, [100., 0., 103., 3.]),
        ("formats-dev/geojson/polygon-xyz.geojson", 1, [100., 0., 101., 1.]),
        (
            "bih-geoboundaries-adm3/geoBoundaries-BIH-ADM3.geojson",
            142,
            [15.72429991660789, 42.55719021065977, 19.622780229024386, 45.270541837136136],
        ),
        (
            "bih-mines-dev/cleared_areas_sheets23-25.geojson",
            979,
            [15.748878493976996, 43.80825273327708, 17.40484841807529, 45.226750990561406],
        ),
        (
            "bih-mines-dev/incidents_sheets23-25.geojson",
            209,
            [15.760907772777347, 43.76375394443066, 17.40444262211099, 45.22004548665688],
        ),
        (
            "bih-mines-dev/lifted_minefields_sheets23-25.geojson",
            105,
            [15.780277456786406, 43.64024736230636, 17.384963826011795, 45.185003060725094],
        ),
        (
            "bih-mines-dev/suspect_areas_sheets23-25.geojson",
            2288,
            [15.736630871792713, 43.78543262177278, 17.403152159173867, 45.23010257501105],
        ),
        (
            "bih-ne10m/bih_ne10m_v1.geojson",
            18,
            [15.716073852000108, 42.559212138000106, 19.618884725000044, 45.28452382500009],
        ),
        ("bih-ne10m/bih_ne10m_v5.geojson", 18, [15.71607, 42.55921, 19.61888, 45.28452]),
        (
            "aze-ne10m/aze_ne10m_v1.geojson",
            78,
            [44.77455855300019, 38.39264475500005, 50.62574303500011, 41.89044159000011],
        ),
        ("col-mine-events-dev/2018.geojson", 552, [-78.76393643, 0.435, -70.22861111, 10.86722222]),
    ];
    for (name, count, extent) in cases {
        let Some(path) = shared(name) else { continue };
        let read = read(&path).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(read.features.len(), *count, "{name}");
        assert_eq!(read.extent(), Some(*extent), "{name}");
        assert_eq!(read.info.crs, DeclaredCrs::Wgs84, "{name}");
        if name.contains("suspect") {
            assert_eq!(read.tally(), [745, 0, 1543]);
        }
    }
}
