//! Districts whose boundaries move: which versions count, and what land changed hands.

use std::collections::BTreeMap;

use jiff::civil::Date;
use remnant_geometry::{Area, FaceClass};
use rustc_hash::FxHashMap;

use super::overlay::{cutter, uncut};
use super::reaching::Reaching;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::progress::Progress;
use crate::read::Limits;
use crate::records::{District, Survey};
use crate::report::SquareMetres;

/// The versions of districts, with the days on which they are valid.
pub(super) struct Versions<'a> {
    districts: Vec<(&'a District, Option<Date>)>,
}

impl<'a> Versions<'a> {
    pub fn new(survey: &'a Survey) -> Self {
        let mut beginning: FxHashMap<Date, Vec<&District>> = FxHashMap::default();
        for district in &survey.districts {
            if let Some(from) = district.validity.from {
                beginning.entry(from).or_default().push(district);
            }
        }
        // Some layers end a version on the day on which the next one begins. One district has the land on that day.
        let last = |district: &District| {
            let last = district.validity.to?;
            let bounds = district.ground.bounds();
            let next = |other: &&&District| other.origin != district.origin && other.ground.bounds().meets(&bounds);
            let handed_over = beginning.get(&last).is_some_and(|others| others.iter().any(|d| next(&d)));
            let began = district.validity.from == Some(last);
            if handed_over && !began { last.yesterday().ok() } else { Some(last) }
        };
        Self { districts: survey.districts.iter().map(|d| (d, last(d))).collect() }
    }

    /// Whether a version is valid on a day; without a day, whether nothing has ended it.
    fn holds((district, last): &(&District, Option<Date>), day: Option<Date>) -> bool {
        match day {
            Some(day) => district.validity.from.is_none_or(|from| from <= day) && last.is_none_or(|to| day <= to),
            None => last.is_none(),
        }
    }

    /// The versions that are valid on a day.
    pub fn on(&self, day: Option<Date>) -> Vec<&'a District> {
        self.districts.iter().filter(|v| Self::holds(v, day)).map(|v| v.0).collect()
    }

    /// What there is to say about the versions that are left out on a day, and about land that changed hands after the
    /// first and until the last day of a span.
    pub fn findings(
        &self,
        day: Option<Date>,
        span: Option<(Date, Date)>,
        limits: &Limits,
        progress: &dyn Progress,
    ) -> Result<Vec<Finding>> {
        let left_out: Vec<_> = self.districts.iter().filter(|v| !Self::holds(v, day)).collect();
        let breaks = self.breaks(span);
        if left_out.is_empty() && breaks.is_empty() {
            return Ok(Vec::new());
        }
        let passed = self.passed(day, &breaks, limits, progress)?;
        let on = day.map_or_else(|| "at the end".to_owned(), |day| format!("on {day}"));
        let mut findings = Vec::new();
        let mut layers: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        left_out.iter().for_each(|(d, _)| layers.entry(d.origin.layer).or_default().push(&d.code));
        for (layer, mut codes) in layers {
            let count = codes.len();
            codes.sort_unstable();
            codes.dedup();
            let text = format!(
                "{count} features of this layer are no districts {on}, by their dates of validity, and were left out ({})",
                list(&codes)
            );
            findings.push(Finding::of_layer(Code::DistrictsNotValid, layer, text));
        }
        if passed.gap >= Area::SQUARE_METRE {
            let m2 = SquareMetres::rounded(passed.gap);
            let text = format!(
                "{m2} m2 lie in districts that are not valid {on} and in none that is; what is recorded there stands \
                 outside all districts. --boundaries takes the districts of another day"
            );
            findings.push(Finding::of_run(Code::BoundariesGap, text).area(m2.as_f64()));
        }
        for ((at, from, to), area) in passed.land {
            if area >= Area::SQUARE_METRE {
                let m2 = SquareMetres::rounded(area);
                let named = |row: Option<usize>| {
                    let district = row.map(|row| self.districts[row].0);
                    district.map_or_else(|| "no district".to_owned(), |d| format!("{} ({})", d.code, d.name))
                };
                let text = format!(
                    "on {} {m2} m2 passed from {} to {}. All dates of this account are on the boundaries {on}; figures \
                     published on others differ by what is recorded there",
                    breaks[at],
                    named(from),
                    named(to)
                );
                findings.push(Finding::of_run(Code::BoundariesChange, text).area(m2.as_f64()));
            }
        }
        Ok(findings)
    }

    /// The days of a span on which some version begins, or is no longer valid.
    fn breaks(&self, span: Option<(Date, Date)>) -> Vec<Date> {
        let Some((first, last)) = span else { return Vec::new() };
        let ends = self.districts.iter().filter_map(|v| v.1?.tomorrow().ok());
        let begins = self.districts.iter().filter_map(|v| v.0.validity.from);
        let mut days: Vec<Date> = begins.chain(ends).filter(|&day| first < day && day <= last).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The land that is in other hands on each of some days than on the day before, by the first version of a district
    /// that bears its code; and the land of versions that has no district on `day`.
    fn passed(&self, day: Option<Date>, breaks: &[Date], limits: &Limits, progress: &dyn Progress) -> Result<Passed> {
        let mut order: Vec<usize> = (0..self.districts.len()).collect();
        order.sort_by_key(|&row| (&self.districts[row].0.code, self.districts[row].0.origin));
        let first_of: FxHashMap<&str, usize> =
            order.iter().rev().map(|&row| (self.districts[row].0.code.as_str(), row)).collect();
        let grounds: Vec<_> = order.iter().map(|&row| &self.districts[row].0.ground).collect();
        let days: Vec<(Option<Date>, Option<Date>)> =
            breaks.iter().map(|&day| (day.yesterday().ok(), Some(day))).collect();
        // The footprints are in the order of codes, so the first valid one has the land.
        let owner = |cover: &[u32], day: Option<Date>| {
            let versions = cover.iter().map(|&c| &self.districts[order[c as usize]]);
            let valid = versions.into_iter().find(|v| Self::holds(v, day))?;
            first_of.get(valid.0.code.as_str()).copied()
        };
        let reaching = Reaching::new(grounds.len() as u32, |number| grounds[number as usize]);
        let mut passed = Passed { gap: Area::ZERO, land: BTreeMap::new() };
        let mut cutter = cutter(limits);
        let mut numbers = Vec::new();
        for &window in reaching.windows() {
            if progress.advance(0) {
                return Err(Error::Interrupted);
            }
            reaching.of(window, &mut numbers);
            let records = numbers.iter().map(|&r| (r, grounds[r as usize]));
            let torn = cutter.cut(window, records, None, &mut |cover, area| {
                if !cover.is_empty() && owner(cover, day).is_none() {
                    passed.gap += area;
                }
                for (at, &(before, after)) in days.iter().enumerate() {
                    let (from, to) = (owner(cover, before), owner(cover, after));
                    if from != to {
                        *passed.land.entry((at, from, to)).or_default() += area;
                    }
                }
                FaceClass::default()
            });
            torn.map_err(|torn| uncut("the districts could not be cut into faces", &torn, limits))?;
        }
        Ok(passed)
    }
}

/// Land that changed hands.
struct Passed {
    /// Land of some version with no district on the day whose boundaries count.
    gap: Area,
    /// By the number of the day, the version that had the land and the one that has it.
    land: BTreeMap<(usize, Option<usize>, Option<usize>), Area>,
}

/// A list for a sentence; long ones are cut, with the number of the rest.
fn list(codes: &[&str]) -> String {
    const SHOWN: usize = 10;
    let shown = codes.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if codes.len() > SHOWN { format!("{shown} and {} more", codes.len() - SHOWN) } else { shown }
}
