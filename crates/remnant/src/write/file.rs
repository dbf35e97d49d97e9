//! A single file, whole or not at all: what commands write that make no folder.
//!
//! It is written beside its place as `.NAME.remnant-PID`, made durable, and renamed. What a killed command has left there
//! goes with the next one that writes the same file: it is known by its name, and by being locked by nobody.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::folder::remedy;
use super::moves::{exchange, parent_of, rename_to_free, sync_folder};
use crate::error::{Error, Location, Result};

/// Names that are tried for the file beside its place.
const NAMES: u32 = 100;

/// Writes a file: all of it, or nothing and what was there stays as it was. A file that is there is replaced only with
/// `force`.
///
/// # Errors
/// [`Error::Unusable`] where it may not be written, [`Error::Failed`] where the disk fails.
pub fn write_file(path: &Path, content: &[u8], force: bool) -> Result<()> {
    let refused =
        |why: &str, remedy: &str| Error::unusable("the file can't be written", Location::file(path), why, remedy);
    let there = || refused("it is there already", "give another name, or replace it with --force");
    let former = match fs::symlink_metadata(path) {
        Ok(file) if !file.is_file() => {
            return Err(refused("it is there, and it is not a regular file", "give another name"));
        }
        Ok(_) if !force => return Err(there()),
        former => former.ok(),
    };
    if path.file_name().is_none() {
        return Err(refused("it has no name", "name a file"));
    }
    clear_leftovers(path);
    let written = Beside::create(path).and_then(|mut beside| {
        if let Some(former) = &former {
            // What only its owner could read stays so.
            beside.file.set_permissions(former.permissions())?;
        }
        beside.file.write_all(content)?;
        beside.file.sync_all()?;
        beside.place(path, former.is_some())
    });
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists if !force => there(),
        _ => {
            let remedy = format!("{}; what was there before is unchanged", remedy(&error, "place"));
            Error::failed("the file can't be written", Location::file(path), error, remedy)
        }
    })
}

/// The file that is being written; it goes when this goes.
struct Beside {
    path: PathBuf,
    file: File,
}

impl Beside {
    fn create(target: &Path) -> io::Result<Self> {
        let mut number = 0;
        loop {
            let path = beside(target, &format!("{}-{number}", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    // Where there are no locks, leftovers stay.
                    let _ = file.try_lock();
                    return Ok(Self { path, file });
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && number < NAMES => number += 1,
                Err(e) => return Err(e),
            }
        }
    }

    fn place(&self, target: &Path, replaces: bool) -> io::Result<()> {
        if !replaces {
            rename_to_free(&self.path, target)?;
            return sync_folder(parent_of(target)).inspect_err(|_| {
                let _ = fs::remove_file(target);
            });
        }
        // The former one is kept until the new one is there for good.
        if exchange(&self.path, target).is_ok() {
            return sync_folder(parent_of(target)).inspect_err(|_| {
                let _ = exchange(&self.path, target);
            });
        }
        let kept = Kept::of(target, &self.path);
        fs::rename(&self.path, target)?;
        sync_folder(parent_of(target)).inspect_err(|_| kept.put_back(target))
    }
}

/// A second name for the former file, where names can't be exchanged; it goes when this goes.
struct Kept(Option<PathBuf>);

impl Kept {
    /// Nothing, where there is no former file or files have one name only.
    fn of(target: &Path, beside: &Path) -> Self {
        let mut name = beside.as_os_str().to_owned();
        name.push("-0");
        let path = PathBuf::from(name);
        Self(fs::hard_link(target, &path).is_ok().then_some(path))
    }

    fn put_back(&self, target: &Path) {
        if let Some(path) = &self.0 {
            let _ = fs::rename(path, target);
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // Nothing more can be done about what can't be removed; it is tried again the next time.
        let _ = fs::remove_file(&self.path);
    }
}

/// A name of ours beside a file.
fn beside(target: &Path, ending: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(".remnant-");
    name.push(ending);
    target.with_file_name(name)
}

/// Removes what killed commands have left beside a file. What is locked is being written.
fn clear_leftovers(target: &Path) {
    let prefix = beside(target, "");
    let prefix = prefix.file_name().unwrap_or_default().as_encoded_bytes();
    for entry in fs::read_dir(parent_of(target)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(ending) = name.as_encoded_bytes().strip_prefix(prefix) else { continue };
        let numbered = !ending.is_empty() && ending.iter().all(|b| b.is_ascii_digit() || *b == b'-');
        if !numbered || !entry.file_type().is_ok_and(|t| t.is_file()) {
            continue;
        }
        if File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> = entries.map(|e| e.expect("a name").file_name().to_string_lossy().into()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn a_file_is_replaced_by_force_only_and_keeps_who_may_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        write_file(&path, b"one", false).expect("written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("set");
        }
        assert!(write_file(&path, b"two", false).is_err_and(|e| e.to_string().contains("--force")));
        assert_eq!(fs::read(&path).expect("there"), b"one");
        write_file(&path, b"two", true).expect("written");
        assert_eq!(fs::read(&path).expect("there"), b"two");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        }
        write_file(&folder.path().join("b.csv"), b"three", true).expect("written");
        assert_eq!(names(folder.path()), ["a.csv", "b.csv"]);
    }

    #[test]
    fn what_killed_commands_left_is_cleared_and_what_others_write_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for name in [".a.csv.remnant-7", ".a.csv.remnant-8-2", ".a.csv.remnant-x", ".b.csv.remnant-7"] {
            fs::write(at(name), "half").expect("written");
        }
        let busy = File::open(at(".a.csv.remnant-8-2")).expect("there");
        busy.lock().expect("locked");
        fs::create_dir(at(".a.csv.remnant-9")).expect("made");
        write_file(&at("a.csv"), b"one", false).expect("written");
        let left = [".a.csv.remnant-8-2", ".a.csv.remnant-9", ".a.csv.remnant-x", ".b.csv.remnant-7", "a.csv"];
        assert_eq!(names(folder.path()), left);
    }

    #[test]
    fn what_is_no_file_is_never_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = folder.path().join("dir");
        fs::create_dir(&dir).expect("made");
        assert!(write_file(&dir, b"one", true).is_err_and(|e| e.to_string().contains("not a regular file")));
        assert!(matches!(write_file(&folder.path().join("no/a.csv"), b"one", true), Err(Error::Failed(_))));
        assert_eq!(names(folder.path()), ["dir"]);
    }
}
