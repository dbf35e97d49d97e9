//! Published figures held against themselves, against each other and against the computed ones.
//!
//! # The table of published figures
//! A CSV file with a header, in UTF-8; a row is a figure as somebody published it. Only `id`, `what` and `value` are
//! needed.
//!
//! | column | what |
//! |---|---|
//! | `id` | the name by which other rows and the verdicts refer to the row |
//! | `what` | what the figure speaks of. Words that stand for a computed figure: `baseline`, `remaining`, `suspected`, `confirmed`, `released`, `cleared`, `reduced`, `cancelled`, `newly recorded`, `re-contaminated`, `hazards`, `evidence points`, `mines` (of both kinds), `ap mines`, `av mines`, `erw`, `uxo`, `submunitions`, `ied`, `incidents`, `killed`, `injured`. Any other word is held only against published figures of the same word |
//! | `where` | code or name of a district; several joined by `+`; `other` for all that no other figure of the same kind names; empty for the whole country |
//! | `when` | `2024-12-31`: the state at the end of that day. `2024`, `2024-06`, or `2023-12-31/2024-12-31` (from the end of one day to the end of another): what came in that period |
//! | `value`, `unit` | the number as printed, without separators of thousands; `m2`, `ha`, `km2`, `items` (or empty), `thousand`, `million`, `%`, `share` |
//! | `rounding` | the step to which the value was rounded, in its unit, where the last printed digit does not say so: 100 for "about 69,200". Without it, a count of items is exact and any other figure rounded to its last digit |
//! | `part_of` | the id of the figure of which this is a part; all parts of a figure must add up to it |
//! | `numerator`, `denominator` | of a share: the ids of its part and its whole |
//! | `computed` | `no` where the figure is not to be held against the records, as where they do not cover it |
//! | `source`, `note`, `title` | for people |
//!
//! # The checks
//! | check | what must hold |
//! |---|---|
//! | `parts` | the figure is the sum of its parts |
//! | `share` | the share is its numerator over its denominator |
//! | `same` | two figures for the same thing, place and time are equal |
//! | `series` | a figure that grows is its former state and what came in between; released land may be less, where some was contaminated again |
//! | `districts` | the country has no less than the places of which figures are published; not for `hazards`, since a record on a border counts in each district |
//! | `bound` | what a place had by a day and what came elsewhere until a later day is not more than the country had then |
//! | `denominator` | the whole of which shares are published does not move; where it does, that is told, and which is right cannot be checked |
//! | `computed` | the figure is what the records give |
//! | `none` | nothing is there to hold the figure against |
//!
//! A figure stands for all that can have been rounded to it, so two figures agree where rounding can explain what lies
//! between them: 14.2 % is right where the true share rounds to it.

mod amount;
mod checks;
mod computed;
mod published;
#[cfg(test)]
mod tests;
mod words;

use std::collections::HashSet;

use crate::error::{Location, Result};
use crate::guard;
use crate::pipeline::{self, Job};
use crate::progress::Progress;
use crate::report::Account;
use crate::write::{Entry, Listing};

pub use published::{Published, read};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The figures agree at their rounding.
    Agrees,
    /// No rounding explains the difference.
    Differs,
    /// It could not be checked.
    Unchecked,
}

impl Outcome {
    /// The words for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::Unchecked => "cannot be checked",
        }
    }
}

/// How one check of one figure came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The figure.
    pub id: String,
    /// The check.
    pub check: &'static str,
    /// How it came out.
    pub outcome: Outcome,
    /// The figure as it was published, with its unit.
    pub published: String,
    /// What it was held against, with its unit; empty where it could not be checked.
    pub against: String,
    /// The figure less what it was held against, as a number of its unit: the unexplained remainder where it differs.
    pub difference: String,
    /// How much of a difference rounding can explain, in the same unit.
    pub rounding: String,
    /// The unit.
    pub unit: &'static str,
    /// Why, in words.
    pub why: String,
    /// The ids of the figures that it was held against.
    pub with: Vec<String>,
    /// Who published it.
    pub source: String,
}

/// Holds published figures against each other and against the account of a job.
///
/// # Errors
/// Those of [`pipeline::run`].
pub fn reconcile(job: &Job, published: &[Published], progress: &dyn Progress) -> Result<Vec<Verdict>> {
    let dates: Vec<_> = computed::dates(published).into_iter().collect();
    let accounts = if dates.is_empty() { Vec::new() } else { pipeline::accounts(job, &dates, progress)? };
    guard::caught("judging published figures", Location::default, || Ok(verdicts(published, &accounts)))
}

/// The verdicts as a table.
pub fn listing(verdicts: &[Verdict]) -> Listing {
    let row = |v: &Verdict| {
        vec![
            Entry::text(&v.id),
            Entry::text(v.check),
            Entry::text(v.outcome.word()),
            Entry::text(&v.published),
            Entry::text(&v.against),
            Entry::number(&v.difference),
            Entry::number(&v.rounding),
            Entry::text(v.unit),
            Entry::text(&v.why),
            Entry::List(v.with.clone()),
            Entry::text(&v.source),
        ]
    };
    Listing {
        columns: vec![
            "id",
            "check",
            "verdict",
            "published",
            "against",
            "difference",
            "rounding",
            "unit",
            "why",
            "with",
            "source",
        ],
        rows: verdicts.iter().map(row).collect(),
    }
}

/// The verdicts on every figure, in the order of the table: without accounts, what the figures say of each other.
pub fn verdicts(published: &[Published], accounts: &[Account]) -> Vec<Verdict> {
    let computed = computed::Accounts::new(accounts);
    let mut found = checks::all(published);
    for (number, figure) in published.iter().enumerate() {
        let Some(verdict) = computed.verdict(figure, published) else { continue };
        if verdict.outcome == Outcome::Agrees {
            // What the records give is not too much: land elsewhere was contaminated again.
            found.retain(|(at, other)| *at != number || other.check != "bound");
        }
        found.push((number, verdict));
    }
    // A figure is checked too where another one was held against it.
    let held: HashSet<&str> =
        found.iter().flat_map(|(_, v)| v.with.iter().map(String::as_str).chain([v.id.as_str()])).collect();
    let alone: Vec<usize> = (0..published.len()).filter(|&n| !held.contains(published[n].id.as_str())).collect();
    found.extend(alone.into_iter().map(|n| {
        (n, published[n].unchecked("none", "there is nothing, published or computed, to hold it against", &[]))
    }));
    // Stable: for one figure in the order of the checks.
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, verdict)| verdict).collect()
}
