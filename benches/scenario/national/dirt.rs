//! The faults that real layers have, put in so that no published figure changes.

use super::super::random::{Random, day_of, iso_date};
use super::super::shapes::{Polygon, Ring};
use super::Shape;
use super::hazards::{Hazard, Land, class, inside};
use super::mesh::{CellId, middle};
use super::releases::Release;
use serde_json::json;

const NO_GEOMETRY: [&str; 4] = [
    "null",
    "{\"type\":\"Polygon\",\"coordinates\":[]}",
    "{\"type\":\"Polygon\",\"coordinates\":[[[46.91,39.6],[46.92,39.61],[46.91,39.6]]]}",
    // Metres of a Gauss-Krueger zone in a layer of degrees: not on Earth.
    "{\"type\":\"Polygon\",\"coordinates\":[[[8663200,4395100],[8663900,4395100],[8663900,4395800],[8663200,4395100]]]}",
];

/// Cells on which nothing was or will be released: what is recorded there can't change a figure.
fn quiet(land: &Land) -> Vec<CellId> {
    let s = land.states.iter();
    s.filter(|(_, s)| s.dated && !s.taken && s.released == [None; 2]).map(|(&id, _)| id).collect()
}

/// Faults of a ring that cost no land: direction, closing, repeated points, spikes, tiny loops.
fn bend(rng: &mut Random, polygon: &mut Polygon) {
    let ring: &mut Ring = &mut polygon[0];
    let at = 1 + rng.below(ring.len() as u64 - 2) as usize;
    let p = ring[at];
    match rng.below(12) {
        0..=4 => ring.reverse(),
        5 | 6 => {
            ring.pop();
        }
        7 | 8 => ring.insert(at, p),
        9 | 10 => {
            // A spike: out and back by 30 m, with no area.
            ring.splice(at..=at, [p, [p[0] + 3_000, p[1] + 1_500], p]);
        }
        _ => {
            // A loop of less than a square metre, as a shaking hand leaves it: the ring is crossed.
            ring.splice(at..=at, [p, [p[0] + 120, p[1]], [p[0] + 60, p[1] + 90], p]);
        }
    }
}

/// Puts faults into the hazards.
pub fn spoil_hazards(seed: u64, land: &Land, register: &mut Vec<Hazard>) {
    let mut rng = Random::new(seed, 140, 0);
    let sound = register.len();
    for h in register.iter_mut() {
        if let Shape::Polygons(p) = &mut h.shape
            && rng.chance(0.04)
        {
            bend(&mut rng, &mut p[0]);
        }
        if rng.chance(0.004) {
            h.class = rng.pick(&["?", "possible", "Indication", "n/a"]).to_owned();
        }
        if h.date.is_none() && rng.chance(0.2) {
            h.date = Some(rng.pick(&["spring 1998", "unknown", "00/00/1996"]).to_owned());
        } else if h.date.as_ref().is_some_and(|d| d.len() == 10) && rng.chance(0.01) {
            h.date = h.date.take().map(|d| d + "T09:30:00Z");
        }
        if rng.chance(0.008) {
            // Hectares in a field of square metres.
            for m in h.more.iter_mut().filter(|m| m.0 == "area_m2") {
                m.1 = json!(m.1.as_i64().unwrap_or(0) / 10_000);
            }
        }
    }
    let mut push = |class: String, date: Option<String>, shape: Shape, more| {
        let number = register.len() + 1;
        register.push(Hazard { number, class, date, more, shape });
    };
    let calm = quiet(land);
    let any = |rng: &mut Random| calm[rng.below(calm.len() as u64) as usize];
    for k in 0..10 {
        let shape = Shape::Raw(NO_GEOMETRY[[0, 0, 0, 0, 0, 0, 1, 1, 2, 3][k]].to_owned());
        let day = rng.between(day_of(1996, 1, 1), day_of(2024, 6, 1));
        push(class(&mut rng, k % 3 == 0), Some(iso_date(day)), shape, Vec::new());
    }
    for _ in 0..45 {
        let id = any(&mut rng);
        let day = rng.between(day_of(2020, 12, 1), day_of(2025, 10, 1));
        let more = vec![("remark", json!("evidence point"))];
        push(class(&mut rng, true), Some(iso_date(day)), Shape::Point(middle(&land.cells[&id].ring)), more);
    }
    for _ in 0..20 {
        // Found in 2025, on land that is contaminated anyway.
        let id = any(&mut rng);
        let polygon = inside(&mut rng, &land.cells[&id]);
        let day = rng.between(day_of(2025, 1, 10), day_of(2025, 11, 30));
        push(class(&mut rng, true), Some(iso_date(day)), Shape::Polygons(vec![polygon]), Vec::new());
    }
    for _ in 0..4 {
        // Four corners in the wrong order: both lobes count.
        let c = middle(&land.cells[&any(&mut rng)].ring);
        let d = rng.between(900, 1_900) as i32;
        let ring = vec![c, [c[0] + d, c[1] + d], [c[0] + d, c[1]], [c[0], c[1] + d], c];
        push(class(&mut rng, true), Some("2022-07-14".into()), Shape::Polygons(vec![vec![ring]]), Vec::new());
    }
    let id = any(&mut rng);
    let polygon = inside(&mut rng, &land.cells[&id]);
    push("CHA".into(), Some("2052-03-14".into()), Shape::Polygons(vec![polygon]), Vec::new());
    // Recorded and released on one day: the hazard comes first.
    let same: Vec<(CellId, i64)> = land
        .states
        .iter()
        .filter_map(|(&id, s)| match s.released {
            [Some(a), Some(b)] if a == b && !s.taken && a > day_of(2021, 1, 1) && a < day_of(2024, 1, 1) => {
                Some((id, a))
            }
            _ => None,
        })
        .collect();
    for k in 0..5 {
        let (id, day) = same[same.len() * k / 5];
        let polygon = inside(&mut rng, &land.cells[&id]);
        let more = vec![("remark", json!("recorded and released on one day"))];
        push("CHA".into(), Some(iso_date(day)), Shape::Polygons(vec![polygon]), more);
    }
    for k in 0..14 {
        let mut copy = register[rng.below(sound as u64) as usize].clone();
        let id = format!("AZ-HA-{:05}{}", copy.number, if k % 2 == 0 { " " } else { "" });
        copy.more.push(("id", json!(id)));
        register.push(copy);
    }
}

/// Puts faults into the releases.
pub fn spoil_releases(seed: u64, land: &Land, done: &mut Vec<Release>) {
    let mut rng = Random::new(seed, 141, 0);
    let after_war = day_of(2021, 1, 1);
    let end = day_of(2025, 12, 30);
    for r in done.iter_mut() {
        if let Shape::Polygons(p) = &mut r.shape
            && rng.chance(0.03)
        {
            bend(&mut rng, &mut p[0]);
        }
        let Some(day) = r.day.filter(|&d| d >= after_war) else { continue };
        let dice = rng.unit();
        let date = iso_date(day);
        if dice < 0.006 && day < day_of(2025, 1, 1) {
            // A year only: its last day counts, which is in the same published year.
            r.date = Some(date[..4].to_owned());
            r.day = Some(day_of(date[..4].parse().expect("a year"), 12, 31));
        } else if dice < 0.016 {
            r.date = Some(date + "T14:00:00+04:00");
        }
    }
    let sound = done.len();
    let made = |r: &Release, day: i64, shape: Shape, remark: &str| Release {
        number: 0,
        date: Some(iso_date(day)),
        day: Some(day),
        counts: false,
        credited: 0.0,
        more: vec![("remark", json!(remark))],
        devices: [0; 3],
        shape,
        ..r.clone()
    };
    let mut extra: Vec<Release> = Vec::new();
    for _ in 0..130 {
        // Progress and completion of one task: the same land twice.
        let r = &done[rng.below(sound as u64) as usize];
        let Some(day) = r.day.filter(|&d| d >= after_war) else { continue };
        let later = (day + rng.between(20, 200)).min(end);
        extra.push(made(r, later.max(day), r.shape.clone(), "completion report"));
    }
    let released: Vec<(CellId, i64)> = land
        .states
        .iter()
        .filter_map(|(&id, s)| match s.released {
            [Some(a), Some(b)] if !s.taken && a >= after_war => Some((id, a.max(b))),
            _ => None,
        })
        .collect();
    for _ in 0..45 {
        // Quality control: a part of the land is cleared a second time.
        let (id, day) = released[rng.below(released.len() as u64) as usize];
        let polygon = inside(&mut rng, &land.cells[&id]);
        let day = (day + rng.between(100, 700)).min(end);
        extra.push(made(
            &Release { cell: id, ..done[0].clone() },
            day,
            Shape::Polygons(vec![polygon]),
            "second clearance",
        ));
    }
    let clean: Vec<CellId> = land
        .cells
        .iter()
        .filter(|(id, c)| !land.states.contains_key(id) && **id != land.last.0 && !c.on_border)
        .map(|(&id, _)| id)
        .collect();
    for _ in 0..14 {
        // Outside every recorded hazard.
        let id = clean[rng.below(clean.len() as u64) as usize];
        let polygon = inside(&mut rng, &land.cells[&id]);
        let day = rng.between(after_war, day_of(2024, 11, 1));
        extra.push(made(
            &Release { cell: id, ..done[0].clone() },
            day,
            Shape::Polygons(vec![polygon]),
            "outside the register",
        ));
    }
    let calm = quiet(land);
    for k in 0..15 {
        // Not understood: set aside, and the land stays contaminated.
        let id = calm[rng.below(calm.len() as u64) as usize];
        let polygon = inside(&mut rng, &land.cells[&id]);
        let mut r =
            made(&Release { cell: id, ..done[0].clone() }, after_war + 40 * k, Shape::Polygons(vec![polygon]), "");
        r.more.clear();
        match k {
            0..=4 => r.kind = rng.pick(&["handed over", "EOD spot task", "?"]).to_owned(),
            5..=9 => r.date = Some(rng.pick(&["last year", "31.31.2023", "tbc"]).to_owned()),
            _ => r.shape = Shape::Raw(NO_GEOMETRY[k as usize % 3].to_owned()),
        }
        r.day = None;
        extra.push(r);
    }
    for mut r in extra {
        r.number = done.len() + 1;
        done.push(r);
    }
    for k in 0..8 {
        let mut copy = done[rng.below(sound as u64) as usize].clone();
        (copy.counts, copy.credited) = (false, 0.0);
        let id = format!("AZ-LR-{:05}{}", copy.number, if k % 2 == 0 { " " } else { "" });
        copy.more.push(("id", json!(id)));
        done.push(copy);
    }
}
