//! `remnant compare`.

use remnant::compare::{self, Comparison};
use remnant::error::Result;

use crate::args::CompareArgs;
use crate::exit::Exit;
use crate::stop;
use crate::table::{self, Told};
use crate::terminal::Log;

/// `remnant compare`.
pub fn run(call: &CompareArgs) -> Exit {
    let output = match table::output_args(call.table.quiet) {
        Ok(output) => output,
        Err(error) => return Exit::from(&error),
    };
    let log = Log::new(&output);
    match stop::listen_and_tell(&log).and_then(|()| judge(call)) {
        Ok(()) => Exit::Done,
        Err(error) => {
            log.error(&error);
            Exit::from(&error)
        }
    }
}

fn judge(call: &CompareArgs) -> Result<()> {
    table::check(&call.table, &[&call.old, &call.new])?;
    let comparison = compare::compare(&call.old, &call.new)?;
    told(&comparison).publish(&call.table)
}

fn told(comparison: &Comparison) -> Told {
    Told { text: comparison.text(), csv: comparison.moves().csv(), json: comparison.json() }
}
