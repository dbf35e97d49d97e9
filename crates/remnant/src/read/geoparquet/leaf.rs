//! One column of a row group, unpacked: its values, and the levels that say to which row and list each belongs.

use jiff::Span;
use jiff::civil::Date;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::ColumnDescriptor;

use crate::read::Value;

/// Rows unpacked at a time. Few, since one encoding makes long values of short ones: after each batch it is seen
/// whether they have become too much.
const BATCH: usize = 64;

/// What the values of a column in one row group may take, in bytes.
const MOST: usize = 1 << 31;

/// Values and levels as they stand in a file: a value for each place whose definition level is the greatest.
pub(super) struct Leaf<V> {
    pub(super) values: Vec<V>,
    pub(super) definitions: Vec<i16>,
    pub(super) repetitions: Vec<i16>,
}

/// How many bytes a value takes beside its place.
pub(super) trait Weight {
    fn weight(&self) -> usize {
        0
    }
}

impl Weight for bool {}
impl Weight for i32 {}
impl Weight for i64 {}
impl Weight for f32 {}
impl Weight for f64 {}
impl Weight for parquet::data_type::Int96 {}
impl Weight for parquet::data_type::ByteArray {
    fn weight(&self) -> usize {
        self.len()
    }
}
impl Weight for parquet::data_type::FixedLenByteArray {
    fn weight(&self) -> usize {
        self.len()
    }
}

/// Unpacks a column that must have exactly this many rows.
pub(super) fn unpack<T: DataType>(mut reader: ColumnReaderImpl<T>, rows: usize) -> Result<Leaf<T::T>>
where
    T::T: Weight,
{
    let mut leaf = Leaf { values: Vec::new(), definitions: Vec::new(), repetitions: Vec::new() };
    let (mut done, mut taken) = (0, 0_usize);
    // One more than there should be: too many are found as well.
    while done <= rows {
        let before = leaf.values.len();
        let wanted = BATCH.min(rows + 1 - done);
        let (read, ..) =
            reader.read_records(wanted, Some(&mut leaf.definitions), Some(&mut leaf.repetitions), &mut leaf.values)?;
        let fresh = leaf.values.get(before..).unwrap_or_default();
        taken = fresh.iter().fold(taken, |sum, value| sum.saturating_add(value.weight()));
        if taken > MOST {
            return Err(ParquetError::General("a column takes more than 2 GB when it is unpacked".into()));
        }
        if read == 0 {
            break;
        }
        done += read;
    }
    if done == rows {
        Ok(leaf)
    } else {
        let many = if done > rows { "more".to_owned() } else { done.to_string() };
        Err(ParquetError::General(format!("a column has {many} rows where its group states {rows}")))
    }
}

impl<V> Leaf<V> {
    /// A value or nothing for each row of a column without lists.
    pub(super) fn spread(self, most: i16, rows: usize) -> impl Iterator<Item = Option<V>> {
        let Self { values, definitions, .. } = self;
        let mut values = values.into_iter();
        (0..rows).map(move |row| {
            let is = most == 0 || definitions.get(row) == Some(&most);
            is.then(|| values.next()).flatten()
        })
    }
}

/// A value, and what is odd about it.
type Told = (Value, Option<&'static str>);

/// The values of a column without lists, one for each row.
pub(super) fn values(reader: ColumnReader, column: &ColumnDescriptor, rows: usize) -> Result<Vec<Told>> {
    let most = column.max_def_level();
    let plain = |value: Option<Value>| (value.unwrap_or(Value::Null), None);
    Ok(match reader {
        ColumnReader::BoolColumnReader(r) => {
            unpack(r, rows)?.spread(most, rows).map(|v| plain(v.map(Value::Bool))).collect()
        }
        ColumnReader::Int32ColumnReader(r) => {
            unpack(r, rows)?.spread(most, rows).map(|v| plain(v.map(|v| number(v.into(), column)))).collect()
        }
        ColumnReader::Int64ColumnReader(r) => {
            unpack(r, rows)?.spread(most, rows).map(|v| plain(v.map(|v| number(v, column)))).collect()
        }
        ColumnReader::Int96ColumnReader(r) => {
            // Days since the beginning of Julian days, as two thirds of an old kind of moment.
            let date = |v: parquet::data_type::Int96| {
                let days = v.data().get(2).map_or(0, |days| i64::from(*days)) - 2_440_588;
                day(days).map_or(Value::Null, Value::Date)
            };
            unpack(r, rows)?.spread(most, rows).map(|v| plain(v.map(date))).collect()
        }
        ColumnReader::FloatColumnReader(r) => {
            unpack(r, rows)?.spread(most, rows).map(|v| plain(v.map(|v| Value::Float(v.into())))).collect()
        }
        ColumnReader::DoubleColumnReader(r) => {
            unpack(r, rows)?.spread(most, rows).map(|v| plain(v.map(Value::Float))).collect()
        }
        ColumnReader::ByteArrayColumnReader(r) => unpack(r, rows)?
            .spread(most, rows)
            .map(|v| v.map_or((Value::Null, None), |v| bytes(v.data(), column)))
            .collect(),
        ColumnReader::FixedLenByteArrayColumnReader(r) => unpack(r, rows)?
            .spread(most, rows)
            .map(|v| v.map_or((Value::Null, None), |v| bytes(v.data(), column)))
            .collect(),
    })
}

fn number(value: i64, column: &ColumnDescriptor) -> Value {
    let moment = |per_second: i64| day(value.div_euclid(per_second * 86_400)).map_or(Value::Int(value), Value::Date);
    let unsigned = || {
        let wide = column.physical_type() == Physical::INT64;
        let value = if wide { value as u64 } else { u64::from(value as u32) };
        i64::try_from(value).map_or_else(|_| Value::Text(value.to_string()), Value::Int)
    };
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => day(value).map_or(Value::Int(value), Value::Date),
        (Some(LogicalType::Timestamp(about)), _) => match about.unit {
            TimeUnit::MILLIS => moment(1_000),
            TimeUnit::MICROS => moment(1_000_000),
            TimeUnit::NANOS => moment(1_000_000_000),
        },
        (None, ConvertedType::TIMESTAMP_MILLIS) => moment(1_000),
        (None, ConvertedType::TIMESTAMP_MICROS) => moment(1_000_000),
        (Some(LogicalType::Decimal(about)), _) => decimal(value.into(), about.scale),
        (None, ConvertedType::DECIMAL) => decimal(value.into(), column.type_scale()),
        (Some(LogicalType::Integer(about)), _) if !about.is_signed => unsigned(),
        (None, ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64) => {
            unsigned()
        }
        _ => Value::Int(value),
    }
}

/// A number of days since 1970 as a date, where the calendar reaches so far.
fn day(days: i64) -> Option<Date> {
    jiff::civil::date(1970, 1, 1).checked_add(Span::new().try_days(days).ok()?).ok()
}

/// A whole number of tenths, hundredths and so on.
fn decimal(unscaled: i128, scale: i32) -> Value {
    if scale == 0 {
        return i64::try_from(unscaled).map_or_else(|_| Value::Text(unscaled.to_string()), Value::Int);
    }
    // By its digits, which are rounded once.
    format!("{unscaled}e{}", -scale).parse().map_or(Value::Null, Value::Float)
}

fn bytes(data: &[u8], column: &ColumnDescriptor) -> Told {
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Decimal(about)), _) => (big_decimal(data, about.scale), None),
        (None, ConvertedType::DECIMAL) => (big_decimal(data, column.type_scale()), None),
        (Some(LogicalType::Float16), _) => (data.first_chunk().map_or(Value::Null, |b| Value::Float(half(*b))), None),
        (Some(LogicalType::Uuid), _) => {
            let digits: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
            let cut = [0..8, 8..12, 12..16, 16..20, 20..32].map(|r| digits.get(r).unwrap_or_default().to_owned());
            (Value::Text(cut.join("-")), None)
        }
        (Some(LogicalType::String | LogicalType::Enum | LogicalType::Json), _)
        | (None, ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON) => match std::str::from_utf8(data) {
            Ok(text) => (Value::Text(text.to_owned()), None),
            Err(_) => {
                let text = String::from_utf8_lossy(data).into_owned();
                (Value::Text(text), Some("is not all valid UTF-8"))
            }
        },
        // Some writers do not say that their text is text.
        _ => match std::str::from_utf8(data) {
            Ok(text) if !text.contains('\0') => (Value::Text(text.to_owned()), None),
            _ => (Value::Null, Some("is binary, which is not read; it counts as empty")),
        },
    }
}

fn big_decimal(data: &[u8], scale: i32) -> Value {
    if data.is_empty() || data.len() > 16 {
        return Value::Null;
    }
    let sign = if data.first().is_some_and(|byte| byte & 0x80 != 0) { -1 } else { 0 };
    decimal(data.iter().fold(sign, |number: i128, byte| number << 8 | i128::from(*byte)), scale)
}

/// A number of 16 bits.
fn half(bytes: [u8; 2]) -> f64 {
    let bits = u16::from_le_bytes(bytes);
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1F), f64::from(bits & 0x3FF));
    sign * match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f64.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_other_kinds_are_exact() {
        assert_eq!(decimal(-12345, 2), Value::Float(-123.45));
        assert_eq!(decimal(7, 0), Value::Int(7));
        assert_eq!(decimal(i128::from(i64::MAX) + 1, 0), Value::Text("9223372036854775808".into()));
        assert_eq!(big_decimal(&[0xFF, 0x85], 1), Value::Float(-12.3));
        assert_eq!(big_decimal(&[0, 123], 1), Value::Float(12.3));
        assert_eq!(
            [0x3C00_u16, 0xC000, 0x3555, 0x0001].map(|h| half(h.to_le_bytes())),
            [1.0, -2.0, 0.333_251_953_125, 2_f64.powi(-24)]
        );
        assert_eq!(day(18_017).map(|d| d.to_string()).as_deref(), Some("2019-05-01"));
        assert_eq!(day(i64::MAX), None);
    }
}
