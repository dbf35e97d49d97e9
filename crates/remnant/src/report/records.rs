//! Every hazard and release of an account, and what it did in every district: made row by row, as there may be millions.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;

use super::{RecordKind, RecordRow, RecordShare, SquareMetres};
use crate::account::Book;
use crate::records::{Fate, Origin, Work};

/// Every hazard and release, hazards first, in the order of their layers.
#[derive(Clone, Default)]
pub struct Records(Source<RecordRow>);

/// What every record did in every district, in the order of the records.
#[derive(Clone, Default)]
pub struct Shares(Source<RecordShare>);

/// What a record says of itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecordFacts<'a> {
    /// What it is.
    pub kind: RecordKind,
    /// Where it came from.
    pub origin: Origin,
    /// Its id.
    pub id: &'a str,
    /// Its date.
    pub date: Option<Date>,
    /// What became of it.
    pub fate: Fate,
    /// The area that the source states.
    pub stated_m2: Option<f64>,
    /// Who did it, how, and in which task.
    pub work: &'a Arc<Work>,
}

impl<'a> RecordFacts<'a> {
    fn of(row: &'a RecordRow) -> Self {
        let RecordRow { kind, origin, id, date, fate, stated_m2, work, .. } = row;
        Self { kind: *kind, origin: *origin, id, date: *date, fate: *fate, stated_m2: *stated_m2, work }
    }

    /// The row of a record that did nothing.
    pub(crate) fn row(self) -> RecordRow {
        let Self { kind, origin, id, date, fate, stated_m2, work } = self;
        let (id, work, nothing) = (id.to_owned(), Arc::clone(work), SquareMetres::ZERO);
        RecordRow {
            kind,
            origin,
            id,
            date,
            fate,
            in_effect: false,
            stated_m2,
            geometry: None,
            credited: nothing,
            repeated: nothing,
            outside: nothing,
            recorded: nothing,
            overlap: nothing,
            within_task: nothing,
            work,
        }
    }
}

/// Where rows come from.
#[derive(Clone)]
enum Source<R> {
    /// They are there.
    Made(Vec<R>),
    /// They are made when they are asked for.
    Book(Arc<Book>),
}

impl<R> Default for Source<R> {
    fn default() -> Self {
        Self::Made(Vec::new())
    }
}

impl Records {
    pub(crate) fn of(book: &Arc<Book>) -> Self {
        Self(Source::Book(Arc::clone(book)))
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        match &self.0 {
            Source::Made(rows) => rows.len(),
            Source::Book(book) => book.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A record by its place, from 0. Cost: that of a copy of its texts.
    pub fn get(&self, place: usize) -> Option<RecordRow> {
        match &self.0 {
            Source::Made(rows) => rows.get(place).cloned(),
            Source::Book(book) => book.row(place),
        }
    }

    /// What a record says of itself, by its place: all of its row but what it did. Cost: none to speak of.
    pub fn facts(&self, place: usize) -> Option<RecordFacts<'_>> {
        match &self.0 {
            Source::Made(rows) => rows.get(place).map(RecordFacts::of),
            Source::Book(book) => book.facts(place),
        }
    }

    /// The same of all of them.
    pub fn all_facts(&self) -> impl Iterator<Item = RecordFacts<'_>> + '_ {
        (0..self.len()).filter_map(|place| self.facts(place))
    }

    /// The places of those that are wanted by what they say, whose rows alone need be made.
    pub fn places(&self, wanted: impl Fn(&RecordFacts<'_>) -> bool) -> impl Iterator<Item = usize> {
        (0..self.len()).filter(move |&place| self.facts(place).is_some_and(|facts| wanted(&facts)))
    }

    /// Makes all rows at once and changes them.
    pub fn change(&mut self, change: impl FnOnce(&mut Vec<RecordRow>)) {
        let mut rows = self.iter().collect();
        change(&mut rows);
        *self = rows.into();
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = RecordRow> + '_ {
        (0..self.len()).filter_map(|place| self.get(place))
    }
}

impl Shares {
    pub(crate) fn of(book: &Arc<Book>) -> Self {
        Self(Source::Book(Arc::clone(book)))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = RecordShare> + '_ {
        let (made, book) = match &self.0 {
            Source::Made(rows) => (rows.as_slice(), None),
            Source::Book(book) => (&[][..], Some(book)),
        };
        let of_records = book.into_iter().flat_map(|book| (0..book.len()).flat_map(|row| book.shares(row)));
        made.iter().cloned().chain(of_records)
    }
}

impl From<Vec<RecordRow>> for Records {
    fn from(rows: Vec<RecordRow>) -> Self {
        Self(Source::Made(rows))
    }
}

impl From<Vec<RecordShare>> for Shares {
    fn from(rows: Vec<RecordShare>) -> Self {
        Self(Source::Made(rows))
    }
}

impl PartialEq for Records {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl PartialEq for Shares {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Debug for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
