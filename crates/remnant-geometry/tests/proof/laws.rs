//! What must not change the faces, and what they must add up to.

use std::collections::{BTreeMap, BTreeSet};

use remnant_geometry::plane::{HALF_TURN, RowArea, TILE};
use remnant_geometry::{Area, Footprint, Point, TILES_PER_WINDOW, Window};

use crate::engine::{areas_of, faces, footprint, windows};
use crate::scenes::scene;
use crate::seed;

fn mapped(footprints: &[Footprint], change: impl Fn(Point) -> Point) -> Vec<Vec<Point>> {
    footprints.iter().map(|f| f.rings().next().into_iter().flatten().map(&change).collect()).collect()
}

/// Footprints of one ring each, so that rings can be rewritten.
fn simple(seed: u64) -> Vec<Footprint> {
    scene(seed).1.into_iter().filter(|f| f.rings().count() == 1).collect()
}

fn remade(rings: &[Vec<Point>]) -> Vec<Footprint> {
    rings.iter().map(|ring| footprint(ring).expect("it had ground before")).collect()
}

#[test]
fn whole_tiles_to_the_east_change_no_unit() {
    for seed in seed::of(0..200) {
        let footprints = simple(seed);
        let tiles = 1 + (seed as i64 * 977) % 40_000;
        let east = footprints.iter().map(|f| f.bounds().max.x).max().unwrap_or(0);
        let by = if east + tiles * TILE < HALF_TURN { tiles * TILE } else { -(tiles % 1000) * TILE };
        let moved = remade(&mapped(&footprints, |p| Point { x: p.x + by, y: p.y }));
        assert_eq!(areas_of(&footprints, windows(&footprints)), areas_of(&moved, windows(&moved)), "seed {seed}");
    }
}

#[test]
fn repeated_corners_and_corners_on_edges_change_no_unit() {
    for seed in seed::of(0..200) {
        let footprints = simple(seed);
        let rings: Vec<Vec<Point>> = mapped(&footprints, |p| p);
        let doubled: Vec<Vec<Point>> = rings.iter().map(|r| r.iter().flat_map(|&p| [p, p, p]).collect()).collect();
        let before = areas_of(&footprints, windows(&footprints));
        assert_eq!(before, areas_of(&remade(&doubled), windows(&footprints)), "seed {seed}: repeated corners");
        // Level and upright edges pass every step on their way; no corner on one can move it.
        let level = |r: &Vec<Point>| {
            let mut ring = Vec::new();
            for (&p, &q) in r.iter().zip(r.iter().cycle().skip(1)) {
                ring.push(p);
                if p.x == q.x || p.y == q.y {
                    ring.push(Point { x: (2 * p.x + q.x) / 3, y: (2 * p.y + q.y) / 3 });
                }
            }
            ring
        };
        if seed % 10 == 7 {
            let more: Vec<Vec<Point>> = rings.iter().map(level).collect();
            let after = areas_of(&remade(&more), windows(&footprints));
            // The plane is exact; an edge in two parts is two areas that are each rounded to the unit.
            for cover in before.keys().chain(after.keys()) {
                let of = |areas: &BTreeMap<Vec<u32>, Area>| areas.get(cover).copied().unwrap_or_default();
                let difference = (of(&before) - of(&after)).abs();
                assert!(difference <= Area::from_units(2000), "seed {seed}, {cover:?}: {difference:?}");
            }
            assert_eq!(faces(&footprints).doubled, faces(&remade(&more)).doubled, "seed {seed}: corners on edges");
        }
    }
}

#[test]
fn a_record_in_parts_is_the_record() {
    // Boxes cut along lines of their own: the parts cover what the whole covers, and each other nowhere.
    for seed in 0..200_i64 {
        let corner = Point { x: (seed * 7919 - 900_000) * 1_234_577, y: (seed * 104_729 % 9000 - 4500) * 99_999_989 };
        let (w, h, cut) = (1 + seed * 7_000_003, 1 + (seed % 17) * 9_000_001, seed * 3_000_017 + 1);
        let of = |x: i64, y: i64, w: i64, h: i64| {
            let p = |x, y| Point { x: corner.x + x, y: corner.y + y };
            footprint(&[p(x, y), p(x + w, y), p(x + w, y + h), p(x, y + h)])
        };
        let whole: Vec<Footprint> = of(0, 0, w + cut, h).into_iter().collect();
        let parts: Vec<Footprint> = [of(0, 0, cut, h), of(cut, 0, w, h)].into_iter().flatten().collect();
        let (one, two) = (areas_of(&whole, windows(&whole)), areas_of(&parts, windows(&parts)));
        let sum = |areas: &BTreeMap<Vec<u32>, Area>| -> Area { areas.values().copied().sum() };
        assert!((sum(&one) - sum(&two)).abs() <= Area::from_units(200), "seed {seed}: {one:?} {two:?}");
        assert!(!two.contains_key(&vec![0, 1]), "seed {seed}: parts overlap");
        let drawn = |f: &[Footprint]| faces(f).doubled.values().sum::<i128>();
        assert_eq!(drawn(&whole), drawn(&parts), "seed {seed}");
    }
}

#[test]
fn a_far_record_changes_nothing() {
    for seed in seed::of(0..200) {
        let footprints = simple(seed);
        let before = areas_of(&footprints, windows(&footprints));
        let far = Point { x: -HALF_TURN + 5, y: 1 };
        let triangle = [far, Point { x: far.x + 9 * TILE, ..far }, Point { x: far.x, y: far.y + 3 }];
        let number = footprints.len() as u32;
        let more: Vec<Footprint> = footprints.into_iter().chain(footprint(&triangle)).collect();
        let mut after = areas_of(&more, windows(&more));
        assert!(after.remove(&vec![number]).is_some_and(|a| a > Area::ZERO), "seed {seed}");
        assert_eq!(before, after, "seed {seed}");
    }
}

#[test]
fn the_faces_of_a_window_fill_it_exactly() {
    for seed in seed::of(0..300) {
        let mut footprints = scene(seed).1;
        let reached: BTreeSet<Window> = windows(&footprints).into_iter().take(4).collect();
        for window in reached {
            // A record that covers more than the window leaves nothing uncovered.
            let (b, more) = (window.bounds(), TILE / 3);
            let (west, east) = (b.min.x - more, b.max.x + more);
            if west < -HALF_TURN || east > HALF_TURN || b.max.y + more >= HALF_TURN / 2 {
                continue;
            }
            let p = |x, y| Point { x, y };
            let (south, north) = (b.min.y - more, b.max.y + more);
            let cover = footprint(&[p(west, south), p(east, south), p(east, north), p(west, north)]);
            footprints.extend(cover);
            let sum: Area = areas_of(&footprints, [window]).values().copied().sum();
            footprints.pop();
            let rows = (b.min.y / TILE)..(b.max.y / TILE);
            let strips =
                rows.map(|row| i128::from(TILES_PER_WINDOW) * i128::from(RowArea::new(row as i32).strip(TILE as i32)));
            assert_eq!(sum, Area::from_units(strips.sum()), "seed {seed}, {window:?}");
        }
    }
}
