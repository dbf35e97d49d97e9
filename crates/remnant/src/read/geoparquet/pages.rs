//! A look at the pages of a Parquet file before anything is unpacked: how much they would come to.
//!
//! The library sets memory aside by what the headers of pages say, and a page of a few bytes may say that it holds
//! two thousand million values. So the headers are added up first, by a reader of our own that takes nothing but them.

use parquet::basic::Encoding;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::ColumnChunkMetaData;

use crate::read::raw::{index, u32_le};
use crate::read::{Limit, Limits};

/// What any file may be unpacked to, in bytes.
const FREE: u64 = 1 << 28;

/// How many times its size a file may be unpacked to.
const TIMES: u64 = 100;

/// What a value costs beside its bytes while it is unpacked: its levels, and a place in a list.
const VALUE: u64 = 40;

/// Structures in a header that lie in one another; the format's have three.
const DEEPEST: u32 = 16;

/// What may still be unpacked.
pub(super) struct Budget {
    left: u64,
    limits: Limits,
}

impl Budget {
    pub(super) fn new(file: usize, limits: Limits) -> Self {
        let usual = (file as u64).saturating_mul(TIMES).saturating_add(FREE);
        Self { left: usual.saturating_mul(limits.growth()), limits }
    }

    /// Takes what the pages of a column would come to.
    ///
    /// # Errors
    /// Words for a person: the pages do not fit into the file, or come to too much.
    pub(super) fn take(&mut self, file: &[u8], column: &ColumnChunkMetaData) -> Result<(), String> {
        let damaged = || "its pages do not lie where its footer says".to_owned();
        let data = column.data_page_offset();
        let start = column.dictionary_page_offset().filter(|at| *at > 0).map_or(data, |at| at.min(data));
        let mut at = index(start).ok_or_else(damaged)?;
        let end = index(column.compressed_size()).and_then(|size| at.checked_add(size)).ok_or_else(damaged)?;
        if end > file.len() {
            return Err(damaged());
        }
        while at < end {
            let rest = file.get(at..end).unwrap_or_default();
            let header = Header::read(rest).ok_or("the header of a page is damaged")?;
            let length = header.length.checked_add(header.packed).filter(|length| *length <= rest.len());
            at += length.ok_or("a page reaches beyond its column")?;
            let cost = header.values.checked_mul(VALUE).and_then(|values| values.checked_add(header.unpacked));
            let left = cost.and_then(|cost| self.left.checked_sub(cost));
            self.left = left.ok_or_else(|| {
                let limit = self.limits.reached(Limit::Growth);
                format!("its pages say that they hold far more than the file's size allows; {limit}")
            })?;
        }
        Ok(())
    }
}

/// What counts of a page's header.
struct Header {
    /// Its own length.
    length: usize,
    packed: usize,
    unpacked: u64,
    values: u64,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut compact = Compact { bytes, at: 0 };
        let mut header = Self { length: 0, packed: 0, unpacked: 0, values: 0 };
        let mut field = 0;
        while let Some(kind) = compact.field(&mut field)? {
            match field {
                2 => header.unpacked = u64::try_from(compact.number()?).ok()?,
                3 => header.packed = usize::try_from(compact.number()?).ok()?,
                // Data, dictionary and second version: the number of values is the first field of each.
                5 | 7 | 8 if kind == 12 => {
                    let mut inner = 0;
                    while let Some(kind) = compact.field(&mut inner)? {
                        if inner == 1 {
                            header.values = u64::try_from(compact.number()?).ok()?;
                        } else {
                            compact.skip(kind, 0)?;
                        }
                    }
                }
                _ => compact.skip(kind, 0)?,
            }
        }
        header.length = compact.at;
        Some(header)
    }
}

/// Thrift's compact protocol, as far as it takes to pass over a structure.
struct Compact<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Compact<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn number(&mut self) -> Option<i64> {
        let number = self.varint()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// The type of the next field, whose number `field` becomes; `Some(None)` at the end of the structure.
    fn field(&mut self, field: &mut i64) -> Option<Option<u8>> {
        let byte = self.byte()?;
        if byte == 0 {
            return Some(None);
        }
        *field = match byte >> 4 {
            0 => self.number()?,
            step => field.checked_add(step.into())?,
        };
        Some(Some(byte & 0x0F))
    }

    fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match kind {
            1 | 2 => {}
            3 => self.at += 1,
            4..=6 => {
                self.varint()?;
            }
            7 => self.at += 8,
            8 => {
                let length = index(self.varint()?)?;
                self.at = self.at.checked_add(length)?;
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { index(self.varint()?)? } else { usize::from(head >> 4) };
                // An element takes a byte, so there are no more than bytes.
                if count > self.bytes.len().checked_sub(self.at)? {
                    return None;
                }
                for _ in 0..count {
                    self.element(head & 0x0F, depth)?;
                }
            }
            12 => {
                let mut field = 0;
                while let Some(kind) = self.field(&mut field)? {
                    self.skip(kind, depth + 1)?;
                }
            }
            _ => return None,
        }
        (self.at <= self.bytes.len()).then_some(())
    }

    fn element(&mut self, kind: u8, depth: u32) -> Option<()> {
        // Truth values of a list take a byte each, those of a structure none.
        if matches!(kind, 1 | 2) { self.byte().map(|_| ()) } else { self.skip(kind, depth + 1) }
    }
}

/// The pages of a column, each held against its own count before it is decoded.
pub(super) struct Checked {
    pub(super) pages: Box<dyn PageReader>,
    /// Whether the column has levels of repetition and of definition.
    pub(super) levels: [bool; 2],
}

impl Checked {
    /// One encoding begins with a count of lengths, for which memory is set aside.
    fn check(&self, page: &Page) -> ParquetResult<()> {
        let damaged = || ParquetError::General("a page states more values than it has".into());
        if !matches!(page.encoding(), Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY) {
            return Ok(());
        }
        let bytes: &[u8] = page.buffer();
        let values = match page {
            Page::DataPageV2 { def_levels_byte_len, rep_levels_byte_len, .. } => {
                index(*def_levels_byte_len).zip(index(*rep_levels_byte_len)).and_then(|(d, r)| d.checked_add(r))
            }
            _ => self.levels.iter().filter(|has| **has).try_fold(0_usize, |at, _| {
                u32_le(bytes, at).and_then(index).and_then(|length| at.checked_add(4)?.checked_add(length))
            }),
        };
        let mut compact = Compact { bytes, at: values.ok_or_else(damaged)? };
        // The size of a block, the number of its parts, and the count.
        let count = compact.varint().and_then(|_| compact.varint()).and_then(|_| compact.varint());
        let fits = count.is_some_and(|count| count <= page.num_values().into());
        // A page without values may have nothing where the count would be.
        if fits || count.is_none() { Ok(()) } else { Err(damaged()) }
    }
}

impl Iterator for Checked {
    type Item = ParquetResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Checked {
    fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.as_ref().map_or(Ok(()), |page| self.check(page))?;
        Ok(page)
    }

    fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> ParquetResult<()> {
        self.pages.skip_next_page()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of a page: its type, both sizes, and a structure with a number of values.
    fn header(unpacked: u64, packed: u64, values: u64) -> Vec<u8> {
        let number = |n: u64| {
            let (mut n, mut bytes) = (n << 1, Vec::new());
            while n > 0x7F {
                bytes.push(n as u8 | 0x80);
                n >>= 7;
            }
            bytes.push(n as u8);
            bytes
        };
        let field = |n: u64| [vec![0x15], number(n)].concat();
        [field(0), field(unpacked), field(packed), vec![0x2C], field(values), field(0), vec![0, 0]].concat()
    }

    #[test]
    fn what_a_page_says_is_read_without_unpacking_it() {
        let bytes = header(1 << 31, 7, 3_000_000_000);
        let read = Header::read(&bytes).map(|h| (h.length, h.packed, h.unpacked, h.values));
        assert_eq!(read, Some((bytes.len(), 7, 1 << 31, 3_000_000_000)));
        for cut in 0..bytes.len() {
            assert!(Header::read(&bytes[..cut]).is_none());
        }
        // A list of more elements than there are bytes, texts beyond the end, structures without an end.
        for hostile in [&b"\x19\xF5\xFF\xFF\xFF\xFF\x0F\x00"[..], b"\x18\xFF\xFF\xFF\xFF\x0F", &[0x1C; 100]] {
            assert!(Header::read(hostile).is_none());
        }
    }
}
