//! How long the remaining land would take at recent rates: a division with its assumption in words, never a date.
//!
//! Nothing here knows what will be cleared. The forecast says what the past years would mean if they went on, gives a
//! range because years differ, and stays silent where the data do not carry it.

use jiff::civil::Date;

use crate::report::{Balance, Moment, Series, SquareMetres};

/// Whole calendar years that a forecast rests on at most, the latest ones. Older rates say little about today's means.
pub const MOST_YEARS: usize = 5;
/// Whole calendar years below which there is no forecast: two years make no range.
pub const FEWEST_YEARS: usize = 3;

/// What one whole calendar year did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearRate {
    /// The year.
    pub year: i16,
    /// Land cancelled, reduced and cleared in it.
    pub released: SquareMetres,
    /// Land newly recorded or re-contaminated in it.
    pub recorded: SquareMetres,
}

impl YearRate {
    fn net(&self) -> SquareMetres {
        self.released - self.recorded
    }
}

/// How long the remaining land of a place would take at recent rates.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Land that remains at the end of the series.
    pub remaining: SquareMetres,
    /// The whole calendar years that it rests on, in order.
    pub years: Vec<YearRate>,
    /// The range; `None` where the data do not carry one.
    pub range: Option<YearsLeft>,
    /// The assumption and the range in one sentence, or why there is none.
    pub sentence: String,
}

/// A range of years, rounded outwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearsLeft {
    /// At the most that was released in one of the years, and if no land is recorded any more.
    pub at_least: u64,
    /// At the least by which the remaining land shrank in one of the years; `None` where it did not shrink in one.
    pub at_most: Option<u64>,
}

/// The forecast of one place of a series that begins after `since`, where that is given.
pub fn forecast(series: &Series, place: &[Moment], since: Option<Date>) -> Forecast {
    let Some(last) = place.last() else {
        let sentence = "The series has no period.".to_owned();
        return Forecast { remaining: SquareMetres::ZERO, years: Vec::new(), range: None, sentence };
    };
    let remaining = last.states.remaining();
    let mut years = whole_years(series, place, since);
    years.drain(..years.len().saturating_sub(MOST_YEARS));
    let (range, sentence) = judge(remaining, &years);
    Forecast { remaining, years, range, sentence }
}

/// The calendar years of which the series has every day. Without `since` the first period holds everything before it, and
/// all records without a date, so its year is not one of them; with `since` it is one where it begins on 1 January.
fn whole_years(series: &Series, place: &[Moment], since: Option<Date>) -> Vec<YearRate> {
    let mut years: Vec<YearRate> = Vec::new();
    let cut = since.is_none_or(|since| (since.month(), since.day()) != (12, 31));
    let first = series.dates.first().filter(|_| cut).map(|date| date.year());
    let last = series.dates.last().filter(|date| (date.month(), date.day()) != (12, 31)).map(|date| date.year());
    for (date, Moment { balance, .. }) in series.dates.iter().zip(place) {
        let year = date.year();
        if Some(year) == first || Some(year) == last {
            continue;
        }
        if years.last().is_none_or(|rate| rate.year != year) {
            years.push(YearRate { year, released: SquareMetres::ZERO, recorded: SquareMetres::ZERO });
        }
        if let Some(rate) = years.last_mut() {
            rate.released += released(balance);
            rate.recorded += balance.newly_recorded.0 + balance.recontaminated.0;
        }
    }
    years
}

fn released(balance: &Balance) -> SquareMetres {
    balance.cancelled.0 + balance.reduced.0 + balance.cleared.0
}

fn judge(remaining: SquareMetres, years: &[YearRate]) -> (Option<YearsLeft>, String) {
    if remaining <= SquareMetres::ZERO {
        return (None, "No contaminated land is on record, so there is nothing to divide.".to_owned());
    }
    let [first, .., last] = years else { return (None, too_few(years.len())) };
    if years.len() < FEWEST_YEARS {
        return (None, too_few(years.len()));
    }
    let span = format!("{} to {}", first.year, last.year);
    let total = |of: fn(&YearRate) -> SquareMetres| years.iter().map(of).sum::<SquareMetres>();
    if total(|rate| rate.released) <= SquareMetres::ZERO {
        return (None, format!("No land was released in the whole years {span}, so there is no rate."));
    }
    if total(YearRate::net) <= SquareMetres::ZERO {
        let text =
            format!("In the whole years {span} more land was recorded than released: there is no end to divide by.");
        return (None, text);
    }
    // Of equal years the latest: it is nearest to today's means.
    let (Some(fastest), Some(slowest)) = (
        years.iter().max_by_key(|rate| (rate.released, rate.year)),
        years.iter().min_by_key(|rate| (rate.net(), std::cmp::Reverse(rate.year))),
    ) else {
        return (None, too_few(0));
    };
    let (left, most) = (remaining.square_centimetres(), fastest.released.square_centimetres());
    let at_least = left.div_euclid(most.max(1)).unsigned_abs();
    let shrank = slowest.net().square_centimetres();
    let at_most = (shrank > 0).then(|| left.unsigned_abs().div_ceil(shrank.unsigned_abs()));
    let lead = format!(
        "If the coming years are like {span}, the remaining {} ha take at least {} at the most released in one year \
         ({} ha in {}, nothing recorded any more)",
        hectares(remaining),
        in_years(at_least),
        hectares(fastest.released),
        fastest.year,
    );
    let end = match at_most {
        Some(at_most) => format!(
            "and at most {} at the least by which it shrank in one year ({} ha in {}).",
            in_years(at_most),
            hectares(slowest.net()),
            slowest.year,
        ),
        None => {
            format!("and have no end at the rate of {}, when as much was recorded as released, or more.", slowest.year)
        }
    };
    (Some(YearsLeft { at_least, at_most }), format!("{lead}, {end} This is a division, not a plan."))
}

fn too_few(years: usize) -> String {
    let whole = if years == 1 { "1 whole calendar year".to_owned() } else { format!("{years} whole calendar years") };
    format!(
        "The series has {whole}, its first period left out unless it begins on 1 January; a range needs {FEWEST_YEARS}, \
         so there is no forecast."
    )
}

fn in_years(years: u64) -> String {
    match years {
        0 => "less than a year".to_owned(),
        1 => "1 year".to_owned(),
        more => format!("{more} years"),
    }
}

/// Hectares with one decimal, as bulletins give them.
fn hectares(area: SquareMetres) -> String {
    // 1,000 m2 are a tenth of a hectare.
    let tenth = 1_000 * SquareMetres::UNITS;
    let tenths = (area.square_centimetres() + tenth / 2).div_euclid(tenth);
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use remnant_geometry::Area;

    use super::*;
    use crate::report::{SeriesStep, States};

    fn m2(square_metres: i64) -> SquareMetres {
        SquareMetres::rounded(Area::from_units(i128::from(square_metres) * 1_000_000_000))
    }

    /// A yearly series from 2019 on: released and recorded hectares of each year, and what remains at the end.
    fn yearly(flows: &[(i64, i64)], remaining: i64) -> (Series, Vec<Moment>) {
        let dates: Vec<Date> = (0..flows.len()).map(|i| date(2019 + i as i16, 12, 31)).collect();
        let mut place: Vec<Moment> = flows.iter().map(|&(out, in_)| moment(out, in_)).collect();
        if let Some(last) = place.last_mut() {
            last.states = States { suspected: m2(10_000 * remaining), ..States::default() };
        }
        (series(SeriesStep::Yearly, dates), place)
    }

    fn moment(released_ha: i64, recorded_ha: i64) -> Moment {
        let balance = Balance {
            cleared: (m2(10_000 * released_ha), 1),
            newly_recorded: (m2(10_000 * recorded_ha), 1),
            ..Balance::default()
        };
        Moment { balance, ..Moment::default() }
    }

    fn series(step: SeriesStep, dates: Vec<Date>) -> Series {
        Series { step, dates, districts: vec![], outside: vec![], total: vec![], zones: vec![] }
    }

    #[test]
    fn a_range_from_the_fastest_and_the_slowest_year_rounded_outwards() {
        let (series, place) = yearly(&[(999, 999), (10, 0), (30, 5), (20, 15)], 100);
        let told = forecast(&series, &place, None);
        assert_eq!(told.years.iter().map(|y| y.year).collect::<Vec<_>>(), [2020, 2021, 2022]);
        // 100 / 30 and 100 / (20 - 15).
        assert_eq!(told.range, Some(YearsLeft { at_least: 3, at_most: Some(20) }));
        for part in
            ["2020 to 2022", "100.0 ha", "3 years", "20 years", "30.0 ha in 2021", "5.0 ha in 2022", "not a plan"]
        {
            assert!(told.sentence.contains(part), "{part}: {}", told.sentence);
        }
    }

    #[test]
    fn a_year_in_which_more_was_recorded_than_released_leaves_the_range_open() {
        let (series, place) = yearly(&[(0, 0), (10, 0), (30, 0), (1, 2)], 45);
        let told = forecast(&series, &place, None);
        assert_eq!(told.range, Some(YearsLeft { at_least: 1, at_most: None }));
        assert!(told.sentence.contains("no end at the rate of 2022"), "{}", told.sentence);
    }

    #[test]
    fn no_forecast_where_the_data_do_not_carry_one() {
        for (flows, remaining, why) in [
            (&[(5, 0), (5, 0), (5, 0)][..], 10, "2 whole calendar years"),
            (&[(5, 0)], 10, "0 whole calendar years"),
            (&[], 0, "The series has no period."),
            (&[(5, 0), (5, 0)], 10, "1 whole calendar year,"),
            (&[(5, 0), (5, 0), (5, 0), (5, 0)], 0, "nothing to divide"),
            (&[(5, 0), (0, 0), (0, 0), (0, 0)], 10, "No land was released"),
            (&[(5, 0), (5, 9), (5, 0), (5, 9)], 10, "more land was recorded"),
        ] {
            let (series, place) = yearly(flows, remaining);
            let told = forecast(&series, &place, None);
            assert_eq!(told.range, None, "{flows:?}");
            assert!(told.sentence.contains(why), "{flows:?}: {}", told.sentence);
        }
    }

    #[test]
    fn months_add_up_to_whole_years_and_a_year_cut_short_is_none() {
        let mut dates: Vec<Date> = vec![date(2018, 12, 31)];
        let months = (2019..2023).flat_map(|year| (1..=12).map(move |month| date(year, month, 1).last_of_month()));
        dates.extend(months);
        dates.extend([date(2023, 1, 31), date(2023, 2, 15)]);
        let mut place = vec![moment(1, 0); dates.len()];
        place[0] = moment(500, 500);
        place[dates.len() - 1].states.confirmed = m2(10_000 * 24);
        let told = forecast(&series(SeriesStep::Monthly, dates), &place, None);
        assert_eq!(told.years.iter().map(|y| y.year).collect::<Vec<_>>(), [2019, 2020, 2021, 2022]);
        assert!(told.years.iter().all(|y| y.released == m2(120_000)));
        assert_eq!(told.range, Some(YearsLeft { at_least: 2, at_most: Some(2) }));
    }

    #[test]
    fn a_series_that_begins_on_1_january_keeps_its_first_year() {
        let (series, place) = yearly(&[(10, 0), (30, 5), (20, 15)], 100);
        let years = |since| forecast(&series, &place, since).years.iter().map(|y| y.year).collect::<Vec<_>>();
        assert_eq!(years(Some(date(2018, 12, 31))), [2019, 2020, 2021]);
        assert_eq!(years(Some(date(2019, 1, 1))), [2020, 2021]);
        assert_eq!(years(None), [2020, 2021]);
    }

    #[test]
    fn only_the_latest_years_count() {
        let (series, place) = yearly(&[(0, 0), (900, 0), (10, 0), (10, 0), (10, 0), (10, 0), (10, 0)], 100);
        let told = forecast(&series, &place, None);
        assert_eq!(told.years.len(), MOST_YEARS);
        assert_eq!(told.range, Some(YearsLeft { at_least: 10, at_most: Some(10) }));
    }
}
