//! What planners ask of an account: what stands on contaminated land, what hangs on a few metres, what to clear next.

use super::SquareMetres;
use crate::zone::ZoneStatus;

/// What people use, as far as it lies on contaminated land; for one theme (roads, schools...) in one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposure {
    /// The theme, as the project names it: `roads`, `farmland`, `schools`, `water points`...
    pub theme: String,
    /// Features that lie in the place, at least in part.
    pub features: u64,
    /// Features that touch contaminated land there.
    pub exposed_features: u64,
    /// Length of lines in the place, in metres: whole millimetres, so that printed lengths add up as printed.
    pub length_m: f64,
    /// Length of lines on contaminated land there, in metres, likewise.
    pub exposed_length_m: f64,
    /// Area of polygons in the place, each square metre once.
    pub area: SquareMetres,
    /// Area of polygons on contaminated land there, each square metre once.
    pub exposed_area: SquareMetres,
}

impl Exposure {
    /// Nothing of a theme.
    pub fn none(theme: &str) -> Self {
        Self {
            theme: theme.to_owned(),
            features: 0,
            exposed_features: 0,
            length_m: 0.0,
            exposed_length_m: 0.0,
            area: SquareMetres::ZERO,
            exposed_area: SquareMetres::ZERO,
        }
    }

    pub(crate) fn add_length(&mut self, millimetres: i64, exposed: bool) {
        // Whole numbers below 2^53 have their own f64, so this adds without loss.
        let add = |metres: &mut f64| *metres = ((*metres * 1e3).round() + millimetres as f64) / 1e3;
        add(&mut self.length_m);
        if exposed {
            add(&mut self.exposed_length_m);
        }
    }

    pub(crate) fn add_area(&mut self, area: SquareMetres, exposed: bool) {
        self.area += area;
        if exposed {
            self.exposed_area += area;
        }
    }
}

/// A zone's status with every hazard grown and shrunk by its positional accuracy.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// The status were every hazard larger by its accuracy.
    pub grown: ZoneStatus,
    /// The status were every hazard smaller by its accuracy.
    pub shrunk: ZoneStatus,
    /// What it hangs on, in one sentence; empty where the three are equal.
    pub sentence: String,
}

/// Whether a zone can be reached by the roads that are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// No layer of roads is given, or none reaches the zone.
    #[default]
    Unknown,
    /// Some road to the district's network crosses no contaminated land.
    Connected,
    /// Every road to the district's network crosses contaminated land.
    CutOff,
}

impl Access {
    /// The word for it in the outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Connected => "connected",
            Self::CutOff => "cut-off",
        }
    }
}

/// The land that must be dealt with until a zone's status changes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ToClear {
    /// Contaminated land in the zone and within its safety distance, all of it once.
    pub area: SquareMetres,
    /// Ids of the hazards that it belongs to, sorted.
    pub hazard_ids: Vec<String>,
    /// Open evidence points in the zone and within its safety distance.
    pub evidence_points: u64,
}

/// A criterion of the order of work, with its weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Criterion {
    /// Its name, as the project file gives it.
    pub name: String,
    /// Its weight as a share of all weights.
    pub weight: f64,
}

/// A zone's place in the order of work.
#[derive(Debug, Clone, PartialEq)]
pub struct Priority {
    /// The row of the zone.
    pub zone: usize,
    /// Its rank, from 1; those that can't be ranked follow the others.
    pub rank: u32,
    /// Why it can't be ranked, where it can't: nothing is guessed.
    pub missing: Option<String>,
    /// Its score from 0 to 1.
    pub score: f64,
    /// The best rank that it takes while the weights are varied.
    pub best_rank: u32,
    /// The worst rank that it takes while the weights are varied.
    pub worst_rank: u32,
    /// People who would return; `None` where the data do not say.
    pub people: Option<f64>,
    /// Homes; `None` where the data do not say.
    pub homes: Option<f64>,
    /// Land to be cleared for it that was not to be cleared for a zone before it.
    pub marginal: SquareMetres,
    /// Why it stands here, in one sentence.
    pub sentence: String,
}

/// What to clear next.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// The criteria and their weights.
    pub criteria: Vec<Criterion>,
    /// How the weights were varied to find the best and the worst rank, in words.
    pub sensitivity: String,
    /// The zones in order of work; only those that have land to be cleared.
    pub order: Vec<Priority>,
}
