//! The accounts of the windows of one run in one file.
//!
//! ```text
//! head     16 bytes, then the digest of the program
//! values   key (32 bytes), the account of a window, a digest of both (16 bytes); one after the other
//! index    for each value the first 16 bytes of its key, its place and its length; in order of the keys
//! tail     the place of the index, its entries, a digest of the index and these (16 bytes), 16 bytes
//! ```
//!
//! A run reads the pack of the run before it, value by value where it needs one, and writes another beside it that comes
//! to stand in its place: values that were made anew go there as they are made, those that were reused are copied at the
//! end. What no window asked for is left behind.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

use super::folder::{Folder, Unfinished};
use super::key::{Digest, Key};
use crate::store::read_at;

/// What a pack begins with.
pub(super) const HEAD: &[u8; 16] = b"remnant-cache 1\n";
/// What a pack ends with.
const TAIL: &[u8; 16] = b"remnant-cache .\n";

const HEADER_LEN: u64 = 16 + 32;
const TAIL_LEN: u64 = 8 + 8 + 16 + 16;
const KEY_LEN: usize = 32;
const SUM_LEN: usize = 16;
const ENTRY_LEN: usize = 16 + 8 + 4;

/// More windows than the Earth has.
const MOST_ENTRIES: u64 = 1 << 23;

/// Bytes of a value with its key, at most. A window whose account takes more is not kept.
const MOST_BYTES: usize = 1 << 28;

/// Bytes that are gathered before they go to the file, and that are copied at once.
const BUFFER: usize = 1 << 20;

type Sum = [u8; SUM_LEN];

fn sum(parts: &[&[u8]]) -> Sum {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    let mut sum = Sum::default();
    sum.copy_from_slice(&hash.finalize()[..SUM_LEN]);
    sum
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    name: [u8; 16],
    at: u64,
    len: u32,
}

impl Entry {
    fn name(key: &Key) -> [u8; 16] {
        let mut name = [0; 16];
        name.copy_from_slice(&key[..16]);
        name
    }

    fn bytes(&self) -> [u8; ENTRY_LEN] {
        let mut bytes = [0; ENTRY_LEN];
        bytes[..16].copy_from_slice(&self.name);
        bytes[16..24].copy_from_slice(&self.at.to_le_bytes());
        bytes[24..].copy_from_slice(&self.len.to_le_bytes());
        bytes
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        let (name, rest) = bytes.split_first_chunk()?;
        let (at, rest) = rest.split_first_chunk()?;
        let (len, _) = rest.split_first_chunk()?;
        Some(Self { name: *name, at: u64::from_le_bytes(*at), len: u32::from_le_bytes(*len) })
    }

    /// Where the value ends; `None` where that is no place in the values.
    fn end(&self, values_end: u64) -> Option<u64> {
        let wide = (KEY_LEN + SUM_LEN..=MOST_BYTES).contains(&(self.len as usize));
        let end = self.at.checked_add(self.len.into())?;
        (wide && self.at >= HEADER_LEN && end <= values_end).then_some(end)
    }
}

/// What was found under a key.
#[derive(Debug)]
pub(super) enum Found<T> {
    Value(T),
    Nothing,
    /// Something that can't be read.
    Damaged,
}

/// The pack that a run reads, and the one that it writes.
pub(super) struct Packs {
    folder: Folder,
    path: PathBuf,
    former: Option<Former>,
    next: Mutex<Next>,
}

/// The pack of an earlier run.
struct Former {
    file: File,
    entries: Vec<Entry>,
    values_end: u64,
}

/// The pack that is being written.
struct Next {
    /// Nothing where it could not be written, or is not to be.
    file: Option<Unfinished>,
    buffer: Vec<u8>,
    /// Where the next value goes, of the file and the buffer together.
    at: u64,
    /// How long the file may become.
    most: u64,
    entries: Vec<Entry>,
    /// The places of values of the former pack that were reused, among its entries.
    reused: Vec<u32>,
    failure: Option<String>,
}

impl Packs {
    /// The packs of a job, and what is wrong with the former one; or why there is no way to write here.
    pub fn open(folder: Folder, program: Digest, job: &str) -> Result<(Self, Option<String>), String> {
        let file = folder.begin().map_err(|e| format!("its folder can't be written to: {e}"))?;
        let path = folder.pack(job);
        let (former, trouble) = match file.open_former(&path).and_then(|file| Former::read(file, &program)) {
            Ok(former) => (former, None),
            Err(why) => (None, Some(format!("what the cache holds is not used: {why}"))),
        };
        let mut buffer = Vec::with_capacity(BUFFER);
        buffer.extend(HEAD);
        buffer.extend(program);
        // The other half is for the output, which may go to the same disk.
        let most = folder.room().map_or(u64::MAX, |room| room / 2);
        let (entries, reused) = (Vec::new(), Vec::new());
        let next = Next { file: Some(file), buffer, at: HEADER_LEN, most, entries, reused, failure: None };
        Ok((Self { folder, path, former, next: Mutex::new(next) }, trouble))
    }

    /// Lets the new pack take no more than this.
    #[cfg(test)]
    pub fn let_take(&self, most: u64) {
        self.next().most = most;
    }

    fn next(&self) -> MutexGuard<'_, Next> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the value of a key by a function that knows values from others.
    pub fn find<T>(&self, key: &Key, read: impl FnOnce(&[u8]) -> Option<T>) -> Found<T> {
        let Some(former) = &self.former else { return Found::Nothing };
        let name = Entry::name(key);
        let Ok(place) = former.entries.binary_search_by(|entry| entry.name.cmp(&name)) else { return Found::Nothing };
        let entry = &former.entries[place];
        let Some(bytes) = former.value(entry) else { return Found::Damaged };
        let Some((stored, rest)) = bytes.split_first_chunk::<KEY_LEN>() else { return Found::Damaged };
        let Some((value, stored_sum)) = rest.split_last_chunk::<SUM_LEN>() else { return Found::Damaged };
        if stored != key || *stored_sum != sum(&[key, value]) {
            return Found::Damaged;
        }
        match read(value) {
            Some(value) => {
                self.next().reused.push(place as u32);
                Found::Value(value)
            }
            None => Found::Damaged,
        }
    }

    /// Writes the value of a key. Where that can't be done, nothing is kept of the run.
    pub fn put(&self, key: &Key, value: &[u8]) {
        let len = KEY_LEN + value.len() + SUM_LEN;
        if len > MOST_BYTES {
            return;
        }
        let sum = sum(&[key, value]);
        let mut next = self.next();
        if next.file.is_none() {
            return;
        }
        let entry = Entry { name: Entry::name(key), at: next.at, len: len as u32 };
        next.entries.push(entry);
        for part in [&key[..], value, &sum] {
            next.append(part);
        }
    }

    /// Ends the work. Where it is to be `kept`, the new pack comes to stand in the place of the former one, unless that
    /// one holds the same.
    pub fn end(&self, kept: bool) -> Result<(), String> {
        let mut next = self.next();
        let former = self.former.as_ref();
        if next.file.is_none() {
            return next.failed();
        }
        let same = next.entries.is_empty() && former.is_none_or(|former| former.entries.len() == next.reused.len());
        if !kept || same {
            if let Some(former) = former.filter(|_| same) {
                // The packs that were used last are kept.
                let _ = former.file.set_modified(SystemTime::now());
            }
            // The file goes with its owner.
            next.file = None;
        } else {
            if let Some(former) = former {
                next.take_over(former);
            }
            next.finish();
            if let Some(file) = next.file.take()
                && let Err(e) = file.place(&self.folder, &self.path)
            {
                next.fail(&e);
            }
            self.folder.prune();
        }
        next.failed()
    }
}

impl Former {
    /// Reads the index of a pack. A pack of another program is none; one that can't be read is an error.
    fn read(file: Option<File>, program: &Digest) -> Result<Option<Self>, String> {
        let Some(file) = file else { return Ok(None) };
        let len = file.metadata().map_err(|e| e.to_string())?.len();
        let damaged = || "it is damaged".to_owned();
        let mut header = [0; HEADER_LEN as usize];
        read_at(&file, &mut header, 0).map_err(|_| damaged())?;
        if header[..16] != *HEAD {
            return Err(damaged());
        }
        if header[16..] != *program {
            return Ok(None);
        }
        Self::index(file, len).map(Some).ok_or_else(damaged)
    }

    fn index(file: File, len: u64) -> Option<Self> {
        let mut tail = [0; TAIL_LEN as usize];
        let tail_at = len.checked_sub(TAIL_LEN)?;
        read_at(&file, &mut tail, tail_at).ok()?;
        let (at, rest) = tail.split_first_chunk()?;
        let (count, rest) = rest.split_first_chunk()?;
        let (stored, end) = rest.split_first_chunk::<SUM_LEN>()?;
        let (values_end, entries) = (u64::from_le_bytes(*at), u64::from_le_bytes(*count));
        let index_len = entries.checked_mul(ENTRY_LEN as u64)?;
        if end != TAIL || entries > MOST_ENTRIES || values_end.checked_add(index_len)? != tail_at {
            return None;
        }
        let mut index = vec![0; usize::try_from(index_len).ok()?];
        read_at(&file, &mut index, values_end).ok()?;
        if *stored != sum(&[&index, at, count]) {
            return None;
        }
        let entries: Vec<Entry> = index.chunks_exact(ENTRY_LEN).map(Entry::of).collect::<Option<_>>()?;
        let in_order = entries.is_sorted_by(|a, b| a.name < b.name);
        let all_there = entries.iter().all(|entry| entry.end(values_end).is_some());
        (in_order && all_there).then_some(Self { file, entries, values_end })
    }

    fn value(&self, entry: &Entry) -> Option<Vec<u8>> {
        entry.end(self.values_end)?;
        let mut bytes = vec![0; entry.len as usize];
        read_at(&self.file, &mut bytes, entry.at).ok()?;
        Some(bytes)
    }
}

impl Next {
    fn append(&mut self, bytes: &[u8]) {
        if self.at.saturating_add(bytes.len() as u64) > self.most {
            return self.fail(&io::Error::other("it would take more than half of what is free on its disk"));
        }
        if self.buffer.len() + bytes.len() > BUFFER {
            self.flush();
        }
        self.at += bytes.len() as u64;
        if bytes.len() > BUFFER {
            self.write(|mut file| file.write_all(bytes));
        } else {
            self.buffer.extend(bytes);
        }
    }

    fn flush(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        self.write(|mut file| file.write_all(&buffer));
        self.buffer = buffer;
        self.buffer.clear();
    }

    fn write(&mut self, write: impl FnOnce(&Unfinished) -> io::Result<()>) {
        if let Some(file) = &self.file
            && let Err(e) = write(file)
        {
            self.fail(&e);
        }
    }

    /// Gives up: what was written goes at once, so that a full disk has room for the output.
    fn fail(&mut self, error: &io::Error) {
        self.file = None;
        self.failure.get_or_insert_with(|| error.to_string());
    }

    /// What has kept the pack from being written, said once.
    fn failed(&mut self) -> Result<(), String> {
        self.failure.take().map_or(Ok(()), |e| Err(format!("the cache can't be written: {e}")))
    }

    /// Copies the values of the former pack that were reused.
    fn take_over(&mut self, former: &Former) {
        let mut reused: Vec<Entry> = self.reused.iter().map(|&place| former.entries[place as usize]).collect();
        reused.sort_unstable_by_key(|entry| entry.at);
        reused.dedup();
        let mut bytes = Vec::new();
        let mut first = 0;
        while first < reused.len() && self.file.is_some() {
            // Values that stand one after the other are copied together.
            let from = reused[first].at;
            let mut last = first;
            let end = |entry: &Entry| entry.at + u64::from(entry.len);
            while reused
                .get(last + 1)
                .is_some_and(|next| next.at == end(&reused[last]) && end(next) - from <= BUFFER as u64)
            {
                last += 1;
            }
            bytes.clear();
            bytes.resize((end(&reused[last]) - from) as usize, 0);
            if let Err(e) = read_at(&former.file, &mut bytes, from) {
                self.fail(&e);
            }
            let moved = self.at;
            self.entries.extend(reused[first..=last].iter().map(|e| Entry { at: moved + (e.at - from), ..*e }));
            self.append(&bytes);
            first = last + 1;
        }
    }

    /// Writes the index and the tail.
    fn finish(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_unstable();
        let index: Vec<u8> = entries.iter().flat_map(Entry::bytes).collect();
        let (at, count) = (self.at.to_le_bytes(), (entries.len() as u64).to_le_bytes());
        let sum = sum(&[&index, &at, &count]);
        for part in [&index[..], &at, &count, &sum, TAIL] {
            self.append(part);
        }
        self.flush();
    }
}
