//! Transforming coordinates with an operation that is already chosen.

use super::{CrsError, Operation, engine, shortened};
use proj::Proj;
use std::{cell::RefCell, rc::Rc};

/// The pipeline of an operation that leaves coordinates as they are, as from ETRS89.
pub(super) const NO_OPERATION: &str = "+proj=noop";

/// How far beyond a pole rounding may carry a latitude, in degrees (0.1 mm).
const POLE_TOLERANCE: f64 = 1e-9;

thread_local! {
    /// The pipeline that this thread used last, and what carries it out. Setting one up takes 0.1 ms, but a millisecond
    /// when PROJ has to open its database again, which it must after any object of the `proj` crate was dropped.
    static LAST: RefCell<Option<(String, Rc<Proj>)>> = const { RefCell::new(None) };
}

/// Why a coordinate can't be transformed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("coordinate number {index} of its sequence, ({x}, {y}): {reason}")]
pub struct PointError {
    /// Its index in the slice, from 0.
    pub index: usize,
    /// Its x, as it was given.
    pub x: f64,
    /// Its y, as it was given.
    pub y: f64,
    /// Why not.
    pub reason: String,
}

/// Carries out one operation, in one thread (PROJ's objects can't be shared). The first one in a thread takes about a
/// millisecond to make, and further ones for the same operation nothing worth counting.
pub struct Transformer {
    /// None if coordinates stay as they are.
    proj: Option<Rc<Proj>>,
}

impl Transformer {
    pub(super) fn new(operation: &Operation) -> Result<Self, CrsError> {
        engine::be_quiet();
        if operation.pipeline() == NO_OPERATION {
            return Ok(Self { proj: None });
        }
        let kept = LAST.with_borrow(|last| match last {
            Some((pipeline, proj)) if pipeline == operation.pipeline() => Some(Rc::clone(proj)),
            _ => None,
        });
        if kept.is_some() {
            return Ok(Self { proj: kept });
        }
        let proj = Proj::new(operation.pipeline()).map(Rc::new).map_err(|error| CrsError::NoOperation {
            definition: shortened(operation.pipeline()),
            reason: format!("PROJ can't set up \"{}\" ({error})", operation.name()),
        })?;
        LAST.set(Some((operation.pipeline().to_owned(), Rc::clone(&proj))));
        Ok(Self { proj: Some(proj) })
    }

    /// Transforms coordinates of the source system to WGS 84 longitude and latitude in degrees, in place. Longitudes of
    /// geographic sources that are outside +-180 may stay so, down to -360 and up to 360.
    ///
    /// # Errors
    /// At the first coordinate that isn't finite or leads to no place on Earth. Those before it are transformed then,
    /// and it and those after it are not.
    pub fn to_lonlat(&self, coordinates: &mut [[f64; 2]]) -> Result<(), PointError> {
        for (index, point) in coordinates.iter_mut().enumerate() {
            *point = self.point_to_lonlat(*point).map_err(|reason| point_error(index, *point, reason))?;
        }
        Ok(())
    }

    /// Transforms WGS 84 longitude and latitude in degrees to coordinates of the source system, in place.
    ///
    /// # Errors
    /// At the first coordinate that isn't a place on Earth or has no image. Those before it are transformed then, and
    /// it and those after it are not.
    pub fn to_source(&self, coordinates: &mut [[f64; 2]]) -> Result<(), PointError> {
        for (index, point) in coordinates.iter_mut().enumerate() {
            *point = self.point_to_source(*point).map_err(|reason| point_error(index, *point, reason))?;
        }
        Ok(())
    }

    fn point_to_lonlat(&self, point: [f64; 2]) -> Result<[f64; 2], String> {
        // PROJ lets NaN and infinity pass as if nothing were wrong.
        let [x, y] = finite(point).ok_or("it is not finite")?;
        let lonlat = match self.proj.as_deref() {
            Some(proj) => proj.convert((x, y)).map(<[f64; 2]>::from).map_err(reason)?,
            None => point,
        };
        on_earth(lonlat).ok_or_else(|| {
            let [longitude, latitude] = lonlat;
            format!("it would be at longitude {longitude}, latitude {latitude}, which is not on Earth")
        })
    }

    fn point_to_source(&self, lonlat: [f64; 2]) -> Result<[f64; 2], String> {
        let [longitude, latitude] = on_earth(lonlat).ok_or("it is not on Earth")?;
        let Some(proj) = &self.proj else { return Ok([longitude, latitude]) };
        // `project` backwards runs a pipeline backwards, in the units of the pipeline: degrees.
        let point = proj.project((longitude, latitude), true).map(<[f64; 2]>::from).map_err(reason)?;
        finite(point).ok_or_else(|| "it has no place in the source system".to_owned())
    }
}

fn point_error(index: usize, [x, y]: [f64; 2], reason: String) -> PointError {
    PointError { index, x, y, reason }
}

fn finite(point: [f64; 2]) -> Option<[f64; 2]> {
    point.iter().all(|value| value.is_finite()).then_some(point)
}

/// The place, with what rounding added beyond a pole taken off; nothing if it is not on Earth.
fn on_earth([longitude, latitude]: [f64; 2]) -> Option<[f64; 2]> {
    // Comparisons with NaN are false, so it is refused too.
    (longitude.abs() <= 360.0 && latitude.abs() <= 90.0 + POLE_TOLERANCE)
        .then(|| [longitude, latitude.clamp(-90.0, 90.0)])
}

/// PROJ's own words, without those that the `proj` crate puts before them.
fn reason(error: proj::ProjError) -> String {
    match error {
        proj::ProjError::Projection(words) | proj::ProjError::Conversion(words) => format!("PROJ says: {words}"),
        other => other.to_string(),
    }
}
