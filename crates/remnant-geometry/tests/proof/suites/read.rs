//! Files of suites -> cases. Well-kept readers do it: `quick-xml` for the suites' XML, `geozero` for WKT and WKB.

use std::path::Path;

use geo::{Coord, Geometry, LineString, Polygon};
use geozero::{ToGeo, wkb, wkt};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

/// A ring without the care of any library: as its corners stand in the file.
pub type Ring = Vec<[f64; 2]>;
/// Polygons of rings, the shell first.
pub type Polygons = Vec<Vec<Ring>>;

/// One or two geometries, and what operations on them must give.
#[derive(Debug, Default)]
pub struct Case {
    pub name: String,
    /// As the file has them; why they are not areas, where they are not.
    pub a: Option<Result<Polygons, String>>,
    pub b: Option<Result<Polygons, String>>,
    pub tests: Vec<Test>,
}

/// An operation of a case.
#[derive(Debug, Default)]
pub struct Test {
    /// Its name in small letters.
    pub operation: String,
    /// The operands by their names in small letters, where the test says so.
    pub operands: Vec<String>,
    /// The suite rounds its results to this, in the units of its coordinates; nothing where it does not.
    pub grid: Option<f64>,
    /// What it must give, as it stands in the file.
    pub gives: String,
}

impl Test {
    /// The area of its result: nothing where it is not a geometry.
    pub fn ground(&self) -> Option<Polygons> {
        if self.gives.starts_with('{') {
            return geojson(&self.gives).ok();
        }
        let mut ground = Polygons::new();
        gather(&geometry(&self.gives).ok()?, &mut ground);
        Some(ground)
    }

    /// Its result, where it is true or false.
    pub fn truth(&self) -> Option<bool> {
        self.gives.to_lowercase().parse().ok()
    }
}

/// The cases of a file, or why it can't be read.
pub fn cases(file: &Path) -> Result<Vec<Case>, String> {
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    // Some descriptions are not UTF-8; coordinates always are.
    let bytes = std::fs::read(file).map_err(|e| format!("{name}: {e}"))?;
    let text = String::from_utf8_lossy(&bytes);
    let read = if name.ends_with(".xml") { xml_cases(&name, &text) } else { geojson_cases(&name, &text) };
    read.map_err(|why| format!("{name}: {why}"))
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).ok()??;
    Some(found.value.trim().to_lowercase())
}

fn xml_cases(name: &str, text: &str) -> Result<Vec<Case>, String> {
    let mut reader = Reader::from_str(text);
    let (mut cases, mut case, mut test) = (Vec::new(), Case::default(), None::<Test>);
    let (mut grid, mut words) = (None, String::new());
    loop {
        match reader.read_event().map_err(|e| format!("at byte {}: {e}", reader.buffer_position()))? {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "precisionModel" => {
                grid = attribute(&e, "scale").and_then(|scale| scale.parse::<f64>().ok()).map(|scale| 1.0 / scale);
            }
            Event::Start(e) => {
                words.clear();
                if e.local_name().as_ref() == "op" {
                    let operands: Vec<String> =
                        ["arg1", "arg2", "arg3"].iter().filter_map(|name| attribute(&e, name)).collect();
                    let operation = attribute(&e, "name").unwrap_or_default();
                    // Operations that round to a grid of their own name it last.
                    let own = operands.get(2).filter(|_| operation.ends_with("sr")).and_then(|s| s.parse::<f64>().ok());
                    let grid = own.map(|scale| 1.0 / scale).or(grid);
                    test = Some(Test { operation, operands, grid, gives: String::new() });
                }
            }
            Event::Text(e) => words.push_str(&e),
            Event::CData(e) => words.push_str(&e),
            Event::End(e) => match e.local_name().as_ref() {
                "a" => case.a = Some(areas(words.trim())),
                "b" => case.b = Some(areas(words.trim())),
                "op" => {
                    let gives = words.trim().to_owned();
                    case.tests.extend(test.take().map(|test| Test { gives, ..test }));
                }
                "case" => {
                    case.name = format!("{name} {}", cases.len() + 1);
                    cases.push(std::mem::take(&mut case));
                }
                _ => {}
            },
            Event::Eof => return Ok(cases),
            _ => {}
        }
    }
}

fn geojson_cases(name: &str, text: &str) -> Result<Vec<Case>, String> {
    let file: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let mut case = Case { name: name.to_owned(), ..Case::default() };
    let Some(features) = file["features"].as_array() else { return Ok(Vec::new()) };
    for feature in features {
        let geometry = feature["geometry"].to_string();
        match feature["properties"]["operation"].as_str() {
            Some(operation) => {
                let operands = vec!["a".to_owned(), "b".to_owned()];
                let operation = operation.to_lowercase();
                case.tests.push(Test { operation, operands, grid: None, gives: geometry });
            }
            None if case.a.is_none() => case.a = Some(areas(&geometry)),
            None if case.b.is_none() => case.b = Some(areas(&geometry)),
            None => case.b = Some(Err("more than two geometries".to_owned())),
        }
    }
    Ok(vec![case])
}

/// A geometry in WKT, or WKB in hexadecimal.
fn geometry(text: &str) -> Result<Geometry, String> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit() || b.is_ascii_whitespace()) {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(&String::from_utf8_lossy(pair), 16).map_err(|e| e.to_string());
        let bytes = digits.chunks(2).map(byte).collect::<Result<Vec<u8>, String>>()?;
        return wkb::Ewkb(bytes).to_geo().map_err(|e| e.to_string());
    }
    wkt::Wkt(text).to_geo().map_err(|e| e.to_string())
}

/// The areas of GeoJSON. Its rings stay as they are: some of these cases are not closed.
fn geojson(text: &str) -> Result<Polygons, String> {
    let geometry: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let coordinates = geometry["coordinates"].clone();
    match geometry["type"].as_str() {
        Some("Polygon") => serde_json::from_value(coordinates).map(|polygon| vec![polygon]).map_err(|e| e.to_string()),
        Some("MultiPolygon") => serde_json::from_value(coordinates).map_err(|e| e.to_string()),
        _ => Err("it is not an area".to_owned()),
    }
}

/// A geometry that is nothing but areas.
fn areas(text: &str) -> Result<Polygons, String> {
    if text.starts_with('{') {
        return geojson(text);
    }
    let geometry = geometry(text)?;
    let mut polygons = Polygons::new();
    match &geometry {
        Geometry::Polygon(_) | Geometry::MultiPolygon(_) => gather(&geometry, &mut polygons),
        _ => return Err("it is not an area".to_owned()),
    }
    if polygons.is_empty() { Err("it is empty".to_owned()) } else { Ok(polygons) }
}

/// The areas of a geometry, whatever lies beside them.
fn gather(geometry: &Geometry, polygons: &mut Polygons) {
    let ring = |ring: &LineString| ring.0.iter().map(|&Coord { x, y }| [x, y]).collect::<Ring>();
    // An empty hole is no hole.
    let holes = |p: &Polygon| p.interiors().iter().map(ring).filter(|ring| !ring.is_empty()).collect::<Vec<Ring>>();
    let rings = |p: &Polygon| [vec![ring(p.exterior())], holes(p)].concat();
    match geometry {
        Geometry::Polygon(p) => polygons.push(rings(p)),
        Geometry::MultiPolygon(m) => polygons.extend(m.0.iter().map(rings)),
        Geometry::GeometryCollection(c) => c.0.iter().for_each(|g| gather(g, polygons)),
        _ => {}
    }
    polygons.retain(|p| p.iter().any(|ring| !ring.is_empty()));
}
