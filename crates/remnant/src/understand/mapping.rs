//! What the fields and values of a source are called, and what they mean here.
//!
//! A [`Mapping`] is made of a [profile](super::profile) and of what a project file says itself; the latter wins. A
//! field that the project file names must be there; the names of a profile are tried before the built-in ones, and
//! nothing is said where a layer has none of them.

use std::collections::BTreeMap;

use super::fields::words_of;
use crate::read::fold;
use crate::records::{HazardClass, ReleaseKind};
use crate::report::Role;

/// What the fields and values of one layer mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The names of fields in the source, by our word for the field.
    pub fields: BTreeMap<&'static str, FieldNames>,
    /// What values mean.
    pub values: Values,
    /// The profile that it begins with, for messages.
    pub profile: Option<String>,
}

/// What a field is called in the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldNames {
    /// The names, the preferred one first.
    pub names: Vec<String>,
    /// Where this is said, such as `remnant.toml, line 12`: then one of the names must be there. `None` for a profile,
    /// whose names are tried before the built-in ones.
    pub demanded: Option<String>,
}

/// What values mean, by the value [folded](crate::read::fold): trimmed and in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// Classes of hazards.
    pub class: BTreeMap<String, HazardClass>,
    /// Kinds of releases.
    pub kind: BTreeMap<String, ReleaseKind>,
    /// What the status of a hazard says of its land.
    pub status: BTreeMap<String, Status>,
}

/// What the status of a hazard says of its land.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It is still a hazard.
    Open,
    /// It is closed, and the source does not say how its land was released: so the land stays contaminated.
    Closed,
    /// Its land was released in this way.
    Released(ReleaseKind),
}

/// The words for the classes of hazards.
pub const CLASSES: [(&str, HazardClass); 2] =
    [("suspected", HazardClass::Suspected), ("confirmed", HazardClass::Confirmed)];
/// The words for the kinds of releases.
pub const KINDS: [(&str, ReleaseKind); 3] =
    [("cancelled", ReleaseKind::Cancelled), ("reduced", ReleaseKind::Reduced), ("cleared", ReleaseKind::Cleared)];
/// The words for what a status says.
pub const STATUSES: [(&str, Status); 5] = [
    ("open", Status::Open),
    ("closed", Status::Closed),
    ("cancelled", Status::Released(ReleaseKind::Cancelled)),
    ("reduced", Status::Released(ReleaseKind::Reduced)),
    ("cleared", Status::Released(ReleaseKind::Cleared)),
];

/// The fields whose values can be mapped, with the words that they are mapped to, and the role that has them.
pub const VALUE_FIELDS: [(&str, Role, &[&str]); 3] = [
    ("class", Role::Hazards, &["suspected", "confirmed"]),
    ("status", Role::Hazards, &["open", "closed", "cancelled", "reduced", "cleared"]),
    ("kind", Role::Releases, &["cancelled", "reduced", "cleared"]),
];

/// Our words for the fields of a role, which a mapping may name.
pub fn field_words(role: Role) -> Vec<&'static str> {
    words_of(role)
}

impl Mapping {
    /// Says what a field is called in the source. `demanded` is where it is said, if the field must be there.
    ///
    /// # Errors
    /// In words: the role has no such field, or no name is given.
    pub fn field(&mut self, role: Role, word: &str, names: &[String], demanded: Option<&str>) -> Result<(), String> {
        let words = field_words(role);
        let Some(word) = words.iter().copied().find(|w| *w == word) else {
            let what = format!("layers of {} have no field `{word}`", role.word());
            return Err(unknown(&what, word, &words));
        };
        if names.is_empty() || names.iter().any(|name| name.trim().is_empty()) {
            return Err(format!("the field `{word}` is mapped to an empty name"));
        }
        let demanded = demanded.map(str::to_owned);
        self.fields.insert(word, FieldNames { names: names.to_vec(), demanded });
        Ok(())
    }

    /// Says what a value of a field means.
    ///
    /// # Errors
    /// In words: the role has no such field, or the meaning is none.
    pub fn value(&mut self, role: Role, field: &str, value: &str, meaning: &str) -> Result<(), String> {
        let of_role: Vec<&str> = VALUE_FIELDS.iter().filter(|f| f.1 == role).map(|f| f.0).collect();
        let Some((_, _, meanings)) = VALUE_FIELDS.iter().find(|f| f.0 == field && f.1 == role) else {
            let what = format!("layers of {} have no values of `{field}` to be mapped", role.word());
            return Err(unknown(&what, field, &of_role));
        };
        let key = fold(value);
        let before = match field {
            "class" => word_of(&self.values.class, &CLASSES, &key),
            "kind" => word_of(&self.values.kind, &KINDS, &key),
            _ => word_of(&self.values.status, &STATUSES, &key),
        };
        if let Some(other) = before.filter(|other| *other != meaning) {
            return Err(format!("\"{value}\" is mapped to `{meaning}` and, but for its case, to `{other}` too"));
        }
        let known = match field {
            "class" => set(&mut self.values.class, &CLASSES, key, meaning),
            "kind" => set(&mut self.values.kind, &KINDS, key, meaning),
            _ => set(&mut self.values.status, &STATUSES, key, meaning),
        };
        if known {
            return Ok(());
        }
        Err(unknown(&format!("\"{value}\" is mapped to `{meaning}`, which is no {field}"), meaning, meanings))
    }

    /// The same with another mapping over it, which wins.
    pub fn with(mut self, over: Self) -> Self {
        self.fields.extend(over.fields);
        self.values.class.extend(over.values.class);
        self.values.kind.extend(over.values.kind);
        self.values.status.extend(over.values.status);
        self.profile = over.profile.or(self.profile);
        self
    }
}

fn set<T: Copy>(values: &mut BTreeMap<String, T>, words: &[(&str, T)], key: String, meaning: &str) -> bool {
    let Some((_, meaning)) = words.iter().find(|(word, _)| *word == meaning) else { return false };
    values.insert(key, *meaning);
    true
}

/// The word that a value is mapped to already.
fn word_of<T: Copy + PartialEq>(
    values: &BTreeMap<String, T>,
    words: &[(&'static str, T)],
    key: &str,
) -> Option<&'static str> {
    let meaning = values.get(key)?;
    words.iter().find(|(_, known)| known == meaning).map(|(word, _)| *word)
}

/// A sentence about a word that is none of those known, with the nearest one if there is one.
pub fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    let hint = nearest(word, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    if known.is_empty() {
        return what.to_owned();
    }
    format!("{what} (there are {}){hint}", known.join(", "))
}

/// The one of some words that another one was probably meant to be: few letters differ, whatever their case.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |text: &str| -> Vec<char> { fold(text).chars().filter(|c| c.is_alphanumeric()).take(64).collect() };
    let word = plain(word);
    let distance = |other: &&&'a str| edits(&word, &plain(other));
    let (near, edits) = known.iter().map(|other| (*other, distance(&other))).min_by_key(|(_, edits)| *edits)?;
    let longest = word.len().max(plain(near).len());
    // A third of the letters may differ: more, and the guess helps nobody.
    (longest > 0 && edits * 3 <= longest).then_some(near)
}

/// How many letters must be put in, taken out or changed to make one word of the other; neighbours that changed places
/// count once.
fn edits(one: &[char], other: &[char]) -> usize {
    let width = other.len() + 1;
    let mut table = vec![0; (one.len() + 1) * width];
    for i in 0..=one.len() {
        for j in 0..=other.len() {
            let at = |i: usize, j: usize| table[i * width + j];
            table[i * width + j] = if i == 0 || j == 0 {
                i + j
            } else {
                let same = usize::from(one[i - 1] != other[j - 1]);
                let mut least = (at(i - 1, j) + 1).min(at(i, j - 1) + 1).min(at(i - 1, j - 1) + same);
                if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                    least = least.min(at(i - 2, j - 2) + 1);
                }
                least
            };
        }
    }
    table[one.len() * width + other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_recognised_and_another_word_is_not() {
        for (word, near) in [
            ("Stauts", Some("status")),
            ("dateofinf", Some("dateofinfo")),
            ("HAZARD-ID", Some("hazard_id")),
            ("village", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(nearest(word, &["status", "dateofinfo", "hazard_id"]), near, "{word}");
        }
        assert_eq!(nearest("a", &[]), None);
    }

    #[test]
    fn a_mapping_refuses_what_no_layer_of_its_role_has() {
        let mut mapping = Mapping::default();
        let names = ["X".to_owned()];
        let said = mapping.field(Role::Hazards, "clas", &names, None).expect_err("no such field");
        assert!(said.contains("hazards") && said.contains("did you mean `class`?"), "{said}");
        assert!(mapping.field(Role::Releases, "class", &names, None).is_err());
        assert!(mapping.field(Role::Hazards, "class", &[], None).is_err());
        assert!(mapping.field(Role::Hazards, "class", &names, None).is_ok());
        let said = mapping.value(Role::Hazards, "class", "Minefield", "confrimed").expect_err("no such class");
        assert!(said.contains("Minefield") && said.contains("did you mean `confirmed`?"), "{said}");
        assert!(mapping.value(Role::Zones, "class", "a", "confirmed").is_err());
        assert!(mapping.value(Role::Hazards, "class", " MineField ", "confirmed").is_ok());
        assert_eq!(mapping.values.class.get("minefield"), Some(&HazardClass::Confirmed));
    }

    #[test]
    fn the_words_of_values_are_those_that_are_understood() {
        for (field, role, words) in VALUE_FIELDS {
            for word in words {
                assert_eq!(Mapping::default().value(role, field, "x", word), Ok(()), "{field} {word}");
            }
        }
    }

    #[test]
    fn what_is_laid_over_wins() {
        let mut under = Mapping::default();
        let mut over = Mapping::default();
        for (mapping, class) in [(&mut under, "suspected"), (&mut over, "confirmed")] {
            mapping.value(Role::Hazards, "class", "x", class).expect("a class");
        }
        under.value(Role::Hazards, "class", "y", "suspected").expect("a class");
        let both = under.with(over).values.class;
        assert_eq!((both["x"], both["y"]), (HazardClass::Confirmed, HazardClass::Suspected));
    }
}
