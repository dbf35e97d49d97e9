//! The remnant command.
fn main() {}
