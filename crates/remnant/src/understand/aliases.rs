//! Names and codes that are wrong in a layer, put right by a table: never by a guess.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Location, Result};
use crate::read::{Bytes, Digest, fold, separator};

/// What is right for one feature.
#[derive(Debug)]
pub(super) struct Alias {
    pub(super) code: Option<String>,
    pub(super) name: Option<String>,
    pub(super) reason: String,
    used: AtomicBool,
}

/// An alias table: a CSV file whose first column names a field of the layer.
#[derive(Debug)]
pub(super) struct Aliases {
    /// The field by which features are known.
    pub(super) field: String,
    /// The file, as it was read.
    pub(super) file: Digest,
    rows: HashMap<String, Alias>,
    /// The keys by themselves in lower case; `None` where several keys differ in case alone.
    folded: HashMap<String, Option<String>>,
}

impl Aliases {
    /// Reads a table.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let unusable = |why: &dyn std::fmt::Display| {
            let remedy =
                "write a CSV file whose first column is a field of the layer, with columns code, name and reason";
            Error::unusable("the alias table can't be used", Location::file(path), why, remedy)
        };
        let bytes = Bytes::load(path)?;
        let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut reader = csv::ReaderBuilder::new().delimiter(separator(content)).from_reader(content);
        let headers = reader.headers().map_err(|e| unusable(&e))?.clone();
        let column = |name: &str| headers.iter().position(|h| h.trim().eq_ignore_ascii_case(name));
        let (code, name, reason) = (column("code"), column("name"), column("reason"));
        let Some(field) = headers.get(0).filter(|f| !f.trim().is_empty() && (code.is_some() || name.is_some())) else {
            return Err(unusable(&"it has no first column, or neither a column code nor name"));
        };
        let field = field.trim().to_owned();
        let mut rows = HashMap::new();
        for record in reader.records() {
            let record = record.map_err(|e| unusable(&e))?;
            let cell = |at: Option<usize>| {
                at.and_then(|at| record.get(at)).map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned)
            };
            let Some(key) = cell(Some(0)) else { continue };
            let alias = Alias {
                code: cell(code),
                name: cell(name),
                reason: cell(reason).unwrap_or_default(),
                used: AtomicBool::new(false),
            };
            if rows.insert(key.clone(), alias).is_some() {
                return Err(unusable(&format!("it names {field} {key} twice")));
            }
        }
        let mut folded: HashMap<String, Option<String>> = HashMap::new();
        for key in rows.keys() {
            folded.entry(fold(key)).and_modify(|only| *only = None).or_insert_with(|| Some(key.clone()));
        }
        Ok(Self { field, file: bytes.digest(), rows, folded })
    }

    /// The row for a feature: the very key, or else the only one that differs from it in case alone.
    pub(super) fn of(&self, key: &str) -> Option<&Alias> {
        let other = || self.folded.get(&fold(key)).and_then(|only| self.rows.get(only.as_ref()?));
        let alias = self.rows.get(key.trim()).or_else(other)?;
        alias.used.store(true, Ordering::Relaxed);
        Some(alias)
    }

    /// The keys that no feature had, in order.
    pub(super) fn unused(&self) -> Vec<&str> {
        let unused = self.rows.iter().filter(|(_, a)| !a.used.load(Ordering::Relaxed));
        let mut keys: Vec<&str> = unused.map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_and_alphabets_are_rows_and_case_counts_only_where_rows_differ_by_it()
    -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("aliases.csv");
        std::fs::write(&path, "name,code\nQubadlı,AZ-QBI\nGubadly,AZ-QBI\nГубадлы,AZ-QBI\nXX,1\nxx,2\n")?;
        let aliases = Aliases::read(&path)?;
        let code = |key: &str| aliases.of(key).and_then(|alias| alias.code.clone());
        for key in ["Qubadlı", " Gubadly ", "GUBADLY", "Губадлы", "ГУБАДЛЫ"] {
            assert_eq!(code(key).as_deref(), Some("AZ-QBI"), "{key}");
        }
        assert_eq!((code("XX").as_deref(), code("xx").as_deref(), code("Xx")), (Some("1"), Some("2"), None));
        assert_eq!(code("Gubadli"), None);
        Ok(())
    }
}
