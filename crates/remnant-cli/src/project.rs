//! The project file: what is otherwise said with options, kept beside the data.
//!
//! ```toml
//! out = "account"                    # paths are relative to the project file
//!
//! [settings]
//! as_of = 2024-12-31
//! since = 2023-12-31
//! dates = "replay"                   # or "ignore"
//! outside = "separate"               # or "baseline"
//! safety_distance_m = 100
//! formats = ["gpkg"]                 # beside geojson: gpkg, flatgeobuf, geoparquet
//! hxl = true                         # a second row with HXL hashtags in CSV
//! faces = true                       # every piece of ground with its records
//!
//! [[layer]]
//! role = "hazards"                   # releases, districts, zones, incidents, coverage
//! path = "hazards.shp"
//! layer = "areas"                    # of a container
//! crs = "EPSG:32633"                 # where the file states none
//! encoding = "windows-1251"          # where the file states none
//! aliases = "aliases.csv"            # districts: a table of names and codes that are wrong in the layer
//! class = "suspected"                # hazards without a class field
//! # kind = "cleared"                 # releases without a kind field
//! ```

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use remnant::error::{Error, Location, Result};
use remnant::pipeline::LayerSpec;
use remnant::report::Role;
use remnant::settings::{DatePolicy, Format, OutsidePolicy};
use serde::Deserialize;
use toml::{Spanned, Value};

use crate::args;

/// A project file is written by hand; one larger than this is something else, named by mistake.
const LARGEST: u64 = 1 << 20;

const ROLES: [(&str, Role); 6] = [
    ("hazards", Role::Hazards),
    ("releases", Role::Releases),
    ("districts", Role::Districts),
    ("zones", Role::Zones),
    ("incidents", Role::Incidents),
    ("coverage", Role::Coverage),
];

/// What a project file says; paths are already relative to where the command runs.
#[derive(Debug, Default, PartialEq)]
pub struct Project {
    /// The layers, in the order of the file.
    pub layers: Vec<LayerSpec>,
    /// The date of the account.
    pub as_of: Option<Date>,
    /// The day before the period.
    pub since: Option<Date>,
    /// Whether dates count.
    pub dates: Option<DatePolicy>,
    /// What a release does outside hazards.
    pub outside: Option<OutsidePolicy>,
    /// The safety distance.
    pub safety_distance_m: Option<f64>,
    /// The formats of the layers beside GeoJSON.
    pub formats: Vec<Format>,
    /// Whether CSV files have HXL hashtags.
    pub hxl: bool,
    /// Whether the faces are written.
    pub faces: bool,
    /// The output folder.
    pub out: Option<PathBuf>,
}

/// The file as it is written. Its values keep their places, so that an error can name the line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    out: Option<PathBuf>,
    #[serde(default)]
    settings: WrittenSettings,
    #[serde(default)]
    layer: Vec<WrittenLayer>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSettings {
    as_of: Option<Spanned<Value>>,
    since: Option<Spanned<Value>>,
    dates: Option<Spanned<String>>,
    outside: Option<Spanned<String>>,
    safety_distance_m: Option<Spanned<f64>>,
    #[serde(default)]
    formats: Vec<Spanned<String>>,
    #[serde(default)]
    hxl: bool,
    #[serde(default)]
    faces: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLayer {
    role: Spanned<String>,
    path: Spanned<PathBuf>,
    layer: Option<String>,
    crs: Option<String>,
    encoding: Option<String>,
    /// Names and codes that are wrong in a layer of districts.
    aliases: Option<PathBuf>,
    class: Option<Spanned<String>>,
    kind: Option<Spanned<String>>,
}

impl Project {
    /// Reads a project file.
    pub fn read(path: &Path) -> Result<Self> {
        let refuse = |why: &dyn std::fmt::Display| {
            let remedy = "check the name; the project file comes before the options";
            Error::unusable("the project file can't be read", Location::file(path), why, remedy)
        };
        let metadata = fs::metadata(path).map_err(|e| refuse(&e))?;
        // Neither a folder nor a pipe, which would be waited for without end.
        if !metadata.is_file() {
            return Err(refuse(&"it is not a regular file"));
        }
        if metadata.len() > LARGEST {
            return Err(refuse(&"it is larger than 1 MiB, so it is hardly a project file"));
        }
        let text = fs::read_to_string(path).map_err(|e| refuse(&e))?;
        Page { path, text: &text }.project()
    }
}

/// A project file in memory.
struct Page<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Page<'_> {
    fn project(&self) -> Result<Project> {
        let written: Written = toml::from_str(self.text).map_err(|e| self.error(e.span(), "", e.message()))?;
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let settings = &written.settings;
        Ok(Project {
            layers: written.layer.iter().map(|layer| self.layer(layer, folder)).collect::<Result<_>>()?,
            as_of: self.date(settings.as_of.as_ref(), "settings.as_of")?,
            since: self.date(settings.since.as_ref(), "settings.since")?,
            dates: self.word(settings.dates.as_ref(), "settings.dates", &args::DATES)?,
            outside: self.word(settings.outside.as_ref(), "settings.outside", &args::OUTSIDE)?,
            safety_distance_m: settings
                .safety_distance_m
                .as_ref()
                .map(|metres| {
                    let field = "settings.safety_distance_m";
                    args::metres(*metres.get_ref()).map_err(|e| self.error(Some(metres.span()), field, &e))
                })
                .transpose()?,
            formats: settings
                .formats
                .iter()
                .filter_map(|format| self.word(Some(format), "settings.formats", &Format::WORDS).transpose())
                .collect::<Result<_>>()?,
            hxl: settings.hxl,
            faces: settings.faces,
            out: written.out.map(|out| folder.join(out)),
        })
    }

    fn layer(&self, written: &WrittenLayer, folder: &Path) -> Result<LayerSpec> {
        let Some(role) = self.word(Some(&written.role), "layer.role", &ROLES)? else {
            return Err(self.error(None, "layer.role", "it is missing"));
        };
        if written.path.get_ref().as_os_str().is_empty() {
            return Err(self.error(Some(written.path.span()), "layer.path", "it is empty"));
        }
        let alien = |field: &Option<Spanned<String>>, name: &str, owner: Role| match field {
            Some(field) if role != owner => {
                let why = format!("only layers of {} have a {name}", owner.word());
                Err(self.error(Some(field.span()), &format!("layer.{name}"), &why))
            }
            _ => Ok(()),
        };
        alien(&written.class, "class", Role::Hazards)?;
        alien(&written.kind, "kind", Role::Releases)?;
        Ok(LayerSpec {
            role,
            path: folder.join(written.path.get_ref()),
            layer: written.layer.clone(),
            crs: written.crs.clone(),
            encoding: written.encoding.clone(),
            aliases: written.aliases.as_ref().map(|path| folder.join(path)),
            class: self.word(written.class.as_ref(), "layer.class", &args::CLASSES)?,
            kind: self.word(written.kind.as_ref(), "layer.kind", &args::KINDS)?,
        })
    }

    fn word<T: Copy>(&self, given: Option<&Spanned<String>>, field: &str, table: &[(&str, T)]) -> Result<Option<T>> {
        let Some(given) = given else { return Ok(None) };
        if let Some((_, value)) = table.iter().find(|(word, _)| word == given.get_ref()) {
            return Ok(Some(*value));
        }
        let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
        let why = format!("`{}` is none of {}", given.get_ref(), words.join(", "));
        Err(self.error(Some(given.span()), field, &why))
    }

    /// A date, bare as TOML has it or in quotes.
    fn date(&self, given: Option<&Spanned<Value>>, field: &str) -> Result<Option<Date>> {
        let Some(given) = given else { return Ok(None) };
        let text = match given.get_ref() {
            Value::String(text) => text.clone(),
            Value::Datetime(date) => date.to_string(),
            Value::Integer(year) => year.to_string(),
            other => other.type_str().to_owned(),
        };
        args::date(&text).map(Some).map_err(|e| self.error(Some(given.span()), field, &e))
    }

    fn error(&self, span: Option<Range<usize>>, field: &str, why: &str) -> Error {
        let mut place = Location::file(self.path);
        if !field.is_empty() {
            place = place.field(field);
        }
        let line = span.and_then(|span| self.text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        let why = line.map_or_else(|| why.to_owned(), |line| format!("line {line}: {why}"));
        Error::unusable("the project file can't be used", place, why, "put that line right and run again")
    }
}

#[cfg(test)]
mod tests {
    use remnant::records::HazardClass;

    use super::*;

    fn read(text: &str) -> Result<Project> {
        Page { path: Path::new("data/remnant.toml"), text }.project()
    }

    #[test]
    fn paths_are_relative_to_the_file_and_dates_may_be_bare() {
        let project = read(
            "out = \"o\"\n[settings]\nas_of = 2024-12-31\nsince = \"2023-12-31\"\nsafety_distance_m = 50\n\
             [[layer]]\nrole = \"hazards\"\npath = \"h.geojson\"\nclass = \"confirmed\"\n",
        )
        .expect("it is right");
        assert_eq!(project.out, Some(PathBuf::from("data/o")));
        assert_eq!(project.as_of, Some(Date::constant(2024, 12, 31)));
        assert_eq!(project.since, Some(Date::constant(2023, 12, 31)));
        assert_eq!(project.safety_distance_m, Some(50.0));
        assert_eq!(project.layers[0].path, Path::new("data/h.geojson"));
        assert_eq!(project.layers[0].class, Some(HazardClass::Confirmed));
    }

    #[test]
    fn an_error_names_line_and_field() {
        for (text, parts) in [
            ("[settings]\nas_off = 2024-12-31\n", ["line 2", "as_off"]),
            ("[settings]\n\nas_of = 2024-02-30\n", ["line 3", ""]),
            ("[settings]\nas_of = \"2024\"\n", ["line 2", "settings.as_of"]),
            ("[settings]\nas_of = 2024\n", ["line 2", "settings.as_of"]),
            ("[settings]\nas_of = 2024-12-31T00:00:00Z\n", ["line 2", "settings.as_of"]),
            ("[settings]\nsafety_distance_m = -1\n", ["line 2", "settings.safety_distance_m"]),
            ("[settings]\nsafety_distance_m = nan\n", ["line 2", "settings.safety_distance_m"]),
            ("[settings]\ndates = \"no\"\n", ["replay, ignore", "settings.dates"]),
            ("[settings]\nformats = [\n  \"dxf\"]\n", ["line 3", "settings.formats"]),
            ("[[layer]]\nrole = \"hazard\"\npath = \"x\"\n", ["line 2", "layer.role"]),
            ("[[layer]]\nrole = \"hazards\"\npath = \"\"\n", ["line 3", "layer.path"]),
            ("[[layer]]\nrole = \"hazards\"\n", ["line 1", "path"]),
            ("[[layer]]\nrole = \"zones\"\npath = \"x\"\nkind = \"cleared\"\n", ["line 4", "layer.kind"]),
            ("x = \n", ["line 1", ""]),
        ] {
            let said = read(text).expect_err(text).to_string();
            assert!(parts.iter().all(|part| said.contains(part)), "{text}: {said}");
        }
    }
}
