//! Reports of progress and of completion of one task: what may be counted twice.
//!
//! Land is not: the replay counts it once. Devices are numbers without a place. Where a report of completion states
//! devices too, nobody can tell from the figures whether they are those of the reports before it, or further ones. So
//! the figures count what is stated, and the finding says by how much they may be too high.

use remnant_geometry::Area;

use super::events::Covers;
use super::ledger::Ledger;
use crate::finding::{Code, Finding};
use crate::records::{DEVICES, DeviceCounts, Survey};

/// A finding for every release that states devices of a type which earlier releases of its task, on the same ground,
/// state too. Ground counts from 1 m2 on.
pub(super) fn findings(survey: &Survey, covers: &Covers<'_>, ledger: &Ledger) -> Vec<Finding> {
    let mut twins: Vec<(u32, u32)> =
        ledger.twins.iter().filter(|(_, area)| **area >= Area::SQUARE_METRE).map(|(&twins, _)| twins).collect();
    twins.sort_unstable();
    let release = |number: u32| &survey.releases[covers.events[number as usize].index()];
    let mut findings = Vec::new();
    for of_one in twins.chunk_by(|a, b| a.0 == b.0) {
        let later = release(of_one[0].0);
        let earlier: Vec<_> = of_one.iter().map(|pair| release(pair.1)).collect();
        let mut before = DeviceCounts::default();
        for report in &earlier {
            before.iter_mut().zip(*report.devices).for_each(|(sum, n)| *sum = sum.saturating_add(n));
        }
        let both = DEVICES.iter().zip(later.devices.iter().zip(before));
        let twice: Vec<String> = both
            .filter(|(_, (a, b))| **a > 0 && *b > 0)
            .map(|(what, (a, b))| format!("{} {what}", b.min(*a)))
            .collect();
        if twice.is_empty() {
            continue;
        }
        let mut ids: Vec<&str> = earlier.iter().map(|r| &*r.id).collect();
        ids.sort_unstable();
        let more = if ids.len() > 10 { format!(" and {} more", ids.len() - 10) } else { String::new() };
        ids.truncate(10);
        let text = format!(
            "this release of task {} and earlier ones of the same task on the same ground ({}{more}) state devices; all \
             are counted, and {} may be counted twice. Leave in one of the records only what no other states",
            later.work.task.as_deref().unwrap_or_default(),
            ids.join(", "),
            twice.join(", ")
        );
        findings.push(Finding::of(Code::DevicesRepeated, later.origin, &later.id, text));
    }
    findings
}
