//! A seeded survey: overlapping hazards and releases over a few districts, some of it outside all of them.
//!
//! Coordinates are whole numbers of 1e-5 degrees, so that a test can move, halve or mirror them without rounding.

use serde_json::{Map, Value, json};

use crate::call::Place;

/// A position in 1e-5 degrees: longitude, latitude.
pub type Position = [i64; 2];

/// One degree.
pub const DEGREE: i64 = 100_000;

/// The land that the districts share out: west, south, east, north.
pub const LAND: [i64; 4] = [1_700_000, 4_400_000, 1_724_000, 4_416_000];

/// A feature: properties, and rings (the shell first) or a point (a ring of one position).
#[derive(Debug, Clone)]
pub struct Feature {
    /// Its properties.
    pub properties: Map<String, Value>,
    /// Its rings, not closed; a single position is a point.
    pub rings: Vec<Vec<Position>>,
}

impl Feature {
    /// A feature of one ring.
    pub fn new(properties: Value, ring: Vec<Position>) -> Self {
        let Value::Object(properties) = properties else { panic!("properties are an object") };
        Self { properties, rings: vec![ring] }
    }

    /// Sets a property.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.properties.insert(name.to_owned(), value.into());
    }

    fn json(&self) -> Value {
        let degrees = |p: &Position| {
            let east = (p[0] + 180 * DEGREE).rem_euclid(360 * DEGREE) - 180 * DEGREE;
            json!([east as f64 / DEGREE as f64, p[1] as f64 / DEGREE as f64])
        };
        let geometry = match self.rings.as_slice() {
            [ring] if ring.len() == 1 => json!({"type": "Point", "coordinates": degrees(&ring[0])}),
            rings => {
                let closed = |ring: &Vec<Position>| ring.iter().chain(ring.first()).map(degrees).collect::<Vec<_>>();
                json!({"type": "Polygon", "coordinates": rings.iter().map(closed).collect::<Vec<_>>()})
            }
        };
        json!({"type": "Feature", "properties": self.properties, "geometry": geometry})
    }
}

/// The layers of a survey.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Hazardous areas; every second one is a rectangle.
    pub hazards: Vec<Feature>,
    /// Land releases.
    pub releases: Vec<Feature>,
    /// Districts: rectangles that share edges.
    pub districts: Vec<Feature>,
    /// Settlement zones.
    pub zones: Vec<Feature>,
    /// Incidents.
    pub incidents: Vec<Feature>,
}

/// The days on which something happens.
pub const DAYS: [&str; 6] = ["2003-04-15", "2010-01-01", "2015-06-30", "2019-12-31", "2020-05-01", "2023-11-11"];

impl Scenario {
    /// A survey of some dozen records.
    pub fn new(seed: u64) -> Self {
        Self::sized(seed, 28, 22)
    }

    /// A survey with so many hazards and releases.
    pub fn sized(seed: u64, hazards: usize, releases: usize) -> Self {
        let mut dice = Dice(seed);
        let hazards: Vec<Feature> = (0..hazards)
            .map(|n| {
                let class = ["suspected", "confirmed"][dice.below(2)];
                Feature::new(
                    json!({"id": format!("h{n:03}"), "class": class, "date": dice.day()}),
                    dice.ring(n % 2 == 0),
                )
            })
            .collect();
        let releases = (0..releases)
            .map(|n| {
                let kind = ["cancelled", "reduced", "cleared"][dice.below(3)];
                // Half of the releases cover the very ground of a hazard.
                let on_hazard = n % 2 == 0 && !hazards.is_empty();
                let ring =
                    if on_hazard { hazards[dice.below(hazards.len())].rings[0].clone() } else { dice.ring(n % 4 == 1) };
                let properties =
                    json!({"id": format!("r{n:03}"), "kind": kind, "date": dice.day(), "ap_mines": dice.below(9)});
                Feature::new(properties, ring)
            })
            .collect();
        let zones = (0..6).map(|n| {
            let properties = json!({"id": format!("z{n}"), "name": format!("Zone {n}")});
            let mut zone = Feature::new(properties, dice.ring(n % 2 == 0));
            if n % 3 == 2 {
                zone.rings[0].truncate(1);
                zone.set("radius_m", 400);
            }
            zone
        });
        let zones = zones.collect();
        let incident = |n: usize| {
            let properties = json!({"id": n, "date": dice.day(), "killed": dice.below(3), "injured": dice.below(4)});
            Feature::new(properties, vec![dice.position()])
        };
        let incidents = (0..6).map(incident).collect();
        Self { hazards, releases, districts: districts(), zones, incidents }
    }

    /// Every layer with its name.
    pub fn layers(&mut self) -> [(&'static str, &mut Vec<Feature>); 5] {
        [
            ("hazards", &mut self.hazards),
            ("releases", &mut self.releases),
            ("districts", &mut self.districts),
            ("zones", &mut self.zones),
            ("incidents", &mut self.incidents),
        ]
    }

    /// Every hazard and release.
    pub fn records(&mut self) -> impl Iterator<Item = &mut Feature> {
        self.hazards.iter_mut().chain(&mut self.releases)
    }

    /// Writes every layer into a file of its own, and gives the options that name them.
    pub fn write(&self, place: &Place) -> Vec<String> {
        let mut arguments = Vec::new();
        for (name, features) in self.clone().layers() {
            let file = format!("{name}.geojson");
            place.write(&file, collection(features));
            arguments.extend([format!("--{name}"), file]);
        }
        arguments
    }

    /// Accounts for it with these options.
    #[track_caller]
    pub fn account(&self, options: &[&str]) -> crate::output::Output {
        let place = Place::new();
        let mut arguments = self.write(&place);
        arguments.extend(["-o", "out"].iter().chain(options).map(|&option| option.to_owned()));
        place.run(&arguments).with(0);
        place.output("out")
    }
}

/// Features as a file.
pub fn collection(features: &[Feature]) -> String {
    let lines: Vec<String> = features.iter().map(|feature| feature.json().to_string()).collect();
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n", lines.join(",\n"))
}

/// A rectangle.
pub fn rectangle([west, south, east, north]: [i64; 4]) -> Vec<Position> {
    vec![[west, south], [east, south], [east, north], [west, north]]
}

/// Five of the six parts of the land; what lies in the sixth is outside all districts.
fn districts() -> Vec<Feature> {
    let [west, south, east, north] = LAND;
    let (wide, high) = ((east - west) / 3, (north - south) / 2);
    let part = |n: i64| {
        let (x, y) = (west + n % 3 * wide, south + n / 3 * high);
        let properties = json!({"code": format!("D{n}"), "name": format!("District {n}")});
        Feature::new(properties, rectangle([x, y, x + wide, y + high]))
    };
    (0..5).map(part).collect()
}

/// A small generator of numbers (splitmix64): the same everywhere, and no dependency.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below another one.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    /// Puts things in another order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }

    fn day(&mut self) -> Value {
        // One in six is undated.
        if self.below(6) == 0 { Value::Null } else { DAYS[self.below(DAYS.len())].into() }
    }

    fn position(&mut self) -> Position {
        let [west, south, east, north] = LAND;
        [west + self.below((east - west) as usize) as i64, south + self.below((north - south) as usize) as i64]
    }

    /// A rectangle or a star of some hundred metres to some kilometres.
    fn ring(&mut self, rectangular: bool) -> Vec<Position> {
        let ([x, y], size) = (self.position(), [400, 1_500, 4_000][self.below(3)]);
        let mut length = |least: i64| least + self.below(size as usize) as i64;
        if rectangular {
            return rectangle([x, y, x + length(100), y + length(100)]);
        }
        let corners = 3 + self.below(8);
        (0..corners)
            .map(|n| {
                let turn = std::f64::consts::TAU * n as f64 / corners as f64;
                let radius = (100 + self.below(size as usize)) as f64;
                [x + (radius * turn.cos()).round() as i64, y + (radius * turn.sin()).round() as i64]
            })
            .collect()
    }
}
