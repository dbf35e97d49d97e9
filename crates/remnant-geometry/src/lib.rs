//! Footprints on one integer grid, and the faces that they cut.
//!
//! This crate opens no file, starts no thread, prints nothing and holds no word of mine action: it knows records as
//! numbers with ground under them. It is kept small enough to be read whole by whoever must trust its areas.
//!
//! | module | what |
//! |---|---|
//! | [`plane`] | the grid, and areas as whole numbers |
//! | [`footprint`] | any rings -> ground with proper borders, and what was wrong with them |
//! | `cut` | footprints -> pieces in fixed tiles |
//! | `noding` | pieces -> fragments that meet only at their ends (snap rounding) |
//! | `faces` | fragments -> labelled areas, by one sweep |
//! | [`window`] | all of it for a square of tiles, as a pure function |
//! | [`outline`] | the shapes of classes of ground |
//! | [`measure`] | geodesic distances, discs and corridors |

mod cut;
mod faces;
pub mod footprint;
mod labels;
pub mod measure;
mod noding;
pub mod outline;
pub mod plane;
mod repair;
mod strips;
mod validity;
pub mod window;

pub use cut::{TILES_PER_WINDOW, Window};
pub use faces::Torn;
pub use footprint::{Defect, Footprint, NoFootprint, RawPolygon};
pub use outline::{GridPolygon, Outline, RimEdge};
pub use plane::{Area, Bounds, Point};
pub use window::{FaceClass, FaceSink, WindowFaces};

#[cfg(test)]
mod tests;
