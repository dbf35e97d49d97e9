//! Failures, stops, second runs and what killed runs leave.

use std::cell::Cell;

use super::*;

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
    let run = std::panic::AssertUnwindSafe(|| write(&broken, &sample::report(), &out, false, GO_ON));
    assert!(std::panic::catch_unwind(run).is_err());
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

#[test]
fn a_swap_that_fails_half_way_puts_the_former_folder_back() {
    let (folder, out) = scene();
    let report = sample::report();
    write_folder(&report, &out, false, GO_ON).expect("written");
    let before = contents(&out);
    let target = Target::find(&out).expect("there");
    for failing in 0..2 {
        let new = Temporary::create(&target).expect("made");
        let calls = Cell::new(0);
        let rename = |from: &Path, to: &Path| {
            if calls.replace(calls.get() + 1) == failing {
                Err(io::ErrorKind::Other.into())
            } else {
                fs::rename(from, to)
            }
        };
        let end = swap::swap(&target, &new.path, place::Former::Run, &rename);
        assert!(matches!(end, Err(Error::Failed(_))));
        assert_eq!(contents(&out), before);
        drop(new);
        assert_eq!(names(folder.path()), ["out"]);
    }
    // And where even that fails, the message says where it is, and the next run puts it back.
    let new = Temporary::create(&target).expect("made");
    let calls = Cell::new(0);
    let rename = |from: &Path, to: &Path| {
        if calls.replace(calls.get() + 1) >= 1 { Err(io::ErrorKind::Other.into()) } else { fs::rename(from, to) }
    };
    assert!(message(swap::swap(&target, &new.path, place::Former::Run, &rename)).contains("remnant-former"));
    drop(new);
    assert!(!out.exists());
    assert!(message(check_folder(&out, false, &[])).contains("--force"));
    assert_eq!(contents(&out), before);
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
