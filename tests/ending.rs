//! How a run ends when the world around it is hostile: signals, closed pipes, odd names and environments.

use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::call::{Ended, Place, finish, start, start_at_work};
use crate::output::Output;
use crate::scenario::{Feature, LAND, Scenario, collection, rectangle};

/// The bound is a second; a machine under load may take longer to notice.
const BOUND: Duration = Duration::from_secs(5);

#[cfg(unix)]
fn interrupt(survey: &Scenario, after: Duration, former: bool) -> (Place, Ended, Vec<String>) {
    let place = Place::new();
    let mut arguments = survey.write(&place);
    arguments.extend(["-o", "out", "--force"].map(str::to_owned));
    if former {
        let few = collection(&survey.hazards[..5]);
        place.write("few.geojson", few);
        place.run(&["--hazards", "few.geojson", "-o", "out"]).with(0);
    }
    let before = place.names();
    let child = start_at_work(&mut place.command(&arguments), &place.path(".out.remnant-lock"));
    thread::sleep(after);
    let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(kill.is_ok());
    let ended = finish(child);
    (place, ended, before)
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_ends_soon_and_leaves_nothing() {
    // Larger until it is still at work when it is interrupted.
    for size in [4_000, 16_000, 64_000] {
        let (place, ended, before) = interrupt(&Scenario::sized(9, size, size), Duration::from_millis(400), false);
        if ended.code == Some(0) {
            continue;
        }
        let ended = ended.with(130).saying(&["interrupted"]);
        assert!(ended.took < BOUND, "it took {:?}", ended.took);
        assert_eq!(ended.stdout, "");
        assert_eq!(place.names(), before);
        return;
    }
    panic!("every run had ended before it was interrupted");
}

#[test]
fn records_that_have_no_room_anywhere_end_the_run_with_what_to_do() {
    let survey = Scenario::sized(12, 50, 30);
    let place = Place::new();
    let mut arguments = survey.write(&place);
    arguments.extend(["-o", "out", "--memory", "1KiB"].map(str::to_owned));
    let before = place.names();
    let mut command = place.command(&arguments);
    command.env("TMPDIR", place.path("no-such-folder"));
    let ended = finish(start(&mut command)).with(2);
    ended.saying(&["more memory than they may have", "no-such-folder", "--memory", "TMPDIR"]);
    assert_eq!(place.names(), before);
    // With room it ends well, and leaves nothing in the folder.
    std::fs::create_dir(place.path("room")).unwrap();
    command.env("TMPDIR", place.path("room"));
    finish(start(&mut command)).with(0);
    assert_eq!(std::fs::read_dir(place.path("room")).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_the_former_folder_or_a_whole_new_one() {
    let survey = Scenario::sized(10, 1_500, 1_500);
    for after in [100, 300, 600, 1_000, 1_500] {
        let (place, ended, before) = interrupt(&survey, Duration::from_millis(after), true);
        let records = place.output("out").rows("records.csv").len();
        match ended.code {
            Some(0) => assert_eq!(records, 3_000, "after {after} ms"),
            Some(130) => assert_eq!(records, 5, "after {after} ms"),
            other => panic!("exit {other:?} after {after} ms: {}", ended.stderr),
        }
        assert_eq!(place.names(), before, "after {after} ms");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let place = Place::new();
    let arguments = [Scenario::new(1).write(&place), vec!["--json".to_owned()]].concat();
    let mut child = start(&mut place.command(&arguments));
    drop(child.stdout.take());
    let ended = finish(child).with(0);
    assert!(!ended.stderr.contains("panic") && !ended.stderr.contains("error: the"), "{}", ended.stderr);
    assert!(place.output("remnant-out").names().contains(&"summary.json"));

    let mut child = start(&mut place.command(&["--hazards", "no.geojson"]));
    drop(child.stderr.take());
    finish(child).with(2);
}

#[cfg(unix)]
#[test]
fn a_pipe_as_a_file_is_refused_at_once() {
    let place = Place::new();
    let made = Command::new("mkfifo").arg(place.path("pipe.geojson")).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: there is no mkfifo");
        return;
    }
    for arguments in [&["--hazards", "pipe.geojson"][..], &["pipe.geojson"]] {
        let ended = place.run(arguments).with(2).saying(&["pipe.geojson"]);
        assert!(ended.took < BOUND, "it took {:?}", ended.took);
    }
}

#[test]
fn a_device_or_a_loop_as_a_file_is_refused() {
    let place = Place::new();
    if cfg!(target_os = "linux") {
        place.run(&["--hazards", "/dev/null"]).with(2).saying(&["/dev/null"]);
        place.run(&["--hazards", "/dev/zero"]).with(2).saying(&["/dev/zero"]);
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("loop.geojson", place.path("loop.geojson")).expect("a link");
        place.run(&["--hazards", "loop.geojson"]).with(2).saying(&["loop.geojson"]);
    }
}

#[test]
fn odd_file_names_are_taken_as_they_are() {
    let layer = collection(&[Feature::new(json!({"id": "h", "class": "SHA"}), rectangle(LAND))]);
    let mut names = vec!["with space.geojson", "-dash.geojson", "лес 森.geojson", "a#b.geojson", "%41&;$(x).geojson"];
    if cfg!(unix) {
        names.extend(["new\nline.geojson", "escape\u{1b}[2J.geojson", "quote\"'.geojson"]);
    }
    for name in names {
        let place = Place::new();
        place.write(name, &layer);
        let ended = place.run(&[&format!("--hazards={name}"), "-o", "out put"]).with(0);
        let output = place.output("out put");
        assert_eq!(output.json("summary.json")["inputs"][0]["path"], name);
        assert!(!ended.stderr.contains('\u{1b}'), "{}", ended.stderr);
        let again = place.run(&[&format!("--hazards={name}"), "-o", "out put"]).with(2);
        assert!(!again.stderr.contains('\u{1b}'), "{}", again.stderr);
    }
    let place = Place::new();
    place.write("-dash.toml", "[[layer]]\nrole = \"hazards\"\npath = \"-h.geojson\"\n").write("-h.geojson", &layer);
    place.run(&["--", "-dash.toml"]).with(0);
}

#[test]
fn language_time_zone_and_folder_change_nothing() {
    let survey = Scenario::new(4);
    let account = |settings: &[(&str, &str)]| -> Output {
        let place = Place::new();
        let mut arguments = survey.write(&place);
        arguments.extend(["-o", "out"].map(str::to_owned));
        let mut command = place.command(&arguments);
        finish(start(command.envs(settings.iter().copied()))).with(0);
        place.output("out")
    };
    let plain = account(&[]);
    for settings in [
        [("LC_ALL", "de_DE.UTF-8"), ("TZ", "Pacific/Kiritimati")],
        [("LC_ALL", "tr_TR.UTF-8"), ("TZ", "America/Anchorage")],
        [("LC_ALL", "C"), ("TZ", "no such zone")],
        [("PROJ_NETWORK", "ON"), ("PROJ_DATA", "nowhere")],
        [("COLUMNS", "10"), ("TMPDIR", "nowhere")],
    ] {
        plain.assert_same(&account(&settings), &format!("{settings:?}"));
    }
}

#[test]
fn help_and_version_are_no_errors() {
    for (arguments, part) in [(&["--version"][..], env!("CARGO_PKG_VERSION")), (&["run", "--help"], "--release-kind")] {
        let ended = finish(start(crate::call::program().args(arguments))).with(0);
        assert!(ended.stdout.contains(part) && ended.stderr.is_empty(), "{ended:?}");
    }
    finish(start(&mut crate::call::program())).with(2);
    finish(start(crate::call::program().arg("walk"))).with(2);
}
