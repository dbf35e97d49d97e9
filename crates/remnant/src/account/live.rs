//! The land on which a hazard is live, hazard by hazard.
//!
//! A release ends what was live on its land, whatever came before it. So a hazard's live land is its own ground without
//! that of all releases with effect that come after it, and no face has to be asked.

use std::sync::OnceLock;

use remnant_geometry::grow::{edges_near, without};
use remnant_geometry::measure::{Chord, chords};
use remnant_geometry::{Bounds, Footprint};
use rstar::{AABB, RTree};

use super::events::Event;
use super::faces::Rules;
use super::reach::{grown_bounds, within};
use super::reaching::{Entry, entry};
use super::rim::box_of;
use crate::records::Survey;

/// A hazard whose live land lies near a zone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Near {
    /// Its number as a cover.
    pub event: u32,
    /// Its distance from the zone in metres; 0 where they share land.
    pub distance: f64,
    /// Its positional accuracy in metres; 0 where none is stated.
    pub accuracy: f64,
}

/// The live land of every hazard, made when it is asked for.
pub(super) struct LiveLand<'a> {
    rules: &'a Rules<'a>,
    accuracies: Vec<f64>,
    any_accuracy: bool,
    /// Where no record states an accuracy, as in most surveys, nobody ever asks.
    found: OnceLock<Found>,
}

/// What it takes to find live land.
struct Found {
    /// Hazards with effect, each box grown by its accuracy.
    hazards: RTree<Entry>,
    /// Releases with effect.
    releases: RTree<Entry>,
    lands: Vec<OnceLock<Option<Footprint>>>,
}

impl<'a> LiveLand<'a> {
    pub fn new(rules: &'a Rules<'a>, survey: &Survey) -> Self {
        let events = &rules.covers.events;
        let accuracy = |number: usize| {
            let event = &events[number];
            let stated = event.is_hazard().then(|| survey.hazards[event.index()].accuracy_m).flatten();
            stated.unwrap_or(0.0)
        };
        let accuracies: Vec<f64> = (0..events.len()).map(accuracy).collect();
        let any_accuracy = accuracies.iter().any(|&accuracy| accuracy > 0.0);
        Self { rules, accuracies, any_accuracy, found: OnceLock::new() }
    }

    fn found(&self) -> &Found {
        self.found.get_or_init(|| {
            let events = &self.rules.covers.events;
            let tree = |hazards: bool| {
                let with_effect = |e: &Event<'_>| e.is_hazard() == hazards && e.slot <= self.rules.last_slot;
                let wanted = events.iter().enumerate().filter(|(_, e)| with_effect(e));
                let boxed = |(number, e): (usize, &Event<'_>)| {
                    entry(grown_bounds(e.ground, self.accuracies[number]), number as u32)
                };
                RTree::bulk_load(wanted.map(boxed).collect())
            };
            let lands = events.iter().map(|_| OnceLock::new()).collect();
            Found { hazards: tree(true), releases: tree(false), lands }
        })
    }

    /// The land on which a hazard is live; `None` where there is none.
    pub fn of(&self, hazard: u32) -> Option<&Footprint> {
        let Found { releases, lands, .. } = self.found();
        let make = || {
            let ground = self.rules.covers.events[hazard as usize].ground;
            let Bounds { min, max } = ground.bounds();
            let envelope = AABB::from_corners([min.x, min.y], [max.x, max.y]);
            let releases = releases.locate_in_envelope_intersecting(envelope).map(|entry| entry.data);
            let mut later: Vec<u32> = releases.filter(|&release| release > hazard).collect();
            later.sort_unstable();
            without(ground, later.into_iter().map(|release| self.rules.covers.events[release as usize].ground))
        };
        lands[hazard as usize].get_or_init(make).as_ref()
    }

    /// The hazards whose live land lies within a distance of a zone, each grown by its accuracy; the nearest edge of
    /// the grown land first, then by number. `shared` tells which of them share land with the zone.
    ///
    /// None where none of them has an accuracy, unless `always`: then they can't change what the faces say.
    pub fn near(
        &self,
        zone: &Footprint,
        border: &[Chord],
        metres: f64,
        always: bool,
        shared: &dyn Fn(u32) -> bool,
    ) -> Vec<Near> {
        if !always && !self.any_accuracy {
            return Vec::new();
        }
        let candidates = within(&self.found().hazards, zone, metres);
        if !always && candidates.iter().all(|&event| self.accuracies[event as usize] <= 0.0) {
            return Vec::new();
        }
        let mut near: Vec<Near> = candidates
            .into_iter()
            .filter_map(|event| {
                let accuracy = self.accuracies[event as usize];
                let distance = if shared(event) {
                    0.0
                } else {
                    let land = self.of(event)?;
                    let edges = edges_near(land, zone, metres + accuracy).flat_map(|(p, q)| chords(p, q));
                    distance_within(border, edges, metres + accuracy)?
                };
                Some(Near { event, distance, accuracy })
            })
            .collect();
        near.sort_by(|a, b| {
            let key = |n: &Near| n.distance - n.accuracy;
            key(a).total_cmp(&key(b)).then(a.event.cmp(&b.event))
        });
        near
    }
}

/// The least distance between two sets of chords, where it is within `reach` metres.
pub(super) fn distance_within(a: &[Chord], b: impl IntoIterator<Item = Chord>, reach: f64) -> Option<f64> {
    let [low, high] = box_of(a)?;
    let mut best: Option<f64> = None;
    for y in b {
        let [from, to] = y.bounds();
        if (0..3).any(|i| from[i] > high[i] + reach || to[i] < low[i] - reach) {
            continue;
        }
        let (middle, half) = (y.middle(), 0.5 * y.length());
        for x in a {
            // Through space is never farther than along the ground.
            let (centre, most) = (x.middle(), reach + half + 0.5 * x.length());
            let apart: f64 = (0..3).map(|i| (centre[i] - middle[i]) * (centre[i] - middle[i])).sum();
            if apart <= most * most && x.distance(&y) <= reach {
                let distance = x.geodesic_distance(&y);
                if distance <= reach && best.is_none_or(|d| distance < d) {
                    best = Some(distance);
                }
            }
        }
    }
    best
}
