//! The benchmarks: stage by stage and end to end, as ratios within one run.
//!
//! `cargo bench -p remnant-cli --bench suite -- PART...`; benches/README.md says what the parts are.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command that talks to its user")]

mod baseline;
mod clock;
mod contest;
mod data;
mod floors;
mod instructions;
mod options;
mod page;
mod parts;
mod peers;
mod plane;
mod scenario;
mod stages;

use std::path::Path;
use std::process::ExitCode;

use options::Options;

/// The command's allocator, so that what is measured in this process is comparable with it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The layers of the plain job.
pub const LAYERS: [&str; 3] = ["districts", "hazards", "releases"];

/// A step with what it took.
#[derive(Debug, Clone)]
pub struct Lap {
    /// What was done.
    pub name: String,
    /// Seconds by the clock on the wall.
    pub wall: f64,
    /// Seconds of all threads.
    pub cpu: f64,
}

impl Lap {
    /// A lap.
    pub fn new(name: impl Into<String>, wall: f64, cpu: f64) -> Self {
        Self { name: name.into(), wall, cpu }
    }
}

/// Prints laps as lines that [`laps_of`] reads.
fn print_laps(laps: &[Lap]) {
    for lap in laps {
        println!("{}\t{}\t{}", lap.name, lap.wall, lap.cpu);
    }
}

/// The laps that a child printed.
fn laps_of(text: &str) -> Vec<Lap> {
    let lap = |line: &str| {
        let mut parts = line.split('\t');
        let (name, wall, cpu) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(Lap::new(name, wall, cpu))
    };
    text.lines().filter_map(lap).collect()
}

/// What is measured in a process of its own: `job NAME THREADS DIR [MORE]`.
fn job(args: &[String]) -> Result<(), String> {
    let [name, threads, dir, more @ ..] = args else { return Err("job NAME THREADS DIR [MORE]".into()) };
    let threads = threads.parse().map_err(|e| format!("{threads}: {e}"))?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|e| e.to_string())?;
    let dir = Path::new(dir);
    let more = more.first().map(String::as_str).unwrap_or_default();
    match name.as_str() {
        "geo" => pool.install(|| baseline::run(dir, Path::new(more))),
        "floors" => pool.install(|| floors::floors(dir)).map(|laps| print_laps(&laps)),
        "stages" => pool.install(|| stages::alone(dir, more)).map(|laps| print_laps(&laps)),
        "upto" => pool.install(|| stages::upto(dir, more)),
        "run" => stages::run(dir, more, threads).map(|laps| print_laps(&laps)),
        other => Err(format!("{other}: no such job")),
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let done = match args.split_first() {
        Some((first, rest)) if first == "job" => job(rest),
        _ => Options::read(&args).and_then(|options| parts::measure(&options)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}
