//! Finds and unpacks the PROJ sources that the crate `proj-sys` carries.

use crate::{PROJ_VERSION, Result, variable};
use std::{
    fs::File,
    path::{Path, PathBuf},
};

/// The release of `proj-sys` that `Cargo.toml` pins.
const PROJ_SYS: &str = "proj-sys-0.27.0";

/// Unpacks the sources into `workshop` and returns their folder.
pub(crate) fn unpack(workshop: &Path) -> Result<PathBuf> {
    let tarball = tarball()?;
    let told = |e: std::io::Error| format!("can't unpack {}: {e}", tarball.display());
    let packed = File::open(&tarball).map_err(told)?;
    tar::Archive::new(flate2::read::GzDecoder::new(packed)).unpack(workshop).map_err(told)?;
    Ok(workshop.join(format!("proj-{PROJ_VERSION}")))
}

/// Cargo has no way to ask where another package's sources are, except `cargo metadata`, which fails offline
/// when some unrelated development dependency was never downloaded. But cargo keeps the packages of a registry (and
/// vendored ones) side by side, and `libsqlite3-sys` says where its own folder is.
fn tarball() -> Result<PathBuf> {
    println!("cargo::rerun-if-env-changed=REMNANT_PROJ_SOURCE");
    if let Ok(given) = variable("REMNANT_PROJ_SOURCE") {
        return Ok(PathBuf::from(given));
    }
    let sqlite_headers = PathBuf::from(variable("DEP_SQLITE3_INCLUDE")?);
    let own_folder = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let package_folders = sqlite_headers.ancestors().skip(2).take(1).chain(own_folder.parent());
    let candidates: Vec<PathBuf> = package_folders
        .chain(cargo_home_registries().iter().map(PathBuf::as_path))
        .flat_map(|folder| [PROJ_SYS, "proj-sys"].map(|name| folder.join(name)))
        .map(|package| package.join(format!("PROJSRC/proj-{PROJ_VERSION}.tar.gz")))
        .collect();
    candidates.iter().find(|path| path.is_file()).cloned().ok_or_else(|| {
        format!(
            "the sources of PROJ {PROJ_VERSION}, part of the package {PROJ_SYS}, are in none of {candidates:?}; \
             set REMNANT_PROJ_SOURCE to the path of its proj-{PROJ_VERSION}.tar.gz"
        )
    })
}

/// The folders into which cargo unpacks packages, one for each registry.
fn cargo_home_registries() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let entries = home.and_then(|home| home.join("registry/src").read_dir().ok());
    let mut folders: Vec<PathBuf> = entries.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    folders.sort();
    folders
}
