//! What a run is asked to do.

use jiff::civil::Date;

use crate::report::SeriesStep;

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
    /// The periods at whose ends the account is wanted too; `None` for the date of the account alone.
    pub series: Option<SeriesStep>,
    /// The day whose districts count, at every date; by default the date of the account.
    pub boundaries: Option<Date>,
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
    /// The memory that records may take together with what they come to, in bytes; beyond it corners and shapes are put on the
    /// disk. `None` for half of what the system lets the process have. No figure hangs on it.
    pub memory: Option<u64>,
    /// A folder that keeps the accounts of windows for later runs of this program; `None` for none. No figure depends on
    /// it, but whoever can write to it could change figures.
    pub cache: Option<std::path::PathBuf>,
    /// The day of the run: dates after it are doubtful.
    pub today: Date,
    /// Whether the outputs are for the public: without the ground of hazards and releases, and without what it could be
    /// rebuilt from.
    pub public: bool,
    /// How much the files may ask for.
    pub limits: crate::read::Limits,
    /// What the order of work goes by; without any, by people for a hectare to be cleared, or by homes where no zone
    /// says how many people.
    pub weights: Vec<(Measure, f64)>,
}

/// What zones are compared by to say what to clear next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// People for a hectare to be cleared.
    PeoplePerHectare,
    /// Homes for a hectare to be cleared.
    HomesPerHectare,
    /// People.
    People,
    /// Homes.
    Homes,
    /// The share of the zone that is contaminated.
    ContaminatedShare,
    /// Open evidence points in the zone and within the safety distance.
    EvidencePoints,
    /// 1 where every road to the district's network crosses contaminated land.
    CutOff,
    /// Incidents in the zone and within 1 km of it.
    Incidents,
    /// Features of a theme that touch contaminated land in the zone.
    ExposedFeatures(String),
    /// Metres of lines of a theme on contaminated land in the zone.
    ExposedLength(String),
    /// Square metres of polygons of a theme that are contaminated land in the zone.
    ExposedArea(String),
}

impl Measure {
    /// The measures that need no theme, with their words.
    const PLAIN: [(&'static str, Self); 8] = [
        ("people_per_ha", Self::PeoplePerHectare),
        ("homes_per_ha", Self::HomesPerHectare),
        ("people", Self::People),
        ("homes", Self::Homes),
        ("contaminated_share", Self::ContaminatedShare),
        ("evidence_points", Self::EvidencePoints),
        ("cut_off", Self::CutOff),
        ("incidents", Self::Incidents),
    ];

    /// What leads in the measures of a theme: `exposed_features.schools`.
    pub const OF_THEMES: [&'static str; 3] = ["exposed_features.", "exposed_length_m.", "exposed_area_m2."];

    /// The words of the measures that need no theme.
    pub fn plain_words() -> impl Iterator<Item = &'static str> {
        Self::PLAIN.into_iter().map(|(word, _)| word)
    }

    /// The measure of a word, as the project file spells it.
    pub fn of_word(word: &str) -> Option<Self> {
        if let Some((_, measure)) = Self::PLAIN.into_iter().find(|(plain, _)| *plain == word) {
            return Some(measure);
        }
        let [features, length, area] = Self::OF_THEMES;
        let theme = |lead: &str| word.strip_prefix(lead).map(crate::read::fold).filter(|theme| !theme.is_empty());
        theme(features)
            .map(Self::ExposedFeatures)
            .or_else(|| theme(length).map(Self::ExposedLength))
            .or_else(|| theme(area).map(Self::ExposedArea))
    }

    /// The word for it in the project file and in outputs.
    pub fn word(&self) -> String {
        let [features, length, area] = Self::OF_THEMES;
        match self {
            Self::ExposedFeatures(theme) => format!("{features}{theme}"),
            Self::ExposedLength(theme) => format!("{length}{theme}"),
            Self::ExposedArea(theme) => format!("{area}{theme}"),
            plain => Self::PLAIN.into_iter().find(|(_, m)| m == plain).map(|(w, _)| w.to_owned()).unwrap_or_default(),
        }
    }
}

impl Settings {
    /// The default settings for a day.
    pub fn new(today: Date) -> Self {
        Self {
            as_of: None,
            since: None,
            series: None,
            boundaries: None,
            dates: DatePolicy::default(),
            outside: OutsidePolicy::default(),
            safety_distance_m: 100.0,
            geometry: true,
            formats: Vec::new(),
            hxl: false,
            faces: false,
            threads: None,
            memory: None,
            cache: None,
            today,
            public: false,
            limits: crate::read::Limits::default(),
            weights: Vec::new(),
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
