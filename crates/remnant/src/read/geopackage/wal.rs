//! A write-ahead log: what a program that has a database open, or died with it open, has written beside it.
//!
//! Its committed pages are newer than those of the database, so a reader that looks at the database alone gets the
//! rows of yesterday, and no sign of it. SQLite itself would write beside the file in order to read the log, so the
//! pages are put in place here, in memory.

use crate::read::raw::{array, index, u32_le};

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// What became of a log.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Applied {
    /// It holds no page that anybody committed.
    Nothing,
    /// This many pages were put in place.
    Pages(usize),
}

/// Puts the committed pages of `log` into `database`.
///
/// # Errors
/// Words for a person, where the log does not belong to the database or is damaged.
pub(super) fn apply(database: &mut Vec<u8>, log: &[u8]) -> Result<Applied, String> {
    let Some(header) = log.get(..HEADER).filter(|header| header.iter().any(|byte| *byte != 0)) else {
        return Ok(Applied::Nothing);
    };
    let damaged = |what: &str| format!("its log of changes is damaged: {what}");
    let word = |at: usize| array(header, at).map(u32::from_be_bytes).unwrap_or_default();
    let big = match word(0) {
        0x377F_0682 => false,
        0x377F_0683 => true,
        _ => return Err(damaged("it does not begin as such logs do")),
    };
    let size = index(word(8)).filter(|size| (512..=65536).contains(size) && size.is_power_of_two());
    let size = size.ok_or_else(|| damaged("its pages have no size"))?;
    let mut sum = checksum(header.get(..24).unwrap_or_default(), [0, 0], big);
    if sum != [word(24), word(28)] {
        return Err(damaged("its header does not fit its checksum"));
    }
    if page_size(database) != Some(size) {
        return Err(damaged("its pages are of another size than those of the file, so it belongs to another one"));
    }
    let salt = header.get(16..24).unwrap_or_default();
    let (mut pending, mut committed, mut pages) = (Vec::new(), Vec::new(), None);
    let mut frames = log.get(HEADER..).unwrap_or_default().chunks_exact(FRAME_HEADER + size);
    for frame in frames.by_ref() {
        let (head, page) = frame.split_at(FRAME_HEADER);
        // A log is written over from its start, so pages of the time before stand at its end, and nothing after them.
        if head.get(8..16) != Some(salt) {
            if frames.any(|later| later.get(8..16) == Some(salt)) {
                return Err(damaged("its pages are of two times, and not in order"));
            }
            break;
        }
        let word = |at: usize| array(head, at).map(u32::from_be_bytes).unwrap_or_default();
        sum = checksum(page, checksum(head.get(..8).unwrap_or_default(), sum, big), big);
        if sum != [word(16), word(20)] {
            return Err(damaged("a page in it does not fit its checksum, so a change was not written to its end"));
        }
        pending.push((word(0), page));
        if word(4) != 0 {
            committed.append(&mut pending);
            pages = index(word(4));
        }
    }
    let Some(pages) = pages else { return Ok(Applied::Nothing) };
    if pages > database.len() / size + committed.len() {
        return Err(damaged("the file is to have more pages than there are"));
    }
    database.resize(pages * size, 0);
    for (number, page) in &committed {
        let start = index(*number).and_then(|n| n.checked_sub(1)).and_then(|n| n.checked_mul(size));
        // A page may have been cut off again by a later change.
        if let Some(place) = start.and_then(|start| database.get_mut(start..start.checked_add(size)?)) {
            place.copy_from_slice(page);
        }
    }
    Ok(Applied::Pages(committed.len()))
}

/// The size of a database's pages.
fn page_size(database: &[u8]) -> Option<usize> {
    match array(database, 16).map(u16::from_be_bytes)? {
        1 => Some(65536),
        size => Some(size.into()),
    }
}

/// The running checksum of a log over a whole number of pairs of words.
fn checksum(bytes: &[u8], [mut a, mut b]: [u32; 2], big: bool) -> [u32; 2] {
    for pair in bytes.chunks_exact(8) {
        let word = |at| {
            let word = u32_le(pair, at).unwrap_or_default();
            if big { word.swap_bytes() } else { word }
        };
        a = a.wrapping_add(word(0)).wrapping_add(b);
        b = b.wrapping_add(word(4)).wrapping_add(a);
    }
    [a, b]
}
