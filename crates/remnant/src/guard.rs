//! The last line of defence: a panic becomes an error that says what was being done, and to what. A result that a panic
//! had a hand in is never used. It is a fault of this program, but for one: what was put aside on the disk is read from
//! the middle of the geometry, where nothing but a panic leads out if the disk fails.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use remnant_geometry::Lost;

use crate::error::{Error, FAULT, Location, Result};
use crate::progress::{CacheUse, Progress};

/// Does some work, and turns a panic in it, in whichever thread, into an error. `doing` ends the sentence "while ...".
pub(crate) fn caught<T>(doing: &str, place: impl FnOnce() -> Location, work: impl FnOnce() -> Result<T>) -> Result<T> {
    tried(work).unwrap_or_else(|panic| Err(panic.fault(doing, place(), "")))
}

/// Does some work, for a caller that has more to say about a panic in it than where it was.
pub(crate) fn tried<T>(work: impl FnOnce() -> T) -> std::result::Result<T, Panic> {
    // What the panic left behind goes with the work's result: nobody looks at it again.
    catch_unwind(AssertUnwindSafe(work)).map_err(Panic::of)
}

/// The same for work of several stages: the error names the last one that began.
pub(crate) fn caught_in_stage<T>(progress: &dyn Progress, work: impl FnOnce(&dyn Progress) -> Result<T>) -> Result<T> {
    let staged = Staged { progress, stage: Mutex::new(String::from("starting")) };
    let done = tried(|| work(&staged));
    done.unwrap_or_else(|panic| {
        let stage = staged.stage.into_inner().unwrap_or_else(PoisonError::into_inner);
        Err(panic.fault(&stage, Location::default(), ""))
    })
}

/// What an error says where the disk did not give back what was put aside.
const LOST: &str = "the disk does not give back what was put aside there, so nothing was written";

const LOST_REMEDY: &str =
    "see whether the disk is in order, name a folder on another one in TMPDIR, or give more memory with --memory";

/// A panic that was caught: what it said.
pub(crate) enum Panic {
    /// A fault of this program.
    Fault(String),
    /// The disk did not give back what was put aside.
    Lost(String),
}

impl Panic {
    fn of(panic: Box<dyn Any + Send>) -> Self {
        let panic = match panic.downcast::<Lost>() {
            Ok(lost) => return Self::Lost(lost.why),
            Err(panic) => panic,
        };
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        let text = text.unwrap_or("it gave no reason").to_owned();
        // It could be of any type, whose end could panic too.
        std::mem::forget(panic);
        Self::Fault(text)
    }

    /// The error that it becomes. `doing` ends the sentence "while ..."; `about` is what else is known, or nothing.
    pub(crate) fn fault(self, doing: &str, place: Location, about: &str) -> Error {
        let said = match self {
            Self::Fault(said) => said,
            // Where it was met, and with which record, has nothing to do with it.
            Self::Lost(why) => return Error::failed(LOST, Location::default(), why, LOST_REMEDY),
        };
        let stop = if about.is_empty() { "" } else { "; " };
        let why = format!("while {doing}: {said}{stop}{about}");
        Error::failed(
            FAULT,
            place,
            crate::error::printable(&why),
            "please report this with the lines above and, if you may, the files",
        )
    }
}

/// Tells its caller of the stages, and remembers the last one.
struct Staged<'a> {
    progress: &'a dyn Progress,
    stage: Mutex<String>,
}

impl Progress for Staged<'_> {
    fn stage(&self, what: &str, steps: u64) {
        what.clone_into(&mut self.stage.lock().unwrap_or_else(PoisonError::into_inner));
        self.progress.stage(what, steps);
    }

    fn outlook(&self, from: f64, to: f64) {
        self.progress.outlook(from, to);
    }

    fn cache(&self, used: &CacheUse) {
        self.progress.cache(used);
    }

    fn advance(&self, steps: u64) -> bool {
        self.progress.advance(steps)
    }
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::*;
    use crate::progress::Silent;

    fn told<T: std::fmt::Debug>(result: Result<T>) -> String {
        match result {
            Err(Error::Failed(trouble)) => trouble.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_panic_becomes_an_error_that_says_what_was_done_to_what() {
        let place = || Location::file("zones.csv").feature(7);
        let text = told(caught::<()>("reading", place, || panic!("a \u{1b}[2J broken {}", "promise")));
        assert!(text.contains("zones.csv, feature 7") && text.contains("while reading: a"), "{text}");
        assert!(text.contains("broken promise") && !text.contains('\u{1b}'), "{text}");
        assert_eq!(caught("x", Location::default, || Ok(1)).ok(), Some(1));
        assert!(matches!(caught::<()>("x", Location::default, || Err(Error::Interrupted)), Err(Error::Interrupted)));
    }

    #[test]
    fn a_panic_in_another_thread_names_the_stage() {
        let text = told(caught_in_stage(&Silent, |progress| {
            progress.stage("the first", 0);
            progress.stage("the second", 0);
            Ok((0..1000).into_par_iter().map(|n| if n == 700 { panic!("number {n}") } else { n }).sum::<i32>())
        }));
        assert!(text.contains("while the second: number 700"), "{text}");
    }

    #[test]
    fn a_panic_whose_reason_panics_when_it_goes_does_no_harm() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("again");
            }
        }
        let text = told(caught::<()>("reading", Location::default, || std::panic::panic_any(Bomb)));
        assert!(text.contains("no reason"), "{text}");
    }
}
