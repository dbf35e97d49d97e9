//! Entries of the fuzzer to parsers that have no other from outside. Not part of the interface.

use super::arc::Arcs;
use super::{DeclaredCrs, Shape, geopackage, wkb};

/// A geometry in well-known binary, and what was noticed.
pub fn well_known_binary(bytes: &[u8]) -> (Shape, Vec<String>) {
    let mut notes = Vec::new();
    (wkb::shape(bytes, &Arcs::new(&DeclaredCrs::Wgs84), None, &mut notes), notes)
}

/// A geometry as GeoPackages hold it, with its header, and what was noticed.
pub fn geopackage_geometry(bytes: &[u8]) -> (Shape, Vec<String>) {
    let mut notes = Vec::new();
    (geopackage::fuzzed_shape(bytes, &Arcs::new(&DeclaredCrs::Wgs84), &mut notes), notes)
}
