//! Makes `proj.db` from PROJ's SQL files.
#![expect(unsafe_code, reason = "SQLite is a C library; each call says why it is sound")]

use crate::{PROJ_VERSION, Result, read};
use libsqlite3_sys as sqlite;
use std::{
    ffi::{CStr, CString},
    path::Path,
    ptr,
};

/// Fewer files than this mean that PROJ's list wasn't understood.
const LEAST_FILES: usize = 35;

/// Makes the database `target` from the sources in the folder `proj`.
pub(crate) fn build(proj: &Path, target: &Path) -> Result<()> {
    let path = target.to_str().ok_or_else(|| format!("{} is not a UTF-8 path, SQLite needs one", target.display()))?;
    let database = Connection::open(path)?;
    // A half-made file is never used (the cache takes whole folders only), so nothing needs to reach the disk early.
    database.execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;")?;
    // One call for all of it: SQLite's own loop over 10 MB of statements takes seconds, preparing them one by one a
    // minute.
    database.execute(&script(proj)?)
}

/// PROJ's SQL files in the order of its list, as one script.
fn script(proj: &Path) -> Result<String> {
    let list = read(&proj.join("data/sql_filelist.cmake"))?;
    let names: Vec<&str> = list.lines().filter_map(file_name).filter(|name| !is_check(name)).collect();
    if names.len() < LEAST_FILES {
        return Err(format!("PROJ's list of SQL files names only {names:?}; it should name at least {LEAST_FILES}"));
    }
    let mut script = String::new();
    for name in names {
        script += &read(&proj.join("data/sql").join(name))?;
        script.push('\n');
    }
    Ok(script.replace("${PROJ_VERSION}", PROJ_VERSION))
}

/// The file named by a line such as `"${SQL_DIR}/metadata.sql"`.
fn file_name(line: &str) -> Option<&str> {
    line.trim().strip_prefix("\"${SQL_DIR}/")?.strip_suffix('"')
}

/// Triggers and checks guard against wrong rows when PROJ's authors change the data. PROJ itself adds the triggers only
/// after the last row, and this database is never written again.
fn is_check(name: &str) -> bool {
    name.contains("triggers") || name == "final_consistency_checks.sql"
}

/// An open SQLite database, closed when dropped.
struct Connection(*mut sqlite::sqlite3);

impl Connection {
    fn open(path: &str) -> Result<Self> {
        let c_path = CString::new(path).map_err(|e| format!("{path}: {e}"))?;
        let mut handle = ptr::null_mut();
        // SAFETY: the path is a NUL-terminated string that outlives the call, and `handle` is a valid place for the
        // result.
        let status = unsafe { sqlite::sqlite3_open(c_path.as_ptr(), &mut handle) };
        let connection = Self(handle); // SQLite gives a handle even when it fails, and it has to be closed
        match status {
            sqlite::SQLITE_OK => Ok(connection),
            _ => Err(format!("SQLite can't create {path} (code {status})")),
        }
    }

    fn execute(&self, script: &str) -> Result<()> {
        let c_script = CString::new(script).map_err(|e| format!("an SQL file of PROJ is damaged: {e}"))?;
        let mut message = ptr::null_mut();
        // SAFETY: the handle is open as long as `self` lives, the script is NUL-terminated and outlives the call, no
        // callback is given, and `message` is a valid place for the result.
        let status = unsafe { sqlite::sqlite3_exec(self.0, c_script.as_ptr(), None, ptr::null_mut(), &mut message) };
        if status == sqlite::SQLITE_OK {
            return Ok(());
        }
        if message.is_null() {
            return Err(format!("SQLite can't make proj.db (code {status})"));
        }
        // SAFETY: SQLite gave a NUL-terminated text that is ours until it is freed.
        let text = unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned();
        // SAFETY: the text came from SQLite's allocator, was copied, and is used no more.
        unsafe { sqlite::sqlite3_free(message.cast()) };
        Err(format!("SQLite can't make proj.db: {text}"))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: the handle came from `sqlite3_open`, closing a null handle is allowed, and nobody uses it afterwards.
        unsafe { sqlite::sqlite3_close(self.0) };
    }
}
