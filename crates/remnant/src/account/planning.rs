//! What the faces show planners: what people use on them, and which zones they are near.

use remnant_geometry::Area;
use rustc_hash::FxHashMap;

use super::events::{Covers, Parts};
use super::ledger::add_all;
use super::sharing::Sharing;

/// Where something lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Where {
    /// In a district (its row), or on the land outside.
    Place(u32),
    /// In a zone.
    Zone(u32),
}

/// Exact sums for planners.
#[derive(Debug, Default)]
pub(super) struct PlanningLand {
    /// Land that polygons of a theme cover, each piece once; and whether it is contaminated.
    pub themes: FxHashMap<(u32, Where, bool), Area>,
    /// Land that a feature covers, and whether it is contaminated.
    pub features: FxHashMap<(u32, Where, bool), Area>,
    /// Contaminated land by the zones that it is within the safety distance of.
    pub shared: Sharing,
    /// Contaminated land within the safety distance of a zone on which a hazard is live.
    pub hazards: FxHashMap<(u32, u32), Area>,
}

impl PlanningLand {
    /// Adds another one.
    pub fn merge(&mut self, other: Self) {
        add_all(&mut self.themes, other.themes);
        add_all(&mut self.features, other.features);
        self.shared.merge(other.shared);
        add_all(&mut self.hazards, other.hazards);
    }

    /// Enters a face: `zones` and `others` are covers, `others` those after the zones; `live` is empty where the face
    /// is not contaminated.
    pub fn face(&mut self, covers: &Covers<'_>, zones: &[u32], others: &[u32], place: u32, live: &[u32], area: Area) {
        let Parts { coverage: first_zone, zones: first_exposed, exposed: first_reach, .. } = covers.parts();
        let (exposed, reaches) = others.split_at(others.partition_point(|&c| c < first_reach));
        let contaminated = !live.is_empty();
        if !exposed.is_empty() {
            let mut themes: Vec<u32> = Vec::new();
            let wheres = || {
                let zones = zones.iter().map(|&z| Where::Zone(z - first_zone));
                std::iter::once(Where::Place(place)).chain(zones)
            };
            for &cover in exposed {
                let (feature, theme, _) = covers.exposed[(cover - first_exposed) as usize];
                themes.push(theme);
                wheres().for_each(|w| *self.features.entry((feature, w, contaminated)).or_default() += area);
            }
            themes.sort_unstable();
            themes.dedup();
            for theme in themes {
                wheres().for_each(|w| *self.themes.entry((theme, w, contaminated)).or_default() += area);
            }
        }
        if contaminated && !reaches.is_empty() {
            let zones: Vec<u32> = reaches.iter().map(|&c| covers.reaches[(c - first_reach) as usize].0).collect();
            for &zone in &zones {
                live.iter().for_each(|&hazard| *self.hazards.entry((zone, hazard)).or_default() += area);
            }
            self.shared.add(zones, area);
        }
    }
}
