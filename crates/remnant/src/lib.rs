//! Land-release accounting for mine action.

pub mod account;
mod audit;
pub mod crs;
pub mod error;
pub mod finding;
pub mod pipeline;
pub mod progress;
pub mod read;
pub mod records;
pub mod report;
pub mod settings;
pub mod status;
mod understand;
pub mod write;
pub mod zone;
