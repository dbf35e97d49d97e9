//! PROJ 9.6.2, the library that knows coordinate reference systems, compiled from source and linked statically.
//!
//! Why this crate exists: the `proj` crate needs libproj 9.6.2 or newer. Where the system has an older one or none,
//! `proj-sys` builds it with cmake and the `sqlite3` program, which a machine with just Rust and a C++ compiler lacks;
//! and the library so built prefers a `proj.db` that happens to lie in the working folder to its own. Here `proj-sys`
//! is told to build nothing (its feature `nobuild`), its sources are compiled by this crate's build script with the
//! `cc` crate, and the database becomes part of the binary. A program that links this crate needs no file of PROJ at
//! run time, opens none, and never uses the network. Grid files for more accurate datum shifts are therefore not
//! available either.
//!
//! How to use it: depend on this crate and on `proj`, and call [`silence_log`] once, which also makes sure that the
//! linker sees this crate. Tried on Linux with gcc.
//!
//! Environment variables at build time: `REMNANT_PROJ_CACHE` names the folder (an absolute path) in which the built
//! library is kept, instead of cargo's target folder; `REMNANT_PROJ_SOURCE` names PROJ's `proj-9.6.2.tar.gz`, needed
//! only if the build can't find the one that `proj-sys` carries.
#![expect(unsafe_code, reason = "libproj calls this crate for its data; each block says why it is sound")]

// Neither is called from here, but libproj calls both: they have to be linked.
extern crate libsqlite3_sys;
extern crate link_cplusplus;

use std::{
    ffi::{CStr, c_char, c_uint},
    ptr,
};

/// SQLite maps the database's pages where they lie, so they have to be aligned as in a file that is mapped to memory.
#[repr(align(4096))]
struct Aligned<T: ?Sized>(T);

static DATABASE: &Aligned<[u8]> = &Aligned(*include_bytes!(env!("REMNANT_PROJ_DB")));
static SETTINGS: &[u8] = include_bytes!(env!("REMNANT_PROJ_INI"));

/// Stops libproj from printing to standard error, which it does by itself whenever a call fails. Contexts that exist
/// already keep their setting, so call this before anything else of PROJ.
pub fn silence_log() {
    // SAFETY: a null context stands for the default one, which libproj creates under a lock; the level is a valid one.
    unsafe { proj_sys::proj_log_level(ptr::null_mut(), proj_sys::PJ_LOG_LEVEL_PJ_LOG_NONE) };
}

/// Gives libproj its database; not for Rust callers.
///
/// # Safety
/// `size` must be a valid place for a number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pj_get_embedded_proj_db(size: *mut c_uint) -> *const u8 {
    // SAFETY: the caller (libproj) passes the address of a local variable.
    unsafe { hand_over(&DATABASE.0, size) }
}

/// Gives libproj the resource file `name`, or null if there is none of that name; not for Rust callers.
///
/// # Safety
/// `name` must be a NUL-terminated string, and `size` a valid place for a number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pj_get_embedded_resource(name: *const c_char, size: *mut c_uint) -> *const u8 {
    // SAFETY: the caller (libproj) passes a NUL-terminated string.
    let known = unsafe { CStr::from_ptr(name) } == c"proj.ini";
    // SAFETY: the caller (libproj) passes the address of a local variable.
    unsafe { if known { hand_over(SETTINGS, size) } else { no_resource(size) } }
}

/// # Safety
/// `size` must be a valid place for a number.
unsafe fn hand_over(resource: &'static [u8], size: *mut c_uint) -> *const u8 {
    // A resource is a file of a few megabytes: its size fits.
    // SAFETY: by this function's contract.
    unsafe { *size = resource.len() as c_uint };
    resource.as_ptr()
}

/// # Safety
/// `size` must be a valid place for a number.
unsafe fn no_resource(size: *mut c_uint) -> *const u8 {
    // SAFETY: by this function's contract.
    unsafe { *size = 0 };
    ptr::null()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_the_release_that_the_bindings_are_for() {
        // SAFETY: the call takes no arguments and returns static texts.
        let release = unsafe { CStr::from_ptr(proj_sys::proj_info().version) };
        assert_eq!(release, c"9.6.2");
    }

    #[test]
    fn the_database_is_whole() {
        assert!(DATABASE.0.starts_with(b"SQLite format 3\0"));
        assert_eq!(DATABASE.0.as_ptr().align_offset(4096), 0);
        let pages = u32::from_be_bytes(DATABASE.0[28..32].try_into().expect("four bytes"));
        assert_eq!(pages as usize * 4096, DATABASE.0.len());
    }

    #[test]
    fn unknown_resources_are_refused() {
        let mut size = 7;
        // SAFETY: the name is a C string and `size` a local variable.
        assert!(unsafe { pj_get_embedded_resource(c"other.ini".as_ptr(), &mut size) }.is_null());
        assert_eq!(size, 0);
        // SAFETY: as above.
        assert!(!unsafe { pj_get_embedded_resource(c"proj.ini".as_ptr(), &mut size) }.is_null());
        assert_eq!(size as usize, SETTINGS.len());
    }
}
