//! Proofs of the area engine: every figure by a second way that shares no code with the first.
//!
//! | module | what |
//! |---|---|
//! | `slabs`, `exact` | slabs between rational abscissae: areas of ground without any rounding |
//! | `engine` | the crate's own faces, per set of covering records |
//! | `scenes` | random small cases of the kinds that break overlays |
//! | `faces` | the two against each other |
//! | `robust` | named cases of `fixtures/robust` |
//! | `pencil` | thousands of edges through one point, by closed formulas |
//! | `suites` | published suites of JTS and others, where they are at hand |
//! | `laws` | what must not change the faces, and what they add up to |
//! | `validity` | rings by the rule, and whether they are valid |

mod engine;
mod exact;
mod faces;
mod laws;
mod pencil;
mod robust;
mod scenes;
#[path = "../../../../tests/seed.rs"]
mod seed;
mod slabs;
mod suites;
mod validity;
