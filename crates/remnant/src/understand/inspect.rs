//! What a file holds, before anyone decides what to make of it.

mod guess;

use std::collections::BTreeMap;
use std::path::Path;

use geo_types::Geometry;
use rustc_hash::FxHashMap;

use super::layer::{OpenLayer, OpenSource};
use super::place::{Reach, box_in_degrees, crs_of};
use super::words::{self, ReadDate};
use super::{mapping::Mapping, profile::Profile};
use crate::crs::{Crs, Operation, lonlat_plausible};
use crate::error::{Location, Result};
use crate::finding::{Code, Finding};
use crate::guard;
use crate::pipeline::LayerSpec;
use crate::progress::Silent;
use crate::read::{self, DeclaredCrs, Feature, Limits, Request, Shape, Value, Wanted, garbled};
use crate::report::Role;
use crate::settings::Settings;
use crate::store::Store;

/// Different values of a field that are told apart, at most.
const DISTINCT: usize = 100_000;
/// Samples of the values of a field.
const SAMPLES: usize = 8;
/// Fields of a layer that are looked at.
const FIELDS: usize = 2000;
/// Fields with values of their own that a list of all values is kept for, at most.
const LISTED: usize = 40;

/// What a layer holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// The file, as it was named.
    pub path: String,
    /// The layer's name.
    pub layer: String,
    /// The format's name.
    pub format: String,
    /// The number of features.
    pub features: u64,
    /// What is known of its CRS.
    pub crs: CrsFacts,
    /// The box of all finite coordinates: least x, least y, greatest x, greatest y.
    pub extent: Option<[f64; 4]>,
    /// The same in degrees on WGS 84: west, south, east, north.
    pub extent_wgs84: Option<[f64; 4]>,
    /// How many features have which type of geometry; `none`, `empty` and `unreadable` among them.
    pub geometry: BTreeMap<String, u64>,
    /// The fields, in the order of the file.
    pub fields: Vec<FieldFacts>,
    /// What the layer probably is.
    pub guess: Guess,
    /// What is wrong with it: kind, number, and the first of the kind.
    pub problems: Vec<Problem>,
}

/// What is known of the CRS of a layer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CrsFacts {
    /// What the file states: `None` for nothing.
    pub stated: Option<String>,
    /// What PROJ makes of it.
    pub name: Option<String>,
    /// Its code.
    pub code: Option<String>,
    /// The operation to WGS 84.
    pub operation: Option<String>,
    /// The accuracy of that operation in metres.
    pub accuracy_m: Option<f64>,
    /// What should be known about it, or why it can't be used.
    pub note: Option<String>,
}

/// What is known of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldFacts {
    /// Its name.
    pub name: String,
    /// The types of its values: `text`, `integer`, `number`, `date`, `truth`.
    pub types: Vec<&'static str>,
    /// Features that have no value in it.
    pub empty: u64,
    /// Different values, as far as they were counted.
    pub distinct: u64,
    /// Values with their numbers: the most frequent ones first, equals by their text.
    pub samples: Vec<(String, u64)>,
    /// Texts that read as dates, and texts that do not.
    pub dates: (u64, u64),
}

/// Something wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The code, as in findings.csv; `unusable` where a run would end with it.
    pub code: &'static str,
    /// How grave it is.
    pub severity: &'static str,
    /// How often.
    pub count: u64,
    /// The first of the kind, in words.
    pub message: String,
    /// Its feature, where it is about one.
    pub feature: Option<u64>,
}

/// What a layer probably is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guess {
    /// What it is probably to be read as.
    pub role: Option<Role>,
    /// Whether name or fields leave little doubt of that.
    pub sure: bool,
    /// The profile that knows most of its fields, where one knows more than the accepted names do.
    pub profile: Option<&'static str>,
    /// Our words for the fields that are found by their names, and the names.
    pub found: Vec<(&'static str, String)>,
    /// Our words for fields that are probably meant by others, and these.
    pub likely: Vec<(&'static str, String)>,
    /// Values of the class, kind or status that are not understood: our word for the field, the value, its number.
    pub unknown: Vec<(&'static str, String, u64)>,
}

/// The layers of a file, for [`layer`]: `None` where it is read as one, whatever it holds, and else all of them. The file
/// may ask for as much as `limits` allow.
///
/// # Errors
/// As [`read::open`].
pub fn layers(path: &Path, encoding: Option<&str>, limits: Limits) -> Result<Vec<Option<String>>> {
    let layers = read::layers(path, limits)?;
    let wanted = Wanted::default();
    let whole = read::open(&Request { encoding, limits, ..Request::of(path, &wanted) });
    match whole {
        Err(_) if layers.len() > 1 => Ok(layers.into_iter().map(Some).collect()),
        whole => whole.map(|_| vec![None]),
    }
}

/// Looks at a layer: its file, name, CRS and encoding as a [`LayerSpec`] has them; the role says nothing.
///
/// # Errors
/// [`crate::error::Error::Unusable`] where the file can't be read.
pub fn layer(spec: &LayerSpec, settings: &Settings) -> Result<Inspection> {
    guard::caught("inspecting a layer", || Location::file(&spec.path), || look(spec, settings))
}

fn look(spec: &LayerSpec, settings: &Settings) -> Result<Inspection> {
    let (path, of, encoding) = (spec.path.as_path(), spec.layer.as_deref(), spec.encoding.as_deref());
    let mut names = read::field_names(path, of, encoding, settings.limits)?;
    let all = names.len();
    names.truncate(FIELDS);
    let wanted = Wanted::new(&names);
    let source = read::open(&Request { layer: of, encoding, limits: settings.limits, ..Request::of(path, &wanted) })?;
    let features = source.read(0..source.len())?;
    let info = source.info();
    let reach = Reach::of(&features);
    let crs = crs_facts(&info.crs, spec.crs.as_deref(), &Location::file(path).layer(&info.name), reach.extent);
    let mut geometry = BTreeMap::new();
    features.iter().for_each(|feature| *geometry.entry(kind_of(&feature.shape).to_owned()).or_default() += 1);
    let values = by_field(&names, &wanted, &features);
    let fields = names.iter().zip(&values).map(|(name, values)| facts(name, values, features.len() as u64)).collect();
    let mut inspection = Inspection {
        path: spec.path.display().to_string(),
        layer: info.name.clone(),
        format: info.format.to_owned(),
        features: features.len() as u64,
        extent: reach.extent,
        extent_wgs84: crs.1,
        crs: crs.0,
        geometry,
        fields,
        guess: Guess::default(),
        problems: Vec::new(),
    };
    inspection.guess = guess::guess(&inspection, path);
    let mut findings: Vec<Finding> = names
        .iter()
        .zip(&values)
        .filter_map(|(name, values)| garbled(texts(values)).map(|garbled| garbled.told(name)))
        .map(|text| Finding::of_layer(Code::GarbledText, 0, text))
        .collect();
    if all > FIELDS {
        let text = format!("the layer has {all} fields, of which the first {FIELDS} are looked at");
        findings.push(Finding::of_layer(Code::ReaderNote, 0, text));
    }
    drop(values);
    drop((source, features));
    let mut unusable = None;
    match findings_of(spec, &inspection, settings) {
        Ok(mut others) => findings.append(&mut others),
        Err(message) => {
            unusable = Some(Problem { code: "unusable", severity: "error", count: 1, message, feature: None });
        }
    }
    inspection.problems = unusable.into_iter().chain(problems(findings)).collect();
    Ok(inspection)
}

/// The values of all features by field: each feature is gone over once, however many fields there are. A field whose
/// name another one has too, but for its case, has that one's values.
fn by_field<'a>(names: &[String], wanted: &Wanted, features: &'a [Feature]) -> Vec<Vec<&'a Value>> {
    let mut values: Vec<Vec<&Value>> = vec![Vec::new(); names.len()];
    for (slot, value) in features.iter().flat_map(|feature| &feature.values) {
        if let Some(values) = values.get_mut(usize::from(*slot)) {
            values.push(value);
        }
    }
    let slots = names.iter().enumerate().map(|(at, name)| wanted.slot(name).map_or(at, usize::from));
    for (at, slot) in slots.enumerate().filter(|(at, slot)| at != slot).collect::<Vec<_>>() {
        if let Some(same) = values.get(slot).cloned() {
            values[at] = same;
        }
    }
    values
}

fn texts<'a>(values: &[&'a Value]) -> impl Iterator<Item = &'a str> {
    values.iter().filter_map(|value| match value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

fn crs_facts(
    declared: &DeclaredCrs,
    given: Option<&str>,
    place: &Location,
    extent: Option<[f64; 4]>,
) -> (CrsFacts, Option<[f64; 4]>) {
    let stated = match declared {
        DeclaredCrs::Unknown => None,
        DeclaredCrs::Definition(text) => Some(text.clone()),
        DeclaredCrs::Wgs84 => Some("WGS 84 longitude and latitude, by the format".to_owned()),
    };
    let mut facts = CrsFacts { stated, ..CrsFacts::default() };
    let crs = match crs_of(declared, given, place) {
        Ok(Some(crs)) => crs,
        Ok(None) => {
            let degrees = extent.filter(|extent| lonlat_plausible(*extent));
            facts.note = Some(match degrees {
                None if extent.is_none() => "none is stated, and there are no coordinates".to_owned(),
                Some(_) => "none is stated; the coordinates can be degrees".to_owned(),
                None => "none is stated, and the coordinates are not degrees: name it with --crs".to_owned(),
            });
            return (facts, degrees);
        }
        Err(error) => {
            facts.note = Some(error.to_string().replace('\n', " "));
            return (facts, None);
        }
    };
    facts.name = Some(crs.name().to_owned());
    facts.code = crs.authority_code();
    let Some(extent) = extent else { return (facts, None) };
    if crs.is_lonlat_wgs84() {
        return (facts, Some(extent).filter(|extent| lonlat_plausible(*extent)));
    }
    (with_operation(facts, &crs, extent), box_in_degrees(&crs, extent).ok().flatten())
}

fn with_operation(mut facts: CrsFacts, crs: &Crs, extent: [f64; 4]) -> CrsFacts {
    match Operation::choose(crs, Some(extent)) {
        Ok(operation) => {
            facts.operation = Some(operation.name().to_owned());
            facts.accuracy_m = operation.accuracy_m();
            facts.note = operation.note();
        }
        Err(error) => facts.note = Some(error.to_string()),
    }
    facts
}

fn kind_of(shape: &Shape) -> &'static str {
    match shape {
        Shape::Missing => "none",
        Shape::Unreadable { .. } => "unreadable",
        Shape::Geometry(geometry) => match geometry {
            Geometry::Point(_) => "Point",
            Geometry::MultiPoint(_) => "MultiPoint",
            Geometry::Line(_) | Geometry::LineString(_) => "LineString",
            Geometry::MultiLineString(_) => "MultiLineString",
            Geometry::Polygon(p) if p.exterior().0.is_empty() => "empty",
            Geometry::Polygon(_) | Geometry::Rect(_) | Geometry::Triangle(_) => "Polygon",
            Geometry::MultiPolygon(p) if p.0.is_empty() => "empty",
            Geometry::MultiPolygon(_) => "MultiPolygon",
            Geometry::GeometryCollection(_) => "GeometryCollection",
        },
    }
}

fn facts(name: &str, values: &[&Value], features: u64) -> FieldFacts {
    let (mut filled, mut dates) = (0_u64, (0, 0));
    let mut types: Vec<&'static str> = Vec::new();
    let mut counts: FxHashMap<String, u64> = FxHashMap::default();
    for &value in values {
        let kind = match value {
            Value::Null => continue,
            Value::Text(text) if text.trim().is_empty() => continue,
            Value::Text(_) => "text",
            Value::Bool(_) => "truth",
            Value::Int(_) => "integer",
            Value::Float(_) => "number",
            Value::Date(_) => "date",
        };
        filled += 1;
        if !types.contains(&kind) {
            types.push(kind);
        }
        match value {
            Value::Text(_) | Value::Date(_) if words::date(value) == ReadDate::Unreadable => dates.1 += 1,
            Value::Text(_) | Value::Date(_) => dates.0 += 1,
            _ => {}
        }
        let text = words::text(value);
        if let Some(count) = counts.get_mut(&text) {
            *count += 1;
        } else if counts.len() < DISTINCT {
            counts.insert(text, 1);
        }
    }
    types.sort_unstable();
    let distinct = counts.len() as u64;
    let mut samples: Vec<(String, u64)> = counts.into_iter().collect();
    samples.sort_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
    samples.truncate(if distinct <= LISTED as u64 { LISTED } else { SAMPLES });
    FieldFacts { name: name.to_owned(), types, empty: features.saturating_sub(filled), distinct, samples, dates }
}

/// What would be found if the layer were read as what it probably is.
fn findings_of(spec: &LayerSpec, inspection: &Inspection, settings: &Settings) -> Result<Vec<Finding>, String> {
    let areas = inspection.geometry.keys().any(|kind| kind.ends_with("Polygon"));
    let Some(role) = inspection.guess.role.or(areas.then_some(Role::Coverage)) else {
        return Ok(Vec::new());
    };
    let mut own = LayerSpec { role, mapping: inspection.guess.mapping(role), ..spec.clone() };
    own.kind = own.kind.or(Some(crate::records::ReleaseKind::Cleared));
    let read = || {
        let (store, source) = (Store::new(settings.memory), OpenSource::of(&own, settings)?);
        let mut layers = [OpenLayer::open(source, 0, settings, &store, &Silent, (0.0, 1.0))?];
        super::settle(&mut layers)?;
        let [layer] = layers;
        layer.understand(None, settings, &store, &Silent)
    };
    // The error in one line.
    read().map(|(_, parts)| parts.findings).map_err(|error| error.to_string().replace("\n  ", "; "))
}

fn problems(findings: Vec<Finding>) -> Vec<Problem> {
    let mut problems: BTreeMap<(Code, bool), Problem> = BTreeMap::new();
    for finding in findings {
        let feature = finding.origin.map(|origin| origin.feature).filter(|feature| *feature > 0);
        // Those about the layer as a whole each say something of their own.
        let text = finding.message;
        let problem = problems.entry((finding.code, feature.is_some())).or_insert_with(|| Problem {
            code: finding.code.word(),
            severity: finding.code.severity().word(),
            count: 0,
            message: text.clone(),
            feature,
        });
        if feature.is_none() && problem.count > 0 && problem.message != text {
            problem.message = format!("{}; {text}", problem.message);
        }
        problem.count += 1;
    }
    let mut problems: Vec<((Code, bool), Problem)> = problems.into_iter().collect();
    problems.sort_by_key(|((code, _), _)| (code.severity(), *code));
    problems.into_iter().map(|(_, problem)| problem).collect()
}

impl Guess {
    /// The mapping of its profile.
    fn mapping(&self, role: Role) -> Mapping {
        let profile = self.profile.and_then(|name| Profile::find(name, Path::new("")).ok());
        profile.and_then(|profile| profile.mapping(role).cloned()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::testing::fixtures;

    fn look(name: &str) -> Inspection {
        let spec = LayerSpec::new(Role::Hazards, fixtures().join(name));
        layer(&spec, &Settings::new(jiff::civil::date(2025, 1, 1))).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    #[test]
    fn one_survey_looks_alike_in_every_format() {
        let plain = look("formats/hazards.geojson");
        assert!(plain.features > 0 && !plain.fields.is_empty());
        for name in ["formats/hazards.shp", "formats/hazards.fgb", "formats/hazards.csv"] {
            let other = look(name);
            assert_eq!(other.features, plain.features, "{name}");
            let samples = |i: &Inspection, field: &str| {
                i.fields.iter().find(|f| f.name == field).map(|f| (f.samples.clone(), f.empty))
            };
            assert_eq!(samples(&other, "id"), samples(&plain, "id"), "{name}");
            let (a, b) = (other.extent.expect("an extent"), plain.extent.expect("an extent"));
            assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9), "{name}");
        }
    }

    #[test]
    fn roles_are_guessed_from_names_fields_and_values() {
        for (name, role) in [
            ("hazards", Role::Hazards),
            ("releases", Role::Releases),
            ("districts", Role::Districts),
            ("zones", Role::Zones),
            ("incidents", Role::Incidents),
        ] {
            let guess = look(&format!("azerbaijan/{name}.geojson")).guess;
            assert_eq!(guess.role, Some(role), "{name}: {guess:?}");
        }
        assert_eq!(look("formats/point.shp").guess.role, None);
    }

    #[test]
    fn problems_are_told_with_their_number_and_their_first() {
        let found = look("azerbaijan/hazards.geojson");
        assert!(found.problems.iter().all(|problem| problem.count > 0 && !problem.message.is_empty()));
        assert_eq!(found.crs.name.as_deref(), Some("WGS 84 (CRS84)"));
    }
}
