//! How far a run is, on standard error: a bar on a terminal, lines elsewhere.

pub mod outlook;

use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use remnant::progress::{CacheUse, Progress, share};

use crate::args::{LogFormat, ProgressWhen};
use crate::stop;
use crate::terminal::Log;
use outlook::{Outlook, words};

/// Told by every stage; goes from the screen when it goes.
pub struct Meter<'a> {
    face: Face<'a>,
    clock: Clock,
    cache: Mutex<Option<CacheUse>>,
}

/// When a run began, and where it stands.
#[derive(Clone)]
struct Clock {
    begun: Instant,
    outlook: Arc<Mutex<Outlook>>,
}

impl Clock {
    fn new() -> Self {
        Self { begun: Instant::now(), outlook: Arc::default() }
    }

    fn note(&self, change: impl FnOnce(&mut Outlook, Duration)) {
        let elapsed = self.begun.elapsed();
        change(&mut self.outlook.lock().unwrap_or_else(PoisonError::into_inner), elapsed);
    }

    fn left(&self) -> Option<Duration> {
        self.outlook.lock().unwrap_or_else(PoisonError::into_inner).left(self.begun.elapsed())
    }
}

enum Face<'a> {
    Nothing,
    Bar(ProgressBar),
    Lines(&'a Log),
}

impl<'a> Meter<'a> {
    /// The meter that the user wants and the terminal can show.
    pub fn new(when: ProgressWhen, log: &'a Log) -> Self {
        let terminal = io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        // A bar would tear lines of JSON apart.
        let bar = terminal && log.format() == LogFormat::Text;
        let face = match when {
            ProgressWhen::Never => Face::Nothing,
            ProgressWhen::Auto if !bar || log.is_quiet() => Face::Nothing,
            ProgressWhen::Auto | ProgressWhen::Always if bar => {
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
                bar.enable_steady_tick(Duration::from_millis(200));
                Face::Bar(bar)
            }
            ProgressWhen::Auto | ProgressWhen::Always => Face::Lines(log),
        };
        Self { face, clock: Clock::new(), cache: Mutex::default() }
    }

    /// The last stage begins: the writing of the folder, whose steps nobody counts.
    pub fn writes(&self) {
        self.stage("writing the output folder", 0);
        self.outlook(share::ADDED, 1.0);
    }

    /// How the cache was used; nothing where there is none.
    pub fn cache_use(&self) -> Option<CacheUse> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Progress for Meter<'_> {
    fn stage(&self, what: &str, steps: u64) {
        self.clock.note(|outlook, _| outlook.stage(steps));
        match &self.face {
            Face::Nothing => {}
            Face::Lines(log) => log.stage(what, steps, self.clock.left()),
            Face::Bar(bar) => {
                bar.reset();
                bar.set_style(style(steps > 0, &self.clock));
                bar.set_message(what.to_owned());
                if steps > 0 {
                    bar.set_length(steps);
                } else {
                    bar.unset_length();
                }
            }
        }
    }

    fn outlook(&self, from: f64, to: f64) {
        self.clock.note(|outlook, elapsed| outlook.shares(from, to, elapsed));
    }

    fn cache(&self, used: &CacheUse) {
        *self.cache.lock().unwrap_or_else(PoisonError::into_inner) = Some(used.clone());
    }

    fn advance(&self, steps: u64) -> bool {
        if steps > 0 && !matches!(self.face, Face::Nothing) {
            self.clock.note(|outlook, elapsed| outlook.advance(steps, elapsed));
        }
        if let Face::Bar(bar) = &self.face {
            bar.inc(steps);
        }
        stop::is_asked()
    }
}

impl Drop for Meter<'_> {
    fn drop(&mut self) {
        if let Face::Bar(bar) = &self.face {
            bar.finish_and_clear();
        }
    }
}

fn style(counted: bool, clock: &Clock) -> ProgressStyle {
    let template =
        if counted { "{msg} {wide_bar} {percent:>3} %  {elapsed}{left}" } else { "{msg} {spinner}  {elapsed}{left}" };
    let clock = clock.clone();
    let left = move |_: &ProgressState, out: &mut dyn Write| {
        if let Some(left) = clock.left() {
            // Words that can't be shown are no reason to end.
            let _ = write!(out, ", {}", words(left));
        }
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("left", left)
}
