//! The values of a FlatGeobuf feature: a run of column numbers, each followed by its value.

use std::borrow::Cow;

use flatgeobuf::{Column, ColumnType};

use crate::read::raw::{array, f64_le, i32_le, index, u16_le, u32_le};
use crate::read::{Feature, Value, Wanted};

/// A column: its type, its name and the slot that it is wanted in.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    kind: ColumnType,
    slot: Option<u16>,
}

/// The columns of a header or of a feature.
pub(super) fn fields<'a>(columns: impl Iterator<Item = Column<'a>>, wanted: &Wanted) -> Vec<Field> {
    columns
        .map(|column| {
            let name = column.name().to_owned();
            Field { kind: column.type_(), slot: wanted.slot(&name), name }
        })
        .collect()
}

/// Puts the wanted values into the feature; what can't be understood ends them, with a note.
pub(super) fn values(bytes: &[u8], fields: &[Field], feature: &mut Feature) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some(field) = u16_le(rest, 0).and_then(|column| fields.get(usize::from(column))) else {
            feature
                .notes
                .push("its values are damaged: a column is named that does not exist; the rest is lost".into());
            return;
        };
        let Some((value, used)) = rest.get(2..).and_then(|r| value(r, field, &mut feature.notes)) else {
            feature.notes.push(format!("its values are damaged from the column {} on; the rest is lost", field.name));
            return;
        };
        rest = rest.get(2 + used..).unwrap_or_default();
        let (Some(slot), Some(value)) = (field.slot, value) else { continue };
        match feature.values.iter_mut().find(|(s, _)| *s == slot) {
            None => feature.values.push((slot, value)),
            Some((_, held)) => {
                *held = value;
                feature.notes.push(format!("the field {} stands there twice; the last one is used", field.name));
            }
        }
    }
}

/// A value, if it is wanted, and how many bytes it takes.
fn value(bytes: &[u8], field: &Field, notes: &mut Vec<String>) -> Option<(Option<Value>, usize)> {
    let fixed = |value: Value, size: usize| Some((Some(value), size));
    match field.kind {
        ColumnType::Byte => fixed(Value::Int(i8::from_le_bytes(array(bytes, 0)?).into()), 1),
        ColumnType::UByte => fixed(Value::Int((*bytes.first()?).into()), 1),
        ColumnType::Bool => fixed(Value::Bool(*bytes.first()? != 0), 1),
        ColumnType::Short => fixed(Value::Int(i16::from_le_bytes(array(bytes, 0)?).into()), 2),
        ColumnType::UShort => fixed(Value::Int(u16_le(bytes, 0)?.into()), 2),
        ColumnType::Int => fixed(Value::Int(i32_le(bytes, 0)?.into()), 4),
        ColumnType::UInt => fixed(Value::Int(u32_le(bytes, 0)?.into()), 4),
        ColumnType::Long => fixed(Value::Int(i64::from_le_bytes(array(bytes, 0)?)), 8),
        ColumnType::ULong => {
            let number = u64::from_le_bytes(array(bytes, 0)?);
            fixed(i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Int), 8)
        }
        ColumnType::Float => fixed(Value::Float(f32::from_le_bytes(array(bytes, 0)?).into()), 4),
        ColumnType::Double => fixed(Value::Float(f64_le(bytes, 0)?), 8),
        ColumnType::String | ColumnType::Json | ColumnType::DateTime | ColumnType::Binary => {
            let length = u32_le(bytes, 0).and_then(index)?;
            let end = length.checked_add(4)?;
            let text = bytes.get(4..end)?;
            if field.slot.is_none() {
                return Some((None, end));
            }
            if field.kind == ColumnType::Binary {
                notes.push(format!("the field {} is binary, which is not read; it counts as empty", field.name));
                return Some((Some(Value::Null), end));
            }
            let text = String::from_utf8_lossy(text);
            if let Cow::Owned(_) = text {
                notes.push(format!("the text of {} is not all valid UTF-8", field.name));
            }
            let day = text.get(..10).filter(|_| field.kind == ColumnType::DateTime);
            let date = day.and_then(|day| day.parse().ok());
            Some((Some(date.map_or_else(|| Value::Text(text.into_owned()), Value::Date)), end))
        }
        // A type that the format does not have: nobody knows how long its values are.
        _ => None,
    }
}
