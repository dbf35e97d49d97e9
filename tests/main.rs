//! End-to-end tests: the command as a user calls it, judged by its files, its words and its exit status.
//!
//! | module | what |
//! |---|---|
//! | `cases` | every folder of `fixtures/areas`: figures that can be worked out by hand |
//! | `laws` | what must stay the same, or add up, when the input is changed in a known way |
//! | `periods` | laws of dates and policies |
//! | `faults` | bad calls, bad files, hostile names and texts |
//! | `formats` | the formats on request, read back |
//! | `ending` | signals, closed pipes, pipes as files |
//! | `national` | the national example against the published figures, and real layers |
//! | `oracle` | random scenarios against the independent check in `oracle/`, where there is a Python for it |
//! | `call`, `scenario`, `output` | what they share: the command, a seeded scenario, its output |

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test ends with a panic, and says what it leaves out")]

mod call;
mod cases;
mod ending;
mod faults;
mod formats;
mod laws;
mod national;
mod oracle;
mod output;
mod periods;
mod scenario;
