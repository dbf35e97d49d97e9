//! Counts of instructions, which a busy machine does not change.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::data::Spec;
use crate::options::Options;
use crate::page::Table;
use crate::stages::STAGES;

/// Hazards of the scenario: enough for every stage, and seconds under callgrind.
const HAZARDS: u64 = 1_000;

/// The counts of each stage and of whole runs of the command, single-threaded, as a text.
pub fn instructions(options: &Options) -> Result<String, String> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Ok("Not measured: valgrind is not installed.\n".to_owned());
    }
    let dir = Spec::front(HAZARDS).made_in(&options.data)?;
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut counts = Vec::new();
    for (stage, _) in STAGES {
        eprintln!("counting up to {stage}");
        let mut call: Vec<OsString> = vec![program.clone().into()];
        call.extend(["job", "upto", "1"].map(OsString::from));
        call.extend([dir.clone().into(), stage.into()]);
        counts.push(count(options, &call)?);
    }
    let mut table = Table::new(&["stage", "million instructions"]);
    for (at, (stage, what)) in STAGES.iter().enumerate() {
        // A whole account begins anew; every other stage goes on from the one before.
        let before = match *stage {
            "nothing" => 0,
            "account-tables" | "account-all" => counts[0],
            _ => counts[at - 1],
        };
        table.row([(*what).to_owned(), millions(counts[at].saturating_sub(before))]);
    }
    let mut builds = vec![("the command", &options.remnant)];
    builds.extend(options.against.iter().map(|other| ("the other build of the command", other)));
    for (name, build) in builds {
        for (what, more) in [("tables", &["--no-geometry"][..]), ("all outputs", &[])] {
            eprintln!("counting {name}, {what}");
            let count = count(options, &command(options, build, &dir, more))?;
            table.row([format!("{name}, {what}"), millions(count)]);
        }
    }
    let note = "One thread. Two counts of one build differ by about one in a thousand.";
    Ok(format!("{HAZARDS} hazards, FlatGeobuf, dates ignored.\n\n{}\n{note}\n", table.text()))
}

fn command(options: &Options, build: &Path, dir: &Path, more: &[&str]) -> Vec<OsString> {
    let mut call: Vec<OsString> = vec![build.into(), "run".into()];
    for layer in crate::LAYERS {
        call.push(format!("--{layer}").into());
        call.push(dir.join(format!("{layer}.fgb")).into());
    }
    call.extend(["--quiet", "--force", "--threads", "1", "--dates", "ignore", "--out"].map(OsString::from));
    call.push(options.work.join("instructions").into());
    call.extend(more.iter().map(OsString::from));
    call
}

/// What callgrind says that a call collected.
fn count(options: &Options, call: &[OsString]) -> Result<u64, String> {
    let mut file = OsString::from("--callgrind-out-file=");
    file.push(options.work.join("callgrind.out"));
    let output = Command::new("valgrind").arg("--tool=callgrind").arg(file).args(call).output();
    let output = output.map_err(|e| format!("valgrind: {e}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Err(format!("valgrind failed: {}", said.trim()));
    }
    let number = said.lines().find_map(|line| line.split_once("Collected : ")).and_then(|(_, n)| n.trim().parse().ok());
    number.ok_or_else(|| format!("valgrind told no count: {}", said.trim()))
}

fn millions(count: u64) -> String {
    format!("{:.1}", count as f64 / 1e6)
}
