//! How the library tells its caller what it is doing, and asks whether to go on.

/// Told by every stage; called from many threads.
pub trait Progress: Sync {
    /// A stage begins that has so many steps (0 where that is not known).
    fn stage(&self, what: &str, steps: u64);

    /// Some steps are done. `true` asks for an end as soon as possible.
    fn advance(&self, steps: u64) -> bool;
}

/// Says nothing and never asks for an end.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &str, _: u64) {}

    fn advance(&self, _: u64) -> bool {
        false
    }
}
