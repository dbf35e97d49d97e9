//! An SQLite file opened so that nothing is written, nothing in it can run for long or take much, and the rows that
//! stand in a log beside it count.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::wal::{self, Applied};
use crate::error::{Error, Location, Result};
use crate::read::bytes::{Bytes, Digest, Stamp, digest_of};
use crate::read::{self, Limits};

/// Steps of SQLite's machine between two looks at what is left of the budget.
const STEPS: i32 = 100_000;

/// Steps that any file may take: less than a second.
const FREE_STEPS: u64 = 50_000_000;

/// Steps for each byte of a file. Reading a table takes about one, a view that joins without an index some hundreds.
const STEPS_PER_BYTE: u64 = 500;

/// Functions that would give another result on every run, or memory for nothing.
const REFUSED: &[&str] = &["random", "randomblob", "zeroblob", "load_extension", "fts3_tokenizer"];

/// An opened file.
pub(super) struct Database {
    pub(super) connection: Connection,
    /// The file, and its log if that counts.
    pub(super) files: Vec<Digest>,
    /// Their size together, in bytes.
    pub(super) size: u64,
    pub(super) notes: Vec<String>,
    pub(super) limits: Limits,
    stamp: Stamp,
}

impl Database {
    /// Fails where the file was changed since it was opened: what was read may be of both times then.
    pub(super) fn check(&self) -> Result<()> {
        self.stamp.check()
    }

    /// Opens a file.
    ///
    /// # Errors
    /// As [`Bytes::load`]; [`Error::Unusable`] where it is no database, or changes beside it are in doubt.
    pub(super) fn open(path: &Path, limits: Limits) -> Result<Self> {
        let beside = beside(path)?;
        let log = beside.log.as_deref().map(Bytes::load_or_empty).transpose()?;
        let (digest, stamp) = digest_of(path)?;
        let mut files = vec![digest];
        let mut notes = Vec::new();
        let mut patched = None;
        if let Some(log) = log.filter(|log| !log.is_empty()) {
            let mut database = Bytes::load(path)?.into_content();
            if let Applied::Pages(pages) = wal::apply(&mut database, &log).map_err(|why| in_doubt(path, &why))? {
                notes.push(format!(
                    "another program has this file open, or died with it: {pages} changed pages were read from the log \
                     beside it ({})",
                    log.path().file_name().unwrap_or_default().to_string_lossy()
                ));
                files.push(log.digest());
                patched = Some(database);
            }
            // Had the log been moved into the file in between, the two would be of different times.
            log.stamp().check()?;
            stamp.check()?;
        }
        let size = files.iter().map(|f| f.size).sum();
        let connection = match patched {
            Some(database) => in_memory(database).map_err(|e| unusable(path, &e, limits))?,
            None => unchanging(&beside.file).map_err(|e| unusable(path, &e, limits))?,
        };
        guard(&connection, size, limits).map_err(|e| unusable(path, &e, limits))?;
        if let Some(why) = damage(&connection).map_err(|e| unusable(path, &e, limits))? {
            return Err(broken(path, format!("it is damaged: {why}")));
        }
        Ok(Self { connection, files, size, notes, limits, stamp })
    }
}

/// The file itself, where links lead to it, and what SQLite would look for beside it.
struct Beside {
    file: PathBuf,
    log: Option<PathBuf>,
}

fn beside(path: &Path) -> Result<Beside> {
    // Without a file the loading of it says so.
    let file = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let named = |ending: &str| {
        let mut name = file.clone().into_os_string();
        name.push(ending);
        let name = PathBuf::from(name);
        fs::metadata(&name).is_ok_and(|m| m.is_file() && m.len() > 0).then_some(name)
    };
    if let Some(journal) = named("-journal") {
        let content = Bytes::load_or_empty(&journal)?;
        // A journal that is done with is emptied, or only its beginning is wiped.
        if content.starts_with(&[0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]) {
            return Err(in_doubt(path, "a change was broken off, and only its journal knows what was there before"));
        }
    }
    let log = named("-wal");
    Ok(Beside { file, log })
}

fn in_doubt(path: &Path, why: &str) -> Error {
    Error::unusable(
        "this GeoPackage is in the middle of a change",
        Location::file(path),
        why,
        "close it in the program that has it open (QGIS, for example), or open and close it there once, then run again",
    )
}

/// What SQLite says, for a person.
pub(super) fn unusable(path: &Path, error: &rusqlite::Error, limits: Limits) -> Error {
    let (why, remedy) = match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => (
            format!(
                "reading it takes far longer than its size allows; a view in it multiplies or never ends; {}",
                limits.reached(read::Limit::Growth)
            ),
            "save the layer as a table of its own, for example with QGIS or: ogr2ogr out.gpkg IN LAYER",
        ),
        Some(ErrorCode::OutOfMemory) => (
            "it takes more than half of this machine's memory".to_owned(),
            "save the layer alone as a table in a file of its own",
        ),
        _ => return broken(path, error.to_string()),
    };
    Error::unusable("this GeoPackage can't be used", Location::file(path), why, remedy)
}

fn broken(path: &Path, why: String) -> Error {
    let remedy = "copy or export it again; nobody can tell what this one was meant to hold";
    Error::unusable("this GeoPackage can't be used", Location::file(path), why, remedy)
}

/// The file where it is. Nothing is locked, looked for beside it, or written: whoever changes it while it is read is
/// found out afterwards.
fn unchanging(path: &Path) -> rusqlite::Result<Connection> {
    let mut name = String::from("file:");
    let bytes = path.as_os_str().as_encoded_bytes();
    if cfg!(windows) && !bytes.starts_with(b"/") {
        name.push('/');
    }
    for byte in bytes {
        match byte {
            b'\\' if cfg!(windows) => name.push('/'),
            b'/' | b'-' | b'_' | b'.' => name.push(char::from(*byte)),
            b if b.is_ascii_alphanumeric() => name.push(char::from(*b)),
            b => name.push_str(&format!("%{b:02X}")),
        }
    }
    name.push_str("?mode=ro&immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(name, flags)
}

/// A database whose bytes are in memory.
fn in_memory(mut database: Vec<u8>) -> rusqlite::Result<Connection> {
    if i32::try_from(database.len()).is_err() {
        let large = "it is larger than 2 GB and has a log beside it; close it in the program that has it open";
        return Err(rusqlite::Error::InvalidPath(large.into()));
    }
    // It has no log any more.
    database.iter_mut().skip(18).take(2).for_each(|version| *version = 1);
    let mut connection = Connection::open_in_memory()?;
    connection.deserialize_read_exact("main", &database[..], database.len(), true)?;
    Ok(connection)
}

/// Takes from a connection whatever a hostile file could use.
fn guard(connection: &Connection, size: u64, limits: Limits) -> rusqlite::Result<()> {
    for (setting, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
    ] {
        connection.set_db_config(setting, on)?;
    }
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY")?;
    if let Some(half) = half_of_memory() {
        // It can only be lowered, and holds for all of SQLite in this process.
        connection.execute_batch(&format!("PRAGMA hard_heap_limit = {half}"))?;
    }
    // No value is longer than the file that holds it, but for what a view makes of it.
    let longest = i32::try_from(size.saturating_add(1 << 20)).unwrap_or(i32::MAX);
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, longest)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000)?;
    connection.set_limit(Limit::SQLITE_LIMIT_VDBE_OP, 1_000_000)?;
    let usual = FREE_STEPS.saturating_add(size.saturating_mul(STEPS_PER_BYTE));
    let mut left = usual.saturating_mul(limits.growth()) / u64::from(STEPS.unsigned_abs());
    connection.progress_handler(
        STEPS,
        Some(move || {
            left = left.saturating_sub(1);
            left == 0
        }),
    );
    connection.authorizer(Some(|context: AuthContext<'_>| match context.action {
        AuthAction::Function { function_name } if REFUSED.iter().any(|f| f.eq_ignore_ascii_case(function_name)) => {
            Authorization::Deny
        }
        AuthAction::Select
        | AuthAction::Read { .. }
        | AuthAction::Function { .. }
        | AuthAction::Recursive
        | AuthAction::Pragma { .. } => Authorization::Allow,
        _ => Authorization::Deny,
    }));
    Ok(())
}

/// What in SQLite's own check of a database does not concern the rows that are read.
const HARMLESS: &[&str] = &[
    "NULL value in ",
    "NUMERIC value in ",
    "TEXT value in ",
    "non-",
    "CHECK constraint failed in ",
    "In RTree ",
    "malformed inverted index for ",
    "unable to validate the inverted index for ",
    // The line before those that say what is wrong.
    "*** in database ",
    "ok",
];

/// What is wrong with the pages of a database. Without this, a damaged count in a page is a table with fewer rows.
fn damage(connection: &Connection) -> rusqlite::Result<Option<String>> {
    // A table may have rules by functions that only other programs have; then there is nothing to be said.
    let Ok(mut statement) = connection.prepare("PRAGMA quick_check(100)") else { return Ok(None) };
    let mut rows = statement.query([])?;
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                let said = super::layers::text(row, 0).unwrap_or_default();
                let wrong = said.lines().find(|line| !HARMLESS.iter().any(|harmless| line.starts_with(harmless)));
                if let Some(wrong) = wrong {
                    return Ok(Some(wrong.to_owned()));
                }
            }
            Ok(None) => return Ok(None),
            Err(e) => match e.sqlite_error_code() {
                Some(
                    ErrorCode::DatabaseCorrupt
                    | ErrorCode::NotADatabase
                    | ErrorCode::OperationInterrupted
                    | ErrorCode::OutOfMemory,
                ) => return Err(e),
                _ => return Ok(None),
            },
        }
    }
}

/// Half of the machine's memory in bytes, where the system tells.
fn half_of_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let kilobytes: u64 = text.lines().find(|l| l.starts_with("MemTotal:"))?.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 512)
}
