//! The box of the coordinates that a reader has seen.

use geo_types::{Geometry, LineString, Polygon};

/// The box of a geometry's finite positions.
pub(super) fn of(geometry: &Geometry<f64>) -> Option<[f64; 4]> {
    let mut extent = Extent::default();
    gather(geometry, &mut extent);
    extent.bounds()
}

fn gather(geometry: &Geometry<f64>, extent: &mut Extent) {
    fn line(line: &LineString<f64>, extent: &mut Extent) {
        line.0.iter().for_each(|c| extent.add(c.x, c.y));
    }
    fn polygon(polygon: &Polygon<f64>, extent: &mut Extent) {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).for_each(|ring| line(ring, extent));
    }
    match geometry {
        Geometry::Point(p) => extent.add(p.x(), p.y()),
        Geometry::MultiPoint(points) => points.iter().for_each(|p| extent.add(p.x(), p.y())),
        Geometry::LineString(l) => line(l, extent),
        Geometry::MultiLineString(lines) => lines.iter().for_each(|l| line(l, extent)),
        Geometry::Polygon(p) => polygon(p, extent),
        Geometry::MultiPolygon(polygons) => polygons.iter().for_each(|p| polygon(p, extent)),
        Geometry::GeometryCollection(members) => members.iter().for_each(|member| gather(member, extent)),
        // Readers make no others.
        _ => {}
    }
}

/// Grows with every finite position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extent {
    bounds: [f64; 4],
}

impl Default for Extent {
    fn default() -> Self {
        Self { bounds: [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY] }
    }
}

impl Extent {
    /// Takes in a position; one that is not finite has no place.
    pub(super) fn add(&mut self, x: f64, y: f64) {
        if x.is_finite() && y.is_finite() {
            let [x_min, y_min, x_max, y_max] = self.bounds;
            self.bounds = [x_min.min(x), y_min.min(y), x_max.max(x), y_max.max(y)];
        }
    }

    /// The box, if there was any position.
    pub(super) fn bounds(&self) -> Option<[f64; 4]> {
        let [x_min, _, x_max, _] = self.bounds;
        (x_min <= x_max).then_some(self.bounds)
    }

    /// A box that holds arcs through the positions too: they may bulge beyond them.
    pub(super) fn bulged(&self) -> Option<[f64; 4]> {
        let [x_min, y_min, x_max, y_max] = self.bounds()?;
        let margin = (x_max - x_min).max(y_max - y_min);
        Some([x_min - margin, y_min - margin, x_max + margin, y_max + margin])
    }
}
