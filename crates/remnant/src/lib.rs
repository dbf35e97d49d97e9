//! Land-release accounting for mine action: which land is still contaminated, which is released, and which record
//! stands behind each square metre, by district, settlement zone and date.
//!
//! The work is one line of stages, and [`pipeline::run`] shows it on one screen:
//!
//! | stage | module | from -> to |
//! |---|---|---|
//! | 1 | [`read`] | files -> features as their files give them |
//! | 2 | `understand`, [`crs`] | features -> [`records`] on one grid, and [findings](finding) |
//! | 3 to 5 | [`account`] | records -> faces -> square metres by district, zone, state and date |
//! | 6 | [`write`](mod@write) | a [`report`] -> a folder of files |
//!
//! [`status`] (the replay of records) and [`zone`] (the judgement on a zone) are rules without geometry; `audit` looks
//! at records together. [`account::account`] needs neither file nor terminal:
//!
//! ```
//! use remnant::account::account;
//! use remnant::progress::Silent;
//! use remnant::records::Survey;
//! use remnant::settings::Settings;
//!
//! let nothing = account(Survey::default(), &Settings::new(jiff::civil::date(2025, 1, 15)), &Silent)?;
//! assert_eq!(nothing.total.states.released_share(), None);
//! assert!(nothing.checks.iter().all(|check| check.holds));
//! # Ok::<(), remnant::error::Error>(())
//! ```
//!
//! The README has a survey with records in it. Areas are in m2 on the WGS 84 ellipsoid, distances in metres along
//! geodesics, coordinates in degrees (longitude first). The library prints nothing; it tells its caller through
//! [`progress::Progress`] what it is doing. No result says that land is safe: it says what was recorded.

pub mod account;
mod audit;
pub mod compare;
pub mod crs;
pub mod error;
pub mod finding;
pub mod forecast;
mod guard;
pub mod pipeline;
pub mod progress;
pub mod read;
pub mod reconcile;
pub mod records;
pub mod report;
#[cfg(test)]
#[path = "../../../tests/seed.rs"]
mod seed;
pub mod settings;
pub mod status;
mod store;
mod understand;
pub mod write;
pub mod zone;

#[doc(hidden)]
pub use understand::fuzzed_words;
pub use understand::{inspect, mapping, profile};

/// The README's example is compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
