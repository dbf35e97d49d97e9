//! The ring rule on rings that cross or overlap, on the grid.

use crate::arrange::{Directed, Fragment, Meetings, Winding, fill, fragments, node};
use crate::outline::{GridPolygon, polygons_within};
use crate::plane::{POLE, Point};

/// Closed rings without their closing points.
pub(crate) type Contours = Vec<Vec<Point>>;

/// Puts rings into an order that does not depend on where they begin, which way they run or which comes first, so that
/// copies stand beside each other.
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

/// Whether ground is wanted by how often rings wind around it.
type Rule = fn(Winding) -> bool;

const ROUND: Rule = |w| w[0] != 0;
const ODD: Rule = |w| w[0] % 2 != 0;
const LESS: Rule = |w| w[0] != 0 && w[1] == 0;
const ODD_IN: Rule = |w| w[0] % 2 != 0 && w[1] != 0;

/// What polygons (shell first, then holes) cover by the rule: shells counter-clockwise, holes clockwise. No more than
/// about `most` edges are held against each other: `None` where that is not enough.
pub(crate) fn unite(polygons: &[Contours], most: u64) -> Option<Contours> {
    Some(rings_of(united(polygons, Meetings::Any, most)?))
}

/// The borders of what polygons cover by the rule. The rings are led through the grid together and once; after that
/// nothing moves.
fn united(polygons: &[Contours], meetings: Meetings, most: u64) -> Option<Vec<Directed>> {
    let rings = || polygons.iter().flatten().map(Vec::as_slice);
    let all = node((0..).zip(rings()), meetings, most)?;
    let mut of_ring: Vec<Vec<(Fragment, usize)>> = vec![Vec::new(); rings().count()];
    all.into_iter().for_each(|f| of_ring[f.owner as usize].push((f, 0)));
    // Each ring by itself: two holes that overlap and run opposite ways would wind around nothing together.
    let mut each = of_ring.into_iter().map(|own| fill(&own, &ROUND));
    let mut parts: Vec<Vec<Directed>> = Vec::with_capacity(polygons.len());
    for polygon in polygons {
        let Some(shell) = each.next() else { continue };
        let (mut ground, holes) = (shell?, each.by_ref().take(polygon.len() - 1).collect::<Option<Vec<_>>>()?);
        if !holes.is_empty() {
            let shell = fragments(&ground).map(|f| (f, 0));
            let cut: Vec<(Fragment, usize)> =
                shell.chain(holes.iter().flat_map(|hole| fragments(hole)).map(|f| (f, 1))).collect();
            ground = fill(&cut, &LESS)?;
        }
        parts.push(ground);
    }
    match parts.len() {
        1 => parts.pop(),
        _ => fill(&parts.iter().flat_map(|part| fragments(part)).map(|f| (f, 0)).collect::<Vec<_>>(), &ROUND),
    }
}

/// The borders of what rings cover by a rule, and of what lies in others of a second kind.
fn filled(rings: &[Vec<Point>], others: &[Vec<Point>], rule: Rule, meetings: Meetings) -> Option<Vec<Directed>> {
    let first = rings.iter().map(|ring| (0, ring.as_slice()));
    let all = node(first.chain(others.iter().map(|ring| (1, ring.as_slice()))), meetings, u64::MAX)?;
    let parts: Vec<(Fragment, usize)> = all.into_iter().map(|f| (f, f.owner as usize)).collect();
    fill(&parts, &rule)
}

/// Borders as rings: shells counter-clockwise, holes clockwise.
pub(crate) fn rings_of(borders: Vec<Directed>) -> Contours {
    polygons_within(borders).into_iter().flatten().collect()
}

/// The union of polygons whose shells run counter-clockwise and holes clockwise; `None` where fragments contradict each
/// other, which would be a fault of this program.
pub(crate) fn unite_contours(contours: &[Vec<Point>]) -> Option<Contours> {
    united_borders(contours).map(rings_of)
}

/// The borders of that union, in no rings yet.
pub(crate) fn united_borders(contours: &[Vec<Point>]) -> Option<Vec<Directed>> {
    filled(contours, &[], ROUND, Meetings::Any)
}

/// What all rings together cover by the even-odd rule.
pub(crate) fn even_odd(polygons: &[Contours], most: u64) -> Option<Contours> {
    let rings = polygons.iter().flatten().map(|ring| (0, ring.as_slice()));
    let parts: Vec<(Fragment, usize)> = node(rings, Meetings::Any, most)?.into_iter().map(|f| (f, 0)).collect();
    Some(rings_of(fill(&parts, &ODD)?))
}

/// Proper borders as polygons. Nothing moves.
pub(crate) fn polygons(contours: &[Vec<Point>]) -> Vec<GridPolygon> {
    drawn(contours, filled(contours, &[], ODD, Meetings::Touches))
}

/// The union of polygons whose shells run counter-clockwise and holes clockwise, as polygons.
pub(crate) fn union_polygons(contours: &[Vec<Point>]) -> Vec<GridPolygon> {
    drawn(contours, filled(contours, &[], ROUND, Meetings::Any))
}

/// Borders as polygons. Without borders, which would be a fault of this program, every ring by itself: too much may be
/// drawn then, and nothing is lost.
fn drawn(contours: &[Vec<Point>], borders: Option<Vec<Directed>>) -> Vec<GridPolygon> {
    match borders {
        Some(borders) => polygons_within(borders),
        None => contours.iter().map(|ring| vec![ring.clone()]).collect(),
    }
}

/// The part of proper borders between two longitudes.
pub(crate) fn clip(contours: &[Vec<Point>], west: i64, east: i64) -> Option<Contours> {
    let corner = |x, y| Point { x, y };
    let strip = vec![corner(west, -POLE), corner(east, -POLE), corner(east, POLE), corner(west, POLE)];
    Some(rings_of(filled(contours, &[strip], ODD_IN, Meetings::Any)?))
}

/// What polygons cover that touch and cross nowhere, exactly: separate shapes, and twice their area.
pub(crate) fn shapes(polygons: &[Contours]) -> Option<(usize, i128)> {
    let shapes = polygons_within(united(polygons, Meetings::Touches, u64::MAX)?);
    let area = shapes.iter().flatten().map(|ring| doubled_area(ring.iter().copied())).sum();
    Some((shapes.len(), area))
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
