//! What a layer probably is: by its name, by its fields, by their values.

use std::path::Path;

use super::super::fields::{Fields, words_of};
use super::super::mapping::{Mapping, Values};
use super::super::profile::{PROFILES, Profile};
use super::super::words;
use super::{FieldFacts, Guess, Inspection};
use crate::read::{Value, fold};
use crate::report::Role;

/// Words in the names of files and layers, in the order in which they decide.
const NAMES: &[(Role, &[&str])] = &[
    (Role::Coverage, &["coverage", "surveyed", "survey_extent"]),
    (Role::Incidents, &["incident", "accident", "victim", "casualt"]),
    (Role::Releases, &["release", "clear", "reduc", "cancel", "complet", "handover", "despejad", "lifted"]),
    (Role::Zones, &["zone", "settlement", "village", "return", "town", "school"]),
    (
        Role::Districts,
        &["district", "adm0", "adm1", "adm2", "adm3", "adm4", "admin", "rayon", "municip", "boundar", "region"],
    ),
    (Role::Hazards, &["hazard", "suspect", "confirmed", "mine", "contamin", "sha", "cha", "dha"]),
];

/// Fields that only layers of one role have.
const FIELDS: &[(Role, &[&str])] = &[
    (
        Role::Releases,
        &[
            "hazreduc_localid",
            "hazreduc_id",
            "hazreduc_l",
            "hazreduc_g",
            "areacleare",
            "release_type",
            "kind",
            "activity_type",
        ],
    ),
    (Role::Hazards, &["hazard_localid", "hazard_loc", "hazard_id", "hazard_class", "hazard_type", "ha_type"]),
    (Role::Districts, &["shapeid", "pcode", "adm1_pcode", "adm2_pcode", "adm3_pcode", "iso_3166_2"]),
    (Role::Zones, &["radius_m"]),
    (Role::Incidents, &["killed", "injured", "accident_localid"]),
];

/// What a layer probably is.
pub(super) fn guess(inspection: &Inspection, path: &Path) -> Guess {
    let stem = path.file_stem().map(|s| fold(&s.to_string_lossy())).unwrap_or_default();
    let has = |name: &&str| inspection.fields.iter().any(|field| fold(&field.name) == *name);
    let by_fields = FIELDS.iter().find(|(_, names)| names.iter().any(has)).map(|(role, _)| *role);
    let named =
        |text: &str| NAMES.iter().find(|(_, words)| words.iter().any(|w| text.contains(w))).map(|(role, _)| *role);
    let by_name = named(&stem).or_else(|| named(&fold(&inspection.layer)));
    let by_values = role_of_values(&inspection.fields);
    let role = by_fields.or(by_values).or(by_name);
    let votes = [by_fields, by_values, by_name].into_iter().flatten();
    let sure =
        role.is_some() && votes.clone().all(|vote| Some(vote) == role) && (by_fields.is_some() || votes.count() > 1);
    let mut guess = Guess { role, sure, ..Guess::default() };
    if let Some(role) = role {
        fields_of(&mut guess, inspection, role);
    }
    guess
}

/// The role whose words the values of some field are, most of them.
fn role_of_values(fields: &[FieldFacts]) -> Option<Role> {
    let values = Values::default();
    let all = |field: &FieldFacts, known: &dyn Fn(&Value) -> bool| {
        let known = field.samples.iter().filter(|(text, _)| known(&Value::Text(text.clone()))).count();
        known > 0 && known * 2 >= field.samples.len()
    };
    if fields.iter().any(|field| all(field, &|v| words::class(v, &values).is_some())) {
        Some(Role::Hazards)
    } else if fields
        .iter()
        .any(|field| is_called(field, "status") && all(field, &|v| words::kind(v, &values).is_some()))
    {
        // What has become of a hazard; the land of one that is open must not be released by its file's other records.
        Some(Role::Hazards)
    } else if fields.iter().any(|field| all(field, &|v| words::kind(v, &values).is_some())) {
        Some(Role::Releases)
    } else {
        None
    }
}

/// Whether a word stands in a field's name.
fn is_called(field: &FieldFacts, word: &str) -> bool {
    crate::read::fold(&field.name).contains(word)
}

fn fields_of(guess: &mut Guess, inspection: &Inspection, role: Role) {
    let schema: Vec<String> = inspection.fields.iter().map(|field| field.name.clone()).collect();
    let found = |mapping: &Mapping| {
        let fields = Fields::choose(role, None, mapping, &schema, &[]);
        fields.words(role).into_iter().map(|(word, name)| (word, name.to_owned())).collect::<Vec<_>>()
    };
    let (plain, mut mapping) = (found(&Mapping::default()), Mapping::default());
    // The first of those that find most: the table is in alphabetical order.
    let mut best = plain.len();
    guess.found = plain;
    for (name, _) in PROFILES {
        let Some(own) = Profile::find(name, Path::new("")).ok().and_then(|p| p.mapping(role).cloned()) else {
            continue;
        };
        let with = found(&own);
        if with.len() > best {
            best = with.len();
            (guess.profile, guess.found, mapping) = (Some(*name), with, own);
        }
    }
    let taken: Vec<String> = guess.found.iter().map(|(_, name)| name.clone()).collect();
    for word in words_of(role) {
        let has = |other: &str| guess.found.iter().any(|(found, _)| *found == other);
        // A district is known by its code.
        if has(word) || (word == "id" && role == Role::Districts && has("code")) {
            continue;
        }
        let free = inspection.fields.iter().filter(|field| !taken.contains(&field.name));
        if let Some(field) = free.into_iter().find(|field| likely(word, field, inspection)) {
            guess.likely.push((word, field.name.clone()));
        }
    }
    let known = guess.found.iter().chain(&guess.likely).cloned().collect::<Vec<_>>();
    for (word, name) in known {
        let Some(field) = inspection.fields.iter().find(|field| field.name == name) else { continue };
        let understood = |value: &Value| match word {
            "class" => words::class(value, &mapping.values).is_some(),
            "kind" => words::kind(value, &mapping.values).is_some(),
            "status" => words::status(value, &mapping.values).is_some(),
            _ => true,
        };
        let unknown = field.samples.iter().filter(|(text, _)| !understood(&Value::Text(text.clone())));
        guess.unknown.extend(unknown.map(|(text, count)| (word, text.clone(), *count)));
    }
}

/// Whether a field that is not called so may be what a word means, by its values and a part of its name.
fn likely(word: &str, field: &FieldFacts, inspection: &Inspection) -> bool {
    let name = fold(&field.name);
    let called = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    let values = Values::default();
    let some = |known: &dyn Fn(&Value) -> bool| field.samples.iter().any(|(text, _)| known(&Value::Text(text.clone())));
    let (good, bad) = field.dates;
    match word {
        "class" => some(&|value| words::class(value, &values).is_some()),
        "kind" => some(&|value| words::kind(value, &values).is_some()),
        "date" => good > bad && (called(&["date", "datum", "fecha", "tarix", "дата"]) || field.types == ["date"]),
        "id" | "code" => {
            called(&["id", "code", "no", "ref"]) && field.empty == 0 && field.distinct == inspection.features
        }
        "name" => called(&["name", "nom", "naziv", "adı"]) && field.types == ["text"],
        _ => false,
    }
}
