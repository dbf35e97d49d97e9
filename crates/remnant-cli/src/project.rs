//! The project file: what is otherwise said with options, kept beside the data.
//!
//! ```toml
//! out = "account"                    # paths are relative to the project file
//! cache = "cache"                    # keeps the accounts of pieces of ground, so that later runs are faster
//! published = "published.csv"        # published figures, for `remnant reconcile`
//!
//! [settings]
//! as_of = 2024-12-31
//! since = 2023-12-31
//! series = "monthly"                 # or "quarterly", "yearly": the account at the end of every period, too
//! boundaries = 2024-12-31            # whose districts count, where they have dates of validity
//! dates = "replay"                   # or "ignore"
//! outside = "separate"               # or "baseline"
//! safety_distance_m = 100
//! public = false                     # true: without the ground of hazards and releases
//! formats = ["gpkg"]                 # beside geojson: gpkg, flatgeobuf, geoparquet
//! hxl = true                         # a second row with HXL hashtags in CSV
//! faces = true                       # every piece of ground with its records
//!
//! [limits]                           # how much a file that can be trusted may ask for
//! growth = 4                         # corners, crossings, tile_crossings, growth
//!
//! [plan.weights]                     # what the order of work goes by
//! people_per_ha = 3
//! cut_off = 1
//! "exposed_features.schools" = 1
//!
//! [[layer]]
//! role = "hazards"                   # releases, districts, zones, incidents, coverage
//! path = "hazards.shp"
//! layer = "areas"                    # of a container
//! crs = "EPSG:32633"                 # where the file states none
//! encoding = "windows-1251"          # where the file states none
//! operation = "EPSG:15865"           # a datum shift other than the best one
//! # bearings = "magnetic"            # of a table of turning points by bearing and distance; or "true"
//! # declination_deg = 5.8            # with magnetic bearings: magnetic north lies this far east of true north
//! aliases = "aliases.csv"            # districts: a table of names and codes that are wrong in the layer
//! class = "suspected"                # hazards without a class field
//! # kind = "cleared"                 # releases without a kind field
//! # theme = "roads"                  # exposure: what the layer shows
//! profile = "imsma-ng"               # names and values of a source system, or the path of a profile of one's own
//! fields.id = "HA_NO"                # our word for a field = the source's name, or a list of names
//! values.class = { "Minefield" = "confirmed" }
//! fields.status = "Status"           # a hazard that is closed in the same layer also gives its release
//! fields.status_date = "Expired_on"
//! values.status = { "Expired" = "cancelled", "Completed" = "cleared", "Open" = "open" }
//! ```

mod written;

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use remnant::error::{Error, Location, Result};
use remnant::mapping::{self, Mapping};
use remnant::pipeline::LayerSpec;
use remnant::profile::Profile;
use remnant::read::{Bearings, Limits};
use remnant::report::{Role, SeriesStep};
use remnant::settings::{DatePolicy, Format, Measure, OutsidePolicy};
use toml::Value;

use self::written::{Names, Spanned, Written, WrittenLayer, WrittenPlan};
use crate::args;

use crate::exit::Exit;
use crate::run;
use crate::terminal::Log;

/// A project file is written by hand; one larger than this is something else, named by mistake.
const LARGEST: u64 = 1 << 20;

/// The words for the roles of layers.
pub const ROLES: [(&str, Role); 7] = [
    ("hazards", Role::Hazards),
    ("releases", Role::Releases),
    ("districts", Role::Districts),
    ("zones", Role::Zones),
    ("incidents", Role::Incidents),
    ("coverage", Role::Coverage),
    ("exposure", Role::Exposure),
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
    /// The periods of a series.
    pub series: Option<SeriesStep>,
    /// The day whose districts count.
    pub boundaries: Option<Date>,
    /// Whether dates count.
    pub dates: Option<DatePolicy>,
    /// What a release does outside hazards.
    pub outside: Option<OutsidePolicy>,
    /// The safety distance.
    pub safety_distance_m: Option<f64>,
    /// Whether the outputs are for the public.
    pub public: Option<bool>,
    /// What the order of work goes by.
    pub weights: Vec<(Measure, f64)>,
    /// How much the files may ask for.
    pub limits: Limits,
    /// The output folder.
    pub out: Option<PathBuf>,
    /// The folder of the cache.
    pub cache: Option<PathBuf>,
    /// The table of published figures, for `remnant reconcile`.
    pub published: Option<PathBuf>,
    /// The profiles that were read beside it.
    pub profiles: Vec<PathBuf>,
    /// The formats of the layers beside GeoJSON.
    pub formats: Vec<Format>,
    /// Whether CSV files have HXL hashtags.
    pub hxl: bool,
    /// Whether the faces are written.
    pub faces: bool,
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
        Self::parse(path, &text)
    }

    /// Understands the text of a project file that is or will be at a path.
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        Page { path, text }.project()
    }
}

/// `remnant schema`.
pub fn print_schema() -> Exit {
    run::print(&format!("{:#}\n", written::schema())).map_or_else(
        |error| {
            Log::plain().error(&error);
            Exit::from(&error)
        },
        |()| Exit::Done,
    )
}

/// A project file in memory.
struct Page<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Page<'_> {
    fn project(&self) -> Result<Project> {
        let written: Written = toml::from_str(self.text).map_err(|e| self.error(e.span(), "", &hinted(e.message())))?;
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let settings = &written.settings;
        let mut profiles = Vec::new();
        Ok(Project {
            layers: written
                .layer
                .iter()
                .map(|layer| self.layer(layer, folder, &mut profiles))
                .collect::<Result<_>>()?,
            as_of: self.date(settings.as_of.as_ref(), "settings.as_of")?,
            since: self.date(settings.since.as_ref(), "settings.since")?,
            series: self.word(settings.series.as_ref(), "settings.series", &args::SERIES)?,
            boundaries: self.date(settings.boundaries.as_ref(), "settings.boundaries")?,
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
            public: settings.public,
            weights: self.weights(&written.plan)?,
            limits: self.limits(&written.limits)?,
            formats: settings
                .formats
                .iter()
                .filter_map(|format| self.word(Some(format), "settings.formats", &Format::WORDS).transpose())
                .collect::<Result<_>>()?,
            hxl: settings.hxl,
            faces: settings.faces,
            out: written.out.map(|out| folder.join(out)),
            cache: written.cache.map(|cache| folder.join(cache)),
            published: written.published.map(|table| folder.join(table)),
            profiles,
        })
    }

    /// What the order of work goes by, in the order of the words.
    fn weights(&self, plan: &WrittenPlan) -> Result<Vec<(Measure, f64)>> {
        let mut weights = Vec::new();
        for (word, weight) in &plan.weights {
            let Some(measure) = Measure::of_word(word.get_ref()) else {
                let words: Vec<&str> = Measure::plain_words().chain(Measure::OF_THEMES).collect();
                let why = format!("`{}` is none of {}; the last ones with a theme", word.get_ref(), words.join(", "));
                return Err(self.error(Some(word.span()), "plan.weights", &why));
            };
            let share = *weight.get_ref();
            if !(0.0..=1e6).contains(&share) {
                return Err(self.error(Some(weight.span()), "plan.weights", "a weight is a number from 0 to 1000000"));
            }
            weights.push((measure, share));
        }
        match plan.weights.values().next() {
            Some(first) if weights.iter().all(|(_, weight)| *weight == 0.0) => {
                Err(self.error(Some(first.span()), "plan.weights", "some weight must be above 0"))
            }
            _ => Ok(weights),
        }
    }

    fn limits(&self, written: &BTreeMap<toml::Spanned<String>, toml::Spanned<u64>>) -> Result<Limits> {
        let mut limits = Limits::default();
        for (name, value) in written {
            let set = limits.set(name.get_ref(), *value.get_ref());
            set.map_err(|why| self.error(Some(name.span()), "limits", &why))?;
        }
        Ok(limits)
    }

    fn layer(&self, written: &WrittenLayer, folder: &Path, profiles: &mut Vec<PathBuf>) -> Result<LayerSpec> {
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
        alien(&written.theme, "theme", Role::Exposure)?;
        let theme = match &written.theme {
            Some(given) => {
                let theme = args::theme(given.get_ref());
                Some(theme.map_err(|e| self.error(Some(given.span()), "layer.theme", &e))?)
            }
            None if role == Role::Exposure => {
                let why = "it is missing: what does the layer show? For example theme = \"roads\"";
                return Err(self.error(Some(written.role.span()), "layer.theme", why));
            }
            None => None,
        };
        Ok(LayerSpec {
            role,
            path: folder.join(written.path.get_ref()),
            layer: written.layer.clone(),
            crs: written.crs.clone(),
            encoding: written.encoding.clone(),
            operation: written.operation.clone(),
            bearings: self.bearings(written)?,
            aliases: written.aliases.as_ref().map(|path| folder.join(path)),
            mapping: self.mapping(written, role, folder, profiles)?,
            class: self.word(written.class.as_ref(), "layer.class", &args::CLASSES)?,
            kind: self.word(written.kind.as_ref(), "layer.kind", &args::KINDS)?,
            theme,
        })
    }

    /// What the profile says, and over it what the file says itself.
    fn mapping(
        &self,
        written: &WrittenLayer,
        role: Role,
        folder: &Path,
        profiles: &mut Vec<PathBuf>,
    ) -> Result<Mapping> {
        let mut base = Mapping::default();
        if let Some(name) = &written.profile {
            let field = "layer.profile";
            let found = Profile::find(name.get_ref(), folder).map_err(|e| match e {
                // A name that is not known is a slip in this file; a profile's own error names its own line.
                Error::Unusable(trouble) if trouble.place == Location::default() => {
                    self.error(Some(name.span()), field, &format!("{}: {}", trouble.what, trouble.why))
                }
                other => other,
            })?;
            let Some(of_role) = found.mapping(role) else {
                let why = format!("the profile {} says nothing of layers of {}", name.get_ref(), role.word());
                return Err(self.error(Some(name.span()), field, &why));
            };
            base = of_role.clone();
            base.profile = Some(name.get_ref().clone());
            profiles.extend(found.files().iter().cloned());
        }
        let mut own = Mapping::default();
        self.fields(&written.fields, role, &mut own)?;
        for (field, values) in &written.values {
            for (value, meaning) in values {
                let place = format!("layer.values.{field}");
                let set = own.value(role, field, value, meaning.get_ref());
                set.map_err(|why| self.error(Some(meaning.span()), &place, &why))?;
            }
        }
        Ok(base.with(own))
    }

    fn fields(&self, fields: &BTreeMap<String, Spanned<Names>>, role: Role, own: &mut Mapping) -> Result<()> {
        for (word, names) in fields {
            let place = format!("layer.fields.{word}");
            let at = format!("{}, line {}", self.path.display(), self.line(names.span()).unwrap_or(0));
            let set = own.field(role, word, names.get_ref().list(), Some(&at));
            set.map_err(|why| self.error(Some(names.span()), &place, &why))?;
        }
        Ok(())
    }

    fn line(&self, span: Range<usize>) -> Option<usize> {
        self.text.get(..span.start).map(|before| before.matches('\n').count() + 1)
    }

    fn word<T: Copy>(&self, given: Option<&Spanned<String>>, field: &str, table: &[(&str, T)]) -> Result<Option<T>> {
        let Some(given) = given else { return Ok(None) };
        if let Some((_, value)) = table.iter().find(|(word, _)| word == given.get_ref()) {
            return Ok(Some(*value));
        }
        let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
        let near = mapping::nearest(given.get_ref(), &words);
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        let why = format!("`{}` is none of {}{hint}", given.get_ref(), words.join(", "));
        Err(self.error(Some(given.span()), field, &why))
    }

    /// What bearings are measured from.
    fn bearings(&self, written: &WrittenLayer) -> Result<Option<Bearings>> {
        let declination = written.declination_deg.as_ref();
        let north = self.word(written.bearings.as_ref(), "layer.bearings", &[("true", false), ("magnetic", true)])?;
        match (north, declination) {
            (None, None) => Ok(None),
            (Some(false), None) => Ok(Some(Bearings::True)),
            (Some(true), Some(degrees)) if degrees.get_ref().abs() <= 180.0 => {
                Ok(Some(Bearings::Magnetic { declination_deg: *degrees.get_ref() }))
            }
            (Some(true), None) => {
                let span = written.bearings.as_ref().map(|north| north.span());
                let why = "magnetic bearings need declination_deg: how far magnetic north lies east of true north";
                Err(self.error(span, "layer.bearings", why))
            }
            (_, declination) => {
                let why = "it is an angle of at most 180 degrees, and only magnetic bearings have it";
                Err(self.error(declination.map(|degrees| degrees.span()), "layer.declination_deg", why))
            }
        }
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
        let line = span.and_then(|span| self.line(span));
        let why = line.map_or_else(|| why.to_owned(), |line| format!("line {line}: {why}"));
        Error::unusable("the project file can't be used", place, why, "put that line right and run again")
    }
}

/// What serde says of a key that it does not know, with the one that was probably meant.
fn hinted(message: &str) -> String {
    // "unknown field `x`, expected one of `a`, `b`": every second part is a word.
    let mut words = message.split('`').skip(1).step_by(2);
    match (message.starts_with("unknown field"), words.next()) {
        (true, Some(word)) => {
            let known: Vec<&str> = words.collect();
            let near = mapping::nearest(word, &known).map(|near| format!("; did you mean `{near}`?"));
            format!("{message}{}", near.unwrap_or_default())
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use remnant::records::HazardClass;

    use super::*;

    fn hazards(more: &str) -> String {
        format!("[[layer]]\nrole = \"hazards\"\npath = \"x\"\n{more}\n")
    }

    #[test]
    fn fields_and_values_are_laid_over_the_profile() {
        let text =
            hazards("profile = \"imsma-ng\"\nfields.id = [\"A\", \"B\"]\nvalues.class.Minefield = \"confirmed\"");
        let mapping = read(&text).expect("it is right").layers.remove(0).mapping;
        assert_eq!(mapping.fields["id"].names, ["A", "B"]);
        assert_eq!(mapping.fields["id"].demanded.as_deref(), Some("data/remnant.toml, line 5"));
        assert!(mapping.fields["area_m2"].demanded.is_none());
        assert_eq!(mapping.values.class["minefield"], HazardClass::Confirmed);
        assert_eq!(mapping.values.class["sha"], HazardClass::Suspected);
    }

    fn read(text: &str) -> Result<Project> {
        Page { path: Path::new("data/remnant.toml"), text }.project()
    }

    #[test]
    fn paths_are_relative_to_the_file_and_dates_may_be_bare() {
        let project = read(
            "out = \"o\"\ncache = \"c\"\n[settings]\nas_of = 2024-12-31\nsince = \"2023-12-31\"\nsafety_distance_m = 50\n\
             [[layer]]\nrole = \"hazards\"\npath = \"h.geojson\"\nclass = \"confirmed\"\n",
        )
        .expect("it is right");
        assert_eq!(project.out, Some(PathBuf::from("data/o")));
        assert_eq!(project.cache, Some(PathBuf::from("data/c")));
        assert_eq!(project.as_of, Some(Date::constant(2024, 12, 31)));
        assert_eq!(project.since, Some(Date::constant(2023, 12, 31)));
        assert_eq!(project.safety_distance_m, Some(50.0));
        let planning = "[settings]\npublic = true\n[plan.weights]\n\"exposed_features.Schools\" = 2\npeople = 1.5\n\
                        [[layer]]\nrole = \"exposure\"\npath = \"r.shp\"\ntheme = \" Roads \"\n";
        let planning = read(planning).expect("it is right");
        assert_eq!(planning.public, Some(true));
        assert_eq!(planning.weights, [(Measure::ExposedFeatures("schools".to_owned()), 2.0), (Measure::People, 1.5)]);
        assert_eq!(planning.layers[0].theme.as_deref(), Some("roads"));
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
            ("[[layer]]\nrole = \"exposure\"\npath = \"x\"\n", ["line 2", "layer.theme"]),
            ("[[layer]]\nrole = \"zones\"\npath = \"x\"\ntheme = \"roads\"\n", ["line 4", "layer.theme"]),
            ("[[layer]]\nrole = \"exposure\"\npath = \"x\"\ntheme = \" \"\n", ["line 4", "layer.theme"]),
            ("[plan.weights]\nluck = 1\n", ["line 2", "people_per_ha"]),
            ("[plan.weights]\npeople = -1\n", ["line 2", "plan.weights"]),
            ("[plan.weights]\npeople = 0\n", ["line 2", "above 0"]),
            ("x = \n", ["line 1", ""]),
            ("[settings]\nas_off = 2024-12-31\n", ["line 2", "did you mean `as_of`?"]),
            ("[[layer]]\nrole = \"hazrads\"\npath = \"x\"\n", ["line 2", "did you mean `hazards`?"]),
            (&hazards("field.id = \"X\""), ["line 4", "did you mean `fields`?"]),
            (&hazards("fields.clas = \"X\""), ["line 4", "did you mean `class`?"]),
            (&hazards("fields.kind = \"X\""), ["layer.fields.kind", "layers of hazards have no field `kind`"]),
            (&hazards("fields.id = []"), ["layer.fields.id", "empty name"]),
            (&hazards("fields.id = 7"), ["line 4", "a name or a list of names"]),
            (
                &hazards("values.class = { \"DHA\" = \"confimed\" }"),
                ["layer.values.class", "did you mean `confirmed`?"],
            ),
            (&hazards("values.kind = { \"A\" = \"cleared\" }"), ["line 4", "have no values of `kind`"]),
            (&hazards("profile = \"imsma-gn\""), ["layer.profile", "did you mean `imsma-ng`?"]),
            (&hazards("profile = \"geoboundaries\""), ["layer.profile", "says nothing of layers of hazards"]),
        ] {
            let said = read(text).expect_err(text).to_string();
            assert!(parts.iter().all(|part| said.contains(part)), "{text}: {said}");
        }
    }
}
