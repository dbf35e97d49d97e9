//! No network: every command in an empty network namespace, and under a guard that ends it at its first socket.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::call::{Ended, Place, finish, start};

/// Ends the program that it becomes as soon as that asks for a socket, by whatever way.
const GUARD: &str = r#"
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define END(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

int main(int count, char **words) {
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        END(socket), END(connect), END(bind), END(listen), END(sendto), END(sendmsg), END(recvfrom), END(io_uring_setup),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = { sizeof rules / sizeof *rules, rules };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) {
        perror("seccomp");
        return 77;
    }
    if (count == 2 && !strcmp(words[1], "--socket")) {
        socket(AF_INET, SOCK_STREAM, 0);
        return 1;
    }
    execvp(words[1], words + 1);
    perror(words[1]);
    return 78;
}
"#;

const SIGSYS: i32 = 31;

/// Says that a test is left out, which it must not be where `CI` is set.
fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{why}");
    println!("skipped: {why}");
}

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/azerbaijan").join(name);
    path.to_str().expect("a plain path").to_owned()
}

/// Every command, with all that its run may write. Each is called in one place, one after the other.
fn calls() -> Vec<Vec<String>> {
    let project = example("remnant.toml");
    let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<String>>();
    vec![
        words(&["run", &project, "-o", "out", "--format", "gpkg,flatgeobuf,geoparquet", "--hxl", "--faces"]),
        words(&["run", &project, "-o", "earlier", "--as-of", "2025-06-30"]),
        words(&["reconcile", &project]),
        words(&["compare", "earlier", "out"]),
        words(&["inspect", &example("hazards.geojson"), "out/remnant.gpkg", "out/remaining.parquet"]),
        words(&["init", &example("hazards.geojson"), "-o", "made.toml"]),
        words(&["schema"]),
        words(&["--version"]),
    ]
}

/// Calls everything behind some words that lead.
fn all_behind(lead: &[&str]) -> Vec<(String, Ended)> {
    let place = Place::new();
    let call = |words: Vec<String>| {
        let mut command = Command::new(lead[0]);
        command.args(&lead[1..]).arg(env!("CARGO_BIN_EXE_remnant")).args(&words).current_dir(place.path(""));
        // Whoever asks for the network must ask for it now.
        command.env("PROJ_NETWORK", "ON");
        (words.join(" "), finish(start(&mut command)))
    };
    calls().into_iter().map(call).collect()
}

#[test]
fn every_command_works_without_any_network() {
    let tries: [&[&str]; 2] = [&["unshare", "--net", "--map-root-user"], &["unshare", "--net"]];
    // An empty namespace has no interface that is up, not even the machine's own.
    let empty = |lead: &&&[&str]| {
        let look = Command::new(lead[0]).args(&lead[1..]).args(["cat", "/proc/net/dev"]).output();
        look.is_ok_and(|out| out.status.success() && String::from_utf8_lossy(&out.stdout).lines().count() <= 3)
    };
    let Some(lead) = tries.iter().find(empty) else {
        return skip("no network namespace can be made here (unshare --net)");
    };
    for (call, ended) in all_behind(lead) {
        assert_eq!(ended.code, Some(0), "{call}: {}", ended.stderr);
    }
}

/// The guard, compiled; nothing where there is no compiler for it or no such guard on this system.
fn guard(place: &Place) -> Option<PathBuf> {
    let (source, program) = (place.path("guard.c"), place.path("guard"));
    place.write("guard.c", GUARD);
    let made = Command::new("cc").arg("-o").arg(&program).arg(&source).output();
    made.is_ok_and(|made| made.status.success()).then_some(program)
}

#[cfg(unix)]
#[test]
fn no_command_ever_asks_for_a_socket() {
    use std::os::unix::process::ExitStatusExt;
    let place = Place::new();
    let Some(guard) = guard(&place) else {
        return skip("the guard against sockets can't be compiled here (cc, Linux)");
    };
    let caught = Command::new(&guard).arg("--socket").status().expect("the guard starts");
    if caught.signal() != Some(SIGSYS) {
        return skip("the guard against sockets does not work here (seccomp)");
    }
    for (call, ended) in all_behind(&[guard.to_str().expect("a plain path")]) {
        assert_eq!(ended.code, Some(0), "{call}: {}", ended.stderr);
    }
}
