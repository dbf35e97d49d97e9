//! `remnant inspect`: what files hold, as text or as JSON.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::Zoned;
use remnant::error::{Error, Result, printable};
use remnant::inspect::{self, FieldFacts, Inspection};
use remnant::pipeline::LayerSpec;
use remnant::read::Limits;
use remnant::report::Role;
use remnant::settings::Settings;
use serde_json::{Value, json};

use crate::args::InspectArgs;
use crate::exit::Exit;
use crate::plan::file_and_layer;
use crate::run::print;
use crate::stop;
use crate::terminal::Log;

/// Samples of a field that are shown.
const SHOWN: usize = 6;
/// Characters of a name or a sample that are shown.
const WIDEST: usize = 40;

/// `remnant inspect`. A file that can't be read is told, and the others are looked at all the same.
pub fn inspect(call: &InspectArgs) -> Exit {
    let (log, mut exit, mut found) = (Log::plain(), Exit::Done, Vec::new());
    if let Err(error) = stop::listen_and_tell(&log) {
        log.error(&error);
        return Exit::from(&error);
    }
    let limits = match call.limits.over(Limits::default()) {
        Ok(limits) => limits,
        Err(error) => {
            log.error(&error);
            return Exit::from(&error);
        }
    };
    for given in &call.files {
        if stop::is_asked() {
            log.error(&Error::Interrupted);
            return Exit::Interrupted;
        }
        match look(given, call.crs.as_deref(), call.encoding.as_deref(), limits) {
            Ok(mut layers) => found.append(&mut layers),
            Err(error) => {
                log.error(&error);
                exit = Exit::from(&error);
            }
        }
    }
    let text = if call.json {
        format!("{:#}\n", Value::from(found.iter().map(as_json).collect::<Vec<_>>()))
    } else {
        found.iter().map(as_text).collect::<Vec<_>>().join("\n")
    };
    if let Err(error) = print(&text) {
        log.error(&error);
        return Exit::from(&error);
    }
    exit
}

/// The layers of a file, or the one that is named.
pub fn look(given: &Path, crs: Option<&str>, encoding: Option<&str>, limits: Limits) -> Result<Vec<Inspection>> {
    let (path, layer) = file_and_layer(given)?;
    let layers = match layer {
        Some(layer) => vec![Some(layer)],
        None => inspect::layers(&path, encoding, limits)?,
    };
    let settings = Settings { limits, ..Settings::new(Zoned::now().date()) };
    let look = |layer| inspect::layer(&spec(&path, layer, crs, encoding), &settings);
    layers.into_iter().map(look).collect()
}

fn spec(path: &Path, layer: Option<String>, crs: Option<&str>, encoding: Option<&str>) -> LayerSpec {
    let (crs, encoding) = (crs.map(str::to_owned), encoding.map(str::to_owned));
    // Nothing hangs on the role here.
    LayerSpec { layer, crs, encoding, ..LayerSpec::new(Role::Coverage, PathBuf::from(path)) }
}

fn as_text(layer: &Inspection) -> String {
    let mut text = String::new();
    // Writing to a String can't fail.
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "  {name:<12}{value}");
    };
    line("format", layer.format.clone());
    line("layer", printable(&layer.layer));
    line("features", layer.features.to_string());
    let geometry: Vec<String> = layer.geometry.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    line("geometry", geometry.join(", "));
    line("crs", crs(layer));
    let sides = |[west, south, east, north]: [f64; 4]| format!("x {west} to {east}, y {south} to {north}");
    line("extent", layer.extent.map_or("none".to_owned(), sides));
    if let Some(degrees) = layer.extent_wgs84.filter(|degrees| Some(*degrees) != layer.extent) {
        line("in degrees", sides(degrees.map(|d| (d * 1e6).round() / 1e6)));
    }
    line("looks like", looks_like(layer));
    let _ = writeln!(text, "  fields      {}", layer.fields.len());
    let names: Vec<String> = layer.fields.iter().map(|field| short(&field.name)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for (name, field) in names.iter().zip(&layer.fields) {
        let _ = writeln!(text, "    {name:<width$}  {}", of_field(field));
    }
    if !layer.problems.is_empty() {
        let _ = writeln!(text, "  problems");
    }
    for problem in &layer.problems {
        let feature = problem.feature.map(|n| format!("first at feature {n}: ")).unwrap_or_default();
        let message = printable(&problem.message);
        let _ = writeln!(text, "    {} {} x{}: {feature}{message}", problem.severity, problem.code, problem.count);
    }
    format!("{}\n{text}", printable(&layer.path))
}

fn crs(layer: &Inspection) -> String {
    let facts = &layer.crs;
    let mut parts = Vec::new();
    parts.extend(facts.name.as_deref().map(printable));
    parts.extend(facts.code.as_ref().map(|code| format!("({code})")));
    if let Some(operation) = &facts.operation {
        let accuracy = facts.accuracy_m.map_or("accuracy not stated".to_owned(), |m| format!("right to {m} m"));
        parts.push(format!("- to WGS 84 by \"{}\", {accuracy}", printable(operation)));
    }
    parts.extend(facts.note.as_ref().map(|note| format!("- {}", printable(note))));
    parts.join(" ")
}

fn looks_like(layer: &Inspection) -> String {
    let guess = &layer.guess;
    let Some(role) = guess.role else { return "nothing that is known; say its role".to_owned() };
    let mut text = role.word().to_owned();
    if !guess.sure {
        text.push_str(" (unsure)");
    }
    if let Some(profile) = guess.profile {
        let _ = write!(text, ", profile {profile}");
    }
    for (word, name) in &guess.found {
        let _ = write!(text, ", {word} in {}", printable(name));
    }
    for (word, name) in &guess.likely {
        let _ = write!(text, ", {word} perhaps in {}", printable(name));
    }
    text
}

fn of_field(field: &FieldFacts) -> String {
    let types = if field.types.is_empty() { "no values".to_owned() } else { field.types.join("/") };
    let mut text = format!("{types}, {} empty, {} different", field.empty, field.distinct);
    let (good, bad) = field.dates;
    if good > 0 && good >= bad {
        let _ = write!(text, ", {good} dates");
        if bad > 0 {
            let _ = write!(text, " and {bad} that can't be read");
        }
    }
    let samples: Vec<String> = field.samples.iter().take(SHOWN).map(|(value, count)| sample(value, *count)).collect();
    if samples.is_empty() { text } else { format!("{text}: {}", samples.join(", ")) }
}

/// The beginning of a text, fit for a terminal: a name or a value may be as long as its file.
fn short(text: &str) -> String {
    let mut shown = printable(&text.chars().take(WIDEST).collect::<String>());
    if text.chars().nth(WIDEST).is_some() {
        shown.push_str("...");
    }
    shown
}

fn sample(value: &str, count: u64) -> String {
    let shown = short(value);
    if count > 1 { format!("\"{shown}\" x{count}") } else { format!("\"{shown}\"") }
}

fn as_json(layer: &Inspection) -> Value {
    let (crs, guess) = (&layer.crs, &layer.guess);
    let pair = |pairs: &[(&'static str, String)]| -> Value {
        pairs
            .iter()
            .map(|(word, name)| ((*word).to_owned(), Value::from(name.as_str())))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let field = |field: &FieldFacts| {
        let samples: Vec<Value> =
            field.samples.iter().map(|(value, count)| json!({"value": value, "count": count})).collect();
        json!({
            "name": field.name, "types": field.types, "empty": field.empty, "distinct": field.distinct,
            "dates": field.dates.0, "unreadable_dates": field.dates.1, "samples": samples,
        })
    };
    let unknown: Vec<Value> = guess
        .unknown
        .iter()
        .map(|(word, value, count)| json!({"field": word, "value": value, "count": count}))
        .collect();
    let problems: Vec<Value> = layer
        .problems
        .iter()
        .map(|p| {
            json!({
                "code": p.code, "severity": p.severity, "count": p.count, "message": p.message, "feature": p.feature,
            })
        })
        .collect();
    json!({
        "path": layer.path, "layer": layer.layer, "format": layer.format, "features": layer.features,
        "crs": {
            "stated": crs.stated, "name": crs.name, "code": crs.code, "operation": crs.operation,
            "accuracy_m": crs.accuracy_m, "note": crs.note,
        },
        "extent": layer.extent, "extent_wgs84": layer.extent_wgs84, "geometry": layer.geometry,
        "fields": layer.fields.iter().map(field).collect::<Vec<_>>(),
        "guess": {
            "role": guess.role.map(Role::word), "sure": guess.sure, "profile": guess.profile,
            "fields": pair(&guess.found), "likely_fields": pair(&guess.likely), "unknown_values": unknown,
        },
        "problems": problems,
    })
}
