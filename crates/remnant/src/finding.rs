//! Defects of the data: each with a code, a place, words for a person, and the area that hangs on it.

use remnant_geometry::Point;

use crate::records::Origin;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A record could not be understood or used.
    Error,
    /// A figure may hang on it.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// The word for it in the outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $severity:ident;)+) => {
        /// The kind of a finding. The table is the whole list: code in the outputs, severity, meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The code as the outputs spell it.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// How much it matters.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }

            /// What it means.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

codes! {
    /// A record without a geometry was set aside.
    MissingGeometry = "missing-geometry", Error;
    /// A record whose geometry can't be read was set aside.
    UnreadableGeometry = "unreadable-geometry", Error;
    /// A record with coordinates that are not finite, not on Earth or can't be transformed was set aside.
    BadCoordinates = "bad-coordinates", Error;
    /// A record that encloses no area was set aside.
    NoArea = "no-area", Error;
    /// A record with the wrong kind of geometry for its layer was set aside.
    WrongGeometry = "wrong-geometry", Error;
    /// A geometry that is not valid by OGC Simple Features was read by the ring rule.
    InvalidGeometry = "invalid-geometry", Warning;
    /// A ring that was not closed was closed.
    UnclosedRing = "unclosed-ring", Warning;
    /// A ring without area beside others was left out.
    RingWithoutArea = "ring-without-area", Warning;
    /// Parts of a geometry that are not polygons were left out.
    MixedGeometry = "mixed-geometry", Warning;
    /// An edge of more than 180 degrees of longitude was led the short way round.
    LongEdge = "long-edge", Warning;
    /// A ring that goes round a pole was closed over it.
    RoundPole = "round-pole", Warning;
    /// A hazard whose class is not understood is used as suspected.
    UnknownClass = "unknown-class", Error;
    /// A hazard layer without a class field is used as suspected.
    NoClassField = "no-class-field", Warning;
    /// A release whose kind is not understood was set aside.
    UnknownKind = "unknown-kind", Error;
    /// A date that can't be read: a hazard is used as undated, a release is set aside, a district is valid without it.
    UnreadableDate = "unreadable-date", Error;
    /// A partial date was taken as a hazard's first, or a release's last day.
    PartialDate = "partial-date", Info;
    /// A date lies after the day of the run.
    FutureDate = "future-date", Warning;
    /// A number that can't be read was left out.
    UnreadableNumber = "unreadable-number", Warning;
    /// A hazard is closed, and nothing says how its land was released: the land stays contaminated.
    ClosedWithoutRelease = "closed-without-release", Warning;
    /// A hazard is closed on land where another one of its layer is open: that land stays contaminated.
    ClosedOverOpen = "closed-over-open", Warning;
    /// The status of a hazard is not understood: the land stays contaminated.
    UnknownStatus = "unknown-status", Warning;
    /// Text looks as if it had been read in the wrong encoding.
    GarbledText = "garbled-text", Warning;
    /// Several records of a layer have one id.
    RepeatedId = "repeated-id", Warning;
    /// A record is an exact copy of another one.
    Duplicate = "duplicate", Info;
    /// A district without a code: its name or its number stands in.
    MissingCode = "missing-code", Warning;
    /// A zone given as a point or line without a radius was set aside.
    MissingRadius = "missing-radius", Error;
    /// A district's code or name was put right by the alias table.
    Alias = "alias", Info;
    /// A row of the alias table fits no feature.
    UnusedAlias = "unused-alias", Warning;
    /// Districts overlap; the land belongs to the one whose code sorts first.
    DistrictsOverlap = "districts-overlap", Warning;
    /// No district layer was given.
    NoDistricts = "no-districts", Info;
    /// An undated release covers land under a later, dated hazard; the land stays contaminated.
    UndatedRelease = "undated-release", Warning;
    /// More than half of the released land lies outside any hazard.
    ReleasesOutside = "releases-outside-hazards", Warning;
    /// A layer has no coordinate reference system of its own.
    AssumedCrs = "assumed-crs", Warning;
    /// A layer was transformed by an operation of limited accuracy.
    CrsAccuracy = "crs-accuracy", Info;
    /// A layer could only be brought to WGS 84 coarsely; its places may be off by more than a few metres.
    CoarseShift = "coarse-datum-shift", Warning;
    /// The coordinates look as if longitude and latitude were swapped, or the CRS were wrong.
    SuspiciousPlace = "suspicious-place", Warning;
    /// The reader noticed something about a feature or layer.
    ReaderNote = "reader-note", Info;
    /// A stated area differs from the geometry's by more than a tenth.
    StatedAreaDiffers = "stated-area-differs", Info;
    /// An incident lies outside every recorded hazard.
    IncidentOutside = "incident-outside-hazards", Warning;
    /// A layer holds no features.
    EmptyLayer = "empty-layer", Warning;
    /// The series does not begin where it should.
    SeriesStart = "series-start", Warning;
    /// Districts that are not valid on the day whose boundaries count.
    DistrictsNotValid = "districts-not-valid", Info;
    /// Ground of districts that are not valid lies in no district that is.
    BoundariesGap = "boundaries-gap", Warning;
    /// Land passed from one district to another within the time accounted for.
    BoundariesChange = "boundaries-change", Warning;
    /// Releases of one task state devices on the same ground: they may be counted twice.
    DevicesRepeated = "devices-repeated", Warning;
}

/// A defect, as it stands in findings.csv and findings.geojson.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What kind.
    pub code: Code,
    /// The record; feature 0 stands for the layer as a whole, `None` for the run as a whole.
    pub origin: Option<Origin>,
    /// The record's id, empty where there is none.
    pub id: String,
    /// What, why, and what was done about it.
    pub message: String,
    /// The area that hangs on it, in m2, where it is known.
    pub area_m2: Option<f64>,
    /// Where on the ground.
    pub place: Option<Place>,
}

/// Where a finding lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// At a point.
    Point(Point),
    /// Somewhere in a box, given by two opposite corners.
    Box(Point, Point),
}

impl Finding {
    /// A finding about a record.
    pub fn of(code: Code, origin: Origin, id: &str, message: impl Into<String>) -> Self {
        Self { code, origin: Some(origin), id: id.to_owned(), message: message.into(), area_m2: None, place: None }
    }

    /// A finding about a layer as a whole.
    pub fn of_layer(code: Code, layer: u32, message: impl Into<String>) -> Self {
        Self::of(code, Origin { layer, feature: 0 }, "", message)
    }

    /// A finding about the run as a whole.
    pub fn of_run(code: Code, message: impl Into<String>) -> Self {
        Self { code, origin: None, id: String::new(), message: message.into(), area_m2: None, place: None }
    }

    /// The same finding with the area that hangs on it.
    pub fn area(mut self, area_m2: f64) -> Self {
        self.area_m2 = Some(area_m2);
        self
    }

    /// The same finding with a place.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }
}
