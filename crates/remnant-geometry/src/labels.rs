//! Sets of records as small numbers.

/// Interned sets of the records of a tile. Set 0 is the one that the tile's corner has.
#[derive(Default)]
pub(crate) struct Labels {
    words: usize,
    bits: Vec<u64>,
    /// Open addressing; 0 is free, `n + 1` stands for label `n`.
    table: Vec<u32>,
}

impl Labels {
    /// Starts over for a tile with so many records; `corner` lists those that cover its south-west corner.
    pub(crate) fn start(&mut self, records: usize, corner: &[u32]) {
        self.words = records.div_ceil(64).max(1);
        self.bits.clear();
        self.bits.resize(self.words, 0);
        self.table.clear();
        self.table.resize(64, 0);
        for &record in corner {
            self.bits[record as usize / 64] |= 1 << (record % 64);
        }
        let at = self.find(0).unwrap_or_else(|free| free);
        self.table[at] = 1;
    }

    /// The number of labels.
    pub(crate) fn len(&self) -> usize {
        self.bits.len() / self.words
    }

    /// The label that differs from `label` in whether it holds each of `toggles`.
    #[inline]
    pub(crate) fn toggled(&mut self, label: u32, toggles: &[u32]) -> u32 {
        if self.words == 1 {
            let set = toggles.iter().fold(self.bits[label as usize], |set, record| set ^ 1 << record);
            return self.of_word(set);
        }
        let (start, next) = (label as usize * self.words, self.bits.len());
        self.bits.extend_from_within(start..start + self.words);
        for &record in toggles {
            self.bits[next + record as usize / 64] ^= 1 << (record % 64);
        }
        let candidate = next / self.words;
        match self.find(candidate) {
            Ok(at) => {
                self.bits.truncate(next);
                self.table[at] - 1
            }
            Err(at) => self.enter(at, candidate),
        }
    }

    /// The label of a set in a tile with so few records that a set is a word: so it is in nearly all.
    #[inline]
    fn of_word(&mut self, set: u64) -> u32 {
        let mask = self.table.len() - 1;
        let mut at = hash(&[set]) & mask;
        loop {
            match self.table[at] {
                0 => break,
                n if self.bits[n as usize - 1] == set => return n - 1,
                _ => at = (at + 1) & mask,
            }
        }
        let label = self.bits.len();
        self.bits.push(set);
        self.enter(at, label)
    }

    /// Enters a label at a free place of the table.
    fn enter(&mut self, at: usize, label: usize) -> u32 {
        self.table[at] = label as u32 + 1;
        if self.len() * 2 > self.table.len() {
            self.grow();
        }
        label as u32
    }

    /// The records of a label in ascending order.
    pub(crate) fn records(&self, label: u32) -> impl Iterator<Item = u32> + '_ {
        let words = &self.bits[label as usize * self.words..(label as usize + 1) * self.words];
        words.iter().enumerate().flat_map(|(i, &word)| {
            std::iter::successors((word != 0).then_some(word), |w| {
                let rest = w & (w - 1);
                (rest != 0).then_some(rest)
            })
            .map(move |w| i as u32 * 64 + w.trailing_zeros())
        })
    }

    /// The place in the table of an equal label, or the free place where `label` belongs.
    #[inline]
    fn find(&self, label: usize) -> Result<usize, usize> {
        let set = &self.bits[label * self.words..(label + 1) * self.words];
        let mask = self.table.len() - 1;
        let mut at = hash(set) & mask;
        loop {
            match self.table[at] {
                0 => return Err(at),
                n => {
                    let other = (n - 1) as usize;
                    if other != label && self.bits[other * self.words..(other + 1) * self.words] == *set {
                        return Ok(at);
                    }
                }
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = self.table.len() * 4;
        self.table.clear();
        self.table.resize(size, 0);
        for label in 0..self.len() {
            // Labels are distinct, so each finds a free place.
            if let Err(at) = self.find(label) {
                self.table[at] = label as u32 + 1;
            }
        }
    }
}

/// Fibonacci hashing; equality is checked, so a collision costs time only.
#[inline]
fn hash(set: &[u64]) -> usize {
    let mixed = set.iter().fold(0_u64, |h, &w| (h ^ w).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29));
    (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_sets_have_one_number_and_others_do_not() {
        for records in [3_u32, 64, 65, 300] {
            let mut labels = Labels::default();
            labels.start(records as usize, &[1]);
            let mut seen = std::collections::HashMap::new();
            let mut label = 0;
            let mut state = 11_u64;
            for _ in 0..5000 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let record = (state >> 40) as u32 % records.min(12);
                label = labels.toggled(label, &[record, records - 1]);
                let set: Vec<u32> = labels.records(label).collect();
                assert_eq!(*seen.entry(set).or_insert(label), label);
            }
            assert!(seen.len() > 3);
        }
    }
}
