//! Remaining and released land, in whole square centimetres.

use std::ops::{Add, AddAssign, Sub};

/// Land by what became of it, or a difference of such; in square centimetres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Land {
    /// Still contaminated.
    pub(super) remaining: i128,
    /// Released.
    pub(super) released: i128,
}

impl Add for Land {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { remaining: self.remaining + other.remaining, released: self.released + other.released }
    }
}

impl Sub for Land {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { remaining: self.remaining - other.remaining, released: self.released - other.released }
    }
}

impl AddAssign for Land {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Land {
    /// Whether there is none.
    pub(super) fn is_none(self) -> bool {
        self == Self::default()
    }

    /// How much it moves, for an order.
    pub(super) fn size(self) -> i128 {
        self.remaining.abs().max(self.released.abs())
    }
}

/// The square centimetres of an area printed in m2 with four decimals; none where it is printed otherwise.
pub(super) fn cm2(text: &str) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, rest) = digits.split_once('.')?;
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    // All land on Earth has 15 digits of square metres; as many sums as a file has rows stay far within 128 bits.
    if rest.len() != 4 || !plain(whole) || !plain(rest) || whole.len() > 15 {
        return None;
    }
    Some(sign * format!("{whole}{rest}").parse::<i128>().ok()?)
}

/// The digits of an area in m2.
pub(super) fn m2(cm2: i128) -> String {
    let sign = if cm2 < 0 { "-" } else { "" };
    format!("{sign}{}.{:04}", cm2.unsigned_abs() / 10_000, cm2.unsigned_abs() % 10_000)
}
