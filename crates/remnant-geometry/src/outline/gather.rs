//! The borders of one window, joined when the window is cut.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::rings::{Corner, Edge, from_least, put_in_order, trace};
use super::smooth::{SideCorners, busy, smooth};
use super::{Chain, ClassOutline, Outline, RimEdge, RimSide, SidePiece, along, nest, rim};
use crate::cut::{TILES_PER_WINDOW, Window};
use crate::faces::TileFaces;
use crate::noding::{Spot, spot, xy};
use crate::plane::{Point, TILE, TILE_BITS};
use crate::window::FaceClass;

/// Steps along the side of a window.
const SIDE: i64 = TILE * TILES_PER_WINDOW as i64;

/// A corner, counted from the south-west corner of its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Local(Spot);

impl Local {
    fn point(self, origin: Point) -> Point {
        let (x, y) = xy(self.0);
        Point { x: origin.x + i64::from(x), y: origin.y + i64::from(y) }
    }

    /// Whether it lies on a side of a tile.
    fn on_side(self) -> bool {
        let (x, y) = xy(self.0);
        on_line(x) || on_line(y)
    }

    /// Whether it lies on a side of the window.
    fn on_rim(self) -> bool {
        let (x, y) = xy(self.0);
        on_end(x) || on_end(y)
    }
}

impl Corner for Local {
    type Word = u64;

    fn word(self) -> u64 {
        self.0
    }

    fn x(self) -> i64 {
        xy(self.0).0.into()
    }

    fn turn(a: Self, b: Self, c: Self) -> Ordering {
        // Coordinates are at most 2^30, so that the products stay below 2^61.
        let ((ax, ay), (bx, by), (cx, cy)) = (xy(a.0), xy(b.0), xy(c.0));
        (i64::from(bx - ax) * i64::from(cy - ay)).cmp(&(i64::from(by - ay) * i64::from(cx - ax)))
    }
}

fn on_line(at: i32) -> bool {
    at & (TILE as i32 - 1) == 0
}

fn on_end(at: i32) -> bool {
    at == 0 || i64::from(at) == SIDE
}

/// A side of tiles through the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line {
    upright: bool,
    at: i32,
}

impl Line {
    fn corner(self, along: i32) -> Local {
        Local(if self.upright { spot(self.at, along) } else { spot(along, self.at) })
    }

    /// A stretch of it, in a window with this south-west corner.
    fn piece(self, origin: Point, (from, to): (i32, i32), sign: i32) -> SidePiece {
        let (across, base) = if self.upright { (origin.x, origin.y) } else { (origin.y, origin.x) };
        let [line, from, to] = [(across, self.at), (base, from), (base, to)].map(|(o, at)| o + i64::from(at));
        SidePiece { upright: self.upright, line, from, to, sign: sign as i8 }
    }
}

/// Where the ground on a line changes, and by how much (-1 to 1), in one word: in order of the line, then of the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Change(u64);

impl Change {
    /// The bit above the numbers of lines, of which there are as many as tiles and one.
    const UPRIGHT: u32 = 8;

    fn new(line: Line, along: i32, by: i32) -> Self {
        let line = u64::from(line.upright) << Self::UPRIGHT | (line.at as u64 >> TILE_BITS);
        // Places take 31 bits.
        Self(line << 33 | u64::from(along as u32) << 2 | (by + 1) as u64)
    }

    fn line(self) -> Line {
        let line = self.0 >> 33;
        Line { upright: line & (1 << Self::UPRIGHT) != 0, at: (line as i32 & ((1 << Self::UPRIGHT) - 1)) << TILE_BITS }
    }

    fn along(self) -> i32 {
        (self.0 >> 2) as i32 & i32::MAX
    }

    fn by(self) -> i32 {
        (self.0 & 3) as i32 - 1
    }
}

/// What a window has of one class.
#[derive(Debug, Default, Clone)]
struct Loose {
    class: u32,
    edges: Vec<Edge<Local>>,
    changes: Vec<Change>,
}

impl Loose {
    fn edge(&mut self, from: Local, to: Local) {
        let ((ax, ay), (bx, by)) = (xy(from.0), xy(to.0));
        if ay == by && on_line(ay) {
            return self.side(Line { upright: false, at: ay }, (ax.min(bx), ax.max(bx)), if ax < bx { 1 } else { -1 });
        }
        if ax == bx && on_line(ax) {
            return self.side(Line { upright: true, at: ax }, (ay.min(by), ay.max(by)), if ay < by { 1 } else { -1 });
        }
        self.edges.push(Edge { from, to });
        for (x, y) in [(ax, ay), (bx, by)] {
            // A corner on a side must stay a corner of whatever runs along that side.
            if on_line(y) {
                self.changes.push(Change::new(Line { upright: false, at: y }, x, 0));
            }
            if on_line(x) {
                self.changes.push(Change::new(Line { upright: true, at: x }, y, 0));
            }
        }
    }

    fn side(&mut self, line: Line, (from, to): (i32, i32), sign: i32) {
        self.changes.extend([Change::new(line, from, sign), Change::new(line, to, -sign)]);
    }

    /// Ground on both sides of a line leaves no border. What lies on the window's own sides is not known yet.
    fn cancel_sides(&mut self, origin: Point, open: &mut Vec<SidePiece>) {
        self.changes.sort_unstable();
        for changes in self.changes.chunk_by(|a, b| a.line() == b.line()) {
            let side = changes[0].line();
            let steps = || changes.iter().map(|change| (change.along(), change.by()));
            if !on_end(side.at) {
                along(steps(), |from, to, net| {
                    let (from, to) = (side.corner(from), side.corner(to));
                    match net.cmp(&0) {
                        Ordering::Less => self.edges.push(Edge { from: to, to: from }),
                        Ordering::Equal => {}
                        Ordering::Greater => self.edges.push(Edge { from, to }),
                    }
                });
                continue;
            }
            let mut piece = |from: i32, to: i32, net: i32| open.push(side.piece(origin, (from, to), net.signum()));
            let places = changes.chunk_by(|a, b| a.along() == b.along()).filter(|place| !goes_on(place)).flatten();
            along(places.map(|change| (change.along(), change.by())), &mut piece);
            // One corner alone: others of its kind say where they are.
            let (first, last) = (changes[0].along(), changes[changes.len() - 1].along());
            if first == last {
                piece(first, last, 0);
            }
        }
        self.changes.clear();
    }

    /// Joins the edges: what is whole becomes part of the outline of the class, and so do the parts of the rest. Tells the
    /// bytes of the polygons that are whole.
    fn join(&self, origin: Point, corners: &SideCorners, class: &mut ClassOutline) -> u64 {
        let (mut rings, mut open) = (Vec::new(), Vec::new());
        trace(&self.edges, Local::on_rim, |walk| {
            if walk.closed {
                return walk.corners(&self.edges, |ring| rings.push(from_least(ring)));
            }
            let mut points = Vec::with_capacity(walk.path.len() + 1);
            walk.lead(&self.edges, &mut points);
            points.extend(walk.path.last().map(|&last| self.edges[last].to));
            class.chains.push(Chain { points: drawn(&points, origin), forks: walk.forks });
            open.push(points);
        });
        let (polygons, orphans) = nest::families(rings, &open);
        let mut held = 0;
        for rings in &polygons {
            let smoothed = |ring: &Vec<Local>| {
                let mut ring = drawn(ring, origin);
                smooth(&mut ring, &|p| corners.is_plain(p));
                ring
            };
            held += class.finished.push(rings.iter().map(smoothed).collect());
        }
        class.holes.extend(orphans.iter().map(|hole| drawn(hole, origin)));
        held
    }
}

/// Whether all changes in one place of a window's side are those of the same ground in two rows of tiles: a window within
/// large ground has hundreds of them. Elsewhere something meets the side, and there may be others on its other side.
fn goes_on(place: &[Change]) -> bool {
    place.iter().all(|change| change.by() != 0 && on_line(change.along()))
        && place.iter().map(|change| change.by()).sum::<i32>() == 0
}

fn drawn(corners: &[Local], origin: Point) -> Vec<Point> {
    corners.iter().map(|corner| corner.point(origin)).collect()
}

/// Where ground stands that is not drawn.
const NOT_DRAWN: usize = usize::MAX;

/// The borders of a window while it is cut; kept to reuse its memory.
#[derive(Debug, Default)]
pub(crate) struct Gathering {
    /// The south-west corner of the window.
    origin: Point,
    /// Those of the classes that the window has, and some that stand empty.
    loose: Vec<Loose>,
    /// Where each class stands among them.
    places: HashMap<u32, usize>,
    rim: Vec<RimEdge>,
    /// Stretches of the sides of tiles with marked ground: within the window, and of its own sides.
    rim_sides: [Vec<RimSide>; 2],
    /// For each label of a tile, where its class stands, and the mark of its rim.
    ground: Vec<(usize, u32)>,
}

impl Gathering {
    /// Begins a window.
    pub(crate) fn begin(&mut self, window: Window) {
        self.origin = window.bounds().min;
        self.places.clear();
        self.rim.clear();
        self.rim_sides.iter_mut().for_each(Vec::clear);
    }

    /// Where a class stands.
    fn place(&mut self, class: u32) -> usize {
        if class == 0 {
            return NOT_DRAWN;
        }
        let next = self.places.len();
        let place = *self.places.entry(class).or_insert(next);
        if place == next {
            if next == self.loose.len() {
                self.loose.push(Loose::default());
            }
            let loose = &mut self.loose[next];
            loose.class = class;
            loose.edges.clear();
            loose.changes.clear();
        }
        place
    }

    /// Adds a covered stretch of tiles of one row, from column `from` to before `to`.
    pub(crate) fn add_block(&mut self, row: i32, from: i32, to: i32, class: FaceClass) {
        let ((west, south), (east, north)) = (self.corner(row, from), self.corner(row + 1, to));
        let ground = (self.place(class.class), class.rim);
        self.add_side(ground, Line { upright: false, at: south }, (west, east), 1);
        self.add_side(ground, Line { upright: false, at: north }, (west, east), -1);
        self.add_side(ground, Line { upright: true, at: west }, (south, north), -1);
        self.add_side(ground, Line { upright: true, at: east }, (south, north), 1);
    }

    /// Adds the borders within a tile and along its sides.
    pub(crate) fn add_tile(&mut self, row: i32, column: i32, tile: &TileFaces, classes: &[FaceClass]) {
        let ((west, south), (east, north)) = (self.corner(row, column), self.corner(row + 1, column + 1));
        let corner = spot(west, south);
        let mut before = (0, NOT_DRAWN);
        let mut ground = std::mem::take(&mut self.ground);
        ground.clear();
        for class in classes {
            if class.class != before.0 {
                before = (class.class, self.place(class.class));
            }
            ground.push((before.1, class.rim));
        }
        for border in &tile.borders {
            let (left, right) = (ground[border.left as usize], ground[border.right as usize]);
            // Both coordinates stay below 2^31, so that neither runs over into the other.
            let (from, to) = (Local(border.from + corner), Local(border.to + corner));
            if left.0 != right.0 {
                self.add_edge(left.0, from, to);
                self.add_edge(right.0, to, from);
            }
            if (left.1 == 0) != (right.1 == 0) {
                let [from, to] = [from, to].map(|corner| corner.point(self.origin));
                self.rim.push(RimEdge { from, to, mark: left.1.max(right.1) });
            }
        }
        let side = TILE as i32;
        let sides = [
            (&tile.south, Line { upright: false, at: south }, west, 1),
            (&tile.north, Line { upright: false, at: north }, west, -1),
            (&tile.west, Line { upright: true, at: west }, south, -1),
            (&tile.east, Line { upright: true, at: east }, south, 1),
        ];
        for (changes, line, origin, sign) in sides {
            for (i, &(at, label)) in changes.iter().enumerate() {
                let end = changes.get(i + 1).map_or(side, |next| next.0);
                self.add_side(ground[label as usize], line, (origin + at, origin + end), sign);
            }
        }
        self.ground = ground;
    }

    /// The south-west corner of a tile, from that of the window.
    fn corner(&self, row: i32, column: i32) -> (i32, i32) {
        let from = |number: i32, origin: i64| (i64::from(number) * TILE - origin) as i32;
        (from(column, self.origin.x), from(row, self.origin.y))
    }

    fn add_edge(&mut self, place: usize, from: Local, to: Local) {
        if let Some(loose) = self.loose.get_mut(place) {
            loose.edge(from, to);
        }
    }

    /// Adds a stretch of a side with some ground on it: where its class stands, and the mark of its rim.
    fn add_side(&mut self, (place, rim): (usize, u32), line: Line, (from, to): (i32, i32), sign: i32) {
        if from == to {
            return;
        }
        if let Some(loose) = self.loose.get_mut(place) {
            loose.side(line, (from, to), sign);
        }
        if rim != 0 {
            let side = line.piece(self.origin, (from, to), sign);
            self.rim_sides[usize::from(on_end(line.at))].push(RimSide { side, mark: rim });
        }
    }

    /// Ends a window: what it has becomes part of an outline.
    pub(crate) fn end(&mut self, outline: &mut Outline) {
        let own = &mut self.loose[..self.places.len()];
        let mut starts: Vec<Local> = Vec::new();
        for loose in &mut *own {
            loose.cancel_sides(self.origin, &mut outline.class(loose.class).0.sides);
            put_in_order(&mut loose.edges);
            loose.edges.dedup();
            starts.extend(loose.edges.iter().map(|edge| edge.from).filter(|p| p.on_side() && !p.on_rim()));
        }
        let corners = SideCorners::new(busy(starts).map(|p| p.point(self.origin)).collect());
        for loose in own {
            let (class, held) = outline.class(loose.class);
            *held += loose.join(self.origin, &corners, class);
        }
        outline.busy.extend(corners.into_points());
        let [within, own] = &mut self.rim_sides;
        rim::open(within, |a, b| a == b, |edge| self.rim.push(edge));
        outline.rim.append(&mut self.rim);
        rim::join(own);
        outline.rim_sides.append(own);
    }
}
