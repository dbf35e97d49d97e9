//! Programs measured against each other: in turns within one run, by wall clock, processor time and memory.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::clock;

/// A program with its call.
#[derive(Debug, Clone)]
pub struct Contestant {
    /// What the tables call it.
    pub name: String,
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// Where it writes: a folder with districts.csv, or such a file.
    pub out: PathBuf,
}

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Seconds from start to end.
    pub wall: f64,
    /// Seconds of all its threads and processes, in user and system mode.
    pub cpu: f64,
    /// The most memory that it held, in MiB.
    pub peak: f64,
}

/// What all rounds of a contestant came to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Its runs.
    pub runs: Vec<Run>,
    /// Why there are no more of them.
    pub failure: Option<String>,
    /// Its figures by district: hazard, cleared, reduced, cancelled, remaining, in m2.
    pub figures: BTreeMap<String, [f64; 5]>,
}

impl Outcome {
    /// The median of wall clock, processor time and memory, each on its own.
    pub fn median(&self) -> Option<Run> {
        let middle = |of: fn(&Run) -> f64| {
            let mut all: Vec<f64> = self.runs.iter().map(of).collect();
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied()
        };
        Some(Run { wall: middle(|r| r.wall)?, cpu: middle(|r| r.cpu)?, peak: middle(|r| r.peak)? })
    }
}

/// Runs everybody once in every round, so that whatever else the machine does falls on all alike. Whoever fails, or
/// takes longer than the limit, is left out of the rounds that follow.
pub fn contest(contestants: &[Contestant], rounds: usize, limit: Duration) -> Vec<Outcome> {
    let mut outcomes = vec![Outcome::default(); contestants.len()];
    for round in 1..=rounds {
        for (contestant, outcome) in contestants.iter().zip(&mut outcomes) {
            if outcome.failure.is_some() {
                continue;
            }
            match run(contestant, limit) {
                Ok(run) => {
                    eprintln!(
                        "round {round}, {}: {:.3} s, processor {:.2} s, {:.0} MiB",
                        contestant.name, run.wall, run.cpu, run.peak
                    );
                    outcome.runs.push(run);
                    if outcome.figures.is_empty() {
                        outcome.figures = figures(&contestant.out).unwrap_or_default();
                    }
                }
                Err(why) => {
                    eprintln!("round {round}, {}: {why}", contestant.name);
                    outcome.failure = Some(why);
                }
            }
        }
    }
    outcomes
}

fn run(contestant: &Contestant, limit: Duration) -> Result<Run, String> {
    let program = contestant.command.first().ok_or("no program")?;
    let log = contestant.out.with_extension("log");
    let open = fs::File::create(&log).map_err(|e| format!("{}: {e}", log.display()))?;
    let errors = open.try_clone().map_err(|e| e.to_string())?;
    let before = clock::of_children();
    let start = Instant::now();
    let mut call = Command::new(program);
    call.args(&contestant.command[1..]).stdin(Stdio::null()).stdout(open).stderr(errors);
    // The scripts' folder stays as it is.
    call.env("PYTHONDONTWRITEBYTECODE", "1");
    let mut child = call.spawn().map_err(|e| format!("{}: {e}", Path::new(program).display()))?;
    let (status, peak, wall) = watch(&mut child, start, limit)?;
    if !status {
        let said = fs::read_to_string(&log).unwrap_or_default();
        return Err(format!("failed: {}", said.trim().lines().next_back().unwrap_or("nothing was said")));
    }
    Ok(Run { wall, cpu: clock::of_children() - before, peak })
}

/// Waits for the end; whether it was a good one, the peak of memory and the time.
fn watch(child: &mut Child, start: Instant, limit: Duration) -> Result<(bool, f64, f64), String> {
    let (mut peak, mut looked) = (0.0_f64, Duration::ZERO);
    loop {
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            return Ok((status.success(), peak, start.elapsed().as_secs_f64()));
        }
        let now = start.elapsed();
        if now > limit {
            // Processes that it started itself end with the pipe or the pool that they serve.
            child.kill().and_then(|()| child.wait()).map_err(|e| e.to_string())?;
            return Err(format!("no end within {} s", limit.as_secs()));
        }
        if now >= looked {
            peak = peak.max(memory(child.id()));
            // Looking costs time too: at most about a fiftieth of it.
            looked = now + Duration::from_millis(15).max(now / 50);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// MiB held by a process and by those that it started; pages that several share count once.
fn memory(process: u32) -> f64 {
    let family = family(process);
    if let [one] = family.as_slice() {
        return kilobytes(&format!("/proc/{one}/status"), "VmHWM:") / 1024.0;
    }
    family.iter().map(|p| kilobytes(&format!("/proc/{p}/smaps_rollup"), "Pss:")).sum::<f64>() / 1024.0
}

fn kilobytes(path: &str, name: &str) -> f64 {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix(name));
    line.and_then(|l| l.split_whitespace().next()).and_then(|v| v.parse().ok()).unwrap_or(0.0)
}

fn family(process: u32) -> Vec<u32> {
    let mut all = vec![process];
    let mut at = 0;
    while let Some(&one) = all.get(at) {
        for task in fs::read_dir(format!("/proc/{one}/task")).into_iter().flatten().flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            all.extend(children.split_whitespace().filter_map(|c| c.parse::<u32>().ok()));
        }
        at += 1;
    }
    all
}

/// The figures of a districts.csv.
pub fn figures(out: &Path) -> Option<BTreeMap<String, [f64; 5]>> {
    const COLUMNS: [&str; 5] = ["baseline_m2", "cleared_m2", "reduced_m2", "cancelled_m2", "remaining_m2"];
    let path = if out.is_dir() { out.join("districts.csv") } else { out.to_owned() };
    let mut table = csv::Reader::from_path(path).ok()?;
    let head = table.headers().ok()?.clone();
    let place = |name: &str| head.iter().position(|h| h == name);
    let code = place("code")?;
    let places: Vec<usize> = COLUMNS.iter().filter_map(|c| place(c)).collect();
    let mut all = BTreeMap::new();
    for row in table.records() {
        let row = row.ok()?;
        let mut values = [0.0; 5];
        for (value, &at) in values.iter_mut().zip(&places) {
            *value = row.get(at)?.parse().ok()?;
        }
        if !row.get(code)?.is_empty() {
            all.insert(row.get(code)?.to_owned(), values);
        }
    }
    Some(all)
}

/// The largest difference between two accounts, relative to the figure or to a hectare.
pub fn difference(a: &BTreeMap<String, [f64; 5]>, b: &BTreeMap<String, [f64; 5]>) -> Option<f64> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let mut worst = 0.0_f64;
    for code in a.keys().chain(b.keys()) {
        let zero = [0.0; 5];
        let (x, y) = (a.get(code).unwrap_or(&zero), b.get(code).unwrap_or(&zero));
        for (x, y) in x.iter().zip(y) {
            worst = worst.max((x - y).abs() / x.abs().max(1e4));
        }
    }
    Some(worst)
}
