//! The status of a settlement zone: rules on figures, no geometry.

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

/// Judges a zone: its status, and the reasons in words, the weightiest first.
///
/// Land counts from 1 m2 or from a millionth of the zone on, whichever is less.
pub fn judge(evidence: &Evidence) -> (ZoneStatus, Vec<String>) {
    let e = evidence;
    let least = (1e-6 * e.zone_m2).min(1.0);
    let mut found: Vec<(ZoneStatus, String)> = Vec::new();
    if e.contaminated_m2 > least {
        let hazards =
            if e.hazard_ids.is_empty() { String::new() } else { format!(" (hazards {})", list(&e.hazard_ids)) };
        found.push((
            ZoneStatus::Contaminated,
            format!("{:.1} m2 of contaminated land in the zone{hazards}", e.contaminated_m2),
        ));
    }
    if !e.points_inside.is_empty() {
        let text = format!("open evidence points in the zone (hazards {})", list(&e.points_inside));
        found.push((ZoneStatus::Contaminated, text));
    }
    if let Some(distance) = e.nearest_m.filter(|&d| d <= e.safety_m && e.contaminated_m2 <= least) {
        let text = format!("contaminated land {distance:.1} m away, within the safety distance of {} m", e.safety_m);
        found.push((ZoneStatus::Near, text));
    }
    for (id, distance, accuracy) in &e.near_by_accuracy {
        let text = format!("hazard {id} is {distance:.1} m away, within its positional accuracy of {accuracy} m");
        found.push((ZoneStatus::Near, text));
    }
    for (id, distance) in &e.points_near {
        found.push((ZoneStatus::Near, format!("an open evidence point {distance:.1} m away (hazard {id})")));
    }
    if !e.lost_hazards.is_empty() {
        let text = format!("hazards that could not be used may lie here ({})", list(&e.lost_hazards));
        found.push((ZoneStatus::Unknown, text));
    }
    if e.uncovered_m2 > least {
        let text = format!("the survey does not claim to cover {:.1} m2 of the zone", e.uncovered_m2);
        found.push((ZoneStatus::Unknown, text));
    }
    if e.once_contaminated_m2 > least && e.contaminated_m2 <= least {
        let text =
            format!("{:.1} m2 in the zone were contaminated once and have been released", e.once_contaminated_m2);
        found.push((ZoneStatus::Released, text));
    }
    if found.is_empty() {
        found.push((
            ZoneStatus::NoRecord,
            "no hazard is recorded in the zone or near it; that is no evidence of none".into(),
        ));
    }
    found.sort_by_key(|f| f.0);
    (found[0].0, found.into_iter().map(|f| f.1).collect())
}

/// A list for a sentence; long ones are cut, with the number of the rest.
fn list(ids: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown = ids.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if ids.len() > SHOWN { format!("{shown} and {} more", ids.len() - SHOWN) } else { shown }
}
