//! One feature as a record of its role: used, repaired or set aside.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::civil::Date;
use remnant_geometry::measure::{corridor, disc};
use remnant_geometry::{Defect, Footprint, NoFootprint, Point};
use rustc_hash::FxHashSet;

use super::fields::Meaning;
use super::layer::Context;
use super::place::{Ground, Placer};
use super::words::{self, ReadDate};
use crate::finding::{Code, Finding, Place};
use crate::read::{Feature, Limit, Shape, UNCLOSED};
use crate::records::{
    DEVICES, District, Fate, Hazard, HazardClass, HazardGround, Incident, LostHazard, LostRelease, Origin, Release,
    Survey, Validity, Work, Zone,
};
use crate::report::Role;
use crate::settings::DatePolicy;

/// What a part of a layer's features came to.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// The records.
    pub(crate) survey: Survey,
    pub(crate) findings: Vec<Finding>,
    pub(crate) used: u64,
    pub(crate) repaired: u64,
    pub(crate) set_aside: u64,
    /// What releases say of who did them, each once.
    works: FxHashSet<Arc<Work>>,
}

impl Parts {
    /// The same words, held once for all releases of these parts.
    fn shared(&mut self, work: Work) -> Arc<Work> {
        if let Some(known) = self.works.get(&work) {
            return Arc::clone(known);
        }
        let work = Arc::new(work);
        self.works.insert(Arc::clone(&work));
        work
    }

    /// None yet, with room for so many records of a role.
    pub(crate) fn with_room(role: Role, records: usize) -> Self {
        let mut parts = Self::default();
        match role {
            Role::Hazards => parts.survey.hazards.reserve_exact(records),
            Role::Releases => parts.survey.releases.reserve_exact(records),
            _ => {}
        }
        parts
    }

    /// Adds the parts that come after these.
    pub(crate) fn append(&mut self, mut more: Self) {
        self.survey.append(more.survey);
        self.findings.append(&mut more.findings);
        self.used += more.used;
        self.repaired += more.repaired;
        self.set_aside += more.set_aside;
    }
}

/// A feature on its way to becoming a record.
pub(super) struct Draft<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) feature: Feature,
    pub(super) origin: Origin,
    pub(super) id: String,
    repaired: bool,
    /// The date of a record where dates are ignored.
    ignored_date: Option<Date>,
    findings: Vec<Finding>,
}

/// Why a record is set aside: the finding's code and words.
pub(super) type Lost = (Code, String);

/// Turns a feature into a record, or sets it aside; counts it exactly once.
pub(super) fn understand(context: &Context<'_>, placer: &Placer, mut feature: Feature, parts: &mut Parts) {
    let shape = std::mem::replace(&mut feature.shape, Shape::Missing);
    let origin = Origin { layer: context.layer, feature: feature.number };
    let id = match context.fields.value(&feature, Meaning::Id) {
        Some(value) => words::text(value),
        None => feature.id.clone().unwrap_or_else(|| feature.number.to_string()),
    };
    let mut draft = Draft { context, feature, origin, id, repaired: false, ignored_date: None, findings: Vec::new() };
    draft.take_notes();
    let ground = match shape {
        Shape::Missing => Err((Code::MissingGeometry, "the record has no geometry".to_owned(), None)),
        Shape::Unreadable { why, bounds } => {
            let bounds = bounds.and_then(|b| placer.place_box(b));
            Err((Code::UnreadableGeometry, format!("the geometry can't be read: {why}"), bounds))
        }
        Shape::Geometry(geometry) => placer.place(geometry).map_err(|(why, own)| {
            let bounds = own.and_then(|b| placer.place_box(b));
            (Code::BadCoordinates, format!("a coordinate can't be brought to WGS 84: {why}"), bounds)
        }),
    };
    let (placed, lost, stated) = match ground {
        Ok(ground) => (ground, None, None),
        Err((code, why, bounds)) => (Ground::default(), Some((code, why)), bounds),
    };
    // Most records are in order, and nobody asks for their box.
    let bounds = || stated.or_else(|| placed.bounds());
    let ground = lost.map_or(Ok(&placed), Err);
    let made = match context.role {
        Role::Hazards => draft.hazard(ground, bounds, parts),
        Role::Releases => draft.release(ground, parts),
        Role::Districts => draft.district(ground, parts),
        Role::Zones => draft.zone(ground, parts),
        Role::Incidents => draft.incident(ground, parts),
        Role::Exposure => ground.and_then(|g| draft.exposed(g)).map(|e| parts.survey.exposures.push(e)),
        Role::Coverage => {
            ground.and_then(|g| draft.area(g)).map(|f| parts.survey.coverage.get_or_insert_default().push(f))
        }
    };
    parts.survey.other_dates.extend(draft.ignored_date);
    match made {
        Ok(()) if draft.repaired => parts.repaired += 1,
        Ok(()) => parts.used += 1,
        Err((code, why)) => {
            parts.set_aside += 1;
            let kept = if context.role == Role::Hazards {
                "; the record was set aside and counts as a hazard that could not be placed"
            } else {
                "; the record was set aside"
            };
            draft.find(code, format!("{why}{kept}"));
        }
    }
    // Every finding about a record that has a place says where, so that it can be looked at on a map.
    if draft.findings.iter().any(|f| f.place.is_none()) {
        let place = bounds().map(|[low, high]| Place::Box(low, high));
        draft.findings.iter_mut().filter(|f| f.place.is_none()).for_each(|f| f.place = place);
    }
    parts.findings.append(&mut draft.findings);
}

impl Draft<'_> {
    fn finding(&self, code: Code, message: impl Into<String>) -> Finding {
        Finding::of(code, self.origin, &self.id, message)
    }

    pub(super) fn find(&mut self, code: Code, message: impl Into<String>) {
        let finding = self.finding(code, message);
        self.findings.push(finding);
    }

    /// What the reader noticed.
    fn take_notes(&mut self) {
        for note in std::mem::take(&mut self.feature.notes) {
            if note == UNCLOSED {
                self.repaired = true;
                self.find(Code::UnclosedRing, "a ring's last point was not its first; the ring was closed");
            } else {
                self.find(Code::ReaderNote, note);
            }
        }
    }

    pub(super) fn text(&self, meaning: Meaning) -> Option<String> {
        self.context.fields.value(&self.feature, meaning).map(words::text)
    }

    fn hazard(
        &mut self,
        ground: Result<&Ground, Lost>,
        bounds: impl Fn() -> Option<[Point; 2]>,
        parts: &mut Parts,
    ) -> Result<(), Lost> {
        let class = self.class();
        let date = self.date(true).unwrap_or_default();
        let accuracy_m = self.amount(Meaning::Accuracy);
        let stated_area_m2 = self.amount(Meaning::StatedArea);
        let ground = ground.and_then(|ground| {
            if ground.polygons.is_empty() && !ground.points.is_empty() && ground.lines.is_empty() {
                return self.points(&ground.points).map(HazardGround::Points);
            }
            self.area(ground).map(HazardGround::Area)
        });
        let (origin, id) = (self.origin, self.id.clone());
        match ground {
            Ok(ground) => {
                let fate = self.fate();
                let hazard = Hazard { origin, id: id.into(), class, date, accuracy_m, stated_area_m2, fate, ground };
                self.close(&hazard, parts);
                parts.survey.hazards.push(hazard);
                Ok(())
            }
            Err(lost) => {
                parts.survey.other_dates.extend(date);
                parts.survey.lost_hazards.push(LostHazard { origin, id, stated_area_m2, bounds: bounds() });
                Err(lost)
            }
        }
    }

    fn release(&mut self, ground: Result<&Ground, Lost>, parts: &mut Parts) -> Result<(), Lost> {
        let kind = self.kind();
        let date = self.date(false);
        let stated_area_m2 = self.amount(Meaning::StatedArea);
        let mut devices = [0; DEVICES.len()];
        for (i, devices) in devices.iter_mut().enumerate() {
            *devices = self.count(Meaning::Device(i));
        }
        let value = |meaning| self.context.fields.value(&self.feature, meaning);
        let word = |meaning| value(meaning).map(|value| words::spelt(value).trim().to_owned());
        let (operator, method, task) = (word(Meaning::Operator), word(Meaning::Method), word(Meaning::Task));
        let work = parts.shared(Work { operator, method, task });
        let ground = ground.and_then(|ground| self.area(ground));
        let (origin, id) = (self.origin, self.id.clone());
        let known = date.as_ref().ok().copied().flatten();
        let made = (|| Ok((ground?, kind?, date?)))();
        match made {
            Ok((ground, kind, date)) => {
                let fate = self.fate();
                parts.survey.releases.push(Release {
                    origin,
                    id: id.into(),
                    kind,
                    date,
                    devices: devices.into(),
                    work,
                    stated_area_m2,
                    fate,
                    ground,
                });
                Ok(())
            }
            Err(lost) => {
                parts.survey.other_dates.extend(known);
                parts.survey.lost_releases.push(LostRelease { origin, id, stated_area_m2, work });
                Err(lost)
            }
        }
    }

    fn district(&mut self, ground: Result<&Ground, Lost>, parts: &mut Parts) -> Result<(), Lost> {
        let key = self.text(Meaning::Alias);
        let alias = self.context.aliases.zip(key).and_then(|(aliases, key)| aliases.of(&key));
        let (given_name, given_code) = (self.text(Meaning::Name), self.text(Meaning::Code));
        let name = alias.and_then(|a| a.name.clone()).or_else(|| given_name.clone());
        // The total has this code in the tables.
        let stated = alias.and_then(|a| a.code.clone()).or_else(|| given_code.clone()).filter(|code| code != "*");
        let code = match stated {
            Some(code) => code,
            None => {
                let stand_in = self.id.clone();
                self.find(Code::MissingCode, format!("the district has no code; \"{stand_in}\" stands in"));
                stand_in
            }
        };
        self.id.clone_from(&code);
        if let Some(alias) = alias {
            let word = |t: &Option<String>| t.clone().unwrap_or_else(|| "nothing".to_owned());
            let text = format!(
                "the layer calls this district {} ({}); by the alias table it is {} ({}): {}",
                word(&given_name),
                word(&given_code),
                word(&name),
                code,
                alias.reason
            );
            self.find(Code::Alias, text);
        }
        let validity = self.validity();
        let ground = self.area(ground?)?;
        let name = name.unwrap_or_else(|| code.clone());
        parts.survey.districts.push(District { origin: self.origin, code, name, validity, ground });
        Ok(())
    }

    /// From when to when a version of a district is valid. What can't be read bounds nothing: the land then has a
    /// district too many rather than none.
    fn validity(&mut self) -> Validity {
        let mut day = |meaning: Meaning, first: bool| {
            let value = self.context.fields.value(&self.feature, meaning)?;
            let (read, text) = (words::date(value), words::text(value));
            match read {
                ReadDate::Day(day) => Some(day),
                ReadDate::Partial(start, end) => {
                    let (day, which) = if first { (start, "first") } else { (end, "last") };
                    self.find(
                        Code::PartialDate,
                        format!("the date of validity \"{text}\" is partial; its {which} day {day} was taken"),
                    );
                    Some(day)
                }
                ReadDate::Unreadable => {
                    self.repaired = true;
                    let text = format!(
                        "the date of validity \"{text}\" can't be read; the district is used as valid without it"
                    );
                    self.find(Code::UnreadableDate, text);
                    None
                }
            }
        };
        let (from, to) = (day(Meaning::ValidFrom, true), day(Meaning::ValidTo, false));
        if let (Some(first), Some(last)) = (from, to)
            && first > last
        {
            self.repaired = true;
            let text = format!(
                "the district would be valid from {first} to {last}, which is no time; it is used as valid without these \
                 dates"
            );
            self.find(Code::UnreadableDate, text);
            return Validity::default();
        }
        Validity { from, to }
    }

    fn zone(&mut self, ground: Result<&Ground, Lost>, parts: &mut Parts) -> Result<(), Lost> {
        let name = self.text(Meaning::Name).unwrap_or_default();
        let radius = self.amount(Meaning::Radius);
        let (people, homes) = (self.amount(Meaning::People), self.amount(Meaning::Homes));
        let ground = ground?;
        let ground = if !ground.polygons.is_empty() {
            self.area(ground)?
        } else {
            let radius = radius.filter(|&r| r > 0.0);
            let Some(radius) = radius.filter(|_| !ground.points.is_empty() || !ground.lines.is_empty()) else {
                let empty = ground.points.is_empty() && ground.lines.is_empty();
                return Err(if empty {
                    (Code::NoArea, "the geometry is empty".to_owned())
                } else {
                    (Code::MissingRadius, "a zone given as a point or line needs a radius_m above 0".to_owned())
                });
            };
            let parts = ground.points.iter().map(|&p| disc(p, radius));
            let parts = parts.chain(ground.lines.iter().map(|line| corridor(line, radius)));
            let parts: Vec<Footprint> = parts.collect::<Result<_, _>>().map_err(no_footprint)?;
            joined(parts).ok_or_else(|| no_footprint(NoFootprint::NoArea))?
        };
        parts.survey.zones.push(Zone { origin: self.origin, id: self.id.clone(), name, ground, people, homes });
        Ok(())
    }

    fn incident(&mut self, ground: Result<&Ground, Lost>, parts: &mut Parts) -> Result<(), Lost> {
        let date = match self.read_date() {
            Some(ReadDate::Day(day)) => Some(day),
            Some(ReadDate::Partial(first, _)) => {
                self.find(Code::PartialDate, format!("the date is partial; {first} was taken"));
                Some(first)
            }
            Some(ReadDate::Unreadable) => {
                let value = self.text(Meaning::Date).unwrap_or_default();
                self.repaired = true;
                self.find(
                    Code::UnreadableDate,
                    format!("the date \"{value}\" can't be read; the incident counts as undated"),
                );
                None
            }
            None => None,
        };
        self.doubt_future(date);
        let (killed, injured) = (self.count(Meaning::Killed), self.count(Meaning::Injured));
        let points = ground.and_then(|ground| self.points(&ground.points));
        if points.is_err() {
            parts.survey.other_dates.extend(date);
        }
        let points = points?;
        let [place] = points[..] else {
            return Err((Code::WrongGeometry, format!("an incident is one point; this one has {}", points.len())));
        };
        let (origin, id) = (self.origin, self.id.clone());
        parts.survey.incidents.push(Incident { origin, id, date, killed, injured, place });
        Ok(())
    }

    fn fate(&self) -> Fate {
        if self.repaired { Fate::Repaired } else { Fate::Used }
    }

    /// The class of a hazard; what is not understood counts as suspected.
    fn class(&mut self) -> HazardClass {
        let context = self.context;
        let Some(field) = context.fields.name(Meaning::Class) else {
            return context.spec.class.unwrap_or(HazardClass::Suspected);
        };
        let value = context.fields.value(&self.feature, Meaning::Class);
        if let Some(class) = value.and_then(|value| words::class(value, &context.spec.mapping.values)) {
            return class;
        }
        let value = self.text(Meaning::Class).unwrap_or_default();
        self.repaired = true;
        self.find(
            Code::UnknownClass,
            format!("the class \"{value}\" in field {field} is not understood; the hazard is used as suspected"),
        );
        HazardClass::Suspected
    }

    fn kind(&mut self) -> Result<crate::records::ReleaseKind, Lost> {
        let Some(field) = self.context.fields.name(Meaning::Kind) else {
            let none = || (Code::UnknownKind, "the layer does not say how its land was released".to_owned());
            return self.context.spec.kind.ok_or_else(none);
        };
        let value = self.context.fields.value(&self.feature, Meaning::Kind);
        value.and_then(|value| words::kind(value, &self.context.spec.mapping.values)).ok_or_else(|| {
            let value = self.text(Meaning::Kind).unwrap_or_default();
            (Code::UnknownKind, format!("the kind \"{value}\" in field {field} is not understood"))
        })
    }

    fn read_date(&self) -> Option<ReadDate> {
        self.context.fields.value(&self.feature, Meaning::Date).map(words::date)
    }

    /// The date of a hazard or release: a hazard's first day, a release's last day of a partial one. An unreadable one
    /// leaves a hazard undated and sets a release aside.
    fn date(&mut self, hazard: bool) -> Result<Option<Date>, Lost> {
        if self.context.dates == DatePolicy::Ignore {
            // The date counts for nothing but how far the data reach.
            self.ignored_date = match self.read_date() {
                Some(ReadDate::Day(day)) => Some(day),
                Some(ReadDate::Partial(first, last)) => Some(if hazard { first } else { last }),
                Some(ReadDate::Unreadable) | None => None,
            };
            return Ok(None);
        }
        let spelt = |draft: &Self| draft.text(Meaning::Date).unwrap_or_default();
        let date = match self.read_date() {
            None => None,
            Some(ReadDate::Day(day)) => Some(day),
            Some(ReadDate::Partial(first, last)) => {
                let day = if hazard { first } else { last };
                let which = if hazard { "first" } else { "last" };
                self.find(
                    Code::PartialDate,
                    format!("the date \"{}\" is partial; its {which} day {day} was taken", spelt(self)),
                );
                Some(day)
            }
            Some(ReadDate::Unreadable) if hazard => {
                self.repaired = true;
                self.find(
                    Code::UnreadableDate,
                    format!("the date \"{}\" can't be read; the hazard is used as undated", spelt(self)),
                );
                None
            }
            Some(ReadDate::Unreadable) => {
                return Err((Code::UnreadableDate, format!("the date \"{}\" can't be read", spelt(self))));
            }
        };
        self.doubt_future(date);
        Ok(date)
    }

    pub(super) fn doubt_future(&mut self, date: Option<Date>) {
        if let Some(date) = date.filter(|&d| d > self.context.today) {
            self.find(Code::FutureDate, format!("the date {date} lies after the day of this run"));
        }
    }

    /// A number, or nothing with a finding.
    fn amount(&mut self, meaning: Meaning) -> Option<f64> {
        let value = self.context.fields.value(&self.feature, meaning)?;
        let amount = words::amount(value);
        if amount.is_none() {
            let (field, value) = (self.context.fields.name(meaning).unwrap_or_default().to_owned(), words::text(value));
            self.find(
                Code::UnreadableNumber,
                format!("\"{value}\" in field {field} is not a number of 0 or more; it was left out"),
            );
        }
        amount
    }

    fn count(&mut self, meaning: Meaning) -> u64 {
        let Some(value) = self.context.fields.value(&self.feature, meaning) else { return 0 };
        if let Some(count) = words::count(value) {
            return count;
        }
        let (field, value) = (self.context.fields.name(meaning).unwrap_or_default().to_owned(), words::text(value));
        self.find(
            Code::UnreadableNumber,
            format!("\"{value}\" in field {field} is not a whole number of 0 or more; it was left out"),
        );
        0
    }

    /// The footprint of a record's polygons; other parts are left out with a finding.
    fn area(&mut self, ground: &Ground) -> Result<Footprint, Lost> {
        if ground.polygons.is_empty() {
            let other = if !ground.lines.is_empty() {
                "a line"
            } else if !ground.points.is_empty() {
                "a point"
            } else {
                return Err((Code::NoArea, "the geometry is empty".to_owned()));
            };
            return Err((Code::WrongGeometry, format!("a polygon is needed here, and the geometry is {other}")));
        }
        let others = ground.lines.len() + ground.points.len();
        if others > 0 {
            self.repaired = true;
            self.find(Code::MixedGeometry, format!("{others} parts that are points or lines were left out"));
        }
        self.footprint(ground)
    }

    /// The footprint of polygons, with findings about what was put right.
    pub(super) fn footprint(&mut self, ground: &Ground) -> Result<Footprint, Lost> {
        // Should the program fail on rings from strangers, one record is lost and not the run.
        let limits = self.context.limits;
        let made = catch_unwind(AssertUnwindSafe(|| Footprint::within(&ground.polygons, &limits.budget())));
        let failed = |_| (Code::UnreadableGeometry, "the rings can't be mended: the program failed on them".to_owned());
        let (footprint, defects) = made.map_err(failed)?.map_err(|why| match why {
            NoFootprint::TooManyCorners(corners) => {
                let limit = limits.reached(Limit::Corners);
                (
                    Code::UnreadableGeometry,
                    format!("the geometry has {corners} corners, more than a record may; {limit}"),
                )
            }
            NoFootprint::TooManyCrossings(_) => {
                let limit = limits.reached(Limit::Crossings);
                (
                    Code::UnreadableGeometry,
                    format!("its rings cross, touch or lie over each other too often to be judged; {limit}"),
                )
            }
            other => no_footprint(other),
        })?;
        for defect in defects {
            self.defect(&defect);
        }
        Ok(footprint)
    }

    fn defect(&mut self, defect: &Defect) {
        self.repaired |= defect.is_repair();
        let finding = match *defect {
            Defect::Unclosed { rings } => {
                self.finding(Code::UnclosedRing, format!("{rings} rings were not closed; they were closed"))
            }
            Defect::NoArea { rings } => {
                self.finding(Code::RingWithoutArea, format!("{rings} rings without area were left out"))
            }
            Defect::LongEdge { edges } => self.finding(
                Code::LongEdge,
                format!("{edges} edges of more than 180 degrees of longitude were led the short way round"),
            ),
            Defect::RoundPole { north } => {
                let pole = if north { "North" } else { "South" };
                self.finding(Code::RoundPole, format!("a ring goes round the {pole} Pole and was closed over it"))
            }
            Defect::Invalid { at, area_m2, even_odd_m2 } => {
                let differ = (area_m2 - even_odd_m2).abs();
                let text = if differ > 1e-4 {
                    format!(
                        "the geometry is not valid by OGC Simple Features; by the ring rule it covers {area_m2:.1} m2, by \
                         the even-odd rule it would cover {even_odd_m2:.1} m2"
                    )
                } else {
                    format!(
                        "the geometry is not valid by OGC Simple Features; by the ring rule it covers {area_m2:.1} m2, and \
                         the same by the even-odd rule"
                    )
                };
                self.finding(Code::InvalidGeometry, text).area(differ).at(Place::Point(at))
            }
        };
        self.findings.push(finding);
    }

    pub(super) fn points(&self, points: &[[f64; 2]]) -> Result<Vec<Point>, Lost> {
        if points.is_empty() {
            return Err((Code::WrongGeometry, "a point is needed here, and the geometry has none".to_owned()));
        }
        points
            .iter()
            .map(|&[x, y]| {
                if !(x.is_finite() && y.is_finite()) {
                    Err(no_footprint(NoFootprint::NotFinite))
                } else if x.abs() > 180.0 || y.abs() > 90.0 {
                    Err(no_footprint(NoFootprint::NotOnEarth([x, y])))
                } else {
                    Ok(Point::from_degrees(x, y))
                }
            })
            .collect()
    }
}

/// Several footprints as one.
fn joined(mut parts: Vec<Footprint>) -> Option<Footprint> {
    if parts.len() == 1 { parts.pop() } else { Footprint::joined(&parts) }
}

fn no_footprint(why: NoFootprint) -> Lost {
    match why {
        NoFootprint::Empty => (Code::NoArea, "the geometry is empty".to_owned()),
        NoFootprint::NoArea => (
            Code::NoArea,
            "the geometry encloses no area: fewer than three distinct points, or all on a line".to_owned(),
        ),
        NoFootprint::TooManyCorners(_) | NoFootprint::TooManyCrossings(_) => {
            (Code::UnreadableGeometry, "the geometry has too many corners, or its rings cross too often".to_owned())
        }
        NoFootprint::Torn => {
            (Code::UnreadableGeometry, "its rings can't be mended: the program failed on them".to_owned())
        }
        NoFootprint::NotFinite => (Code::BadCoordinates, "a coordinate is not a finite number".to_owned()),
        NoFootprint::NotOnEarth([x, y]) => (
            Code::BadCoordinates,
            format!("the coordinate ({x}, {y}) is not on Earth; check the layer's CRS and the order of its axes"),
        ),
    }
}
