//! The seeds of every test that draws numbers: fixed ones where nobody says, so that all runs are the same. `REMNANT_SEED=N`
//! moves them by `N`, `REMNANT_SEED=fresh` by a number that no run had before; either is said, with how to repeat it.
//!
//! One file for the tests of all crates, which name it by its path.

#![allow(clippy::print_stdout, reason = "a seed that is not known can't be tried again")]
#![allow(dead_code, reason = "no crate needs all of it")]

use std::ops::Range;
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// Fresh seeds stay below this: short enough to be typed.
const FRESH: u64 = 1_000_000_000;

/// The seed of the call; nothing where it gives none.
fn asked() -> Option<u64> {
    static ASKED: OnceLock<Option<u64>> = OnceLock::new();
    let asked = ASKED.get_or_init(|| match std::env::var("REMNANT_SEED").ok().as_deref() {
        None | Some("") => None,
        Some("fresh") => {
            Some(SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |now| now.as_nanos() as u64 % FRESH))
        }
        Some(number) => Some(number.parse().expect("REMNANT_SEED is a whole number, or fresh")),
    });
    if let Some(seed) = asked {
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        println!("{test}: REMNANT_SEED={seed} repeats this");
    }
    *asked
}

/// How far seeds are moved.
pub fn base() -> u64 {
    asked().unwrap_or(0)
}

/// Seeds, moved.
pub fn of(fixed: Range<u64>) -> Range<u64> {
    let base = base();
    base + fixed.start..base + fixed.end
}

/// The seed of a test that has one only.
pub fn or(fixed: u64) -> u64 {
    asked().unwrap_or(fixed)
}

/// Numbers from 0 to 1, not 1 itself, that follow from a seed.
pub fn units(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}
