//! FlatGeobuf: a header, perhaps an index (not used), and features that each begin with their size.
//!
//! The tables are read through the crate's generated code by its verifying entry points; the walk over the features
//! is our own, since every one must be reachable by its number and a file that is cut short must be an error.

mod geometry;
mod properties;
#[cfg(test)]
mod tests;

use std::ops::Range;

use ::flatgeobuf::{
    GeometryType, Header, size_prefixed_root_as_feature_with_opts, size_prefixed_root_as_header_with_opts,
};
use flatbuffers::VerifierOptions;

use self::properties::{Field, fields, values};
use super::arc::Arcs;
use super::bytes::Stored;
use super::declared::first_understood;
use super::raw::{f64_le, index, u32_le};
use super::{DeclaredCrs, Feature, Format, LayerInfo, Request, Shape, Source, Wanted, slice_of};
use crate::error::{Error, Location, Result};

/// The format's line in the table of formats.
pub(super) const FORMAT: Format =
    Format { name: "FlatGeobuf", extensions: &["fgb"], recognises, open, layers: super::only_layer };

fn recognises(head: &[u8]) -> bool {
    head.starts_with(b"fgb") && head.get(4..7) == Some(b"fgb")
}

/// The largest header that is read: names and a CRS, and no more.
const LARGEST_HEADER: u64 = 64 << 20;

/// How many times the size of a table its parts may come to: they may lie in one place of the file, and a part with parts
/// of its own could be there millions of times. Writers share the small tables of offsets at most.
const SHARED: usize = 16;

/// What a table of a file may hold: no more than it has room for.
fn allowed(table: &[u8]) -> VerifierOptions {
    VerifierOptions {
        max_tables: table.len() / 4 + 16,
        max_apparent_size: table.len().saturating_mul(SHARED).saturating_add(1024),
        ..VerifierOptions::default()
    }
}

/// The bytes of a node of the index: four coordinates and an offset.
const NODE: usize = 40;

/// The bytes of an index over `count` features; nothing where the numbers can't be right.
fn index_size(count: usize, node: u16) -> Option<usize> {
    if count == 0 || node == 0 {
        return Some(0);
    }
    if node < 2 {
        return None;
    }
    let (mut level, mut nodes) = (count, count);
    while level > 1 {
        level = level.div_ceil(node.into());
        nodes = nodes.checked_add(level)?;
    }
    // A single feature still has a root above it.
    let nodes = if count == 1 { 2 } else { nodes };
    nodes.checked_mul(NODE)
}

/// Whether a box is one.
fn sound(bounds: &[f64; 4]) -> bool {
    let [x_min, y_min, x_max, y_max] = bounds;
    bounds.iter().all(|b| b.is_finite()) && x_min <= x_max && y_min <= y_max
}

/// Where the features of a file begin, found block by block: they must fill the file.
struct Walk {
    /// Where each feature begins, its size included.
    starts: Vec<u64>,
    /// Where the next one begins.
    next: u64,
    /// What is known of the size that stands there, where a block ended in it.
    size: Vec<u8>,
    /// The end of the file.
    end: u64,
    wrong: Option<String>,
}

impl Walk {
    fn look(&mut self, begin: u64, block: &[u8]) {
        let end = begin + block.len() as u64;
        while self.wrong.is_none() && self.next < end {
            // A size may begin in one block and go on in the next.
            let from = (self.next + self.size.len() as u64).max(begin) - begin;
            let missing = 4 - self.size.len();
            self.size.extend(block.get(from as usize..).unwrap_or_default().iter().take(missing));
            let Ok(size) = <[u8; 4]>::try_from(self.size.as_slice()) else { break };
            self.size.clear();
            let after = self.next + 4 + u64::from(u32::from_le_bytes(size));
            if after < self.next + 12 || after > self.end {
                self.wrong = Some(self.beyond());
                break;
            }
            self.starts.push(self.next);
            self.next = after;
        }
    }

    fn beyond(&self) -> String {
        let (number, at) = (self.starts.len() + 1, self.next);
        format!("feature {number}, which begins at byte {at}, reaches beyond the end of the file")
    }

    /// The places at which features begin, and the end; they must be as many as the header says.
    fn done(mut self, stated: usize) -> std::result::Result<Vec<u64>, String> {
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        if self.next != self.end {
            return Err(self.beyond());
        }
        // No number means that it was not known when the header was written.
        if stated != 0 && stated != self.starts.len() {
            return Err(format!("its header states {stated} features, and there are {}", self.starts.len()));
        }
        self.starts.push(self.end);
        Ok(self.starts)
    }
}

fn crs(header: &Header<'_>) -> DeclaredCrs {
    let Some(crs) = header.crs() else { return DeclaredCrs::Unknown };
    let organisation = crs.org().filter(|o| !o.is_empty()).unwrap_or("EPSG").to_uppercase();
    let code = match (crs.code(), crs.code_string()) {
        (0, Some(code)) if !code.is_empty() => Some(code.to_owned()),
        (0, _) => None,
        (code, _) => Some(code.to_string()),
    };
    let code = code.map(|code| format!("{organisation}:{code}"));
    let wkt = crs.wkt().filter(|w| !w.is_empty()).map(str::to_owned);
    first_understood(code.into_iter().chain(wkt))
}

fn open(request: &Request<'_>) -> Result<Box<dyn Source>> {
    let file = Stored::open(request.path)?;
    let unusable = |why: String| {
        Error::unusable(
            "this FlatGeobuf file can't be used",
            Location::file(request.path),
            why,
            "copy or export it again; nobody can tell what this one was meant to hold",
        )
    };
    let head = file.read(0..file.len().min(12))?;
    if head.get(3) != Some(&3) {
        return Err(unusable("it is not of version 3 of the format".into()));
    }
    let size = u32_le(&head, 8).map(u64::from).filter(|size| (8..=LARGEST_HEADER).contains(size));
    let end = size.map(|size| 12 + size).filter(|&end| end <= file.len());
    let end = end.ok_or_else(|| unusable("its header reaches beyond the end of the file".into()))?;
    let header = file.read(8..end)?;
    let header = size_prefixed_root_as_header_with_opts(&allowed(&header), &header)
        .map_err(|e| unusable(format!("its header is damaged: {e}")))?;
    let stated = index(header.features_count());
    let (count, start) = stated
        .and_then(|count| Some((count, end.checked_add(index_size(count, header.index_node_size())? as u64)?)))
        .filter(|(_, start)| *start <= file.len())
        .ok_or_else(|| unusable("its index reaches beyond the end of the file".into()))?;
    let mut walk = Walk { starts: Vec::new(), next: start, size: Vec::new(), end: file.len(), wrong: None };
    let digest = file.digest(|begin, block| walk.look(begin, block))?;
    let starts = walk.done(count).map_err(unusable)?;
    // The leaves stand last in the index, in the order of the features.
    let leaves = (start > end).then(|| start - (count * NODE) as u64);
    let stem = request.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let name = header.name().filter(|n| !n.is_empty()).map_or_else(|| stem.clone(), str::to_owned);
    if let Some(layer) = request.layer.filter(|l| *l != name && *l != stem) {
        return Err(super::no_such_layer(request.path, layer, &name));
    }
    let columns = fields(header.columns().into_iter().flatten(), request.wanted);
    let info = LayerInfo {
        name,
        format: FORMAT.name,
        crs: crs(&header),
        fields: columns.iter().map(|c| c.name.clone()).collect(),
        files: vec![digest],
        notes: Vec::new(),
    };
    let (kind, arcs) = (header.geometry_type(), Arcs::new(&info.crs).growing(request.limits));
    Ok(Box::new(FlatGeobuf { file, starts, leaves, kind, columns, wanted: request.wanted.clone(), arcs, info }))
}

/// An opened file.
struct FlatGeobuf {
    file: Stored,
    /// Where each feature begins, its size included; then the end of the file.
    starts: Vec<u64>,
    /// Where the boxes of the features begin, if the file has an index.
    leaves: Option<u64>,
    kind: GeometryType,
    columns: Vec<Field>,
    wanted: Wanted,
    arcs: Arcs,
    info: LayerInfo,
}

/// The box that the index has for a feature; `leaves` are those of some features, of which it is number `at`.
fn stated_box(leaves: &[u8], at: usize) -> Option<[f64; 4]> {
    let leaf = at.checked_mul(NODE)?;
    let [x_min, y_min, x_max, y_max] = [0, 8, 16, 24].map(|side| f64_le(leaves, leaf + side));
    Some([x_min?, y_min?, x_max?, y_max?])
}

impl Source for FlatGeobuf {
    fn info(&self) -> &LayerInfo {
        &self.info
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn read(&self, range: Range<usize>) -> Result<Vec<Feature>> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let starts = slice_of(&self.starts, &(range.start..range.end + 1))?;
        let (first, end) = (starts[0], starts[starts.len() - 1]);
        let bytes = self.file.read(first..end)?;
        let node = |at: usize| (at * NODE) as u64;
        let leaves = match self.leaves {
            Some(leaves) => self.file.read(leaves + node(range.start)..leaves + node(range.end))?,
            None => Vec::new(),
        };
        let mut features = Vec::with_capacity(range.len());
        for (at, span) in starts.windows(2).enumerate() {
            let number = (range.start + at) as u64 + 1;
            let stated = stated_box(&leaves, at);
            let own = bytes.get((span[0] - first) as usize..(span[1] - first) as usize);
            let mut feature =
                Feature { number, id: None, values: Vec::new(), shape: Shape::Missing, notes: Vec::new() };
            let own = own.unwrap_or_default();
            match size_prefixed_root_as_feature_with_opts(&allowed(own), own) {
                Ok(table) => {
                    feature.shape =
                        geometry::shape(table.geometry(), self.kind, stated, &self.arcs, &mut feature.notes);
                    let own = table.columns().filter(|c| !c.is_empty()).map(|c| fields(c.into_iter(), &self.wanted));
                    if let Some(properties) = table.properties() {
                        values(properties.bytes(), own.as_ref().unwrap_or(&self.columns), &mut feature);
                        feature.values.sort_by_key(|(slot, _)| *slot);
                    }
                }
                Err(_) => {
                    let why =
                        "the feature is damaged: an offset or a length in it leads out of it, or to one place again \
                               and again"
                            .into();
                    feature.shape = Shape::Unreadable { why, bounds: stated.filter(sound) };
                }
            }
            features.push(feature);
        }
        Ok(features)
    }
}
