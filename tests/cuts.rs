//! Runs that are cut at every call into the file system, one after the other: the call fails, or goes half through, or the
//! process is killed just before or after it, or the folder goes away under it.
//!
//! `cuts/cut.c` stands between the program and its C library. An undisturbed run lists the calls; then each is cut in
//! each way that makes sense for it. Whatever happens, what was there before is there byte for byte, or the new output
//! is there, whole and the same as an undisturbed one; and the next run finds its way and leaves nothing beside it.
//!
//! A sample of the cuts runs with the other tests, spread over all kinds of calls and all ways; all of them with
//! `REMNANT_CUTS=all`.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::call::{Ended, Place, finish, program, start};
use crate::scenario::Scenario;

/// Cuts of a scene that run with the other tests.
const SAMPLE: usize = 90;
/// The same for commands that write one file, and for an input: they make few calls.
const SMALL_SAMPLE: usize = 30;

/// What stands under a name, or nothing: the files of a folder, or one file without a name.
type Content = Option<BTreeMap<String, Vec<u8>>>;

/// A call into the file system, as the undisturbed run made it.
#[derive(Debug, Clone)]
struct Call {
    changes: bool,
    needs_room: bool,
    writes: bool,
    /// The call and the file, without what differs from run to run.
    name: String,
}

/// A way to cut, and whether a call can be cut so.
type Way = (&'static str, fn(&Call) -> bool);

/// The ways to cut.
const WAYS: [Way; 8] = [
    ("eio", |_| true),
    ("enospc", |call| call.needs_room),
    ("full", |call| call.writes),
    ("erofs", |call| call.changes),
    ("dead", |_| true),
    ("before", |call| call.changes),
    ("after", |call| call.changes),
    ("gone", |call| call.changes),
];

/// What the system says where a way is met.
fn reasons(way: &str) -> &'static [&'static str] {
    match way {
        // SQLite does not say what the system told it; the file can be opened when it is asked for again.
        "eio" => &["Input/output error", "disk I/O error", "the disk may be failing"],
        "dead" => &["Input/output error", "disk I/O error"],
        "enospc" | "full" => &["No space left on device", "disk is full"],
        "erofs" => &["Read-only file system", "readonly database", "unable to open database", "disk I/O error"],
        _ => &[""],
    }
}

/// The shim, compiled; `None` where there is none for this system.
fn shim(place: &Place) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cuts/cut.c");
    let library = place.path("cut.so");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&library, &source])
        .args(["-ldl", "-lpthread"])
        .output()
        .is_ok_and(|o| o.status.success());
    let works = compiled && {
        let log = place.path("probe.log");
        let mut probe = program();
        cut(&mut probe, &library, place.path(""), "count", None).env("CUT_LOG", &log);
        probe.current_dir(place.path("")).args(["inspect", "none.geojson"]);
        finish(start(&mut probe));
        fs::read_to_string(log).is_ok_and(|log| log.contains("none.geojson"))
    };
    if works {
        return Some(library);
    }
    assert!(env::var_os("CI").is_none() || !cfg!(target_os = "linux"), "calls can't be cut here: is there a cc?");
    println!("skipped: calls can't be cut on this system");
    None
}

/// Has a command cut.
fn cut<'a>(command: &'a mut Command, library: &Path, root: PathBuf, way: &str, at: Option<usize>) -> &'a mut Command {
    command.env("LD_PRELOAD", library).env("CUT_ROOT", root.canonicalize().expect("a folder")).env("CUT_HOW", way);
    command.env("CUT_AT", at.map_or("-1".to_owned(), |at| at.to_string()))
}

fn read(path: &Path) -> Content {
    if path.is_file() {
        return Some(BTreeMap::from([(String::new(), fs::read(path).expect("a file"))]));
    }
    let entries = fs::read_dir(path).ok()?;
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.expect("an entry");
        (entry.file_name().into_string().expect("a plain name"), fs::read(entry.path()).expect("a file"))
    };
    Some(entries.map(file).collect())
}

/// The same, without what tells of the run.
fn timeless(mut content: Content) -> Content {
    if let Some(summary) = content.as_mut().and_then(|files| files.get_mut("summary.json")) {
        let mut json: serde_json::Value = serde_json::from_slice(summary).unwrap_or_default();
        if let Some(members) = json.as_object_mut() {
            members.remove("run");
            *summary = json.to_string().into_bytes();
        }
    }
    content
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A command that writes, and what stood there before.
struct Scene<'a> {
    place: &'a Place,
    library: &'a Path,
    what: &'static str,
    /// The command up to the name of its output.
    call: Vec<String>,
    /// The output, in the folder whose calls are cut.
    out: &'static str,
    /// A former output, or nothing.
    former: Option<PathBuf>,
    /// Whether names can be exchanged.
    exchange: bool,
    /// Cuts that run with the other tests.
    sample: usize,
}

/// What is counted.
#[derive(Default)]
struct Tally {
    calls: AtomicUsize,
    cuts: AtomicUsize,
    killed: AtomicUsize,
    failed: AtomicUsize,
    went_on: AtomicUsize,
    put_back: AtomicUsize,
    wrong: Mutex<Vec<String>>,
}

impl Scene<'_> {
    /// A folder of its own for a cut, with the former output in it.
    fn disk(&self, name: &str) -> PathBuf {
        let disk = self.place.path(name);
        fs::create_dir(&disk).expect("a folder");
        let out = disk.join(self.out);
        match &self.former {
            Some(former) if former.is_dir() => {
                fs::create_dir(&out).expect("a folder");
                for entry in fs::read_dir(former).expect("a folder") {
                    let entry = entry.expect("an entry");
                    fs::copy(entry.path(), out.join(entry.file_name())).expect("a copy");
                }
            }
            Some(former) => {
                fs::copy(former, &out).expect("a copy");
            }
            None => {}
        }
        disk
    }

    fn command(&self, disk: &str, force: bool) -> Command {
        let mut command = program();
        command.current_dir(self.place.path("")).args(&self.call).arg(format!("{disk}/{}", self.out));
        if force {
            command.arg("--force");
        }
        if !self.exchange {
            command.env("CUT_EXCHANGE", "no");
        }
        command
    }

    /// What an undisturbed run calls and writes.
    fn undisturbed(&self) -> (Vec<Call>, Content) {
        let disk = self.disk("whole");
        let log = self.place.path("calls.log");
        let mut command = self.command("whole", true);
        cut(&mut command, self.library, disk.clone(), "count", None).env("CUT_LOG", &log);
        finish(start(&mut command)).with(0);
        let content = timeless(read(&disk.join(self.out)));
        assert_eq!(names(&disk), [self.out]);
        let calls = fs::read_to_string(&log).expect("a log").lines().map(Call::of).collect();
        fs::remove_file(log).expect("a file");
        fs::remove_dir_all(disk).expect("a folder");
        (calls, content)
    }

    /// Cuts at every call, in every way, or at a sample of them.
    fn cut_everywhere(&self) {
        let (calls, new) = self.undisturbed();
        let former = self.former.as_ref().and_then(|former| read(former));
        assert_ne!(timeless(former.clone()), new, "the former output tells itself from the new one");
        let tally = Tally::default();
        tally.calls.store(calls.len(), Ordering::Relaxed);
        each(&chosen(&calls, &WAYS, self.sample, self.what.len()), &|&(way, at)| {
            if let Err(wrong) = self.cut_once(way, at, &calls[at], [&former, &new], &tally) {
                tally.lose(format!("{} cut {way} at call {at} ({}): {wrong}", self.what, calls[at].name));
            }
        });
        tally.tell(self.what);
    }

    fn cut_once(
        &self,
        way: &str,
        at: usize,
        call: &Call,
        [former, new]: [&Content; 2],
        tally: &Tally,
    ) -> Result<(), String> {
        let name = format!("disk-{way}-{at}");
        let (disk, out) = (self.disk(&name), self.place.path(&name).join(self.out));
        let mut command = self.command(&name, true);
        let child = start(cut(&mut command, self.library, disk.clone(), way, Some(at)));
        let ended = finish(child);
        tally.cuts.fetch_add(1, Ordering::Relaxed);
        self.judge(way, call, &ended, tally)?;
        let (now, beside) = (read(&out), names(&disk));
        let (is_former, is_new) = (now == *former, timeless(now.clone()) == *new);
        let killed = ended.code.is_none();
        // A folder that is gone is gone; and without exchanges there is a moment between two renames.
        let may_be_missing = way == "gone" || (killed || way == "dead") && !self.exchange;
        let right = match ended.code {
            Some(0) => is_new || way == "gone" && now.is_none(),
            // Where the disk stays dead, the swap can't be undone.
            Some(_) => is_former || way == "dead" && is_new || may_be_missing && now.is_none(),
            None => is_former || is_new || may_be_missing && now.is_none(),
        };
        if !right {
            return Err(format!("exit {:?}, and then {}: {}", ended.code, told(&now), ended.stderr));
        }
        if way != "gone" && (now.is_none() && former.is_some() || beside != [self.out]) {
            self.again(&name, [&now, former, new], tally)?;
        }
        let _ = fs::remove_dir_all(disk);
        Ok(())
    }

    /// Whether the end and the words are right.
    fn judge(&self, way: &str, call: &Call, ended: &Ended, tally: &Tally) -> Result<(), String> {
        let wrong = |why: &str| Err(format!("{why}: exit {:?}, {}", ended.code, ended.stderr));
        if ["panic", "fault"].iter().any(|word| ended.stderr.contains(word)) {
            return wrong("it has a fault");
        }
        match (way, ended.code) {
            ("before" | "after", None) => tally.killed.fetch_add(1, Ordering::Relaxed),
            ("before" | "after", _) => return wrong("it was not killed"),
            (_, Some(0)) => tally.went_on.fetch_add(1, Ordering::Relaxed),
            (_, Some(1 | 2)) => {
                let named = ended.stderr.contains(&format!("/{}", self.out));
                let said = reasons(way).iter().any(|reason| ended.stderr.contains(reason));
                if !ended.stderr.starts_with("error: ") || !named {
                    return wrong("it does not say where");
                }
                if !said && call.changes {
                    return wrong("it does not say why");
                }
                tally.failed.fetch_add(1, Ordering::Relaxed)
            }
            _ => return wrong("it ended in no known way"),
        };
        Ok(())
    }

    /// The next run: it puts back what was put aside, succeeds, and leaves nothing else.
    fn again(&self, name: &str, [now, former, new]: [&Content; 3], tally: &Tally) -> Result<(), String> {
        let disk = self.place.path(name);
        let out = disk.join(self.out);
        if now.is_none() && former.is_some() {
            let refused = finish(start(&mut self.command(name, false)));
            if refused.code != Some(2) || read(&out) != *former {
                return Err(format!("the former output is not put back: {}", refused.stderr));
            }
            tally.put_back.fetch_add(1, Ordering::Relaxed);
        }
        let ended = finish(start(&mut self.command(name, true)));
        if ended.code != Some(0) || timeless(read(&out)) != *new {
            return Err(format!("the next run fails with {:?}: {}", ended.code, ended.stderr));
        }
        if names(&disk) != [self.out] {
            return Err(format!("the next run leaves {:?}", names(&disk)));
        }
        Ok(())
    }
}

/// Where to cut in which way: at every call that can be cut so, or at a sample of so many, spread over all ways and all
/// kinds of calls; `phase` is for other samples in other scenes.
fn chosen(calls: &[Call], ways: &[Way], most: usize, phase: usize) -> Vec<(&'static str, usize)> {
    let all = env::var_os("REMNANT_CUTS").is_some_and(|cuts| cuts == "all");
    let mut cuts = Vec::new();
    for (way, can) in ways {
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, call) in calls.iter().enumerate().filter(|(_, call)| can(call)) {
            groups.entry(&call.name).or_default().push(at);
        }
        for group in groups.into_values() {
            // Of calls of a kind, some one.
            let one = (group.len() / 2 + phase) % group.len();
            cuts.extend(if all { group } else { vec![group[one]] }.into_iter().map(|at| (*way, at)));
        }
    }
    if all || cuts.len() <= most {
        return cuts;
    }
    let spread = |n: usize| cuts[(n * cuts.len() + phase % cuts.len()) / most % cuts.len()];
    (0..most).map(spread).collect()
}

/// Does something for each of many, on all cores.
fn each<T: Sync>(all: &[T], work: &(dyn Fn(&T) + Sync)) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(one);
                }
            });
        }
    });
}

impl Call {
    /// From a line of the log: kind, call, path.
    fn of(line: &str) -> Self {
        let mut words = line.splitn(3, ' ');
        let kind_of: u8 = words.next().and_then(|kind| kind.parse().ok()).expect("a kind");
        let (call, path) = (words.next().expect("a call"), words.next().expect("a path"));
        let file = path.rsplit('/').next().unwrap_or(path);
        // Numbers are those of processes; files of an output are told apart by their endings.
        let kind: String = match file.rsplit_once('.') {
            Some((stem, ending)) if !stem.is_empty() && !stem.starts_with('.') && stem != "summary" => {
                ending.to_owned()
            }
            _ => file.chars().filter(|c| !c.is_ascii_digit()).collect(),
        };
        Self {
            changes: kind_of & 1 == 1,
            needs_room: kind_of & 3 == 3,
            writes: kind_of == 7,
            name: format!("{call} {kind}"),
        }
    }
}

impl Tally {
    /// Something is not as it should be.
    fn lose(&self, what: String) {
        self.wrong.lock().expect("a list").push(what);
    }

    /// Prints the figures, and fails if anything was lost.
    fn tell(&self, what: &str) {
        let figure = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        let wrong = self.wrong.lock().expect("a list");
        println!(
            "{what}: {} calls, {} cuts: {} killed, {} failed with an error, {} went on; {} put back by the next run; \
             {} lost or wrong",
            figure(&self.calls),
            figure(&self.cuts),
            figure(&self.killed),
            figure(&self.failed),
            figure(&self.went_on),
            figure(&self.put_back),
            wrong.len()
        );
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

fn told(content: &Content) -> String {
    content.as_ref().map_or("nothing".to_owned(), |files| {
        files.iter().map(|(name, bytes)| format!("{name} ({})", bytes.len())).collect::<Vec<_>>().join(", ")
    })
}

/// Every format and every file that a run can write.
const EVERYTHING: [&str; 6] = ["--format", "gpkg,flatgeobuf,geoparquet", "--hxl", "--faces", "--threads", "1"];

/// A survey and a smaller former one, whose output is in `former`.
fn survey(place: &Place) -> Vec<String> {
    let mut survey = Scenario::sized(3, 9, 8);
    let call = |survey: &Scenario| {
        let mut call = vec!["run".to_owned()];
        call.extend(survey.write(place));
        call.extend(EVERYTHING.map(str::to_owned));
        call.push("--out".to_owned());
        call
    };
    let full = survey.clone();
    survey.hazards.truncate(4);
    let former = [call(&survey), vec!["former".to_owned()]].concat();
    place.call(&former).with(0);
    call(&full)
}

#[test]
fn a_run_that_is_cut_anywhere_leaves_the_former_folder_or_a_whole_new_one() {
    let place = Place::new();
    let Some(library) = shim(&place) else { return };
    let call = survey(&place);
    for (what, former, exchange) in [
        ("a run over a former one", true, true),
        ("a run over a former one, where names can't be exchanged", true, false),
        ("a first run", false, true),
    ] {
        let former = former.then(|| place.path("former"));
        let call = call.clone();
        let sample = SAMPLE;
        Scene { place: &place, library: &library, what, call, out: "out", former, exchange, sample }.cut_everywhere();
    }
}

#[test]
fn a_command_that_is_cut_anywhere_leaves_the_former_file_or_a_whole_new_one() {
    let place = Place::new();
    let Some(library) = shim(&place) else { return };
    let run = [survey(&place), vec!["new".to_owned()]].concat();
    place.call(&run).with(0);
    place.write("former.csv", "a former table").write("former.toml", "# a former project");
    let compare = ["compare", "former", "new", "--quiet", "--out"];
    let init = ["init", "hazards.geojson", "releases.geojson", "--output"];
    for (what, call, out, former) in
        [("compare", &compare[..], "moves.csv", "former.csv"), ("init", &init[..], "remnant.toml", "former.toml")]
    {
        for (former, exchange) in
            [(Some(place.path(former)), true), (Some(place.path(former)), false), (None, true), (None, false)]
        {
            let call = call.iter().map(|word| (*word).to_owned()).collect();
            let sample = SMALL_SAMPLE;
            Scene { place: &place, library: &library, what, call, out, former, exchange, sample }.cut_everywhere();
        }
    }
}

/// Layers of every format, whose files are read in different ways.
const LAYERS: [&str; 9] = [
    "hazards.geojson",
    "hazards.shp",
    "hazards.csv",
    "hazards.fgb",
    "hazards.gpkg",
    "hazards.parquet",
    "hazards.kml",
    "hazards.kmz",
    "hazards.zip",
];

/// A layer in a folder of its own, and a former output beside that folder: what one cut needs.
fn beside_input(place: &Place, name: &str, layer: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/formats");
    let folder = place.path(name);
    fs::create_dir_all(folder.join("in")).expect("a folder");
    let stem = layer.split('.').next().expect("a stem");
    let sides = ["dbf", "prj", "shx", "cpg"].map(|ending| format!("{stem}.{ending}"));
    for file in sides.iter().filter(|_| layer.ends_with(".shp")).map(String::as_str).chain([layer]) {
        fs::copy(fixtures.join(file), folder.join("in").join(file)).expect("a copy");
    }
    folder
}

fn reading(folder: &Path, layer: &str) -> Command {
    let mut command = program();
    command.current_dir(folder).args(["run", "--hazards", &format!("in/{layer}"), "--threads", "1", "--out", "out"]);
    command
}

/// Cuts the reading of a layer at every call, or at a sample of them.
fn cut_input(place: &Place, library: &Path, layer: &str, tally: &Tally) {
    let whole = beside_input(place, &format!("whole-{layer}"), layer);
    let log = whole.join("calls.log");
    let mut command = reading(&whole, layer);
    cut(&mut command, library, whole.join("in"), "count", None).env("CUT_LOG", &log);
    finish(start(&mut command)).with(0);
    let expected = timeless(read(&whole.join("out")));
    let calls: Vec<Call> = fs::read_to_string(&log).expect("a log").lines().map(Call::of).collect();
    tally.calls.fetch_add(calls.len(), Ordering::Relaxed);
    let ways: [Way; 3] = [("eio", |_| true), ("dead", |_| true), ("gone", |_| true)];
    let cuts = chosen(&calls, &ways, SMALL_SAMPLE, layer.len());
    each(&cuts, &|&(way, at)| {
        let folder = beside_input(place, &format!("cut-{layer}-{way}-{at}"), layer);
        let mut command = reading(&folder, layer);
        let ended = finish(start(cut(&mut command, library, folder.join("in"), way, Some(at))));
        tally.cuts.fetch_add(1, Ordering::Relaxed);
        let (now, said) = (timeless(read(&folder.join("out"))), &ended.stderr);
        let right = match ended.code {
            // Nothing hung on what failed: the figures are those of the whole file.
            Some(0) => {
                tally.went_on.fetch_add(1, Ordering::Relaxed);
                now == expected
            }
            Some(1 | 2) => {
                tally.failed.fetch_add(1, Ordering::Relaxed);
                let stem = layer.split('.').next().expect("a stem");
                now.is_none() && said.starts_with("error: ") && said.contains(&format!("in/{stem}."))
            }
            _ => false,
        };
        if !right || said.contains("panic") || said.contains("fault") {
            let call = &calls[at].name;
            tally.lose(format!("{layer} cut {way} at call {at} ({call}): {:?}, {}: {said}", ended.code, told(&now)));
        }
        let _ = fs::remove_dir_all(folder);
    });
}

#[test]
fn an_input_that_cannot_be_read_to_its_end_gives_an_error_and_never_other_figures() {
    let place = Place::new();
    let Some(library) = shim(&place) else { return };
    let tally = Tally::default();
    LAYERS.iter().for_each(|layer| cut_input(&place, &library, layer, &tally));
    tally.tell("inputs");
}

/// A cache of an earlier run of a smaller survey, or an empty one.
fn cached(place: &Place, name: &str, former: Option<&Path>) -> PathBuf {
    let folder = place.path(name);
    fs::create_dir_all(folder.join("kept")).expect("a folder");
    for entry in former.into_iter().flat_map(|former| fs::read_dir(former).expect("a folder")) {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), folder.join("kept").join(entry.file_name())).expect("a copy");
    }
    folder
}

#[test]
fn a_cache_that_fails_at_any_call_changes_no_figure_and_fails_no_run() {
    let place = Place::new();
    let Some(library) = shim(&place) else { return };
    let mut survey = Scenario::sized(3, 9, 8);
    let call = |arguments: &[String], out: &Path, cache: &Path| {
        let mut command = place.command(arguments);
        command.args(["--threads", "1", "--force", "--out"]).arg(out).arg("--cache").arg(cache);
        command
    };
    let full = survey.clone();
    survey.hazards.truncate(4);
    let smaller = survey.write(&place);
    finish(start(&mut call(&smaller, &place.path("smaller"), &place.path("former")))).with(0);
    let full = full.write(&place);
    let tally = Tally::default();
    for (what, former) in [("an empty cache", None), ("a cache", Some(place.path("former")))] {
        let (former, whole) = (former.as_deref(), format!("whole {what}"));
        let folder = cached(&place, &whole, former);
        let log = folder.join("calls.log");
        let mut command = call(&full, &folder.join("out"), &folder.join("kept"));
        cut(&mut command, &library, folder.join("kept"), "count", None).env("CUT_LOG", &log);
        finish(start(&mut command)).with(0).saying(&["came from the cache"]);
        let expected = timeless(read(&folder.join("out")));
        let calls: Vec<Call> = fs::read_to_string(&log).expect("a log").lines().map(Call::of).collect();
        tally.calls.fetch_add(calls.len(), Ordering::Relaxed);
        each(&chosen(&calls, &WAYS, SAMPLE, what.len()), &|&(way, at)| {
            let name = format!("{what} {way} {at}");
            let folder = cached(&place, &name, former);
            let command = || call(&full, &folder.join("out"), &folder.join("kept"));
            let ended = finish(start(cut(&mut command(), &library, folder.join("kept"), way, Some(at))));
            tally.cuts.fetch_add(1, Ordering::Relaxed);
            let now = timeless(read(&folder.join("out")));
            let mut right = match ended.code {
                Some(0) => {
                    tally.went_on.fetch_add(1, Ordering::Relaxed);
                    now == expected
                }
                None => {
                    tally.killed.fetch_add(1, Ordering::Relaxed);
                    matches!(way, "before" | "after") && now.is_none()
                }
                Some(_) => false,
            };
            // The next run is as if nothing had been.
            let next = finish(start(&mut command()));
            right &= next.code == Some(0) && timeless(read(&folder.join("out"))) == expected;
            right &= names(&folder.join("kept")).len() == 1 && !next.stderr.contains("figures are not affected");
            let said = [&ended.stderr, &next.stderr].map(String::as_str).join("\n");
            if !right || said.contains("panic") || said.contains("fault") {
                let call = &calls[at].name;
                let kept = names(&folder.join("kept"));
                tally.lose(format!("{what} cut {way} at call {at} ({call}): {:?}, {kept:?}: {said}", ended.code));
            }
            let _ = fs::remove_dir_all(folder);
        });
    }
    tally.tell("a cache");
}
