//! The national example: Azerbaijan with real boundaries and places, and made-up records that add
//! up to the published figures.

pub mod boundaries;
pub mod dirt;
pub mod figures;
pub mod hazards;
pub mod mesh;
pub mod people;
pub mod readme;
pub mod releases;
mod special;

use super::shapes::{Point, Polygon};
use super::write::{push_point, push_polygon};
pub use serde_json::Value;
use serde_json::json;
use std::io;
use std::path::Path;

/// Fields in the order in which they are written.
pub type Properties = Vec<(&'static str, Value)>;

/// The geometry of a feature.
#[derive(Clone, Debug)]
pub enum Shape {
    /// One polygon or several.
    Polygons(Vec<Polygon>),
    /// A point.
    Point(Point),
    /// JSON as it stands, for records that are broken on purpose.
    Raw(String),
}

/// A feature of a GeoJSON layer.
#[derive(Clone, Debug)]
pub struct Feature {
    /// Its fields.
    pub properties: Properties,
    /// Its geometry.
    pub shape: Shape,
}

impl Feature {
    /// A feature of polygons.
    #[must_use]
    pub fn polygons(properties: Properties, polygons: Vec<Polygon>) -> Self {
        Self { properties, shape: Shape::Polygons(polygons) }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"type\":\"Feature\",\"properties\":{");
        for (k, (name, value)) in self.properties.iter().enumerate() {
            if k > 0 {
                out.push(b',');
            }
            out.extend_from_slice(format!("\"{name}\":{value}").as_bytes());
        }
        out.extend_from_slice(b"},\"geometry\":");
        match &self.shape {
            Shape::Polygons(p) if p.len() == 1 => {
                out.extend_from_slice(b"{\"type\":\"Polygon\",\"coordinates\":");
                push_polygon(out, &p[0], 7);
                out.push(b'}');
            }
            Shape::Polygons(p) => {
                out.extend_from_slice(b"{\"type\":\"MultiPolygon\",\"coordinates\":[");
                for (k, polygon) in p.iter().enumerate() {
                    if k > 0 {
                        out.push(b',');
                    }
                    push_polygon(out, polygon, 7);
                }
                out.extend_from_slice(b"]}");
            }
            Shape::Point(p) => {
                out.extend_from_slice(b"{\"type\":\"Point\",\"coordinates\":");
                push_point(out, *p, 7);
                out.push(b'}');
            }
            Shape::Raw(text) => out.extend_from_slice(text.as_bytes()),
        }
        out.push(b'}');
    }
}

fn write_layer(dir: &Path, name: &str, features: &[Feature]) -> io::Result<()> {
    let mut out = Vec::new();
    out.extend_from_slice(b"{\"type\":\"FeatureCollection\",\"name\":\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\",\"features\":[\n");
    for (k, f) in features.iter().enumerate() {
        if k > 0 {
            out.extend_from_slice(b",\n");
        }
        f.write(&mut out);
    }
    out.extend_from_slice(b"\n]}\n");
    std::fs::write(dir.join(format!("{name}.geojson")), out)
}

/// Makes the example from the boundary file and the file of places.
///
/// # Errors
/// When an input is not as expected or an output can't be written.
pub fn generate(boundaries: &str, places: &str, seed: u64, dir: &Path) -> Result<String, String> {
    let rayons = boundaries::read(boundaries)?;
    let (rayons_2023, shares) = boundaries::with_aghdara(&rayons);
    let mut land = hazards::Land::survey(seed, &rayons_2023);
    let mut register = hazards::register(seed, &mut land);
    let mut done = releases::plan(seed, &mut land, &mut register);
    dirt::spoil_hazards(seed, &land, &mut register);
    dirt::spoil_releases(seed, &land, &mut done);
    figures::share_devices(seed, &mut done);

    let zones = people::zones(seed, &land, &rayons_2023, places);
    let incidents = people::incidents(seed, &land);
    let expected = figures::expected(&land, &register, &done);
    let text = readme::text(&rayons_2023, &shares, &register, &done, zones.len(), incidents.len());

    let write = || -> io::Result<()> {
        std::fs::create_dir_all(dir)?;
        write_layer(dir, "districts", &boundaries::features(&rayons))?;
        write_layer(dir, "districts-2023", &boundaries::features(&rayons_2023))?;
        std::fs::write(dir.join("aliases.csv"), boundaries::ALIASES)?;
        write_layer(dir, "hazards", &register.iter().map(hazards::Hazard::feature).collect::<Vec<_>>())?;
        write_layer(dir, "releases", &done.iter().map(releases::Release::feature).collect::<Vec<_>>())?;
        write_layer(dir, "zones", &zones)?;
        write_layer(dir, "incidents", &incidents)?;
        let mut json = serde_json::to_string_pretty(&expected).expect("figures are plain JSON");
        json.push('\n');
        std::fs::write(dir.join("expected.json"), json)?;
        std::fs::write(dir.join("README.md"), text)
    };
    write().map_err(|e| format!("{}: {e}", dir.display()))?;
    Ok(json!({"hazards": register.len(), "releases": done.len(), "zones": zones.len(), "incidents": incidents.len()})
        .to_string())
}
