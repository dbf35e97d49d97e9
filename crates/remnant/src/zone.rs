//! The status of a settlement zone: rules on figures, no geometry.

/// The status of a zone. No status says `safe`: a status speaks of records, not of ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ZoneStatus {
    /// Contaminated land or an open evidence point lies in it.
    Contaminated,
    /// Some lies within the safety distance or a hazard's positional accuracy.
    Near,
    /// Something that can't be placed could lie in it, or the survey does not claim to cover it.
    Unknown,
    /// Some land in it was contaminated once, and none is now.
    Released,
    /// Nothing is recorded.
    NoRecord,
}

impl ZoneStatus {
    /// Every status, the weightiest first.
    pub const ALL: [Self; 5] = [Self::Contaminated, Self::Near, Self::Unknown, Self::Released, Self::NoRecord];

    /// The word for it in the outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Contaminated => "contaminated",
            Self::Near => "near",
            Self::Unknown => "unknown",
            Self::Released => "released",
            Self::NoRecord => "no-record",
        }
    }
}
