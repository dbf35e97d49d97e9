//! End-to-end tests: the command as a user calls it, judged by its files, its words and its exit status.
//!
//! | module | what |
//! |---|---|
//! | `cases` | every folder of `fixtures/areas`: figures that can be worked out by hand |
//! | `laws` | what must stay the same, or add up, when the input is changed in a known way |
//! | `periods` | laws of dates and policies |
//! | `series` | many dates, transitions, credit, boundaries that move |
//! | `planning` | exposure, the order of work, and what is for the public |
//! | `faults` | bad calls, bad files, hostile names and texts |
//! | `hostile` | records and files that ask for too much, and the limits that they reach |
//! | `figures` | published figures against the records, and one run against another |
//! | `formats` | one survey in every format, the same account; layers of containers |
//! | `written` | the formats on request, read back |
//! | `ending` | signals, closed pipes, pipes as files |
//! | `incremental` | runs with a cache |
//! | `cuts` | runs cut at every call into the file system |
//! | `interrupts` | commands that are asked to end at many moments |
//! | `national` | the national example against the published figures, and real layers |
//! | `page` | report.html in a real browser, where there is one |
//! | `hostile` | texts that would do something if taken at their word, in every output |
//! | `limits` | records and files that ask for too much |
//! | `network` | every command without a network, and without a socket |
//! | `supply` | licences, sources and versions of dependencies; the bill of materials |
//! | `oracle` | random scenarios against the independent check in `oracle/`, where there is a Python for it |
//! | `project` | project files, profiles, status in one layer, `inspect`, `init`, `schema` |
//! | `messages` | what every kind of error names: file, layer, feature, field, value, remedy |
//! | `call`, `scenario`, `output`, `identities`, `browser` | what they share: the command, a seeded scenario, its output, what must add up, a browser |
//!
//! `soak.rs` is a program of its own: run after run in one process.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test ends with a panic, and says what it leaves out")]

mod browser;
mod call;
mod cases;
#[cfg(unix)]
mod cuts;
mod ending;
mod faults;
mod figures;
mod formats;
mod hostile;
mod identities;
mod incremental;
#[cfg(unix)]
mod interrupts;
mod laws;
mod limits;
mod messages;
mod national;
mod network;
mod oracle;
mod output;
mod page;
mod periods;
mod planning;
mod project;
mod scenario;
mod seed;
mod series;
mod supply;
mod written;
