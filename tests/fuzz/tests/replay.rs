//! Every target on its seeds, on every kept counter-example, and on mutations of both: the same ones every time, or
//! fresh ones where `REMNANT_SEED` says so (a number, or `fresh`); `REMNANT_ROUNDS` says how many for each target.

#![allow(clippy::print_stdout, reason = "what is run must be known when it fails")]

#[path = "../../seed.rs"]
mod seed;

use std::panic::{AssertUnwindSafe, catch_unwind};

use remnant_fuzz::mutate::{Pseudo, mutated};
use remnant_fuzz::{TARGETS, Target, check, memory, seeds};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// Mutations for each target where nobody says: as many as a few seconds allow.
const ROUNDS: usize = 150;

fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Runs an input; where it fails, keeps it and says how to run it again.
fn run(target: &Target, data: &[u8], what: &str) {
    if catch_unwind(AssertUnwindSafe(|| check(target, data))).is_err() {
        let path = std::env::temp_dir().join(format!("remnant-fuzz-{}", target.name));
        std::fs::write(&path, data).expect("the input can be kept");
        panic!("{} does not hold on {what}: remnant-fuzz check {0} {}", target.name, path.display());
    }
}

/// One test, so that the memory of one target is not counted for another.
#[test]
fn every_target_holds_on_seeds_and_kept_examples_and_mutations() {
    let rounds = asked("REMNANT_ROUNDS").map_or(ROUNDS, |n| n.parse().expect("REMNANT_ROUNDS is a number"));
    let seed = seed::or(1);
    println!("REMNANT_SEED={seed} REMNANT_ROUNDS={rounds}");
    for target in TARGETS {
        let inputs: Vec<Vec<u8>> = seeds::seeds(target).into_iter().chain(seeds::kept(target)).collect();
        assert!(!inputs.is_empty(), "{} has no seeds", target.name);
        run(target, &[], "nothing");
        inputs.iter().enumerate().for_each(|(at, input)| run(target, input, &format!("seed {at}")));
        let mut random = Pseudo::new(seed);
        for round in 0..rounds {
            let (input, other) = (&inputs[random.below(inputs.len())], &inputs[random.below(inputs.len())]);
            let data = mutated(&mut random, input, other, target.longest);
            run(target, &data, &format!("round {round} of REMNANT_SEED={seed}"));
        }
    }
}
