//! What people use: polygons, lines and points of any kind.

use remnant_geometry::Point;
use remnant_geometry::plane::{HALF_TURN, TURN};
use remnant_geometry::probe::{crossing, point_at};

use super::place::Ground;
use super::records::{Draft, Lost};
use crate::finding::Code;
use crate::pipeline::theme_of;
use crate::records::Exposed;

impl Draft<'_> {
    /// A record of what people use; every part of it counts, of whatever kind.
    pub(super) fn exposed(&mut self, ground: &Ground) -> Result<Exposed, Lost> {
        let area = if ground.polygons.is_empty() { None } else { Some(self.footprint(ground)?) };
        let (mut lines, mut long) = (Vec::new(), 0);
        for line in &ground.lines {
            // An empty part is nothing; a coordinate that is not on Earth makes the record unusable.
            let points = if line.is_empty() { Vec::new() } else { self.points(line)? };
            let (parts, long_edges) = on_one_side(&points);
            lines.extend(parts);
            long += long_edges;
        }
        if long > 0 {
            let text = format!("{long} edges of more than 180 degrees of longitude were led the short way round");
            self.find(Code::LongEdge, text);
        }
        let points = if ground.points.is_empty() { Vec::new() } else { self.points(&ground.points)? };
        if area.is_none() && lines.is_empty() && points.is_empty() {
            let why = if ground.lines.is_empty() { "the geometry is empty" } else { "the lines have no length" };
            return Err((Code::NoArea, why.to_owned()));
        }
        let (origin, id) = (self.origin, self.id.clone());
        Ok(Exposed { origin, id, theme: theme_of(self.context.spec), area, lines, points })
    }
}

/// A line without repeated points, cut where it crosses the antimeridian; and the number of its edges that were led the
/// short way round.
fn on_one_side(points: &[Point]) -> (Vec<Vec<Point>>, usize) {
    let (mut lines, mut line, mut long) = (Vec::new(), Vec::new(), 0);
    let Some(&first) = points.first() else { return (lines, 0) };
    line.push(first);
    for pair in points.windows(2).filter(|pair| pair[0] != pair[1]) {
        let (a, b) = (pair[0], pair[1]);
        let step = b.x - a.x;
        if step.abs() <= HALF_TURN {
            line.push(b);
            continue;
        }
        long += 1;
        // The far end as seen from this side, and where the way there meets the antimeridian.
        let there = Point { x: b.x - step.signum() * TURN, y: b.y };
        let side = if step > 0 { -HALF_TURN } else { HALF_TURN };
        let wall = |y: i64| Point { x: side, y };
        let low = a.y.min(b.y) - 1;
        let high = a.y.max(b.y) + 1;
        let at = crossing(a, there, wall(low), wall(high)).map_or(a.y, |share| point_at(a, there, share).y);
        line.push(Point { x: side, y: at });
        lines.push(std::mem::take(&mut line));
        line.push(Point { x: -side, y: at });
        line.push(b);
    }
    lines.push(line);
    lines.iter_mut().for_each(|l: &mut Vec<Point>| l.dedup());
    lines.retain(|l| l.len() > 1);
    (lines, long)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_across_the_antimeridian_is_cut_there() {
        let p = Point::from_degrees;
        let (lines, long) = on_one_side(&[p(179.0, 10.0), p(179.0, 10.0), p(-179.0, 12.0), p(-178.0, 12.0)]);
        assert_eq!(
            lines,
            [vec![p(179.0, 10.0), p(180.0, 11.0)], vec![p(-180.0, 11.0), p(-179.0, 12.0), p(-178.0, 12.0)]]
        );
        assert_eq!(long, 1);
        assert_eq!(on_one_side(&[p(1.0, 1.0), p(1.0, 1.0)]).0, Vec::<Vec<Point>>::new());
        // The edge from -180 to 180 has no length.
        assert_eq!(on_one_side(&[p(-180.0, 1.0), p(180.0, 1.0)]).0, Vec::<Vec<Point>>::new());
    }
}
