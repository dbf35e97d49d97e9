//! Everything that the account of a window depends on, as one digest.
//!
//! Whoever makes the replay of a face (`faces.rs`, `planning.rs`) or the cut of a window ask for something new must add it
//! here. What the program itself does is in the key as the digest of its own file: any other build starts anew.

use std::fs::File;
use std::io::{self, Read};

use remnant_geometry::{Footprint, Point, Window};
use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

use super::super::events::Kind;
use super::super::faces::Rules;
use super::numbers::{Numbers, within};
use crate::read::Limit;
use crate::settings::OutsidePolicy;

/// The form of keys and values. To be raised when either changes.
const FORM: u32 = 2;

/// A digest of 256 bits.
pub(super) type Digest = [u8; 32];

/// What the account of a window is kept under.
pub(super) type Key = Digest;

/// What all windows of an account have in common.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Common {
    pub program: Digest,
    /// Whether classes of land are drawn.
    pub draw: bool,
    pub outside: OutsidePolicy,
    pub want_rim: bool,
    pub want_series: bool,
    /// Whether there is a period.
    pub period: bool,
    /// Whether there is a layer of what the survey claims to cover.
    pub coverage: bool,
    /// How often borders may meet in a tile: a window that has more ends the run.
    pub most: u64,
}

/// A cover as the replay sees it in a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Seen {
    Event {
        /// [`crate::status::Act::order`].
        act: u8,
        /// The number of its date within the window; 0 for none.
        slot: u32,
        /// Whether it comes after the date of the account.
        late: bool,
        /// Whether it comes after the opening of the period.
        opened: bool,
        /// The number of its task by first appearance in the window; 0 for none.
        task: u32,
        bears_devices: bool,
    },
    /// The row of a district within the window.
    District(u32),
    Coverage,
    Zone,
    /// The theme within the window.
    Exposed(u32),
    Reach,
}

impl Common {
    pub fn of(program: Digest, rules: &Rules<'_>, draw: bool) -> Self {
        Self {
            program,
            draw,
            outside: rules.outside,
            want_rim: rules.want_rim,
            want_series: rules.want_series,
            period: rules.opening_slot.is_some(),
            coverage: rules.covers.coverage.is_some(),
            most: rules.limits.of(Limit::TileCrossings),
        }
    }

    /// The key of a window that some covers reach, given in ascending order. `digests` are of the ground of all covers.
    pub fn key(
        &self,
        window: Window,
        reaching: &[u32],
        rules: &Rules<'_>,
        numbers: &Numbers,
        digests: &[Digest],
    ) -> Key {
        let parts = rules.covers.parts();
        let mut tasks: FxHashMap<u32, u32> = FxHashMap::default();
        let seen = |&cover: &u32| {
            let seen = match parts.kind(cover) {
                Kind::Event(event) => event_seen(rules, event, numbers, &mut tasks),
                Kind::District(district) => {
                    let row = rules.covers.district_ground[district as usize].0;
                    Seen::District(within(&numbers.places, row).unwrap_or(u32::MAX))
                }
                Kind::Coverage => Seen::Coverage,
                Kind::Zone(_) => Seen::Zone,
                Kind::Exposed(exposed) => {
                    let theme = rules.covers.exposed[exposed as usize].1;
                    Seen::Exposed(within(&numbers.themes, theme).unwrap_or(u32::MAX))
                }
                Kind::Reach(_) => Seen::Reach,
            };
            (seen, digests[cover as usize])
        };
        self.digest(window, reaching.iter().map(seen))
    }

    /// The digest of all that is given. Every part has a fixed width, or its length before it.
    pub fn digest(&self, window: Window, covers: impl ExactSizeIterator<Item = (Seen, Digest)>) -> Key {
        let mut bytes: Vec<u8> = Vec::with_capacity(128 + 64 * covers.len());
        bytes.extend(FORM.to_le_bytes());
        bytes.extend(self.program);
        let baseline = match self.outside {
            OutsidePolicy::Separate => false,
            OutsidePolicy::Baseline => true,
        };
        let flags = [self.draw, baseline, self.want_rim, self.want_series, self.period, self.coverage];
        bytes.extend(flags.map(u8::from));
        bytes.extend(self.most.to_le_bytes());
        bytes.extend(window.row.to_le_bytes());
        bytes.extend(window.column.to_le_bytes());
        bytes.extend((covers.len() as u64).to_le_bytes());
        for (seen, ground) in covers {
            seen.append(&mut bytes);
            bytes.extend(ground);
        }
        Sha256::digest(&bytes).into()
    }
}

impl Seen {
    fn append(self, bytes: &mut Vec<u8>) {
        match self {
            Self::Event { act, slot, late, opened, task, bears_devices } => {
                bytes.extend([0, act, u8::from(late), u8::from(opened), u8::from(bears_devices)]);
                bytes.extend(slot.to_le_bytes());
                bytes.extend(task.to_le_bytes());
            }
            Self::District(row) => {
                bytes.push(1);
                bytes.extend(row.to_le_bytes());
            }
            Self::Coverage => bytes.push(2),
            Self::Zone => bytes.push(3),
            Self::Exposed(theme) => {
                bytes.push(4);
                bytes.extend(theme.to_le_bytes());
            }
            Self::Reach => bytes.push(5),
        }
    }
}

fn event_seen(rules: &Rules<'_>, event: u32, numbers: &Numbers, tasks: &mut FxHashMap<u32, u32>) -> Seen {
    let event = &rules.covers.events[event as usize];
    let task = match event.task {
        0 => 0,
        task => {
            let next = tasks.len() as u32 + 1;
            *tasks.entry(task).or_insert(next)
        }
    };
    Seen::Event {
        act: event.act.order(),
        slot: numbers.slot(event.slot).unwrap_or(u32::MAX),
        late: event.slot > rules.last_slot,
        opened: rules.opening_slot.is_some_and(|opening| event.slot > opening),
        task,
        bears_devices: event.bears_devices,
    }
}

/// A digest of all that the cut of a window sees of some ground.
pub(super) fn footprint_digest(footprint: &Footprint) -> Digest {
    let bounds = footprint.bounds();
    let near = |low: i64, high: i64| u32::try_from(high.abs_diff(low)).is_ok();
    let near = near(bounds.min.x, bounds.max.x) && near(bounds.min.y, bounds.max.y);
    let mut bytes: Vec<u8> = Vec::with_capacity(64 + footprint.len() * if near { 8 } else { 16 });
    bytes.push(u8::from(near));
    for Point { x, y } in [bounds.min, bounds.max] {
        bytes.extend(x.to_le_bytes());
        bytes.extend(y.to_le_bytes());
    }
    for ring in footprint.rings() {
        bytes.extend((ring.len() as u64).to_le_bytes());
        for corner in ring {
            let (x, y) = (corner.x - bounds.min.x, corner.y - bounds.min.y);
            if near {
                bytes.extend((x as u32).to_le_bytes());
                bytes.extend((y as u32).to_le_bytes());
            } else {
                bytes.extend(x.to_le_bytes());
                bytes.extend(y.to_le_bytes());
            }
        }
    }
    Sha256::digest(&bytes).into()
}

/// A digest of the file of the running program.
pub(super) fn program_digest() -> io::Result<Digest> {
    // On Linux this name leads to the very file that runs, also where another has taken its place by now.
    let file = File::open("/proc/self/exe").or_else(|_| File::open(std::env::current_exe()?))?;
    digest_of(file)
}

fn digest_of(mut file: impl Read) -> io::Result<Digest> {
    let mut hash = Sha256::new();
    let mut part = vec![0; 1 << 18];
    let mut all = 0;
    loop {
        match file.read(&mut part) {
            Ok(0) if all == 0 => return Err(io::Error::other("it is empty")),
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(n) => {
                hash.update(&part[..n]);
                all += n;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}
