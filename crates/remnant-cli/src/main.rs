//! The program: see the library beside it.

use std::process::ExitCode;

/// Many threads make and drop many small lists; this allocator costs them less than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The number of the allocator's option `purge_delay`, for which its crate has no name.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

fn main() -> ExitCode {
    remnant_cli::main(give_back_at_once)
}

/// Memory that is let go of is given back to the system at once, not a second later: this costs some time, and what a run
/// takes stays near what it holds.
#[allow(unsafe_code, reason = "the allocator is C; see below")]
fn give_back_at_once() {
    // SAFETY: the option is a number in a table of the allocator, and no other thread has begun.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, 0) }
}

#[cfg(test)]
mod tests {
    /// The number is that of the option: the allocator takes its value from a variable of this name where it has one, and
    /// else from its table, where no other option has this value.
    #[test]
    #[allow(unsafe_code, reason = "the allocator is C; see below")]
    fn the_option_is_the_delay() {
        // SAFETY: the option is a number in a table of the allocator, which is only read.
        let delay = unsafe { libmimalloc_sys::mi_option_get(super::PURGE_DELAY) };
        let named = std::env::var("MIMALLOC_PURGE_DELAY").ok().and_then(|text| text.parse().ok());
        assert_eq!(delay, named.unwrap_or(1000));
    }
}
