//! The whole line on one screen: files -> features -> records -> faces -> figures.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::account::{Cache, account_here};
use crate::audit;
use crate::error::{Error, Location, Result};
use crate::finding::{Code, Finding};
use crate::guard;
use crate::progress::{Progress, share};
use crate::read::{Bearings, Digest};
use crate::records::{HazardClass, ReleaseKind, Survey};
use crate::report::{Account, Input, Report, Role, RunFacts};
use crate::settings::Settings;
use crate::store::{Store, Watch};
use crate::understand::mapping::Mapping;
use crate::understand::{OpenLayer, OpenSource, common_area, settle};

/// A layer to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerSpec {
    /// What it is read as.
    pub role: Role,
    /// The file.
    pub path: PathBuf,
    /// The layer of a container; `None` for the only one.
    pub layer: Option<String>,
    /// The CRS where the file states none.
    pub crs: Option<String>,
    /// The encoding of text where the file states none.
    pub encoding: Option<String>,
    /// What the bearings of a table of turning points are measured from.
    pub bearings: Option<Bearings>,
    /// A table of names and codes that are wrong in the layer, for districts. Its first column names a field of the layer and holds the
    /// values of the features meant; `code`, `name` and `reason` say what is right and why. Each use is a finding.
    pub aliases: Option<PathBuf>,
    /// The class of hazards where the layer has no such field.
    pub class: Option<HazardClass>,
    /// The kind of releases where the layer has no such field.
    pub kind: Option<ReleaseKind>,
    /// What people use, for layers of exposure: `roads`, `farmland`, `schools` or any other word.
    pub theme: Option<String>,
    /// What the layer's fields and values are called, and mean.
    pub mapping: Mapping,
    /// The coordinate operation by its code, such as `EPSG:15865`, where the best one is not to be chosen.
    pub operation: Option<String>,
}

impl LayerSpec {
    /// A layer of which nothing is said but its role and its file.
    pub fn new(role: Role, path: impl Into<PathBuf>) -> Self {
        Self {
            role,
            path: path.into(),
            layer: None,
            crs: None,
            encoding: None,
            aliases: None,
            class: None,
            kind: None,
            bearings: None,
            theme: None,
            mapping: Mapping::default(),
            operation: None,
        }
    }
}

/// Everything that a run needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The layers, in the order of the call.
    pub layers: Vec<LayerSpec>,
    /// The settings.
    pub settings: Settings,
}

/// Reads, accounts and reports; writes nothing.
///
/// # Errors
/// [`Error::Unusable`] where a file or a layer can't be used at all, [`Error::Interrupted`] where `progress` asks for an
/// end, [`Error::Failed`] where the program fails.
pub fn run(job: &Job, progress: &dyn Progress) -> Result<Report> {
    guard::caught_in_stage(progress, |progress| job.settings.pool()?.install(|| report(job, progress)))
}

fn report(job: &Job, progress: &dyn Progress) -> Result<Report> {
    let (started, clock) = (jiff::Timestamp::now(), Instant::now());
    let cache = Cache::open(&job.settings, &names(job))?;
    let store = Store::new(job.settings.memory);
    let Read { survey, inputs, mut findings, sources } = read(job, &store, progress)?;
    let survey = Arc::new(survey);
    let account = || account_here(&survey, &job.settings, cache.as_ref(), &store, progress);
    let (seen_together, account) = rayon::join(|| audit::survey(&survey, &inputs), account);
    let mut account = account?;
    findings.extend(seen_together);
    findings.extend(audit::records(&account.records));
    findings.append(&mut account.findings);
    // Layers, features and codes put findings in an order of their own, whichever thread made them.
    findings.sort_by(|a, b| (a.origin, a.code, &a.message).cmp(&(b.origin, b.code, &b.message)));
    account.findings = findings;
    account.checks.extend(audit::counts(&inputs));
    let run = RunFacts {
        started: started.to_string(),
        seconds: clock.elapsed().as_secs_f64(),
        threads: rayon::current_num_threads(),
        peak_memory_bytes: peak_memory(),
    };
    Ok(Report { account, inputs, sources, run })
}

/// What tells this job from others that share a cache: what is read as what.
fn names(job: &Job) -> Vec<String> {
    let name = |layer: &LayerSpec| {
        let path = std::path::absolute(&layer.path).unwrap_or_else(|_| layer.path.clone());
        format!("{} {:?} {:?}", layer.role.word(), path, layer.layer)
    };
    job.layers.iter().map(name).collect()
}

/// Reads once and accounts for several dates: `(since, as_of)` each, with the other settings of the job. Tables only: no
/// shapes are drawn, and zones are left out.
///
/// # Errors
/// Those of [`run`]; also where an account fails one of its own checks.
pub fn accounts(job: &Job, dates: &[(Option<Date>, Date)], progress: &dyn Progress) -> Result<Vec<Account>> {
    let mut job = job.clone();
    job.settings.geometry = false;
    job.layers.retain(|layer| !matches!(layer.role, Role::Zones | Role::Coverage));
    let work = |progress: &dyn Progress| {
        let store = Store::new(job.settings.memory);
        let Read { survey, sources, .. } = read(&job, &store, progress)?;
        let survey = Arc::new(survey);
        let account = |&(since, as_of): &_| account_of(&survey, &job.settings, since, as_of, &store, progress);
        let accounts = dates.iter().map(account).collect::<Result<_>>()?;
        sources.iter().try_for_each(Digest::check)?;
        Ok(accounts)
    };
    guard::caught_in_stage(progress, |progress| job.settings.pool()?.install(|| work(progress)))
}

fn account_of(
    survey: &Arc<Survey>,
    settings: &Settings,
    since: Option<Date>,
    as_of: Date,
    store: &Store,
    progress: &dyn Progress,
) -> Result<Account> {
    let settings = Settings { since, as_of: Some(as_of), ..settings.clone() };
    let account = account_here(survey, &settings, None, store, progress)?;
    match account.checks.iter().find(|check| !check.holds) {
        None => Ok(account),
        Some(check) => Err(Error::failed(
            "the account fails its own check",
            Location::default(),
            format!("{} (difference {})", check.name, check.difference),
            "please report this fault of the program with the files, if you may",
        )),
    }
}

/// What stages 1 and 2 give.
struct Read {
    survey: Survey,
    inputs: Vec<Input>,
    findings: Vec<Finding>,
    sources: Vec<Digest>,
}

/// Stages 1 and 2: every layer opened, brought to one plane and understood.
fn read(job: &Job, store: &Store, progress: &dyn Progress) -> Result<Read> {
    if !job.layers.iter().any(|l| l.role == Role::Hazards) {
        let remedy = "name at least one layer of hazardous areas with --hazards";
        return Err(Error::unusable(
            "there is nothing to account for",
            Location::default(),
            "no hazard layer is given",
            remedy,
        ));
    }
    // Files are read and hashed side by side; the first of the call that fails is the one that is told.
    let sources: Vec<_> = job.layers.par_iter().map(|spec| OpenSource::of(spec, &job.settings)).collect();
    let bytes = |source: &Result<OpenSource<'_>>| source.as_ref().map_or(0, OpenSource::bytes) as f64;
    let all_bytes = sources.iter().map(bytes).sum::<f64>().max(1.0);
    let mut read = 0.0;
    let mut layers: Vec<OpenLayer<'_>> = Vec::with_capacity(sources.len());
    for (number, source) in (0..).zip(sources) {
        let from = read;
        read += share::READ * bytes(&source) / all_bytes;
        layers.push(OpenLayer::open(source?, number, &job.settings, store, progress, (from, read))?);
    }
    let sources: Vec<Digest> = layers.iter().flat_map(OpenLayer::files).cloned().collect();
    settle(&mut layers)?;
    let area = common_area(&layers)?;
    let (mut survey, mut inputs, mut findings) = (Survey::default(), Vec::new(), Vec::new());
    if job.layers.iter().any(|l| l.role == Role::Coverage) {
        survey.coverage = Some(Vec::new());
    }
    survey.themes = job.layers.iter().filter(|l| l.role == Role::Exposure).map(theme_of).collect();
    for layer in layers {
        let (input, mut parts) = layer.understand(area, &job.settings, store, progress)?;
        inputs.push(input);
        findings.append(&mut parts.findings);
        survey.append(parts.survey);
        if progress.advance(0) {
            return Err(Error::Interrupted);
        }
    }
    // Those of layers that were read while there was room.
    Watch::new(store).again(&mut survey)?;
    findings.extend(crate::understand::spare_open(&mut survey));
    if let Some(as_of) = job.settings.as_of.filter(|&as_of| as_of > job.settings.today) {
        let text = format!(
            "the account is as of {as_of}, after the day of this run: releases that are only planned count as done by then"
        );
        findings.push(Finding::of_run(Code::FutureDate, text));
    }
    Ok(Read { survey, inputs, findings, sources })
}

/// The theme of a layer of what people use, made comparable.
pub(crate) fn theme_of(spec: &LayerSpec) -> String {
    spec.theme.as_deref().map(crate::read::fold).filter(|theme| !theme.is_empty()).unwrap_or_else(|| "other".to_owned())
}

/// The largest amount of memory that the process held so far, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}
