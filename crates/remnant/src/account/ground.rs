//! What lies at a point and along a line, by the records themselves and not by faces.
//!
//! Lines and points have no area, so no face holds them. A line is cut where it meets the border of anything that
//! counts, and each piece is judged at its middle by the same replay as a face. On a border doubt decides: what lies on
//! the border of a hazard lies on it, what lies on the border of a release was not released.

use std::sync::OnceLock;

use remnant_geometry::plane::HALF_TURN;
use remnant_geometry::probe::{Probe, point_at};
use remnant_geometry::{Bounds, Point};
use rstar::{AABB, RTree};

use super::events::{Grounds, Parts};
use super::faces::Rules;
use super::reaching::{Entry, entry};
use crate::status::{State, step};

/// Grid steps within which a point counts as on a border: a rounded middle of a stretch along a border lies within one
/// step of it. 22 micrometres.
const SLACK: i64 = 2;

/// What lies at a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// The row of the district, or the land outside.
    pub place: u32,
    pub contaminated: bool,
    /// In ascending order.
    pub zones: Vec<u32>,
}

/// A piece of a line that lies in one district and the same zones, on contaminated land or not.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub from: Point,
    pub to: Point,
    pub spot: Spot,
}

/// Everything with effect at the date of the account, ready to be asked about points.
pub(super) struct Ground<'a> {
    rules: &'a Rules<'a>,
    grounds: Grounds<'a>,
    probes: Vec<OnceLock<Probe>>,
    index: RTree<Entry>,
    districts_from: u32,
    zones_from: u32,
}

impl<'a> Ground<'a> {
    pub fn new(rules: &'a Rules<'a>) -> Self {
        let covers = rules.covers;
        let grounds = covers.grounds();
        let Parts { events: districts_from, districts, coverage: zones_from, zones, .. } = covers.parts();
        let events = (0..districts_from).filter(|&e| covers.events[e as usize].slot <= rules.last_slot);
        let members = events.chain(districts_from..districts).chain(zones_from..zones);
        let entries = members.map(|number| {
            let Bounds { min, max } = grounds.get(number).bounds();
            let grown = |p: Point, by: i64| Point { x: p.x + by, y: p.y + by };
            entry(Bounds { min: grown(min, -SLACK), max: grown(max, SLACK) }, number)
        });
        let index = RTree::bulk_load(entries.collect());
        let probes = (0..grounds.len()).map(|_| OnceLock::new()).collect();
        Self { rules, grounds, probes, index, districts_from, zones_from }
    }

    fn probe(&self, cover: u32) -> &Probe {
        self.probes[cover as usize].get_or_init(|| Probe::new(self.grounds.get(cover)))
    }

    /// Everything whose box a line from `a` to `b` reaches, in the order of the covers.
    fn around(&self, a: Point, b: Point) -> Vec<u32> {
        let (low, high) = ([a.x.min(b.x), a.y.min(b.y)], [a.x.max(b.x), a.y.max(b.y)]);
        let mut found: Vec<u32> = Vec::new();
        let mut ask = |west: i64, east: i64| {
            let envelope = AABB::from_corners([west, low[1]], [east, high[1]]);
            found.extend(self.index.locate_in_envelope_intersecting(envelope).map(|entry| entry.data));
        };
        ask(low[0], high[0]);
        // The antimeridian has two longitudes.
        if high[0] >= HALF_TURN - SLACK {
            ask(-HALF_TURN, -HALF_TURN);
        }
        if low[0] <= SLACK - HALF_TURN {
            ask(HALF_TURN, HALF_TURN);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What lies at a point.
    pub fn at(&self, p: Point) -> Spot {
        self.judge(p, &self.around(p, p))
    }

    fn judge(&self, p: Point, around: &[u32]) -> Spot {
        let covers = self.rules.covers;
        let mut state = State::None;
        let mut spot = Spot { place: covers.outside(), contaminated: false, zones: Vec::new() };
        for &cover in around {
            let covered = self.probe(cover).covers(p, SLACK);
            if cover < self.districts_from {
                let event = &covers.events[cover as usize];
                if covered.unwrap_or(event.is_hazard()) {
                    state = step(state, event.act, self.rules.outside).0;
                }
            } else if !covered.unwrap_or(true) {
                continue;
            } else if cover >= self.zones_from {
                spot.zones.push(cover - self.zones_from);
            } else {
                // In the order of the codes, so that the first has the land.
                spot.place = spot.place.min(covers.district_ground[(cover - self.districts_from) as usize].0);
            }
        }
        spot.contaminated = state.is_contaminated();
        spot
    }

    /// The pieces of the line from `a` to `b`, cut at every border that counts and at `more` shares of the way; and what
    /// lies at each of their ends, which are one more.
    pub fn pieces(&self, a: Point, b: Point, more: &[f64]) -> (Vec<Piece>, Vec<Spot>) {
        let around = self.around(a, b);
        let mut cuts = vec![0.0, 1.0];
        cuts.extend(more);
        for &cover in &around {
            self.probe(cover).meetings(a, b, SLACK, &mut cuts);
        }
        let mut ends: Vec<(f64, Point)> = cuts.into_iter().map(|t| (t, point_at(a, b, t))).collect();
        ends.sort_by(|x, y| x.0.total_cmp(&y.0));
        ends.dedup_by_key(|end| end.1);
        let spots = ends.iter().map(|end| self.judge(end.1, &around)).collect();
        let pieces = ends.windows(2).map(|pair| {
            let middle = point_at(a, b, 0.5 * (pair[0].0 + pair[1].0));
            Piece { from: pair[0].1, to: pair[1].1, spot: self.judge(middle, &around) }
        });
        (pieces.collect(), spots)
    }
}
