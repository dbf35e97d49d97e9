//! Messages on standard error: what, where, why and what to do; as text or as a JSON object a line.
//!
//! Nothing from a file reaches the terminal as it is: control characters are escaped. No message ends the run: where
//! standard error is closed, nobody wants to hear.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use remnant::error::{Error, FAULT, Location, Trouble, printable};
use remnant::finding::{Code, Finding, Severity};
use remnant::progress::CacheUse;
use remnant::report::Report;
use serde::Serialize;

use crate::args::{LogFormat, OutputArgs};
use crate::exit;
use crate::progress::outlook::words;

/// Error findings that are told one by one; the rest stand in findings.csv.
const TOLD: usize = 3;
/// The same with `--verbose`.
const TOLD_VERBOSE: usize = 50;

/// Where messages go.
#[derive(Debug, Clone)]
pub struct Log {
    format: LogFormat,
    quiet: bool,
    verbose: bool,
}

/// A message as a JSON object.
#[derive(Default, Serialize)]
struct Line<'a> {
    level: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_left: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feature: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'a str>,
}

impl Log {
    /// The log that the user wants.
    pub fn new(args: &OutputArgs) -> Self {
        Self { format: args.log_format, quiet: args.quiet, verbose: args.verbose }
    }

    /// The log of a command that has no options for it.
    pub fn plain() -> Self {
        Self { format: LogFormat::Text, quiet: false, verbose: false }
    }

    /// How messages are written.
    pub fn format(&self) -> LogFormat {
        self.format
    }

    /// Whether nothing but errors is said.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// What ended the run.
    pub fn error(&self, error: &Error) {
        match error {
            Error::Failed(trouble) if trouble.what == FAULT => {
                let (version, seen) = (env!("CARGO_PKG_VERSION"), exit::fault().unwrap_or_default());
                // On one line, whatever the panic says.
                let seen = printable(&seen.split_whitespace().collect::<Vec<_>>().join(" "));
                let why = format!("{} (remnant {version}: {seen})", trouble.why);
                let remedy = format!("{}; RUST_BACKTRACE=1 shows more", trouble.remedy);
                self.trouble("error", None, &Trouble { why, remedy, ..(**trouble).clone() });
            }
            Error::Unusable(trouble) | Error::Failed(trouble) => self.trouble("error", None, trouble),
            Error::Interrupted => self.say("error", &error.to_string()),
        }
    }

    /// A stage begins; what is left of the whole run, where that can be told.
    pub fn stage(&self, what: &str, steps: u64, left: Option<Duration>) {
        let count = Some(steps).filter(|steps| *steps > 0);
        let seconds_left = left.map(|left| left.as_secs());
        match self.format {
            LogFormat::Json => {
                put_json(&Line { level: "progress", message: what, count, seconds_left, ..Line::default() });
            }
            LogFormat::Text => {
                let left = left.map(|left| format!(" ({})", words(left))).unwrap_or_default();
                put(&format!("{}{left}\n", printable(what)));
            }
        }
    }

    /// What was read and found.
    pub fn report(&self, report: &Report, out: &Path) {
        if self.verbose {
            for input in &report.inputs {
                self.say(
                    "info",
                    &format!(
                        "{}: {} ({}, {}): {} records, {} used, {} repaired, {} set aside",
                        input.role.word(),
                        input.path,
                        input.format,
                        input.crs,
                        input.records,
                        input.used,
                        input.repaired,
                        input.set_aside
                    ),
                );
            }
        }
        if !self.quiet {
            self.findings(report, out);
        }
    }

    /// What came from the cache, and what was wrong with it. Nothing of it bears on a figure.
    pub fn cache(&self, used: &CacheUse) {
        if self.quiet {
            return;
        }
        if let Some(trouble) = &used.trouble {
            self.say("warning", &format!("{trouble}; the figures are not affected"));
        }
        let CacheUse { windows, reused, .. } = used;
        if *windows > 0 {
            let level = if self.format == LogFormat::Json { "info" } else { "note" };
            self.say(level, &format!("{reused} of {windows} squares of ground came from the cache"));
        }
    }

    /// Why the exit status is 3.
    pub fn strict(&self, set_aside: u64, out: &Path) {
        self.trouble(
            "error",
            None,
            &Trouble {
                what: format!("{set_aside} of the records were set aside"),
                place: Location::file(out.join("findings.csv")),
                why: "they can't be understood or have no usable geometry; --strict does not allow that".to_owned(),
                remedy: "everything is written; mend the records in their source and run again".to_owned(),
            },
        );
    }

    fn findings(&self, report: &Report, out: &Path) {
        let findings = &report.account.findings;
        let mut counts = vec![0_u64; Code::ALL.len()];
        for finding in findings {
            if let Some(at) = Code::ALL.iter().position(|code| *code == finding.code) {
                counts[at] += 1;
            }
        }
        let mut found: Vec<(Code, u64)> =
            Code::ALL.iter().copied().zip(counts).filter(|(_, count)| *count > 0).collect();
        // The gravest first; otherwise in the order of the list.
        found.sort_by_key(|(code, _)| code.severity());
        if let Some((gravest, _)) = found.first() {
            self.counts(gravest.severity(), findings.len(), &found, &out.join("findings.csv"));
        }
        let mut errors: Vec<&Finding> = findings.iter().filter(|f| f.code.severity() == Severity::Error).collect();
        errors.sort_by(|a, b| (a.origin, a.code, &a.message).cmp(&(b.origin, b.code, &b.message)));
        for finding in errors.iter().take(if self.verbose { TOLD_VERBOSE } else { TOLD }) {
            let trouble = Trouble {
                what: finding.message.clone(),
                place: place(report, finding),
                why: finding.code.meaning().to_owned(),
                remedy: remedy(finding.code).to_owned(),
            };
            self.trouble("error", Some(finding.code), &trouble);
        }
    }

    fn counts(&self, gravest: Severity, all: usize, found: &[(Code, u64)], file: &Path) {
        if self.format == LogFormat::Json {
            for (code, count) in found {
                put_json(&Line {
                    level: code.severity().word(),
                    message: code.meaning(),
                    code: Some(code.word()),
                    count: Some(*count),
                    ..Line::default()
                });
            }
            return;
        }
        let level = if gravest == Severity::Info { "note" } else { "warning" };
        let noun = if all == 1 { "finding" } else { "findings" };
        let mut text = format!("{level}: {all} {noun} in the data, see {}\n", printable(&file.display().to_string()));
        let width = found.iter().map(|(_, count)| count.to_string().len()).max().unwrap_or(0);
        for (code, count) in found {
            // Writing to a String can't fail.
            let _ =
                writeln!(text, "  {:<7}  {count:>width$}  {}: {}", code.severity().word(), code.word(), code.meaning());
        }
        put(&text);
    }

    fn trouble(&self, level: &str, code: Option<Code>, trouble: &Trouble) {
        let place = &trouble.place;
        let code = code.map(Code::word);
        if self.format == LogFormat::Json {
            put_json(&Line {
                level,
                message: &trouble.what,
                code,
                count: None,
                seconds_left: None,
                file: place.file.as_ref().map(|file| file.display().to_string()),
                layer: place.layer.as_deref(),
                feature: place.feature,
                id: place.id.as_deref(),
                field: place.field.as_deref(),
                why: Some(trouble.why.as_str()).filter(|why| !why.is_empty()),
                remedy: Some(trouble.remedy.as_str()).filter(|remedy| !remedy.is_empty()),
            });
            return;
        }
        let safe = Trouble {
            what: printable(&trouble.what),
            place: place.clone(),
            why: printable(&trouble.why),
            remedy: printable(&trouble.remedy),
        };
        let code = code.map(|code| format!(" {code}")).unwrap_or_default();
        put(&format!("{level}{code}: {safe}\n"));
    }

    /// A message.
    pub fn say(&self, level: &str, message: &str) {
        match self.format {
            LogFormat::Json => put_json(&Line { level, message, ..Line::default() }),
            LogFormat::Text => put(&format!("{level}: {}\n", printable(message))),
        }
    }
}

fn place(report: &Report, finding: &Finding) -> Location {
    let Some(origin) = finding.origin else { return Location::default() };
    let mut place = report.inputs.get(origin.layer as usize).map(|i| Location::file(&i.path)).unwrap_or_default();
    // The layer is told where it is not the file itself.
    let stem = place.file.as_ref().and_then(|file| file.file_stem());
    let layer = report.inputs.get(origin.layer as usize).map(|i| i.layer.clone());
    place.layer = layer.filter(|layer| stem.is_none_or(|stem| stem.to_string_lossy() != *layer));
    // Feature 0 stands for a layer as a whole.
    place.feature = Some(origin.feature).filter(|feature| *feature > 0);
    place.id = Some(finding.id.clone()).filter(|id| !id.is_empty());
    place
}

/// What a user can do about an error in the data.
fn remedy(code: Code) -> &'static str {
    match code {
        Code::MissingGeometry => {
            "draw the record in its source; until then a hazard counts only as one that could lie anywhere"
        }
        Code::UnreadableGeometry => "repair the geometry in its source, or export it anew",
        Code::BadCoordinates => "check the coordinates and the coordinate reference system (--crs)",
        Code::NoArea => "draw the record as a polygon that encloses ground",
        Code::WrongGeometry => "check that the file is given in the right role; draw the record as the role asks",
        Code::UnknownClass => {
            "write suspected or confirmed in the source, or map the value in the project file: values.class = { \"VALUE\" = \"confirmed\" }"
        }
        Code::UnknownKind => {
            "write cancelled, reduced or cleared in the source, or map the value in the project file: values.kind = { \"VALUE\" = \"cleared\" }"
        }
        Code::UnreadableDate => "write the date as year-month-day in the source",
        Code::MissingRadius => "give the zone a radius_m, or draw it as a polygon",
        _ => "mend the record in its source",
    }
}

fn put_json(line: &Line<'_>) {
    // There is nothing in a line that JSON can't hold.
    if let Ok(mut text) = serde_json::to_string(line) {
        text.push('\n');
        put(&text);
    }
}

/// One write for one message, so that those of several programs don't mix.
fn put(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
