//! A headless browser, spoken to through a pipe by the protocol of its developer tools: no port, no driver, no network.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// An answer that takes longer than this does not come.
const PATIENCE: Duration = Duration::from_secs(180);

/// The names under which browsers of this family are installed.
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// The browser of `REMNANT_BROWSER`, or one on the path. Where there is none the caller leaves its test out; a machine
/// that sets `CI` must have one.
fn program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("REMNANT_BROWSER") {
        return Some(named.into());
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&folders).flat_map(|folder| NAMES.map(|name| folder.join(name)));
    let found = places.find(|place| place.is_file());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "no browser, which CI must have: apt chromium");
        println!("skipped: there is no browser (set REMNANT_BROWSER, or put chromium on the path)");
    }
    found
}

/// A browser with one page.
pub struct Browser {
    child: Child,
    pipe: ChildStdin,
    said: Receiver<Value>,
    events: VecDeque<Value>,
    session: Option<String>,
    number: u64,
    _profile: TempDir,
}

impl Browser {
    /// Starts it; `None` where there is none to start.
    pub fn start() -> Option<Self> {
        let program = program()?;
        let profile = tempfile::tempdir().expect("a temporary folder");
        // The browser speaks on its descriptors 3 and 4; the shell lays our pipes there.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1"])
            .arg(&program)
            .args(["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--disable-dev-shm-usage", "--lang=en-US", "--window-size=1440,900"])
            .args(["--disable-component-update", "--disable-background-networking", "--disable-extensions"])
            // Whatever a page asked for would not be found.
            .arg("--host-resolver-rules=MAP * ~NOTFOUND")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the browser starts");
        let pipe = child.stdin.take().expect("a pipe");
        let mut answers = BufReader::new(child.stdout.take().expect("a pipe"));
        let (say, said) = channel();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            while answers.read_until(0, &mut bytes).is_ok_and(|length| length > 0) {
                bytes.pop();
                let Ok(message) = serde_json::from_slice(&bytes) else { return };
                bytes.clear();
                if say.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser =
            Self { child, pipe, said, events: VecDeque::new(), session: None, number: 0, _profile: profile };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        browser.session = browser.call("Target.attachToTarget", attach)["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        let offline = json!({"offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0});
        browser.call("Network.emulateNetworkConditions", offline);
        let size = json!({"width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        browser.call("Emulation.setDeviceMetricsOverride", size);
        Some(browser)
    }

    /// Asks the browser to do something, and gives its answer.
    #[track_caller]
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.attempt(method, parameters).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// The same, where it may be refused.
    fn attempt(&mut self, method: &str, parameters: Value) -> Result<Value, Value> {
        self.number += 1;
        let mut message = json!({"id": self.number, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let mut bytes = serde_json::to_vec(&message).expect("JSON");
        bytes.push(0);
        self.pipe.write_all(&bytes).and_then(|()| self.pipe.flush()).expect("the browser listens");
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let said = self.said.recv_timeout(left).unwrap_or_else(|_| panic!("the browser does not answer {method}"));
            if said["id"] == self.number {
                return if said["error"].is_null() { Ok(said["result"].clone()) } else { Err(said["error"].clone()) };
            }
            self.events.push_back(said);
        }
    }

    /// Opens a page from a file, and waits until it can be used; gives how many milliseconds it says that this took.
    pub fn open(&mut self, page: &Path) -> f64 {
        self.call("Page.navigate", json!({"url": format!("file://{}", page.display())}));
        let end = Instant::now() + PATIENCE;
        loop {
            // While one page gives way to the next, there may be nothing to ask.
            let ask = json!({"expression": "document.documentElement?.dataset.ready ?? null", "returnByValue": true});
            let answer = self.attempt("Runtime.evaluate", ask).unwrap_or_default();
            if let Some(ready) = answer["result"]["value"].as_str() {
                return ready.parse().expect("a number");
            }
            assert!(Instant::now() < end, "the page does not get ready: {:?}", self.complaints());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// What an expression gives in the page.
    #[track_caller]
    pub fn ask(&mut self, expression: &str) -> Value {
        let ask = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.call("Runtime.evaluate", ask);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// The same as text.
    #[track_caller]
    pub fn text(&mut self, expression: &str) -> String {
        let answer = self.ask(expression);
        answer.as_str().unwrap_or_else(|| panic!("{expression} gives {answer}, no text")).to_owned()
    }

    /// Gives an element a value, as a reader would by choosing or typing it.
    #[track_caller]
    pub fn set(&mut self, id: &str, value: &str) {
        let value = Value::from(value);
        self.ask(&format!(
            "{{ const e = document.getElementById('{id}'); e.value = {value}; \
             for (const n of ['input', 'change']) e.dispatchEvent(new Event(n, {{ bubbles: true }})); null }}"
        ));
    }

    /// Clicks on the first element of a selector.
    #[track_caller]
    pub fn click(&mut self, selector: &str) {
        let selector = Value::from(selector);
        self.ask(&format!("document.querySelector({selector}).click()"));
    }

    /// Presses a key.
    pub fn press(&mut self, key: &str, code: u32) {
        let mut down = json!({"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code});
        if key == "Enter" {
            down["text"] = "\r".into();
        }
        self.call("Input.dispatchKeyEvent", down.clone());
        down["type"] = "keyUp".into();
        self.call("Input.dispatchKeyEvent", down);
    }

    /// The number of pages on which the page would be printed.
    pub fn printed_pages(&mut self) -> usize {
        use base64::Engine;
        let print = self.call("Page.printToPDF", json!({"preferCSSPageSize": true, "printBackground": true}));
        let text = print["data"].as_str().expect("a document");
        let pdf = base64::engine::general_purpose::STANDARD.decode(text).expect("base 64");
        let pdf = String::from_utf8_lossy(&pdf).replace("/Type /Pages", "");
        pdf.matches("/Type /Page").count()
    }

    /// Everything that a page must not do: errors and warnings in its console, dialogs, requests for anything but itself.
    pub fn complaints(&mut self) -> Vec<String> {
        // Whatever was on its way has come once another question is answered.
        self.call("Runtime.evaluate", json!({"expression": "1"}));
        let own = |url: &str| url.starts_with("file://") && url.ends_with("/report.html");
        let complaint = |event: &Value| match event["method"].as_str() {
            Some(
                "Runtime.exceptionThrown"
                | "Log.entryAdded"
                | "Runtime.consoleAPICalled"
                | "Page.javascriptDialogOpening"
                | "Page.windowOpen",
            ) => Some(event.to_string()),
            Some("Network.requestWillBeSent") => {
                let url = event["params"]["request"]["url"].as_str().unwrap_or_default();
                (!own(url) && url != "about:blank").then(|| format!("request of {url}"))
            }
            _ => None,
        };
        self.events.iter().filter_map(complaint).collect()
    }

    /// Fails where the page did anything that it must not.
    #[track_caller]
    pub fn without_complaints(&mut self) {
        let complaints = self.complaints();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have gone already; there is nothing more to do then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
