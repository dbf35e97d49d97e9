//! The faces: every piece of ground with the records that cover it.

use remnant_geometry::{Area, Polygons};

use crate::status::{Change, State};

/// The ground of one district that the same records cover throughout; it may be in many pieces.
///
/// Faces do not overlap, and are all the ground that any record covers. Their areas are exact: what is published of
/// them elsewhere is rounded once, after adding.
#[derive(Debug, Clone, PartialEq)]
pub struct Face {
    /// The district's row; `None` for the land outside all districts.
    pub district: Option<usize>,
    /// What the ground counts as at the date of the account; [`State::None`] where only releases cover it, or nothing
    /// that has effect by then.
    pub state: State,
    /// Its area, exactly.
    pub area: Area,
    /// The records that cover it, in the order of their replay.
    pub records: Vec<FaceRecord>,
    /// Its shape. Empty where it is too small for the grid.
    pub polygons: Polygons,
}

/// A record of a face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaceRecord {
    /// Its row among the records of the account.
    pub row: usize,
    /// What it did to the ground; `None` where it has no effect by the date of the account.
    pub change: Option<Change>,
}
