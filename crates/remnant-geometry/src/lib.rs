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
//! | [`measure`] | geodesic distances, lengths, discs and corridors |
//! | [`grow`] | ground grown by a distance, or deeper than a distance |
//! | `compass`, `convex`, `slim` | the points about a corner; convex ground grown at once; arcs that nothing meets |
//! | [`probe`] | what covers a point, and where a line meets a border |
//! | `validity`, `chains`, `repair` | are rings valid by OGC Simple Features? If not: the ring rule |
//! | `arrange` | rings led through the grid once, and filled by a rule |
//! | `corners` | the corners of footprints, in memory or on a shelf |
//! | `strips`, `cells` | which boxes meet; which of many points lie near an edge |
//! | `stretches`, `labels` | long borders in parts; sets of records as numbers |
//!
//! ```
//! use remnant_geometry::{Area, FaceClass, Footprint, RawPolygon, Window, WindowFaces};
//!
//! let square = |west: f64| -> Footprint {
//!     let (east, south, north) = (west + 0.001, 40.0, 40.001);
//!     let ring = vec![[west, south], [east, south], [east, north], [west, north], [west, south]];
//!     Footprint::new(&[RawPolygon { rings: vec![ring] }]).expect("it has an area").0
//! };
//! let records = [square(46.0), square(46.0005)];
//! let (mut all, mut both) = (Area::ZERO, Area::ZERO);
//! let (rows, columns) = Window::reached(&records[0].bounds());
//! let window = Window { row: *rows.start(), column: *columns.start() };
//! WindowFaces::default()
//!     .cut(window, (0..).zip(&records), None, &mut |cover: &[u32], area| {
//!         all += area;
//!         if cover == [0, 1] {
//!             both += area;
//!         }
//!         FaceClass::default()
//!     })
//!     .expect("the faces fit together");
//! // Each square reaches half its width beyond the other, so that a third of the ground is covered twice.
//! assert!((all.square_metres() / both.square_metres() - 3.0).abs() < 1e-6);
//! ```

mod arrange;
mod cells;
mod chains;
mod compass;
mod convex;
mod corners;
mod cut;
mod faces;
pub mod footprint;
pub mod grow;
mod labels;
pub mod measure;
mod noding;
pub mod outline;
pub mod plane;
pub mod probe;
mod repair;
#[cfg(test)]
#[path = "../../../tests/seed.rs"]
mod seed;
mod slim;
mod stretches;
mod strips;
mod validity;
pub mod window;

pub use corners::{Bytes, Lost, Shelf};
pub use cut::{TILES_PER_WINDOW, Window};
pub use faces::Torn;
pub use footprint::{Budget, Defect, Footprint, NoFootprint, RawPolygon};
pub use outline::{ClassOutline, GridPolygon, Outline, Polygons, RimEdge, RimSide, SideCorners, SidePiece};
pub use plane::{Area, Bounds, Point};
pub use window::{FaceClass, FaceSink, WindowFaces};

#[cfg(test)]
mod tests;
