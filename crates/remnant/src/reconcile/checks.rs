//! Published figures against themselves and against each other.
//!
//! Every figure stands for all that can have been rounded to it, so a check fails only where no rounding explains the
//! difference.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::amount::{Interval, Measure, ONE, show};
use super::published::{Published, When};
use super::{Outcome, Verdict};

/// Everything that the table says about itself; in the order of the table, and for one figure in the order of the
/// checks.
pub(super) fn all(figures: &[Published]) -> Vec<(usize, Verdict)> {
    let table = Table { figures };
    let checks =
        [Table::parts, Table::shares, Table::same, Table::series, Table::districts, Table::bounds, Table::wholes];
    checks.into_iter().flat_map(|check| check(&table)).collect()
}

/// Why numbers of records are not held against sums over places.
pub(super) const BORDERS: &str = "a record on a border counts in each district, so the districts need not add up";

struct Table<'a> {
    figures: &'a [Published],
}

impl Table<'_> {
    /// A whole is the sum of its parts.
    fn parts(&self) -> Vec<(usize, Verdict)> {
        let mut found = Vec::new();
        for (number, whole) in self.figures.iter().enumerate() {
            let parts: Vec<&Published> = self.figures.iter().filter(|f| f.part_of == Some(number)).collect();
            let Some(sum) = sum(parts.iter().map(|p| p.value)) else { continue };
            if !whole.what.adds() && parts.iter().any(|p| p.what == whole.what && p.places != whole.places) {
                found.push((number, whole.unchecked("parts", BORDERS, &parts)));
                continue;
            }
            let places = parts.iter().map(|p| p.printed.places).max().unwrap_or(0).max(whole.printed.places);
            let words = format!("its {} parts add up to {}", parts.len(), show(sum.middle(), whole.unit, places));
            found.push((number, whole.against("parts", sum, places, words, &parts)));
        }
        found
    }

    /// A share is its numerator over its denominator, at the rounding at which it is published.
    fn shares(&self) -> Vec<(usize, Verdict)> {
        let mut found = Vec::new();
        for (number, figure) in self.figures.iter().enumerate() {
            let Some((part, whole)) = figure.share.map(|(p, w)| (&self.figures[p], &self.figures[w])) else { continue };
            let with = [part, whole];
            let verdict = match share(part.value, whole.value) {
                Some(true_share) => {
                    let places = figure.printed.places + 1;
                    let words = format!(
                        "{} of {} is {}",
                        part.shown(),
                        whole.shown(),
                        show(ratio(part.value.middle(), whole.value.middle()), figure.unit, places)
                    );
                    let middle = ratio(part.value.middle(), whole.value.middle());
                    let mut verdict = figure.against("share", true_share, places, words, &with);
                    verdict.difference(figure.printed.amount - middle, figure.unit);
                    verdict.against = show(middle, figure.unit, places);
                    verdict
                }
                None => figure.unchecked("share", "its denominator can have been nought", &with),
            };
            found.push((number, verdict));
        }
        found
    }

    /// Two figures for the same thing, place and time.
    fn same(&self) -> Vec<(usize, Verdict)> {
        let mut first: BTreeMap<_, usize> = BTreeMap::new();
        let mut found = Vec::new();
        for (number, figure) in self.figures.iter().enumerate().filter(|(_, f)| f.when != When::Unknown) {
            let key = (&figure.what, &figure.places, figure.when, figure.unit.measure as u8);
            match first.get(&key) {
                // A part and its whole may bear the same name.
                Some(&other) if figure.part_of != Some(other) && self.figures[other].part_of != Some(number) => {
                    let other = &self.figures[other];
                    let words = format!("`{}` gives {} for the same", other.id, other.shown());
                    found.push((number, figure.against("same", other.value, other.printed.places, words, &[other])));
                }
                Some(_) => {}
                None => {
                    first.insert(key, number);
                }
            }
        }
        found
    }

    /// A figure that grows is its former state and what came in between. Released land that was contaminated again is no
    /// longer released, so less of it than that is not wrong.
    fn series(&self) -> Vec<(usize, Verdict)> {
        let mut found = Vec::new();
        for (number, figure) in self.figures.iter().enumerate().filter(|(_, f)| f.what.grows()) {
            let When::At(to) = figure.when else { continue };
            for flow in self.alike(figure) {
                let When::Period(from, until) = flow.when else { continue };
                if until != to {
                    continue;
                }
                let Some(former) = self.alike(figure).find(|f| f.when == When::At(from)) else { continue };
                let places = flow.printed.places.max(former.printed.places);
                let sum = former.value.plus(flow.value);
                let words = format!(
                    "{} at {from} and {} until {to} make {}",
                    former.shown(),
                    flow.shown(),
                    show(sum.middle(), figure.unit, places)
                );
                let with = [former, flow];
                let verdict = figure.against("series", sum, places, words, &with);
                let fell = verdict.outcome == Outcome::Differs && figure.value.middle() < sum.middle();
                found.push((
                    number,
                    if fell && figure.what.falls() {
                        let why = format!("{}; land may have been contaminated again in between", verdict.why);
                        figure.unchecked("series", &why, &with)
                    } else {
                        verdict
                    },
                ));
            }
        }
        found
    }

    /// The country is not less than the places of which figures are published.
    fn districts(&self) -> Vec<(usize, Verdict)> {
        let mut found = Vec::new();
        for (number, country) in self.figures.iter().enumerate() {
            if !country.places.is_empty() || country.when == When::Unknown || country.unit.measure == Measure::Share {
                continue;
            }
            if !country.what.adds() {
                continue;
            }
            let named = |f: &&Published| {
                f.what == country.what
                    && f.when == country.when
                    && f.unit.measure == country.unit.measure
                    && !f.places.is_empty()
                    && f.part_of != Some(number)
            };
            let mut places: Vec<&Published> = Vec::new();
            for figure in self.figures.iter().filter(named) {
                if places.iter().all(|other| other.places.iter().all(|p| !figure.places.contains(p))) {
                    places.push(figure);
                }
            }
            let Some(sum) = sum(places.iter().map(|p| p.value)) else { continue };
            let words = format!(
                "{} places of it have {}",
                places.len(),
                show(sum.middle(), country.unit, country.printed.places)
            );
            let verdict = if sum.least > country.value.most {
                country.against("districts", sum, country.printed.places, words, &places)
            } else {
                let why = format!("{words}; whether other places have the rest is not published as parts of it");
                country.unchecked("districts", &why, &places)
            };
            found.push((number, verdict));
        }
        found
    }

    /// What one place had by a day, and what came elsewhere until a later day, is not more than the country had by then.
    fn bounds(&self) -> Vec<(usize, Verdict)> {
        let mut found = Vec::new();
        let growing = |f: &&Published| f.what.grows() && f.part_of.is_none();
        for (number, group) in self.figures.iter().enumerate().filter(|(_, f)| growing(f) && !f.places.is_empty()) {
            let When::At(by) = group.when else { continue };
            let mut states: Vec<(Date, &Published)> = self
                .figures
                .iter()
                .filter(|f| f.what == group.what && f.places.is_empty() && f.unit.measure == group.unit.measure)
                .filter_map(|f| if let When::At(date) = f.when { Some((date, f)) } else { None })
                .filter(|(date, _)| *date >= by)
                .collect();
            states.sort_by_key(|(date, _)| *date);
            // The next one bounds it most closely; until the last one most has come elsewhere.
            states.dedup_by_key(|(date, _)| *date);
            let ends = states.first().into_iter().chain(states.last().filter(|_| states.len() > 1));
            for &(until, country) in ends {
                let elsewhere = self.elsewhere(group, until);
                let flows = sum(elsewhere.iter().map(|f| f.value)).unwrap_or(Interval::exact(0));
                let least = group.value.plus(flows);
                if least.least <= country.value.most {
                    continue;
                }
                let places = country.printed.places;
                let words = format!(
                    "with {} that came elsewhere by {until} it makes {}, and the whole country had {} by then",
                    show(flows.middle(), group.unit, places),
                    show(least.middle(), group.unit, places),
                    country.shown()
                );
                let mut with = vec![country];
                with.extend(&elsewhere);
                let rest =
                    Interval::around(country.value.middle() - flows.middle(), country.value.half() + flows.half());
                found.push((number, group.against("bound", rest, places, words, &with)));
                break;
            }
        }
        found
    }

    /// The largest published flow of one period in other places, place by place.
    fn elsewhere(&self, group: &Published, until: Date) -> Vec<&Published> {
        let mut periods: BTreeMap<When, Vec<&Published>> = BTreeMap::new();
        for figure in self.figures.iter().filter(|f| f.what == group.what && f.unit.measure == group.unit.measure) {
            let apart = |a: &Published, b: &Published| a.places.iter().all(|p| !b.places.contains(p));
            if matches!(figure.when, When::Period(_, end) if end <= until)
                && !figure.places.is_empty()
                && apart(figure, group)
            {
                let flows = periods.entry(figure.when).or_default();
                if flows.iter().all(|other| apart(other, figure)) {
                    flows.push(figure);
                }
            }
        }
        let size = |flows: &Vec<&Published>| flows.iter().map(|f| f.value.least).sum::<i128>();
        periods.into_values().max_by_key(size).unwrap_or_default()
    }

    /// Shares of different wholes are not to be compared: a whole that moves is told. Which of both is right, or whether
    /// both are, their figures do not say.
    fn wholes(&self) -> Vec<(usize, Verdict)> {
        let is_whole = |number: usize| {
            self.figures[number].what.is_baseline()
                || self.figures.iter().any(|f| f.share.is_some_and(|(_, whole)| whole == number))
        };
        let mut wholes: Vec<usize> =
            (0..self.figures.len()).filter(|&n| is_whole(n) && matches!(self.figures[n].when, When::At(_))).collect();
        wholes.sort_by_key(|&n| (self.figures[n].when, n));
        let mut found = Vec::new();
        for (at, &number) in wholes.iter().enumerate() {
            let figure = &self.figures[number];
            let alike = |n: &&usize| {
                let other = &self.figures[**n];
                other.what == figure.what
                    && other.places == figure.places
                    && other.unit.measure == figure.unit.measure
                    && other.when < figure.when
            };
            let Some(former) = wholes[..at].iter().rev().find(alike).map(|&n| &self.figures[n]) else { continue };
            let moved = !former.value.touches(figure.value);
            let mut words = format!("{} {}", former.shown(), former.when.words());
            if moved {
                words.push_str(", so shares of the one are not shares of the other");
                // What the move does to a part that is published as a share of either.
                let part = self.figures.iter().filter_map(|f| f.share).find(|(_, whole)| *whole == number);
                if let Some((part, _)) = part {
                    let part = &self.figures[part];
                    let of = |whole: &Published| {
                        super::amount::Unit::of("%").map_or_else(String::new, |percent| {
                            show(ratio(part.value.middle(), whole.value.middle()), percent, 1)
                        })
                    };
                    words.push_str(&format!(
                        ": {} is {} of the one and {} of the other",
                        part.shown(),
                        of(former),
                        of(figure)
                    ));
                }
            }
            let verdict = if moved {
                figure.unchecked("denominator", &words, &[former])
            } else {
                figure.against("denominator", former.value, former.printed.places, words, &[former])
            };
            found.push((number, verdict));
        }
        found
    }

    /// Figures of the same thing in the same place.
    fn alike<'b>(&'b self, figure: &'b Published) -> impl Iterator<Item = &'b Published> {
        self.figures
            .iter()
            .filter(|f| f.what == figure.what && f.places == figure.places && f.unit.measure == figure.unit.measure)
    }
}

fn sum(values: impl Iterator<Item = Interval>) -> Option<Interval> {
    values.reduce(Interval::plus)
}

/// A quotient in 10^-9, rounded; nought where there is nothing to divide by.
fn ratio(part: i128, whole: i128) -> i128 {
    if whole <= 0 { 0 } else { (2 * part * ONE + whole) / (2 * whole) }
}

/// Every share that two figures can stand for; `None` where the whole can be nought.
fn share(part: Interval, whole: Interval) -> Option<Interval> {
    let (least, most) = (whole.least, whole.most);
    // Outward, so that no rounding of ours makes a right share wrong.
    (least > 0).then(|| Interval { least: part.least.max(0) * ONE / most, most: (part.most * ONE + least - 1) / least })
}

impl Published {
    /// The figure as it is printed.
    pub(super) fn shown(&self) -> String {
        show(self.printed.amount, self.unit, self.printed.places)
    }

    /// The verdict on this figure, held against what it should be.
    pub(super) fn against(
        &self,
        check: &'static str,
        wanted: Interval,
        places: usize,
        words: String,
        with: &[&Published],
    ) -> Verdict {
        let agrees = self.value.touches(wanted);
        let mut verdict = Verdict {
            id: self.id.clone(),
            check,
            outcome: if agrees { Outcome::Agrees } else { Outcome::Differs },
            published: self.shown(),
            against: show(wanted.middle(), self.unit, places),
            difference: String::new(),
            rounding: super::amount::digits(self.value.half() + wanted.half(), self.unit),
            unit: self.unit.word,
            why: words,
            with: with.iter().map(|f| f.id.clone()).collect(),
            source: self.source.clone(),
        };
        verdict.difference(self.printed.amount - wanted.middle(), self.unit);
        verdict
    }

    /// That a check was not possible.
    pub(super) fn unchecked(&self, check: &'static str, why: &str, with: &[&Published]) -> Verdict {
        Verdict {
            id: self.id.clone(),
            check,
            outcome: Outcome::Unchecked,
            published: self.shown(),
            against: String::new(),
            difference: String::new(),
            rounding: String::new(),
            unit: self.unit.word,
            why: why.to_owned(),
            with: with.iter().map(|f| f.id.clone()).collect(),
            source: self.source.clone(),
        }
    }
}

impl Verdict {
    fn difference(&mut self, amount: i128, unit: super::amount::Unit) {
        self.difference = super::amount::digits(amount, unit);
    }
}
