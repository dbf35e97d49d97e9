#!/usr/bin/env python3
"""The same comparison on real data: minefields of Bosnia and Herzegovina and
the municipalities of geoBoundaries.

    real_check.py --remnant BIN --mines DIR --districts DIR [--districts-file F]

The suspected areas carry no class (so they are `suspected`), the cleared areas
no kind (so --release-kind cleared), and nothing carries a date.  With and
without --dates ignore the figures must therefore be the same, and both must be
the oracle's.  Round zones are laid about some of the incidents.
"""
import argparse
import glob
import json
import os
import sys
import tempfile
import time

import oracle
import oracle_compare
from random_check import run_remnant


def one(folder, pattern):
    found = sorted(glob.glob(os.path.join(folder, pattern)))
    if len(found) != 1:
        raise SystemExit("%s in %s: %d files" % (pattern, folder, len(found)))
    return found[0]


def make_zones(incidents, path, every=6, radius=750):
    """Zones about every sixth incident, and a box beside it."""
    with open(incidents, encoding="utf-8") as f:
        feats = json.load(f)["features"]
    out = []
    for i, f in enumerate(feats[::every]):
        x, y = f["geometry"]["coordinates"][:2]
        out.append({"type": "Feature", "properties": {"id": "D%d" % i, "name": "Disc %d" % i, "radius_m": radius},
                    "geometry": {"type": "Point", "coordinates": [x, y]}})
        out.append({"type": "Feature", "properties": {"id": "B%d" % i, "name": "Box %d" % i},
                    "geometry": {"type": "Polygon", "coordinates": [[[x + .01, y], [x + .02, y], [x + .02, y + .01],
                                                                     [x + .01, y + .01], [x + .01, y]]]}})
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"type": "FeatureCollection", "features": out}, f)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--remnant", help="without it only the oracle runs")
    p.add_argument("--mines", required=True, help="folder of the mine data")
    p.add_argument("--districts", required=True, help="folder of the districts")
    p.add_argument("--districts-file", default="*ADM3.geojson")
    p.add_argument("--as-of", default="2024-12-31")
    p.add_argument("--work")
    p.add_argument("--timeout", type=int, default=600)
    o = p.parse_args()
    work = o.work or tempfile.mkdtemp(prefix="remnant-real-")
    incidents = one(o.mines, "incidents*.geojson")
    zones = os.path.join(work, "zones.geojson")
    make_zones(incidents, zones)
    base = ["--hazards", one(o.mines, "suspect_areas*.geojson"), "--releases", one(o.mines, "cleared_areas*.geojson"),
            "--release-kind", "cleared", "--districts", one(o.districts, o.districts_file),
            "--incidents", incidents, "--zones", zones, "--as-of", o.as_of]
    bad, totals = 0, []
    for name, opts in (("dates ignored", ["--dates", "ignore"]), ("dates replayed", ["--dates", "replay"]),
                       ("outside as baseline", ["--dates", "ignore", "--outside", "baseline"])):
        t = time.time()
        expected = oracle.account(oracle.parser().parse_args(base + opts))
        print("%s: oracle %.1f s, %d faces, worst record out by %.3g m2"
              % (name, time.time() - t, expected["faces"], expected["worst_record_difference_m2"]))
        for c in expected["checks"]:
            print("  the oracle doubts itself:", c)
        print("  total:", ", ".join("%s %.1f" % (k, expected["total"][k]) for k in
                                    ("suspected_m2", "cleared_m2", "release_outside_hazard_m2", "repeated_release_m2")))
        print("  zones:", expected["zone_statuses"], " unplaced hazards:", expected["unplaced_hazards"])
        totals.append(expected["total"])
        if not o.remnant:
            continue
        out = os.path.join(work, name.replace(" ", "-"))
        t = time.time()
        problem = run_remnant(o.remnant, base + opts, out, o.timeout)
        if problem:
            print("  remnant failed:", problem)
            bad += 1
            continue
        report = oracle_compare.compare(expected, out)
        for n in report.notes:
            print("  note:", n)
        for d in report.differences[:40]:
            print("  DIFFERENT:", d)
        print("  remnant %.1f s, %d figures compared, %d differences"
              % (time.time() - t, report.compared, len(report.differences)))
        bad += len(report.differences)
    if totals[0] != totals[1]:
        print("the oracle itself differs between the two date policies on undated data")
        bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
