//! The fields of an Arrow schema with their metadata, out of the message that Arrow's writers leave in a file.
//!
//! The message is a table of offsets; each is followed only inside of the bytes, and what leads out of them is nothing.

use crate::read::raw::{array, i32_le, index, u16_le, u32_le};

/// No schema has more fields.
const MOST: usize = 10_000;

/// A field of the schema.
pub(super) struct Field {
    pub(super) name: String,
    entries: Vec<(String, String)>,
}

impl Field {
    /// The value of a key of its metadata.
    pub(super) fn entry(&self, key: &str) -> Option<&str> {
        self.entries.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str())
    }
}

/// The fields of a schema; none where the bytes are no message with one.
pub(super) fn fields(message: &[u8]) -> Vec<Field> {
    // A mark and a length stand before the message, only a length in old ones.
    let start = if message.starts_with(&[0xFF; 4]) { 8 } else { 4 };
    let read = || {
        let bytes = message.get(start..)?;
        let root = Table::at(bytes, 0)?;
        let schema = root.table(2)?;
        Some(schema.tables(1).filter_map(|field| field.named()).collect())
    };
    read().unwrap_or_default()
}

/// A table: a position from which a list of offsets to its fields is found.
#[derive(Clone, Copy)]
struct Table<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Table<'a> {
    /// The table that the offset at a place leads to.
    fn at(bytes: &'a [u8], place: usize) -> Option<Self> {
        let at = place.checked_add(u32_le(bytes, place).and_then(index)?)?;
        (at < bytes.len()).then_some(Self { bytes, at })
    }

    /// Where a field stands.
    fn field(&self, number: usize) -> Option<usize> {
        let back = i64::from(i32_le(self.bytes, self.at)?);
        let list = usize::try_from(i64::try_from(self.at).ok()?.checked_sub(back)?).ok()?;
        let slot = 4 + 2 * number;
        if slot + 2 > usize::from(u16_le(self.bytes, list)?) {
            return None;
        }
        let offset = usize::from(u16_le(self.bytes, list.checked_add(slot)?)?);
        (offset != 0).then_some(self.at + offset)
    }

    fn table(&self, number: usize) -> Option<Self> {
        Self::at(self.bytes, self.field(number)?)
    }

    fn tables(&self, number: usize) -> impl Iterator<Item = Self> + use<'a> {
        let bytes = self.bytes;
        let list = self.field(number).and_then(|at| at.checked_add(index(u32_le(bytes, at)?)?));
        let count = list.and_then(|at| u32_le(bytes, at)).and_then(index).unwrap_or(0).min(MOST);
        (0..count).filter_map(move |nth| Self::at(bytes, list?.checked_add(4 + 4 * nth)?))
    }

    fn text(&self, number: usize) -> Option<String> {
        let at = self.field(number)?;
        let start = at.checked_add(index(u32_le(self.bytes, at)?)?)?;
        let length = index(array(self.bytes, start).map(u32::from_le_bytes)?)?;
        let text = self.bytes.get(start + 4..)?.get(..length)?;
        Some(String::from_utf8_lossy(text).into_owned())
    }

    /// The table as a field of the schema.
    fn named(&self) -> Option<Field> {
        let entries = self.tables(6).filter_map(|entry| Some((entry.text(0)?, entry.text(1)?))).collect();
        Some(Field { name: self.text(0)?, entries })
    }
}
