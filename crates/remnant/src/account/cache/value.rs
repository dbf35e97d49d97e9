//! The account of a window as bytes, and back.
//!
//! Reading is total: whatever the bytes are, it ends in an account whose every number has its place in the window, or in
//! nothing. It takes memory in proportion to the bytes.

use std::hash::Hash;

use remnant_geometry::outline::Gathered;
use remnant_geometry::plane::{TILE, TILE_BITS};
use remnant_geometry::{Area, Outline, Point, RimEdge, RimSide, SidePiece, TILES_PER_WINDOW, Window};
use rustc_hash::FxHashMap;

use super::super::ledger::{DeedBook, Flow, Ground, Ledger, ZoneLand};
use super::super::overlay::Overlay;
use super::super::planning::{PlanningLand, Where};
use super::super::sharing::Sharing;
use super::super::varint::{Put, Take};
use super::numbers::{Numbers, within};
use crate::status::State;

/// Bytes of a point.
const POINT_LEN: usize = 8;

/// Steps along the side of a window.
const SIDE: u32 = (TILE as u32) * (TILES_PER_WINDOW as u32);

/// Kinds of land that are drawn for a place: the states but for none.
const DRAWN: u32 = State::ALL.len() as u32 - 1;

/// The account of a window; `None` where something in it has no number in the window or no place in it, which is then
/// worked out anew each time.
pub(super) fn encode(overlay: &Overlay, numbers: &Numbers, window: Window) -> Option<Vec<u8>> {
    let Overlay { ledger, outline, live_sets } = overlay;
    let mut to = Encoder { put: Put::default(), numbers, corner: window.bounds().min };
    to.ledger(ledger)?;
    to.put.number(live_sets.len() as u64);
    for set in live_sets {
        to.list(&numbers.events, set)?;
    }
    to.outline(outline)?;
    Some(to.put.bytes)
}

/// The account of a window from its bytes; `None` where they are none.
pub(super) fn decode(bytes: &[u8], numbers: &Numbers, window: Window) -> Option<Overlay> {
    let mut from = Decoder { take: Take::of(bytes), numbers, window };
    let ledger = from.ledger()?;
    let sets = from.take.count()?;
    let live_sets: Vec<Vec<u32>> = (0..sets).map(|_| from.list(&numbers.events)).collect::<Option<_>>()?;
    let outline = from.outline(live_sets.len())?;
    from.take.is_empty().then_some(Overlay { ledger, outline, live_sets })
}

struct Encoder<'a> {
    put: Put,
    numbers: &'a Numbers,
    /// The south-west corner of the window.
    corner: Point,
}

impl Encoder<'_> {
    fn ledger(&mut self, ledger: &Ledger) -> Option<()> {
        let n = self.numbers;
        let Ledger {
            flows,
            zone_flows,
            transitions,
            ceased,
            ground,
            deeds,
            zones,
            twins,
            overlaps,
            planning,
            in_effect,
        } = ledger;
        self.sums(flows, |to, flow| to.flow(&n.places, flow))?;
        self.sums(zone_flows, |to, flow| to.flow(&n.zones, flow))?;
        self.sums(transitions, |to, &(place, opening, now)| {
            to.one_of(&n.places, place)?;
            to.state(opening);
            to.state(now);
            Some(())
        })?;
        self.sums(ceased, |to, &(event, place, slot)| {
            to.one_of(&n.events, event)?;
            to.one_of(&n.places, place)?;
            to.slot(slot)
        })?;
        self.sums(ground, |to, &(place, slot, what)| {
            to.one_of(&n.places, place)?;
            to.put.number(match what {
                Ground::All => 0,
                Ground::Outside => 1,
                Ground::Repeated => 2,
            });
            to.slot(slot)
        })?;
        self.deeds(deeds)?;
        self.sums(zones, |to, &(zone, land)| {
            to.one_of(&n.zones, zone)?;
            to.zone_land(land)
        })?;
        self.sums(twins, |to, &(later, earlier)| {
            to.one_of(&n.events, later)?;
            to.one_of(&n.events, earlier)
        })?;
        self.sums(overlaps, |to, &(has, other)| {
            to.one_of(&n.places, has)?;
            to.one_of(&n.places, other)
        })?;
        self.planning(planning)?;
        // Of many records on one ground it does not fit into a word.
        self.put.bytes.extend_from_slice(&in_effect.units().to_le_bytes());
        Some(())
    }

    fn planning(&mut self, planning: &PlanningLand) -> Option<()> {
        let n = self.numbers;
        let PlanningLand { themes, features, shared, hazards } = planning;
        for (list, sums) in [(&n.themes, themes), (&n.features, features)] {
            self.sums(sums, |to, &(number, place, contaminated)| {
                to.one_of(list, number)?;
                to.put.number(contaminated.into());
                to.place(place)
            })?;
        }
        self.put.number(shared.len() as u64);
        let mut all = Some(());
        shared.each(|zones, area| {
            all = all.and_then(|()| {
                self.list(&n.near, zones)?;
                self.put.signed(i64::try_from(area.units()).ok()?);
                Some(())
            });
        });
        all?;
        self.sums(hazards, |to, &(zone, hazard)| {
            to.one_of(&n.near, zone)?;
            to.one_of(&n.events, hazard)
        })
    }

    fn sums<K>(&mut self, sums: &FxHashMap<K, Area>, mut key: impl FnMut(&mut Self, &K) -> Option<()>) -> Option<()> {
        self.put.number(sums.len() as u64);
        for (name, area) in sums {
            key(self, name)?;
            self.put.signed(i64::try_from(area.units()).ok()?);
        }
        Some(())
    }

    /// What each event did in each place: the event, the place, which deeds, their areas.
    fn deeds(&mut self, deeds: &DeedBook) -> Option<()> {
        let mut entries: Vec<_> = deeds.entries().collect();
        entries.sort_unstable();
        let lands = || entries.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
        self.put.number(lands().count() as u64);
        for land in lands() {
            let (event, place, ..) = land[0];
            self.one_of(&self.numbers.events, event)?;
            self.one_of(&self.numbers.places, place)?;
            // In order and without a gap between equal ones, or else there would be two of a kind.
            if land.windows(2).any(|two| two[0].2 == two[1].2) {
                return None;
            }
            self.put.number(land.iter().fold(0, |mask, entry| mask | 1 << entry.2));
            land.iter().for_each(|entry| self.put.signed(entry.3));
        }
        Some(())
    }

    fn zone_land(&mut self, land: ZoneLand) -> Option<()> {
        let (tag, list, number) = match land {
            ZoneLand::In(state) => {
                self.put.number(0);
                self.state(state);
                return Some(());
            }
            ZoneLand::Uncovered => {
                self.put.number(1);
                return Some(());
            }
            ZoneLand::District(row) => (2, &self.numbers.places, row),
            ZoneLand::Live(hazard) => (3, &self.numbers.events, hazard),
            ZoneLand::Credited(release) => (4, &self.numbers.events, release),
        };
        self.put.number(tag);
        self.one_of(list, number)
    }

    fn flow(&mut self, places: &[u32], flow: &Flow) -> Option<()> {
        self.one_of(places, flow.place)?;
        self.state(flow.from);
        self.state(flow.to);
        self.slot(flow.slot)
    }

    fn place(&mut self, place: Where) -> Option<()> {
        let (tag, list, number) = match place {
            Where::Place(row) => (0, &self.numbers.places, row),
            Where::Zone(zone) => (1, &self.numbers.zones, zone),
        };
        self.put.number(tag);
        self.one_of(list, number)
    }

    fn slot(&mut self, slot: u32) -> Option<()> {
        self.put.number(self.numbers.slot(slot)?.into());
        Some(())
    }

    fn state(&mut self, state: State) {
        self.put.number(state as u64);
    }

    fn one_of(&mut self, list: &[u32], number: u32) -> Option<()> {
        self.put.number(within(list, number)?.into());
        Some(())
    }

    fn list(&mut self, list: &[u32], chosen: &[u32]) -> Option<()> {
        self.put.number(chosen.len() as u64);
        chosen.iter().try_for_each(|&number| self.one_of(list, number))
    }

    fn outline(&mut self, outline: &Outline) -> Option<()> {
        self.put.number(outline.gathered().len() as u64);
        outline.gathered().try_for_each(|class| self.class(class))?;
        self.points(outline.busy())?;
        self.put.number(outline.rim().len() as u64);
        outline.rim().iter().try_for_each(|edge| {
            self.point(edge.from)?;
            self.point(edge.to)?;
            self.put.number(edge.mark.into());
            Some(())
        })?;
        self.put.number(outline.rim_sides().len() as u64);
        outline.rim_sides().iter().try_for_each(|&RimSide { side, mark }| {
            self.side(side)?;
            self.put.number(mark.into());
            Some(())
        })
    }

    fn class(&mut self, class: Gathered<'_>) -> Option<()> {
        let (place, land) = ((class.class().checked_sub(1)?) / DRAWN, (class.class() - 1) % DRAWN);
        self.one_of(&self.numbers.places, place)?;
        self.put.number(land.into());
        self.put.number(class.polygons().len() as u64);
        class.polygons().iter().try_for_each(|polygon| self.rings(&polygon))?;
        self.rings(class.holes())?;
        self.put.number(class.chains().len() as u64);
        class.chains().try_for_each(|(points, forks)| {
            self.put.number(forks.into());
            self.points(points)
        })?;
        self.put.number(class.sides().len() as u64);
        class.sides().iter().try_for_each(|side| self.side(*side))
    }

    fn rings(&mut self, rings: &[Vec<Point>]) -> Option<()> {
        self.put.number(rings.len() as u64);
        rings.iter().try_for_each(|ring| self.points(ring))
    }

    fn points(&mut self, points: &[Point]) -> Option<()> {
        self.put.number(points.len() as u64);
        self.put.bytes.reserve(POINT_LEN * points.len());
        points.iter().try_for_each(|point| self.point(*point))
    }

    /// Points are most of what is kept of a drawn window: two words each are about as short as numbers without a fixed
    /// width, and many times as fast.
    #[inline]
    fn point(&mut self, point: Point) -> Option<()> {
        let steps = |at: i64, corner: i64| u32::try_from(at - corner).ok().filter(|&steps| steps <= SIDE);
        let (x, y) = (steps(point.x, self.corner.x)?, steps(point.y, self.corner.y)?);
        self.put.bytes.extend_from_slice(&(u64::from(x) | u64::from(y) << 32).to_le_bytes());
        Some(())
    }

    fn side(&mut self, side: SidePiece) -> Option<()> {
        let SidePiece { upright, line, from, to, sign } = side;
        let (along, across) = if upright { (self.corner.y, self.corner.x) } else { (self.corner.x, self.corner.y) };
        if (line - across) % TILE != 0 {
            return None;
        }
        self.put.number(u64::from(upright) * 3 + u64::try_from(i32::from(sign) + 1).ok()?);
        self.put.signed((line - across) >> TILE_BITS);
        self.put.signed(from - along);
        self.put.signed(to - from);
        Some(())
    }
}

struct Decoder<'a> {
    take: Take<'a>,
    numbers: &'a Numbers,
    window: Window,
}

impl Decoder<'_> {
    fn ledger(&mut self) -> Option<Ledger> {
        let n = self.numbers;
        Some(Ledger {
            flows: self.sums(|from| from.flow(&n.places))?,
            zone_flows: self.sums(|from| from.flow(&n.zones))?,
            transitions: self.sums(|from| Some((from.one_of(&n.places)?, from.state()?, from.state()?)))?,
            ceased: self.sums(|from| Some((from.one_of(&n.events)?, from.one_of(&n.places)?, from.slot()?)))?,
            ground: self.sums(|from| {
                let place = from.one_of(&n.places)?;
                let what = match from.take.number()? {
                    0 => Ground::All,
                    1 => Ground::Outside,
                    2 => Ground::Repeated,
                    _ => return None,
                };
                Some((place, from.slot()?, what))
            })?,
            deeds: self.deeds()?,
            zones: self.sums(|from| Some((from.one_of(&n.zones)?, from.zone_land()?)))?,
            twins: self.sums(|from| Some((from.one_of(&n.events)?, from.one_of(&n.events)?)))?,
            overlaps: self.sums(|from| Some((from.one_of(&n.places)?, from.one_of(&n.places)?)))?,
            planning: PlanningLand {
                themes: self.sums(|from| from.used(&n.themes))?,
                features: self.sums(|from| from.used(&n.features))?,
                shared: self.sharing()?,
                hazards: self.sums(|from| Some((from.one_of(&n.near)?, from.one_of(&n.events)?)))?,
            },
            in_effect: Area::from_units(i128::from_le_bytes(*self.take.bytes(16)?.first_chunk()?)),
        })
    }

    fn sums<K: Hash + Eq>(&mut self, mut key: impl FnMut(&mut Self) -> Option<K>) -> Option<FxHashMap<K, Area>> {
        let mut sums = FxHashMap::default();
        for _ in 0..self.take.count()? {
            let name = key(self)?;
            // Two of a name are none of ours.
            if sums.insert(name, Area::from_units(self.take.signed()?.into())).is_some() {
                return None;
            }
        }
        Some(sums)
    }

    fn sharing(&mut self) -> Option<Sharing> {
        let mut sharing = Sharing::default();
        for _ in 0..self.take.count()? {
            let zones = self.list(&self.numbers.near)?;
            if !zones.is_sorted_by(|a, b| a < b) {
                return None;
            }
            sharing.add(zones, Area::from_units(self.take.signed()?.into()));
        }
        sharing.close();
        Some(sharing)
    }

    fn deeds(&mut self) -> Option<DeedBook> {
        let mut deeds = DeedBook::default();
        for _ in 0..self.take.count()? {
            let (event, place) = (self.one_of(&self.numbers.events)?, self.one_of(&self.numbers.places)?);
            let mask = self.take.number()?;
            for deed in (0..u64::BITS as usize).filter(|deed| mask >> deed & 1 == 1) {
                deeds.put(event, place, deed, self.take.signed()?)?;
            }
        }
        Some(deeds)
    }

    fn zone_land(&mut self) -> Option<ZoneLand> {
        Some(match self.take.number()? {
            0 => ZoneLand::In(self.state()?),
            1 => ZoneLand::Uncovered,
            2 => ZoneLand::District(self.one_of(&self.numbers.places)?),
            3 => ZoneLand::Live(self.one_of(&self.numbers.events)?),
            4 => ZoneLand::Credited(self.one_of(&self.numbers.events)?),
            _ => return None,
        })
    }

    fn flow(&mut self, places: &[u32]) -> Option<Flow> {
        let (place, from, to) = (self.one_of(places)?, self.state()?, self.state()?);
        Some(Flow { place, slot: self.slot()?, from, to })
    }

    /// Something that people use, where, and whether the land is contaminated.
    fn used(&mut self, list: &[u32]) -> Option<(u32, Where, bool)> {
        let number = self.one_of(list)?;
        let contaminated = match self.take.number()? {
            0 => false,
            1 => true,
            _ => return None,
        };
        let place = match self.take.number()? {
            0 => Where::Place(self.one_of(&self.numbers.places)?),
            1 => Where::Zone(self.one_of(&self.numbers.zones)?),
            _ => return None,
        };
        Some((number, place, contaminated))
    }

    fn slot(&mut self) -> Option<u32> {
        self.numbers.slot_of(u32::try_from(self.take.number()?).ok()?)
    }

    fn state(&mut self) -> Option<State> {
        State::ALL.get(usize::try_from(self.take.number()?).ok()?).copied()
    }

    fn one_of(&mut self, list: &[u32]) -> Option<u32> {
        list.get(usize::try_from(self.take.number()?).ok()?).copied()
    }

    fn list(&mut self, list: &[u32]) -> Option<Vec<u32>> {
        let count = self.take.count()?;
        (0..count).map(|_| self.one_of(list)).collect()
    }

    fn outline(&mut self, marks: usize) -> Option<Outline> {
        let mut outline = Outline::default();
        for _ in 0..self.take.count()? {
            self.class(&mut outline)?;
        }
        self.points()?.into_iter().for_each(|corner| outline.enter_busy(corner));
        for _ in 0..self.take.count()? {
            let (from, to) = (self.point()?, self.point()?);
            outline.enter_rim(RimEdge { from, to, mark: self.mark(marks)? });
        }
        for _ in 0..self.take.count()? {
            outline.enter_rim_side(RimSide { side: self.side()?, mark: self.mark(marks)? });
        }
        Some(outline)
    }

    /// One of so many marks.
    fn mark(&mut self, marks: usize) -> Option<u32> {
        u32::try_from(self.take.number()?).ok().filter(|&mark| mark > 0 && mark as usize <= marks)
    }

    fn class(&mut self, outline: &mut Outline) -> Option<()> {
        let place = self.one_of(&self.numbers.places)?;
        let land = u32::try_from(self.take.number()?).ok().filter(|&land| land < DRAWN)?;
        let number = place.checked_mul(DRAWN)?.checked_add(land + 1)?;
        let mut class = outline.entering(number)?;
        for _ in 0..self.take.count()? {
            class.polygon(self.rings()?);
        }
        self.rings()?.into_iter().for_each(|hole| class.hole(hole));
        for _ in 0..self.take.count()? {
            let forks = self.take.number()? != 0;
            class.chain(self.points()?, forks)?;
        }
        for _ in 0..self.take.count()? {
            class.side(self.side()?);
        }
        Some(())
    }

    fn rings(&mut self) -> Option<Vec<Vec<Point>>> {
        (0..self.take.count()?).map(|_| self.points()).collect()
    }

    fn points(&mut self) -> Option<Vec<Point>> {
        (0..self.take.count()?).map(|_| self.point()).collect()
    }

    /// A point of the window.
    #[inline]
    fn point(&mut self) -> Option<Point> {
        let corner = self.window.bounds().min;
        let words = u64::from_le_bytes(*self.take.bytes(POINT_LEN)?.first_chunk()?);
        let (x, y) = (words as u32, (words >> 32) as u32);
        (x <= SIDE && y <= SIDE).then(|| Point { x: corner.x + i64::from(x), y: corner.y + i64::from(y) })
    }

    fn side(&mut self) -> Option<SidePiece> {
        let corner = self.window.bounds().min;
        let (upright, sign) = match self.take.number()? {
            tag @ 0..3 => (false, tag as i8 - 1),
            tag @ 3..6 => (true, tag as i8 - 4),
            _ => return None,
        };
        let (along, across) = if upright { (corner.y, corner.x) } else { (corner.x, corner.y) };
        let line = across.checked_add(self.take.signed()?.checked_mul(TILE)?)?;
        let from = along.checked_add(self.take.signed()?)?;
        let to = from.checked_add(self.take.signed()?)?;
        let side = SidePiece { upright, line, from, to, sign };
        let ends = [from, to].map(|at| if upright { Point { x: line, y: at } } else { Point { x: at, y: line } });
        (from <= to && ends.into_iter().all(|end| self.window.bounds().contains(end))).then_some(side)
    }
}
