//! The records that are accounted for: what a survey says, in the terms of IMAS 04.10 and 07.11.

use std::ops::Deref;
use std::sync::Arc;

use jiff::civil::Date;
use remnant_geometry::{Footprint, Point};

/// The class of a hazardous area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HazardClass {
    /// Suspected hazardous area (SHA): indirect evidence.
    Suspected,
    /// Confirmed hazardous area (CHA): direct evidence.
    Confirmed,
}

/// The way in which land was released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReleaseKind {
    /// Cleared to a specified depth.
    Cleared,
    /// Reduced by technical survey.
    Reduced,
    /// Cancelled by non-technical survey.
    Cancelled,
}

/// Where a record came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Origin {
    /// The layer's number in the order of the call.
    pub layer: u32,
    /// The feature's number in its file, from 1.
    pub feature: u64,
}

/// What became of an input record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Used as it is.
    Used,
    /// Used after something in it was put right; a finding says what.
    Repaired,
    /// Not used; a finding says why.
    SetAside,
}

impl Fate {
    /// The word for it in the outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Repaired => "repaired",
            Self::SetAside => "set-aside",
        }
    }
}

/// The ground of a hazardous area.
#[derive(Debug, Clone, PartialEq)]
pub enum HazardGround {
    /// A polygon.
    Area(Footprint),
    /// Evidence points: no area, but not nothing either.
    Points(Vec<Point>),
}

/// A hazardous area.
#[derive(Debug, Clone, PartialEq)]
pub struct Hazard {
    /// Where it came from.
    pub origin: Origin,
    /// Its id as text.
    pub id: Box<str>,
    /// Its class.
    pub class: HazardClass,
    /// The date on which it was recorded.
    pub date: Option<Date>,
    /// The positional accuracy in metres, where stated.
    pub accuracy_m: Option<f64>,
    /// The area that the source states, in m2.
    pub stated_area_m2: Option<f64>,
    /// Used or repaired.
    pub fate: Fate,
    /// Its ground.
    pub ground: HazardGround,
}

/// A hazard that could not be used: it releases nothing, and may lie wherever it may lie.
#[derive(Debug, Clone, PartialEq)]
pub struct LostHazard {
    /// Where it came from.
    pub origin: Origin,
    /// Its id as text.
    pub id: String,
    /// The area that the source states, in m2.
    pub stated_area_m2: Option<f64>,
    /// The south-west and the north-east corner of the box of its readable coordinates, the first one farther east where
    /// the box crosses the antimeridian; `None` where it could lie anywhere.
    pub bounds: Option<[Point; 2]>,
}

/// The numbers of explosive items that a release found, in the order of [`DEVICES`].
pub type DeviceCounts = [u64; DEVICES.len()];

/// The devices that a release found. Most find none, and take no room for them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Devices(Option<Box<DeviceCounts>>);

impl From<DeviceCounts> for Devices {
    fn from(counts: DeviceCounts) -> Self {
        Self(counts.iter().any(|&n| n > 0).then(|| Box::new(counts)))
    }
}

impl Deref for Devices {
    type Target = DeviceCounts;

    fn deref(&self) -> &DeviceCounts {
        self.0.as_deref().unwrap_or(&[0; DEVICES.len()])
    }
}

/// The types of devices, as input fields and output columns are named.
pub const DEVICES: [&str; 6] = ["ap_mines", "av_mines", "erw", "uxo", "submunitions", "ied"];

/// Who released land, how, and in which task; each as the source spells it, without blanks around it. Records share it
/// where they can, as hardly any is one of a kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Work {
    /// The operator.
    pub operator: Option<String>,
    /// The method.
    pub method: Option<String>,
    /// The task that the release reports on: reports of its progress and of its completion share one.
    pub task: Option<String>,
}

/// A land release.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    /// Where it came from.
    pub origin: Origin,
    /// Its id as text.
    pub id: Box<str>,
    /// How the land was released.
    pub kind: ReleaseKind,
    /// The date of completion.
    pub date: Option<Date>,
    /// Devices found.
    pub devices: Devices,
    /// Who released it, how, and in which task.
    pub work: Arc<Work>,
    /// The area that the source states, in m2.
    pub stated_area_m2: Option<f64>,
    /// Used or repaired.
    pub fate: Fate,
    /// Its ground.
    pub ground: Footprint,
}

/// A release that could not be used: it releases nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct LostRelease {
    /// Where it came from.
    pub origin: Origin,
    /// Its id as text.
    pub id: String,
    /// The area that the source states, in m2.
    pub stated_area_m2: Option<f64>,
    /// Who released it, how, and in which task.
    pub work: Arc<Work>,
}

/// From which day to which a version of a district is valid, both days included; open where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Validity {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
}

/// A district, or a version of one; several with one code that are valid on one day are one district.
#[derive(Debug, Clone, PartialEq)]
pub struct District {
    /// Where it came from.
    pub origin: Origin,
    /// Its code (P-code where there is one).
    pub code: String,
    /// Its name.
    pub name: String,
    /// When it is valid.
    pub validity: Validity,
    /// Its ground.
    pub ground: Footprint,
}

/// A settlement zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    /// Where it came from.
    pub origin: Origin,
    /// Its id as text.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its ground: a polygon, a geodesic disc or a corridor.
    pub ground: Footprint,
    /// People who live there or would return, where the layer says.
    pub people: Option<f64>,
    /// Homes, where the layer says.
    pub homes: Option<f64>,
}

/// Something that people use: a road, a field, a school, a well.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposed {
    /// Where it came from.
    pub origin: Origin,
    /// Its id as text.
    pub id: String,
    /// What it is, in lower case: `roads`, `farmland`, `schools`...
    pub theme: String,
    /// Its polygons.
    pub area: Option<Footprint>,
    /// Its lines, each of at least two different points, straight in longitude and latitude between them; cut at the
    /// antimeridian.
    pub lines: Vec<Vec<Point>>,
    /// Its points.
    pub points: Vec<Point>,
}

/// An incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Where it came from.
    pub origin: Origin,
    /// Its id as text.
    pub id: String,
    /// When it happened; undated ones always count.
    pub date: Option<Date>,
    /// People killed.
    pub killed: u64,
    /// People injured.
    pub injured: u64,
    /// Where.
    pub place: Point,
}

/// Everything that one run accounts for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Survey {
    /// Hazardous areas.
    pub hazards: Vec<Hazard>,
    /// Hazards that were set aside.
    pub lost_hazards: Vec<LostHazard>,
    /// Land releases.
    pub releases: Vec<Release>,
    /// Releases that were set aside.
    pub lost_releases: Vec<LostRelease>,
    /// Districts.
    pub districts: Vec<District>,
    /// Settlement zones.
    pub zones: Vec<Zone>,
    /// Incidents.
    pub incidents: Vec<Incident>,
    /// What people use.
    pub exposures: Vec<Exposed>,
    /// The themes of the layers of what people use, also of those without a record that can be used.
    pub themes: Vec<String>,
    /// Dates of records that were set aside, or whose dates are ignored: they too say how far the data reach.
    pub other_dates: Vec<Date>,
    /// What the survey claims to cover; `None` where no coverage layer is given.
    pub coverage: Option<Vec<Footprint>>,
}

/// Dates from which on each is held once: there are hardly more days than this since records began.
const MANY_DATES: usize = 1 << 15;

impl Survey {
    /// Adds the records that come after these.
    pub(crate) fn append(&mut self, more: Self) {
        fn append<T>(all: &mut Vec<T>, mut more: Vec<T>) {
            if all.capacity() == 0 { *all = more } else { all.append(&mut more) }
        }
        append(&mut self.hazards, more.hazards);
        append(&mut self.lost_hazards, more.lost_hazards);
        append(&mut self.releases, more.releases);
        append(&mut self.lost_releases, more.lost_releases);
        append(&mut self.districts, more.districts);
        append(&mut self.zones, more.zones);
        append(&mut self.incidents, more.incidents);
        append(&mut self.exposures, more.exposures);
        append(&mut self.themes, more.themes);
        let dates = &mut self.other_dates;
        // Only where the list would have to grow, so that it is put in order a few times at most.
        if dates.len() + more.other_dates.len() > dates.capacity().max(MANY_DATES) {
            dates.sort_unstable();
            dates.dedup();
        }
        append(dates, more.other_dates);
        if let Some(coverage) = more.coverage {
            append(self.coverage.get_or_insert_default(), coverage);
        }
    }
}
