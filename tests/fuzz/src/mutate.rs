//! Changed inputs in an order that is the same everywhere.

/// Pseudo-random numbers that are the same everywhere.
#[derive(Debug, Clone)]
pub struct Pseudo(u64);

impl Pseudo {
    /// Numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `n`, and 0 of none.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }
}

/// What stands in files for a reason, or at the ends of what numbers can say.
const WORDS: [&[u8]; 24] = [
    b"\0",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\0\0\0\x80",
    b"\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\0\0\0\0\0\0\xf8\x7f",
    b"\0\0\0\0\0\0\xf0\x7f",
    b"1e999",
    b"-0",
    b"NaN",
    b"9223372036854775808",
    b"[[[[[[[[",
    b"]]]]",
    b"{\"",
    b"\",\"",
    b"<a>",
    b"</a>",
    b"&amp;",
    b"((((",
    b",,",
    b"\r\n",
    b"EMPTY",
    b"\0=PART=\0",
];

/// An input with some of it changed, taken out, doubled, moved or replaced by some of another.
pub fn mutated(random: &mut Pseudo, input: &[u8], other: &[u8], longest: usize) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=random.below(5) {
        let at = random.below(bytes.len() + 1);
        let end = bytes.len().min(at + 1 + random.below(24));
        match random.below(9) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let copy = bytes.get(at..end).unwrap_or_default().to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            3 | 4 => {
                let word = WORDS[random.below(WORDS.len())];
                let over = if random.below(2) == 0 { at } else { bytes.len().min(at + word.len()) };
                bytes.splice(at..over, word.iter().copied());
            }
            5 => {
                let from = random.below(other.len() + 1);
                let part = other.get(from..other.len().min(from + 1 + random.below(64))).unwrap_or_default();
                bytes.splice(at..end, part.iter().copied());
            }
            6 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            7 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = byte.wrapping_add(random.below(7) as u8).wrapping_sub(3);
                }
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = random.below(256) as u8;
                }
            }
        }
    }
    bytes.truncate(longest);
    bytes
}
