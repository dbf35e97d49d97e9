//! The fields that a layer may have, by the names that the interface contract accepts.

use super::mapping::{FieldNames, Mapping};
use crate::read::{Feature, ID_NAMES, Value, Wanted, fold};
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
    /// What has become of a hazard.
    Status,
    /// When it became so.
    StatusDate,
    /// The field by which an alias table knows features.
    Alias,
    /// A type of device, by its place in [`DEVICES`].
    Device(usize),
}

const ID: &[&str] = &ID_NAMES;
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

/// The meanings that a role asks for, with the accepted names of each in order of preference; the first is our own word
/// for the field, by which project files and profiles map it.
fn accepted(role: Role) -> Vec<(Meaning, Vec<&'static str>)> {
    use Meaning::{
        Accuracy, Class, Code, Date, Homes, Id, Injured, Killed, Kind, Method, Name, Operator, People, Radius,
        StatedArea, Status, StatusDate, Task, ValidFrom, ValidTo,
    };
    let list = |meaning, names: &[&'static str]| (meaning, names.to_vec());
    match role {
        Role::Hazards => vec![
            list(Id, ID),
            list(Class, CLASS),
            list(Date, DATE),
            list(Accuracy, ACCURACY),
            list(StatedArea, STATED_AREA),
            list(Status, &["status"]),
            list(StatusDate, &["status_date"]),
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

/// Our words for the fields of a role.
pub(super) fn words_of(role: Role) -> Vec<&'static str> {
    accepted(role).into_iter().filter_map(|(_, names)| names.first().copied()).collect()
}

/// The meanings that a role asks for, with the names that each has in the layer by its mapping.
fn names(role: Role, mapping: &Mapping) -> Vec<(Meaning, Vec<String>)> {
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mapped = |(meaning, accepted): (Meaning, Vec<&'static str>)| {
        let names = match accepted.first().and_then(|word| mapping.fields.get(word)) {
            None => own(&accepted),
            Some(FieldNames { names, demanded: Some(_) }) => names.clone(),
            Some(FieldNames { names, demanded: None }) => names.iter().cloned().chain(own(&accepted)).collect(),
        };
        (meaning, names)
    };
    accepted(role).into_iter().map(mapped).collect()
}

/// The names to ask a reader for.
pub(super) fn wanted(role: Role, alias: Option<&str>, mapping: &Mapping) -> Wanted {
    let names = names(role, mapping).into_iter().flat_map(|(_, names)| names);
    Wanted::new(names.chain(alias.map(str::to_owned)))
}

/// Which field of a layer means what: for every meaning the first accepted name that any feature has.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Fields {
    chosen: Vec<(Meaning, u16, String)>,
}

impl Fields {
    /// Chooses by the fields of a layer's schema and by those that any of its features has: `slots` says which.
    pub(super) fn choose(
        role: Role,
        alias: Option<&str>,
        mapping: &Mapping,
        schema: &[String],
        slots: &[bool],
    ) -> Self {
        let wanted = wanted(role, alias, mapping);
        let mut present: Vec<Option<&str>> = vec![None; wanted.len()];
        for (slot, field) in schema.iter().filter_map(|f| Some((wanted.slot(f)?, f))) {
            present[usize::from(slot)] = Some(field);
        }
        for (present, _) in present.iter_mut().zip(slots).filter(|(_, is)| **is) {
            present.get_or_insert_default();
        }
        let mut chosen = Vec::new();
        let all = names(role, mapping);
        // A table may also name the field by our word for it.
        let of_word = |word: &str| {
            let at = accepted(role).iter().position(|(_, names)| names.first() == Some(&word))?;
            all.get(at).map(|(_, names)| names.clone())
        };
        let alias = alias.map(|field| {
            let others = of_word(&fold(field)).unwrap_or_default();
            (Meaning::Alias, std::iter::once(field.to_owned()).chain(others).collect())
        });
        for (meaning, names) in all.into_iter().chain(alias) {
            let slots = names.iter().filter_map(|name| Some((wanted.slot(name)?, name)));
            if let Some((slot, name)) = slots.into_iter().find(|(slot, _)| present[usize::from(*slot)].is_some()) {
                // As the file spells it, where it has a schema.
                let spelt = present[usize::from(slot)].filter(|field| !field.is_empty()).unwrap_or(name);
                chosen.push((meaning, slot, spelt.to_owned()));
            }
        }
        let mut fields = Self { chosen };
        fields.keep_dates_apart(mapping);
        fields
    }

    /// One field does not tell both when a hazard was recorded and when its status changed: by the latter the land would
    /// be recorded and released at one moment. So the hazards are undated, unless the project file says otherwise.
    fn keep_dates_apart(&mut self, mapping: &Mapping) {
        let slot = |meaning| self.chosen.iter().find(|c| c.0 == meaning).map(|c| c.1);
        let said = mapping.fields.get("date").is_some_and(|names| names.demanded.is_some());
        let one = slot(Meaning::Date).is_some() && slot(Meaning::Date) == slot(Meaning::StatusDate);
        if one && !said && slot(Meaning::Status).is_some() && !mapping.values.status.is_empty() {
            self.chosen.retain(|c| c.0 != Meaning::Date);
        }
    }

    /// The first field that the project file demands and the layer has not: our word for it, and what was said.
    pub(super) fn missing<'m>(&self, role: Role, mapping: &'m Mapping) -> Option<(&'static str, &'m FieldNames)> {
        let demanded = accepted(role).into_iter().filter_map(|(meaning, names)| {
            let word = *names.first()?;
            let said = mapping.fields.get(word).filter(|said| said.demanded.is_some())?;
            self.name(meaning).is_none().then_some((word, said))
        });
        demanded.into_iter().next()
    }

    /// The slots and names of the fields in use, each once.
    pub(super) fn names(&self) -> Vec<(u16, &str)> {
        let mut names: Vec<(u16, &str)> = self.chosen.iter().map(|(_, slot, name)| (*slot, name.as_str())).collect();
        names.sort_unstable();
        names.dedup_by_key(|(slot, _)| *slot);
        names
    }

    /// The meanings that the layer has a field for, with its name, by our words.
    pub(super) fn words(&self, role: Role) -> Vec<(&'static str, &str)> {
        let words = accepted(role).into_iter().filter_map(|(meaning, names)| Some((meaning, *names.first()?)));
        words.filter_map(|(meaning, word)| Some((word, self.name(meaning)?))).collect()
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
