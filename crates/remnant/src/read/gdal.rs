//! Everything that GDAL reads, where it is installed: Esri's file geodatabases first of all.
//!
//! GDAL is a program beside this one, found at run time and never needed. It is asked for the layers, converts one to
//! GeoJSON in a folder that only this user can enter, and that is read as any GeoJSON. Drivers that could reach a
//! network or a database are switched off, and so is what the others could fetch.

mod tool;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use self::tool::Tool;
use super::{Bytes, DeclaredCrs, Digest, Feature, Format, LayerInfo, Limits, Request, Source, geojson};
use crate::error::{Error, Location, Result};

/// The format's line in the table of formats: what no other reader knows by its content.
pub(super) const FORMAT: Format = Format {
    name: "GDAL",
    extensions: &["gdb", "gml", "tab", "mif", "gpx", "dxf", "dgn", "000", "gmt", "jml", "sqlite"],
    // A table of MapInfo, which has the ending of tab-separated text.
    recognises: |head| head.get(..6).is_some_and(|begin| begin.eq_ignore_ascii_case(b"!table")),
    open,
    layers,
};

/// Whether a file that no reader knows could be read all the same.
pub(super) fn is_there() -> bool {
    Tool::find().is_some()
}

/// Whether a path is that of a folder that Esri's programs keep a geodatabase in.
pub(super) fn is_geodatabase(path: &Path) -> bool {
    let named = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gdb"));
    path.is_dir() && (named || path.join("a00000001.gdbtable").exists())
}

/// More files than a geodatabase has.
const MOST_FILES: usize = 20_000;

/// How many layers and warnings a message names.
const NAMED: usize = 12;

fn tool(path: &Path) -> Result<&'static Tool> {
    Tool::find().ok_or_else(|| {
        Error::unusable(
            "this file's format is read with GDAL, which is not installed",
            Location::file(path),
            "the program ogr2ogr is not found",
            format!("install GDAL (Debian: apt install gdal-bin), or convert the layer elsewhere with: {}", line(path)),
        )
    })
}

/// The line that converts a file by hand.
pub(super) fn line(path: &Path) -> String {
    format!("ogr2ogr -f GeoJSON -t_srs EPSG:4326 out.geojson '{}' LAYER", path.display())
}

fn refused(path: &Path, why: &str) -> Error {
    Error::unusable(
        "this file's format is not known, and GDAL can't read it",
        Location::file(path),
        why,
        "export the layer as GeoJSON, a shapefile, FlatGeobuf or CSV",
    )
}

/// A layer as GDAL lists it.
fn list(tool: &Tool, path: &Path) -> Result<Vec<String>> {
    let said = tool.info(&["-ro".as_ref(), "-q".as_ref(), path.as_os_str()]).map_err(|why| refused(path, &why))?;
    let mut names = Vec::new();
    for line in said.text.lines() {
        let after_number = line.split_once(": ").filter(|(n, _)| *n == "Layer" || n.parse::<u32>().is_ok());
        let Some((_, name)) = after_number else { continue };
        // The type of its geometry stands behind it in brackets.
        let bare = name.strip_suffix(')').and_then(|n| n.rsplit_once(" (")).map_or(name, |(n, _)| n);
        names.push(bare.to_owned());
    }
    if names.is_empty() {
        return Err(refused(path, "it finds no layer in it"));
    }
    Ok(names)
}

fn layers(path: &Path, _: Limits) -> Result<Vec<String>> {
    let tool = tool(path)?;
    list(tool, &own_path(path)?)
}

/// The path as GDAL is given it: absolute, so that it can be neither an option nor the name of a connection.
fn own_path(path: &Path) -> Result<std::path::PathBuf> {
    let unusable = |why: &dyn std::fmt::Display| {
        Error::unusable("this file can't be read", Location::file(path), why, "check the name")
    };
    let absolute = std::path::absolute(path).map_err(|e| unusable(&e))?;
    fs::metadata(&absolute).map_err(|e| unusable(&e))?;
    if absolute.to_string_lossy().starts_with("/vsi") {
        return Err(unusable(&"a path that begins with /vsi means something else to GDAL; copy the file elsewhere"));
    }
    Ok(absolute)
}

fn open(request: &Request<'_>) -> Result<Box<dyn Source>> {
    let path = request.path;
    let tool = tool(path)?;
    let own = own_path(path)?;
    let digests = digests(path)?;
    let names = list(tool, &own)?;
    let layer = choose(&names, request)?;
    let place = || Location::file(path).layer(layer);
    let fail = |why: String| {
        Error::unusable("GDAL can't convert this layer", place(), why, "export it with the program that made it")
    };
    if layer.starts_with('-') {
        return Err(fail("its name begins with a -, which GDAL takes for an option; rename it".into()));
    }
    let facts = tool.info(&["-ro".as_ref(), "-so".as_ref(), own.as_os_str(), layer.as_ref()]).map_err(fail)?;
    let folder = tool::Folder::new().map_err(|e| fail(format!("no temporary folder can be made: {e}")))?;
    let out = folder.path().join("layer.geojson");
    let said = tool.convert(&own, layer, &out).map_err(fail)?;
    let wanted = request.wanted;
    let bytes = Bytes::load(&out)?;
    let source = geojson::from_bytes(bytes, &Request { layer: None, ..Request::of(&out, wanted) })?;
    let count = facts.text.lines().find_map(|l| l.strip_prefix("Feature Count: ")?.trim().parse::<usize>().ok());
    if count.is_some_and(|count| count != source.len()) {
        let why = format!("it has {} features, and {} came over", count.unwrap_or_default(), source.len());
        return Err(fail(why));
    }
    let mut notes = source.info().notes.clone();
    notes.push(format!("the layer was converted by {}; arcs became chords of 0.05 degrees of arc", tool.version()));
    let warnings: Vec<&str> = facts.warnings.iter().chain(&said.warnings).map(String::as_str).collect();
    notes.extend(warnings.iter().take(NAMED).map(|w| format!("GDAL says: {w}")));
    if warnings.len() > NAMED {
        notes.push(format!("GDAL says {} things more", warnings.len() - NAMED));
    }
    let info = LayerInfo {
        name: layer.to_owned(),
        format: tool.version(),
        crs: crs(&facts.text),
        fields: source.info().fields.clone(),
        files: digests,
        notes,
    };
    Ok(Box::new(Converted { source, info }))
}

fn choose<'n>(names: &'n [String], request: &Request<'_>) -> Result<&'n str> {
    let mut shown = names.iter().take(NAMED).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        shown += &format!(" and {} more", names.len() - NAMED);
    }
    match (request.layer, names) {
        (Some(asked), _) => names.iter().find(|n| *n == asked).map(String::as_str).ok_or_else(|| {
            let place = Location::file(request.path).layer(asked);
            Error::unusable("this file has no such layer", place, format!("its layers are {shown}"), "name one of them")
        }),
        (None, [only]) => Ok(only),
        (None, _) => Err(Error::unusable(
            "this file holds several layers",
            Location::file(request.path),
            format!("they are {shown}"),
            format!("name one of them after a #, as in {}#{}", request.path.display(), names.first().map_or("", |n| n)),
        )),
    }
}

/// The CRS in what `ogrinfo` says of a layer.
fn crs(text: &str) -> DeclaredCrs {
    let Some((_, after)) = text.split_once("Layer SRS WKT:") else { return DeclaredCrs::Unknown };
    let definition: String = after
        .lines()
        .map(str::trim)
        .skip_while(|l| l.is_empty())
        .take_while(|l| !l.starts_with("Data axis to CRS axis mapping") && !l.is_empty())
        .collect();
    // Definitions end with the bracket that they begin with; what follows are fields.
    let mut depth = 0_usize;
    let mut quoted = false;
    let end = definition.char_indices().find_map(|(at, c)| {
        match c {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => {
                depth = depth.saturating_sub(1);
                return (depth == 0).then_some(at + 1);
            }
            _ => {}
        }
        None
    });
    match end.and_then(|end| definition.get(..end)) {
        Some(wkt) => DeclaredCrs::Definition(wkt.to_owned()),
        None => DeclaredCrs::Unknown,
    }
}

/// The digests of a file, or of the files of a folder.
fn digests(path: &Path) -> Result<Vec<Digest>> {
    let metadata = fs::metadata(path);
    if !metadata.is_ok_and(|m| m.is_dir()) {
        return Ok(vec![Bytes::load(path)?.digest()]);
    }
    let unreadable = |e: &dyn std::fmt::Display| {
        Error::unusable("this folder can't be read", Location::file(path), e, "check that it is whole and readable")
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(|e| unreadable(&e))? {
        let file = entry.map_err(|e| unreadable(&e))?.path();
        // The locks of programs that have it open come and go.
        if file.is_file() && file.extension().is_none_or(|e| !e.eq_ignore_ascii_case("lock")) {
            files.push(file);
        }
        if files.len() > MOST_FILES {
            return Err(unreadable(&format!("it has more than {MOST_FILES} files")));
        }
    }
    files.sort();
    files.iter().map(|file| Ok(Bytes::load_or_empty(file)?.digest())).collect()
}

/// A converted layer: it rests on the bytes of the original.
struct Converted {
    source: Box<dyn Source>,
    info: LayerInfo,
}

impl Source for Converted {
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
