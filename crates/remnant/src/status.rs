//! The state of land by the replay of records: the rules of the accounting contract, without geometry.

use jiff::civil::Date;

use crate::records::{HazardClass, ReleaseKind};
use crate::settings::OutsidePolicy;

/// What land counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum State {
    /// Nothing was ever recorded.
    #[default]
    None,
    /// Contaminated, by indirect evidence only.
    Suspected,
    /// Contaminated, by direct evidence.
    Confirmed,
    /// Released by non-technical survey.
    Cancelled,
    /// Released by technical survey.
    Reduced,
    /// Released by clearance.
    Cleared,
}

impl State {
    /// Every state, in order of its number.
    pub const ALL: [Self; 6] =
        [Self::None, Self::Suspected, Self::Confirmed, Self::Cancelled, Self::Reduced, Self::Cleared];

    /// The word for it in the outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Suspected => "suspected",
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
            Self::Reduced => "reduced",
            Self::Cleared => "cleared",
        }
    }

    /// Whether land in this state is contaminated.
    pub fn is_contaminated(self) -> bool {
        matches!(self, Self::Suspected | Self::Confirmed)
    }

    /// Whether land in this state was released.
    pub fn is_released(self) -> bool {
        matches!(self, Self::Cancelled | Self::Reduced | Self::Cleared)
    }
}

/// What a record does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// It records a hazard.
    Hazard(HazardClass),
    /// It releases land.
    Release(ReleaseKind),
}

impl Act {
    /// The order of acts on one date: suspected, confirmed, cleared, reduced, cancelled.
    pub fn order(self) -> u8 {
        match self {
            Self::Hazard(HazardClass::Suspected) => 0,
            Self::Hazard(HazardClass::Confirmed) => 1,
            Self::Release(ReleaseKind::Cleared) => 2,
            Self::Release(ReleaseKind::Reduced) => 3,
            Self::Release(ReleaseKind::Cancelled) => 4,
        }
    }

    /// The state that this act leads to where it has effect.
    fn state(self) -> State {
        match self {
            Self::Hazard(HazardClass::Suspected) => State::Suspected,
            Self::Hazard(HazardClass::Confirmed) => State::Confirmed,
            Self::Release(ReleaseKind::Cleared) => State::Cleared,
            Self::Release(ReleaseKind::Reduced) => State::Reduced,
            Self::Release(ReleaseKind::Cancelled) => State::Cancelled,
        }
    }
}

/// What a record does to land in some state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// A hazard on land without record.
    NewlyRecorded,
    /// A hazard on released land.
    Recontaminated,
    /// A confirmed hazard on suspected land: the contaminated area does not change.
    Confirmed,
    /// A hazard on land that is contaminated already.
    Overlap,
    /// A release of contaminated land.
    Released,
    /// A release of land without record, accounted for separately.
    Outside,
    /// A release of land without record that counts as recorded at the same moment.
    RecordedAndReleased,
    /// A release of released land.
    Repeated,
}

/// One step of the replay.
pub fn step(state: State, act: Act, outside: OutsidePolicy) -> (State, Change) {
    match (act, state) {
        (Act::Hazard(_), State::None) => (act.state(), Change::NewlyRecorded),
        (Act::Hazard(_), s) if s.is_released() => (act.state(), Change::Recontaminated),
        (Act::Hazard(HazardClass::Confirmed), State::Suspected) => (State::Confirmed, Change::Confirmed),
        (Act::Hazard(_), s) => (s, Change::Overlap),
        (Act::Release(_), State::None) => match outside {
            OutsidePolicy::Separate => (State::None, Change::Outside),
            OutsidePolicy::Baseline => (act.state(), Change::RecordedAndReleased),
        },
        (Act::Release(_), s) if s.is_contaminated() => (act.state(), Change::Released),
        (Act::Release(_), s) => (s, Change::Repeated),
    }
}

/// The order in which records are replayed: undated hazards, undated releases, then by date; on one date by act, then
/// by id as text (by code points), then by layer and feature. Records must be sorted by this.
pub fn replay_order<'a>(date: Option<Date>, act: Act, id: &'a str, layer: u32, feature: u64) -> impl Ord + 'a {
    // UTF-8 sorts by code points.
    (date, act.order(), id, layer, feature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_contract_row_by_row() {
        use Change::{Confirmed, NewlyRecorded, Outside, Overlap, Recontaminated, Released, Repeated};
        use OutsidePolicy::{Baseline, Separate};
        let hazard = |c| Act::Hazard(c);
        let (sha, cha) = (hazard(HazardClass::Suspected), hazard(HazardClass::Confirmed));
        for (act, class) in [(sha, State::Suspected), (cha, State::Confirmed)] {
            assert_eq!(step(State::None, act, Separate), (class, NewlyRecorded));
            for released in [State::Cancelled, State::Reduced, State::Cleared] {
                assert_eq!(step(released, act, Separate), (class, Recontaminated));
            }
            assert_eq!(step(class, act, Separate), (class, Overlap));
        }
        assert_eq!(step(State::Suspected, cha, Separate), (State::Confirmed, Confirmed));
        assert_eq!(step(State::Confirmed, sha, Separate), (State::Confirmed, Overlap));
        for (kind, state) in [
            (ReleaseKind::Cancelled, State::Cancelled),
            (ReleaseKind::Reduced, State::Reduced),
            (ReleaseKind::Cleared, State::Cleared),
        ] {
            let act = Act::Release(kind);
            assert_eq!(step(State::Suspected, act, Separate), (state, Released));
            assert_eq!(step(State::Confirmed, act, Separate), (state, Released));
            assert_eq!(step(State::None, act, Separate), (State::None, Outside));
            assert_eq!(step(State::None, act, Baseline), (state, Change::RecordedAndReleased));
            for released in [State::Cancelled, State::Reduced, State::Cleared] {
                assert_eq!(step(released, act, Separate), (released, Repeated));
                assert_eq!(step(released, act, Baseline), (released, Repeated));
            }
        }
    }

    #[test]
    fn undated_hazards_then_undated_releases_then_dates() {
        let day = |d| Some(jiff::civil::date(2020, 1, d));
        let sha = Act::Hazard(HazardClass::Suspected);
        let cleared = Act::Release(ReleaseKind::Cleared);
        let cancelled = Act::Release(ReleaseKind::Cancelled);
        let mut keys = [
            replay_order(day(2), sha, "a", 0, 1),
            replay_order(day(1), cancelled, "a", 0, 1),
            replay_order(day(1), cleared, "b", 0, 1),
            replay_order(None, cleared, "a", 0, 1),
            replay_order(day(1), sha, "z", 0, 1),
            replay_order(None, sha, "z", 0, 2),
        ];
        keys.sort();
        let want = [
            replay_order(None, sha, "z", 0, 2),
            replay_order(None, cleared, "a", 0, 1),
            replay_order(day(1), sha, "z", 0, 1),
            replay_order(day(1), cleared, "b", 0, 1),
            replay_order(day(1), cancelled, "a", 0, 1),
            replay_order(day(2), sha, "a", 0, 1),
        ];
        assert!(keys.iter().zip(&want).all(|(a, b)| a == b));
    }
}
