//! The outputs: a report becomes a folder of files, whole or not at all.
//!
//! Every file is one line in [`OUTPUTS`] and one function beside this file; a further output needs no other change.
//! What stands in a file is a list of columns (name and cell), so that the same figure has the same name and the same
//! digits in every format.
//!
//! | module | what |
//! |---|---|
//! | `cell` | a value, and its digits as JSON and CSV |
//! | `columns` | what the outputs say of districts, zones, records, findings and shapes |
//! | `dictionary` | the types and the HXL hashtags of columns |
//! | `geojson`, `ground` | features, and their geometry |
//! | `layers` | the same layers and tables for binary formats |
//! | `geopackage` | all of them in one database, with styles and a project file for QGIS |
//! | `flatgeobuf`, `geoparquet`, `wkb` | a file for each layer |
//! | `tables` | CSV |
//! | `summary` | summary.json |
//! | `console` | the district table of standard output |
//! | `folder` | all of it into a folder, by a swap |
//!
//! # Rules of all files
//! Figures come from whole numbers and never pass through floating point, so they add up as printed. What is not a
//! number is `null` or an empty cell. The same report gives the same bytes, apart from `run` in summary.json.

mod cell;
mod columns;
mod console;
mod dictionary;
mod flatgeobuf;
mod folder;
mod geojson;
mod geopackage;
mod geoparquet;
mod ground;
mod layers;
mod summary;
mod tables;
mod wkb;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::cell::Cell as Counter;
use std::io::{self, Write};
use std::path::Path;

use crate::error::Result;
use crate::report::Report;
use crate::settings::{Format, Settings};

pub use console::district_table;
pub use summary::summary_json;

/// A file of the output folder.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// Its name in the folder.
    pub name: &'static str,
    /// Whether it is left out where no shapes are drawn.
    pub needs_geometry: bool,
    /// What writes it.
    write: fn(&Report, &mut Sink<'_>) -> Result<(), Halt>,
}

/// Every file of the output folder, in the order in which they are written.
pub const OUTPUTS: &[Output] = &[
    Output { name: "districts.geojson", needs_geometry: true, write: geojson::districts },
    Output { name: "zones.geojson", needs_geometry: true, write: geojson::zones },
    Output { name: "remaining.geojson", needs_geometry: true, write: geojson::remaining },
    Output { name: "released.geojson", needs_geometry: true, write: geojson::released },
    Output { name: "findings.geojson", needs_geometry: true, write: geojson::findings },
    Output { name: "findings.csv", needs_geometry: false, write: tables::findings },
    Output { name: "balance.csv", needs_geometry: false, write: tables::balance },
    Output { name: "districts.csv", needs_geometry: false, write: tables::districts },
    Output { name: "zones.csv", needs_geometry: false, write: tables::zones },
    Output { name: "records.csv", needs_geometry: false, write: tables::records },
    Output { name: "summary.json", needs_geometry: false, write: summary::write },
];

/// The files that are written on request, each with the question whether it is asked for.
const ON_REQUEST: &[(fn(&Settings) -> bool, Output)] = &[
    (|s| s.faces, Output { name: "faces.geojson", needs_geometry: true, write: geojson::faces }),
    (asks_gpkg, Output { name: "remnant.gpkg", needs_geometry: true, write: geopackage::write }),
    (asks_gpkg, Output { name: "remnant.qgs", needs_geometry: true, write: geopackage::project }),
    (asks_fgb, flat("districts.fgb", |r, s| flatgeobuf::write(&layers::DISTRICTS_LAYER, r, s))),
    (asks_fgb, flat("zones.fgb", |r, s| flatgeobuf::write(&layers::ZONES_LAYER, r, s))),
    (asks_fgb, flat("remaining.fgb", |r, s| flatgeobuf::write(&layers::REMAINING_LAYER, r, s))),
    (asks_fgb, flat("released.fgb", |r, s| flatgeobuf::write(&layers::RELEASED_LAYER, r, s))),
    (asks_fgb, flat("findings.fgb", |r, s| flatgeobuf::write(&layers::FINDINGS_LAYER, r, s))),
    (|s| s.faces && asks_fgb(s), flat("faces.fgb", |r, s| flatgeobuf::write(&layers::FACES_LAYER, r, s))),
    (asks_parquet, flat("districts.parquet", |r, s| geoparquet::write(&layers::DISTRICTS_LAYER, r, s))),
    (asks_parquet, flat("zones.parquet", |r, s| geoparquet::write(&layers::ZONES_LAYER, r, s))),
    (asks_parquet, flat("remaining.parquet", |r, s| geoparquet::write(&layers::REMAINING_LAYER, r, s))),
    (asks_parquet, flat("released.parquet", |r, s| geoparquet::write(&layers::RELEASED_LAYER, r, s))),
    (asks_parquet, flat("findings.parquet", |r, s| geoparquet::write(&layers::FINDINGS_LAYER, r, s))),
    (|s| s.faces && asks_parquet(s), flat("faces.parquet", |r, s| geoparquet::write(&layers::FACES_LAYER, r, s))),
];

const fn flat(name: &'static str, write: fn(&Report, &mut Sink<'_>) -> Result<(), Halt>) -> Output {
    Output { name, needs_geometry: true, write }
}

fn asks_gpkg(settings: &Settings) -> bool {
    settings.formats.contains(&Format::GeoPackage)
}

fn asks_fgb(settings: &Settings) -> bool {
    settings.formats.contains(&Format::FlatGeobuf)
}

fn asks_parquet(settings: &Settings) -> bool {
    settings.formats.contains(&Format::GeoParquet)
}

/// The files of a run with these settings, in the order in which they are written.
fn asked_for(settings: &Settings) -> Vec<Output> {
    let more = ON_REQUEST.iter().filter(|(asks, _)| asks(settings)).map(|(_, output)| *output);
    OUTPUTS.iter().copied().chain(more).collect()
}

/// The name of every file that any run writes.
fn names() -> impl Iterator<Item = &'static str> {
    OUTPUTS.iter().map(|o| o.name).chain(ON_REQUEST.iter().map(|(_, o)| o.name))
}

/// Writes the output folder: everything, or nothing and the former folder stays as it was.
///
/// `stop` is asked between files and every few thousand features; once it says yes, the answer is
/// [`Error::Interrupted`](crate::error::Error::Interrupted). A former run is replaced only with `force`.
pub fn write_folder(report: &Report, out: &Path, force: bool, stop: &dyn Fn() -> bool) -> Result<()> {
    folder::write(&asked_for(&report.account.settings), report, out, force, stop)
}

/// Refuses an output folder that [`write_folder`] could not, or should not, write; to be called before the work starts.
///
/// `inputs` are the files (or folders) that the run reads: the output folder must not be, hold or lie in one of them.
/// Where an earlier run was killed in the middle of its swap, the former folder is put back first.
pub fn check_folder(out: &Path, force: bool, inputs: &[&Path]) -> Result<()> {
    folder::check(out, force, inputs)
}

/// Why a file was not finished.
#[derive(Debug)]
enum Halt {
    /// It can't be written.
    Io(io::Error),
    /// The user asked for an end.
    Stopped,
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<::csv::Error> for Halt {
    fn from(error: ::csv::Error) -> Self {
        Self::Io(error.into())
    }
}

/// Where a file's bytes go, and the question whether to go on.
struct Sink<'a> {
    out: &'a mut dyn Write,
    stop: &'a dyn Fn() -> bool,
    steps: Counter<u32>,
    /// The file behind it, for what must find its own way about in it.
    path: Option<&'a Path>,
}

/// Steps (a row, a polygon) between two questions whether to go on: some milliseconds of work.
const STEPS_PER_QUESTION: u32 = 4096;

impl<'a> Sink<'a> {
    fn new(out: &'a mut dyn Write, stop: &'a dyn Fn() -> bool) -> Self {
        Self { out, stop, steps: Counter::new(0), path: None }
    }

    /// The same, where the bytes go to a file.
    fn to_file(out: &'a mut dyn Write, path: &'a Path, stop: &'a dyn Fn() -> bool) -> Self {
        Self { path: Some(path), ..Self::new(out, stop) }
    }

    /// To be called at every step.
    fn step(&self) -> Result<(), Halt> {
        let steps = self.steps.get() + 1;
        self.steps.set(steps % STEPS_PER_QUESTION);
        if steps == STEPS_PER_QUESTION && (self.stop)() { Err(Halt::Stopped) } else { Ok(()) }
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
