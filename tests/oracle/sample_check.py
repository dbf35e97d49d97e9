#!/usr/bin/env python3
"""The oracle against random points: sample_check.py [--seeds A..B] [--points N]

A point's state is found straight from the source rings in longitude/latitude,
without projecting, noding or faces, and the shares of the states are compared
with the oracle's areas, district by district.  It can't see small errors, but
no error of a whole face escapes it.  Prints the worst deviation in standard
deviations; exit 1 above 5.
"""
import argparse
import math
import os
import random
import sys
import tempfile

import numpy as np

import hand_cases
import oracle
import oracle_geo as geo
import scenarios


def one(seed, count, folder):
    files, place = scenarios.generate(seed, folder, 40, dirty=0.4)
    if not files["hazards"]:
        return place, 0.0
    argv = [a for role, names in files.items() for n in names for a in ("--" + role, os.path.join(folder, n))]
    rng = random.Random(seed)
    argv += ["--outside", rng.choice(["separate", "baseline"]), "--dates", rng.choice(["replay", "replay", "ignore"])]
    opt = oracle.parser().parse_args(argv)
    result = oracle.account(opt)
    layers = {role: [r for r in oracle.read_layers(role, getattr(opt, role), opt)
                     if r.counts and r.shape.kind == "area"] for role in ("hazards", "releases", "districts")}
    corners = np.array([p for rs in layers.values() for r in rs for poly in r.shape.polygons for p in poly[0]])
    if scenarios.PLACES[place][0] == 180.0:
        corners[:, 0] %= 360.0
    (x1, y1), (x2, y2) = corners.min(0), corners.max(0)
    # Uniform on the ellipsoid: even in longitude and in the authalic q.
    gen = np.random.default_rng(seed)
    lon = gen.uniform(x1, x2, count)
    steps = np.linspace(y1, y2, 4001)
    lat = np.interp(gen.uniform(hand_cases.q(y1), hand_cases.q(y2), count), [hand_cases.q(v) for v in steps], steps)
    whole = hand_cases.R(x1, y1, x2, y2)

    def covered(record):
        hit = np.zeros(count, bool)
        for poly in record.shape.polygons:
            for turn in (0, 360, -360):
                hit |= geo.polygon_covers([r + [turn, 0] for r in poly], lon, lat)
        return hit

    records = sorted(layers["hazards"] + layers["releases"], key=oracle.replay_key)
    table = np.array([covered(r) for r in records])
    code = np.full(count, None, object)
    for d in sorted(layers["districts"], key=lambda d: d.code, reverse=True):
        code[covered(d)] = d.code
    hits = {}
    for i in range(count):
        over = [records[k] for k in np.nonzero(table[:, i])[0]]
        if over:
            state = oracle.replay(over, result["settings"]["as_of"], None, opt.outside == "baseline").state
            hits[code[i], state] = hits.get((code[i], state), 0) + 1
    worst = 0.0
    for f in result["districts"] + [result["outside"]]:
        for state in oracle.STATES:
            share = f[state + "_m2"] / whole
            sigma = math.sqrt(max(count * share * (1 - share), 1.0))
            worst = max(worst, abs(hits.get((f["code"], state), 0) - count * share) / sigma)
    return place, worst


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--seeds", default="1..10")
    p.add_argument("--points", type=int, default=40000)
    o = p.parse_args()
    first, _, last = o.seeds.partition("..")
    most = 0.0
    for seed in range(int(first), int(last or first) + 1):
        with tempfile.TemporaryDirectory() as folder:
            place, worst = one(seed, o.points, folder)
        print("seed %d (%s): worst %.2f standard deviations" % (seed, place, worst))
        most = max(most, worst)
    return 1 if most > 5 else 0


if __name__ == "__main__":
    sys.exit(main())
