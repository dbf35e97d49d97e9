//! Coordinates as people write them: decimal numbers, degrees with minutes and seconds, hemispheres, decimal commas.
//! Only what can mean one thing is read.

/// Which of the two a coordinate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    /// East or west.
    X,
    /// North or south.
    Y,
}

/// A coordinate. `degrees` tells whether it is one of longitude and latitude, `comma` whether commas part no fields.
pub(super) fn coordinate(text: &str, axis: Axis, degrees: bool, comma: bool) -> Option<f64> {
    let decimal = decimal(text, degrees || comma);
    if decimal.is_some() || !degrees {
        return decimal;
    }
    sexagesimal(text, axis)
}

/// A plain number. A comma can only be a decimal one in degrees, which have no thousands.
fn decimal(text: &str, comma: bool) -> Option<f64> {
    let text = if comma && text.matches(',').count() == 1 && !text.contains('.') {
        text.replace(',', ".")
    } else {
        text.to_owned()
    };
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    text.parse::<f64>().ok().filter(|number| plain && number.is_finite())
}

/// Degrees, minutes and seconds with their signs or with the letter of the hemisphere.
fn sexagesimal(text: &str, axis: Axis) -> Option<f64> {
    let (hemisphere, rest) = hemisphere(text.trim(), axis)?;
    let mut rest = rest.trim();
    let mut sign = hemisphere;
    if let Some(unsigned) = rest.strip_prefix('-') {
        // A sign beside a letter could mean either.
        if hemisphere.is_some() {
            return None;
        }
        (sign, rest) = (Some(-1.0), unsigned);
    }
    let mut parts: Vec<f64> = Vec::new();
    let mut marked = false;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        // Only the last part may have a fraction.
        if parts.last().is_some_and(|p| p.fract() != 0.0) {
            return None;
        }
        parts.push(decimal(number, true).filter(|_| number.starts_with(|c: char| c.is_ascii_digit()))?);
        let (mark, after) = mark(after.trim_start());
        match mark {
            Some(level) if level == parts.len() => marked = true,
            Some(_) => return None,
            None => {}
        }
        rest = after.trim_start();
    }
    let (degrees, minutes, seconds) = match *parts.as_slice() {
        [d] => (d, 0.0, 0.0),
        [d, m] => (d, m, 0.0),
        [d, m, s] => (d, m, s),
        _ => return None,
    };
    let limit = if axis == Axis::X { 180.0 } else { 90.0 };
    let value = degrees + minutes / 60.0 + seconds / 3600.0;
    let fits = minutes < 60.0 && seconds < 60.0 && value <= limit && (marked || hemisphere.is_some());
    fits.then(|| sign.unwrap_or(1.0) * value)
}

/// The sign that a letter at either end gives, and the text without it; `None` where it is one of the other axis.
fn hemisphere(text: &str, axis: Axis) -> Option<(Option<f64>, &str)> {
    let letters: [(char, f64); 2] = if axis == Axis::X { [('E', 1.0), ('W', -1.0)] } else { [('N', 1.0), ('S', -1.0)] };
    let of = |c: char| letters.iter().find(|(l, _)| *l == c.to_ascii_uppercase()).map(|(_, sign)| *sign);
    let first = text.chars().next()?;
    if first.is_ascii_alphabetic() {
        return Some((Some(of(first)?), text.get(1..)?));
    }
    let last = text.chars().next_back()?;
    if last.is_ascii_alphabetic() {
        return Some((Some(of(last)?), text.get(..text.len() - 1)?));
    }
    Some((None, text))
}

/// The mark of degrees (1), minutes (2) or seconds (3) at the beginning of a text, and what follows.
fn mark(text: &str) -> (Option<usize>, &str) {
    const MARKS: [(&str, usize); 10] =
        [("°", 1), ("º", 1), ("''", 3), ("′′", 3), ("\"", 3), ("″", 3), ("”", 3), ("'", 2), ("′", 2), ("’", 2)];
    match MARKS.iter().find_map(|(mark, level)| Some((*level, text.strip_prefix(mark)?))) {
        Some((level, rest)) => (Some(level), rest),
        None => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_mean_one_thing_is_read() {
        for (text, expected) in [
            ("48.5", Some(48.5)),
            ("-48,5", Some(-48.5)),
            ("48°30'N", Some(48.5)),
            ("48° 30' 36\" S", Some(-48.51)),
            ("N48°30′36.0″", Some(48.51)),
            ("48 30 36 N", Some(48.51)),
            ("48 30,6 N", Some(48.51)),
            ("48.5 N", Some(48.5)),
            ("48°30'", Some(48.5)),
            ("-48°30'36''", Some(-48.51)),
            ("48 30 36", None),
            ("48°61'N", None),
            ("48°30'E", None),
            ("-48°30'S", None),
            ("48.5°30'N", None),
            ("91°N", None),
            ("48'30°N", None),
            ("48°30'36\"12N", None),
            ("N48S", None),
            ("", None),
            ("N", None),
            ("48,5,1", None),
            ("1.5e999", None),
        ] {
            let found = coordinate(text, Axis::Y, true, false);
            let near = match (found, expected) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-12,
                (a, b) => a == b,
            };
            assert!(near, "{text}: {found:?}");
        }
        assert_eq!(coordinate("46°30'W", Axis::X, true, false), Some(-46.5));
        // In metres a comma may part thousands.
        assert_eq!(coordinate("500,000", Axis::X, false, false), None);
        assert_eq!(coordinate("500000,5", Axis::X, false, true), Some(500_000.5));
        assert_eq!(coordinate("48°30'N", Axis::Y, false, false), None);
    }
}
