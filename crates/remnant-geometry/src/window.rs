//! The faces of a window: which records cover what ground, and how much of it.

use crate::cut::{Run, Span, Window, WindowCut};
use crate::faces::{TOO_MANY, TileFaces, Torn};
use crate::footprint::Footprint;
use crate::noding::Piece;
use crate::outline::{Gathering, Outline};
use crate::plane::{Area, RowArea, TILE};

/// What a face counts as, for drawing: told by the caller, who knows what records mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FaceClass {
    /// Ground of one class is drawn as one shape; 0 is not drawn.
    pub class: u32,
    /// Not 0 for ground whose rim is to be kept, with a mark that comes back with it.
    pub rim: u32,
}

/// Cuts windows; kept to reuse its memory.
#[derive(Default)]
pub struct WindowFaces {
    cut: WindowCut,
    tile: TileFaces,
    pieces: Vec<Piece>,
    /// The records of a tile.
    members: Vec<u32>,
    /// The places among them of those that cover its south-west corner.
    corner: Vec<u32>,
    cover: Vec<u32>,
    classes: Vec<FaceClass>,
    /// What is drawn.
    gathering: Gathering,
    /// How often borders may meet in a tile; `None` for the usual.
    most: Option<usize>,
}

/// How often borders may meet in a tile where nobody says: what is noted of each takes some 50 bytes.
pub const MOST_MEETINGS: usize = 50_000_000;

/// What is told of every face: the covering records in ascending order, and the area.
pub type FaceSink<'a> = dyn FnMut(&[u32], Area) -> FaceClass + 'a;

impl WindowFaces {
    /// Cuts windows in whose tiles borders meet at most so often.
    pub fn meeting_at_most(most: usize) -> Self {
        Self { most: Some(most), ..Self::default() }
    }

    /// Cuts a window by the footprints that reach it, given in ascending order of their numbers.
    ///
    /// `face` is told every face that some record covers, tile by tile: the areas of one set of records are to be
    /// added up. Together with the uncovered ground they fill the window, exactly. What `face` answers is drawn into
    /// `outline`, where one is given.
    ///
    /// The result depends on the window and the footprints alone. Cost: near n log n in the edges and crossings.
    ///
    /// # Errors
    /// [`Torn`] where the faces contradict each other, which would be a fault of this program, or where borders meet too
    /// often in a tile.
    pub fn cut<'a>(
        &mut self,
        window: Window,
        records: impl IntoIterator<Item = (u32, &'a Footprint)>,
        outline: Option<&mut Outline>,
        face: &mut FaceSink<'_>,
    ) -> Result<(), Torn> {
        self.gathering.begin(window);
        self.cut.clear();
        for (record, footprint) in records {
            self.cut.add(window, record, footprint);
        }
        let mut runs = std::mem::take(&mut self.cut.runs);
        let mut spans = std::mem::take(&mut self.cut.spans);
        runs.sort_unstable_by_key(|r| (r.row, r.column, r.record));
        spans.sort_unstable();
        let (mut some_runs, mut some_spans) = (&runs[..], &spans[..]);
        let mut result = Ok(());
        while let Some(row) =
            [some_runs.first().map(|r| r.row), some_spans.first().map(|s| s.row)].into_iter().flatten().min()
        {
            let (row_runs, rest) = some_runs.split_at(some_runs.partition_point(|r| r.row == row));
            some_runs = rest;
            let (row_spans, rest) = some_spans.split_at(some_spans.partition_point(|s| s.row == row));
            some_spans = rest;
            result = self.row(row, row_runs, row_spans, outline.is_some(), face);
            if result.is_err() {
                break;
            }
        }
        self.cut.runs = runs;
        self.cut.spans = spans;
        result?;
        if let Some(outline) = outline {
            self.gathering.end(outline);
        }
        Ok(())
    }

    /// One row of tiles: the tiles that have edges, and the covered stretches between them.
    fn row(&mut self, row: i32, runs: &[Run], spans: &[Span], draw: bool, face: &mut FaceSink<'_>) -> Result<(), Torn> {
        let area = RowArea::new(row);
        let (mut tiles, mut waiting) = (runs.chunk_by(|a, b| a.column == b.column).peekable(), spans.iter().peekable());
        let mut active: Vec<Span> = Vec::new();
        let mut column = i32::MIN;
        loop {
            active.retain(|s| s.to > column);
            while let Some(span) = waiting.next_if(|s| s.from <= column) {
                active.push(*span);
            }
            if let Some(tile) = tiles.next_if(|t| t[0].column == column) {
                self.tile(row, column, &area, tile, &active, draw, face)?;
                column += 1;
                continue;
            }
            let next = [tiles.peek().map(|t| t[0].column), waiting.peek().map(|s| s.from)]
                .into_iter()
                .flatten()
                .chain(active.iter().map(|s| s.to))
                .min();
            let Some(next) = next else { return Ok(()) };
            if !active.is_empty() {
                self.cover_by(&active);
                let covered = i128::from(area.strip(TILE as i32)) * i128::from(next - column);
                let class = face(&self.cover, Area::from_units(covered));
                if draw {
                    self.gathering.add_block(row, column, next, class);
                }
            }
            column = next;
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one tile in one place; a struct for one call says no more")]
    fn tile(
        &mut self,
        row: i32,
        column: i32,
        area: &RowArea,
        runs: &[Run],
        spans: &[Span],
        draw: bool,
        face: &mut FaceSink<'_>,
    ) -> Result<(), Torn> {
        self.gather(runs, spans);
        self.tile
            .cut(area, self.members.len(), &self.corner, &mut self.pieces, self.most.unwrap_or(MOST_MEETINGS), draw)
            .map_err(|(x, y)| Torn { too_many: (x, y) == TOO_MANY, column, row, x, y })?;
        self.classes.clear();
        for label in 0..self.tile.labels.len() as u32 {
            self.cover.clear();
            self.cover.extend(self.tile.labels.records(label).map(|m| self.members[m as usize]));
            let class = if self.cover.is_empty() {
                FaceClass::default()
            } else {
                face(&self.cover, Area::from_units(i128::from(self.tile.areas[label as usize])))
            };
            self.classes.push(class);
        }
        if draw {
            self.gathering.add_tile(row, column, &self.tile, &self.classes);
        }
        Ok(())
    }

    /// Gathers the records of a tile in ascending order, and their pieces under the numbers that they have in it.
    fn gather(&mut self, runs: &[Run], spans: &[Span]) {
        self.cover_by(spans);
        self.members.clear();
        self.corner.clear();
        self.pieces.clear();
        let mut whole = self.cover.iter().copied().peekable();
        // A record either has edges in a tile, and one run of them, or covers it wholly.
        for run in runs {
            while let Some(record) = whole.next_if(|&record| record < run.record) {
                self.corner.push(self.members.len() as u32);
                self.members.push(record);
            }
            let record = self.members.len() as u32;
            let (from, to) = run.pieces;
            let pieces = &self.cut.pieces[from as usize..to as usize];
            self.pieces.extend(pieces.iter().map(|p| Piece { record, ..*p }));
            if run.corner {
                self.corner.push(record);
            }
            self.members.push(run.record);
        }
        self.corner.extend((self.members.len() as u32..).take(whole.len()));
        self.members.extend(whole);
    }

    /// Lists in ascending order the records that cover something wholly.
    fn cover_by(&mut self, spans: &[Span]) {
        self.cover.clear();
        self.cover.extend(spans.iter().map(|s| s.record));
        self.cover.sort_unstable();
    }
}
