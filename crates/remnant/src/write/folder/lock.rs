//! The lock that keeps two runs out of one folder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::place::Target;
use crate::error::{Error, Location, Result, printable};

/// How often a lock file may be removed under us by a run that ends, before we give up.
const TRIES: u32 = 100;

/// A lock file beside the folder; it goes when this goes.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    /// `None` where the file system has no locks.
    file: Option<File>,
}

impl Lock {
    /// Takes the lock, or says who has it. This is also the proof that the parent can be written to.
    pub(super) fn take(target: &Target) -> Result<Self> {
        let path = target.beside("lock");
        for _ in 0..TRIES {
            if let Some(there) = in_the_way(&path) {
                return Err(taken(target, &path, there));
            }
            let file = open(&path).map_err(|e| match in_the_way(&path) {
                Some(there) => taken(target, &path, there),
                None => Error::unusable(
                    "the output folder can't be made",
                    Location::file(&target.shown),
                    format!("its parent folder can't be written to: {e}"),
                    "choose a folder that you may write to with --out",
                ),
            })?;
            match file.try_lock() {
                Ok(()) if same_file(&file, &path) => return Ok(Self { path, file: Some(file) }),
                // Its last holder removed the file between our opening and our locking it.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(busy(target)),
                // Some file systems have no locks. Two runs at once are then told apart by the swap at the latest,
                // which never replaces a folder that is not empty.
                Err(TryLockError::Error(_)) => return Ok(Self { path, file: None }),
            }
        }
        Err(busy(target))
    }

    /// Whether nobody else can be at work here.
    pub(super) fn excludes_others(&self) -> bool {
        self.file.is_some()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while it is still held, so that nobody can hold a file that has gone without noticing.
        let _ = fs::remove_file(&self.path);
        self.file = None;
    }
}

/// Opens a lock file, or makes it. What stands under its name may be somebody else's by now: a link is not followed, so
/// that nothing is made where it leads, and a pipe that nobody reads is not waited for.
fn open(path: &Path) -> io::Result<File> {
    let mut how = OpenOptions::new();
    how.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use nix::fcntl::OFlag;
        use std::os::unix::fs::OpenOptionsExt;
        how.custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    }
    how.open(path)
}

/// What stands under the name of a lock file and is none. Ours are empty.
fn in_the_way(path: &Path) -> Option<&'static str> {
    let there = fs::symlink_metadata(path).ok()?;
    match there.file_type() {
        kind if kind.is_symlink() => Some("a link"),
        kind if kind.is_dir() => Some("a folder"),
        kind if !kind.is_file() => Some("something that is no file"),
        _ if there.len() > 0 => Some("a file with content"),
        _ => None,
    }
}

fn taken(target: &Target, path: &Path, there: &str) -> Error {
    let name = printable(&path.display().to_string());
    Error::unusable(
        "the output folder can't be locked",
        Location::file(&target.shown),
        format!("{there} stands where its lock would be, and no run has made that: {name}"),
        "see what it is and who put it there, and remove it; or choose a folder elsewhere with --out",
    )
}

fn busy(target: &Target) -> Error {
    Error::unusable(
        "the output folder is in use",
        Location::file(&target.shown),
        "another run is writing it at this moment",
        "wait until that run has ended, or choose another folder with --out",
    )
}

/// Whether an open file is the one that its path names now.
#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(held), Ok(named)) => (held.dev(), held.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// Whether an open file is the one that its path names now: always, where open files can't be removed.
#[cfg(not(unix))]
fn same_file(_: &File, _: &Path) -> bool {
    true
}
