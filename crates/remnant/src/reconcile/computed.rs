//! Published figures against the computed ones.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::Verdict;
use super::amount::{Interval, Measure};
use super::published::{Published, When};
use crate::report::{Account, Figures};

/// The place that stands for all that no other figure of the same kind names.
const OTHER: &str = "other";

/// The dates of the accounts that are needed: the opening of a period where there is one, and the date of the account.
/// One account a date does for all states; a period needs its own.
pub(super) fn dates(figures: &[Published]) -> BTreeSet<(Option<Date>, Date)> {
    let wanted = figures.iter().filter(|f| f.computed && f.what.measure() == Some(f.unit.measure));
    let mut dates: BTreeSet<(Option<Date>, Date)> = BTreeSet::new();
    let mut states: BTreeSet<Date> = BTreeSet::new();
    for figure in wanted {
        match figure.when {
            When::At(date) => {
                states.insert(date);
            }
            When::Period(from, to) if figure.what.flow().is_some() => {
                dates.insert((Some(from), to));
            }
            When::Period(from, to) => states.extend([from, to]),
            When::Unknown => {}
        }
    }
    let told: BTreeSet<Date> = dates.iter().map(|d| d.1).collect();
    dates.extend(states.difference(&told).map(|&date| (None, date)));
    dates
}

/// Accounts by their periods.
pub(super) struct Accounts<'a> {
    by_period: BTreeMap<(Option<Date>, Date), &'a Account>,
}

impl<'a> Accounts<'a> {
    pub(super) fn new(accounts: &'a [Account]) -> Self {
        let period = |a: &'a Account| Some(((a.settings.since, a.settings.as_of?), a));
        Self { by_period: accounts.iter().filter_map(period).collect() }
    }

    fn at(&self, date: Date) -> Option<&'a Account> {
        self.by_period.iter().find(|((_, to), _)| *to == date).map(|(_, account)| *account)
    }

    /// The verdict on a figure; `None` where it is not to be held against computed ones.
    pub(super) fn verdict(&self, figure: &Published, all: &[Published]) -> Option<Verdict> {
        if !figure.computed || figure.unit.measure == Measure::Share {
            return None;
        }
        Some(match self.value(figure, all) {
            Ok(amount) => {
                let places = figure.printed.places.max(if figure.unit.measure == Measure::Area { 2 } else { 0 });
                let shown = super::amount::show(amount, figure.unit, places);
                let words = format!("the records give {shown} {}", figure.when.words());
                figure.against("computed", Interval::exact(amount), places, words, &[])
            }
            Err(why) => figure.unchecked("computed", &why, &[]),
        })
    }

    fn value(&self, figure: &Published, all: &[Published]) -> Result<i128, String> {
        match figure.what.measure() {
            None => return Err(format!("no computed figure is called `{}`", figure.what.word)),
            Some(measure) if measure != figure.unit.measure => {
                return Err(format!("`{}` is not measured in {}", figure.what.word, figure.unit.word));
            }
            Some(_) => {}
        }
        let missing = || "the account of that date is missing".to_owned();
        match (figure.when, figure.what.at(), figure.what.flow()) {
            (When::Unknown, _, _) => Err("it has no date".to_owned()),
            (When::At(date), Some(read), _) => in_places(self.at(date).ok_or_else(missing)?, figure, all, read),
            (When::At(_), None, _) => Err(format!("`{}` is a flow: it needs a period", figure.what.word)),
            (When::Period(from, to), _, Some(read)) => {
                let account = self.by_period.get(&(Some(from), to)).ok_or_else(missing)?;
                in_places(account, figure, all, read)
            }
            (When::Period(from, to), Some(read), None) if figure.what.grows() => {
                let (first, last) = (self.at(from).ok_or_else(missing)?, self.at(to).ok_or_else(missing)?);
                Ok(in_places(last, figure, all, read)? - in_places(first, figure, all, read)?)
            }
            (When::Period(..), _, None) => Err(format!("`{}` is a state: it needs a date", figure.what.word)),
        }
    }
}

/// The figure of the country, or of the districts that are named.
fn in_places(
    account: &Account,
    figure: &Published,
    all: &[Published],
    read: fn(&Figures) -> i128,
) -> Result<i128, String> {
    if figure.places.is_empty() {
        return Ok(read(&account.total));
    }
    if !figure.what.adds() && (figure.places.len() > 1 || figure.places == [OTHER]) {
        return Err(super::checks::BORDERS.to_owned());
    }
    if figure.places == [OTHER] {
        let like = |f: &&Published| {
            f.what == figure.what && f.when == figure.when && f.places.len() == 1 && f.places != figure.places
        };
        let named: BTreeSet<&str> = all.iter().filter(like).map(|f| f.places[0].as_str()).collect();
        let rest = named.iter().map(|place| in_place(account, place, read)).sum::<Result<i128, String>>()?;
        return Ok(read(&account.total) - rest);
    }
    figure.places.iter().map(|place| in_place(account, place, read)).sum()
}

fn in_place(account: &Account, place: &str, read: fn(&Figures) -> i128) -> Result<i128, String> {
    let by_code = account.districts.iter().find(|d| d.code.as_deref() == Some(place));
    if let Some(district) = by_code {
        return Ok(read(&district.figures));
    }
    let lower = place.to_lowercase();
    let named: Vec<_> =
        account.districts.iter().filter(|d| d.name.as_deref().is_some_and(|n| n.to_lowercase() == lower)).collect();
    match named.as_slice() {
        [district] => Ok(read(&district.figures)),
        [] => Err(format!("no district has the code or the name `{place}`")),
        _ => Err(format!("{} districts are called `{place}`: use the code", named.len())),
    }
}
