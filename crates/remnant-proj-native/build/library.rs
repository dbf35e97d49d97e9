//! Compiles libproj into two static libraries, one of its C files and one of its C++ files.

use crate::{PROJ_VERSION, Result, read, variable, write};
use std::path::{Path, PathBuf};

/// Headers that nearly every C++ file of PROJ includes: compiled once, they make the other files about four times
/// faster to compile.
const PRECOMPILED: &str = include_str!("precompiled.hpp");

/// Fewer source files than this mean that PROJ's list wasn't understood.
const LEAST_FILES: usize = 200;

/// Compiles the sources in the folder `proj`; the libraries appear in `workshop`.
///
/// From within that folder, by paths that lead on from it: `cc` names its objects by the folders of their sources, and
/// an archive must have the same bytes wherever it is made.
pub(crate) fn build(proj: &Path, workshop: &Path) -> Result<()> {
    let told = |e| format!("can't work in {}: {e}", proj.display());
    let before = std::env::current_dir().map_err(told)?;
    std::env::set_current_dir(proj).map_err(told)?;
    let built = build_here(proj, workshop);
    std::env::set_current_dir(before).map_err(told)?;
    built
}

fn build_here(proj: &Path, workshop: &Path) -> Result<()> {
    let generated = workshop.join("generated");
    std::fs::create_dir_all(&generated).map_err(|e| format!("can't create {}: {e}", generated.display()))?;
    write(&generated.join("proj_config.h"), &configuration())?;
    let (c_files, cpp_files): (Vec<_>, Vec<_>) =
        sources(proj)?.into_iter().partition(|path| path.extension().is_some_and(|extension| extension == "c"));
    let prepare = |mut build: cc::Build| -> Result<cc::Build> {
        build.include(&generated).include(proj.join("src")).include(proj.join("include"));
        build.include(variable("DEP_SQLITE3_INCLUDE")?).out_dir(workshop).cargo_metadata(false);
        // The working folder has the number of this process in its name, and PROJ's messages name their source files.
        build.flag_if_supported(format!("-ffile-prefix-map={}=proj", workshop.display()));
        Ok(build)
    };
    compile(prepare(c_settings())?.files(c_files), "projc")?;
    let mut cpp = prepare(cpp_settings())?;
    if let Some(header) = precompile(&cpp, &generated)? {
        cpp.flag("-include").flag(header);
    }
    compile(cpp.files(cpp_files), "projcpp")
}

/// What the compiler is told about C files, without the paths of this build: part of the key of the cache.
pub(crate) fn c_settings() -> cc::Build {
    let mut build = settings();
    build.std("c99");
    build
}

/// The same for C++ files.
pub(crate) fn cpp_settings() -> cc::Build {
    let mut build = settings();
    // link-cplusplus chooses the C++ standard library, for this crate and all others alike.
    build.cpp(true).std("c++17").cpp_link_stdlib(None);
    build
}

/// Optimisation and debug information are fixed, so that every cargo profile can share the result.
/// `-O1` compiles much faster than the usual `-O3`, and transforming was no slower than with libproj as others ship it.
fn settings() -> cc::Build {
    let mut build = cc::Build::new();
    build.opt_level(1).debug(false).force_frame_pointer(false).warnings(false).flag_if_supported("-w");
    build.flag_if_supported("-fvisibility=hidden");
    // Resources from the binary only: otherwise a file proj.db in the user's folders or in the working folder would
    // win.
    build.define("EMBED_RESOURCE_FILES", None).define("USE_ONLY_EMBEDDED_RESOURCE_FILES", None);
    build.define("PROJ_DLL", "").define("PROJ_HAS_PTHREADS", None).define("NDEBUG", None);
    build
}

/// What cmake would find out about the system. `VERSION` must stay undefined: a header has a member of that name.
fn configuration() -> String {
    format!(
        "#define HAVE_LIBDL 1\n#define HAVE_LOCALECONV 1\n#define HAVE_STRERROR 1\n#define PACKAGE \"proj\"\n\
         #define PACKAGE_NAME \"PROJ\"\n#define PACKAGE_VERSION \"{PROJ_VERSION}\"\n"
    )
}

/// The source files that PROJ's own build lists, as they lie in its folder.
fn sources(proj: &Path) -> Result<Vec<PathBuf>> {
    let list = read(&proj.join("src/lib_proj.cmake"))?;
    let lists = list.split("set(SRC_LIBPROJ").skip(1).filter_map(|rest| rest.split(')').next());
    let mut files: Vec<PathBuf> = lists
        .flat_map(str::split_whitespace)
        .filter(|word| word.ends_with(".cpp") || word.ends_with(".c"))
        .map(|word| Path::new("src").join(word))
        .collect();
    files.push(PathBuf::from("src/memvfs.c")); // reads proj.db from memory; listed apart, as an option
    files.sort();
    match files.len() {
        LEAST_FILES.. => Ok(files),
        count => Err(format!("PROJ's list names only {count} source files; it should name at least {LEAST_FILES}")),
    }
}

/// Makes the precompiled header and returns its path, or nothing where the compiler has no such thing: it only saves
/// time.
fn precompile(build: &cc::Build, generated: &Path) -> Result<Option<PathBuf>> {
    let compiler = build.try_get_compiler().map_err(|e| no_compiler("C++", &e))?;
    if !compiler.is_like_gnu() && !compiler.is_like_clang() {
        return Ok(None);
    }
    let header = generated.join("precompiled.hpp");
    write(&header, PRECOMPILED)?;
    let mut command = compiler.to_command();
    command.args(["-x", "c++-header"]).arg(&header).arg("-o").arg(generated.join("precompiled.hpp.gch"));
    let made = command.output().is_ok_and(|output| output.status.success());
    Ok(made.then_some(header))
}

fn compile(build: &cc::Build, name: &str) -> Result<()> {
    build.try_compile(name).map_err(|e| format!("PROJ {PROJ_VERSION} can't be compiled: {e}"))
}

/// The message for a machine without a compiler.
pub(crate) fn no_compiler(language: &str, error: &cc::Error) -> String {
    format!("a {language} compiler is needed for building PROJ, such as gcc with g++ or clang: {error}")
}
