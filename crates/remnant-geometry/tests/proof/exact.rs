//! The area of every set of footprints by slabs, without any rounding.

use std::collections::BTreeMap;

use remnant_geometry::Footprint;

use crate::slabs::{Edge, Step, walk};

/// The edges of footprints as numbered owners.
pub fn edges_of(footprints: &[Footprint]) -> Vec<Edge> {
    let Some(origin) = footprints.first().map(|f| f.bounds().min) else { return Vec::new() };
    let owned = (0..).zip(footprints).flat_map(|(i, f)| f.edges().map(move |(p, q)| (p, q, i)));
    owned.filter_map(|(p, q, i)| Edge::new(p, q, i, origin)).collect()
}

/// The area of every set of covering footprints, in squared steps.
pub fn faces(footprints: &[Footprint]) -> BTreeMap<Vec<u32>, i128> {
    let edges = edges_of(footprints);
    let mut areas = BTreeMap::<Vec<u32>, i128>::new();
    let mut cover: Vec<u32> = Vec::new();
    walk(&edges, &mut |step| match step {
        Step::Start => cover.clear(),
        Step::Cross(i) => match cover.binary_search(&edges[i].owner) {
            Ok(at) => drop(cover.remove(at)),
            Err(at) => cover.insert(at, edges[i].owner),
        },
        Step::Cell(..) if cover.is_empty() => {}
        Step::Cell(area, _) => match areas.get_mut(&cover) {
            Some(sum) => *sum += area,
            None => drop(areas.insert(cover.clone(), area)),
        },
    });
    areas
}

#[test]
fn two_crossing_triangles_by_hand() {
    use crate::slabs::PART;
    use remnant_geometry::Point;
    // (0,0) (4,0) (0,4) and (0,1) (4,1) (4,5): the line y = x + 1 meets x + y = 4 at (1.5, 2.5).
    let p = |x, y| Point { x, y };
    let rings = [[p(0, 0), p(4, 0), p(0, 4)], [p(0, 1), p(4, 1), p(4, 5)]];
    let edges: Vec<Edge> = (0..)
        .zip(&rings)
        .flat_map(|(i, r)| (0..3).filter_map(move |k| Edge::new(r[k], r[(k + 1) % 3], i, p(0, 0))))
        .collect();
    let mut areas = BTreeMap::<u32, i128>::new();
    let (mut cover, mut about) = (0_u32, 0.0);
    walk(&edges, &mut |step| match step {
        Step::Start => cover = 0,
        Step::Cross(i) => cover ^= 1 << edges[i].owner,
        Step::Cell(area, t) => {
            *areas.entry(cover).or_default() += area;
            // Between the two, no one covers the ground.
            let covered = f64::from(u8::from(cover != 0));
            about += covered * (t.x[1] - t.x[0]) * (t.high[0] + t.high[1] - t.low[0] - t.low[1]) / 2.0;
        }
    });
    assert!((about - 13.75).abs() < 1e-9, "{about}");
    let steps = |mask| areas[&mask] as f64 * PART;
    assert_eq!((steps(3), steps(1), steps(2)), (2.25, 5.75, 5.75));
}
