//! What no program can go below: reading the bytes, parsing the coordinates, projecting them, building an index.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use flatgeobuf::size_prefixed_root_as_feature;
use rayon::prelude::*;
use rstar::primitives::Rectangle;
use rstar::{AABB, RTree};

use crate::clock::again;
use crate::plane::project;
use crate::{LAYERS, Lap};

/// The coordinates of some features, and where each feature's begin.
#[derive(Debug, Default)]
pub struct Coordinates {
    /// Longitude, latitude, longitude, latitude ...
    pub xy: Vec<f64>,
    /// For each feature its first number in `xy`.
    pub starts: Vec<usize>,
}

/// Measures each floor for the layers of a folder, on the threads of the pool that this runs in.
pub fn floors(dir: &Path) -> Result<Vec<Lap>, String> {
    let mut laps = Vec::new();
    let mut decoded = Vec::new();
    for (format, parse) in [("fgb", flatgeobuf as fn(&[u8]) -> Vec<Coordinates>), ("geojson", geojson)] {
        let paths: Vec<_> = LAYERS.iter().map(|layer| dir.join(format!("{layer}.{format}"))).collect();
        if !paths.iter().all(|p| p.is_file()) {
            continue;
        }
        let (wall, cpu, bytes) = again(|| paths.iter().map(|p| bytes(p)).collect::<Result<Vec<_>, _>>());
        let bytes = bytes?;
        laps.push(Lap::new(format!("read the bytes, {format}"), wall, cpu));
        let (wall, cpu, parsed) = again(|| bytes.iter().flat_map(|b| parse(b)).collect::<Vec<_>>());
        laps.push(Lap::new(format!("parse the coordinates, {format}"), wall, cpu));
        let (before, now) = (numbers(&decoded), numbers(&parsed));
        if now == 0 || (before != 0 && before != now) {
            return Err(format!("{}: {now} coordinates in {format}, {before} in the other format", dir.display()));
        }
        decoded = parsed;
    }
    let numbers = numbers(&decoded);
    let (wall, cpu, _) = again(|| {
        let plane = |c: &Coordinates| c.xy.chunks_exact(2).map(|p| project([p[0], p[1]])).collect::<Vec<_>>();
        decoded.par_iter().map(plane).collect::<Vec<_>>().len()
    });
    laps.push(Lap::new(format!("bring {} vertices to an equal-area plane", numbers / 2), wall, cpu));
    let boxes: Vec<Rectangle<[f64; 2]>> = decoded.iter().flat_map(boxes).collect();
    let (wall, cpu, _) = again(|| RTree::bulk_load(boxes.clone()).size());
    laps.push(Lap::new(format!("build an R-tree of {} boxes (rstar, one thread)", boxes.len()), wall, cpu));
    Ok(laps)
}

fn numbers(decoded: &[Coordinates]) -> usize {
    decoded.iter().map(|c| c.xy.len()).sum()
}

/// A file's bytes, read by all threads.
pub fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    const PIECE: usize = 1 << 20;
    let told = |e: std::io::Error| format!("{}: {e}", path.display());
    let file = File::open(path).map_err(told)?;
    let mut all = vec![0; file.metadata().map_err(told)?.len() as usize];
    let read = |(n, piece): (usize, &mut [u8])| file.read_exact_at(piece, (n * PIECE) as u64);
    all.par_chunks_mut(PIECE).enumerate().try_for_each(read).map_err(told)?;
    Ok(all)
}

/// The coordinates of a FlatGeobuf file that the generator made.
pub fn flatgeobuf(bytes: &[u8]) -> Vec<Coordinates> {
    let features = feature_starts(bytes);
    features
        .par_chunks(1024)
        .map(|chunk| {
            let mut out = Coordinates::default();
            for &(from, to) in chunk {
                out.starts.push(out.xy.len());
                let feature = size_prefixed_root_as_feature(&bytes[from..to]).ok();
                let xy = feature.and_then(|f| f.geometry()).and_then(|g| g.xy());
                out.xy.extend(xy.into_iter().flatten());
            }
            out
        })
        .collect()
}

/// Where each feature of a FlatGeobuf file begins and ends, its length included.
pub fn feature_starts(bytes: &[u8]) -> Vec<(usize, usize)> {
    let word = |at: usize| bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize);
    let header = flatgeobuf::size_prefixed_root_as_header(bytes.get(8..).unwrap_or_default());
    let index = header.ok().filter(|h| h.index_node_size() > 0).map_or(0, |h| {
        let (features, node) = (h.features_count() as usize, usize::from(h.index_node_size()));
        flatgeobuf::packed_r_tree::PackedRTree::index_size(features, node as u16)
    });
    let mut at = 12 + word(8) + index;
    let mut starts = Vec::new();
    while at + 4 < bytes.len() {
        let end = at + 4 + word(at);
        starts.push((at, end.min(bytes.len())));
        at = end;
    }
    starts
}

/// The coordinates of a GeoJSON file that the generator made: a feature a line.
fn geojson(bytes: &[u8]) -> Vec<Coordinates> {
    const PIECE: usize = 1 << 20;
    let mut cuts = vec![0];
    while let Some(from) = cuts.last().map(|c| c + PIECE).filter(|&from| from < bytes.len()) {
        cuts.push(memchr::memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |n| from + n));
    }
    cuts.push(bytes.len());
    let finder = memchr::memmem::Finder::new(b"\"coordinates\":");
    cuts.par_windows(2)
        .map(|cut| {
            let mut text = &bytes[cut[0]..cut[1]];
            let mut out = Coordinates::default();
            while let Some(at) = finder.find(text) {
                text = &text[at + 14..];
                out.starts.push(out.xy.len());
                while let Some((&byte, rest)) = text.split_first() {
                    match byte {
                        b'[' | b']' | b',' => text = rest,
                        b'}' => break,
                        _ => match fast_float2::parse_partial::<f64, _>(text) {
                            Ok((value, length)) if length > 0 => {
                                out.xy.push(value);
                                text = &text[length..];
                            }
                            _ => text = rest,
                        },
                    }
                }
            }
            out
        })
        .collect()
}

fn boxes(c: &Coordinates) -> Vec<Rectangle<[f64; 2]>> {
    let ends = c.starts.iter().skip(1).copied().chain([c.xy.len()]);
    let each = c.starts.iter().zip(ends).filter(|(from, to)| *from < to);
    each.map(|(&from, to)| {
        let points: Vec<[f64; 2]> = c.xy[from..to].chunks_exact(2).map(|p| [p[0], p[1]]).collect();
        Rectangle::from_aabb(AABB::from_points(points.iter()))
    })
    .collect()
}
