//! Published numbers as intervals: what a figure can have been before it was rounded.
//!
//! Everything is in whole numbers of 10^-9 of a base unit (square metre, item, or 1 for a share), so nothing is lost.

/// So many are one base unit.
pub(super) const ONE: i128 = 1_000_000_000;

/// No figure on Earth is larger; products of two of them stay far within 128 bits.
const LARGEST: i128 = 1_000_000_000_000_000 * ONE;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Land.
    Area,
    /// Things and people.
    Count,
    /// A part of something.
    Share,
}

/// A unit in which figures are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    /// The word for it.
    pub(super) word: &'static str,
    /// What it measures.
    pub(super) measure: Measure,
    /// Its size in 10^-9 of the base unit.
    pub(super) size: i128,
}

/// Every unit, the word that is printed first.
const UNITS: [(&[&str], Measure, i128); 8] = [
    (&["m2", "m²", "sqm"], Measure::Area, ONE),
    (&["ha", "hectares"], Measure::Area, 10_000 * ONE),
    (&["km2", "km²", "sqkm"], Measure::Area, 1_000_000 * ONE),
    (&["items", "number", "count", ""], Measure::Count, ONE),
    (&["thousand"], Measure::Count, 1_000 * ONE),
    (&["million"], Measure::Count, 1_000_000 * ONE),
    (&["%", "percent", "per cent"], Measure::Share, ONE / 100),
    (&["share"], Measure::Share, ONE),
];

impl Unit {
    /// The unit of a word.
    pub(super) fn of(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase();
        let (words, measure, size) = UNITS.iter().find(|u| u.0.contains(&word.as_str()))?;
        Some(Self { word: words[0], measure: *measure, size: *size })
    }

    /// The words that are understood.
    pub(super) fn words() -> String {
        UNITS.iter().map(|u| u.0[0]).collect::<Vec<_>>().join(", ")
    }
}

/// What a figure can have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    /// The least.
    pub(super) least: i128,
    /// The most.
    pub(super) most: i128,
}

impl Interval {
    /// One amount, known exactly.
    pub(super) fn exact(amount: i128) -> Self {
        Self { least: amount, most: amount }
    }

    /// An amount and what it may be off by, either way.
    pub(super) fn around(amount: i128, half: i128) -> Self {
        Self { least: amount - half, most: amount + half }
    }

    /// The sum of two.
    pub(super) fn plus(self, other: Self) -> Self {
        Self { least: self.least + other.least, most: self.most + other.most }
    }

    /// Whether both can have been the same. What was rounded to either of two neighbouring steps lies at their common
    /// end at most, and no rule of rounding leads from there to both: so a common end counts only for what is exact.
    pub(super) fn touches(self, other: Self) -> bool {
        let (from, to) = (self.least.max(other.least), self.most.min(other.most));
        let exact = self.least == self.most || other.least == other.most;
        from < to || (exact && from == to)
    }

    /// The middle.
    pub(super) fn middle(self) -> i128 {
        (self.least + self.most) / 2
    }

    /// What it may be off by, either way.
    pub(super) fn half(self) -> i128 {
        (self.most - self.least) / 2
    }
}

/// A number as it is printed: digits, and a point with at most six digits after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Printed {
    /// The amount in 10^-9 of the base unit.
    pub(super) amount: i128,
    /// Digits after the point.
    pub(super) places: usize,
}

impl Printed {
    /// The number that a text prints, or why it prints none.
    pub(super) fn read(text: &str, unit: Unit) -> Result<Self, &'static str> {
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(rest) || (rest.is_empty() && text.contains('.')) {
            return Err("it is no plain number: digits and at most one decimal point, without separators of thousands");
        }
        if whole.len() > 15 || rest.len() > 6 {
            return Err("it has more than 15 digits before the point, or more than 6 after it");
        }
        // 21 digits at most, so this can't fail.
        let mantissa: i128 = format!("{whole}{rest}").parse().map_err(|_| "it is no number")?;
        let amount = mantissa * unit.size / 10_i128.pow(rest.len() as u32);
        if amount > LARGEST {
            return Err("it is larger than anything on Earth");
        }
        Ok(Self { amount, places: rest.len() })
    }
}

/// An amount in a unit, with so many decimals and spaces between thousands.
pub(super) fn show(amount: i128, unit: Unit, places: usize) -> String {
    let step = unit.size / 10_i128.pow(places.min(6) as u32);
    let rounded = (amount.abs() + step / 2) / step;
    let power = 10_i128.pow(places.min(6) as u32);
    let (whole, rest) = (rounded / power, rounded % power);
    let digits = whole.to_string();
    let mut out = String::from(if amount < 0 && rounded > 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if places > 0 {
        out.push_str(&format!(".{rest:0places$}", places = places.min(6)));
    }
    match unit.word {
        "items" => out,
        word => format!("{out} {word}"),
    }
}

/// The bare digits of an amount in a unit, trailing zeros left out.
pub(super) fn digits(amount: i128, unit: Unit) -> String {
    let step = unit.size / 1_000_000;
    let rounded = (amount.abs() + step / 2) / step;
    let mut out = format!(
        "{}{}.{:06}",
        if amount < 0 && rounded > 0 { "-" } else { "" },
        rounded / 1_000_000,
        rounded % 1_000_000
    );
    while out.ends_with('0') {
        out.pop();
    }
    if out.ends_with('.') {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(word: &str) -> Unit {
        Unit::of(word).expect(word)
    }

    #[test]
    fn a_number_is_what_it_prints() {
        for (text, word, amount, places) in [
            ("14.2", "%", 142_000_000, 1),
            ("11258", "km2", 11_258_000_000 * ONE, 0),
            ("165871.5", "ha", 1_658_715_000 * ONE, 1),
            ("1.5", "million", 1_500_000 * ONE, 1),
            ("662", "", 662 * ONE, 0),
        ] {
            assert_eq!(Printed::read(text, unit(word)), Ok(Printed { amount, places }), "{text} {word}");
        }
        for text in ["", "1,000", "1 000", "-1", "1e3", "1.", ".5", "NaN", "1.2.3", "0.1234567", "9999999999999999"] {
            assert!(Printed::read(text, unit("ha")).is_err(), "{text}");
        }
        assert!(Printed::read("999999999999999", unit("km2")).is_err());
    }

    #[test]
    fn neighbouring_steps_are_not_the_same_number() {
        let step = |n: i128| Interval::around(1_000 * n, 500);
        assert!(step(8).touches(step(8)) && !step(8).touches(step(9)));
        assert!(Interval::exact(8_500).touches(step(8)) && Interval::exact(8_500).touches(step(9)));
        assert!(Interval::exact(1).touches(Interval::exact(1)) && !Interval::exact(1).touches(Interval::exact(2)));
    }

    #[test]
    fn amounts_are_printed_as_people_write_them() {
        assert_eq!(show(1_658_715_000 * ONE, unit("ha"), 1), "165,871.5 ha");
        assert_eq!(show(-5 * ONE, unit("items"), 0), "-5");
        assert_eq!(show(-ONE / 10, unit("items"), 0), "0");
        assert_eq!(show(147_333_333, unit("%"), 2), "14.73 %");
        assert_eq!(digits(-8_000 * ONE, unit("ha")), "-0.8");
        assert_eq!(digits(0, unit("ha")), "0");
    }
}
