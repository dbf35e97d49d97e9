//! Shapes joined over windows, against the same ground drawn in one piece.

mod rim;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};

use super::*;
use crate::plane::{Bounds, TILE};
use crate::seed;
use crate::validity::{self, Verdict};
use crate::{Budget, FaceClass, Footprint, RawPolygon, Window, WindowFaces};

struct Pseudo(u64);

impl Pseudo {
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as i64 % end
    }
}

/// Bytes that were put aside.
#[derive(Clone, Default)]
struct Elsewhere(Arc<Mutex<Vec<u8>>>);

impl Elsewhere {
    fn put(&self, bytes: &[u8]) -> u64 {
        let mut all = self.0.lock().expect("nobody panics");
        all.extend_from_slice(&[7; 5]);
        let place = all.len() as u64;
        all.extend_from_slice(bytes);
        place
    }
}

impl Bytes for Elsewhere {
    fn read(&self, place: u64, into: &mut [u8]) -> io::Result<()> {
        let all = self.0.lock().expect("nobody panics");
        let place = place as usize;
        into.copy_from_slice(all.get(place..place + into.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// A chequer of cells, each with the records that cover it.
struct Chequer {
    origin: Point,
    cell: i64,
    covers: BTreeMap<(i64, i64), Vec<u32>>,
    records: Vec<Footprint>,
}

/// Cells along a side.
const ACROSS: i64 = 24;

impl Chequer {
    /// Rectangles of cells, whose borders lie on the sides of tiles and windows or not, and end there or cross them.
    fn new(seed: u64) -> Self {
        let mut random = Pseudo(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let cell = [TILE / 4, TILE, 3 * TILE / 2, 5 * TILE, 16 * TILE][random.below(5) as usize];
        let shift = [0, TILE / 2, TILE, 12345][random.below(4) as usize];
        // Some are over the equator and the prime meridian.
        let base = [Point { x: -9 * TILE, y: -5 * TILE }, Point { x: 7000 * TILE, y: 5900 * TILE }];
        let base = base[random.below(2) as usize];
        let origin = Point { x: base.x + shift, y: base.y + shift };
        let (mut covers, mut records) = (BTreeMap::<_, Vec<u32>>::new(), Vec::new());
        for record in 0..(4 + random.below(40)) as u32 {
            let longest = [3, ACROSS][usize::from(random.below(4) == 0)];
            let (x, y) = (random.below(ACROSS), random.below(ACROSS));
            let (width, height) =
                (1 + random.below(longest.min(ACROSS - x)), 1 + random.below(longest.min(ACROSS - y)));
            let at = |x: i64, y: i64| Point { x: origin.x + x * cell, y: origin.y + y * cell }.degrees();
            let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)];
            let ring = corners.map(|(x, y)| at(x, y)).to_vec();
            records.push(Footprint::new(&[RawPolygon { rings: vec![ring] }]).expect("it has an area").0);
            for cell in (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y))) {
                covers.entry(cell).or_default().push(record);
            }
        }
        Self { origin, cell, covers, records }
    }

    /// Ground that is covered by an odd number of records, by other even ones, and by multiples of 4.
    fn class(cover: &[u32]) -> u32 {
        [3, 1, 2, 1][cover.len() % 4]
    }

    /// All windows, cut by two who share them.
    fn cut(&self, class: impl Fn(&[u32]) -> FaceClass) -> [Outline; 2] {
        let boxes = self.records.iter().map(Footprint::bounds);
        let windows: BTreeSet<Window> = boxes
            .flat_map(|bounds| {
                let (rows, columns) = Window::reached(&bounds);
                rows.flat_map(move |row| columns.clone().map(move |column| Window { row, column }))
            })
            .collect();
        let (mut cutter, mut parts) = (WindowFaces::default(), [Outline::default(), Outline::default()]);
        for (n, window) in windows.into_iter().enumerate() {
            let class = &mut |cover: &[u32], _| class(cover);
            cutter
                .cut(window, (0..).zip(&self.records), Some(&mut parts[n % 2]), class)
                .expect("the faces fit together");
        }
        parts
    }

    /// The shapes by way of windows and tiles.
    fn drawn(&self) -> Vec<(u32, Vec<GridPolygon>)> {
        let [mut all, mut other] = self.cut(|cover| FaceClass { class: Self::class(cover), rim: 0 });
        // Half of it is not in memory.
        let elsewhere = Elsewhere::default();
        let put = |bytes: &[u8]| Ok::<u64, ()>(elsewhere.put(bytes));
        other.put_aside(&(Arc::new(elsewhere.clone()) as Arc<dyn Bytes>), put).expect("room");
        assert_eq!(other.held(), 0);
        all.merge(other);
        all.shapes().into_iter().map(|(class, polygons)| (class, polygons.into_vec())).collect()
    }

    /// The sides of all cells, with ground of their class on the left.
    fn edges(&self) -> BTreeMap<u32, Vec<(Point, Point)>> {
        let mut edges = BTreeMap::<u32, Vec<(Point, Point)>>::new();
        let class = |x, y| self.covers.get(&(x, y)).map_or(0, |cover| Self::class(cover));
        let at = |x: i64, y: i64| Point { x: self.origin.x + x * self.cell, y: self.origin.y + y * self.cell };
        for (x, y) in self.covers.keys().copied() {
            let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
            let beside = [(x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y)];
            for (i, (bx, by)) in beside.into_iter().enumerate() {
                if class(bx, by) != class(x, y) {
                    let ((ax, ay), (zx, zy)) = (corners[i], corners[(i + 1) % 4]);
                    edges.entry(class(x, y)).or_default().push((at(ax, ay), at(zx, zy)));
                }
            }
        }
        edges
    }

    /// The shapes from the sides of all cells.
    fn expected(&self) -> Vec<(u32, Vec<GridPolygon>)> {
        self.edges().into_iter().map(|(class, edges)| (class, polygons_within(edges))).collect()
    }

    /// Corners at which more than two borders meet.
    fn meetings(&self) -> BTreeSet<Point> {
        let mut starts = BTreeMap::<Point, u32>::new();
        self.edges().into_values().flatten().for_each(|(from, _)| *starts.entry(from).or_default() += 1);
        starts.into_iter().filter(|start| start.1 > 2).map(|start| start.0).collect()
    }
}

/// Polygons without the corners that bend no border, in order.
fn plain(shapes: Vec<(u32, Vec<GridPolygon>)>) -> Vec<(u32, Vec<GridPolygon>)> {
    let ring = |ring: &Vec<Point>| -> Vec<Point> {
        let n = ring.len();
        let bends = |&i: &usize| crate::footprint::turn(ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]) != 0;
        (0..n).filter(bends).map(|i| ring[i]).collect()
    };
    let polygon = |polygon: &GridPolygon| {
        let mut rings: Vec<_> = polygon.iter().map(ring).collect();
        rings[1..].sort_unstable();
        rings
    };
    let mut shapes: Vec<(u32, Vec<GridPolygon>)> =
        shapes.iter().map(|(class, polygons)| (*class, polygons.iter().map(polygon).collect())).collect();
    shapes.iter_mut().for_each(|(_, polygons)| polygons.sort_unstable());
    shapes
}

#[test]
fn windows_leave_no_trace_in_what_is_drawn() {
    let (mut holes, mut many) = (0, 0);
    for seed in seed::of(0..400) {
        let chequer = Chequer::new(seed);
        let drawn = chequer.drawn();
        let meetings = chequer.meetings();
        for ring in drawn.iter().flat_map(|class| &class.1).flatten() {
            let edges = ring.iter().zip(ring.iter().cycle().skip(1));
            // Along the sides of tiles, what meets it on the other side leaves no corner.
            let along = |(p, q): &(&Point, &Point)| p.x == q.x && p.x % TILE == 0 || p.y == q.y && p.y % TILE == 0;
            for (&p, &q) in edges.filter(|edge| !along(edge)) {
                let between =
                    meetings.range(p.min(q)..p.max(q)).skip(1).find(|m| crate::footprint::turn(p, **m, q) == 0);
                assert_eq!(between, None, "seed {seed}: borders meet where this one has no corner");
            }
        }
        let drawn = plain(drawn);
        assert!(drawn == plain(chequer.expected()), "seed {seed}");
        holes += drawn.iter().flat_map(|class| &class.1).filter(|polygon| polygon.len() > 1).count();
        many += drawn.iter().filter(|class| class.1.len() > 1).count();
    }
    assert!(holes > 100 && many > 100, "{holes} polygons with holes, {many} classes of many polygons");
}

/// East of a window's side lies one class, of two records from one place on; west of it two classes meet there.
#[test]
fn what_meets_at_a_windows_side_is_a_corner_of_both_sides() {
    let (west, south) = (16 * 400 * TILE, 16 * 300 * TILE + 5 * TILE);
    let ground = |[x0, y0, x1, y1]: [i64; 4]| {
        let corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)];
        let at = |(x, y): (i64, i64)| Point { x: west + x, y: south + y }.degrees();
        Footprint::new(&[RawPolygon { rings: vec![corners.map(at).to_vec()] }]).expect("it has an area").0
    };
    for meeting in [3 * TILE + 17, 2 * TILE - 1] {
        let (far, high) = (4 * TILE + 1000, 9 * TILE);
        let records =
            vec![ground([0, 0, far, high]), ground([-far, 0, far, meeting]), ground([-far, meeting, 0, high])];
        let chequer = Chequer { origin: Point::default(), cell: 1, covers: BTreeMap::new(), records };
        let class = |cover: &[u32]| if cover.contains(&0) { 1 } else { 1 + cover[0] };
        let [mut all, other] = chequer.cut(|cover| FaceClass { class: class(cover), rim: 0 });
        all.merge(other);
        let shapes = all.shapes();
        assert_eq!(shapes.len(), 3);
        let place = Point { x: west, y: south + meeting };
        for (class, polygons) in shapes {
            let ring = &polygons.get(0).expect("a polygon")[0];
            assert!(ring.contains(&place), "class {class} passes by where the others meet");
        }
    }
}

/// Rings within rings, of which some keep clear of a window's sides, some cross them, and some end at them.
#[test]
fn every_hole_is_in_its_shell() {
    let side = 16 * TILE;
    for seed in seed::of(0..120) {
        let mut random = Pseudo(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let disc = |x: i64, y: i64, radius: i64, corners: usize| {
            let corner = |i: usize| {
                let turn = std::f64::consts::TAU * (i % corners) as f64 / corners as f64;
                let (dx, dy) = (radius as f64 * libm::cos(turn), radius as f64 * libm::sin(turn));
                Point { x: 6000 * TILE + x + dx as i64, y: 5000 * TILE + y + dy as i64 }.degrees()
            };
            let ring: Vec<[f64; 2]> = (0..=corners).map(corner).collect();
            Footprint::new(&[RawPolygon { rings: vec![ring] }]).expect("it has an area").0
        };
        let mut records = Vec::new();
        for _ in 0..2 + random.below(6) {
            let (x, y) = (random.below(3 * side), random.below(3 * side));
            let mut radius = [side / 9, side / 2, side, 2 * side][random.below(4) as usize];
            let corners = [4, 9, 40][random.below(3) as usize];
            for _ in 0..1 + random.below(6) {
                records.push(disc(x, y, radius, corners));
                radius = radius * (3 + random.below(5)) / 8;
            }
        }
        let chequer = Chequer { origin: Point::default(), cell: 1, covers: BTreeMap::new(), records };
        for (class, polygons) in chequer.drawn() {
            let bounds = Bounds::of(polygons.iter().flatten().flatten().copied()).expect("something is drawn");
            let verdict = validity::check(&polygons, &bounds, &Budget::default());
            assert!(matches!(verdict, Verdict::Valid), "seed {seed}, class {class}");
        }
    }
}

#[test]
fn polygons_are_the_same_whether_they_are_put_aside_or_not() {
    let square = |x: i64, y: i64, side: i64| {
        let at = |dx: i64, dy: i64| Point { x: x + dx, y: y + dy };
        vec![
            vec![at(0, 0), at(side, 0), at(side, side), at(0, side)],
            vec![at(side / 4, side / 4), at(side / 4, side / 2), at(side / 2, side / 4)],
        ]
    };
    // Two have their first corner in common; one is too wide for what is put aside, and one lies at the world's end.
    let west = -crate::plane::HALF_TURN;
    let all = [square(0, 0, 900), square(-4, 8, 1 << 33), square(0, 0, 800), square(west, -500, 40), square(3, 3, 100)];
    let elsewhere = Elsewhere::default();
    let mut outline = Outline::default();
    for (n, polygon) in all.iter().enumerate() {
        outline.entering(7).expect("a class").polygon(polygon.clone());
        if n != 3 {
            let mut part = std::mem::take(&mut outline);
            let put = |bytes: &[u8]| Ok::<u64, ()>(elsewhere.put(bytes));
            part.put_aside(&(Arc::new(elsewhere.clone()) as Arc<dyn Bytes>), put).expect("room");
            outline.merge(part);
        }
    }
    assert!(!elsewhere.0.lock().expect("nobody panics").is_empty());
    let (class, polygons) = outline.shapes().pop().expect("a class");
    let mut sorted = all.to_vec();
    sorted.sort_unstable();
    assert_eq!((class, polygons.len()), (7, all.len()));
    assert_eq!(polygons, Polygons::from(sorted.clone()));
    assert_eq!(polygons.get(1).as_deref(), Some(&sorted[1]));
    assert!(polygons.get(5).is_none() && polygons != Polygons::default());
    assert_eq!(format!("{polygons:?}"), format!("{sorted:?}"));
    assert_eq!(polygons.into_vec(), sorted);
}
