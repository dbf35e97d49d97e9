//! The box of the coordinates that a reader has seen.

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
