//! Shapes that cost more than they look: made here, of any size, to see what they take.

use std::f64::consts::TAU;

use remnant_geometry::{Footprint, RawPolygon, Window, WindowFaces};

use crate::mutate::Pseudo;

/// Names of the shapes, and what each is.
pub const SHAPES: &[(&str, &str)] = &[
    ("random-ring", "one ring through random corners: crossings grow with the square"),
    ("comb", "one ring of level and upright teeth that cross each other"),
    ("star", "one ring that goes nearly through the middle at every step"),
    ("round", "one proper ring"),
    ("zigzag", "one proper ring of long teeth side by side"),
    ("nested", "rings in one another, each a polygon of its own"),
    ("holes", "a polygon with holes side by side"),
    ("apart", "polygons side by side"),
    ("same", "one polygon again and again"),
    ("pencil", "polygons that touch in one point"),
    ("flats", "proper rings, half of them tall and half of them flat"),
    ("spread", "a proper ring right across the Earth"),
];

/// A shape of about so many corners.
pub fn shape(name: &str, corners: usize) -> Option<Vec<RawPolygon>> {
    let mut random = Pseudo::new(1);
    let mut unit = || random.below(1 << 30) as f64 / f64::from(1 << 30);
    let n = corners.max(8);
    let of = |i: usize, n: usize| i as f64 / n as f64;
    let (west, south, wide) = (46.0, 39.0, 0.01);
    let at = |x: f64, y: f64| [west + wide * x, south + wide * y];
    let one = |ring: Vec<[f64; 2]>| vec![RawPolygon { rings: vec![closed(ring)] }];
    let boxed = |x: f64, y: f64, w: f64, h: f64| closed(vec![at(x, y), at(x + w, y), at(x + w, y + h), at(x, y + h)]);
    let single = |ring: Vec<[f64; 2]>| RawPolygon { rings: vec![ring] };
    Some(match name {
        "random-ring" => one((0..n).map(|_| at(unit(), unit())).collect()),
        "comb" => {
            let half = n / 2;
            let level = (0..half).map(|i| at(if i % 4 < 2 { 0.0 } else { 1.0 }, of(i, half)));
            let upright = (0..half).map(|i| at(of(i, half), if i % 4 < 2 { 0.0 } else { 1.0 }));
            one(level.chain(upright).collect())
        }
        "star" => {
            let n = n | 1;
            one((0..n)
                .map(|i| {
                    let angle = TAU * of((i * (n / 2)) % n, n);
                    at(angle.cos(), angle.sin())
                })
                .collect())
        }
        "round" => one((0..n).map(|i| at((TAU * of(i, n)).cos(), (TAU * of(i, n)).sin())).collect()),
        "zigzag" => {
            let teeth = (0..n).map(|i| at(of(i, n), if i % 2 == 0 { 0.0 } else { 1.0 }));
            one(teeth.chain([at(1.0, -0.1), at(0.0, -0.1)]).collect())
        }
        "nested" => {
            (0..n / 4).map(|i| of(i, n / 2)).map(|s| single(boxed(s, s, 1.0 - 2.0 * s, 1.0 - 2.0 * s))).collect()
        }
        "holes" => {
            let side = ((n / 4) as f64).sqrt().ceil() as usize;
            let cells = (0..side * side)
                .map(|i| boxed(of(i % side, side), of(i / side, side), 0.5 / side as f64, 0.5 / side as f64));
            vec![RawPolygon { rings: std::iter::once(boxed(-1.0, -1.0, 3.0, 3.0)).chain(cells).collect() }]
        }
        "apart" => {
            let side = ((n / 4) as f64).sqrt().ceil() as usize;
            let cell = |i: usize| boxed(of(i % side, side), of(i / side, side), 0.5 / side as f64, 0.5 / side as f64);
            (0..side * side).map(|i| single(cell(i))).collect()
        }
        "same" => (0..n / 4).map(|_| single(boxed(0.0, 0.0, 1.0, 1.0))).collect(),
        "pencil" => {
            let wedge = |i: usize| {
                let corner = |turn: f64| at((TAU * turn).cos(), (TAU * turn).sin());
                single(closed(vec![at(0.0, 0.0), corner(of(i, n / 3)), corner(of(i, n / 3) + 0.4 / (n / 3) as f64)]))
            };
            (0..n / 3).map(wedge).collect()
        }
        "flats" => {
            let m = n / 8;
            let tall = (0..m).map(|i| single(boxed(of(i, m), 0.0, 0.5 / m as f64, 1.0)));
            let flat = (0..m).map(|i| single(boxed(2.0, of(i, m), 1.0, 0.5 / m as f64)));
            tall.chain(flat).collect()
        }
        "spread" => one((0..n).map(|i| [170.0 * (TAU * of(i, n)).cos(), 80.0 * (TAU * of(i, n)).sin()]).collect()),
        _ => return None,
    })
}

fn closed(mut ring: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    ring.extend(ring.first().copied());
    ring
}

/// What came of a shape, in a line for a person: its footprint, and its faces together with a copy that is a little off.
pub fn tried(name: &str, corners: usize) -> Option<String> {
    let polygons = shape(name, corners)?;
    let footprint = match Footprint::new(&polygons) {
        Err(why) => return Some(format!("no footprint: {why:?}")),
        Ok((footprint, defects)) => {
            drop(polygons);
            (footprint, defects)
        }
    };
    let (footprint, defects) = footprint;
    let told = format!("a footprint of {} corners, defects {defects:?}", footprint.len());
    let (rows, columns) = Window::reached(&footprint.bounds());
    let (mut cutter, mut windows, mut faces) = (WindowFaces::default(), 0_u64, 0_u64);
    for row in rows {
        for column in columns.clone() {
            let sink = &mut |_: &[u32], _| {
                faces += 1;
                remnant_geometry::FaceClass::default()
            };
            if windows == 200 {
                return Some(format!("{told}; {faces} faces in the first {windows} of its windows"));
            }
            if let Err(why) = cutter.cut(Window { row, column }, [(0, &footprint)], None, sink) {
                return Some(format!("{told}; not cut: {why}"));
            }
            windows += 1;
        }
    }
    Some(format!("{told}; {faces} faces in {windows} windows"))
}
