//! Everything that a window's account names, counted within the window.
//!
//! A record that comes into the survey elsewhere moves the numbers of all records after it. Within a window nothing has
//! changed by that, so its account is kept in numbers that count what reaches the window, in the order of the numbers
//! that all windows share: results that depend on an order are the same in either.

use super::super::events::{Covers, Kind};

/// The numbers that all windows share, by those within one window. Every list is in ascending order.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Numbers {
    /// Hazards and releases.
    pub events: Vec<u32>,
    /// Rows of districts, and after them that of the land outside.
    pub places: Vec<u32>,
    /// Dates; 0, for undated records, is 0 in either.
    pub slots: Vec<u32>,
    /// Zones that reach the window with their ground.
    pub zones: Vec<u32>,
    /// Themes of what people use.
    pub themes: Vec<u32>,
    /// What people use.
    pub features: Vec<u32>,
    /// Zones whose reach reaches the window.
    pub near: Vec<u32>,
}

impl Numbers {
    /// Of a window that some covers reach, given in ascending order.
    pub fn of(covers: &Covers<'_>, reaching: &[u32]) -> Self {
        let mut numbers = Self::default();
        let parts = covers.parts();
        for &cover in reaching {
            match parts.kind(cover) {
                Kind::Event(event) => {
                    numbers.events.push(event);
                    numbers.slots.push(covers.events[event as usize].slot);
                }
                Kind::District(district) => numbers.places.push(covers.district_ground[district as usize].0),
                Kind::Coverage => {}
                Kind::Zone(zone) => numbers.zones.push(zone),
                Kind::Exposed(exposed) => {
                    let (feature, theme, _) = covers.exposed[exposed as usize];
                    numbers.features.push(feature);
                    numbers.themes.push(theme);
                }
                Kind::Reach(reach) => numbers.near.push(covers.reaches[reach as usize].0),
            }
        }
        numbers.places.push(covers.outside());
        numbers.slots.retain(|&slot| slot > 0);
        for list in [&mut numbers.places, &mut numbers.slots, &mut numbers.themes] {
            list.sort_unstable();
            list.dedup();
        }
        numbers
    }

    /// The number of a date within the window.
    pub fn slot(&self, slot: u32) -> Option<u32> {
        if slot == 0 { Some(0) } else { Some(within(&self.slots, slot)? + 1) }
    }

    /// The number of a date among all dates.
    pub fn slot_of(&self, slot: u32) -> Option<u32> {
        slot.checked_sub(1).map_or(Some(0), |at| self.slots.get(at as usize).copied())
    }
}

/// The number within the window of something in a list.
pub(super) fn within(list: &[u32], number: u32) -> Option<u32> {
    list.binary_search(&number).ok().map(|at| at as u32)
}
