//! How long a run will still take: told from how much of it is done, and in what time.

use std::time::Duration;

/// Before that nothing is said: a run is over sooner than its estimate is of use.
const SILENT: Duration = Duration::from_secs(1);

/// Less of the work than this says nothing of the rest.
const TOO_LITTLE: f64 = 0.02;

/// Where a run stands.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outlook {
    /// The shares of the work from which, and to which, the stage leads.
    from: f64,
    to: f64,
    steps: u64,
    done: u64,
    /// When the whole run will have ended, counted from its beginning.
    ends: Option<Duration>,
}

impl Outlook {
    /// A stage begins that has so many steps.
    pub fn stage(&mut self, steps: u64) {
        let reached = self.to;
        *self = Self { from: reached, to: reached, steps, done: 0, ends: self.ends };
    }

    /// The stage leads from one share of the whole work to another; `elapsed` since the run began.
    pub fn shares(&mut self, from: f64, to: f64, elapsed: Duration) {
        (self.from, self.to) = (from, to);
        self.look(elapsed);
    }

    /// Some steps of the stage are done.
    pub fn advance(&mut self, steps: u64, elapsed: Duration) {
        self.done = (self.done + steps).min(self.steps);
        self.look(elapsed);
    }

    fn look(&mut self, elapsed: Duration) {
        let of_stage = if self.steps > 0 { self.done as f64 / self.steps as f64 } else { 0.0 };
        let share = self.from + (self.to - self.from) * of_stage;
        if share >= TOO_LITTLE {
            self.ends = Some(elapsed.div_f64(share.min(1.0)));
        }
    }

    /// What is left; `None` as long as it can't be told.
    pub fn left(&self, elapsed: Duration) -> Option<Duration> {
        self.ends.filter(|_| elapsed >= SILENT).map(|ends| ends.saturating_sub(elapsed))
    }
}

/// Some time in words, as exactly as an estimate is.
pub fn words(left: Duration) -> String {
    match left.as_secs() {
        0..=1 => "a moment left".to_owned(),
        2..=9 => format!("about {} s left", left.as_secs()),
        s @ 10..=89 => format!("about {} s left", s / 5 * 5),
        s @ 90..=5399 => format!("about {} min left", (s + 30) / 60),
        s => format!("about {} h left", (s + 1800) / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn a_run_of_even_pace_is_told_when_it_ends() {
        let mut outlook = Outlook::default();
        assert_eq!(outlook.left(seconds(9)), None);
        outlook.stage(100);
        outlook.shares(0.0, 0.5, seconds(0));
        outlook.advance(20, seconds(10));
        assert_eq!(outlook.left(seconds(10)), Some(seconds(90)));
        outlook.advance(80, seconds(50));
        assert_eq!(outlook.left(seconds(50)), Some(seconds(50)));
        // A stage whose steps nobody counts: time goes by.
        outlook.stage(0);
        outlook.shares(0.5, 0.8, seconds(50));
        assert_eq!(outlook.left(seconds(70)), Some(seconds(30)));
        assert_eq!(outlook.left(seconds(200)), Some(seconds(0)));
    }

    #[test]
    fn a_stage_that_nobody_foresaw_keeps_the_estimate() {
        let mut outlook = Outlook::default();
        outlook.stage(10);
        outlook.shares(0.0, 0.5, seconds(0));
        outlook.advance(10, seconds(5));
        outlook.stage(10);
        outlook.advance(5, seconds(6));
        assert_eq!(outlook.left(seconds(6)), Some(seconds(6)));
    }

    #[test]
    fn nothing_is_said_of_the_first_second() {
        let mut outlook = Outlook::default();
        outlook.stage(10);
        outlook.shares(0.0, 1.0, seconds(0));
        outlook.advance(5, Duration::from_millis(400));
        assert_eq!(outlook.left(Duration::from_millis(400)), None);
        assert!(outlook.left(seconds(1)).is_some());
    }

    #[test]
    fn words_are_no_more_exact_than_the_estimate() {
        let told = [1, 7, 58, 100, 3600, 9000].map(|s| words(seconds(s)));
        let want = ["a moment left", "about 7 s left", "about 55 s left", "about 2 min left"];
        assert_eq!(told[..4], want);
        assert_eq!(told[4..], ["about 60 min left", "about 3 h left"]);
    }
}
