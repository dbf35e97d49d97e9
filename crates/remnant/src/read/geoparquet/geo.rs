//! What a Parquet file says of its geometries: the `geo` metadata, else the types of its columns.

use base64::Engine;
use parquet::basic::LogicalType;
use parquet::file::metadata::FileMetaData;
use serde_json::Value as Json;

use super::arrow;
use crate::read::DeclaredCrs;
use crate::read::declared::first_understood;

/// How the geometries of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Wkb,
    Point,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
}

impl Encoding {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_lowercase().trim_start_matches("geoarrow.") {
            "wkb" | "ogc.wkb" => Self::Wkb,
            "point" => Self::Point,
            "linestring" => Self::LineString,
            "polygon" => Self::Polygon,
            "multipoint" => Self::MultiPoint,
            "multilinestring" => Self::MultiLineString,
            "multipolygon" => Self::MultiPolygon,
            _ => return None,
        })
    }

    /// How many lists lie in one another around a position.
    pub(super) fn lists(self) -> i16 {
        match self {
            Self::Wkb | Self::Point => 0,
            Self::LineString | Self::MultiPoint => 1,
            Self::Polygon | Self::MultiLineString => 2,
            Self::MultiPolygon => 3,
        }
    }
}

/// A column of geometries.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    /// The encoding, or the name of one that is not known.
    pub(super) encoding: Result<Encoding, String>,
    /// What the file says of the reference system.
    crs: Option<Json>,
    /// What it means to say nothing: longitude and latitude in most places, nothing in one.
    silent: DeclaredCrs,
    /// Whether an edge is the shortest way over the sphere.
    spherical: bool,
    epoch: bool,
}

impl Column {
    pub(super) fn crs(&self) -> DeclaredCrs {
        match &self.crs {
            None => self.silent.clone(),
            Some(Json::String(text)) => text_crs(text),
            Some(Json::Object(_)) => self.crs.as_ref().map_or(DeclaredCrs::Unknown, object_crs),
            Some(_) => DeclaredCrs::Unknown,
        }
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let spherical = "the file says that edges are the shortest ways over a sphere; they were read as straight in \
                         longitude and latitude, which differs by less than 1 mm up to a length of about 200 m";
        let epoch = "the file states the moment at which its coordinates were right (epoch); the drift of continents since \
                     then is left out";
        [(self.spherical, spherical), (self.epoch, epoch)]
            .into_iter()
            .filter(|(is, _)| *is)
            .map(|(_, note)| note.to_owned())
            .collect()
    }
}

/// A reference system given as PROJJSON; its code is a second way to say it.
fn object_crs(crs: &Json) -> DeclaredCrs {
    let id = crs.get("id").or_else(|| crs.get("ids").and_then(|ids| ids.get(0)));
    let part = |name: &str| match id?.get(name)? {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let code = part("authority").zip(part("code")).map(|(authority, code)| format!("{authority}:{code}"));
    if code.as_deref().is_some_and(|code| matches!(code, "OGC:CRS84" | "EPSG:4326")) {
        return DeclaredCrs::Wgs84;
    }
    first_understood(std::iter::once(crs.to_string()).chain(code))
}

fn text_crs(text: &str) -> DeclaredCrs {
    match text.trim() {
        "" => DeclaredCrs::Unknown,
        text => match text.strip_prefix("srid:") {
            Some("0") => DeclaredCrs::Unknown,
            Some(number) => first_understood([format!("EPSG:{number}")]),
            None => match serde_json::from_str::<Json>(text) {
                Ok(object @ Json::Object(_)) => object_crs(&object),
                _ => first_understood([text.to_owned()]),
            },
        },
    }
}

/// The columns of geometries, the one first that is meant where none is named.
///
/// # Errors
/// Words for a person, where what the file says can't be understood.
pub(super) fn columns(file: &FileMetaData) -> Result<Vec<Column>, String> {
    let entries = file.key_value_metadata().map(Vec::as_slice).unwrap_or_default();
    let entry = |key: &str| entries.iter().find(|e| e.key == key).and_then(|e| e.value.as_deref());
    if let Some(text) = entry("geo") {
        return by_metadata(text);
    }
    let typed = by_types(file, &entry);
    if !typed.is_empty() {
        return Ok(typed);
    }
    let schema = entry("ARROW:schema").and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
    Ok(schema.map(|bytes| by_extensions(&bytes)).unwrap_or_default())
}

fn by_metadata(text: &str) -> Result<Vec<Column>, String> {
    let geo: Json = serde_json::from_str(text).map_err(|e| format!("its `geo` metadata is no JSON: {e}"))?;
    let listed = geo.get("columns").and_then(Json::as_object).ok_or("its `geo` metadata names no columns")?;
    let primary = geo.get("primary_column").and_then(Json::as_str);
    let mut columns: Vec<Column> = listed
        .iter()
        .map(|(name, about)| {
            let stated = about.get("encoding").and_then(Json::as_str).unwrap_or("WKB");
            Column {
                name: name.clone(),
                encoding: Encoding::named(stated).ok_or_else(|| stated.to_owned()),
                crs: about.get("crs").cloned(),
                silent: DeclaredCrs::Wgs84,
                spherical: about.get("edges").and_then(Json::as_str) == Some("spherical"),
                epoch: about.get("epoch").is_some_and(|epoch| !epoch.is_null()),
            }
        })
        .collect();
    // The file's order is that of the names; the one that is meant comes first.
    columns.sort_by_key(|column| Some(column.name.as_str()) != primary);
    Ok(columns)
}

/// Parquet's own types for geometries, which files of 2025 and later may have.
fn by_types<'a>(file: &FileMetaData, entry: &impl Fn(&str) -> Option<&'a str>) -> Vec<Column> {
    let schema = file.schema_descr();
    let column = |field: &parquet::schema::types::TypePtr| {
        let (crs, spherical) = match field.get_basic_info().logical_type_ref()? {
            LogicalType::Geometry(about) => (about.crs.clone(), false),
            LogicalType::Geography(about) => (about.crs.clone(), true),
            _ => return None,
        };
        // A system may stand in the file's metadata, under a name.
        let crs = crs.filter(|text| !text.is_empty()).map(|text| {
            let kept = text.strip_prefix("projjson:").and_then(entry);
            Json::String(kept.map_or(text.clone(), str::to_owned))
        });
        let (name, encoding) = (field.name().to_owned(), Ok(Encoding::Wkb));
        Some(Column { name, encoding, crs, silent: DeclaredCrs::Wgs84, spherical, epoch: false })
    };
    schema.root_schema().get_fields().iter().filter_map(column).collect()
}

/// The extension types of a schema of Arrow, which its writers keep in a file.
fn by_extensions(bytes: &[u8]) -> Vec<Column> {
    let column = |field: arrow::Field| {
        let name = field.entry("ARROW:extension:name")?;
        let encoding = Encoding::named(name).ok_or_else(|| name.to_owned());
        if !name.starts_with("geoarrow.") && name != "ogc.wkb" {
            return None;
        }
        let about: Json = field
            .entry("ARROW:extension:metadata")
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        let spherical = about.get("edges").and_then(Json::as_str).is_some_and(|edges| edges != "planar");
        Some(Column {
            crs: about.get("crs").cloned(),
            name: field.name,
            encoding,
            silent: DeclaredCrs::Unknown,
            spherical,
            epoch: false,
        })
    };
    arrow::fields(bytes).into_iter().filter_map(column).collect()
}
