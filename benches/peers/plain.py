"""The plain job: what all scripts of this folder share.

    NAME.py FOLDER OUT.csv PROCESSES [MAPSHAPER]

For each district, in an equal-area plane and without regard to dates: the ground of the union of the hazards, of that the
part that is cleared, of the rest the part that is reduced, of the rest the part that is cancelled, and what remains.
"""
import csv
import json
import pathlib
import sys

PRECEDENCE = ["cleared", "reduced", "cancelled"]
HEAD = ["code", "baseline_m2", "cleared_m2", "reduced_m2", "cancelled_m2", "remaining_m2"]

folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
processes = int(sys.argv[3]) if len(sys.argv) > 3 else 2
scenario = json.loads((folder / "scenario.json").read_text())
#: What the coordinates are in, and the plane to reckon in.
GIVEN, PLANE = scenario["crs"], scenario["plain_crs"]


def layer(name, ending):
    return str(folder / f"{name}.{ending}")


def write(account):
    """account: {code: [hazard, cleared, reduced, cancelled]} in m2"""
    with out.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEAD)
        for code, figures in sorted(account.items()):
            table.writerow([code, *figures, figures[0] - sum(figures[1:])])
