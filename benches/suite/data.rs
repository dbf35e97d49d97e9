//! The scenarios that are measured, made once and kept.

use std::path::{Path, PathBuf};

use crate::scenario::front::{self, Form, Scenario};
use crate::scenario::write::Formats;

/// A scenario by what its folder is called after.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// The generator's word for the form.
    pub shape: &'static str,
    /// Number of hazards; seven releases come with ten of them.
    pub hazards: u64,
    /// Six times as many overlaps.
    pub heavy: bool,
    /// Number of settlement zones.
    pub zones: u64,
    /// The year in which the records begin.
    pub first_year: i64,
}

impl Spec {
    /// The usual scenario of some size.
    pub fn front(hazards: u64) -> Self {
        Self { shape: "front", hazards, heavy: false, zones: 0, first_year: 1995 }
    }

    /// The same in another form.
    pub fn of(shape: &'static str, hazards: u64) -> Self {
        Self { shape, ..Self::front(hazards) }
    }

    fn folder(&self) -> String {
        let mut name = format!("{}-{}", self.shape.replace(':', "-"), self.hazards);
        if self.heavy {
            name += "-heavy";
        }
        if self.zones > 0 {
            name += &format!("-{}-zones", self.zones);
        }
        if self.first_year != 1995 {
            name += &format!("-from-{}", self.first_year);
        }
        name
    }

    /// The scenario's folder, made where it is not there yet.
    pub fn made_in(&self, root: &Path) -> Result<PathBuf, String> {
        let dir = root.join(self.folder());
        if dir.is_dir() {
            return Ok(dir);
        }
        eprintln!("making {}", dir.display());
        let part = root.join(format!("{}.part", self.folder()));
        let form = Form::of_word(self.shape).ok_or_else(|| format!("{}: no such shape", self.shape))?;
        let settings = Scenario {
            hazards: self.hazards,
            releases: self.hazards * 7 / 10,
            districts: 47,
            zones: self.zones,
            first_year: self.first_year,
            heavy: self.heavy,
            seed: 1,
            form,
        };
        // Text of a million hazards is a gigabyte that nothing here reads.
        let geojson = self.hazards <= 100_000 && self.shape == "front";
        let made = front::generate(&settings, &part, Formats { geojson, fgb: true, index: self.hazards <= 1_000_000 });
        made.and_then(|_| std::fs::rename(&part, &dir)).map_err(|e| format!("{}: {e}", dir.display()))?;
        Ok(dir)
    }
}
