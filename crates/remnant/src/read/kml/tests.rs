use crate::read::testing::{
    Damage, Read, damage, fixture, fixtures, is_hazards, put, read, read_bytes, read_with, scratch,
};
use crate::read::{DeclaredCrs, Limits, Request, Shape, Value, Wanted, layers, open};

const WANTED: &[&str] = &["id", "class", "date", "area"];

fn of(placemarks: &str, wanted: &[&str]) -> Read {
    let text = format!("<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>{placemarks}</Document></kml>");
    read_bytes("a.kml", text.as_bytes(), wanted).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn debug(read: &Read, at: usize) -> String {
    match read.shape(at) {
        Shape::Geometry(g) => format!("{g:?}"),
        Shape::Missing => "missing".into(),
        Shape::Unreadable { why, .. } => why.clone(),
    }
}

#[test]
fn hazards_are_those_of_every_format() {
    let read = read_with(&fixtures().join("formats/hazards.kml"), WANTED, None).unwrap_or_else(|e| panic!("{e}"));
    is_hazards(&read);
    assert_eq!(read.features.iter().map(|f| f.id.as_deref()).collect::<Vec<_>>(), [Some("p1"), None, None]);
    assert_eq!((&read.info.crs, read.info.format), (&DeclaredCrs::Wgs84, "KML"));
    assert_eq!(
        read.notes(),
        "the folders `Hazards`, `Empty places` are read as one layer; name one after a # to read it alone"
    );
}

#[test]
fn top_folders_are_layers() {
    let path = fixtures().join("formats/hazards.kml");
    assert_eq!(layers(&path, Limits::default()).ok(), Some(vec!["Hazards".into(), "Empty places".into()]));
    let wanted = Wanted::default();
    let count = |layer: Option<&str>| {
        open(&Request { layer, ..Request::of(&path, &wanted) }).map(|s| s.len()).map_err(|e| e.to_string())
    };
    assert_eq!((count(None), count(Some("hazards")), count(Some("Hazards"))), (Ok(3), Ok(3), Ok(2)));
    assert_eq!(count(Some("Empty places")), Ok(1));
    assert!(count(Some("North")).is_err_and(|e| e.contains("`Hazards`, `Empty places`")));
}

#[test]
fn geometries_are_read_or_told() {
    let ring = "<LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates></LinearRing>";
    let polygon = format!("<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>");
    for (geometry, expected) in [
        ("<Point><coordinates> 46.5,39.5,100 </coordinates></Point>", "POINT(46.5 39.5)"),
        ("<Point><coordinates/></Point>", "MULTIPOINT EMPTY"),
        ("<Point><coordinates>1,2 3,4</coordinates></Point>", "a Point has 2 positions"),
        ("<LineString><coordinates>1,2 3,4</coordinates></LineString>", "LINESTRING(1.0 2.0,3.0 4.0)"),
        (&polygon, "POLYGON((0.0 0.0,1.0 0.0,1.0 1.0,0.0 0.0))"),
        (&format!("<MultiGeometry>{polygon}</MultiGeometry>"), "MULTIPOLYGON(((0.0 0.0,1.0 0.0,1.0 1.0,0.0 0.0)))"),
        (
            &format!("<MultiGeometry><Point><coordinates>1,2</coordinates></Point>{polygon}</MultiGeometry>"),
            "GEOMETRYCOLLECTION(POINT(1.0 2.0),POLYGON((0.0 0.0,1.0 0.0,1.0 1.0,0.0 0.0)))",
        ),
        ("<MultiGeometry/>", "GEOMETRYCOLLECTION EMPTY"),
        (
            &format!("<Polygon><innerBoundaryIs>{ring}</innerBoundaryIs></Polygon>"),
            "a Polygon has inner boundaries and no outer one",
        ),
        ("<Model><Location/></Model>", "it is a Model, which has no area on the ground"),
        ("<x:Track xmlns:x='http://www.google.com/kml/ext/2.2'/>", "it is a gx:Track, which is not read"),
        ("<x:Point xmlns:x='urn:x'><coordinates>1,2</coordinates></x:Point>", "missing"),
        ("", "missing"),
    ] {
        let read = of(&format!("<Placemark>{geometry}</Placemark>"), &[]);
        assert_eq!(debug(&read, 0), expected, "{geometry}");
    }
    let two = of(&format!("<Placemark>{polygon}{polygon}</Placemark>"), &[]);
    assert!(debug(&two, 0).starts_with("MULTIPOLYGON") && two.notes().contains("2 geometries"));
}

#[test]
fn values_come_from_wherever_they_stand() {
    let read = of(
        "<Schema id='s'><SimpleField name='n' type='int'/><SimpleField name='f' type='float'/>\
         <SimpleField name='b' type='bool'/><SimpleField name='t' type='string'/></Schema>\
         <Placemark id='x'><name> A &amp; B </name><description><![CDATA[<b>c</b>]]></description>\
         <TimeStamp><when>2019-05</when></TimeStamp>\
         <ExtendedData xmlns:c='urn:camp'><SchemaData schemaUrl='#s'><SimpleData name='n'>7</SimpleData>\
         <SimpleData name='f'>x</SimpleData><SimpleData name='b'>1</SimpleData><SimpleData name='t'> y </SimpleData>\
         </SchemaData><c:number>14</c:number><Data name='empty'><value/></Data></ExtendedData></Placemark>\
         <Placemark><name>a</name><TimeSpan><begin>2018</begin><end>2019</end></TimeSpan>\
         <ExtendedData><Data name='NAME'><value>b</value></Data></ExtendedData></Placemark>",
        &["name", "description", "timestamp", "n", "f", "b", "t", "number", "empty", "begin", "end"],
    );
    let text = |t: &str| Some(Value::Text(t.into()));
    let found: Vec<Option<Value>> = (0..9).map(|slot| read.value(0, slot).cloned()).collect();
    let (whole, truth) = (Some(Value::Int(7)), Some(Value::Bool(true)));
    assert_eq!(
        found,
        [
            text("A & B"),
            text("<b>c</b>"),
            text("2019-05"),
            whole,
            text("x"),
            truth,
            text("y"),
            text("14"),
            Some(Value::Null)
        ]
    );
    assert_eq!(
        (read.value(1, 0).cloned(), read.value(1, 9).cloned(), read.value(1, 10).cloned()),
        (text("b"), text("2018"), text("2019"))
    );
    assert!(read.notes().contains("`timestamp`") && read.info.fields.contains(&"begin".to_owned()));
}

#[test]
fn namespaces_and_encodings_are_what_the_root_says() {
    let point = |p: &str| {
        format!(
            "<{p}Placemark><{p}name>Физули</{p}name><{p}Point><{p}coordinates>1,2</{p}coordinates></{p}Point></{p}Placemark>"
        )
    };
    let is = |bytes: &[u8]| {
        let read = read_bytes("a.kml", bytes, &["name"]).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(
            (debug(&read, 0).as_str(), read.value(0, 0)),
            ("POINT(1.0 2.0)", Some(&Value::Text("Физули".into())))
        );
        assert_eq!(read.notes(), "");
    };
    is(format!("<kml>{}</kml>", point("")).as_bytes());
    is(format!("<kml xmlns='urn:other'>{}</kml>", point("")).as_bytes());
    is(format!("<k:kml xmlns:k='http://earth.google.com/kml/2.1'>{}</k:kml>", point("k:")).as_bytes());
    is(format!(
        "<kml xmlns='http://www.opengis.net/kml/2.2' xmlns:kml='http://www.opengis.net/kml/2.2'>{}</kml>",
        point("kml:")
    )
    .as_bytes());
    let text = format!("<?xml version='1.0' encoding='windows-1251'?><kml>{}</kml>", point(""));
    is(&encoding_rs::WINDOWS_1251.encode(&text).0);
    let text = format!("\u{feff}<kml>{}</kml>", point(""));
    is(text.as_bytes());
    is(&text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
}

#[test]
fn what_is_not_read_is_named() {
    let read = of(
        "<NetworkLink><Link><href>https://example.org/a.kml</href></Link></NetworkLink><GroundOverlay/>\
         <Placemark><description>&lt;TABLE&gt;&nbsp;</description></Placemark>",
        &["description"],
    );
    for part in ["https://example.org/a.kml", "not followed", "1 overlays", "tables for the eye", "nbsp"] {
        assert!(read.notes().contains(part), "{part}: {}", read.notes());
    }
}

#[test]
fn old_schemas_make_placemarks() {
    let read = of(
        "<Schema name='Area' parent='Placemark'><SimpleField name='class' type='string'/></Schema>\
                   <Area><class>SHA</class><Point><coordinates>1,2</coordinates></Point></Area>",
        &["class"],
    );
    assert_eq!((debug(&read, 0).as_str(), read.value(0, 0)), ("POINT(1.0 2.0)", Some(&Value::Text("SHA".into()))));
}

#[test]
fn damage_is_told_or_changes_a_value() {
    let content = fixture("formats/hazards.kml");
    damage(("a.kml", &content), "a.kml", &[], |kind, read| match kind {
        Damage::Cut(at) => at + 1 >= content.len(),
        // A name of an element that becomes another one, at both of its ends, can't be met by one byte.
        Damage::Changed(_) => read.features.len() <= 3,
    });
}

#[test]
fn many_folders_and_long_names_cost_little() {
    let name = "n".repeat(1 << 20);
    let text = format!("<kml><Folder><name>{name}</name>{}</Folder></kml>", "<Placemark/>".repeat(20_000));
    let folder = scratch();
    put(&folder.path().join("a.kml"), text.as_bytes());
    assert!(read(&folder.path().join("a.kml")).is_ok_and(|r| r.features.len() == 20_000));
}

#[test]
fn a_root_is_kml_or_a_bare_feature() {
    let read =
        read_bytes("a.kml", b"<Point><coordinates>1,2</coordinates></Point>", &[]).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(debug(&read, 0), "POINT(1.0 2.0)");
    assert!(read.notes().contains("a bare Point"));
    let read = read_bytes("a.kml", b"<Placemark id='7'><Point><coordinates>1,2</coordinates></Point></Placemark>", &[]);
    assert!(read.is_ok_and(|r| r.features.iter().all(|f| f.id.as_deref() == Some("7"))));
    for bad in [
        "<html></html>",
        "<a><Placemark/></a>",
        "<kml/><kml/>",
        "<kml/>x",
        "",
        "x",
        "<kml><Placemark><Placemark/></Placemark></kml>",
    ] {
        assert!(read_bytes("a.kml", bad.as_bytes(), &[]).is_err(), "{bad}");
    }
}
