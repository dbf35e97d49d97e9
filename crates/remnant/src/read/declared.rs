//! What a file says of its coordinate reference system, where it says it in several ways.

use super::DeclaredCrs;
use crate::crs::Crs;

/// The first of several definitions of one system that is understood. Where none is, the first one: the message that
/// refuses it can quote it then.
pub(super) fn first_understood(definitions: impl IntoIterator<Item = String>) -> DeclaredCrs {
    let mut first = None;
    for definition in definitions {
        if matches!(definition.as_str(), "EPSG:4326" | "OGC:CRS84") {
            // x before y is longitude before latitude in the formats that come here, whatever EPSG says of the axes.
            return DeclaredCrs::Wgs84;
        }
        if Crs::parse(&definition).is_ok() {
            return DeclaredCrs::Definition(definition);
        }
        first.get_or_insert(definition);
    }
    first.map_or(DeclaredCrs::Unknown, DeclaredCrs::Definition)
}
