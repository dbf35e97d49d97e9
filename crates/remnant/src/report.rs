//! The account: what every square metre counted as, in the terms of the outputs.

mod credit;
mod faces;
mod planning;
mod public;
mod records;
mod series;
mod treaty;

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};
use std::sync::Arc;

use jiff::civil::Date;
use remnant_geometry::{Area, Point, Polygons};

use crate::finding::Finding;
use crate::read::Digest;
use crate::records::{DeviceCounts, Fate, HazardClass, Origin, ReleaseKind, Work};
use crate::settings::Settings;
use crate::zone::{Reason, ZoneStatus};
pub use credit::{Credit, CreditSums, credit};
pub use faces::{Face, FaceRecord};
pub use planning::{Access, Criterion, Exposure, Plan, Priority, Stability, ToClear};
pub use records::{RecordFacts, Records, Shares};
pub use series::{Moment, Series, SeriesStep, Transition};
pub use treaty::{ByClass, ReleasedByClass, Treaty};

/// A published area in whole square centimetres, so that printed figures add up as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SquareMetres(i64);

impl SquareMetres {
    /// No area.
    pub const ZERO: Self = Self(0);
    /// Units in a square metre.
    pub const UNITS: i64 = 10_000;

    /// An exact area rounded to the nearest square centimetre.
    pub fn rounded(area: Area) -> Self {
        const UNIT: i64 = (remnant_geometry::plane::AREA_UNITS_PER_M2 / SquareMetres::UNITS as i128) as i64;
        let units = area.units() + i128::from(UNIT / 2);
        // Nearly all land is of records, whose units fit into a word, and words are divided a lot faster.
        match i64::try_from(units) {
            Ok(units) => Self(units.div_euclid(UNIT)),
            // Land on Earth is below 5.2e14 m2, which is below 2^63 square centimetres.
            Err(_) => Self(units.div_euclid(i128::from(UNIT)) as i64),
        }
    }

    /// So many square centimetres.
    pub fn from_square_centimetres(units: i64) -> Self {
        Self(units)
    }

    /// The number of square centimetres.
    pub fn square_centimetres(self) -> i64 {
        self.0
    }

    /// The area in m2; exact up to 9e11 m2.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / Self::UNITS as f64
    }
}

impl fmt::Display for SquareMetres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.unsigned_abs() / 10_000, self.0.unsigned_abs() % 10_000);
        f.pad(&format!("{sign}{whole}.{rest:04}"))
    }
}

impl Add for SquareMetres {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for SquareMetres {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl AddAssign for SquareMetres {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for SquareMetres {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

/// Land by its state at one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct States {
    /// Contaminated, by indirect evidence only.
    pub suspected: SquareMetres,
    /// Contaminated, by direct evidence.
    pub confirmed: SquareMetres,
    /// Released by non-technical survey.
    pub cancelled: SquareMetres,
    /// Released by technical survey.
    pub reduced: SquareMetres,
    /// Released by clearance.
    pub cleared: SquareMetres,
}

impl States {
    /// Contaminated land.
    pub fn remaining(&self) -> SquareMetres {
        self.suspected + self.confirmed
    }

    /// Released land.
    pub fn released(&self) -> SquareMetres {
        self.cancelled + self.reduced + self.cleared
    }

    /// All land that was ever contaminated.
    pub fn baseline(&self) -> SquareMetres {
        self.remaining() + self.released()
    }

    /// Released land as a share of the baseline; `None` where there is none.
    pub fn released_share(&self) -> Option<f64> {
        let baseline = self.baseline();
        (baseline > SquareMetres::ZERO).then(|| self.released().as_f64() / baseline.as_f64())
    }
}

impl AddAssign for States {
    fn add_assign(&mut self, other: Self) {
        self.suspected += other.suspected;
        self.confirmed += other.confirmed;
        self.cancelled += other.cancelled;
        self.reduced += other.reduced;
        self.cleared += other.cleared;
    }
}

/// The flows of a period, in land and in records; a record counts from 1 m2 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Contaminated land at the end of the day before the period, and hazards live on it.
    pub opening: (SquareMetres, u64),
    /// Land that had never been contaminated, and the hazards that recorded it.
    pub newly_recorded: (SquareMetres, u64),
    /// Released land that was recorded again, and the hazards that recorded it.
    pub recontaminated: (SquareMetres, u64),
    /// Land cancelled, and the releases credited with it.
    pub cancelled: (SquareMetres, u64),
    /// Land reduced, and the releases credited with it.
    pub reduced: (SquareMetres, u64),
    /// Land cleared, and the releases credited with it.
    pub cleared: (SquareMetres, u64),
    /// Contaminated land at the end of the period, and hazards live on it.
    pub closing: (SquareMetres, u64),
}

impl Balance {
    /// Adds the land of another place. Records are left alone: one may lie in several places and is counted anew.
    pub(crate) fn add_land(&mut self, other: &Self) {
        self.opening.0 += other.opening.0;
        self.newly_recorded.0 += other.newly_recorded.0;
        self.recontaminated.0 += other.recontaminated.0;
        self.cancelled.0 += other.cancelled.0;
        self.reduced.0 += other.reduced.0;
        self.cleared.0 += other.cleared.0;
        self.closing.0 += other.closing.0;
    }
}

/// All figures of a district, of the land outside all districts, or of everything.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// The district's own area; for the land outside, the part of it that some record covers.
    pub area: SquareMetres,
    /// Land by state at the date of the account.
    pub states: States,
    /// Ground of releases where no hazard was recorded, each square metre once.
    pub release_outside_hazard: SquareMetres,
    /// Ground that a release covered when it was released already, each square metre once.
    pub repeated_release: SquareMetres,
    /// Hazards live on contaminated land.
    pub hazards: u64,
    /// Releases with effect.
    pub releases: u64,
    /// Open evidence points.
    pub evidence_points: u64,
    /// Devices found by releases with effect, in the order of [`crate::records::DEVICES`].
    pub devices: DeviceCounts,
    /// Incidents up to the date.
    pub incidents: u64,
    /// People killed in them.
    pub killed: u64,
    /// People injured in them.
    pub injured: u64,
    /// The balance of the period; without `since` it runs from the beginning, and opens with nothing.
    pub balance: Balance,
    /// Land by its state at the opening and at the closing of the period, without what never was recorded; empty
    /// without `since`.
    pub transitions: Vec<Transition>,
    /// The period by class, as treaty reports ask for it.
    pub treaty: Treaty,
    /// What people use and what of it lies on contaminated land, by theme.
    pub exposure: Vec<Exposure>,
}

/// A row of the district table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DistrictRow {
    /// The code; `None` for the land outside all districts.
    pub code: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The figures.
    pub figures: Figures,
    /// The district's shape, overlaps included (their land counts for the code that sorts first); empty without geometry.
    pub shape: Polygons,
}

/// A settlement zone with its status and the evidence for it.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneRow {
    /// Where it came from.
    pub origin: Origin,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The code of the district that holds the largest part of it.
    pub district: Option<String>,
    /// Its status.
    pub status: ZoneStatus,
    /// Why, in words, the weightiest first.
    pub reasons: Vec<String>,
    /// The same apart from words.
    pub because: Vec<Reason>,
    /// Its area.
    pub area: SquareMetres,
    /// Land in it by state.
    pub states: States,
    /// The share of it that is contaminated.
    pub contaminated_share: f64,
    /// Ids of the hazards live on at least 1 m2 of contaminated land in it, sorted.
    pub hazard_ids: Vec<String>,
    /// Geodesic distance to the nearest contaminated land in metres, 0 inside; `None` where nothing is contaminated.
    pub nearest_hazard_m: Option<f64>,
    /// The hazard live there.
    pub nearest_hazard_id: Option<String>,
    /// The compass bearing in degrees from the zone's border to that land, at the place where the two are nearest;
    /// `None` where it lies in the zone or touches it.
    pub nearest_hazard_bearing_deg: Option<f64>,
    /// Incidents by the date of the account in it and within [`INCIDENTS_WITHIN_M`]: their rows, each with its
    /// distance in metres (0 inside), the nearest first.
    pub incidents_near: Vec<(usize, f64)>,
    /// The latest date of a release credited with land in it.
    pub last_release: Option<Date>,
    /// Its shape.
    pub shape: Polygons,
    /// Its status with every hazard grown and shrunk; `None` where no hazard near it has an accuracy.
    pub stability: Option<Stability>,
    /// What people use in it and what of it lies on contaminated land, by theme.
    pub exposure: Vec<Exposure>,
    /// Whether it can be reached.
    pub access: Access,
    /// What must be dealt with until its status changes; `None` where nothing must.
    pub to_clear: Option<ToClear>,
    /// People who would return, where the layer says.
    pub people: Option<f64>,
    /// Homes, where the layer says.
    pub homes: Option<f64>,
}

/// How far about a zone incidents are listed, in metres.
pub const INCIDENTS_WITHIN_M: f64 = 1000.0;

/// An incident that counts by the date of the account.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentRow {
    /// Where it came from.
    pub origin: Origin,
    /// Its id.
    pub id: String,
    /// Its date.
    pub date: Option<Date>,
    /// People killed.
    pub killed: u64,
    /// People injured.
    pub injured: u64,
    /// Where.
    pub place: Point,
}

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    /// A hazardous area.
    Hazard(Option<HazardClass>),
    /// A land release.
    Release(Option<ReleaseKind>),
}

/// A hazard or release and what became of it. All areas are in m2.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordRow {
    /// What it is.
    pub kind: RecordKind,
    /// Where it came from.
    pub origin: Origin,
    /// Its id.
    pub id: String,
    /// Its date.
    pub date: Option<Date>,
    /// What became of it.
    pub fate: Fate,
    /// Whether it has effect by the date of the account.
    pub in_effect: bool,
    /// The area that the source states.
    pub stated_m2: Option<f64>,
    /// The area of its geometry; `None` for points and records set aside.
    pub geometry: Option<SquareMetres>,
    /// A release: land that it released.
    pub credited: SquareMetres,
    /// A release: land that was released already.
    pub repeated: SquareMetres,
    /// A release: land outside any recorded hazard.
    pub outside: SquareMetres,
    /// A hazard: land that it recorded, newly or again.
    pub recorded: SquareMetres,
    /// A hazard: land that was contaminated already.
    pub overlap: SquareMetres,
    /// A release: of `repeated` and `outside`, land that an earlier release of its task covers.
    pub within_task: SquareMetres,
    /// A release: who released it, how, and in which task.
    pub work: Arc<Work>,
}

/// What a record did in one district, or on the land outside all of them: the figures of districts, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordShare {
    /// The row of the record.
    pub record: usize,
    /// Where the record came from.
    pub origin: Origin,
    /// Its id.
    pub id: String,
    /// A mark of the record's whole shape: another one where it was redrawn.
    pub shape: u64,
    /// The row of the district; `None` for the land outside all districts.
    pub district: Option<usize>,
    /// Land there that the record covers.
    pub covered: SquareMetres,
    /// A hazard: land that had never been recorded.
    pub newly_recorded: SquareMetres,
    /// A hazard: released land that it recorded again.
    pub recontaminated: SquareMetres,
    /// A release: land that it released.
    pub credited: SquareMetres,
    /// A release: the part of it that had never been recorded, and counts as recorded at the same moment.
    pub recorded_and_released: SquareMetres,
    /// Land on which it changed nothing, or made suspected land confirmed.
    pub repeated: SquareMetres,
    /// A release: land outside any recorded hazard.
    pub outside: SquareMetres,
    /// What it adds to the remaining land of the district.
    pub to_remaining: SquareMetres,
    /// What it adds to the released land of the district.
    pub to_released: SquareMetres,
}

/// The shapes of one state of land in one district.
#[derive(Debug, Clone, PartialEq)]
pub struct LandShape {
    /// The district's row; `None` for the land outside all districts.
    pub district: Option<usize>,
    /// The state.
    pub state: LandState,
    /// Its area.
    pub area: SquareMetres,
    /// Its polygons, without overlaps.
    pub polygons: Polygons,
}

/// A state of land that is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LandState {
    /// Contaminated land by class.
    Contaminated(HazardClass),
    /// Released land by kind.
    Released(ReleaseKind),
}

/// A law that was checked in this run.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What must hold.
    pub name: String,
    /// Whether it does.
    pub holds: bool,
    /// By how much it fails; in m2 or records.
    pub difference: f64,
}

/// What the account rests on and says.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The settings, with the date of the account filled in.
    pub settings: Settings,
    /// The districts in order of their codes.
    pub districts: Vec<DistrictRow>,
    /// The land outside all districts.
    pub outside: DistrictRow,
    /// Everything.
    pub total: Figures,
    /// The zones in the order of their layers.
    pub zones: Vec<ZoneRow>,
    /// The account at many dates, where it is asked for.
    pub series: Option<Series>,
    /// What to clear next; `None` where no zone has land to be cleared.
    pub plan: Option<Plan>,
    /// The incidents that count by the date of the account, in the order of their layers.
    pub incidents: Vec<IncidentRow>,
    /// Hazards that were set aside and could lie anywhere.
    pub unplaced_hazards: u64,
    /// Every hazard and release, hazards first, in the order of their layers.
    pub records: Records,
    /// What every record did in every district, in the order of the records.
    pub shares: Shares,
    /// Contaminated and released land by district and state; empty without geometry.
    pub shapes: Vec<LandShape>,
    /// Every face that a record covers; empty unless the settings ask for them.
    pub faces: Vec<Face>,
    /// The defects of the data.
    pub findings: Vec<Finding>,
    /// The laws that were checked.
    pub checks: Vec<Check>,
}

/// What was read of one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// What it was read as.
    pub role: Role,
    /// The file as the caller named it.
    pub path: String,
    /// The layer's name.
    pub layer: String,
    /// The format's name.
    pub format: String,
    /// The CRS in words.
    pub crs: String,
    /// The coordinate operation to WGS 84 in words, with its accuracy in metres as text; empty where none was needed.
    pub operation: String,
    /// The operation's accuracy in metres, as text, where it is stated.
    pub accuracy_m: Option<String>,
    /// Every file with its SHA-256 in hexadecimal, the main one first.
    pub files: Vec<(String, String)>,
    /// Records read.
    pub records: u64,
    /// Records used as they are.
    pub used: u64,
    /// Records used after a repair.
    pub repaired: u64,
    /// Records set aside.
    pub set_aside: u64,
}

/// What a layer is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Hazardous areas.
    Hazards,
    /// Land releases.
    Releases,
    /// Districts.
    Districts,
    /// Settlement zones.
    Zones,
    /// Incidents.
    Incidents,
    /// What the survey claims to cover.
    Coverage,
    /// What people use: roads, farmland, schools...
    Exposure,
}

impl Role {
    /// The word for it in calls and outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hazards => "hazards",
            Self::Releases => "releases",
            Self::Districts => "districts",
            Self::Zones => "zones",
            Self::Incidents => "incidents",
            Self::Coverage => "coverage",
            Self::Exposure => "exposure",
        }
    }
}

/// How the run went: the only part of the outputs that may differ between two runs on the same input.
#[derive(Debug, Clone, PartialEq)]
pub struct RunFacts {
    /// When it began, RFC 3339 in UTC.
    pub started: String,
    /// How long it took.
    pub seconds: f64,
    /// The number of threads.
    pub threads: usize,
    /// The peak memory, where the system tells.
    pub peak_memory_bytes: Option<u64>,
}

/// Everything that is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The account.
    pub account: Account,
    /// What was read; `Origin::layer` counts in it.
    pub inputs: Vec<Input>,
    /// The files behind it: the report holds as long as they are what they were.
    pub sources: Vec<Digest>,
    /// How the run went.
    pub run: RunFacts,
}
