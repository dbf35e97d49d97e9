//! What every record did in every district: the figures of districts, taken apart by record.

use rayon::prelude::*;
use remnant_geometry::Footprint;

use super::events::Covers;
use super::ledger::{Deed, Deeds, Ledger};
use crate::records::Origin;
use crate::report::{RecordKind, RecordRow, RecordShare, SquareMetres};

/// A share for every record with an area and every place where it has some; in the order of the records, and for one
/// record in that of the districts, the land outside last.
pub(super) fn shares(covers: &Covers<'_>, ledger: &Ledger, records: &[RecordRow]) -> Vec<RecordShare> {
    // A hazard that its status closes has its origin in common with its release.
    let is_hazard = |row: &RecordRow| matches!(row.kind, RecordKind::Hazard(_));
    // The order of the records, hazards first.
    let key = |origin: Origin, hazard: bool| (!hazard, origin);
    let row_of = |origin: Origin, hazard: bool| {
        records.binary_search_by_key(&key(origin, hazard), |row| key(row.origin, is_hazard(row))).ok()
    };
    let outside = covers.outside();
    let marks: Vec<u64> = covers.events.par_iter().map(|event| mark(event.ground)).collect();
    let share = |((event, place), deeds): ((u32, u32), Deeds)| {
        let done = &covers.events[event as usize];
        let record = row_of(done.origin, done.is_hazard())?;
        let of = |deed: Deed| SquareMetres::rounded(deeds.of(deed));
        let recorded = SquareMetres::rounded(deeds.of(Deed::NewlyRecorded) + deeds.of(Deed::Recontaminated));
        let straight = of(Deed::RecordedAndReleased);
        Some(RecordShare {
            record,
            shape: marks[event as usize],
            district: (place != outside).then_some(place as usize),
            covered: of(Deed::Covers),
            newly_recorded: of(Deed::NewlyRecorded),
            recontaminated: of(Deed::Recontaminated),
            credited: of(Deed::Credited),
            recorded_and_released: straight,
            repeated: of(Deed::Repeated),
            outside: of(Deed::Outside),
            to_remaining: recorded - (of(Deed::Credited) - straight),
            to_released: of(Deed::Credited) - of(Deed::Recontaminated),
        })
    };
    let parts = ledger.deeds.parts();
    let mut shares: Vec<RecordShare> = Vec::with_capacity(parts.par_iter().map(|part| part.len()).sum());
    // Some parts at a time, as all of them at once would take the memory of all shares again.
    for parts in parts.chunks(4 * rayon::current_num_threads()) {
        let done: Vec<Vec<_>> = parts.par_iter().map(|part| part.iter().filter_map(share).collect()).collect();
        done.into_iter().for_each(|mut done| shares.append(&mut done));
    }
    shares.par_sort_unstable_by_key(|share| (share.record, share.district.is_none(), share.district));
    shares
}

/// A mark of a shape: the same for the same edges, wherever its rings begin and whichever way they run, and hardly ever
/// the same for others. It tells whether a record was redrawn, which its area does not.
fn mark(ground: &Footprint) -> u64 {
    // splitmix64, by Sebastiano Vigna, in the public domain.
    let mix = |sum: u64, value: i64| {
        let mut z = sum.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ value as u64;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let edge = |a: (i64, i64), b: (i64, i64)| {
        let (first, second) = (a.min(b), a.max(b));
        [first.0, first.1, second.0, second.1].into_iter().fold(0, mix)
    };
    ground.edges().fold(0, |sum: u64, (a, b)| sum.wrapping_add(edge((a.x, a.y), (b.x, b.y))))
}

#[cfg(test)]
mod tests {
    use remnant_geometry::RawPolygon;

    use super::*;

    fn ground(ring: &[(f64, f64)]) -> Footprint {
        let ring = ring.iter().map(|&(x, y)| [x, y]).collect();
        Footprint::new(&[RawPolygon { rings: vec![ring] }]).expect("a footprint").0
    }

    #[test]
    fn a_shape_has_one_mark_however_it_is_written() {
        let ring = [(1.0, 1.0), (1.1, 1.0), (1.1, 1.1), (1.0, 1.1)];
        let mut turned = ring;
        turned.rotate_left(2);
        turned.reverse();
        assert_eq!(mark(&ground(&ring)), mark(&ground(&turned)));
        // The same area at another place, and the same corners in another order.
        let moved = ring.map(|(x, y)| (x + 1.0, y));
        assert_ne!(mark(&ground(&ring)), mark(&ground(&moved)));
        let cut = [ring[0], ring[1], ring[2]];
        assert_ne!(mark(&ground(&ring)), mark(&ground(&cut)));
    }
}
