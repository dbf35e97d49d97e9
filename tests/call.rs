//! A call of the command in a folder of its own.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::output::Output;

/// A call that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(300);

/// The program under test.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_remnant"));
    // What a developer has set must not change what is tested.
    for name in ["RUST_BACKTRACE", "TERM", "LANG", "LC_ALL", "TZ"] {
        command.env_remove(name);
    }
    command
}

/// How a call ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit status; `None` where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// How long it took.
    pub took: Duration,
}

impl Ended {
    /// Fails unless the call ended with this exit status.
    #[track_caller]
    pub fn with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stderr: {}", self.stderr);
        self
    }

    /// Fails unless standard error holds all of these.
    #[track_caller]
    pub fn saying(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stderr.contains(part), "stderr lacks {part:?}: {}", self.stderr);
        }
        self
    }
}

/// Starts a command with its standard input closed and its outputs caught.
pub fn start(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

/// Starts a run, and waits until it has claimed its output folder: from then on it listens to signals.
pub fn start_at_work(command: &mut Command, lock: &Path) -> Child {
    let (mut child, began) = (start(command), Instant::now());
    while !lock.exists() && began.elapsed() < PATIENCE && child.try_wait().is_ok_and(|ended| ended.is_none()) {
        thread::sleep(Duration::from_millis(1));
    }
    child
}

/// Waits for the end; a call that hangs is killed and fails the test.
pub fn finish(mut child: Child) -> Ended {
    fn drain(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut pipe) = pipe {
                pipe.read_to_end(&mut bytes).expect("the pipe can be read");
            }
            bytes
        })
    }
    let began = Instant::now();
    let (stdout, stderr) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let code = loop {
        if let Some(status) = child.try_wait().expect("the program can be waited for") {
            break status.code();
        }
        if began.elapsed() > PATIENCE {
            child.kill().expect("the program can be killed");
            panic!("the program hangs");
        }
        thread::sleep(Duration::from_millis(5));
    };
    let took = began.elapsed();
    let text = |pipe: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8(pipe.join().expect("the pipe can be read")).expect("all that is said is UTF-8")
    };
    Ended { code, stdout: text(stdout), stderr: text(stderr), took }
}

/// A folder in which the command is called. Files are named relative to it, so that outputs can be compared byte by
/// byte between two of them.
pub struct Place {
    folder: TempDir,
}

impl Place {
    /// An empty place.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// The path of something in it.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path(name), content).expect("a file can be written");
        self
    }

    /// `remnant run` with these arguments, not yet started.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = program();
        command.current_dir(self.folder.path()).arg("run").args(arguments);
        command
    }

    /// Calls `remnant` with a command of its own.
    pub fn call<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ended {
        let mut command = program();
        command.current_dir(self.folder.path()).args(arguments);
        finish(start(&mut command))
    }

    /// Calls `remnant run`.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ended {
        finish(start(&mut self.command(arguments)))
    }

    /// The output folder of that name.
    pub fn output(&self, name: &str) -> Output {
        Output::read(&self.path(name))
    }

    /// The names in it, sorted; hidden ones too.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("the folder can be read");
        let mut names: Vec<String> =
            entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}
