//! What planners ask, through the library as a caller uses it: zones at the edges of their rules, what hangs on accuracy,
//! what people use, roads that are cut, and the order of work.

use jiff::civil::date;
use remnant::account::account;
use remnant::progress::Silent;
use remnant::records::{
    District, Exposed, Fate, Hazard, HazardClass, HazardGround, Origin, Release, ReleaseKind, Survey, Validity, Zone,
};
use remnant::report::{Access, Account, Exposure, ZoneRow};
use remnant::settings::{Measure, Settings};
use remnant::zone::ZoneStatus;
use remnant_geometry::measure::length_m;
use remnant_geometry::{Footprint, Point, RawPolygon};

type Box4 = [f64; 4];

fn ground(rings: &[Vec<[f64; 2]>]) -> Footprint {
    Footprint::new(&[RawPolygon { rings: rings.to_vec() }]).unwrap().0
}

fn ring([west, south, east, north]: Box4) -> Vec<[f64; 2]> {
    vec![[west, south], [east, south], [east, north], [west, north], [west, south]]
}

fn square(sides: Box4) -> Footprint {
    ground(&[ring(sides)])
}

fn origin(layer: u32, number: usize) -> Origin {
    Origin { layer, feature: number as u64 + 1 }
}

#[derive(Default)]
struct Scene(Survey);

impl Scene {
    fn hazard(mut self, id: &str, ground: Footprint, accuracy_m: Option<f64>) -> Self {
        let hazards = &mut self.0.hazards;
        hazards.push(Hazard {
            origin: origin(0, hazards.len()),
            id: id.into(),
            class: HazardClass::Suspected,
            date: Some(date(2019, 1, 1)),
            accuracy_m,
            stated_area_m2: None,
            fate: Fate::Used,
            ground: HazardGround::Area(ground),
        });
        self
    }

    fn point(mut self, id: &str, place: [f64; 2], accuracy_m: Option<f64>) -> Self {
        self = self.hazard(id, square([0.0, 0.0, 1.0, 1.0]), accuracy_m);
        let place = Point::from_degrees(place[0], place[1]);
        self.0.hazards.last_mut().unwrap().ground = HazardGround::Points(vec![place]);
        self
    }

    fn release(mut self, ground: Footprint) -> Self {
        let releases = &mut self.0.releases;
        releases.push(Release {
            origin: origin(1, releases.len()),
            id: format!("r{}", releases.len()).into(),
            kind: ReleaseKind::Cleared,
            date: Some(date(2020, 1, 1)),
            devices: [0; 6].into(),
            stated_area_m2: None,
            fate: Fate::Used,
            work: std::sync::Arc::default(),
            ground,
        });
        self
    }

    fn district(mut self, code: &str, sides: Box4) -> Self {
        let districts = &mut self.0.districts;
        let (code, name) = (code.to_owned(), code.to_owned());
        districts.push(District {
            origin: origin(2, districts.len()),
            code,
            name,
            validity: Validity::default(),
            ground: square(sides),
        });
        self
    }

    fn zone(mut self, id: &str, ground: Footprint, people: Option<f64>) -> Self {
        let zones = &mut self.0.zones;
        let (id, name) = (id.to_owned(), String::new());
        zones.push(Zone { origin: origin(3, zones.len()), id, name, ground, people, homes: None });
        self
    }

    fn used(mut self, theme: &str, area: Option<Footprint>, line: &[[f64; 2]], points: &[[f64; 2]]) -> Self {
        let exposures = &mut self.0.exposures;
        let on_grid = |p: &[f64; 2]| Point::from_degrees(p[0], p[1]);
        exposures.push(Exposed {
            origin: origin(4, exposures.len()),
            id: format!("e{}", exposures.len()),
            theme: theme.to_owned(),
            area,
            lines: if line.is_empty() { Vec::new() } else { vec![line.iter().map(on_grid).collect()] },
            points: points.iter().map(on_grid).collect(),
        });
        self
    }

    fn road(self, line: &[[f64; 2]]) -> Self {
        self.used("roads", None, line, &[])
    }

    fn account(&self) -> Account {
        self.by(&[])
    }

    fn by(&self, weights: &[(Measure, f64)]) -> Account {
        let mut settings = Settings::new(date(2025, 1, 1));
        settings.weights = weights.to_vec();
        settings.geometry = false;
        let account = account(self.0.clone(), &settings, &Silent).unwrap();
        assert!(account.checks.iter().all(|check| check.holds), "{:?}", account.checks);
        account
    }

    /// The rows of the zones.
    fn zones(&self) -> Vec<ZoneRow> {
        self.account().zones
    }
}

/// Degrees of longitude in a metre of the parallel at a latitude.
fn east(latitude: f64) -> f64 {
    0.001 / length_m(Point::from_degrees(0.0, latitude), Point::from_degrees(0.001, latitude))
}

fn wrapped(x: f64) -> f64 {
    if x > 180.0 { x - 360.0 } else { x }
}

#[test]
fn a_millimetre_decides_at_the_safety_distance() {
    // At the equator, in the middle, far north, and with the antimeridian between hazard and zone.
    for (longitude, latitude) in [(10.0, 0.0), (46.0, 40.0), (20.0, 81.0), (179.9995, -17.0)] {
        // Meridians are nearest to each other on the side of the pole.
        let metre = east(if latitude < 0.0 { latitude } else { latitude + 0.001 });
        let across = |from: f64, to: f64| square([wrapped(from), latitude, wrapped(to), latitude + 0.001]);
        let side = longitude + 0.0003;
        for (metres, status) in [
            (0.0, ZoneStatus::Near),
            (0.001, ZoneStatus::Near),
            (99.999, ZoneStatus::Near),
            (100.001, ZoneStatus::NoRecord),
        ] {
            let scene = Scene::default().hazard("h", across(longitude, side), None).zone(
                "z",
                across(side + metres * metre, side + 200.0 * metre),
                None,
            );
            let zone = &scene.zones()[0];
            assert_eq!(zone.status, status, "{metres} m at {longitude} {latitude}: {:?}", zone.reasons);
            let nearest = zone.nearest_hazard_m.unwrap();
            assert!((nearest - metres).abs() < 1e-4, "{nearest} for {metres} at {longitude} {latitude}");
            assert_eq!(zone.nearest_hazard_id.as_deref(), Some("h"));
        }
    }
}

#[test]
fn zones_and_hazards_lie_in_each_other_and_in_holes() {
    let large = [46.0, 40.0, 46.02, 40.02];
    let small = [46.008, 40.008, 46.012, 40.012];
    let holed = || ground(&[ring(large), ring(small)]);
    let status = |hazard: Footprint, zone: Footprint| {
        let zone = Scene::default().hazard("h", hazard, None).zone("z", zone, None).zones().remove(0);
        (zone.status, zone.nearest_hazard_m.unwrap())
    };
    assert_eq!(status(square(large), square(small)), (ZoneStatus::Contaminated, 0.0));
    assert_eq!(status(square(small), square(large)), (ZoneStatus::Contaminated, 0.0));
    // The hole is the zone: they touch all round.
    assert_eq!(status(holed(), square(small)), (ZoneStatus::Near, 0.0));
    // A zone in the middle of the hole, 128 m from its western side (the hole is 341 by 444 m).
    let (word, metres) = status(holed(), square([46.0095, 40.0095, 46.0105, 40.0105]));
    assert_eq!(word, ZoneStatus::NoRecord);
    assert!((metres - 0.0015 / east(40.0105)).abs() < 0.01, "{metres}");
    // The hazard fills the zone's hole and touches it.
    assert_eq!(status(square(small), holed()), (ZoneStatus::Near, 0.0));
}

#[test]
fn a_verdict_that_hangs_on_accuracy_says_so() {
    let metre = east(40.01);
    // A zone so many metres from the hazard's eastern side; less than nothing is inside it.
    let judged = |metres: f64, accuracy: Option<f64>| {
        let side = 46.01;
        let scene = Scene::default().hazard("H", square([46.0, 40.0, side, 40.01]), accuracy).zone(
            "z",
            square([side + metres * metre, 40.002, side + 500.0 * metre, 40.008]),
            None,
        );
        let zone = scene.zones().remove(0);
        (zone.status, zone.stability.map(|s| (s.grown, s.shrunk, s.sentence)))
    };
    use ZoneStatus::{Contaminated, Near, NoRecord};
    for (metres, accuracy, status, grown, shrunk) in [
        (-40.0, 30.0, Contaminated, Contaminated, Contaminated),
        (-20.0, 30.0, Contaminated, Contaminated, Near),
        (20.0, 30.0, Near, Contaminated, Near),
        (50.0, 30.0, Near, Near, Near),
        (80.0, 30.0, Near, Near, NoRecord),
        (120.0, 30.0, NoRecord, Near, NoRecord),
        // Beyond the safety distance, within the accuracy.
        (120.0, 150.0, Near, Contaminated, Near),
    ] {
        let (found, stability) = judged(metres, Some(accuracy));
        let (larger, smaller, sentence) = stability.expect("a hazard with an accuracy is near");
        assert_eq!((found, larger, smaller), (status, grown, shrunk), "{metres} m, accuracy {accuracy} m: {sentence}");
        let steady = status == grown && status == shrunk;
        assert_eq!(sentence.is_empty(), steady, "{sentence}");
        assert!(steady || sentence.contains("hazard H") || sentence.contains("(H by"), "{sentence}");
    }
    assert_eq!(judged(140.0, Some(30.0)), (NoRecord, None));
    assert_eq!(judged(20.0, None), (Near, None));
}

#[test]
fn releases_take_land_from_what_is_live_before_it_is_shrunk_or_measured() {
    let metre = east(40.01);
    let side = 46.01;
    let scene = |release: bool| {
        let scene = Scene::default().hazard("H", square([46.0, 40.0, side, 40.01]), Some(30.0)).zone(
            "z",
            square([side + 20.0 * metre, 40.002, side + 500.0 * metre, 40.008]),
            None,
        );
        let east_part = square([side - 100.0 * metre, 39.99, side, 40.02]);
        if release { scene.release(east_part) } else { scene }
    };
    assert_eq!(scene(false).zones()[0].stability.as_ref().unwrap().grown, ZoneStatus::Contaminated);
    // 100 m of the hazard are released: 120 m are left between, and 90 if it is larger by its accuracy.
    let zone = scene(true).zones().remove(0);
    assert_eq!(zone.status, ZoneStatus::NoRecord);
    assert_eq!(zone.stability.unwrap().grown, ZoneStatus::Near);
}

#[test]
fn a_vague_hazard_behind_an_exact_one_still_counts() {
    let metre = east(40.01);
    let side = 46.01;
    // The exact hazard is 120 m away; the vague one lies 30 m behind its border, within its land.
    let scene = Scene::default()
        .hazard("exact", square([46.0, 40.0, side, 40.01]), None)
        .hazard("vague", square([46.004, 40.003, side - 30.0 * metre, 40.007]), Some(200.0))
        .zone("z", square([side + 120.0 * metre, 40.002, side + 500.0 * metre, 40.008]), None);
    let zone = scene.zones().remove(0);
    assert_eq!(zone.status, ZoneStatus::Near, "{:?}", zone.reasons);
    assert!(zone.reasons[0].contains("vague"), "{:?}", zone.reasons);
}

#[test]
fn an_evidence_point_grows_by_its_accuracy() {
    let metre = east(40.005);
    let zone = |metres: f64, accuracy| {
        let scene = Scene::default().point("p", [46.0 - metres * metre, 40.005], accuracy).zone(
            "z",
            square([46.0, 40.0, 46.01, 40.01]),
            None,
        );
        scene.zones().remove(0)
    };
    let word = |metres, accuracy: f64| zone(metres, Some(accuracy)).stability.unwrap().grown;
    assert_eq!(word(20.0, 30.0), ZoneStatus::Contaminated);
    assert_eq!(word(120.0, 30.0), ZoneStatus::Near);
    assert_eq!(zone(120.0, None).stability, None);
    let near = zone(50.0, None).to_clear.unwrap();
    assert_eq!((near.evidence_points, near.hazard_ids.as_slice()), (1, &["p".to_owned()][..]));
    assert_eq!(zone(150.0, None).to_clear, None);
}

fn of<'a>(rows: &'a [Exposure], theme: &str) -> &'a Exposure {
    rows.iter().find(|e| e.theme == theme).unwrap()
}

/// A hazard of a hundredth of a degree in two districts, with a zone over its western half.
fn exposed() -> Scene {
    Scene::default()
        .hazard("h", square([46.0, 40.0, 46.01, 40.01]), None)
        .district("D1", [45.9, 39.9, 46.005, 40.1])
        .district("D2", [46.005, 39.9, 46.015, 40.1])
        .zone("z", square([45.99, 39.99, 46.005, 40.02]), None)
}

#[test]
fn lines_are_cut_where_they_cross_borders() {
    let line = [[45.99, 40.005], [46.02, 40.005]];
    let length = |from: f64, to: f64| {
        let metres = length_m(Point::from_degrees(from, 40.005), Point::from_degrees(to, 40.005));
        (metres * 1e3).round() / 1e3
    };
    let account = exposed().road(&line).account();
    let roads = |n: usize| of(&account.districts[n].figures.exposure, "roads");
    assert_eq!((roads(0).length_m, roads(0).exposed_length_m), (length(45.99, 46.005), length(46.0, 46.005)));
    assert_eq!((roads(1).length_m, roads(1).exposed_length_m), (length(46.005, 46.015), length(46.005, 46.01)));
    let outside = of(&account.outside.figures.exposure, "roads");
    assert_eq!((outside.length_m, outside.exposed_length_m, outside.exposed_features), (length(46.015, 46.02), 0.0, 0));
    let zone = of(&account.zones[0].exposure, "roads");
    assert_eq!((zone.features, zone.exposed_features, zone.exposed_length_m), (1, 1, length(46.0, 46.005)));
    let total = of(&account.total.exposure, "roads");
    assert_eq!((total.features, total.exposed_features), (1, 1));
    assert!((total.length_m - length(45.99, 46.02)).abs() < 0.003);
}

#[test]
fn on_a_border_doubt_decides() {
    let along = |latitude: f64| [[45.99, latitude], [46.02, latitude]];
    let exposed_m = |scene: Scene| of(&scene.account().total.exposure, "roads").exposed_length_m;
    let whole = length_m(Point::from_degrees(46.0, 40.0), Point::from_degrees(46.01, 40.0));
    // Along the border of the hazard, and a millimetre beside it.
    assert!((exposed_m(exposed().road(&along(40.0))) - whole).abs() < 0.003);
    assert_eq!(exposed_m(exposed().road(&along(40.0 - 1e-8))), 0.0);
    // Along a slanted border whose corners are not on the road: its middle is rounded to the grid.
    let slanted = ground(&[vec![[46.0, 40.0], [46.007, 40.003], [46.003, 40.01], [46.0, 40.0]]]);
    let scene = Scene::default().hazard("h", slanted, None).road(&[[46.0, 40.0], [46.007, 40.003]]);
    let side = length_m(Point::from_degrees(46.0, 40.0), Point::from_degrees(46.007, 40.003));
    assert!((exposed_m(scene) - side).abs() < 0.002);
    // Along the border of a release within the hazard: it was not released.
    let south = || square([45.9, 39.9, 46.1, 40.005]);
    assert!(exposed_m(exposed().release(south()).road(&along(40.005))) > 850.0);
    assert_eq!(exposed_m(exposed().release(south()).road(&along(40.003))), 0.0);
    // A corner that is touched is exposed, without a length.
    let touching = exposed().road(&[[45.99, 40.0], [46.0, 40.01], [46.0, 40.02]]).account();
    let total = of(&touching.total.exposure, "roads");
    assert_eq!((total.exposed_features, total.exposed_length_m), (1, 0.0));
}

#[test]
fn fields_count_once_and_schools_where_they_stand() {
    let field = || Some(square([45.995, 40.0, 46.005, 40.01]));
    let scene = exposed()
        .used("farmland", field(), &[], &[])
        .used("farmland", field(), &[], &[])
        .used("schools", None, &[], &[[46.001, 40.001]])
        .used("schools", None, &[], &[[46.01, 40.01]])
        .used("schools", None, &[], &[[45.95, 40.0]]);
    let account = scene.account();
    let farmland = of(&account.total.exposure, "farmland");
    assert_eq!((farmland.features, farmland.exposed_features), (2, 2));
    assert!((farmland.area.as_f64() / field().unwrap().area_m2() - 1.0).abs() < 1e-6);
    assert!((farmland.exposed_area.as_f64() / farmland.area.as_f64() - 0.5).abs() < 1e-6);
    let schools = |rows: &[Exposure]| {
        let schools = of(rows, "schools");
        (schools.features, schools.exposed_features)
    };
    // The second stands on the hazard's corner, which counts as contaminated.
    assert_eq!(schools(&account.total.exposure), (3, 2));
    assert_eq!(schools(&account.districts[0].figures.exposure), (2, 1));
    assert_eq!(schools(&account.districts[1].figures.exposure), (1, 1));
    assert_eq!(schools(&account.zones[0].exposure), (1, 1));
}

struct Pseudo(u64);

impl Pseudo {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn sides(&mut self) -> Box4 {
        let (x, y) = (46.0 + 0.02 * self.unit(), 40.0 + 0.02 * self.unit());
        [x, y, x + 0.001 + 0.008 * self.unit(), y + 0.001 + 0.008 * self.unit()]
    }
}

fn within([west, south, east, north]: Box4, x: f64, y: f64) -> bool {
    west < x && x < east && south < y && y < north
}

#[test]
fn lengths_are_what_points_along_the_lines_say() {
    const STEPS: u32 = 4000;
    for seed in crate::seed::of(0..6) {
        let mut random = Pseudo(seed);
        let boxes = |random: &mut Pseudo, n| (0..n).map(|_| random.sides()).collect::<Vec<_>>();
        let (hazards, releases, zones) = (boxes(&mut random, 8), boxes(&mut random, 4), boxes(&mut random, 3));
        let split = 46.0 + 0.02 * random.unit();
        let mut scene = Scene::default().district("A", [45.0, 39.0, split, 41.0]);
        for sides in &hazards {
            scene = scene.hazard("h", square(*sides), None);
        }
        for sides in &releases {
            scene = scene.release(square(*sides));
        }
        for sides in &zones {
            scene = scene.zone("z", square(*sides), None);
        }
        // Metres: in the district, on the land outside, on contaminated land in all, and in each zone.
        let mut want = [0.0; 6];
        let mut whole = 0.0;
        for _ in 0..5 {
            let (a, b) = (random.sides(), random.sides());
            let (a, b) = ([a[0], a[1]], [b[2], b[3]]);
            scene = scene.road(&[a, b]);
            let length = length_m(Point::from_degrees(a[0], a[1]), Point::from_degrees(b[0], b[1]));
            whole += length;
            for i in 0..STEPS {
                let t = (f64::from(i) + 0.5) / f64::from(STEPS);
                let (x, y) = (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]));
                let hit = |list: &[Box4]| list.iter().any(|s| within(*s, x, y));
                let step = length / f64::from(STEPS);
                want[usize::from(x > split)] += step;
                if hit(&hazards) && !hit(&releases) {
                    want[2] += step;
                    for (n, sides) in zones.iter().enumerate().filter(|(_, s)| within(**s, x, y)) {
                        want[3 + n] += step;
                        let _ = sides;
                    }
                }
            }
        }
        let account = scene.account();
        let roads = |rows: &[Exposure]| (of(rows, "roads").length_m, of(rows, "roads").exposed_length_m);
        let (district, outside, total) = (
            roads(&account.districts[0].figures.exposure),
            roads(&account.outside.figures.exposure),
            roads(&account.total.exposure),
        );
        // Each crossing of a border may be off by a step; there are fewer than 60 in all.
        let near = |got: f64, want: f64, what: &str| {
            assert!((got - want).abs() < 60.0 * whole / 5.0 / f64::from(STEPS), "seed {seed}, {what}: {got} {want}")
        };
        near(district.0, want[0], "district");
        near(outside.0, want[1], "outside");
        near(total.1, want[2], "contaminated");
        for (n, zone) in account.zones.iter().enumerate() {
            near(roads(&zone.exposure).1, want[3 + n], "zone");
        }
        assert!((district.0 + outside.0 - total.0).abs() < 1e-6 && (district.1 + outside.1 - total.1).abs() < 1e-6);
    }
}

#[test]
fn a_zone_is_cut_off_where_every_road_crosses_contaminated_land() {
    // The zone lies in the west, the network in the east, the hazard across the road between them.
    let scene = || {
        Scene::default()
            .hazard("h", square([46.02, 39.99, 46.03, 40.02]), None)
            .district("D", [45.9, 39.9, 46.2, 40.1])
            .zone("z", square([46.0, 40.0, 46.01, 40.01]), None)
            .road(&[[46.06, 39.95], [46.06, 40.05]])
            .road(&[[46.005, 40.005], [46.06, 40.005]])
    };
    let access = |scene: Scene| scene.account().zones[0].access;
    assert_eq!(access(scene()), Access::CutOff);
    // A second road goes round the hazard.
    assert_eq!(access(scene().road(&[[46.005, 40.005], [46.005, 40.03], [46.06, 40.03]])), Access::Connected);
    // It ends 0.5 m short of the network: joined. 20 m short: not.
    let short = |metres: f64| [[46.005, 40.005], [46.005, 40.03], [46.06 - metres * east(40.03), 40.03]];
    assert_eq!(access(scene().road(&short(0.5))), Access::Connected);
    assert_eq!(access(scene().road(&short(20.0))), Access::CutOff);
    // It touches the hazard's corner, or runs along its border.
    let by = |latitude: f64| [[46.005, 40.005], [46.005, latitude], [46.06, latitude]];
    assert_eq!(access(scene().road(&by(40.02))), Access::CutOff);
    let corner = [[46.005, 40.005], [46.005, 40.03], [46.01, 40.03], [46.03, 40.01], [46.05, 40.03], [46.06, 40.03]];
    assert_eq!(access(scene().road(&corner)), Access::CutOff);
    let touch = [[46.005, 40.005], [46.01, 40.03], [46.02, 40.02], [46.025, 40.03], [46.06, 40.03]];
    assert_eq!(access(scene().road(&touch)), Access::CutOff);
    // The hazard is released: the first road is free.
    assert_eq!(access(scene().release(square([46.0, 39.9, 46.05, 40.05]))), Access::Connected);
}

#[test]
fn of_roads_that_lead_nowhere_nothing_is_known() {
    let base = || {
        Scene::default()
            .hazard("h", square([46.02, 39.99, 46.03, 40.02]), None)
            .district("D", [45.9, 39.9, 46.2, 40.1])
            .zone("z", square([46.0, 40.0, 46.01, 40.01]), None)
    };
    let access = |scene: Scene| scene.account().zones[0].access;
    assert_eq!(access(base()), Access::Unknown);
    // No road in the zone; a road in the zone that leads nowhere.
    assert_eq!(access(base().road(&[[46.06, 39.95], [46.06, 40.05]])), Access::Unknown);
    let alone = base().road(&[[46.06, 39.95], [46.06, 40.05]]).road(&[[46.002, 40.005], [46.008, 40.005]]);
    assert_eq!(access(alone), Access::Unknown);
    // Streets within the zone are longer than the network outside, and are still not the network.
    let mut streets = base().road(&[[46.06, 40.0], [46.06, 40.01]]).road(&[[46.005, 40.005], [46.06, 40.005]]);
    for k in 0..9 {
        let y = 40.001 + 0.001 * f64::from(k);
        streets = streets.road(&[[46.001, y], [46.009, y]]).road(&[[46.005, 40.001], [46.005, 40.009]]);
    }
    assert_eq!(access(streets), Access::CutOff);
}

/// Two zones beside one hazard, and one with a hazard of its own.
fn work() -> Scene {
    Scene::default()
        .hazard("shared", square([46.0, 40.0, 46.01, 40.01]), None)
        .hazard("own", square([46.05, 40.0, 46.051, 40.001]), None)
        .zone("west", square([45.99, 40.0, 46.006, 40.01]), Some(100.0))
        .zone("east", square([46.006, 40.0, 46.02, 40.01]), Some(1000.0))
        .zone("far", square([46.05, 40.0, 46.06, 40.01]), Some(10.0))
        .zone("mute", square([46.0501, 40.0, 46.06, 40.01]), None)
        .zone("quiet", square([47.0, 40.0, 47.01, 40.01]), Some(5.0))
}

#[test]
fn the_order_goes_by_people_for_a_hectare_and_counts_land_once() {
    let account = work().account();
    let plan = account.plan.as_ref().unwrap();
    let id = |n: usize| account.zones[plan.order[n].zone].id.as_str();
    // West: 6/10 of the hazard and 100 m beyond, for 100 people; east: 4/10 and 100 m, for 1000; far: 0.95 ha, for 10.
    assert_eq!([id(0), id(1), id(2), id(3)], ["east", "far", "west", "mute"]);
    assert_eq!(plan.order.len(), 4);
    let clear = |n: usize| account.zones[plan.order[n].zone].to_clear.as_ref().unwrap().area.as_f64();
    let whole = square([46.0, 40.0, 46.01, 40.01]).area_m2();
    let width = whole / 1110.4;
    assert!((clear(0) - (0.4 * whole + 100.0 * 1110.4)).abs() < 1e-3 * whole, "{}", clear(0));
    assert!((clear(2) - (0.6 * whole + 100.0 * 1110.4)).abs() < 1e-3 * whole, "{}", clear(2));
    let marginal = |n: usize| plan.order[n].marginal.as_f64();
    assert_eq!(marginal(0), clear(0));
    // What the east has taken already is not taken again: together they are the hazard.
    assert!((marginal(0) + marginal(2) - whole).abs() < 1e-3, "width {width}");
    assert_eq!(plan.order[3].marginal.as_f64(), 0.0);
    assert!(plan.order[3].missing.as_ref().unwrap().contains("how many people"));
    assert!(plan.order[3].sentence.starts_with("Not ranked"));
    assert!(plan.order[2].sentence.contains("before it"), "{}", plan.order[2].sentence);
    assert_eq!((plan.order[0].score, plan.order[0].best_rank, plan.order[0].worst_rank), (1.0, 1, 1));
    let ids = &account.zones[plan.order[0].zone].to_clear.as_ref().unwrap().hazard_ids;
    assert_eq!(ids, &["shared"]);
}

#[test]
fn ranks_move_as_the_weights_are_varied() {
    // By people for a hectare `east` is first; by its contaminated share `west` stands before it.
    let weights = [(Measure::PeoplePerHectare, 1.0), (Measure::ContaminatedShare, 1.0)];
    let account = work().by(&weights);
    let plan = account.plan.as_ref().unwrap();
    assert_eq!(
        plan.criteria.iter().map(|c| (c.name.as_str(), c.weight)).collect::<Vec<_>>(),
        [("people_per_ha", 0.5), ("contaminated_share", 0.5)]
    );
    let place = |id: &str| plan.order.iter().find(|p| account.zones[p.zone].id == id).unwrap();
    let share = |id: &str| account.zones.iter().find(|z| z.id == id).unwrap().contaminated_share;
    assert!(share("west") > share("east"));
    assert_eq!((place("east").rank, place("east").best_rank, place("east").worst_rank), (1, 1, 2));
    assert_eq!((place("west").rank, place("west").best_rank, place("west").worst_rank), (2, 1, 3));
    // A measure of a layer that is not there leaves all unranked, with the reason.
    let missing = work().by(&[(Measure::ExposedFeatures("schools".to_owned()), 1.0)]).plan.unwrap();
    assert!(missing.order.iter().all(|p| p.missing.as_ref().is_some_and(|why| why.contains("theme"))));
}

#[test]
fn neither_threads_nor_the_order_of_records_change_anything() {
    let mut scene = work()
        .district("D", [45.9, 39.9, 46.1, 40.1])
        .road(&[[45.98, 40.005], [46.07, 40.006]])
        .road(&[[46.04, 39.99], [46.04, 40.03]])
        .used("farmland", Some(square([45.995, 40.002, 46.055, 40.004])), &[], &[]);
    scene.0.hazards[0].accuracy_m = Some(120.0);
    let run = |survey: &Survey, threads| {
        let mut settings = Settings::new(date(2025, 1, 1));
        settings.threads = Some(threads);
        let mut account = account(survey.clone(), &settings, &Silent).unwrap();
        account.settings.threads = None;
        account
    };
    let want = run(&scene.0, 1);
    assert!(want.zones.iter().any(|z| z.access != Access::Unknown) && want.plan.is_some());
    assert_eq!(run(&scene.0, 3), want);
    let mut turned = scene.0.clone();
    turned.hazards.reverse();
    turned.exposures.reverse();
    let got = run(&turned, 2);
    assert_eq!((&got.zones, &got.plan, &got.total), (&want.zones, &want.plan, &want.total));
}
