//! The `remnant` command: which land is still contaminated, which is released, and what stands behind each figure.
//!
//! Data go to standard output, everything else to standard error.
//!
//! | module | what |
//! |---|---|
//! | `args` | the options |
//! | `project` | the project file |
//! | `plan` | both together: what a run is to do |
//! | `run` | the order of a run |
//! | `reconcile`, `compare` | the other commands that judge figures |
//! | `table` | where their tables go |
//! | `inspect` | what files hold |
//! | `init` | a project file with what can be guessed |
//! | `terminal` | messages |
//! | `progress` | how far a run is |
//! | `stop` | Ctrl-C |
//! | `exit` | exit codes, and the last line of defence |

mod args;
mod compare;
mod exit;
mod init;
mod inspect;
mod plan;
mod progress;
mod project;
mod reconcile;
mod run;
mod stop;
mod table;
mod terminal;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::exit::Exit;

/// The `remnant` command: reads the call, does it, and says how it ended. `thrifty` is called, before anything else is done,
/// where the call says how much memory it may take.
pub fn main(thrifty: fn()) -> ExitCode {
    exit::guarded(|| match Cli::try_parse() {
        Ok(Cli { command: Command::Run(call) }) => {
            if call.account.memory.is_some() {
                thrifty();
            }
            run::run(&call)
        }
        Ok(Cli { command: Command::Reconcile(call) }) => reconcile::run(&call),
        Ok(Cli { command: Command::Compare(call) }) => compare::run(&call),
        Ok(Cli { command: Command::Inspect(call) }) => inspect::inspect(&call),
        Ok(Cli { command: Command::Init(call) }) => init::init(&call),
        Ok(Cli { command: Command::Schema }) => project::print_schema(),
        Err(told) => {
            // Help and version come this way too. Nobody may be listening any more.
            let _ = told.print();
            if told.use_stderr() { Exit::Unusable } else { Exit::Done }
        }
    })
    .into()
}

/// Reads a project file for its errors alone: the entry of the fuzzer.
///
/// # Errors
/// Those of the project file.
#[doc(hidden)]
pub fn check_project(path: &Path) -> remnant::error::Result<()> {
    project::Project::read(path).map(drop)
}
