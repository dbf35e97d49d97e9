//! A zip archive, unpacked in memory within bounds. Nothing is written to a disk, so the names in it lead nowhere.

use std::io::{Cursor, Read};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Bytes, Limit, Limits};
use crate::error::{Error, Location, Result};

/// More entries than any survey has.
const MOST_ENTRIES: usize = 20_000;

/// What may be unpacked from any archive, in bytes.
const ALWAYS: u64 = 64 << 20;

/// How many times its own size may be unpacked from a larger one. Deflate can reach 1,032; texts and tables of a real
/// survey stay below 100.
const RATIO: u64 = 250;

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) index: usize,
    /// Its path in the archive, with slashes.
    pub(super) name: String,
}

impl Entry {
    /// Its name without the folders.
    pub(super) fn file_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// Its path without the ending.
    pub(super) fn path_stem(&self) -> &str {
        let dot = self.file_name().rfind('.').map(|dot| self.name.len() - self.file_name().len() + dot);
        dot.and_then(|dot| self.name.get(..dot)).unwrap_or(&self.name)
    }

    /// Its name without folders and ending.
    pub(super) fn stem(&self) -> &str {
        self.path_stem().rsplit('/').next().unwrap_or_default()
    }

    /// Its ending in lower case.
    pub(super) fn extension(&self) -> String {
        self.file_name().rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
    }
}

/// An opened archive.
pub(super) struct Archive<'a> {
    path: &'a Path,
    zip: ZipArchive<Cursor<&'a [u8]>>,
    entries: Vec<Entry>,
    /// How many bytes may still be unpacked.
    left: u64,
    allowed: u64,
    limits: Limits,
}

fn unusable(path: &Path, why: impl std::fmt::Display) -> Error {
    let remedy = "pack it again, or unpack it and name the file in it";
    Error::unusable("this archive can't be used", Location::file(path), why, remedy)
}

impl<'a> Archive<'a> {
    /// Reads the directory of an archive.
    pub(super) fn open(bytes: &'a Bytes, limits: Limits) -> Result<Self> {
        let path = bytes.path();
        let zip = ZipArchive::new(Cursor::new(&bytes[..])).map_err(|e| unusable(path, reason(&e)))?;
        let most = (MOST_ENTRIES as u64).saturating_mul(limits.growth());
        if zip.len() as u64 > most {
            let why = format!("it has {} entries, more than {most}; {}", zip.len(), limits.reached(Limit::Growth));
            return Err(unusable(path, why));
        }
        if zip.has_duplicate_names() {
            return Err(unusable(path, "two of its entries have one name, so which one is meant can't be known"));
        }
        let mut entries = Vec::new();
        for index in 0..zip.len() {
            let entry = zip.by_index_data(index).map_err(|e| unusable(path, reason(&e)))?;
            let name = match entry.name() {
                Ok(name) => name.replace('\\', "/"),
                Err(_) => String::from_utf8_lossy(entry.name_raw()).replace('\\', "/"),
            };
            let entry = Entry { index, name };
            // What macOS puts beside the files.
            let shadow = entry.name.starts_with("__MACOSX/") || entry.file_name().starts_with("._");
            if !entry.name.ends_with('/') && !shadow {
                entries.push(entry);
            }
        }
        let allowed = (bytes.len() as u64).saturating_mul(RATIO).max(ALWAYS).saturating_mul(limits.growth());
        Ok(Self { path, zip, entries, left: allowed, allowed, limits })
    }

    /// The files in it, in their order.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Unpacks a file; its path is that of the archive with its own after it, for messages.
    pub(super) fn unpack(&mut self, entry: &Entry) -> Result<Bytes> {
        let place = self.path.join(entry.name.trim_start_matches('/'));
        let fault = |e: &ZipError| unusable(&place, reason(e));
        let file = self.zip.by_index(entry.index).map_err(|e| fault(&e))?;
        let stated = file.size();
        let too_large = || {
            let (allowed, limit) = (self.allowed, self.limits.reached(Limit::Growth));
            let why = format!(
                "the archive unpacks to more than {allowed} bytes, far more than a real one of its size; {limit}"
            );
            unusable(&place, why)
        };
        if stated > self.left {
            return Err(too_large());
        }
        let mut content = Vec::new();
        file.take(self.left.saturating_add(1)).read_to_end(&mut content).map_err(|e| unusable(&place, e))?;
        let read = content.len() as u64;
        if read > self.left {
            return Err(too_large());
        }
        if read != stated {
            return Err(unusable(&place, format!("it should have {stated} bytes unpacked and has {read}")));
        }
        self.left -= read;
        Ok(Bytes::unpacked(place, content))
    }
}

fn reason(error: &ZipError) -> String {
    match error {
        ZipError::UnsupportedArchive(why) if *why == ZipError::PASSWORD_REQUIRED => {
            "it is locked with a password".into()
        }
        ZipError::CompressionMethodNotSupported(method) => {
            format!("it is packed by method {method}; only stored and deflated entries are read")
        }
        ZipError::InvalidArchive(why) => format!("it is damaged or cut short: {why}"),
        other => other.to_string(),
    }
}
