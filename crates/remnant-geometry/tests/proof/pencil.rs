//! Thousands of edges through one point, against areas in closed form.

use std::collections::BTreeMap;

use remnant_geometry::plane::{STEPS_PER_DEGREE, TILE};
use remnant_geometry::{Footprint, Point};

use crate::engine::{Faces, faces, footprint, step_m2};

/// How far around the middle everything reaches, in steps: across four tiles, since the middle is a corner of theirs.
const REACH: i64 = TILE / 2;

/// The middle: a corner of tiles, and a place inside of one.
const MIDDLES: [Point; 2] = [
    Point { x: 46 * STEPS_PER_DEGREE / TILE * TILE, y: 40 * STEPS_PER_DEGREE / TILE * TILE },
    Point { x: 15 * STEPS_PER_DEGREE / TILE * TILE + TILE / 2 + 1, y: -TILE / 2 + 3 },
];

/// Places all round the square about the middle, counter-clockwise; its corners are among them.
fn rim(middle: Point, a_side: i64) -> Vec<Point> {
    let at = |x: i64, y: i64| Point { x: middle.x + x, y: middle.y + y };
    let along = |i: i64| 2 * REACH * i / a_side - REACH;
    let side = |turned: fn(i64, i64) -> (i64, i64)| {
        (0..a_side).map(move |i| turned(along(i), REACH)).map(move |(x, y)| at(x, y))
    };
    side(|t, r| (t, -r)).chain(side(|t, r| (r, t))).chain(side(|t, r| (-t, r))).chain(side(|t, r| (-r, -t))).collect()
}

fn doubled(p: Point, q: Point, r: Point) -> i128 {
    i128::from(q.x - p.x) * i128::from(r.y - p.y) - i128::from(r.x - p.x) * i128::from(q.y - p.y)
}

/// Every face within half a step along its borders, all of them together as well, and each as published as it is drawn.
fn hold(faces: &Faces, want: &BTreeMap<Vec<u32>, i128>, total: i128) {
    let allowed = 8 * i128::from(REACH);
    for (cover, &doubled) in want {
        let got = faces.doubled.get(cover).copied().unwrap_or(0);
        assert!((got - doubled).abs() <= allowed, "of {} records: {got}, and it must be {doubled}", cover.len());
        let published = faces.areas.get(cover).map_or(0.0, |area| area.square_metres());
        let drawn = faces.drawn_m2.get(cover).copied().unwrap_or(0.0);
        assert!((published - drawn).abs() < 8.0 * REACH as f64 * step_m2(), "{published} m2 published, {drawn} drawn");
    }
    let known = faces.doubled.keys().filter(|cover| want.contains_key(*cover)).count();
    // Splinters about the middle, where the lines cross, have sets of their own and as good as no area.
    let more: i128 = faces.doubled.iter().filter(|(cover, _)| !want.contains_key(*cover)).map(|(_, area)| area).sum();
    assert_eq!(known, want.len());
    assert!(more <= 64 * want.len() as i128, "{more} in other sets");
    let sum: i128 = faces.doubled.values().sum();
    assert!((sum - total).abs() <= allowed, "{sum} together, and it must be {total}");
}

/// Wedges with their tips in the middle, each over `over` stretches of the rim: every face belongs to `over` records.
fn fan(middle: Point, a_side: i64, over: usize) {
    let rim = rim(middle, a_side);
    let n = rim.len();
    let wedge = |i: usize| -> Footprint {
        let outer = (0..=over).map(|k| rim[(i + k) % n]);
        footprint(&std::iter::once(middle).chain(outer).collect::<Vec<_>>()).expect("a wedge has ground")
    };
    let wedges: Vec<Footprint> = (0..n).map(wedge).collect();
    let face = |i: usize| {
        let mut cover: Vec<u32> = (0..over).map(|k| ((i + n - k) % n) as u32).collect();
        cover.sort_unstable();
        (cover, doubled(middle, rim[i], rim[(i + 1) % n]))
    };
    let want: BTreeMap<Vec<u32>, i128> = (0..n).map(face).collect();
    hold(&faces(&wedges), &want, 8 * i128::from(REACH) * i128::from(REACH));
}

#[test]
fn thousands_of_wedges_fill_the_square_about_their_tips() {
    for middle in MIDDLES {
        fan(middle, 250, 1);
        fan(middle, 250, 3);
    }
    fan(MIDDLES[1], 1000, 2);
}

/// Halves of a square, cut by lines through a point that lies half a step from the nearest points of the grid: every
/// two lines cross there, and nowhere else.
fn halves(middle: Point, a_side: i64) {
    // The other end of each line: symmetric about the middle and half a step north-east of it.
    let opposite = |p: Point| Point { x: 2 * middle.x + 1 - p.x, y: 2 * middle.y + 1 - p.y };
    let (low, long) = (-REACH, 2 * REACH + 1);
    let at = |x: i64, y: i64| Point { x: middle.x + x, y: middle.y + y };
    let along = |i: i64| low + long * i / a_side;
    let south: Vec<Point> =
        (0..a_side).map(|i| at(along(i), low)).chain((0..a_side).map(|i| at(low + long, along(i)))).collect();
    let north: Vec<Point> = south.iter().map(|&p| opposite(p)).collect();
    let around: Vec<Point> = south.iter().chain(&north).copied().collect();
    let (n, lines) = (around.len(), south.len());
    let turns = |i: usize| i.is_multiple_of(a_side as usize);
    // What lies to the left of a line: counter-clockwise from its end to its beginning, by the corners in between.
    let half = |line: usize| {
        let between = (line + lines + 1..line + n).filter(|&i| turns(i)).map(|i| around[i % n]);
        let ring: Vec<Point> = [around[line + lines]].into_iter().chain(between).chain([around[line]]).collect();
        footprint(&ring).expect("half a square has ground")
    };
    let records: Vec<Footprint> = (0..lines).map(half).collect();
    let face = |i: usize| {
        // The stretch from i to i + 1 lies in the half of every line that begins after it, or whose end is passed.
        let mut cover: Vec<u32> = (0..lines as u32)
            .filter(|&line| {
                let from_end = (i + n - (line as usize + lines)) % n;
                from_end < lines
            })
            .collect();
        cover.sort_unstable();
        let (p, q) = (around[i], around[(i + 1) % n]);
        // In quarters, since the middle is half a step off.
        let twice = |p: Point| Point { x: 2 * (p.x - middle.x), y: 2 * (p.y - middle.y) };
        (cover, doubled(Point { x: 1, y: 1 }, twice(p), twice(q)) / 4)
    };
    let mut want: BTreeMap<Vec<u32>, i128> = (0..n).map(face).collect();
    // One stretch lies to the right of all lines.
    let bare = want.remove(&Vec::new()).expect("no half has it");
    hold(&faces(&records), &want, 2 * i128::from(long) * i128::from(long) - bare);
}

#[test]
fn a_thousand_lines_through_a_point_off_the_grid_part_a_square() {
    halves(MIDDLES[0], 100);
    halves(MIDDLES[1], 500);
}
