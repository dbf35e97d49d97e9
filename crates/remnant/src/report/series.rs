//! The account at many dates, from one overlay.

use jiff::civil::Date;

use super::{Balance, SquareMetres, States};
use crate::status::State;

/// The length of the periods of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesStep {
    /// Calendar months.
    Monthly,
    /// Calendar quarters.
    Quarterly,
    /// Calendar years.
    Yearly,
}

impl SeriesStep {
    /// The word for it in calls and outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::Yearly => "yearly",
        }
    }
}

/// A place at the end of one period of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moment {
    /// Land by state at the end of the period's last day.
    pub states: States,
    /// The flows of the period, in land and in records.
    pub balance: Balance,
    /// Open evidence points at that day.
    pub evidence_points: u64,
}

/// The account at the end of every period.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The length of the periods.
    pub step: SeriesStep,
    /// The last day of every period, in order. The first period has no beginning: it holds everything before it, and
    /// the undated records. The last period ends at the date of the account, which may cut it short.
    pub dates: Vec<Date>,
    /// For every district row, in order, a moment for each date.
    pub districts: Vec<Vec<Moment>>,
    /// The land outside all districts.
    pub outside: Vec<Moment>,
    /// Everything.
    pub total: Vec<Moment>,
    /// For every zone row, in order, its land by state at each date.
    pub zones: Vec<Vec<States>>,
}

/// Land that was in one state at the opening and is in another, or the same, at the closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The state at the end of the day before the period.
    pub from: State,
    /// The state at the end of the period.
    pub to: State,
    /// How much land.
    pub area: SquareMetres,
}
