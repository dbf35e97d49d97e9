//! The columns of the treaty reports: contaminated land by class over a period, with records and devices.

use super::SquareMetres;
use crate::records::DeviceCounts;

/// Land and records by the class of the hazards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByClass {
    /// Suspected hazardous areas (SHA).
    pub suspected: (SquareMetres, u64),
    /// Confirmed hazardous areas (CHA).
    pub confirmed: (SquareMetres, u64),
}

impl ByClass {
    /// Land of both classes.
    pub fn area(&self) -> SquareMetres {
        self.suspected.0 + self.confirmed.0
    }
}

/// Land of a period that left the contaminated land in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReleasedByClass {
    /// Land that was suspected when it was released.
    pub suspected: SquareMetres,
    /// Land that was confirmed when it was released.
    pub confirmed: SquareMetres,
    /// The releases credited with it.
    pub releases: u64,
}

impl ReleasedByClass {
    /// Land of both classes.
    pub fn area(&self) -> SquareMetres {
        self.suspected + self.confirmed
    }
}

/// What a treaty report says of a place in a period.
///
/// For each class, closing = opening + newly identified + re-contaminated - released, and land that was confirmed goes
/// from the suspected to the confirmed. Where releases outside hazards count as recorded (`--outside baseline`), their
/// land is newly identified as suspected and released at the same moment, since nothing says of which class it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Treaty {
    /// At the opening of the period.
    pub opening: ByClass,
    /// Land that had never been recorded, and the hazards that recorded it.
    pub newly_identified: ByClass,
    /// Released land that was recorded again, and the hazards that recorded it.
    pub recontaminated: ByClass,
    /// Suspected land that was confirmed.
    pub confirmed: SquareMetres,
    /// Released by non-technical survey.
    pub cancelled: ReleasedByClass,
    /// Released by technical survey.
    pub reduced: ReleasedByClass,
    /// Released by clearance.
    pub cleared: ReleasedByClass,
    /// At the end of the period.
    pub closing: ByClass,
    /// Devices found by releases of the period, in the order of [`crate::records::DEVICES`].
    pub devices: DeviceCounts,
}

impl Treaty {
    /// By how much the two classes together miss their balance; nothing where it holds.
    pub fn difference(&self) -> SquareMetres {
        let released =
            |of: fn(&ReleasedByClass) -> SquareMetres| of(&self.cancelled) + of(&self.reduced) + of(&self.cleared);
        let came = |of: fn(&ByClass) -> SquareMetres| {
            of(&self.opening) + of(&self.newly_identified) + of(&self.recontaminated) - of(&self.closing)
        };
        let suspected = came(|c| c.suspected.0) - self.confirmed - released(|r| r.suspected);
        let confirmed = came(|c| c.confirmed.0) + self.confirmed - released(|r| r.confirmed);
        SquareMetres::from_square_centimetres(
            suspected.square_centimetres().abs() + confirmed.square_centimetres().abs(),
        )
    }
}
