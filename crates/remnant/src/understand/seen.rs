//! What one pass over a layer's features tells of the layer as a whole, so that no feature has to be kept for it.

use rustc_hash::FxHashMap;

use super::place::Reach;
use crate::read::{Feature, Value};

/// Different texts beyond ASCII that are kept to be judged; a layer of more is judged by its first ones.
const KEPT: usize = 100_000;

/// What was seen of a layer, or of a part of it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Where its coordinates lie.
    pub(super) reach: Reach,
    /// How many features there are.
    pub(super) features: usize,
    /// For each slot of the wanted fields, whether any feature has it.
    pub(super) slots: Vec<bool>,
    /// Texts beyond ASCII with their slots, in order of their first appearance, and how often each is there.
    texts: Vec<(u16, Box<str>, u64)>,
    known: FxHashMap<(u16, Box<str>), usize>,
}

impl Seen {
    /// What some features show.
    pub(super) fn of(features: &[Feature]) -> Self {
        let mut seen = Self::default();
        seen.look(features);
        seen
    }

    /// Adds what more features show.
    pub(super) fn look(&mut self, features: &[Feature]) {
        self.reach = self.reach.and(Reach::of(features));
        self.features += features.len();
        for (slot, value) in features.iter().flat_map(|feature| &feature.values) {
            self.has(*slot);
            match value {
                Value::Text(text) if !text.is_ascii() => self.text(*slot, text.as_str().into(), 1),
                _ => {}
            }
        }
    }

    /// Adds what the features that come after these show.
    pub(super) fn append(&mut self, other: Self) {
        self.reach = self.reach.and(other.reach);
        self.features += other.features;
        (0..).zip(other.slots).filter(|(_, is)| *is).for_each(|(slot, _)| self.has(slot));
        other.texts.into_iter().for_each(|(slot, text, times)| self.text(slot, text, times));
    }

    /// The texts of a slot that go beyond ASCII, each as often as it is there.
    pub(super) fn texts(&self, slot: u16) -> impl Iterator<Item = &str> {
        let own = self.texts.iter().filter(move |(at, ..)| *at == slot);
        own.flat_map(|(_, text, times)| std::iter::repeat_n(&**text, *times as usize))
    }

    fn has(&mut self, slot: u16) {
        let slot = usize::from(slot);
        if self.slots.len() <= slot {
            self.slots.resize(slot + 1, false);
        }
        self.slots[slot] = true;
    }

    fn text(&mut self, slot: u16, text: Box<str>, times: u64) {
        if let Some(&at) = self.known.get(&(slot, text.clone())) {
            self.texts[at].2 += times;
        } else if self.texts.len() < KEPT {
            self.known.insert((slot, text.clone()), self.texts.len());
            self.texts.push((slot, text, times));
        }
    }
}
