//! TopoJSON: objects as layers, borders as arcs that neighbours share, coordinates quantised or not.

mod arcs;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use self::arcs::{Arcs, Transform};
use super::{
    Bytes, DeclaredCrs, Feature, Format, LayerInfo, Limit, Limits, Request, Source, Value, Wanted, geojson,
    no_such_layer, slice_of,
};
use crate::error::{Error, Location, Result};

/// The format's line in the table of formats.
pub(super) const FORMAT: Format = Format { name: "TopoJSON", extensions: &["topojson"], recognises, open, layers };

fn recognises(head: &[u8]) -> bool {
    let text: String = String::from_utf8_lossy(head).chars().filter(|c| !c.is_whitespace()).collect();
    text.trim_start_matches('\u{feff}').starts_with('{') && text.contains("\"type\":\"Topology\"")
}

/// How many objects a message names.
const NAMED: usize = 12;

/// The file as it is written.
#[derive(Deserialize)]
struct Topology {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    objects: Objects,
    #[serde(default)]
    arcs: Vec<Vec<Position>>,
    transform: Option<Transform>,
    crs: Option<Json>,
}

/// Objects in the order of the file.
#[derive(Default)]
struct Objects(Vec<(String, Object)>);

/// A geometry object, or a collection of them.
#[derive(Deserialize, Default)]
struct Object {
    #[serde(rename = "type")]
    kind: Option<String>,
    id: Option<Json>,
    properties: Option<Json>,
    geometries: Option<Vec<Object>>,
    arcs: Option<Json>,
    coordinates: Option<Json>,
}

/// The first two numbers of a position.
struct Position([f64; 2]);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Two;
        impl<'de> Visitor<'de> for Two {
            type Value = Position;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a position of two numbers")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> std::result::Result<Position, A::Error> {
                let missing = || serde::de::Error::custom("a position has less than two numbers");
                let x = numbers.next_element()?.ok_or_else(missing)?;
                let y = numbers.next_element()?.ok_or_else(missing)?;
                while numbers.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Position([x, y]))
            }
        }
        deserializer.deserialize_seq(Two)
    }
}

impl<'de> Deserialize<'de> for Objects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Ordered;
        impl<'de> Visitor<'de> for Ordered {
            type Value = Objects;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the objects of a topology")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Objects, A::Error> {
                let mut objects = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    objects.push(entry);
                }
                Ok(Objects(objects))
            }
        }
        deserializer.deserialize_map(Ordered)
    }
}

fn unusable(path: &Path, why: impl fmt::Display, remedy: &str) -> Error {
    Error::unusable("this TopoJSON can't be used", Location::file(path), why, remedy)
}

fn parse(bytes: &Bytes) -> Result<Topology> {
    let text = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    let parsed: std::result::Result<Topology, _> = serde_json::from_slice(text);
    parsed.map_err(|e| {
        let cut = if e.is_eof() { ": the file ends in the middle of its content" } else { "" };
        unusable(bytes.path(), format!("{e}{cut}"), "export it again, or mend it at this place")
    })
}

fn open(request: &Request<'_>) -> Result<Box<dyn Source>> {
    from_bytes(Bytes::load(request.path)?, request)
}

/// Opens a file whose content is in memory.
pub(super) fn from_bytes(bytes: Bytes, request: &Request<'_>) -> Result<Box<dyn Source>> {
    let topology = parse(&bytes)?;
    if topology.kind.as_deref() != Some("Topology") {
        return geojson::from_bytes(bytes, request);
    }
    let path = request.path;
    let (name, object) = choose(topology.objects, request)?;
    let mut notes = Vec::new();
    let crs = match &topology.crs {
        Some(crs) => {
            let (crs, note) = geojson::declared_crs(crs.to_string().as_bytes());
            notes.extend(note);
            crs
        }
        // The format's definition says nothing of coordinate systems, and its writers keep that of their source.
        None => DeclaredCrs::Unknown,
    };
    let arcs = topology.arcs.into_iter().map(|arc| arc.into_iter().map(|p| p.0).collect()).collect();
    let arcs = Arcs::new(arcs, topology.transform);
    let objects = match object {
        Object { kind: Some(kind), geometries: Some(members), properties: None, .. }
            if kind == "GeometryCollection" =>
        {
            members
        }
        single => vec![single],
    };
    let used: usize = objects.iter().map(|o| o.positions(&arcs)).fold(0, usize::saturating_add);
    if used as u64 > (arcs.most() as u64).saturating_mul(request.limits.growth()) {
        let limit = request.limits.reached(Limit::Growth);
        let why = format!("its geometries use their arcs so often that they have {used} positions; {limit}");
        return Err(unusable(path, why, "export it as GeoJSON if that is right"));
    }
    let info = LayerInfo { name, format: FORMAT.name, crs, fields: Vec::new(), files: vec![bytes.digest()], notes };
    Ok(Box::new(TopoJson { objects, arcs, wanted: request.wanted.clone(), info }))
}

/// The object that is asked for, or the only one.
fn choose(objects: Objects, request: &Request<'_>) -> Result<(String, Object)> {
    let path = request.path;
    let mut objects = objects.0;
    let names: Vec<&str> = objects.iter().map(|(name, _)| name.as_str()).collect();
    let shown = names.iter().take(NAMED).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let at = match request.layer {
        Some(asked) => match names.iter().position(|n| *n == asked) {
            Some(at) => at,
            None if names.len() == 1 && asked == stem => 0,
            None => return Err(no_such_layer(path, asked, &names.join(", "))),
        },
        None if names.len() == 1 => 0,
        None if names.is_empty() => {
            return Err(unusable(path, "it is TopoJSON without any objects", "export the layer again"));
        }
        None => {
            let remedy =
                format!("name one of them after a #, as in {}#{}", path.display(), names.first().unwrap_or(&""));
            return Err(unusable(path, format!("it holds several layers: {shown}"), &remedy));
        }
    };
    Ok(objects.swap_remove(at))
}

fn layers(path: &Path, limits: Limits) -> Result<Vec<String>> {
    let bytes = Bytes::load(path)?;
    let topology = parse(&bytes)?;
    if topology.kind.as_deref() != Some("Topology") {
        let wanted = Wanted::default();
        let request = Request { limits, ..Request::of(path, &wanted) };
        return Ok(vec![geojson::from_bytes(bytes, &request)?.info().name.clone()]);
    }
    Ok(topology.objects.0.into_iter().map(|(name, _)| name).collect())
}

impl Object {
    /// How many positions its geometry has, at most.
    fn positions(&self, arcs: &Arcs) -> usize {
        let own = self.arcs.as_ref().map_or(0, |a| arcs.positions(a));
        let members = self.geometries.iter().flatten().map(|o| o.positions(arcs));
        members.fold(own, usize::saturating_add)
    }
}

/// An opened file.
struct TopoJson {
    objects: Vec<Object>,
    arcs: Arcs,
    wanted: Wanted,
    info: LayerInfo,
}

impl Source for TopoJson {
    fn info(&self) -> &LayerInfo {
        &self.info
    }

    fn len(&self) -> usize {
        self.objects.len()
    }

    fn read(&self, range: Range<usize>) -> Result<Vec<Feature>> {
        let objects = slice_of(&self.objects, &range)?;
        let mut features = Vec::with_capacity(objects.len());
        for (number, object) in (range.start as u64 + 1..).zip(objects) {
            let mut notes = Vec::new();
            let id = match &object.id {
                None | Some(Json::Null) => None,
                Some(Json::String(text)) => Some(text.clone()),
                Some(Json::Number(number)) => Some(number.to_string()),
                Some(_) => {
                    notes.push("the feature's id is neither text nor a number; it is not used".into());
                    None
                }
            };
            let values = match &object.properties {
                None | Some(Json::Null) => Vec::new(),
                Some(Json::Object(properties)) => values(properties, &self.wanted),
                Some(_) => {
                    notes.push("the properties are not an object; they are not used".into());
                    Vec::new()
                }
            };
            let shape = self.arcs.shape(object, &mut notes);
            features.push(Feature { number, id, values, shape, notes });
        }
        Ok(features)
    }
}

fn values(properties: &Map<String, Json>, wanted: &Wanted) -> Vec<(u16, Value)> {
    let mut values: Vec<(u16, Value)> = Vec::new();
    for (name, value) in properties {
        let Some(slot) = wanted.slot(name) else { continue };
        let value = match value {
            Json::Null => Value::Null,
            Json::Bool(truth) => Value::Bool(*truth),
            Json::String(text) => Value::Text(text.clone()),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Value::Int(whole),
                (None, Some(number)) => Value::Float(number),
                _ => Value::Text(number.to_string()),
            },
            other => Value::Text(other.to_string()),
        };
        match values.iter_mut().find(|(s, _)| *s == slot) {
            Some((_, held)) => *held = value,
            None => values.push((slot, value)),
        }
    }
    values.sort_by_key(|(slot, _)| *slot);
    values
}
