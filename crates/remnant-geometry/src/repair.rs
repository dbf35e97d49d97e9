//! The ring rule on rings that cross or overlap, by `i_overlay` on the grid.
//!
//! This is the only place that knows `i_overlay`. Its integer engine takes coordinates within 2^62; ours, counted from
//! a corner of the record, stay within 2^43.

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::i_float::int::point::IntPoint;

use crate::plane::{Bounds, POLE, Point};

/// Closed rings without their closing points.
pub(crate) type Contours = Vec<Vec<Point>>;

/// Puts rings into an order that does not depend on where they begin, which way they run or which comes first: the
/// engine rounds crossings in the order in which it meets them.
pub(crate) fn put_in_order(polygons: &mut [Contours]) {
    for ring in polygons.iter_mut().flatten() {
        *ring = least_form(ring);
    }
    for polygon in polygons.iter_mut() {
        let holes = 1.min(polygon.len());
        polygon[holes..].sort_unstable();
    }
    polygons.sort_unstable();
}

/// Polygons in order without those that stand there again, and without holes that do: they add nothing by the rule, and
/// would be held against each other.
pub(crate) fn distinct(polygons: &[Contours]) -> Vec<Contours> {
    let mut distinct = polygons.to_vec();
    for polygon in &mut distinct {
        let mut holes = polygon.split_off(1.min(polygon.len()));
        holes.dedup();
        polygon.append(&mut holes);
    }
    distinct.dedup();
    distinct
}

/// Beginnings of a ring that are compared; a ring that passes its least point more often is no real one.
const BEGINNINGS: usize = 16;

/// The least of the ways to write a ring down: from its least point, either way round.
fn least_form(ring: &[Point]) -> Vec<Point> {
    let Some(least) = ring.iter().min() else { return Vec::new() };
    let beginnings = ring.iter().enumerate().filter(|(_, p)| *p == least).map(|(i, _)| i).take(BEGINNINGS);
    let ways = beginnings.flat_map(|i| {
        let forth: Vec<Point> = ring[i..].iter().chain(&ring[..i]).copied().collect();
        let back = ring[..=i].iter().rev().chain(ring[i + 1..].iter().rev()).copied().collect();
        [forth, back]
    });
    ways.min().unwrap_or_default()
}

/// What polygons (shell first, then holes) cover by the rule: shells counter-clockwise, holes clockwise.
pub(crate) fn unite(polygons: &[Contours]) -> Contours {
    let parts: Vec<Contours> = polygons
        .iter()
        .map(|rings| {
            let (shell, holes) = rings.split_at(1.min(rings.len()));
            // Each hole by itself: two that overlap and run opposite ways would wind around nothing together.
            let each = |hole| unite_contours(std::slice::from_ref(hole));
            let holes: Contours = if holes.len() > 1 { holes.iter().flat_map(each).collect() } else { holes.to_vec() };
            cut(shell, &holes, OverlayRule::Difference, FillRule::NonZero)
        })
        .collect();
    match <[Contours; 1]>::try_from(parts) {
        Ok([only]) => only,
        Err(parts) => unite_contours(&parts.concat()),
    }
}

/// The union of polygons whose shells run counter-clockwise and holes clockwise.
pub(crate) fn unite_contours(contours: &[Vec<Point>]) -> Contours {
    cut(contours, &[], OverlayRule::Subject, FillRule::NonZero)
}

/// What all rings together cover by the even-odd rule.
pub(crate) fn even_odd(polygons: &[Contours]) -> Contours {
    cut(&polygons.concat(), &[], OverlayRule::Subject, FillRule::EvenOdd)
}

/// Proper borders as polygons.
pub(crate) fn polygons(contours: &[Vec<Point>]) -> Vec<Contours> {
    grouped(contours, &[], OverlayRule::Subject, FillRule::EvenOdd)
}

/// The union of polygons whose shells run counter-clockwise and holes clockwise, as polygons.
pub(crate) fn union_polygons(contours: &[Vec<Point>]) -> Vec<Contours> {
    grouped(contours, &[], OverlayRule::Subject, FillRule::NonZero)
}

/// The part of proper borders between two longitudes.
pub(crate) fn clip(contours: &[Vec<Point>], west: i64, east: i64) -> Contours {
    let corner = |x, y| Point { x, y };
    let strip = vec![corner(west, -POLE), corner(east, -POLE), corner(east, POLE), corner(west, POLE)];
    cut(contours, &[strip], OverlayRule::Intersect, FillRule::EvenOdd)
}

/// The number of separate shapes in a polygon's difference, for the test of validity.
pub(crate) fn shapes(rings: &[Vec<Point>]) -> (usize, i128) {
    let (shell, holes) = rings.split_at(1.min(rings.len()));
    let origin = origin(rings);
    let result = overlay(shell, holes, origin, OverlayRule::Difference, FillRule::NonZero);
    let area = result.iter().flatten().map(|c| doubled_area(c.iter().map(|p| Point { x: p.x, y: p.y }))).sum();
    (result.len(), area)
}

/// Twice the area of a ring in squared grid steps; negative where it runs clockwise.
pub(crate) fn doubled_area(ring: impl Iterator<Item = Point> + Clone) -> i128 {
    let Some(first) = ring.clone().next() else { return 0 };
    ring.clone()
        .zip(ring.skip(1).chain([first]))
        .map(|(p, q)| {
            i128::from(p.x - first.x) * i128::from(q.y - first.y)
                - i128::from(q.x - first.x) * i128::from(p.y - first.y)
        })
        .sum()
}

fn origin(rings: &[Vec<Point>]) -> Point {
    Bounds::of(rings.iter().flatten().copied()).map_or(Point::default(), |b| b.min)
}

fn cut(subject: &[Vec<Point>], clip: &[Vec<Point>], rule: OverlayRule, fill: FillRule) -> Contours {
    grouped(subject, clip, rule, fill).into_iter().flatten().collect()
}

fn grouped(subject: &[Vec<Point>], clip: &[Vec<Point>], rule: OverlayRule, fill: FillRule) -> Vec<Contours> {
    let origin = origin(subject);
    let shapes = overlay(subject, clip, origin, rule, fill);
    let back = |p: IntPoint<i64>| Point { x: p.x + origin.x, y: p.y + origin.y };
    let ring = |ring: Vec<IntPoint<i64>>| ring.into_iter().map(back).collect();
    shapes.into_iter().map(|shape| shape.into_iter().map(ring).collect()).collect()
}

fn overlay(
    subject: &[Vec<Point>],
    clip: &[Vec<Point>],
    origin: Point,
    rule: OverlayRule,
    fill: FillRule,
) -> Vec<Vec<Vec<IntPoint<i64>>>> {
    let local = |rings: &[Vec<Point>]| -> Vec<Vec<IntPoint<i64>>> {
        let point = |p: &Point| IntPoint::new(p.x - origin.x, p.y - origin.y);
        rings.iter().map(|ring| ring.iter().map(point).collect()).collect()
    };
    let options = IntOverlayOptions {
        preserve_input_collinear: true,
        preserve_output_collinear: true,
        ogc: true,
        ..IntOverlayOptions::default()
    };
    let mut overlay = Overlay::<i64>::from_subj_custom(&local(subject), options, Default::default());
    overlay.add_source(&local(clip), ShapeType::Clip);
    overlay.overlay(rule, fill)
}
