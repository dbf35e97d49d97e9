//! Accounts of windows that earlier runs have made, in a folder that the user names.
//!
//! The account of a window is a pure function of the records that reach it. So it is kept under a digest of all that it
//! depends on, and a run that meets the same window again takes it from there instead of cutting the ground anew.
//!
//! | module | what |
//! |---|---|
//! | `numbers` | records, districts, dates... of a window counted within the window |
//! | `key` | everything that the account of a window depends on, as one digest |
//! | `value` | the account of a window as bytes, and back |
//! | `pack` | the file that holds the values of a run |
//! | `folder` | the folder of packs |
//!
//! Nothing here can fail a run: what can't be read is worked out anew, what can't be written is not kept, and the caller
//! is told so. A pack is put in its place only after the account has kept its own laws.

mod folder;
mod key;
mod numbers;
mod pack;
#[cfg(test)]
mod tests;
mod value;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use remnant_geometry::Window;

use self::folder::Folder;
use self::key::{Common, Digest, Key, footprint_digest, program_digest};
use self::numbers::Numbers;
use self::pack::{Found, Packs};
use super::events::Grounds;
use super::faces::Rules;
use super::overlay::Overlay;
use crate::error::Result;
use crate::progress::CacheUse;
use crate::settings::Settings;

/// A cache that a run uses.
pub(crate) struct Cache {
    program: Digest,
    /// Nothing where the cache is not used; then there is a trouble to tell.
    packs: Option<Packs>,
    windows: AtomicU64,
    reused: AtomicU64,
    trouble: Mutex<Option<String>>,
}

impl Cache {
    /// Opens the cache that the settings name; `None` where they name none. `layers` are names that tell jobs apart
    /// that share a folder.
    ///
    /// # Errors
    /// [`crate::error::Error::Unusable`] where the settings name something that is no folder. Whatever else stands in
    /// the way is told at the end: the run goes on without.
    pub(crate) fn open(settings: &Settings, layers: &[String]) -> Result<Option<Self>> {
        let Some(path) = settings.cache.as_deref() else { return Ok(None) };
        folder::refuse_what_is_no_folder(path)?;
        Ok(Some(match program_digest() {
            Ok(program) => Self::of_program(path, program, &folder::job(settings, layers)),
            Err(e) => Self::without(format!("the program's own file can't be read: {e}")),
        }))
    }

    /// A cache for a program that is known by a digest, and for a job that is known by a word.
    fn of_program(path: &Path, program: Digest, job: &str) -> Self {
        match Folder::open(path).and_then(|folder| Packs::open(folder, program, job)) {
            Ok((packs, trouble)) => Self {
                program,
                packs: Some(packs),
                windows: AtomicU64::new(0),
                reused: AtomicU64::new(0),
                trouble: Mutex::new(trouble),
            },
            Err(why) => Self::without(why),
        }
    }

    fn without(why: String) -> Self {
        Self {
            program: Digest::default(),
            packs: None,
            windows: AtomicU64::new(0),
            reused: AtomicU64::new(0),
            trouble: Mutex::new(Some(format!("the cache is not used: {why}"))),
        }
    }

    /// Only the first trouble is told.
    fn troubled(&self, why: String) {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }

    /// Ends the work: puts the pack in its place, if the account may be `kept`, and says how the cache was used.
    pub(crate) fn end(&self, kept: bool) -> CacheUse {
        if let Some(packs) = &self.packs
            && let Err(why) = packs.end(kept)
        {
            self.troubled(why);
        }
        CacheUse {
            windows: self.windows.load(Ordering::Relaxed),
            reused: self.reused.load(Ordering::Relaxed),
            trouble: self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

/// What the windows of one account ask of the cache.
pub(super) struct Windows<'a> {
    cache: &'a Cache,
    packs: &'a Packs,
    rules: &'a Rules<'a>,
    common: Common,
    digests: Vec<Digest>,
}

/// A window as the cache knows it.
pub(super) struct Sight {
    window: Window,
    numbers: Numbers,
    key: Key,
}

impl<'a> Windows<'a> {
    /// `None` where the cache can't be used.
    pub fn new(cache: &'a Cache, rules: &'a Rules<'a>, grounds: &Grounds<'_>, draw: bool) -> Option<Self> {
        let packs = cache.packs.as_ref()?;
        let digests = (0..grounds.len()).into_par_iter().map(|cover| footprint_digest(grounds.get(cover))).collect();
        Some(Self { cache, packs, rules, common: Common::of(cache.program, rules, draw), digests })
    }

    /// Looks at a window that some covers reach, given in ascending order.
    pub fn sight(&self, window: Window, reaching: &[u32]) -> Sight {
        let numbers = Numbers::of(self.rules.covers, reaching);
        let key = self.common.key(window, reaching, self.rules, &numbers, &self.digests);
        Sight { window, numbers, key }
    }

    /// The account of the window, if it was made before.
    pub fn find(&self, sight: &Sight) -> Option<Overlay> {
        self.cache.windows.fetch_add(1, Ordering::Relaxed);
        let found = self.packs.find(&sight.key, |bytes| value::decode(bytes, &sight.numbers, sight.window));
        match found {
            Found::Nothing => None,
            Found::Damaged => {
                let why = "the cache is damaged in parts; what could not be read there was worked out anew";
                self.cache.troubled(why.to_owned());
                None
            }
            Found::Value(overlay) => {
                self.cache.reused.fetch_add(1, Ordering::Relaxed);
                Some(overlay)
            }
        }
    }

    /// Keeps the account of the window for later.
    pub fn keep(&self, sight: &Sight, overlay: &Overlay) {
        // What has no form as bytes is no fault: it is worked out anew each time.
        if let Some(bytes) = value::encode(overlay, &sight.numbers, sight.window) {
            self.packs.put(&sight.key, &bytes);
        }
    }
}
