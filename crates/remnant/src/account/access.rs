//! Whether a zone can be reached without crossing contaminated land.
//!
//! The roads become a graph. They are joined where they share a corner, where they cross (bridges are not known), and
//! where one ends within [`JOIN_M`] of another. A piece of road is *clear* where no part of it lies on contaminated land
//! or on its border; a way goes only over clear pieces and through places that are clear themselves.
//!
//! The network of a zone's district is the connected part of the clear roads that has the greatest length in that
//! district outside the zone. A zone is connected where a clear road in it belongs to that part. It is cut off where its
//! roads lead there only over contaminated land. Where its roads don't lead there at all, or it has none, nothing is
//! known. So a road that is missing from the layer may make a zone `cut-off` or `unknown`, and never `connected`.

use rayon::prelude::*;
use remnant_geometry::Point;
use remnant_geometry::measure::length_m;
use remnant_geometry::plane::{HALF_TURN, STEPS_PER_DEGREE};
use remnant_geometry::probe::{crossing, point_at};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use rustc_hash::FxHashMap;

use super::ground::{Ground, Piece, Spot};
use crate::records::Survey;
use crate::report::Access;

/// The theme whose lines are roads, and other words for it.
const ROADS: [&str; 2] = ["roads", "road"];

/// An end of a road this near to another road, in metres, is taken to be on it: layers are drawn by hand.
const JOIN_M: f64 = 1.0;

/// Grid steps in a metre of latitude.
const STEPS_PER_M: f64 = STEPS_PER_DEGREE as f64 / 110_574.0;

/// Whether every zone can be reached. `home` is the row of each zone's district, or the land outside.
pub(super) fn access(survey: &Survey, ground: &Ground<'_>, home: &[u32]) -> Vec<Access> {
    let segments = segments(survey);
    if segments.is_empty() || home.is_empty() {
        return vec![Access::Unknown; home.len()];
    }
    let joins = joins(&segments);
    let mut cuts: Vec<Vec<f64>> = vec![Vec::new(); segments.len()];
    for join in &joins {
        cuts[join.0.0 as usize].push(join.0.1);
        cuts[join.1.0 as usize].push(join.1.1);
    }
    let cut: Vec<(Vec<Piece>, Vec<Spot>)> =
        segments.par_iter().zip(&cuts).map(|(&(a, b), more)| ground.pieces(a, b, more)).collect();
    Network::new(&segments, &joins, &cut).judge(home)
}

/// The stretches of all roads, each once, in an order of their own.
fn segments(survey: &Survey) -> Vec<(Point, Point)> {
    let roads = survey.exposures.iter().filter(|e| ROADS.contains(&e.theme.as_str()));
    let edges = roads.flat_map(|e| &e.lines).flat_map(|line| line.windows(2));
    let mut segments: Vec<(Point, Point)> = edges.map(|e| (e[0].min(e[1]), e[0].max(e[1]))).collect();
    segments.sort_unstable();
    segments.dedup();
    segments
}

/// A place on a segment: its number, and the share of the way.
type On = (u32, f64);

/// The places at which segments meet, other than at a common corner.
fn joins(segments: &[(Point, Point)]) -> Vec<(On, On)> {
    let entry = |(number, (a, b)): (usize, &(Point, Point))| {
        let (low, high) = ([a.x.min(b.x), a.y.min(b.y)], [a.x.max(b.x), a.y.max(b.y)]);
        GeomWithData::new(Rectangle::from_corners(low, high), number as u32)
    };
    let tree = RTree::bulk_load(segments.iter().enumerate().map(entry).collect::<Vec<_>>());
    let found: Vec<Vec<(On, On)>> = segments
        .par_iter()
        .enumerate()
        .map(|(i, &(a, b))| {
            let narrow = narrowing(a);
            let margin = [(JOIN_M * STEPS_PER_M / narrow) as i64 + 1, (JOIN_M * STEPS_PER_M) as i64 + 1];
            let low = [a.x.min(b.x) - margin[0], a.y.min(b.y) - margin[1]];
            let high = [a.x.max(b.x) + margin[0], a.y.max(b.y) + margin[1]];
            let near = tree.locate_in_envelope_intersecting(AABB::from_corners(low, high));
            let mut others: Vec<u32> = near.map(|e| e.data).filter(|&j| j as usize > i).collect();
            others.sort_unstable();
            let mut joins = Vec::new();
            for j in others {
                let (p, q) = segments[j as usize];
                let on = |t: f64, s: f64| ((i as u32, t), (j, s));
                if let (Some(t), Some(s)) = (crossing(a, b, p, q), crossing(p, q, a, b)) {
                    joins.push(on(t, s));
                }
                for (end, s) in [(p, 0.0), (q, 1.0)] {
                    joins.extend(foot(a, b, end, narrow).map(|t| on(t, s)));
                }
                for (end, t) in [(a, 0.0), (b, 1.0)] {
                    joins.extend(foot(p, q, end, narrow).map(|s| on(t, s)));
                }
            }
            joins
        })
        .collect();
    found.into_iter().flatten().collect()
}

/// How much shorter a step of longitude is than one of latitude.
fn narrowing(at: Point) -> f64 {
    (at.degrees()[1].to_radians()).cos().max(1e-3)
}

/// Where a point lies on a segment, as a share of it, if it is near enough.
fn foot(a: Point, b: Point, p: Point, narrow: f64) -> Option<f64> {
    let (dx, dy) = ((b.x - a.x) as f64 * narrow, (b.y - a.y) as f64);
    let (px, py) = ((p.x - a.x) as f64 * narrow, (p.y - a.y) as f64);
    let t = ((px * dx + py * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    let (ox, oy) = (px - t * dx, py - t * dy);
    let reach = JOIN_M * STEPS_PER_M;
    (ox * ox + oy * oy <= reach * reach).then_some(t)
}

/// Sets of nodes that are connected.
struct Sets(Vec<u32>);

impl Sets {
    fn new(nodes: usize) -> Self {
        Self((0..nodes as u32).collect())
    }

    fn of(&mut self, mut node: u32) -> u32 {
        while self.0[node as usize] != node {
            let above = self.0[self.0[node as usize] as usize];
            self.0[node as usize] = above;
            node = above;
        }
        node
    }

    /// The least node stands for its set, so that the order of joining changes nothing.
    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}

/// A piece of road in the graph.
struct Link<'a> {
    from: u32,
    to: u32,
    /// Millimetres.
    length: i64,
    spot: &'a Spot,
}

struct Network<'a> {
    links: Vec<Link<'a>>,
    /// Whether each node is clear.
    clear: Vec<bool>,
    /// Connected over clear land, and in any way.
    safe_way: Sets,
    any_way: Sets,
}

impl<'a> Network<'a> {
    fn new(segments: &[(Point, Point)], joins: &[(On, On)], cut: &'a [(Vec<Piece>, Vec<Spot>)]) -> Self {
        let mut places: Vec<Vec<Point>> = Vec::with_capacity(cut.len());
        let mut first = vec![0_u32];
        for ((pieces, _), &(a, _)) in cut.iter().zip(segments) {
            let ends = pieces.first().map_or(a, |p| p.from);
            let places_here: Vec<Point> = std::iter::once(ends).chain(pieces.iter().map(|p| p.to)).collect();
            first.push(first[first.len() - 1] + places_here.len() as u32);
            places.push(places_here);
        }
        let nodes = first[first.len() - 1] as usize;
        let mut network = Self {
            links: Vec::new(),
            clear: vec![false; nodes],
            safe_way: Sets::new(nodes),
            any_way: Sets::new(nodes),
        };
        for (i, (pieces, spots)) in cut.iter().enumerate() {
            for (k, spot) in spots.iter().enumerate().take(places[i].len()) {
                network.clear[first[i] as usize + k] = !spot.contaminated;
            }
            for (piece, from) in pieces.iter().zip(first[i]..) {
                let length = (length_m(piece.from, piece.to) * 1e3).round() as i64;
                network.links.push(Link { from, to: from + 1, length, spot: &piece.spot });
            }
        }
        for link in 0..network.links.len() {
            let Link { from, to, spot, .. } = &network.links[link];
            let (from, to, clear) = (*from, *to, !spot.contaminated);
            network.join(from, to, clear);
        }
        // Segments that share a corner; the antimeridian has two longitudes.
        let mut corners: FxHashMap<Point, u32> = FxHashMap::default();
        for (i, &(a, b)) in segments.iter().enumerate() {
            for (corner, node) in [(a, first[i]), (b, first[i + 1] - 1)] {
                let corner = Point { x: if corner.x == HALF_TURN { -HALF_TURN } else { corner.x }, ..corner };
                let other = *corners.entry(corner).or_insert(node);
                network.join(node, other, true);
            }
        }
        for &(one, other) in joins {
            let node = |(segment, share): On| {
                let (a, b) = segments[segment as usize];
                let place = point_at(a, b, share);
                let here = places[segment as usize].iter().position(|&p| p == place);
                here.map(|k| first[segment as usize] + k as u32)
            };
            if let (Some(one), Some(other)) = (node(one), node(other)) {
                network.join(one, other, true);
            }
        }
        network
    }

    fn join(&mut self, a: u32, b: u32, clear: bool) {
        self.any_way.join(a, b);
        if clear && self.clear[a as usize] && self.clear[b as usize] {
            self.safe_way.join(a, b);
        }
    }

    /// The clear part that a link belongs to.
    fn part(&mut self, link: usize) -> Option<u32> {
        let Link { from, to, spot, .. } = &self.links[link];
        let (from, to) = (*from, *to);
        if spot.contaminated {
            return None;
        }
        let end = [from, to].into_iter().find(|&n| self.clear[n as usize])?;
        Some(self.safe_way.of(end))
    }

    fn judge(mut self, home: &[u32]) -> Vec<Access> {
        // Lengths of clear parts by district; and for every zone those within it, and all its links.
        let mut lengths: FxHashMap<(u32, u32), i64> = FxHashMap::default();
        let mut inside: Vec<FxHashMap<u32, i64>> = vec![FxHashMap::default(); home.len()];
        let mut of_zone: Vec<Vec<usize>> = vec![Vec::new(); home.len()];
        for link in 0..self.links.len() {
            let part = self.part(link);
            let Link { length, spot, .. } = &self.links[link];
            for &zone in &spot.zones {
                of_zone[zone as usize].push(link);
            }
            if let Some(part) = part {
                *lengths.entry((spot.place, part)).or_default() += length;
                for &zone in spot.zones.iter().filter(|&&z| home[z as usize] == spot.place) {
                    *inside[zone as usize].entry(part).or_default() += length;
                }
            }
        }
        let mut by_district: FxHashMap<u32, Vec<(i64, u32)>> = FxHashMap::default();
        for ((district, part), length) in lengths {
            by_district.entry(district).or_default().push((length, part));
        }
        by_district.values_mut().for_each(|parts| parts.sort_unstable_by_key(|&(length, part)| (-length, part)));
        (0..home.len())
            .map(|zone| {
                let parts = by_district.get(&home[zone]).map_or(&[][..], Vec::as_slice);
                let main = longest_outside(parts, &inside[zone]);
                self.zone(&of_zone[zone], main, zone as u32, home[zone])
            })
            .collect()
    }

    fn zone(&mut self, links: &[usize], main: Option<u32>, zone: u32, home: u32) -> Access {
        if links.is_empty() {
            return Access::Unknown;
        }
        let mut ways: Vec<u32> = links.iter().map(|&l| self.any_way.of(self.links[l].from)).collect();
        ways.sort_unstable();
        ways.dedup();
        let Some(main) = main else {
            // No road of the district is clear outside the zone: does one lead there at all?
            let leads = (0..self.links.len()).any(|l| {
                let spot = self.links[l].spot;
                spot.place == home
                    && spot.zones.binary_search(&zone).is_err()
                    && ways.binary_search(&self.any_way.of(self.links[l].from)).is_ok()
            });
            return if leads { Access::CutOff } else { Access::Unknown };
        };
        if links.iter().any(|&l| self.part(l) == Some(main)) {
            return Access::Connected;
        }
        let reaches = ways.binary_search(&self.any_way.of(main)).is_ok();
        if reaches { Access::CutOff } else { Access::Unknown }
    }
}

/// The part of the roads that is longest outside a zone; `parts` come with the longest first.
fn longest_outside(parts: &[(i64, u32)], inside: &FxHashMap<u32, i64>) -> Option<u32> {
    let mut best: Option<(i64, u32)> = None;
    for &(length, part) in parts {
        if best.is_some_and(|(most, _)| most >= length) {
            break;
        }
        let outside = length - inside.get(&part).copied().unwrap_or(0);
        if outside > 0 && best.is_none_or(|(most, _)| outside > most) {
            best = Some((outside, part));
        }
    }
    best.map(|(_, part)| part)
}
