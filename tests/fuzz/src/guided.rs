//! One target under libFuzzer, led by coverage: `REMNANT_FUZZ_TARGET` says which. Built by `run` with instrumented code.

#![no_main]
#![expect(clippy::print_stderr, reason = "what does not hold must be told before the process ends")]

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::{Mutex, OnceLock, PoisonError};

use libfuzzer_sys::fuzz_target;
use remnant_fuzz::{Target, check, memory, named};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

static TARGET: OnceLock<&Target> = OnceLock::new();

/// The panic that came last. One that the library catches by itself, where it hands bytes to a library of others, is no
/// fault, so only what arrives here ends the process.
static LAST: Mutex<String> = Mutex::new(String::new());

fn begin() -> &'static Target {
    set_hook(Box::new(|panic| {
        let told = format!("{panic}\n{}", std::backtrace::Backtrace::force_capture());
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = told;
    }));
    let name = std::env::var("REMNANT_FUZZ_TARGET").unwrap_or_default();
    named(&name).expect("REMNANT_FUZZ_TARGET names a target")
}

fuzz_target!(|data: &[u8]| {
    let target = TARGET.get_or_init(begin);
    if catch_unwind(AssertUnwindSafe(|| check(target, data))).is_err() {
        eprintln!("{}", LAST.lock().unwrap_or_else(PoisonError::into_inner));
        std::process::abort();
    }
});
