//! A small report, made by hand, with everything in it that has broken a writer before.

use std::sync::Arc;

use jiff::civil::date;
use remnant_geometry::plane::STEPS_PER_DEGREE;
use remnant_geometry::{Area, GridPolygon, Point, Polygons};

use crate::finding::{Code, Finding, Place};
use crate::records::{Fate, HazardClass, Origin, ReleaseKind, Work};
use crate::report::{
    Access, Account, Balance, Check, DistrictRow, Face, FaceRecord, Figures, IncidentRow, Input, LandShape, LandState,
    RecordKind, RecordRow, Report, Role, RunFacts, Shares, SquareMetres, States, ZoneRow,
};
use crate::settings::Settings;
use crate::status::{Change, State};
use crate::zone::{Reason, ZoneStatus};

/// Names that have broken a writer before.
pub(super) const HOSTILE: [&str; 9] = [
    "=cmd|'/c calc'!A1",
    "+1; -2, \"three\"",
    "-5",
    "@SUM(1)",
    "\tTab",
    "line\r\nbreak \\ </script><!--",
    "\u{1b}[31mred\u{9b}0m\u{7f}",
    "Прилеп 🧨 \u{2028}",
    "",
];

/// So many square centimetres.
pub(super) fn cm2(units: i64) -> SquareMetres {
    SquareMetres::rounded(Area::from_units(i128::from(units) * 100_000))
}

/// A ring of grid steps.
pub(super) fn ring(points: &[(i64, i64)]) -> Vec<Point> {
    points.iter().map(|&(x, y)| Point { x, y }).collect()
}

/// A square of a thousandth of a degree with a hole, near a longitude and latitude in whole degrees.
pub(super) fn square(longitude: i64, latitude: i64) -> GridPolygon {
    let (x, y) = (longitude * STEPS_PER_DEGREE + 1, latitude * STEPS_PER_DEGREE);
    let (side, inset) = (10_000_000, 2_500_000);
    vec![
        ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)]),
        ring(&[(x + inset, y + inset), (x + inset, y + 2 * inset), (x + 2 * inset, y + 2 * inset)]),
    ]
}

fn figures(seed: i64) -> Figures {
    let states = States {
        suspected: cm2(seed * 10_007 + 1),
        confirmed: cm2(seed * 777_777),
        cancelled: cm2(seed * 3),
        reduced: cm2(0),
        cleared: cm2(seed * 123_456_789),
    };
    let n = seed.unsigned_abs();
    let (newly, again) = (cm2(seed * 999_999_999), cm2(seed * 5));
    let opening = states.remaining() + states.released() - newly - again;
    Figures {
        area: cm2(seed * 1_000_000_000_007),
        states,
        release_outside_hazard: cm2(seed * 11),
        repeated_release: cm2(seed * 13),
        hazards: n,
        releases: n + 1,
        evidence_points: n + 2,
        devices: [n, 0, 3, 4, 5, 6],
        incidents: 2,
        killed: 1,
        injured: n,
        balance: Balance {
            opening: (opening, 1),
            newly_recorded: (newly, 2),
            recontaminated: (again, 3),
            cancelled: (states.cancelled, 4),
            reduced: (states.reduced, 5),
            cleared: (states.cleared, 6),
            closing: (states.remaining(), 7),
        },
        ..Figures::default()
    }
}

fn add(a: &Figures, b: &Figures) -> Figures {
    let flow = |a: (SquareMetres, u64), b: (SquareMetres, u64)| (a.0 + b.0, a.1 + b.1);
    let mut devices = a.devices;
    devices.iter_mut().zip(b.devices).for_each(|(sum, more)| *sum += more);
    Figures {
        area: a.area + b.area,
        states: States {
            suspected: a.states.suspected + b.states.suspected,
            confirmed: a.states.confirmed + b.states.confirmed,
            cancelled: a.states.cancelled + b.states.cancelled,
            reduced: a.states.reduced + b.states.reduced,
            cleared: a.states.cleared + b.states.cleared,
        },
        release_outside_hazard: a.release_outside_hazard + b.release_outside_hazard,
        repeated_release: a.repeated_release + b.repeated_release,
        hazards: a.hazards + b.hazards,
        releases: a.releases + b.releases,
        evidence_points: a.evidence_points + b.evidence_points,
        devices,
        incidents: a.incidents + b.incidents,
        killed: a.killed + b.killed,
        injured: a.injured + b.injured,
        balance: Balance {
            opening: flow(a.balance.opening, b.balance.opening),
            newly_recorded: flow(a.balance.newly_recorded, b.balance.newly_recorded),
            recontaminated: flow(a.balance.recontaminated, b.balance.recontaminated),
            cancelled: flow(a.balance.cancelled, b.balance.cancelled),
            reduced: flow(a.balance.reduced, b.balance.reduced),
            cleared: flow(a.balance.cleared, b.balance.cleared),
            closing: flow(a.balance.closing, b.balance.closing),
        },
        ..Figures::default()
    }
}

fn input(role: Role, path: &str) -> Input {
    Input {
        role,
        path: path.to_owned(),
        layer: format!("{}-layer", role.word()),
        format: "GeoJSON".to_owned(),
        crs: "WGS 84".to_owned(),
        operation: String::new(),
        accuracy_m: None,
        files: vec![(path.to_owned(), "00ff".repeat(16))],
        records: 3,
        used: 1,
        repaired: 1,
        set_aside: 1,
    }
}

/// The report: a district for every hostile name.
pub(super) fn report() -> Report {
    let districts: Vec<DistrictRow> = HOSTILE
        .iter()
        .zip(1..)
        .map(|(name, i)| DistrictRow {
            code: Some(format!("MK{i:02}")),
            name: Some((*name).to_owned()),
            figures: figures(i),
            shape: (0..2 - i % 2).map(|n| square(20 + i, 41 + n)).collect(),
        })
        .collect();
    let outside = DistrictRow { code: None, name: None, figures: Figures::default(), shape: Polygons::default() };
    let total = districts.iter().fold(outside.figures.clone(), |sum, d| add(&sum, &d.figures));
    let origin = |layer, feature| Origin { layer, feature };
    let zone = ZoneRow {
        origin: origin(2, 1),
        id: "z1".to_owned(),
        name: HOSTILE[0].to_owned(),
        district: Some("MK01".to_owned()),
        status: ZoneStatus::Contaminated,
        reasons: vec!["contaminated land lies in it".to_owned(), "=reason".to_owned()],
        because: vec![Reason::ContaminatedLand(1e-4, vec!["-1".to_owned(), "</script>".to_owned()])],
        nearest_hazard_bearing_deg: None,
        incidents_near: vec![(0, 12.5)],
        area: cm2(50_000_000),
        states: States { suspected: cm2(1), ..States::default() },
        contaminated_share: 2e-8,
        hazard_ids: vec!["-1".to_owned(), "h;2".to_owned()],
        nearest_hazard_m: Some(0.0),
        nearest_hazard_id: Some("-1".to_owned()),
        last_release: Some(date(2021, 2, 3)),
        shape: vec![square(21, 41)].into(),
        stability: None,
        exposure: Vec::new(),
        access: Access::Unknown,
        to_clear: None,
        people: None,
        homes: None,
    };
    let blank_zone = ZoneRow {
        id: "z2".to_owned(),
        name: String::new(),
        district: None,
        status: ZoneStatus::NoRecord,
        reasons: Vec::new(),
        because: Vec::new(),
        nearest_hazard_bearing_deg: Some(359.7),
        incidents_near: Vec::new(),
        states: States::default(),
        contaminated_share: f64::NAN,
        hazard_ids: Vec::new(),
        nearest_hazard_m: Some(f64::INFINITY),
        nearest_hazard_id: None,
        last_release: None,
        shape: Polygons::default(),
        ..zone.clone()
    };
    let hazard = RecordRow {
        kind: RecordKind::Hazard(Some(HazardClass::Confirmed)),
        origin: origin(0, 1),
        id: "-1".to_owned(),
        date: Some(date(2020, 1, 31)),
        fate: Fate::Used,
        in_effect: true,
        stated_m2: Some(1234.5),
        geometry: Some(cm2(12_345_000)),
        credited: cm2(1),
        repeated: cm2(0),
        outside: cm2(0),
        recorded: cm2(0),
        overlap: cm2(0),
        within_task: cm2(0),
        work: Arc::default(),
    };
    let release = RecordRow {
        kind: RecordKind::Release(None),
        origin: origin(1, 7),
        id: "=2+3".to_owned(),
        date: None,
        fate: Fate::SetAside,
        in_effect: false,
        stated_m2: Some(-0.0),
        geometry: None,
        work: Work { operator: Some(HOSTILE[0].to_owned()), method: Some(HOSTILE[7].to_owned()), task: None }.into(),
        ..hazard.clone()
    };
    let broken = RecordRow { origin: origin(9, 2), stated_m2: Some(f64::NAN), ..hazard.clone() };
    let far = Point::from_degrees(170.0, 10.0);
    let shape = |district, state, n| LandShape { district, state, area: cm2(n), polygons: vec![square(n, 41)].into() };
    Report {
        sources: Vec::new(),
        account: Account {
            settings: Settings {
                as_of: Some(date(2024, 12, 31)),
                since: Some(date(2019, 12, 31)),
                ..Settings::new(date(2025, 1, 2))
            },
            districts,
            outside,
            total,
            zones: vec![zone, blank_zone],
            series: None,
            plan: None,
            incidents: vec![IncidentRow {
                origin: origin(2, 4),
                id: HOSTILE[5].to_owned(),
                date: None,
                killed: 1,
                injured: 2,
                place: Point::from_degrees(21.0, 41.0),
            }],
            unplaced_hazards: 1,
            records: vec![hazard, release, broken].into(),
            shares: Shares::default(),
            shapes: vec![
                shape(None, LandState::Contaminated(HazardClass::Suspected), 1),
                shape(Some(1), LandState::Released(ReleaseKind::Cancelled), 2),
                shape(Some(0), LandState::Contaminated(HazardClass::Confirmed), 3),
                shape(Some(0), LandState::Contaminated(HazardClass::Suspected), 4),
                shape(Some(0), LandState::Released(ReleaseKind::Cleared), 5),
            ],
            faces: vec![
                Face {
                    district: Some(0),
                    state: State::Confirmed,
                    area: Area::from_units(123_456_789_012),
                    records: vec![
                        FaceRecord { row: 0, change: Some(Change::NewlyRecorded) },
                        FaceRecord { row: 1, change: None },
                    ],
                    polygons: vec![square(21, 41)].into(),
                },
                Face {
                    district: None,
                    state: State::None,
                    area: Area::from_units(1),
                    records: vec![FaceRecord { row: 1, change: Some(Change::Outside) }],
                    polygons: Polygons::default(),
                },
            ],
            findings: vec![
                Finding::of(Code::NoArea, origin(0, 3), "=x", "quoted \"value\"").at(Place::Box(far, far)),
                Finding::of(Code::LongEdge, origin(0, 2), "b", "m")
                    .at(Place::Box(far, Point { x: far.x + 20 * STEPS_PER_DEGREE, y: far.y - 5 })),
                Finding::of(Code::BadCoordinates, origin(1, 1), "c", "m").area(f64::NAN),
                Finding::of_layer(Code::NoClassField, 0, "m").area(-0.0),
                Finding::of_run(Code::NoDistricts, "m").area(0.1 + 0.2),
                Finding::of(Code::Duplicate, origin(1, 2), "d", "m")
                    .at(Place::Box(Point { x: 7, y: -3 }, Point { x: -5, y: 11 })),
            ],
            checks: vec![
                Check { name: "baseline".to_owned(), holds: true, difference: -0.0 },
                Check { name: "other".to_owned(), holds: false, difference: f64::NAN },
            ],
        },
        inputs: vec![input(Role::Hazards, "h \"1\".geojson"), input(Role::Releases, "=r"), input(Role::Zones, "z")],
        run: RunFacts {
            started: "2025-01-02T03:04:05Z".to_owned(),
            seconds: 1.25,
            threads: 2,
            peak_memory_bytes: Some(1 << 30),
        },
    }
}
