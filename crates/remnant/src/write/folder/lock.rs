//! The lock that keeps two runs out of one folder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::place::Target;
use crate::error::{Error, Location, Result};

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
            let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(|e| {
                Error::unusable(
                    "the output folder can't be made",
                    Location::file(&target.shown),
                    format!("its parent folder can't be written to: {e}"),
                    "choose a folder that you may write to with --out",
                )
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
