//! Values of attributes understood, or not: nothing is guessed.

use std::borrow::Cow;

use jiff::civil::Date;

use super::mapping::{Status, Values};
use crate::read::{Value, fold};
use crate::records::{HazardClass, ReleaseKind};

/// A value as text, as its file spells it.
pub(super) fn text(value: &Value) -> String {
    spelt(value).into_owned()
}

/// The same, copied only where it is no text.
pub(super) fn spelt(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::Bool(b) => b.to_string().into(),
        Value::Int(n) => n.to_string().into(),
        Value::Float(x) => x.to_string().into(),
        Value::Text(t) => t.into(),
        Value::Date(d) => d.to_string().into(),
    }
}

/// A word made comparable: trimmed, without regard to case.
fn word(value: &Value) -> String {
    fold(&spelt(value))
}

/// The class of a hazard, by the mapping of its layer or else by the accepted words.
pub(super) fn class(value: &Value, values: &Values) -> Option<HazardClass> {
    let word = word(value);
    if let Some(class) = values.class.get(&word) {
        return Some(*class);
    }
    match word.as_str() {
        "suspected" | "sha" | "suspected hazardous area" => Some(HazardClass::Suspected),
        "confirmed" | "cha" | "confirmed hazardous area" | "dha" => Some(HazardClass::Confirmed),
        _ => None,
    }
}

/// The kind of a release, by the mapping of its layer or else by the accepted words.
pub(super) fn kind(value: &Value, values: &Values) -> Option<ReleaseKind> {
    let word = word(value);
    if let Some(kind) = values.kind.get(&word) {
        return Some(*kind);
    }
    match word.as_str() {
        "cancelled" | "cancellation" | "nts" | "non-technical survey" => Some(ReleaseKind::Cancelled),
        "reduced" | "reduction" | "ts" | "technical survey" => Some(ReleaseKind::Reduced),
        "cleared" | "clearance" | "bac" => Some(ReleaseKind::Cleared),
        _ => None,
    }
}

/// What the status of a hazard says of its land. Without a mapping no word releases any.
pub(super) fn status(value: &Value, values: &Values) -> Option<Status> {
    let word = word(value);
    if let Some(status) = values.status.get(&word) {
        return Some(*status);
    }
    match word.as_str() {
        "open" | "active" | "worked on" | "in progress" | "suspended" => Some(Status::Open),
        "closed" | "inactive" | "completed" | "expired" | "released" | "handed over" | "cleared" | "reduced"
        | "cancelled" => Some(Status::Closed),
        _ => None,
    }
}

/// A date as far as a value tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadDate {
    /// A day.
    Day(Date),
    /// A year or a month: its first and its last day.
    Partial(Date, Date),
    /// Not understood.
    Unreadable,
}

/// Reads an ISO date, a date-time (its date part), a year and month, or a year.
pub(super) fn date(value: &Value) -> ReadDate {
    let text = match value {
        Value::Date(d) => return ReadDate::Day(*d),
        Value::Int(_) | Value::Text(_) => spelt(value),
        _ => return ReadDate::Unreadable,
    };
    let text = text.trim();
    let (day, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(text[at + 1..].trim())),
        None => (text, None),
    };
    let digits = |from: usize, to: usize| -> Option<i16> {
        day.get(from..to).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
    };
    let dashes = |at: &[usize]| at.iter().all(|&i| day.as_bytes().get(i) == Some(&b'-'));
    let build = |y: i16, m: i16, d: i16| Date::new(y, i8::try_from(m).ok()?, i8::try_from(d).ok()?).ok();
    let read = match (day.len(), time) {
        (10, time) if dashes(&[4, 7]) && time.is_none_or(is_time) => {
            (|| Some(ReadDate::Day(build(digits(0, 4)?, digits(5, 7)?, digits(8, 10)?)?)))()
        }
        (7, None) if dashes(&[4]) => (|| {
            let first = build(digits(0, 4)?, digits(5, 7)?, 1)?;
            Some(ReadDate::Partial(first, first.last_of_month()))
        })(),
        (4, None) => (|| {
            let first = build(digits(0, 4)?, 1, 1)?;
            Some(ReadDate::Partial(first, first.last_of_year()))
        })(),
        _ => None,
    };
    // Year 0 is what empty fields of some databases come out as, never a date.
    match read {
        Some(ReadDate::Day(d) | ReadDate::Partial(d, _)) if d.year() == 0 => ReadDate::Unreadable,
        other => other.unwrap_or(ReadDate::Unreadable),
    }
}

/// Whether text is a time of day, with seconds, fractions and zone or without.
fn is_time(text: &str) -> bool {
    let zone = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = (text[..zone].trim_end(), &text[zone..]);
    let parts: Vec<&str> = clock.split(':').collect();
    let within = |part: &str, limit: u8| part.len() == 2 && part.parse::<u8>().is_ok_and(|n| n < limit);
    let seconds = |part: &str| {
        let (whole, fraction) = part.split_once(['.', ',']).unwrap_or((part, "0"));
        within(whole, 61) && !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit())
    };
    let clock_ok = match parts.as_slice() {
        [h, m] => within(h, 25) && within(m, 60),
        [h, m, s] => within(h, 25) && within(m, 60) && seconds(s),
        _ => false,
    };
    let zone_ok = zone.is_empty()
        || zone.eq_ignore_ascii_case("z")
        || zone[1..].bytes().all(|b| b.is_ascii_digit() || b == b':') && (3..=6).contains(&zone.len());
    clock_ok && zone_ok
}

/// A number that is finite and not negative.
pub(super) fn amount(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Int(n) => *n as f64,
        Value::Float(x) => *x,
        Value::Text(t) => t.trim().parse().ok()?,
        _ => return None,
    };
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// A whole number that is not negative.
pub(super) fn count(value: &Value) -> Option<u64> {
    let number = amount(value)?;
    // Up to 2^53 every whole number has its own f64.
    (number.fract() == 0.0 && number <= 9_007_199_254_740_992.0).then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    #[test]
    fn dates_are_read_as_far_as_they_go() {
        let read = |t: &str| date(&Value::Text(t.into()));
        assert_eq!(read("2019-06-05"), ReadDate::Day(day(2019, 6, 5)));
        assert_eq!(read(" 2019-06-05T23:59:59.9Z "), ReadDate::Day(day(2019, 6, 5)));
        assert_eq!(read("2019-06-05 00:00:00+04:00"), ReadDate::Day(day(2019, 6, 5)));
        assert_eq!(read("2019-06"), ReadDate::Partial(day(2019, 6, 1), day(2019, 6, 30)));
        assert_eq!(read("2020"), ReadDate::Partial(day(2020, 1, 1), day(2020, 12, 31)));
        assert_eq!(date(&Value::Int(2020)), ReadDate::Partial(day(2020, 1, 1), day(2020, 12, 31)));
        for bad in ["05.06.2019", "2019-02-30", "2019-6-5", "soon", "0000-00-00", "2019-06-05Tnoon", "20190605", "é019"]
        {
            assert_eq!(read(bad), ReadDate::Unreadable, "{bad}");
        }
    }

    #[test]
    fn words_count_in_any_case() {
        let word = |t: &str| Value::Text(t.into());
        let mut values = Values::default();
        assert_eq!(class(&word(" Sha "), &values), Some(HazardClass::Suspected));
        assert_eq!(class(&word("DHA"), &values), Some(HazardClass::Confirmed));
        assert_eq!(class(&word("mined"), &values), None);
        assert_eq!(kind(&word("Non-Technical Survey"), &values), Some(ReleaseKind::Cancelled));
        assert_eq!(kind(&word("handover"), &values), None);
        assert_eq!(status(&word("Worked On"), &values), Some(Status::Open));
        values.class.insert("dha".into(), HazardClass::Suspected);
        values.kind.insert("handover".into(), ReleaseKind::Cleared);
        assert_eq!(class(&word(" DHA"), &values), Some(HazardClass::Suspected));
        assert_eq!(kind(&word("Handover"), &values), Some(ReleaseKind::Cleared));
    }

    #[test]
    fn no_status_releases_land_unless_it_is_mapped() {
        let mut values = Values::default();
        for text in ["Cleared", "cancelled", "reduced", "Closed", "Expired", "released", "Open", "odd"] {
            let status = status(&Value::Text(text.into()), &values);
            assert!(!matches!(status, Some(Status::Released(_))), "{text}: {status:?}");
        }
        values.status.insert("expired".into(), Status::Released(ReleaseKind::Cancelled));
        assert_eq!(status(&Value::Text(" Expired ".into()), &values), Some(Status::Released(ReleaseKind::Cancelled)));
    }

    #[test]
    fn numbers_are_finite_and_not_negative() {
        assert_eq!(amount(&Value::Text("12.5".into())), Some(12.5));
        assert_eq!(count(&Value::Float(3.0)), Some(3));
        for bad in [Value::Float(f64::NAN), Value::Int(-1), Value::Text("3 mines".into()), Value::Text("inf".into())] {
            assert_eq!(amount(&bad), None);
        }
        assert_eq!(count(&Value::Float(2.5)), None);
    }
}
