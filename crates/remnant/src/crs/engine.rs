//! A safe layer over the calls of libproj that the `proj` crate doesn't offer: those that describe a coordinate
//! reference system and list the operations between two of them.
//!
//! Every object holds a reference to the context in which it was made, so none outlives it; contexts stay in one
//! thread, because they are neither `Send` nor `Sync`.
#![expect(unsafe_code, reason = "libproj is a C library; each call says why it is sound")]

use proj_sys as sys;
use std::{
    cell::RefCell,
    ffi::{CStr, CString, c_char, c_int, c_void},
    ptr,
    rc::Rc,
    sync::Once,
};

/// What libproj says about failures, gathered for our own messages.
type Log = RefCell<Vec<String>>;

/// A libproj context: its open database, its settings, and its log. It costs some milliseconds at first use.
pub(super) struct Context {
    raw: *mut sys::PJ_CONTEXT,
    /// Apart, since libproj keeps its address while the context moves; not a `Box`, which may not be pointed to from
    /// elsewhere.
    log: Rc<Log>,
}

/// Makes sure that libproj prints nothing; contexts made later, by the `proj` crate too, take over this setting.
pub(super) fn be_quiet() {
    static QUIET: Once = Once::new();
    QUIET.call_once(remnant_proj_native::silence_log);
}

impl Context {
    /// A context whose log is kept in memory.
    pub(super) fn new() -> Self {
        be_quiet();
        let log = Rc::new(Log::default());
        // SAFETY: the call has no requirements.
        let raw = unsafe { sys::proj_context_create() };
        // Null would stand for the default context, which all threads share.
        assert!(!raw.is_null(), "no memory is left for a context of PROJ");
        // SAFETY: `raw` is a context of ours, the log lives as long as it, and the callback takes a pointer to such a
        // log.
        unsafe { sys::proj_log_func(raw, Rc::as_ptr(&log).cast_mut().cast(), Some(note_down)) };
        // SAFETY: `raw` is a context of ours and the level a valid one.
        unsafe { sys::proj_log_level(raw, sys::PJ_LOG_LEVEL_PJ_LOG_ERROR) };
        Self { raw, log }
    }

    /// What went wrong since the last call of this function.
    pub(super) fn reason(&self) -> String {
        let said = self.log.take();
        let mut own_words = said.iter().map(|line| line.split_once(": ").map_or(line.as_str(), |(_, text)| text));
        match own_words.next_back() {
            Some(text) => text.trim().to_owned(),
            None => "PROJ gives no reason".to_owned(),
        }
    }

    /// The object that `definition` describes, in any form that libproj reads.
    pub(super) fn create(&self, definition: &CStr) -> Option<Object<'_>> {
        // SAFETY: the context is ours and the definition a C string that outlives the call.
        self.adopt(unsafe { sys::proj_create(self.raw, definition.as_ptr()) })
    }

    fn adopt(&self, raw: *mut sys::PJ) -> Option<Object<'_>> {
        (!raw.is_null()).then_some(Object { raw, context: self })
    }

    /// The coordinate operations from `source` to `target`, in libproj's order of preference, wherever on Earth they
    /// are meant to be used. With `missing_grids`, also those that can't be carried out here because a grid file isn't
    /// there.
    pub(super) fn operations(&self, source: &Object, target: &Object, missing_grids: bool) -> Vec<Object<'_>> {
        let grids = match missing_grids {
            true => sys::PROJ_GRID_AVAILABILITY_USE_PROJ_GRID_AVAILABILITY_IGNORED,
            false => sys::PROJ_GRID_AVAILABILITY_USE_PROJ_GRID_AVAILABILITY_DISCARD_OPERATION_IF_MISSING_GRID,
        };
        // With an area of interest, libproj searches chains over third systems whenever nothing direct is meant for
        // that area, for seconds, and in the end proposes to ignore the datum.
        let anywhere = sys::PROJ_CRS_EXTENT_USE_PJ_CRS_EXTENT_NONE;
        // SAFETY: all pointers are valid objects of this context; the factory context and the list are destroyed once
        // each, after their last use; a null factory context is checked for, and null lists are allowed in the calls.
        unsafe {
            let factory = sys::proj_create_operation_factory_context(self.raw, ptr::null());
            if factory.is_null() {
                return Vec::new();
            }
            sys::proj_operation_factory_context_set_crs_extent_use(self.raw, factory, anywhere);
            sys::proj_operation_factory_context_set_grid_availability_use(self.raw, factory, grids);
            let list = sys::proj_create_operations(self.raw, source.raw, target.raw, factory);
            sys::proj_operation_factory_context_destroy(factory);
            let objects = self.objects(list);
            sys::proj_list_destroy(list);
            objects
        }
    }

    /// The registered systems that `system` may be, with how sure that is, in per cent.
    pub(super) fn identify(&self, system: &Object) -> Vec<(Object<'_>, i32)> {
        let mut confidences: *mut c_int = ptr::null_mut();
        // SAFETY: `system` is a valid object, null means any authority and no options, and the list and the numbers
        // (as many as the list has objects) are destroyed once each, after their last use.
        unsafe {
            let list = sys::proj_identify(self.raw, system.raw, ptr::null(), ptr::null(), &mut confidences);
            let objects = self.objects(list);
            let count = if confidences.is_null() { 0 } else { sys::proj_list_get_count(list).max(0) as usize };
            let sure: Vec<i32> = (0..count).map(|index| *confidences.add(index)).collect();
            sys::proj_int_list_destroy(confidences);
            sys::proj_list_destroy(list);
            objects.into_iter().zip(sure).collect()
        }
    }

    /// # Safety
    /// `list` must be null or a valid list.
    unsafe fn objects(&self, list: *const sys::PJ_OBJ_LIST) -> Vec<Object<'_>> {
        if list.is_null() {
            return Vec::new();
        }
        // SAFETY: by this function's contract.
        let count = unsafe { sys::proj_list_get_count(list) };
        // SAFETY: the indices are those that the list has; each call gives an object of its own.
        (0..count).filter_map(|index| self.adopt(unsafe { sys::proj_list_get(self.raw, list, index) })).collect()
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: the context is ours, and all objects made in it borrow `self`, so they are gone.
        unsafe { sys::proj_context_destroy(self.raw) };
    }
}

/// Receives what libproj would print.
unsafe extern "C" fn note_down(log: *mut c_void, _level: c_int, message: *const c_char) {
    // SAFETY: libproj hands back the pointer that `Context::new` gave it, to a log that lives as long as the context.
    let log = unsafe { &*log.cast::<Log>() };
    // SAFETY: libproj passes a C string or null.
    if let Some(text) = unsafe { text(message) } {
        // A panic must not cross C code; the log is never borrowed while libproj runs, so this always succeeds.
        if let Ok(mut lines) = log.try_borrow_mut() {
            lines.push(text);
        }
    }
}

/// # Safety
/// `raw` must be null or a C string.
unsafe fn text(raw: *const c_char) -> Option<String> {
    // SAFETY: by this function's contract.
    (!raw.is_null()).then(|| unsafe { CStr::from_ptr(raw) }.to_string_lossy().into_owned())
}

/// A coordinate reference system, an operation, or a part of one.
pub(super) struct Object<'c> {
    raw: *mut sys::PJ,
    context: &'c Context,
}

impl Drop for Object<'_> {
    fn drop(&mut self) {
        // SAFETY: the object is ours and its context still lives.
        unsafe { sys::proj_destroy(self.raw) };
    }
}

// SAFETY of the calls below, where nothing else is said: `self.raw` is a valid object of the living context
// `self.context.raw`, libproj checks itself whether an object is of the kind that a call is for, texts that it returns
// are C strings or null which we copy at once, and objects that it returns are new ones, of which `adopt` takes charge.
impl<'c> Object<'c> {
    pub(super) fn kind(&self) -> sys::PJ_TYPE {
        // SAFETY: see above.
        unsafe { sys::proj_get_type(self.raw) }
    }

    pub(super) fn name(&self) -> String {
        // SAFETY: see above.
        unsafe { text(sys::proj_get_name(self.raw)) }.unwrap_or_default()
    }

    /// Its code, such as `EPSG:28408`.
    pub(super) fn code(&self) -> Option<String> {
        // SAFETY: see above.
        let authority = unsafe { text(sys::proj_get_id_auth_name(self.raw, 0)) }?;
        // SAFETY: see above.
        let code = unsafe { text(sys::proj_get_id_code(self.raw, 0)) }?;
        Some(format!("{authority}:{code}"))
    }

    /// The horizontal part of a compound system.
    pub(super) fn horizontal_part(&self) -> Option<Object<'c>> {
        // SAFETY: see above.
        self.context.adopt(unsafe { sys::proj_crs_get_sub_crs(self.context.raw, self.raw, 0) })
    }

    /// The system itself, of one that is bound to its transformation to WGS 84.
    pub(super) fn bound_system(&self) -> Option<Object<'c>> {
        // SAFETY: see above.
        self.context.adopt(unsafe { sys::proj_get_source_crs(self.context.raw, self.raw) })
    }

    /// The same system without heights.
    pub(super) fn without_height(&self) -> Option<Object<'c>> {
        // SAFETY: see above; a null name keeps the name.
        self.context.adopt(unsafe { sys::proj_crs_demote_to_2D(self.context.raw, ptr::null(), self.raw) })
    }

    /// The same system or operation with coordinates in the order x or longitude, y or latitude.
    pub(super) fn in_map_order(&self) -> Option<Object<'c>> {
        // SAFETY: see above.
        self.context.adopt(unsafe { sys::proj_normalize_for_visualization(self.context.raw, self.raw) })
    }

    /// The name of the datum of a system, or of its datum ensemble.
    pub(super) fn datum(&self) -> Option<String> {
        // SAFETY: see above.
        let datum = self.context.adopt(unsafe { sys::proj_crs_get_datum_forced(self.context.raw, self.raw) })?;
        Some(datum.name())
    }

    /// The longitude of the prime meridian, in degrees.
    pub(super) fn prime_meridian(&self) -> Option<f64> {
        // SAFETY: see above.
        let meridian = self.context.adopt(unsafe { sys::proj_get_prime_meridian(self.context.raw, self.raw) })?;
        let (mut longitude, mut radians_in_unit) = (0.0, 0.0);
        // SAFETY: see above; the two places are local variables, and the name isn't asked for.
        let known = unsafe {
            sys::proj_prime_meridian_get_parameters(
                self.context.raw,
                meridian.raw,
                &mut longitude,
                &mut radians_in_unit,
                ptr::null_mut(),
            )
        };
        (known != 0).then(|| (longitude * radians_in_unit).to_degrees())
    }

    /// Direction and unit (in metres or radians) of the first two axes.
    pub(super) fn axes(&self) -> Option<[(String, f64); 2]> {
        // SAFETY: see above.
        let system = self.context.adopt(unsafe { sys::proj_crs_get_coordinate_system(self.context.raw, self.raw) })?;
        Some([system.axis(0)?, system.axis(1)?])
    }

    fn axis(&self, index: c_int) -> Option<(String, f64)> {
        let (mut direction, mut unit, none) = (ptr::null(), 0.0, ptr::null_mut());
        // SAFETY: see above; libproj checks the index, the two places are local variables, the rest isn't asked for.
        let known = unsafe {
            sys::proj_cs_get_axis_info(
                self.context.raw,
                self.raw,
                index,
                none,
                none,
                &mut direction,
                &mut unit,
                none,
                none,
                none,
            )
        };
        // SAFETY: see above.
        (known != 0).then(|| unsafe { text(direction) }).flatten().map(|direction| (direction, unit))
    }

    /// Where a system or an operation is meant to be used: west, south, east, north, in degrees. West is greater than
    /// east where this crosses the antimeridian.
    pub(super) fn area(&self) -> Option<[f64; 4]> {
        let [mut west, mut south, mut east, mut north] = [0.0; 4];
        // SAFETY: see above; the four places are local variables, and the name isn't asked for.
        let known = unsafe {
            sys::proj_get_area_of_use(
                self.context.raw,
                self.raw,
                &mut west,
                &mut south,
                &mut east,
                &mut north,
                ptr::null_mut(),
            )
        };
        let area = [west, south, east, north];
        // -1000 is libproj's word for a side that it doesn't know.
        (known != 0 && !area.contains(&-1000.0)).then_some(area)
    }

    /// The stated accuracy of an operation in metres.
    pub(super) fn accuracy(&self) -> Option<f64> {
        // SAFETY: see above.
        let accuracy = unsafe { sys::proj_coordoperation_get_accuracy(self.context.raw, self.raw) };
        (accuracy >= 0.0).then_some(accuracy)
    }

    /// Whether an operation takes two datums for the same, not knowing any better.
    pub(super) fn is_ballpark(&self) -> bool {
        // SAFETY: see above.
        unsafe { sys::proj_coordoperation_has_ballpark_transformation(self.context.raw, self.raw) != 0 }
    }

    /// The steps of an operation, or itself if it has only one.
    pub(super) fn steps(self) -> Vec<Object<'c>> {
        if self.kind() != sys::PJ_TYPE_PJ_TYPE_CONCATENATED_OPERATION {
            return vec![self];
        }
        // SAFETY: see above.
        let count = unsafe { sys::proj_concatoperation_get_step_count(self.context.raw, self.raw) };
        let step = |index| {
            // SAFETY: see above; the index is one that the operation has.
            self.context.adopt(unsafe { sys::proj_concatoperation_get_step(self.context.raw, self.raw, index) })
        };
        (0..count).filter_map(step).collect()
    }

    /// The grid files that an operation needs and that aren't there.
    pub(super) fn missing_grids(&self) -> Vec<String> {
        // SAFETY: see above.
        let count = unsafe { sys::proj_coordoperation_get_grid_used_count(self.context.raw, self.raw) };
        (0..count).filter_map(|index| self.missing_grid(index)).collect()
    }

    fn missing_grid(&self, index: c_int) -> Option<String> {
        let (mut name, mut available, no_text, no_number) = (ptr::null(), 0, ptr::null_mut(), ptr::null_mut());
        // SAFETY: see above; the index is one that the operation has, the two places are local variables, and the rest
        // isn't asked for.
        let known = unsafe {
            sys::proj_coordoperation_get_grid_used(
                self.context.raw,
                self.raw,
                index,
                &mut name,
                no_text,
                no_text,
                no_text,
                no_number,
                no_number,
                &mut available,
            )
        };
        // SAFETY: see above.
        (known != 0 && available == 0).then(|| unsafe { text(name) }).flatten()
    }

    /// An operation as a PROJ string; nothing for an operation that libproj knows of but can't carry out.
    pub(super) fn pipeline(&self) -> Option<String> {
        let version_5 = sys::PJ_PROJ_STRING_TYPE_PJ_PROJ_5;
        // SAFETY: see above; null means no options.
        unsafe { text(sys::proj_as_proj_string(self.context.raw, self.raw, version_5, ptr::null())) }
    }

    /// The box around the image of a box under an operation in map order: west, south, east, north, in degrees, if the
    /// operation leads to longitude and latitude. West is greater than east where this crosses the antimeridian.
    pub(super) fn image_of(&self, [west, south, east, north]: [f64; 4]) -> Option<[f64; 4]> {
        let mut image = [0.0; 4];
        let [left, bottom, right, top] = &mut image;
        // SAFETY: see above; the four places are parts of a local variable. 21 points a side are what libproj
        // recommends.
        let found = unsafe {
            sys::proj_trans_bounds(
                self.context.raw,
                self.raw,
                sys::PJ_DIRECTION_PJ_FWD,
                west,
                south,
                east,
                north,
                left,
                bottom,
                right,
                top,
                21,
            )
        };
        (found != 0 && image.iter().all(|side| side.is_finite())).then_some(image)
    }
}

/// A definition as libproj takes it; nothing if it holds a NUL byte, which no definition does.
pub(super) fn c_string(definition: &str) -> Option<CString> {
    CString::new(definition).ok()
}
