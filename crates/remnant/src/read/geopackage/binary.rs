//! The header that a GeoPackage puts before the well-known binary of a geometry.

use crate::read::arc::Arcs;
use crate::read::raw::{array, f64_le, u16_le};
use crate::read::{Shape, wkb};

/// A geometry of a GeoPackage, taken apart.
struct Blob<'a> {
    /// The box that the header states, `[x_min, y_min, x_max, y_max]`, where it states one that is a box.
    bounds: Option<[f64; 4]>,
    empty: bool,
    srs: i64,
    wkb: &'a [u8],
}

fn parse(bytes: &[u8]) -> Result<Blob<'_>, String> {
    if !bytes.starts_with(b"GP") {
        return Err("it does not begin as the geometries of a GeoPackage do".into());
    }
    let short = || "its header ends too early".to_owned();
    let [version, flags] = u16_le(bytes, 2).map(u16::to_le_bytes).ok_or_else(short)?;
    if version != 0 {
        return Err(format!("its header is of version {version}, which is not known"));
    }
    if flags & 0x20 != 0 {
        return Err("it is of an extended type that only the program knows which wrote it".into());
    }
    let little = flags & 1 == 1;
    let srs = array(bytes, 4).ok_or_else(short)?;
    let srs = if little { i32::from_le_bytes(srs) } else { i32::from_be_bytes(srs) };
    let sides = match (flags >> 1) & 7 {
        0 => 0,
        1 => 4,
        2 | 3 => 6,
        4 => 8,
        other => return Err(format!("its header has an envelope of kind {other}, which is none")),
    };
    let side = |nth: usize| {
        let at = 8 + 8 * nth;
        if little { f64_le(bytes, at) } else { array(bytes, at).map(f64::from_be_bytes) }
    };
    let wkb = bytes.get(8 + 8 * sides..).ok_or_else(short)?;
    // Both x before both y.
    let bounds = match (side(0), side(2), side(1), side(3)) {
        (Some(x_min), Some(y_min), Some(x_max), Some(y_max)) if sides > 0 => Some([x_min, y_min, x_max, y_max]),
        _ => None,
    };
    let sound = |b: &[f64; 4]| b.iter().all(|side| side.is_finite()) && b[0] <= b[2] && b[1] <= b[3];
    Ok(Blob { bounds: bounds.filter(sound), empty: flags & 0x10 != 0, srs: srs.into(), wkb })
}

/// The shape of a feature of a layer whose reference system has this number in the file.
pub(super) fn shape(bytes: &[u8], layer_srs: i64, arcs: &Arcs, notes: &mut Vec<String>) -> Shape {
    let blob = match parse(bytes) {
        Ok(blob) => blob,
        Err(why) => return Shape::Unreadable { why, bounds: None },
    };
    let before = notes.len();
    let shape = wkb::shape(blob.wkb, arcs, blob.bounds, notes);
    let Shape::Geometry(geometry) = &shape else { return shape };
    let curved = notes.iter().skip(before).any(|note| note == crate::read::arc::APPROXIMATED);
    let seen = crate::read::extent::of(geometry);
    if blob.srs > 0 && blob.srs != layer_srs {
        notes.push(format!(
            "its header names reference system {}, its layer {layer_srs}; it is read as the layer's",
            blob.srs
        ));
    }
    if blob.empty && seen.is_some() {
        notes.push("its header calls it empty, and it is not".into());
    }
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    if let (Some(stated), Some(seen), false) = (blob.bounds, seen, curved)
        && !seen.iter().zip(&stated).all(near)
    {
        notes.push("the box that its header states is not that of its coordinates".into());
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::DeclaredCrs;

    fn point(flags: u8, srs: [u8; 4], envelope: &[f64]) -> Vec<u8> {
        let mut bytes = vec![b'G', b'P', 0, flags];
        bytes.extend(srs);
        let little = flags & 1 == 1;
        envelope.iter().for_each(|s| bytes.extend(if little { s.to_le_bytes() } else { s.to_be_bytes() }));
        bytes.extend([1, 1, 0, 0, 0]);
        [3.0_f64, 4.0].iter().for_each(|c| bytes.extend(c.to_le_bytes()));
        bytes
    }

    fn read(bytes: &[u8]) -> (Shape, String) {
        let mut notes = Vec::new();
        let shape = shape(bytes, 4326, &Arcs::new(&DeclaredCrs::Wgs84), &mut notes);
        (shape, notes.join("\n"))
    }

    #[test]
    fn every_kind_of_envelope_is_passed_over() {
        let srs = [0xE6, 0x10, 0, 0];
        let whole = [3., 3., 4., 4., 5., 5., 6., 6.];
        for (kind, sides) in [(0, 0), (1, 4), (2, 6), (3, 6), (4, 8)] {
            let (shape, notes) = read(&point(kind << 1 | 1, srs, &whole[..sides]));
            assert!(matches!(shape, Shape::Geometry(_)), "{kind}: {shape:?}");
            assert_eq!(notes, "");
        }
        let (shape, notes) = read(&point(2, [0, 0, 0x10, 0xE6], &whole[..4]));
        assert!(matches!(shape, Shape::Geometry(_)) && notes.is_empty(), "{shape:?} {notes}");
        for kind in 5..8 {
            assert!(matches!(read(&point(kind << 1 | 1, srs, &whole)).0, Shape::Unreadable { .. }));
        }
    }

    #[test]
    fn what_the_header_says_beside_the_geometry_is_held_against_it() {
        let srs = [0xE6, 0x10, 0, 0];
        assert!(read(&point(3, srs, &[0., 3., 4., 4.])).1.contains("box"));
        assert!(read(&point(0x13, srs, &[3., 3., 4., 4.])).1.contains("empty"));
        assert!(read(&point(1, [1, 0, 0, 0], &[])).1.contains("reference system 1"));
        assert_eq!(read(&point(1, [0xFF; 4], &[])).1, "");
        let damaged = &point(3, srs, &[3., 3., 4., 4.]);
        let (shape, _) = read(&damaged[..damaged.len() - 1]);
        assert!(matches!(shape, Shape::Unreadable { bounds: Some([3., 4., 3., 4.]), .. }), "{shape:?}");
        for (bytes, why) in [
            (&b""[..], "begin"),
            (b"\x01\x01\x00\x00\x00", "begin"),
            (b"GP", "early"),
            (b"GP\x01\x01\x00\x00\x00\x00", "version 1"),
            (b"GP\x00\x21\x00\x00\x00\x00", "extended"),
            (b"GP\x00\x03\x00\x00\x00\x00\x01", "early"),
        ] {
            assert!(matches!(read(bytes).0, Shape::Unreadable { why: found, .. } if found.contains(why)), "{why}");
        }
    }
}
