//! Other programs that can do the plain job, where they are installed (`benches/peers/install`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::contest::Contestant;
use crate::options::Options;

/// A program with its script.
struct Peer {
    name: &'static str,
    script: &'static str,
    /// The folder of its Python, below that of the peers.
    python: &'static str,
    /// What must be importable.
    needs: &'static str,
    /// Which of the layers' files it reads best.
    format: &'static str,
}

const PEERS: [Peer; 5] = [
    Peer {
        name: "Clipper2 (pyclipr), a process a core",
        script: "clipper2",
        python: "python",
        needs: "pyclipr, shapely, pyproj, pyogrio",
        format: "fgb",
    },
    Peer {
        name: "GEOS (shapely 2), a process a core",
        script: "shapely2",
        python: "python",
        needs: "shapely, pyproj, pyogrio",
        format: "fgb",
    },
    Peer { name: "SedonaDB", script: "sedona_sql", python: "python", needs: "sedona.db, pyogrio", format: "parquet" },
    Peer {
        name: "DuckDB Spatial",
        script: "duckdb_spatial",
        python: "duckdb",
        needs: "duckdb_extension_spatial",
        format: "parquet",
    },
    Peer { name: "mapshaper", script: "mapshaper", python: "python", needs: "json", format: "geojson" },
];

/// The peers that are there, ready to be measured on a folder, and what is said of the others.
pub fn there(options: &Options, dir: &Path, left_out: &[&str]) -> Result<(Vec<Contestant>, Vec<String>), String> {
    let (mut ready, mut missing) = (Vec::new(), Vec::new());
    for peer in PEERS.iter().filter(|p| !left_out.contains(&p.script)) {
        match prepare(peer, options, dir) {
            Ok(contestant) => ready.push(contestant),
            Err(why) => missing.push(format!("{}: {why}", peer.name)),
        }
    }
    Ok((ready, missing))
}

fn prepare(peer: &Peer, options: &Options, dir: &Path) -> Result<Contestant, String> {
    let python = options.peers.join(peer.python).join("bin/python");
    let says = Command::new(&python).args(["-c", &format!("import {}", peer.needs)]).output();
    if !says.is_ok_and(|s| s.status.success()) {
        return Err(format!("{} is not installed; see benches/peers/install", peer.needs));
    }
    let mapshaper = options.peers.join("node_modules/.bin/mapshaper-xl");
    if peer.script == "mapshaper" && !mapshaper.is_file() {
        return Err("it is not installed; see benches/peers/install".to_owned());
    }
    let scripts = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/peers"));
    let layer = |extension: &str| dir.join(format!("hazards.{extension}"));
    if peer.format == "parquet" && !layer("parquet").is_file() {
        let python = options.peers.join("python/bin/python");
        let made =
            Command::new(python).arg(scripts.join("to_parquet.py")).arg(dir).output().map_err(|e| e.to_string())?;
        if !made.status.success() {
            return Err(format!("no GeoParquet could be made: {}", String::from_utf8_lossy(&made.stderr).trim()));
        }
    }
    if !layer(peer.format).is_file() {
        return Err(format!("there is no {} of this size", peer.format));
    }
    let out = options.work.join(format!("{}.csv", peer.script));
    let script = scripts.join(format!("{}.py", peer.script));
    let mut command: Vec<OsString> = vec![python.into(), script.into(), dir.into(), out.clone().into()];
    command.push(options.threads.to_string().into());
    command.push(mapshaper.into());
    Ok(Contestant { name: peer.name.to_owned(), command, out })
}
