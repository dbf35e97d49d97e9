//! Features, as a reader of GeoJSON sees them.

use remnant_geometry::plane::STEPS_PER_DEGREE;
use remnant_geometry::{GridPolygon, Point};
use serde_json::Value;

use super::{csv, json, text};
use crate::finding::Place;
use crate::report::{DistrictRow, LandShape, LandState};
use crate::write::OUTPUTS;
use crate::write::ground::push_place;
use crate::write::sample::{self, HOSTILE, cm2, ring, square};

#[test]
fn features_are_by_rfc_7946() {
    let report = sample::report();
    for output in OUTPUTS.iter().filter(|o| o.name.ends_with(".geojson")) {
        let text = text(output.name, &report);
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["name"], output.name.trim_end_matches(".geojson"));
        assert!(value.get("crs").is_none());
        assert_eq!(value["bbox"].as_array().map(Vec::len), Some(4), "{}", output.name);
        let collection: ::geojson::FeatureCollection = text.parse().expect("GeoJSON");
        for feature in &collection.features {
            match feature.geometry.as_ref().map(|g| &g.value) {
                Some(::geojson::GeometryValue::Polygon { coordinates }) => rings_are_right(coordinates),
                Some(::geojson::GeometryValue::MultiPolygon { coordinates }) => {
                    coordinates.iter().for_each(|rings| rings_are_right(rings))
                }
                _ => {}
            }
        }
    }
}

fn rings_are_right(rings: &[Vec<::geojson::Position>]) {
    for (i, ring) in rings.iter().enumerate() {
        assert!(ring.len() >= 4);
        assert_eq!(ring.first(), ring.last());
        assert!(ring.iter().all(|p| p[0].abs() <= 180.0 && p[1].abs() <= 90.0));
        let (x, y) = (ring[0][0], ring[0][1]);
        let area: f64 = ring.windows(2).map(|w| (w[0][0] - x) * (w[1][1] - y) - (w[1][0] - x) * (w[0][1] - y)).sum();
        assert_eq!(area > 0.0, i == 0, "ring {i}");
    }
}

#[test]
fn districts_have_their_names_digits_and_order() {
    let report = sample::report();
    let value = json("districts.geojson", &report);
    let features = value["features"].as_array().expect("features");
    assert_eq!(features.len(), HOSTILE.len() + 1);
    for (feature, name) in features.iter().zip(HOSTILE) {
        assert_eq!(feature["properties"]["name"], name);
    }
    let outside = &features[HOSTILE.len()];
    assert!(outside["properties"]["code"].is_null() && outside["geometry"].is_null());
    assert_eq!(outside["properties"]["name"], "outside all districts");
    assert!(outside["properties"]["released_share"].is_null());
    assert_eq!(features[0]["geometry"]["type"], "Polygon");
    assert_eq!(features[1]["geometry"]["type"], "MultiPolygon");
    let text = text("districts.geojson", &report);
    assert!(text.contains(
        "[[[21.0000000001,41],[21.0010000001,41],[21.0010000001,41.001],[21.0000000001,41.001],[21.0000000001,41]]"
    ));
    let order = [
        "code",
        "name",
        "area_m2",
        "baseline_m2",
        "suspected_m2",
        "confirmed_m2",
        "remaining_m2",
        "cancelled_m2",
        "reduced_m2",
        "cleared_m2",
        "released_m2",
        "released_share",
        "release_outside_hazard_m2",
        "repeated_release_m2",
        "hazards",
        "releases",
        "evidence_points",
        "ap_mines",
        "av_mines",
        "erw",
        "uxo",
        "submunitions",
        "ied",
        "incidents",
        "killed",
        "injured",
        "opening_m2",
        "newly_recorded_m2",
        "recontaminated_m2",
        "period_cancelled_m2",
        "period_reduced_m2",
        "period_cleared_m2",
        "closing_m2",
    ];
    assert_eq!(csv("districts.csv", &report).0, order);
    let line = text.lines().nth(1).expect("a feature");
    let places: Vec<usize> = order.iter().map(|n| line.find(&format!("\"{n}\":")).expect(n)).collect();
    assert!(places.is_sorted());
    let mut without = report;
    without.account.settings.since = None;
    assert_eq!(csv("districts.csv", &without).0, order[..26]);
}

#[test]
fn land_has_a_feature_for_each_district_and_state_in_order() {
    let report = sample::report();
    let keys = |name: &str, member: &str| -> Vec<(Value, Value)> {
        let value = json(name, &report);
        let features = value["features"].as_array().expect("features").clone();
        features.iter().map(|f| (f["properties"]["code"].clone(), f["properties"][member].clone())).collect()
    };
    assert_eq!(
        keys("remaining.geojson", "class"),
        [("MK01".into(), "suspected".into()), ("MK01".into(), "confirmed".into()), (Value::Null, "suspected".into())]
    );
    assert_eq!(
        keys("released.geojson", "kind"),
        [("MK01".into(), "cleared".into()), ("MK02".into(), "cancelled".into())]
    );
}

#[test]
fn places_lie_on_earth_and_boxes_stay_narrow() {
    let degrees = |d: i64| d * STEPS_PER_DEGREE;
    let at = |x: i64, y: i64| Point { x: degrees(x), y: degrees(y) };
    let place = |place| {
        let mut out = String::new();
        push_place(&mut out, Some(place));
        out
    };
    assert_eq!(place(Place::Point(at(190, 1))), r#"{"type":"Point","coordinates":[-170,1]}"#);
    assert_eq!(place(Place::Point(at(180, 95))), r#"{"type":"Point","coordinates":[180,90]}"#);
    assert_eq!(place(Place::Box(at(3, 2), at(1, 2))), r#"{"type":"LineString","coordinates":[[1,2],[3,2]]}"#);
    assert_eq!(
        place(Place::Box(at(-190, 2), at(-170, 2))),
        r#"{"type":"MultiLineString","coordinates":[[[170,2],[180,2]],[[-180,2],[-170,2]]]}"#
    );
    assert_eq!(
        place(Place::Box(at(1, 2), at(0, 0))),
        r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,2],[0,2],[0,0]]]}"#
    );
    let with = |longitudes: &[i64]| {
        let mut report = sample::report();
        report.account.shapes = longitudes
            .iter()
            .map(|&x| LandShape {
                district: None,
                state: LandState::Contaminated(crate::records::HazardClass::Suspected),
                area: cm2(1),
                polygons: vec![square(x, 1)].into(),
            })
            .collect();
        json("remaining.geojson", &report)["bbox"].to_string()
    };
    assert_eq!(with(&[179, -179]), "[179.0000000001,1,-178.9989999999,1.001]");
    assert_eq!(with(&[-10, 10]), "[-9.9999999999,1,10.0010000001,1.001]");
    assert_eq!(with(&[]), "null");
}

#[test]
fn rings_that_break_the_contract_are_put_right() {
    let mut report = sample::report();
    let backwards: GridPolygon = vec![ring(&[(0, 0), (0, 10), (10, 10), (10, 0), (0, 0)])];
    report.account.districts = vec![DistrictRow { shape: vec![backwards].into(), ..DistrictRow::default() }];
    let text = text("districts.geojson", &report);
    assert!(text.contains("[[[0,0],[0.000000001,0],[0.000000001,0.000000001],[0,0.000000001],[0,0]]]"), "{text}");
}
