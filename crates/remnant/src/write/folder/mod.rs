//! The output folder, whole or not at all.
//!
//! Everything is written into a folder beside the target and made durable there; then the former folder is renamed
//! aside, the new one is renamed into its place, and the former one is removed. Names, all beside the target:
//!
//! | name | what |
//! |---|---|
//! | `.NAME.remnant-lock` | held while a run writes; two runs into one folder exclude each other |
//! | `.NAME.remnant-PID` | the folder that is being written; holds a marker file until it is whole |
//! | `.NAME.remnant-former-PID` | the former folder, for the moment of the swap |
//!
//! What a killed run leaves is cleared away by the next one: under the lock nobody else is at work here. A former
//! folder that was renamed aside while nothing came into its place is put back. Nothing is ever removed but files
//! whose names are ours, one by one: no folder is removed with what is in it.

mod lock;
mod place;
mod swap;
#[cfg(test)]
mod tests;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use self::lock::Lock;
use self::place::Target;
use super::{Halt, Output, Sink, Stop};
use crate::error::{Error, Location, Result};
use crate::report::Report;

/// A file that tells an unfinished folder of ours from anybody else's.
const MARKER: &str = ".remnant-unfinished";

/// What stands in it.
const MARKER_TEXT: &str = "remnant was writing this folder. If it is still here, that run was killed; the next run \
                           into the same place removes it.\n";

/// Bytes that are gathered before they go to a file.
const BUFFER: usize = 1 << 18;

/// See [`check_folder`](super::check_folder).
pub(super) fn check(out: &Path, force: bool, inputs: &[&Path]) -> Result<()> {
    let target = Target::find(out)?;
    target.refuse_inputs(inputs)?;
    let lock = Lock::take(&target)?;
    if lock.excludes_others() {
        swap::clear_leftovers(&target);
    }
    target.former(force).map(|_| ())
}

/// See [`write_folder`](super::write_folder).
pub(super) fn write(outputs: &[Output], report: &Report, out: &Path, force: bool, stop: Stop<'_>) -> Result<()> {
    let target = Target::find(out)?;
    let lock = Lock::take(&target)?;
    if lock.excludes_others() {
        swap::clear_leftovers(&target);
    }
    // The folder may have changed since it was checked: the work in between can take long.
    let former = target.former(force)?;
    let temporary = Temporary::create(&target)?;
    write_files(outputs, report, &temporary.path, stop).map_err(|(output, halt)| match halt {
        Halt::Stopped => Error::Interrupted,
        Halt::Io(error) => target.failed("an output file can't be written", Some(output.name), &error),
    })?;
    if stop() {
        return Err(Error::Interrupted);
    }
    temporary.finish().map_err(|e| target.failed("the output folder can't be finished", None, &e))?;
    swap::swap(&target, &temporary.path, former, &|from, to| fs::rename(from, to))
}

/// Writes the files that a report has, several at a time; the error is that of the first file that has one, whichever
/// thread met it first.
fn write_files<'a>(
    outputs: &'a [Output],
    report: &Report,
    folder: &Path,
    stop: Stop<'_>,
) -> Result<(), (&'a Output, Halt)> {
    let wanted: Vec<&Output> = outputs.iter().filter(|o| o.is_wanted(report)).collect();
    let failed = AtomicBool::new(false);
    let ended: Vec<Mutex<Option<Halt>>> = wanted.iter().map(|_| Mutex::new(None)).collect();
    rayon::scope_fifo(|scope| {
        // The last ones are the longest: begun first, none of them is left to one thread at the end.
        for (output, ended) in wanted.iter().zip(&ended).rev() {
            let failed = &failed;
            scope.spawn_fifo(move |_| {
                if failed.load(Ordering::Relaxed) {
                    return;
                }
                let done = if stop() { Err(Halt::Stopped) } else { write_file(output, report, folder, stop) };
                if let Err(halt) = done {
                    failed.store(true, Ordering::Relaxed);
                    *ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(halt);
                }
            });
        }
    });
    for (output, ended) in wanted.into_iter().zip(ended) {
        if let Some(halt) = ended.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err((output, halt));
        }
    }
    Ok(())
}

fn write_file(output: &Output, report: &Report, folder: &Path, stop: Stop<'_>) -> Result<(), Halt> {
    let path = folder.join(output.name);
    let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    let mut buffer = BufWriter::with_capacity(BUFFER, file);
    (output.write)(report, &mut Sink::to_file(&mut buffer, &path, stop))?;
    buffer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(())
}

/// The folder that is being written; it goes when this goes, unless it has been renamed by then.
struct Temporary {
    path: PathBuf,
}

impl Temporary {
    fn create(target: &Target) -> Result<Self> {
        let failed = |e: &io::Error| target.failed("the output folder can't be begun", None, e);
        let path =
            target.unused(&std::process::id().to_string(), |path| fs::create_dir(path)).map_err(|e| failed(&e))?;
        let temporary = Self { path };
        let marker = OpenOptions::new().write(true).create_new(true).open(temporary.path.join(MARKER));
        marker.and_then(|mut file| file.write_all(MARKER_TEXT.as_bytes())).map_err(|e| failed(&e))?;
        Ok(temporary)
    }

    /// Makes a whole folder of it.
    fn finish(&self) -> io::Result<()> {
        fs::remove_file(self.path.join(MARKER))?;
        sync_folder(&self.path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Nothing more can be done about what can't be removed; the next run tries again.
        let _ = place::remove_ours(&self.path);
    }
}

/// Makes the names in a folder durable, where the system has a way to.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder).and_then(|f| f.sync_all()) {
        // Some file systems (of networks, mostly) know no such thing.
        Err(e) if matches!(e.kind(), io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput) => Ok(()),
        done => done,
    }
}

impl Target {
    /// The error for a failure of the machine, in the terms of the folder that the user named.
    fn failed(&self, what: &str, name: Option<&str>, error: &io::Error) -> Error {
        let path = name.map_or_else(|| self.shown.clone(), |n| self.shown.join(n));
        let remedy = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                "make room on the disk, or choose a folder on another one with --out"
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "choose a folder that you may write to with --out"
            }
            _ => "see whether the disk is in order, or choose another folder with --out",
        };
        Error::failed(what, Location::file(path), error, format!("{remedy}; what was there before is unchanged"))
    }
}
