//! The options of the command line.

use std::path::{Path, PathBuf};

use crate::parts::{PARTS, Part};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The parts, in their own order.
    pub parts: Vec<&'static Part>,
    /// Hazards of the scenario of most parts.
    pub size: u64,
    /// Hazards of the largest scenario of the part `growth`.
    pub largest: u64,
    /// Rounds of a contest; medians are told.
    pub rounds: usize,
    /// Threads of everything that can be told.
    pub threads: usize,
    /// Where scenarios are kept.
    pub data: PathBuf,
    /// Where outputs go.
    pub work: PathBuf,
    /// Where the peers are installed.
    pub peers: PathBuf,
    /// A page whose tables are to be replaced.
    pub page: Option<PathBuf>,
    /// Another build of the command, measured beside this one.
    pub against: Option<PathBuf>,
    /// The command.
    pub remnant: PathBuf,
}

impl Options {
    /// Reads the command line.
    pub fn read(args: &[String]) -> Result<Self, String> {
        let target = target()?;
        let mut options = Self {
            parts: Vec::new(),
            size: 100_000,
            largest: 1_000_000,
            rounds: 3,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            data: target.join("bench-data"),
            work: target.join("bench-out"),
            peers: target.join("peers"),
            page: None,
            against: None,
            remnant: PathBuf::from(env!("CARGO_BIN_EXE_remnant")),
        };
        // cargo starts this program in the folder of its package; paths are meant from the root of the repository.
        let from_root = |path: &str| Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path);
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let Some(name) = arg.strip_prefix("--") else {
                let part =
                    PARTS.iter().find(|p| p.name == arg).ok_or_else(|| format!("{arg}: no such part\n{}", usage()))?;
                options.parts.push(part);
                continue;
            };
            if name == "help" {
                return Err(usage());
            }
            let value = args.next().ok_or_else(|| format!("{arg}: a value was expected"))?;
            let number = || value.parse::<u64>().map_err(|_| format!("{arg} {value}: not a whole number"));
            match name {
                "size" => options.size = number()?,
                "largest" => options.largest = number()?,
                "rounds" => options.rounds = number()?.max(1) as usize,
                "threads" => options.threads = number()?.max(1) as usize,
                "data" => options.data = from_root(value),
                "work" => options.work = from_root(value),
                "peers" => options.peers = from_root(value),
                "page" => options.page = Some(from_root(value)),
                "against" => options.against = Some(from_root(value)),
                "remnant" => options.remnant = from_root(value),
                _ => return Err(format!("{arg}: no such option\n{}", usage())),
            }
        }
        if options.parts.is_empty() {
            options.parts = PARTS.iter().filter(|p| p.usual).collect();
        }
        for dir in [&options.data, &options.work] {
            std::fs::create_dir_all(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
        }
        Ok(options)
    }
}

/// cargo's folder for what it builds, in which this program lies.
fn target() -> Result<PathBuf, String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    program.ancestors().nth(3).map(Path::to_owned).ok_or_else(|| "this program lies in no target folder".to_owned())
}

fn usage() -> String {
    let mut text = "usage: cargo bench -p remnant-cli --bench suite -- [PART...] [--size 100000] [--largest 1000000] \
                    [--rounds 3] [--threads N] [--page FILE] [--against OTHER_REMNANT] [--remnant PATH] [--data DIR] \
                    [--work DIR] [--peers DIR]\nparts:"
        .to_owned();
    for part in PARTS {
        let more = if part.usual { "" } else { " (only where named)" };
        text += &format!("\n  {:<14} {}{more}", part.name, part.what);
    }
    text
}
