//! The fast pass: where each feature begins and ends, and what the file says of itself.

use super::json::{Broken, Cursor};
use crate::read::DeclaredCrs;

/// Where an item (a feature, a bare geometry, or an element that is neither) stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What the pass found.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) items: Vec<Span>,
    pub(super) crs: Option<DeclaredCrs>,
    pub(super) name: Option<String>,
    pub(super) notes: Vec<String>,
}

/// Why a file can't be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Its syntax is wrong.
    Broken(Broken),
    /// It is JSON, but no GeoJSON that can be trusted: why and what to do.
    Foreign(String, &'static str),
    /// It is TopoJSON.
    Topology,
}

impl From<Broken> for Refusal {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

/// The types of GeoJSON's geometries.
pub(super) const GEOMETRIES: [&str; 7] =
    ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"];

const EXPORT: &str = "export it as GeoJSON, for example with: ogr2ogr out.geojson IN";
const AGAIN: &str = "export it again; nobody can tell what this one was meant to hold";

/// Goes over the whole file: one GeoJSON text, or a sequence of them on lines or after record separators.
pub(super) fn split(bytes: &[u8]) -> Result<Layout, Refusal> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Refusal::Foreign("it is in UTF-16, and GeoJSON is UTF-8".into(), "save it as UTF-8"));
    }
    let start = if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) { 3 } else { 0 };
    let mut cursor = Cursor::new(bytes, start);
    let mut layout = Layout::default();
    let mut texts = 0_usize;
    let mut separated = true;
    loop {
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n' | 0x1E)) = cursor.bytes.get(cursor.at) {
            separated |= matches!(byte, b'\n' | 0x1E);
            cursor.at += 1;
        }
        match cursor.bytes.get(cursor.at) {
            None => break,
            Some(b'{') if separated => {
                text(&mut cursor, &mut layout)?;
                texts += 1;
                separated = false;
            }
            Some(_) if texts == 0 => return Err(cursor.broken("a GeoJSON object should begin here").into()),
            Some(_) => return Err(cursor.broken("something follows the end of the GeoJSON text").into()),
        }
    }
    if texts == 0 {
        return Err(cursor.broken("there is nothing but white space").into());
    }
    Ok(layout)
}

/// What the members of a text tell.
#[derive(Default)]
struct Seen {
    kind: Option<String>,
    collections: usize,
    esri: bool,
    feature: bool,
}

fn text(cursor: &mut Cursor<'_>, layout: &mut Layout) -> Result<(), Refusal> {
    let start = cursor.at;
    let before = layout.items.len();
    let mut seen = Seen::default();
    cursor.expect(b'{', "a GeoJSON object should begin here")?;
    if !cursor.take(b'}') {
        loop {
            member(cursor, layout, &mut seen)?;
            if !cursor.more_members()? {
                break;
            }
        }
    }
    if seen.collections > 1 {
        layout.notes.push("the member `features` stands there more than once; the features of all are used".into());
    }
    let whole = Span { start, end: cursor.at };
    match seen.kind.as_deref() {
        Some("FeatureCollection") if seen.collections > 0 => {}
        Some("FeatureCollection") => {
            return Err(Refusal::Foreign("it is a FeatureCollection without an array `features`".into(), AGAIN));
        }
        Some("Topology") => return Err(Refusal::Topology),
        Some(kind) if kind == "Feature" || GEOMETRIES.contains(&kind) => {
            if seen.collections > 0 {
                return Err(Refusal::Foreign(format!("it is a {kind} with an array `features` in it"), AGAIN));
            }
            layout.items.truncate(before);
            layout.items.push(whole);
        }
        Some(kind) => {
            let kind: String = kind.chars().take(40).collect();
            return Err(Refusal::Foreign(format!("its type is `{kind}`, which GeoJSON does not have"), EXPORT));
        }
        None if seen.esri => {
            return Err(Refusal::Foreign("it is Esri JSON, which can't be read".into(), EXPORT));
        }
        None if seen.collections > 0 => {
            layout.notes.push("the member `type` is missing; it is read as a FeatureCollection".into());
        }
        None if seen.feature => layout.items.push(whole),
        None => return Err(Refusal::Foreign("it has no member `type`".into(), EXPORT)),
    }
    Ok(())
}

fn member(cursor: &mut Cursor<'_>, layout: &mut Layout, seen: &mut Seen) -> Result<(), Refusal> {
    let key = cursor.key()?;
    let next = cursor.token();
    match (key.plain().unwrap_or_default(), next) {
        (b"type", Some(b'"')) => {
            let kind = cursor.string()?.text().0;
            if seen.kind.as_ref().is_some_and(|k| *k != kind) {
                return Err(Refusal::Foreign(format!("it has two types, one of them `{kind}`"), AGAIN));
            }
            seen.kind = Some(kind);
        }
        (b"features", Some(b'[')) => {
            seen.collections += 1;
            features(cursor, layout)?;
        }
        (b"crs", _) => {
            let start = cursor.at;
            cursor.skip()?;
            let (crs, note) = declared(cursor.since(start));
            layout.notes.extend(note);
            if layout.crs.as_ref().is_some_and(|c| *c != crs) {
                return Err(Refusal::Foreign("it states more than one coordinate system".into(), AGAIN));
            }
            layout.crs = Some(crs);
        }
        (b"name", Some(b'"')) => layout.name = Some(cursor.string()?.text().0),
        // Decoding checks these.
        (b"geometry" | b"properties", Some(b'{')) => {
            seen.feature = true;
            cursor.skip_object()?;
        }
        (b"geometry" | b"properties", _) => {
            seen.feature = true;
            cursor.skip()?;
        }
        (b"geometryType" | b"spatialReference" | b"displayFieldName", _) => {
            seen.esri = true;
            cursor.skip()?;
        }
        _ => cursor.skip()?,
    }
    Ok(())
}

fn features(cursor: &mut Cursor<'_>, layout: &mut Layout) -> Result<(), Broken> {
    cursor.expect(b'[', "an array should begin here")?;
    if cursor.take(b']') {
        return Ok(());
    }
    loop {
        let next = cursor.token();
        let start = cursor.at;
        if next == Some(b'{') {
            cursor.skip_object()?
        } else {
            cursor.skip()?
        }
        layout.items.push(Span { start, end: cursor.at });
        if !cursor.more_elements()? {
            return Ok(());
        }
    }
}

/// What a `crs` member (GeoJSON of 2008) means, and what is to be said about it.
pub(super) fn declared(json: &[u8]) -> (DeclaredCrs, Option<String>) {
    let unclear = || {
        let text: String = String::from_utf8_lossy(json).chars().take(120).collect();
        (DeclaredCrs::Unknown, Some(format!("the member `crs` is not understood: {text}")))
    };
    let Ok(crs) = serde_json::from_slice::<serde_json::Value>(json) else { return unclear() };
    if crs.is_null() {
        return (DeclaredCrs::Unknown, Some("the member `crs` is null: the file says that it is not known".into()));
    }
    let Some(properties) = crs.get("properties") else { return unclear() };
    if let Some(name) = properties.get("name").and_then(|n| n.as_str()) {
        return (named(name), None);
    }
    // An even older form: {"type": "EPSG", "properties": {"code": 28408}}.
    match (crs.get("type").and_then(|t| t.as_str()), properties.get("code").and_then(serde_json::Value::as_u64)) {
        (Some("EPSG"), Some(code)) => (named(&format!("EPSG:{code}")), None),
        _ => unclear(),
    }
}

/// URNs become authority and code; WGS 84 in any spelling is longitude before latitude here, as every writer of
/// GeoJSON means it.
fn named(name: &str) -> DeclaredCrs {
    let urn: Vec<&str> = name.trim().split(':').collect();
    let short = match urn.as_slice() {
        [_, _, "def", "crs", authority, _, code] => format!("{}:{code}", authority.to_uppercase()),
        _ => name.trim().to_owned(),
    };
    match short.to_uppercase().as_str() {
        "OGC:CRS84" | "OGC:CRS84H" | "CRS84" | "CRS:84" | "EPSG:4326" | "WGS84" | "WGS 84" => DeclaredCrs::Wgs84,
        "" => DeclaredCrs::Unknown,
        _ => DeclaredCrs::Definition(short),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> Result<Vec<&str>, Refusal> {
        let layout = split(text.as_bytes())?;
        Ok(layout.items.iter().map(|s| text.get(s.start..s.end).unwrap_or("?")).collect())
    }

    #[test]
    fn finds_features_wherever_they_stand() {
        let cases = [
            (r#"{"type":"FeatureCollection","features":[{"a":1},{"b":"}"}]}"#, vec![r#"{"a":1}"#, r#"{"b":"}"}"#]),
            (
                r#"{"bbox":[1,2,3,4],"name":"zone [7] {","features":[ {} , null ],"type":"FeatureCollection"}"#,
                vec!["{}", "null"],
            ),
            (r#"{"type":"FeatureCollection","features":[]}"#, vec![]),
            ("{\"type\":\"Point\"}", vec!["{\"type\":\"Point\"}"]),
            ("\u{feff} {\"type\":\"Feature\"}\n", vec!["{\"type\":\"Feature\"}"]),
            (
                "{\"type\":\"Feature\"}\r\n{\"type\":\"Point\"}\n\n",
                vec!["{\"type\":\"Feature\"}", "{\"type\":\"Point\"}"],
            ),
            (
                "\u{1e}{\"type\":\"Feature\"}\n\u{1e}{\"type\":\"Point\"}",
                vec!["{\"type\":\"Feature\"}", "{\"type\":\"Point\"}"],
            ),
            (
                r#"{"type":"FeatureCollection","features":[{"a":1}],"features":[{"a":2}]}"#,
                vec![r#"{"a":1}"#, r#"{"a":2}"#],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(items(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_nobody_can_trust() {
        for bad in [
            "",
            " \n",
            "[]",
            "{}",
            "null",
            r#"{"type":"FeatureCollection"}"#,
            r#"{"type":"Topology","objects":{}}"#,
            r#"{"geometryType":"esriGeometryPoint","features":[]}"#,
            r#"{"type":"Feature"}x"#,
            r#"{"type":"Feature"} {"type":"Feature"}"#,
            r#"{"type":"FeatureCollection","features":[{}}"#,
            r#"{"type":"FeatureCollection","features":{}}"#,
            r#"{"type":"Feature","features":[]}"#,
            r#"{"type":"FeatureCollectioN","features":[]}"#,
            "\u{1e}",
            "\u{feff}",
            "{\"type\":\"FeatureCollection\",\"features\":[{\"a\":1}\n{\"b\":2}]}",
        ] {
            assert!(items(bad).is_err(), "{bad}");
        }
        assert!(split(&[0xFF, 0xFE, b'{', 0]).is_err());
    }

    #[test]
    fn reads_old_crs_members() {
        let crs = |json: &str| declared(json.as_bytes()).0;
        let name = |name: &str| format!(r#"{{"type":"name","properties":{{"name":"{name}"}}}}"#);
        for wgs in ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"] {
            assert_eq!(crs(&name(wgs)), DeclaredCrs::Wgs84, "{wgs}");
        }
        let gauss = DeclaredCrs::Definition("EPSG:28408".into());
        for other in ["EPSG:28408", "urn:ogc:def:crs:EPSG::28408", "urn:ogc:def:crs:epsg:6.9:28408"] {
            assert_eq!(crs(&name(other)), gauss, "{other}");
        }
        assert_eq!(crs(r#"{"type":"EPSG","properties":{"code":28408}}"#), gauss);
        assert_eq!(crs("null"), DeclaredCrs::Unknown);
        assert!(declared(br#"{"type":"link","properties":{"href":"x"}}"#).1.is_some());
    }
}
