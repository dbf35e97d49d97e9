//! The folder under the faults that a disk, a user and a second run can bring.

mod faults;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;

use tempfile::TempDir;

use super::*;
use crate::write::{OUTPUTS, check_folder, sample, write_folder};

const GO_ON: Stop<'static> = &|| false;

fn scene() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    (folder, out)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|e| e.expect("a name").file_name().to_string_lossy().into())
        .collect();
    names.sort_unstable();
    names
}

/// Every file of a folder with its bytes.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    names(folder).into_iter().map(|n| (n.clone(), fs::read(folder.join(n)).expect("a file"))).collect()
}

fn message(result: Result<()>) -> String {
    result.expect_err("a refusal").to_string()
}

#[test]
fn a_run_fills_the_folder_and_leaves_nothing_beside_it() {
    let (folder, out) = scene();
    check_folder(&out, false, &[]).expect("free");
    assert_eq!(names(folder.path()), [""; 0], "a check leaves nothing");
    write_folder(&sample::report(), &out, false, GO_ON).expect("written");
    let mut expected: Vec<&str> = OUTPUTS.iter().map(|o| o.name).collect();
    expected.sort_unstable();
    assert_eq!(names(&out), expected);
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn without_geometry_there_are_no_shapes() {
    let (_folder, out) = scene();
    let mut report = sample::report();
    write_folder(&report, &out, false, GO_ON).expect("written");
    report.account.settings.geometry = false;
    write_folder(&report, &out, true, GO_ON).expect("written");
    assert!(names(&out).iter().all(|n| !n.ends_with(".geojson")));
    assert_eq!(names(&out).len(), OUTPUTS.iter().filter(|o| !o.needs_geometry).count());
}

#[test]
fn for_the_public_only_what_is_for_the_public_is_written() {
    let (_folder, out) = scene();
    let mut report = sample::report();
    report.account.settings.public = true;
    write_folder(&report, &out, false, GO_ON).expect("written");
    let mut expected: Vec<&str> = OUTPUTS.iter().filter(|o| o.public).map(|o| o.name).collect();
    expected.sort_unstable();
    assert_eq!(names(&out), expected);
    let (once, twice) = (report.public().account, report.public().public().account);
    assert_eq!((&once.zones, &once.plan, &once.findings), (&twice.zones, &twice.plan, &twice.findings), "asked twice");
}

#[test]
fn a_former_run_is_replaced_by_force_only() {
    let (folder, out) = scene();
    let mut report = sample::report();
    write_folder(&report, &out, false, GO_ON).expect("written");
    let before = contents(&out);
    report.run.started = "later".to_owned();
    assert!(message(check_folder(&out, false, &[])).contains("--force"));
    assert!(message(write_folder(&report, &out, false, GO_ON)).contains("--force"));
    assert_eq!(contents(&out), before);
    check_folder(&out, true, &[]).expect("may be replaced");
    fs::write(out.join(".DS_Store"), "of a file manager").expect("written");
    write_folder(&report, &out, true, GO_ON).expect("written");
    assert_ne!(contents(&out), before);
    assert!(!out.join(".DS_Store").exists());
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn files_of_others_are_never_replaced() {
    let (folder, out) = scene();
    let report = sample::report();
    fs::create_dir(&out).expect("made");
    write_folder(&report, &out, false, GO_ON).expect("an empty folder may be filled");
    fs::write(out.join("notes.txt"), "mine").expect("written");
    fs::create_dir(out.join("maps")).expect("made");
    for refusal in [check_folder(&out, true, &[]), write_folder(&report, &out, true, GO_ON)] {
        let text = message(refusal);
        assert!(text.contains("maps, notes.txt"), "{text}");
    }
    assert_eq!(fs::read(out.join("notes.txt")).expect("kept"), b"mine");

    let other = folder.path().join("other");
    fs::create_dir(&other).expect("made");
    for (name, content) in [("summary.json", "{\"program\":{\"name\":\"else\"}}"), ("summary.json", "{"), ("a", "b")] {
        fs::write(other.join(name), content).expect("written");
        assert!(message(check_folder(&other, true, &[])).contains("not the output of an earlier run"));
        assert!(message(write_folder(&report, &other, true, GO_ON)).contains("not the output of an earlier run"));
    }
}

#[test]
fn a_folder_that_came_to_life_in_the_swap_is_put_back() {
    let (folder, out) = scene();
    let report = sample::report();
    write_folder(&report, &out, false, GO_ON).expect("written");
    // The user saves a note after the last look, in the moment before the former folder goes aside.
    let asked = AtomicUsize::new(0);
    let note = out.join("notes.txt");
    let stop = || {
        if asked.fetch_add(1, Ordering::SeqCst) == OUTPUTS.len() {
            fs::write(&note, "mine").expect("written");
        }
        false
    };
    assert!(message(write_folder(&report, &out, true, &stop)).contains("notes.txt"));
    assert_eq!(fs::read(&note).expect("kept"), b"mine");
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn places_that_are_no_folder_are_refused() {
    let (folder, out) = scene();
    fs::write(&out, "a file").expect("written");
    assert!(message(check_folder(&out, true, &[])).contains("it is a file"));
    assert!(message(check_folder(&out.join("within"), true, &[])).contains("can't be used"));
    let missing = folder.path().join("missing").join("out");
    assert!(message(check_folder(&missing, true, &[])).contains("make that folder first"));
    assert!(message(check_folder(Path::new("/"), true, &[])).contains("root"));
    assert!(message(check_folder(Path::new("."), true, &[])).contains("current folder"));
    assert!(message(check_folder(Path::new(""), true, &[])).contains("no name"));
}

#[cfg(unix)]
#[test]
fn links_are_followed_to_their_end() {
    let (folder, out) = scene();
    let (real, link) = (folder.path().join("real"), &out);
    std::os::unix::fs::symlink(&real, link).expect("linked");
    assert!(message(check_folder(link, true, &[])).contains("link to nothing"));
    fs::create_dir(&real).expect("made");
    write_folder(&sample::report(), link, false, GO_ON).expect("written");
    write_folder(&sample::report(), link, true, GO_ON).expect("written");
    assert!(fs::symlink_metadata(link).expect("there").is_symlink());
    assert!(real.join("summary.json").exists());
    assert_eq!(names(folder.path()), ["out", "real"]);
}

#[cfg(unix)]
#[test]
fn what_is_no_lock_of_ours_is_never_followed_waited_for_or_removed() {
    let plant = |what: &str, lock: &Path, elsewhere: &Path| match what {
        "a link" => std::os::unix::fs::symlink(elsewhere, lock).expect("linked"),
        "a folder" => fs::create_dir(lock).expect("made"),
        "a file with content" => fs::write(lock, "mine").expect("written"),
        _ => {
            let made = std::process::Command::new("mkfifo").arg(lock).status();
            assert!(made.is_ok_and(|status| status.success()));
        }
    };
    for what in ["a link", "a folder", "a file with content", "something that is no file"] {
        let (folder, out) = scene();
        let lock = folder.path().join(".out.remnant-lock");
        plant(what, &lock, &folder.path().join("elsewhere"));
        for refusal in [check_folder(&out, true, &[]), write_folder(&sample::report(), &out, true, GO_ON)] {
            let text = message(refusal);
            assert!(text.contains(&format!("{what} stands")) && text.contains(".out.remnant-lock"), "{text}");
        }
        assert_eq!(names(folder.path()), [".out.remnant-lock"], "{what}");
        if what == "a file with content" {
            assert_eq!(fs::read(&lock).expect("kept"), b"mine");
        }
    }
    // One that a killed run has left is ours.
    let (folder, out) = scene();
    fs::write(folder.path().join(".out.remnant-lock"), "").expect("written");
    write_folder(&sample::report(), &out, true, GO_ON).expect("written");
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn inputs_are_never_taken_away() {
    let (folder, out) = scene();
    write_folder(&sample::report(), &out, false, GO_ON).expect("written");
    let within = out.join("remaining.geojson");
    assert!(message(check_folder(&out, true, &[&within])).contains("input"));
    assert!(message(check_folder(&out, true, &[folder.path()])).contains("input"));
    assert!(message(check_folder(&out, true, &[&out])).contains("input"));
    let free = folder.path().join("in.geojson");
    fs::write(&free, "{}").expect("written");
    check_folder(&out, true, &[&free, Path::new("not there")]).expect("nothing in common");
    assert!(message(check_folder(&free, true, &[&free])).contains("it is a file"));
    #[cfg(unix)]
    {
        let link = folder.path().join("link.geojson");
        std::os::unix::fs::symlink(&within, &link).expect("linked");
        assert!(message(check_folder(&out, true, &[&link])).contains("input"));
        let bait = out.join("zones.csv");
        fs::remove_file(&bait).expect("removed");
        std::os::unix::fs::symlink(&free, &bait).expect("linked");
        assert!(message(check_folder(&out, true, &[&bait])).contains("input"), "an input that is a link in the folder");
    }
}

#[cfg(unix)]
#[test]
fn a_parent_that_can_t_be_written_to_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, out) = scene();
    let mode = |bits| fs::set_permissions(folder.path(), fs::Permissions::from_mode(bits)).expect("set");
    mode(0o555);
    // The administrator may write everywhere; there is nothing to test then.
    let almighty = fs::write(folder.path().join("probe"), "").is_ok();
    let checked = check_folder(&out, false, &[]);
    let written = write_folder(&sample::report(), &out, false, GO_ON);
    mode(0o755);
    if !almighty {
        assert!(message(checked).contains("can't be written to"));
        assert!(message(written).contains("can't be written to"));
    }
}
