//! How far a run is, on standard error: a bar on a terminal, lines elsewhere.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use remnant::progress::Progress;

use crate::args::{LogFormat, ProgressWhen};
use crate::stop;
use crate::terminal::Log;

/// Told by every stage; goes from the screen when it goes.
pub struct Meter<'a> {
    face: Face<'a>,
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
        Self { face }
    }

    /// A stage begins.
    pub fn begin(&self, what: &str, steps: u64) {
        match &self.face {
            Face::Nothing => {}
            Face::Lines(log) => log.stage(what, steps),
            Face::Bar(bar) => {
                bar.reset();
                bar.set_style(style(steps > 0));
                bar.set_message(what.to_owned());
                if steps > 0 {
                    bar.set_length(steps);
                } else {
                    bar.unset_length();
                }
            }
        }
    }
}

impl Progress for Meter<'_> {
    fn stage(&self, what: &str, steps: u64) {
        self.begin(what, steps);
    }

    fn advance(&self, steps: u64) -> bool {
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

fn style(counted: bool) -> ProgressStyle {
    let template = if counted { "{msg} {wide_bar} {percent:>3} %  {elapsed}" } else { "{msg} {spinner}  {elapsed}" };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
