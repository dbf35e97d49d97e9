//! The project file as it is written, and its JSON Schema.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::PathBuf;

use remnant::mapping::{VALUE_FIELDS, field_words};
use remnant::read::LIMITS;
use remnant::settings::{Format, Measure};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json, json};
use toml::Value;

use super::ROLES;
use crate::args;

/// A value with its place, so that an error can name the line. In the schema it is the value.
#[derive(Debug)]
pub(super) struct Spanned<T>(toml::Spanned<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        toml::Spanned::deserialize(deserializer).map(Self)
    }
}

impl<T> Deref for Spanned<T> {
    type Target = toml::Spanned<T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// One name or several.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a name or a list of names is needed")]
#[schemars(inline)]
pub(super) enum Names {
    /// The name.
    One(String),
    /// The names, the preferred one first.
    Several(#[schemars(length(min = 1))] Vec<String>),
}

impl Names {
    pub(super) fn list(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

/// What is otherwise said with options of `remnant run`. Paths are relative to this file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "remnant project file")]
pub(super) struct Written {
    /// The output folder.
    pub(super) out: Option<PathBuf>,
    /// A folder that keeps the accounts of pieces of ground, so that later runs are faster. Only the user who runs the
    /// program should be able to write to it.
    pub(super) cache: Option<PathBuf>,
    /// A CSV table of published figures, for `remnant reconcile`.
    pub(super) published: Option<PathBuf>,
    /// How the account is made.
    #[serde(default)]
    pub(super) settings: WrittenSettings,
    /// What the order of work goes by.
    #[serde(default)]
    pub(super) plan: WrittenPlan,
    /// How much the files may ask for before they are refused, where they can be trusted: `corners` of a record,
    /// `crossings` of its edges, `tile_crossings` of all borders in a tile, `growth` of a file while it is read.
    #[serde(default)]
    #[schemars(schema_with = "limits")]
    pub(super) limits: BTreeMap<toml::Spanned<String>, toml::Spanned<u64>>,
    /// The layers, in the order in which they count.
    #[serde(default)]
    pub(super) layer: Vec<WrittenLayer>,
}

/// What the order of work goes by.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPlan {
    /// The weight of each criterion; only their shares count.
    #[serde(default)]
    #[schemars(schema_with = "weights")]
    pub(super) weights: BTreeMap<toml::Spanned<String>, toml::Spanned<f64>>,
}

/// How the account is made.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenSettings {
    /// The date of the account; without it, the latest date in the data that is not after the day of the run.
    #[serde(default)]
    #[schemars(schema_with = "day")]
    pub(super) as_of: Option<Spanned<Value>>,
    /// Opens a period: the balance runs from the end of this day.
    #[serde(default)]
    #[schemars(schema_with = "day")]
    pub(super) since: Option<Spanned<Value>>,
    /// The account at the end of every period, too.
    #[serde(default)]
    #[schemars(schema_with = "series")]
    pub(super) series: Option<Spanned<String>>,
    /// The day whose district boundaries count; without it, those of the date of the account.
    #[serde(default)]
    #[schemars(schema_with = "day")]
    pub(super) boundaries: Option<Spanned<Value>>,
    /// Replay records in order of their dates, or treat all as undated.
    #[serde(default)]
    #[schemars(schema_with = "date_policies")]
    pub(super) dates: Option<Spanned<String>>,
    /// A release where no hazard is recorded: accounted for separately, or the land counts as once recorded.
    #[serde(default)]
    #[schemars(schema_with = "outside_policies")]
    pub(super) outside: Option<Spanned<String>>,
    /// A zone this near to contaminated land is `near`, in metres.
    #[schemars(range(min = 0))]
    pub(super) safety_distance_m: Option<Spanned<f64>>,
    /// Whether the outputs are for the public: without the ground of hazards and releases.
    pub(super) public: Option<bool>,
    /// The formats of the layers beside GeoJSON.
    #[serde(default)]
    #[schemars(schema_with = "formats")]
    pub(super) formats: Vec<Spanned<String>>,
    /// Whether CSV files have a second row with HXL hashtags.
    #[serde(default)]
    pub(super) hxl: bool,
    /// Whether every piece of ground is written with its records.
    #[serde(default)]
    pub(super) faces: bool,
}

/// A layer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenLayer {
    /// What the layer is read as.
    #[schemars(schema_with = "roles")]
    pub(super) role: Spanned<String>,
    /// The file.
    #[schemars(length(min = 1))]
    pub(super) path: Spanned<PathBuf>,
    /// The layer of a container.
    pub(super) layer: Option<String>,
    /// The coordinate reference system where the file states none, such as EPSG:32638.
    pub(super) crs: Option<String>,
    /// The coordinate operation by its code where the best one is not wanted, such as EPSG:15865.
    pub(super) operation: Option<String>,
    /// The encoding of text where the file states none, such as windows-1251.
    pub(super) encoding: Option<String>,
    /// What bearings of a table of turning points are measured from.
    #[serde(default)]
    #[schemars(schema_with = "norths")]
    pub(super) bearings: Option<Spanned<String>>,
    /// With magnetic bearings: how far magnetic north lies east of true north, in degrees.
    #[schemars(range(min = -180, max = 180))]
    pub(super) declination_deg: Option<Spanned<f64>>,
    /// Districts: a CSV table of names and codes that are wrong in the layer.
    pub(super) aliases: Option<PathBuf>,
    /// The class of hazards where the layer has no such field.
    #[serde(default)]
    #[schemars(schema_with = "classes")]
    pub(super) class: Option<Spanned<String>>,
    /// The kind of releases where the layer has no such field.
    #[serde(default)]
    #[schemars(schema_with = "kinds")]
    pub(super) kind: Option<Spanned<String>>,
    /// Exposure: what the layer shows, such as roads, farmland or schools.
    #[schemars(length(min = 1))]
    pub(super) theme: Option<Spanned<String>>,
    /// What fields and values are called in a source system: the name of a profile, or the path of one of your own.
    pub(super) profile: Option<Spanned<String>>,
    /// What fields are called in this layer: our word, and the source's name or names.
    #[serde(default)]
    #[schemars(schema_with = "fields")]
    pub(super) fields: BTreeMap<String, Spanned<Names>>,
    /// What values mean: by field, the source's value and our word.
    #[serde(default)]
    #[schemars(schema_with = "values")]
    pub(super) values: BTreeMap<String, BTreeMap<String, Spanned<String>>>,
}

/// The JSON Schema of the project file.
pub fn schema() -> Json {
    schemars::schema_for!(Written).to_value()
}

fn day(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
}

fn one_of<T>(table: &[(&str, T)]) -> Schema {
    let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
    json_schema!({"type": "string", "enum": words})
}

fn date_policies(_: &mut SchemaGenerator) -> Schema {
    one_of(&args::DATES)
}

fn formats(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": one_of(&Format::WORDS)})
}

fn series(_: &mut SchemaGenerator) -> Schema {
    one_of(&args::SERIES)
}

fn weights(_: &mut SchemaGenerator) -> Schema {
    let weight = json!({"type": "number", "minimum": 0});
    let plain: Map<String, Json> = Measure::plain_words().map(|word| (word.to_owned(), weight.clone())).collect();
    let leads: Vec<String> = Measure::OF_THEMES.iter().map(|lead| lead.replace('.', "\\.")).collect();
    let pattern = format!("^({}).+$", leads.join("|"));
    json_schema!({
        "type": "object", "properties": plain, "patternProperties": {pattern: weight}, "additionalProperties": false
    })
}

fn limits(_: &mut SchemaGenerator) -> Schema {
    let number = json!({"type": "integer", "minimum": 1});
    let all: Map<String, Json> = LIMITS.iter().map(|row| (row.name.to_owned(), number.clone())).collect();
    json_schema!({"type": "object", "properties": all, "additionalProperties": false})
}

fn outside_policies(_: &mut SchemaGenerator) -> Schema {
    one_of(&args::OUTSIDE)
}

fn roles(_: &mut SchemaGenerator) -> Schema {
    one_of(&ROLES)
}

fn norths(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": ["true", "magnetic"]})
}

fn classes(_: &mut SchemaGenerator) -> Schema {
    one_of(&args::CLASSES)
}

fn kinds(_: &mut SchemaGenerator) -> Schema {
    one_of(&args::KINDS)
}

fn fields(generator: &mut SchemaGenerator) -> Schema {
    let names = Names::json_schema(generator);
    let words = ROLES.iter().flat_map(|(_, role)| field_words(*role));
    let properties: Map<String, Json> = words.map(|word| (word.to_owned(), names.clone().to_value())).collect();
    json_schema!({"type": "object", "properties": properties, "additionalProperties": false})
}

fn values(_: &mut SchemaGenerator) -> Schema {
    let meanings = VALUE_FIELDS.iter().map(|(field, _, words)| {
        let words = json!({"type": "object", "additionalProperties": {"type": "string", "enum": words}});
        ((*field).to_owned(), words)
    });
    let properties: Map<String, Json> = meanings.collect();
    json_schema!({"type": "object", "properties": properties, "additionalProperties": false})
}
