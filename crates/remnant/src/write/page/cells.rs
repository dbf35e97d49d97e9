//! Ground too small to have an outline in a drawing: the cells of the drawing's grid that it touches, each once.

/// A block of cells, from west and south to east and north, in stored steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Block {
    /// Where it begins northward.
    pub(super) south: i64,
    /// Where it begins eastward.
    pub(super) west: i64,
    /// Where it ends eastward.
    pub(super) east: i64,
    /// Where it ends northward.
    pub(super) north: i64,
}

/// Cells before they are first looked through for those that are there twice.
const FEW: usize = 1 << 14;

/// A set of cells, which takes memory by their number and not by how often they were added.
#[derive(Default)]
pub(super) struct Cells {
    /// By row and column; those up to `sorted` in order and each once.
    all: Vec<[i32; 2]>,
    sorted: usize,
}

impl Cells {
    /// Adds those of a block.
    pub(super) fn add(&mut self, block: Block) {
        // Stored steps are a millionth of a degree or more.
        let whole = |step: i64| step as i32;
        for row in block.south..block.north {
            self.all.extend((block.west..block.east).map(|column| [whole(row), whole(column)]));
        }
        if self.all.len() > (2 * self.sorted).max(FEW) {
            self.sort();
        }
    }

    fn sort(&mut self) {
        self.all.sort_unstable();
        self.all.dedup();
        self.sorted = self.all.len();
    }

    /// Blocks that cover the cells and nothing else, each cell once: runs of a row, joined northward where they are alike.
    pub(super) fn blocks(mut self) -> Vec<Block> {
        self.sort();
        let mut runs: Vec<Block> = Vec::new();
        for [row, column] in self.all.into_iter().map(|cell| cell.map(i64::from)) {
            match runs.last_mut() {
                Some(run) if run.south == row && run.east == column => run.east += 1,
                _ => runs.push(Block { south: row, west: column, east: column + 1, north: row + 1 }),
            }
        }
        runs.sort_unstable_by_key(|run| (run.west, run.east, run.south));
        runs.dedup_by(|next, run| {
            let goes_on = (run.west, run.east, run.north) == (next.west, next.east, next.south);
            if goes_on {
                run.north = next.north;
            }
            goes_on
        });
        // Neighbours follow one another, so that the steps between them are short.
        runs.sort_unstable();
        runs
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn blocks_cover_every_cell_once_and_nothing_else() {
        let mut state = 7_u64;
        let mut below = |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % n) as i64
        };
        for (number, side) in [(1, 4), (40, 8), (300, 20), (60_000, 120)] {
            let (mut cells, mut wanted) = (Cells::default(), BTreeSet::new());
            for _ in 0..number {
                let (south, west) = (below(side) - 3, below(side) - 3);
                let block = Block { south, west, east: west + 1 + below(2), north: south + 1 + below(2) };
                cells.add(block);
                wanted.extend((block.south..block.north).flat_map(|y| (block.west..block.east).map(move |x| (y, x))));
            }
            let blocks = cells.blocks();
            let covered: Vec<(i64, i64)> = blocks
                .iter()
                .flat_map(|b| (b.south..b.north).flat_map(|y| (b.west..b.east).map(move |x| (y, x))))
                .collect();
            assert_eq!(covered.len(), wanted.len(), "a cell is covered twice or not at all");
            assert_eq!(covered.into_iter().collect::<BTreeSet<_>>(), wanted);
        }
    }

    #[test]
    fn ground_that_is_all_cells_is_one_block_however_often_it_was_added() {
        let mut cells = Cells::default();
        for _ in 0..50 {
            for (south, west) in (0..60).flat_map(|y| (0..90).map(move |x| (y, x))) {
                cells.add(Block { south, west, east: west + 2, north: south + 2 });
            }
            assert!(cells.all.len() <= 2 * 61 * 91 + FEW + 4, "{} cells are kept", cells.all.len());
        }
        assert_eq!(cells.blocks(), [Block { south: 0, west: 0, east: 91, north: 61 }]);
    }
}
