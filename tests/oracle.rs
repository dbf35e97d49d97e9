//! Random scenarios and the hand cases against the independent check in `oracle/`.
//!
//! It needs a Python with shapely 2.1, pyproj and numpy: `REMNANT_PYTHON`, or else `python3`. Where there is none, the
//! tests say so and pass; `REMNANT_PYTHON` that does not work fails.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::call::{finish, start};
use crate::seed;

const PROBE: &str = "import shapely, pyproj, numpy, sys; \
                     sys.exit(tuple(map(int, shapely.__version__.split('.')[:2])) < (2, 1))";

/// A Python that can run the check.
fn python() -> Option<String> {
    let wanted = env::var("REMNANT_PYTHON").ok();
    let python = wanted.clone().unwrap_or_else(|| "python3".to_owned());
    let works = Command::new(&python).args(["-c", PROBE]).output().is_ok_and(|probe| probe.status.success());
    assert!(works || wanted.is_none(), "REMNANT_PYTHON has no shapely 2.1, pyproj and numpy");
    if !works {
        println!("skipped: no Python with shapely 2.1, pyproj and numpy; name one in REMNANT_PYTHON");
    }
    works.then_some(python)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle")
}

/// Runs a script of the check, which ends with 0 where everything agrees.
fn check(script: &str, arguments: &[&str]) {
    let Some(python) = python() else { return };
    let mut command = Command::new(python);
    // Its bytecode is not to be left among the sources.
    command.env("PYTHONDONTWRITEBYTECODE", "1").arg(folder().join(script)).args(arguments);
    let ended = finish(start(&mut command));
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
}

#[test]
fn the_hand_cases_agree_in_every_figure() {
    check("hand_cases.py", &["--remnant", env!("CARGO_BIN_EXE_remnant")]);
}

#[test]
fn random_scenarios_agree() {
    let work = tempfile::tempdir().expect("a temporary folder");
    let work = work.path().to_str().expect("a plain path");
    // The script takes both ends.
    let seeds = format!("{0}..{1}", seed::base() + 1, seed::base() + 12);
    check("random_check.py", &["--remnant", env!("CARGO_BIN_EXE_remnant"), "--seeds", &seeds, "--work", work]);
}
