//! Footprints -> faces: they fit together, fill their windows exactly, and say of every place which records cover it.

use std::collections::{BTreeMap, BTreeSet};

use remnant_geometry::plane::{HALF_TURN, POLE, RowArea, STEPS_PER_DEGREE, TILE, enclosed_area_m2};
use remnant_geometry::{
    Area, FaceClass, Footprint, GridPolygon, Outline, Point, TILES_PER_WINDOW, Window, WindowFaces,
};

use crate::rings;

/// How far a border may be moved by noding and the sides of tiles, in steps: nearer places are not asked about.
const NEAR: f64 = 3.0;

/// Windows that a case may reach; larger ones say nothing that smaller ones don't.
const MOST_WINDOWS: usize = 64;

/// How far, on the average along it, a border may move, in steps.
const MOVED: f64 = 0.5;

/// Cuts the footprints of some records.
pub fn check(data: &[u8]) {
    let records = rings::records(data);
    let footprints: Vec<Footprint> =
        records.iter().filter_map(|polygons| Footprint::new(&rings::raw(polygons)).ok().map(|made| made.0)).collect();
    let windows = windows(&footprints);
    if footprints.is_empty() || windows.len() > MOST_WINDOWS {
        return;
    }
    let faces = Faces::of(&footprints, &windows);
    faces.adds_up(&footprints);
    faces.says_what_covers(&footprints);
    for window in windows.iter().take(4) {
        fills(*window, &footprints);
    }
}

/// The windows that some footprints reach; one too many where there are more than are looked at.
fn windows(footprints: &[Footprint]) -> BTreeSet<Window> {
    let mut windows = BTreeSet::new();
    for footprint in footprints {
        let (rows, columns) = Window::reached(&footprint.bounds());
        for row in rows {
            for column in columns.clone() {
                windows.insert(Window { row, column });
                if windows.len() > MOST_WINDOWS {
                    return windows;
                }
            }
        }
    }
    windows
}

/// Every set of covering records: its area, and its ground as it is drawn.
struct Faces {
    areas: BTreeMap<Vec<u32>, Area>,
    drawn: Vec<(Vec<u32>, Vec<GridPolygon>)>,
}

impl Faces {
    fn of(footprints: &[Footprint], windows: &BTreeSet<Window>) -> Self {
        let mut areas = BTreeMap::<Vec<u32>, Area>::new();
        let mut classes = BTreeMap::<Vec<u32>, u32>::new();
        let (mut outline, mut cutter) = (Outline::default(), WindowFaces::default());
        for window in windows {
            let face = &mut |cover: &[u32], area: Area| {
                assert!(cover.is_sorted_by(|a, b| a < b) && !cover.is_empty(), "{cover:?}");
                *areas.entry(cover.to_vec()).or_default() += area;
                let next = classes.len() as u32 + 1;
                FaceClass { class: *classes.entry(cover.to_vec()).or_insert(next), rim: 0 }
            };
            cutter.cut(*window, (0..).zip(footprints), Some(&mut outline), face).expect("the faces fit together");
        }
        let covers: BTreeMap<u32, Vec<u32>> = classes.into_iter().map(|(cover, class)| (class, cover)).collect();
        let shapes = outline.shapes().into_iter();
        let drawn = shapes.map(|(class, shape)| (covers[&class].clone(), shape.into_vec())).collect();
        Self { areas, drawn }
    }

    /// What is drawn has the area that is told, and the faces of a record add up to its ground.
    fn adds_up(&self, footprints: &[Footprint]) {
        let step = 111_700.0 / STEPS_PER_DEGREE as f64;
        let length: f64 = footprints.iter().map(perimeter).sum();
        let slack = |area: f64, length: f64| MOVED * length * step * step + 1e-8 * area + 1e-6;
        for (cover, shape) in &self.drawn {
            let drawn: f64 = shape.iter().map(|p| enclosed_area_m2(p.iter().map(Vec::as_slice))).sum();
            let told = self.areas.get(cover).map_or(0.0, |area| area.square_metres());
            assert!((told - drawn).abs() <= slack(told, length), "{cover:?}: {told} m2 told, {drawn} m2 drawn");
            assert!(told >= -1e-6, "{cover:?}: {told} m2");
        }
        for (record, footprint) in (0..).zip(footprints) {
            let covered = self.areas.iter().filter(|(cover, _)| cover.contains(&record)).map(|(_, area)| *area);
            let (covered, own) = (covered.sum::<Area>().square_metres(), footprint.area_m2());
            let slack = slack(own, perimeter(footprint));
            assert!((covered - own).abs() <= slack, "record {record}: {covered} m2 in faces, {own} m2 by itself");
        }
    }

    /// A place that no border comes near lies in the drawn ground of exactly the records that cover it.
    fn says_what_covers(&self, footprints: &[Footprint]) {
        let corners: Vec<Point> = footprints.iter().flat_map(Footprint::rings).flatten().collect();
        for p in rings::places(&corners) {
            let near = |(a, b)| rings::distance(a, b, p) < NEAR;
            if p.x.abs() >= HALF_TURN || footprints.iter().flat_map(Footprint::edges).any(near) {
                continue;
            }
            let covering = (0..).zip(footprints).filter(|(_, f)| f.covers(p) == Some(true)).map(|(record, _)| record);
            let covering: Vec<u32> = covering.collect();
            let told: Vec<&Vec<u32>> =
                self.drawn.iter().filter(|(_, shape)| inside(shape, p)).map(|(cover, _)| cover).collect();
            let want: Vec<&Vec<u32>> = if covering.is_empty() { Vec::new() } else { vec![&covering] };
            assert_eq!(told, want, "what covers {p:?}");
        }
    }
}

/// Together with a record that covers all of it, the faces of a window have exactly its area.
fn fills(window: Window, footprints: &[Footprint]) {
    let (b, more) = (window.bounds(), TILE / 3);
    let (west, east, south, north) = (b.min.x - more, b.max.x + more, b.min.y - more, b.max.y + more);
    if west < -HALF_TURN || east > HALF_TURN || south < -POLE || north > POLE {
        return;
    }
    let p = |x, y| Point { x, y };
    let over = vec![vec![vec![p(west, south), p(east, south), p(east, north), p(west, north)]]];
    let (cover, _) = Footprint::new(&rings::raw(&over)).expect("a box has an area");
    let mut sum = Area::ZERO;
    let all = footprints.iter().chain([&cover]);
    let face = &mut |_: &[u32], area: Area| {
        sum += area;
        FaceClass::default()
    };
    WindowFaces::default().cut(window, (0..).zip(all), None, face).expect("the faces fit together");
    let rows = (b.min.y / TILE)..(b.max.y / TILE);
    let strips: i128 =
        rows.map(|row| i128::from(TILES_PER_WINDOW) * i128::from(RowArea::new(row as i32).strip(TILE as i32))).sum();
    assert_eq!(sum, Area::from_units(strips), "{window:?}");
}

fn perimeter(footprint: &Footprint) -> f64 {
    footprint.edges().map(|(p, q)| ((q.x - p.x) as f64).hypot((q.y - p.y) as f64)).sum()
}

/// Whether a place that is on no border lies in a shape.
fn inside(shape: &[GridPolygon], p: Point) -> bool {
    let crossed = |a: Point, b: Point| {
        let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
        let (ux, uy) = (i128::from(high.x - low.x), i128::from(high.y - low.y));
        low.y <= p.y && p.y < high.y && ux * i128::from(p.y - low.y) > uy * i128::from(p.x - low.x)
    };
    let ring = |ring: &Vec<Point>| (0..ring.len()).filter(|&i| crossed(ring[i], ring[(i + 1) % ring.len()])).count();
    shape.iter().flatten().map(ring).sum::<usize>() % 2 == 1
}
