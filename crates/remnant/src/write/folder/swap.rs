//! The swap of the new folder for the former one, and what is left of a run that was killed in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::place::{self, Former, Target};
use super::sync_folder;
use crate::error::{Error, Location, Result, printable};

/// How a folder gets another name.
pub(super) type Rename<'a> = &'a dyn Fn(&Path, &Path) -> io::Result<()>;

/// Puts a finished folder in its place. On failure the former one is back in its own.
pub(super) fn swap(target: &Target, new: &Path, former: Former, rename: Rename<'_>) -> Result<()> {
    let failed = |e: &io::Error| target.failed("the output folder can't be put in its place", None, e);
    let aside = match former {
        Former::Nothing => None,
        Former::Empty | Former::Run => Some(put_aside(target, former, rename)?),
    };
    let placed = rename(new, &target.path).and_then(|()| {
        // Only once the new name is durable may the former folder go.
        sync_folder(target.parent()).inspect_err(|_| {
            let _ = rename(&target.path, new);
        })
    });
    if let Err(error) = placed {
        if let Some(aside) = &aside {
            put_back(target, aside, rename, &error)?;
        }
        return Err(failed(&error));
    }
    if let Some(aside) = aside {
        // The run has succeeded; what can't be removed now, the next run tries again.
        let _ = place::remove_ours(&aside);
    }
    Ok(())
}

/// Renames the former folder, and looks again whether it holds anything of somebody else's: nobody can add to it
/// under its own name now.
fn put_aside(target: &Target, former: Former, rename: Rename<'_>) -> Result<PathBuf> {
    let ending = format!("former-{}", std::process::id());
    let free = |path: &Path| match fs::symlink_metadata(path) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => rename(&target.path, path),
    };
    let aside =
        target.unused(&ending, free).map_err(|e| target.failed("the former folder can't be replaced", None, &e))?;
    let changed = match former {
        Former::Empty if place::is_empty(&aside) => Ok(()),
        Former::Empty => Err(place::unusable(
            &target.shown,
            "it was empty, and something was put into it while the run was at work",
            "choose another folder with --out",
        )),
        _ => target.refuse_foreign(&aside),
    };
    if let Err(refusal) = changed {
        put_back(target, &aside, rename, &refusal)?;
        return Err(refusal);
    }
    Ok(aside)
}

/// Gives the former folder its name again, or says under which name it stands now.
fn put_back(target: &Target, aside: &Path, rename: Rename<'_>, cause: &dyn std::fmt::Display) -> Result<()> {
    rename(aside, &target.path).map_err(|error| {
        let name = printable(&aside.display().to_string());
        Error::failed(
            "the output folder can't be put in its place, nor the former one put back",
            Location::file(&target.shown),
            format!("{cause}; and then: {error}"),
            format!("the former folder is whole and stands at {name}: rename it yourself, or run again"),
        )
    })
}

/// Clears away what killed runs into this folder have left. Must be called under the lock. What can't be cleared is
/// let be: it harms nobody.
pub(super) fn clear_leftovers(target: &Target) {
    let (unfinished, mut former) = leftovers(target);
    for folder in unfinished {
        let _ = place::remove_ours(&folder);
    }
    if fs::symlink_metadata(&target.path).is_err() {
        // Killed between the two renames: the folder that was put aside last is the user's.
        former.sort_by_key(|(since, _)| *since);
        while let Some((_, folder)) = former.pop() {
            if place::is_run(&folder) && fs::rename(&folder, &target.path).is_ok() {
                break;
            }
        }
    }
    for (_, folder) in former {
        if place::foreign(&folder).is_ok_and(|names| names.is_empty()) {
            let _ = place::remove_ours(&folder);
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
