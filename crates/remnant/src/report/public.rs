//! What of a report is for the public.
//!
//! Publishing the ground of uncleared hazards can endanger people, so this profile says where nothing lies but in which
//! district and zone. One rule, in one place: every writer gets what [`Report::public`] leaves, and files that would have
//! nothing left are not written.
//!
//! | what | becomes |
//! |---|---|
//! | shapes of contaminated and released land | none |
//! | rows of hazards, releases and incidents | none |
//! | findings | code, layer and feature stay, for they are counted; the words become the code's meaning; no id, area or place |
//! | areas in zones, and land to be cleared | whole [`STEP_M2`]; contaminated land up, released land down |
//! | length and area of what people use in zones | whole [`STEP_M`] and [`STEP_M2`], up where it is exposed |
//! | distance to the nearest hazard | the lower end of its class ([`CLASSES_M`]): never farther than it is |
//! | ids of hazards, and the bearing of the nearest | none |
//! | reasons, and what a status hangs on | one sentence for the status, without figures |
//!
//! Districts keep their figures, which are those of the country, and zones and districts keep their outlines.

use super::{Exposure, Records, Report, Shares, SquareMetres, States, ZoneRow};
use crate::account::explain;
use crate::zone::Reason;

/// Square metres to which areas in zones are rounded.
pub const STEP_M2: i64 = 100;
/// Metres to which lengths in zones are rounded.
pub const STEP_M: f64 = 100.0;
/// The lower ends of the classes of distances, in metres. The first class holds what lies inside, too.
pub const CLASSES_M: [f64; 8] = [0.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0, 10_000.0];

impl Report {
    /// The report without the ground of hazards and releases and without what it could be rebuilt from. Asked twice, it
    /// changes nothing more.
    pub fn public(&self) -> Self {
        let mut report = self.clone();
        let account = &mut report.account;
        account.settings.public = true;
        account.shapes.clear();
        account.records = Records::default();
        account.shares = Shares::default();
        account.faces.clear();
        account.incidents.clear();
        for finding in &mut account.findings {
            finding.message = finding.code.meaning().to_owned();
            finding.id.clear();
            finding.area_m2 = None;
            finding.place = None;
        }
        account.zones.iter_mut().for_each(generalise);
        if let Some(series) = &mut account.series {
            series.zones.iter_mut().flatten().for_each(coarser);
        }
        if let Some(plan) = &mut account.plan {
            for place in &mut plan.order {
                place.marginal = up(place.marginal);
                place.score = (place.score * 100.0).round() / 100.0;
            }
            explain(plan, &account.zones);
        }
        report
    }
}

fn generalise(zone: &mut ZoneRow) {
    coarser(&mut zone.states);
    let area = zone.area.as_f64();
    zone.contaminated_share = if area > 0.0 { (zone.states.remaining().as_f64() / area).min(1.0) } else { 0.0 };
    zone.hazard_ids.clear();
    zone.nearest_hazard_id = None;
    zone.nearest_hazard_m = zone.nearest_hazard_m.map(|metres| {
        // A class never says farther than it is; what is not finite counts as near.
        CLASSES_M.into_iter().rev().find(|&class| class <= metres).unwrap_or(0.0)
    });
    let reason = Reason::general(zone.status);
    zone.reasons = vec![reason.to_string()];
    zone.because = vec![reason];
    zone.nearest_hazard_bearing_deg = None;
    zone.incidents_near.clear();
    if let Some(stability) = &mut zone.stability
        && !stability.sentence.is_empty()
    {
        stability.sentence = "the status hangs on the positional accuracy of hazards".to_owned();
    }
    if let Some(to_clear) = &mut zone.to_clear {
        to_clear.area = up(to_clear.area);
        to_clear.hazard_ids.clear();
    }
    zone.exposure.iter_mut().for_each(coarser_exposure);
}

fn coarser(states: &mut States) {
    for contaminated in [&mut states.suspected, &mut states.confirmed] {
        *contaminated = up(*contaminated);
    }
    for released in [&mut states.cancelled, &mut states.reduced, &mut states.cleared] {
        *released = down(*released);
    }
}

fn coarser_exposure(exposure: &mut Exposure) {
    let metres = |length: f64| (length / STEP_M).ceil() * STEP_M;
    exposure.length_m = metres(exposure.length_m);
    exposure.exposed_length_m = metres(exposure.exposed_length_m);
    exposure.area = up(exposure.area);
    exposure.exposed_area = up(exposure.exposed_area);
}

const STEP: i64 = STEP_M2 * SquareMetres::UNITS;

fn up(area: SquareMetres) -> SquareMetres {
    SquareMetres(-(-area.0).div_euclid(STEP) * STEP)
}

fn down(area: SquareMetres) -> SquareMetres {
    SquareMetres(area.0.div_euclid(STEP) * STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_rounded_to_the_side_of_doubt() {
        let cm2 = |n: i64| SquareMetres(n);
        assert_eq!(up(cm2(0)), cm2(0));
        assert_eq!(up(cm2(1)), cm2(STEP));
        assert_eq!(up(cm2(STEP)), cm2(STEP));
        assert_eq!(up(cm2(STEP + 1)), cm2(2 * STEP));
        assert_eq!(down(cm2(STEP - 1)), cm2(0));
        assert_eq!(down(cm2(2 * STEP - 1)), cm2(STEP));
    }
}
