//! What a run is to do: the options over the project file over the defaults.

use std::path::{Path, PathBuf};

use jiff::Zoned;
use jiff::civil::Date;
use remnant::error::{Error, Location, Result};
use remnant::pipeline::{Job, LayerSpec};
use remnant::report::Role;
use remnant::settings::{Format, Settings};

use crate::args::{LayerArgs, RunArgs};
use crate::project::Project;

/// Where the output goes if nobody says.
const DEFAULT_OUT: &str = "remnant-out";

/// What a run is to do.
#[derive(Debug)]
pub struct Plan {
    /// What is read and how it is accounted for.
    pub job: Job,
    /// The output folder.
    pub out: PathBuf,
    /// The table of published figures.
    pub published: Option<PathBuf>,
    project: Option<PathBuf>,
    profiles: Vec<PathBuf>,
}

impl Plan {
    /// The plan of a call.
    pub fn of(call: &RunArgs) -> Result<Self> {
        let project = call.project.as_deref().map(Project::read).transpose()?.unwrap_or_default();
        // The local day, as the system tells it; UTC where it tells no time zone.
        let settings = settings(call, &project, Zoned::now().date())?;
        let out = call.output.out.clone().or_else(|| project.out.clone());
        let out = out.unwrap_or_else(|| PathBuf::from(DEFAULT_OUT));
        if let Some(cache) = &settings.cache {
            refuse_cache_in_output(cache, &out)?;
        }
        let profiles = project.profiles;
        let layers = layers(&call.layers, project.layers)?;
        Ok(Self {
            job: Job { layers, settings },
            out,
            published: project.published,
            project: call.project.clone(),
            profiles,
        })
    }

    /// Every file that is read, which the output must spare.
    pub fn inputs(&self) -> Vec<&Path> {
        let layers = &self.job.layers;
        let aliases = layers.iter().filter_map(|layer| layer.aliases.as_deref());
        let profiles = self.profiles.iter().map(PathBuf::as_path);
        let paths = layers.iter().map(|layer| layer.path.as_path());
        paths.chain(aliases).chain(profiles).chain(self.project.as_deref()).collect()
    }
}

/// The output folder is swapped for a new one: a cache in it would be in the way, or go with the former one.
fn refuse_cache_in_output(cache: &Path, out: &Path) -> Result<()> {
    let place = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        // As much of it as is there, with its links resolved.
        let there = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
        match there.map(|(above, truly)| path.strip_prefix(above).map(|rest| truly.join(rest))) {
            Some(Ok(path)) => path,
            _ => path,
        }
    };
    if !place(cache).starts_with(place(out)) {
        return Ok(());
    }
    Err(Error::unusable(
        "the cache folder can't be used",
        Location::file(cache),
        "it is the output folder or lies in it, which every run replaces as a whole",
        "name a folder elsewhere with --cache",
    ))
}

fn settings(call: &RunArgs, project: &Project, today: Date) -> Result<Settings> {
    let account = &call.account;
    let default = Settings::new(today);
    let settings = Settings {
        as_of: account.as_of.or(project.as_of),
        since: account.since.or(project.since),
        series: account.series.or(project.series),
        boundaries: account.boundaries.or(project.boundaries),
        dates: account.dates.or(project.dates).unwrap_or(default.dates),
        outside: account.outside.or(project.outside).unwrap_or(default.outside),
        safety_distance_m: account.safety_distance.or(project.safety_distance_m).unwrap_or(default.safety_distance_m),
        geometry: !call.output.no_geometry,
        formats: formats(&call.output.format, &project.formats),
        hxl: call.output.hxl || project.hxl,
        faces: call.output.faces || project.faces,
        threads: account.threads,
        memory: account.memory,
        cache: call.output.cache.clone().or_else(|| project.cache.clone()),
        today,
        public: call.output.public || project.public.unwrap_or(default.public),
        weights: project.weights.clone(),
        limits: account.limits.over(project.limits)?,
    };
    match (settings.since, settings.as_of) {
        (Some(since), Some(as_of)) if since > as_of => Err(Error::unusable(
            "the period ends before it begins",
            Location::default(),
            format!("--since {since} is after --as-of {as_of}"),
            "give a --since that is not after --as-of",
        )),
        _ => Ok(settings),
    }
}

/// The formats of the call, or else of the project file, each once.
fn formats(call: &[Format], project: &[Format]) -> Vec<Format> {
    let mut formats = if call.is_empty() { project } else { call }.to_vec();
    formats.sort_unstable();
    formats.dedup();
    formats
}

fn layers(args: &LayerArgs, project: Vec<LayerSpec>) -> Result<Vec<LayerSpec>> {
    let mut layers = Vec::new();
    for (role, paths) in [
        (Role::Hazards, &args.hazards),
        (Role::Releases, &args.releases),
        (Role::Districts, &args.districts),
        (Role::Zones, &args.zones),
        (Role::Incidents, &args.incidents),
        (Role::Coverage, &args.coverage),
    ] {
        if paths.is_empty() {
            layers.extend(project.iter().filter(|layer| layer.role == role).cloned());
        }
        for given in paths {
            let (path, layer) = file_and_layer(given)?;
            let class = args.hazard_class.filter(|_| role == Role::Hazards);
            let kind = args.release_kind.filter(|_| role == Role::Releases);
            layers.push(LayerSpec { layer, class, kind, ..LayerSpec::new(role, path) });
        }
    }
    if args.exposure.is_empty() {
        layers.extend(project.iter().filter(|layer| layer.role == Role::Exposure).cloned());
    }
    for (theme, given) in &args.exposure {
        let (path, layer) = file_and_layer(given)?;
        layers.push(LayerSpec { layer, theme: Some(theme.clone()), ..LayerSpec::new(Role::Exposure, path) });
    }
    for layer in &mut layers {
        layer.crs = layer.crs.take().or_else(|| args.crs.clone());
        layer.encoding = layer.encoding.take().or_else(|| args.encoding.clone());
    }
    if layers.iter().all(|layer| layer.role != Role::Hazards) {
        return Err(Error::unusable(
            "no hazards are given",
            Location::default(),
            "an account begins with the hazardous areas",
            "name their file with --hazards, or in a project file as a [[layer]] with role = \"hazards\"",
        ));
    }
    Ok(layers)
}

/// `PATH#layer` taken apart, for every command.
///
/// A file whose name holds the `#` is taken whole; a name that is not UTF-8 is, too.
pub fn file_and_layer(given: &Path) -> Result<(PathBuf, Option<String>)> {
    let whole = || Ok((given.to_owned(), None));
    let exists = |path: &Path| path.symlink_metadata().is_ok();
    let Some(text) = given.to_str().filter(|_| !exists(given)) else { return whole() };
    // A layer's name may hold a # as well: the longest path that is there.
    let found = text.rmatch_indices('#').map(|(at, _)| (&text[..at], &text[at + 1..])).find(|(path, _)| {
        // The empty path stands for nothing.
        !path.is_empty() && exists(Path::new(path))
    });
    match found {
        Some((path, "")) => Err(Error::unusable(
            "a layer without a name is asked for",
            Location::file(given),
            "nothing follows the #",
            format!("name the layer after the #, or write {path} alone"),
        )),
        Some((path, layer)) => Ok((PathBuf::from(path), Some(layer.to_owned()))),
        // The error about a missing file is to name what was given.
        None => whole(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use remnant::records::{HazardClass, ReleaseKind};

    use super::*;
    use crate::args::{Cli, Command};

    fn call(options: &[&str]) -> Box<RunArgs> {
        let cli = Cli::parse_from(["remnant", "run"].iter().chain(options));
        let Command::Run(call) = cli.command else { panic!("it is a run") };
        call
    }

    #[test]
    fn a_file_with_a_hash_in_its_name_wins() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for name in ["a", "b#c"] {
            std::fs::write(at(name), "").expect("a file");
        }
        let layer = |name: &str| Some(name.to_owned());
        assert_eq!(file_and_layer(&at("a#b")).ok(), Some((at("a"), layer("b"))));
        assert_eq!(file_and_layer(&at("a#b#c")).ok(), Some((at("a"), layer("b#c"))));
        assert_eq!(file_and_layer(&at("b#c")).ok(), Some((at("b#c"), None)));
        assert_eq!(file_and_layer(&at("b#c#d")).ok(), Some((at("b#c"), layer("d"))));
        assert_eq!(file_and_layer(&at("no#such")).ok(), Some((at("no#such"), None)));
        assert!(file_and_layer(&at("a#")).is_err());
    }

    #[test]
    fn options_win_over_the_project_role_by_role() {
        let spec = |role, path: &str, crs: Option<&str>| LayerSpec {
            crs: crs.map(str::to_owned),
            ..LayerSpec::new(role, path)
        };
        let project =
            vec![spec(Role::Hazards, "old", None), spec(Role::Zones, "z", Some("own")), spec(Role::Zones, "y", None)];
        let call = call(&["--hazards", "new", "--hazard-class", "confirmed", "--crs", "EPSG:4326"]);
        let layers = layers(&call.layers, project).expect("right");
        let found: Vec<_> = layers.iter().map(|l| (l.path.to_str(), l.crs.as_deref(), l.class)).collect();
        assert_eq!(
            found,
            [
                (Some("new"), Some("EPSG:4326"), Some(HazardClass::Confirmed)),
                (Some("z"), Some("own"), None),
                (Some("y"), Some("EPSG:4326"), None)
            ]
        );
    }

    #[test]
    fn formats_of_the_call_win_and_stand_once() {
        let project = Project { formats: vec![Format::GeoParquet], hxl: true, ..Project::default() };
        let today = Date::constant(2024, 1, 1);
        let asked = |options: &[&str]| settings(&call(options), &project, today).expect("right");
        let settings = asked(&["--format", "gpkg,flatgeobuf", "--format", "gpkg", "--faces"]);
        assert_eq!(settings.formats, [Format::GeoPackage, Format::FlatGeobuf]);
        assert!(settings.faces && settings.hxl);
        assert_eq!(asked(&[]).formats, [Format::GeoParquet]);
        assert!(Cli::try_parse_from(["remnant", "run", "--format", "dxf"]).is_err());
        assert!(Cli::try_parse_from(["remnant", "run", "--faces", "--no-geometry"]).is_err());
        assert!(Cli::try_parse_from(["remnant", "run", "--format", "gpkg", "--no-geometry"]).is_err());
    }

    #[test]
    fn a_cache_lies_outside_the_output() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("out")).expect("made");
        #[cfg(unix)]
        std::os::unix::fs::symlink(at("out"), at("link")).expect("made");
        for (cache, refused) in
            [("out", true), ("out/cache", true), ("link/x/y", true), ("cache", false), ("outside", false)]
        {
            assert_eq!(
                refuse_cache_in_output(&at(cache), &at("out")).is_err(),
                refused && (cfg!(unix) || !cache.starts_with("link")),
                "{cache}"
            );
        }
        assert!(refuse_cache_in_output(&at("new/cache"), &at("new")).is_err());
        assert!(refuse_cache_in_output(&at("cache"), &at("cache/out")).is_ok());
        let project = Project { cache: Some(PathBuf::from("kept")), ..Project::default() };
        let today = Date::constant(2024, 1, 1);
        let asked = |options: &[&str]| settings(&call(options), &project, today).expect("right").cache;
        assert_eq!(asked(&["--cache", "other"]), Some(PathBuf::from("other")));
        assert_eq!(asked(&[]), project.cache);
    }

    #[test]
    fn a_kind_is_for_releases_only() {
        let call = call(&["--hazards", "h", "--releases", "r", "--release-kind", "cleared"]);
        let layers = layers(&call.layers, Vec::new()).expect("right");
        assert_eq!(layers.iter().map(|l| l.kind).collect::<Vec<_>>(), [None, Some(ReleaseKind::Cleared)]);
    }

    #[test]
    fn a_period_does_not_end_before_it_begins() {
        let project = Project { as_of: Some(Date::constant(2020, 1, 1)), ..Project::default() };
        let today = Date::constant(2024, 1, 1);
        assert!(settings(&call(&["--since", "2020-01-02"]), &project, today).is_err());
        let settings = settings(&call(&["--since", "2020-01-02", "--as-of", "2020-01-02"]), &project, today);
        assert!(settings.is_ok_and(|s| s.as_of == s.since && s.safety_distance_m == 100.0));
    }
}
