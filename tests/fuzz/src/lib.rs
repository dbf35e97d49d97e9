//! What the parts of `remnant` that meet strangers must hold on any input whatever.
//!
//! A [`Target`] is a function of bytes that panics where something does not hold. The same functions run
//! - in `cargo test`: on every seed, every kept counter-example and some thousand mutations, the same every time
//!   (`tests/replay.rs`; `REMNANT_SEED` and `REMNANT_ROUNDS` ask for fresh ones),
//! - under libFuzzer, led by coverage (`tests/fuzz/run`, with instrumented code).
//!
//! | module | what |
//! |---|---|
//! | [`readers`] | every format through the public door of the library: layers, features, memory, the same twice |
//! | [`texts`] | systems, project files, published figures, output folders, words, well-known binary |
//! | [`rings`] | rings -> footprints, against winding numbers |
//! | [`faces`] | footprints -> faces: they fill their window, and say what covers a point |
//! | [`whole`] | three small layers through the whole account |
//! | [`parts`] | several files in one input |
//! | [`memory`] | how much an input may take |
//! | [`hostile`] | shapes of any size that cost more than they look |
//! | [`seeds`], [`mutate`] | inputs from the project's fixtures, and changed ones |

pub mod faces;
pub mod hostile;
pub mod memory;
pub mod mutate;
pub mod parts;
pub mod readers;
pub mod rings;
pub mod seeds;
pub mod texts;
pub mod whole;

use memory::Bound;

/// Something that is fuzzed.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name in calls, and that of its folder in `found/`.
    pub name: &'static str,
    /// The longest input that makes sense, in bytes.
    pub longest: usize,
    /// How much it may take.
    pub memory: Bound,
    /// Panics where something does not hold.
    pub run: fn(&[u8]),
}

const fn target(name: &'static str, longest: usize, memory: Bound, run: fn(&[u8])) -> Target {
    Target { name, longest, memory, run }
}

/// What a reader of plain content may take: some times its input, and what small tables take anyway.
const PLAIN: Bound = Bound { always: 16 << 20, times: 500 };

/// What may be unpacked from any archive or page, which the readers state as limits of their own.
const PACKED: Bound = Bound { always: 700 << 20, times: 3000 };

/// Every target.
pub const TARGETS: &[Target] = &[
    target("geojson", 4096, PLAIN, |data| readers::file("a.geojson", data)),
    target("csv", 4096, PLAIN, |data| readers::file("a.csv", data)),
    target("wkt", 2048, PLAIN, readers::wkt),
    target("turning-points", 2048, PLAIN, readers::turning_points),
    target("shapefile", 4096, PLAIN, readers::shapefile),
    target("flatgeobuf", 8192, PACKED, |data| readers::file("a.fgb", data)),
    target("geopackage", 32768, PACKED, readers::geopackage),
    target("geoparquet", 8192, PACKED, |data| readers::file("a.parquet", data)),
    target("kml", 8192, PLAIN, |data| readers::file("a.kml", data)),
    target("zip", 8192, PACKED, |data| readers::file("a.zip", data)),
    target("packed", 8192, PACKED, readers::packed),
    target("topojson", 4096, Bound { always: 80 << 20, times: 500 }, |data| readers::file("a.topojson", data)),
    target("inspect", 4096, PLAIN, readers::inspected),
    target("wkb", 2048, PACKED, texts::well_known_binary),
    target("crs", 2048, PLAIN, texts::system),
    target("words", 128, PLAIN, texts::words),
    target("project", 4096, PLAIN, texts::project),
    target("published", 4096, PLAIN, texts::published),
    target("compare", 65536, PLAIN, texts::compare),
    target("rings", 512, PLAIN, rings::check),
    target("faces", 512, PACKED, faces::check),
    target("whole", 8192, PACKED, whole::check),
];

/// The target of a name.
pub fn named(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Runs a target on an input; panics where something does not hold.
pub fn check(target: &Target, data: &[u8]) {
    let before = memory::begin();
    (target.run)(data);
    let taken = memory::peak_since(before);
    let bound = target.memory.of(data.len());
    assert!(taken <= bound, "{} bytes made it take {taken} bytes, more than {bound}", data.len());
}
