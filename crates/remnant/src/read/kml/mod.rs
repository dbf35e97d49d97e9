//! KML (OGC 2.2 and 2.3, Google's 2.0 to 2.2) and, from the zip reader, KMZ.
//!
//! One pass finds the placemarks; they are decoded in parallel. Styles, overlays and what Google added are not places of
//! records. Network links are named and not followed: an account rests on files, not on what a server says today.

mod coordinates;
mod placemark;
mod scan;
#[cfg(test)]
mod tests;
mod values;

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use self::placemark::Reading;
use self::scan::{Layout, scan};
use super::text::Codec;
use super::{
    Bytes, DeclaredCrs, Digest, Feature, Format, LayerInfo, Limits, Request, Source, Wanted, no_such_encoding,
    slice_of, xml,
};
use crate::error::{Error, Location, Result};

/// The format's line in the table of formats.
pub(super) const FORMAT: Format = Format { name: "KML", extensions: &["kml"], recognises, open, layers };

fn recognises(head: &[u8]) -> bool {
    xml::begins_with_root(head, &["kml"])
}

/// How many links and layers a note names.
const NAMED: usize = 5;

fn open(request: &Request<'_>) -> Result<Box<dyn Source>> {
    let bytes = Bytes::load(request.path)?;
    let digest = bytes.digest();
    Ok(Box::new(Kml::open(vec![document(bytes)], request, FORMAT.name, vec![digest])?))
}

fn layers(path: &Path, limits: Limits) -> Result<Vec<String>> {
    let bytes = Bytes::load(path)?;
    let wanted = Wanted::default();
    let request = Request { limits, ..Request::of(path, &wanted) };
    Ok(Kml::open(vec![document(bytes)], &request, FORMAT.name, Vec::new())?.layers())
}

fn document(bytes: Bytes) -> Document {
    let name = bytes.path().file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    Document { name, inside: String::new(), bytes }
}

/// A KML document, alone or in an archive.
pub(super) struct Document {
    /// What its layer is called if it does not say.
    pub(super) name: String,
    /// Its path in the archive, empty for a file of its own.
    pub(super) inside: String,
    pub(super) bytes: Bytes,
}

/// A document after the pass over it.
struct Scanned {
    text: String,
    layout: Layout,
}

/// One or several documents as one layer.
pub(super) struct Kml {
    documents: Vec<Scanned>,
    /// The placemarks: document, and number in it.
    items: Vec<(usize, usize)>,
    /// The names of layers, in the order of the file.
    layers: Vec<String>,
    wanted: Wanted,
    info: LayerInfo,
}

fn unusable(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::unusable("this KML can't be used", Location::file(path), why, "export it again, or mend it at this place")
}

/// Names, each once, in the order in which they came.
#[derive(Default)]
struct Names {
    numbers: HashMap<String, usize>,
    list: Vec<String>,
}

impl Names {
    fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.list.len();
        self.numbers.insert(name.to_owned(), number);
        self.list.push(name.to_owned());
        number
    }
}

impl Kml {
    /// Opens documents, of which `request` may pick one layer.
    pub(super) fn open(
        documents: Vec<Document>,
        request: &Request<'_>,
        format: &'static str,
        files: Vec<Digest>,
    ) -> Result<Self> {
        let given = match request.encoding {
            Some(label) => Some(Codec::named(label).ok_or_else(|| no_such_encoding(request.path, label))?),
            None => None,
        };
        let stem = request.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let inside: Vec<String> = documents.iter().map(|d| d.inside.clone()).collect();
        let (mut notes, mut fields) = (Vec::new(), Names::default());
        let (mut scanned, mut layers, mut items) = (Vec::new(), Names::default(), Vec::new());
        for (number, document) in documents.into_iter().enumerate() {
            let path = document.bytes.path().to_owned();
            let text = xml::decode(document.bytes.into_content(), given.as_ref(), &mut notes)
                .map_err(|why| unusable(&path, why))?;
            let layout = scan(&text).map_err(|broken| unusable(&path, broken.place_in(&text)))?;
            tell(&layout, &inside, &mut notes);
            // By container, since a name may be long and is that of many.
            let mut known: HashMap<Option<usize>, usize> = HashMap::new();
            for (at, span) in layout.placemarks.iter().enumerate() {
                let layer = *known.entry(span.container).or_insert_with(|| {
                    let container = span.container.and_then(|c| layout.containers.get(c));
                    layers.number(container.filter(|name| !name.is_empty()).unwrap_or(&document.name))
                });
                items.push((number, at, layer));
            }
            layout.fields.iter().for_each(|field| {
                fields.number(field);
            });
            scanned.push(Scanned { text, layout });
        }
        let (layers, fields) = (layers.list, fields.list);
        let shown = layers.iter().take(NAMED).map(|l| format!("`{l}`")).collect::<Vec<_>>().join(", ");
        let more = if layers.len() > NAMED { format!(" and {} more", layers.len() - NAMED) } else { String::new() };
        let asked = request.layer.map(|asked| (asked, layers.iter().position(|l| l == asked)));
        match asked {
            Some((_, Some(layer))) => items.retain(|item| item.2 == layer),
            Some((asked, None)) if asked == stem => {}
            Some((asked, None)) => {
                return Err(Error::unusable(
                    "this file has no such layer",
                    Location::file(request.path).layer(asked),
                    format!("its folders are {}", if shown.is_empty() { "none".into() } else { shown + &more }),
                    "name one of them, or none to read the whole file",
                ));
            }
            None if layers.len() > 1 => notes
                .push(format!("the folders {shown}{more} are read as one layer; name one after a # to read it alone")),
            None => {}
        }
        let name = request.layer.map_or(stem, str::to_owned);
        let items = items.into_iter().map(|(document, at, _)| (document, at)).collect();
        let info = LayerInfo { name, format, crs: DeclaredCrs::Wgs84, fields, files, notes };
        Ok(Self { documents: scanned, items, layers, wanted: request.wanted.clone(), info })
    }

    /// The names of the layers that may be asked for.
    pub(super) fn layers(self) -> Vec<String> {
        if self.layers.is_empty() { vec![self.info.name] } else { self.layers }
    }
}

/// What is to be said about a document; `inside` are the documents that are read with it.
fn tell(layout: &Layout, inside: &[String], notes: &mut Vec<String>) {
    let known = |href: &str| {
        let href = href.split(['?', '#']).next().unwrap_or_default();
        let href = href.trim_start_matches("./");
        !href.is_empty() && inside.iter().any(|name| name == href || name.ends_with(&format!("/{href}")))
    };
    let links: Vec<&String> = layout.links.iter().filter(|href| !known(href)).collect();
    if !links.is_empty() {
        let shown = |href: &&String| href.chars().take(100).collect::<String>();
        let named: Vec<String> = links.iter().take(NAMED).map(shown).collect();
        notes.push(format!(
            "{} network links are not followed, so what they show is not read: {}; save it as files and name those",
            links.len(),
            named.join(", ")
        ));
    }
    if layout.update {
        notes.push("a NetworkLinkControl asks for changes of another file; it is not followed".into());
    }
    if layout.overlays > 0 {
        notes.push(format!("{} overlays and tours are not read: they hold no places of records", layout.overlays));
    }
    if layout.timestamps {
        notes.push("placemarks have time stamps, which are read as the field `timestamp`".into());
    }
    if layout.tables {
        notes.push(
            "descriptions hold tables for the eye, whose values are not read as fields; export the layer with its \
             attributes (ExtendedData), or in another format"
                .into(),
        );
    }
    if layout.doctype {
        notes.push("there is a document type declaration; it is not read, and nothing that it names is fetched".into());
    }
    if let Some(name) = &layout.entity {
        notes.push(format!("entities such as `{name}` are not defined in XML; they stay as they are written"));
    }
}

impl Source for Kml {
    fn info(&self) -> &LayerInfo {
        &self.info
    }

    fn len(&self) -> usize {
        self.items.len()
    }

    fn read(&self, range: Range<usize>) -> Result<Vec<Feature>> {
        let items = slice_of(&self.items, &range)?;
        let mut features = Vec::with_capacity(items.len());
        for (number, (document, at)) in (range.start as u64 + 1..).zip(items) {
            let Some(scanned) = self.documents.get(*document) else { continue };
            let Some(span) = scanned.layout.placemarks.get(*at) else { continue };
            let reading = Reading {
                vocabulary: &scanned.layout.vocabulary,
                schemas: &scanned.layout.schemas,
                wanted: &self.wanted,
            };
            let text = scanned.text.get(span.start..span.end).unwrap_or_default();
            let feature = reading.placemark(text, number).map_err(|broken| {
                let at = Location::file(self.info.files.first().map(|f| f.path.clone()).unwrap_or_default());
                Error::unusable("this KML can't be used", at.feature(number), broken.why, "export it again")
            })?;
            features.push(feature);
        }
        Ok(features)
    }
}
