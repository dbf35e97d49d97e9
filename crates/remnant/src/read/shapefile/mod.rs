//! ESRI Shapefile: shapes (`.shp`), their table (`.dbf`), the CRS (`.prj`) and the encoding (`.cpg`).
//!
//! Own code rather than a crate's: the records are simple, and every length in them is checked against the file, so
//! that one that was cut short is an error instead of fewer features. The `.shx` is asked only where the records of
//! the `.shp` are out of order.

mod dbf;
mod records;
mod rings;
#[cfg(test)]
mod tests;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use self::dbf::Table;
use self::records::Span;
use super::raw::i32_le;
use super::text::Codec;
use super::{Bytes, DeclaredCrs, Feature, Format, LayerInfo, Request, Source, slice_of};
use crate::error::{Error, Location, Result};

/// The format's line in the table of formats.
pub(super) const FORMAT: Format = Format {
    name: "Shapefile",
    extensions: &["shp", "shx", "dbf"],
    recognises: records::is_shapefile,
    open,
    layers: super::only_layer,
};

/// An opened shapefile.
struct Shapefile {
    shapes: Bytes,
    spans: Vec<Span>,
    shape_type: i32,
    table: Option<(Bytes, Table)>,
    slots: Vec<(usize, u16)>,
    codec: Codec,
    info: LayerInfo,
}

fn unusable(path: &Path, why: impl std::fmt::Display, remedy: &str) -> Error {
    Error::unusable("this shapefile can't be used", Location::file(path), why, remedy)
}

const AGAIN: &str = "copy or export it again, all of its files together";

fn open(request: &Request<'_>) -> Result<Box<dyn Source>> {
    let path = request.path;
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("dbf") || e.eq_ignore_ascii_case("shx")) {
        return Err(unusable(path, "this is the side file of a shapefile", "name the .shp instead"));
    }
    let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    if let Some(layer) = request.layer.filter(|l| *l != name) {
        return Err(super::no_such_layer(path, layer, &name));
    }
    let shapes = Bytes::load(path)?;
    let side = |ending: &str| sibling(path, ending).map(|p| Bytes::load_or_empty(&p)).transpose();
    let (dbf, prj, shx) = (side("dbf")?, side("prj")?, side("shx")?);
    let cpg = side("cpg")?.or(side("cst")?);
    from_files(Files { name, shapes, dbf, prj, shx, cpg }, request)
}

/// The content of the files that make up a shapefile.
pub(super) struct Files {
    /// What the layer is called.
    pub(super) name: String,
    pub(super) shapes: Bytes,
    pub(super) dbf: Option<Bytes>,
    pub(super) prj: Option<Bytes>,
    pub(super) shx: Option<Bytes>,
    pub(super) cpg: Option<Bytes>,
}

/// Opens a shapefile whose files are in memory.
pub(super) fn from_files(files: Files, request: &Request<'_>) -> Result<Box<dyn Source>> {
    let Files { name, shapes, dbf, prj, shx, cpg } = files;
    let mut notes = Vec::new();
    let spans = records::walk(&shapes, &mut notes)
        .and_then(|spans| records::arrange(spans, shx.as_deref(), &mut notes))
        .map_err(|why| unusable(shapes.path(), why, AGAIN))?;
    if dbf.is_none() && records::is_short(&shapes) {
        let why = "its header tells of more bytes than it has, and there is no .dbf to say how many records there were";
        return Err(unusable(shapes.path(), why, AGAIN));
    }
    let mut table = None;
    let mut fields = Vec::new();
    let (mut slots, mut codec) = (Vec::new(), Codec::UTF_8);
    if let Some(dbf) = dbf {
        let mut layout = Table::open(&dbf).map_err(|why| unusable(dbf.path(), why, AGAIN))?;
        if layout.count != spans.len() {
            let why = format!("it has {} records, and the .shp has {} shapes", layout.count, spans.len());
            return Err(unusable(dbf.path(), why + "; which belongs to which can't be known", AGAIN));
        }
        codec = encoding(request, cpg.as_deref(), &layout, &dbf, &mut notes)?;
        fields = layout.names(&codec);
        slots = layout.slots(&fields, request.wanted);
        notes.append(&mut layout.notes);
        table = Some((dbf, layout));
    } else {
        notes.push("there is no .dbf beside the .shp: its features have no values".into());
    }
    let definition =
        prj.as_deref().map(|p| String::from_utf8_lossy(p).trim_matches(['\u{feff}', '\0', ' ', '\r', '\n']).to_owned());
    let crs = definition.filter(|d| !d.is_empty()).map_or(DeclaredCrs::Unknown, DeclaredCrs::Definition);
    if crs == DeclaredCrs::Unknown {
        notes.push("there is no .prj beside the .shp: its coordinate system is not known".into());
    }
    let sides: Vec<&Bytes> =
        table.as_ref().map(|(dbf, _)| dbf).into_iter().chain(&prj).chain(&cpg).chain(&shx).collect();
    let files = std::iter::once(&shapes).chain(sides).collect::<Vec<_>>().par_iter().map(|b| b.digest()).collect();
    let info = LayerInfo { name, format: FORMAT.name, crs, fields, files, notes };
    let shape_type = i32_le(&shapes, 32).unwrap_or(-1);
    Ok(Box::new(Shapefile { shapes, spans, shape_type, table, slots, codec, info }))
}

/// The side file of an ending, whatever the case of its name; the very same stem goes before a likeness of it.
fn sibling(path: &Path, ending: &str) -> Option<PathBuf> {
    let exact = path.with_extension(ending);
    if exact.exists() {
        return Some(exact);
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let sought = exact.file_name()?.to_string_lossy().to_lowercase();
    let stem = path.file_stem()?;
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy().to_lowercase() == sought))
        .collect();
    found.sort_by_key(|p| (p.file_stem() != Some(stem), p.clone()));
    found.into_iter().next()
}

/// The encoding of the table: what the file states, else what the user says, else a guess that is told.
fn encoding(
    request: &Request<'_>,
    cpg: Option<&[u8]>,
    table: &Table,
    dbf: &[u8],
    notes: &mut Vec<String>,
) -> Result<Codec> {
    if let Some(label) = cpg.map(String::from_utf8_lossy).filter(|l| !l.trim().is_empty()) {
        match Codec::named(&label) {
            Some(codec) => return Ok(codec),
            None => {
                let label: String = label.trim().chars().take(40).collect();
                notes.push(format!("the .cpg names an encoding that is not known: {label}"));
            }
        }
    }
    if let Some(codec) = Codec::language(table.language) {
        return Ok(codec);
    }
    if let Some(label) = request.encoding {
        return Codec::named(label).ok_or_else(|| super::no_such_encoding(request.path, label));
    }
    Ok(match table.looks_like_utf8(dbf) {
        (false, _) => Codec::UTF_8,
        (true, true) => {
            notes.push("the encoding of the .dbf is not stated; its text is valid UTF-8 and read as such".into());
            Codec::UTF_8
        }
        (true, false) => {
            notes.push(
                "the encoding of the .dbf is not stated, and its text is not UTF-8; it is read as windows-1252, which may \
                 be wrong: name the encoding"
                    .into(),
            );
            Codec::WINDOWS_1252
        }
    })
}

impl Source for Shapefile {
    fn info(&self) -> &LayerInfo {
        &self.info
    }

    fn len(&self) -> usize {
        self.spans.len()
    }

    fn read(&self, range: Range<usize>) -> Result<Vec<Feature>> {
        let spans = slice_of(&self.spans, &range)?;
        let mut features = Vec::with_capacity(spans.len());
        for (at, span) in (range.start..).zip(spans) {
            let content = self.shapes.get(span.start..span.end).unwrap_or_default();
            let mut notes = Vec::new();
            let shape = records::shape(content, self.shape_type, &mut notes);
            let mut feature = Feature { number: at as u64 + 1, id: None, values: Vec::new(), shape, notes };
            if let Some((bytes, table)) = &self.table {
                table.values(bytes, at, &self.slots, &self.codec, &mut feature);
            }
            features.push(feature);
        }
        Ok(features)
    }
}
