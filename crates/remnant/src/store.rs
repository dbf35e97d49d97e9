//! How much memory a run may take, and the corners of records and of shapes that are put on the disk where there are more.
//!
//! Corners are what a survey has most of, and a window needs those of few records; shapes are drawn window by window, and
//! written one after the other. Beyond the budget they lie in a file without a name, which goes when the run ends, however
//! it ends.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use remnant_geometry::{Bytes, Footprint, Outline, Shelf};

use crate::error::{Error, Location, Result};
use crate::records::{HazardGround, Survey};

/// What a record takes from beginning to end, without its corners, in bytes: measured, and rounded up.
const RECORD_BYTES: u64 = 320;

/// Bytes of a corner.
const CORNER_BYTES: u64 = 8;

/// Bytes that are put on the disk at a time.
const BATCH: u64 = 4 << 20;

/// The memory of a run.
pub(crate) struct Store {
    /// From so many bytes of records on, corners go to the disk.
    most: u64,
    /// Bytes of records and their corners, without corners on the disk.
    held: AtomicU64,
    /// From so many bytes of records and shapes on, shapes go to the disk.
    most_with_shapes: u64,
    shapes: AtomicU64,
    disk: OnceLock<Disk>,
}

/// The file, and how much of it is written.
struct Disk {
    kept: Arc<Kept>,
    /// Of its corners.
    shelf: Arc<Shelf>,
    end: AtomicU64,
}

impl Disk {
    /// Adds bytes, and gives their place, which is a whole number of corners.
    fn put(&self, bytes: &[u8]) -> Result<u64> {
        let place = self.end.fetch_add((bytes.len() as u64).next_multiple_of(CORNER_BYTES), Ordering::Relaxed);
        write_at(&self.kept.file, bytes, place).map_err(|error| {
            let what = match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "the records and their shapes need more memory than they may have, and the disk has no room for them"
                }
                _ => NOT_PUT,
            };
            Error::unusable(what, Location::file(&self.kept.folder), error, REMEDY)
        })?;
        Ok(place)
    }
}

impl Store {
    /// A store within a budget in bytes; where none is given, half of the memory that the system lets this process have.
    pub(crate) fn new(budget: Option<u64>) -> Self {
        let budget = budget.or_else(|| Some(memory_there_is()? / 2)).unwrap_or(u64::MAX);
        // The rest is for what the records come to.
        Self {
            most: budget / 2,
            held: AtomicU64::new(0),
            most_with_shapes: budget - budget / 4,
            shapes: AtomicU64::new(0),
            disk: OnceLock::new(),
        }
    }

    /// Whether there are more records than memory has room for.
    pub(crate) fn is_full(&self) -> bool {
        self.held.load(Ordering::Relaxed) > self.most
    }

    fn disk(&self) -> Result<&Disk> {
        if let Some(disk) = self.disk.get() {
            return Ok(disk);
        }
        let folder = folder();
        let file = tempfile::tempfile_in(&folder)
            .map_err(|error| Error::unusable(NOT_PUT, Location::file(&folder), error, REMEDY))?;
        Ok(self.disk.get_or_init(|| {
            let kept = Arc::new(Kept { file, folder });
            let shelf = Arc::new(Shelf::elsewhere(kept.clone()));
            Disk { kept, shelf, end: AtomicU64::new(0) }
        }))
    }

    /// Puts corners on the disk, as bytes, and gives the place of the first one.
    fn put(&self, bytes: &[u8]) -> Result<(Arc<Shelf>, u64)> {
        let disk = self.disk()?;
        Ok((Arc::clone(&disk.shelf), disk.put(bytes)? / CORNER_BYTES))
    }

    /// Counts ground that is not a record's own, and puts its corners on the disk where the store is full.
    pub(crate) fn keep<'a>(&self, grounds: impl Iterator<Item = &'a mut Footprint>) -> Result<()> {
        let grounds: Vec<&mut Footprint> = grounds.collect();
        let corners: usize = grounds.iter().map(|ground| ground.len()).sum();
        let bytes = size_of::<Footprint>() * grounds.len() + CORNER_BYTES as usize * corners;
        self.held.fetch_add(bytes as u64, Ordering::Relaxed);
        if self.is_full() { self.put_aside(grounds.into_iter()) } else { Ok(()) }
    }

    /// Puts the corners of ground that was counted on the disk.
    fn put_aside<'a>(&self, grounds: impl Iterator<Item = &'a mut Footprint>) -> Result<()> {
        in_batches(grounds, (BATCH / CORNER_BYTES) as usize, |corners| {
            let done = self.put(&Shelf::bytes(&corners))?;
            self.held.fetch_sub(CORNER_BYTES * corners.len() as u64, Ordering::Relaxed);
            Ok(done)
        })
    }

    /// Looks at shapes of which so many bytes were seen before, and puts those on the disk that are whole, where they are
    /// many and memory is full, or few of them too where nothing more comes. Tells how many bytes are left.
    pub(crate) fn draw(&self, outline: &mut Outline, seen: u64, last: bool) -> Result<u64> {
        let held = outline.held();
        let all = self.shapes.fetch_add(held - seen, Ordering::Relaxed) + held - seen;
        let full = self.held.load(Ordering::Relaxed) + all > self.most_with_shapes;
        if !full || held < BATCH && !last || held == 0 {
            return Ok(held);
        }
        let disk = self.disk()?;
        let bytes: Arc<dyn Bytes> = disk.kept.clone();
        outline.put_aside(&bytes, |bytes| disk.put(bytes))?;
        self.shapes.fetch_sub(held, Ordering::Relaxed);
        Ok(0)
    }
}

const NOT_PUT: &str = "the records and their shapes need more memory than they may have, and can't be put on the disk";

const REMEDY: &str = "give more memory with --memory, free some room, or name a folder on a larger disk in TMPDIR";

/// Watches the records of a layer as they come, and puts their corners on the disk where the store is full.
pub(crate) struct Watch<'s> {
    store: &'s Store,
    /// The records that were looked at.
    seen: [usize; 2],
    /// The records whose corners were put on the disk.
    put: [usize; 2],
    /// Bytes of corners that were looked at and not put there.
    waiting: u64,
}

impl<'s> Watch<'s> {
    /// Nothing yet.
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store, seen: [0; 2], put: [0; 2], waiting: 0 }
    }

    /// Looks at the records that came since the last look.
    pub(crate) fn look(&mut self, survey: &mut Survey) -> Result<()> {
        let corners = |ground: &Footprint| CORNER_BYTES * ground.len() as u64;
        let hazards = survey.hazards[self.seen[0]..].iter().map(|hazard| match &hazard.ground {
            HazardGround::Area(ground) => corners(ground),
            HazardGround::Points(_) => 0,
        });
        let releases = survey.releases[self.seen[1]..].iter().map(|release| corners(&release.ground));
        let (count, bytes) = hazards.chain(releases).fold((0, 0), |(n, sum), bytes| (n + 1, sum + bytes));
        self.seen = [survey.hazards.len(), survey.releases.len()];
        self.waiting += bytes;
        self.store.held.fetch_add(count * RECORD_BYTES + bytes, Ordering::Relaxed);
        if self.store.is_full() && self.waiting >= BATCH { self.put(survey) } else { Ok(()) }
    }

    /// Puts the rest on the disk, where the store is full.
    pub(crate) fn end(mut self, survey: &mut Survey) -> Result<()> {
        self.look(survey)?;
        if self.store.is_full() { self.put(survey) } else { Ok(()) }
    }

    /// Looks over all records, which were counted before, for corners that are in memory though the store is full.
    pub(crate) fn again(mut self, survey: &mut Survey) -> Result<()> {
        if self.store.is_full() { self.put(survey) } else { Ok(()) }
    }

    fn put(&mut self, survey: &mut Survey) -> Result<()> {
        self.store.put_aside(grounds(survey, self.put))?;
        self.put = self.seen;
        self.waiting = 0;
        Ok(())
    }
}

/// Puts the corners of all records side by side: apart they take more memory, which comes back in pieces.
pub(crate) fn together(survey: &mut Survey) {
    let put = |corners| Ok((Arc::new(Shelf::here(corners)), 0));
    let all = grounds(survey, [0; 2]).map(|ground| ground.len()).sum();
    // In memory there is nothing that could fail.
    let _: Result<()> = in_batches(grounds(survey, [0; 2]), all, put);
}

/// The ground of hazards and releases from some places on.
fn grounds(survey: &mut Survey, [hazards, releases]: [usize; 2]) -> impl Iterator<Item = &mut Footprint> {
    let hazards = survey.hazards[hazards..].iter_mut().filter_map(|hazard| match &mut hazard.ground {
        HazardGround::Area(ground) => Some(ground),
        HazardGround::Points(_) => None,
    });
    hazards.chain(survey.releases[releases..].iter_mut().map(|release| &mut release.ground))
}

/// Puts corners on shelves, so many at a time; `put` gives the shelf and the place of the first one there.
fn in_batches<'a>(
    grounds: impl Iterator<Item = &'a mut Footprint>,
    most: usize,
    put: impl Fn(Vec<[u32; 2]>) -> Result<(Arc<Shelf>, u64)>,
) -> Result<()> {
    let (mut corners, mut batch) = (Vec::new(), Vec::new());
    let flush = |corners: &mut Vec<[u32; 2]>, batch: &mut Vec<(&mut Footprint, u64)>| -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let (shelf, place) = put(std::mem::take(corners))?;
        batch.drain(..).for_each(|(ground, from)| ground.put_on(&shelf, place + from));
        Ok(())
    };
    for ground in grounds {
        if corners.is_empty() {
            corners.reserve_exact(most);
        }
        let from = corners.len() as u64;
        if ground.pack(&mut corners) {
            batch.push((ground, from));
        }
        if corners.len() >= most {
            flush(&mut corners, &mut batch)?;
        }
    }
    flush(&mut corners, &mut batch)
}

/// A file that only grows, and has no name by which anyone else could change it; and the folder on whose disk it lies.
struct Kept {
    file: File,
    folder: PathBuf,
}

impl Bytes for Kept {
    fn read(&self, place: u64, into: &mut [u8]) -> io::Result<()> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", self.folder.display()));
        read_at(&self.file, into, place).map_err(named)
    }
}

/// Fills a buffer from a place in a file, without a place that threads would share.
#[cfg(unix)]
pub(crate) fn read_at(file: &File, into: &mut [u8], place: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, place)
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], place: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, place)
}

/// Fills a buffer from a place in a file, without a place that threads would share.
#[cfg(windows)]
pub(crate) fn read_at(file: &File, mut into: &mut [u8], mut place: u64) -> io::Result<()> {
    while !into.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, into, place)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        (into, place) = (&mut into[count..], place + count as u64);
    }
    Ok(())
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut place: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_write(file, bytes, place)?;
        (bytes, place) = (&bytes[count..], place + count as u64);
    }
    Ok(())
}

/// The folder for what outgrows memory: that of TMPDIR, or the one for large files (by the Filesystem Hierarchy Standard,
/// where /tmp is often memory itself), or what the system has.
fn folder() -> PathBuf {
    let large = PathBuf::from("/var/tmp");
    if std::env::var_os("TMPDIR").is_none() && large.is_dir() { large } else { std::env::temp_dir() }
}

/// The bytes of memory that this process may have: those of the machine, or of its control group where that has fewer.
fn memory_there_is() -> Option<u64> {
    let meminfo = std::fs::read_to_string("/proc/meminfo").ok()?;
    let total = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let machine = total.split_whitespace().next()?.parse::<u64>().ok()?.saturating_mul(1024);
    let groups = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    Some(limit_of(&groups, Path::new("/sys/fs/cgroup")).map_or(machine, |limit| limit.min(machine)))
}

/// The least bytes that control groups leave to a process: its own ones (as the system lists them, a line each) and those
/// that these lie in. A container often sees none but the outermost, as its own.
fn limit_of(groups: &str, mounted: &Path) -> Option<u64> {
    // Where the limit stands for the first version of control groups, and for the second, which may lie beside it.
    let files = |controllers: &str| -> &[(&str, &str)] {
        match controllers {
            "" => &[("", "memory.max"), ("unified", "memory.max")],
            some if some.split(',').any(|one| one == "memory") => &[("memory", "memory.limit_in_bytes")],
            _ => &[],
        }
    };
    let mut least: Option<u64> = None;
    for line in groups.lines() {
        let Some((controllers, path)) = line.split_once(':').and_then(|(_, rest)| rest.split_once(':')) else {
            continue;
        };
        for group in Path::new(path.trim_start_matches('/')).ancestors() {
            for (folder, file) in files(controllers) {
                let limit = std::fs::read_to_string(mounted.join(folder).join(group).join(file));
                let limit = limit.ok().and_then(|text| text.trim().parse::<u64>().ok());
                least = least.into_iter().chain(limit).min();
            }
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use remnant_geometry::{Point, RawPolygon};

    use super::*;
    use crate::guard;
    use crate::records::{Fate, Hazard, HazardClass, Origin};

    fn hazards(count: usize) -> Survey {
        let hazard = |n: usize| {
            let (x, y) = (10.0 + (n % 100) as f64 * 0.01, 40.0 + (n / 100) as f64 * 0.01);
            let ring = vec![[x, y], [x + 0.008, y], [x + 0.009, y + 0.008], [x, y + 0.009]];
            let ground = Footprint::new(&[RawPolygon { rings: vec![ring] }]).expect("a footprint").0;
            Hazard {
                origin: Origin { layer: 0, feature: n as u64 + 1 },
                id: n.to_string().into(),
                class: HazardClass::Suspected,
                date: None,
                accuracy_m: None,
                stated_area_m2: None,
                fate: Fate::Used,
                ground: if n % 10 == 9 { HazardGround::Points(Vec::new()) } else { HazardGround::Area(ground) },
            }
        };
        Survey { hazards: (0..count).map(hazard).collect(), ..Survey::default() }
    }

    fn kept(survey: &Survey) -> usize {
        let kept = |hazard: &&Hazard| matches!(&hazard.ground, HazardGround::Area(ground) if ground.is_put_aside());
        survey.hazards.iter().filter(kept).count()
    }

    #[test]
    fn records_are_the_same_whether_there_is_memory_for_them_or_not() {
        let plain = hazards(1000);
        for (budget, all) in [(Some(u64::MAX), false), (Some(2), true), (Some(300_000), true), (None, false)] {
            let store = Store::new(budget);
            let (mut survey, mut watch) = (Survey::default(), Watch::new(&store));
            for part in plain.hazards.chunks(64) {
                let mut part = Survey { hazards: part.to_vec(), ..Survey::default() };
                together(&mut part);
                survey.append(part);
                watch.look(&mut survey).expect("room on the disk");
            }
            watch.end(&mut survey).expect("room on the disk");
            assert_eq!(kept(&survey), if all { 900 } else { 0 }, "{budget:?}");
            assert_eq!(survey, plain);
        }
    }

    #[test]
    fn ground_that_is_not_a_records_own_is_put_aside_beside_records() {
        let ground = |survey: Survey| {
            survey.hazards.into_iter().filter_map(|hazard| match hazard.ground {
                HazardGround::Area(ground) => Some(ground),
                HazardGround::Points(_) => None,
            })
        };
        let plain: Vec<Footprint> = ground(hazards(100)).collect();
        let bytes = plain.iter().map(|ground| ground.len() as u64 * CORNER_BYTES).sum::<u64>();
        let all = bytes + (plain.len() * size_of::<Footprint>()) as u64;
        for (most, kept) in [(all, true), (all - 1, false)] {
            let (store, mut grounds) = (Store::new(Some(2 * most)), plain.clone());
            store.keep(grounds.iter_mut()).expect("room on the disk");
            assert_eq!(grounds, plain);
            assert!(grounds.iter().all(|ground| ground.is_put_aside() != kept), "{most}");
            assert_eq!(store.held.into_inner(), if kept { all } else { all - bytes });
        }
    }

    #[test]
    fn shapes_are_the_same_whether_there_is_memory_for_them_or_not() {
        let triangle = |n: i64| {
            let [x, y] = [n << 20, n << 21];
            vec![vec![Point { x, y }, Point { x: x + 9, y }, Point { x, y: y + 7 }]]
        };
        let mut outline = Outline::default();
        (0..50).for_each(|n| outline.entering(1 + n % 3).expect("a class").polygon(triangle(n.into())));
        let (held, shapes) = (outline.held(), outline.clone().shapes());
        assert!(held > 50 * 48 && held < BATCH);
        // Few of them go only where nothing more comes, and what was seen before is not counted twice.
        let stays = [(u64::MAX, true), (2, false), (2 * held, true)];
        let goes = [(held, true), (4 * held / 3 - 4, true)];
        for ((budget, last), left) in stays.map(|case| (case, held)).into_iter().chain(goes.map(|case| (case, 0))) {
            let (store, mut drawn) = (Store::new(Some(budget)), outline.clone());
            assert_eq!(store.draw(&mut drawn, 0, false).expect("room on the disk"), held);
            assert_eq!(store.draw(&mut drawn, held, last).expect("room on the disk"), left, "{budget} {last}");
            assert_eq!((drawn.held(), store.shapes.into_inner()), (left, left));
            assert_eq!(drawn.shapes(), shapes);
        }
    }

    #[test]
    fn a_disk_that_fails_is_no_fault_of_the_program() {
        let store = Store::new(Some(2));
        let (mut survey, watch) = (hazards(10), Watch::new(&store));
        watch.end(&mut survey).expect("room on the disk");
        store.disk().expect("it was used").kept.file.set_len(0).expect("a file");
        let read = || {
            survey.hazards.iter().map(|hazard| matches!(&hazard.ground, HazardGround::Area(a) if a.edges().count() > 9))
        };
        let trouble = match guard::caught("x", || Location::file("x"), || Ok(read().any(|large| large))) {
            Err(Error::Failed(trouble)) => trouble,
            other => panic!("{other:?}"),
        };
        assert_eq!(trouble.what, "the disk does not give back what was put aside there, so nothing was written");
        assert!(trouble.why.contains(&folder().display().to_string()), "{}", trouble.why);
    }

    #[test]
    fn the_limits_of_control_groups_hold() {
        let root = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("room");
            std::fs::write(path, text).expect("room");
        };
        let limit = |groups: &str| limit_of(groups, root.path());
        assert_eq!(limit("0::/a/b\n4:memory:/a\n"), None);
        write("memory/limits/of/memory.limit_in_bytes", "9000\n");
        write("memory/limits/memory.limit_in_bytes", "7000\n");
        write("memory/memory.limit_in_bytes", "9223372036854771712\n");
        write("memory.max", "max\n");
        write("slice/memory.max", "5000\n");
        write("unified/other/memory.max", "3000\n");
        // The least of the own one and of those that it lies in, whichever of them are seen.
        assert_eq!(limit("5:cpu,memory:/limits/of\n4:cpuset:/\n"), Some(7000));
        assert_eq!(limit("4:memory:/there/is/none\n"), Some(9223372036854771712));
        assert_eq!(limit("0::/slice/run.scope\n"), Some(5000));
        assert_eq!(limit("4:memory:/limits\n0::/other\n"), Some(3000));
        assert_eq!(limit("0::/\n"), None);
    }

    #[test]
    fn half_of_the_machine_is_taken_where_nobody_says_how_much() {
        if let Some(there_is) = memory_there_is() {
            assert!(there_is > 1 << 20);
            assert_eq!(Store::new(None).most, there_is / 4);
        }
    }
}
