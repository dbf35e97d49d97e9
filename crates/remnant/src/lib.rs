//! Land-release accounting for mine action.

pub mod error;
pub mod finding;
pub mod records;
pub mod report;
pub mod settings;
pub mod write;
pub mod zone;
