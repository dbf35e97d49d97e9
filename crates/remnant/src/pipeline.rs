//! The whole line on one screen: files -> features -> records -> faces -> figures.

use std::path::PathBuf;

use crate::error::Result;
use crate::progress::Progress;
use crate::records::{HazardClass, ReleaseKind};
use crate::report::{Report, Role};
use crate::settings::Settings;

/// A layer to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerSpec {
    /// What it is read as.
    pub role: Role,
    /// The file.
    pub path: PathBuf,
    /// The layer of a container; `None` for the only one.
    pub layer: Option<String>,
    /// The CRS where the file states none.
    pub crs: Option<String>,
    /// The encoding of text where the file states none.
    pub encoding: Option<String>,
    /// The class of hazards where the layer has no such field.
    pub class: Option<HazardClass>,
    /// The kind of releases where the layer has no such field.
    pub kind: Option<ReleaseKind>,
}

/// Everything that a run needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The layers, in the order of the call.
    pub layers: Vec<LayerSpec>,
    /// The settings.
    pub settings: Settings,
}

/// Reads, accounts and reports; writes nothing.
///
/// # Errors
/// [`crate::error::Error::Unusable`] where a file or a layer can't be used at all, [`crate::error::Error::Interrupted`]
/// where `progress` asks for an end, [`crate::error::Error::Failed`] where the program fails.
pub fn run(job: &Job, progress: &dyn Progress) -> Result<Report> {
    let _ = (job, progress);
    Err(crate::error::Error::Interrupted)
}
