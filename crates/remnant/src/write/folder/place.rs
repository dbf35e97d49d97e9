//! Where the output goes, and whether it may.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{MARKER, MARKER_TEXT};
use crate::error::{Error, Location, Result, printable};
use crate::write::names;
use crate::write::summary::PROGRAM;

/// Files that this or a later version writes beside its [`names`], and what desktops drop into every folder that is
/// looked at: nobody's work is lost with them.
const ALSO_OURS: &[&str] = &["report.html", MARKER, ".DS_Store", "Thumbs.db"];

/// What makes a folder a run of ours.
const SUMMARY: &str = "summary.json";

/// How many names an error lists.
const NAMES_LISTED: usize = 10;

/// The folder that a run writes.
#[derive(Debug)]
pub(super) struct Target {
    /// As the caller named it.
    pub(super) shown: PathBuf,
    /// Its true place, links resolved.
    pub(super) path: PathBuf,
    parent: PathBuf,
    name: OsString,
}

/// What stands at the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Former {
    /// Nothing.
    Nothing,
    /// An empty folder.
    Empty,
    /// A run of ours, which may be replaced.
    Run,
}

impl Target {
    /// The true place of an output folder, or why there can be none.
    pub(super) fn find(out: &Path) -> Result<Self> {
        let refuse = |why: &str, remedy: &str| unusable(out, why, remedy);
        let path = match fs::metadata(out) {
            Ok(there) if there.is_dir() => fs::canonicalize(out)
                .map_err(|e| refuse(&format!("its place can't be found: {e}"), "choose another folder with --out"))?,
            Ok(_) => return Err(refuse("it is a file, not a folder", "name a folder with --out")),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                if fs::symlink_metadata(out).is_ok() {
                    return Err(refuse("it is a link to nothing", "remove the link, or make what it points to"));
                }
                let name = out.file_name().ok_or_else(|| refuse("it has no name", "name a folder with --out"))?;
                let parent = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
                let parent = fs::canonicalize(parent).map_err(|e| {
                    refuse(&format!("the folder it would stand in can't be found: {e}"), "make that folder first")
                })?;
                parent.join(name)
            }
            Err(e) => return Err(refuse(&e.to_string(), "choose another folder with --out")),
        };
        let within = "name a folder within it, as --out FOLDER/remnant-out";
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(refuse("it is the root of the file system", within));
        };
        if std::env::current_dir().and_then(fs::canonicalize).is_ok_and(|here| here == path) {
            return Err(refuse("it is the current folder, which can't be swapped for another", within));
        }
        if is_mount(&path, parent) {
            return Err(refuse("it is the root of a disk or volume, which can't be swapped for another", within));
        }
        Ok(Self { shown: out.to_path_buf(), parent: parent.to_path_buf(), name: name.to_owned(), path })
    }

    /// The folder that it stands in.
    pub(super) fn parent(&self) -> &Path {
        &self.parent
    }

    /// What names of ours beside the target begin with.
    pub(super) fn prefix(&self) -> OsString {
        let mut prefix = OsString::from(".");
        prefix.push(&self.name);
        prefix.push(".remnant-");
        prefix
    }

    /// A name of ours beside the target.
    pub(super) fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.prefix();
        name.push(ending);
        self.parent.join(name)
    }

    /// Does something with the first name of ours that is not taken.
    pub(super) fn unused(&self, ending: &str, make: impl Fn(&Path) -> io::Result<()>) -> io::Result<PathBuf> {
        let mut number = 0_u32;
        loop {
            let path = if number == 0 { self.beside(ending) } else { self.beside(&format!("{ending}-{number}")) };
            match make(&path) {
                Ok(()) => return Ok(path),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
                Err(e) => return Err(e),
            }
        }
    }

    /// Refuses a folder that is an input, holds one, or lies in one: the swap would take it away.
    pub(super) fn refuse_inputs(&self, inputs: &[&Path]) -> Result<()> {
        for &input in inputs {
            // An input that can't be found is the reader's to complain about.
            let Ok(truly) = fs::canonicalize(input) else { continue };
            // Where the input is a link, the link itself must not go either.
            let parent = input.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let link = fs::canonicalize(parent).ok().zip(input.file_name()).map(|(p, name)| p.join(name));
            let touches = |place: &Path| place.starts_with(&self.path) || self.path.starts_with(place);
            if touches(&truly) || link.is_some_and(|l| touches(&l)) {
                let why = format!("it is, holds or lies in an input: {}", printable(&input.display().to_string()));
                return Err(unusable(&self.shown, why, "choose another folder with --out"));
            }
        }
        Ok(())
    }

    /// What stands there, if it may be replaced.
    pub(super) fn former(&self, force: bool) -> Result<Former> {
        let entries = match self.path.try_exists() {
            Ok(false) => return Ok(Former::Nothing),
            Ok(true) => fs::read_dir(&self.path).and_then(|mut names| names.next().transpose()),
            Err(e) => Err(e),
        };
        match entries {
            Ok(None) => return Ok(Former::Empty),
            Ok(Some(_)) => {}
            Err(e) => {
                let why = format!("it is there, but can't be looked into: {e}");
                return Err(unusable(&self.shown, why, "choose another folder with --out"));
            }
        }
        if !is_run(&self.path) {
            let path = self.path.join(SUMMARY);
            let looked =
                fs::symlink_metadata(&path).and_then(|m| if m.is_file() { fs::read(&path) } else { Ok(Vec::new()) });
            if let Err(e) = looked
                && e.kind() != io::ErrorKind::NotFound
            {
                let why = format!("its {SUMMARY}, which tells whether it is ours, can't be read: {e}");
                return Err(unusable(&self.shown, why, "choose another folder with --out"));
            }
            return Err(unusable(
                &self.shown,
                "it is not empty, and it is not the output of an earlier run: it has no summary.json of this program",
                "choose another folder with --out, or empty this one yourself; --force does not replace it",
            ));
        }
        if !force {
            return Err(unusable(
                &self.shown,
                "it holds the output of an earlier run",
                "choose another folder with --out, or replace the earlier run with --force",
            ));
        }
        self.refuse_foreign(&self.path)?;
        Ok(Former::Run)
    }

    /// Gives a folder the rights of the former one: what only its owner could read stays so. A failure leaves those of
    /// any new folder.
    pub(super) fn share_as_before(&self, folder: &Path) {
        #[cfg(unix)]
        if let Ok(former) = fs::metadata(&self.path) {
            use std::os::unix::fs::PermissionsExt;
            let rights = former.permissions().mode() & 0o7777 | 0o700;
            let _ = fs::set_permissions(folder, fs::Permissions::from_mode(rights));
        }
    }

    /// Refuses a folder with files that are not ours.
    pub(super) fn refuse_foreign(&self, folder: &Path) -> Result<()> {
        let mut foreign = foreign(folder).map_err(|e| {
            unusable(&self.shown, format!("it can't be looked into: {e}"), "choose another folder with --out")
        })?;
        if foreign.is_empty() {
            return Ok(());
        }
        foreign.sort_unstable();
        let more = foreign.len().saturating_sub(NAMES_LISTED);
        let mut names: Vec<String> = foreign.iter().take(NAMES_LISTED).map(|n| printable(n)).collect();
        if more > 0 {
            names.push(format!("and {more} more"));
        }
        Err(unusable(
            &self.shown,
            format!("it holds files that no run has written, which would be lost: {}", names.join(", ")),
            "move these files elsewhere, or choose another folder with --out",
        ))
    }
}

pub(super) fn unusable(shown: &Path, why: impl std::fmt::Display, remedy: &str) -> Error {
    Error::unusable("the output folder can't be used", Location::file(shown), why, remedy)
}

/// Whether a folder is the output of a run: its summary.json says so.
pub(super) fn is_run(folder: &Path) -> bool {
    #[derive(Deserialize)]
    struct Summary {
        program: Program,
    }
    #[derive(Deserialize)]
    struct Program {
        name: String,
    }
    let path = folder.join(SUMMARY);
    // Only a file is read: a pipe of that name would hold us for ever.
    fs::symlink_metadata(&path).is_ok_and(|m| m.is_file())
        && fs::read(&path)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Summary>(&bytes).ok())
            .is_some_and(|summary| summary.program.name == PROGRAM)
}

/// Whether there is nothing in a folder.
pub(super) fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut names| names.next().is_none())
}

/// Whether a folder is one that a run began and did not finish.
pub(super) fn is_unfinished(folder: &Path) -> bool {
    let path = folder.join(MARKER);
    fs::symlink_metadata(&path).is_ok_and(|m| m.is_file() && m.len() <= MARKER_TEXT.len() as u64)
        // A run that was killed at once, or a full disk, leaves a part of the text.
        && fs::read(&path).is_ok_and(|bytes| MARKER_TEXT.as_bytes().starts_with(&bytes))
}

/// The names in a folder that are not ours.
pub(super) fn foreign(folder: &Path) -> io::Result<Vec<String>> {
    let mut foreign = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let ours = names().chain(ALSO_OURS.iter().copied()).any(|n| name == n);
        if !ours || !entry.file_type()?.is_file() {
            foreign.push(name.to_string_lossy().into_owned());
        }
    }
    Ok(foreign)
}

/// Removes the files of a folder that was never put in its place, and the folder if that empties it. What it is known by
/// goes last, so that the rest of it is known if this is broken off.
pub(super) fn remove_unfinished(folder: &Path) -> io::Result<()> {
    let known_by = [SUMMARY, MARKER];
    let rest = names().chain(ALSO_OURS.iter().copied()).filter(|name| !known_by.contains(name));
    remove(folder, rest.chain(known_by))
}

/// Removes the files of a former run that are ours, and the folder if that empties it. What makes it a run goes first, so
/// that the rest of it is never put back.
pub(super) fn remove_former(folder: &Path) -> io::Result<()> {
    remove(folder, [SUMMARY].into_iter().chain(names()).chain(ALSO_OURS.iter().copied()))
}

fn remove(folder: &Path, names: impl Iterator<Item = &'static str>) -> io::Result<()> {
    for name in names {
        match fs::remove_file(folder.join(name)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    fs::remove_dir(folder)
}

/// Whether a folder stands on another disk than its parent: it can't be renamed then.
#[cfg(unix)]
fn is_mount(path: &Path, parent: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    matches!((fs::metadata(path), fs::metadata(parent)), (Ok(a), Ok(b)) if a.dev() != b.dev())
}

/// Whether a folder stands on another disk than its parent; found out by the swap on this system.
#[cfg(not(unix))]
fn is_mount(_: &Path, _: &Path) -> bool {
    false
}
