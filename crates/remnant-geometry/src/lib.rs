//! Footprints and faces.
