//! A file's whole content, and the digest of exactly the bytes that were parsed.

use std::fs::{self, File, Metadata};
use std::io::Read;
use std::ops::{Deref, Range};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};

use crate::error::{Error, Location, Result};

/// How much of a file [`head`] reads.
const HEAD: usize = 4096;

/// How much is read at a time where a file is gone over once.
const BLOCK: usize = 1 << 18;

/// How long before it was read a file may have changed so that a later change could bear the same time: clocks of file
/// systems have steps of up to two seconds.
const COARSEST_CLOCK: Duration = Duration::from_secs(2);

/// Which bytes a figure rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The file, as the caller named it.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// The SHA-256 of its content, in lower-case hexadecimal.
    pub sha256: String,
    /// What it looked like; nothing where the bytes were unpacked from another file.
    looks: Option<Looks>,
}

impl Digest {
    /// Fails where the file does not hold these bytes any more. Its content is read again only where its looks tell of a
    /// change, or could not tell of one: a touched file is still the same, and one that changed back and forth too.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub fn check(&self) -> Result<()> {
        let Some(looks) = &self.looks else { return Ok(()) };
        let gone = |error: &dyn std::fmt::Display| self.moved(format!("it can't be read any more: {error}"));
        let now = fs::metadata(&self.path).map_err(|e| gone(&e))?;
        if looks.are_certain && looks.are_those_of(&now) {
            return Ok(());
        }
        if now.len() != self.size {
            return Err(self.moved(format!("it had {} bytes and has {}", self.size, now.len())));
        }
        let (_, sha256) = hashed(&self.path, self.size).map_err(|e| gone(&e))?;
        if sha256 == self.sha256 {
            return Ok(());
        }
        Err(self.moved(format!("its SHA-256 was {} and is {sha256}", self.sha256)))
    }

    fn moved(&self, why: impl std::fmt::Display) -> Error {
        let remedy = "wait until whatever writes it has finished, then run again; what was there before is unchanged";
        Error::failed("an input changed while the run was at work", Location::file(&self.path), why, remedy)
    }
}

/// What a file looks like from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Looks {
    size: u64,
    modified: Option<SystemTime>,
    /// What nobody can set back: device, file, and the time of the last change of any kind.
    identity: Option<[i128; 3]>,
    /// Whether a change after the file was opened would have shown.
    are_certain: bool,
}

impl Looks {
    /// Of a file that was opened just now and whose content is read next.
    fn of(file: &Metadata) -> Self {
        let modified = file.modified().ok();
        let settled =
            |changed: SystemTime| SystemTime::now().duration_since(changed).is_ok_and(|age| age > COARSEST_CLOCK);
        let identity = identity(file);
        let changed = identity.map(|[.., changed]| changed).and_then(|nanoseconds| u64::try_from(nanoseconds).ok());
        let changed = changed.map(|nanoseconds| SystemTime::UNIX_EPOCH + Duration::from_nanos(nanoseconds));
        let are_certain = modified.is_some_and(settled) && changed.is_none_or(settled);
        Self { size: file.len(), modified, identity, are_certain }
    }

    fn are_those_of(&self, file: &Metadata) -> bool {
        self.size == file.len() && self.modified == file.modified().ok() && self.identity == identity(file)
    }
}

#[cfg(unix)]
fn identity(file: &Metadata) -> Option<[i128; 3]> {
    use std::os::unix::fs::MetadataExt;
    let changed = i128::from(file.ctime()) * 1_000_000_000 + i128::from(file.ctime_nsec());
    Some([file.dev().into(), file.ino().into(), changed])
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<[i128; 3]> {
    None
}

/// What a file looked like when its content was read: whoever reads it again can ask whether that is still so.
#[derive(Debug, Clone)]
pub(super) struct Stamp {
    path: PathBuf,
    size: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    /// What a file looks like now.
    fn of(path: &Path, file: &Metadata) -> Self {
        Self { path: path.to_owned(), size: file.len(), modified: file.modified().ok() }
    }

    /// Fails where the file is not what it was.
    pub(super) fn check(&self) -> Result<()> {
        self.fits(fs::metadata(&self.path))
    }

    /// Fails where what was looked up of the file is not what it was.
    fn fits(&self, now: std::io::Result<Metadata>) -> Result<()> {
        let now = now.map_err(|e| unreadable(&self.path, &e))?;
        // A system without times of change leaves the sizes.
        if now.len() == self.size && now.modified().ok() == self.modified { Ok(()) } else { Err(changed(&self.path)) }
    }
}

/// The content of a file, read once. Opaque, so that a memory map can take the place of the vector.
#[derive(Debug)]
pub struct Bytes {
    path: PathBuf,
    content: Vec<u8>,
    modified: Option<SystemTime>,
    looks: Option<Looks>,
}

impl Bytes {
    /// Reads a regular file (links are followed).
    ///
    /// # Errors
    /// [`Error::Unusable`] where there is no such file, it is not a regular file, it is empty, it can't be read or
    /// it changed while it was read; [`Error::Failed`] where it does not fit in memory.
    pub fn load(path: &Path) -> Result<Self> {
        let bytes = Self::load_or_empty(path)?;
        if bytes.is_empty() { Err(empty(path)) } else { Ok(bytes) }
    }

    /// The same for a side file, which may be empty.
    ///
    /// # Errors
    /// As [`Bytes::load`], an empty file excepted.
    pub fn load_or_empty(path: &Path) -> Result<Self> {
        let (mut file, before) = open(path)?;
        let looks = Looks::of(&before);
        let length = before.len();
        let mut content = Vec::new();
        usize::try_from(length).ok().and_then(|l| content.try_reserve_exact(l).ok()).ok_or_else(|| {
            Error::failed(
                "this file does not fit in memory",
                Location::file(path),
                format!("it has {length} bytes"),
                "use a machine with more memory, or split the file",
            )
        })?;
        // One byte more than there should be: a file that grows is noticed, one that grows for ever ends.
        file.by_ref().take(length.saturating_add(1)).read_to_end(&mut content).map_err(|e| unreadable(path, &e))?;
        let after = file.metadata().map_err(|e| unreadable(path, &e))?;
        if content.len() as u64 != length || !same(&before, &after) {
            return Err(changed(path));
        }
        Ok(Self { path: path.to_owned(), content, modified: after.modified().ok(), looks: Some(looks) })
    }

    /// Content that was unpacked from an archive; `path` is for messages, and nothing is read from it.
    pub(super) fn unpacked(path: PathBuf, content: Vec<u8>) -> Self {
        Self { path, content, modified: None, looks: None }
    }

    /// The digest of these bytes.
    pub fn digest(&self) -> Digest {
        let sha256 = hexadecimal(&Sha256::digest(&self.content));
        Digest { path: self.path.clone(), size: self.content.len() as u64, sha256, looks: self.looks.clone() }
    }

    /// What the file looked like.
    pub(super) fn stamp(&self) -> Stamp {
        Stamp { path: self.path.clone(), size: self.content.len() as u64, modified: self.modified }
    }

    /// The content, for a library that wants to own it.
    pub(super) fn into_content(self) -> Vec<u8> {
        self.content
    }

    /// The file, as the caller named it.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.content
    }
}

/// Bytes as digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The digest of a file that is too large to be held, or is read by another way.
///
/// # Errors
/// As [`Bytes::load`].
pub(super) fn digest_of(path: &Path) -> Result<(Digest, Stamp)> {
    let (file, before) = open(path)?;
    let looks = Looks::of(&before);
    let stamp = Stamp::of(path, &before);
    // Held while it is hashed: whoever opens another layer of this file waits for the result.
    let mut hashed = HASHED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((.., sha256)) = hashed.iter().find(|known| looks.are_certain && known.0 == path && known.1 == looks) {
        return Ok((
            Digest { path: path.to_owned(), size: looks.size, sha256: sha256.clone(), looks: Some(looks) },
            stamp,
        ));
    }
    let (size, sha256) = hash(file, before.len()).map_err(|e| unreadable(path, &e))?;
    if size == 0 {
        return Err(empty(path));
    }
    if size != before.len() {
        return Err(changed(path));
    }
    stamp.check()?;
    if hashed.len() == MOST_HASHED {
        hashed.remove(0);
    }
    hashed.push((path.to_owned(), looks.clone(), sha256.clone()));
    Ok((Digest { path: path.to_owned(), size, sha256, looks: Some(looks) }, stamp))
}

/// Files that were hashed last: a container is opened for each of its layers, and one of gigabytes is not to be gone over
/// for each. Another file, or a change of any kind, looks different (see [`Digest::check`]).
static HASHED: Mutex<Vec<(PathBuf, Looks, String)>> = Mutex::new(Vec::new());

/// How many of them are remembered.
const MOST_HASHED: usize = 8;

/// The size and the SHA-256 of a file that should have so many bytes.
fn hashed(path: &Path, size: u64) -> Result<(u64, String)> {
    let (file, _) = open(path)?;
    hash(file, size).map_err(|e| unreadable(path, &e))
}

/// The same of an open file. One byte more than there should be: a file that grows is noticed, one that grows for ever
/// ends.
fn hash(file: File, size: u64) -> std::io::Result<(u64, String)> {
    let mut hash = Sha256::new();
    let size = std::io::copy(&mut file.take(size.saturating_add(1)), &mut Hashed(&mut hash))?;
    Ok((size, hexadecimal(&hash.finalize())))
}

/// A file of which parts are read as they are needed, from any thread, so that it is never held whole.
#[derive(Debug)]
pub(super) struct Stored {
    file: File,
    stamp: Stamp,
    looks: Looks,
}

impl Stored {
    /// Opens a regular file.
    ///
    /// # Errors
    /// As [`Bytes::load`].
    pub(super) fn open(path: &Path) -> Result<Self> {
        let (file, seen) = open(path)?;
        if seen.len() == 0 {
            return Err(empty(path));
        }
        Ok(Self { file, stamp: Stamp::of(path, &seen), looks: Looks::of(&seen) })
    }

    /// Its size in bytes.
    pub(super) fn len(&self) -> u64 {
        self.stamp.size
    }

    /// Reads the bytes of a range that lies within the file.
    ///
    /// # Errors
    /// [`Error::Unusable`] where they can't be read, or where the file is not what it was when it was opened.
    pub(super) fn read(&self, range: Range<u64>) -> Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX)];
        self.fill(range.start, &mut bytes)?;
        self.stamp.fits(self.file.metadata())?;
        Ok(bytes)
    }

    fn fill(&self, at: u64, bytes: &mut [u8]) -> Result<()> {
        let ended = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::UnexpectedEof => changed(&self.stamp.path),
            _ => unreadable(&self.stamp.path, &e),
        };
        #[cfg(unix)]
        return std::os::unix::fs::FileExt::read_exact_at(&self.file, bytes, at).map_err(ended);
        #[cfg(not(unix))]
        {
            use std::io::{Seek as _, SeekFrom};
            // A handle of its own for each call, as moving within a file is not a matter for several threads.
            let mut file = File::open(&self.stamp.path).map_err(|e| unreadable(&self.stamp.path, &e))?;
            file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(bytes)).map_err(ended)
        }
    }

    /// Goes over the whole file once, block by block, and gives its digest. `look` is shown where each block begins, and
    /// the block.
    ///
    /// # Errors
    /// As [`Stored::read`].
    pub(super) fn digest(&self, mut look: impl FnMut(u64, &[u8])) -> Result<Digest> {
        let mut hash = Sha256::new();
        let mut block = vec![0; BLOCK];
        let mut at = 0;
        while at < self.len() {
            let length = (self.len() - at).min(BLOCK as u64) as usize;
            self.fill(at, &mut block[..length])?;
            hash.update(&block[..length]);
            look(at, &block[..length]);
            at += length as u64;
        }
        self.stamp.check()?;
        let (path, sha256) = (self.stamp.path.clone(), hexadecimal(&hash.finalize()));
        Ok(Digest { path, size: self.len(), sha256, looks: Some(self.looks.clone()) })
    }
}

/// Takes bytes into a hash.
struct Hashed<'a>(&'a mut Sha256);

impl std::io::Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The first bytes of a file, at most 4 KiB: enough to tell its format.
///
/// # Errors
/// As [`Bytes::load`].
pub(super) fn head(path: &Path) -> Result<Vec<u8>> {
    let (file, _) = open(path)?;
    let mut head = Vec::with_capacity(HEAD);
    file.take(HEAD as u64).read_to_end(&mut head).map_err(|e| unreadable(path, &e))?;
    if head.is_empty() { Err(empty(path)) } else { Ok(head) }
}

/// Opens a file after a look at what it is: merely opening a FIFO would wait for a writer.
fn open(path: &Path) -> Result<(File, Metadata)> {
    let seen = fs::metadata(path).map_err(|e| unreadable(path, &e))?;
    if !seen.is_file() {
        let kind = if seen.is_dir() { "it is a folder" } else { "it is a device, a pipe or a socket" };
        return Err(Error::unusable(
            "this is not a regular file",
            Location::file(path),
            kind,
            "name a file; write what a pipe gives to a file first",
        ));
    }
    let file = File::open(path).map_err(|e| unreadable(path, &e))?;
    let opened = file.metadata().map_err(|e| unreadable(path, &e))?;
    Ok((file, opened))
}

fn same(before: &Metadata, after: &Metadata) -> bool {
    // A system without times of change leaves the sizes.
    before.len() == after.len() && before.modified().ok() == after.modified().ok()
}

fn changed(path: &Path) -> Error {
    Error::unusable(
        "the input changed while it was read",
        Location::file(path),
        "its size or its time of change is not what it was at the start",
        "wait until whatever writes it has finished, then run again",
    )
}

fn empty(path: &Path) -> Error {
    Error::unusable(
        "this file is empty",
        Location::file(path),
        "it has no bytes at all, not even those of an empty layer",
        "export it again; a layer without records is still a file with a header",
    )
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let remedy = match error.kind() {
        std::io::ErrorKind::NotFound => "check the name",
        std::io::ErrorKind::PermissionDenied => "make it readable for the user who runs this program",
        _ => "check the disk or the network drive that it is on",
    };
    Error::unusable("this file can't be read", Location::file(path), error, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(result: Result<Bytes>) -> String {
        result.err().map(|e| e.to_string()).unwrap_or_default()
    }

    #[test]
    fn digests_what_it_read() -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("abc");
        fs::write(&path, "abc")?;
        let bytes = Bytes::load(&path)?;
        assert_eq!(&*bytes, b"abc");
        let digest = bytes.digest();
        assert_eq!(digest.size, 3);
        assert_eq!(digest.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(head(&path)?, b"abc");
        let (streamed, stamp) = digest_of(&path)?;
        assert_eq!(streamed, digest);
        stamp.check()?;
        fs::write(&path, "abcd")?;
        assert!(stamp.check().is_err_and(|e| e.to_string().contains("changed while it was read")));
        assert_eq!(digest_of(&path)?.0, Bytes::load(&path)?.digest());
        Ok(())
    }

    #[test]
    fn a_file_that_is_hashed_again_is_the_same_or_another() -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("survey");
        let old = SystemTime::now() - Duration::from_secs(3600);
        for text in ["one", "two"] {
            fs::write(&path, text)?;
            File::options().write(true).open(&path)?.set_modified(old)?;
            for _ in 0..3 {
                assert_eq!(digest_of(&path)?.0.sha256, Bytes::load(&path)?.digest().sha256, "{text}");
            }
            std::thread::sleep(COARSEST_CLOCK + Duration::from_millis(100));
            for _ in 0..3 {
                assert_eq!(digest_of(&path)?.0.sha256, Bytes::load(&path)?.digest().sha256, "{text}");
            }
        }
        for number in 0..2 * MOST_HASHED {
            fs::write(&path, format!("content {number}"))?;
            assert_eq!(digest_of(&path)?.0.sha256, Bytes::load(&path)?.digest().sha256);
        }
        assert!(HASHED.lock().unwrap_or_else(PoisonError::into_inner).len() <= MOST_HASHED);
        Ok(())
    }

    #[test]
    fn a_file_that_changed_after_it_was_read_is_told_by_its_content()
    -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("abc");
        let old = SystemTime::now() - Duration::from_secs(3600);
        let write = |text: &str| -> std::io::Result<()> {
            fs::write(&path, text)?;
            File::options().write(true).open(&path)?.set_modified(old)
        };
        write("abc")?;
        let digest = Bytes::load(&path)?.digest();
        digest.check()?;
        // Touched, and written anew with the same bytes: still what was read.
        File::options().write(true).open(&path)?.set_modified(old + Duration::from_secs(9))?;
        digest.check()?;
        write("abc")?;
        digest.check()?;
        for (text, why) in [("abd", "SHA-256"), ("abcd", "has 4"), ("", "has 0")] {
            write(text)?;
            let told = digest.check().expect_err("it changed").to_string();
            assert!(told.contains("abc") && told.contains(why), "{told}");
        }
        fs::remove_file(&path)?;
        assert!(digest.check().is_err_and(|e| e.to_string().contains("any more")));
        Ok(())
    }

    #[test]
    fn names_what_is_not_a_file_at_once() -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        assert!(message(Bytes::load(folder.path())).contains("folder"));
        assert!(message(Bytes::load(&folder.path().join("none"))).contains("can't be read"));
        let path = folder.path().join("empty");
        fs::write(&path, "")?;
        assert!(message(Bytes::load(&path)).contains("empty"));
        assert!(Bytes::load_or_empty(&path)?.is_empty());
        assert!(head(&path).is_err());
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn follows_links_and_refuses_devices_and_pipes() -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let (file, link, looped) =
            (folder.path().join("file"), folder.path().join("link"), folder.path().join("looped"));
        fs::write(&file, "x")?;
        std::os::unix::fs::symlink(&file, &link)?;
        std::os::unix::fs::symlink(&looped, &looped)?;
        assert_eq!(&*Bytes::load(&link)?, b"x");
        assert!(Bytes::load(&looped).is_err());
        assert!(message(Bytes::load(Path::new("/dev/null"))).contains("device"));
        let fifo = folder.path().join("fifo");
        if std::process::Command::new("mkfifo").arg(&fifo).status().is_ok_and(|s| s.success()) {
            assert!(message(Bytes::load(&fifo)).contains("pipe"));
            assert!(head(&fifo).is_err());
        }
        Ok(())
    }
}
