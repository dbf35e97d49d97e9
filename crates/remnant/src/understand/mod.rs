//! Stage 2, features to records: fields and geometry understood by the rules, or set aside with a finding.
//!
//! Nothing is guessed and nothing is lost: every feature ends as a record that is used, used after a repair, or set
//! aside, and what can't be understood counts against the land.

mod aliases;
mod assume;
mod closing;
mod exposed;
mod fields;
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
pub(crate) use layer::{OpenLayer, common_area};
