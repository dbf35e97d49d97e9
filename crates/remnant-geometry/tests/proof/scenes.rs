//! Random small cases of the kinds that break overlays.

use remnant_geometry::plane::{HALF_TURN, POLE, TILE};
use remnant_geometry::{Footprint, Point};

use crate::engine::footprint;

/// Pseudo-random numbers that are the same everywhere.
pub struct Pseudo(u64);

impl Pseudo {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // The upper half of the state is good; mixed down, so that small ranges are too.
        (self.0 ^ (self.0 >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 16
    }

    /// A number from `low` to `high`, both included.
    pub fn within(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1) as u64) as i64
    }

    pub fn of<T: Copy>(&mut self, choice: &[T]) -> T {
        choice[self.within(0, choice.len() as i64 - 1) as usize]
    }
}

/// The kinds of scenes.
pub const KINDS: [&str; 10] = [
    "stars",
    "rings on a lattice",
    "rings on a lattice of one step",
    "copies off by one step",
    "shared edges with extra corners",
    "a pencil through one point",
    "slivers of one step",
    "upright and level edges on tile lines",
    "needles across tiles",
    "corners on tile corners",
];

fn at(base: Point, x: i64, y: i64) -> Point {
    Point { x: base.x + x, y: base.y + y }
}

/// Places where tiles, windows, hemispheres and the plane end, and some in between.
pub fn anchor(random: &mut Pseudo) -> Point {
    let window = TILE * 32;
    match random.within(0, 6) {
        0 => Point { x: 0, y: 0 },
        1 => Point { x: window * random.within(-600, 600), y: window * random.within(-300, 300) },
        2 => Point { x: TILE * random.within(-20_000, 20_000), y: TILE * random.within(-9000, 9000) },
        3 => Point { x: HALF_TURN - 40 * TILE, y: TILE * random.within(-9000, 9000) },
        4 => Point { x: TILE * random.within(-9000, 9000), y: POLE - 40 * TILE },
        _ => {
            Point { x: random.within(-1_000_000_000_000, 1_000_000_000_000), y: random.within(-6, 6) * 100_000_000_007 }
        }
    }
}

fn star(random: &mut Pseudo, centre: Point, radius: i64, grain: i64) -> Vec<Point> {
    let corners = random.within(3, 12);
    let turn = random.within(0, 1000) as f64;
    (0..corners)
        .map(|i| {
            let angle = turn + std::f64::consts::TAU * i as f64 / corners as f64;
            let r = radius as f64 * (0.2 + random.within(0, 800) as f64 / 1000.0);
            let snap = |v: f64| (v / grain as f64).round() as i64 * grain;
            at(centre, snap(r * angle.cos()), snap(r * angle.sin()))
        })
        .collect()
}

fn lattice(random: &mut Pseudo, base: Point, spacing: i64, side: i64) -> Vec<Point> {
    let corners = random.within(3, 8);
    (0..corners).map(|_| at(base, spacing * random.within(-side, side), spacing * random.within(-side, side))).collect()
}

fn rectilinear(random: &mut Pseudo, base: Point, unit: i64) -> Vec<Point> {
    // A box with a corner cut out of it.
    let (x, y) = (random.within(-4, 4), random.within(-4, 4));
    let (w, h) = (random.within(2, 6), random.within(2, 6));
    let (u, v) = (random.within(1, w - 1), random.within(1, h - 1));
    let corners = [(0, 0), (w, 0), (w, v), (u, v), (u, h), (0, h)];
    corners.iter().map(|&(i, j)| at(base, unit * (x + i), unit * (y + j))).collect()
}

fn rings(random: &mut Pseudo, kind: usize, base: Point) -> Vec<Vec<Point>> {
    let count = random.within(2, 8);
    match kind {
        0 => {
            let (radius, grain) = (random.of(&[40, 3000, 1 << 20, TILE, 2 * TILE]), random.of(&[1, 1, 10]));
            let mut place = |r: i64| (random.within(-r, r), random.within(-r, r));
            let centres: Vec<_> = (0..count).map(|_| place(radius)).collect();
            centres.into_iter().map(|(x, y)| star(random, at(base, x, y), radius, grain)).collect()
        }
        1 => {
            let spacing = random.of(&[7, 1000, 999_983, TILE / 3, TILE / 4]);
            (0..count.min(5)).map(|_| lattice(random, base, spacing, 4)).collect()
        }
        2 => (0..count.min(6)).map(|_| lattice(random, base, 1, 6)).collect(),
        3 => {
            let radius = random.of(&[100, 1 << 20, TILE]);
            let first = star(random, base, radius, 1);
            let mut off = |p: &Point| at(*p, random.within(-1, 1), random.within(-1, 1));
            let copies = (1..count).map(|_| first.iter().map(&mut off).collect()).collect::<Vec<_>>();
            std::iter::once(first).chain(copies).collect()
        }
        4 => {
            // Two stars' worth of ground on either side of one long edge, with corners of their own on it.
            let (dx, dy) = (random.within(1, 99_991), random.within(-99_991, 99_991));
            let n = random.of(&[12, 600, 2520]);
            let on = |k: i64| at(base, dx * k, dy * k);
            let exact = |random: &mut Pseudo| if random.within(0, 1) == 0 { 0 } else { random.within(-1, 1) };
            (0..count)
                .map(|i| {
                    let mut cuts: Vec<i64> = (0..random.within(0, 5)).map(|_| random.within(1, n - 1)).collect();
                    cuts.sort_unstable();
                    cuts.dedup();
                    let apex =
                        at(on(n / 2), -dy * if i % 2 == 0 { 9 } else { -9 }, dx * if i % 2 == 0 { 9 } else { -9 });
                    let middle = cuts.into_iter().map(|k| at(on(k), 0, exact(random)));
                    std::iter::once(on(0)).chain(middle).chain([on(n), apex]).collect()
                })
                .collect()
        }
        5 => {
            let reach = random.of(&[50, 100_000, TILE / 2, TILE]);
            (0..count)
                .map(|_| {
                    let (x, y) = (random.within(-reach, reach), random.within(-reach, reach));
                    let third = at(base, random.within(-reach, reach), random.within(-reach, reach));
                    vec![at(base, x, y), at(base, -x, -y), third]
                })
                .collect()
        }
        6 => {
            let length = random.of(&[1000, 1 << 24, 3 * TILE]);
            let (dx, dy) = (random.within(-length, length), random.within(-length, length));
            (0..count)
                .map(|_| {
                    let start = at(base, random.within(-2, 2), random.within(-2, 2));
                    let wide = random.of(&[(1, 0), (0, 1), (1, 1), (2, 1)]);
                    let end = at(start, dx, dy);
                    vec![start, end, at(end, wide.0, wide.1), at(start, wide.0, wide.1)]
                })
                .collect()
        }
        7 => {
            let unit = random.of(&[1, TILE / 2, TILE, 8 * TILE]);
            (0..count).map(|_| rectilinear(random, base, unit)).collect()
        }
        8 => (0..count.min(6))
            .map(|_| {
                let mut far = || random.within(-6 * TILE, 6 * TILE);
                let (p, q) = (at(base, far(), far()), at(base, far(), far()));
                vec![p, q, at(q, random.within(1, 40), random.within(-40, 40))]
            })
            .collect(),
        _ => (0..count).map(|_| lattice(random, base, TILE, 2)).collect(),
    }
}

/// The footprints of a seed and the kind of scene that they are.
pub fn scene(seed: u64) -> (usize, Vec<Footprint>) {
    let mut random = Pseudo::new(seed);
    let kind = seed as usize % KINDS.len();
    let mut base = anchor(&mut random);
    if kind == 7 || kind == 9 {
        base = Point { x: base.x / TILE * TILE, y: base.y / TILE * TILE };
    }
    (kind, rings(&mut random, kind, base).iter().filter_map(|ring| footprint(ring)).collect())
}
