//! Surveys in which the two accounts differed once, kept as they were, each with what is right by a third way.

use jiff::civil::date;
use remnant::account::account;
use remnant::progress::Silent;
use remnant::settings::Settings;
use remnant::zone::ZoneStatus;
use remnant_geometry::Point;

use super::contract::expected;
use super::ground::Ground;
use super::judge;
use super::scenes::{Record, Says, Scene};

fn ring(places: &[(i64, i64)]) -> Ground {
    Ground::ring(places.iter().map(|&(x, y)| Point { x, y }).collect())
}

/// A zone whose ring has a spike of 1.3 km, the tip of it on a corner of contaminated land. A spike is no ground, so the
/// land is 123.357 m away, which is more than the safety distance of 25 m.
fn spike() -> Scene {
    let bow_tie = ring(&[
        (353_865_039_869, 275_817_431_037),
        (354_066_366_464, 275_817_431_037),
        (353_932_148_734, 276_220_084_227),
        (354_267_693_059, 276_018_757_632),
    ]);
    let partly = ring(&[
        (353_932_148_734, 276_085_866_497),
        (354_066_366_464, 276_018_757_632),
        (353_865_039_869, 276_018_757_632),
        (353_865_039_869, 276_152_975_362),
    ]);
    let zone = ring(&[
        (354_133_475_329, 276_220_084_227),
        (354_066_366_464, 276_152_975_362),
        (354_066_366_464, 276_220_084_227),
        (353_932_148_734, 276_220_084_227),
    ]);
    let record = |says, feature: u64, ground| {
        let id = format!("r{feature}");
        Record { says, date: None, id, feature, ground, accuracy_m: None, devices: 0 }
    };
    let mut settings = Settings::new(date(2030, 1, 1));
    settings.safety_distance_m = 25.0;
    Scene {
        kind: 12,
        records: vec![record(Says::Confirmed, 1, bow_tie), record(Says::Cleared, 2, partly)],
        evidence: Vec::new(),
        lost: None,
        districts: Vec::new(),
        zones: vec![zone],
        incidents: Vec::new(),
        coverage: None,
        settings,
    }
}

#[test]
fn nothing_is_near_a_zone_for_lying_near_its_spike() {
    let mut scene = spike();
    // By pyproj and shapely: along the geodesic, from the zone's southern corner to the nearest edge.
    let metres = 123.357;
    let [least, most] = expected(&scene).zones[0].found.land;
    assert!((least - metres).abs() < 0.01 * metres && (most - metres).abs() < 0.01 * metres, "{least} {most}");
    for (safety, status) in [(25.0, ZoneStatus::NoRecord), (123.35, ZoneStatus::NoRecord), (123.36, ZoneStatus::Near)] {
        scene.settings.safety_distance_m = safety;
        let row = account(scene.survey(), &scene.settings, &Silent).unwrap().zones.remove(0);
        assert!((row.nearest_hazard_m.unwrap() - metres).abs() < 0.001, "{:?}", row.nearest_hazard_m);
        assert_eq!(row.status, status, "{safety}");
    }
    scene.settings.safety_distance_m = 25.0;
    assert_eq!(judge(&scene).wrong, Vec::<String>::new());
}
