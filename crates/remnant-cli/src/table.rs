//! The table of a command that judges figures: printed, and written to files.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use clap::Parser;
use remnant::error::{Error, Location, Result};
use remnant::write::write_file;

use crate::args::{Cli, Command, OutputArgs, RunArgs, TableArgs};
use crate::run::print;
use crate::stop;

/// What a command has to say, in three forms.
pub struct Told {
    /// For people.
    pub text: String,
    /// For spreadsheets.
    pub csv: String,
    /// For programs.
    pub json: String,
}

impl Told {
    /// Writes the files, each whole or not at all, and prints.
    pub fn publish(&self, args: &TableArgs) -> Result<()> {
        let text = |path: &Path| if is_json(path) { &self.json } else { &self.csv };
        stop::placing(|| args.out.iter().try_for_each(|path| write_file(path, text(path).as_bytes(), args.force)))?;
        print(if args.json { &self.json } else { &self.text })
    }
}

/// Refuses files that may not be written, before the work starts. `inputs` must be spared.
pub fn check(args: &TableArgs, inputs: &[&Path]) -> Result<()> {
    for path in &args.out {
        let same = |input: &&Path| {
            let place = |p: &Path| fs::canonicalize(p).ok();
            place(input).is_some_and(|input| place(path).is_some_and(|path| path == input))
        };
        let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !parent.is_dir() {
            return Err(refused(path, "the folder it would stand in is not there", "make that folder first"));
        }
        // A folder of a run holds what the run wrote, and nothing else.
        let within = inputs.iter().any(|i| i.is_dir() && fs::canonicalize(i).ok() == fs::canonicalize(parent).ok());
        if within {
            return Err(refused(path, "it would lie in a folder that this command reads", "name a file elsewhere"));
        }
        if inputs.iter().any(same) {
            return Err(refused(path, "it is read by this command", "name another file with --out"));
        }
        match fs::symlink_metadata(path) {
            Ok(there) if !there.is_file() => {
                return Err(refused(path, "it is there, and it is not a regular file", "name another file with --out"));
            }
            Ok(_) if !args.force => {
                return Err(refused(path, "it is there already", "name another file, or replace it with --force"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A call of `remnant run` with nothing but these words: what the other commands share with it.
pub fn run_args(words: &[&OsStr]) -> Result<Box<RunArgs>> {
    let call = ["remnant", "run"].iter().map(OsStr::new).chain(words.iter().copied());
    match Cli::try_parse_from(call).map(|cli| cli.command) {
        Ok(Command::Run(call)) => Ok(call),
        Ok(_) | Err(_) => {
            let why = "the call can't be understood";
            Err(Error::unusable(why, Location::default(), "the program contradicts itself", "please report this"))
        }
    }
}

/// How messages are written, where a command has no more to say about it.
pub fn output_args(quiet: bool) -> Result<OutputArgs> {
    let quiet = OsStr::new(if quiet { "--quiet" } else { "--progress=auto" });
    Ok(run_args(&[quiet])?.output)
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}

fn refused(path: &Path, why: &str, remedy: &str) -> Error {
    Error::unusable("the file can't be written", Location::file(path), why, remedy)
}
