//! How much memory is held, and how much at most since some moment. What SQLite and PROJ take for themselves is not
//! counted; the fuzzer's own limit on the whole process covers it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts what passes through it to the system's allocator.
#[derive(Debug)]
pub struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn more(size: usize) {
    let held = HELD.fetch_add(size, Relaxed) + size;
    PEAK.fetch_max(held, Relaxed);
}

#[expect(unsafe_code, reason = "an allocator can't be counted in any other way; every call is passed on as it came")]
// SAFETY: what is asked for and given back is the system allocator's, unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        more(size);
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.realloc(at, layout, size) }
    }
}

/// How much an input may take: a constant, and so many times its own size.
#[derive(Debug, Clone, Copy)]
pub struct Bound {
    /// In bytes.
    pub always: usize,
    /// Bytes for each byte of the input.
    pub times: usize,
}

impl Bound {
    /// The bound of an input of so many bytes.
    pub fn of(self, size: usize) -> usize {
        self.always + self.times * size
    }
}

/// What is held now; the peak begins anew. Where several threads work, what all of them take is counted.
pub fn begin() -> usize {
    let held = HELD.load(Relaxed);
    PEAK.store(held, Relaxed);
    held
}

/// How much more than `before` was held at most.
pub fn peak_since(before: usize) -> usize {
    PEAK.load(Relaxed).saturating_sub(before)
}
