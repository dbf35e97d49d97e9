//! How files and folders get their names, in one step where the system has one, and how that is made durable.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Lets two names change places in one step: at no moment is one of them missing.
///
/// # Errors
/// Those of the system; [`io::ErrorKind::Unsupported`] where it has no such step. File systems that have none say so in
/// many ways, so any error means: not done.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(super) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    renamed(one, other, nix::fcntl::RenameFlags::RENAME_EXCHANGE)
}

/// Lets two names change places in one step, which this system can't.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(super) fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Renames a file to a name that must be free.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] where it is not; else those of the system.
pub(super) fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    match rename_if_free(from, to) {
        // No such step here: a second name is only given where there is none.
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => {}
        done => return done,
    }
    match fs::hard_link(from, to) {
        // The file is there; a second name for it is at most in the way.
        Ok(()) => {
            let _ = fs::remove_file(from);
            Ok(())
        }
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Err(e),
        // Nor are there second names (FAT): a look has to do.
        Err(_) if fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to),
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn rename_if_free(from: &Path, to: &Path) -> io::Result<()> {
    renamed(from, to, nix::fcntl::RenameFlags::RENAME_NOREPLACE)
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn rename_if_free(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn renamed(from: &Path, to: &Path, how: nix::fcntl::RenameFlags) -> io::Result<()> {
    use nix::fcntl::{AT_FDCWD, renameat2};
    Ok(renameat2(AT_FDCWD, from, AT_FDCWD, to, how)?)
}

/// Makes the names in a folder durable, where the system has a way to.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder).and_then(|f| f.sync_all()) {
        // Some file systems (of networks, mostly) know no such thing.
        Err(e) if matches!(e.kind(), io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput) => Ok(()),
        done => done,
    }
}

/// The folder that a path stands in.
pub(super) fn parent_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
