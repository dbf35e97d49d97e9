//! Failures, stops, second runs and what killed runs leave.

use std::cell::Cell;

use super::*;

/// Writes these files and no others.
fn write(outputs: &[Output], report: &Report, out: &Path, force: bool, stop: Stop<'_>) -> Result<()> {
    Claim::take(out, force, &[])?.write_these(outputs, report, stop)
}

/// A file that fails after some bytes, as on a full disk.
fn full(_: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    sink.write_all(b"some")?;
    Err(Halt::Io(io::ErrorKind::StorageFull.into()))
}

#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    let (folder, out) = scene();
    let mut report = sample::report();
    let broken = [
        OUTPUTS[0],
        Output { name: "zones.csv", needs_geometry: false, public: true, write: full },
        OUTPUTS[OUTPUTS.len() - 1],
    ];
    let text = message(write(&broken, &report, &out, false, GO_ON));
    assert!(text.contains("zones.csv") && text.contains("make room"), "{text}");
    assert_eq!(names(folder.path()), [""; 0]);
    write_folder(&report, &out, false, GO_ON).expect("written");
    let before = contents(&out);
    report.run.started = "later".to_owned();
    assert!(matches!(write(&broken, &report, &out, true, GO_ON), Err(Error::Failed(_))));
    assert_eq!(contents(&out), before);
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn a_panic_in_a_writer_leaves_everything_as_it_was() {
    fn panics(_: &Report, _: &mut Sink<'_>) -> Result<(), Halt> {
        panic!("a broken promise")
    }
    let (folder, out) = scene();
    let broken = [OUTPUTS[0], Output { name: "zones.csv", needs_geometry: false, public: true, write: panics }];
    let text = message(write(&broken, &sample::report(), &out, false, GO_ON));
    assert!(text.contains("zones.csv") && text.contains("a broken promise"), "{text}");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_stop_at_any_question_leaves_everything_as_it_was() {
    let (folder, out) = scene();
    let report = sample::report();
    write_folder(&report, &out, false, GO_ON).expect("written");
    let before = contents(&out);
    for last in 0..=OUTPUTS.len() {
        let asked = AtomicUsize::new(0);
        let stop = || asked.fetch_add(1, Ordering::SeqCst) == last;
        assert!(matches!(write_folder(&report, &out, true, &stop), Err(Error::Interrupted)), "question {last}");
        assert_eq!(contents(&out), before);
        assert_eq!(names(folder.path()), ["out"]);
    }
}

#[test]
fn a_second_run_at_once_is_refused() {
    let (folder, out) = scene();
    let report = sample::report();
    let (asked, second) = (AtomicUsize::new(0), Mutex::new(None));
    let stop = || {
        if asked.fetch_add(1, Ordering::SeqCst) == 0 {
            let told = (message(check_folder(&out, true, &[])), message(write_folder(&report, &out, true, GO_ON)));
            *second.lock().expect("no panic") = Some(told);
        }
        false
    };
    write_folder(&report, &out, false, &stop).expect("the first is not disturbed");
    let (checked, written) = second.into_inner().expect("no panic").expect("a second run");
    assert!(checked.contains("in use") && written.contains("in use"), "{checked}\n{written}");
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn many_runs_at_once_leave_one_whole_folder() {
    let (folder, out) = scene();
    let report = sample::report();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    if let Err(e) = write_folder(&report, &out, true, GO_ON) {
                        assert!(matches!(e, Error::Unusable(_)), "{e}");
                    }
                }
            });
        }
    });
    assert_eq!(names(&out).len(), OUTPUTS.len());
    assert_eq!(names(folder.path()), ["out"]);
}

/// A move that can't be done.
fn fails(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Other.into())
}

/// A place with a former run in it, claimed, and a new folder beside it.
fn begun() -> (TempDir, PathBuf, Claim, PathBuf) {
    let (folder, out) = scene();
    write_folder(&sample::report(), &out, false, GO_ON).expect("written");
    let claim = Claim::take(&out, true, &[]).expect("free");
    let new = claim.begin().expect("made");
    fs::write(new.join("zones.csv"), "new").expect("written");
    (folder, out, claim, new)
}

#[test]
fn two_folders_change_places_in_one_step_where_the_system_can() {
    let (folder, out, claim, new) = begun();
    let moves = Moves { rename: &|from, to| fs::rename(from, to), ..Moves::of_the_system() };
    claim.place(&new, place::Former::Run, &moves).expect("placed");
    assert_eq!(contents(&out), [("zones.csv".to_owned(), b"new".to_vec())]);
    assert!(!claim.abandon(), "too late");
    drop(claim);
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn a_swap_that_fails_half_way_puts_the_former_folder_back() {
    for failing in 0..2 {
        let (folder, out, claim, new) = begun();
        let before = contents(&out);
        let calls = Cell::new(0);
        let rename = |from: &Path, to: &Path| {
            if calls.replace(calls.get() + 1) == failing { fails(from, to) } else { fs::rename(from, to) }
        };
        let end = claim.place(&new, place::Former::Run, &Moves { rename: &rename, exchange: &fails });
        assert!(matches!(end, Err(Error::Failed(_))));
        assert_eq!(contents(&out), before);
        drop(claim);
        assert_eq!(names(folder.path()), ["out"]);
    }
}

#[test]
fn a_swap_that_can_t_even_be_undone_says_where_the_former_folder_is_and_the_next_run_puts_it_back() {
    let (_folder, out, claim, new) = begun();
    let before = contents(&out);
    let calls = Cell::new(0);
    let rename = |from: &Path, to: &Path| {
        if calls.replace(calls.get() + 1) >= 1 { fails(from, to) } else { fs::rename(from, to) }
    };
    let end = claim.place(&new, place::Former::Run, &Moves { rename: &rename, exchange: &fails });
    assert!(message(end).contains("remnant-former"));
    drop(claim);
    assert!(!out.exists());
    assert!(message(check_folder(&out, false, &[])).contains("--force"));
    assert_eq!(contents(&out), before);
}

#[test]
fn an_exchange_that_can_t_be_undone_loses_neither_folder() {
    for named in [false, true] {
        let (folder, out, claim, new) = begun();
        let before = contents(&out);
        // Something of the user's came into the former folder at the last moment.
        fs::write(out.join("notes.txt"), "mine").expect("written");
        let exchanged = Cell::new(false);
        let exchange = |one: &Path, other: &Path| {
            if exchanged.replace(true) {
                return fails(one, other);
            }
            let aside = folder.path().join("aside");
            fs::rename(one, &aside).and_then(|()| fs::rename(other, one)).and_then(|()| fs::rename(&aside, other))
        };
        let rename = |from: &Path, to: &Path| if named { fs::rename(from, to) } else { fails(from, to) };
        let end = claim.place(&new, place::Former::Run, &Moves { rename: &rename, exchange: &exchange });
        let text = message(end);
        drop(claim);
        let stands = names(folder.path()).into_iter().find(|name| name.starts_with(".out.remnant")).expect("kept");
        assert!(text.contains(&stands) && text.contains("notes.txt"), "{text}");
        let kept = contents(&folder.path().join(stands));
        assert!(before.iter().all(|file| kept.contains(file)));
        assert_eq!(contents(&out), [("zones.csv".to_owned(), b"new".to_vec())]);
    }
}

#[test]
fn a_claim_that_is_given_up_leaves_nothing_and_writes_nothing_more() {
    let (folder, out) = scene();
    let report = sample::report();
    write_folder(&report, &out, false, GO_ON).expect("written");
    let before = contents(&out);
    for last in 0..OUTPUTS.len() {
        let claim = Claim::take(&out, true, &[]).expect("free");
        let asked = AtomicUsize::new(0);
        let stop = || {
            if asked.fetch_add(1, Ordering::SeqCst) == last {
                assert!(claim.abandon(), "in time");
                assert_eq!(names(folder.path()), ["out"]);
            }
            false
        };
        assert!(matches!(claim.write(&report, &stop), Err(Error::Interrupted)), "question {last}");
        assert_eq!(contents(&out), before);
        assert!(matches!(claim.write(&report, GO_ON), Err(Error::Interrupted)));
        assert_eq!(names(folder.path()), ["out"]);
    }
}

#[test]
fn a_panic_at_any_question_leaves_everything_as_it_was() {
    let (folder, out) = scene();
    let report = sample::report();
    write_folder(&report, &out, false, GO_ON).expect("written");
    let before = contents(&out);
    for last in 0..=OUTPUTS.len() {
        let asked = AtomicUsize::new(0);
        let stop = || {
            assert!(asked.fetch_add(1, Ordering::SeqCst) != last, "by design");
            false
        };
        let text = message(write_folder(&report, &out, true, &stop));
        assert!(text.contains("by design") && text.contains("out"), "question {last}: {text}");
        assert_eq!(contents(&out), before);
        assert_eq!(names(folder.path()), ["out"]);
    }
}

#[test]
fn a_claim_is_good_for_one_run() {
    let (_folder, out) = scene();
    let claim = Claim::take(&out, true, &[]).expect("free");
    assert!(message(check_folder(&out, true, &[])).contains("in use"));
    claim.write(&sample::report(), GO_ON).expect("written");
    check_folder(&out, true, &[]).expect("free again");
    assert!(matches!(claim.write(&sample::report(), GO_ON), Err(Error::Failed(_))));
}

#[test]
fn an_input_that_changed_while_the_run_was_at_work_is_named_and_nothing_is_replaced() {
    let (folder, out) = scene();
    let input = folder.path().join("in.geojson");
    fs::write(&input, "one").expect("written");
    let mut report = sample::report();
    report.sources = vec![crate::read::Bytes::load(&input).expect("read").digest()];
    write_folder(&report, &out, false, GO_ON).expect("unchanged");
    let before = contents(&out);
    fs::write(&input, "two").expect("written");
    let text = message(write_folder(&report, &out, true, GO_ON));
    assert!(text.contains("in.geojson") && text.contains("changed"), "{text}");
    assert_eq!(contents(&out), before);
    assert_eq!(names(folder.path()), ["in.geojson", "out"]);
}

#[test]
fn what_killed_runs_left_is_cleared_and_nothing_else() {
    let (folder, out) = scene();
    let here = |name: &str| folder.path().join(name);
    let unfinished = here(".out.remnant-4711");
    fs::create_dir(&unfinished).expect("made");
    fs::write(unfinished.join(MARKER), &MARKER_TEXT[..20]).expect("written");
    fs::write(unfinished.join("zones.csv"), "half").expect("written");
    fs::create_dir(here(".out.remnant-4710")).expect("made");
    let whole = here(".out.remnant-4712-1");
    write_folder(&sample::report(), &whole, false, GO_ON).expect("written");
    let foreign = [".out.remnant-99", ".out.remnant-abc", ".outer.remnant-1", ".out.remnant-former-x"];
    for name in foreign {
        fs::create_dir(here(name)).expect("made");
        fs::write(here(name).join("zones.csv"), "mine").expect("written");
    }
    fs::write(here(".out.remnant-1"), "a file").expect("written");
    check_folder(&out, false, &[]).expect("free");
    assert_eq!(
        names(folder.path()),
        [".out.remnant-1", ".out.remnant-99", ".out.remnant-abc", ".out.remnant-former-x", ".outer.remnant-1"]
    );
}

#[test]
fn a_former_folder_left_by_a_killed_swap_is_put_back_or_removed() {
    let (folder, out) = scene();
    let report = sample::report();
    let aside = folder.path().join(".out.remnant-former-4711");
    write_folder(&report, &out, false, GO_ON).expect("written");
    let before = contents(&out);
    fs::rename(&out, &aside).expect("renamed");
    assert!(message(write_folder(&report, &out, false, GO_ON)).contains("--force"));
    assert_eq!(contents(&out), before);
    // Killed after the swap: both are there.
    fs::create_dir(&aside).expect("made");
    fs::write(aside.join("summary.json"), "{}").expect("written");
    write_folder(&report, &out, true, GO_ON).expect("written");
    assert_eq!(names(folder.path()), ["out"]);
}
