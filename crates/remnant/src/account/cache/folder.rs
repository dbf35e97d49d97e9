//! The folder of packs: `JOB.remnant-cache`, and `.remnant-cache-PID-N` for one that is being written.
//!
//! Whoever can write a pack can change the figures of the next run. So a folder that is made here is for its owner alone,
//! and a pack is read only where it belongs to the user who runs the program and nobody else may write to it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

use super::pack::HEAD;
use crate::error::{Error, Location, Result};
use crate::read::hexadecimal;
use crate::settings::{DatePolicy, OutsidePolicy, Settings};

/// Packs that are kept, the newest ones: so many jobs may take turns in one folder.
const KEPT: usize = 8;

/// What names of packs end with.
const ENDING: &str = ".remnant-cache";

/// What names of packs begin with that are being written.
const UNFINISHED: &str = ".remnant-cache-";

/// Names that are tried for a pack that is being written.
const NAMES: u32 = 100;

/// # Errors
/// [`Error::Unusable`] where something stands at the path that is no folder.
pub(super) fn refuse_what_is_no_folder(path: &Path) -> Result<()> {
    let refused = |why: &str, remedy: &str| {
        Err(Error::unusable("the cache folder can't be used", Location::file(path), why, remedy))
    };
    match fs::metadata(path) {
        Ok(there) if !there.is_dir() => refused("it is a file, not a folder", "name a folder with --cache"),
        Err(_) if fs::symlink_metadata(path).is_ok_and(|there| there.is_symlink()) => {
            refused("it is a link to nothing", "remove the link, or make what it points to")
        }
        _ if path.as_os_str().is_empty() => refused("it has no name", "name a folder with --cache"),
        _ => Ok(()),
    }
}

/// A word for a job, by what its runs have in common that differ by their records: so that several jobs in one folder
/// don't throw out each other's packs.
pub(super) fn job(settings: &Settings, layers: &[String]) -> String {
    let flags = [
        settings.geometry,
        settings.series.is_some(),
        settings.since.is_some(),
        settings.dates == DatePolicy::Ignore,
        settings.outside == OutsidePolicy::Baseline,
    ];
    let mut hash = Sha256::new();
    hash.update(flags.map(u8::from));
    for layer in layers {
        hash.update((layer.len() as u64).to_le_bytes());
        hash.update(layer);
    }
    hexadecimal(&hash.finalize()[..16])
}

/// A folder of packs.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Opens a folder, or makes it; or says why that can't be done.
    pub fn open(path: &Path) -> std::result::Result<Self, String> {
        let made = if path.is_dir() { Ok(()) } else { make(path) };
        made.map_err(|e| format!("its folder can't be made: {e}"))?;
        let path = fs::canonicalize(path).map_err(|e| format!("its folder can't be found: {e}"))?;
        let folder = Self { path };
        folder.clear_leftovers();
        Ok(folder)
    }

    /// The path of a job's pack.
    pub fn pack(&self, job: &str) -> PathBuf {
        self.path.join(format!("{job}{ENDING}"))
    }

    /// Bytes that are free on the disk of the folder, where the system tells.
    pub fn room(&self) -> Option<u64> {
        #[cfg(unix)]
        {
            let disk = nix::sys::statvfs::statvfs(&self.path).ok()?;
            #[allow(clippy::useless_conversion, reason = "the width of these differs from system to system")]
            u64::from(disk.blocks_available()).checked_mul(u64::from(disk.fragment_size()))
        }
        #[cfg(not(unix))]
        None
    }

    /// A new file in the folder.
    pub fn begin(&self) -> io::Result<Unfinished> {
        let mut number = 0;
        loop {
            let path = self.path.join(format!("{UNFINISHED}{}-{number}", std::process::id()));
            let mut how = OpenOptions::new();
            how.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut how, 0o600);
            match how.open(&path) {
                Ok(file) => {
                    // Where there are no locks, leftovers stay.
                    let _ = file.try_lock();
                    return Ok(Unfinished { path, file, placed: false });
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && number < NAMES => number += 1,
                Err(e) => return Err(e),
            }
        }
    }

    /// Removes what killed runs have left. What is locked is being written.
    fn clear_leftovers(&self) {
        for (name, path) in self.files() {
            let Some(numbers) = name.strip_prefix(UNFINISHED) else { continue };
            let ours = !numbers.is_empty() && numbers.bytes().all(|b| b.is_ascii_digit() || b == b'-');
            if ours && open_file(&path).is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = fs::remove_file(path);
            }
        }
    }

    /// Removes the oldest packs beyond those that are kept.
    pub fn prune(&self) {
        let mut packs: Vec<(SystemTime, PathBuf)> = Vec::new();
        for (name, path) in self.files() {
            let job = name.strip_suffix(ENDING);
            let ours = job.is_some_and(|job| job.len() == 32 && job.bytes().all(|b| b.is_ascii_hexdigit()));
            if ours
                && is_pack(&path)
                && let Ok(changed) = fs::symlink_metadata(&path).and_then(|file| file.modified())
            {
                packs.push((changed, path));
            }
        }
        packs.sort_unstable_by(|a, b| b.cmp(a));
        for (_, path) in packs.into_iter().skip(KEPT) {
            // It is tried again the next time.
            let _ = fs::remove_file(path);
        }
    }

    /// The regular files in the folder whose names are text.
    fn files(&self) -> impl Iterator<Item = (String, PathBuf)> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        files.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
    }

    /// Makes the names in the folder durable.
    fn sync(&self) -> io::Result<()> {
        crate::write::sync_folder(&self.path)
    }
}

/// Makes a folder for its owner alone.
fn make(path: &Path) -> io::Result<()> {
    let mut how = fs::DirBuilder::new();
    how.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut how, 0o700);
    how.create(path)
}

/// Opens a file to be read. A link is not followed, and a pipe that nobody writes to is not waited for.
fn open_file(path: &Path) -> io::Result<File> {
    let mut how = OpenOptions::new();
    how.read(true);
    #[cfg(unix)]
    {
        use nix::fcntl::OFlag;
        use std::os::unix::fs::OpenOptionsExt;
        how.custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    }
    how.open(path)
}

/// Whether a file begins as packs do.
fn is_pack(path: &Path) -> bool {
    let mut head = [0; HEAD.len()];
    open_file(path).is_ok_and(|mut file| file.read_exact(&mut head).is_ok()) && head == *HEAD
}

/// A file that is being written; it goes when this goes.
#[derive(Debug)]
pub(super) struct Unfinished {
    path: PathBuf,
    file: File,
    placed: bool,
}

impl Unfinished {
    /// Opens a pack that is there, if it can be trusted as much as the file that is being written; or says why not.
    pub fn open_former(&self, path: &Path) -> std::result::Result<Option<File>, String> {
        let file = match open_file(path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e.to_string()),
        };
        let there = file.metadata().map_err(|e| e.to_string())?;
        if !there.is_file() {
            return Err("it is no regular file".to_owned());
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let own = self.file.metadata().map_err(|e| e.to_string())?;
            if own.uid() != there.uid() {
                return Err("it belongs to another user".to_owned());
            }
            if there.mode() & 0o022 != 0 {
                return Err("others than its owner may write to it".to_owned());
            }
        }
        Ok(Some(file))
    }

    /// Gives the file its name, in place of what has it, durably.
    pub fn place(mut self, folder: &Folder, path: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, path)?;
        self.placed = true;
        folder.sync()
    }
}

impl Write for &Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&self.file).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&self.file).flush()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Under its former name there may be somebody else's by now.
        if !self.placed {
            let _ = fs::remove_file(&self.path);
        }
    }
}
