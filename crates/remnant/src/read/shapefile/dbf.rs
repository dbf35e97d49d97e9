//! The table beside the shapes.

use crate::read::raw::{array, f64_le, i32_le, index, u16_le, u32_le};
use crate::read::text::Codec;
use crate::read::{Feature, Value, Wanted};

/// A column.
#[derive(Debug, Clone)]
struct Field {
    name: Vec<u8>,
    kind: u8,
    start: usize,
    width: usize,
    decimals: u8,
}

/// The layout of a table, checked against the bytes that are there.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) count: usize,
    /// The byte that may tell the code page.
    pub(super) language: u8,
    pub(super) notes: Vec<String>,
    header: usize,
    width: usize,
    fields: Vec<Field>,
}

impl Table {
    /// Reads the header; the error says why the table can't be trusted.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, String> {
        let cut = || "it is cut short within its header".to_owned();
        let version = *bytes.first().ok_or_else(cut)?;
        if version & 7 == 4 {
            return Err("it is a dBASE 7 table, whose header differs".into());
        }
        let count = u32_le(bytes, 4).and_then(index).ok_or_else(cut)?;
        let header = usize::from(u16_le(bytes, 8).ok_or_else(cut)?);
        let width = usize::from(u16_le(bytes, 10).ok_or_else(cut)?);
        let language = *bytes.get(29).ok_or_else(cut)?;
        if bytes.len() < header || header < 33 {
            return Err(format!("its header should have {header} bytes and the file has {}", bytes.len()));
        }
        let needed = count.checked_mul(width).and_then(|r| r.checked_add(header));
        if width == 0 || needed.is_none_or(|n| n > bytes.len()) {
            return Err(format!(
                "its header tells of {count} records of {width} bytes, and after the header there are {} bytes",
                bytes.len() - header
            ));
        }
        let mut table = Self { count, language, notes: Vec::new(), header, width, fields: Vec::new() };
        table.read_fields(bytes.get(32..header).unwrap_or_default())?;
        Ok(table)
    }

    fn read_fields(&mut self, descriptors: &[u8]) -> Result<(), String> {
        let mut start = 1_usize;
        let mut ended = false;
        for descriptor in descriptors.chunks(32) {
            if descriptor.first() == Some(&0x0D) {
                ended = true;
                break;
            }
            let (Some(name), Some([kind]), Some([width, decimals])) =
                (descriptor.get(..11), array::<1>(descriptor, 11), array::<2>(descriptor, 16))
            else {
                return Err("its list of fields is cut short".into());
            };
            let name = name.split(|b| *b == 0).next().unwrap_or_default().to_vec();
            self.fields.push(Field { name, kind, start, width: usize::from(width), decimals });
            start += usize::from(width);
        }
        if !ended {
            return Err("its list of fields has no end".into());
        }
        if start != self.width {
            // Clipper keeps the high byte of a long text's width where the decimals stand.
            let mut wide = 1;
            for field in &mut self.fields {
                field.start = wide;
                if field.kind == b'C' {
                    field.width += usize::from(field.decimals) * 256;
                }
                wide += field.width;
            }
            if wide != self.width {
                return Err(format!("its fields make up {start} bytes, and its records have {}", self.width));
            }
        }
        for field in &self.fields {
            if matches!(field.kind, b'M' | b'G' | b'P' | b'O' | b'@' | b'+' | b'Y' | b'0') {
                let name = String::from_utf8_lossy(&field.name);
                let kind = char::from(field.kind);
                self.notes.push(format!("the field {name} is of type {kind}, which is not read; it counts as empty"));
            }
        }
        Ok(())
    }

    fn record<'a>(&self, bytes: &'a [u8], at: usize) -> Option<&'a [u8]> {
        let start = at.checked_mul(self.width)?.checked_add(self.header)?;
        bytes.get(start..start.checked_add(self.width)?)
    }

    /// The names of the fields.
    pub(super) fn names(&self, codec: &Codec) -> Vec<String> {
        self.fields.iter().map(|f| codec.decode(&f.name).0.trim().to_owned()).collect()
    }

    /// The wanted fields: which, and into which slot.
    pub(super) fn slots(&mut self, names: &[String], wanted: &Wanted) -> Vec<(usize, u16)> {
        let mut slots: Vec<(usize, u16)> = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let Some(slot) = wanted.slot(name) else { continue };
            if let Some(held) = slots.iter_mut().find(|(_, s)| *s == slot) {
                held.0 = at;
                self.notes.push(format!("two fields are called {name}; the last one is used"));
            } else {
                slots.push((at, slot));
            }
        }
        slots.sort_by_key(|(_, slot)| *slot);
        slots
    }

    /// Whether there is text beyond ASCII, and whether all of it is UTF-8.
    pub(super) fn looks_like_utf8(&self, bytes: &[u8]) -> (bool, bool) {
        let (mut beyond, mut valid) = (self.fields.iter().any(|f| !f.name.is_ascii()), true);
        valid &= self.fields.iter().all(|f| std::str::from_utf8(&f.name).is_ok());
        for record in (0..self.count).filter_map(|at| self.record(bytes, at)) {
            if record.is_ascii() {
                continue;
            }
            for field in self.fields.iter().filter(|f| f.kind == b'C') {
                let text = trimmed(record.get(field.start..field.start + field.width).unwrap_or_default());
                beyond |= !text.is_ascii();
                // A character may be cut where its field ends.
                valid &= std::str::from_utf8(text).map_or_else(|e| e.error_len().is_none(), |_| true);
            }
        }
        (beyond, valid)
    }

    /// Puts the wanted values of a record into its feature.
    pub(super) fn values(&self, bytes: &[u8], at: usize, slots: &[(usize, u16)], codec: &Codec, feature: &mut Feature) {
        let Some(record) = self.record(bytes, at) else { return };
        match record.first() {
            Some(b' ') => {}
            Some(b'*') => feature.notes.push("the record is marked as deleted in the .dbf; it is used".into()),
            _ => feature.notes.push("the record's mark in the .dbf is neither blank nor `*`".into()),
        }
        for (position, slot) in slots {
            let Some(field) = self.fields.get(*position) else { continue };
            let raw = record.get(field.start..field.start + field.width).unwrap_or_default();
            let (value, replaced) = field.value(raw, codec);
            if replaced {
                let name = codec.decode(&field.name).0;
                feature.notes.push(format!("the text of {name} is not all valid {}", codec.name()));
            }
            feature.values.push((*slot, value));
        }
    }
}

impl Field {
    /// The value of a field, and whether its text had to be mended.
    fn value(&self, raw: &[u8], codec: &Codec) -> (Value, bool) {
        let text = trimmed(raw);
        let plain = || (Value::Text(codec.decode(text).0), false);
        let blank = text.iter().all(|b| matches!(b, b' ' | b'*'));
        match self.kind {
            b'I' if raw.len() == 4 => (i32_le(raw, 0).map_or(Value::Null, |n| Value::Int(n.into())), false),
            b'B' if raw.len() == 8 => (f64_le(raw, 0).map_or(Value::Null, Value::Float), false),
            b'T' if raw.len() == 8 => (julian(raw).map_or(Value::Null, Value::Date), false),
            b'M' | b'G' | b'P' | b'O' | b'@' | b'+' | b'Y' | b'0' => (Value::Null, false),
            b'N' | b'F' if blank => (Value::Null, false),
            b'N' | b'F' => number(text).map_or_else(plain, |n| (n, false)),
            b'D' | b'T' if blank || text.iter().all(|b| *b == b'0') => (Value::Null, false),
            b'D' => date(text).map_or_else(plain, |d| (Value::Date(d), false)),
            b'L' => match text {
                [] | b"?" => (Value::Null, false),
                b"T" | b"t" | b"Y" | b"y" => (Value::Bool(true), false),
                b"F" | b"f" | b"N" | b"n" => (Value::Bool(false), false),
                _ => plain(),
            },
            _ if text.is_empty() => (Value::Null, false),
            _ => {
                let (text, replaced) = codec.decode(text);
                (Value::Text(text), replaced)
            }
        }
    }
}

/// Without the blanks and NULs that fill a field up.
fn trimmed(mut text: &[u8]) -> &[u8] {
    if let Some(end) = text.iter().position(|b| *b == 0) {
        text = text.get(..end).unwrap_or_default();
    }
    text.trim_ascii()
}

fn number(text: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(text).ok()?;
    if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E')) {
        return None;
    }
    let whole = text.parse().ok().map(Value::Int);
    whole.or_else(|| text.parse::<f64>().ok().filter(|f| f.is_finite()).map(Value::Float))
}

fn date(text: &[u8]) -> Option<jiff::civil::Date> {
    let part = |range: std::ops::Range<usize>| {
        let digits = text.get(range)?;
        digits.iter().try_fold(0_i16, |sum, d| d.is_ascii_digit().then(|| sum * 10 + i16::from(d - b'0')))
    };
    if text.len() != 8 {
        return None;
    }
    jiff::civil::Date::new(part(0..4)?, i8::try_from(part(4..6)?).ok()?, i8::try_from(part(6..8)?).ok()?).ok()
}

/// FoxPro's time: a Julian day and milliseconds.
fn julian(raw: &[u8]) -> Option<jiff::civil::Date> {
    /// The Julian day of 1970-01-01.
    const EPOCH: i64 = 2_440_588;
    let day = i64::from(i32_le(raw, 0)?);
    let span = jiff::Span::new().try_days(day - EPOCH).ok()?;
    (day != 0).then(|| jiff::civil::date(1970, 1, 1).checked_add(span).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_their_type_says() {
        let value = |kind: u8, raw: &[u8]| {
            let field = Field { name: b"x".to_vec(), kind, start: 1, width: raw.len(), decimals: 0 };
            field.value(raw, &Codec::WINDOWS_1252).0
        };
        let text = |t: &str| Value::Text(t.into());
        let day = |y, m, d| Value::Date(jiff::civil::date(y, m, d));
        for (kind, raw, expected) in [
            (b'C', &b"SHA   "[..], text("SHA")),
            (b'C', b"a\0junk", text("a")),
            (b'C', b"  **  ", text("**")),
            (b'C', b"      ", Value::Null),
            (b'C', b"\xe7", text("ç")),
            (b'N', b"   12", Value::Int(12)),
            (b'N', b"-1.50", Value::Float(-1.5)),
            (b'F', b"1e3", Value::Float(1000.)),
            (b'N', b"*****", Value::Null),
            (b'N', b"\0\0\0", Value::Null),
            (b'N', b"     ", Value::Null),
            (b'N', b"1,5", text("1,5")),
            (b'N', b"nan", text("nan")),
            (b'N', b"99999999999999999999", Value::Float(1e20)),
            (b'L', b"T", Value::Bool(true)),
            (b'L', b"n", Value::Bool(false)),
            (b'L', b"?", Value::Null),
            (b'L', b"x", text("x")),
            (b'D', b"20190228", day(2019, 2, 28)),
            (b'D', b"20190229", text("20190229")),
            (b'D', b"00000000", Value::Null),
            (b'D', b"        ", Value::Null),
            (b'I', &[1, 1, 0, 0], Value::Int(257)),
            (b'B', &1.5_f64.to_le_bytes(), Value::Float(1.5)),
            (b'T', &[0x8C, 0x3D, 0x25, 0, 0, 0, 0, 0], day(1970, 1, 1)),
            (b'M', b"000001", Value::Null),
        ] {
            assert_eq!(value(kind, raw), expected, "{} {raw:?}", char::from(kind));
        }
    }
}
