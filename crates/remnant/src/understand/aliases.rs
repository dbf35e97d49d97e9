//! Names and codes that are wrong in a layer, put right by a table: never by a guess.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Location, Result};
use crate::read::{Bytes, Digest};

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
        let mut reader = csv::Reader::from_reader(&bytes[..]);
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
        Ok(Self { field, file: bytes.digest(), rows })
    }

    /// The row for a feature.
    pub(super) fn of(&self, key: &str) -> Option<&Alias> {
        let alias = self.rows.get(key.trim())?;
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
