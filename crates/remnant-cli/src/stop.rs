//! Ctrl-C and requests to end.
//!
//! The first one raises a flag that every stage asks for. Where no stage asks in time, the process ends by itself: what
//! was begun is given up first, so that nothing of it stays. The second one does so at once. The third one does not even
//! wait for that; the next run then clears away what is left.

use std::process;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use remnant::error::{Error, Location, Result};

use crate::terminal::Log;

/// How long a stage has to notice. With the time that it takes to end, less than a second.
const PATIENCE: Duration = Duration::from_millis(600);

/// What shells make of an end by a signal.
const BY_SIGNAL: u8 = 128;

/// Ctrl-C.
const SIGINT: u8 = 2;

/// The number of the signal that asked for an end first; 0 before.
static ASKED: AtomicU8 = AtomicU8::new(0);
/// Whether what was to be written is there.
static WRITTEN: AtomicBool = AtomicBool::new(false);
/// Whether somebody is ending the process.
static ENDING: AtomicBool = AtomicBool::new(false);
/// Held over what must not be left half done, and by whoever ends the process.
static WHOLE: Mutex<()> = Mutex::new(());

/// Begins to listen for SIGINT, SIGTERM and SIGHUP, or what the system has in their place. To be called before there is
/// any other thread. `last_words` are said, and done, where the process ends without its main thread.
pub fn listen(last_words: impl Fn() + Clone + Send + 'static) -> Result<()> {
    let mut heard = 0_u32;
    let hear = move |signal: u8| {
        heard += 1;
        let _ = ASKED.compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst);
        let (last_words, patience) = (last_words.clone(), if heard == 1 { PATIENCE } else { Duration::ZERO });
        // Without a thread for it, it ends here.
        let end = move || {
            thread::sleep(patience);
            end(&last_words);
        };
        if heard > 2 || thread::Builder::new().spawn(end).is_err() {
            process::exit(status().into());
        }
    };
    signals::listen(hear).map_err(|e| {
        Error::failed("Ctrl-C can't be listened for", Location::default(), e, "run again; nothing was written")
    })
}

/// The same for a command that has nothing to give up.
pub fn listen_and_tell(log: &Log) -> Result<()> {
    let log = log.clone();
    listen(move || tell(&log))
}

/// Says that the process ends, and what became of its output.
pub fn tell(log: &Log) {
    if is_written() {
        log.say("error", "interrupted; what was to be written had been written before");
    } else {
        log.error(&Error::Interrupted);
    }
}

fn end(last_words: &impl Fn()) {
    if !ENDING.swap(true, Ordering::SeqCst) {
        // Held to the very end: nothing is put in place any more.
        whole(|| {
            last_words();
            process::exit(status().into());
        })
    }
}

/// Whether the user has asked for an end.
pub fn is_asked() -> bool {
    ASKED.load(Ordering::SeqCst) != 0
}

/// The exit status of a process that was asked to end: 130 after Ctrl-C, 143 after SIGTERM.
pub fn status() -> u8 {
    BY_SIGNAL + Some(ASKED.load(Ordering::SeqCst)).filter(|signal| *signal != 0).unwrap_or(SIGINT)
}

/// Puts files in their places, unless an end was asked for; the process does not end by itself in between.
pub fn placing(work: impl FnOnce() -> Result<()>) -> Result<()> {
    whole(|| {
        if is_asked() {
            return Err(Error::Interrupted);
        }
        work()?;
        written();
        Ok(())
    })
}

/// Does what must not be left half done: the process does not end by itself in between.
pub fn whole<T>(work: impl FnOnce() -> T) -> T {
    let _whole = WHOLE.lock().unwrap_or_else(PoisonError::into_inner);
    work()
}

/// Says that everything is written.
pub fn written() {
    WRITTEN.store(true, Ordering::SeqCst);
}

/// Whether everything is written.
pub fn is_written() -> bool {
    WRITTEN.load(Ordering::SeqCst)
}

#[cfg(unix)]
mod signals {
    use std::io;
    use std::thread;

    use nix::sys::signal::{SigSet, Signal};

    /// Calls `hear` with the number of every signal that asks for an end. They are held back from all threads that begin
    /// after this, and one thread waits for them: nothing has to be done inside of a signal handler. Children get them as
    /// ever.
    pub(super) fn listen(mut hear: impl FnMut(u8) + Send + 'static) -> io::Result<()> {
        let mut signals = SigSet::empty();
        signals.add(Signal::SIGINT);
        signals.add(Signal::SIGTERM);
        // `nohup` asks to go on when the terminal goes.
        if !is_ignored(Signal::SIGHUP) {
            signals.add(Signal::SIGHUP);
        }
        signals.thread_block()?;
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            while let Ok(signal) = signals.wait() {
                hear(signal as u8);
            }
        })?;
        Ok(())
    }

    /// Whether a signal was switched off for this process, where the system tells.
    fn is_ignored(signal: Signal) -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
        mask & 1 << (signal as u32 - 1) != 0
    }
}

#[cfg(not(unix))]
mod signals {
    use std::io;

    /// Calls `hear` at every Ctrl-C.
    pub(super) fn listen(mut hear: impl FnMut(u8) + Send + 'static) -> io::Result<()> {
        ctrlc::set_handler(move || hear(super::SIGINT)).map_err(io::Error::other)
    }
}
