//! What the program is made of: licences, sources and versions of its dependencies by `deny.toml`, and the bill of
//! materials in `crates/remnant.cdx.json` (CycloneDX 1.6). With `REMNANT_SBOM=write` the bill is written anew.
//!
//! cargo itself says which packages are compiled, with which features, for Linux on x86-64. Nothing is fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

const TARGET: &str = "x86_64-unknown-linux-gnu";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What cargo prints; nothing where it lacks packages that were never needed on this machine.
fn cargo(arguments: &[&str]) -> Option<String> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let out = Command::new(program).current_dir(root()).args(arguments).args(["--locked", "--offline"]).output();
    match out {
        Ok(out) if out.status.success() => Some(String::from_utf8(out.stdout).expect("cargo speaks UTF-8")),
        other => {
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "cargo {arguments:?}: {other:?}");
            println!("skipped: cargo can't tell offline what {TARGET} needs");
            None
        }
    }
}

/// A package, by its name and version.
type Key = (String, String);

#[derive(Debug, Clone, Default)]
struct Package {
    licence: String,
    needs: BTreeSet<Key>,
}

/// The packages under one of ours, or under all of them.
fn packages(whose: &[&str], edges: &str) -> Option<BTreeMap<Key, Package>> {
    let format = ["--prefix", "depth", "--format", " {p}|{l}"];
    let call = [&["tree", "--target", TARGET, "--edges", edges][..], &format, whose].concat();
    let mut packages = BTreeMap::<Key, Package>::new();
    let mut above: Vec<Key> = Vec::new();
    for line in cargo(&call)?.lines().filter(|line| !line.is_empty()) {
        let (depth, rest) = line.split_once(' ').expect("a depth before each package");
        let (package, licence) = rest.split_once('|').expect("a licence after each package");
        let mut words = package.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let key = (name.to_owned(), version.trim_start_matches('v').to_owned());
        above.truncate(depth.parse().expect("a depth"));
        if let Some(parent) = above.last().and_then(|parent| packages.get_mut(parent)) {
            parent.needs.insert(key.clone());
        }
        let entry = packages.entry(key.clone()).or_default();
        entry.licence = licence.trim_end_matches(" (*)").trim().replace('/', " OR ");
        above.push(key);
    }
    Some(packages)
}

fn deny() -> toml::Table {
    let text = fs::read_to_string(root().join("deny.toml")).expect("deny.toml");
    text.parse().expect("deny.toml is TOML")
}

fn lock() -> Vec<toml::Table> {
    let text = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    let lock: toml::Table = text.parse().expect("Cargo.lock is TOML");
    let packages = lock["package"].as_array().expect("packages");
    packages.iter().map(|p| p.as_table().expect("a package").clone()).collect()
}

fn strings(value: &toml::Value) -> BTreeSet<&str> {
    value.as_array().expect("a list").iter().map(|v| v.as_str().expect("a text")).collect()
}

/// Whether an SPDX expression can be met by allowed licences alone.
fn met(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let expression = expression.trim();
    let mut depth = 0;
    let parts = |by: &str| -> Vec<&str> {
        let (mut parts, mut from) = (Vec::new(), 0);
        let mut depth = 0;
        for (at, c) in expression.char_indices() {
            depth += i32::from(c == '(') - i32::from(c == ')');
            if depth == 0 && expression[at..].starts_with(by) && at >= from {
                parts.push(&expression[from..at]);
                from = at + by.len();
            }
        }
        parts.push(&expression[from..]);
        parts
    };
    // A bracket round all of it opens at the start and closes at the end, and nowhere in between.
    let whole = expression.starts_with('(')
        && expression.char_indices().all(|(at, c)| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth > 0 || at + 1 == expression.len()
        });
    if whole {
        return met(&expression[1..expression.len() - 1], allowed);
    }
    let (any, all) = (parts(" OR "), parts(" AND "));
    if any.len() > 1 {
        any.iter().any(|part| met(part, allowed))
    } else if all.len() > 1 {
        all.iter().all(|part| met(part, allowed))
    } else {
        // An exception only permits more.
        allowed.contains(expression.split(" WITH ").next().unwrap_or_default())
    }
}

#[test]
fn expressions_of_licences_are_understood() {
    let allowed = BTreeSet::from(["MIT", "Zlib", "Apache-2.0"]);
    for (expression, wanted) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR GPL-3.0) AND Zlib", true),
        ("(GPL-2.0 OR GPL-3.0) AND Zlib", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("", false),
    ] {
        assert_eq!(met(expression, &allowed), wanted, "{expression}");
    }
}

#[test]
fn dependencies_keep_to_what_deny_toml_allows() {
    let Some(packages) = packages(&["--workspace"], "normal,build,dev") else { return };
    assert!(packages.len() > 100, "{} packages only", packages.len());
    let deny = deny();
    let allowed = strings(&deny["licenses"]["allow"]);
    let refused: Vec<_> = packages.iter().filter(|(_, p)| !met(&p.licence, &allowed)).collect();
    assert!(refused.is_empty(), "licences that deny.toml does not allow: {refused:?}");

    let registries = strings(&deny["sources"]["allow-registry"]);
    for package in lock() {
        if let Some(source) = package.get("source").and_then(|s| s.as_str()) {
            let known = source.strip_prefix("registry+").is_some_and(|url| registries.contains(url));
            assert!(known && package.contains_key("checksum"), "{:?} comes from {source}", package["name"]);
        }
    }

    let skipped = deny["bans"]["skip"].as_array().expect("a list");
    let skipped: BTreeSet<&str> = skipped.iter().map(|s| s["crate"].as_str().expect("a crate")).collect();
    let mut versions = BTreeMap::<&str, Vec<&str>>::new();
    for (name, version) in packages.keys() {
        versions.entry(name).or_default().push(version);
    }
    let mut doubled = BTreeSet::new();
    for (name, versions) in versions.iter().filter(|(_, versions)| versions.len() > 1) {
        // One may be as it is; every other has its reason.
        let listed: Vec<String> =
            versions.iter().map(|v| format!("{name}@{v}")).filter(|v| skipped.contains(v.as_str())).collect();
        assert!(listed.len() + 1 >= versions.len(), "{name} is there as {versions:?}, without a reason in deny.toml");
        doubled.extend(listed);
    }
    let stale: Vec<_> = skipped.iter().filter(|s| !doubled.contains(**s)).collect();
    assert!(stale.is_empty(), "deny.toml gives reasons for versions that are not there twice: {stale:?}");
}

/// The text between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before:?}")).1;
    rest.split_once(after).unwrap_or_else(|| panic!("no {after:?}")).0.trim()
}

/// What is compiled into the program without being a package of cargo's: who carries it, and what it is.
fn carried(sources: &BTreeMap<Key, PathBuf>) -> Vec<(Key, Value)> {
    let of = |name: &str| sources.iter().find(|(key, _)| key.0 == name).unwrap_or_else(|| panic!("no {name}"));
    let read = |path: PathBuf| fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let part = |name: &str, version: &str, licence: Value, about: &str| {
        json!({
            "type": "library", "bom-ref": format!("pkg:generic/{name}@{version}"), "name": name, "version": version,
            "description": about, "scope": "required", "licenses": [licence],
            "purl": format!("pkg:generic/{name}@{version}"),
        })
    };
    let spdx = |id: &str| json!({"license": {"id": id}});
    let mut parts = Vec::new();

    let (key, folder) = of("proj-sys");
    let proj = "9.6.2";
    let tarball = folder.join(format!("PROJSRC/proj-{proj}.tar.gz"));
    let member = format!("proj-{proj}/data/sql/metadata.sql");
    let sql = Command::new("tar").arg("-xzOf").arg(&tarball).arg(member).output().expect("tar");
    let sql = String::from_utf8(sql.stdout).expect("SQL");
    parts.push((key.clone(), part("proj", proj, spdx("MIT"), "coordinate transformations, and its database proj.db")));
    let terms = json!({"license": {"name": "EPSG terms of use", "url": "https://epsg.org/terms-of-use.html"}});
    let epsg = between(&sql, "'EPSG.VERSION', '", "'");
    parts.push((key.clone(), part("epsg-dataset", epsg, terms, "coordinate reference systems, in proj.db")));

    let (key, folder) = of("libsqlite3-sys");
    let header = read(folder.join("sqlite3/sqlite3.h"));
    let sqlite = between(&header, "#define SQLITE_VERSION ", "\n").trim_matches('"');
    parts.push((key.clone(), part("sqlite", sqlite, spdx("blessing"), "databases")));

    let (key, folder) = of("libmimalloc-sys");
    // The crate carries versions 2 and 3, and compiles 3 unless it is asked for the other.
    let header = read(folder.join("c_src/mimalloc/v3/include/mimalloc.h"));
    let number: u32 = between(&header, "#define MI_MALLOC_VERSION ", "//").parse().expect("a number");
    let mimalloc = format!("{}.{}.{}", number / 10_000, number / 100 % 100, number % 100);
    parts.push((key.clone(), part("mimalloc", &mimalloc, spdx("MIT"), "memory")));

    let (key, _) = of("zstd-sys");
    let zstd = key.1.split_once("+zstd.").expect("the version of zstd").1;
    parts.push((key.clone(), part("zstd", zstd, spdx("BSD-3-Clause"), "compression")));

    let script = read(root().join("crates/remnant/src/write/page/vendor/leaflet/leaflet.js"));
    let leaflet = between(&script, "Leaflet ", ",").trim();
    let remnant = sources.keys().find(|key| key.0 == "remnant").expect("remnant").clone();
    parts.push((remnant, part("leaflet", leaflet, spdx("BSD-2-Clause"), "the map of report.html")));
    parts
}

fn bill() -> Option<Value> {
    let linked = packages(&["--package", "remnant-cli"], "normal")?;
    let built = packages(&["--package", "remnant-cli"], "normal,build")?;
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--format-version", "1", "--filter-platform", TARGET])?)
            .expect("JSON");
    let text = |p: &Value, name: &str| p[name].as_str().expect("a text").to_owned();
    let mut sources = BTreeMap::<Key, PathBuf>::new();
    for p in metadata["packages"].as_array().expect("packages") {
        let key = (text(p, "name"), text(p, "version"));
        if built.contains_key(&key) {
            let manifest = PathBuf::from(text(p, "manifest_path"));
            sources.insert(key, manifest.parent().expect("a folder").to_path_buf());
        }
    }
    let sums: BTreeMap<Key, String> = lock()
        .iter()
        .filter_map(|p| {
            let of = |name: &str| Some(p.get(name)?.as_str()?.to_owned());
            Some(((of("name")?, of("version")?), of("checksum")?))
        })
        .collect();
    let reference = |key: &Key| format!("pkg:cargo/{}@{}", key.0, key.1);
    let mut depends: BTreeMap<String, BTreeSet<String>> =
        built.iter().map(|(key, p)| (reference(key), p.needs.iter().map(reference).collect())).collect();
    let mut components = Vec::new();
    let whole = built.keys().find(|key| key.0 == "remnant-cli")?;
    for (key, package) in built.iter().filter(|(key, _)| *key != whole) {
        let mut component = json!({
            "type": "library", "bom-ref": reference(key), "name": key.0, "version": key.1,
            // What only builds the program is no part of it.
            "scope": if linked.contains_key(key) { "required" } else { "excluded" },
            "licenses": [{"expression": package.licence}], "purl": reference(key),
        });
        if let Some(sum) = sums.get(key) {
            component["hashes"] = json!([{"alg": "SHA-256", "content": sum}]);
        }
        components.push(component);
    }
    for (by, component) in carried(&sources) {
        let itself = component["bom-ref"].as_str().expect("a reference").to_owned();
        depends.entry(reference(&by)).or_default().insert(itself.clone());
        depends.insert(itself, BTreeSet::new());
        components.push(component);
    }
    let depends: Vec<Value> = depends.iter().map(|(of, on)| json!({"ref": of, "dependsOn": on})).collect();
    Some(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": reference(whole), "name": "remnant", "version": whole.1,
                "licenses": [{"expression": built[whole].licence}], "purl": reference(whole),
            },
            "properties": [{"name": "target", "value": TARGET}],
        },
        "components": components,
        "dependencies": depends,
    }))
}

#[test]
fn the_bill_of_materials_is_that_of_the_lock_file() {
    let Some(bill) = bill() else { return };
    let path = root().join("crates/remnant.cdx.json");
    let text = serde_json::to_string_pretty(&bill).expect("JSON") + "\n";
    if std::env::var_os("REMNANT_SBOM").is_some_and(|what| what == "write") {
        fs::write(&path, &text).expect("the bill can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{} is not that of Cargo.lock: write it anew with REMNANT_SBOM=write", path.display());
    let all = bill["components"].as_array().expect("components");
    let known = |name: &str| all.iter().any(|c| c["name"] == name && c["version"] != "");
    for name in ["proj", "epsg-dataset", "sqlite", "mimalloc", "zstd", "leaflet", "i_overlay", "remnant-geometry"] {
        assert!(known(name), "{name} is missing");
    }
}
