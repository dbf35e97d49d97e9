#!/usr/bin/env python3
"""Cases that anyone can compute by hand, as data files.

    hand_cases.py --write          writes fixtures/areas/NAME/*.json from the list below
    hand_cases.py                  runs the oracle on every folder of fixtures/areas
    hand_cases.py --remnant BIN    also runs remnant and compares it with the
                                   oracle, which has just met the expectations

Almost every edge runs along a meridian or a parallel, so that areas have the
closed form  a^2 (l2 - l1) (q(p2) - q(p1)) / 2  with the authalic q.  The
expected figures below are made of that formula alone; no geometry engine takes
part.  A case holds the input layers, options.json (the options of the command
by name) and expected.json: a sentence that says what the case
shows, and only those figures that matter to it.
"""
import argparse
import json
import math
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CASES_FOLDER = os.path.normpath(os.path.join(HERE, "..", "..", "fixtures", "areas"))
A, F = 6378137.0, 1 / 298.257223563
E2 = F * (2 - F)
E = math.sqrt(E2)


def q(lat):
    s = math.sin(math.radians(lat))
    return (1 - E2) * (s / (1 - E2 * s * s) - math.log((1 - E * s) / (1 + E * s)) / (2 * E))


def R(x1, y1, x2, y2):
    """Area in m2 of a lon/lat rectangle on WGS 84."""
    return A * A * math.radians(x2 - x1) * (q(y2) - q(y1)) / 2


def ring(x1, y1, x2, y2):
    return [[x1, y1], [x2, y1], [x2, y2], [x1, y2], [x1, y1]]


def box(x1, y1, x2, y2):
    return {"type": "Polygon", "coordinates": [ring(x1, y1, x2, y2)]}


def poly(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def point(x, y):
    return {"type": "Point", "coordinates": [x, y]}


def feat(geometry, **props):
    return {"type": "Feature", "properties": props, "geometry": geometry}


CASES = {}


def case(name, shows, layers, expected, **options):
    CASES[name] = (shows, layers, expected, options)


# A comfortable patch near 46.6 E, 39.5 N; u is a step of about 860 x 1110 m.
X, Y, u = 46.6, 39.5, 0.01


def B(i, j, k, l):
    """Grid box of steps (i, j) to (k, l)."""
    return box(*[round(v, 6) for v in (X + i * u, Y + j * u, X + k * u, Y + l * u)])


def a(i, j, k, l):
    return R(*[round(v, 6) for v in (X + i * u, Y + j * u, X + k * u, Y + l * u)])


def P(*steps):
    """Closed ring through grid steps."""
    pts = [[round(X + i * u, 6), round(Y + j * u, 6)] for i, j in steps]
    return pts + pts[:1]


D1 = feat(B(-5, -5, 5, 15), code="D1", name="West")
D2 = feat(B(5, -5, 15, 15), code="D2", name="East")
H = lambda g, id="h1", cls="SHA", date="2019-05-01", **p: feat(g, id=id, **{"class": cls, "date": date}, **p)
L = lambda g, id="r1", kind="cleared", date="2020-05-01", **p: feat(g, id=id, kind=kind, date=date, **p)

case("one-hazard", "One hazard astride two districts: each gets its part, the closed form holds.",
     {"hazards": [H(B(4, 0, 7, 1))], "districts": [D1, D2]},
     {"total": {"suspected_m2": a(4, 0, 7, 1), "baseline_m2": a(4, 0, 7, 1), "confirmed_m2": 0, "hazards": 1,
                "released_share": 0},
      "districts": {"D1": {"suspected_m2": a(4, 0, 5, 1), "area_m2": a(-5, -5, 5, 15), "hazards": 1},
                    "D2": {"suspected_m2": a(5, 0, 7, 1), "hazards": 1}},
      "outside": {"suspected_m2": 0, "hazards": 0}}, as_of="2024-12-31")

case("half-cleared", "A clearance over half a hazard and as much land beside it: the land beside is outside "
     "any recorded hazard and no progress.",
     {"hazards": [H(B(0, 0, 2, 1))], "releases": [L(B(1, 0, 3, 1), ap_mines=7)], "districts": [D1, D2]},
     {"total": {"suspected_m2": a(0, 0, 1, 1), "cleared_m2": a(1, 0, 2, 1), "baseline_m2": a(0, 0, 2, 1),
                "release_outside_hazard_m2": a(2, 0, 3, 1), "released_share": 0.5, "ap_mines": 7, "releases": 1},
      "records": {"r1": {"credited_m2": a(1, 0, 2, 1), "outside_m2": a(2, 0, 3, 1), "repeated_m2": 0,
                         "area_m2": a(1, 0, 3, 1)}}}, as_of="2024-12-31")

case("half-cleared-baseline", "The same with the policy for programmes that take released land off the hazard "
     "layer: the land beside is baseline, released, and newly recorded at that moment.",
     {"hazards": [H(B(0, 0, 2, 1))], "releases": [L(B(1, 0, 3, 1))], "districts": [D1, D2]},
     {"total": {"suspected_m2": a(0, 0, 1, 1), "cleared_m2": a(1, 0, 3, 1), "baseline_m2": a(0, 0, 3, 1),
                "release_outside_hazard_m2": 0, "opening_m2": a(0, 0, 2, 1), "newly_recorded_m2": a(2, 0, 3, 1),
                "period_cleared_m2": a(1, 0, 3, 1), "closing_m2": a(0, 0, 1, 1)},
      "records": {"r1": {"credited_m2": a(1, 0, 3, 1), "outside_m2": 0}}},
     as_of="2024-12-31", since="2019-12-31", outside="baseline")

case("overlapping-hazards", "A suspected and a later confirmed hazard overlap: the ground counts once, as "
     "confirmed; an earlier confirmed one is not turned back into suspected; duplicates add nothing.",
     {"hazards": [H(B(0, 0, 3, 1)), H(B(2, 0, 4, 1), "h2", "CHA", "2020-01-01"),
                  H(B(3, 0, 5, 1), "h3", "SHA", "2021-01-01"), H(B(0, 0, 3, 1), "h1")], "districts": [D1, D2]},
     {"total": {"suspected_m2": a(0, 0, 2, 1) + a(4, 0, 5, 1), "confirmed_m2": a(2, 0, 4, 1),
                "remaining_m2": a(0, 0, 5, 1), "hazards": 4, "opening_m2": a(0, 0, 4, 1),
                "newly_recorded_m2": a(4, 0, 5, 1), "closing_m2": a(0, 0, 5, 1)}},
     as_of="2024-12-31", since="2020-06-30")

case("recontamination", "Cleared land is recorded again, and half of it is cleared a second time: states and "
     "flows differ, and the balance holds.",
     {"hazards": [H(B(0, 0, 2, 1)), H(B(0, 0, 2, 1), "h2", "CHA", "2021-03-01")],
      "releases": [L(B(0, 0, 2, 1)), L(B(0, 0, 1, 1), "r2", "reduced", "2022-03-01")], "districts": [D1, D2]},
     {"total": {"confirmed_m2": a(1, 0, 2, 1), "cleared_m2": 0, "reduced_m2": a(0, 0, 1, 1),
                "baseline_m2": a(0, 0, 2, 1), "opening_m2": a(0, 0, 2, 1), "newly_recorded_m2": 0,
                "recontaminated_m2": a(0, 0, 2, 1), "period_cleared_m2": a(0, 0, 2, 1),
                "period_reduced_m2": a(0, 0, 1, 1), "closing_m2": a(1, 0, 2, 1), "hazards": 1,
                "repeated_release_m2": 0},
      "records": {"r1": {"credited_m2": a(0, 0, 2, 1)}, "r2": {"credited_m2": a(0, 0, 1, 1)}}},
     as_of="2024-12-31", since="2019-12-31")

case("same-day", "Three releases of one day on one place: clearance comes first, then reduction, then "
     "cancellation, whatever their ids and their order in the file; the later ones are repeated. A hazard of "
     "the same day comes before them.",
     {"hazards": [H(B(0, 0, 3, 1), date="2020-05-01")],
      "releases": [L(B(0, 0, 3, 1), "r1", "cancelled"), L(B(0, 0, 2, 1), "r2", "reduced"),
                   L(B(0, 0, 1, 1), "r3", "cleared"), L(B(0, 0, 1, 1), "r0", "clearance")], "districts": [D1, D2]},
     {"total": {"cleared_m2": a(0, 0, 1, 1), "reduced_m2": a(1, 0, 2, 1), "cancelled_m2": a(2, 0, 3, 1),
                "remaining_m2": 0, "repeated_release_m2": a(0, 0, 2, 1)},
      "records": {"r0": {"credited_m2": a(0, 0, 1, 1), "repeated_m2": 0},
                  "r3": {"credited_m2": 0, "repeated_m2": a(0, 0, 1, 1)},
                  "r2": {"credited_m2": a(1, 0, 2, 1), "repeated_m2": a(0, 0, 1, 1)},
                  "r1": {"credited_m2": a(2, 0, 3, 1), "repeated_m2": a(0, 0, 2, 1)}}}, as_of="2024-12-31")

case("undated", "An undated release releases only land whose hazards have no date: land under the dated "
     "hazard stays contaminated, and the release counts as outside there.",
     {"hazards": [H(B(0, 0, 1, 1), date=None), H(B(1, 0, 2, 1), "h2")],
      "releases": [L(B(0, 0, 2, 1), date=None)], "districts": [D1, D2]},
     {"total": {"cleared_m2": a(0, 0, 1, 1), "suspected_m2": a(1, 0, 2, 1),
                "release_outside_hazard_m2": a(1, 0, 2, 1)}}, as_of="2024-12-31")

case("undated-ignored", "The same with --dates ignore: every record counts as undated, so the release takes all.",
     {"hazards": [H(B(0, 0, 1, 1), date=None), H(B(1, 0, 2, 1), "h2")],
      "releases": [L(B(0, 0, 2, 1), date=None)], "districts": [D1, D2]},
     {"total": {"cleared_m2": a(0, 0, 2, 1), "suspected_m2": 0, "release_outside_hazard_m2": 0}},
     as_of="2024-12-31", dates="ignore")

case("partial-dates", "2019 is the first day of the year for a hazard and the last for a release, so the release "
     "comes after; by November 2019 the hazard is there and the release is not. A date-time counts by its date.",
     {"hazards": [H(B(0, 0, 1, 1), date="2019"), H(B(1, 0, 2, 1), "h2", date="2019-11"),
                  H(B(2, 0, 3, 1), "h3", date="2019-11-30T23:59:59Z")],
      "releases": [L(B(0, 0, 2, 1), date="2019"), L(B(2, 0, 3, 1), "r2", date="2019-11")], "districts": [D1, D2]},
     {"total": {"suspected_m2": a(0, 0, 2, 1), "cleared_m2": a(2, 0, 3, 1)}}, as_of="2019-11-30")

case("not-understood", "Doubt never releases land: a hazard of unknown class is suspected, one with an "
     "unreadable date undated; a release with either is set aside.",
     {"hazards": [H(B(0, 0, 1, 1), cls="minefield?"), H(B(1, 0, 2, 1), "h2", " cha ", "31/12/2019"),
                  H(B(2, 0, 3, 1), "h3", "DHA", "2019-02-30")],
      "releases": [L(B(0, 0, 1, 1), kind="done"), L(B(1, 0, 2, 1), "r2", date="spring 2020"),
                   L(B(2, 0, 3, 1), "r3", " Non-Technical SURVEY ")], "districts": [D1, D2]},
     {"total": {"suspected_m2": a(0, 0, 1, 1), "confirmed_m2": a(1, 0, 2, 1), "cancelled_m2": a(2, 0, 3, 1),
                "cleared_m2": 0},
      "records": {"h1": {"fate": "repaired"}, "h2": {"fate": "repaired"}, "h3": {"fate": "repaired"},
                  "r1": {"fate": "set-aside"}, "r2": {"fate": "set-aside"}, "r3": {"fate": "used"}},
      "inputs": {"hazards": [3, 0, 3, 0], "releases": [3, 1, 0, 2]}}, as_of="2024-12-31")

case("bow-tie", "A figure of eight: both lobes count, although they are wound in opposite directions.",
     {"hazards": [H(poly(P((0, 0), (1, 0), (1, 2), (2, 2), (2, 1), (0, 1))))], "districts": [D1, D2]},
     {"total": {"suspected_m2": a(0, 0, 1, 1) + a(1, 1, 2, 2)}, "records": {"h1": {"fate": "repaired"}}},
     as_of="2024-12-31")

case("wound-twice", "A ring that runs over part of its own ground twice: that part is covered (the even-odd "
     "rule would make it a hole).",
     {"hazards": [H(poly(P((0, 0), (3, 0), (3, 3), (1, 3), (1, 1), (2, 1), (2, 2), (0, 2))))],
      "districts": [D1, D2]},
     {"total": {"suspected_m2": a(0, 0, 3, 2) + a(1, 2, 3, 3)}, "records": {"h1": {"fate": "repaired"}}},
     as_of="2024-12-31")

case("rings", "Direction, repeated vertices and spikes cost nothing; an unclosed ring is closed. Only the spike "
     "and the unclosed ring are repairs.",
     {"hazards": [H(poly(ring(X, Y, X + u, Y + u)[::-1]), "h1"),
                  H(poly(P((2, 0), (3, 0), (3, 0), (3, 1), (2, 1), (2, 1))), "h2"),
                  H(poly(P((4, 0), (5, 0), (8, 0), (5, 0), (5, 1), (4, 1))), "h3"),
                  H(poly(P((6, 2), (7, 2), (7, 3), (6, 3))[:-1]), "h4")], "districts": [D1, D2]},
     {"total": {"suspected_m2": a(0, 0, 1, 1) + a(2, 0, 3, 1) + a(4, 0, 5, 1) + a(6, 2, 7, 3)},
      "records": {"h1": {"fate": "used"}, "h2": {"fate": "used"}, "h3": {"fate": "repaired"},
                  "h4": {"fate": "repaired"}}}, as_of="2024-12-31")

case("holes", "Holes in every form: within; across the shell (only the part within counts); two that overlap "
     "(they don't cancel); outside (nothing); equal to the shell (no area: set aside).",
     {"hazards": [H(poly(P((0, 0), (3, 0), (3, 3), (0, 3)), P((1, 1), (2, 1), (2, 2), (1, 2))), "h1"),
                  H(poly(P((4, 0), (6, 0), (6, 2), (4, 2)), P((5, 1), (7, 1), (7, 3), (5, 3))), "h2"),
                  H(poly(P((0, 4), (4, 4), (4, 7), (0, 7)), P((1, 5), (2, 5), (2, 6), (1, 6)),
                         P((1, 5), (3, 5), (3, 6), (1, 6))), "h3"),
                  H(poly(P((6, 4), (7, 4), (7, 5), (6, 5)), P((8, 4), (9, 4), (9, 5), (8, 5))), "h4"),
                  H(poly(P((6, 6), (7, 6), (7, 7), (6, 7)), P((6, 6), (7, 6), (7, 7), (6, 7))), "h5")],
      "districts": [D1, D2]},
     {"total": {"suspected_m2": a(0, 0, 3, 3) - a(1, 1, 2, 2) + a(4, 0, 6, 2) - a(5, 1, 6, 2)
                + a(0, 4, 4, 7) - a(1, 5, 3, 6) + a(6, 4, 7, 5)},
      "records": {"h1": {"fate": "used"}, "h2": {"fate": "repaired"}, "h3": {"fate": "repaired"},
                  "h4": {"fate": "repaired"}, "h5": {"fate": "set-aside"}},
      "unplaced_hazards": 0}, as_of="2024-12-31")

case("multipolygon", "Parts of one multipolygon that overlap count once, and a hole of one part does not cut "
     "the other.",
     {"hazards": [H({"type": "MultiPolygon", "coordinates": [
         [P((0, 0), (3, 0), (3, 3), (0, 3)), P((1, 1), (2, 1), (2, 2), (1, 2))],
         [P((2, 0), (4, 0), (4, 1), (2, 1))],
         [P((1, 1), (1.5, 1), (1.5, 2), (1, 2))]]})], "districts": [D1, D2]},
     {"total": {"suspected_m2": a(0, 0, 3, 3) - a(1.5, 1, 2, 2) + a(3, 0, 4, 1)},
      "records": {"h1": {"fate": "repaired"}}}, as_of="2024-12-31")

case("set-aside", "No geometry, an empty one, two points, all points on a line, a place not on Earth, and a line: "
     "set aside. Two of them have no readable place at all.",
     {"hazards": [H(None, "h1"), H({"type": "Polygon", "coordinates": []}, "h2"),
                  H(poly(P((0, 0), (1, 0))), "h3"), H(poly(P((0, 0), (1, 0), (2, 0), (3, 0))), "h4"),
                  H(poly([[X, Y], [X, 95.0], [X + u, Y], [X, Y]]), "h5"),
                  H({"type": "LineString", "coordinates": [[X, Y], [X + u, Y + u]]}, "h6"),
                  H(B(3, 3, 4, 4), "h7")], "districts": [D1, D2]},
     {"total": {"suspected_m2": a(3, 3, 4, 4), "hazards": 1}, "inputs": {"hazards": [7, 1, 0, 6]},
      "unplaced_hazards": 2}, as_of="2024-12-31")

case("districts-overlap", "Two districts overlap and leave a gap: the overlap belongs to the code that sorts "
     "first (not the first in the file), the gap is outside; features of one code are one district.",
     {"hazards": [H(B(0, 0, 10, 1))],
      "districts": [feat(B(3, -1, 6, 2), code="D2", name="Two"), feat(B(0, -1, 4, 2), code="D1", name="One"),
                    feat(B(8, -1, 9, 2), code="D1", name="One")]},
     {"total": {"suspected_m2": a(0, 0, 10, 1)},
      "districts": {"D1": {"suspected_m2": a(0, 0, 4, 1) + a(8, 0, 9, 1), "area_m2": a(0, -1, 4, 2) + a(8, -1, 9, 2)},
                    "D2": {"suspected_m2": a(4, 0, 6, 1), "area_m2": a(4, -1, 6, 2)}},
      "outside": {"suspected_m2": a(6, 0, 8, 1) + a(9, 0, 10, 1)}}, as_of="2024-12-31")

case("antimeridian", "One box across the antimeridian, written with edges that wrap and split in two as RFC 7946 "
     "asks, south of the equator: the same ground, counted once.",
     {"hazards": [H(poly([[179.99, -16.5], [-179.98, -16.5], [-179.98, -16.4], [179.99, -16.4], [179.99, -16.5]])),
                  H({"type": "MultiPolygon", "coordinates": [
                      [ring(179.99, -16.5, 180, -16.4)], [ring(-180, -16.5, -179.98, -16.4)]]}, "h2")],
      "releases": [L(box(-180, -16.5, -179.99, -16.4))],
      "districts": [feat(box(179.5, -17, 180, -16), code="W", name="West"),
                    feat(box(-180, -17, -179.5, -16), code="E", name="East")]},
     {"total": {"suspected_m2": 2 * R(0, -16.5, 0.01, -16.4), "cleared_m2": R(0, -16.5, 0.01, -16.4), "hazards": 2},
      "districts": {"W": {"suspected_m2": R(0, -16.5, 0.01, -16.4), "cleared_m2": 0},
                    "E": {"suspected_m2": R(0, -16.5, 0.01, -16.4), "cleared_m2": R(0, -16.5, 0.01, -16.4)}},
      "records": {"h1": {"fate": "used", "area_m2": R(0, -16.5, 0.03, -16.4)},
                  "h2": {"fate": "used", "area_m2": R(0, -16.5, 0.03, -16.4)}}}, as_of="2024-12-31")

case("high-latitude", "Boxes at 81 degrees north and 60 degrees south, far apart: the area of each is its area on "
     "the ellipsoid.",
     {"hazards": [H(box(20, 81, 20.2, 81.1)), H(box(-60, -60.1, -59.9, -60), "h2", "CHA")],
      "districts": [feat(box(19, 80, 21, 82), code="N", name="North"), feat(box(-61, -61, -59, -59), code="S", name="South")]},
     {"districts": {"N": {"suspected_m2": R(20, 81, 20.2, 81.1), "confirmed_m2": 0},
                    "S": {"suspected_m2": 0, "confirmed_m2": R(-60, -60.1, -59.9, -60)}},
      "outside": {"remaining_m2": 0}}, as_of="2024-12-31")

case("long-edges", "Edges are straight in longitude/latitude, not geodesics: a box of 4 by 1 degrees has the closed "
     "form of a box, though its parallels are no shortest lines.",
     {"hazards": [H(box(44, 40, 48, 41))], "districts": [feat(box(44, 39, 46, 42), code="D1", name="West")]},
     {"total": {"suspected_m2": R(44, 40, 48, 41)}, "districts": {"D1": {"suspected_m2": R(44, 40, 46, 41)}},
      "outside": {"suspected_m2": R(46, 40, 48, 41)}}, as_of="2024-12-31")

case("as-of", "What is dated after the as-of date has no effect yet; undated records always have.",
     {"hazards": [H(B(0, 0, 1, 1), date="2018-01-01"), H(B(1, 0, 2, 1), "h2", date="2021-01-01"),
                  H(B(2, 0, 3, 1), "h3", date="")],
      "releases": [L(B(0, 0, 1, 1), date="2020-01-02", erw=3)],
      "incidents": [feat(point(X + u, Y + u), date="2020-01-02", killed=1, injured=2),
                    feat(point(X + u, Y + u), date="2020-01-01", killed=0, injured=1),
                    feat(point(X + u, Y + u), date=None, killed=2)], "districts": [D1, D2]},
     {"total": {"suspected_m2": a(0, 0, 1, 1) + a(2, 0, 3, 1), "cleared_m2": 0, "releases": 0, "erw": 0,
                "incidents": 2, "killed": 2, "injured": 1}}, as_of="2020-01-01")

case("default-as-of", "Without --as-of the latest date in the data that is not after the day of the run counts; a "
     "later one is a finding and its record has no effect yet.",
     {"hazards": [H(B(0, 0, 2, 1), date="2018-01-01")],
      "releases": [L(B(0, 0, 1, 1), date="2020-01-02"), L(B(1, 0, 2, 1), "r2", date="2190-01-01")],
      "districts": [D1, D2]},
     {"as_of": "2020-01-02", "total": {"suspected_m2": a(1, 0, 2, 1), "cleared_m2": a(0, 0, 1, 1), "releases": 1}})

case("border-counts", "Incidents on a common border count in the district whose code sorts first; devices count "
     "whole in the district with the larger part of the release.",
     {"hazards": [H(B(0, 0, 10, 1))],
      "releases": [L(B(4, 0, 7, 1), av_mines=5, uxo=1), L(B(1, 0, 3, 1), "r2", av_mines=2)],
      "incidents": [feat(point(round(X + 5 * u, 6), round(Y + u, 6)), date="2020-01-01", killed=1),
                    feat(point(round(X + 5 * u, 6), round(Y - 5 * u, 6)), date="2020-01-01", injured=1),
                    feat(point(X - 10 * u, Y), date="2020-01-01", injured=4)],
      "districts": [feat(B(5, -5, 15, 15), code="A", name="East"), feat(B(-5, -5, 5, 15), code="B", name="West")]},
     {"districts": {"A": {"incidents": 2, "killed": 1, "injured": 1, "av_mines": 5, "uxo": 1},
                    "B": {"incidents": 0, "av_mines": 2, "uxo": 0}},
      "outside": {"incidents": 1, "injured": 4}, "total": {"incidents": 3, "killed": 1, "injured": 5, "av_mines": 7}},
     as_of="2024-12-31")

case("evidence-points", "A hazard given as a point has no area; it is open until a later or an undated release "
     "covers it. An earlier release does not close it.",
     {"hazards": [H(point(X + .5 * u, Y + .5 * u), "p1"), H(point(X + 2.5 * u, Y + .5 * u), "p2"),
                  H(point(X + 4.5 * u, Y + .5 * u), "p3"), H(point(X + 7.5 * u, Y + .5 * u), "p4")],
      "releases": [L(B(0, 0, 1, 1), "r1", date="2020-01-01"), L(B(2, 0, 3, 1), "r2", date="2018-01-01"),
                   L(B(4, 0, 5, 1), "r3", date=None)],
      "zones": [feat(B(7, 0, 8, 1), id="z1", name="With a point"), feat(B(0, 0, 1, 1), id="z2", name="Point closed")],
      "districts": [D1, D2]},
     {"total": {"remaining_m2": 0, "hazards": 0, "evidence_points": 2}, "districts": {"D1": {"evidence_points": 1},
                                                                                    "D2": {"evidence_points": 1}},
      "zones": {"z1": {"status": "contaminated", "remaining_m2": 0}, "z2": {"status": "no-record"}},
      "inputs": {"hazards": [4, 4, 0, 0]}}, as_of="2024-12-31")

m = 1 / 111000.0 / math.cos(math.radians(Y))          # about a metre of longitude here
case("zone-statuses", "A zone with hazard in it, one 60 m beside it, one 600 m off, one that was released, one that "
     "nothing is known of, and one 300 m off a hazard whose position is known to 500 m only.",
     {"hazards": [H(B(0, 0, 2, 1)), H(B(0, 4, 1, 5), "h2"), H(B(0, 8, 1, 9), "h3", accuracy_m=500)],
      "releases": [L(B(0, 4, 1, 5))],
      "zones": [feat(B(1, 0, 3, 1), id="in", name="In"),
                feat(box(X + 2 * u + 60 * m, Y, X + 3 * u, Y + u), id="beside", name="Beside"),
                feat(box(X + 2 * u + 600 * m, Y, X + 3 * u, Y + u), id="off", name="Off"),
                feat(B(0, 4, 2, 5), id="was", name="Released"),
                feat(box(X + u + 300 * m, Y + 8 * u, X + 2 * u, Y + 9 * u), id="vague", name="Vague")],
      "districts": [D1, D2]},
     {"zones": {"in": {"status": "contaminated", "area_m2": a(1, 0, 3, 1), "suspected_m2": a(1, 0, 2, 1),
                       "hazard_ids": ["h1"], "nearest_hazard_m": 0, "last_release": None},
                "beside": {"status": "near", "hazard_ids": []}, "off": {"status": "no-record"},
                "was": {"status": "released", "cleared_m2": a(0, 4, 1, 5), "remaining_m2": 0,
                        "last_release": "2020-05-01"},
                "vague": {"status": "near"}}}, as_of="2024-12-31")

case("zone-unknown", "A hazard that was set aside could lie in the zone (its readable coordinates do), or the survey "
     "does not cover the zone: unknown, not released and not no-record.",
     {"hazards": [H(poly([[X, Y], [X + .2 * u, 95.0], [X + .2 * u, Y + .2 * u], [X, Y]]), "h1"), H(B(0, 8, 1, 9), "h2")],
      "releases": [L(B(0, 8, 1, 9))],
      "zones": [feat(B(0, 0, 1, 1), id="aside", name="Aside"), feat(B(2, 2, 3, 3), id="clear", name="Covered"),
                feat(B(0, 8, 1, 9), id="was", name="Released but half uncovered")],
      "coverage": [feat(box(X - u, Y - u, X + 4 * u, Y + 8.5 * u), id="c1")], "districts": [D1, D2]},
     {"zones": {"aside": {"status": "unknown"}, "clear": {"status": "no-record"}, "was": {"status": "unknown"}},
      "unplaced_hazards": 0}, as_of="2024-12-31")

case("round-zone", "A round zone is a geodesic disc: 1 km around a point within one large hazard. A point without a "
     "radius is set aside. (On so small a disc the ellipsoid's curvature changes pi r^2 by 2e-9.)",
     {"hazards": [H(B(-4, -4, 4, 4))],
      "zones": [feat(point(X, Y), id="z1", name="Disc", radius_m=1000), feat(point(X, Y), id="z2", name="No radius")],
      "districts": [D1, D2]},
     {"zones": {"z1": {"status": "contaminated", "area_m2": math.pi * 1e6, "suspected_m2": math.pi * 1e6}},
      "inputs": {"zones": [2, 1, 0, 1]}}, as_of="2024-12-31")

case("common-edge", "Neighbours whose common edge differs in the last digits: no visible gap, no double count, and "
     "no area lost.",
     {"hazards": [H(box(X, Y, X + u, Y + u)), H(box(X + u + 2e-14, Y, X + 2 * u, Y + u), "h2"),
                  H(box(X, Y + u - 2e-14, X + 2 * u, Y + 2 * u), "h3", "CHA")],
      "releases": [L(box(X, Y, X + u + 1e-14, Y + 2 * u))], "districts": [D1, D2]},
     {"total": {"suspected_m2": R(X + u, Y, X + 2 * u, Y + u), "confirmed_m2": R(X + u, Y + u, X + 2 * u, Y + 2 * u),
                "cleared_m2": R(X, Y, X + u, Y + 2 * u), "release_outside_hazard_m2": 0}}, as_of="2024-12-31")

case("ids", "Two releases of one date and kind on one place: the id that sorts first by code points is credited "
     "('10' before '9', capitals before small letters); ids may repeat.",
     {"hazards": [H(B(0, 0, 2, 1)), H(B(3, 0, 4, 1), "h1")],
      "releases": [L(B(0, 0, 1, 1), "9"), L(B(0, 0, 1, 1), "10"), L(B(1, 0, 2, 1), "b"), L(B(1, 0, 2, 1), "B")],
      "districts": [D1, D2]},
     {"total": {"suspected_m2": a(3, 0, 4, 1), "cleared_m2": a(0, 0, 2, 1), "repeated_release_m2": a(0, 0, 2, 1)},
      "records": {"10": {"credited_m2": a(0, 0, 1, 1)}, "9": {"credited_m2": 0, "repeated_m2": a(0, 0, 1, 1)},
                  "B": {"credited_m2": a(1, 0, 2, 1)}, "b": {"credited_m2": 0}}}, as_of="2024-12-31")

case("no-districts", "Without districts everything stands outside all districts.",
     {"hazards": [H(B(0, 0, 2, 1))], "releases": [L(B(0, 0, 1, 1))]},
     {"total": {"suspected_m2": a(1, 0, 2, 1), "cleared_m2": a(0, 0, 1, 1)},
      "outside": {"suspected_m2": a(1, 0, 2, 1), "cleared_m2": a(0, 0, 1, 1)}}, as_of="2024-12-31")


ROLES = ("hazards", "releases", "districts", "zones", "incidents", "coverage")


def write(folder):
    for name, (shows, layers, expected, options) in CASES.items():
        d = os.path.join(folder, name)
        os.makedirs(d, exist_ok=True)
        for role, feats in layers.items():
            dump(os.path.join(d, role + ".geojson"), {"type": "FeatureCollection", "features": feats})
        dump(os.path.join(d, "options.json"), options)
        dump(os.path.join(d, "expected.json"), {"shows": shows, **expected})


def dump(path, obj):
    with open(path, "w", encoding="utf-8") as f:
        if obj.get("type") == "FeatureCollection":
            f.write('{"type":"FeatureCollection","features":[\n')
            f.write(",\n".join(json.dumps(x, ensure_ascii=False) for x in obj["features"]))
            f.write("\n]}\n")
        else:
            json.dump(obj, f, indent=1, ensure_ascii=False)
            f.write("\n")


def same(want, have):
    if isinstance(want, (int, float)) and not isinstance(want, bool) and isinstance(have, (int, float)):
        return abs(want - have) <= max(1e-6, 1e-7 * abs(want)) or abs(want - have) <= 0.01 < 1 < abs(want)
    return want == have


def run(folder, name, remnant=None):
    import oracle
    d = os.path.join(folder, name)
    with open(os.path.join(d, "expected.json"), encoding="utf-8") as f:
        expected = json.load(f)
    with open(os.path.join(d, "options.json"), encoding="utf-8") as f:
        options = json.load(f)
    argv = []
    for role in ROLES:
        if os.path.exists(os.path.join(d, role + ".geojson")):
            argv += ["--" + role, os.path.join(d, role + ".geojson")]
    for k, v in options.items():
        argv += ["--" + k.replace("_", "-"), str(v)]
    result = oracle.account(oracle.parser().parse_args(argv))
    wrong, count = ["self-check: " + c for c in result["checks"]], 0

    def check(where, want, have):
        nonlocal count
        for k, v in want.items():
            count += 1
            if not same(v, have.get(k)):
                wrong.append("%s %s: expected %r, oracle %r" % (where, k, v, have.get(k)))

    check("total", expected.get("total", {}), result["total"])
    check("outside", expected.get("outside", {}), result["outside"])
    by = {x["code"]: x for x in result["districts"]}
    for c, want in expected.get("districts", {}).items():
        check(c, want, by.get(c, {}))
    by = {x["id"]: x for x in result["records"]}
    for c, want in expected.get("records", {}).items():
        check("record " + c, want, by.get(c, {}))
    by = {x["id"]: x for x in result["zones"]}
    for c, want in expected.get("zones", {}).items():
        check("zone " + c, want, by.get(c, {}))
    for i in result["inputs"]:
        if i["role"] in expected.get("inputs", {}):
            check("inputs " + i["role"], dict(zip(("records", "used", "repaired", "set_aside"),
                                                  expected["inputs"][i["role"]])), i)
    for k in ("unplaced_hazards",):
        if k in expected:
            check("summary", {k: expected[k]}, result)
    if "as_of" in expected:
        check("summary", {"as_of": expected["as_of"]}, result["settings"])
    if remnant:
        import tempfile
        import oracle_compare
        from random_check import run_remnant
        with tempfile.TemporaryDirectory() as out:
            problem = run_remnant(remnant, argv, out, 60)
            if problem:
                return count, wrong + ["remnant failed: " + problem]
            report = oracle_compare.compare(result, out)
            count += report.compared
            wrong += ["remnant: " + d for d in report.differences]
    return count, wrong


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--cases", default=CASES_FOLDER)
    p.add_argument("--write", action="store_true")
    p.add_argument("--remnant")
    opt = p.parse_args()
    if opt.write:
        write(opt.cases)
    total, bad = 0, 0
    names = sorted(n for n in os.listdir(opt.cases) if os.path.isdir(os.path.join(opt.cases, n)))
    for name in names:
        count, wrong = run(opt.cases, name, opt.remnant)
        total += count
        bad += len(wrong)
        for w in wrong:
            print("%s: %s" % (name, w))
    print("%d cases, %d figures, %d wrong" % (len(names), total, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
