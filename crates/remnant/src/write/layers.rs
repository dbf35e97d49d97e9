//! The layers and tables as binary formats write them: columns with types, rows with ground, in the order of the
//! GeoJSON and CSV files of the same names.

use super::Halt;
use super::cell::Cell;
use super::columns::{self, BALANCE, Column, FACES, FINDINGS, RECORDS, RELEASED, REMAINING, ZONES};
use super::dictionary::{Kind, kind};
use super::ground::Ground;
use crate::report::{DistrictRow, LandState, Report};

/// What kind of ground the rows of a layer have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// None: a table.
    Table,
    /// Polygons, or none for a row without a shape.
    Polygons,
    /// Points, lines and polygons.
    Mixed,
}

/// A column and its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// Takes a row: its cells in the order of the fields, and its ground.
pub(super) type Visit<'v> = dyn FnMut(&[Cell<'_>], Ground) -> Result<(), Halt> + 'v;

/// A layer or table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layer {
    /// Its name: of the layer, of the table, and of the file without its ending.
    pub(super) name: &'static str,
    /// Its title for people.
    pub(super) title: &'static str,
    pub(super) shape: Shape,
    names: fn(&Report) -> Vec<&'static str>,
    rows: fn(&Report, &mut Visit<'_>) -> Result<(), Halt>,
}

impl Layer {
    /// The columns in this report.
    pub(super) fn fields(&self, report: &Report) -> Vec<Field> {
        (self.names)(report).into_iter().map(|name| Field { name, kind: kind(self.name, name) }).collect()
    }

    /// Visits every row.
    pub(super) fn each(&self, report: &Report, visit: &mut Visit<'_>) -> Result<(), Halt> {
        (self.rows)(report, visit)
    }
}

/// The districts, and the land outside them as a row without ground.
pub(super) const DISTRICTS_LAYER: Layer = Layer {
    name: "districts",
    title: "Districts",
    shape: Shape::Polygons,
    names: |r| columns::figures(r).map(|c| c.0).collect(),
    rows: |report, visit| {
        let outside = columns::outside_row(report);
        let rows = report.account.districts.iter().chain([&outside]);
        each(report, columns::figures(report), rows, |d: &DistrictRow| Ground::of_polygons(&d.shape), visit)
    },
};

/// The settlement zones.
pub(super) const ZONES_LAYER: Layer = Layer {
    name: "zones",
    title: "Settlement zones",
    shape: Shape::Polygons,
    names: |_| names(ZONES),
    rows: |report, visit| each(report, ZONES.iter(), &report.account.zones, |z| Ground::of_polygons(&z.shape), visit),
};

/// The contaminated land.
pub(super) const REMAINING_LAYER: Layer = Layer {
    name: "remaining",
    title: "Contaminated land",
    shape: Shape::Polygons,
    names: |_| names(REMAINING),
    rows: |report, visit| {
        let shapes = columns::shapes_in_order(report, |state| matches!(state, LandState::Contaminated(_)));
        each(report, REMAINING.iter(), shapes, |s| Ground::of_polygons(&s.polygons), visit)
    },
};

/// The released land.
pub(super) const RELEASED_LAYER: Layer = Layer {
    name: "released",
    title: "Released land",
    shape: Shape::Polygons,
    names: |_| names(RELEASED),
    rows: |report, visit| {
        let shapes = columns::shapes_in_order(report, |state| matches!(state, LandState::Released(_)));
        each(report, RELEASED.iter(), shapes, |s| Ground::of_polygons(&s.polygons), visit)
    },
};

/// The findings, with and without a place.
pub(super) const FINDINGS_LAYER: Layer = Layer {
    name: "findings",
    title: "Findings",
    shape: Shape::Mixed,
    names: |_| names(FINDINGS),
    rows: |report, visit| {
        each(report, FINDINGS.iter(), columns::findings_in_order(report), |f| Ground::of_place(f.place), visit)
    },
};

/// The faces, where they are asked for.
pub(super) const FACES_LAYER: Layer = Layer {
    name: "faces",
    title: "Faces: ground and the records that cover it",
    shape: Shape::Polygons,
    names: |_| names(FACES),
    rows: |report, visit| {
        for (number, face) in report.account.faces.iter().enumerate() {
            let row = columns::face_row(report, number, face);
            each(report, FACES.iter(), [&row], |_| Ground::of_polygons(&face.polygons), visit)?;
        }
        Ok(())
    },
};

/// The balance: a table.
pub(super) const BALANCE_TABLE: Layer = Layer {
    name: "balance",
    title: "Balance of the period",
    shape: Shape::Table,
    names: |_| names(BALANCE),
    rows: |report, visit| {
        let rows: Vec<_> = columns::periods(report).collect();
        each(report, BALANCE.iter(), &rows, |_| Ground::Nowhere, visit)
    },
};

/// The records: a table.
pub(super) const RECORDS_TABLE: Layer = Layer {
    name: "records",
    title: "Records",
    shape: Shape::Table,
    names: |_| names(RECORDS),
    rows: |report, visit| {
        for row in report.account.records.iter() {
            each(report, RECORDS.iter(), [&row], |_| Ground::Nowhere, visit)?;
        }
        Ok(())
    },
};

/// Every layer and table of a report, in the order in which they are written.
pub(super) fn all(report: &Report) -> Vec<Layer> {
    let mut layers = vec![DISTRICTS_LAYER, ZONES_LAYER, REMAINING_LAYER, RELEASED_LAYER];
    if report.account.settings.faces {
        layers.push(FACES_LAYER);
    }
    layers.extend([FINDINGS_LAYER, BALANCE_TABLE, RECORDS_TABLE]);
    layers
}

fn names<R>(columns: &[Column<R>]) -> Vec<&'static str> {
    columns.iter().map(|c| c.0).collect()
}

fn each<'a, R: 'static>(
    report: &'a Report,
    columns: impl Iterator<Item = &'static Column<R>> + Clone,
    rows: impl IntoIterator<Item = &'a R>,
    ground: impl Fn(&R) -> Ground,
    visit: &mut Visit<'_>,
) -> Result<(), Halt> {
    for row in rows {
        let cells: Vec<Cell<'_>> = columns.clone().map(|(_, cell)| cell(report, row)).collect();
        visit(&cells, ground(row))?;
    }
    Ok(())
}
