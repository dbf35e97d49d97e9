//! The status of a settlement zone: rules on figures, no geometry.

use std::fmt;

/// The status of a zone. No status says `safe`: a status speaks of records, not of ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ZoneStatus {
    /// Contaminated land or an open evidence point lies in it.
    Contaminated,
    /// Some lies within the safety distance or a hazard's positional accuracy.
    Near,
    /// Something that can't be placed could lie in it, or the survey does not claim to cover it.
    Unknown,
    /// Some land in it was contaminated once, and none is now.
    Released,
    /// Nothing is recorded.
    NoRecord,
}

impl ZoneStatus {
    /// Every status, the weightiest first.
    pub const ALL: [Self; 5] = [Self::Contaminated, Self::Near, Self::Unknown, Self::Released, Self::NoRecord];

    /// The word for it in the outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Contaminated => "contaminated",
            Self::Near => "near",
            Self::Unknown => "unknown",
            Self::Released => "released",
            Self::NoRecord => "no-record",
        }
    }
}

/// What the status of a zone hangs on. Areas in m2, distances in metres.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evidence {
    /// The zone's area.
    pub zone_m2: f64,
    /// Contaminated land in it.
    pub contaminated_m2: f64,
    /// Land in it that was ever contaminated.
    pub once_contaminated_m2: f64,
    /// Land in it that the survey does not claim to cover; 0 without a coverage layer.
    pub uncovered_m2: f64,
    /// Hazards live on contaminated land in it.
    pub hazard_ids: Vec<String>,
    /// Open evidence points in it.
    pub points_inside: Vec<String>,
    /// Open evidence points within the safety distance or their own accuracy, with their distances.
    pub points_near: Vec<(String, f64)>,
    /// How many open evidence points those are, inside and near.
    pub points_open: u64,
    /// The distance to the nearest contaminated land.
    pub nearest_m: Option<f64>,
    /// The safety distance.
    pub safety_m: f64,
    /// Hazards beyond the safety distance but within their own accuracy: id, distance, accuracy.
    pub near_by_accuracy: Vec<(String, f64, f64)>,
    /// Hazards that were set aside and could lie in it or within the safety distance.
    pub lost_hazards: Vec<String>,
}

/// Why a zone has its status: what was found, apart from the words for it. Areas in m2, distances in metres.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// Contaminated land lies in the zone, of these hazards.
    ContaminatedLand(f64, Vec<String>),
    /// Open evidence points lie in the zone.
    PointsInside(Vec<String>),
    /// Contaminated land lies at a distance, within the safety distance.
    LandNear(f64, f64),
    /// A hazard lies at a distance, within its positional accuracy.
    WithinAccuracy(String, f64, f64),
    /// The open evidence point of a hazard lies at a distance.
    PointNear(String, f64),
    /// Hazards that could not be used may lie there.
    LostHazards(Vec<String>),
    /// The survey does not claim to cover so much of the zone.
    NotCovered(f64),
    /// So much land in the zone was contaminated once.
    Released(f64),
    /// Nothing is recorded.
    NothingRecorded,
    /// What a status means, without figures: all that the public is told.
    General(ZoneStatus),
}

impl Reason {
    /// What a status means, without figures.
    pub fn general(status: ZoneStatus) -> Self {
        if status == ZoneStatus::NoRecord { Self::NothingRecorded } else { Self::General(status) }
    }

    /// A word for the kind of reason, for programs that have words of their own.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ContaminatedLand(..) => "contaminated-land",
            Self::PointsInside(..) => "points-inside",
            Self::LandNear(..) => "land-near",
            Self::WithinAccuracy(..) => "within-accuracy",
            Self::PointNear(..) => "point-near",
            Self::LostHazards(..) => "lost-hazards",
            Self::NotCovered(..) => "not-covered",
            Self::Released(..) => "released",
            Self::NothingRecorded | Self::General(ZoneStatus::NoRecord) => "nothing-recorded",
            Self::General(ZoneStatus::Contaminated) => "general-contaminated",
            Self::General(ZoneStatus::Near) => "general-near",
            Self::General(ZoneStatus::Unknown) => "general-unknown",
            Self::General(ZoneStatus::Released) => "general-released",
        }
    }

    /// Every kind of reason, by its word.
    pub const CODES: [&str; 13] = [
        "contaminated-land",
        "points-inside",
        "land-near",
        "within-accuracy",
        "point-near",
        "lost-hazards",
        "not-covered",
        "released",
        "nothing-recorded",
        "general-contaminated",
        "general-near",
        "general-unknown",
        "general-released",
    ];

    /// The status that it gives a zone where nothing weightier is found.
    pub fn status(&self) -> ZoneStatus {
        match self {
            Self::ContaminatedLand(..) | Self::PointsInside(..) => ZoneStatus::Contaminated,
            Self::LandNear(..) | Self::WithinAccuracy(..) | Self::PointNear(..) => ZoneStatus::Near,
            Self::LostHazards(..) | Self::NotCovered(..) => ZoneStatus::Unknown,
            Self::Released(..) => ZoneStatus::Released,
            Self::NothingRecorded => ZoneStatus::NoRecord,
            Self::General(status) => *status,
        }
    }
}

impl fmt::Display for Reason {
    /// The reason as a clause in English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ContaminatedLand(m2, ids) if ids.is_empty() => {
                write!(f, "{m2:.1} m2 of contaminated land in the zone")
            }
            Self::ContaminatedLand(m2, ids) => {
                write!(f, "{m2:.1} m2 of contaminated land in the zone (hazards {})", list(ids))
            }
            Self::PointsInside(ids) => write!(f, "open evidence points in the zone (hazards {})", list(ids)),
            Self::LandNear(distance, safety) => {
                write!(f, "contaminated land {distance:.1} m away, within the safety distance of {safety} m")
            }
            Self::WithinAccuracy(id, distance, accuracy) => {
                write!(f, "hazard {id} is {distance:.1} m away, within its positional accuracy of {accuracy} m")
            }
            Self::PointNear(id, distance) => write!(f, "an open evidence point {distance:.1} m away (hazard {id})"),
            Self::LostHazards(ids) => write!(f, "hazards that could not be used may lie here ({})", list(ids)),
            Self::NotCovered(m2) => write!(f, "the survey does not claim to cover {m2:.1} m2 of the zone"),
            Self::Released(m2) => write!(f, "{m2:.1} m2 in the zone were contaminated once and have been released"),
            Self::NothingRecorded | Self::General(ZoneStatus::NoRecord) => {
                f.write_str("no hazard is recorded in the zone or near it; that is no evidence of none")
            }
            Self::General(ZoneStatus::Contaminated) => {
                f.write_str("contaminated land or an open evidence point lies in the zone")
            }
            Self::General(ZoneStatus::Near) => f.write_str(
                "contaminated land or an open evidence point lies within the safety distance, or within the positional \
                 accuracy of a hazard",
            ),
            Self::General(ZoneStatus::Unknown) => f.write_str(
                "a hazard that could not be placed may lie here, or the survey does not claim to cover the zone",
            ),
            Self::General(ZoneStatus::Released) => {
                f.write_str("land in the zone was contaminated once and has been released")
            }
        }
    }
}

/// Judges a zone: its status, and the reasons in words, the weightiest first.
pub fn judge(evidence: &Evidence) -> (ZoneStatus, Vec<String>) {
    let found = reasons(evidence);
    let status = found.first().map_or(ZoneStatus::NoRecord, Reason::status);
    (status, found.iter().map(Reason::to_string).collect())
}

/// Everything that speaks about a zone, the weightiest first; never empty.
///
/// Land counts from 1 m2 or from a millionth of the zone on, whichever is less.
pub fn reasons(evidence: &Evidence) -> Vec<Reason> {
    let e = evidence;
    let least = (1e-6 * e.zone_m2).min(1.0);
    let mut found = Vec::new();
    if e.contaminated_m2 > least {
        found.push(Reason::ContaminatedLand(e.contaminated_m2, e.hazard_ids.clone()));
    }
    if !e.points_inside.is_empty() {
        found.push(Reason::PointsInside(e.points_inside.clone()));
    }
    if let Some(distance) = e.nearest_m.filter(|&d| d <= e.safety_m && e.contaminated_m2 <= least) {
        found.push(Reason::LandNear(distance, e.safety_m));
    }
    for (id, distance, accuracy) in &e.near_by_accuracy {
        found.push(Reason::WithinAccuracy(id.clone(), *distance, *accuracy));
    }
    for (id, distance) in &e.points_near {
        found.push(Reason::PointNear(id.clone(), *distance));
    }
    if !e.lost_hazards.is_empty() {
        found.push(Reason::LostHazards(e.lost_hazards.clone()));
    }
    if e.uncovered_m2 > least {
        found.push(Reason::NotCovered(e.uncovered_m2));
    }
    if e.once_contaminated_m2 > least && e.contaminated_m2 <= least {
        found.push(Reason::Released(e.once_contaminated_m2));
    }
    if found.is_empty() {
        found.push(Reason::NothingRecorded);
    }
    found.sort_by_key(Reason::status);
    found
}

/// A list for a sentence; long ones are cut, with the number of the rest.
fn list(ids: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown = ids.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if ids.len() > SHOWN { format!("{shown} and {} more", ids.len() - SHOWN) } else { shown }
}
