//! What every record did in every district: the figures of districts, taken apart by record.

use remnant_geometry::Area;
use rustc_hash::FxHashMap;

use super::events::Covers;
use super::ledger::{Deed, Ledger};
use crate::records::Origin;
use crate::report::{RecordRow, RecordShare, SquareMetres};

/// A share for every record with an area and every place where it has some; in the order of the records, and for one
/// record in that of the districts, the land outside last.
pub(super) fn shares(covers: &Covers<'_>, ledger: &Ledger, records: &[RecordRow]) -> Vec<RecordShare> {
    let rows: FxHashMap<Origin, usize> = records.iter().enumerate().map(|(at, row)| (row.origin, at)).collect();
    let outside = covers.outside();
    let mut shares: Vec<RecordShare> = Vec::with_capacity(ledger.deeds.len());
    for (&(event, place), deeds) in &ledger.deeds {
        let Some(&record) = rows.get(&covers.events[event as usize].origin) else { continue };
        let of = |deed: Deed| SquareMetres::rounded(deeds.of(deed));
        let sum = |a: Area, b: Area| SquareMetres::rounded(a + b);
        let recorded = sum(deeds.of(Deed::NewlyRecorded), deeds.of(Deed::Recontaminated));
        let straight = of(Deed::RecordedAndReleased);
        shares.push(RecordShare {
            record,
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
        });
    }
    shares.sort_unstable_by_key(|share| (share.record, share.district.is_none(), share.district));
    shares
}
