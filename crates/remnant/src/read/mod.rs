//! Stage 1, files to features: what is in a file, before anyone has understood it.
//!
//! A format is one line in [`FORMATS`] and one file beside this one. Its `open` finds the features of a layer
//! (cheaply: where each begins), and [`Source::read`] decodes a range of them; ranges are decoded in parallel.

#[cfg(test)]
mod agreement;
mod arc;
mod archive;
mod bytes;
mod csv;
mod declared;
mod extent;
mod flatgeobuf;
#[doc(hidden)]
pub mod fuzzed;
mod garbled;
mod gdal;
mod geojson;
mod geopackage;
mod geoparquet;
mod kml;
mod limits;
#[cfg(test)]
mod malformed;
mod raw;
mod shapefile;
#[cfg(test)]
pub(crate) mod testing;
mod text;
mod topojson;
mod wkb;
mod xml;
mod zipped;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, Location, Result};
pub(crate) use bytes::hexadecimal;
pub use bytes::{Bytes, Digest};
pub(crate) use csv::{is_hashtags, separator};
pub use garbled::{Garbled, garbled};
pub use limits::{LIMITS, Limit, Limits, Row};

/// A value of an attribute as its file gives it; text is trusted by nobody.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The field is there and holds nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number; may be not finite where a format allows it.
    Float(f64),
    /// Text, decoded to UTF-8.
    Text(String),
    /// A typed date (its date part where the file gives a time).
    Date(jiff::civil::Date),
}

/// What a feature has for a geometry.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// No geometry member, a null geometry or a null shape.
    Missing,
    /// A geometry that is there but can't be read.
    Unreadable {
        /// Why, for a person.
        why: String,
        /// The box `[x_min, y_min, x_max, y_max]` of the coordinates that could be read, in the layer's CRS.
        /// It tells which zones the record could lie in.
        bounds: Option<[f64; 4]>,
    },
    /// A geometry in the layer's CRS, x before y; rings as the file has them (reversed, repeated), but closed: a
    /// ring that is not closed in its file is closed, with a note.
    /// May be empty, and may hold coordinates that are not finite.
    Geometry(geo_types::Geometry<f64>),
}

/// One feature of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Its number in its file, from 1.
    pub number: u64,
    /// The id that the format itself carries (GeoJSON's `id` member).
    pub id: Option<String>,
    /// The wanted fields that it has: slot in [`Wanted`] and value, in order of slots.
    pub values: Vec<(u16, Value)>,
    /// Its geometry.
    pub shape: Shape,
    /// What the reader noticed about this feature and could still handle (for example text that is not valid
    /// in the declared encoding); each becomes a finding.
    pub notes: Vec<String>,
}

/// Names that are looked for one after the other; more of them are looked up.
const FEW: usize = 100;

/// The fields that a caller wants, without regard to case.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    names: Vec<String>,
    /// The same by their slots, where they are many.
    slots: HashMap<String, usize>,
    /// Every field that a reader asked about, where the caller wants to know which there are.
    met: Option<Arc<Mutex<Met>>>,
}

/// The fields met, in the order in which they were.
#[derive(Debug, Default)]
struct Met {
    names: Vec<String>,
    known: HashSet<String>,
}

impl Wanted {
    /// Slots are the positions in `names`.
    pub fn new<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        let names: Vec<String> = names.into_iter().map(|n| fold(n.as_ref())).collect();
        let mut slots = HashMap::new();
        if names.len() > FEW {
            // Of equal names the first one counts.
            slots.extend(names.iter().enumerate().rev().map(|(slot, name)| (name.clone(), slot)));
        }
        Self { names, slots, met: None }
    }

    /// How many slots there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether no field is wanted.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Wants nothing but to know which fields there are: every reader asks about each field of its file.
    pub fn listing() -> Self {
        Self { met: Some(Arc::default()), ..Self::default() }
    }

    /// The fields that readers asked about, as their files spell them, in the order in which they were met; nothing
    /// unless this is a [listing](Self::listing).
    pub fn met(&self) -> Vec<String> {
        let Some(met) = &self.met else { return Vec::new() };
        met.lock().unwrap_or_else(PoisonError::into_inner).names.clone()
    }

    /// The slot of a field of the file, if it is wanted.
    pub fn slot(&self, field: &str) -> Option<u16> {
        if let Some(met) = &self.met {
            let mut met = met.lock().unwrap_or_else(PoisonError::into_inner);
            if met.known.insert(field.to_owned()) {
                met.names.push(field.to_owned());
            }
        }
        if self.names.len() > FEW {
            let slot = self.slots.get(field).or_else(|| self.slots.get(&fold(field)));
            return slot.and_then(|slot| u16::try_from(*slot).ok());
        }
        // Few names, and readers with a schema ask once a field: a linear search is the plain choice.
        let position = if self.names.iter().any(|n| n == field) {
            self.names.iter().position(|n| n == field)
        } else {
            let folded = fold(field);
            self.names.iter().position(|n| *n == folded)
        };
        position.and_then(|p| u16::try_from(p).ok())
    }
}

/// The names of the field by which a record is known, in order of preference.
pub(crate) const ID_NAMES: [&str; 10] = [
    "id",
    "localid",
    "local_id",
    "hazard_id",
    "hazard_localid",
    "hazreduc_id",
    "hazreduc_localid",
    "imsma_id",
    "guid",
    "globalid",
];

/// A field name made comparable: trimmed, without regard to case.
pub fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

/// A layer's coordinate reference system as its file states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeclaredCrs {
    /// The file says nothing.
    Unknown,
    /// A definition that PROJ understands: an authority code, WKT, PROJJSON or a PROJ string.
    Definition(String),
    /// The format itself says WGS 84 longitude/latitude (GeoJSON by RFC 7946).
    Wgs84,
}

/// What is known of a layer before its features are decoded.
#[derive(Debug, Clone)]
pub struct LayerInfo {
    /// The layer's name inside its container, or the file's stem.
    pub name: String,
    /// The format's name from [`FORMATS`].
    pub format: &'static str,
    /// The CRS.
    pub crs: DeclaredCrs,
    /// The names of the fields, where the format has a schema (empty for GeoJSON).
    pub fields: Vec<String>,
    /// Every file that was read for it with size and SHA-256, the main one first.
    pub files: Vec<Digest>,
    /// What the reader noticed about the layer as a whole; each becomes a finding.
    pub notes: Vec<String>,
}

/// An opened layer, ready to decode any range of its features from any thread.
pub trait Source: Send + Sync {
    /// What is known of the layer.
    fn info(&self) -> &LayerInfo;

    /// The number of features; every one of them must be accounted for.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Decodes the features of `range` (positions from 0) in order, one [`Feature`] for each.
    ///
    /// A feature that can't be understood is still returned, with [`Shape::Unreadable`]; an error is for damage
    /// after which the file can't be trusted at all.
    fn read(&self, range: Range<usize>) -> Result<Vec<Feature>>;
}

/// What the bearings of a survey are measured from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bearings {
    /// True north.
    True,
    /// Magnetic north.
    Magnetic {
        /// How far magnetic north lies east of true north there and then, in degrees.
        declination_deg: f64,
    },
}

/// What a caller asks of a reader.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The file.
    pub path: &'a Path,
    /// The layer of a container; `None` for the only one.
    pub layer: Option<&'a str>,
    /// The encoding of text where the file does not state one, as a WHATWG label (`windows-1251`).
    pub encoding: Option<&'a str>,
    /// What bearings are measured from, where the file holds any and does not say so.
    pub bearings: Option<Bearings>,
    /// The fields to hand over.
    pub wanted: &'a Wanted,
    /// How much the file may ask for.
    pub limits: Limits,
}

impl<'a> Request<'a> {
    /// The only layer of a file, with nothing known beside it.
    pub fn of(path: &'a Path, wanted: &'a Wanted) -> Self {
        Self { path, layer: None, encoding: None, bearings: None, wanted, limits: Limits::default() }
    }
}

/// A format that can be read.
pub struct Format {
    /// The name that messages and summary.json use.
    pub name: &'static str,
    /// The endings that its files usually have, lower case, without the dot.
    pub extensions: &'static [&'static str],
    /// Whether the first bytes of a file (at most 4 KiB) are this format's, told from content alone.
    pub recognises: fn(head: &[u8]) -> bool,
    /// Opens a file.
    pub open: fn(&Request<'_>) -> Result<Box<dyn Source>>,
    /// The names of the layers of a file, in its order, each fit for [`Request::layer`]; the readers of formats with
    /// one layer in a file give that one's.
    pub layers: fn(&Path, Limits) -> Result<Vec<String>>,
}

/// The note of a feature that had a ring which was not closed: the one note that makes a record a repaired one.
pub const UNCLOSED: &str = "a ring is not closed; it was closed";

/// Every format that can be read, in the order in which they are tried. To add one, add a line and a file.
pub const FORMATS: &[Format] = &[
    flatgeobuf::FORMAT,
    geopackage::FORMAT,
    geoparquet::FORMAT,
    shapefile::FORMAT,
    zipped::FORMAT,
    kml::FORMAT,
    topojson::FORMAT,
    geojson::FORMAT,
    csv::FORMAT,
    gdal::FORMAT,
];

/// The entries of a range of features; a caller that asks beyond the end has lost count, and so would the result.
fn slice_of<'a, T>(entries: &'a [T], range: &Range<usize>) -> Result<&'a [T]> {
    entries.get(range.clone()).ok_or_else(|| {
        Error::failed(
            "features were asked for that the file does not have",
            Location::default(),
            format!("{} to {} of {}", range.start, range.end, entries.len()),
            "report this as a fault of the program",
        )
    })
}

fn no_such_layer(path: &Path, asked: &str, there: &str) -> Error {
    Error::unusable(
        "this file has no such layer",
        Location::file(path).layer(asked),
        format!("its only layer is `{there}`"),
        "name that one, or none",
    )
}

fn no_such_encoding(path: &Path, label: &str) -> Error {
    Error::unusable(
        format!("the encoding `{label}` is not known"),
        Location::file(path),
        "no encoding or code page has this name",
        "name one such as utf-8, windows-1251 or cp852",
    )
}

/// The fields of a layer as its file spells them: by its schema, or else those that any feature has.
///
/// # Errors
/// As [`open`], and where the features can't be decoded.
pub fn field_names(path: &Path, layer: Option<&str>, encoding: Option<&str>, limits: Limits) -> Result<Vec<String>> {
    /// Features decoded at a time.
    const CHUNK: usize = 4096;
    let wanted = Wanted::listing();
    let source = open(&Request { layer, encoding, limits, ..Request::of(path, &wanted) })?;
    let schema = source.info().fields.clone();
    if !schema.is_empty() {
        return Ok(schema);
    }
    // One after the other, so that the fields are met in the order of the file.
    for start in (0..source.len()).step_by(CHUNK) {
        source.read(start..source.len().min(start + CHUNK))?;
    }
    Ok(wanted.met())
}

/// The layers of a format that has one in a file.
fn only_layer(path: &Path, limits: Limits) -> Result<Vec<String>> {
    let wanted = Wanted::default();
    let source = open(&Request { limits, ..Request::of(path, &wanted) })?;
    Ok(vec![source.info().name.clone()])
}

/// The format of a file.
///
/// The content decides; the name decides only where the content fits several formats or none.
fn format_of(path: &Path) -> Result<&'static Format> {
    if gdal::is_geodatabase(path) {
        return Ok(&gdal::FORMAT);
    }
    let head = bytes::head(path)?;
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let named = FORMATS.iter().find(|f| f.extensions.contains(&extension.as_str()));
    let format = match named {
        Some(f) if (f.recognises)(&head) => Some(f),
        _ => FORMATS.iter().find(|f| (f.recognises)(&head)).or(named),
    };
    if xml::begins_with_root(&head, MINE_ACTION) {
        return Err(mine_action(path));
    }
    // Whether GDAL is there takes two programs to find out.
    format.or_else(|| gdal::is_there().then_some(&gdal::FORMAT)).ok_or_else(|| {
        let known: Vec<&str> = FORMATS.iter().map(|f| f.name).collect();
        Error::unusable(
            "this file's format is not known",
            Location::file(path),
            "neither its content nor its name fits a format that can be read, and GDAL is not installed to read others",
            format!("convert it to one of {}, for example with: {}", known.join(", "), gdal::line(path)),
        )
    })
}

/// Roots of documents of mine action XML.
const MINE_ACTION: &[&str] = &["maXML", "MaXML", "maxml", "MineActionDocument", "MineActionFieldReport"];

/// What these documents hold differs from programme to programme and from what their schema says, so that a reader would
/// have to guess which polygon is whose.
fn mine_action(path: &Path) -> Error {
    Error::unusable(
        "this is mine action XML (maXML), which can't be read",
        Location::file(path),
        "its documents differ between databases and from their published schema, and nothing here is guessed",
        "export the layers from the database as shapefiles, or its polygons as a CSV with one row for each turning point",
    )
}

/// Opens the layer that a request names, in whatever format it is.
///
/// # Errors
/// [`Error::Unusable`] where there is no such file or layer, it is not a regular file, is empty, or is of no known format.
pub fn open(request: &Request<'_>) -> Result<Box<dyn Source>> {
    (format_of(request.path)?.open)(request)
}

/// The names of a file's layers, in its order, each of which may stand in [`Request::layer`]. A file of several layers
/// that can be read as one (KML) is read whole where none is asked for.
///
/// # Errors
/// As [`open`].
pub fn layers(path: &Path, limits: Limits) -> Result<Vec<String>> {
    (format_of(path)?.layers)(path, limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_fields_are_found_as_few_are() {
        let names: Vec<String> = (0..3 * FEW).map(|n| format!("Name {}", n / 2)).collect();
        let (few, many) = (Wanted::new(&names[..FEW]), Wanted::new(&names));
        for asked in ["name 7", " NAME 7 ", "Name 49", "name 50", "nothing"] {
            let slot = |wanted: &Wanted| wanted.slot(asked).filter(|slot| usize::from(*slot) < FEW);
            assert_eq!(slot(&few), slot(&many), "{asked}");
        }
        assert_eq!((many.slot("name 7"), many.slot("name 149"), many.slot("name 150")), (Some(14), Some(298), None));
    }
}
