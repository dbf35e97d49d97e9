//! Rings -> footprints, held against winding numbers.

use remnant_geometry::plane::{HALF_TURN, POLE};
use remnant_geometry::{Defect, Footprint, NoFootprint, Point, RawPolygon};

/// An edge moves by less than this where crossings are rounded, in steps: nearer places are not asked about.
const NEAR: f64 = 4.0;

/// Places asked about, for every footprint.
const PLACES: usize = 24;

/// Bytes as numbers; nothing but zeros after their end.
#[derive(Debug)]
pub struct Numbers<'a>(pub &'a [u8]);

impl Numbers<'_> {
    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        byte
    }

    fn step(&mut self) -> i64 {
        i64::from(i8::from_le_bytes([self.byte()]))
    }
}

/// Where the plane, hemispheres, tiles and windows begin and end, and places in between.
const ANCHORS: [Point; 8] = [
    Point { x: 465_000_000_007, y: 395_000_000_001 },
    Point { x: 0, y: 0 },
    Point { x: 1 << 26, y: 3 << 26 },
    Point { x: 215 << 31, y: 180 << 31 },
    Point { x: HALF_TURN, y: 100_000_000_007 },
    Point { x: 1_234_567_890_123, y: POLE },
    Point { x: -HALF_TURN, y: -POLE },
    Point { x: -777_777_777_777, y: 1 },
];

/// Polygons of a record.
pub type Polygons = Vec<Vec<Vec<Point>>>;

/// Marks among the numbers: a ring, a polygon, a record ends; the next corner is one of single steps beside the last.
const END_RING: u8 = 0x80;
const END_POLYGON: u8 = 0x81;
const END_RECORD: u8 = 0x82;
const BESIDE: u8 = 0x83;

/// Records of polygons of rings: the first two bytes say where and how large, then every corner takes two.
pub fn records(data: &[u8]) -> Vec<Polygons> {
    let mut numbers = Numbers(data);
    let anchor = ANCHORS[usize::from(numbers.byte()) % ANCHORS.len()];
    // From single steps to a third of a degree.
    let unit = [1, 2, 7, 1000, 999_983, 1 << 21, 1 << 24, (1 << 26) / 3, 1 << 26, (1 << 27) + 1];
    let unit: i64 = unit[usize::from(numbers.byte()) % unit.len()];
    let (mut records, mut polygons, mut rings, mut ring) =
        (Vec::new(), Polygons::new(), Vec::new(), Vec::<Point>::new());
    while !numbers.0.is_empty() {
        let first = numbers.byte();
        let corner = match first {
            END_RING | END_POLYGON | END_RECORD => {
                rings.push(std::mem::take(&mut ring));
                if first != END_RING {
                    polygons.push(std::mem::take(&mut rings));
                }
                if first == END_RECORD {
                    records.push(std::mem::take(&mut polygons));
                }
                continue;
            }
            BESIDE => {
                let last = ring.last().copied().unwrap_or(anchor);
                Point { x: last.x + numbers.step(), y: last.y + numbers.step() }
            }
            x => Point { x: anchor.x + i64::from(x as i8) * unit, y: anchor.y + numbers.step() * unit },
        };
        // Round the Earth, and no farther than the poles.
        let x = (corner.x + HALF_TURN).rem_euclid(2 * HALF_TURN) - HALF_TURN;
        ring.push(Point { x, y: corner.y.clamp(-POLE, POLE) });
    }
    rings.push(ring);
    polygons.push(rings);
    records.push(polygons);
    records
}

/// A record as a source would give it.
pub fn raw(polygons: &Polygons) -> Vec<RawPolygon> {
    let ring = |ring: &Vec<Point>| ring.iter().chain(ring.first()).map(|p| p.degrees()).collect();
    polygons.iter().map(|rings| RawPolygon { rings: rings.iter().map(ring).collect() }).collect()
}

/// How often a ring winds round a place, and whether the place is too near to be asked about.
fn winding(ring: &[Point], p: Point) -> (i32, bool) {
    let (mut winds, mut near) = (0, false);
    for (i, &a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        near |= distance(a, b, p) < NEAR;
        let side = turn(a, b, p);
        if a.y <= p.y && p.y < b.y && side > 0 {
            winds += 1;
        } else if b.y <= p.y && p.y < a.y && side < 0 {
            winds -= 1;
        }
    }
    (winds, near)
}

fn turn(a: Point, b: Point, c: Point) -> i128 {
    i128::from(b.x - a.x) * i128::from(c.y - a.y) - i128::from(b.y - a.y) * i128::from(c.x - a.x)
}

/// The distance of a place from an edge, in steps.
pub fn distance(a: Point, b: Point, p: Point) -> f64 {
    let to = |q: Point| ((q.x - a.x) as f64, (q.y - a.y) as f64);
    let ((bx, by), (px, py)) = (to(b), to(p));
    let length = bx * bx + by * by;
    let along = if length == 0.0 { 0.0 } else { ((px * bx + py * by) / length).clamp(0.0, 1.0) };
    (px - along * bx).hypot(py - along * by)
}

/// Whether the rule covers a place: `None` too near to a border. A ring covers what it winds around, a polygon its first
/// ring less what its others cover, a record the union of its polygons.
fn ruled(polygons: &Polygons, p: Point) -> Option<bool> {
    let (mut covered, mut near) = (false, false);
    for rings in polygons {
        let mut winds = rings.iter().map(|ring| {
            let (winds, is_near) = winding(ring, p);
            near |= is_near;
            winds != 0
        });
        let shell = winds.next().unwrap_or(false);
        let holes = winds.fold(false, |any, hole| any | hole);
        covered |= shell && !holes;
    }
    (!near).then_some(covered)
}

/// Places to ask about: beside corners and edges, and all over the box; the same ones for the same corners.
pub fn places(corners: &[Point]) -> Vec<Point> {
    let mut state = corners
        .iter()
        .fold(7_u64, |hash, p| (hash ^ p.x as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (p.y as u64).rotate_left(17));
    let mut below = |n: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % n.max(1) as u64) as i64
    };
    let Some(bounds) = remnant_geometry::Bounds::of(corners.iter().copied()) else { return Vec::new() };
    let (width, height) = (bounds.max.x - bounds.min.x, bounds.max.y - bounds.min.y);
    (0..PLACES)
        .map(|nth| {
            let anywhere = Point {
                x: bounds.min.x + below(1 << 20) * (width / (1 << 20) + 1),
                y: bounds.min.y + below(1 << 20) * (height / (1 << 20) + 1),
            };
            let (a, b) = (corners[below(corners.len() as i64) as usize], corners[below(corners.len() as i64) as usize]);
            match nth % 3 {
                0 => anywhere,
                1 => Point { x: a.x + below(64) - 32, y: a.y + below(64) - 32 },
                _ => Point { x: (a.x + b.x) / 2 + below(16) - 8, y: (a.y + b.y) / 2 + below(16) - 8 },
            }
        })
        .collect()
}

/// Makes the footprint of each record.
pub fn check(data: &[u8]) {
    records(data).iter().for_each(|polygons| drop(judged(polygons)));
}

/// The footprint of a record, after everything that must hold of it.
fn judged(polygons: &Polygons) -> Option<Footprint> {
    let (footprint, defects) = match Footprint::new(&raw(polygons)) {
        Err(NoFootprint::NotOnEarth(at)) => panic!("{at:?} is on Earth"),
        Err(NoFootprint::NotFinite) => panic!("every coordinate is a number"),
        Err(NoFootprint::Torn) => panic!("mended borders contradict each other"),
        Err(NoFootprint::TooManyCorners(_) | NoFootprint::TooManyCrossings(_)) => {
            panic!("so few corners are not too many")
        }
        Err(NoFootprint::Empty | NoFootprint::NoArea) => return None,
        Ok(made) => made,
    };
    let b = footprint.bounds();
    assert!(b.min.x >= -HALF_TURN && b.max.x <= HALF_TURN && b.min.y >= -POLE && b.max.y <= POLE, "{b:?}");
    assert!(footprint.rings().all(|ring| ring.len() >= 3), "a ring of two corners");
    let area = footprint.area_m2();
    let (width, height) = ((b.max.x - b.min.x) as f64, (b.max.y - b.min.y) as f64);
    // A step is at most 11.2 micrometres.
    let most = width * height * 1.255e-10 + 1e-6;
    assert!(area >= 0.0 && area <= most * 1.01, "{area} m2 in a box of at most {most} m2");
    is_proper(&footprint, area);
    in_any_order(polygons, &footprint, area);
    let goes_round = defects.iter().any(|d| matches!(d, Defect::LongEdge { .. } | Defect::RoundPole { .. }));
    if !goes_round {
        let corners: Vec<Point> = polygons.iter().flatten().flatten().copied().collect();
        for p in places(&corners) {
            if let (Some(rule), Some(covers)) = (ruled(polygons, p), footprint.covers(p)) {
                assert_eq!(rule, covers, "{p:?} by the rule and by the footprint of {polygons:?}");
            }
        }
    }
    Some(footprint)
}

/// Its borders are proper ones: as polygons it is valid, and the same again.
fn is_proper(footprint: &Footprint, area: f64) {
    let polygons: Polygons = footprint.polygons();
    let (again, defects) = Footprint::new(&raw(&polygons)).expect("it had an area before");
    // Parts that meet along the antimeridian share an edge there, which is no matter.
    let b = footprint.bounds();
    let cut = b.min.x == -HALF_TURN || b.max.x == HALF_TURN;
    assert!(cut || !defects.iter().any(|d| matches!(d, Defect::Invalid { .. })), "{defects:?} of {polygons:?}");
    let length: f64 = footprint.edges().map(|(p, q)| ((q.x - p.x) as f64).hypot((q.y - p.y) as f64)).sum();
    let slack = length * 1.255e-10 + 1e-7 * area + 1e-6;
    assert!((again.area_m2() - area).abs() <= slack, "{area} m2, then {} m2", again.area_m2());
}

/// Neither the direction of rings nor the order of polygons and holes is anything to it.
fn in_any_order(polygons: &Polygons, footprint: &Footprint, area: f64) {
    let mut turned = polygons.clone();
    turned.reverse();
    for rings in &mut turned {
        rings.iter_mut().for_each(|ring| ring.reverse());
        let holes = rings.len().min(1);
        rings[holes..].reverse();
    }
    let (other, _) = Footprint::new(&raw(&turned)).expect("it had an area before");
    assert_eq!(other.bounds(), footprint.bounds(), "rings the other way round");
    assert!((other.area_m2() - area).abs() <= 1e-9 * area + 1e-6, "{} m2 and {area} m2", other.area_m2());
}
