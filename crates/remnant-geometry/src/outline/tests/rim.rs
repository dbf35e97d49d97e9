//! The rim of marked ground, against the sides of all cells of a chequer.

use super::*;

/// The mark of a cell, as of so many live sets; none where nothing covers it or an odd number of records does.
fn mark(cover: &[u32]) -> u32 {
    [0, 0, 1, 0, 2, 0, 1, 0][cover.len() % 8]
}

fn rim(chequer: &Chequer, mark: impl Fn(&[u32]) -> u32) -> Vec<RimEdge> {
    let [mut all, mut other] = chequer.cut(|cover| FaceClass { class: 0, rim: mark(cover) });
    // Each part has numbered its marks by itself.
    other.shift_marks(10);
    all.merge(other);
    let mut rim = all.take_rim(|a, b| a % 10 == b % 10);
    rim.iter_mut().for_each(|edge| edge.mark %= 10);
    assert!(all.rim().is_empty() && all.rim_sides().is_empty());
    rim.sort_unstable();
    rim
}

/// A stretch of a line through the chequer: whether it is upright, where the line is, and from where to where.
type Stretch = (bool, i64, [i64; 2]);

fn stretch(edge: &RimEdge) -> Stretch {
    let (RimEdge { from, to, .. }, upright) = (edge, edge.from.x == edge.to.x);
    let (line, along) = if upright { (from.x, [from.y, to.y]) } else { (from.y, [from.x, to.x]) };
    assert!(upright || from.y == to.y, "borders of cells are upright or level");
    (upright, line, [along[0].min(along[1]), along[0].max(along[1])])
}

impl Chequer {
    /// The marks on both sides of a line where it passes a cell, by their numbers.
    fn beside(&self, upright: bool, line: i64, along: i64) -> [u32; 2] {
        [line - 1, line].map(|line| {
            let cell = if upright { (line, along) } else { (along, line) };
            self.covers.get(&cell).map_or(0, |cover| mark(cover))
        })
    }

    /// The marks on both sides of a stretch, cell by cell.
    fn along(&self, (upright, line, [from, to]): Stretch) -> Vec<[u32; 2]> {
        let (x, y) = (self.origin.x, self.origin.y);
        let (across, base) = if upright { (x, y) } else { (y, x) };
        let cells = (from - base).div_euclid(self.cell)..=(to - 1 - base).div_euclid(self.cell);
        if (line - across) % self.cell == 0 {
            return cells.map(|cell| self.beside(upright, (line - across) / self.cell, cell)).collect();
        }
        let row = (line - across).div_euclid(self.cell);
        cells.map(|cell| [self.beside(upright, row, cell)[1]; 2]).collect()
    }
}

#[test]
fn the_rim_runs_where_marked_ground_ends_and_not_within_it() {
    let (mut ends, mut between) = (0, 0);
    for seed in seed::of(0..400) {
        let chequer = Chequer::new(seed);
        let edges = rim(&chequer, mark);
        let mut drawn = BTreeMap::<(bool, i64), Vec<(i64, i64, u32)>>::new();
        for edge in &edges {
            let (upright, line, [from, to]) = stretch(edge);
            let beside = chequer.along((upright, line, [from, to]));
            assert!(beside.iter().any(|[a, b]| a != b), "seed {seed}: {edge:?} has the same ground on both sides");
            assert!(beside.iter().flatten().any(|&mark| mark == edge.mark), "seed {seed}: {edge:?} has another's mark");
            between += usize::from(beside.iter().all(|beside| !beside.contains(&0)));
            drawn.entry((upright, line)).or_default().push((from, to, edge.mark));
        }
        drawn.values_mut().for_each(|stretches| stretches.sort_unstable());
        for upright in [false, true] {
            for (line, along) in (0..=ACROSS).flat_map(|line| (0..ACROSS).map(move |along| (line, along))) {
                let beside = chequer.beside(upright, line, along);
                if (beside[0] == 0) == (beside[1] == 0) {
                    continue;
                }
                let (x, y) = (chequer.origin.x, chequer.origin.y);
                let (across, base) = if upright { (x, y) } else { (y, x) };
                let (mut at, end) = (base + along * chequer.cell, base + (along + 1) * chequer.cell);
                for &(from, to, mark) in drawn.get(&(upright, across + line * chequer.cell)).into_iter().flatten() {
                    if from <= at && beside.contains(&mark) {
                        at = at.max(to);
                    }
                }
                assert!(at >= end, "seed {seed}: no rim along line {line}, {along}, upright {upright}");
                ends += 1;
            }
        }
    }
    assert!(ends > 10_000 && between > 100, "{ends} sides of cells, {between} stretches between marks");
}

/// Ground of many windows has as many stretches of rim as tiles along its border, and none within.
#[test]
fn the_rim_of_large_ground_is_its_border() {
    let (low, side) = (Point { x: 6001 * TILE + 17, y: 5003 * TILE + 4711 }, 100 * TILE);
    let corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)];
    let ring: Vec<[f64; 2]> =
        corners.into_iter().map(|(x, y)| Point { x: low.x + x, y: low.y + y }.degrees()).collect();
    let records = vec![Footprint::new(&[RawPolygon { rings: vec![ring] }]).expect("it has an area").0];
    let chequer = Chequer { origin: low, cell: side, covers: BTreeMap::from([((0, 0), vec![0])]), records };
    let edges = rim(&chequer, |_| 3);
    assert_eq!(edges.len(), 4 * 101);
    let sides = [(false, low.y), (false, low.y + side), (true, low.x), (true, low.x + side)];
    for (upright, line) in sides {
        let own = edges.iter().map(stretch).filter(|s| (s.0, s.1) == (upright, line));
        assert_eq!(own.map(|(_, _, [from, to])| to - from).sum::<i64>(), side);
    }
    // Where it is drawn, a window has its own sides in one piece each, whatever rows of tiles they pass.
    let [mut all, other] = chequer.cut(|_| FaceClass { class: 1, rim: 0 });
    all.merge(other);
    let pieces: usize = all.gathered().map(|class| class.sides().len()).sum();
    assert!(pieces <= 4 * 7 * 7, "{pieces} pieces in 49 windows");
    let corners: Vec<usize> = all
        .shapes()
        .iter()
        .flat_map(|(_, polygons)| polygons.iter().flat_map(|p| p.iter().map(Vec::len).collect::<Vec<_>>()))
        .collect();
    assert_eq!(corners, [4]);
}
