//! The options of the command.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, RangedU64ValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use remnant::error::{Error, Location};
use remnant::read::Limits;
use remnant::records::{HazardClass, ReleaseKind};
use remnant::report::SeriesStep;
use remnant::settings::{DatePolicy, Format, OutsidePolicy};

/// Land-release accounting for mine action: which land is still contaminated, which is released, by district, settlement zone and date.
#[derive(Debug, Parser)]
#[command(name = "remnant", version, arg_required_else_help = true, after_help = EXIT_STATUS)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_STATUS: &str = "Exit status: 0 done; 1 the program failed; 2 the call, the project file or an input file \
                           can't be used (nothing is written); 3 --strict and records were set aside (everything is \
                           written); 130 interrupted";

/// What the command can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read the layers, account for every square metre, write the output folder
    #[command(after_help = EXIT_STATUS)]
    Run(Box<RunArgs>),
    /// Hold published figures against themselves, each other and the computed ones
    #[command(after_help = RECONCILE_STATUS)]
    Reconcile(ReconcileArgs),
    /// Say why the figures of two output folders differ, district by district and record by record
    #[command(after_help = COMPARE_STATUS)]
    Compare(CompareArgs),
    /// Say what files hold: layers, fields, values, coordinates, and what is wrong with them
    Inspect(InspectArgs),
    /// Write a project file with what can be guessed from the files
    Init(InitArgs),
    /// Print the JSON Schema of the project file
    Schema,
}

const RECONCILE_STATUS: &str = "Exit status: 0 done, whether figures agree or differ; 1 the program failed; 2 the call, the \
                                project file, the published figures or an input file can't be used; 3 --strict and a \
                                figure differs (everything is printed and written); 130 interrupted";

const COMPARE_STATUS: &str = "Exit status: 0 done, whether figures differ or not; 1 the program failed; 2 the call or one of \
                              the folders can't be used (nothing is written)";

/// The call of `remnant reconcile`.
#[derive(Debug, Args)]
pub struct ReconcileArgs {
    /// Project file
    pub project: PathBuf,
    /// Table of published figures (CSV) [default: `published` of the project file]
    #[arg(long, value_name = "FILE")]
    pub published: Option<PathBuf>,
    /// Exit with status 3 if a figure differs
    #[arg(long)]
    pub strict: bool,
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=4096))]
    pub threads: Option<usize>,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub table: TableArgs,
}

/// The call of `remnant compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Output folder of the earlier run
    pub old: PathBuf,
    /// Output folder of the later run
    pub new: PathBuf,
    #[command(flatten)]
    pub table: TableArgs,
}

/// Where the table of a command goes.
#[derive(Debug, Args)]
pub struct TableArgs {
    /// Write the table to a file: JSON where its name ends in .json, else CSV; may be given more than once
    #[arg(short, long, value_name = "FILE")]
    pub out: Vec<PathBuf>,
    /// Replace files that are there
    #[arg(long)]
    pub force: bool,
    /// Print JSON instead of the table
    #[arg(long)]
    pub json: bool,
    /// Say nothing but errors
    #[arg(long)]
    pub quiet: bool,
}

/// The call of `remnant inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Files; FILE#layer picks a layer of a container
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Encoding of text in files that state none, such as windows-1251
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Coordinate reference system of files that state none, such as EPSG:32633
    #[arg(long)]
    pub crs: Option<String>,
    #[command(flatten)]
    pub limits: LimitArgs,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// The call of `remnant init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The layers' files; FILE#layer picks a layer of a container
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The project file to write
    #[arg(short, long, value_name = "FILE", default_value = "remnant.toml")]
    pub output: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// The call of `remnant run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Project file; options win over what it says
    pub project: Option<PathBuf>,

    #[command(flatten)]
    pub layers: LayerArgs,

    #[command(flatten)]
    pub account: AccountArgs,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// The layers. Those of a role replace what the project file has for that role.
#[derive(Debug, Args)]
#[command(next_help_heading = "Layers (PATH#layer picks a layer of a container)")]
pub struct LayerArgs {
    /// Suspected and confirmed hazardous areas
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub hazards: Vec<PathBuf>,
    /// Land releases: cancelled, reduced and cleared areas
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub releases: Vec<PathBuf>,
    /// Districts; without them everything stands outside all districts
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub districts: Vec<PathBuf>,
    /// Settlement zones
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub zones: Vec<PathBuf>,
    /// Incidents
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub incidents: Vec<PathBuf>,
    /// What the survey claims to cover
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub coverage: Vec<PathBuf>,
    /// What people use: roads, farmland, schools, water points... What of it lies on contaminated land is told
    #[arg(long, value_name = "THEME=PATH", num_args = 1.., value_parser = exposure)]
    pub exposure: Vec<(String, PathBuf)>,
    /// Class of the --hazards that have no field for it
    #[arg(long, value_name = "CLASS", requires = "hazards", value_parser = words(&CLASSES))]
    pub hazard_class: Option<HazardClass>,
    /// Kind of the --releases that have no field for it
    #[arg(long, value_name = "KIND", requires = "releases", value_parser = words(&KINDS))]
    pub release_kind: Option<ReleaseKind>,
    /// Coordinate reference system of layers that state none, such as EPSG:32633
    #[arg(long)]
    pub crs: Option<String>,
    /// Encoding of text in layers that state none, such as windows-1251
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
}

/// What is accounted for, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Account")]
pub struct AccountArgs {
    /// Date of the account [default: the latest date in the data]
    #[arg(long, value_name = "DATE", value_parser = date, allow_hyphen_values = true)]
    pub as_of: Option<Date>,
    /// Opens a period: the balance runs from the end of this day to --as-of
    #[arg(long, value_name = "DATE", value_parser = date, allow_hyphen_values = true)]
    pub since: Option<Date>,
    /// The account at the end of every period up to --as-of too: monthly, quarterly or yearly, from the first record or
    /// from --since on
    #[arg(long, value_name = "PERIODS", value_parser = words(&SERIES))]
    pub series: Option<SeriesStep>,
    /// Day whose districts count, where they have dates of validity; for all dates of a series [default: --as-of]
    #[arg(long, value_name = "DATE", value_parser = date, allow_hyphen_values = true)]
    pub boundaries: Option<Date>,
    /// Replay records in order of their dates, or treat all as undated [default: replay]
    #[arg(long, value_name = "POLICY", value_parser = words(&DATES))]
    pub dates: Option<DatePolicy>,
    /// A release where no hazard is recorded: account for it separately, or take the land as once recorded [default:
    /// separate]
    #[arg(long, value_name = "POLICY", value_parser = words(&OUTSIDE))]
    pub outside: Option<OutsidePolicy>,
    /// A zone this near to contaminated land is `near` [default: 100]
    #[arg(long, value_name = "METRES", value_parser = distance, allow_hyphen_values = true)]
    pub safety_distance: Option<f64>,
    #[command(flatten)]
    pub limits: LimitArgs,
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=4096))]
    pub threads: Option<usize>,
    /// Memory for the records and what they come to, such as 512MiB or 8GB; beyond it their corners and what is drawn go
    /// into a file without a name in TMPDIR or /var/tmp [default: half of the memory there is]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<u64>,
}

/// The limits of every command that reads layers.
#[derive(Debug, Args)]
pub struct LimitArgs {
    /// How much a file may ask for before it is refused, where it can be trusted: corners, crossings, tile_crossings or
    /// growth
    #[arg(long, value_name = "NAME=N", value_parser = limit)]
    pub limit: Vec<(String, u64)>,
}

impl LimitArgs {
    /// The limits of the call over those of the project file.
    pub fn over(&self, mut limits: Limits) -> Result<Limits, Error> {
        for (name, value) in &self.limit {
            // The option's own parser has asked this before.
            let set = limits.set(name, *value);
            set.map_err(|why| Error::unusable("a limit can't be set", Location::default(), why, "name another"))?;
        }
        Ok(limits)
    }
}

/// A limit and its value.
fn limit(given: &str) -> Result<(String, u64), String> {
    let (name, value) = given.split_once('=').ok_or("it is written NAME=N, as in growth=4")?;
    let value = value.trim().parse().map_err(|_| format!("`{value}` is no whole number"))?;
    Limits::default().set(name.trim(), value)?;
    Ok((name.trim().to_owned(), value))
}

/// What is written, and what is said.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Output folder [default: remnant-out]
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace an earlier run in the output folder
    #[arg(long)]
    pub force: bool,
    /// Keep the account of every square of ground in this folder, and take those that have not changed from there:
    /// figures are the same, later runs are faster. Only you should be able to write to it [default: none]
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// For the public: figures of districts and zones only, without the ground of hazards and releases
    #[arg(long)]
    pub public: bool,
    /// Tables only, no shapes
    #[arg(long)]
    pub no_geometry: bool,
    /// Formats of the layers beside GeoJSON, which is always written; gpkg comes with a project file for QGIS
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = words(&Format::WORDS), conflicts_with = "no_geometry")]
    pub format: Vec<Format>,
    /// A second row with HXL hashtags in every CSV file
    #[arg(long)]
    pub hxl: bool,
    /// Every piece of ground with the records that cover it, so that any figure can be checked
    #[arg(long, conflicts_with = "no_geometry")]
    pub faces: bool,
    /// Exit with status 3 if any record was set aside
    #[arg(long)]
    pub strict: bool,
    /// Print summary.json instead of the district table
    #[arg(long)]
    pub json: bool,
    /// Say nothing but errors
    #[arg(long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more about the input and the findings
    #[arg(long)]
    pub verbose: bool,
    /// Show progress: where standard error is a terminal, always, or never
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ProgressWhen::Auto, hide_possible_values = true)]
    pub progress: ProgressWhen,
    /// Messages as text, or as a JSON object a line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = LogFormat::Text, hide_possible_values = true)]
    pub log_format: LogFormat,
}

/// When progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProgressWhen {
    /// Where standard error is a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// As text.
    Text,
    /// As a JSON object a line.
    Json,
}

pub use remnant::mapping::{CLASSES, KINDS};
/// The words for the periods of a series.
pub const SERIES: [(&str, SeriesStep); 3] =
    [("monthly", SeriesStep::Monthly), ("quarterly", SeriesStep::Quarterly), ("yearly", SeriesStep::Yearly)];
/// The words for what becomes of dates.
pub const DATES: [(&str, DatePolicy); 2] = [("replay", DatePolicy::Replay), ("ignore", DatePolicy::Ignore)];
/// The words for what becomes of releases outside hazards.
pub const OUTSIDE: [(&str, OutsidePolicy); 2] =
    [("separate", OutsidePolicy::Separate), ("baseline", OutsidePolicy::Baseline)];

fn words<T: Copy + Send + Sync + 'static>(table: &'static [(&'static str, T)]) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(table.iter().map(|(word, _)| *word)).try_map(|given: String| {
        table.iter().find(|(word, _)| *word == given).map(|(_, value)| *value).ok_or("not one of the words")
    })
}

/// A whole date. A part of one would leave open which day is meant.
pub fn date(text: &str) -> Result<Date, String> {
    const FORM: &str = "write year-month-day, as in 2024-12-31";
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    match shape.as_str() {
        "9999-99-99" => text.parse().map_err(|_| format!("there is no such day; {FORM}")),
        "9999" => Err(format!("a whole date is needed; for the end of that year write {text}-12-31")),
        "9999-99" => Err(format!("a whole date is needed, with the day; {FORM}")),
        _ => Err(format!("that is no ISO 8601 date; {FORM}")),
    }
}

/// `THEME=PATH` taken apart.
fn exposure(text: &str) -> Result<(String, PathBuf), String> {
    let (given, path) = text.split_once('=').ok_or("write THEME=PATH, as in roads=roads.geojson")?;
    if path.is_empty() {
        return Err("no file follows the =".to_owned());
    }
    Ok((theme(given)?, PathBuf::from(path)))
}

/// The longest word for a theme, in characters.
const LONGEST_THEME: usize = 64;

/// What a layer of exposure shows, in lower case.
pub fn theme(text: &str) -> Result<String, String> {
    let theme = text.trim().to_lowercase();
    if theme.is_empty() || theme.chars().count() > LONGEST_THEME || theme.chars().any(char::is_control) {
        return Err(format!("a theme is a word such as roads, of at most {LONGEST_THEME} characters"));
    }
    Ok(theme)
}

fn distance(text: &str) -> Result<f64, String> {
    metres(text.parse().map_err(|_| "a number of metres is needed, as in 100")?)
}

/// An amount of memory in bytes: a number with its unit, decimal (MB) or binary (MiB).
fn size(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 7] = [
        ("kb", 1000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("b", 1),
    ];
    let hint = || "a size is a whole number and its unit, as in 512MiB or 8GB".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let bytes = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(hint)?.1;
    let size = number.parse::<u64>().ok().and_then(|n| n.checked_mul(bytes)).ok_or_else(hint)?;
    if size > 0 { Ok(size) } else { Err(hint()) }
}

/// A distance in metres.
pub fn metres(value: f64) -> Result<f64, String> {
    if value.is_finite() && value >= 0.0 {
        // Minus zero would be printed as such.
        Ok(value + 0.0)
    } else {
        Err("a distance is a finite number of metres, 0 or more".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_that_reads_layers_takes_limits() {
        // The others read what this program wrote, or nothing.
        let reads_none = ["compare", "schema", "help"];
        for command in Cli::command().get_subcommands() {
            let takes = command.get_arguments().any(|argument| argument.get_id() == "limit");
            assert_eq!(takes, !reads_none.contains(&command.get_name()), "{}", command.get_name());
        }
    }

    #[test]
    fn a_date_is_whole_or_refused() {
        assert_eq!(date("2024-02-29"), Ok(Date::constant(2024, 2, 29)));
        for (text, hint) in [
            ("2023-02-29", "no such day"),
            ("2023", "2023-12-31"),
            ("2023-02", "with the day"),
            ("31/12/2023", "year-month-day"),
            ("2023-2-1", "year-month-day"),
            ("2023-02-01T00:00", "year-month-day"),
            ("", "year-month-day"),
            ("-2023-02-01", "year-month-day"),
        ] {
            assert!(date(text).is_err_and(|e| e.contains(hint)), "{text}: {:?}", date(text));
        }
    }

    #[test]
    fn a_size_has_a_unit() {
        for (text, bytes) in [("512MiB", 512 << 20), ("8GB", 8_000_000_000), ("3 kib", 3072), ("100b", 100)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["512", "MiB", "", "0MB", "1.5GB", "-1GB", "99999999999GB", "1TB ", "1 G"] {
            assert!(size(text).is_err_and(|e| e.contains("as in 512MiB")), "{text}");
        }
    }

    #[test]
    fn a_distance_is_finite_and_not_negative() {
        assert_eq!(distance("2.5"), Ok(2.5));
        assert!(distance("-0").is_ok_and(f64::is_sign_positive));
        for text in ["-1", "inf", "NaN", "1e999", "ten", ""] {
            assert!(distance(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_theme_leads_in_its_file() {
        assert_eq!(exposure("Water points=a=b.shp#l"), Ok(("water points".to_owned(), PathBuf::from("a=b.shp#l"))));
        for text in ["roads", "=r", "roads=", "a\nb=r", " =x"] {
            assert!(exposure(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_role_takes_several_files_more_than_once() {
        let cli = Cli::parse_from(["remnant", "run", "--hazards", "a", "b", "--crs", "x", "--hazards=-c"]);
        let Command::Run(call) = cli.command else { panic!("it is a run") };
        assert_eq!(call.layers.hazards, ["a", "b", "-c"].map(PathBuf::from));
        assert_eq!(call.account.dates, None);
    }
}
