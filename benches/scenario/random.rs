//! A small seeded generator of pseudo-random numbers.
//!
//! Written out here rather than taken from a crate because the files that it leads to are compared
//! byte by byte: the sequence must never change with a dependency, a machine or a word size.

/// SplitMix64: integer arithmetic only, so the same seed gives the same numbers everywhere.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The generator of one record: `stream` tells layers apart, `index` the records of a layer.
    ///
    /// Every record has a generator of its own, so that record 5,000 can be made again without the
    /// 4,999 before it; that is what lets releases follow hazards without keeping them in memory.
    #[must_use]
    pub fn new(seed: u64, stream: u64, index: u64) -> Self {
        let mut mixed = Self { state: seed ^ 0x5265_6d6e_616e_7421 };
        let a = mixed.bits().wrapping_add(stream.wrapping_mul(0xd6e8_feb8_6659_fd93));
        let mut mixed = Self { state: a };
        let b = mixed.bits().wrapping_add(index.wrapping_mul(0xa076_1d64_78bd_642f));
        let mut mixed = Self { state: b };
        Self { state: mixed.bits() }
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `[0, 1)` of 53 random bits; the division by a power of two is exact.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number in `[from, to)`.
    pub fn range(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }

    /// A whole number below `limit` (which must not be 0).
    pub fn below(&mut self, limit: u64) -> u64 {
        // The high half of the 128-bit product: no division, and a bias of less than 2^-40 here.
        ((u128::from(self.bits()) * u128::from(limit)) >> 64) as u64
    }

    /// A whole number between two bounds, both included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below((to - from + 1) as u64) as i64
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A bell-shaped number with mean 0 and standard deviation 1 (sum of four even ones), bounded
    /// by 3.5, so that nothing is ever thrown out of the region.
    pub fn bell(&mut self) -> f64 {
        (self.unit() + self.unit() + self.unit() + self.unit() - 2.0) * 1.732_050_807_568_877_2
    }

    /// One of several values.
    pub fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// The ISO date of a day counted from 1970-01-01.
#[must_use]
pub fn iso_date(day: i64) -> String {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{date:02}")
}

/// The day, counted from 1970-01-01, of a date.
#[must_use]
pub fn day_of(year: i64, month: i64, date: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + date - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        assert_eq!(day_of(1970, 1, 1), 0);
        assert_eq!(iso_date(day_of(2024, 2, 29)), "2024-02-29");
        assert_eq!(iso_date(day_of(2024, 2, 29) + 1), "2024-03-01");
    }

    #[test]
    fn the_sequence_never_changes() {
        let mut rng = Random::new(1, 2, 3);
        let got = [rng.bits(), rng.bits()];
        assert_eq!(got, SEQUENCE);
    }

    const SEQUENCE: [u64; 2] = [3_267_159_227_887_775_994, 11_961_586_350_993_020_802];
}
