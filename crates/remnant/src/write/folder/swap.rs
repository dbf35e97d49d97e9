//! The swap of the new folder for the former one, and what is left of a run that was killed in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::place::{self, Former, Target};
use crate::error::{Error, Location, Result, printable};
use crate::write::moves::{self, sync_folder};

/// How folders get other names.
pub(super) struct Moves<'a> {
    /// Gives a folder another name.
    pub(super) rename: &'a dyn Fn(&Path, &Path) -> io::Result<()>,
    /// Lets two folders change places in one step.
    pub(super) exchange: &'a dyn Fn(&Path, &Path) -> io::Result<()>,
}

impl Moves<'_> {
    /// As the system does it.
    pub(super) fn of_the_system() -> Self {
        Self { rename: &|from, to| fs::rename(from, to), exchange: &|one, other| moves::exchange(one, other) }
    }
}

/// A swap that is done and durable.
#[must_use]
pub(super) enum Swapped {
    /// There is no former folder.
    Alone,
    /// The former folder stands under the name of one.
    FormerAside(PathBuf),
    /// The former folder has the name of an unfinished one.
    FormerUnnamed(PathBuf),
}

impl Swapped {
    /// Removes the former folder. The run has succeeded; what can't be removed now, the next run tries again.
    pub(super) fn remove_former(&self) {
        let _ = match self {
            Self::Alone => Ok(()),
            Self::FormerAside(folder) => place::remove_former(folder),
            Self::FormerUnnamed(folder) => place::remove_unfinished(folder),
        };
    }
}

/// A swap that could not be done.
pub(super) struct Unswapped {
    /// Why, and where everything stands.
    pub(super) error: Error,
    /// Whether what stands under the name of the unfinished folder may be thrown away: not if it is the former one.
    pub(super) new_is_beside: bool,
}

impl From<Error> for Unswapped {
    fn from(error: Error) -> Self {
        Self { error, new_is_beside: true }
    }
}

/// Puts a finished folder in its place. On failure the former one is back in its own.
pub(super) fn swap(
    target: &Target,
    new: &Path,
    former: Former,
    moves: &Moves<'_>,
) -> std::result::Result<Swapped, Unswapped> {
    if former != Former::Nothing && (moves.exchange)(new, &target.path).is_ok() {
        return settle(target, new, former, moves);
    }
    let failed = |e: &io::Error| target.failed("the output folder can't be put in its place", None, e);
    let aside = match former {
        Former::Nothing => None,
        Former::Empty | Former::Run => Some(put_aside(target, former, moves)?),
    };
    let placed = (moves.rename)(new, &target.path).and_then(|()| {
        // Only once the new name is durable may the former folder go.
        sync_folder(target.parent()).inspect_err(|_| {
            let _ = (moves.rename)(&target.path, new);
        })
    });
    if let Err(error) = placed {
        if let Some(aside) = &aside {
            put_back(target, aside, moves, &error)?;
        }
        return Err(failed(&error).into());
    }
    Ok(aside.map_or(Swapped::Alone, Swapped::FormerAside))
}

/// After the two have changed places: `aside` has the former folder. Looks again whether it holds anything of somebody
/// else's, since nobody can add to it under its own name now, and makes the swap durable.
fn settle(target: &Target, aside: &Path, former: Former, moves: &Moves<'_>) -> std::result::Result<Swapped, Unswapped> {
    let settled = unchanged(target, aside, former).and_then(|()| {
        let failed = |e: io::Error| target.failed("the output folder can't be put in its place", None, &e);
        sync_folder(target.parent()).map_err(failed)
    });
    if let Err(refusal) = settled {
        return Err(match (moves.exchange)(aside, &target.path) {
            Ok(()) => refusal.into(),
            Err(error) => {
                let stands = named(target, aside, moves).unwrap_or_else(|| aside.to_owned());
                Unswapped { error: half_way(target, &stands, &refusal, &error), new_is_beside: false }
            }
        });
    }
    // Under the name of a former folder, any part of it is known for ours.
    Ok(named(target, aside, moves).map_or_else(|| Swapped::FormerUnnamed(aside.to_owned()), Swapped::FormerAside))
}

/// Gives a former folder the name of one, if that can be.
fn named(target: &Target, aside: &Path, moves: &Moves<'_>) -> Option<PathBuf> {
    let free = |path: &Path| match fs::symlink_metadata(path) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => (moves.rename)(aside, path),
    };
    target.unused(&ending(), free).ok()
}

fn ending() -> String {
    format!("former-{}", std::process::id())
}

/// The error where the new folder stands in its place, but not for good, and the former one can't get back.
fn half_way(target: &Target, aside: &Path, cause: &dyn std::fmt::Display, error: &io::Error) -> Error {
    let name = printable(&aside.display().to_string());
    Error::failed(
        "the new output folder stands in its place, but may not last, and the former one can't be put back",
        Location::file(&target.shown),
        format!("{}; and then: {error}", one_line(cause)),
        format!("see whether the disk is in order; the former folder is whole and stands at {name}"),
    )
}

fn one_line(cause: &dyn std::fmt::Display) -> String {
    cause.to_string().lines().map(str::trim).collect::<Vec<_>>().join(", ")
}

/// Renames the former folder, and looks again whether it holds anything of somebody else's: nobody can add to it
/// under its own name now.
fn put_aside(target: &Target, former: Former, moves: &Moves<'_>) -> Result<PathBuf> {
    let free = |path: &Path| match fs::symlink_metadata(path) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => (moves.rename)(&target.path, path),
    };
    let aside =
        target.unused(&ending(), free).map_err(|e| target.failed("the former folder can't be replaced", None, &e))?;
    if let Err(refusal) = unchanged(target, &aside, former) {
        put_back(target, &aside, moves, &refusal)?;
        return Err(refusal);
    }
    Ok(aside)
}

/// Fails where something of somebody else's came into the former folder.
fn unchanged(target: &Target, aside: &Path, former: Former) -> Result<()> {
    match former {
        Former::Empty if place::is_empty(aside) => Ok(()),
        Former::Empty => Err(place::unusable(
            &target.shown,
            "it was empty, and something was put into it while the run was at work",
            "choose another folder with --out",
        )),
        _ => target.refuse_foreign(aside),
    }
}

/// Gives the former folder its name again, or says under which name it stands now.
fn put_back(target: &Target, aside: &Path, moves: &Moves<'_>, cause: &dyn std::fmt::Display) -> Result<()> {
    (moves.rename)(aside, &target.path).map_err(|error| {
        let name = printable(&aside.display().to_string());
        Error::failed(
            "the output folder can't be put in its place, nor the former one put back",
            Location::file(&target.shown),
            format!("{}; and then: {error}", one_line(cause)),
            format!("the former folder is whole and stands at {name}: rename it yourself, or run again"),
        )
    })
}

/// Clears away what killed runs into this folder have left. Must be called under the lock. What can't be cleared is
/// let be: it harms nobody.
pub(super) fn clear_leftovers(target: &Target) {
    let (unfinished, mut former) = leftovers(target);
    for folder in unfinished {
        let _ = place::remove_unfinished(&folder);
    }
    if fs::symlink_metadata(&target.path).is_err_and(|e| e.kind() == io::ErrorKind::NotFound) {
        // Killed between the two renames: the folder that was put aside last is the user's.
        former.sort_by_key(|(since, _)| *since);
        let last = |is: fn(&Path) -> bool| former.iter().rposition(|(_, folder)| is(folder));
        if let Some(last) = last(place::is_run).or_else(|| last(place::is_empty)) {
            let (_, folder) = former.remove(last);
            if fs::rename(folder, &target.path).is_ok() {
                let _ = sync_folder(target.parent());
            }
        }
    }
    // A whole run is given up only for another one.
    let replaced = place::is_run(&target.path);
    for (_, folder) in former {
        let ours = place::foreign(&folder).is_ok_and(|names| names.is_empty());
        if ours && (replaced || !place::is_run(&folder)) {
            let _ = place::remove_former(&folder);
        }
    }
}

type Aged = (Option<SystemTime>, PathBuf);

/// The folders of ours beside the target: unfinished (or finished and never put in place), and former ones.
fn leftovers(target: &Target) -> (Vec<PathBuf>, Vec<Aged>) {
    let (mut unfinished, mut former) = (Vec::new(), Vec::new());
    let prefix = target.prefix();
    for entry in fs::read_dir(target.parent()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(ending) = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes()) else { continue };
        if !entry.file_type().is_ok_and(|t| t.is_dir()) {
            continue;
        }
        let path = entry.path();
        let numbered = |text: &[u8]| !text.is_empty() && text.iter().all(|b| b.is_ascii_digit() || *b == b'-');
        if ending.strip_prefix(b"former-").is_some_and(numbered) {
            former.push((entry.metadata().and_then(|m| m.modified()).ok(), path));
        } else if numbered(ending) {
            let whole = || place::is_run(&path) && place::foreign(&path).is_ok_and(|names| names.is_empty());
            // A run that was killed before it could mark its folder leaves it empty.
            if place::is_unfinished(&path) || place::is_empty(&path) || whole() {
                unfinished.push(path);
            }
        }
    }
    (unfinished, former)
}
