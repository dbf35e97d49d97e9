//! The output folder, whole or not at all.
//!
//! Everything is written into a folder beside the target and made durable there; then the two change places in one
//! step, and the former one is removed. Where the system has no such step, the former folder is renamed aside and the
//! new one renamed into its place. Names, all beside the target:
//!
//! | name | what |
//! |---|---|
//! | `.NAME.remnant-lock` | held while a run is at work; two runs into one folder exclude each other |
//! | `.NAME.remnant-PID` | the folder that is being written; holds a marker file until it is whole |
//! | `.NAME.remnant-former-PID` | the former folder, until it is removed |
//!
//! What a killed run leaves is cleared away by the next one: under the lock nobody else is at work here. A former
//! folder that was renamed aside while nothing came into its place is put back. Nothing is ever removed but files
//! whose names are ours, one by one: no folder is removed with what is in it.

mod lock;
mod place;
mod swap;
#[cfg(test)]
mod tests;

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use self::lock::Lock;
use self::place::{Former, Target};
use self::swap::{Moves, Unswapped};
use super::moves::sync_folder;
use super::{Halt, Output, Sink, Stop, allowed, asked_for};
use crate::error::{Error, Location, Result};
use crate::guard;
use crate::report::Report;

/// A file that tells an unfinished folder of ours from anybody else's.
const MARKER: &str = ".remnant-unfinished";

/// What stands in it.
const MARKER_TEXT: &str = "remnant was writing this folder. If it is still here, that run was killed; the next run \
                           into the same place removes it.\n";

/// Bytes that are gathered before they go to a file.
const BUFFER: usize = 1 << 18;

/// How often an unfinished folder is emptied while its writer, which has not noticed yet, still adds to it.
const TRIES: u32 = 40;

/// The time between two of them.
const PAUSE: Duration = Duration::from_millis(5);

/// An output folder that belongs to one run: from its claim on, every other run into it is refused. It may be given up
/// from another thread than the one that writes it.
#[derive(Debug)]
pub struct Claim {
    target: Target,
    force: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    lock: Option<Lock>,
    /// The folder that is being written, as long as it is to be thrown away.
    unfinished: Option<PathBuf>,
    abandoned: bool,
    placed: bool,
}

impl Claim {
    /// Claims a folder, or refuses one that could not, or should not, be written; to be called before the work starts.
    ///
    /// `inputs` are the files (or folders) that the run reads: the output folder must not be, hold or lie in one of
    /// them. A former run is replaced only with `force`. What runs that were killed have left is cleared away, and
    /// where one was killed in the middle of its swap, the former folder is put back first.
    ///
    /// # Errors
    /// [`Error::Unusable`].
    pub fn take(out: &Path, force: bool, inputs: &[&Path]) -> Result<Self> {
        let target = Target::find(out)?;
        target.refuse_inputs(inputs)?;
        let lock = Lock::take(&target)?;
        if lock.excludes_others() {
            swap::clear_leftovers(&target);
        }
        target.former(force)?;
        let state = State { lock: Some(lock), ..State::default() };
        Ok(Self { target, force, state: Mutex::new(state) })
    }

    /// Writes the folder: everything, or nothing and the former folder stays as it was.
    ///
    /// `stop` is asked between files and every few thousand features. The inputs must still be what was read.
    ///
    /// # Errors
    /// [`Error::Interrupted`] where `stop` says so or the claim was given up; [`Error::Failed`] where the disk fails, an
    /// input has changed or the program has a fault; [`Error::Unusable`] where the folder has been filled by somebody.
    pub fn write(&self, report: &Report, stop: Stop<'_>) -> Result<()> {
        let (outputs, report) = (asked_for(&report.account.settings), allowed(report));
        report.account.settings.pool()?.install(|| self.write_these(&outputs, &report, stop))
    }

    fn write_these(&self, outputs: &[Output], report: &Report, stop: Stop<'_>) -> Result<()> {
        let place = || Location::file(&self.target.shown);
        let end = guard::caught("writing the output folder", place, || self.write_or_fail(outputs, report, stop));
        if end.is_err() {
            self.clear();
            // What was pulled away under the writer is no failure of the disk.
            if self.state().abandoned {
                return Err(Error::Interrupted);
            }
        }
        end
    }

    fn write_or_fail(&self, outputs: &[Output], report: &Report, stop: Stop<'_>) -> Result<()> {
        // The folder may have changed since it was claimed: the work in between can take long.
        let former = self.target.former(self.force)?;
        let folder = self.begin()?;
        let wanted: Vec<&Output> = outputs.iter().filter(|o| o.is_wanted(report)).collect();
        self.write_files(&wanted, report, &folder, stop)?;
        if stop() {
            return Err(Error::Interrupted);
        }
        report.sources.iter().try_for_each(|source| source.check())?;
        self.place(&folder, former, &Moves::of_the_system())
    }

    /// Writes files, several at a time; the error is that of the first file that has one, whichever thread met it first.
    fn write_files(&self, wanted: &[&Output], report: &Report, folder: &Path, stop: Stop<'_>) -> Result<()> {
        let failed = AtomicBool::new(false);
        let ended: Vec<Mutex<Result<()>>> = wanted.iter().map(|_| Mutex::new(Ok(()))).collect();
        rayon::scope_fifo(|scope| {
            // The last ones are the longest: begun first, none of them is left to one thread at the end.
            for (output, ended) in wanted.iter().zip(&ended).rev() {
                let failed = &failed;
                scope.spawn_fifo(move |_| {
                    if failed.load(Ordering::Relaxed) {
                        return;
                    }
                    let done = self.write_file(output, report, folder, stop);
                    failed.fetch_or(done.is_err(), Ordering::Relaxed);
                    *ended.lock().unwrap_or_else(PoisonError::into_inner) = done;
                });
            }
        });
        ended.into_iter().try_for_each(|ended| ended.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn write_file(&self, output: &Output, report: &Report, folder: &Path, stop: Stop<'_>) -> Result<()> {
        if stop() {
            return Err(Error::Interrupted);
        }
        let place = || Location::file(self.target.shown.join(output.name));
        guard::caught("writing an output file", place, || {
            write_file(output, report, folder, stop).map_err(|halt| match halt {
                Halt::Stopped => Error::Interrupted,
                Halt::Io(error) => self.target.failed("an output file can't be written", Some(output.name), &error),
            })
        })
    }

    /// Makes a whole folder of what was written, and puts it in its place.
    fn place(&self, folder: &Path, former: Former, moves: &Moves<'_>) -> Result<()> {
        fs::remove_file(folder.join(MARKER))
            .and_then(|()| sync_folder(folder))
            .map_err(|e| self.target.failed("the output folder can't be finished", None, &e))?;
        // From here on nobody gives it up in between.
        let mut state = self.state();
        if state.abandoned {
            return Err(Error::Interrupted);
        }
        match swap::swap(&self.target, folder, former, moves) {
            Err(Unswapped { error, new_is_beside }) => {
                if !new_is_beside {
                    state.unfinished = None;
                }
                Err(error)
            }
            Ok(swapped) => {
                state.unfinished = None;
                state.placed = true;
                // Whoever gives the claim up now waits for this: the process must not end with half of it done.
                swapped.remove_former();
                state.lock = None;
                Ok(())
            }
        }
    }

    /// Makes the folder that is to be filled.
    fn begin(&self) -> Result<PathBuf> {
        let failed = |e: io::Error| self.target.failed("the output folder can't be begun", None, &e);
        let mut state = self.state();
        if state.abandoned {
            return Err(Error::Interrupted);
        }
        if state.lock.is_none() {
            return Err(failed(io::Error::other("it was written already, and belongs to others now")));
        }
        let path = self.target.unused(&std::process::id().to_string(), |path| fs::create_dir(path)).map_err(failed)?;
        state.unfinished = Some(path.clone());
        self.target.share_as_before(&path);
        let marker = OpenOptions::new().write(true).create_new(true).open(path.join(MARKER));
        marker.and_then(|mut file| file.write_all(MARKER_TEXT.as_bytes())).map_err(failed)?;
        Ok(path)
    }

    /// Gives the claim up, whatever another thread is doing with it: what it has written is removed, and nothing more is
    /// put in place. Says whether that was in time; `false` means that the folder stands in its place, whole.
    pub fn abandon(&self) -> bool {
        let mut state = self.state();
        state.abandoned = !state.placed;
        let abandoned = state.abandoned;
        drop(state);
        self.clear();
        self.state().lock = None;
        abandoned
    }

    /// Removes what must not stay.
    fn clear(&self) {
        let mut state = self.state();
        if let Some(folder) = state.unfinished.take() {
            // Nothing more can be done about what can't be removed; the next run tries again.
            let _ = (0..TRIES).any(|_| {
                let gone = place::remove_unfinished(&folder).is_ok() || !folder.exists();
                if !gone {
                    thread::sleep(PAUSE);
                }
                gone
            });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // After a panic its fields are what they were before or after a step, either of which is in order.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.clear();
    }
}

fn write_file(output: &Output, report: &Report, folder: &Path, stop: Stop<'_>) -> Result<(), Halt> {
    let path = folder.join(output.name);
    let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    let mut buffer = BufWriter::with_capacity(BUFFER, file);
    (output.write)(report, &mut Sink::to_file(&mut buffer, &path, stop))?;
    buffer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(())
}

impl Target {
    /// The error for a failure of the machine, in the terms of the folder that the user named.
    fn failed(&self, what: &str, name: Option<&str>, error: &io::Error) -> Error {
        let path = name.map_or_else(|| self.shown.clone(), |n| self.shown.join(n));
        let remedy = format!("{}; what was there before is unchanged", remedy(error, "folder"));
        Error::failed(what, Location::file(path), error, remedy)
    }
}

/// What to do about a failure of the disk.
pub(super) fn remedy(error: &io::Error, thing: &str) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            format!("make room on the disk, or choose a {thing} on another one with --out")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            format!("choose a {thing} that you may write to with --out")
        }
        _ => format!("see whether the disk is in order, or choose another {thing} with --out"),
    }
}
