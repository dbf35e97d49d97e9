//! The programs of GDAL: found, fenced in and called.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A layer that takes longer is not read.
const PATIENCE: Duration = Duration::from_secs(1800);

/// How much of what a program says is kept.
const HEARD: u64 = 1 << 20;

/// A converted layer that is larger fits no memory.
const LARGEST: u64 = 32 << 30;

/// Drivers that read files and nothing else; all others are switched off.
const DRIVERS: &[&str] = &[
    "OpenFileGDB",
    "FileGDB",
    "GML",
    "MapInfo File",
    "GPX",
    "DXF",
    "DGN",
    "SQLite",
    "S57",
    "GeoRSS",
    "JML",
    "OGR_GMT",
    "GeoJSON",
];

/// What programs need from the environment; nothing else is handed on.
const KEPT: &[&str] = &[
    "PATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "GDAL_DATA",
    "PROJ_LIB",
    "PROJ_DATA",
    "SystemRoot",
    "TEMP",
    "TMP",
    "TMPDIR",
];

/// A GDAL that is installed.
pub(super) struct Tool {
    version: String,
    /// The drivers to be switched off.
    skip: String,
}

/// What a program said.
pub(super) struct Said {
    pub(super) text: String,
    pub(super) warnings: Vec<String>,
}

impl Tool {
    /// The installed one, looked for once.
    pub(super) fn find() -> Option<&'static Self> {
        static FOUND: OnceLock<Option<Tool>> = OnceLock::new();
        FOUND.get_or_init(Self::look).as_ref()
    }

    fn look() -> Option<Self> {
        let bare = Self { version: String::new(), skip: String::new() };
        let version = bare.call("ogr2ogr", &["--version".as_ref()], None).ok()?.text;
        // "GDAL 3.6.2, released 2023/01/02"
        let version = version.lines().next()?.split(',').next()?.trim().to_owned();
        let formats = bare.info(&["--formats".as_ref()]).ok()?.text;
        let short = |line: &str| Some(line.trim().split_once(" -")?.0.to_owned());
        let all: Vec<String> = formats.lines().skip(1).filter_map(short).collect();
        let skip: Vec<&str> = all.iter().map(String::as_str).filter(|name| !DRIVERS.contains(name)).collect();
        (version.starts_with("GDAL ") && !all.is_empty()).then(|| Self { skip: skip.join(","), version })
    }

    /// Its name and version.
    pub(super) fn version(&'static self) -> &'static str {
        &self.version
    }

    /// Asks `ogrinfo`.
    pub(super) fn info(&self, arguments: &[&OsStr]) -> Result<Said, String> {
        self.call("ogrinfo", arguments, None)
    }

    /// Converts a layer to GeoJSON with all digits, in its own CRS.
    pub(super) fn convert(&self, from: &Path, layer: &str, to: &Path) -> Result<Said, String> {
        let options = ["-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=15", "-nlt", "CONVERT_TO_LINEAR"];
        let mut arguments: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
        arguments.extend([to.as_os_str(), from.as_os_str(), layer.as_ref()]);
        self.call("ogr2ogr", &arguments, Some(to))
    }

    fn call(&self, program: &str, arguments: &[&OsStr], output: Option<&Path>) -> Result<Said, String> {
        let found = on_path(program).ok_or_else(|| format!("{program} is not found"))?;
        let mut command = Command::new(found);
        command.args(arguments).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in KEPT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        // A proxy that is nowhere: whatever would be fetched is not.
        for name in [
            "http_proxy",
            "https_proxy",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "GDAL_HTTP_PROXY",
            "GDAL_HTTPS_PROXY",
        ] {
            command.env(name, "http://127.0.0.1:9");
        }
        let fixed = [
            ("LC_ALL", "C.UTF-8"),
            ("OGR_ARC_STEPSIZE", "0.05"),
            ("GDAL_HTTP_MAX_RETRY", "0"),
            ("GDAL_HTTP_TIMEOUT", "1"),
            ("GDAL_PAM_ENABLED", "NO"),
            ("GML_DOWNLOAD_SCHEMA", "NO"),
            ("PROJ_NETWORK", "OFF"),
        ];
        command.envs(fixed);
        if !self.skip.is_empty() {
            command.env("GDAL_SKIP", &self.skip);
        }
        let mut child = command.spawn().map_err(|e| format!("{program} can't be started: {e}"))?;
        let (text, errors) = (listen(child.stdout.take()), listen(child.stderr.take()));
        let status = wait(&mut child, output);
        if status.is_err() {
            // It may have ended by itself meanwhile.
            let _ = child.kill();
            let _ = child.wait();
        }
        let (text, errors) = (text.join().unwrap_or_default(), errors.join().unwrap_or_default());
        let warnings: Vec<String> = errors
            .lines()
            .map(|l| l.trim().chars().take(300).collect::<String>())
            .filter(|l| !l.is_empty() && !l.contains("GDAL_SKIP"))
            .collect();
        if status? {
            return Ok(Said { text, warnings });
        }
        let said = text.lines().filter(|l| !l.trim().is_empty()).map(str::to_owned);
        let last: Vec<String> = warnings.into_iter().chain(said).take(3).collect();
        Err(format!("{program} says: {}", last.join("; ")))
    }
}

/// Where a program is. With its whole path it is started without a fork of this process, in whose copy a lock that
/// another thread holds (PROJ's, of its database) would never be given back.
fn on_path(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    let folders = std::env::var_os("PATH")?;
    // A path that is not absolute would depend on where the command runs.
    std::env::split_paths(&folders).filter(|f| f.is_absolute()).map(|f| f.join(&name)).find(|file| file.is_file())
}

/// Waits for the end: whether it went well.
fn wait(child: &mut Child, output: Option<&Path>) -> Result<bool, String> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(2);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) => {}
            Err(e) => return Err(e.to_string()),
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("it did not end within {} minutes", PATIENCE.as_secs() / 60));
        }
        let size = output.and_then(|path| fs::metadata(path).ok()).map_or(0, |m| m.len());
        if size > LARGEST {
            return Err(format!("the converted layer is larger than {LARGEST} bytes"));
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// Takes in what a program says, and lets what is too much run by.
fn listen(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut heard = Vec::new();
        if let Some(mut pipe) = pipe {
            // A program that ends early breaks its pipe: what was heard is what there is.
            let _ = pipe.by_ref().take(HEARD).read_to_end(&mut heard);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        String::from_utf8_lossy(&heard).into_owned()
    })
}

/// A folder that only this user can enter, and that goes away.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> std::io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let mut last = std::io::Error::other("no name is free");
        for _ in 0..100 {
            let nanos =
                std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
            let name = format!("remnant-{}-{}-{nanos}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
            let path = std::env::temp_dir().join(name);
            let mut builder = fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            // Making it fails where anything of that name is there, a link too.
            match builder.create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(e) => last = e,
            }
        }
        Err(last)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be removed is left to the system, which clears its temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}
