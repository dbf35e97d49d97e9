//! Status in one layer: a hazard whose status says that its land was released gives a second record, the release.
//!
//! Programmes that keep one layer write into it what became of each hazard, and when. Such a feature is one record read;
//! it yields its hazard and, where the project file or profile says what the status means, a release of the same ground
//! on the day of the status. The id of the release is that of the hazard, a slash and the kind: `H-12/cleared`.
//! It has no land of other hazards of the layer that are open on that day. Doubt never releases land: a status that says no more than "closed", or whose date can't be read, leaves it
//! contaminated, with a finding.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use remnant_geometry::grow::without;
use remnant_geometry::{Bounds, Footprint};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{RTree, RTreeObject};

use super::fields::Meaning;
use super::mapping::Status;
use super::records::{Draft, Parts};
use super::words::{self, ReadDate};
use crate::finding::{Code, Finding};
use crate::records::{Devices, Hazard, HazardGround, Origin, Release, ReleaseKind, Survey};
use crate::settings::DatePolicy;

/// The word for a kind in the ids of such releases.
pub(super) fn word(kind: ReleaseKind) -> &'static str {
    match kind {
        ReleaseKind::Cancelled => "cancelled",
        ReleaseKind::Reduced => "reduced",
        ReleaseKind::Cleared => "cleared",
    }
}

/// Takes the land of hazards that are open out of the releases that come from the status of other hazards of their layer:
/// a hazard that was upgraded and then closed says nothing of the one that took its place. Where the other one is closed
/// later, its own release has that land.
pub(crate) fn spare_open(survey: &mut Survey) -> Vec<Finding> {
    let derived: HashMap<Origin, Option<Date>> = {
        let of_hazards: HashSet<u32> = survey.hazards.iter().map(|h| h.origin.layer).collect();
        let own = survey.releases.iter().filter(|r| of_hazards.contains(&r.origin.layer));
        own.map(|r| (r.origin, r.date)).collect()
    };
    if derived.is_empty() {
        return Vec::new();
    }
    let layers: HashSet<u32> = derived.keys().map(|origin| origin.layer).collect();
    let areas: Vec<(&Hazard, &Footprint)> = survey
        .hazards
        .iter()
        .filter(|h| layers.contains(&h.origin.layer))
        .filter_map(|h| if let HazardGround::Area(ground) = &h.ground { Some((h, ground)) } else { None })
        .collect();
    let boxes = RTree::bulk_load(
        areas.iter().enumerate().map(|(i, (_, g))| GeomWithData::new(rectangle(g), i)).collect::<Vec<_>>(),
    );
    let (mut findings, mut kept) = (Vec::new(), Vec::with_capacity(survey.releases.len()));
    for mut release in std::mem::take(&mut survey.releases) {
        let Some(&closed) = derived.get(&release.origin) else {
            kept.push(release);
            continue;
        };
        // What is recorded later contaminates the land again by itself. No date comes before all dates.
        let open =
            |hazard: &Hazard| hazard.date <= closed && derived.get(&hazard.origin).is_none_or(|later| *later > closed);
        let mut others: Vec<usize> =
            boxes.locate_in_envelope_intersecting(rectangle(&release.ground).envelope()).map(|e| e.data).collect();
        others.sort_unstable();
        others.retain(|&i| {
            let (hazard, _) = areas[i];
            hazard.origin != release.origin && hazard.origin.layer == release.origin.layer && open(hazard)
        });
        if others.is_empty() {
            kept.push(release);
            continue;
        }
        let left = without(&release.ground, others.iter().map(|&i| areas[i].1));
        let spared = release.ground.area_m2() - left.as_ref().map_or(0.0, Footprint::area_m2);
        if spared >= 0.01 {
            let ids: Vec<&str> = others.iter().take(5).map(|&i| &*areas[i].0.id).collect();
            let text = format!(
                "its status releases its land, but {spared:.1} m2 of it belong to hazards that are open on that day ({}); \
                 that land stays contaminated",
                ids.join(", ")
            );
            findings.push(Finding::of(Code::ClosedOverOpen, release.origin, &release.id, text).area(spared));
        }
        if let Some(left) = left {
            release.ground = left;
            kept.push(release);
        }
    }
    survey.releases = kept;
    findings
}

fn rectangle(ground: &Footprint) -> Rectangle<[i64; 2]> {
    let Bounds { min, max } = ground.bounds();
    Rectangle::from_corners([min.x, min.y], [max.x, max.y])
}

impl Draft<'_> {
    /// What the status of a hazard says of its land.
    pub(super) fn close(&mut self, hazard: &Hazard, parts: &mut Parts) {
        let values = &self.context.spec.mapping.values;
        let Some(value) = self.context.fields.value(&self.feature, Meaning::Status) else { return };
        let status = words::status(value, values);
        // A field of that name which nobody has mapped may mean anything; but what sounds like an end is told.
        let mapped = !values.status.is_empty() || self.context.spec.mapping.fields.contains_key("status");
        let kind = match status {
            Some(Status::Open) => return,
            None if !mapped => return,
            None => {
                let text = format!("{} is not mapped to anything; the land stays contaminated", self.status());
                return self.find(Code::UnknownStatus, text);
            }
            Some(Status::Closed) => {
                if let Some(date) = self.status_day() {
                    parts.survey.other_dates.extend(date);
                }
                return self.unreleased("it does not say how the land was released");
            }
            Some(Status::Released(kind)) => kind,
        };
        let Some(date) = self.status_day() else {
            let value = self.text(Meaning::StatusDate).unwrap_or_default();
            return self.unreleased(&format!("its date \"{value}\" can't be read"));
        };
        let HazardGround::Area(ground) = &hazard.ground else {
            parts.survey.other_dates.extend(date);
            return self.unreleased("a point has no ground that could be released");
        };
        if date.zip(hazard.date).is_some_and(|(closed, recorded)| closed < recorded) {
            parts.survey.other_dates.extend(date);
            return self.unreleased("its date lies before that of the hazard");
        }
        self.doubt_future(date);
        let mut day = date;
        if self.context.dates == DatePolicy::Ignore {
            parts.survey.other_dates.extend(date);
            day = None;
        }
        parts.survey.releases.push(Release {
            origin: self.origin,
            id: format!("{}/{}", hazard.id, word(kind)).into(),
            kind,
            date: day,
            devices: Devices::default(),
            work: Arc::default(),
            stated_area_m2: None,
            fate: hazard.fate,
            ground: ground.clone(),
        });
    }

    /// The day of the status: the last one of a partial date, as for any release. `Some(None)` where there is none, and
    /// `None` where it can't be read.
    fn status_day(&mut self) -> Option<Option<Date>> {
        let Some(value) = self.context.fields.value(&self.feature, Meaning::StatusDate) else { return Some(None) };
        let text = words::text(value);
        match words::date(value) {
            ReadDate::Day(day) => Some(Some(day)),
            ReadDate::Partial(_, last) => {
                let text = format!("the date \"{text}\" of the status is partial; its last day {last} was taken");
                self.find(Code::PartialDate, text);
                Some(Some(last))
            }
            // As for any record, a date that is ignored can't be wrong.
            ReadDate::Unreadable if self.context.dates == DatePolicy::Ignore => Some(None),
            ReadDate::Unreadable => None,
        }
    }

    fn status(&self) -> String {
        let value = self.text(Meaning::Status).unwrap_or_default();
        let field = self.context.fields.name(Meaning::Status).unwrap_or_default();
        format!("the status \"{value}\" in field {field}")
    }

    fn unreleased(&mut self, why: &str) {
        let text = format!("{} ends the hazard, but {why}; the land stays contaminated", self.status());
        self.find(Code::ClosedWithoutRelease, text);
    }
}
