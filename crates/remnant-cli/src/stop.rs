//! Ctrl-C and requests to end.
//!
//! The first one raises a flag that every stage asks for. Where no stage asks in time, the process ends by itself as
//! long as nothing is being written. The second one ends it at once; what was being written is then a temporary
//! folder that the next run clears away.

use std::process;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use crate::exit::Exit;

/// How long a stage has to notice. With the time that it takes to end, less than a second.
const PATIENCE: Duration = Duration::from_millis(600);

static ASKED: AtomicBool = AtomicBool::new(false);
static PHASE: AtomicU8 = AtomicU8::new(WORKING);

const WORKING: u8 = 0;
const WRITING: u8 = 1;
const WRITTEN: u8 = 2;

/// Begins to listen for SIGINT, SIGTERM and SIGHUP, or what the system has in their place.
pub fn listen() -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::SeqCst) {
            process::exit(Exit::Interrupted as i32);
        }
        thread::spawn(|| {
            thread::sleep(PATIENCE);
            if PHASE.load(Ordering::SeqCst) == WORKING {
                process::exit(Exit::Interrupted as i32);
            }
        });
    })
}

/// Whether the user has asked for an end.
pub fn is_asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// Says that from here on files are written. To be followed by a look at [`is_asked`] before the first of them: from
/// this moment the process does not end by itself.
pub fn begin_writing() {
    PHASE.store(WRITING, Ordering::SeqCst);
}

/// Says that everything is written.
pub fn end_writing() {
    PHASE.store(WRITTEN, Ordering::SeqCst);
}

/// Whether everything is written.
pub fn is_written() -> bool {
    PHASE.load(Ordering::SeqCst) == WRITTEN
}
