//! An output folder of an earlier run, read back: as much as is needed to say why its figures are what they are.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::land::{Land, cm2};
use crate::error::{Error, Location, Result};
use crate::read::{hexadecimal, is_hashtags};
use crate::write::PROGRAM;

/// A summary is small, and districts are drawn for a screen: files beyond these sizes are none of ours.
const LARGEST_SUMMARY: u64 = 256 << 20;
const LARGEST_DISTRICTS: u64 = 2 << 30;

/// A run as its folder tells it.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) version: String,
    /// What the figures hang on beside the records: name and value.
    pub(super) settings: Vec<(String, String)>,
    /// The districts by code; the empty one is the land outside all districts.
    pub(super) districts: BTreeMap<String, District>,
    pub(super) records: Vec<Record>,
}

/// A district's figures.
#[derive(Debug, Clone, Default)]
pub(super) struct District {
    pub(super) name: String,
    /// Its own area in square centimetres.
    pub(super) area: i128,
    pub(super) land: Land,
    /// The digest of its drawn shape, where shapes were drawn.
    pub(super) shape: Option<String>,
}

/// A hazard or release.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) kind: String,
    pub(super) layer: String,
    pub(super) id: String,
    pub(super) class: String,
    pub(super) date: String,
    pub(super) fate: String,
    pub(super) in_effect: bool,
    pub(super) stated: String,
    pub(super) geometry: String,
    /// The mark of its shape; empty where it has none.
    pub(super) shape: String,
    /// By district, what it covers there and what it adds to the figures.
    pub(super) shares: BTreeMap<String, Share>,
}

/// What a record does in a district, in square centimetres.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) covered: i128,
    pub(super) land: Land,
}

#[derive(Deserialize)]
struct Summary {
    program: Program,
    as_of: Option<String>,
    since: Option<String>,
    #[serde(default)]
    settings: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    public: bool,
    #[serde(default)]
    inputs: Vec<Input>,
}

#[derive(Deserialize)]
struct Program {
    name: String,
    version: String,
}

#[derive(Deserialize)]
struct Input {
    role: String,
    layer: String,
    #[serde(default)]
    sha256: Option<String>,
}

#[derive(Deserialize)]
struct Shapes {
    features: Vec<Shape>,
}

#[derive(Deserialize)]
struct Shape {
    properties: ShapeProperties,
    geometry: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct ShapeProperties {
    code: Option<String>,
}

impl Folder {
    /// The value of a setting; empty where it has none.
    pub(super) fn setting(&self, name: &str) -> &str {
        self.settings.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// Reads a folder.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let refuse = |why: String| {
            let remedy = "name the output folder of a run";
            Error::unusable("the folder can't be compared", Location::file(path), why, remedy)
        };
        if !path.is_dir() {
            return Err(refuse("it is no folder, or not there".to_owned()));
        }
        let name = path.join("summary.json");
        if !name.is_file() {
            return Err(refuse("it has no summary.json, so it is not the output of a run".to_owned()));
        }
        let first = bytes(&name, LARGEST_SUMMARY)?;
        let summary: Summary = serde_json::from_slice(&first).map_err(|e| damaged(&name, None, e))?;
        if summary.program.name != PROGRAM {
            return Err(refuse("its summary.json is that of another program".to_owned()));
        }
        let version = summary.program.version.clone();
        for file in ["districts.csv", "records.csv", "records-by-district.csv"] {
            if !path.join(file).is_file() {
                let (this, again) = (env!("CARGO_PKG_VERSION"), "run that account again, and compare its output");
                let (why, remedy) = if summary.public {
                    let remedy = "run that account again without --public, and compare its output";
                    (format!("it has no {file}: it was written with --public, which leaves out records"), remedy)
                } else if version == this {
                    (format!("it has no {file}"), again)
                } else {
                    let remedy = "run that account again with this version, and compare its output";
                    (format!("it has no {file}; it was written by remnant {version}, this is {this}"), remedy)
                };
                return Err(Error::unusable("the folder can't be compared", Location::file(path), why, remedy));
            }
        }
        let mut folder = Self {
            path: path.to_owned(),
            settings: settings(&summary),
            version,
            districts: BTreeMap::new(),
            records: Vec::new(),
        };
        folder.read_districts()?;
        folder.read_records()?;
        folder.read_shares()?;
        folder.read_shapes()?;
        folder.check()?;
        // Every run tells when it was, so another summary means another run's tables.
        if bytes(&name, LARGEST_SUMMARY)? != first {
            return Err(Error::unusable(
                "the folder can't be compared",
                Location::file(path),
                "a run replaced it while it was read",
                "compare again",
            ));
        }
        Ok(folder)
    }

    fn read_districts(&mut self) -> Result<()> {
        let path = self.path.join("districts.csv");
        let mut table = Table::open(&path, &["code", "name", "area_m2", "remaining_m2", "released_m2"])?;
        while let Some(row) = table.next()? {
            let land = Land { remaining: row.cm2("remaining_m2")?, released: row.cm2("released_m2")? };
            let district = District { name: row.text("name").to_owned(), area: row.cm2("area_m2")?, land, shape: None };
            let code = row.text("code").to_owned();
            if self.districts.insert(code.clone(), district).is_some() {
                return Err(row.wrong("code", format!("`{code}` stands twice")));
            }
        }
        Ok(())
    }

    fn read_records(&mut self) -> Result<()> {
        let path = self.path.join("records.csv");
        let columns = ["layer", "id", "kind", "class", "date", "fate", "in_effect", "stated_m2", "geometry_m2"];
        let mut table = Table::open(&path, &columns)?;
        while let Some(row) = table.next()? {
            let text = |column: &str| row.text(column).to_owned();
            self.records.push(Record {
                kind: text("kind"),
                layer: text("layer"),
                id: text("id"),
                class: text("class"),
                date: text("date"),
                fate: text("fate"),
                in_effect: row.text("in_effect") == "true",
                stated: text("stated_m2"),
                geometry: text("geometry_m2"),
                shape: String::new(),
                shares: BTreeMap::new(),
            });
        }
        Ok(())
    }

    fn read_shares(&mut self) -> Result<()> {
        let path = self.path.join("records-by-district.csv");
        let columns = ["record", "code", "shape", "covered_m2", "to_remaining_m2", "to_released_m2"];
        let mut table = Table::open(&path, &columns)?;
        while let Some(row) = table.next()? {
            let number = row.text("record").parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            let land = Land { remaining: row.cm2("to_remaining_m2")?, released: row.cm2("to_released_m2")? };
            let share = Share { covered: row.cm2("covered_m2")?, land };
            let code = row.text("code").to_owned();
            if !self.districts.contains_key(&code) {
                return Err(row.wrong("code", format!("districts.csv has no district `{code}`")));
            }
            let record = number.and_then(|n| self.records.get_mut(n));
            let record = record.ok_or_else(|| row.wrong("record", "records.csv has no such row".to_owned()))?;
            record.shape = row.text("shape").to_owned();
            if record.shares.insert(code, share).is_some() {
                return Err(row.wrong("code", "the record and the district stand twice".to_owned()));
            }
        }
        Ok(())
    }

    /// The shapes are there only where they were drawn.
    fn read_shapes(&mut self) -> Result<()> {
        let path = self.path.join("districts.geojson");
        if !path.is_file() {
            return Ok(());
        }
        let shapes: Shapes =
            serde_json::from_slice(&bytes(&path, LARGEST_DISTRICTS)?).map_err(|e| damaged(&path, None, e))?;
        for shape in shapes.features {
            let code = shape.properties.code.unwrap_or_default();
            if let (Some(district), Some(geometry)) = (self.districts.get_mut(&code), shape.geometry) {
                let digest = Sha256::digest(geometry.get().as_bytes());
                district.shape = Some(hexadecimal(&digest));
            }
        }
        Ok(())
    }

    /// The shares of the records must add up to the figures: a file that was cut between two rows looks whole.
    fn check(&self) -> Result<()> {
        let mut sums: HashMap<&str, (Land, i128)> = HashMap::new();
        for (code, share) in self.records.iter().flat_map(|record| &record.shares) {
            let sum = sums.entry(code).or_default();
            sum.0 += share.land;
            sum.1 += 1;
        }
        for (code, district) in &self.districts {
            let (sum, shares) = sums.get(code.as_str()).copied().unwrap_or_default();
            let rest = district.land - sum;
            // Some roundings for each share, and for each date and pair of states.
            let allowed = 10 * shares + 100;
            if rest.remaining.abs().max(rest.released.abs()) > allowed {
                let path = self.path.join("records-by-district.csv");
                let why =
                    format!("its rows of district `{code}` do not add up to districts.csv: it was cut or changed");
                return Err(damaged(&path, None, why));
            }
        }
        Ok(())
    }
}

fn settings(summary: &Summary) -> Vec<(String, String)> {
    let plain = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    };
    let date = |date: &Option<String>| date.clone().unwrap_or_default();
    let mut settings = vec![
        ("program version".to_owned(), summary.program.version.clone()),
        ("as_of".to_owned(), date(&summary.as_of)),
        ("since".to_owned(), date(&summary.since)),
    ];
    for (name, value) in &summary.settings {
        if name != "as_of" && name != "since" && name != "geometry" {
            settings.push((name.clone(), plain(value)));
        }
    }
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    for input in &summary.inputs {
        let number = numbers.entry(&input.role).and_modify(|n| *n += 1).or_insert(1);
        let digest: String = input.sha256.as_deref().unwrap_or("").chars().take(16).collect();
        settings.push((format!("{} file {number}", input.role), format!("{} (SHA-256 {digest}...)", input.layer)));
    }
    settings
}

fn bytes(path: &Path, most: u64) -> Result<Vec<u8>> {
    let failed = |e: std::io::Error| damaged(path, None, e);
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > most {
        return Err(damaged(path, None, "it is larger than any file of that name that a run writes"));
    }
    Ok(bytes)
}

fn damaged(path: &Path, row: Option<u64>, why: impl std::fmt::Display) -> Error {
    let mut place = Location::file(path);
    place.feature = row;
    Error::unusable("a file of the folder can't be read", place, why, "run that account again, and compare its output")
}

/// A CSV file of the folder, row by row.
struct Table {
    path: PathBuf,
    reader: ::csv::Reader<BufReader<File>>,
    columns: HashMap<String, usize>,
    row: u64,
}

struct Row<'a> {
    path: &'a Path,
    number: u64,
    columns: &'a HashMap<String, usize>,
    record: ::csv::StringRecord,
}

impl Table {
    fn open(path: &Path, needed: &[&str]) -> Result<Self> {
        // A pipe of that name would be waited for without end.
        if !fs::metadata(path).is_ok_and(|m| m.is_file()) {
            return Err(damaged(path, None, "it is not a regular file"));
        }
        let file = File::open(path).map_err(|e| damaged(path, None, e))?;
        let mut reader = ::csv::Reader::from_reader(BufReader::new(file));
        let header = reader.headers().map_err(|e| damaged(path, None, e))?;
        let columns: HashMap<String, usize> =
            header.iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
        if let Some(missing) = needed.iter().find(|name| !columns.contains_key(**name)) {
            let why = format!("it has no column `{missing}`, so another version wrote it, or it was changed");
            return Err(damaged(path, None, why));
        }
        Ok(Self { path: path.to_owned(), reader, columns, row: 0 })
    }

    fn next(&mut self) -> Result<Option<Row<'_>>> {
        self.row += 1;
        let mut record = ::csv::StringRecord::new();
        let mut read = |record: &mut ::csv::StringRecord| {
            self.reader.read_record(record).map_err(|e| damaged(&self.path, Some(self.row), e))
        };
        let mut more = read(&mut record)?;
        if more && self.row == 1 && is_hashtags(&record) {
            more = read(&mut record)?;
        }
        Ok(more.then_some(Row { path: &self.path, number: self.row, columns: &self.columns, record }))
    }
}

impl Row<'_> {
    fn text(&self, column: &str) -> &str {
        self.columns.get(column).and_then(|&at| self.record.get(at)).unwrap_or("")
    }

    fn cm2(&self, column: &str) -> Result<i128> {
        let text = self.text(column);
        cm2(text).ok_or_else(|| self.wrong(column, format!("`{text}` is no area with four decimals")))
    }

    fn wrong(&self, column: &str, why: String) -> Error {
        damaged(self.path, Some(self.number), format!("{column}: {why}"))
    }
}
