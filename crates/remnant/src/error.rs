//! What stops a run, said so that the reader knows what, where, why and what to do.

use std::fmt;
use std::path::PathBuf;

/// Where in the input something is: as much as is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// The file, as the caller named it.
    pub file: Option<PathBuf>,
    /// The layer inside a container.
    pub layer: Option<String>,
    /// The feature's number in its file, from 1.
    pub feature: Option<u64>,
    /// The record's id.
    pub id: Option<String>,
    /// The field.
    pub field: Option<String>,
}

impl Location {
    /// A whole file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { file: Some(path.into()), ..Self::default() }
    }

    /// The same place, narrowed to a feature (counted from 1).
    pub fn feature(mut self, number: u64) -> Self {
        self.feature = Some(number);
        self
    }

    /// The same place, narrowed to a field.
    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.field = Some(name.into());
        self
    }

    /// The same place, narrowed to a layer of its file.
    pub fn layer(mut self, name: impl Into<String>) -> Self {
        self.layer = Some(name.into());
        self
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(file) = &self.file {
            parts.push(printable(&file.display().to_string()));
        }
        if let Some(layer) = &self.layer {
            parts.push(format!("layer {}", printable(layer)));
        }
        if let Some(feature) = self.feature {
            parts.push(format!("feature {feature}"));
        }
        if let Some(id) = &self.id {
            parts.push(format!("id {}", printable(id)));
        }
        if let Some(field) = &self.field {
            parts.push(format!("field {}", printable(field)));
        }
        f.write_str(&parts.join(", "))
    }
}

/// Text from a file made fit for a terminal: control characters are escaped, so that a name can't steer it, and so are
/// ends of lines and marks of direction, so that none can show itself, or what follows it, as something else.
pub fn printable(text: &str) -> String {
    let turns =
        |c| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if c.is_control() || turns(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
        out
    })
}

/// The whole of an error message: what, where, why and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What can't be done, as a sentence without a full stop.
    pub what: String,
    /// Where.
    pub place: Location,
    /// Why.
    pub why: String,
    /// What the user can do about it.
    pub remedy: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        let place = self.place.to_string();
        if !place.is_empty() {
            write!(f, "\n  where: {place}")?;
        }
        if !self.why.is_empty() {
            write!(f, "\n  why: {}", self.why)?;
        }
        if !self.remedy.is_empty() {
            write!(f, "\n  what to do: {}", self.remedy)?;
        }
        Ok(())
    }
}

/// What an error says that was a panic: a fault of this program.
pub const FAULT: &str = "the program has a fault, so nothing was written";

/// What ends a run without a result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The call, the project file or an input file can't be used at all.
    #[error("{0}")]
    Unusable(Box<Trouble>),
    /// The program failed: a full disk, a broken promise of its own.
    #[error("{0}")]
    Failed(Box<Trouble>),
    /// The user asked for an end.
    #[error("interrupted; nothing was written")]
    Interrupted,
}

impl Error {
    /// An input or a call that can't be used.
    pub fn unusable(
        what: impl Into<String>,
        place: Location,
        why: impl fmt::Display,
        remedy: impl Into<String>,
    ) -> Self {
        Self::Unusable(Box::new(Trouble { what: what.into(), place, why: why.to_string(), remedy: remedy.into() }))
    }

    /// A failure of the program or of the machine under it.
    pub fn failed(what: impl Into<String>, place: Location, why: impl fmt::Display, remedy: impl Into<String>) -> Self {
        Self::Failed(Box::new(Trouble { what: what.into(), place, why: why.to_string(), remedy: remedy.into() }))
    }
}

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
