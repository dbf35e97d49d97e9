//! Validity and the ring rule, against definitions written from the standard and the contract alone.

use remnant_geometry::{Defect, Footprint, Point};

use crate::engine::{doubled, perimeter, raw, step_m2};
use crate::exact::edges_of;
use crate::scenes::{Pseudo, anchor};
use crate::seed;
use crate::slabs::{Edge, PART, Step, walk};

/// Twice the signed area of a triangle.
fn turn(a: Point, b: Point, c: Point) -> i128 {
    i128::from(b.x - a.x) * i128::from(c.y - a.y) - i128::from(b.y - a.y) * i128::from(c.x - a.x)
}

fn on(a: Point, b: Point, p: Point) -> bool {
    turn(a, b, p) == 0 && (a.x.min(b.x)..=a.x.max(b.x)).contains(&p.x) && (a.y.min(b.y)..=a.y.max(b.y)).contains(&p.y)
}

fn share_a_point(a: Point, b: Point, c: Point, d: Point) -> bool {
    let across = |a, b, c, d| (turn(a, b, c) > 0) != (turn(a, b, d) > 0);
    let ends = on(a, b, c) || on(a, b, d) || on(c, d, a) || on(c, d, b);
    let none_level = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)].iter().all(|&t| t != 0);
    ends || (none_level && across(a, b, c, d) && across(c, d, a, b))
}

/// A ring is simple where edges share nothing but the corner between neighbours (OGC 06-103r4, 6.1.6 and 6.1.11).
fn is_simple(ring: &[Point]) -> bool {
    let n = ring.len();
    (0..n).all(|i| {
        (i + 1..n).all(|j| {
            let (a, b, c, d) = (ring[i], ring[(i + 1) % n], ring[j], ring[(j + 1) % n]);
            if j == i + 1 {
                !on(a, b, d) && !on(c, d, a)
            } else if (j + 1) % n == i {
                !on(a, b, c) && !on(c, d, b)
            } else {
                !share_a_point(a, b, c, d)
            }
        })
    })
}

/// Whether a point that lies on no edge is inside a ring: along a ray to the east.
fn inside(ring: &[Point], p: Point) -> bool {
    let crossed = |(&a, &b): (&Point, &Point)| {
        let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
        low.y <= p.y && p.y < high.y && turn(low, high, p) > 0
    };
    ring.iter().zip(ring.iter().cycle().skip(1)).filter(|&e| crossed(e)).count() % 2 == 1
}

/// `None` where rings touch: there the standard asks for more than this definition knows.
fn is_valid(rings: &[Vec<Point>]) -> Option<bool> {
    let edges =
        |r: &[Point]| -> Vec<(Point, Point)> { r.iter().copied().zip(r.iter().copied().cycle().skip(1)).collect() };
    for (i, r) in rings.iter().enumerate() {
        for s in &rings[i + 1..] {
            if edges(r).iter().any(|&(a, b)| edges(s).iter().any(|&(c, d)| share_a_point(a, b, c, d))) {
                return None;
            }
        }
    }
    let (shell, holes) = rings.split_first()?;
    let apart = |i: usize| (0..holes.len()).all(|k| k == i || !inside(&holes[k], holes[i][0]));
    let placed = (0..holes.len()).all(|i| inside(shell, holes[i][0]) && apart(i));
    Some(rings.iter().all(|r| is_simple(r)) && placed)
}

/// Areas in squared steps by the contract's rule and by the even-odd rule, from winding numbers in exact slabs.
fn areas(rings: &[Vec<Point>]) -> (f64, f64) {
    let origin = rings[0][0];
    let mut edges = Vec::new();
    for (owner, ring) in (0..).zip(rings) {
        let pairs = ring.iter().zip(ring.iter().cycle().skip(1));
        edges.extend(pairs.filter_map(|(&p, &q)| Edge::new(p, q, owner, origin)));
    }
    let mut winding = vec![0; rings.len()];
    let (mut by_rule, mut even_odd) = (0, 0);
    walk(&edges, &mut |step| match step {
        Step::Start => winding.fill(0),
        Step::Cross(i) => winding[edges[i].owner as usize] += edges[i].way,
        Step::Cell(area, _) => {
            if winding[0] != 0 && winding[1..].iter().all(|&w| w == 0) {
                by_rule += area;
            }
            if winding.iter().sum::<i32>() % 2 != 0 {
                even_odd += area;
            }
        }
    });
    (by_rule as f64 * PART, even_odd as f64 * PART)
}

/// The footprint's area by the parity of its edges, in squared steps.
fn by_parity(footprint: &Footprint) -> f64 {
    let edges = edges_of(std::slice::from_ref(footprint));
    let (mut inside, mut sum) = (false, 0);
    walk(&edges, &mut |step| match step {
        Step::Start => inside = false,
        Step::Cross(_) => inside = !inside,
        Step::Cell(area, _) => sum += if inside { area } else { 0 },
    });
    sum as f64 * PART
}

fn on_a_line(ring: &[Point]) -> bool {
    ring.iter().all(|&p| ring.iter().all(|&q| turn(ring[0], p, q) == 0))
}

/// Rings as no source should give them: crossing, wound twice, turned back, holes anywhere.
fn rings(random: &mut Pseudo) -> Vec<Vec<Point>> {
    let base = anchor(random);
    let spacing = random.of(&[1, 10, 999_983, 20_000_003]);
    let side = random.of(&[2, 4, 30]);
    let ring = |random: &mut Pseudo, side: i64| -> Vec<Point> {
        let n = random.within(3, 9);
        let mut corner = || Point {
            x: base.x + spacing * random.within(-side, side),
            y: base.y + spacing * random.within(-side, side),
        };
        (0..n).map(|_| corner()).collect()
    };
    let mut rings = vec![ring(random, side)];
    if random.within(0, 4) == 0 {
        // Wound twice.
        rings[0].extend_from_within(..);
    }
    for _ in 0..random.within(0, 2) {
        let hole = random.within(1, side);
        rings.push(ring(random, hole));
    }
    for ring in &mut rings {
        ring.dedup();
        while ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
    }
    rings
}

#[test]
fn bad_rings_cover_what_they_wind_around() {
    let (mut valid, mut invalid, mut touching, mut apart) = (0, 0, 0, 0);
    for seed in seed::of(0..4000) {
        let mut random = Pseudo::new(seed);
        let mut rings = rings(&mut random);
        if rings[0].len() < 3 || on_a_line(&rings[0]) {
            assert!(Footprint::new(&[raw(&rings)]).is_err(), "seed {seed}: a line has no area");
            continue;
        }
        rings.retain(|r| r.len() >= 3 && !on_a_line(r));
        let (by_rule, even_odd) = areas(&rings);
        let made = Footprint::new(&[raw(&rings)]);
        let Ok((footprint, defects)) = made else {
            assert!(
                by_rule <= 4.0 * rings.iter().map(|r| r.len()).sum::<usize>() as f64 + 1.0,
                "seed {seed}: {by_rule}"
            );
            continue;
        };
        let length: f64 = rings
            .iter()
            .flat_map(|r| r.iter().zip(r.iter().cycle().skip(1)))
            .map(|(p, q)| ((q.x - p.x) as f64).hypot((q.y - p.y) as f64))
            .sum();
        let found = defects.iter().find_map(|d| match d {
            Defect::Invalid { area_m2, even_odd_m2, .. } => Some((*area_m2, *even_odd_m2)),
            _ => None,
        });
        match is_valid(&rings) {
            Some(right) => {
                assert_eq!(right, found.is_none(), "seed {seed}: {rings:?}");
                *(if right { &mut valid } else { &mut invalid }) += 1;
            }
            None => touching += 1,
        }
        let got = by_parity(&footprint);
        assert!((got - by_rule).abs() <= length, "seed {seed}: {by_rule} by the rule, {got} found");
        if let Some((area_m2, even_odd_m2)) = found {
            // Latitude changes the size of a step over the few degrees of the widest ring.
            let scale = footprint.area_m2() / got.max(1.0);
            let slack = length * step_m2() + 0.2 * area_m2.max(even_odd_m2);
            assert!((even_odd_m2 - even_odd * scale).abs() <= slack, "seed {seed}: even-odd {even_odd_m2}");
            assert!((area_m2 - footprint.area_m2()).abs() <= 1e-6 * area_m2 + length * step_m2(), "seed {seed}");
            apart += usize::from((by_rule - even_odd).abs() > length);
        }
    }
    assert!(valid > 250 && invalid > 250 && touching > 300 && apart > 300, "{valid} {invalid} {touching} {apart}");
}

#[test]
fn where_a_ring_begins_and_which_way_it_runs_changes_nothing() {
    for seed in seed::of(0..1500) {
        let mut random = Pseudo::new(seed);
        let rings = rings(&mut random);
        let Ok((footprint, defects)) = Footprint::new(&[raw(&rings)]) else { continue };
        let mut turned = rings.clone();
        for ring in &mut turned {
            let by = random.within(0, ring.len() as i64 - 1) as usize;
            ring.rotate_left(by);
            if random.within(0, 1) == 0 {
                ring.reverse();
            }
        }
        let (other, other_defects) = Footprint::new(&[raw(&turned)]).expect("it had ground before");
        assert_eq!(footprint.polygons(), other.polygons(), "seed {seed}: the ground has changed");
        let repaired = |d: &[Defect]| d.iter().any(|d| matches!(d, Defect::Invalid { .. }));
        assert_eq!(repaired(&defects), repaired(&other_defects), "seed {seed}");
        assert!(perimeter(&footprint) > 0.0 && footprint.rings().any(|r| doubled(&r) != 0), "seed {seed}");
    }
}

/// Thin triangles in one direction, whose corners leave it by a step: their edges cross again and again within a step.
fn nearly_collinear(random: &mut Pseudo) -> Vec<Vec<Point>> {
    let base = anchor(random);
    let (dx, dy) = (random.within(1, 99_991), random.within(-99_991, 99_991));
    let on = |k: i64, off: i64| Point { x: base.x + dx * k, y: base.y + dy * k + off };
    (0..random.within(2, 8))
        .map(|_| {
            let (from, to) = (random.within(-600, 0), random.within(1, 900));
            let apex = random.of(&[1, 2, 50_000, 9_999_999]) * random.of(&[-1, 1]);
            let (middle, bend) = (random.within(from + 1, to), random.within(-1, 1));
            vec![
                on(from, random.within(-1, 1)),
                on((from + to) / 2, bend),
                on(to, random.within(-1, 1)),
                on(middle, apex),
            ]
        })
        .collect()
}

/// The area that some ring winds around, in squared steps.
fn any(rings: &[Vec<Point>]) -> f64 {
    let mut edges = Vec::new();
    for (owner, ring) in (0..).zip(rings) {
        let pairs = ring.iter().zip(ring.iter().cycle().skip(1));
        edges.extend(pairs.filter_map(|(&p, &q)| Edge::new(p, q, owner, rings[0][0])));
    }
    let (mut winding, mut sum) = (vec![0; rings.len()], 0);
    walk(&edges, &mut |step| match step {
        Step::Start => winding.fill(0),
        Step::Cross(i) => winding[edges[i].owner as usize] += edges[i].way,
        Step::Cell(area, _) => sum += if winding.iter().any(|&w| w != 0) { area } else { 0 },
    });
    sum as f64 * PART
}

/// The length of all borders, in steps.
fn around(rings: &[Vec<Point>]) -> f64 {
    let edges = rings.iter().flat_map(|r| r.iter().zip(r.iter().cycle().skip(1)));
    edges.map(|(p, q)| ((q.x - p.x) as f64).hypot((q.y - p.y) as f64)).sum()
}

/// Eight parts of one record, of four corners each: on them, a library that was asked before split edges without end.
const WITHOUT_END: [[(i64, i64); 4]; 8] = [
    [
        (123_452_920_884, 98_771_376_951),
        (123_463_900_116, 98_754_503_182),
        (123_474_879_348, 98_737_629_415),
        (123_466_869_588, 98_749_939_460),
    ],
    [
        (123_455_812_212, 98_766_933_326),
        (123_461_321_364, 98_758_466_416),
        (123_466_830_516, 98_749_999_508),
        (123_457_804_884, 98_763_820_827),
    ],
    [
        (123_449_052_756, 98_777_321_802),
        (123_456_671_796, 98_765_612_247),
        (123_464_290_836, 98_753_902_693),
        (123_463_040_532, 98_755_824_263),
    ],
    [
        (123_448_662_036, 98_777_922_293),
        (123_461_907_444, 98_757_565_682),
        (123_475_152_852, 98_737_209_070),
        (123_465_111_348, 98_752_641_665),
    ],
    [
        (123_446_747_508, 98_780_864_694),
        (123_461_673_012, 98_757_925_976),
        (123_476_637_588, 98_734_927_208),
        (123_466_361_652, 98_750_720_094),
    ],
    [
        (123_438_229_812, 98_793_955_376),
        (123_457_375_092, 98_764_531_367),
        (123_476_559_444, 98_735_047_307),
        (123_475_660_788, 98_726_428_435),
    ],
    [
        (123_444_832_980, 98_783_807_096),
        (123_457_531_380, 98_764_291_169),
        (123_470_229_780, 98_744_775_245),
        (123_452_725_524, 98_771_677_199),
    ],
    [
        (123_454_093_044, 98_769_575_482),
        (123_461_712_084, 98_757_865_927),
        (123_469_331_124, 98_746_156_372),
        (123_459_445_908, 98_771_348_768),
    ],
];

#[test]
fn parts_with_nearly_collinear_edges_come_to_an_end_and_cover_their_union() {
    let known: Vec<Vec<Point>> = WITHOUT_END.iter().map(|r| r.iter().map(|&(x, y)| Point { x, y }).collect()).collect();
    let random = (0..400).map(|seed| nearly_collinear(&mut Pseudo::new(seed)));
    for (number, rings) in std::iter::once(known).chain(random).enumerate() {
        let rings: Vec<Vec<Point>> = rings.into_iter().filter(|r| !on_a_line(r)).collect();
        let polygons: Vec<_> = rings.iter().map(|ring| raw(std::slice::from_ref(ring))).collect();
        let Ok((footprint, _)) = Footprint::new(&polygons) else {
            assert!(rings.is_empty() || any(&rings) <= around(&rings), "{number}: ground is lost");
            continue;
        };
        let (want, got) = (any(&rings), by_parity(&footprint));
        // Half a step along every border on either side of it.
        assert!((got - want).abs() <= around(&rings), "{number}: {want} covered, {got} found");
        // Its borders are proper ones: drawn as polygons they have the area that their edges have.
        let drawn: i128 = footprint.polygons().iter().flatten().map(|ring| doubled(ring)).sum();
        assert!((drawn as f64 / 2.0 - got).abs() <= 1.0, "{number}: {drawn} drawn, {got} by parity");
        // And once more as one part after the other.
        let parts: Vec<Footprint> =
            polygons.iter().filter_map(|p| Some(Footprint::new(std::slice::from_ref(p)).ok()?.0)).collect();
        let union: i128 = Footprint::union(&parts).iter().flatten().map(|ring| doubled(ring)).sum();
        assert!((union as f64 / 2.0 - want).abs() <= around(&rings), "{number}: {want} covered, {union} / 2 united");
    }
}
