"""Compares the oracle's figures with an output folder of remnant.

Areas must agree to 1e-6 relative or 1 m2, whichever is larger; statuses,
counts, ids and what became of each record must be equal.  Columns that
interface.md does not name are looked for under a few likely names; one that
can't be found is a note, not a difference.
"""
import csv
import json
import os

from oracle_geo import SetAside
import oracle_geo as geo


class Report:
    def __init__(self):
        self.differences, self.notes, self.compared, self.kinds = [], [], 0, {}

    def differ(self, kind, message):
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self.differences.append("%s: %s" % (kind, message))

    def note(self, message):
        if message not in self.notes:
            self.notes.append(message)


def close(a, b, floor=1.0):
    return abs(a - b) <= max(floor, 1e-6 * max(abs(a), abs(b)))


def value(row, *names):
    """First of the columns that is there: (found, value)."""
    low = {k.lower(): k for k in row if k}
    for n in names:
        if n in low:
            return True, row[low[n]]
    return False, None


def num(v):
    if v is None or (isinstance(v, str) and v.strip().lower() in ("", "null", "none")):
        return None
    return float(v)


AREAS = ("area_m2", "baseline_m2", "suspected_m2", "confirmed_m2", "remaining_m2", "cancelled_m2",
         "reduced_m2", "cleared_m2", "released_m2", "release_outside_hazard_m2", "repeated_release_m2")
PERIOD = ("opening_m2", "newly_recorded_m2", "recontaminated_m2", "period_cancelled_m2",
          "period_reduced_m2", "period_cleared_m2", "closing_m2")
COUNTS = ("hazards", "releases", "evidence_points", "incidents", "killed", "injured",
          "ap_mines", "av_mines", "erw", "uxo", "submunitions", "ied")


def compare_figures(report, where, expect, row, period):
    for k in AREAS + (PERIOD if period else ()):
        if k == "area_m2" and expect["code"] is None:
            continue        # the contract does not say what area this would be
        there, v = value(row, k)
        v = num(v) if there else None
        if not there or v is None:
            report.differ("missing", "%s has no %s" % (where, k))
            continue
        report.compared += 1
        if not close(expect[k], v):
            report.differ("area", "%s %s: oracle %.4f, remnant %.4f (%.3g)"
                          % (where, k, expect[k], v, v - expect[k]))
    there, v = value(row, "released_share")
    if there:
        v, e = num(v), expect["released_share"]
        report.compared += 1
        if expect["baseline_m2"] > 100 and (v is None or abs(v - e) > 2.0 / expect["baseline_m2"] + 2e-6):
            report.differ("share", "%s released_share: oracle %r, remnant %r" % (where, e, v))
        if expect["baseline_m2"] == 0 and v is not None:
            report.differ("share", "%s released_share is %r where the baseline is 0" % (where, v))
    for k in COUNTS:
        there, v = value(row, k)
        v = num(v) if there else None
        if v is None:
            if expect[k]:
                report.differ("missing", "%s has no %s, oracle %r" % (where, k, expect[k]))
            continue
        report.compared += 1
        if v != expect[k]:
            report.differ(k, "%s %s: oracle %r, remnant %r" % (where, k, expect[k], v))


def read_csv(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def load(path):
    with open(path, encoding="utf-8-sig") as f:
        return json.load(f)


def norm(v):
    return None if v is None or (isinstance(v, str) and v.strip() == "") else str(v)


def idlist(v):
    if v is None:
        return []
    if isinstance(v, str):
        s = v.strip()
        if s.startswith("["):
            v = json.loads(s)
        else:
            v = [x for x in (p.strip() for p in s.replace(";", ",").replace("|", ",").split(",")) if x]
    return sorted(str(x) for x in v)


def compare(result, folder):
    report = Report()
    period = bool(result["settings"]["since"])
    expect = {d["code"]: d for d in result["districts"]}
    join = lambda n: os.path.join(folder, n)
    summary = load(join("summary.json"))

    if summary.get("as_of") != result["settings"]["as_of"]:
        report.differ("as_of", "oracle %r, remnant %r" % (result["settings"]["as_of"], summary.get("as_of")))
    for k, have in (("total", summary.get("total")), ("outside", summary.get("outside"))):
        if have is None:
            report.differ("missing", "summary.json has no %s" % k)
        else:
            compare_figures(report, "summary.json " + k, result[k], have, period)

    def district_rows(name, rows):
        seen = {}
        for row in rows:
            _, code = value(row, "code")
            code = norm(code)
            _, label = value(row, "name")
            if code is None or (code not in expect and code.lower() in ("null", "outside")):
                if "total" in str(label or "").lower():
                    code = "total"
                else:
                    code = None
            elif code not in expect and code.lower() == "total":
                code = "total"
            if code in seen:
                report.differ("districts", "%s lists %r twice" % (name, code))
            seen[code] = row
        for code, e in expect.items():
            if code not in seen:
                report.differ("districts", "%s lacks district %r" % (name, code))
            else:
                compare_figures(report, "%s %r" % (name, code), e, seen[code], period)
        for code in seen:
            if code is not None and code != "total" and code not in expect:
                report.differ("districts", "%s has the unknown district %r" % (name, code))
        if None in seen:
            compare_figures(report, "%s outside" % name, result["outside"], seen[None], period)
        elif name != "summary.json":      # there it has a place of its own
            report.differ("districts", "%s has no row for land outside all districts" % name)

    district_rows("summary.json", summary.get("districts") or [])
    district_rows("districts.csv", read_csv(join("districts.csv")))
    district_rows("districts.geojson", [f["properties"] for f in load(join("districts.geojson"))["features"]]
                  ) if os.path.exists(join("districts.geojson")) else report.note("no districts.geojson")

    # ---- what became of each record
    counted = {}
    for i in summary.get("inputs") or []:
        role = str(i.get("role", "")).rstrip("s")
        c = counted.setdefault(role, [0, 0, 0, 0])
        for j, k in enumerate(("records", "used", "repaired", "set_aside")):
            c[j] += i.get(k) or 0
    mine = {}
    for i in result["inputs"]:
        c = mine.setdefault(i["role"].rstrip("s"), [0, 0, 0, 0])
        for j, k in enumerate(("records", "used", "repaired", "set_aside")):
            c[j] += i[k]
    for role, c in mine.items():
        report.compared += 4
        if counted.get(role) != c:
            report.differ("inputs", "%s [records, used, repaired, set aside]: oracle %r, remnant %r"
                          % (role, c, counted.get(role)))
    there, v = value(summary, "unplaced_hazards")
    if there and v != result["unplaced_hazards"]:
        report.differ("unplaced", "oracle %r, remnant %r" % (result["unplaced_hazards"], v))

    rows = read_csv(join("records.csv"))
    if len(rows) != len(result["records"]):
        report.differ("records", "records.csv has %d rows, oracle %d" % (len(rows), len(result["records"])))
    else:
        for e, row in zip(result["records"], rows):
            where = "record %s %s (feature %d)" % (e["role"], e["id"], e["feature"])
            there, v = value(row, "id")
            if there and v != e["id"]:
                report.differ("record id", "%s: remnant %r" % (where, v))
            there, v = value(row, "fate", "status", "outcome", "result", "use", "became", "state")
            if not there:
                report.note("records.csv: no column for what became of a record; columns %s" % list(row))
            else:
                report.compared += 1
                if (v or "").replace("_", "-").replace(" ", "-") != e["fate"]:
                    report.differ("fate", "%s: oracle %s %s, remnant %s" % (where, e["fate"], e["reasons"], v))
            for key, names in (("area_m2", ("geometry_area_m2", "geometry_m2", "area_geometry_m2", "area_m2")),
                               ("credited_m2", ("credited_m2", "area_credited_m2", "credited_area_m2")),
                               ("repeated_m2", ("repeated_m2", "repeated_release_m2", "area_repeated_m2")),
                               ("outside_m2", ("outside_m2", "outside_hazard_m2", "release_outside_hazard_m2",
                                               "outside_any_hazard_m2", "area_outside_m2"))):
                there, v = value(row, *names)
                if not there:
                    report.note("records.csv: no column found for %s; columns %s" % (key, list(row)))
                    continue
                report.compared += 1
                v = num(v) or 0.0
                want = e[key]
                if e["fate"] == "set-aside" and key == "area_m2":
                    continue     # the contract does not say
                if e["role"].startswith("hazard") and key in ("credited_m2", "repeated_m2"):
                    continue     # remnant gives what a hazard recorded, and what was contaminated already
                if not close(want, v):
                    report.differ("record " + key, "%s: oracle %.4f, remnant %.4f" % (where, want, v))

    # ---- zones
    zones = [f["properties"] for f in load(join("zones.geojson"))["features"]] \
        if os.path.exists(join("zones.geojson")) else read_csv(join("zones.csv"))
    pools = {}
    for row in zones:
        pools.setdefault(norm(value(row, "id")[1]), []).append(row)
    have = sum(len(v) for v in pools.values())
    if have != len(result["zones"]):
        report.differ("zones", "remnant has %d zones, oracle %d" % (have, len(result["zones"])))
    for e in result["zones"]:
        pool = pools.get(e["id"])
        if not pool:
            report.differ("zones", "zone %r is missing" % e["id"])
            continue
        row = min(pool, key=lambda r: abs((num(value(r, "area_m2")[1]) or 0) - e["area_m2"]))
        pool.remove(row)
        where = "zone %s" % e["id"]
        report.compared += 1
        _, status = value(row, "status")
        if status != e["status"]:
            msg = "%s: oracle %s, remnant %s (%s)" % (where, e["status"], status, value(row, "reasons")[1])
            report.note("borderline " + msg) if e["borderline"] else report.differ("zone status", msg)
        for key, names in (("area_m2", ("area_m2",)), ("suspected_m2", ("suspected_m2",)),
                           ("confirmed_m2", ("confirmed_m2",)),
                           ("remaining_m2", ("remaining_m2", "contaminated_m2")),
                           ("cancelled_m2", ("cancelled_m2",)), ("reduced_m2", ("reduced_m2",)),
                           ("cleared_m2", ("cleared_m2",))):
            there, v = value(row, *names)
            if not there:
                report.note("zones: no column found for %s; columns %s" % (key, list(row)))
                continue
            report.compared += 1
            if not close(e[key], num(v) or 0.0):
                report.differ("zone " + key, "%s: oracle %.4f, remnant %s" % (where, e[key], v))
        there, v = value(row, "hazard_ids")
        if there:
            report.compared += 1
            if idlist(v) != idlist(e["hazard_ids"]):
                report.differ("zone hazard_ids", "%s: oracle %r, remnant %r" % (where, e["hazard_ids"], v))
        there, v = value(row, "nearest_hazard_m")
        v, d = num(v), e["nearest_hazard_m"]
        report.compared += 1
        if (v is None) != (d is None) or (d is not None and abs(v - d) > max(0.05, 2e-5 * d)) and not e["borderline"]:
            report.differ("zone nearest", "%s: oracle %r, remnant %r" % (where, d, v))
        elif d is not None:
            there, v = value(row, "nearest_hazard_id")
            if there and norm(v) not in e["nearest_ids"]:
                report.differ("zone nearest id", "%s: oracle any of %r, remnant %r" % (where, e["nearest_ids"], v))
        there, v = value(row, "last_release")
        report.compared += 1
        if norm(v) != e["last_release"]:
            report.differ("zone last_release", "%s: oracle %r, remnant %r" % (where, e["last_release"], v))
    there, v = value(summary, "zones")
    if isinstance(v, dict) and not any(z["borderline"] for z in result["zones"]):
        for k, c in result["zone_statuses"].items():
            if (v.get(k) or 0) != c:
                report.differ("zone statuses", "%s: oracle %d, remnant %r" % (k, c, v.get(k)))

    # ---- remnant's own checks
    for c in summary.get("checks") or []:
        if c.get("holds") is not True:
            report.differ("self-check", "remnant says that %r does not hold (%r)" % (c.get("name"), c.get("difference")))

    # ---- the land as drawn adds up to the figures
    for name, keys in (("remaining.geojson", ("suspected", "confirmed")),
                       ("released.geojson", ("cancelled", "reduced", "cleared"))):
        if os.path.exists(join(name)):
            drawn_land(report, name, load(join(name)), keys, result)
    return report


def drawn_land(report, name, doc, keys, result):
    """Area of the drawn land per class.  Written coordinates are rounded, so
    the tolerance is wider: it grows with the number of vertices."""
    sums = {}
    for f in doc["features"]:
        p = f["properties"]
        word = next((str(v) for k, v in p.items() if k.lower() in ("class", "kind", "state", "status")
                     and str(v) in keys), None)
        if word is None:
            report.note("%s: no property names the class; properties %s" % (name, list(p)))
            return
        try:
            shape = geo.read_shape(f["geometry"])
        except SetAside as e:
            report.differ("drawn", "%s: a feature has %s" % (name, e))
            continue
        plane = geo.Plane([shape])
        area, length, count = 0.0, 0.0, 0
        for poly in plane.footprint(shape):
            for i, r in enumerate(poly):
                q = r - r[0]
                s = abs((q[:-1, 0] * q[1:, 1] - q[1:, 0] * q[:-1, 1]).sum()) / 2
                area += s if i == 0 else -s
                count += len(r)
                length += float((((r[1:] - r[:-1]) ** 2).sum(1) ** 0.5).sum())
        t = sums.setdefault(word, [0.0, 0.0])
        t[0] += area
        t[1] += length * 0.01          # a hundredth of a metre along every border
    for k in keys:
        have, slack = sums.get(k, (0.0, 0.0))
        want = result["total"][k + "_m2"]
        report.compared += 1
        if abs(have - want) > max(1.0, 1e-6 * want) + slack:
            report.differ("drawn", "%s %s: drawn %.2f, figures of the oracle %.2f" % (name, k, have, want))
