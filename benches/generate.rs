//! Makes scenarios for the benchmarks and the synthetic national example.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command that talks to its user")]

#[path = "scenario/mod.rs"]
mod scenario;

use scenario::adverse;
use scenario::front::{self, Form, Scenario};
use scenario::national;
use scenario::write::Formats;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage:
  generate scenario --hazards N [--releases M] [--districts 47] [--zones 0] [--overlap light|heavy]
           [--seed 1] [--shape SHAPE] [--first-year 1995] [--formats geojson,fgb] [--index yes|no] --out DIR
           SHAPE: front, even, one-hazard-over-all, one-district, huge-ring:V";
const USAGE_NATIONAL: &str = "  generate azerbaijan --boundaries PATH --places PATH [--seed 1] --out DIR";

fn usage() -> String {
    let hard: Vec<&str> = adverse::KINDS.iter().map(|kind| kind.0).collect();
    format!("{USAGE}, {}\n{USAGE_NATIONAL}", hard.join(", "))
}

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
    let form = Form::of_word(&form).ok_or_else(|| format!("--shape {form}: no such shape"))?;
    let heavy = match o.text("overlap").as_deref() {
        None | Some("light") => false,
        Some("heavy") => true,
        Some(other) => return Err(format!("--overlap {other}: light or heavy")),
    };
    let settings = Scenario {
        hazards,
        releases: o.number("releases")?.unwrap_or(hazards * 7 / 10),
        districts: o.number("districts")?.unwrap_or(47) as usize,
        zones: o.number("zones")?.unwrap_or(0),
        first_year: o.number("first-year")?.map_or(1995, |year| year.min(2020) as i64),
        heavy,
        seed: o.number("seed")?.unwrap_or(1),
        form,
    };
    let formats = o.text("formats").unwrap_or_else(|| "geojson,fgb".into());
    let has = |name: &str| formats.split(',').any(|f| f == name);
    if formats.split(',').any(|f| f != "geojson" && f != "fgb") {
        return Err(format!("--formats {formats}: geojson and fgb are known"));
    }
    let index = match o.text("index").as_deref() {
        None | Some("yes") => true,
        Some("no") => false,
        Some(other) => return Err(format!("--index {other}: yes or no")),
    };
    let out = PathBuf::from(o.needed("out")?);
    o.done()?;
    let formats = Formats { geojson: has("geojson"), fgb: has("fgb"), index };
    let made = front::generate(&settings, &out, formats).map_err(|e| format!("{}: {e}", out.display()))?;
    for (name, features, points) in made {
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
        _ => Err(usage()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}
