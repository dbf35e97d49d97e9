//! The rayons of Azerbaijan: names put right by an explicit table, and Aghdara cut out.

use super::super::geodesy::{Cut, area, dissolve, polygon_area};
use super::super::shapes::{Point, Polygon, Ring, UNITS};
use super::{Feature, Value};
use serde_json::json;

/// A feature of the boundary layer.
#[derive(Clone, Debug)]
pub struct Rayon {
    /// The record's number in Natural Earth.
    pub ne_id: i64,
    /// Code used in the accounting.
    pub code: String,
    /// Name in Azerbaijani.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Code and name as Natural Earth has them.
    pub given: (String, String),
    /// First day on which this outline is valid, and whether it was made up.
    pub valid_from: Option<&'static str>,
    /// The land.
    pub land: Vec<Polygon>,
}

/// What is wrong in the boundary file and what is right: a table of its own, to be read and checked
/// by people. A name may be told from another by its number only, as three features are called
/// "Lankaran".
pub const ALIASES: &str = include_str!("aliases.csv");

/// English names as the published figures spell them.
const ENGLISH: [(&str, &str); 13] = [
    ("AZ-CAB", "Jabrayil"),
    ("AZ-LAC", "Lachin"),
    ("AZ-FUZ", "Fuzuli"),
    ("AZ-XVD", "Khojavend"),
    ("AZ-AGM", "Aghdam"),
    ("AZ-XCI", "Khojaly"),
    ("AZ-ZAN", "Zangilan"),
    ("AZ-QBI", "Gubadli"),
    ("AZ-KAL", "Kalbajar"),
    ("AZ-SUS", "Shusha"),
    ("AZ-XA", "Khankendi"),
    ("AZ-TAR", "Tartar"),
    ("AZ-QAZ", "Gazakh"),
];

/// Code of Aghdara; made for this example, as no published code was found.
pub const AGHDARA: &str = "AZ-AGD";
/// Day from which the boundaries with Aghdara are taken to be valid.
const VALID_FROM: &str = "2023-12-05";

/// Shares of Aghdara: parent, square kilometres, direction (east, north) towards the land given up.
const SHARES: [(&str, f64, (f64, f64)); 3] =
    [("AZ-KAL", 735.84, (1.0, 0.35)), ("AZ-TAR", 851.25, (-1.0, -0.6)), ("AZ-AGM", 73.74, (-0.8, 0.6))];

fn grid(v: &Value) -> i32 {
    // Five decimals in the source, so rounding only removes the noise of the binary number.
    (v.as_f64().expect("a coordinate is a number") * UNITS).round() as i32
}

fn polygon(v: &Value) -> Polygon {
    let rings = v.as_array().expect("a polygon is a list of rings");
    rings
        .iter()
        .map(|r| {
            let points = r.as_array().expect("a ring is a list of points");
            points.iter().map(|p| [grid(&p[0]), grid(&p[1])]).collect::<Ring>()
        })
        .collect()
}

/// Reads the Natural Earth features and applies the alias table.
///
/// # Errors
/// When the text is no feature collection of the expected kind.
pub fn read(text: &str) -> Result<Vec<Rayon>, String> {
    let data: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let features = data["features"].as_array().ok_or("no features")?;
    let mut out = Vec::new();
    for f in features {
        let p = &f["properties"];
        let text = |k: &str| p[k].as_str().unwrap_or_default().to_owned();
        let ne_id = p["ne_id"].as_i64().ok_or("a feature has no ne_id")?;
        let c = &f["geometry"]["coordinates"];
        let land = match f["geometry"]["type"].as_str() {
            Some("Polygon") => vec![polygon(c)],
            Some("MultiPolygon") => c.as_array().ok_or("no coordinates")?.iter().map(polygon).collect(),
            _ => return Err(format!("feature {ne_id} is no polygon")),
        };
        let given = (text("iso_3166_2"), text("name"));
        let mut rayon = Rayon {
            ne_id,
            code: given.0.clone(),
            name: given.1.clone(),
            name_en: text("name_en"),
            given,
            valid_from: None,
            land,
        };
        for row in ALIASES.lines().skip(1) {
            // Only the reason, which comes last, may hold commas.
            let cells: Vec<&str> = row.splitn(7, ',').collect();
            if cells[0].parse() != Ok(ne_id) {
                continue;
            }
            if (cells[1], cells[2]) != (rayon.given.0.as_str(), rayon.given.1.as_str()) {
                return Err(format!(
                    "feature {ne_id} is no longer {} {}: the alias table is out of date",
                    cells[1], cells[2]
                ));
            }
            (rayon.code, rayon.name, rayon.name_en) = (cells[3].into(), cells[4].into(), cells[5].into());
        }
        if let Some(e) = ENGLISH.iter().find(|e| e.0 == rayon.code) {
            rayon.name_en = e.1.into();
        }
        out.push(rayon);
    }
    Ok(out)
}

/// The boundaries of 2023: Aghdara is cut from three rayons. Returns them and a line per share.
#[must_use]
pub fn with_aghdara(rayons: &[Rayon]) -> (Vec<Rayon>, Vec<(String, f64, f64)>) {
    let mut out = rayons.to_vec();
    let mut pieces: Vec<Vec<Ring>> = Vec::new();
    let mut shares = Vec::new();
    for (code, km2, normal) in SHARES {
        let at = out.iter().position(|r| r.code == code).expect("the parents of Aghdara are in the file");
        let ring = out[at].land[0][0].clone();
        let wanted = (km2 * 1e6).min(polygon_area(&vec![ring.clone()]));
        let (given, kept, new) = Cut::for_area(&ring, normal, wanted).split(&ring);
        out[at].land = kept.into_iter().map(|r| vec![r]).collect();
        out[at].valid_from = Some(VALID_FROM);
        // The ends of the cut lie on borders with neighbours, which must have them too, or there
        // would be slivers between the two.
        for (a, b, p) in new {
            let rings = out.iter_mut().flat_map(|r| r.land.iter_mut().flatten());
            for ring in rings.chain(pieces.iter_mut().flatten()) {
                insert(ring, a, b, p);
            }
        }
        let got: f64 = given.iter().map(|r| polygon_area(&vec![r.clone()])).sum();
        shares.push((out[at].name_en.clone(), km2, got / 1e6));
        pieces.push(given);
    }
    let land = dissolve(pieces.iter().flatten());
    out.push(Rayon {
        ne_id: -1,
        code: AGHDARA.into(),
        name: "Ağdərə".into(),
        name_en: "Aghdara".into(),
        given: (String::new(), String::new()),
        valid_from: Some(VALID_FROM),
        land,
    });
    (out, shares)
}

fn insert(ring: &mut Ring, a: Point, b: Point, p: Point) {
    let at = ring.windows(2).position(|e| (e[0] == a && e[1] == b) || (e[0] == b && e[1] == a));
    if let Some(at) = at {
        ring.insert(at + 1, p);
    }
}

/// The features of a boundary layer.
#[must_use]
pub fn features(rayons: &[Rayon]) -> Vec<Feature> {
    rayons
        .iter()
        .map(|r| {
            let source = if r.valid_from.is_some() { "synthetic" } else { "Natural Earth 10m v5" };
            // The layer keeps what its source says; the run puts it right by the alias table, and says so.
            let (code, name) = if r.ne_id > 0 { (&r.given.0, &r.given.1) } else { (&r.code, &r.name) };
            let mut p = vec![("code", json!(code)), ("name", json!(name)), ("source", json!(source))];
            if r.ne_id > 0 {
                p.push(("ne_id", json!(r.ne_id)));
            }
            if let Some(day) = r.valid_from {
                p.push(("valid_from", json!(day)));
            }
            p.push(("area_km2", json!((area(&r.land) / 1e4).round() / 100.0)));
            Feature::polygons(p, r.land.clone())
        })
        .collect()
}
