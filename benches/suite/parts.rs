//! What is measured, part by part; each gives a table.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::contest::{Contestant, Outcome, Run, contest, difference};
use crate::data::Spec;
use crate::instructions::instructions;
use crate::options::Options;
use crate::page::{self, Table, machine, seconds, times};
use crate::peers;
use crate::{Lap, laps_of};

mod hard;

/// A part of the suite.
#[derive(Debug)]
pub struct Part {
    /// Its name in calls, and of its marks on the page.
    pub name: &'static str,
    /// What it measures.
    pub what: &'static str,
    /// Whether it is measured where no part is named.
    pub usual: bool,
    measure: fn(&Options) -> Result<String, String>,
}

/// All parts, in the order in which they are measured.
pub const PARTS: &[Part] = &[
    Part {
        name: "jobs",
        what: "the plain job from both formats, all outputs, one thread, and the floors",
        usual: true,
        measure: jobs,
    },
    Part { name: "stages", what: "a run stage by stage", usual: true, measure: stages },
    Part { name: "growth", what: "1,000 to --largest hazards, light and heavy overlap", usual: true, measure: growth },
    Part {
        name: "shapes",
        what: "one hazard over everything, one district, huge rings, dates",
        usual: true,
        measure: shapes,
    },
    Part { name: "zones", what: "settlement zones, up to --size of them", usual: true, measure: hard::zones },
    Part { name: "zones-largest", what: "--largest settlement zones", usual: false, measure: hard::zones_largest },
    Part { name: "adverse", what: "ground that is made to be hard", usual: true, measure: hard::adverse },
    Part { name: "peers", what: "the plain job in other programs, and with geo", usual: true, measure: peers },
    Part {
        name: "instructions",
        what: "instructions of each stage, counted by callgrind",
        usual: true,
        measure: instructions,
    },
    Part {
        name: "peers-largest",
        what: "the same with --largest hazards; some need minutes",
        usual: false,
        measure: peers_largest,
    },
];

/// Longest time of one run of a peer.
const LIMIT: Duration = Duration::from_secs(900);

/// Measures what is asked for, prints each table, and puts it into the page.
pub fn measure(options: &Options) -> Result<(), String> {
    for part in &options.parts {
        let machine = machine(options.threads);
        let text = format!("{}\n{machine}\n", (part.measure)(options)?);
        println!("\n## {}: {}\n\n{text}", part.name, part.what);
        if let Some(page) = &options.page {
            page::replace(page, part.name, &format!("\n{text}\n"))?;
        }
    }
    Ok(())
}

/// A run of the command on the layers of a folder.
fn remnant(options: &Options, name: &str, dir: &Path, format: &str, more: &[&str]) -> Contestant {
    let out = options.work.join(format!("remnant-{}", name.replace(|c: char| !c.is_alphanumeric(), "-")));
    let mut command: Vec<OsString> = vec![options.remnant.clone().into(), "run".into()];
    for layer in crate::LAYERS {
        command.push(format!("--{layer}").into());
        command.push(dir.join(format!("{layer}.{format}")).into());
    }
    command.extend(["--quiet", "--force", "--out"].map(OsString::from));
    command.push(out.clone().into());
    if !more.contains(&"--threads") {
        command.extend(["--threads".into(), options.threads.to_string().into()]);
    }
    command.extend(more.iter().map(OsString::from));
    Contestant { name: name.to_owned(), command, out }
}

/// What the plain job asks for: dates ignored, tables only.
const PLAIN: [&str; 3] = ["--dates", "ignore", "--no-geometry"];

fn plain(options: &Options, name: &str, dir: &Path, format: &str) -> Contestant {
    remnant(options, name, dir, format, &PLAIN)
}

/// A step that is measured in a process of its own.
fn job(options: &Options, name: &str, dir: &Path, more: &str) -> Result<Vec<Lap>, String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let call = Command::new(program).args(["job", name, &options.threads.to_string()]).arg(dir).arg(more).output();
    let output = call.map_err(|e| e.to_string())?;
    if output.status.success() {
        Ok(laps_of(&String::from_utf8_lossy(&output.stdout)))
    } else {
        Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}

fn cells(run: Run) -> [String; 3] {
    [seconds(run.wall), seconds(run.cpu), format!("{:.0}", run.peak)]
}

fn median(contestant: &Contestant, outcome: &Outcome) -> Result<Run, String> {
    outcome.median().ok_or_else(|| format!("{}: {}", contestant.name, outcome.failure.clone().unwrap_or_default()))
}

fn jobs(options: &Options) -> Result<String, String> {
    let dir = Spec::front(options.size).made_in(&options.data)?;
    let [dates, ignore, tables] = PLAIN;
    let mut all = vec![plain(options, "FlatGeobuf, tables", &dir, "fgb")];
    if dir.join("hazards.geojson").is_file() {
        all.push(plain(options, "GeoJSON, tables", &dir, "geojson"));
    }
    all.push(remnant(options, "FlatGeobuf, all outputs", &dir, "fgb", &[dates, ignore]));
    let formats = ["--faces", "--format", "gpkg,flatgeobuf,geoparquet"];
    let formats: Vec<&str> = [dates, ignore].into_iter().chain(formats).collect();
    all.push(remnant(options, "FlatGeobuf, tables, replayed by date", &dir, "fgb", &[tables]));
    all.push(remnant(options, "FlatGeobuf, tables, 1 thread", &dir, "fgb", &[dates, ignore, tables, "--threads", "1"]));
    if let Some(other) = &options.against {
        let other = Options { remnant: other.clone(), ..options.clone() };
        all.push(plain(&other, "other build: FlatGeobuf, tables", &dir, "fgb"));
        if dir.join("hazards.geojson").is_file() {
            all.push(plain(&other, "other build: GeoJSON, tables", &dir, "geojson"));
        }
        all.push(remnant(&other, "other build: FlatGeobuf, all outputs", &dir, "fgb", &[dates, ignore]));
    }
    let mut outcomes = contest(&all, options.rounds, LIMIT);
    // Long, and held to nothing: once is enough.
    all.push(remnant(options, "FlatGeobuf, all outputs in all formats, and faces", &dir, "fgb", &formats));
    outcomes.extend(contest(&all[all.len() - 1..], 1, LIMIT));
    let first = median(&all[0], &outcomes[0])?;
    let mut table = Table::new(&["job", "s", "processor s", "MiB", "of the first", "processor, of the first"]);
    for (contestant, outcome) in all.iter().zip(&outcomes) {
        let Ok(run) = median(contestant, outcome) else {
            table.row([contestant.name.clone(), outcome.failure.clone().unwrap_or_default()]);
            continue;
        };
        let ratios = [times(run.wall / first.wall), times(run.cpu / first.cpu)];
        table.row([contestant.name.clone()].into_iter().chain(cells(run)).chain(ratios));
    }
    let laps = job(options, "floors", &dir, "")?;
    let mut floors = Table::new(&["floor", "s", "processor s", "the first job takes", "processor"]);
    for lap in &laps {
        floors.row([
            lap.name.clone(),
            seconds(lap.wall),
            seconds(lap.cpu),
            times(first.wall / lap.wall),
            times(first.cpu / lap.cpu),
        ]);
    }
    for (format, run) in [("fgb", Some(first)), ("geojson", geojson_run(&all, &outcomes))] {
        let parts: Vec<&Lap> = laps.iter().filter(|l| l.name.ends_with(&format!(", {format}"))).collect();
        let (wall, cpu): (f64, f64) = (parts.iter().map(|l| l.wall).sum(), parts.iter().map(|l| l.cpu).sum());
        if let Some(run) = run.filter(|_| !parts.is_empty()) {
            let name = format!("read and parse, {format}, against the job from that format");
            floors.row([name, seconds(wall), seconds(cpu), times(run.wall / wall), times(run.cpu / cpu)]);
        }
    }
    let bars = "Held to: GeoJSON and all outputs at most 2 times the first, one thread at least 1.8 times, read and parse at \
                most 4 times.";
    let (size, table, floors) = (thousands(options.size), table.text(), floors.text());
    Ok(format!("{size} hazards, light overlap.\n\n{table}\n{floors}\n{bars}\n"))
}

fn geojson_run(all: &[Contestant], outcomes: &[Outcome]) -> Option<Run> {
    let at = all.iter().position(|c| c.name.starts_with("GeoJSON"))?;
    outcomes.get(at)?.median()
}

fn stages(options: &Options) -> Result<String, String> {
    let dir = Spec::front(options.size).made_in(&options.data)?;
    let mut text = format!("{} hazards, light overlap.\n", thousands(options.size));
    let columns = ["stage alone, through the library", "s", "processor s"];
    for format in ["fgb", "geojson"] {
        if dir.join(format!("hazards.{format}")).is_file() {
            text += &format!("\nFrom {format}:\n\n{}", laps_table(&columns, &job(options, "stages", &dir, format)?));
        }
    }
    let columns = ["stage of a whole run", "s", "processor s"];
    for outputs in ["tables", "all"] {
        let laps = job(options, "run", &dir, &format!("fgb,{outputs}"))?;
        text += &format!("\nA run from fgb, {outputs} written:\n\n{}", laps_table(&columns, &laps));
    }
    Ok(text)
}

fn laps_table(columns: &[&str], laps: &[Lap]) -> String {
    let mut table = Table::new(columns);
    for lap in laps {
        let cpu = if lap.cpu.is_nan() { String::new() } else { seconds(lap.cpu) };
        table.row([lap.name.clone(), seconds(lap.wall), cpu]);
    }
    table.text()
}

fn growth(options: &Options) -> Result<String, String> {
    let mut sizes = Vec::new();
    let mut size = 1_000;
    while size <= options.largest {
        sizes.push(size);
        size *= 10;
    }
    let mut table = Table::new(&["hazards", "overlap", "s", "processor s", "MiB", "of a tenth", "exponent"]);
    for heavy in [false, true] {
        let mut last: Option<Run> = None;
        for &hazards in &sizes {
            // A million of heavy overlap is ten minutes' data for one number.
            if heavy && hazards > 100_000 {
                continue;
            }
            let dir = Spec { heavy, ..Spec::front(hazards) }.made_in(&options.data)?;
            let all = [plain(options, &format!("{hazards} hazards"), &dir, "fgb")];
            let outcome = contest(&all, if hazards > 100_000 { 1 } else { options.rounds }, LIMIT).remove(0);
            let overlap = if heavy { "heavy" } else { "light" }.to_owned();
            let Ok(run) = median(&all[0], &outcome) else {
                table.row([thousands(hazards), overlap, outcome.failure.unwrap_or_default()]);
                continue;
            };
            let grown = last.map_or([String::new(), String::new()], |last| {
                [times(run.wall / last.wall), format!("{:.2}", (run.cpu / last.cpu).log10())]
            });
            table.row([thousands(hazards), overlap].into_iter().chain(cells(run)).chain(grown));
            last = Some(run);
        }
    }
    if knows(options, "--memory") {
        let dir = Spec::front(options.largest).made_in(&options.data)?;
        let more: Vec<&str> = PLAIN.into_iter().chain(["--memory", "512MiB"]).collect();
        let all = [remnant(options, "in 512 MiB", &dir, "fgb", &more)];
        let outcome = contest(&all, 1, LIMIT).remove(0);
        let name = thousands(options.largest);
        let cells = outcome.median().map_or_else(|| outcome.failure.into_iter().collect(), |run| cells(run).to_vec());
        table.row([name, "light, --memory 512MiB".to_owned()].into_iter().chain(cells));
    }
    let note = "The exponent is of processor time: 1 is in proportion to the number of hazards. Held to: a million takes at \
                most 11 times as long as a tenth of it.";
    Ok(format!("FlatGeobuf, tables.\n\n{}\n{note}\n", table.text()))
}

/// Whether the command has an option.
fn knows(options: &Options, option: &str) -> bool {
    let help = Command::new(&options.remnant).args(["run", "--help"]).output();
    help.is_ok_and(|h| String::from_utf8_lossy(&h.stdout).contains(option))
}

fn shapes(options: &Options) -> Result<String, String> {
    let n = options.size;
    let made = |spec: Spec| spec.made_in(&options.data);
    let front = made(Spec::front(n))?;
    let even = made(Spec::of("even", n))?;
    let dated = made(Spec { first_year: 1991, ..Spec::front(n) })?;
    let dates = ["--no-geometry", "--as-of", "2024-12-31"];
    let series: Vec<&str> = dates.into_iter().chain(["--series", "monthly", "--since", "1991-08-31"]).collect();
    // Each with what it is held against.
    let all = [
        (plain(options, "even", &even, "fgb"), 0),
        (plain(options, "front", &front, "fgb"), 0),
        (plain(options, "one hazard over all", &made(Spec::of("one-hazard-over-all", n))?, "fgb"), 1),
        (plain(options, "one district with all the work", &made(Spec::of("one-district", n))?, "fgb"), 0),
        (plain(options, "one ring of 10^5 vertices", &made(Spec::of("huge-ring:100000", n))?, "fgb"), 1),
        (plain(options, "one ring of 10^6 vertices", &made(Spec::of("huge-ring:1000000", n))?, "fgb"), 1),
        (remnant(options, "one date", &dated, "fgb", &dates), 6),
        (remnant(options, "400 dates", &dated, "fgb", &series), 6),
    ];
    let contestants: Vec<Contestant> = all.iter().map(|a| a.0.clone()).collect();
    let outcomes = contest(&contestants, options.rounds, LIMIT);
    let columns = ["scenario", "s", "processor s", "MiB", "against", "ratio", "ratio of processor time"];
    let mut table = Table::new(&columns);
    for ((contestant, base), outcome) in all.iter().zip(&outcomes) {
        let name = contestant.name.clone();
        match (outcome.median(), outcomes[*base].median()) {
            (Some(run), Some(against)) => {
                let ratios = [all[*base].0.name.clone(), times(run.wall / against.wall), times(run.cpu / against.cpu)];
                table.row([name].into_iter().chain(cells(run)).chain(ratios));
            }
            _ => table.row([name, outcome.failure.clone().unwrap_or_default()]),
        }
    }
    let bars =
        "Held to: one hazard over all and one district at most 2 times the even case, 400 dates at most 1.3 times one.";
    Ok(format!("{} hazards, FlatGeobuf, tables.\n\n{}\n{bars}\n", thousands(n), table.text()))
}

fn peers(options: &Options) -> Result<String, String> {
    contest_of_peers(options, options.size, &[])
}

fn peers_largest(options: &Options) -> Result<String, String> {
    // mapshaper needs more memory than most machines have, geo and DuckDB more than the limit.
    contest_of_peers(options, options.largest, &["mapshaper", "duckdb_spatial", "geo"])
}

fn contest_of_peers(options: &Options, hazards: u64, left_out: &[&str]) -> Result<String, String> {
    let dir = Spec::front(hazards).made_in(&options.data)?;
    let (there, missing) = peers::there(options, &dir, left_out)?;
    let mut all = vec![plain(options, "remnant", &dir, "fgb")];
    all.extend(there);
    if !left_out.contains(&"geo") {
        all.push(geo(options, &dir)?);
    }
    // The first is short and is measured as often as it may be; the others are long enough to be measured once.
    let outcomes = contest(&all, 1, LIMIT);
    let own = contest(&all[..1], options.rounds, LIMIT).remove(0);
    let first = median(&all[0], &own)?;
    let columns =
        ["program", "s", "processor s", "MiB", "times remnant", "processor, times remnant", "largest difference"];
    let mut table = Table::new(&columns);
    for (at, (contestant, outcome)) in all.iter().zip(&outcomes).enumerate() {
        let run = if at == 0 { Some(first) } else { outcome.median() };
        let Some(run) = run else {
            table.row([contestant.name.clone(), outcome.failure.clone().unwrap_or_default()]);
            continue;
        };
        let differs =
            difference(&outcomes[0].figures, &outcome.figures).map_or_else(|| "?".to_owned(), |d| format!("{d:.0e}"));
        let ratios = [times(run.wall / first.wall), times(run.cpu / first.cpu), differs];
        table.row([contestant.name.clone()].into_iter().chain(cells(run)).chain(ratios));
    }
    let mut text = format!("{} hazards, light overlap, dates ignored, tables.\n\n{}", thousands(hazards), table.text());
    text += "\nHeld to: 10 times as fast as Clipper2, 16 as shapely, 20 as SedonaDB, 32 as DuckDB, 38 as mapshaper. The difference \
             is the largest of any figure of any district, relative to ours (or to a hectare, where that is more). The others \
             take edges as straight in their plane, which makes the same difference for all; more than that is an error.\n";
    for why in missing {
        text += &format!("\nNot measured: {why}\n");
    }
    Ok(text)
}

fn geo(options: &Options, dir: &Path) -> Result<Contestant, String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let out: PathBuf = options.work.join("geo.csv");
    let threads = options.threads.to_string();
    let mut command: Vec<OsString> = vec![program.into(), "job".into(), "geo".into(), threads.into(), dir.into()];
    command.push(out.clone().into());
    Ok(Contestant { name: "geo (BooleanOps and rayon)".to_owned(), command, out })
}

/// A number with commas.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
