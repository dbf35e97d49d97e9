//! What the stages of a run take: each alone through the library, and those of a whole run as it tells its progress.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use rayon::prelude::*;
use remnant::pipeline::{self, Job, LayerSpec};
use remnant::progress::{Progress, Silent};
use remnant::read::{self, Feature, Request, Shape, Source, Wanted};
use remnant::report::{Report, Role};
use remnant::settings::{DatePolicy, Settings};
use remnant::write::write_folder;
use remnant_geometry::{Bounds, FaceClass, Footprint, RawPolygon, Window, WindowFaces};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::clock::{Moment, again};
use crate::floors;
use crate::{LAYERS, Lap};

/// Features decoded at a time, as a run does it.
const CHUNK: usize = 1024;

/// The stages that the library offers one by one.
pub fn alone(dir: &Path, format: &str) -> Result<Vec<Lap>, String> {
    let mut laps = Vec::new();
    let mut lap = |name: &str, took: (f64, f64)| laps.push(Lap::new(name, took.0, took.1));
    let paths = paths(dir, format);
    let (wall, cpu, bytes) = again(|| paths.iter().map(|p| floors::bytes(p)).collect::<Result<Vec<_>, _>>());
    bytes?;
    lap("read the bytes", (wall, cpu));

    let wanted = wanted();
    let (wall, cpu, sources) = again(|| open(&paths, &wanted));
    let sources = sources?;
    lap("open: read, hash, find the features", (wall, cpu));

    let decode = || -> Result<Vec<Vec<Feature>>, String> { sources.iter().map(|s| decode(s.as_ref())).collect() };
    let (wall, cpu, features) = again(decode);
    let features = features?;
    lap("decode the features", (wall, cpu));

    let grounds = || -> Vec<Footprint> { features.par_iter().flatten_iter().filter_map(footprint).collect() };
    let (wall, cpu, grounds) = again(grounds);
    lap("rings to footprints", (wall, cpu));

    let (wall, cpu, index) = again(|| index(&grounds));
    lap("index the footprints", (wall, cpu));

    let (wall, cpu, windows) = again(|| windows(&grounds));
    lap("find the windows", (wall, cpu));

    let start = Moment::now();
    let faces: u64 = windows
        .par_iter()
        .map_init(WindowFaces::default, |cutter, &window| faces(cutter, window, &grounds, &index))
        .sum::<Result<u64, String>>()?;
    lap(&format!("cut, node and sweep: {faces} faces of {} windows", windows.len()), Moment::now().since(start));
    Ok(laps)
}

/// The stages that [`upto`] can end with, in their order.
pub const STAGES: [(&str, &str); 10] = [
    ("nothing", "start of the process"),
    ("open", "open: read, hash, find the features"),
    ("decode", "decode the features"),
    ("footprints", "rings to footprints"),
    ("index", "index the footprints, find the windows"),
    ("faces", "cut, node and sweep"),
    ("account-tables", "a whole account, without shapes"),
    ("write-tables", "write the tables"),
    ("account-all", "a whole account, with shapes"),
    ("write-all", "write all outputs"),
];

/// Does the stages up to one once, for counts of instructions: what a stage takes is the difference to the one before.
pub fn upto(dir: &Path, last: &str) -> Result<(), String> {
    let at = STAGES.iter().position(|stage| stage.0 == last).ok_or_else(|| format!("{last}: no such stage"))?;
    if at > 5 {
        let report = account(dir, "fgb", at > 7, 1, &Silent)?;
        return if at % 2 == 1 { write(&report).map(|_| ()) } else { Ok(()) };
    }
    let wanted = wanted();
    let sources = if at >= 1 { open(&paths(dir, "fgb"), &wanted)? } else { Vec::new() };
    let features: Vec<Vec<Feature>> =
        if at >= 2 { sources.iter().map(|s| decode(s.as_ref())).collect::<Result<_, _>>()? } else { Vec::new() };
    let grounds: Vec<Footprint> = match at {
        3.. => features.iter().flatten().filter_map(footprint).collect(),
        _ => Vec::new(),
    };
    if at >= 4 {
        let (index, windows) = (index(&grounds), windows(&grounds));
        let mut cutter = WindowFaces::default();
        for &window in windows.iter().filter(|_| at >= 5) {
            faces(&mut cutter, window, &grounds, &index)?;
        }
    }
    Ok(())
}

fn paths(dir: &Path, format: &str) -> Vec<PathBuf> {
    LAYERS.iter().map(|layer| dir.join(format!("{layer}.{format}"))).collect()
}

fn wanted() -> Wanted {
    Wanted::new(["id", "code", "name", "class", "kind", "date"])
}

fn open(paths: &[PathBuf], wanted: &Wanted) -> Result<Vec<Box<dyn Source>>, String> {
    paths.iter().map(|p| read::open(&Request::of(p, wanted)).map_err(|e| e.to_string())).collect()
}

fn decode(source: &dyn Source) -> Result<Vec<Feature>, String> {
    let chunks: Vec<_> = (0..source.len()).step_by(CHUNK).map(|at| at..(at + CHUNK).min(source.len())).collect();
    let parts: Result<Vec<_>, _> = chunks.into_par_iter().map(|range| source.read(range)).collect();
    Ok(parts.map_err(|e| e.to_string())?.into_iter().flatten().collect())
}

fn footprint(feature: &Feature) -> Option<Footprint> {
    let Shape::Geometry(geo::Geometry::Polygon(polygon)) = &feature.shape else { return None };
    let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
    let rings = rings.map(|ring| ring.coords().map(|c| [c.x, c.y]).collect()).collect();
    Footprint::new(&[RawPolygon { rings }]).ok().map(|(footprint, _)| footprint)
}

type Index = RTree<GeomWithData<Rectangle<[i64; 2]>, u32>>;

fn index(grounds: &[Footprint]) -> Index {
    let entry = |(i, ground): (u32, &Footprint)| {
        let Bounds { min, max } = ground.bounds();
        GeomWithData::new(Rectangle::from_corners([min.x, min.y], [max.x, max.y]), i)
    };
    RTree::bulk_load((0..).zip(grounds).map(entry).collect())
}

fn windows(grounds: &[Footprint]) -> Vec<Window> {
    let reached = |ground: &Footprint| {
        let (rows, columns) = Window::reached(&ground.bounds());
        rows.flat_map(move |row| columns.clone().map(move |column| Window { row, column }))
    };
    let mut windows: Vec<Window> = grounds.par_iter().flat_map_iter(reached).collect();
    windows.par_sort_unstable();
    windows.dedup();
    windows
}

fn faces(cutter: &mut WindowFaces, window: Window, grounds: &[Footprint], index: &Index) -> Result<u64, String> {
    let bounds = window.bounds();
    let envelope = AABB::from_corners([bounds.min.x, bounds.min.y], [bounds.max.x, bounds.max.y]);
    let mut reaching: Vec<u32> = index.locate_in_envelope_intersecting(envelope).map(|e| e.data).collect();
    reaching.sort_unstable();
    let mut faces = 0;
    let records = reaching.iter().map(|&r| (r, &grounds[r as usize]));
    let cut = cutter.cut(window, records, None, &mut |_, _| {
        faces += 1;
        FaceClass::default()
    });
    cut.map(|()| faces).map_err(|e| e.to_string())
}

/// Notes when each stage begins.
#[derive(Default)]
struct Notes(Mutex<Vec<(String, Moment)>>);

impl Progress for Notes {
    fn stage(&self, what: &str, _: u64) {
        if let Ok(mut notes) = self.0.lock() {
            notes.push((what.to_owned(), Moment::now()));
        }
    }

    fn advance(&self, _: u64) -> bool {
        false
    }
}

/// A whole run, its stages as it tells them, and each file that it writes: `FORMAT,tables|all`.
pub fn run(dir: &Path, what: &str, threads: usize) -> Result<Vec<Lap>, String> {
    let (format, outputs) = what.split_once(',').ok_or("FORMAT,tables or FORMAT,all")?;
    let (notes, start) = (Notes::default(), Moment::now());
    let report = account(dir, format, outputs == "all", threads, &notes)?;
    let end = Moment::now();
    let mut marks = vec![("read, decode, understand".to_owned(), start)];
    // Layers are told one by one, and what is understood of all of them comes after the last.
    marks.extend(notes.0.into_inner().unwrap_or_default().into_iter().filter(|n| !n.0.starts_with("reading ")));
    let mut laps = Vec::new();
    for (at, (name, begin)) in marks.iter().enumerate() {
        let (wall, cpu) = marks.get(at + 1).map_or(end, |next| next.1).since(*begin);
        laps.push(Lap::new(name, wall, cpu));
    }
    laps.extend(write(&report)?);
    Ok(laps)
}

fn account(
    dir: &Path,
    format: &str,
    geometry: bool,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Report, String> {
    let roles = [Role::Districts, Role::Hazards, Role::Releases];
    let layer = |(role, path): (Role, PathBuf)| LayerSpec::new(role, path);
    let layers = roles.into_iter().zip(paths(dir, format)).map(layer).collect();
    let mut settings = Settings::new(jiff::civil::date(2025, 1, 15));
    settings.threads = Some(threads);
    settings.geometry = geometry;
    settings.dates = DatePolicy::Ignore;
    pipeline::run(&Job { layers, settings }, progress).map_err(|e| e.to_string())
}

fn write(report: &Report) -> Result<Vec<Lap>, String> {
    let out = std::env::temp_dir().join(format!("remnant-bench-{}", std::process::id()));
    let (before, begin) = (SystemTime::now(), Moment::now());
    write_folder(report, &out, true, &|| false).map_err(|e| e.to_string())?;
    let (wall, cpu) = Moment::now().since(begin);
    let mut laps = vec![Lap::new("write the folder", wall, cpu)];
    laps.extend(files(&out, before));
    fs::remove_dir_all(&out).map_err(|e| e.to_string())?;
    Ok(laps)
}

/// How long each file took that took long, told from when each was last changed: they are written one by one.
fn files(out: &Path, before: SystemTime) -> Vec<Lap> {
    let mut files: Vec<(SystemTime, String)> = fs::read_dir(out)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|f| Some((f.metadata().ok()?.modified().ok()?, f.file_name().to_string_lossy().into_owned())))
        .collect();
    files.sort();
    let mut last = before;
    let mut laps = Vec::new();
    for (time, name) in files {
        let took = time.duration_since(last).unwrap_or(Duration::ZERO).as_secs_f64();
        last = time;
        if took >= 0.01 {
            laps.push(Lap::new(format!("- {name}"), took, f64::NAN));
        }
    }
    laps
}
