//! What a run is asked to do.

use jiff::civil::Date;

/// Whether dates count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DatePolicy {
    /// Records are replayed in order of their dates.
    #[default]
    Replay,
    /// Every record is treated as undated.
    Ignore,
}

impl DatePolicy {
    /// The word for it in calls and outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Ignore => "ignore",
        }
    }
}

/// What a release does on land that no hazard covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutsidePolicy {
    /// It is accounted for separately: for layers that keep released hazards.
    #[default]
    Separate,
    /// The land counts as recorded and released at the same moment: for programmes that take released land off the
    /// hazard layer.
    Baseline,
}

impl OutsidePolicy {
    /// The word for it in calls and outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Separate => "separate",
            Self::Baseline => "baseline",
        }
    }
}

/// A format in which the layers are written beside GeoJSON, which is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// GeoJSON: the files that the interface names.
    GeoJson,
    /// One GeoPackage with all layers and tables, and a project file for QGIS.
    GeoPackage,
    /// A FlatGeobuf file for each layer.
    FlatGeobuf,
    /// A GeoParquet file for each layer.
    GeoParquet,
}

impl Format {
    /// The words for them in calls and project files.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("geojson", Self::GeoJson),
        ("gpkg", Self::GeoPackage),
        ("flatgeobuf", Self::FlatGeobuf),
        ("geoparquet", Self::GeoParquet),
    ];
}

/// The settings of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The date of the account; by default the latest date in the data that is not after the day of the run.
    pub as_of: Option<Date>,
    /// The date from whose end the period of the balance runs.
    pub since: Option<Date>,
    /// Whether dates count.
    pub dates: DatePolicy,
    /// What a release does outside hazards.
    pub outside: OutsidePolicy,
    /// Land this near to contaminated land is `near`, in metres.
    pub safety_distance_m: f64,
    /// Whether shapes are drawn, or tables only are wanted.
    pub geometry: bool,
    /// The formats of the layers beside GeoJSON.
    pub formats: Vec<Format>,
    /// Whether CSV files have a second row with HXL hashtags.
    pub hxl: bool,
    /// Whether every face is written, with the records that cover it. Needs shapes.
    pub faces: bool,
    /// The number of threads; `None` for one for each core.
    pub threads: Option<usize>,
    /// The day of the run: dates after it are doubtful.
    pub today: Date,
}

impl Settings {
    /// The default settings for a day.
    pub fn new(today: Date) -> Self {
        Self {
            as_of: None,
            since: None,
            dates: DatePolicy::default(),
            outside: OutsidePolicy::default(),
            safety_distance_m: 100.0,
            geometry: true,
            formats: Vec::new(),
            hxl: false,
            faces: false,
            threads: None,
            today,
        }
    }
}

impl Settings {
    /// The threads of a run.
    pub(crate) fn pool(&self) -> crate::error::Result<rayon::ThreadPool> {
        let mut pool = rayon::ThreadPoolBuilder::new();
        if let Some(threads) = self.threads {
            pool = pool.num_threads(threads);
        }
        pool.build().map_err(|e| {
            let place = crate::error::Location::default();
            crate::error::Error::failed("the threads could not be started", place, e, "ask for fewer with --threads")
        })
    }
}
