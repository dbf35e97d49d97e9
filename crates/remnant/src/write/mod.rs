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
//! | `treaty` | the columns of the treaty reports, as CSV and workbook; the forecast |
//! | `xlsx` | tables.xlsx |
//! | `definitions` | unit and meaning of every column |
//! | `planning` | what people use, and what to clear next, as CSV |
//! | `summary` | summary.json |
//! | `listing` | tables that commands print and write by themselves |
//! | `page` | report.html |
//! | `console` | the district table of standard output |
//! | `folder` | all of it into a folder, by a swap |
//! | `file` | a single file, by a rename |
//! | `moves` | names given, exchanged and made durable |
//!
//! # Rules of all files
//! Figures come from whole numbers and never pass through floating point, so they add up as printed. What is not a
//! number is `null` or an empty cell. The same report gives the same bytes, apart from `run` in summary.json.

mod cell;
mod columns;
mod console;
mod definitions;
mod dictionary;
mod file;
mod flatgeobuf;
mod folder;
mod geojson;
mod geopackage;
mod geoparquet;
mod ground;
mod layers;
mod listing;
mod moves;
mod page;
mod planning;
mod summary;
mod tables;
mod treaty;
mod wkb;
mod xlsx;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cell::Cell as Counter;
use std::io::{self, Write};
use std::path::Path;

use crate::error::Result;
use crate::report::Report;
use crate::settings::{Format, Settings};

pub use console::district_table;
pub use file::write_file;
pub use folder::Claim;
pub use listing::{Entry, Listing};
pub(crate) use moves::sync_folder;
pub(crate) use summary::PROGRAM;

/// A file of the output folder.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// Its name in the folder.
    pub name: &'static str,
    /// Whether it is left out where no shapes are drawn.
    pub needs_geometry: bool,
    /// Whether there is anything in it for the public ([`Report::public`]).
    pub public: bool,
    /// What writes it.
    write: fn(&Report, &mut Sink<'_>) -> Result<(), Halt>,
}

/// Every file of the output folder, in the order in which they are written.
pub const OUTPUTS: &[Output] = &[
    Output { name: "districts.geojson", needs_geometry: true, public: true, write: geojson::districts },
    Output { name: "zones.geojson", needs_geometry: true, public: true, write: geojson::zones },
    Output { name: "remaining.geojson", needs_geometry: true, public: false, write: geojson::remaining },
    Output { name: "released.geojson", needs_geometry: true, public: false, write: geojson::released },
    Output { name: "findings.geojson", needs_geometry: true, public: false, write: geojson::findings },
    Output { name: "findings.csv", needs_geometry: false, public: true, write: tables::findings },
    Output { name: "balance.csv", needs_geometry: false, public: true, write: tables::balance },
    Output { name: "series.csv", needs_geometry: false, public: true, write: tables::series },
    Output { name: "transitions.csv", needs_geometry: false, public: true, write: tables::transitions },
    Output { name: "districts.csv", needs_geometry: false, public: true, write: tables::districts },
    Output { name: "zones.csv", needs_geometry: false, public: true, write: tables::zones },
    Output { name: "exposure.csv", needs_geometry: false, public: true, write: planning::exposure },
    Output { name: "plan.csv", needs_geometry: false, public: true, write: planning::plan },
    Output { name: "records.csv", needs_geometry: false, public: false, write: tables::records },
    Output { name: "records-by-district.csv", needs_geometry: false, public: false, write: tables::shares },
    Output { name: "credit.csv", needs_geometry: false, public: false, write: tables::credit },
    Output { name: "treaty-article-7.csv", needs_geometry: false, public: true, write: treaty::article_7 },
    Output { name: "treaty-ccm.csv", needs_geometry: false, public: true, write: treaty::ccm },
    Output { name: "treaty.xlsx", needs_geometry: false, public: true, write: treaty::workbook },
    Output { name: "forecast.csv", needs_geometry: false, public: true, write: treaty::forecast },
    Output { name: "tables.xlsx", needs_geometry: false, public: true, write: xlsx::write },
    Output { name: "report.html", needs_geometry: false, public: true, write: page::write },
    Output { name: "summary.json", needs_geometry: false, public: true, write: summary::write },
];

impl Output {
    /// Whether this report has such a file.
    fn is_wanted(&self, report: &Report) -> bool {
        let settings = &report.account.settings;
        (settings.geometry || !self.needs_geometry) && (self.public || !settings.public)
    }
}

/// What of a report may be written: all of it, or what is for the public.
fn allowed(report: &Report) -> Cow<'_, Report> {
    if report.account.settings.public { Cow::Owned(report.public()) } else { Cow::Borrowed(report) }
}

/// The text of summary.json.
pub fn summary_json(report: &Report) -> String {
    summary::text(&allowed(report))
}

/// Whether some settings ask for a file.
type Question = fn(&Settings) -> bool;

/// The files that are written on request, each with the question whether it is asked for.
const ON_REQUEST: &[(Question, Output)] = &[
    (|s| s.faces, Output { name: "faces.geojson", needs_geometry: true, public: false, write: geojson::faces }),
    (asks_gpkg, Output { name: "remnant.gpkg", needs_geometry: true, public: false, write: geopackage::write }),
    (asks_gpkg, Output { name: "remnant.qgs", needs_geometry: true, public: false, write: geopackage::project }),
    (asks_fgb, flat("districts.fgb", true, |r, s| flatgeobuf::write(&layers::DISTRICTS_LAYER, r, s))),
    (asks_fgb, flat("zones.fgb", true, |r, s| flatgeobuf::write(&layers::ZONES_LAYER, r, s))),
    (asks_fgb, flat("remaining.fgb", false, |r, s| flatgeobuf::write(&layers::REMAINING_LAYER, r, s))),
    (asks_fgb, flat("released.fgb", false, |r, s| flatgeobuf::write(&layers::RELEASED_LAYER, r, s))),
    (asks_fgb, flat("findings.fgb", false, |r, s| flatgeobuf::write(&layers::FINDINGS_LAYER, r, s))),
    (|s| s.faces && asks_fgb(s), flat("faces.fgb", false, |r, s| flatgeobuf::write(&layers::FACES_LAYER, r, s))),
    (asks_parquet, flat("districts.parquet", true, |r, s| geoparquet::write(&layers::DISTRICTS_LAYER, r, s))),
    (asks_parquet, flat("zones.parquet", true, |r, s| geoparquet::write(&layers::ZONES_LAYER, r, s))),
    (asks_parquet, flat("remaining.parquet", false, |r, s| geoparquet::write(&layers::REMAINING_LAYER, r, s))),
    (asks_parquet, flat("released.parquet", false, |r, s| geoparquet::write(&layers::RELEASED_LAYER, r, s))),
    (asks_parquet, flat("findings.parquet", false, |r, s| geoparquet::write(&layers::FINDINGS_LAYER, r, s))),
    (
        |s| s.faces && asks_parquet(s),
        flat("faces.parquet", false, |r, s| geoparquet::write(&layers::FACES_LAYER, r, s)),
    ),
];

const fn flat(name: &'static str, public: bool, write: fn(&Report, &mut Sink<'_>) -> Result<(), Halt>) -> Output {
    Output { name, needs_geometry: true, public, write }
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

/// Claims an output folder and writes it, where nothing has to be known of it before: see [`Claim`].
///
/// # Errors
/// Those of [`Claim::take`] and [`Claim::write`].
pub fn write_folder(report: &Report, out: &Path, force: bool, stop: Stop<'_>) -> Result<()> {
    Claim::take(out, force, &[])?.write(report, stop)
}

/// Refuses an output folder that could not, or should not, be written, without claiming it: see [`Claim::take`].
///
/// # Errors
/// Those of [`Claim::take`].
pub fn check_folder(out: &Path, force: bool, inputs: &[&Path]) -> Result<()> {
    Claim::take(out, force, inputs).map(|_| ())
}

/// The question whether to stop, which several threads ask.
pub type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

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

/// Where a file's bytes go, and the question whether to go on.
struct Sink<'a> {
    out: &'a mut dyn Write,
    stop: Stop<'a>,
    steps: Counter<u32>,
    /// The file behind it, for what must find its own way about in it.
    path: Option<&'a Path>,
}

/// Steps (a row, a polygon) between two questions whether to go on: some milliseconds of work.
const STEPS_PER_QUESTION: u32 = 4096;

impl<'a> Sink<'a> {
    fn new(out: &'a mut dyn Write, stop: Stop<'a>) -> Self {
        Self { out, stop, steps: Counter::new(0), path: None }
    }

    /// The same, where the bytes go to a file.
    fn to_file(out: &'a mut dyn Write, path: &'a Path, stop: Stop<'a>) -> Self {
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
