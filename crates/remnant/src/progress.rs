//! How the library tells its caller what it is doing, and asks whether to go on.

/// Told by every stage; called from many threads.
pub trait Progress: Sync {
    /// A stage begins that has so many steps (0 where that is not known).
    fn stage(&self, what: &str, steps: u64);

    /// The stage that has just begun leads from one share of the whole work to another, both between 0 and 1, as far as
    /// that can be told beforehand. Nothing has to be made of it.
    fn outlook(&self, _from: f64, _to: f64) {}

    /// The account is made, and its cache was used like this; said only where one is asked for.
    fn cache(&self, _use: &CacheUse) {}

    /// Some steps are done. `true` asks for an end as soon as possible.
    fn advance(&self, steps: u64) -> bool;
}

/// How a run has used its cache. Nothing of it bears on a figure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CacheUse {
    /// The windows that were accounted for: squares of ground, each by itself.
    pub windows: u64,
    /// Those of them whose accounts came from the cache.
    pub reused: u64,
    /// Why the cache was not used, or not written, or not all of it could be used.
    pub trouble: Option<String>,
}

/// Which share of a run is done when its stages end, on ordinary surveys; what is left is the writing of the folder. Only
/// estimates hang on it.
pub mod share {
    /// All layers are read.
    pub const READ: f64 = 0.25;
    /// Layers in other coordinate systems are understood.
    pub const UNDERSTOOD: f64 = 0.3;
    /// Every piece of ground is accounted for; with shapes there is more to come.
    pub const ACCOUNTED: [f64; 2] = [0.75, 0.55];
    /// Everything is added up.
    pub const ADDED: f64 = 0.82;
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
