//! The engine's faces against exact slabs.

use std::collections::BTreeSet;

use remnant_geometry::Footprint;

use crate::engine::{self, perimeter, step_m2};
use crate::exact;
use crate::scenes::{KINDS, scene};
use crate::seed;
use crate::slabs::PART;

/// How far, on the average along it, a border may move, in steps: half a step where it crosses a side of a tile, and
/// half a step at hot squares. Ground changes its set of records only where some border passed over it. These scenes
/// reach an eighth of a step; slivers of one step and several kilometres can reach a half (seed 375636506).
const MOVED: f64 = 1.0;

/// Compares every set of records; gives the number of sets and the worst difference per step of border.
pub fn compare(name: &str, footprints: &[Footprint]) -> (usize, f64) {
    let (want, got) = (exact::faces(footprints), engine::faces(footprints));
    let length: f64 = footprints.iter().map(perimeter).sum();
    let covers: BTreeSet<&Vec<u32>> = want.keys().chain(got.doubled.keys()).chain(got.areas.keys()).collect();
    let mut worst = 0.0_f64;
    for &cover in &covers {
        let exact = want.get(cover).copied().unwrap_or(0);
        let twice = got.doubled.get(cover).copied().unwrap_or(0);
        let difference = ((exact - (twice << 31)) as f64 * PART).abs();
        assert!(difference <= MOVED * length, "{name}, {cover:?}: {} and {}", exact as f64 * PART, twice as f64 / 2.0);
        worst = worst.max(difference / length);
        // What is published is the area of what is drawn.
        let published = got.areas.get(cover).map_or(0.0, |a| a.square_metres());
        let drawn = got.drawn_m2.get(cover).copied().unwrap_or(0.0);
        let slack = MOVED * length * step_m2() + 1e-8 * published + 1e-6;
        assert!((published - drawn).abs() <= slack, "{name}, {cover:?}: {published} published, {drawn} drawn");
        assert!(published >= -1e-6, "{name}, {cover:?}: {published}");
    }
    // Of single records only their own borders can move.
    for (i, footprint) in (0..).zip(footprints) {
        let exact: i128 = want.iter().filter(|(c, _)| c.contains(&i)).map(|(_, a)| a).sum();
        let twice: i128 = got.doubled.iter().filter(|(c, _)| c.contains(&i)).map(|(_, a)| a).sum();
        let difference = ((exact - (twice << 31)) as f64 * PART).abs();
        assert!(difference <= MOVED * perimeter(footprint), "{name}, record {i}: off by {difference} squared steps");
    }
    (covers.len(), worst)
}

#[test]
fn random_scenes_have_the_areas_of_exact_slabs() {
    let mut sets = [0; KINDS.len()];
    let mut worst = [0.0_f64; KINDS.len()];
    for seed in seed::of(0..600).chain([375_636_506]) {
        let (kind, footprints) = scene(seed);
        let (n, w) = compare(&format!("seed {seed} ({})", KINDS[kind]), &footprints);
        sets[kind] += n;
        worst[kind] = worst[kind].max(w);
    }
    assert!(sets.iter().all(|&n| n > 100), "{sets:?}: every kind must have cases");
    assert!(worst.iter().all(|&w| w < 0.3), "{worst:?}: borders move farther than they used to");
}

#[test]
fn ground_of_upright_and_level_edges_is_exact() {
    let rectilinear = KINDS.iter().position(|k| k.starts_with("upright")).expect("the kind") as u64;
    let mut compared = 0;
    for round in seed::of(0..60) {
        let seed = round * KINDS.len() as u64 + rectilinear;
        let (_, footprints) = scene(seed);
        compared += 1;
        let want = exact::faces(&footprints);
        let got = engine::faces(&footprints).doubled;
        let want: Vec<_> = want.into_iter().map(|(cover, area)| (cover, area >> 31)).collect();
        assert_eq!(want, got.into_iter().collect::<Vec<_>>(), "seed {seed}");
    }
    assert!(compared == 60, "{compared}");
}
