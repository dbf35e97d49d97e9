//! `remnant init`: a project file with what can be guessed from the files.
//!
//! What it writes can be run at once, and every guess that is not sure is marked. A layer that could only make the
//! account look better by a guess, a release whose kind nobody states, is left out with a comment; a layer of hazards is
//! never left out.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use remnant::error::{Error, Location, Result, printable};
use remnant::inspect::{Guess, Inspection};
use remnant::read::{FORMATS, LIMITS, Limits};
use remnant::report::Role;
use remnant::write::write_file;

use crate::args::InitArgs;
use crate::exit::Exit;
use crate::inspect::look;
use crate::plan::file_and_layer;
use crate::project::Project;
use crate::stop;
use crate::terminal::Log;

/// Values of a field that are listed to be mapped.
const LISTED: usize = 30;

/// A layer for the file.
struct Entry {
    path: PathBuf,
    /// Its name in its container, where the call names one.
    layer: Option<String>,
    found: Inspection,
    role: Role,
}

/// `remnant init`.
pub fn init(call: &InitArgs) -> Exit {
    let log = Log::plain();
    stop::listen_and_tell(&log).and_then(|()| write(call, &log)).map_or_else(
        |error| {
            log.error(&error);
            Exit::from(&error)
        },
        |()| Exit::Done,
    )
}

fn write(call: &InitArgs, log: &Log) -> Result<()> {
    let output = &call.output;
    if !call.force && output.symlink_metadata().is_ok() {
        let remedy = "give another name with -o, or --force to write over it";
        return Err(refused(output, "there is a file of this name", remedy));
    }
    let limits = call.limits.over(Limits::default())?;
    let mut doubts = Vec::new();
    let mut entries = Vec::new();
    for given in files(call)? {
        let (path, layer) = file_and_layer(&given)?;
        if fs::canonicalize(&path).is_ok_and(|input| fs::canonicalize(output).is_ok_and(|output| output == input)) {
            return Err(refused(output, "it is one of the layers", "give another name with -o"));
        }
        for found in look(&given, None, None, limits)? {
            match found.guess.role {
                Some(role) => entries.push(Entry { path: path.clone(), layer: layer.clone(), found, role }),
                None => doubts.push(format!("{}: its role can't be guessed; add it by hand", path.display())),
            }
        }
    }
    if !entries.iter().any(|entry| entry.role == Role::Hazards) {
        doubts.push("no layer of hazards was found, and an account begins with one: name its file".to_owned());
    }
    entries.sort_by_key(|entry| entry.role);
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut text = HEAD.to_owned();
    if !call.limits.limit.is_empty() {
        // What had to be allowed to look at the files has to be allowed to run them.
        text.push_str("\n[limits]\n");
        let set = LIMITS.iter().filter(|row| limits.of(row.limit) != row.usual);
        set.for_each(|row| text.push_str(&format!("{} = {}\n", row.name, limits.of(row.limit))));
    }
    for entry in &entries {
        entry.write(&mut text, folder, &mut doubts)?;
    }
    if entries.is_empty() {
        text.push_str(NOTHING);
    }
    // What it writes must be what it reads.
    Project::parse(output, &text).map_err(|e| {
        let remedy = "please report this fault of the program with the names of the fields";
        Error::failed("the project file would not be readable", Location::file(output), e, remedy)
    })?;
    stop::placing(|| write_file(output, text.as_bytes(), call.force))?;
    log.say("note", &format!("{} is written; check it, then: remnant run {}", output.display(), output.display()));
    doubts.iter().for_each(|doubt| log.say("check", doubt));
    Ok(())
}

const HEAD: &str = "\
# A project file of remnant, made from the files below. Lines marked with `unsure` are guesses: check them.
# Run it with: remnant run THIS_FILE

# out = \"remnant-out\"                # the output folder

[settings]
# as_of = 2024-12-31                 # the date of the account; else the latest in the data
# since = 2023-12-31                 # opens a period
# dates = \"replay\"                   # or \"ignore\": treat all records as undated
# outside = \"separate\"               # or \"baseline\": released land is taken off the hazard layer
# safety_distance_m = 100
";

const NOTHING: &str = "
# [[layer]]
# role = \"hazards\"                   # releases, districts, zones, incidents, coverage
# path = \"hazards.shp\"
";

/// The files of the call, or those of the current folder that look like layers.
fn files(call: &InitArgs) -> Result<Vec<PathBuf>> {
    if !call.files.is_empty() {
        return Ok(call.files.clone());
    }
    let entries = fs::read_dir(".").map_err(|e| refused(Path::new("."), e, "name the files"))?;
    let is_layer = |path: &PathBuf| {
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        // Side files belong to the one that is named.
        let main = !matches!(ending.as_str(), "shx" | "dbf" | "txt" | "tab" | "json");
        main && path.is_file() && FORMATS.iter().any(|format| format.extensions.contains(&ending.as_str()))
    };
    let paths = entries.filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name()))).filter(is_layer);
    let mut paths: Vec<PathBuf> = paths.collect();
    paths.sort();
    Ok(paths)
}

impl Entry {
    fn write(&self, text: &mut String, folder: &Path, doubts: &mut Vec<String>) -> Result<()> {
        let (guess, found) = (&self.found.guess, &self.found);
        let name = self.path.display();
        let mut lines = vec!["[[layer]]".to_owned()];
        lines.push(noted(format!("role = {}", quoted(self.role.word())), !guess.sure, "the role"));
        if !guess.sure {
            doubts.push(format!("{name}: it was taken for a layer of {}", self.role.word()));
        }
        lines.push(format!("path = {}", quoted(&self.relative(folder)?)));
        lines.extend(self.layer.as_ref().map(|layer| format!("layer = {}", quoted(layer))));
        lines.extend(self.crs(doubts));
        lines.extend(guess.profile.map(|profile| noted(format!("profile = {}", quoted(profile)), true, "the profile")));
        self.fields(&mut lines, doubts);
        let left_out = self.without_kind(&mut lines, doubts);
        values(guess, &mut lines);
        let _ = writeln!(
            text,
            "\n# {}: {}, {} features{}",
            printable(&found.layer),
            found.format,
            found.features,
            if left_out { "; left out until its kind is stated" } else { "" }
        );
        for line in lines {
            let mark = if left_out && !line.starts_with('#') { "# " } else { "" };
            let _ = writeln!(text, "{mark}{line}");
        }
        Ok(())
    }

    /// The path as the project file needs it: relative to its folder where the layer lies in it.
    fn relative(&self, folder: &Path) -> Result<String> {
        let absolute = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let (file, folder) = (absolute(&self.path), absolute(folder));
        let path = file.strip_prefix(&folder).map_or(file.clone(), Path::to_owned);
        let why = "its name is not UTF-8, and a project file is text";
        path.to_str().map(str::to_owned).ok_or_else(|| refused(&self.path, why, "rename the file"))
    }

    fn crs(&self, doubts: &mut Vec<String>) -> Option<String> {
        let (crs, found) = (&self.found.crs, &self.found);
        if (crs.stated.is_some() && crs.name.is_some()) || found.extent.is_none() {
            return None;
        }
        let note = crs.note.clone().unwrap_or_default();
        doubts.push(format!("{}: coordinate reference system: {note}", self.path.display()));
        if found.extent_wgs84.is_some() {
            return Some(noted(
                "crs = \"EPSG:4326\"".to_owned(),
                true,
                "the file states none; the coordinates can be degrees",
            ));
        }
        Some(format!("# crs = \"EPSG:32638\"   # needed: {}", one_line(&note)))
    }

    fn fields(&self, lines: &mut Vec<String>, doubts: &mut Vec<String>) {
        let guess = &self.found.guess;
        for (word, field) in &guess.found {
            // Found by its name alone; a comment says so.
            lines.push(format!("# fields.{word} = {}", quoted(field)));
        }
        for (word, field) in &guess.likely {
            lines.push(noted(format!("fields.{word} = {}", quoted(field)), true, "by its values"));
            doubts.push(format!("{}: {word} is taken from the field {field}", self.path.display()));
        }
        let has = |word: &str| guess.found.iter().chain(&guess.likely).any(|(found, _)| *found == word);
        if self.role == Role::Hazards && !has("class") {
            lines.push(noted("class = \"suspected\"".to_owned(), true, "no field tells the class"));
            doubts.push(format!("{}: no field tells the class; all are taken as suspected", self.path.display()));
        }
        if matches!(self.role, Role::Hazards | Role::Releases) && !has("date") {
            lines.push("# fields.date = \"...\"   # no field tells the date: the records are undated".to_owned());
            doubts.push(format!("{}: no field tells the date; the records are undated", self.path.display()));
        }
    }

    /// Whether the layer must be left out because nothing says how its land was released.
    fn without_kind(&self, lines: &mut Vec<String>, doubts: &mut Vec<String>) -> bool {
        let guess = &self.found.guess;
        let told = guess.found.iter().chain(&guess.likely).any(|(word, _)| *word == "kind");
        if self.role != Role::Releases || told {
            return false;
        }
        lines
            .push("kind = \"cleared\"   # or cancelled, reduced: state it, and take the # from these lines".to_owned());
        let what = "nothing says how its land was released, so it is left out until you state its kind";
        doubts.push(format!("{}: {what}", self.path.display()));
        true
    }
}

/// Values that are not understood, to be mapped by whoever knows them.
fn values(guess: &Guess, lines: &mut Vec<String>) {
    for (field, meanings) in [
        ("class", "suspected or confirmed; used as suspected until mapped"),
        ("kind", "cancelled, reduced or cleared; set aside until mapped"),
        ("status", "open, closed, cancelled, reduced or cleared; the land stays contaminated until mapped"),
    ] {
        let unknown: Vec<_> = guess.unknown.iter().filter(|(word, ..)| *word == field).collect();
        if unknown.is_empty() {
            continue;
        }
        lines.push(format!("# Values of {field} that are not understood ({meanings}):"));
        for (_, value, count) in unknown.iter().take(LISTED) {
            lines.push(format!("# values.{field}.{} = \"...\"   # {count} records", quoted(value)));
        }
    }
}

/// A line, marked where it is a guess.
fn noted(line: String, unsure: bool, what: &str) -> String {
    if unsure { format!("{line}   # unsure: {what}") } else { line }
}

/// Text as TOML writes it, on one line: a string of JSON is one of TOML but for DEL.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// Text that can't leave its comment.
fn one_line(text: &str) -> String {
    printable(text)
}

fn refused(path: &Path, why: impl std::fmt::Display, remedy: &str) -> Error {
    Error::unusable("the project file can't be written", Location::file(path), why, remedy)
}
