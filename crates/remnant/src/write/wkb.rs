//! Ground as well-known binary, little-endian.

use super::ground::Ground;

/// Adds the ground. Polygons are always a MultiPolygon where `multi` is set, so that a layer has one type; otherwise one
/// part is written as a single geometry, as in GeoJSON. Nowhere adds nothing.
pub(super) fn push(out: &mut Vec<u8>, ground: &Ground, multi: bool) {
    match ground {
        Ground::Nowhere => {}
        Ground::Points(points) => parts(out, points, [1, 4], multi, point_at),
        Ground::Lines(lines) => parts(out, lines, [2, 5], multi, |out, line| path(out, line)),
        Ground::Polygons(polygons) => parts(out, polygons, [3, 6], multi, |out, rings| {
            count(out, rings.len());
            rings.iter().for_each(|ring| path(out, ring));
        }),
    }
}

fn parts<T>(out: &mut Vec<u8>, parts: &[T], [one, many]: [u32; 2], multi: bool, body: impl Fn(&mut Vec<u8>, &T)) {
    let several = multi || parts.len() != 1;
    if several {
        head(out, many);
        count(out, parts.len());
    }
    for part in parts {
        head(out, one);
        body(out, part);
    }
}

fn head(out: &mut Vec<u8>, kind: u32) {
    out.push(1);
    out.extend_from_slice(&kind.to_le_bytes());
}

fn count(out: &mut Vec<u8>, number: usize) {
    // A ring of 2^32 corners would take 64 GiB; the grid's shapes in memory end long before.
    out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

fn path(out: &mut Vec<u8>, corners: &[[f64; 2]]) {
    count(out, corners.len());
    corners.iter().for_each(|corner| point_at(out, corner));
}

fn point_at(out: &mut Vec<u8>, [x, y]: &[f64; 2]) {
    out.extend_from_slice(&x.to_le_bytes());
    out.extend_from_slice(&y.to_le_bytes());
}
