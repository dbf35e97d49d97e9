//! The generator's modules that make scenarios.

#![allow(dead_code, unused_imports, reason = "the generator uses all of it, and its tests are built with it")]

#[path = "../scenario/adverse.rs"]
pub mod adverse;
#[path = "../scenario/front.rs"]
pub mod front;
#[path = "../scenario/random.rs"]
pub mod random;
#[path = "../scenario/shapes.rs"]
pub mod shapes;
#[path = "../scenario/stream.rs"]
pub mod stream;
#[path = "../scenario/tiles.rs"]
pub mod tiles;
#[path = "../scenario/write.rs"]
pub mod write;
