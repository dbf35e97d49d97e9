#!/usr/bin/env python3
"""Runs scenario generator, remnant and oracle on many seeds and compares.

    random_check.py --remnant PATH --seeds 1..200 [--keep] [--work DIR]

Every seed fixes its own place, size, dirt and options, so that one seed is
enough to reproduce a difference:  random_check.py --remnant PATH --seeds 17 --keep
Exit 1 if there is any difference or failure.
"""
import argparse
import collections
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

import oracle
import oracle_compare
import scenarios

PERIODS = [(None, None), ("2024-12-31", None), ("2020-05-01", None), ("2024-12-31", "2015-06-30"),
           ("2022-02-28", "2019-12-31"), ("2010-01-01", None), ("2019-06-30", "2003-04-15"),
           ("2024-12-31", "2020-05-01")]


def options(seed):
    rng = random.Random("options %d" % seed)
    as_of, since = rng.choice(PERIODS)
    opts = []
    if as_of:
        opts += ["--as-of", as_of]
    if since:
        opts += ["--since", since]
    opts += ["--dates", rng.choice(["replay"] * 4 + ["ignore"])]
    opts += ["--outside", rng.choice(["separate", "separate", "baseline"])]
    if rng.random() < 0.3:
        opts += ["--safety-distance", rng.choice(["0", "25", "500"])]
    return opts, rng.choice([8, 20, 40, 60]), rng.choice([0.0, 0.15, 0.3, 0.6])


def layer_arguments(files, folder):
    out = []
    for role, names in files.items():
        for n in names:
            out += ["--" + role, os.path.join(folder, n)]
    return out


def run_remnant(binary, arguments, out, timeout):
    command = [binary, "run"] + arguments + ["-o", out, "--force", "--quiet"]
    try:
        p = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return "no answer within %d s" % timeout
    if p.returncode:
        return "exit %d: %s" % (p.returncode, " / ".join(p.stderr.strip().split("\n")[-3:]))
    return None


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--remnant", required=True)
    p.add_argument("--seeds", default="1..50", help="A..B or one number")
    p.add_argument("--keep", action="store_true", help="keep all folders (else only those that differ)")
    p.add_argument("--work", help="folder for inputs and outputs (default: a temporary one)")
    p.add_argument("--timeout", type=int, default=120)
    p.add_argument("--show", type=int, default=6, help="differences shown for a seed")
    o = p.parse_args()
    first, _, last = o.seeds.partition("..")
    work = o.work or tempfile.mkdtemp(prefix="remnant-random-")
    kinds, notes, bad, failed = collections.Counter(), collections.Counter(), [], []
    compared, ran, t_oracle, t_remnant, shaky, places = 0, 0, 0.0, 0.0, [], collections.Counter()
    for seed in range(int(first), int(last or first) + 1):
        folder = os.path.join(work, "seed-%d" % seed)
        opts, records, dirty = options(seed)
        files, place = scenarios.generate(seed, os.path.join(folder, "in"), records, dirty=dirty)
        if not files["hazards"]:
            continue
        ran += 1
        places[place] += 1
        arguments = layer_arguments(files, os.path.join(folder, "in")) + opts
        t = time.time()
        expected = oracle.account(oracle.parser().parse_args(arguments))
        t_oracle += time.time() - t
        if expected["checks"]:
            shaky.append(seed)
            print("seed %d: the oracle doubts itself: %s" % (seed, "; ".join(expected["checks"])))
        t = time.time()
        problem = run_remnant(o.remnant, arguments, os.path.join(folder, "out"), o.timeout)
        t_remnant += time.time() - t
        label = "seed %d (%s, %d records, dirty %.2f, %s)" % (seed, place, records, dirty, " ".join(opts))
        if problem:
            failed.append(seed)
            print("%s: remnant failed: %s" % (label, problem))
            continue
        try:
            report = oracle_compare.compare(expected, os.path.join(folder, "out"))
        except (OSError, ValueError, KeyError, TypeError) as e:
            failed.append(seed)
            print("%s: the output can't be read: %s: %s" % (label, type(e).__name__, e))
            continue
        compared += report.compared
        kinds.update(report.kinds)
        notes.update(n.split(":")[0] if n.startswith("borderline") else n for n in report.notes)
        if report.differences:
            bad.append(seed)
            print("%s: %d differences" % (label, len(report.differences)))
            for d in report.differences[:o.show]:
                print("   ", d)
            if len(report.differences) > o.show:
                print("    ... and %d more" % (len(report.differences) - o.show))
        elif not o.keep:
            shutil.rmtree(folder, ignore_errors=True)
    for n, c in notes.most_common(12):
        print("note (%d): %s" % (c, n))
    print("scenarios run:      %d (%s)" % (ran, ", ".join("%s %d" % x for x in sorted(places.items()))))
    print("figures compared:   %d" % compared)
    print("scenarios differing: %d %s" % (len(bad), bad[:40]))
    print("remnant failed:     %d %s" % (len(failed), failed[:40]))
    print("oracle in doubt:    %d %s" % (len(shaky), shaky[:40]))
    for k, c in kinds.most_common():
        print("    %-22s %d" % (k, c))
    print("seconds: oracle %.1f, remnant %.1f; folders in %s" % (t_oracle, t_remnant, work))
    return 1 if bad or failed else 0


if __name__ == "__main__":
    sys.exit(main())
