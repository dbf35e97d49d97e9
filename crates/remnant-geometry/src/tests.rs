//! The faces as a whole, against other ways to the same areas.

use std::collections::{BTreeMap, BTreeSet};

use crate::plane::enclosed_area_m2;
use crate::repair;
use crate::seed;
use crate::{Area, FaceClass, Footprint, Outline, RawPolygon, Window, WindowFaces};

struct Pseudo(u64);

impl Pseudo {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: u32) -> u32 {
        (self.unit() * f64::from(n)) as u32
    }
}

/// A star round a centre, degrees; coarse ones share corners and edges with others.
fn star(random: &mut Pseudo, corners: u32, radius: f64, grain: Option<f64>) -> RawPolygon {
    let (x, y) = (47.0 + 0.05 * random.unit(), 39.5 + 0.05 * random.unit());
    let ring = (0..corners)
        .map(|i| {
            let angle = std::f64::consts::TAU * f64::from(i) / f64::from(corners);
            let r = radius * (0.3 + random.unit());
            let p = [x + r * angle.cos(), y + r * angle.sin()];
            grain.map_or(p, |g| p.map(|v| (v / g).round() * g))
        })
        .collect::<Vec<_>>();
    let closed = ring.iter().copied().chain(ring.first().copied()).collect();
    RawPolygon { rings: vec![closed] }
}

/// All faces of some footprints, and the shape of the ground that each record covers alone or with others.
fn faces(footprints: &[Footprint], order: &[u32]) -> (BTreeMap<Vec<u32>, Area>, Outline) {
    let mut windows = BTreeSet::new();
    for f in footprints {
        let (rows, columns) = Window::reached(&f.bounds());
        windows.extend(rows.flat_map(|row| columns.clone().map(move |column| Window { row, column })));
    }
    let (mut areas, mut outline) = (BTreeMap::<Vec<u32>, Area>::new(), Outline::default());
    let mut cutter = WindowFaces::default();
    for window in windows {
        let records = footprints.iter().enumerate().map(|(i, f)| (i as u32, f));
        cutter
            .cut(window, records, Some(&mut outline), &mut |cover, area| {
                *areas.entry(cover.iter().map(|&c| order[c as usize]).collect()).or_default() += area;
                FaceClass { class: 1 + u32::from(cover.len() > 1), rim: 0 }
            })
            .expect("the faces fit together");
    }
    (areas, outline)
}

fn scene(seed: u64) -> Vec<Footprint> {
    let mut random = Pseudo(seed);
    let grain = [None, Some(0.001), Some(0.004)][(seed % 3) as usize];
    (0..3 + random.below(20))
        .filter_map(|_| {
            let radius = [0.001, 0.004, 0.02, 0.15][random.below(4) as usize];
            let corners = 3 + random.below(20);
            Footprint::new(&[star(&mut random, corners, radius, grain)]).ok().map(|f| f.0)
        })
        .collect()
}

#[test]
fn faces_add_up_to_records_and_pairs() {
    for seed in seed::of(0..150) {
        let footprints = scene(seed);
        let numbers: Vec<u32> = (0..footprints.len() as u32).collect();
        let (areas, _) = faces(&footprints, &numbers);
        let with = |wanted: &[u32]| -> f64 {
            let all = areas.iter().filter(|(cover, _)| wanted.iter().all(|w| cover.contains(w)));
            all.map(|(_, a)| *a).sum::<Area>().square_metres()
        };
        for (i, f) in footprints.iter().enumerate() {
            let contours: Vec<_> = f.rings().collect();
            let own = enclosed_area_m2(
                repair::unite_contours(&oriented(&contours)).expect("borders fit together").iter().map(Vec::as_slice),
            );
            // A crossing moves by half a step (6 micrometres) along edges of some kilometres.
            assert!(
                (own - with(&[i as u32])).abs() < 0.05 + 1e-9 * own,
                "seed {seed}, record {i}: {own} {}",
                with(&[i as u32])
            );
        }
        assert!(areas.values().all(|a| *a > Area::from_units(-10_000)), "seed {seed}: a face of negative area");
    }
}

/// Rings of a footprint as even-odd ground.
fn oriented(contours: &[Vec<crate::Point>]) -> Vec<Vec<crate::Point>> {
    repair::even_odd(&[contours.to_vec()], u64::MAX).expect("borders fit together")
}

#[test]
fn the_order_of_records_changes_nothing() {
    for seed in seed::of(0..60) {
        let footprints = scene(seed);
        let n = footprints.len() as u32;
        let (areas, outline) = faces(&footprints, &(0..n).collect::<Vec<_>>());
        let reversed: Vec<Footprint> = footprints.iter().rev().cloned().collect();
        let (other, other_outline) = faces(&reversed, &(0..n).rev().collect::<Vec<_>>());
        let sorted: BTreeMap<Vec<u32>, Area> = other
            .into_iter()
            .map(|(mut cover, a)| {
                cover.sort_unstable();
                (cover, a)
            })
            .collect();
        assert_eq!(areas, sorted, "seed {seed}");
        assert_eq!(outline.shapes(), other_outline.shapes(), "seed {seed}");
    }
}

#[test]
fn shapes_have_the_area_of_their_faces() {
    for seed in seed::of(0..150) {
        let footprints = scene(seed);
        let numbers: Vec<u32> = (0..footprints.len() as u32).collect();
        let (areas, outline) = faces(&footprints, &numbers);
        for (class, polygons) in outline.shapes() {
            let want: f64 = areas
                .iter()
                .filter(|(cover, _)| (cover.len() > 1) == (class == 2))
                .map(|(_, a)| *a)
                .sum::<Area>()
                .square_metres();
            let got: f64 = polygons.iter().map(|p| enclosed_area_m2(p.iter().map(Vec::as_slice))).sum();
            assert!((want - got).abs() < 0.1 + 1e-9 * want, "seed {seed}, class {class}: {want} {got}");
            for polygon in polygons.iter() {
                assert!(repair::doubled_area(polygon[0].iter().copied()) > 0);
                assert!(polygon[1..].iter().all(|h| repair::doubled_area(h.iter().copied()) < 0));
            }
        }
    }
}

#[test]
fn a_record_used_twice_changes_no_area() {
    for seed in seed::of(0..40) {
        let footprints = scene(seed);
        let numbers: Vec<u32> = (0..footprints.len() as u32).collect();
        let (areas, _) = faces(&footprints, &numbers);
        let mut twice = footprints.clone();
        twice.push(footprints[0].clone());
        let (other, _) = faces(&twice, &(0..twice.len() as u32).collect::<Vec<_>>());
        let folded: BTreeMap<Vec<u32>, Area> = other
            .into_iter()
            .map(|(mut cover, a)| {
                cover.retain(|&c| c != footprints.len() as u32);
                (cover, a)
            })
            .collect();
        assert_eq!(areas, folded, "seed {seed}");
    }
}

/// Found by the fuzzer: the engine rounded a crossing with the antimeridian to a step beyond it.
#[test]
fn ground_cut_at_the_antimeridian_ends_there() {
    use crate::Point;
    use crate::plane::HALF_TURN;
    let corners = [(0, 0), (9, -47), (0, 9), (-47, 0), (9, 9)];
    let ring = |base: i64| {
        let place = |&(x, y): &(i64, i64)| {
            let x = (base + x + HALF_TURN).rem_euclid(2 * HALF_TURN) - HALF_TURN;
            Point { x, y: (y - crate::plane::POLE).max(-crate::plane::POLE) }.degrees()
        };
        corners.iter().chain(corners.first()).map(place).collect::<Vec<_>>()
    };
    for base in [HALF_TURN, -HALF_TURN, HALF_TURN - 3] {
        if let Ok((footprint, _)) = Footprint::new(&[RawPolygon { rings: vec![ring(base)] }]) {
            let bounds = footprint.bounds();
            assert!(bounds.min.x >= -HALF_TURN && bounds.max.x <= HALF_TURN, "{bounds:?}");
        }
    }
}

/// The profile that the tests run in, and every other of this workspace, checks sums of areas and of coordinates: a figure
/// never wraps round.
#[test]
fn sums_that_overflow_are_faults_and_never_figures() {
    let hidden = std::hint::black_box::<i128>;
    let panics = |sum: fn(Area, Area) -> Area, other: i128| {
        let (one, other) = (Area::from_units(hidden(i128::MAX)), Area::from_units(hidden(other)));
        std::panic::catch_unwind(|| sum(one, other)).is_err()
    };
    assert!(panics(|a, b| a + b, 1));
    assert!(panics(|a, b| a - b, -1));
    assert!(panics(|a, b| [a, b].into_iter().sum(), 1));
    let added = |mut a: Area, b: Area| {
        a += b;
        a
    };
    let taken = |mut a: Area, b: Area| {
        a -= b;
        a
    };
    assert!(panics(added, 1) && panics(taken, -1));
    assert!(!panics(|a, b| a + b, -1));
    let end = std::hint::black_box(i64::MAX);
    assert!(std::panic::catch_unwind(|| end + std::hint::black_box(1)).is_err(), "coordinates");
    let tile = std::hint::black_box(i32::MAX);
    assert!(std::panic::catch_unwind(|| tile + std::hint::black_box(1)).is_err(), "coordinates within a tile");
}

/// A border of many thousand corners through many windows, with islands and holes: its ground is what its rings enclose.
#[test]
fn ground_of_a_long_border_is_what_it_encloses() {
    let ring = |x: f64, y: f64, radius: f64, corners: usize| -> Vec<[f64; 2]> {
        let corner = |i: usize| {
            let turn = std::f64::consts::TAU * (i % corners) as f64 / corners as f64;
            let radius = radius * (1.0 + 0.02 * (turn * 40.0).sin());
            [x + radius * turn.cos(), y + radius * turn.sin()]
        };
        (0..=corners).map(corner).collect()
    };
    let country = RawPolygon { rings: vec![ring(47.0, 40.0, 0.7, 20_000), ring(47.1, 40.1, 0.2, 300)] };
    let islands = (0..120).map(|i| RawPolygon { rings: vec![ring(47.9 + 0.02 * f64::from(i), 40.0, 0.008, 20)] });
    let polygons: Vec<RawPolygon> = std::iter::once(country).chain(islands).collect();
    let (footprint, defects) = Footprint::new(&polygons).expect("it has an area");
    assert!(defects.is_empty());
    let (rows, columns) = Window::reached(&footprint.bounds());
    let mut cutter = WindowFaces::default();
    let mut total = Area::ZERO;
    for window in rows.flat_map(|row| columns.clone().map(move |column| Window { row, column })) {
        cutter
            .cut(window, [(0, &footprint)], None, &mut |_: &[u32], area| {
                total += area;
                FaceClass::default()
            })
            .expect("the faces fit together");
    }
    let enclosed = footprint.area_m2();
    assert!((total.square_metres() - enclosed).abs() < 1e-9 * enclosed, "{total:?} {enclosed}");
}
