//! Hard ground and many zones.

use std::time::Duration;

use super::{LIMIT, PLAIN, cells, median, plain, remnant, thousands};
use crate::contest::{Run, contest};
use crate::data::Spec;
use crate::options::Options;
use crate::page::{Table, times};
use crate::scenario::adverse::{KINDS, Kind};

/// Settlement zones, some and many.
pub(super) fn zones(options: &Options) -> Result<String, String> {
    zones_of(options, options.size / 10, &[options.size / 10, options.size])
}

/// As many settlement zones as there are hazards anywhere, ten for each hazard here.
pub(super) fn zones_largest(options: &Options) -> Result<String, String> {
    zones_of(options, options.size, &[options.largest])
}

/// Settlement zones about some hazards: they are judged one by one, whatever lies near.
fn zones_of(options: &Options, hazards: u64, numbers: &[u64]) -> Result<String, String> {
    let mut table = Table::new(&["zones", "s", "processor s", "MiB", "processor, microseconds a zone"]);
    let without = [plain(options, "no zones", &Spec::front(hazards).made_in(&options.data)?, "fgb")];
    let none = median(&without[0], &contest(&without, options.rounds, LIMIT)[0])?;
    table.row(["0".to_owned()].into_iter().chain(cells(none)));
    for &number in numbers {
        let dir = Spec { zones: number, ..Spec::front(hazards) }.made_in(&options.data)?;
        let path = dir.join("zones.fgb").into_os_string().into_string().map_err(|_| "a folder's name is no text")?;
        let more: Vec<&str> = PLAIN.into_iter().chain(["--zones", &path]).collect();
        let all = [remnant(options, &format!("{number} zones"), &dir, "fgb", &more)];
        let outcome = contest(&all, 1, LIMIT).remove(0);
        let Some(run) = outcome.median() else {
            table.row([thousands(number)].into_iter().chain(outcome.failure));
            continue;
        };
        let each = (run.cpu - none.cpu) / number.max(1) as f64 * 1e6;
        table.row([thousands(number)].into_iter().chain(cells(run)).chain([format!("{each:.0}")]));
    }
    Ok(format!("{} hazards, FlatGeobuf, tables.\n\n{}", thousands(hazards), table.text()))
}

/// Hazards of the smaller scenario of each kind of hard ground: some seconds' work. The other one has twice as many.
fn hard_size(kind: Kind) -> u64 {
    match kind {
        Kind::NearCopies => 100,
        Kind::OnePoint | Kind::Lattice => 500,
        Kind::Nested => 1_000,
        Kind::LongStrips => 2_000,
        Kind::SharedBorders | Kind::Slivers => 10_000,
    }
}

/// Every kind of hard ground, in two sizes.
pub(super) fn adverse(options: &Options) -> Result<String, String> {
    let columns = ["ground", "hazards", "s", "processor s", "MiB", "of the half", "exponent"];
    let mut table = Table::new(&columns);
    for (name, kind) in KINDS {
        let mut last: Option<Run> = None;
        for hazards in [hard_size(kind), 2 * hard_size(kind)] {
            let dir = Spec::of(name, hazards).made_in(&options.data)?;
            let all = [plain(options, &format!("{name} {hazards}"), &dir, "fgb")];
            let outcome = contest(&all, 1, Duration::from_secs(120)).remove(0);
            let head = [name.to_owned(), thousands(hazards)];
            let Ok(run) = median(&all[0], &outcome) else {
                table.row(head.into_iter().chain(outcome.failure));
                continue;
            };
            let grown = last.map_or([String::new(), String::new()], |last| {
                [times(run.cpu / last.cpu), format!("{:.2}", (run.cpu / last.cpu).log2())]
            });
            table.row(head.into_iter().chain(cells(run)).chain(grown));
            last = Some(run);
        }
    }
    let note = "The ground itself grows faster than the number of hazards: near copies, wedges and the lattice have four times \
                the crossings for twice the hazards, and near copies and nested rings twice the depth. Ratio and exponent are of \
                processor time.";
    Ok(format!("FlatGeobuf, tables.\n\n{}\n{note}\n", table.text()))
}
