//! Land-release accounting for mine action.

pub mod error;
pub mod read;
