#!/usr/bin/env python3
"""An independent check of the land-release accounting, written from the
contract (accounting.md, interface.md) alone.

    oracle.py --hazards F... [--releases F...] [--districts F...] [--zones F...]
              [--incidents F...] [--coverage F...] [options] --out oracle.json
    oracle.py (same) --compare OUTDIR       exit 1 if OUTDIR differs

Reads GeoJSON in longitude/latitude.  Places where the contract leaves a choice
are listed in NOTES.md and marked "N<number>" here.
"""
import argparse
import calendar
import datetime
import json
import re
import sys

import numpy as np
import shapely

import oracle_geo as geo

STATES = ("suspected", "confirmed", "cancelled", "reduced", "cleared")
KINDS = ("cancelled", "reduced", "cleared")
RANK = {"suspected": 0, "confirmed": 1, "cleared": 2, "reduced": 3, "cancelled": 4}
DEVICES = ("ap_mines", "av_mines", "erw", "uxo", "submunitions", "ied")
ID_NAMES = ("id", "localid", "local_id", "hazard_id", "hazard_localid", "hazreduc_id",
            "hazreduc_localid", "imsma_id", "guid", "globalid")
CLASS_NAMES = ("class", "classification", "hazard_class", "hazard_type", "ha_type", "type")
KIND_NAMES = ("kind", "release", "release_type", "activity", "activity_type", "type")
DATE_NAMES = ("date", "report_date", "reportdate", "recorded", "date_recorded", "dateofinfo",
              "completion_date", "end_date", "status_date")
STATED_NAMES = ("area_m2", "areasize", "area_stated_m2")
CODE_NAMES = ("code", "pcode", "adm1_pcode", "adm2_pcode", "shapeid", "iso_3166_2", "id")
NAME_NAMES = ("name", "adm1_en", "adm2_en", "adm1_name", "adm2_name", "shapename", "name_en")
CLASS_VALUES = {"suspected": "suspected", "sha": "suspected", "suspected hazardous area": "suspected",
                "confirmed": "confirmed", "cha": "confirmed", "confirmed hazardous area": "confirmed",
                "dha": "confirmed"}
KIND_VALUES = {"cancelled": "cancelled", "cancellation": "cancelled", "nts": "cancelled",
               "non-technical survey": "cancelled", "reduced": "reduced", "reduction": "reduced",
               "ts": "reduced", "technical survey": "reduced", "cleared": "cleared",
               "clearance": "cleared", "bac": "cleared"}
FROM = 1.0                    # m2 from which a record counts as live or covering
FIRST_NUMBER = 1              # N1: number of the first feature of a file


# --------------------------------------------------------------- records

class Record:
    def __init__(self, role, path, layer, index):
        self.role, self.path, self.layer, self.index = role, path, layer, index
        self.fate, self.reasons = "used", []
        self.shape = self.date = self.cls = self.kind = self.accuracy = None
        self.box = None           # readable positions of a record set aside
        self.area = self.credited = self.repeated = self.outside = 0.0
        self.devices = {}

    def repair(self, why):
        if self.fate == "used":
            self.fate = "repaired"
        self.reasons.append(why)

    def set_aside(self, why):
        self.fate = "set-aside"
        self.reasons.append(why)

    @property
    def counts(self):
        return self.fate != "set-aside"


def text(value):
    """A value as text; None when there is none."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    s = value if isinstance(value, str) else json.dumps(value)
    return s if s.strip() else None


def number(value):
    try:
        v = float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError):
        return None
    return v if v is not None and np.isfinite(v) else None


class Fields:
    """Which of a layer's fields carries what: the first accepted name, in the
    order of the contract, that any feature of the file has (N2)."""

    def __init__(self, features):
        self.names = {}
        for f in features:
            for k in (f.get("properties") or {}):
                self.names.setdefault(k.strip().lower(), k)

    def find(self, accepted):
        return next((self.names[n] for n in accepted if n in self.names), None)


def get(feature, field):
    return (feature.get("properties") or {}).get(field) if field else None


DATE = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2})"
                  r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?$", re.I)


def read_date(value, last):
    """(date or None, understood).  Partial dates: first day, or the last."""
    s = text(value)
    if s is None:
        return None, True
    m = DATE.match(s.strip())
    if not m:
        return None, False
    try:
        y = int(m[1])
        mo = int(m[2]) if m[2] else (12 if last else 1)
        if m[3]:
            d = int(m[3])
        else:
            d = calendar.monthrange(y, mo)[1] if last else 1
        return datetime.date(y, mo, d).isoformat(), True
    except ValueError:
        return None, False


def read_layers(role, paths, opt):
    records = []
    for layer, path in enumerate(paths):
        with open(path, encoding="utf-8-sig") as f:
            doc = json.load(f)
        features = doc["features"] if doc.get("type") == "FeatureCollection" else [doc]
        fields = Fields(features)
        f_id, f_date = fields.find(ID_NAMES), fields.find(DATE_NAMES)
        f_class, f_kind = fields.find(CLASS_NAMES), fields.find(KIND_NAMES)
        f_code, f_name = fields.find(CODE_NAMES), fields.find(NAME_NAMES)
        f_acc, f_radius = fields.find(("accuracy_m", "accuracy")), fields.find(("radius_m",))
        if role == "releases" and features and not f_kind and not opt.release_kind:
            raise SystemExit("release layer %s has no kind field; give --release-kind" % path)
        for i, feature in enumerate(features):
            r = Record(role, path, layer, i)
            records.append(r)
            r.id = (text(get(feature, f_id)) or text(feature.get("id"))
                    or str(i + FIRST_NUMBER))
            r.code = text(get(feature, f_code)) or text(feature.get("id")) or str(i + FIRST_NUMBER)
            r.name = text(get(feature, f_name))
            geometry = feature.get("geometry")
            try:
                r.shape = geo.read_shape(geometry)
            except geo.SetAside as e:
                r.set_aside(str(e))
            r.box = geo.all_positions(geometry)
            # --- attributes
            if role in ("hazards", "releases", "incidents"):
                r.date, ok = read_date(get(feature, f_date), role == "releases")
                r.readable_date = r.date
                if opt.dates == "ignore" and role != "incidents":
                    r.date, ok = None, True          # N3: dates are not read
                if not ok:
                    if role == "releases":
                        r.set_aside("date not understood")
                    elif r.counts and role == "hazards":
                        r.repair("date not understood")
            if role == "hazards":
                if f_class is None:
                    r.cls = opt.hazard_class or "suspected"
                else:
                    word = text(get(feature, f_class))
                    r.cls = CLASS_VALUES.get((word or "").strip().lower())
                    if r.cls is None:                # N4: missing counts as not understood
                        r.cls = "suspected"
                        if r.counts:
                            r.repair("class not understood")
                acc = number(get(feature, f_acc))
                r.accuracy = acc if acc and acc > 0 else 0.0
            if role == "releases":
                if f_kind is None:
                    r.kind = opt.release_kind
                else:
                    r.kind = KIND_VALUES.get((text(get(feature, f_kind)) or "").strip().lower())
                    if r.kind is None:
                        r.set_aside("kind not understood")
                for name in DEVICES:
                    v = number(get(feature, fields.find((name,))))
                    if v is not None:
                        r.devices[name] = v
            if role == "incidents":
                for name in ("killed", "injured"):
                    setattr(r, name, number(get(feature, fields.find((name,)))) or 0)
            # --- what geometry the role takes
            if not r.counts:
                continue
            kind = r.shape.kind
            if role == "zones" and kind in ("point", "line"):
                radius = number(get(feature, f_radius))
                if not radius or radius <= 0:
                    r.set_aside("no radius")
                    continue
                s = geo.Shape("area")
                if kind == "point":
                    s.polygons = [[geo.disc(lon, lat, radius)] for lon, lat in r.shape.points]
                else:
                    s.polygons = [p for l in r.shape.lines for p in geo.corridor(l, radius)]
                r.shape = s
            elif role == "incidents":
                if kind != "point":
                    r.set_aside("not a point")
            elif kind != "area" and not (role == "hazards" and kind == "point"):
                r.set_aside("no area")
            elif kind == "area" and r.shape.repaired:
                r.repair("not valid by OGC Simple Features")
    return records


# ---------------------------------------------------------------- replay

def replay_key(r):
    """Order of replay.  Undated hazards, then undated releases, then dates."""
    if r.date is None:
        when = (0 if r.role == "hazards" else 1, "")
    else:
        when = (2, r.date)
    layer_order = 0 if r.role == "hazards" else 1
    return when + (RANK[r.cls or r.kind], tuple(map(ord, r.id)), layer_order, r.layer, r.index)


class Land:
    """What the replay says of one set of covering records."""
    __slots__ = ("state", "live", "credited", "outside", "repeated", "flows",
                 "opening_flows", "ever", "opening_state")


def replay(records, until, since, baseline):
    """`records` in order; `until` and `since` are dates or None."""
    land = Land()
    state, live = "none", []
    flows = dict.fromkeys(("new", "again") + KINDS, 0)
    land.credited, land.outside, land.repeated = [], [], []
    land.opening_flows, land.opening_state = None, None
    for r in records:
        if r.date is not None and until is not None and r.date > until:
            break
        if since is not None and land.opening_flows is None and r.date is not None and r.date > since:
            land.opening_flows, land.opening_state = dict(flows), state
        if r.role == "hazards":
            if state in ("suspected", "confirmed"):
                live.append(r)
                if r.cls == "confirmed":
                    state = "confirmed"
            else:
                flows["new" if state == "none" else "again"] += 1
                state, live = r.cls, [r]
        elif state in ("suspected", "confirmed"):
            state, live = r.kind, []
            flows[r.kind] += 1
            land.credited.append(r)
        elif state == "none":
            if baseline:
                state = r.kind
                flows["new"] += 1
                flows[r.kind] += 1
                land.credited.append(r)
            else:
                land.outside.append(r)
        else:
            land.repeated.append(r)
    if land.opening_flows is None:
        land.opening_flows, land.opening_state = dict(flows), state
    land.state, land.live, land.flows = state, live, flows
    land.ever = flows["new"] > 0
    return land


# --------------------------------------------------------------- account

def blank(code, name, since):
    f = {"code": code, "name": name, "area_m2": 0.0}
    for k in STATES:
        f[k + "_m2"] = 0.0
    for k in ("release_outside_hazard_m2", "repeated_release_m2"):
        f[k] = 0.0
    for k in ("hazards", "releases", "evidence_points", "incidents", "killed", "injured") + DEVICES:
        f[k] = 0
    if since:
        for k in ("opening_m2", "newly_recorded_m2", "recontaminated_m2", "period_cancelled_m2",
                  "period_reduced_m2", "period_cleared_m2", "closing_m2"):
            f[k] = 0.0
    return f


def finish(f):
    f["remaining_m2"] = f["suspected_m2"] + f["confirmed_m2"]
    f["released_m2"] = f["cancelled_m2"] + f["reduced_m2"] + f["cleared_m2"]
    f["baseline_m2"] = f["remaining_m2"] + f["released_m2"]
    f["released_share"] = f["released_m2"] / f["baseline_m2"] if f["baseline_m2"] > 0 else None


def account(opt):
    layers = {role: read_layers(role, getattr(opt, role), opt)
              for role in ("hazards", "releases", "districts", "zones", "incidents", "coverage")}
    everything = [r for rs in layers.values() for r in rs]
    areal = [r for r in everything if r.counts and r.shape.kind == "area"]
    plane = geo.Plane([r.shape for r in areal])
    footprints = [plane.footprint(r.shape) for r in areal]
    faces = geo.Faces(plane, footprints)
    checks, worst = [], 0.0
    for i, r in enumerate(areal):
        r.faces = faces.covered[i]
        r.area = float(faces.area[r.faces].sum())
        if r.area <= 0:
            r.set_aside("no area")
        # A corridor is made of pieces that overlap on purpose.
        valid = r.fate == "used" and r.role != "zones" and len(footprints[i]) == len(r.shape.polygons) and not r.shape.repaired
        diff = faces.check(i, footprints[i], valid)
        if abs(diff) > max(1.0, 1e-6 * r.area) / 4:
            checks.append("faces of %s %s differ from its own area by %.4f m2" % (r.role, r.id, diff))
        worst = max(worst, abs(diff))
    hazards, releases, districts, zones, incidents, coverage = (
        [r for r in layers[k] if r.counts] for k in layers)

    today = opt.today or datetime.date.today().isoformat()
    dated = [r.readable_date for k in ("hazards", "releases", "incidents") for r in layers[k]
             if getattr(r, "readable_date", None)]
    as_of = opt.as_of or max([d for d in dated if d <= today], default=None)
    since, baseline = opt.since, opt.outside == "baseline"

    # --- who covers each face
    n = len(faces.polys)
    covers = [[] for _ in range(n)]
    for r in sorted([h for h in hazards if h.shape.kind == "area"] + releases, key=replay_key):
        for k in r.faces:
            covers[k].append(r)
    codes = sorted({d.code for d in districts})
    names = {}
    for d in districts:
        names.setdefault(d.code, d.name)
    home = [None] * n
    for d in sorted(districts, key=lambda d: d.code, reverse=True):
        for k in d.faces:
            home[k] = d.code              # the first code is written last

    cache, lands = {}, [None] * n
    for k in range(n):
        if covers[k]:
            key = tuple(map(id, covers[k]))
            if key not in cache:
                cache[key] = replay(covers[k], as_of, since, baseline)
            lands[k] = cache[key]

    # --- figures
    places = {c: blank(c, names[c], since) for c in codes}
    outside, total = blank(None, None, since), blank(None, None, since)
    share = {}                            # (code or None or "total") -> {record: m2}
    live_in, cover_in = {}, {}
    for k in range(n):
        a = float(faces.area[k])
        f = places[home[k]] if home[k] is not None else outside
        if home[k] is not None:
            f["area_m2"] += a
            total["area_m2"] += a
        land = lands[k]
        if land is None:
            continue
        for r in {x: 1 for x in land.credited}:
            r.credited += a * land.credited.count(r)
        for r in land.outside:
            r.outside += a
        for r in land.repeated:
            r.repeated += a
        for g, key in ((f, home[k]), (total, "total")):
            if land.state != "none":
                g[land.state + "_m2"] += a
            if land.outside:
                g["release_outside_hazard_m2"] += a
            if land.repeated:
                g["repeated_release_m2"] += a
            if since:
                d = {x: land.flows[x] - land.opening_flows[x] for x in land.flows}
                g["newly_recorded_m2"] += a * d["new"]
                g["recontaminated_m2"] += a * d["again"]
                for x in KINDS:
                    g["period_%s_m2" % x] += a * d[x]
                if land.opening_state in ("suspected", "confirmed"):
                    g["opening_m2"] += a
                if land.state in ("suspected", "confirmed"):
                    g["closing_m2"] += a
            for r in land.live:
                live_in.setdefault(key, {}).setdefault(r, 0.0)
                live_in[key][r] += a
            for r in covers[k]:
                if r.role == "releases" and in_effect(r, as_of):
                    cover_in.setdefault(key, {}).setdefault(r, 0.0)
                    cover_in[key][r] += a
    everywhere = [(outside, None), (total, "total")] + [(places[c], c) for c in codes]
    for f, key in everywhere:
        finish(f)
        f["hazards"] = sum(v >= FROM for v in live_in.get(key, {}).values())
        f["releases"] = sum(v >= FROM for v in cover_in.get(key, {}).values())   # N14
        if since:
            gap = f["opening_m2"] + f["newly_recorded_m2"] + f["recontaminated_m2"] - f["closing_m2"] \
                - sum(f["period_%s_m2" % x] for x in KINDS)
            if abs(gap) > 0.01:
                checks.append("the balance of %r is out by %g m2" % (key, gap))

    def place_of(lon, lat):
        """First code whose district holds the point, border included."""
        at = [d.code for d in districts if geo.place_point(d.shape, lon, lat) >= 0]
        return min(at) if at else None

    # --- devices: whole, in the district with the largest part (N17)
    for r in releases:
        if not in_effect(r, as_of) or not r.devices:
            continue
        part = {}
        for k in r.faces:
            if home[k] is not None:
                part[home[k]] = part.get(home[k], 0.0) + float(faces.area[k])
        best = min(part, key=lambda c: (-round(part[c], 2), c)) if part else None
        for g in (places[best] if best is not None else outside, total):
            for name, v in r.devices.items():
                g[name] += v

    # --- incidents
    for r in incidents:
        if r.date is not None and as_of is not None and r.date > as_of:
            continue
        for lon, lat in r.shape.points[:1]:
            c = place_of(lon, lat)
            for g in (places[c] if c is not None else outside, total):
                g["incidents"] += 1
                g["killed"] += r.killed
                g["injured"] += r.injured

    # --- evidence points
    evidence = []
    for r in hazards:
        if r.shape.kind != "point" or not in_effect(r, as_of):
            continue
        for lon, lat in r.shape.points:
            if not any(in_effect(x, as_of) and (x.date is None or (r.date is None or x.date > r.date))  # N20
                       and geo.place_point(x.shape, lon, lat) > 0 for x in releases):
                evidence.append((r, lon, lat))
                c = place_of(lon, lat)
                for g in (places[c] if c is not None else outside, total):
                    g["evidence_points"] += 1

    # --- zones
    zone_out, statuses = [], dict.fromkeys(
        ("contaminated", "near", "unknown", "released", "no-record"), 0)
    contaminated = [k for k in range(n) if lands[k] and lands[k].state in ("suspected", "confirmed")]

    def lonlat(k):
        return shapely.transform(faces.polys[k], plane.to_lonlat)

    target = np.array([lonlat(k) for k in contaminated], dtype=object)
    covered_faces = {k for c in coverage for k in c.faces}
    aside = [r for r in layers["hazards"] if not r.counts]
    big = live_in.get("total", {})
    for z in zones:
        out = {"id": z.id, "name": z.name, "area_m2": z.area, "reasons": []}
        for k in STATES:
            out[k + "_m2"] = 0.0
        live, last, ever, uncovered = {}, {}, 0.0, 0.0
        for k in z.faces:
            a, land = float(faces.area[k]), lands[k]
            if coverage and k not in covered_faces:
                uncovered += a
            if land is None:
                continue
            ever += a if land.ever else 0.0
            if land.state != "none":
                out[land.state + "_m2"] += a
            for r in land.live:
                live[r] = live.get(r, 0.0) + a
            for r in set(land.credited):
                last[r] = last.get(r, 0.0) + a
        finish(out)
        del out["released_share"]
        out["hazard_ids"] = sorted(r.id for r, v in live.items() if v >= FROM)
        out["last_release"] = max((r.date for r, v in last.items() if v >= FROM and r.date), default=None)
        threshold = min(1.0, 1e-6 * z.area)          # N22
        near = geo.Near([lonlat(k) for k in z.faces])
        d = near.distances(target) if len(target) else np.zeros(0)
        if out["remaining_m2"] > threshold and len(d):
            d = np.where(np.isin(contaminated, z.faces), 0.0, d)
        by_record = {}
        for i, k in enumerate(contaminated):
            for r in lands[k].live:
                if big.get(r, 0.0) >= FROM:
                    by_record[r] = min(by_record.get(r, np.inf), float(d[i]))
        out["nearest_hazard_m"] = min(by_record.values(), default=None)
        out["nearest_ids"] = sorted(r.id for r, v in by_record.items()
                                    if v <= out["nearest_hazard_m"] + 0.01)
        reach = lambda r: max(opt.safety_distance, r.accuracy or 0.0)
        in_zone = [r for r, x, y in evidence if geo.place_point(z.shape, x, y) >= 0]
        points = [(r, float(near.distances([shapely.Point(x, y)])[0])) for r, x, y in evidence]
        margins = [v - reach(r) for r, v in by_record.items()] + [v - reach(r) for r, v in points]
        # A verdict that hangs on a few centimetres or on a sliver is not a
        # difference worth an alarm.
        out["borderline"] = bool(any(abs(m) < 0.05 for m in margins)
                                 or 0 < out["remaining_m2"] < 3 * threshold + 0.01 and out["remaining_m2"] > 1e-4)
        if out["remaining_m2"] > threshold or in_zone:
            status = "contaminated"
        elif any(m <= 0 for m in margins):
            status = "near"
        elif any(box_distance(near, r.box, z) <= opt.safety_distance for r in aside if r.box) \
                or uncovered > threshold:            # N24
            status = "unknown"
        elif ever > threshold:
            status = "released"
        else:
            status = "no-record"
        out["status"] = status
        statuses[status] += 1
        zone_out.append(out)

    result = {
        "settings": {"as_of": as_of, "since": since, "dates": opt.dates, "outside": opt.outside,
                     "safety_distance_m": opt.safety_distance, "today": today},
        "inputs": [{"role": role, "path": path, "records": len(rs),
                    "used": sum(r.fate == "used" for r in rs),
                    "repaired": sum(r.fate == "repaired" for r in rs),
                    "set_aside": sum(r.fate == "set-aside" for r in rs)}
                   for role in layers for n_, path in enumerate(getattr(opt, role))
                   for rs in [[r for r in layers[role] if r.layer == n_]]],
        "records": [{"role": r.role[:-1], "layer": r.layer, "feature": r.index + FIRST_NUMBER, "id": r.id,
                     "fate": r.fate, "reasons": r.reasons, "area_m2": r.area, "credited_m2": r.credited,
                     "repeated_m2": r.repeated, "outside_m2": r.outside}
                    for k in ("hazards", "releases") for r in layers[k]],
        "districts": [places[c] for c in codes], "outside": outside, "total": total,
        "zones": zone_out, "zone_statuses": statuses,
        "unplaced_hazards": sum(not r.box for r in aside),
        "checks": checks, "faces": n, "worst_record_difference_m2": worst,
    }
    for f in result["districts"] + [outside, total]:
        for k in ("killed", "injured", "incidents", "evidence_points") + DEVICES:
            f[k] = int(f[k]) if float(f[k]).is_integer() else f[k]
    return result


def in_effect(r, as_of):
    return r.date is None or as_of is None or r.date <= as_of


def box_distance(near, points, zone):
    """Distance from a zone to the box of a broken record's readable points."""
    arr, _ = geo.unwrap(points)
    lo, hi = arr.min(0), arr.max(0)
    # The box follows parallels, which are bent in the azimuthal plane.
    edge = np.linspace(0, 1, 33)
    ring = [(lo[0] + (hi[0] - lo[0]) * t, lo[1]) for t in edge] \
        + [(hi[0], lo[1] + (hi[1] - lo[1]) * t) for t in edge] \
        + [(hi[0] - (hi[0] - lo[0]) * t, hi[1]) for t in edge] \
        + [(lo[0], hi[1] - (hi[1] - lo[1]) * t) for t in edge]
    if lo[0] == hi[0] and lo[1] == hi[1]:
        g = shapely.Point(lo)
    elif lo[0] == hi[0] or lo[1] == hi[1]:
        g = shapely.LineString(ring)
    else:
        g = shapely.Polygon(ring)
    return float(near.distances([g])[0])


# ---------------------------------------------------------------- options

def parser():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for role in ("hazards", "releases", "districts", "zones", "incidents", "coverage"):
        p.add_argument("--" + role, nargs="*", default=[], action="extend")
    p.add_argument("--as-of")
    p.add_argument("--since")
    p.add_argument("--dates", choices=("replay", "ignore"), default="replay")
    p.add_argument("--outside", choices=("separate", "baseline"), default="separate")
    p.add_argument("--safety-distance", type=float, default=100.0)
    p.add_argument("--hazard-class", choices=("suspected", "confirmed"))
    p.add_argument("--release-kind", choices=KINDS)
    p.add_argument("--today", help="day of the run, for repeatable runs")
    p.add_argument("--out")
    p.add_argument("--compare", metavar="OUTDIR")
    return p


def main(argv=None):
    opt = parser().parse_args(argv)
    result = account(opt)
    if opt.out:
        with open(opt.out, "w", encoding="utf-8") as f:
            json.dump(result, f, indent=1, ensure_ascii=False)
            f.write("\n")
    for c in result["checks"]:
        print("self-check of the oracle:", c, file=sys.stderr)
    if opt.compare:
        import oracle_compare
        report = oracle_compare.compare(result, opt.compare)
        for line in report.notes:
            print("note:", line)
        for line in report.differences:
            print("DIFFERENT:", line)
        print("%d figures compared, %d differences" % (report.compared, len(report.differences)))
        return 1 if report.differences else 0
    if not opt.out:
        json.dump(result["total"], sys.stdout, indent=1)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
