//! Districts that tile the region: a jittered grid whose borders have many, shared, vertices.

use super::random::Random;
use super::shapes::{DEGREE_M, Point, Polygon, Ring, UNITS};

/// West, south, east and north of the region, in degrees.
pub const REGION: [f64; 4] = [45.5, 38.6, 47.9, 40.7];

const STREAM: u64 = 3;
/// Spacing of the vertices along a border, in metres.
const SPACING: f64 = 250.0;

/// The districts, row by row from the south.
#[must_use]
pub fn districts(seed: u64, count: usize) -> Vec<Polygon> {
    let count = count.max(1);
    let rows = (libm::sqrt(count as f64).round() as usize).max(1);
    let per_row = |row: usize| (row + 1) * count / rows - row * count / rows;
    let [west, south, east, north] = REGION;
    let mid_lat = (south + north) / 2.0;
    let metre = [1.0 / (111_320.0 * libm::cos(mid_lat.to_radians())), 1.0 / DEGREE_M];
    let size = [(east - west) / metre[0], (north - south) / metre[1]];
    let row_m = size[1] / rows as f64;
    let column_m = size[0] / per_row(rows - 1).max(per_row(0)) as f64;
    let spacing = SPACING.min(row_m.min(column_m) / 40.0);
    let on_grid = |x: f64, y: f64| -> Point {
        [((west + x * metre[0]) * UNITS).round() as i32, ((south + y * metre[1]) * UNITS).round() as i32]
    };

    // Borders between rows, from west to east; the outer two are straight in themselves but have
    // their vertices too.
    let steps = (size[0] / spacing).ceil() as usize;
    let borders: Vec<Vec<(f64, f64)>> = (0..=rows)
        .map(|k| {
            let mut rng = Random::new(seed, STREAM, k as u64);
            let inner = k > 0 && k < rows;
            let (p, q) = (rng.range(0.0, 6.0), rng.range(0.0, 6.0));
            (0..=steps)
                .map(|n| {
                    let x = size[0] * n as f64 / steps as f64;
                    let wave = 0.12 * libm::sin(x / row_m + p) + 0.05 * libm::sin(3.1 * x / row_m + q);
                    // Less than a quarter of the spacing keeps every slope below one, so that a
                    // border going up can't meet the border it starts from.
                    let jitter = rng.range(-0.24, 0.24) * spacing;
                    (x, row_m * k as f64 + if inner { row_m * wave * 0.9 + jitter } else { 0.0 })
                })
                .collect()
        })
        .collect();

    let mut out = Vec::with_capacity(count);
    for row in 0..rows {
        let columns = per_row(row);
        let (low, high) = (&borders[row], &borders[row + 1]);
        // Where the borders between the columns start and end, as places in the row borders.
        let cuts: Vec<(usize, usize)> = (0..=columns)
            .map(|c| {
                let mut rng = Random::new(seed, STREAM + 1, (row * 10_000 + c) as u64);
                let mut at = |spread: f64| {
                    let shift = if c > 0 && c < columns { rng.range(-spread, spread) } else { 0.0 };
                    ((c as f64 + shift) / columns as f64 * steps as f64).round() as usize
                };
                (at(0.18), at(0.18))
            })
            .collect();
        let verticals: Vec<Vec<Point>> = cuts
            .iter()
            .enumerate()
            .map(|(c, &(from, to))| {
                let mut rng = Random::new(seed, STREAM + 2, (row * 10_000 + c) as u64);
                let (a, b) = (low[from], high[to]);
                let count = ((b.1 - a.1) / spacing).floor().max(2.0) as usize;
                let inner = c > 0 && c < columns;
                (1..count)
                    .map(|n| {
                        let t = n as f64 / count as f64;
                        let taper = t * (1.0 - t) * 4.0;
                        let wave = 0.1 * column_m * taper * libm::sin(4.0 * t + a.0);
                        let jitter = rng.range(-0.24, 0.24) * spacing * taper;
                        let x = a.0 + (b.0 - a.0) * t + if inner { wave + jitter } else { 0.0 };
                        on_grid(x, a.1 + (b.1 - a.1) * t)
                    })
                    .collect()
            })
            .collect();
        for c in 0..columns {
            let mut ring: Ring = Vec::new();
            ring.extend(low[cuts[c].0..=cuts[c + 1].0].iter().map(|&(x, y)| on_grid(x, y)));
            ring.extend(&verticals[c + 1]);
            ring.extend(high[cuts[c].1..=cuts[c + 1].1].iter().rev().map(|&(x, y)| on_grid(x, y)));
            ring.extend(verticals[c].iter().rev());
            let first = ring[0];
            ring.push(first);
            out.push(vec![ring]);
        }
    }
    out
}
