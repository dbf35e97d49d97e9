//! `remnant reconcile`.

use std::ffi::OsStr;

use remnant::error::{Error, Location, Result};
use remnant::reconcile::{self, Outcome, Verdict};

use crate::args::ReconcileArgs;
use crate::exit::Exit;
use crate::plan::Plan;
use crate::progress::Meter;
use crate::stop;
use crate::table::{self, Told};
use crate::terminal::Log;

/// What the text leaves to the files.
const LEFT_OUT: [&str; 5] = ["against", "rounding", "unit", "with", "source"];

/// `remnant reconcile`.
pub fn run(call: &ReconcileArgs) -> Exit {
    let output = match table::output_args(call.table.quiet) {
        Ok(output) => output,
        Err(error) => return Exit::from(&error),
    };
    let log = Log::new(&output);
    judge(call, &log).unwrap_or_else(|error| {
        log.error(&error);
        Exit::from(&error)
    })
}

fn judge(call: &ReconcileArgs, log: &Log) -> Result<Exit> {
    stop::listen_and_tell(log)?;
    let threads = call.threads.map(|n| format!("--threads={n}"));
    let mut words: Vec<&OsStr> = threads.iter().map(OsStr::new).collect();
    words.extend([OsStr::new("--"), call.project.as_os_str()]);
    let mut run = table::run_args(&words)?;
    run.output = table::output_args(call.table.quiet)?;
    run.account.limits.limit.clone_from(&call.limits.limit);
    let plan = Plan::of(&run)?;
    let published = call.published.clone().or_else(|| plan.published.clone()).ok_or_else(|| {
        Error::unusable(
            "there are no published figures",
            Location::file(&call.project),
            "the project file names none",
            "name their table with --published, or with `published = \"published.csv\"` in the project file",
        )
    })?;
    let mut inputs = plan.inputs();
    inputs.push(&published);
    table::check(&call.table, &inputs)?;
    let figures = reconcile::read(&published)?;
    let meter = Meter::new(run.output.progress, log);
    let verdicts = reconcile::reconcile(&plan.job, &figures, &meter)?;
    drop(meter);
    told(&verdicts).publish(&call.table)?;
    let differs = verdicts.iter().any(|v| v.outcome == Outcome::Differs);
    Ok(if call.strict && differs { Exit::SetAside } else { Exit::Done })
}

fn told(verdicts: &[Verdict]) -> Told {
    let listing = reconcile::listing(verdicts);
    let count = |outcome: Outcome| verdicts.iter().filter(|v| v.outcome == outcome).count();
    let counts = [Outcome::Agrees, Outcome::Differs, Outcome::Unchecked].map(|o| (o.word(), count(o)));
    let [agrees, differs, unchecked] = counts.map(|(word, n)| format!("{n} {word}"));
    Told {
        text: format!("{}\n{agrees}, {differs}, {unchecked}\n", listing.text(&LEFT_OUT)),
        csv: listing.csv(),
        json: format!(
            "{{\n  \"program\": {{\"name\":\"remnant\",\"version\":\"{}\"}},\n  \"counts\": {{\"agrees\":{},\"differs\":{},\
             \"cannot be checked\":{}}},\n  \"verdicts\": {}\n}}\n",
            env!("CARGO_PKG_VERSION"),
            counts[0].1,
            counts[1].1,
            counts[2].1,
            listing.json()
        ),
    }
}
