//! Run after run in one process, and as many calls of the command: memory stays flat, and every account keeps to its
//! identities.
//!
//! `REMNANT_SOAK` says how many runs; without it there are few.

#![allow(clippy::unwrap_used, clippy::print_stdout, dead_code, reason = "a test; the modules are shared with others")]

mod call;
mod identities;
mod output;
mod scenario;
mod seed;

use std::alloc::System;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use jiff::civil::{Date, date};
use remnant::pipeline::{Job, LayerSpec, run};
use remnant::progress::Silent;
use remnant::report::{Role, SeriesStep};
use remnant::settings::{DatePolicy, Format, OutsidePolicy, Settings};
use remnant::write::write_folder;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use call::Place;
use identities::assert_identities;
use output::Output;
use scenario::{Dice, Scenario};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// One test at a time: the bytes of all are counted together.
static ALONE: Mutex<()> = Mutex::new(());

/// Runs where nobody asks for more.
const FEW: usize = 30;
/// Runs until tables that are made once are made.
const WARM_UP: usize = 8;
/// Bytes that may stay behind after all runs together: a thread that has not quite ended, a table that grew once.
const LEFT: usize = 256 * 1024;

fn asked() -> usize {
    match std::env::var("REMNANT_SOAK") {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("REMNANT_SOAK must be a number and is {text:?}")),
        Err(_) => FEW,
    }
}

/// Bytes that are in use, by Rust's count.
fn live() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated.saturating_sub(stats.bytes_deallocated)
}

/// The same once threads that are ending have ended: the least that is seen for a while, or soon what is wanted.
fn settled(wanted: usize) -> usize {
    let mut least = live();
    for _ in 0..1000 {
        if least <= wanted {
            break;
        }
        thread::sleep(Duration::from_millis(10));
        least = least.min(live());
    }
    least
}

/// Resident memory in bytes, where the system tells; C's part is in it.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    text.split_whitespace().nth(1)?.parse::<u64>().ok().map(|pages| pages * 4096)
}

/// One of many surveys, each with settings of its own.
fn scenario(seed: u64) -> (Scenario, Settings) {
    let mut dice = Dice(seed ^ 0x50a4);
    let size = [6, 20, 60, 150][dice.below(4)];
    let scenario = Scenario::sized(seed, size, 1 + dice.below(size));
    let mut settings = Settings::new(date(2025, 1, 15));
    let days: [Option<Date>; 3] = [None, Some(date(2019, 12, 31)), Some(date(2024, 6, 30))];
    settings.as_of = days[dice.below(3)];
    settings.since = [None, Some(date(2010, 6, 30))][dice.below(2)];
    settings.dates = [DatePolicy::Replay, DatePolicy::Replay, DatePolicy::Ignore][dice.below(3)];
    settings.outside = [OutsidePolicy::Separate, OutsidePolicy::Baseline][dice.below(2)];
    settings.series = [None, Some(SeriesStep::Yearly)][dice.below(2)];
    settings.geometry = dice.below(4) > 0;
    settings.faces = dice.below(3) == 0;
    settings.hxl = dice.below(3) == 0;
    settings.threads = Some(1 + dice.below(3));
    if dice.below(3) == 0 {
        settings.formats = vec![Format::GeoPackage, Format::FlatGeobuf, Format::GeoParquet];
    }
    (scenario, settings)
}

/// The options of the command for settings.
fn options(settings: &Settings) -> Vec<String> {
    let mut options = Vec::new();
    let mut push = |name: &str, value: String| options.extend([name.to_owned(), value]);
    settings.as_of.iter().for_each(|day| push("--as-of", day.to_string()));
    settings.since.iter().for_each(|day| push("--since", day.to_string()));
    push("--dates", settings.dates.word().to_owned());
    push("--outside", settings.outside.word().to_owned());
    settings.series.iter().for_each(|_| push("--series", "yearly".to_owned()));
    settings.threads.iter().for_each(|n| push("--threads", n.to_string()));
    if !settings.formats.is_empty() && settings.geometry {
        push("--format", "gpkg,flatgeobuf,geoparquet".to_owned());
    }
    let flags = [
        (!settings.geometry, "--no-geometry"),
        (settings.faces && settings.geometry, "--faces"),
        (settings.hxl, "--hxl"),
    ];
    options.extend(flags.iter().filter(|flag| flag.0).map(|flag| flag.1.to_owned()));
    options
}

fn checked(folder: &Path, settings: &Settings, why: &str) {
    // The row of hashtags is no figures, and a series has a balance for each of its periods.
    if !settings.hxl && settings.series.is_none() {
        assert_identities(&Output::read(folder), why);
    } else {
        let summary = Output::read(folder).json("summary.json");
        assert!(summary["checks"].as_array().unwrap().iter().all(|check| check["holds"] == true), "{why}");
    }
}

/// Reads, accounts, writes and looks at what was written.
fn once(seed: u64, place: &Place) {
    let (survey, settings) = scenario(seed);
    survey.write(place);
    let roles = [Role::Hazards, Role::Releases, Role::Districts, Role::Zones, Role::Incidents];
    let layer = |role: Role| LayerSpec::new(role, place.path(format!("{}.geojson", role.word())));
    let job = Job { layers: roles.map(layer).to_vec(), settings };
    let report = run(&job, &Silent).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
    assert!(report.account.checks.iter().all(|check| check.holds), "seed {seed}: {:?}", report.account.checks);
    let out = place.path("out");
    write_folder(&report, &out, true, &|| false).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
    checked(&out, &job.settings, &format!("seed {seed}"));
}

#[test]
fn memory_stays_flat_and_every_account_adds_up() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (count, place) = (asked(), Place::new());
    // The largest survey is among the first runs, so that buffers which are kept are as large as they get.
    let seeds = |count: usize| seed::of(0..count as u64);
    seeds(WARM_UP).for_each(|seed| once(seed, &place));
    let (before, resident_before) = (settled(0), resident());
    let mut most = before;
    for seed in seeds(count) {
        once(seed, &place);
        most = most.max(settled(before + LEFT));
        assert!(most <= before + LEFT, "seed {seed}: {before} bytes were in use after the warm-up, now {most}");
    }
    let after = settled(before);
    let mib = |bytes: Option<u64>| bytes.map_or(0.0, |b| b as f64 / 1_048_576.0);
    println!(
        "{count} runs in one process, every one checked: {before} bytes in use before, {after} after, {most} at most in \
         between; resident {:.1} MiB before, {:.1} MiB after",
        mib(resident_before),
        mib(resident())
    );
}

#[test]
fn the_command_is_as_good_after_many_calls() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (count, mut peaks) = (asked(), Vec::new());
    for seed in seed::of(0..count as u64) {
        let place = Place::new();
        let (survey, settings) = scenario(seed);
        let arguments = [survey.write(&place), options(&settings), vec!["-o".to_owned(), "out".to_owned()]].concat();
        place.run(&arguments).with(0);
        checked(&place.path("out"), &settings, &format!("seed {seed}"));
        let summary = place.output("out").json("summary.json");
        peaks.push(summary["run"]["peak_memory_bytes"].as_u64().unwrap_or(0));
        // Nothing but the folder is left behind.
        let mut left = place.names();
        left.retain(|name| !name.ends_with(".geojson"));
        assert_eq!(left, ["out"], "seed {seed}");
    }
    let mib = |bytes: Option<&u64>| bytes.map_or(0.0, |&b| b as f64 / 1_048_576.0);
    println!(
        "{count} calls, every one checked: peak memory {:.1} to {:.1} MiB",
        mib(peaks.iter().min()),
        mib(peaks.iter().max())
    );
}
