//! Makes scenarios for the benchmarks and the synthetic national example.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command that talks to its user")]

#[path = "scenario/mod.rs"]
mod scenario;

use scenario::front::{self, Form, Scenario};
use scenario::national;
use scenario::write::Formats;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage:
  generate scenario --hazards N [--releases M] [--districts 47] [--overlap light|heavy]
           [--seed 1] [--shape front|even|one-hazard-over-all|one-district|huge-ring:V]
           [--formats geojson,fgb] --out DIR
  generate azerbaijan --boundaries PATH --places PATH [--seed 1] --out DIR";

/// The options of the command line, taken one by one by name.
struct Options(Vec<(String, String)>);

impl Options {
    fn read(args: &[String]) -> Result<Self, String> {
        let mut out = Vec::new();
        for pair in args.chunks(2) {
            match pair {
                [name, value] if name.starts_with("--") => out.push((name[2..].to_owned(), value.clone())),
                _ => return Err(format!("{}: an option and its value were expected", pair[0])),
            }
        }
        Ok(Self(out))
    }

    fn text(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(n, _)| n == name)?;
        Some(self.0.remove(at).1)
    }

    fn number(&mut self, name: &str) -> Result<Option<u64>, String> {
        self.text(name).map(|v| v.parse().map_err(|_| format!("--{name} {v}: not a whole number"))).transpose()
    }

    fn needed(&mut self, name: &str) -> Result<String, String> {
        self.text(name).ok_or_else(|| format!("--{name} is missing"))
    }

    fn done(self) -> Result<(), String> {
        self.0.first().map_or(Ok(()), |(name, _)| Err(format!("--{name}: no such option")))
    }
}

fn scenario(mut o: Options) -> Result<(), String> {
    let hazards = o.number("hazards")?.ok_or("--hazards is missing")?;
    let form = o.text("shape").unwrap_or_else(|| "front".into());
    let form = match form.as_str() {
        "front" => Form::Front,
        "even" => Form::Even,
        "one-hazard-over-all" => Form::OneHazardOverAll,
        "one-district" => Form::OneDistrict,
        other => match other.strip_prefix("huge-ring:").and_then(|v| v.parse().ok()) {
            Some(vertices) => Form::HugeRing(vertices),
            None => return Err(format!("--shape {other}: no such shape")),
        },
    };
    let heavy = match o.text("overlap").as_deref() {
        None | Some("light") => false,
        Some("heavy") => true,
        Some(other) => return Err(format!("--overlap {other}: light or heavy")),
    };
    let settings = Scenario {
        hazards,
        releases: o.number("releases")?.unwrap_or(hazards * 7 / 10),
        districts: o.number("districts")?.unwrap_or(47) as usize,
        heavy,
        seed: o.number("seed")?.unwrap_or(1),
        form,
    };
    let formats = o.text("formats").unwrap_or_else(|| "geojson,fgb".into());
    let has = |name: &str| formats.split(',').any(|f| f == name);
    if formats.split(',').any(|f| f != "geojson" && f != "fgb") {
        return Err(format!("--formats {formats}: geojson and fgb are known"));
    }
    let out = PathBuf::from(o.needed("out")?);
    o.done()?;
    let made = front::generate(&settings, &out, Formats { geojson: has("geojson"), fgb: has("fgb") })
        .map_err(|e| format!("{}: {e}", out.display()))?;
    for (name, (features, points)) in ["districts", "hazards", "releases"].iter().zip(made) {
        println!("{name}: {features} features, {points} points");
    }
    Ok(())
}

fn azerbaijan(mut o: Options) -> Result<(), String> {
    let mut read = |name: &str| -> Result<String, String> {
        let path = o.needed(name)?;
        std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))
    };
    let (boundaries, places) = (read("boundaries")?, read("places")?);
    let seed = o.number("seed")?.unwrap_or(1);
    let out = PathBuf::from(o.needed("out")?);
    o.done()?;
    println!("{}", national::generate(&boundaries, &places, seed, &out)?);
    Ok(())
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.split_first() {
        Some((command, rest)) if command == "scenario" => Options::read(rest).and_then(scenario),
        Some((command, rest)) if command == "azerbaijan" => Options::read(rest).and_then(azerbaijan),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}
