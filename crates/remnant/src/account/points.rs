//! Points: evidence points and incidents, and the districts they lie in.

use jiff::civil::Date;
use remnant_geometry::plane::HALF_TURN;
use remnant_geometry::{Footprint, Point};
use rstar::{AABB, RTree};

use super::events::Covers;
use super::reaching::{Entry, index};
use super::rows::Rows;
use crate::finding::{Code, Finding, Place};
use crate::records::{HazardGround, Survey};
use crate::settings::{DatePolicy, Settings};

/// The boxes of some footprints, to find those at a point.
pub(super) struct Locator<'a> {
    tree: RTree<Entry>,
    footprints: Vec<&'a Footprint>,
}

impl<'a> Locator<'a> {
    pub fn new(footprints: Vec<&'a Footprint>) -> Self {
        Self { tree: index(&footprints), footprints }
    }

    /// The footprints at a point in ascending order; `border` says whether lying on the border is enough.
    pub fn at(&self, p: Point, border: bool) -> Vec<u32> {
        // The antimeridian has two longitudes.
        let other = (p.x.abs() == HALF_TURN).then_some([-p.x, p.y]);
        let places = [Some([p.x, p.y]), other].into_iter().flatten();
        let mut found: Vec<u32> = places
            .flat_map(|at| self.tree.locate_in_envelope_intersecting(AABB::from_point(at)))
            .map(|entry| entry.data)
            .filter(|&i| self.footprints[i as usize].covers(p).unwrap_or(border))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The district rows, to find the one that a point lies in.
pub(super) struct Districts<'a> {
    covers: &'a Covers<'a>,
    locator: Locator<'a>,
}

impl<'a> Districts<'a> {
    pub fn new(covers: &'a Covers<'a>) -> Self {
        Self { covers, locator: Locator::new(covers.district_ground.iter().map(|d| d.1).collect()) }
    }

    /// The row of a point; that of the land outside where no district holds it.
    pub fn row_of(&self, p: Point) -> u32 {
        // District ground is in the order of codes, so the first that holds a point has the code that sorts first.
        let first = self.locator.at(p, true).first().map(|&d| self.covers.district_ground[d as usize].0);
        first.unwrap_or_else(|| self.covers.outside())
    }
}

/// What closed an evidence point first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Closed {
    /// An undated release, or any release where dates are ignored: the point is open at no date.
    Always,
    /// A release of this day.
    On(Date),
}

impl Closed {
    /// The day; `None` where the point is open at no date.
    pub fn date(self) -> Option<Date> {
        match self {
            Self::Always => None,
            Self::On(date) => Some(date),
        }
    }
}

/// An evidence point at the date of the account.
pub(super) struct EvidencePoint {
    /// Its hazard's place in the survey.
    pub hazard: usize,
    pub place: Point,
    /// The row of its district.
    pub row: u32,
    /// The date that counts: none where dates are ignored.
    pub recorded: Option<Date>,
    /// What closed it by the date of the account.
    pub closed: Option<Closed>,
    /// Whether no release that counts for it covers it.
    pub open: bool,
}

/// Every evidence point that is recorded by the date of the account.
///
/// A point is closed by a release that is later, or undated, and covers it; one on the border does not cover it.
pub(super) fn evidence_points(survey: &Survey, districts: &Districts<'_>, settings: &Settings) -> Vec<EvidencePoint> {
    let effective = |date: Option<Date>| date.filter(|_| settings.dates == DatePolicy::Replay);
    let in_effect = |date: Option<Date>| date.is_none_or(|d| settings.as_of.is_none_or(|t| d <= t));
    let points: Vec<(usize, Point)> = survey
        .hazards
        .iter()
        .enumerate()
        .filter(|(_, h)| in_effect(effective(h.date)))
        .flat_map(|(i, h)| match &h.ground {
            HazardGround::Points(points) => points.iter().map(|&p| (i, p)).collect(),
            HazardGround::Area(_) => Vec::new(),
        })
        .collect();
    if points.is_empty() {
        return Vec::new();
    }
    let releases: Vec<_> =
        districts.covers.events.iter().filter(|e| !e.is_hazard() && in_effect(e.date(districts.covers))).collect();
    let locator = Locator::new(releases.iter().map(|e| e.ground).collect());
    points
        .into_iter()
        .map(|(hazard, place)| {
            let recorded = effective(survey.hazards[hazard].date);
            let covering = locator.at(place, false).into_iter().map(|r| releases[r as usize].date(districts.covers));
            let closing = covering.filter(|&released| released.is_none() || recorded.is_none() || released > recorded);
            let closed = closing.map(|released| released.map_or(Closed::Always, Closed::On)).min();
            let row = districts.row_of(place);
            EvidencePoint { hazard, place, row, recorded, closed, open: closed.is_none() }
        })
        .collect()
}

/// Counts evidence points and incidents into the rows; gives findings for incidents where no hazard was ever recorded.
pub(super) fn count(
    survey: &Survey,
    districts: &Districts<'_>,
    settings: &Settings,
    evidence: &[EvidencePoint],
    rows: &mut Rows,
) -> Vec<Finding> {
    for point in evidence.iter().filter(|e| e.open) {
        rows.places[point.row as usize].evidence_points += 1;
        rows.total.evidence_points += 1;
    }
    if survey.incidents.is_empty() {
        return Vec::new();
    }
    let hazards = districts.covers.events.iter().filter(|e| e.is_hazard());
    let hazards = Locator::new(hazards.map(|e| e.ground).collect());
    let mut findings = Vec::new();
    for incident in &survey.incidents {
        if incident.date.is_some_and(|d| settings.as_of.is_some_and(|t| d > t)) {
            continue;
        }
        for figures in [&mut rows.places[districts.row_of(incident.place) as usize], &mut rows.total] {
            figures.incidents += 1;
            figures.killed = figures.killed.saturating_add(incident.killed);
            figures.injured = figures.injured.saturating_add(incident.injured);
        }
        if hazards.at(incident.place, true).is_empty() {
            let text = "no recorded hazard covers the place of this incident: the records may be incomplete here";
            let finding = Finding::of(Code::IncidentOutside, incident.origin, &incident.id, text);
            findings.push(finding.at(Place::Point(incident.place)));
        }
    }
    findings
}
