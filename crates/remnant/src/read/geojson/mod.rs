//! GeoJSON: a FeatureCollection, a feature, a geometry, or a sequence of such texts (RFC 7946, RFC 8142,
//! newline-delimited).
//!
//! Own code rather than a crate's: one pass finds the features, so that they can be decoded in parallel, nothing is
//! copied but what is wanted, and a file that is cut short is an error instead of fewer features.

mod geometry;
mod json;
mod parse;
mod split;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::Path;

use self::json::Broken;
use self::parse::Parser;
use self::split::{Layout, Refusal, Span, split};
use super::{Bytes, DeclaredCrs, Feature, Format, LayerInfo, Limits, Request, Source, Wanted, slice_of, topojson};
use crate::error::{Error, Location, Result};

/// The format's line in the table of formats.
pub(super) const FORMAT: Format = Format {
    name: "GeoJSON",
    extensions: &["geojson", "json", "geojsonl", "geojsons", "geojsonseq", "ndjson", "jsonl"],
    recognises,
    open,
    layers,
};

fn recognises(head: &[u8]) -> bool {
    let head = head.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(head);
    let mut text = head.iter().filter(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n' | 0x1E));
    text.next() == Some(&b'{') && matches!(text.next(), Some(b'"' | b'}') | None)
}

fn open(request: &Request<'_>) -> Result<Box<dyn Source>> {
    from_bytes(Bytes::load(request.path)?, request)
}

/// Opens a file whose content is in memory.
pub(super) fn from_bytes(bytes: Bytes, request: &Request<'_>) -> Result<Box<dyn Source>> {
    // The digest costs about as much as the pass over the text.
    let (digest, layout) = rayon::join(|| bytes.digest(), || split(&bytes));
    let layout = match layout {
        Err(Refusal::Topology) => return topojson::from_bytes(bytes, request),
        layout => layout.map_err(|refusal| refused(&bytes, refusal))?,
    };
    let Layout { items, crs, name, notes } = layout;
    let stem = || request.path.file_stem().map(|s| s.to_string_lossy().into_owned());
    let name = name.filter(|n| !n.is_empty()).or_else(stem).unwrap_or_default();
    if let Some(layer) = request.layer
        && layer != name
        && Some(layer) != stem().as_deref()
    {
        return Err(super::no_such_layer(request.path, layer, &name));
    }
    let info = LayerInfo {
        name,
        format: FORMAT.name,
        crs: crs.unwrap_or(DeclaredCrs::Wgs84),
        fields: Vec::new(),
        files: vec![digest],
        notes,
    };
    Ok(Box::new(GeoJson { bytes, items, wanted: request.wanted.clone(), info }))
}

fn layers(path: &Path, limits: Limits) -> Result<Vec<String>> {
    match split(&Bytes::load(path)?) {
        Err(Refusal::Topology) => (topojson::FORMAT.layers)(path, limits),
        _ => super::only_layer(path, limits),
    }
}

/// What a member `crs` means, and what is to be said about it.
pub(super) fn declared_crs(json: &[u8]) -> (DeclaredCrs, Option<String>) {
    split::declared(json)
}

/// An opened file.
struct GeoJson {
    bytes: Bytes,
    items: Vec<Span>,
    wanted: Wanted,
    info: LayerInfo,
}

impl Source for GeoJson {
    fn info(&self) -> &LayerInfo {
        &self.info
    }

    fn len(&self) -> usize {
        self.items.len()
    }

    fn read(&self, range: Range<usize>) -> Result<Vec<Feature>> {
        let mut parser = Parser::new(&self.bytes, &self.wanted, &self.info.crs);
        let spans = slice_of(&self.items, &range)?;
        let mut features = Vec::with_capacity(spans.len());
        for (number, span) in (range.start as u64 + 1..).zip(spans) {
            let feature = parser.item(*span, number).map_err(|broken| {
                let mut error = refused(&self.bytes, Refusal::Broken(broken));
                if let Error::Unusable(trouble) = &mut error {
                    trouble.place.feature = Some(number);
                }
                error
            })?;
            features.push(feature);
        }
        Ok(features)
    }
}

fn refused(bytes: &Bytes, refusal: Refusal) -> Error {
    let (why, remedy) = match refusal {
        Refusal::Broken(broken) => (place_in(bytes, broken), "export it again, or mend it at this place"),
        Refusal::Foreign(why, remedy) => (why, remedy),
        Refusal::Topology => ("it is TopoJSON among other texts".into(), "put it into a file of its own"),
    };
    Error::unusable("this GeoJSON can't be used", Location::file(bytes.path() as &Path), why, remedy)
}

/// What is wrong and where, as an editor counts lines and a tool counts bytes.
fn place_in(bytes: &[u8], broken: Broken) -> String {
    let before = bytes.get(..broken.at).unwrap_or(bytes);
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let cut = if broken.at >= bytes.len() { ": the file ends in the middle of its content" } else { "" };
    format!("at byte {}, line {line}, {}{cut}; what is missing from there on can't be known", broken.at, broken.why)
}
