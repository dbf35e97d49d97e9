//! Areas by slabs: upright lines through every end and every crossing of all edges, exactly as fractions, leave
//! trapezoids that no edge enters. Nothing is moved, so whatever the engine gives can be held against it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use num_bigint::BigInt;
use remnant_geometry::Point;

/// Areas are whole numbers of this part of a squared step; each trapezoid is cut off to it.
pub const PART: f64 = 1.0 / (1_u64 << 32) as f64;

/// An edge from left to right; upright ones border no trapezoid and are left out.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    a: Point,
    b: Point,
    /// 1 where its ring runs from left to right, -1 where it runs back.
    pub way: i32,
    /// Whose edge it is.
    pub owner: u32,
}

/// What is met in a slab, from below.
pub enum Step {
    /// A slab begins, below everything.
    Start,
    /// An edge, by its number.
    Cross(usize),
    /// The area between the edge crossed last and the next one, in [`PART`]s, and about where it lies.
    Cell(i128, Trapezoid),
}

/// About where a trapezoid lies, from the origin of its edges: its upright sides, and the heights at both of them.
#[derive(Debug, Clone, Copy)]
pub struct Trapezoid {
    pub x: [f64; 2],
    pub low: [f64; 2],
    pub high: [f64; 2],
}

/// A fraction with a positive denominator, and about what it is.
#[derive(Debug, Clone)]
struct Fraction {
    n: BigInt,
    d: BigInt,
    about: f64,
}

impl Fraction {
    fn whole(n: i64) -> Self {
        Self { n: n.into(), d: 1.into(), about: n as f64 }
    }

    /// Rounded values decide where they are far apart: both are right to 1e-3.
    fn compare(&self, other: &Self) -> Ordering {
        if (self.about - other.about).abs() > 0.01 {
            return self.about.total_cmp(&other.about);
        }
        (&self.n * &other.d).cmp(&(&other.n * &self.d))
    }
}

impl Edge {
    /// The edge between two ends of a ring, if it is not upright. Coordinates count from `origin`.
    pub fn new(p: Point, q: Point, owner: u32, origin: Point) -> Option<Self> {
        let local = |p: Point| Point { x: p.x - origin.x, y: p.y - origin.y };
        let (p, q) = (local(p), local(q));
        match p.x.cmp(&q.x) {
            Ordering::Less => Some(Self { a: p, b: q, way: 1, owner }),
            Ordering::Greater => Some(Self { a: q, b: p, way: -1, owner }),
            Ordering::Equal => None,
        }
    }

    fn slope(&self) -> (i64, i64) {
        (self.b.y - self.a.y, self.b.x - self.a.x)
    }

    /// The numerator of its height at `x`, over `x.d` times its width.
    fn height(&self, x: &Fraction) -> BigInt {
        let (dy, dx) = self.slope();
        BigInt::from(self.a.y) * dx * &x.d + BigInt::from(dy) * (&x.n - BigInt::from(self.a.x) * &x.d)
    }

    fn height_about(&self, x: f64) -> f64 {
        let (dy, dx) = self.slope();
        self.a.y as f64 + dy as f64 * ((x - self.a.x as f64) / dx as f64)
    }

    /// The abscissa of a proper crossing.
    fn crossing(&self, other: &Self) -> Option<Fraction> {
        let ((dy, dx), (ey, ex)) = (self.slope(), other.slope());
        let d = i128::from(dx) * i128::from(ey) - i128::from(dy) * i128::from(ex);
        let (wx, wy) = (i128::from(other.a.x - self.a.x), i128::from(other.a.y - self.a.y));
        let n = wx * i128::from(ey) - wy * i128::from(ex);
        let m = wx * i128::from(dy) - wy * i128::from(dx);
        let (n, m, d) = if d < 0 { (-n, -m, -d) } else { (n, m, d) };
        // Where one of them ends there is a stop anyway.
        if d == 0 || n <= 0 || n >= d || m <= 0 || m >= d {
            return None;
        }
        let about = self.a.x as f64 + dx as f64 * (n as f64 / d as f64);
        Some(Fraction { n: BigInt::from(self.a.x) * d + BigInt::from(n) * dx, d: d.into(), about })
    }
}

/// Walks through all trapezoids between edges, slab by slab and upwards.
pub fn walk(edges: &[Edge], visit: &mut dyn FnMut(Step)) {
    let mut order: Vec<usize> = (0..edges.len()).collect();
    order.sort_by_key(|&i| edges[i].a.x);
    let mut stops: Vec<Fraction> = edges.iter().flat_map(|e| [e.a.x, e.b.x]).map(Fraction::whole).collect();
    for (k, &i) in order.iter().enumerate() {
        let e = &edges[i];
        let reached = order[k + 1..].iter().take_while(|&&j| edges[j].a.x <= e.b.x);
        stops.extend(reached.filter_map(|&j| e.crossing(&edges[j])));
    }
    stops.sort_by(Fraction::compare);
    stops.dedup_by(|a, b| a.compare(b) == Ordering::Equal);
    let (mut active, mut waiting) = (Vec::<usize>::new(), order.into_iter().peekable());
    for slab in stops.windows(2) {
        let (from, to) = (&slab[0], &slab[1]);
        active.retain(|&i| Fraction::whole(edges[i].b.x).compare(from).is_gt());
        while let Some(i) = waiting.next_if(|&i| Fraction::whole(edges[i].a.x).compare(from).is_le()) {
            active.push(i);
        }
        let middle = Fraction {
            n: &from.n * &to.d + &to.n * &from.d,
            d: BigInt::from(2) * &from.d * &to.d,
            about: 0.5 * (from.about + to.about),
        };
        let abouts: BTreeMap<usize, f64> = active.iter().map(|&i| (i, edges[i].height_about(middle.about))).collect();
        active.sort_by(|&i, &j| {
            if (abouts[&i] - abouts[&j]).abs() > 0.01 {
                return abouts[&i].total_cmp(&abouts[&j]);
            }
            let (e, f) = (&edges[i], &edges[j]);
            (e.height(&middle) * f.slope().1).cmp(&(f.height(&middle) * e.slope().1))
        });
        // The area below an edge within the slab is its width times the height in the middle.
        let (width, base) = (&to.n * &from.d - &from.n * &to.d, &from.d * &to.d * &middle.d);
        let below = |i: usize| -> i128 {
            let n: BigInt = ((&width * edges[i].height(&middle)) << 32) / (&base * edges[i].slope().1);
            i128::try_from(n).expect("an area on Earth has 2^87 squared steps")
        };
        visit(Step::Start);
        let x = [from.about, to.about];
        let heights = |i: usize| x.map(|x| edges[i].height_about(x));
        let mut last = None;
        for &i in &active {
            let here = below(i);
            if let Some((area, l)) = last.map(|(l, area)| (here - area, l)).filter(|&(area, _)| area != 0) {
                visit(Step::Cell(area, Trapezoid { x, low: heights(l), high: heights(i) }));
            }
            visit(Step::Cross(i));
            last = Some((i, here));
        }
    }
}
