//! Runs with `--cache`: the folder is the one that a run without it writes, byte for byte, and what was reused is said.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::call::{Ended, Place, finish, program, start};
use crate::scenario::{Feature, Scenario, collection, rectangle};

fn national() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/azerbaijan/remnant.toml")
}

/// The files of an output folder, without what tells of the run.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = entries
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let mut bytes = fs::read(&path).expect("a file");
            if name == "summary.json" {
                let text = String::from_utf8(bytes).unwrap();
                let (head, rest) = text.split_once("\"run\"").expect("what tells of the run");
                assert!(serde_json::from_str::<Value>(&text).is_ok());
                // The object of the run stands by itself.
                bytes = [head, rest.split_once('}').expect("an end").1].concat().into_bytes();
            }
            (name, bytes)
        })
        .collect();
    files.sort_unstable();
    files
}

/// What came from the cache, of how many.
#[track_caller]
fn reused(ended: &Ended) -> (u64, u64) {
    let line = ended.stderr.lines().find(|line| line.contains("came from the cache")).expect("it is said");
    let numbers: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    (numbers[0], numbers[1])
}

#[test]
fn the_national_example_is_the_same_with_a_cache_and_the_second_run_takes_all_from_it() {
    let place = Place::new();
    let project = national();
    let run = |out: &str, options: &[&str]| {
        let call = [&[project.to_str().unwrap(), "--out", out][..], options].concat();
        place.run(&call).with(0)
    };
    let without = run("without", &[]);
    assert!(!without.stderr.contains("cache"), "{}", without.stderr);
    let want = files(&place.path("without"));
    let (none, all) = reused(&run("first", &["--cache", "kept"]));
    assert!(none == 0 && all > 50, "{none} of {all}");
    assert!(files(&place.path("first")) == want);
    let second = run("second", &["--cache", "kept", "--threads", "1"]);
    assert_eq!(reused(&second), (all, all));
    assert!(!second.stderr.contains("warning: the cache"), "{}", second.stderr);
    assert!(files(&place.path("second")) == want);
    // Another account shares the folder, not the pack.
    let tables = run("tables", &["--cache", "kept", "--no-geometry"]);
    assert_eq!(reused(&tables), (0, all));
    assert_eq!(reused(&run("third", &["--cache", "kept"])), (all, all));
    assert_eq!(fs::read_dir(place.path("kept")).unwrap().count(), 2);
    // The quiet hear nothing, and what is said can be read by programs.
    assert_eq!(run("quiet", &["--cache", "kept", "--quiet"]).stderr, "");
    let json = run("json", &["--cache", "kept", "--log-format", "json"]);
    let line = json.stderr.lines().find(|line| line.contains("came from the cache")).expect("it is said");
    assert_eq!(serde_json::from_str::<Value>(line).unwrap()["level"], "info");
}

#[test]
fn a_project_file_names_a_cache_and_an_edit_elsewhere_leaves_most_of_it() {
    let place = Place::new();
    let far = |n: i64| [1_700_000 + 100_000 * n, 4_400_000, 1_701_000 + 100_000 * n, 4_401_000];
    let hazard = |n: i64, class: &str| {
        Feature::new(serde_json::json!({"id": n, "class": class, "date": "2020-01-01"}), rectangle(far(n)))
    };
    let write = |last: &str| {
        let hazards: Vec<Feature> = (0..8).map(|n| hazard(n, if n == 7 { last } else { "suspected" })).collect();
        place.write("hazards.geojson", collection(&hazards));
    };
    fs::create_dir(place.path("project")).unwrap();
    let text = "out = \"../out\"\ncache = \"cache\"\n[[layer]]\nrole = \"hazards\"\npath = \"../hazards.geojson\"\n";
    place.write("project/remnant.toml", text);
    write("suspected");
    let (none, all) = reused(&place.run(&["project/remnant.toml"]).with(0));
    assert!(none == 0 && all >= 8, "{none} of {all}");
    assert!(place.path("project/cache").is_dir());
    write("confirmed");
    let (some, all) = reused(&place.run(&["project/remnant.toml", "--force"]).with(0));
    assert!(some < all && some + 4 >= all, "{some} of {all}");
    place.run(&["--hazards", "hazards.geojson", "--out", "plain"]).with(0);
    let tables = |folder: &str| fs::read(place.path(folder).join("districts.csv")).unwrap();
    assert!(tables("out") == tables("plain"));
}

#[test]
fn a_cache_that_is_no_folder_or_lies_in_the_output_is_refused() {
    let place = Place::new();
    let call = Scenario::sized(1, 3, 2).write(&place);
    place.write("file", "");
    for (cache, part) in [("file", "not a folder"), ("out", "output folder"), ("out/cache", "output folder")] {
        let call = [&call[..], &["--out", "out", "--cache", cache].map(str::to_owned)].concat();
        place.run(&call).with(2).saying(&["cache folder", part, "--cache"]);
        assert!(!place.path("out").exists());
    }
}

#[cfg(unix)]
#[test]
fn a_run_goes_on_without_a_cache_that_cannot_be_used() {
    let place = Place::new();
    let call = Scenario::sized(1, 3, 2).write(&place);
    place.run(&[&call[..], &["--out", "plain"].map(str::to_owned)].concat()).with(0);
    let want = files(&place.path("plain"));
    place.write("file", "");
    // Nothing can be made in these, whoever asks.
    for (n, cache) in ["file/below", "/proc/self/fd", "/dev/null/x"].into_iter().enumerate() {
        if cache.starts_with("/proc") && !Path::new(cache).is_dir() {
            continue;
        }
        let out = format!("out-{n}");
        let ended = place.run(&[&call[..], &["--out", &out, "--cache", cache].map(str::to_owned)].concat());
        ended.with(0).saying(&["warning: the cache is not used", "the figures are not affected"]);
        assert!(files(&place.path(&out)) == want, "{cache}");
    }
}

#[cfg(unix)]
#[test]
fn another_build_of_the_program_starts_anew() {
    let place = Place::new();
    let call = [&Scenario::sized(1, 3, 2).write(&place)[..], &["--cache", "kept"].map(str::to_owned)].concat();
    let run = |command: &mut Command, out: &str| {
        let command = command.current_dir(place.path("")).arg("run").args(&call).args(["--out", out]);
        reused(&finish(start(command)).with(0))
    };
    let (none, all) = run(&mut program(), "one");
    assert_eq!((none, run(&mut program(), "two")), (0, (all, all)));
    // The same program with a byte more at its end.
    let other = place.path("other");
    fs::copy(env!("CARGO_BIN_EXE_remnant"), &other).expect("a copy");
    OpenOptions::new().append(true).open(&other).and_then(|mut file| file.write_all(b"x")).expect("a byte more");
    assert_eq!(run(&mut Command::new(&other), "three"), (0, all));
    assert_eq!(run(&mut Command::new(&other), "four"), (all, all));
    let want = files(&place.path("one"));
    assert!(["two", "three", "four"].iter().all(|out| files(&place.path(out)) == want));
}
