//! Processor time, from what Linux tells of a process. Elsewhere it is 0 and the tables have wall clock only.

use std::time::Instant;

/// Ticks of `/proc/PID/stat` in a second, on every Linux.
const TICKS: f64 = 100.0;

fn ticks(places: [usize; 2]) -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in brackets may hold spaces.
    let fields: Vec<&str> = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let sum: f64 = places.iter().filter_map(|&at| fields.get(at)).filter_map(|f| f.parse::<f64>().ok()).sum();
    sum / TICKS
}

/// Seconds of the threads of this process so far.
pub fn of_self() -> f64 {
    ticks([11, 12])
}

/// Seconds of the children that have ended, and of theirs.
pub fn of_children() -> f64 {
    ticks([13, 14])
}

/// Wall clock and processor time between two moments.
#[derive(Debug, Clone, Copy)]
pub struct Moment(Instant, f64);

impl Moment {
    /// This moment.
    pub fn now() -> Self {
        Self(Instant::now(), of_self())
    }

    /// Seconds from an earlier one: wall clock, processor.
    pub fn since(self, earlier: Self) -> (f64, f64) {
        ((self.0 - earlier.0).as_secs_f64(), self.1 - earlier.1)
    }
}

/// Does something again and again for about a second, at least three times; seconds of wall clock (median) and of the
/// processor (mean), and what came out last.
pub fn again<T>(mut work: impl FnMut() -> T) -> (f64, f64, T) {
    let (start, mut walls) = (Moment::now(), Vec::new());
    loop {
        let begin = Instant::now();
        let out = work();
        walls.push(begin.elapsed().as_secs_f64());
        let (wall, cpu) = Moment::now().since(start);
        if walls.len() >= 3 && (wall > 1.0 || walls.len() >= 50) {
            walls.sort_by(f64::total_cmp);
            return (walls[walls.len() / 2], cpu / walls.len() as f64, out);
        }
    }
}
