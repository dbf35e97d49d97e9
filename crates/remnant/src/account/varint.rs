//! Whole numbers in as few bytes as they need, seven bits to a byte, the lowest first.

/// Bytes that are being written.
#[derive(Debug, Default)]
pub(super) struct Put {
    pub bytes: Vec<u8>,
}

impl Put {
    pub fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.bytes.push(n as u8);
    }

    /// Small numbers of either sign take few bytes.
    pub fn signed(&mut self, n: i64) {
        self.number((n << 1 ^ n >> 63) as u64);
    }
}

/// Bytes that are being read. Whatever they are, reading them ends in a number or in `None`.
#[derive(Debug)]
pub(super) struct Take<'a> {
    bytes: &'a [u8],
}

impl<'a> Take<'a> {
    pub fn of(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// So many bytes, all together.
    pub fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (these, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(these)
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    #[inline]
    pub fn number(&mut self) -> Option<u64> {
        let mut n = 0_u64;
        let mut shift = 0;
        loop {
            let (&byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            let part = u64::from(byte & 0x7f);
            // The tenth byte has room for one bit.
            if shift == 63 && part > 1 {
                return None;
            }
            n |= part << shift;
            if byte < 0x80 {
                return Some(n);
            }
            shift += 7;
            if shift > 63 {
                return None;
            }
        }
    }

    #[inline]
    pub fn signed(&mut self) -> Option<i64> {
        let n = self.number()?;
        Some((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    /// How many things follow, each of which takes a byte at least: never more than there are bytes.
    pub fn count(&mut self) -> Option<usize> {
        let n = usize::try_from(self.number()?).ok()?;
        (n <= self.bytes.len()).then_some(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back() {
        let mut some: Vec<u64> = (0..64).flat_map(|bit| [1 << bit, (1 << bit) - 1, !(1 << bit)]).collect();
        some.extend([0, 1, 127, 128, u64::MAX]);
        let mut put = Put::default();
        for &n in &some {
            put.number(n);
            put.signed(n as i64);
        }
        let mut take = Take::of(&put.bytes);
        for &n in &some {
            assert_eq!((take.number(), take.signed()), (Some(n), Some(n as i64)));
        }
        assert!(take.is_empty() && take.number().is_none());
    }

    #[test]
    fn bytes_that_are_no_number_are_none() {
        assert_eq!(Take::of(&[0x80; 4]).number(), None);
        assert_eq!(Take::of(&[0xff; 11]).number(), None);
        assert_eq!(Take::of(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]).number(), None);
        assert_eq!(Take::of(&[200, 1, 0]).count(), None);
        assert_eq!(Take::of(&[2, 9, 9]).count(), Some(2));
        let mut take = Take::of(&[1, 2, 3]);
        assert_eq!((take.bytes(2), take.bytes(2), take.bytes(1)), (Some(&[1, 2][..]), None, Some(&[3][..])));
    }
}
