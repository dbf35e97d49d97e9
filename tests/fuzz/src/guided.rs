//! One target under libFuzzer, led by coverage: `REMNANT_FUZZ_TARGET` says which. Built by `run` with instrumented code.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use remnant_fuzz::{Target, check, memory, named};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

static TARGET: OnceLock<&Target> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let target = TARGET.get_or_init(|| {
        let name = std::env::var("REMNANT_FUZZ_TARGET").unwrap_or_default();
        named(&name).expect("REMNANT_FUZZ_TARGET names a target")
    });
    check(target, data);
});
