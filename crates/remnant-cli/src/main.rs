//! The program: see the library beside it.

use std::process::ExitCode;

/// Many threads make and drop many small lists; this allocator costs them less than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    remnant_cli::main()
}
