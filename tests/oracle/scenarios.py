#!/usr/bin/env python3
"""Random scenarios for the accounting: scenarios.py --seed N --out DIR
[--records N] [--place NAME] [--dirty P]

Writes hazards-*.geojson, releases-*.geojson, districts.geojson, zones.geojson,
incidents.geojson and sometimes coverage.geojson.  The same seed gives the same
bytes.  Nothing here looks at how any program computes; it only tries to make
what the contract talks about happen often.
"""
import argparse
import json
import math
import os
import random

# name: centre, spread in metres
PLACES = {"karabakh": (46.9, 39.6, 9000), "arctic": (22.0, 80.4, 9000), "fiji": (180.0, -16.7, 9000),
          "south": (-59.2, -51.7, 9000), "equator": (0.0, 0.0, 9000), "small": (17.2, 44.4, 400),
          "wide": (66.0, 34.0, 120000), "chukotka": (180.0, 68.5, 30000)}
DATES = ["1996-07-01", "2003-04-15", "2010-01-01", "2015-06-30", "2019-01-01", "2019-12-31", "2020-05-01",
         "2020-05-01", "2022-02-28", "2023-11-11", "2024-06-30"]
CLASS_WORDS = {"suspected": ["suspected", "SHA", "Suspected Hazardous Area", " sha "],
               "confirmed": ["confirmed", "CHA", "DHA", "Confirmed hazardous area"]}
KIND_WORDS = {"cancelled": ["cancelled", "NTS", "Non-Technical Survey", "Cancellation"],
              "reduced": ["reduced", "TS", "technical survey", "Reduction"],
              "cleared": ["cleared", "Clearance", "BAC", "CLEARED "]}


class World:
    def __init__(self, rng, place, dirty, crowd=40):
        self.rng, self.dirty, self.place = rng, dirty, place
        self.lon, self.lat, self.spread = PLACES[place]
        # Density stays about the same whatever the number of records.
        self.spread *= max(0.3, math.sqrt(crowd / 40.0))
        self.mx = 1 / (111320.0 * math.cos(math.radians(self.lat)))
        self.my = 1 / 110900.0
        self.pool = []                       # clean rings made so far
        self.digits = rng.choice([6, 7, 8, 15, 15])

    def at(self, x, y):
        """A position from metres about the centre; longitude may pass 180."""
        return [round(self.lon + x * self.mx, self.digits), round(self.lat + y * self.my, self.digits)]

    def where(self):
        s = self.spread
        return self.rng.uniform(-s, s), self.rng.uniform(-s, s)

    def size(self):
        return self.spread * self.rng.choice([0.004, 0.03, 0.08, 0.08, 0.2, 0.35])

    # ---- rings, in unwrapped longitude, closed

    def blob(self, x, y, r, n=None, rough=0.45):
        n = n or self.rng.randint(3, 14)
        ph = self.rng.uniform(0, 7)
        ring = []
        for i in range(n):
            t = ph + 2 * math.pi * i / n
            d = r * self.rng.uniform(1 - rough, 1)
            ring.append(self.at(x + d * math.cos(t), y + d * math.sin(t)))
        return ring + [ring[0]]

    def rect(self, x, y, w, h):
        (x1, y1), (x2, y2) = self.at(x, y), self.at(x + w, y + h)
        return [[x1, y1], [x2, y1], [x2, y2], [x1, y2], [x1, y1]]

    def neighbour(self):
        """A triangle or quad on an edge of an earlier ring, exactly shared, or
        shared but for the last digits."""
        ring = self.rng.choice(self.pool)
        i = self.rng.randrange(len(ring) - 1)
        a, b = list(ring[i]), list(ring[i + 1])
        dx, dy = (b[0] - a[0]) / self.mx, (b[1] - a[1]) / self.my
        d = math.hypot(dx, dy) or 1.0
        r = self.size() * self.rng.choice([1, 1, -1])
        nx, ny = dy / d * r * self.mx, -dx / d * r * self.my
        if self.rng.random() < 0.3:
            b = [math.nextafter(b[0], 999.0), math.nextafter(b[1], -999.0)]
        if self.rng.random() < 0.3:          # part of the edge only
            a = [a[0] + (b[0] - a[0]) / 4, a[1] + (b[1] - a[1]) / 4]
        far = [[b[0] + nx, b[1] + ny]]
        if self.rng.random() < 0.6:
            far.append([a[0] + nx, a[1] + ny])
        return [a, b] + far + [a]

    def clean(self):
        roll = self.rng.random()
        if self.pool and roll < 0.15:
            ring = list(self.rng.choice(self.pool))                 # the same ground again
        elif self.pool and roll < 0.35:
            ring = self.neighbour()
        elif roll < 0.55:
            ring = self.rect(*self.where(), self.size(), self.size())
        else:
            ring = self.blob(*self.where(), self.size())
        self.pool.append(ring)
        return ring

    # ---- geometries

    def polygon(self, ring=None):
        rng = self.rng
        ring = ring or self.clean()
        rings = [ring]
        if rng.random() < self.dirty:
            return self.spoil(ring)
        if rng.random() < 0.15:                                     # a proper hole
            cx = sum(p[0] for p in ring[:-1]) / (len(ring) - 1)
            cy = sum(p[1] for p in ring[:-1]) / (len(ring) - 1)
            rings.append([[cx + (p[0] - cx) * 0.3, cy + (p[1] - cy) * 0.3] for p in ring])
        if rng.random() < 0.2:
            rings = [r[::-1] for r in rings]
        return [rings]

    def spoil(self, ring):
        rng = self.rng
        cx, cy = ring[0]
        x, y = (cx - self.lon) / self.mx, (cy - self.lat) / self.my
        s = self.size()
        how = rng.choice(["bow-tie", "twice", "unclosed", "spike", "repeat", "hole across", "hole outside",
                          "hole equal", "holes overlap", "hole in hole", "parts overlap", "parts touch",
                          "part degenerate", "island in hole", "zigzag", "random walk", "hole on edge",
                          "thin"])
        big = self.rect(x, y, s, s)
        if how == "bow-tie":
            return [[[big[0], big[1], big[3], big[2], big[0]]]]
        if how == "twice":
            p = lambda i, j: self.at(x + i * s / 3, y + j * s / 3)
            r = [p(0, 0), p(3, 0), p(3, 3), p(1, 3), p(1, 1), p(2, 1), p(2, 2), p(0, 2)]
            return [[r + r[:1]]]
        if how == "unclosed":
            return [[ring[:-1]]]
        if how == "spike":
            i = rng.randrange(1, len(ring))
            tip = self.at(x + s, y - s)
            return [[ring[:i] + [ring[i - 1], tip, ring[i - 1]] + ring[i:]]]
        if how == "repeat":
            return [[[p for p in ring for _ in range(rng.choice([1, 1, 2, 3]))]]]
        inner = self.rect(x + s / 4, y + s / 4, s / 4, s / 4)
        if how == "hole across":
            return [[big, self.rect(x + s / 2, y + s / 2, s, s / 4)]]
        if how == "hole outside":
            return [[big, self.rect(x + 2 * s, y, s / 2, s / 2)]]
        if how == "hole equal":
            return [[big, list(big) if rng.random() < 0.5 else big[::-1]]]
        if how == "holes overlap":
            return [[big, inner, self.rect(x + s / 3, y + s / 3, s / 3, s / 3)]]
        if how == "hole in hole":
            return [[big, self.rect(x + s / 8, y + s / 8, s / 2, s / 2), inner]]
        if how == "hole on edge":
            return [[big, self.rect(x, y + s / 4, s / 4, s / 4)]]
        if how == "parts overlap":
            return [[big], [self.blob(x + s / 2, y + s / 2, s / 2)], [ring]]
        if how == "parts touch":
            return [[big], [self.rect(x + s, y, s, s)]]
        if how == "part degenerate":
            return [[big], [[big[0], big[1], big[0]]]]
        if how == "island in hole":                                  # valid
            return [[big, self.rect(x + s / 8, y + s / 8, s / 2, s / 2)], [inner]]
        if how == "zigzag":
            return [[big[:2] + [self.at(x + s / 2, y + s), self.at(x + s / 2, y - s / 3)] + big[2:]]]
        if how == "thin":
            return [[[big[0], big[1], [big[1][0], big[1][1] + 1e-8], [big[0][0], big[0][1] + 1e-8], big[0]],
                     ]] if rng.random() < 0.3 else [[ring]]
        pts = [self.at(x + rng.uniform(0, s), y + rng.uniform(0, s)) for _ in range(rng.randint(4, 9))]
        return [[pts + pts[:1]]]

    def finish(self, polygons):
        """GeoJSON geometry in -180..180: an edge over the antimeridian wraps."""
        def wrap(p):
            lon = p[0]
            while lon > 180:
                lon -= 360.0
            while lon < -180:
                lon += 360.0
            return [lon] + p[1:]
        polys = [[[wrap(p) for p in r] for r in rings] for rings in polygons]
        if len(polys) == 1 and self.rng.random() < 0.85:
            return {"type": "Polygon", "coordinates": polys[0]}
        return {"type": "MultiPolygon", "coordinates": polys}

    def split_rect(self, x, y, w, h):
        """A box cut at the antimeridian as RFC 7946 asks."""
        r = self.rect(x, y, w, h)
        (x1, y1), (x2, y2) = r[0], r[2]
        if not x1 < 180 < x2:
            return self.finish([[r]])
        b = lambda p, q, o: [[p - o, y1], [q - o, y1], [q - o, y2], [p - o, y2], [p - o, y1]]
        return {"type": "MultiPolygon", "coordinates": [[b(x1, 180.0, 0)], [b(180.0, x2, 360.0)]]}

    def geometry(self):
        rng = self.rng
        if rng.random() < self.dirty * 0.35:
            return self.useless()
        if self.lon == 180.0 and rng.random() < 0.25:
            return self.split_rect(rng.uniform(-0.4, 0) * self.spread, self.where()[1], self.size() * 2, self.size())
        return self.finish(self.polygon())

    def useless(self):
        rng = self.rng
        (a, b), c = self.at(*self.where()), self.at(*self.where())
        if abs(a) > 180:
            a -= math.copysign(360.0, a)
        if abs(c[0]) > 180:
            c[0] -= math.copysign(360.0, c[0])
        return rng.choice([
            None, {"type": "Polygon", "coordinates": []}, {"type": "MultiPolygon", "coordinates": []},
            {"type": "Polygon", "coordinates": [[[a, b], c, [a, b]]]},
            {"type": "Polygon", "coordinates": [[[a, b], [a, b], [a, b], [a, b]]]},
            {"type": "Polygon", "coordinates": [[[a, b], [a, b + 0.001], [a, b + 0.002], [a, b]]]},
            {"type": "Polygon", "coordinates": [[[a, b], c, [a, 95.0], [a, b]]]},
            {"type": "Polygon", "coordinates": [[[1000.0, b], [1000.0, b + 1], [1001.0, b], [1000.0, b]]]},
            {"type": "LineString", "coordinates": [[a, b], c]}])

    def point(self, x, y):
        p = self.at(x, y)
        while p[0] > 180:
            p[0] -= 360.0
        return {"type": "Point", "coordinates": p}

    # ---- attributes

    def date(self):
        rng, roll = self.rng, self.rng.random()
        if roll < 0.12:
            return rng.choice([None, "", "  "])
        if roll < 0.22:
            return rng.choice(["2019", "2020-05", "2010", "2019-02"])
        if roll < 0.22 + 0.25 * self.dirty:
            return rng.choice(["31/12/2019", "spring", "2019-02-30", "2020-13", "n/a"])
        d = rng.choice(DATES)
        return d + "T23:30:00Z" if roll > 0.93 else d

    def name(self, *names):
        n = self.rng.choice(names)
        return self.rng.choice([n, n, n.upper(), n.title()])

    def ident(self, prefix, i):
        rng = self.rng
        roll = rng.random()
        if roll < 0.06:
            return None
        if roll < 0.12:
            return "%s-%d" % (prefix, rng.randint(1, 3))            # repeats
        return rng.choice(["%s-%d", "%s-%03d", "%s %d"]) % (rng.choice([prefix, prefix.lower()]), i)


def collection(path, feats):
    with open(path, "w", encoding="utf-8") as f:
        f.write('{"type":"FeatureCollection","features":[\n')
        f.write(",\n".join(json.dumps({"type": "Feature", "properties": p, "geometry": g}) for g, p in feats))
        f.write("\n]}\n")


def districts(w):
    """A bent grid with shared corners; here and there a gap, an overlap, or a
    code of two parts.  The outer columns and all rows keep straight borders so
    that points can lie exactly on them."""
    rng, s = w.rng, w.spread * 1.1
    nx, ny = rng.choice([(1, 1), (2, 1), (2, 2), (3, 2), (4, 3)])
    bend = rng.random() < 0.5
    node = {}
    for i in range(nx + 1):
        for j in range(ny + 1):
            jx = rng.uniform(-0.2, 0.2) * s if bend and 0 < i < nx else 0
            node[i, j] = w.at(-s + 2 * s * i / nx + jx, -s + 2 * s * j / ny)
    feats, borders = [], []
    codes = ["%s%02d" % (rng.choice("ABa"), k) for k in rng.sample(range(1, 99), nx * ny)]
    code_field = w.name("code", "pcode", "adm1_pcode", "adm2_pcode", "shapeID", "iso_3166_2", "id")
    name_field = w.name("name", "adm1_en", "adm2_en", "shapeName", "name_en")
    for i in range(nx):
        for j in range(ny):
            code = codes[i * ny + j]
            if rng.random() < 0.08 and feats:
                code = feats[0][1][code_field]                        # one district, two features
            r = [node[i, j], node[i + 1, j], node[i + 1, j + 1], node[i, j + 1], node[i, j]]
            if rng.random() < 0.08 and nx * ny > 1:
                continue                                              # a gap
            borders += r[:2]
            borders.append([(r[0][0] + r[1][0]) / 2, r[0][1]])        # on a parallel
            polys = [[r]]
            if rng.random() < 0.12:
                polys.append([w.blob(*w.where(), s * 0.3)])           # an exclave over others
            feats.append((w.finish(polys), {code_field: code, name_field: "District %s" % code}))
    if not feats:
        r = [node[0, 0], node[nx, 0], node[nx, ny], node[0, ny], node[0, 0]]
        feats.append((w.finish([[r]]), {code_field: "A1", name_field: "All"}))
    rng.shuffle(feats)
    return feats, borders


def generate(seed, out, records=40, place=None, dirty=0.25):
    rng = random.Random(seed)
    place = place or rng.choice(sorted(PLACES))
    w = World(rng, place, dirty, records)
    os.makedirs(out, exist_ok=True)
    files = {}
    dist, borders = districts(w)
    collection(os.path.join(out, "districts.geojson"), dist)
    files["districts"] = ["districts.geojson"]
    for b in borders:
        w.pool.append([b, [b[0] + 0.2 * w.spread * w.mx, b[1]], [b[0], b[1] + 0.2 * w.spread * w.my], b])

    n_h = max(1, int(records * rng.uniform(0.35, 0.65)))
    hazards, releases = [], []
    id_h = w.name("id", "localid", "hazard_id", "imsma_id", "guid")
    id_r = w.name("id", "local_id", "hazreduc_id", "GlobalID")
    cls, kind = w.name("class", "classification", "hazard_class", "ha_type", "type"), \
        w.name("kind", "release", "activity", "release_type", "type")
    d_h, d_r = w.name("date", "recorded", "report_date"), w.name("date", "completion_date", "end_date")
    devices = rng.sample(["ap_mines", "av_mines", "erw", "uxo", "submunitions", "ied"], rng.randint(0, 4))
    for i in range(n_h):
        props = {id_h: w.ident("H", i), cls: rng.choice(CLASS_WORDS[rng.choice(["suspected", "confirmed"])]),
                 d_h: w.date()}
        if rng.random() < 0.1 * w.dirty + 0.02:
            props[cls] = rng.choice(["minefield", "unknown", "?"])
        if rng.random() < 0.15:
            props["accuracy_m"] = rng.choice([10, 150, 400.5, None])
        g = w.point(*w.where()) if rng.random() < 0.08 else w.geometry()
        hazards.append((g, {k: v for k, v in props.items() if v is not None or rng.random() < 0.5}))
    for i in range(records - n_h):
        props = {id_r: w.ident("R", i), kind: rng.choice(KIND_WORDS[rng.choice(["cancelled", "reduced", "cleared"])]),
                 d_r: w.date()}
        if rng.random() < 0.1 * w.dirty:
            props[kind] = rng.choice(["done", "", "handed over"])
        for d in devices:
            if rng.random() < 0.7:
                props[d] = rng.randint(0, 30)
        roll = rng.random()
        src = rng.choice(hazards)[0]
        if roll < 0.25 and src and src["type"] in ("Polygon", "MultiPolygon"):
            g = json.loads(json.dumps(src))                           # exactly what was recorded
        elif roll < 0.5 and w.pool:
            ring = rng.choice(w.pool)
            c, k = ring[0], rng.uniform(0.4, 1.3)
            g = w.finish([[[[c[0] + (p[0] - c[0]) * k, c[1] + (p[1] - c[1]) * k] for p in ring]]])
        else:
            g = w.geometry()
        releases.append((g, {k: v for k, v in props.items() if v is not None}))
    for role, feats in (("hazards", hazards), ("releases", releases)):
        cut = rng.randint(1, len(feats)) if len(feats) > 3 and rng.random() < 0.4 else len(feats)
        files[role] = []
        for k, part in enumerate((feats[:cut], feats[cut:])):
            need = {"hazards": cls, "releases": kind}[role]
            if part and any(need in p for _, p in part):
                name = "%s-%d.geojson" % (role, k + 1)
                collection(os.path.join(out, name), part)
                files[role].append(name)

    zones = []
    for i in range(rng.randint(1, 7)):
        props, roll = {"id": "Z%d" % i, "name": "Zone %d" % i}, rng.random()
        x, y = w.where()
        if roll < 0.35:
            g = w.point(x, y)
            props["radius_m"] = round(w.spread * rng.choice([0.01, 0.05, 0.2]), 1)
            if rng.random() < 0.1:
                del props["radius_m"]
        elif roll < 0.45:
            a, b = w.point(x, y)["coordinates"], w.point(x + 0.1 * w.spread, y + 0.05 * w.spread)["coordinates"]
            g = {"type": "LineString", "coordinates": [a, b]}
            props["radius_m"] = 50
        elif roll < 0.6 and w.pool:
            ring = rng.choice(w.pool)                                 # beside an earlier ring
            top = max(p[1] for p in ring)
            lon = ring[0][0]
            dy = rng.uniform(1, 200) * w.my
            k = 0.1 * w.spread
            g = w.finish([[[[lon, top + dy], [lon + k * w.mx, top + dy], [lon + k * w.mx, top + dy + k * w.my],
                            [lon, top + dy + k * w.my], [lon, top + dy]]]])
        else:
            g = w.finish(w.polygon(w.blob(x, y, w.size())))
        zones.append((g, props))
    collection(os.path.join(out, "zones.geojson"), zones)
    files["zones"] = ["zones.geojson"]

    incidents = []
    for i in range(rng.randint(1, 8)):
        props = {"date": rng.choice(DATES + [None, "2019"]), "killed": rng.randint(0, 2), "injured": rng.randint(0, 3)}
        if borders and rng.random() < 0.5:
            g = w.finish([[[list(rng.choice(borders))] * 4]])["coordinates"]
            while isinstance(g[0], list):
                g = g[0]
            g = {"type": "Point", "coordinates": g}
        else:
            g = None if rng.random() < 0.3 * w.dirty else w.point(*w.where())
        incidents.append((g, props))
    collection(os.path.join(out, "incidents.geojson"), incidents)
    files["incidents"] = ["incidents.geojson"]
    if rng.random() < 0.35:
        s = w.spread * rng.uniform(0.5, 1.6)
        collection(os.path.join(out, "coverage.geojson"), [(w.finish([[w.rect(-s, -s, 2 * s, 2 * s)]]), {"id": "survey"})])
        files["coverage"] = ["coverage.geojson"]
    return files, place


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--seed", type=int, required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--records", type=int, default=40)
    p.add_argument("--place", choices=sorted(PLACES))
    p.add_argument("--dirty", type=float, default=0.25)
    o = p.parse_args()
    files, place = generate(o.seed, o.out, o.records, o.place, o.dirty)
    print("place %s: %s" % (place, ", ".join(f for fs in files.values() for f in fs)))


if __name__ == "__main__":
    main()
