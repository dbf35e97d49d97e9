//! The fields that a layer may have, by the names that the interface contract accepts.

use crate::read::{Feature, Value, Wanted};
use crate::records::DEVICES;
use crate::report::Role;

/// What a field means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    Id,
    Class,
    Kind,
    Date,
    Accuracy,
    StatedArea,
    Code,
    Name,
    Radius,
    Killed,
    Injured,
    Operator,
    Method,
    Task,
    ValidFrom,
    ValidTo,
    People,
    Homes,
    /// The field by which an alias table knows features.
    Alias,
    /// A type of device, by its place in [`DEVICES`].
    Device(usize),
}

const ID: &[&str] = &[
    "id",
    "localid",
    "local_id",
    "hazard_id",
    "hazard_localid",
    "hazreduc_id",
    "hazreduc_localid",
    "imsma_id",
    "guid",
    "globalid",
];
const CLASS: &[&str] = &["class", "classification", "hazard_class", "hazard_type", "ha_type", "type"];
const KIND: &[&str] = &["kind", "release", "release_type", "activity", "activity_type", "type"];
const DATE: &[&str] = &[
    "date",
    "report_date",
    "reportdate",
    "recorded",
    "date_recorded",
    "dateofinfo",
    "completion_date",
    "end_date",
    "status_date",
];
const ACCURACY: &[&str] = &["accuracy_m", "accuracy"];
const STATED_AREA: &[&str] = &["area_m2", "areasize", "area_stated_m2"];
const CODE: &[&str] = &["code", "pcode", "adm1_pcode", "adm2_pcode", "shapeid", "iso_3166_2", "id"];
const NAME: &[&str] = &["name", "adm1_en", "adm2_en", "adm1_name", "adm2_name", "shapename", "name_en"];
const OPERATOR: &[&str] = &["operator", "organisation", "organization", "org", "implementer"];
const METHOD: &[&str] = &["method", "clearance_method", "asset"];
const TASK: &[&str] = &["task", "task_id", "taskid"];
const VALID_FROM: &[&str] = &["valid_from", "validfrom"];
const VALID_TO: &[&str] = &["valid_to", "validto", "valid_until"];

/// How many would live in a zone: those who are there, those who wait, or those who would return.
const PEOPLE: &[&str] = &[
    "people",
    "people_waiting",
    "population",
    "pop",
    "persons",
    "inhabitants",
    "residents",
    "returnees",
    "idps",
    "beneficiaries",
];
const HOMES: &[&str] = &["homes", "households", "hh", "houses", "dwellings", "families"];

/// The meanings that a role asks for, with the accepted names of each in order of preference.
fn accepted(role: Role) -> Vec<(Meaning, Vec<&'static str>)> {
    use Meaning::{
        Accuracy, Class, Code, Date, Homes, Id, Injured, Killed, Kind, Method, Name, Operator, People, Radius,
        StatedArea, Task, ValidFrom, ValidTo,
    };
    let list = |meaning, names: &[&'static str]| (meaning, names.to_vec());
    match role {
        Role::Hazards => vec![
            list(Id, ID),
            list(Class, CLASS),
            list(Date, DATE),
            list(Accuracy, ACCURACY),
            list(StatedArea, STATED_AREA),
        ],
        Role::Releases => {
            let devices = DEVICES.iter().enumerate().map(|(i, name)| (Meaning::Device(i), vec![*name]));
            let rest = vec![
                list(Id, ID),
                list(Kind, KIND),
                list(Date, DATE),
                list(StatedArea, STATED_AREA),
                list(Operator, OPERATOR),
                list(Method, METHOD),
                list(Task, TASK),
            ];
            rest.into_iter().chain(devices).collect()
        }
        Role::Districts => {
            vec![list(Code, CODE), list(Name, NAME), list(Id, ID), list(ValidFrom, VALID_FROM), list(ValidTo, VALID_TO)]
        }
        Role::Zones => {
            vec![list(Id, ID), list(Name, NAME), list(Radius, &["radius_m"]), list(People, PEOPLE), list(Homes, HOMES)]
        }
        Role::Incidents => {
            vec![list(Id, ID), list(Date, DATE), list(Killed, &["killed"]), list(Injured, &["injured"])]
        }
        Role::Coverage | Role::Exposure => vec![list(Id, ID)],
    }
}

/// The names to ask a reader for.
pub(super) fn wanted(role: Role, alias: Option<&str>) -> Wanted {
    Wanted::new(accepted(role).into_iter().flat_map(|(_, names)| names).chain(alias))
}

/// Which field of a layer means what: for every meaning the first accepted name that any feature has.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    chosen: Vec<(Meaning, u16, String)>,
}

impl Fields {
    /// Chooses by the features of a layer and by the fields of its schema.
    pub(super) fn choose(role: Role, alias: Option<&str>, schema: &[String], features: &[Vec<Feature>]) -> Self {
        let wanted = wanted(role, alias);
        let mut present = vec![false; 256];
        for slot in schema.iter().filter_map(|f| wanted.slot(f)) {
            present[usize::from(slot)] = true;
        }
        for (slot, _) in features.iter().flatten().flat_map(|f| &f.values) {
            present[usize::from(*slot)] = true;
        }
        let mut chosen = Vec::new();
        let alias = alias.map(|field| (Meaning::Alias, vec![field]));
        let accepted = accepted(role).into_iter().map(|(m, names)| (m, names.to_vec()));
        for (meaning, names) in accepted.chain(alias) {
            let slots = names.iter().filter_map(|name| Some((wanted.slot(name)?, *name)));
            if let Some((slot, name)) = slots.into_iter().find(|(slot, _)| present[usize::from(*slot)]) {
                chosen.push((meaning, slot, name.to_owned()));
            }
        }
        Self { chosen }
    }

    /// The name of the field that means this, where the layer has one.
    pub(super) fn name(&self, meaning: Meaning) -> Option<&str> {
        self.chosen.iter().find(|c| c.0 == meaning).map(|c| c.2.as_str())
    }

    /// A feature's value; `None` where the layer has no such field, the feature lacks it, or it is empty.
    pub(super) fn value<'a>(&self, feature: &'a Feature, meaning: Meaning) -> Option<&'a Value> {
        let slot = self.chosen.iter().find(|c| c.0 == meaning)?.1;
        let value = feature.values.iter().find(|(s, _)| *s == slot).map(|(_, v)| v)?;
        match value {
            Value::Null => None,
            Value::Text(text) if text.trim().is_empty() => None,
            _ => Some(value),
        }
    }
}
