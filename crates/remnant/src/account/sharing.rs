//! Contaminated land by the zones that it is within the safety distance of.

use remnant_geometry::Area;
use rustc_hash::FxHashMap;

use super::varint::{Put, Take};

/// Bytes of a part of what is closed.
const PART: usize = 1 << 20;

/// Sums of land by sets of zones, in ascending order.
///
/// Where zones lie close together there are many sets, and hardly one is met in two windows. So those of windows that are
/// done are not looked for again: they stand in as few bytes as they need, and a set may stand there more than once.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    open: FxHashMap<Vec<u32>, Area>,
    /// One entry after the other: the number of zones, the first one and the steps to the others, the area.
    closed: Vec<Vec<u8>>,
    entries: usize,
}

impl Sharing {
    /// Adds land that a set of zones shares; in ascending order.
    pub fn add(&mut self, zones: Vec<u32>, area: Area) {
        debug_assert!(zones.is_sorted_by(|a, b| a < b), "{zones:?}");
        *self.open.entry(zones).or_default() += area;
    }

    /// Ends a window.
    pub fn close(&mut self) {
        let mut open = std::mem::take(&mut self.open);
        open.retain(|zones, area| {
            // A window is far smaller than that; if it were not, the sum would stay as it is.
            let Ok(units) = i64::try_from(area.units()) else { return true };
            let mut put = Put { bytes: self.room(8 * zones.len() + 32) };
            put.number(zones.len() as u64);
            let mut before = 0;
            for &zone in zones {
                put.number(u64::from(zone - before));
                before = zone;
            }
            put.signed(units);
            self.closed.push(put.bytes);
            self.entries += 1;
            false
        });
        self.open = open;
    }

    /// The last part, or a new one where that has no room for so many bytes.
    fn room(&mut self, bytes: usize) -> Vec<u8> {
        match self.closed.pop() {
            Some(part) if part.is_empty() || part.len() + bytes <= PART => part,
            full => {
                self.closed.extend(full);
                Vec::new()
            }
        }
    }

    /// Adds another one.
    pub fn merge(&mut self, other: Self) {
        other.open.into_iter().for_each(|(zones, area)| self.add(zones, area));
        for part in other.closed {
            let mut last = self.room(part.len());
            if last.is_empty() {
                last = part;
            } else {
                last.extend_from_slice(&part);
            }
            self.closed.push(last);
        }
        self.entries += other.entries;
    }

    /// How often [`Self::each`] tells.
    pub fn len(&self) -> usize {
        self.entries + self.open.len()
    }

    /// Tells all sums, in no order; those of one set are to be added up.
    pub fn each(&self, mut tell: impl FnMut(&[u32], Area)) {
        self.open.iter().for_each(|(zones, area)| tell(zones, *area));
        let mut zones = Vec::new();
        for part in &self.closed {
            let mut take = Take::of(part);
            while let Some(area) = entry(&mut take, &mut zones) {
                tell(&zones, area);
            }
        }
    }
}

fn entry(take: &mut Take<'_>, zones: &mut Vec<u32>) -> Option<Area> {
    zones.clear();
    let mut zone = 0;
    for _ in 0..take.count()? {
        zone += take.number()? as u32;
        zones.push(zone);
    }
    Some(Area::from_units(take.signed()?.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sum_is_told() {
        let set = |n: u64| (0..1 + n % 9).map(|i| (n % 7 + i * (1 << (n % 20))) as u32).collect::<Vec<_>>();
        let (mut want, mut sharing) = (FxHashMap::<Vec<u32>, Area>::default(), Sharing::default());
        let mut add = |sharing: &mut Sharing, n: u64, area: i128| {
            *want.entry(set(n)).or_default() += Area::from_units(area);
            sharing.add(set(n), Area::from_units(area));
        };
        for window in 0..300 {
            let mut other = Sharing::default();
            for n in 0..600 {
                add(if n % 2 == 0 { &mut sharing } else { &mut other }, n + window, i128::from(n << (n % 40)) - 9);
            }
            if window % 3 > 0 {
                other.close();
            }
            sharing.merge(other);
            sharing.close();
        }
        // An area too large for its word, and a set that is still open.
        for _ in 0..2 {
            add(&mut sharing, 1, i128::from(i64::MAX));
            sharing.close();
        }
        add(&mut sharing, 2, 5);
        assert!(sharing.closed.len() > 2 && sharing.closed.iter().all(|part| part.len() <= PART && !part.is_empty()));
        let (mut told, mut count) = (FxHashMap::<Vec<u32>, Area>::default(), 0);
        sharing.each(|zones, area| {
            *told.entry(zones.to_vec()).or_default() += area;
            count += 1;
        });
        assert_eq!((told, count), (want, sharing.len()));
    }
}
