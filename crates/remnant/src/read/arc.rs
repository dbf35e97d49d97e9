//! Arcs of circles as chords that leave them by less than a millimetre.
//!
//! Shared by every format that has curves. Both ends and the middle position of an arc stay as they are, and an arc
//! gets the same positions whichever way round it is given, so that a border of two records stays one.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use geo_types::Coord;

use super::{DeclaredCrs, Limit, Limits};
use crate::crs::Crs;

/// How far a chord may leave its arc, in metres: half of the millimetre, since edges are then followed to the
/// transformed ground, which takes a tenth.
const SAGITTA_METRES: f64 = 5e-4;

/// A degree of latitude at the pole, where it is longest, in metres.
const DEGREE_METRES: f64 = 111_694.0;

/// No arc is divided into more pieces than this: a full circle of 4,000 km. More is no piece of ground.
const MOST_PIECES: f64 = 200_000.0;

/// No layer gets more positions than this from its arcs (512 MB), so that a small file can't fill the memory.
const MOST_POSITIONS: usize = 1 << 25;

/// The note of a feature whose arcs became chords.
pub(super) const APPROXIMATED: &str = "it has arcs of circles; they were followed by chords to within 1 mm";

/// How arcs are followed in one layer: how finely, and how much of it is left.
#[derive(Debug)]
pub(super) struct Arcs {
    crs: DeclaredCrs,
    /// How far a chord may leave its arc, in the layer's units; nothing where the layer's system is not known.
    /// Found at the first arc, since few layers have any.
    sagitta: OnceLock<Option<f64>>,
    left: AtomicUsize,
    limits: Limits,
}

impl Arcs {
    /// The arcs of a layer in this system.
    pub(super) fn new(crs: &DeclaredCrs) -> Self {
        Self {
            crs: crs.clone(),
            sagitta: OnceLock::new(),
            left: AtomicUsize::new(MOST_POSITIONS),
            limits: Limits::default(),
        }
    }

    /// The same within other limits.
    pub(super) fn growing(self, limits: Limits) -> Self {
        let most = (MOST_POSITIONS as u64).saturating_mul(limits.growth());
        Self { left: AtomicUsize::new(usize::try_from(most).unwrap_or(usize::MAX)), limits, ..self }
    }

    fn sagitta(&self) -> Option<f64> {
        let degrees = SAGITTA_METRES / DEGREE_METRES;
        *self.sagitta.get_or_init(|| match &self.crs {
            DeclaredCrs::Wgs84 => Some(degrees),
            DeclaredCrs::Unknown => None,
            DeclaredCrs::Definition(text) => {
                let crs = Crs::parse(text).ok()?;
                Some(if crs.is_geographic() { degrees } else { SAGITTA_METRES / crs.metres_in_unit() })
            }
        })
    }

    /// The line through the positions of a circular string: each arc has a start, a position on it, and an end that
    /// is the next one's start.
    ///
    /// # Errors
    /// Words for a person, where the positions are no circular string or would need too many chords.
    pub(super) fn follow(&self, positions: &[Coord<f64>]) -> Result<Vec<Coord<f64>>, String> {
        if positions.is_empty() {
            return Ok(Vec::new());
        }
        if positions.len() < 3 || positions.len().is_multiple_of(2) {
            return Err(format!("a circular string has {} positions; 3, 5, 7 and so on make arcs", positions.len()));
        }
        let sagitta = self.sagitta().unwrap_or_else(|| guess(positions));
        let mut line = Vec::with_capacity(positions.len());
        line.extend(positions.first());
        for arc in positions.windows(3).step_by(2) {
            if let [from, middle, to] = arc {
                self.one([*from, *middle, *to], sagitta, &mut line)?;
            }
        }
        Ok(line)
    }

    /// Appends an arc without its start.
    fn one(&self, [from, middle, to]: [Coord<f64>; 3], sagitta: f64, line: &mut Vec<Coord<f64>>) -> Result<(), String> {
        let turned = (to.x, to.y) < (from.x, from.y);
        let (first, last) = if turned { (to, from) } else { (from, to) };
        let Some(circle) = Circle::through(first, middle, last) else {
            line.extend([middle, to]);
            return Ok(());
        };
        let step = (8.0 * sagitta / circle.radius).sqrt().min(std::f64::consts::FRAC_PI_8);
        let mut inner = Vec::new();
        for (half, sweep) in circle.sweeps.into_iter().enumerate() {
            let pieces = (sweep.abs() / step).ceil().max(1.0);
            if pieces > MOST_PIECES {
                return Err(format!("an arc of radius {} would need more than {MOST_PIECES} chords", circle.radius));
            }
            let pieces = pieces as u32;
            let spent =
                self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(pieces as usize));
            if spent.is_err() {
                let limit = self.limits.reached(Limit::Growth);
                return Err(format!("the arcs of this layer would need too many chords in all; {limit}"));
            }
            let begin = circle.angle + if half == 0 { 0.0 } else { circle.sweeps[0] };
            inner.extend((1..pieces).map(|k| circle.at(begin + sweep * (f64::from(k) / f64::from(pieces)))));
            if half == 0 {
                inner.push(middle);
            }
        }
        if turned {
            inner.reverse();
        }
        line.extend(inner);
        line.push(to);
        Ok(())
    }
}

/// Degrees where all positions could be degrees, else metres: the finer of what the numbers can mean.
fn guess(positions: &[Coord<f64>]) -> f64 {
    let degrees = positions.iter().all(|c| c.x.abs() <= 360.0 && c.y.abs() <= 90.0);
    if degrees { SAGITTA_METRES / DEGREE_METRES } else { SAGITTA_METRES }
}

/// The circle of an arc.
struct Circle {
    centre: Coord<f64>,
    radius: f64,
    /// The direction of the arc's start from the centre, in radians.
    angle: f64,
    /// How far the arc turns from its start to its middle position, and from there to its end.
    sweeps: [f64; 2],
}

impl Circle {
    /// Nothing where the three positions lie on a line, or are no positions.
    fn through(from: Coord<f64>, middle: Coord<f64>, to: Coord<f64>) -> Option<Self> {
        let [b, c] = [middle, to].map(|p| Coord { x: p.x - from.x, y: p.y - from.y });
        let turn = std::f64::consts::TAU;
        if c.x == 0.0 && c.y == 0.0 {
            // A whole circle, whose middle position lies opposite to its start.
            let centre = Coord { x: from.x + b.x / 2.0, y: from.y + b.y / 2.0 };
            let radius = libm::hypot(b.x, b.y) / 2.0;
            let angle = libm::atan2(-b.y, -b.x);
            return (radius.is_finite() && radius > 0.0).then_some(Self {
                centre,
                radius,
                angle,
                sweeps: [turn / 2.0; 2],
            });
        }
        let cross = b.x * c.y - b.y * c.x;
        let (bb, cc) = (b.x * b.x + b.y * b.y, c.x * c.x + c.y * c.y);
        let u = Coord { x: (c.y * bb - b.y * cc) / (2.0 * cross), y: (b.x * cc - c.x * bb) / (2.0 * cross) };
        let radius = libm::hypot(u.x, u.y);
        // Beyond this the bend is lost in the digits of the positions.
        if !radius.is_finite() || radius > 1e8 * cc.max(bb).sqrt() {
            return None;
        }
        let angles = [Coord { x: 0.0, y: 0.0 }, b, c].map(|p| libm::atan2(p.y - u.y, p.x - u.x));
        let sweep = |from: f64, to: f64| {
            let ahead = (to - from).rem_euclid(turn);
            if cross > 0.0 { ahead } else { ahead - turn }
        };
        let sweeps = [sweep(angles[0], angles[1]), sweep(angles[1], angles[2])];
        Some(Self { centre: Coord { x: from.x + u.x, y: from.y + u.y }, radius, angle: angles[0], sweeps })
    }

    fn at(&self, angle: f64) -> Coord<f64> {
        let (sin, cos) = libm::sincos(angle);
        Coord { x: self.centre.x + self.radius * cos, y: self.centre.y + self.radius * sin }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64) -> Coord<f64> {
        Coord { x, y }
    }

    fn metres() -> Arcs {
        Arcs::new(&DeclaredCrs::Definition("EPSG:32638".into()))
    }

    /// How far a line leaves a circle at most, at its corners and in the middle of its chords.
    fn off(line: &[Coord<f64>], centre: Coord<f64>, radius: f64) -> f64 {
        let far = |p: Coord<f64>| ((p.x - centre.x).hypot(p.y - centre.y) - radius).abs();
        let chords = line.windows(2).map(|e| far(at((e[0].x + e[1].x) / 2.0, (e[0].y + e[1].y) / 2.0)));
        chords.chain(line.iter().map(|p| far(*p))).fold(0.0, f64::max)
    }

    #[test]
    fn chords_leave_an_arc_by_less_than_a_millimetre() {
        for radius in [0.5, 30.0, 1000.0, 250_000.0] {
            let centre = at(500_000.0, 4_400_000.0);
            let [a, b, c] = [0.3_f64, 1.9, 4.0].map(|t| at(centre.x + radius * t.cos(), centre.y + radius * t.sin()));
            let line = metres().follow(&[a, b, c]).unwrap_or_else(|e| panic!("{e}"));
            assert!(off(&line, centre, radius) < 6e-4, "{radius}: {}", off(&line, centre, radius));
            assert!(line.contains(&b) && line.first() == Some(&a) && line.last() == Some(&c));
            // Not finer than needed: that would only cost time.
            assert!((line.len() as f64) < 20.0 + 4.0 / (8.0 * SAGITTA_METRES / radius).sqrt(), "{}", line.len());
            let mut back = metres().follow(&[c, b, a]).unwrap_or_else(|e| panic!("{e}"));
            back.reverse();
            assert_eq!(line, back);
        }
    }

    #[test]
    fn degrees_are_followed_as_finely_as_metres() {
        // 0.01 degrees are 1.1 km.
        let (centre, radius) = (at(45.0, 40.0), 0.01);
        let positions = [at(45.01, 40.0), at(45.0, 40.01), at(44.99, 40.0), at(45.0, 39.99), at(45.01, 40.0)];
        for crs in [DeclaredCrs::Wgs84, DeclaredCrs::Unknown, DeclaredCrs::Definition("EPSG:4284".into())] {
            let line = Arcs::new(&crs).follow(&positions).unwrap_or_else(|e| panic!("{e}"));
            assert!(off(&line, centre, radius) * DEGREE_METRES < 6e-4, "{crs:?}");
            assert!(line.len() > 1000);
        }
    }

    #[test]
    fn a_circle_by_its_start_and_the_opposite_position_is_whole() {
        let line =
            metres().follow(&[at(100.0, 0.0), at(-100.0, 0.0), at(100.0, 0.0)]).unwrap_or_else(|e| panic!("{e}"));
        assert!(off(&line, at(0.0, 0.0), 100.0) < 6e-4);
        let area: f64 = line.windows(2).map(|e| e[0].x * e[1].y - e[1].x * e[0].y).sum::<f64>() / 2.0;
        assert!((area.abs() - std::f64::consts::PI * 1e4).abs() < 0.5, "{area}");
        assert!(line.iter().any(|p| p.y > 99.99) && line.iter().any(|p| p.y < -99.99));
    }

    #[test]
    fn positions_on_a_line_make_a_line() {
        let positions = [at(0.0, 0.0), at(1.0, 1.0), at(5.0, 5.0)];
        assert_eq!(metres().follow(&positions).as_deref(), Ok(&positions[..]));
        let same = [at(1.0, 1.0); 3];
        assert_eq!(metres().follow(&same).as_deref(), Ok(&same[..]));
        assert_eq!(metres().follow(&[]), Ok(Vec::new()));
        // No number is kept for the later stages to refuse.
        assert!(metres().follow(&[at(0.0, 0.0), at(f64::NAN, 0.0), at(1.0, 1.0)]).is_ok_and(|l| l.len() == 3));
    }

    #[test]
    fn absurd_arcs_are_refused() {
        assert!(metres().follow(&[at(0.0, 0.0), at(1.0, 1.0)]).is_err());
        assert!(metres().follow(&[at(0.0, 0.0), at(1e12, 0.0), at(0.0, 1e12)]).is_err_and(|e| e.contains("radius")));
        let arcs = Arcs { left: AtomicUsize::new(1000), ..metres() };
        let arc = [at(100.0, 0.0), at(0.0, 100.0), at(-100.0, 0.0)];
        let refused = (0..100).find_map(|_| arcs.follow(&arc).err());
        assert!(refused.is_some_and(|e| e.contains("in all")));
    }
}
