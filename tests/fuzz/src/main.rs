//! `remnant-fuzz`: the targets by name, without coverage; `run` beside it is the way to run them with it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command that talks to its user")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use remnant_fuzz::mutate::{Pseudo, mutated};
use remnant_fuzz::{TARGETS, hostile, memory, named, seeds};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

const USAGE: &str = "usage:
  remnant-fuzz list                     the targets, with their longest input
  remnant-fuzz seeds TARGET DIR         writes the seeds and the kept counter-examples of a target
  remnant-fuzz check TARGET FILE...     runs inputs; panics where something does not hold
  remnant-fuzz random TARGET SECONDS [SEED]   mutations for so long; of all targets where TARGET is all
  remnant-fuzz hostile SHAPE CORNERS    what a shape takes; without a shape, which there are";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["list"] => {
            TARGETS.iter().for_each(|target| println!("{} {}", target.name, target.longest));
            Ok(())
        }
        ["seeds", target, folder] => write_seeds(target, Path::new(folder)),
        ["check", target, files @ ..] => check(target, files),
        ["random", name, seconds, seed @ ..] => random(name, seconds, seed.first().copied()),
        ["hostile"] => {
            hostile::SHAPES.iter().for_each(|(name, what)| println!("{name}: {what}"));
            Ok(())
        }
        ["hostile", shape, corners] => tried(shape, corners),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn target(name: &str) -> Result<&'static remnant_fuzz::Target, String> {
    named(name).ok_or_else(|| format!("no target is called {name}; see: remnant-fuzz list"))
}

fn write_seeds(name: &str, folder: &Path) -> Result<(), String> {
    let target = target(name)?;
    std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    for (number, seed) in seeds::seeds(target).into_iter().chain(seeds::kept(target)).enumerate() {
        std::fs::write(folder.join(format!("seed-{number}")), seed).map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn check(name: &str, files: &[&str]) -> Result<(), String> {
    let target = target(name)?;
    for file in files {
        let data = std::fs::read(file).map_err(|e| format!("{file}: {e}"))?;
        remnant_fuzz::check(target, &data);
        println!("{file}: {} bytes, all holds", data.len());
    }
    Ok(())
}

/// Mutations of seeds for so many seconds each. What fails is kept, and the next target goes on.
fn random(name: &str, seconds: &str, seed: Option<&str>) -> Result<(), String> {
    let number = |text: &str| text.parse::<u64>().map_err(|_| format!("{text} is not a number"));
    let time = Duration::from_secs(number(seconds)?);
    let fresh = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |now| now.as_nanos() as u64);
    let seed = seed.map_or_else(|| Ok(fresh()), number)?;
    let all: Vec<_> = if name == "all" { TARGETS.iter().collect() } else { vec![target(name)?] };
    let mut failed = Vec::new();
    for target in all {
        let mut inputs: Vec<Vec<u8>> = seeds::seeds(target);
        inputs.extend(seeds::kept(target));
        let (clock, mut random, mut runs) = (Instant::now(), Pseudo::new(seed), 0_u64);
        while clock.elapsed() < time {
            let (input, other) = (&inputs[random.below(inputs.len())], &inputs[random.below(inputs.len())]);
            let data = mutated(&mut random, input, other, target.longest);
            runs += 1;
            if catch_unwind(AssertUnwindSafe(|| remnant_fuzz::check(target, &data))).is_err() {
                let path = std::env::temp_dir().join(format!("remnant-fuzz-{}-{seed}-{runs}", target.name));
                std::fs::write(&path, data).map_err(|e| e.to_string())?;
                failed.push(path.display().to_string());
                break;
            }
        }
        println!("{}: {runs} runs in {:.0} s, seed {seed}", target.name, clock.elapsed().as_secs_f64());
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("something does not hold on {}", failed.join(", "))) }
}

fn tried(shape: &str, corners: &str) -> Result<(), String> {
    let corners = corners.parse().map_err(|_| format!("{corners} is not a number of corners"))?;
    let (clock, before) = (std::time::Instant::now(), memory::begin());
    let told = hostile::tried(shape, corners).ok_or("no shape is called so; see: remnant-fuzz hostile")?;
    let (seconds, peak) = (clock.elapsed().as_secs_f64(), memory::peak_since(before) >> 20);
    println!("{shape} of {corners} corners: {seconds:.1} s, {peak} MB at most: {told}");
    Ok(())
}
