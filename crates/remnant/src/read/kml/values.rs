//! Texts of a document as values.

use super::scan::FieldType;
use crate::read::Value;

/// A text as a value; white space round it is the writer's layout.
pub(super) fn written(text: &str) -> Value {
    match text.trim() {
        "" => Value::Null,
        text => Value::Text(text.to_owned()),
    }
}

/// A text as a value of its field's type; one that does not fit stays text, to be quoted.
pub(super) fn typed(text: &str, kind: FieldType) -> Value {
    let text = text.trim();
    let value = match kind {
        FieldType::Text => None,
        FieldType::Whole => text.parse().ok().map(Value::Int),
        FieldType::Number => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::Float),
        FieldType::Truth => match text {
            "1" | "true" => Some(Value::Bool(true)),
            "0" | "false" => Some(Value::Bool(false)),
            _ => None,
        },
    };
    value.unwrap_or_else(|| written(text))
}

/// Whether a field's name says that it holds dates: an id may look like one.
pub(super) fn is_date(name: &str) -> bool {
    let name = name.to_lowercase();
    name.contains("date") || name == "recorded"
}

/// A date as GDAL, and so QGIS, writes it into KML: `2019/05/01`, with a time after it or without. Year first, so it can
/// mean one day only.
pub(super) fn with_slashes(text: &str) -> Option<jiff::civil::Date> {
    let (day, rest) = text.split_at_checked(10)?;
    let digits = |range: std::ops::Range<usize>| day.get(range).filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
    let (year, month, date) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let parted = day.get(4..5) == Some("/") && day.get(7..8) == Some("/") && (rest.is_empty() || rest.starts_with(' '));
    let day = jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, date.parse().ok()?).ok()?;
    parted.then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_gdal_are_dates() {
        let day = Some(jiff::civil::date(2019, 5, 1));
        for (text, expected) in [
            ("2019/05/01", day),
            ("2019/05/01 12:00:00+00", day),
            ("2019/5/1", None),
            ("01/05/2019", None),
            ("2019/02/30", None),
            ("2019/05/01x", None),
            ("2019-05-01", None),
            ("2019/05/0é", None),
            ("", None),
        ] {
            assert_eq!(with_slashes(text), expected, "{text}");
        }
    }
}
