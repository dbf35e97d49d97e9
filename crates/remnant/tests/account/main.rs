//! The account through the library, as a caller uses it.
//!
//! | module | what |
//! |---|---|
//! | `differential` | random and adversarial surveys against exact slabs and point by point, thousands on request |
//! | `random_points` | the replay by random points: a second, naive way to the same areas |
//! | `time` | series against separate accounts, transitions, boundaries, on random surveys |
//! | `planning` | zones at the edges of their rules, exposure, access, the order of work |
//! | `changes` | inputs that change after they were read |
//! | `incremental` | runs with a cache on surveys that are edited step by step |
//! | `panics` | a panic at every step: an error, no figure |

#![allow(clippy::unwrap_used, reason = "a test ends with a panic")]

mod changes;
mod differential;
mod incremental;
mod panics;
mod planning;
mod random_points;
#[path = "../../../../tests/seed.rs"]
mod seed;
mod time;
