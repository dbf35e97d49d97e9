//! Seeded scenarios for the benchmarks, and the synthetic national example.
//!
//! The same seed gives the same bytes on every machine: numbers come from [`random`], sines and
//! logarithms from `libm`, and coordinates are whole numbers of 1e-7 degrees.

pub mod adverse;
pub mod front;
pub mod geodesy;
pub mod national;
pub mod random;
pub mod shapes;
pub mod stream;
pub mod tiles;
pub mod write;
