//! Which zones the page holds: all, or of very many the weightiest.

use std::collections::HashMap;

use crate::report::{Report, ZoneRow};
use crate::zone::ZoneStatus;

/// Zones that a page holds; zones.csv has all. So many take some 40 MB, with which a browser still answers at once.
pub(super) const ZONES_HELD: usize = 50_000;

/// The zones of a page.
pub(super) struct Held {
    /// Their rows in the report, in its order.
    rows: Vec<usize>,
}

impl Held {
    /// At most so many of a report: by status, the weightiest first, then by their place in the order of work, then by
    /// contaminated land.
    pub(super) fn of(report: &Report, most: usize) -> Self {
        let zones = &report.account.zones;
        let mut rows: Vec<usize> = (0..zones.len()).collect();
        if zones.len() > most {
            let mut ranks = vec![u32::MAX; zones.len()];
            for place in report.account.plan.iter().flat_map(|plan| &plan.order) {
                if let Some(rank) = ranks.get_mut(place.zone) {
                    *rank = place.rank;
                }
            }
            rows.sort_by(|&a, &b| {
                let (x, y) = (&zones[a], &zones[b]);
                let by_work = x.status.cmp(&y.status).then(ranks[a].cmp(&ranks[b]));
                by_work.then(y.states.remaining().cmp(&x.states.remaining()))
            });
            rows.truncate(most);
            rows.sort_unstable();
        }
        Self { rows }
    }

    /// The zones, in the order of the report.
    pub(super) fn zones<'a>(&'a self, report: &'a Report) -> impl Iterator<Item = &'a ZoneRow> + Clone {
        self.rows.iter().filter_map(|&row| report.account.zones.get(row))
    }

    /// Their rows in the report, ascending.
    pub(super) fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// The place in the page of a row of the report.
    pub(super) fn place(&self, row: usize) -> Option<usize> {
        self.rows.binary_search(&row).ok()
    }
}

/// How many zones have each status, the weightiest first.
pub(super) type Tally = [u64; ZoneStatus::ALL.len()];

/// The zones of a report by status: in all, and by the code of their district.
pub(super) fn tallies(zones: &[ZoneRow]) -> (Tally, HashMap<Option<&str>, Tally>) {
    let (mut all, mut of_districts) = (Tally::default(), HashMap::new());
    for zone in zones {
        let status = zone.status as usize;
        let district: &mut Tally = of_districts.entry(zone.district.as_deref()).or_default();
        (all[status], district[status]) = (all[status] + 1, district[status] + 1);
    }
    (all, of_districts)
}
