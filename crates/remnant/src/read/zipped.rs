//! Zip archives: KMZ, zipped shapefiles, and files of other formats with a zip round them.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use super::archive::{Archive, Entry};
use super::kml::{Document, Kml};
use super::{Bytes, Digest, Feature, Format, LayerInfo, Limits, Request, Source, Wanted, csv, geojson, shapefile};
use crate::error::{Error, Location, Result};

/// The format's line in the table of formats.
pub(super) const FORMAT: Format = Format { name: "zip", extensions: &["zip", "kmz", "shz"], recognises, open, layers };

const KMZ: &str = "KMZ";
const SHAPEFILE: &str = "zipped Shapefile";

/// How many members a message names.
const NAMED: usize = 12;

fn recognises(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// What a reader is given when it reads from memory.
type Opener = fn(Bytes, &Request<'_>) -> Result<Box<dyn Source>>;

/// Formats of one file that can be read from memory, by the endings of their names.
const SINGLE: &[(&[&str], &str, Opener)] = &[
    (
        &["geojson", "json", "topojson", "geojsonl", "geojsons", "geojsonseq", "ndjson"],
        "zipped GeoJSON",
        geojson::from_bytes,
    ),
    (&["csv", "tsv"], "zipped CSV", csv::from_bytes),
];

/// Endings of files that hold layers and can't be read from within an archive.
const TO_UNPACK: &[&str] = &[
    "gpkg",
    "fgb",
    "parquet",
    "geoparquet",
    "gdbtable",
    "gml",
    "tab",
    "mif",
    "gpx",
    "dxf",
    "sqlite",
    "zip",
    "kmz",
    "shz",
];

/// What an archive holds that can be asked for.
enum Member {
    /// All KML documents together.
    Kml(Vec<Entry>),
    Shapefile(Entry),
    Single(Entry, &'static str, Opener),
    Packed(Entry),
}

impl Member {
    fn entry(&self) -> Option<&Entry> {
        match self {
            Self::Kml(entries) => entries.first(),
            Self::Shapefile(entry) | Self::Single(entry, ..) | Self::Packed(entry) => Some(entry),
        }
    }

    fn is_called(&self, asked: &str) -> bool {
        self.entry().is_some_and(|e| e.stem() == asked || e.path_stem() == asked || e.name == asked)
    }
}

fn members(archive: &Archive<'_>) -> Vec<Member> {
    let mut members = Vec::new();
    let mut documents = Vec::new();
    for entry in archive.entries() {
        let ending = entry.extension();
        let ending = ending.as_str();
        if ending == "kml" {
            documents.push(entry.clone());
        } else if ending == "shp" {
            members.push(Member::Shapefile(entry.clone()));
        } else if let Some((_, name, open)) = SINGLE.iter().find(|(endings, ..)| endings.contains(&ending)) {
            members.push(Member::Single(entry.clone(), name, *open));
        } else if TO_UNPACK.contains(&ending) {
            members.push(Member::Packed(entry.clone()));
        }
    }
    if !documents.is_empty() {
        members.insert(0, Member::Kml(documents));
    }
    members
}

/// The names of members: their stems, or their paths where two have one stem.
fn names(members: &[Member]) -> Vec<String> {
    let stem = |m: &Member| m.entry().map(|e| e.stem().to_owned()).unwrap_or_default();
    let name = |member: &Member| {
        let own = stem(member);
        let alone = members.iter().filter(|m| stem(m) == own).count() == 1;
        if alone { own } else { member.entry().map(|e| e.name.clone()).unwrap_or_default() }
    };
    members.iter().map(name).collect()
}

fn open(request: &Request<'_>) -> Result<Box<dyn Source>> {
    let bytes = Bytes::load(request.path)?;
    let digest = bytes.digest();
    let mut archive = Archive::open(&bytes, request.limits)?;
    let (member, layer) = choose(&archive, request)?;
    match member {
        Member::Kml(entries) => {
            let kml = kml(&mut archive, &entries, &Request { layer, ..request.clone() }, vec![digest])?;
            Ok(Box::new(kml))
        }
        Member::Shapefile(entry) => {
            let files = side_files(&mut archive, &entry)?;
            let source = shapefile::from_files(files, &Request { layer: None, ..request.clone() })?;
            Ok(Box::new(Inside::new(source, SHAPEFILE, digest)))
        }
        Member::Single(entry, format, open) => {
            let content = archive.unpack(&entry)?;
            let path: PathBuf = content.path().to_owned();
            let source = open(content, &Request { path: &path, layer: None, ..request.clone() })?;
            Ok(Box::new(Inside::new(source, format, digest)))
        }
        Member::Packed(entry) => Err(Error::unusable(
            "this file can't be read from within an archive",
            Location::file(request.path).layer(&entry.name),
            format!("files that end in .{} are read from a disk only", entry.extension()),
            "unpack the archive and name the file itself",
        )),
    }
}

/// The member that is asked for, and what is asked of it.
fn choose<'r>(archive: &Archive<'_>, request: &Request<'r>) -> Result<(Member, Option<&'r str>)> {
    let place = || Location::file(request.path);
    let mut members = members(archive);
    let names = names(&members);
    let mut shown = names.iter().take(NAMED).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        shown += &format!(" and {} more", names.len() - NAMED);
    }
    if members.is_empty() {
        return Err(nothing(archive, request.path));
    }
    let stem = request.path.file_stem().map(|s| s.to_string_lossy().into_owned());
    let Some(asked) = request.layer else {
        return match (members.pop(), members.is_empty()) {
            (Some(only), true) => Ok((only, None)),
            _ => Err(Error::unusable(
                "this archive holds several layers",
                place(),
                format!("they are {shown}"),
                format!(
                    "name one of them after a #, as in {}#{}",
                    request.path.display(),
                    names.first().map_or("", |n| n)
                ),
            )),
        };
    };
    let called: Vec<usize> =
        (0..members.len()).filter(|at| members.get(*at).is_some_and(|m| m.is_called(asked))).collect();
    let exact = |at: &usize| members.get(*at).and_then(Member::entry).is_some_and(|e| e.name == asked);
    let found = match called.as_slice() {
        [one] => Some(*one),
        several => several.iter().copied().find(exact),
    };
    if let Some(at) = found {
        let member = members.swap_remove(at);
        // A folder of a KML may be called as the document is.
        let layer = if matches!(&member, Member::Kml(entries) if entries.len() > 1) { Some(asked) } else { None };
        return Ok((member, layer));
    }
    if called.is_empty() {
        let only = members.len() == 1 && stem.as_deref() == Some(asked);
        if let Some(at) = members.iter().position(|m| only || matches!(m, Member::Kml(_))) {
            // A folder of a KML; that reader tells what there is.
            return Ok((members.swap_remove(at), Some(asked).filter(|_| !only)));
        }
    }
    let why = if called.is_empty() { "it holds" } else { "several have this name; it holds" };
    Err(Error::unusable(
        "this archive has no such layer",
        place().layer(asked),
        format!("{why} {shown}"),
        "name one of these",
    ))
}

fn nothing(archive: &Archive<'_>, path: &Path) -> Error {
    let has = |name: &str| archive.entries().iter().any(|e| e.name == name);
    let (why, remedy) = if has("[Content_Types].xml") || has("mimetype") {
        ("it is a spreadsheet or a document of an office program", "save the table as CSV in UTF-8 and name that")
    } else {
        ("it holds no .shp, .kml, .geojson or .csv", "unpack it and name the file that holds the layer")
    };
    Error::unusable("this archive holds no layer that can be read", Location::file(path), why, remedy)
}

fn kml(archive: &mut Archive<'_>, entries: &[Entry], request: &Request<'_>, files: Vec<Digest>) -> Result<Kml> {
    let mut documents = Vec::new();
    for entry in entries {
        let bytes = archive.unpack(entry)?;
        documents.push(Document { name: entry.stem().to_owned(), inside: entry.name.clone(), bytes });
    }
    Kml::open(documents, request, KMZ, files)
}

/// The files of a shapefile: those beside it whose stem is the same, whatever its case.
fn side_files(archive: &mut Archive<'_>, entry: &Entry) -> Result<shapefile::Files> {
    let stem = entry.path_stem();
    let entries = archive.entries().to_vec();
    let mut side = |ending: &str| {
        let fits = |e: &&Entry| e.extension() == ending && e.path_stem().to_lowercase() == stem.to_lowercase();
        let exact = entries.iter().filter(fits).find(|e| e.path_stem() == stem);
        let found = exact.or_else(|| entries.iter().find(fits));
        found.map(|e| archive.unpack(e)).transpose()
    };
    let (dbf, prj, shx, cpg) = (side("dbf")?, side("prj")?, side("shx")?, side("cpg")?);
    let cpg = if cpg.is_some() { cpg } else { side("cst")? };
    let shapes = archive.unpack(entry)?;
    Ok(shapefile::Files { name: entry.stem().to_owned(), shapes, dbf, prj, shx, cpg })
}

fn layers(path: &Path, limits: Limits) -> Result<Vec<String>> {
    let bytes = Bytes::load(path)?;
    let mut archive = Archive::open(&bytes, limits)?;
    let members = members(&archive);
    if members.is_empty() {
        return Err(nothing(&archive, path));
    }
    let wanted = Wanted::default();
    let request = Request { limits, ..Request::of(path, &wanted) };
    let mut all = Vec::new();
    for (member, name) in members.iter().zip(names(&members)) {
        match member {
            Member::Kml(entries) => all.append(&mut kml(&mut archive, entries, &request, Vec::new())?.layers()),
            _ => all.push(name),
        }
    }
    Ok(all)
}

/// A layer read from an archive: it rests on the archive's bytes.
struct Inside {
    source: Box<dyn Source>,
    info: LayerInfo,
}

impl Inside {
    fn new(source: Box<dyn Source>, format: &'static str, archive: Digest) -> Self {
        let info = LayerInfo { format, files: vec![archive], ..source.info().clone() };
        Self { source, info }
    }
}

impl Source for Inside {
    fn info(&self) -> &LayerInfo {
        &self.info
    }

    fn len(&self) -> usize {
        self.source.len()
    }

    fn read(&self, range: std::ops::Range<usize>) -> Result<Vec<Feature>> {
        self.source.read(range)
    }
}
