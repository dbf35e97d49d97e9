//! Every hazard and release of an account, and what it did in every district: made row by row, as there may be millions.

use std::fmt;
use std::sync::Arc;

use super::{RecordKind, RecordRow, RecordShare};
use crate::account::Book;

/// Every hazard and release, hazards first, in the order of their layers.
#[derive(Clone, Default)]
pub struct Records(Source<RecordRow>);

/// What every record did in every district, in the order of the records.
#[derive(Clone, Default)]
pub struct Shares(Source<RecordShare>);

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

    /// What a record is, by its place.
    pub fn kind(&self, place: usize) -> Option<RecordKind> {
        match &self.0 {
            Source::Made(rows) => rows.get(place).map(|row| row.kind),
            Source::Book(book) => book.kind(place),
        }
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
