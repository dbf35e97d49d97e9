//! How the command ends.

use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use remnant::error::{Error, printable};

use crate::stop;

/// The exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything was done.
    Done = 0,
    /// The program failed.
    Failed = 1,
    /// The call, the project file or an input file can't be used at all.
    Unusable = 2,
    /// Everything was written, but records were set aside, and that was to count.
    SetAside = 3,
    /// The user asked for an end; 143 where that was by SIGTERM.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Interrupted => Self::from(stop::status()),
            exit => Self::from(exit as u8),
        }
    }
}

impl From<&Error> for Exit {
    fn from(error: &Error) -> Self {
        match error {
            Error::Unusable(_) => Self::Unusable,
            Error::Failed(_) => Self::Failed,
            Error::Interrupted => Self::Interrupted,
        }
    }
}

/// Where and why the program panicked last; a panic in another thread only reaches this one as a bare message.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Does the work and turns a panic into a plain message and an exit status: no user should have to read a backtrace.
pub fn guarded(work: impl FnOnce() -> Exit) -> Exit {
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        panic::set_hook(Box::new(|panic| {
            *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = Some(panic.to_string());
        }));
    }
    caught(work)
}

/// Where and why the program panicked, where that was not told as it happened.
pub fn fault() -> Option<String> {
    PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn caught(work: impl FnOnce() -> Exit) -> Exit {
    // The state that a panic leaves behind is not looked at again.
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let fault = fault();
        // Nothing more can be done where standard error is closed.
        let _ = write!(std::io::stderr().lock(), "{}", fault_message(fault.as_deref(), stop::is_written()));
        Exit::Failed
    })
}

fn fault_message(fault: Option<&str>, written: bool) -> String {
    let output = if written { "the output folder was written before" } else { "nothing was written" };
    let fault = printable(fault.unwrap_or("see above").trim());
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "error: the program has a fault; {output}\n  why: {fault} (remnant {version})\n  what to do: please report \
         it with the lines above and, if you may, the files; RUST_BACKTRACE=1 shows more\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_failure() {
        assert_eq!(caught(|| panic!("by design")), Exit::Failed);
        assert_eq!(caught(|| Exit::SetAside), Exit::SetAside);
    }

    #[test]
    fn the_message_is_safe_to_print_and_says_what_became_of_the_output() {
        let said = fault_message(Some("at \u{1b}[2J"), false);
        assert!(said.contains("nothing was written") && !said.contains('\u{1b}'), "{said}");
        assert!(fault_message(None, true).contains("was written before"));
    }
}
