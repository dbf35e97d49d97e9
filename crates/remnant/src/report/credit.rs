//! What releases really released, by operator, method and kind.

use std::collections::BTreeMap;

use super::{Account, RecordKind, SquareMetres};
use crate::records::{Fate, ReleaseKind};

/// What some releases came to. Their rows in `Account::records` add up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CreditSums {
    /// Releases.
    pub releases: u64,
    /// Their own areas.
    pub geometry: SquareMetres,
    /// Land that they released.
    pub credited: SquareMetres,
    /// Land that was released already.
    pub repeated: SquareMetres,
    /// Land outside any recorded hazard.
    pub outside: SquareMetres,
    /// Of `repeated` and `outside`, land that an earlier release of the same task covers: reports of progress and of
    /// completion.
    pub within_task: SquareMetres,
    /// Releases that state an area.
    pub stated_releases: u64,
    /// The areas that they state.
    pub stated: SquareMetres,
}

/// The releases of one operator, method and kind that have effect by the date of the account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Credit {
    /// The operator, where the layer says.
    pub operator: Option<String>,
    /// The method, where the layer says.
    pub method: Option<String>,
    /// The kind; `None` for releases that were set aside.
    pub kind: Option<ReleaseKind>,
    /// All of them.
    pub all: CreditSums,
    /// Those of the period; without `since` all.
    pub period: CreditSums,
    /// Releases that were set aside, whatever their dates.
    pub set_aside: u64,
}

/// The releases of an account by operator, method and kind, in this order; none where there is no release.
pub fn credit(account: &Account) -> Vec<Credit> {
    let mut rows: BTreeMap<_, Credit> = BTreeMap::new();
    let records = &account.records;
    for place in 0..records.len() {
        let Some(facts) = records.facts(place) else { continue };
        let RecordKind::Release(kind) = facts.kind else { continue };
        // What was set aside did nothing, so that its row need not be made.
        let set_aside = facts.fate == Fate::SetAside;
        let row = if set_aside { None } else { records.get(place) };
        let in_effect = row.filter(|record| record.in_effect);
        if !set_aside && in_effect.is_none() {
            continue;
        }
        let (operator, method) = (&facts.work.operator, &facts.work.method);
        let row = rows.entry((operator.as_deref(), method.as_deref(), kind)).or_insert_with(|| Credit {
            operator: operator.clone(),
            method: method.clone(),
            kind,
            ..Credit::default()
        });
        let Some(record) = in_effect else {
            row.set_aside += 1;
            continue;
        };
        // Undated releases have their effect before any period.
        let in_period = account.settings.since.is_none_or(|since| record.date.is_some_and(|date| date > since));
        for sums in [Some(&mut row.all), in_period.then_some(&mut row.period)].into_iter().flatten() {
            sums.releases += 1;
            sums.geometry += record.geometry.unwrap_or_default();
            sums.credited += record.credited;
            sums.repeated += record.repeated;
            sums.outside += record.outside;
            sums.within_task += record.within_task;
            if let Some(stated) = record.stated_m2.and_then(whole) {
                sums.stated_releases += 1;
                // Rounded one by one, so that the sum hangs on no order.
                let sum = sums.stated.square_centimetres().saturating_add(stated);
                sums.stated = SquareMetres::from_square_centimetres(sum);
            }
        }
    }
    rows.into_values().collect()
}

/// A stated area in square centimetres; none that no land on Earth could have.
fn whole(stated_m2: f64) -> Option<i64> {
    (0.0..1e14).contains(&stated_m2).then(|| (stated_m2 * SquareMetres::UNITS as f64).round() as i64)
}
