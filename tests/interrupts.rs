//! Commands that are asked to end, at moments spread over all of their work.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use crate::call::{Ended, Place, finish, program, start, start_at_work};
use crate::scenario::Scenario;

/// The signals that ask for an end, and the exit status after each.
const SIGNALS: [(&str, i32); 3] = [("INT", 130), ("TERM", 143), ("HUP", 129)];

/// Moments of a long command at which it is interrupted.
const MOMENTS: u32 = 12;

/// Everything under a folder, with what it holds.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(everything(&path));
        } else {
            all.insert(path.clone(), fs::read(&path).expect("a file"));
        }
    }
    all
}

/// Sends a command signals after a while, and says how long it took from the first one to the end.
fn interrupted(child: Child, after: Duration, signals: &[&str]) -> (Ended, Duration) {
    thread::sleep(after);
    let sent = Instant::now();
    for signal in signals {
        let kill = format!("kill -{signal} {} 2>/dev/null", child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().is_ok());
    }
    let ended = finish(child);
    (ended, sent.elapsed())
}

/// Interrupts a command at many moments. Whatever the moment, everything is as it was or as the whole command leaves it.
fn interrupt(place: &Place, what: &str, arguments: &[&str]) {
    let command = || {
        let mut command = program();
        command.current_dir(place.path("")).args(arguments);
        command
    };
    let began = Instant::now();
    finish(start(&mut command())).with(0);
    let whole = began.elapsed();
    let (mut stopped, mut slowest) = (0, Duration::ZERO);
    for moment in 0..MOMENTS {
        let (signal, status) = SIGNALS[moment as usize % SIGNALS.len()];
        let after = whole * moment / MOMENTS;
        let before = everything(&place.path(""));
        let (ended, took) = interrupted(start(&mut command()), after, &[signal]);
        let now = everything(&place.path(""));
        match ended.code {
            // It had ended before, or was past the last moment at which it could be stopped.
            Some(0) => assert!(now.keys().eq(before.keys()), "{what} after {after:?}"),
            // It had not even begun to listen.
            None => assert!(now == before && ended.stderr.is_empty(), "{what} after {after:?}: {}", ended.stderr),
            Some(code) => {
                assert_eq!(code, status, "{what} after {after:?}: {}", ended.stderr);
                assert!(ended.stderr.contains("interrupted"), "{what}: {}", ended.stderr);
                let written = ended.stderr.contains("had been written");
                assert!(if written { now.keys().eq(before.keys()) } else { now == before }, "{what} after {after:?}");
                (stopped, slowest) = (stopped + 1, slowest.max(took));
            }
        }
    }
    println!("{what}: {stopped} of {MOMENTS} interrupted; the slowest ended after {slowest:?}");
    assert!(stopped > 0, "{what}: it was too quick to be interrupted");
}

#[test]
fn a_run_ends_at_any_moment_and_leaves_the_former_folder() {
    let place = Place::new();
    let mut call = vec!["run".to_owned()];
    call.extend(Scenario::sized(10, 120, 120).write(&place));
    let rest = ["--format", "gpkg,flatgeobuf,geoparquet", "--faces", "--series", "yearly", "--force", "--out", "out"];
    let call: Vec<&str> = call.iter().map(String::as_str).chain(rest).collect();
    interrupt(&place, "run", &call);
}

#[test]
fn every_other_command_ends_at_any_moment_and_leaves_the_former_file() {
    let place = Place::new();
    let national = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/azerbaijan");
    let project = national.join("remnant.toml");
    let project = project.to_str().expect("a plain path");
    interrupt(&place, "reconcile", &["reconcile", project, "--out", "verdicts.json", "--force"]);
    for out in ["old", "new"] {
        place.run(&[project, "--out", out]).with(0);
    }
    interrupt(&place, "compare", &["compare", "old", "new", "--out", "moves.csv", "--force"]);
    Scenario::sized(11, 3_000, 3_000).write(&place);
    interrupt(&place, "inspect", &["inspect", "hazards.geojson", "releases.geojson"]);
    interrupt(&place, "init", &["init", "hazards.geojson", "releases.geojson", "--output", "new.toml", "--force"]);
}

#[test]
fn a_second_signal_ends_it_at_once_and_leaves_nothing_either() {
    let place = Place::new();
    let mut call = Scenario::sized(12, 3_000, 3_000).write(&place);
    call.extend(["--out".to_owned(), "out".to_owned()]);
    let lock = place.path(".out.remnant-lock");
    for after in [0, 5, 150, 400, 800] {
        let before = place.names();
        let child = start_at_work(&mut place.command(&call), &lock);
        let (ended, _) = interrupted(child, Duration::from_millis(after), &["INT", "INT"]);
        let whole = ended.code == Some(0);
        if whole || ended.stderr.contains("had been written") {
            assert_eq!(place.output("out").rows("records.csv").len(), 6_000, "after {after} ms");
            fs::remove_dir_all(place.path("out")).expect("a folder");
        }
        if !whole {
            ended.with(130).saying(&["interrupted"]);
        }
        assert_eq!(place.names(), before, "after {after} ms");
    }
}

#[test]
fn a_second_run_into_the_folder_is_refused_while_the_first_reads() {
    let place = Place::new();
    let mut call = Scenario::sized(13, 2_000, 2_000).write(&place);
    call.extend(["--out".to_owned(), "out".to_owned()]);
    let lock = place.path(".out.remnant-lock");
    let first = start_at_work(&mut place.command(&call), &lock);
    call.push("--force".to_owned());
    place.run(&call).with(2).saying(&["in use", "out"]);
    finish(first).with(0);
    assert!(!lock.exists());
    // A lock that a killed run left keeps nobody out.
    fs::write(&lock, "").expect("a file");
    place.run(&call).with(0);
    assert!(!lock.exists());
}

#[test]
fn hanging_up_ends_a_run_unless_that_was_switched_off() {
    let place = Place::new();
    let mut call = Scenario::sized(14, 1_500, 1_500).write(&place);
    call.extend(["--out".to_owned(), "out".to_owned()]);
    let nohup = |call: &[String]| {
        let mut command = Command::new("sh");
        command.current_dir(place.path("")).arg("-c").arg("trap '' HUP; exec \"$0\" run \"$@\"");
        command.arg(program().get_program()).args(call);
        command
    };
    let child = start_at_work(&mut nohup(&call), &place.path(".out.remnant-lock"));
    let (ended, _) = interrupted(child, Duration::from_millis(20), &["HUP"]);
    ended.with(0);
    assert!(place.path("out/summary.json").exists());
}
