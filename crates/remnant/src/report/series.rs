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

    /// The last day of the period that a day lies in.
    pub fn last_day(self, day: Date) -> Date {
        match self {
            Self::Monthly => day.last_of_month(),
            Self::Quarterly => {
                let month = (day.month() - 1) / 3 * 3 + 3;
                // Every quarter ends with a month that has a first day.
                Date::new(day.year(), month, 1).map_or(day, Date::last_of_month)
            }
            Self::Yearly => day.last_of_year(),
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
    /// The last day of every period, in order; 1200 of them at most. The first period is that of the first dated record;
    /// it has no beginning and holds everything before it, and the undated records. With `since` it begins after that
    /// day. The last period ends at the date of the account, which may cut it short. Empty where there is no such date.
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn periods_are_those_of_the_calendar() {
        for (day, [month, quarter, year]) in [
            (date(2024, 2, 1), [date(2024, 2, 29), date(2024, 3, 31), date(2024, 12, 31)]),
            (date(2023, 12, 31), [date(2023, 12, 31); 3]),
            (date(2023, 4, 30), [date(2023, 4, 30), date(2023, 6, 30), date(2023, 12, 31)]),
            (date(2023, 9, 2), [date(2023, 9, 30), date(2023, 9, 30), date(2023, 12, 31)]),
        ] {
            assert_eq!(SeriesStep::Monthly.last_day(day), month);
            assert_eq!(SeriesStep::Quarterly.last_day(day), quarter);
            assert_eq!(SeriesStep::Yearly.last_day(day), year);
        }
    }
}
