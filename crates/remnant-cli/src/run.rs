//! The order of a run.

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use remnant::error::{Error, Location, Result};
use remnant::pipeline;
use remnant::report::Report;
use remnant::write::{Claim, district_table, summary_json};

use crate::args::RunArgs;
use crate::exit::Exit;
use crate::plan::Plan;
use crate::progress::Meter;
use crate::stop;
use crate::terminal::Log;

/// `remnant run`.
pub fn run(call: &RunArgs) -> Exit {
    let log = Log::new(&call.output);
    account(call, &log).unwrap_or_else(|error| {
        log.error(&error);
        Exit::from(&error)
    })
}

/// The output folder of a run. However the run ends, it is let go as a whole.
struct Held(Arc<Claim>);

impl Drop for Held {
    fn drop(&mut self) {
        stop::whole(|| self.0.abandon());
    }
}

fn account(call: &RunArgs, log: &Log) -> Result<Exit> {
    let known: Arc<OnceLock<Arc<Claim>>> = Arc::default();
    let (ears, given_up) = (log.clone(), known.clone());
    stop::listen(move || {
        // What is written by now stays; anything less goes.
        if given_up.get().is_some_and(|claim| !claim.abandon()) {
            stop::written();
        }
        stop::tell(&ears);
    })?;
    let plan = Plan::of(call)?;
    // Held until the folder is written: another run into it is refused from now on.
    let held = stop::whole(|| {
        let claim = Arc::new(Claim::take(&plan.out, call.output.force, &plan.inputs())?);
        Ok(Held(known.get_or_init(|| claim).clone()))
    })?;

    let meter = Meter::new(call.output.progress, log);
    let report = pipeline::run(&plan.job, &meter)?;
    check_laws(&report)?;
    meter.writes();
    held.0.write(&report, &stop::is_asked)?;
    stop::written();
    // Another run into it may begin.
    drop(held);
    let cache = meter.cache_use();
    // The bar goes before anything else is said.
    drop(meter);

    if let Some(cache) = cache {
        log.cache(&cache);
    }
    log.report(&report, &plan.out);
    print(&if call.output.json { summary_json(&report) } else { district_table(&report) })?;
    let set_aside = report.inputs.iter().map(|input| input.set_aside).sum();
    // The process ends: millions of records need not be freed one by one.
    std::mem::forget(report);
    if call.output.strict && set_aside > 0 {
        log.strict(set_aside, &plan.out);
        return Ok(Exit::SetAside);
    }
    Ok(Exit::Done)
}

/// Figures that break a law of the account are not published: somebody may walk on them.
fn check_laws(report: &Report) -> Result<()> {
    match report.account.checks.iter().find(|check| !check.holds) {
        None => Ok(()),
        Some(check) => Err(Error::failed(
            "the account fails its own check, so nothing was written",
            Location::default(),
            format!("{} (difference {})", check.name, check.difference),
            "please report this fault of the program with the files, if you may",
        )),
    }
}

/// Prints to standard output. A reader that has seen enough is no error.
pub fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(Error::failed(
            "the result can't be printed",
            Location::default(),
            e,
            "look into the output folder, which is written; see where standard output goes",
        )),
        _ => Ok(()),
    }
}
