//! The records of a `.shp`: where each stands, and what its geometry is.

use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPoint, Point};

use super::rings;
use crate::read::Shape;
use crate::read::extent::Extent;
use crate::read::raw::{f64_le, i32_be, i32_le, index};

/// The size of the header of a `.shp` and of a `.shx`.
pub(super) const HEADER: usize = 100;

/// Where a record's content stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) number: i32,
}

/// Whether these bytes begin as a `.shp` or `.shx` does.
pub(super) fn is_shapefile(head: &[u8]) -> bool {
    i32_be(head, 0) == Some(9994) && i32_le(head, 28) == Some(1000)
}

/// The length that the header states.
fn stated_length(bytes: &[u8]) -> usize {
    i32_be(bytes, 24).and_then(index).and_then(|words| words.checked_mul(2)).unwrap_or(0)
}

/// Whether the header states more bytes than there are: only the table can then tell whether records are missing.
pub(super) fn is_short(bytes: &[u8]) -> bool {
    stated_length(bytes) > bytes.len()
}

/// Goes from record to record; the error says why the file can't be trusted.
///
/// A header that states another length than the file has is passed over where the file ends with a whole record: the
/// programs that append records often forget it. Where records are missing, the table beside the shapes tells.
pub(super) fn walk(bytes: &[u8], notes: &mut Vec<String>) -> Result<Vec<Span>, String> {
    if bytes.len() < HEADER || !is_shapefile(bytes) {
        return Err("it does not begin with the header of a .shp".into());
    }
    let stated = stated_length(bytes);
    let differs = format!("its header says that it has {stated} bytes, and it has {}", bytes.len());
    let mut spans = Vec::new();
    let mut at = HEADER;
    while at < bytes.len() {
        let record = spans.len() + 1;
        let cut = || {
            let told = if stated == bytes.len() { String::new() } else { format!("; {differs}") };
            format!("record {record}, which begins at byte {at}, reaches beyond the end of the file{told}")
        };
        let number = i32_be(bytes, at).ok_or_else(cut)?;
        let length = i32_be(bytes, at + 4).and_then(index).and_then(|w| w.checked_mul(2)).ok_or_else(cut)?;
        let end = (at + 8).checked_add(length).filter(|end| *end <= bytes.len()).ok_or_else(cut)?;
        if length < 4 {
            return Err(format!("record {record}, which begins at byte {at}, has no room for a shape"));
        }
        spans.push(Span { start: at + 8, end, number });
        at = end;
    }
    if stated != bytes.len() {
        notes.push(format!("{differs}; all of its records are whole, and they are used"));
    }
    Ok(spans)
}

/// Puts records in the order of their numbers, where the file has them in another: editors append a shape that has
/// grown and leave the old one where it was. Only the `.shx` then tells which one counts.
pub(super) fn arrange(spans: Vec<Span>, shx: Option<&[u8]>, notes: &mut Vec<String>) -> Result<Vec<Span>, String> {
    let from = |first: i32| spans.iter().zip(first..).all(|(span, number)| span.number == number);
    let in_order = from(1) || from(0);
    let Some(shx) = shx else {
        return if in_order {
            Ok(spans)
        } else {
            Err("its records are not numbered in order, and there is no .shx to say which of them count".into())
        };
    };
    let entries = shx.get(HEADER..).unwrap_or_default();
    if in_order && entries.len() == spans.len() * 8 {
        return Ok(spans);
    }
    let listed: Option<Vec<Span>> = entries
        .chunks(8)
        .map(|entry| {
            let start = i32_be(entry, 0).and_then(index)?.checked_mul(2)?.checked_add(8)?;
            spans.binary_search_by_key(&start, |s| s.start).ok().and_then(|at| spans.get(at)).copied()
        })
        .collect();
    match listed {
        _ if in_order => {
            notes.push(format!(
                "the .shx lists {} records and the .shp has {}; those of the .shp are used",
                entries.len() / 8,
                spans.len()
            ));
            Ok(spans)
        }
        Some(listed) => {
            notes.push(format!(
                "the records of the .shp are not in order; the {} of {} that the .shx lists are used",
                listed.len(),
                spans.len()
            ));
            Ok(listed)
        }
        None => Err("its records are not numbered in order, and its .shx does not fit it".into()),
    }
}

/// The shape of a record's content; `layer_type` is the type that the file's header states.
pub(super) fn shape(content: &[u8], layer_type: i32, notes: &mut Vec<String>) -> Shape {
    let kind = i32_le(content, 0).unwrap_or(-1);
    let unreadable = |why: String| Shape::Unreadable { why, bounds: stated_box(content, kind) };
    if kind == 0 {
        return Shape::Missing;
    }
    if kind != layer_type {
        return unreadable(format!("its shape type is {kind}, and that of its file {layer_type}"));
    }
    let read = match kind {
        1 | 11 | 21 => point(content, kind),
        8 | 18 | 28 => multi_point(content, kind),
        3 | 13 | 23 | 5 | 15 | 25 => parts(content, kind, notes),
        31 => Err("it is a MultiPatch (a surface in space), which has no area on the ground".into()),
        _ => Err(format!("Shapefile has no shape type {kind}")),
    };
    let geometry = match read {
        Ok(geometry) => geometry,
        Err(why) => return unreadable(why),
    };
    Shape::Geometry(geometry)
}

/// The box that the content states, or the place of a point.
fn stated_box(content: &[u8], kind: i32) -> Option<[f64; 4]> {
    let mut extent = Extent::default();
    if let (Some(x), Some(y)) = (f64_le(content, 4), f64_le(content, 12)) {
        extent.add(x, y);
    }
    if !matches!(kind, 1 | 11 | 21)
        && let (Some(x), Some(y)) = (f64_le(content, 20), f64_le(content, 28))
    {
        extent.add(x, y);
    }
    extent.bounds()
}

const TOO_SHORT: &str = "its content is cut short";

fn coords(content: &[u8], start: usize, count: usize) -> Option<Vec<Coord<f64>>> {
    let end = count.checked_mul(16)?.checked_add(start)?;
    let pairs = content.get(start..end)?.chunks_exact(16);
    Some(pairs.filter_map(|pair| Some(Coord { x: f64_le(pair, 0)?, y: f64_le(pair, 8)? })).collect())
}

fn point(content: &[u8], kind: i32) -> Result<Geometry<f64>, String> {
    let fits = match kind {
        1 => content.len() == 20,
        11 => matches!(content.len(), 28 | 36),
        _ => content.len() == 28,
    };
    match coords(content, 4, 1).as_deref() {
        Some([c]) if fits => Ok(Geometry::Point(Point(*c))),
        _ => Err(format!("a point of {} bytes", content.len())),
    }
}

/// Whether counts explain a content to its last byte; else they, or the content, can't be right.
fn check_length(content: &[u8], kind: i32, flat: Option<usize>, count: usize) -> Result<(), String> {
    let measure = count.checked_mul(8).and_then(|m| m.checked_add(16));
    let lengths: Option<Vec<usize>> = flat.zip(measure).and_then(|(flat, measure)| {
        let one = flat.checked_add(measure)?;
        Some(match kind {
            3 | 5 | 8 => vec![flat],
            // The measures may be left out.
            13 | 15 | 18 => vec![one, one.checked_add(measure)?],
            _ => vec![flat, one],
        })
    });
    if lengths.is_some_and(|l| l.contains(&content.len())) {
        return Ok(());
    }
    Err(format!("it states {count} points, which does not fit its {} bytes", content.len()))
}

/// A note where the coordinates do not fill the box that stands with them: one of the two is damaged.
fn check_box(content: &[u8], all: &[Coord<f64>], notes: &mut Vec<String>) {
    let mut extent = Extent::default();
    all.iter().for_each(|c| extent.add(c.x, c.y));
    let Some(seen) = extent.bounds() else { return };
    let stated = [4, 12, 20, 28].map(|at| f64_le(content, at).unwrap_or(f64::NAN));
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-6 * a.abs().max(1.0);
    if !seen.iter().zip(&stated).all(near) {
        notes.push("the box that the record states is not that of its coordinates".into());
    }
}

fn multi_point(content: &[u8], kind: i32) -> Result<Geometry<f64>, String> {
    let count = i32_le(content, 36).and_then(index).ok_or(TOO_SHORT)?;
    check_length(content, kind, count.checked_mul(16).and_then(|b| b.checked_add(40)), count)?;
    let all = coords(content, 40, count).ok_or(TOO_SHORT)?;
    Ok(Geometry::MultiPoint(MultiPoint(all.into_iter().map(Point).collect())))
}

fn parts(content: &[u8], kind: i32, notes: &mut Vec<String>) -> Result<Geometry<f64>, String> {
    let part_count = i32_le(content, 36).and_then(index).ok_or(TOO_SHORT)?;
    let count = i32_le(content, 40).and_then(index).ok_or(TOO_SHORT)?;
    let first = part_count.checked_mul(4).and_then(|b| b.checked_add(44));
    let flat = first.zip(count.checked_mul(16)).and_then(|(a, b)| a.checked_add(b));
    check_length(content, kind, flat, count)?;
    let first = first.ok_or(TOO_SHORT)?;
    let all = coords(content, first, count).ok_or(TOO_SHORT)?;
    check_box(content, &all, notes);
    let begins = content.get(44..first).unwrap_or_default().chunks_exact(4);
    let mut begins: Vec<usize> = begins.filter_map(|b| i32_le(b, 0).and_then(index)).collect();
    if begins.len() != part_count || begins.first().is_some_and(|b| *b != 0) || (begins.is_empty() && count > 0) {
        return Err("its list of parts does not begin with its first point".into());
    }
    begins.push(count);
    let mut lines = Vec::with_capacity(part_count);
    for pair in begins.windows(2) {
        let [begin, end] = pair else { continue };
        let line = all.get(*begin..*end).ok_or("its parts are not in order")?;
        lines.push(line.to_vec());
    }
    if matches!(kind, 5 | 15 | 25) {
        return rings::polygons(lines, notes);
    }
    let mut lines: Vec<LineString<f64>> = lines.into_iter().map(LineString).collect();
    Ok(match (lines.pop(), lines.is_empty()) {
        (Some(only), true) => Geometry::LineString(only),
        (last, _) => {
            lines.extend(last);
            Geometry::MultiLineString(MultiLineString(lines))
        }
    })
}
