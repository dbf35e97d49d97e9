//! Builds PROJ without cmake: the C++ library with the `cc` crate, `proj.db` with SQLite from PROJ's SQL files.
//!
//! The sources are those that the crate `proj-sys` carries, so that the library always fits its bindings.
//! The products are kept in a folder of their own (see `cache`), because they are the same for every profile
//! and cost more than everything else in the build together.
#![expect(clippy::print_stdout, reason = "cargo listens to it")]

mod cache;
mod database;
mod library;
mod source;

use std::{fs, path::Path};

/// The PROJ release inside `proj-sys`; that dependency is pinned, so the two change together.
const PROJ_VERSION: &str = "9.6.2";

/// A build step fails with a sentence for whoever runs cargo.
type Result<T> = std::result::Result<T, String>;

fn main() {
    if let Err(message) = run() {
        // cargo shows only the first line of an error directive.
        println!("cargo::error={}", message.replace('\n', " | "));
        std::process::exit(1);
    }
}

fn run() -> Result<()> {
    println!("cargo::rerun-if-changed=build");
    let products = cache::products(|workshop| {
        let proj = source::unpack(workshop)?;
        database::build(&proj, &workshop.join(cache::DATABASE))?;
        copy(&proj.join("data/proj.ini"), &workshop.join(cache::SETTINGS))?;
        library::build(&proj, workshop)
    })?;
    let file = |name: &str| products.join(name).display().to_string();
    println!("cargo::rustc-env=REMNANT_PROJ_DB={}", file(cache::DATABASE));
    println!("cargo::rustc-env=REMNANT_PROJ_INI={}", file(cache::SETTINGS));
    println!("cargo::rustc-link-search=native={}", products.display());
    // Whole archives, since a linker that reads each archive once can't resolve their calls to each other, to
    // SQLite and to the Rust side in every order; it drops unused sections afterwards all the same.
    println!("cargo::rustc-link-lib=static:+whole-archive=projcpp");
    println!("cargo::rustc-link-lib=static:+whole-archive=projc");
    Ok(())
}

/// The value of an environment variable that cargo or a dependency's build script sets.
fn variable(name: &str) -> Result<String> {
    std::env::var(name).map_err(|e| format!("the environment variable {name} is needed for building PROJ: {e}"))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|e| format!("can't read {}: {e}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|e| format!("can't write {}: {e}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).map_err(|e| format!("can't copy {} to {}: {e}", from.display(), to.display()))
}
