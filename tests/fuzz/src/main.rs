//! `remnant-fuzz`: the targets by name, without coverage; `run` beside it is the way to run them with it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command that talks to its user")]

use std::path::Path;
use std::process::ExitCode;

use remnant_fuzz::{TARGETS, hostile, memory, named, seeds};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

const USAGE: &str = "usage:
  remnant-fuzz list                     the targets, with their longest input
  remnant-fuzz seeds TARGET DIR         writes the seeds and the kept counter-examples of a target
  remnant-fuzz check TARGET FILE...     runs inputs; panics where something does not hold
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

fn tried(shape: &str, corners: &str) -> Result<(), String> {
    let corners = corners.parse().map_err(|_| format!("{corners} is not a number of corners"))?;
    let (clock, before) = (std::time::Instant::now(), memory::begin());
    let told = hostile::tried(shape, corners).ok_or("no shape is called so; see: remnant-fuzz hostile")?;
    let (seconds, peak) = (clock.elapsed().as_secs_f64(), memory::peak_since(before) >> 20);
    println!("{shape} of {corners} corners: {seconds:.1} s, {peak} MB at most: {told}");
    Ok(())
}
