//! Profiles: what the fields and values of a source system are called, kept as data.
//!
//! A profile is a TOML file: `about`, perhaps `extends`, and for each role the tables `fields` and `values` as a project
//! file has them for a layer. To add one, add a file to `profiles/` and its line to [`PROFILES`].

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::mapping::{Mapping, unknown};
use crate::error::{Error, Location, Result};
use crate::report::Role;

/// The profiles that come with the program: name and text.
pub const PROFILES: &[(&str, &str)] = &[
    ("geoboundaries", include_str!("profiles/geoboundaries.toml")),
    ("imsma-core", include_str!("profiles/imsma-core.toml")),
    ("imsma-ng", include_str!("profiles/imsma-ng.toml")),
    ("imsma-shapefile", include_str!("profiles/imsma-shapefile.toml")),
    ("ocha-cod-ab", include_str!("profiles/ocha-cod-ab.toml")),
];

/// Profiles that rest on one another, at most.
const DEEPEST: usize = 8;

/// A profile is written by hand; one larger than this is something else, named by mistake.
const LARGEST: u64 = 1 << 20;

/// A profile: a mapping for each role that it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// What it is for, in a sentence.
    pub about: String,
    roles: BTreeMap<Role, Mapping>,
    /// The files that it was read from, the one named first.
    files: Vec<PathBuf>,
}

/// One name or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a name or a list of names is needed")]
enum Names {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    about: String,
    extends: Option<Spanned<String>>,
    #[serde(default)]
    hazards: WrittenRole,
    #[serde(default)]
    releases: WrittenRole,
    #[serde(default)]
    districts: WrittenRole,
    #[serde(default)]
    zones: WrittenRole,
    #[serde(default)]
    incidents: WrittenRole,
    #[serde(default)]
    coverage: WrittenRole,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRole {
    #[serde(default)]
    fields: BTreeMap<String, Spanned<Names>>,
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, Spanned<String>>>,
}

/// Where the text of a profile stands.
struct Page<'a> {
    name: &'a str,
    /// The folder that paths are relative to; `None` for a profile that comes with the program.
    folder: Option<&'a Path>,
    text: &'a str,
}

impl Profile {
    /// The profile of a name, or of a file where the name ends in `.toml` or holds a `/`; the file is relative to
    /// `folder`.
    ///
    /// # Errors
    /// [`Error::Unusable`] where there is no such profile, its file can't be read, or it says what can't be.
    pub fn find(name: &str, folder: &Path) -> Result<Self> {
        Self::at_depth(name, Some(folder), 0)
    }

    fn at_depth(name: &str, folder: Option<&Path>, depth: usize) -> Result<Self> {
        if depth >= DEEPEST {
            return Err(refused(name, "it extends others without an end", "let a profile not extend itself"));
        }
        if let Some((name, text)) = PROFILES.iter().find(|(known, _)| *known == name) {
            return Page { name, folder: None, text }.profile(depth);
        }
        let is_file = name.ends_with(".toml") || name.contains(['/', '\\']);
        let Some(folder) = folder.filter(|_| is_file) else {
            let known: Vec<&str> = PROFILES.iter().map(|(name, _)| *name).collect();
            let why = unknown("no profile has this name", name, &known);
            return Err(refused(name, why, "name one of these, or the path of a profile of your own, ending in .toml"));
        };
        let path = folder.join(name);
        let unreadable = |why: &dyn std::fmt::Display| {
            Error::unusable("the profile can't be read", Location::file(&path), why, "check the path of the profile")
        };
        let metadata = std::fs::metadata(&path).map_err(|e| unreadable(&e))?;
        if !metadata.is_file() || metadata.len() > LARGEST {
            return Err(unreadable(&"it is not a regular file of less than 1 MiB"));
        }
        let text = std::fs::read_to_string(&path).map_err(|e| unreadable(&e))?;
        let name = path.display().to_string();
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut profile = Page { name: &name, folder: Some(folder), text: &text }.profile(depth)?;
        profile.files.insert(0, path);
        Ok(profile)
    }

    /// What it says of the layers of a role; nothing where it knows none.
    pub fn mapping(&self, role: Role) -> Option<&Mapping> {
        self.roles.get(&role)
    }

    /// The files that it was read from: none for a profile that comes with the program.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

fn refused(name: &str, why: impl std::fmt::Display, remedy: &str) -> Error {
    Error::unusable(format!("the profile `{name}` can't be used"), Location::default(), why, remedy)
}

impl Page<'_> {
    fn profile(&self, depth: usize) -> Result<Profile> {
        let written: Written = toml::from_str(self.text).map_err(|e| self.error(e.span(), e.message()))?;
        let (mut roles, files) = match &written.extends {
            Some(base) => {
                let base = Profile::at_depth(base.get_ref(), self.folder, depth + 1)?;
                (base.roles, base.files)
            }
            None => (BTreeMap::new(), Vec::new()),
        };
        for (role, said) in [
            (Role::Hazards, &written.hazards),
            (Role::Releases, &written.releases),
            (Role::Districts, &written.districts),
            (Role::Zones, &written.zones),
            (Role::Incidents, &written.incidents),
            (Role::Coverage, &written.coverage),
        ] {
            let mut mapping = Mapping::default();
            for (word, names) in &said.fields {
                let list = match names.get_ref() {
                    Names::One(name) => std::slice::from_ref(name),
                    Names::Several(names) => names,
                };
                mapping.field(role, word, list, None).map_err(|why| self.error(Some(names.span()), &why))?;
            }
            for (field, values) in &said.values {
                for (value, meaning) in values {
                    let set = mapping.value(role, field, value, meaning.get_ref());
                    set.map_err(|why| self.error(Some(meaning.span()), &why))?;
                }
            }
            if mapping != Mapping::default() {
                let base = roles.remove(&role).unwrap_or_default();
                roles.insert(role, base.with(mapping));
            }
        }
        Ok(Profile { about: written.about, roles, files })
    }

    fn error(&self, span: Option<Range<usize>>, why: &str) -> Error {
        let line = span.and_then(|span| self.text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        let why = line.map_or_else(|| why.to_owned(), |line| format!("line {line}: {why}"));
        refused(self.name, why, "put that line of the profile right and run again")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::HazardClass;

    fn said(result: Result<Profile>) -> String {
        result.err().map(|e| e.to_string()).unwrap_or_default()
    }

    #[test]
    fn every_profile_that_comes_with_the_program_can_be_read() {
        for (name, _) in PROFILES {
            let profile = Profile::find(name, Path::new("")).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(profile.about.len() > 20 && !profile.roles.is_empty(), "{name}");
        }
    }

    #[test]
    fn a_profile_of_ones_own_extends_another() -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let own = "about = \"Ours.\"\nextends = \"imsma-ng\"\n[hazards.fields]\nid = \"OUR_ID\"\n[hazards.values.class]\n\
                   \"Minefield\" = \"confirmed\"\n";
        std::fs::write(folder.path().join("own.toml"), own)?;
        let profile = Profile::find("own.toml", folder.path())?;
        let hazards = profile.mapping(Role::Hazards).ok_or("hazards")?;
        assert_eq!(hazards.fields["id"].names, ["OUR_ID"]);
        assert_eq!(hazards.values.class["minefield"], HazardClass::Confirmed);
        let base = Profile::find("imsma-ng", folder.path())?;
        let base_hazards = base.mapping(Role::Hazards).ok_or("hazards")?;
        assert_eq!(hazards.fields["area_m2"], base_hazards.fields["area_m2"]);
        assert_eq!(profile.mapping(Role::Releases), base.mapping(Role::Releases));
        assert_eq!(profile.files().len(), 1);
        Ok(())
    }

    #[test]
    fn an_error_names_profile_line_and_remedy() -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        for (text, parts) in [
            ("about = \"x\"\n[hazards.fields]\nclas = \"T\"\n", ["line 3", "did you mean `class`?"]),
            ("about = \"x\"\n[hazards.values.class]\nA = \"sure\"\n", ["line 3", "suspected, confirmed"]),
            ("about = \"x\"\n[hazard.fields]\n", ["line 2", "hazard"]),
            ("about = \"x\"\nextends = \"own.toml\"\n", ["without an end", "own.toml"]),
            ("about = \"x\"\nextends = \"imsma\"\n", ["no profile has this name", "imsma-ng"]),
            ("about = \"x\"\n[hazards.fields]\nid = 7\n", ["line 3", "a name or a list of names"]),
        ] {
            std::fs::write(folder.path().join("own.toml"), text)?;
            let said = said(Profile::find("own.toml", folder.path()));
            assert!(parts.iter().all(|part| said.contains(part)), "{text}: {said}");
        }
        assert!(said(Profile::find("imsma-gn", folder.path())).contains("did you mean `imsma-ng`?"));
        assert!(said(Profile::find("none.toml", folder.path())).contains("none.toml"));
        Ok(())
    }
}
