//! Random ground of the kinds that break overlays, at the places where planes end.

use remnant_geometry::Point;
use remnant_geometry::plane::{HALF_TURN, POLE, TILE};

use super::ground::Ground;

/// Pseudo-random numbers that are the same everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x2545_F491_4F6C_DD1D)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub fn within(&mut self, low: i64, high: i64) -> i64 {
        low + (self.roll() % (high - low + 1) as u64) as i64
    }

    pub fn of<T: Copy>(&mut self, choice: &[T]) -> T {
        choice[self.within(0, choice.len() as i64 - 1) as usize]
    }

    pub fn once_in(&mut self, n: i64) -> bool {
        self.within(1, n) == 1
    }
}

/// The kinds of ground.
pub const KINDS: [&str; 17] = [
    "stars",
    "one broken line that many records share",
    "copies off by one step",
    "edges that are nearly collinear",
    "edges through one point",
    "nested and equal copies",
    "records split in parts",
    "edges of many kilometres",
    "records along the borders of districts",
    "holes that touch",
    "rings that cross themselves",
    "rings of a few steps",
    "corners on corners of tiles",
    "a crowd of boxes",
    "hundreds of edges through one point",
    "a fan on one line that many records share",
    "combs with teeth of one step",
];

pub fn at(base: Point, x: i64, y: i64) -> Point {
    Point { x: base.x + x, y: base.y + y }
}

/// Places where tiles, windows, hemispheres and the plane end, and ordinary ones.
pub fn place(dice: &mut Dice) -> Point {
    let window = TILE * 32;
    match dice.within(0, 8) {
        0 => Point { x: 0, y: 0 },
        1 => Point { x: window * dice.within(-600, 600), y: window * dice.within(-300, 300) },
        2 | 3 => Point { x: HALF_TURN - dice.within(-TILE, TILE), y: TILE * dice.within(-9000, 9000) },
        4 => Point { x: TILE * dice.within(-9000, 9000), y: dice.of(&[-1, 1]) * (POLE - 30 * TILE) },
        5 => Point { x: TILE * dice.within(-9000, 9000), y: TILE * dice.within(-9000, -1000) },
        _ => Point {
            x: dice.within(-1_700_000_000_000, 1_700_000_000_000),
            y: dice.within(-650_000_000_000, 650_000_000_000),
        },
    }
}

pub fn star(dice: &mut Dice, centre: Point, radius: i64) -> Vec<Point> {
    let corners = dice.within(3, 9);
    let turn = dice.within(0, 1000) as f64;
    let corner = |i: i64| {
        let angle = turn + std::f64::consts::TAU * i as f64 / corners as f64;
        let r = radius as f64 * (0.25 + dice.within(0, 750) as f64 / 1000.0);
        at(centre, (r * angle.cos()).round() as i64, (r * angle.sin()).round() as i64)
    };
    (0..corners).map(corner).collect()
}

pub fn boxed(base: Point, [w, s, e, n]: [i64; 4]) -> Vec<Point> {
    vec![at(base, w, s), at(base, e, s), at(base, e, n), at(base, w, n)]
}

pub fn stars(dice: &mut Dice, base: Point, count: i64, reach: i64) -> Vec<Ground> {
    let one = |dice: &mut Dice| {
        let centre = at(base, dice.within(-reach, reach), dice.within(-reach, reach));
        let radius = dice.of(&[reach / 8, reach / 2, reach]).max(3);
        Ground::ring(star(dice, centre, radius))
    };
    (0..count).map(|_| one(dice)).collect()
}

/// Records on both sides of one broken line, each with some of its corners or all of them.
pub fn along_one_line(dice: &mut Dice, base: Point, count: i64) -> Vec<Ground> {
    let step = dice.of(&[40, 100_003, TILE / 5]);
    let line: Vec<Point> = (0..10).map(|i| at(base, i * step, dice.within(-step, step))).collect();
    let one = |dice: &mut Dice| {
        let from = dice.within(0, 7) as usize;
        let to = dice.within(from as i64 + 1, 9) as usize;
        let depth = dice.of(&[-3, -1, 1, 3]) * step;
        let (first, last) = (line[from], line[to]);
        let ends = [at(last, dice.within(-step, step), depth), at(first, dice.within(-step, step), depth)];
        let kept = line[from..=to].iter().filter(|_| !dice.once_in(8)).copied().collect::<Vec<_>>();
        Ground::ring(kept.into_iter().chain(ends).collect())
    };
    (0..count).map(|_| one(dice)).collect()
}

pub fn off_by_one(dice: &mut Dice, base: Point, count: i64) -> Vec<Ground> {
    let radius = dice.of(&[60, 20_000, 1 << 22, TILE]);
    let first = star(dice, base, radius);
    let copy = |dice: &mut Dice| first.iter().map(|p| at(*p, dice.within(-1, 1), dice.within(-1, 1))).collect();
    (0..count.min(8)).map(|_| Ground::ring(copy(dice))).collect()
}

/// Thin records along one direction, whose corners leave it by a step or not at all.
pub fn nearly_collinear(dice: &mut Dice, base: Point, count: i64) -> Vec<Ground> {
    let (dx, dy) = (dice.within(1, 99_991), dice.within(-99_991, 99_991));
    let on = |k: i64, off: i64| at(base, dx * k, dy * k + off);
    let one = |dice: &mut Dice| {
        let (from, to) = (dice.within(-600, 0), dice.within(1, 900));
        let apex = dice.of(&[1, 2, 50_000, 9_999_999]) * dice.of(&[-1, 1]);
        let middle = dice.within(from + 1, to);
        let bent = on((from + to) / 2, dice.within(-1, 1));
        Ground::ring(vec![on(from, dice.within(-1, 1)), bent, on(to, dice.within(-1, 1)), on(middle, apex)])
    };
    (0..count.min(8)).map(|_| one(dice)).collect()
}

/// Wedges with their tip in one point, and needles right through it.
pub fn through_one_point(dice: &mut Dice, base: Point) -> Vec<Ground> {
    let (count, radius) = (dice.of(&[8, 16, 40]), dice.of(&[900, 1 << 21, TILE]));
    let rim = |angle: f64| {
        at(base, (radius as f64 * angle.cos()).round() as i64, (radius as f64 * angle.sin()).round() as i64)
    };
    let one = |dice: &mut Dice| {
        let angle = dice.within(0, 6283) as f64 / 1000.0;
        let wide = dice.within(1, 700) as f64 / 1000.0;
        let (a, b) = (rim(angle), rim(angle + wide));
        if dice.once_in(3) {
            let back = Point { x: 2 * base.x - a.x, y: 2 * base.y - a.y };
            return Ground::ring(vec![a, b, back]);
        }
        Ground::ring(vec![base, a, b])
    };
    (0..count).map(|_| one(dice)).collect()
}

pub fn nested(dice: &mut Dice, base: Point, count: i64) -> Vec<Ground> {
    let radius = dice.of(&[50, 70_000, TILE / 16]);
    let ring = star(dice, Point { x: 0, y: 0 }, radius);
    let one = |dice: &mut Dice| {
        let times = dice.within(1, 8);
        let mut ring: Vec<Point> = ring.iter().map(|p| at(base, p.x * times, p.y * times)).collect();
        if dice.once_in(2) {
            ring.reverse();
        }
        Ground::ring(ring)
    };
    (0..count).map(|_| one(dice)).collect()
}

/// A few records, and the parts that lines through them leave, each a record too.
pub fn splits(dice: &mut Dice, base: Point) -> Vec<Ground> {
    let mut grounds = Vec::new();
    for _ in 0..dice.within(1, 4) {
        let centre = at(base, dice.within(-TILE, TILE), dice.within(-TILE, TILE));
        let radius = dice.of(&[500, TILE / 2, TILE]);
        let whole = star(dice, centre, radius);
        let n = whole.len();
        let (from, to) = (0, dice.within(1, n as i64 - 1) as usize);
        // The cut has corners of its own, which both parts have.
        let cut: Vec<Point> =
            (0..dice.within(0, 3)).map(|_| at(centre, dice.within(-90, 90), dice.within(-90, 90))).collect();
        let one: Vec<Point> = whole[from..=to].iter().copied().chain(cut.iter().rev().copied()).collect();
        let other: Vec<Point> = whole[to..].iter().copied().chain([whole[0]]).chain(cut).collect();
        grounds.extend([Ground::ring(whole), Ground::ring(one.clone()), Ground::ring(other.clone())]);
        // Both parts as one record of two polygons.
        grounds.push(Ground(vec![vec![one], vec![other]]));
    }
    grounds
}

pub fn long(dice: &mut Dice, base: Point) -> Vec<Ground> {
    let far = 5_000_000_000;
    let base = Point { x: base.x, y: base.y.clamp(-POLE + 2 * far, POLE - 2 * far) };
    let one = |dice: &mut Dice| {
        let mut corner = || at(base, dice.within(-far, far), dice.within(-far, far) / 3);
        let (p, q, r) = (corner(), corner(), corner());
        if dice.once_in(3) {
            // A needle.
            return Ground::ring(vec![p, q, at(q, dice.within(1, 900), dice.within(-900, 900))]);
        }
        Ground::ring(vec![p, q, r])
    };
    (0..dice.within(2, 5)).map(|_| one(dice)).collect()
}

/// Shells with holes that touch them, each other, and records that fill them.
pub fn touching_holes(dice: &mut Dice, base: Point) -> Vec<Ground> {
    let unit = dice.of(&[3, 1009, TILE / 12]);
    let mut grounds = Vec::new();
    for _ in 0..dice.within(2, 4) {
        let base = at(base, unit * dice.within(-6, 6), unit * dice.within(-6, 6));
        let p = |x: i64, y: i64| at(base, x * unit, y * unit);
        let shell = vec![p(0, 0), p(12, 0), p(12, 12), p(0, 12)];
        // The first touches the shell's corner, the second its side, the third the second.
        let holes =
            [vec![p(0, 0), p(4, 2), p(2, 4)], vec![p(12, 6), p(8, 8), p(8, 4)], vec![p(8, 8), p(6, 11), p(4, 8)]];
        let count = dice.within(1, 3) as usize;
        grounds.push(Ground(vec![[vec![shell], holes[..count].to_vec()].concat()]));
        grounds.extend(holes[..count].iter().filter(|_| dice.once_in(2)).map(|h| Ground::ring(h.clone())));
    }
    grounds
}

/// Rings with crossings, spikes and corners met twice, polygons of several of them.
pub fn crossing_themselves(dice: &mut Dice, base: Point, count: i64) -> Vec<Ground> {
    let spacing = dice.of(&[5, 1000, 999_983, TILE / 4]);
    let ring = |dice: &mut Dice| -> Vec<Point> {
        (0..dice.within(4, 8)).map(|_| at(base, spacing * dice.within(-4, 4), spacing * dice.within(-4, 4))).collect()
    };
    let one = |dice: &mut Dice| {
        let polygons = dice.of(&[1, 1, 2]);
        let polygon = |dice: &mut Dice| (0..dice.of(&[1, 1, 2])).map(|_| ring(dice)).collect();
        Ground((0..polygons).map(|_| polygon(dice)).collect())
    };
    (0..count.min(6)).map(|_| one(dice)).collect()
}

pub fn on_tiles(dice: &mut Dice, base: Point, count: i64) -> Vec<Ground> {
    let base = Point { x: base.x / TILE * TILE, y: base.y / TILE * TILE };
    let unit = dice.of(&[TILE, TILE / 2, TILE + 1]);
    let one = |dice: &mut Dice| {
        let mut corner = || at(base, unit * dice.within(-3, 3), unit * dice.within(-3, 3));
        Ground::ring(vec![corner(), corner(), corner(), corner()])
    };
    (0..count.min(7)).map(|_| one(dice)).collect()
}

pub fn crowd(dice: &mut Dice, base: Point) -> Vec<Ground> {
    let reach = dice.of(&[200, 1 << 22, TILE]);
    let one = |dice: &mut Dice| {
        let (x, y) = (dice.within(-reach, reach), dice.within(-reach, reach));
        let (w, h) = (dice.within(1, reach), dice.within(1, reach));
        Ground::ring(boxed(base, [x, y, x + w, y + h]))
    };
    (0..dice.within(20, 40)).map(|_| one(dice)).collect()
}

/// So many thin records whose edges all pass one point. Where that is no point of the grid, every two edges cross in a
/// place of their own within a step of it; exact slabs grow with the square of that, so these are fewer.
pub fn pencil(dice: &mut Dice, base: Point, crowded: i64) -> Vec<Ground> {
    let radius = dice.of(&[20_000, 1 << 21, TILE]);
    let rim = |angle: f64| {
        at(base, (radius as f64 * angle.cos()).round() as i64, (radius as f64 * angle.sin()).round() as i64)
    };
    let step = std::f64::consts::TAU / crowded as f64;
    let wedge = |angle: f64, wide: f64| vec![rim(angle), rim(angle + wide)];
    match dice.within(0, 2) {
        // Each reaches over some of the next: all tips in one point, hundreds of records around it.
        0 => {
            let over = dice.within(1, 6) as f64 + 0.5;
            let one = |i: i64| Ground::ring([vec![base], wedge(i as f64 * step, over * step)].concat());
            (0..crowded).map(one).collect()
        }
        // Through the point and on, to where it began on the other side.
        1 => {
            let through = |i: i64| {
                let ends = wedge(0.5 * i as f64 * step, 0.4 * step);
                let back = Point { x: 2 * base.x - ends[0].x, y: 2 * base.y - ends[0].y };
                Ground::ring([ends, vec![back]].concat())
            };
            (0..crowded / 2).map(through).collect()
        }
        // Past the point by less than a step, each by as much as it likes.
        _ => {
            let mut past = |i: i64| {
                let ends = wedge(6.0 * i as f64 * step, 3.0 * step);
                let off = (dice.within(-1, 1), dice.within(-1, 1));
                let back = Point { x: 2 * base.x - ends[0].x + off.0, y: 2 * base.y - ends[0].y + off.1 };
                Ground::ring([ends, vec![back]].concat())
            };
            (0..crowded / 6).map(&mut past).collect()
        }
    }
}

/// Records with their apex in one of two points on either side of a line, on which all of them stand: stretches of one
/// straight line, each shared by many.
pub fn fan(dice: &mut Dice, base: Point, crowded: i64) -> Vec<Ground> {
    let (dx, dy) = (dice.within(1, 9_991), dice.within(-9_991, 9_991));
    let on = |k: i64| at(base, dx * k, dy * k);
    let far = dice.of(&[7, 900]);
    let apexes = [at(on(crowded / 2), -dy * far, dx * far), at(on(crowded / 2), dy * far, -dx * far)];
    // Some of them pass the line by a step, so that it splits.
    let off = dice.of(&[0, 0, 1]);
    let mut one = |i: i64| {
        let (from, to) = (i, i + dice.within(1, 9));
        let bent = at(on(to), 0, if dice.once_in(4) { off } else { 0 });
        Ground::ring(vec![on(from), bent, dice.of(&apexes)])
    };
    (0..crowded).map(&mut one).collect()
}

/// Combs whose teeth are a step wide, a step or two apart and lean over, against each other and under bands.
pub fn combs(dice: &mut Dice, base: Point) -> Vec<Ground> {
    let (teeth, high) = (dice.of(&[6, 14, 24]), dice.of(&[50, 100_000, TILE]));
    let (lean, gap) = (dice.of(&[0, 1, 7, 1 << 18]), dice.within(1, 2));
    let pitch = 1 + gap;
    // From the left to the right up and down each tooth, and back below them.
    let comb = |shift: i64, up: i64| {
        let foot = |x: i64| at(base, shift + x, 0);
        let tip = |x: i64| at(base, shift + x + lean, up * high);
        let tooth = |i: i64| [foot(i * pitch), tip(i * pitch), tip(i * pitch + 1), foot(i * pitch + 1)];
        let back =
            [at(base, shift + teeth * pitch, 0), at(base, shift + teeth * pitch, -up * 9), at(base, shift, -up * 9)];
        Ground::ring((0..teeth).flat_map(tooth).chain(back).collect())
    };
    let mut grounds = vec![comb(0, 1), comb(dice.within(0, 2), 1), comb(dice.within(-1, 1), -1)];
    for _ in 0..dice.within(1, 4) {
        let (low, tilt) = (dice.within(-high, high), dice.within(-2, 2));
        let (west, east) = (-5 - lean, teeth * pitch + 5 + lean);
        grounds.push(Ground::ring(vec![
            at(base, west, low),
            at(base, east, low + tilt),
            at(base, east, low + tilt + high / 3),
            at(base, west, low + high / 3),
        ]));
    }
    grounds
}

/// The ground of records of a kind about a place, and how far the scene reaches, in steps.
pub fn grounds(dice: &mut Dice, kind: usize, base: Point) -> (Vec<Ground>, i64) {
    let count = dice.within(4, 14);
    let grounds = match kind {
        0 => {
            let size = dice.of(&[90, 1 << 20, TILE, 2 * TILE]);
            return (stars(dice, base, count, size), size);
        }
        1 => along_one_line(dice, base, count),
        2 => off_by_one(dice, base, count),
        3 => nearly_collinear(dice, base, count),
        4 => through_one_point(dice, base),
        5 => nested(dice, base, count),
        6 => splits(dice, base),
        7 => return (long(dice, base), 1_500_000_000),
        // They are made from the districts.
        8 => Vec::new(),
        9 => touching_holes(dice, base),
        10 => crossing_themselves(dice, base, count),
        11 => {
            let reach = dice.of(&[3, 9, 30]);
            stars(dice, base, count, reach)
        }
        12 => on_tiles(dice, base, count),
        13 => crowd(dice, base),
        14 => {
            let crowded = dice.of(&[24, 24, 48, 120]);
            pencil(dice, base, crowded)
        }
        15 => {
            let crowded = dice.of(&[40, 40, 120]);
            fan(dice, base, crowded)
        }
        _ => combs(dice, base),
    };
    (grounds, TILE)
}

/// Districts as a net whose corners they share; one of them may reach into its neighbours, two may have one code.
pub fn net(dice: &mut Dice, base: Point, size: i64) -> Vec<(String, Ground)> {
    let side = dice.within(1, 3);
    let shake = dice.of(&[0, size / 5]);
    let mut corner = || (dice.within(-shake, shake), dice.within(-shake, shake));
    let shaken: Vec<(i64, i64)> = (0..(side + 1) * (side + 1)).map(|_| corner()).collect();
    let p = |i: i64, j: i64| {
        let (dx, dy) = shaken[(j * (side + 1) + i) as usize];
        at(base, (2 * i - side) * size + dx, (2 * j - side) * size + dy)
    };
    let mut districts = Vec::new();
    for (i, j) in (0..side).flat_map(|j| (0..side).map(move |i| (i, j))) {
        let ring = vec![p(i, j), p(i + 1, j), p(i + 1, j + 1), p(i, j + 1)];
        let number = if dice.once_in(8) { 0 } else { 8 - (j * side + i) };
        districts.push((format!("D{number}"), Ground::ring(ring)));
    }
    if dice.once_in(4) {
        districts.push(("C".to_owned(), Ground::ring(star(dice, base, size))));
    }
    districts
}
