//! Stage 2, features to records: fields and geometry understood by the rules, or set aside with a finding.
//!
//! Nothing is guessed and nothing is lost: every feature ends as a record that is used, used after a repair, or set
//! aside, and what can't be understood counts against the land.

mod aliases;
mod assume;
mod closing;
mod exposed;
mod fields;
mod in_order;
pub mod inspect;
mod layer;
pub mod mapping;
mod place;
pub mod profile;
mod records;
mod seen;
mod words;

pub(crate) use assume::settle;
pub(crate) use closing::spare_open;
pub(crate) use layer::{OpenLayer, OpenSource, common_area};

/// What every parser of single values makes of a text: the entry of the fuzzer. Not part of the interface.
pub fn fuzzed_words(text: &str) -> String {
    let (value, none) = (crate::read::Value::Text(text.to_owned()), mapping::Values::default());
    let readings = (words::date(&value), words::amount(&value), words::count(&value));
    format!(
        "{readings:?} {:?}",
        (words::class(&value, &none), words::kind(&value, &none), words::status(&value, &none))
    )
}
