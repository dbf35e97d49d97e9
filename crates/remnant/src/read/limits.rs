//! How much a file from a stranger may ask for. Every limit that can be raised stands here, with its name in calls and
//! project files; no real survey reaches one of them.

use remnant_geometry::Budget;

/// What can be limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Corners of the rings of one record.
    Corners,
    /// Places where the edges of one record cross or touch.
    Crossings,
    /// Places where borders meet within one tile of the plane.
    TileCrossings,
    /// How many times the usual a file may grow while it is read.
    Growth,
}

/// A row of the table of limits.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The limit.
    pub limit: Limit,
    /// Its name.
    pub name: &'static str,
    /// What holds where nobody says anything.
    pub usual: u64,
    /// What it limits, in words.
    pub what: &'static str,
}

/// Every limit that can be set.
pub const LIMITS: [Row; 4] = [
    Row { limit: Limit::Corners, name: "corners", usual: 50_000_000, what: "corners of the rings of one record" },
    Row {
        limit: Limit::Crossings,
        name: "crossings",
        usual: 5_000_000,
        what: "places where the edges of one record cross or touch; a small record may have a fiftieth, and 100 for each corner",
    },
    Row {
        limit: Limit::TileCrossings,
        name: "tile_crossings",
        usual: 50_000_000,
        what: "places where borders of all records meet within a tile of 750 m or less",
    },
    Row {
        limit: Limit::Growth,
        name: "growth",
        usual: 1,
        what: "how many times the usual a file may grow while it is read: what it unpacks to, rows and steps of views, uses of shared arcs, chords of arcs",
    },
];

/// The limits of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits([u64; LIMITS.len()]);

impl Default for Limits {
    fn default() -> Self {
        Self(LIMITS.map(|row| row.usual))
    }
}

impl Limits {
    /// The value of a limit.
    pub fn of(&self, limit: Limit) -> u64 {
        let at = LIMITS.iter().position(|row| row.limit == limit);
        at.and_then(|at| self.0.get(at)).copied().unwrap_or(u64::MAX)
    }

    /// Sets a limit by its name.
    ///
    /// # Errors
    /// Words for a person, where there is no such limit or nothing could be read with it.
    pub fn set(&mut self, name: &str, value: u64) -> Result<(), String> {
        let Some(at) = LIMITS.iter().position(|row| row.name == name) else {
            let names: Vec<&str> = LIMITS.iter().map(|row| row.name).collect();
            return Err(crate::mapping::unknown(&format!("no limit is called {name}"), name, &names));
        };
        if value == 0 {
            return Err(format!("the limit {name} is 1 or more"));
        }
        if let Some(limit) = self.0.get_mut(at) {
            *limit = value;
        }
        Ok(())
    }

    /// How many times the usual a file may grow.
    pub(crate) fn growth(&self) -> u64 {
        self.of(Limit::Growth)
    }

    /// What the rings of a record may ask for.
    pub(crate) fn budget(&self) -> Budget {
        Budget { corners: self.of(Limit::Corners), crossings: self.of(Limit::Crossings) }
    }

    /// The end of a message: which limit was reached, and how it is raised.
    pub(crate) fn reached(&self, limit: Limit) -> String {
        let name = LIMITS.iter().find(|row| row.limit == limit).map_or("", |row| row.name);
        let value = self.of(limit);
        format!("the limit {name} is {value}; where the file can be trusted, raise it with --limit {name}=N")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_set_by_its_name_and_told_with_it() {
        let mut limits = Limits::default();
        assert_eq!(limits.set("corners", 7), Ok(()));
        assert_eq!((limits.of(Limit::Corners), limits.budget().corners), (7, 7));
        assert!(limits.reached(Limit::Corners).contains("--limit corners=N"));
        assert!(limits.set("corner", 7).is_err_and(|why| why.contains("corners")));
        assert!(limits.set("growth", 0).is_err());
        assert_eq!(Limits::default().budget(), Budget::default());
    }
}
