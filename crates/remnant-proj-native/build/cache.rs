//! Keeps what was built from PROJ in a folder that all cargo profiles share.
//!
//! It lies beside the profile folders in cargo's target folder, or in the folder that the environment variable
//! `REMNANT_PROJ_CACHE` names. Each set of products has a folder named by a key over everything that they are made
//! from, so a changed build never meets old products, and it appears whole or not at all.

use crate::{PROJ_VERSION, Result, library, variable};
use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

/// PROJ's database of coordinate reference systems.
pub(crate) const DATABASE: &str = "proj.db";
/// PROJ's settings file.
pub(crate) const SETTINGS: &str = "proj.ini";
/// All files that are kept.
const PRODUCTS: [&str; 4] = [DATABASE, SETTINGS, "libprojc.a", "libprojcpp.a"];

/// The sources of this build: any change makes other products.
const RECIPE: [&str; 6] = [
    include_str!("main.rs"),
    include_str!("cache.rs"),
    include_str!("database.rs"),
    include_str!("library.rs"),
    include_str!("precompiled.hpp"),
    include_str!("source.rs"),
];

/// The folder of the products, made with `make` in an empty working folder if they are not kept already.
pub(crate) fn products(make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let folder = root()?.join(format!("proj-native-{:016x}", key()?));
    if !is_whole(&folder) {
        let workshop = folder.with_extension(format!("{}.part", std::process::id()));
        let made = fresh(&workshop).and_then(|()| make(&workshop)).and_then(|()| publish(&workshop, &folder));
        // Nothing more can be done about a working folder that can't be removed, and it harms nobody.
        let _ = fs::remove_dir_all(&workshop);
        made?;
    }
    for name in PRODUCTS {
        // Without this, products that somebody removed would be missed only by the linker.
        println!("cargo::rerun-if-changed={}", folder.join(name).display());
    }
    Ok(folder)
}

fn is_whole(folder: &Path) -> bool {
    PRODUCTS.iter().all(|name| folder.join(name).metadata().is_ok_and(|file| file.len() > 0))
}

/// An empty folder at `path`, whatever an interrupted build left there.
fn fresh(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => fs::create_dir_all(path),
    }
    .map_err(|e| format!("can't prepare the folder {}: {e}", path.display()))
}

/// Moves the products from the working folder to where they are kept, in one step.
fn publish(workshop: &Path, folder: &Path) -> Result<()> {
    let shelf = workshop.join("products");
    let told = |e: io::Error| format!("can't keep the built PROJ in {}: {e}", folder.display());
    fs::create_dir_all(&shelf).map_err(told)?;
    for name in PRODUCTS {
        fs::rename(workshop.join(name), shelf.join(name)).map_err(told)?;
    }
    if folder.exists() && !is_whole(folder) {
        fs::remove_dir_all(folder).map_err(told)?;
    }
    match fs::rename(&shelf, folder) {
        // Another cargo was faster; its products are the same.
        Err(_) if is_whole(folder) => Ok(()),
        moved => moved.map_err(told),
    }
}

/// The folder in which the products' folders lie.
fn root() -> Result<PathBuf> {
    println!("cargo::rerun-if-env-changed=REMNANT_PROJ_CACHE");
    if let Some(given) = std::env::var_os("REMNANT_PROJ_CACHE").filter(|given| !given.is_empty()) {
        let given = PathBuf::from(given);
        // cargo runs this in the package's folder, which is not where its user typed a relative path.
        return if given.is_absolute() {
            Ok(given)
        } else {
            Err(format!("REMNANT_PROJ_CACHE must be an absolute path, but is {}", given.display()))
        };
    }
    let out = PathBuf::from(variable("OUT_DIR")?);
    Ok(beside_profiles(&out).unwrap_or(out.clone()))
}

/// From `<target>/<profile>/build/<package>/out` to `<target>`; nothing if a later cargo arranges its folders
/// otherwise.
fn beside_profiles(out: &Path) -> Option<PathBuf> {
    let build = out.ancestors().find(|folder| folder.ends_with("build"))?;
    build.parent()?.parent().map(Path::to_path_buf)
}

/// A number that differs whenever the products would. The hasher may change with the Rust release: that costs a
/// rebuild.
fn key() -> Result<u64> {
    for name in ["CC", "CXX", "AR", "CFLAGS", "CXXFLAGS"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let mut hasher = DefaultHasher::new();
    (RECIPE, PROJ_VERSION, variable("TARGET")?, libsqlite3_sys::SQLITE_VERSION_NUMBER).hash(&mut hasher);
    for (language, settings) in [("C", library::c_settings()), ("C++", library::cpp_settings())] {
        let mut settings = settings;
        settings.cargo_metadata(false);
        let compiler = settings.try_get_compiler().map_err(|e| library::no_compiler(language, &e))?;
        // Where paths are to be led changes no product: it is said so that they don't name this machine.
        let is_map = |arg: &&std::ffi::OsString| arg.to_string_lossy().contains("-prefix-map=");
        let args: Vec<_> = compiler.args().iter().filter(|arg| !is_map(arg)).collect();
        (compiler.path(), args, version(&compiler)).hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// What the compiler says about itself; a compiler that says nothing is known by its path and arguments only.
fn version(compiler: &cc::Tool) -> Vec<u8> {
    compiler.to_command().arg("--version").output().map(|output| output.stdout).unwrap_or_default()
}
