//! GeoJSON by RFC 7946, streamed: a feature a line, in a fixed order, with a `bbox` and no `crs`.

use std::io::Write;

use remnant_geometry::Polygons;

use super::cell::push_json_text;
use super::columns::{self, Column, FINDINGS, RELEASED, REMAINING, ZONES};
use super::ground::{Extent, push_place, push_polygon};
use super::{Halt, Sink};
use crate::report::{DistrictRow, LandShape, LandState, Report};

/// Bytes that are gathered before they are handed on.
const BUFFER: usize = 1 << 16;

pub(super) fn districts(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let outside = columns::outside_row(report);
    let rows: Vec<&DistrictRow> = report.account.districts.iter().chain([&outside]).collect();
    let mut file = Collection::begin("districts", Extent::of_polygons(rows.iter().map(|d| &d.shape)), sink)?;
    for row in rows {
        file.properties(report, columns::figures(report), row);
        file.polygons(&row.shape)?;
    }
    file.end()
}

pub(super) fn zones(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let zones = &report.account.zones;
    let mut file = Collection::begin("zones", Extent::of_polygons(zones.iter().map(|z| &z.shape)), sink)?;
    for zone in zones {
        file.properties(report, ZONES.iter(), zone);
        file.polygons(&zone.shape)?;
    }
    file.end()
}

pub(super) fn remaining(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    land("remaining", REMAINING, |state| matches!(state, LandState::Contaminated(_)), report, sink)
}

pub(super) fn released(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    land("released", RELEASED, |state| matches!(state, LandState::Released(_)), report, sink)
}

pub(super) fn faces(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let faces = &report.account.faces;
    let mut file = Collection::begin("faces", Extent::of_polygons(faces.iter().map(|f| &f.polygons)), sink)?;
    for (number, face) in faces.iter().enumerate() {
        file.properties(report, columns::FACES.iter(), &columns::face_row(report, number, face));
        file.polygons(&face.polygons)?;
    }
    file.end()
}

fn land(
    name: &str,
    columns: &'static [Column<LandShape>],
    wanted: fn(LandState) -> bool,
    report: &Report,
    sink: &mut Sink<'_>,
) -> Result<(), Halt> {
    let shapes = columns::shapes_in_order(report, wanted);
    let mut file = Collection::begin(name, Extent::of_polygons(shapes.iter().map(|s| &s.polygons)), sink)?;
    for shape in shapes {
        file.properties(report, columns.iter(), shape);
        file.polygons(&shape.polygons)?;
    }
    file.end()
}

pub(super) fn findings(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let findings = columns::findings_in_order(report);
    let extent = Extent::of_places(findings.iter().filter_map(|f| f.place));
    let mut file = Collection::begin("findings", extent, sink)?;
    for finding in findings {
        file.properties(report, FINDINGS.iter(), finding);
        push_place(&mut file.text, finding.place);
        file.feature_ends()?;
    }
    file.end()
}

/// A feature collection on its way to a file.
struct Collection<'a, 's> {
    sink: &'a mut Sink<'s>,
    text: String,
    first: bool,
}

impl<'a, 's> Collection<'a, 's> {
    fn begin(name: &str, extent: Extent, sink: &'a mut Sink<'s>) -> Result<Self, Halt> {
        let mut text = String::with_capacity(2 * BUFFER);
        text.push_str("{\"type\":\"FeatureCollection\",\"name\":");
        push_json_text(&mut text, name);
        extent.push_bbox(&mut text);
        text.push_str(",\"features\":[");
        Ok(Self { sink, text, first: true })
    }

    /// Begins a feature with its properties; the geometry follows.
    fn properties<R: 'static>(&mut self, report: &Report, columns: impl Iterator<Item = &'static Column<R>>, row: &R) {
        self.text.push_str(if self.first { "\n" } else { ",\n" });
        self.first = false;
        self.text.push_str("{\"type\":\"Feature\",\"properties\":");
        push_object(&mut self.text, report, columns, row);
        self.text.push_str(",\"geometry\":");
    }

    /// The geometry of a feature, and its end. A shape may be far larger than the buffer, so it is handed on between
    /// its polygons.
    fn polygons(&mut self, shape: &Polygons) -> Result<(), Halt> {
        match shape.len() {
            0 => self.text.push_str("null"),
            1 => {
                self.text.push_str("{\"type\":\"Polygon\",\"coordinates\":");
                shape.iter().for_each(|one| push_polygon(&mut self.text, &one));
                self.text.push('}');
            }
            _ => {
                self.text.push_str("{\"type\":\"MultiPolygon\",\"coordinates\":[");
                for (i, polygon) in shape.iter().enumerate() {
                    if i > 0 {
                        self.text.push(',');
                    }
                    push_polygon(&mut self.text, &polygon);
                    self.step()?;
                }
                self.text.push_str("]}");
            }
        }
        self.feature_ends()
    }

    fn feature_ends(&mut self) -> Result<(), Halt> {
        self.text.push('}');
        self.step()
    }

    fn step(&mut self) -> Result<(), Halt> {
        self.sink.step()?;
        if self.text.len() >= BUFFER {
            self.sink.write_all(self.text.as_bytes())?;
            self.text.clear();
        }
        Ok(())
    }

    fn end(mut self) -> Result<(), Halt> {
        self.text.push_str("\n]}\n");
        self.sink.write_all(self.text.as_bytes())?;
        Ok(())
    }
}

/// Adds a row as a JSON object on one line.
pub(super) fn push_object<R: 'static>(
    out: &mut String,
    report: &Report,
    columns: impl Iterator<Item = &'static Column<R>>,
    row: &R,
) {
    out.push('{');
    for (i, (name, cell)) in columns.enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_json_text(out, name);
        out.push(':');
        cell(report, row).push_json(out);
    }
    out.push('}');
}
