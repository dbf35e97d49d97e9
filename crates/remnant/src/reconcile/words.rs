//! What figures speak of: the words that stand for a computed figure.

use crate::report::{Figures, SquareMetres};

use super::amount::{Measure, ONE};

type Value = fn(&Figures) -> i128;

/// A word for a figure that is computed.
#[derive(Debug)]
struct Word {
    /// The words, that of the outputs first.
    words: &'static [&'static str],
    measure: Measure,
    /// Its value at the date of the account.
    at: Option<Value>,
    /// Its flow in the period of the account; `None` where it is the difference of its states.
    flow: Option<Value>,
    /// Whether a state is the former one and what came in between.
    grows: bool,
    /// Whether such a state can be less than that all the same: released land may be contaminated again.
    falls: bool,
    /// Whether it adds up over places: a record on a border counts in each district.
    adds: bool,
}

fn land(area: SquareMetres) -> i128 {
    i128::from(area.square_centimetres()) * (ONE / i128::from(SquareMetres::UNITS))
}

fn items(count: u64) -> i128 {
    i128::from(count) * ONE
}

#[rustfmt::skip]
const WORDS: &[Word] = &[
    Word { words: &["baseline", "ever contaminated", "contaminated territory"], measure: Measure::Area, grows: true, falls: false, adds: true,
        at: Some(|f| land(f.states.baseline())), flow: Some(|f| land(f.balance.newly_recorded.0)) },
    Word { words: &["remaining", "contaminated", "still contaminated"], measure: Measure::Area, grows: false, falls: false, adds: true,
        at: Some(|f| land(f.states.remaining())), flow: None },
    Word { words: &["suspected", "sha"], measure: Measure::Area, grows: false, falls: false, adds: true,
        at: Some(|f| land(f.states.suspected)), flow: None },
    Word { words: &["confirmed", "cha"], measure: Measure::Area, grows: false, falls: false, adds: true,
        at: Some(|f| land(f.states.confirmed)), flow: None },
    Word { words: &["released"], measure: Measure::Area, grows: true, falls: true, adds: true, at: Some(|f| land(f.states.released())),
        flow: Some(|f| land(f.balance.cancelled.0 + f.balance.reduced.0 + f.balance.cleared.0)) },
    Word { words: &["cleared"], measure: Measure::Area, grows: true, falls: true, adds: true, at: Some(|f| land(f.states.cleared)),
        flow: Some(|f| land(f.balance.cleared.0)) },
    Word { words: &["reduced"], measure: Measure::Area, grows: true, falls: true, adds: true, at: Some(|f| land(f.states.reduced)),
        flow: Some(|f| land(f.balance.reduced.0)) },
    Word { words: &["cancelled"], measure: Measure::Area, grows: true, falls: true, adds: true, at: Some(|f| land(f.states.cancelled)),
        flow: Some(|f| land(f.balance.cancelled.0)) },
    Word { words: &["newly recorded"], measure: Measure::Area, grows: false, falls: false, adds: true, at: None,
        flow: Some(|f| land(f.balance.newly_recorded.0)) },
    Word { words: &["re-contaminated", "recontaminated"], measure: Measure::Area, grows: false, falls: false, adds: true, at: None,
        flow: Some(|f| land(f.balance.recontaminated.0)) },
    Word { words: &["hazards"], measure: Measure::Count, grows: false, falls: false, adds: false, at: Some(|f| items(f.hazards)), flow: None },
    Word { words: &["evidence points"], measure: Measure::Count, grows: false, falls: false, adds: true, at: Some(|f| items(f.evidence_points)), flow: None },
    Word { words: &["mines"], measure: Measure::Count, grows: true, falls: false, adds: true, at: Some(|f| items(f.devices[0]) + items(f.devices[1])), flow: None },
    Word { words: &["ap mines", "ap_mines", "anti-personnel mines"], measure: Measure::Count, grows: true, falls: false, adds: true, at: Some(|f| items(f.devices[0])), flow: None },
    Word { words: &["av mines", "av_mines", "anti-vehicle mines", "anti-tank mines"], measure: Measure::Count, grows: true, falls: false, adds: true, at: Some(|f| items(f.devices[1])), flow: None },
    Word { words: &["erw"], measure: Measure::Count, grows: true, falls: false, adds: true, at: Some(|f| items(f.devices[2])), flow: None },
    Word { words: &["uxo"], measure: Measure::Count, grows: true, falls: false, adds: true, at: Some(|f| items(f.devices[3])), flow: None },
    Word { words: &["submunitions", "cluster munitions"], measure: Measure::Count, grows: true, falls: false, adds: true, at: Some(|f| items(f.devices[4])), flow: None },
    Word { words: &["ied"], measure: Measure::Count, grows: true, falls: false, adds: true, at: Some(|f| items(f.devices[5])), flow: None },
    Word { words: &["incidents"], measure: Measure::Count, grows: true, falls: false, adds: true, at: Some(|f| items(f.incidents)), flow: None },
    Word { words: &["killed"], measure: Measure::Count, grows: true, falls: false, adds: true, at: Some(|f| items(f.killed)), flow: None },
    Word { words: &["injured"], measure: Measure::Count, grows: true, falls: false, adds: true, at: Some(|f| items(f.injured)), flow: None },
];

/// What a figure speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct What {
    /// The word, in the spelling of the outputs where it stands for a computed figure.
    pub(super) word: String,
    known: Option<usize>,
}

impl What {
    /// What a word stands for.
    pub(super) fn of(word: &str) -> Self {
        let word = word.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let known = WORDS.iter().position(|w| w.words.contains(&word.as_str()));
        Self { word: known.map_or(word, |at| WORDS[at].words[0].to_owned()), known }
    }

    fn entry(&self) -> Option<&'static Word> {
        self.known.map(|at| &WORDS[at])
    }

    /// Whether a state of it is the former state and what came in between.
    pub(super) fn grows(&self) -> bool {
        self.entry().is_some_and(|w| w.grows)
    }

    /// Whether such a state can be less than that all the same.
    pub(super) fn falls(&self) -> bool {
        self.entry().is_some_and(|w| w.falls)
    }

    /// Whether it adds up over places; what is not computed is taken to.
    pub(super) fn adds(&self) -> bool {
        self.entry().is_none_or(|w| w.adds)
    }

    /// Whether it is the land that shares are shares of.
    pub(super) fn is_baseline(&self) -> bool {
        self.word == WORDS[0].words[0]
    }

    /// What it measures, where it is computed.
    pub(super) fn measure(&self) -> Option<Measure> {
        self.entry().map(|w| w.measure)
    }

    /// How its value at the date of an account is read off.
    pub(super) fn at(&self) -> Option<Value> {
        self.entry().and_then(|w| w.at)
    }

    /// How its flow in the period of an account is read off.
    pub(super) fn flow(&self) -> Option<Value> {
        self.entry().and_then(|w| w.flow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_for_two_figures() {
        let all: Vec<&str> = WORDS.iter().flat_map(|w| w.words).copied().collect();
        for (at, word) in all.iter().enumerate() {
            assert!(!all[..at].contains(word), "{word}");
            assert_eq!(*word, word.to_lowercase());
        }
        assert_eq!(What::of(" Contaminated  Territory "), What::of("baseline"));
        assert_eq!(What::of("cleared for Agriculture").word, "cleared for agriculture");
        assert_eq!(What::of("cleared for agriculture").at().map(|_| ()), None);
    }
}
