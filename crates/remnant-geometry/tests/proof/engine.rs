//! The crate's faces, measured in the plane and on the ellipsoid.

use std::collections::{BTreeMap, BTreeSet};

use remnant_geometry::plane::{STEPS_PER_DEGREE, enclosed_area_m2};
use remnant_geometry::{Area, FaceClass, Footprint, Outline, Point, RawPolygon, Window, WindowFaces};

/// What the engine says of every set of covering records.
#[derive(Debug, Default, PartialEq)]
pub struct Faces {
    /// On the ellipsoid, as published.
    pub areas: BTreeMap<Vec<u32>, Area>,
    /// Twice the area of the drawn shapes in squared steps.
    pub doubled: BTreeMap<Vec<u32>, i128>,
    /// The area of the drawn shapes in m2.
    pub drawn_m2: BTreeMap<Vec<u32>, f64>,
}

/// A polygon on the grid as a source would give it: decimal degrees of ten places stand on the grid exactly.
pub fn raw(rings: &[Vec<Point>]) -> RawPolygon {
    RawPolygon { rings: rings.iter().map(|r| r.iter().chain(r.first()).map(|p| p.degrees()).collect()).collect() }
}

/// A footprint of one ring on the grid; `None` where it has no area.
pub fn footprint(ring: &[Point]) -> Option<Footprint> {
    Footprint::new(&[raw(&[ring.to_vec()])]).ok().map(|made| made.0)
}

/// The windows that some footprints reach.
pub fn windows(footprints: &[Footprint]) -> BTreeSet<Window> {
    let reached = |f: &Footprint| {
        let (rows, columns) = Window::reached(&f.bounds());
        rows.flat_map(move |row| columns.clone().map(move |column| Window { row, column }))
    };
    footprints.iter().flat_map(reached).collect()
}

/// The areas alone, window by window.
pub fn areas_of(footprints: &[Footprint], windows: impl IntoIterator<Item = Window>) -> BTreeMap<Vec<u32>, Area> {
    let mut areas = BTreeMap::<Vec<u32>, Area>::new();
    let mut cutter = WindowFaces::default();
    for window in windows {
        let sink = &mut |cover: &[u32], area: Area| {
            *areas.entry(cover.to_vec()).or_default() += area;
            FaceClass::default()
        };
        cutter.cut(window, (0..).zip(footprints), None, sink).expect("the faces fit together");
    }
    areas.retain(|_, area| *area != Area::ZERO);
    areas
}

/// Every set of covering records as a class of its own, drawn.
pub fn faces(footprints: &[Footprint]) -> Faces {
    let mut faces = Faces::default();
    let mut classes = BTreeMap::<Vec<u32>, u32>::new();
    let mut outline = Outline::default();
    let mut cutter = WindowFaces::default();
    for window in windows(footprints) {
        let sink = &mut |cover: &[u32], area: Area| {
            *faces.areas.entry(cover.to_vec()).or_default() += area;
            let next = classes.len() as u32 + 1;
            FaceClass { class: *classes.entry(cover.to_vec()).or_insert(next), rim: 0 }
        };
        cutter.cut(window, (0..).zip(footprints), Some(&mut outline), sink).expect("the faces fit together");
    }
    let covers: BTreeMap<u32, Vec<u32>> = classes.into_iter().map(|(cover, class)| (class, cover)).collect();
    for (class, polygons) in outline.shapes() {
        let cover = covers[&class].clone();
        faces.doubled.insert(
            cover.clone(),
            polygons.iter().map(|polygon| polygon.iter().map(|ring| doubled(ring)).sum::<i128>()).sum(),
        );
        faces.drawn_m2.insert(cover, polygons.iter().map(|p| enclosed_area_m2(p.iter().map(Vec::as_slice))).sum());
    }
    faces
}

/// Twice the signed area of a ring in squared steps.
pub fn doubled(ring: &[Point]) -> i128 {
    let cross = |(p, q): (&Point, &Point)| {
        let (px, py) = (i128::from(p.x - ring[0].x), i128::from(p.y - ring[0].y));
        px * i128::from(q.y - ring[0].y) - i128::from(q.x - ring[0].x) * py
    };
    ring.iter().zip(ring.iter().cycle().skip(1)).map(cross).sum()
}

/// The length of all borders, in steps.
pub fn perimeter(footprint: &Footprint) -> f64 {
    footprint.edges().map(|(p, q)| ((q.x - p.x) as f64).hypot((q.y - p.y) as f64)).sum()
}

/// The largest area that a squared step can have on the ground, in m2: one at the equator.
pub fn step_m2() -> f64 {
    let metres = 111_700.0 / STEPS_PER_DEGREE as f64;
    metres * metres
}
