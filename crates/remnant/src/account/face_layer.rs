//! The faces themselves, on request: the ground of each district and set of records, drawn and measured.
//!
//! The windows are cut a second time, as they were for the figures (with the same footprints, so that every corner
//! falls on the same step), and each piece of ground is known by its district and the numbers of its records. These
//! labels are numbered as they are met, in every thread for itself; at the end they are put in order, so that neither
//! the threads nor the order of the records leave a trace.
//!
//! Cost: a second pass over all windows; each label once, and every border between two faces twice (16 bytes a corner, or
//! 8 on the disk). For a country with n corners in its records that is about what its shapes take, times the number of records
//! that overlap each other's borders.

use rayon::prelude::*;
use remnant_geometry::{Area, FaceClass, Outline, Polygons, Window, WindowFaces};
use rustc_hash::FxHashMap;

use super::atoms::UNIT;
use super::book::Book;
use super::events::Covers;
use super::faces::Rules;
use super::overlay::{cutter, uncut};
use super::reaching::Reaching;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::report::{Check, Face, FaceRecord, Figures, RecordKind};
use crate::settings::Settings;
use crate::status::{Act, Change, State, step};
use crate::store::Store;

/// The row of a district, then the numbers of the records in the order of their replay.
type Label = Box<[u32]>;

/// Labelled ground: of a window, or of many.
#[derive(Default)]
struct Ground {
    /// The number of a label, from 1 on: the class of its ground in the outline.
    numbers: FxHashMap<Label, u32>,
    /// The area of each label, by its number less 1.
    areas: Vec<Area>,
    outline: Outline,
}

impl Ground {
    fn enter(&mut self, label: &[u32], area: Area) -> u32 {
        if let Some(&number) = self.numbers.get(label) {
            self.areas[number as usize - 1] += area;
            return number;
        }
        self.areas.push(area);
        let number = self.areas.len() as u32;
        self.numbers.insert(label.into(), number);
        number
    }

    fn merge(&mut self, mut other: Self) {
        let mut numbers = vec![0; other.areas.len()];
        for (label, number) in other.numbers {
            let at = number as usize - 1;
            numbers[at] = self.enter(&label, other.areas[at]);
        }
        other.outline.renumber(|class| numbers[class as usize - 1]);
        self.outline.merge(other.outline);
    }

    /// The labels in order, with their areas and shapes.
    fn in_order(mut self) -> Vec<(Label, Area, Polygons)> {
        let mut labels: Vec<(Label, u32)> = self.numbers.into_iter().collect();
        labels.sort_unstable();
        let mut places = vec![0; labels.len()];
        for (place, (_, number)) in (1..).zip(&labels) {
            places[*number as usize - 1] = place;
        }
        self.outline.renumber(|class| places[class as usize - 1]);
        let mut faces: Vec<_> = labels
            .into_iter()
            .map(|(label, number)| (label, self.areas[number as usize - 1], Polygons::default()))
            .collect();
        for (class, polygons) in self.outline.shapes() {
            faces[class as usize - 1].2 = polygons;
        }
        faces
    }
}

/// Every face that a record covers, by district (the land outside last) and by its records in the order of their replay.
///
/// `rows` are those of the events' records in the account.
pub(super) fn faces(rules: &Rules<'_>, rows: &[usize], store: &Store, progress: &dyn Progress) -> Result<Vec<Face>> {
    let covers = rules.covers;
    let faces = labelled(rules, store, progress)?.into_iter().map(|(label, area, polygons)| {
        let (place, events) = label.split_first().map_or((covers.outside(), &[][..]), |(p, e)| (*p, e));
        let mut state = State::None;
        let records = replay(rules, events, |number, after, change| {
            state = after;
            FaceRecord { row: rows[number as usize], change }
        });
        Face { district: (place < covers.outside()).then_some(place as usize), state, area, records, polygons }
    });
    Ok(faces.collect())
}

/// Replays the records of a face; tells of each the state after it and what it did, if it has effect.
fn replay<T>(rules: &Rules<'_>, events: &[u32], mut tell: impl FnMut(u32, State, Option<Change>) -> T) -> Vec<T> {
    let mut state = State::None;
    let mut one = |&number: &u32| {
        let event = &rules.covers.events[number as usize];
        let mut change = None;
        if event.slot <= rules.last_slot {
            let (after, what) = step(state, event.act, rules.outside);
            (state, change) = (after, Some(what));
        }
        tell(number, state, change)
    };
    events.iter().map(&mut one).collect()
}

/// All windows in parallel.
fn labelled(rules: &Rules<'_>, store: &Store, progress: &dyn Progress) -> Result<Vec<(Label, Area, Polygons)>> {
    let covers = rules.covers;
    // All of them, though only records and districts make labels: a zone's edge bends others that it crosses by up to
    // half a step, and the areas are to be those of the figures.
    let grounds = covers.grounds();
    let reaching = Reaching::new(grounds.len(), |number| grounds.get(number));
    let windows = reaching.windows();
    progress.stage("drawing every piece of ground", windows.len() as u64);
    let one = |window: Window, cutter: &mut WindowFaces| -> Result<Ground> {
        let mut numbers = Vec::new();
        reaching.of(window, &mut numbers);
        let (mut ground, mut outline, mut label) = (Ground::default(), Outline::default(), Vec::new());
        let records = numbers.iter().map(|&r| (r, grounds.get(r)));
        let torn = cutter.cut(window, records, Some(&mut outline), &mut |cover, area| {
            let class = if name(covers, cover, &mut label) { ground.enter(&label, area) } else { 0 };
            FaceClass { class, ..FaceClass::default() }
        });
        torn.map_err(|torn| uncut("the faces could not be drawn", &torn, &rules.limits))?;
        ground.outline = outline;
        Ok(ground)
    };
    let ground = windows
        .par_iter()
        .try_fold(
            || (Ground::default(), cutter(&rules.limits), 0),
            |(mut sum, mut cutter, drawn), &window| {
                sum.merge(one(window, &mut cutter)?);
                let drawn = store.draw(&mut sum.outline, drawn, false)?;
                if progress.advance(1) { Err(Error::Interrupted) } else { Ok((sum, cutter, drawn)) }
            },
        )
        .map(|part| {
            let (mut sum, _, drawn) = part?;
            store.draw(&mut sum.outline, drawn, true)?;
            Ok(sum)
        })
        .try_reduce(Ground::default, |mut a, b| {
            a.merge(b);
            Ok(a)
        })?;
    Ok(ground.in_order())
}

/// Writes the label of a cover; `false` where no record is in it.
fn name(covers: &Covers<'_>, cover: &[u32], label: &mut Vec<u32>) -> bool {
    let events = covers.events.len();
    let split = cover.partition_point(|&c| (c as usize) < events);
    if split == 0 {
        return false;
    }
    // Districts come next, in the order of their codes, and the first one has the land.
    let district = cover.get(split).and_then(|&c| covers.district_ground.get(c as usize - events));
    label.clear();
    label.push(district.map_or(covers.outside(), |d| d.0));
    label.extend_from_slice(&cover[..split]);
    true
}

/// The faces must give the states of every place, by a way of their own: each replayed from the rows of its records, and
/// their exact areas summed. The printed figures stay within some square centimetres of that (see `atoms`).
pub(super) fn check(faces: &[Face], records: &Book, settings: &Settings, places: &[Figures]) -> Check {
    let mut strays = 0;
    let mut sums = vec![[Area::ZERO; State::ALL.len()]; places.len()];
    for face in faces {
        let mut state = State::None;
        for record in face.records.iter().filter(|r| r.change.is_some()) {
            state = match records.facts(record.row).map(|facts| facts.kind) {
                Some(RecordKind::Hazard(Some(class))) => step(state, Act::Hazard(class), settings.outside).0,
                Some(RecordKind::Release(Some(kind))) => step(state, Act::Release(kind), settings.outside).0,
                _ => state,
            };
        }
        strays += i128::from(state != face.state);
        sums[face.district.unwrap_or(places.len() - 1)][state as usize] += face.area;
    }
    let worst = sums.iter().zip(places).flat_map(|(sum, figures)| {
        let s = &figures.states;
        let printed = [s.suspected, s.confirmed, s.cancelled, s.reduced, s.cleared];
        let exact = sum[1..].iter().map(|area| area.units());
        exact.zip(printed).map(|(a, b)| (a - i128::from(b.square_centimetres()) * UNIT).abs()).collect::<Vec<_>>()
    });
    let worst = worst.max().unwrap_or_default();
    Check {
        name: "the faces add up to the figures of every district and state, within 5 cm2 of rounding".into(),
        holds: strays == 0 && worst <= 5 * UNIT,
        difference: if strays > 0 { strays as f64 } else { Area::from_units(worst).square_metres() },
    }
}
