//! The benchmark scenario: hazards and releases along a front line, written as they are made.

use super::adverse::{self, Kind};
use super::random::{Random, day_of, iso_date};
use super::shapes::{self, DEGREE_M, Plane, Polygon};
use super::tiles::{self, REGION};
use super::write::{Formats, LayerWriter};
use std::io;
use std::path::Path;

/// The former line of contact and the mined border strips, roughly, in degrees.
const FRONT: [[f64; 2]; 18] = [
    [45.95, 40.27],
    [46.35, 40.33],
    [46.62, 40.38],
    [46.88, 40.29],
    [47.02, 40.14],
    [47.08, 39.98],
    [47.14, 39.82],
    [47.27, 39.68],
    [47.33, 39.55],
    [47.28, 39.44],
    [47.02, 39.24],
    [46.80, 39.14],
    [46.60, 38.98],
    [46.48, 39.18],
    [46.42, 39.42],
    [46.28, 39.62],
    [46.08, 39.80],
    [45.90, 40.02],
];

/// What the hazards and their spread look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Clustered along the front line, as minefields are.
    Front,
    /// Spread evenly over the region.
    Even,
    /// As `Front`, and the first hazard lies over everything.
    OneHazardOverAll,
    /// All records in one district.
    OneDistrict,
    /// As `Front`, and the first hazard is one ring of so many vertices.
    HugeRing(usize),
    /// Hard ground of one kind; hazards and releases alike.
    Adverse(Kind),
}

impl Form {
    /// The form of a word of the command line.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        if let Some(vertices) = word.strip_prefix("huge-ring:") {
            return vertices.parse().ok().map(Self::HugeRing);
        }
        match word {
            "front" => Some(Self::Front),
            "even" => Some(Self::Even),
            "one-hazard-over-all" => Some(Self::OneHazardOverAll),
            "one-district" => Some(Self::OneDistrict),
            _ => adverse::KINDS.iter().find(|kind| kind.0 == word).map(|kind| Self::Adverse(kind.1)),
        }
    }
}

/// The settings of a scenario.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Number of hazards.
    pub hazards: u64,
    /// Number of releases.
    pub releases: u64,
    /// Number of districts.
    pub districts: usize,
    /// Number of settlement zones; without any, no layer of them is written.
    pub zones: u64,
    /// The year in which the records begin; 1995 unless there is a reason.
    pub first_year: i64,
    /// Six times as many overlaps as usual.
    pub heavy: bool,
    /// The seed that everything follows from.
    pub seed: u64,
    /// The shape of the whole.
    pub form: Form,
}

/// Where a record stands and how large it is.
struct Site {
    lon: f64,
    lat: f64,
    radius: f64,
    day: i64,
}

/// Streams of random numbers, so that no layer depends on the size of another.
const HAZARD: u64 = 10;
const RELEASE: u64 = 11;
const CLUSTER: u64 = 12;
const ZONE: u64 = 13;

/// Writes the layers and `scenario.json` to a folder; returns name, features and points of each layer.
///
/// # Errors
/// When a file can't be written.
pub fn generate(s: &Scenario, dir: &Path, formats: Formats) -> io::Result<Vec<(&'static str, u64, u64)>> {
    std::fs::create_dir_all(dir)?;
    let mut districts = LayerWriter::create(dir, "districts", &["code", "name"], formats)?;
    for (k, polygon) in tiles::districts(s.seed, s.districts).iter().enumerate() {
        districts.add(polygon, &[&format!("D{:04}", k + 1), &format!("District {}", k + 1)])?;
    }
    let mut made = vec![counted("districts", districts)?];

    let world = World::new(s);
    let mut hazards = LayerWriter::create(dir, "hazards", &["id", "class", "date"], formats)?;
    for k in 0..s.hazards {
        let (site, mut rng) = world.hazard(k);
        let polygon = world.hazard_shape(k, &site, &mut rng);
        let class = if rng.chance(0.6) { "suspected" } else { "confirmed" };
        hazards.add(&polygon, &[&format!("H{:07}", k + 1), class, &iso_date(site.day)])?;
    }
    made.push(counted("hazards", hazards)?);

    let mut releases = LayerWriter::create(dir, "releases", &["id", "kind", "date"], formats)?;
    for k in 0..s.releases {
        let (site, mut rng) = world.release(k);
        let polygon = world.release_shape(k, &site, &mut rng);
        let kind = match rng.below(20) {
            0..=10 => "cleared",
            11..=15 => "reduced",
            _ => "cancelled",
        };
        releases.add(&polygon, &[&format!("R{:07}", k + 1), kind, &iso_date(site.day)])?;
    }
    made.push(counted("releases", releases)?);
    if s.zones > 0 {
        let mut zones = LayerWriter::create(dir, "zones", &["id", "name"], formats)?;
        for k in 0..s.zones {
            let mut rng = Random::new(s.seed, ZONE, k);
            let (lon, lat) = world.place(&mut rng);
            let radius = rng.range(15.0, 90.0);
            let polygon = shapes::rectangle(&mut rng, &Plane::at(lon, lat), radius);
            zones.add(&polygon, &[&format!("Z{:07}", k + 1), &format!("Zone {}", k + 1)])?;
        }
        made.push(counted("zones", zones)?);
    }
    let meta = "{\n  \"crs\": \"EPSG:4326\",\n  \"plain_crs\": \"+proj=laea +lat_0=39.65 +lon_0=46.7 +datum=WGS84 +units=m +no_defs\"\n}\n";
    std::fs::write(dir.join("scenario.json"), meta)?;
    Ok(made)
}

fn counted(name: &'static str, layer: LayerWriter) -> io::Result<(&'static str, u64, u64)> {
    layer.finish().map(|(features, points)| (name, features, points))
}

/// What the records of a scenario have in common.
struct World {
    scenario: Scenario,
    /// Length of the front up to each of its points, in metres.
    along: [f64; FRONT.len()],
    radius: f64,
    clusters: u64,
}

impl World {
    fn new(s: &Scenario) -> Self {
        let mut along = [0.0; FRONT.len()];
        for k in 1..FRONT.len() {
            let dx = (FRONT[k][0] - FRONT[k - 1][0]) * 85_700.0;
            let dy = (FRONT[k][1] - FRONT[k - 1][1]) * DEGREE_M;
            along[k] = along[k - 1] + libm::sqrt(dx * dx + dy * dy);
        }
        // More records on the same land must be smaller, or the overlaps would grow with the square.
        let records = (s.hazards + s.releases).max(1) as f64;
        let crowd = match s.form {
            Form::OneDistrict => 0.19,
            Form::Even => 2.2,
            _ => 1.0,
        };
        let heavy = if s.heavy { 2.5 } else { 1.0 };
        let radius = (crowd * 100.0 * heavy * libm::sqrt(170_000.0 / records)).min(1_200.0);
        Self { scenario: *s, along, radius, clusters: (s.hazards / 150).max(12) }
    }

    /// A place on the front: `t` from 0 to 1 along it, `off` metres to its side.
    fn on_front(&self, t: f64, off: f64) -> (f64, f64) {
        let want = t * self.along[FRONT.len() - 1];
        let k = (1..FRONT.len() - 1).find(|&k| self.along[k] >= want).unwrap_or(FRONT.len() - 1);
        let (a, b) = (FRONT[k - 1], FRONT[k]);
        let length = self.along[k] - self.along[k - 1];
        let f = (want - self.along[k - 1]) / length;
        let east = (b[0] - a[0]) * 85_700.0 / length;
        let north = (b[1] - a[1]) * DEGREE_M / length;
        (a[0] + (b[0] - a[0]) * f + north * off / 85_700.0, a[1] + (b[1] - a[1]) * f - east * off / DEGREE_M)
    }

    fn place(&self, rng: &mut Random) -> (f64, f64) {
        let [west, south, east, north] = REGION;
        if self.scenario.form == Form::OneDistrict {
            return (46.72 + rng.bell() * 0.035, 39.64 + rng.bell() * 0.027);
        }
        if self.scenario.form == Form::Even || rng.chance(0.1) {
            return (rng.range(west + 0.02, east - 0.02), rng.range(south + 0.02, north - 0.02));
        }
        if rng.chance(0.55) {
            // A minefield group: stretched along the line, and narrow across it.
            let mut c = Random::new(self.scenario.seed, CLUSTER, rng.below(self.clusters));
            let t = c.unit() + rng.bell() * 0.004;
            return self.on_front(t.clamp(0.0, 1.0), c.bell() * 4_000.0 + rng.bell() * 900.0);
        }
        let t = rng.unit();
        self.on_front(t, rng.bell() * 4_500.0)
    }

    fn hazard(&self, k: u64) -> (Site, Random) {
        let mut rng = Random::new(self.scenario.seed, HAZARD, k);
        let (lon, lat) = self.place(&mut rng);
        // Most are small and a few large, as in real registers.
        let radius = self.radius * (0.55 + 1.6 * rng.unit() * rng.unit());
        let day = rng.between(day_of(self.scenario.first_year, 1, 1), day_of(2023, 12, 31));
        (Site { lon, lat, radius, day }, rng)
    }

    fn release(&self, k: u64) -> (Site, Random) {
        let mut rng = Random::new(self.scenario.seed, RELEASE, k);
        let last = day_of(2024, 12, 31);
        if self.scenario.hazards > 0 && rng.chance(0.75) {
            // Most releases answer a hazard: near its centre, of its size, after its date.
            let (mut site, _) = self.hazard(rng.below(self.scenario.hazards));
            let shift = site.radius / DEGREE_M * 0.5;
            site.lon += rng.bell() * shift;
            site.lat += rng.bell() * shift;
            site.radius *= rng.range(0.5, 1.05);
            site.day = rng.between(site.day, last);
            return (site, rng);
        }
        let (lon, lat) = self.place(&mut rng);
        let radius = self.radius * (0.55 + 1.6 * rng.unit() * rng.unit());
        let day = rng.between(day_of(self.scenario.first_year + 3, 1, 1), last);
        (Site { lon, lat, radius, day }, rng)
    }

    fn hazard_shape(&self, k: u64, site: &Site, rng: &mut Random) -> Polygon {
        let middle = Plane::at(46.7, 39.65);
        match self.scenario.form {
            Form::OneHazardOverAll if k == 0 => {
                let [west, south, east, north] = REGION.map(|v| v * shapes::UNITS);
                let at = |x: f64, y: f64| [x.round() as i32, y.round() as i32];
                let m = 0.01 * shapes::UNITS;
                let (w, s, e, n) = (west + m, south + m, east - m, north - m);
                vec![vec![at(w, s), at(e, s), at(e, n), at(w, n), at(w, s)]]
            }
            Form::HugeRing(vertices) if k == 0 => shapes::huge_ring(rng, &middle, 70_000.0, vertices.max(3)),
            Form::Adverse(kind) => adverse::shape(kind, self.scenario.seed, k, self.scenario.hazards, rng),
            _ => shapes::minefield(rng, &Plane::at(site.lon, site.lat), site.radius),
        }
    }

    fn release_shape(&self, k: u64, site: &Site, rng: &mut Random) -> Polygon {
        match self.scenario.form {
            Form::Adverse(kind) => adverse::shape(kind, self.scenario.seed, k, self.scenario.releases, rng),
            _ => shapes::minefield(rng, &Plane::at(site.lon, site.lat), site.radius),
        }
    }
}
