"""Geometry of the independent check: reading shapes, the ring rule, one
equal-area plane, faces, and geodesic distances.

How it works, and why:

* Every ring is kept as a list of points.  Whether a ring covers a place is
  decided by its winding number there, computed here, not by an overlay
  library.  GEOS is used to node lines and to collect the faces between them,
  and for nothing else that decides an area.
* The plane is the cylindrical equal-area projection of the ellipsoid (PROJ
  "cea").  Meridians and parallels are straight in it, x is linear in
  longitude, so an edge that is straight in longitude/latitude only bends
  because y is not linear in latitude; cutting every edge at common parallels
  is enough, and edges that lie on one another are cut at the same places.
"""
import math

import numpy as np
import pyproj
import shapely
from shapely import LineString, MultiPolygon, Polygon

A = 6378137.0                      # WGS 84 semi-major axis
EDGE = 0.002                       # degrees between vertices where distances are measured
SAGITTA = 2.5e-4                   # metres a chord may leave its edge
GRID = 1e-6                        # metres; the noding grid
GEOD = pyproj.Geod(ellps="WGS84")


class SetAside(Exception):
    """The geometry can't be used; the message says why."""


# --------------------------------------------------------------- reading

def readable(position):
    """(lon, lat) if the position is finite and on Earth, else None."""
    if not isinstance(position, (list, tuple)) or len(position) < 2:
        return None
    lon, lat = position[0], position[1]
    for v in (lon, lat):
        if isinstance(v, bool) or not isinstance(v, (int, float)) or not math.isfinite(v):
            return None
    if abs(lon) > 180 or abs(lat) > 90:
        return None
    return float(lon), float(lat)


def unwrap(points):
    """Longitudes made continuous: a step of more than 180 degrees goes the
    short way round.  Returns the array and whether any step did so."""
    out, turn, hit = [], 0, False
    for i, (lon, lat) in enumerate(points):
        if i:
            step = lon - points[i - 1][0]
            if step > 180:
                turn, hit = turn - 1, True
            elif step < -180:
                turn, hit = turn + 1, True
        out.append((lon + 360.0 * turn, lat))
    return np.array(out, dtype=float).reshape(-1, 2), hit


class Shape:
    """A geometry as read.

    kind      'area', 'point', 'line'
    polygons  list of polygons, each a list of closed rings (n x 2 arrays)
    points    list of (lon, lat)
    lines     list of n x 2 arrays
    repaired  the rings are not valid by OGC Simple Features
    wrapped   an edge went the short way round
    """

    def __init__(self, kind):
        self.kind, self.polygons, self.points, self.lines = kind, [], [], []
        self.repaired = self.wrapped = False


def all_positions(geometry):
    """Every readable position in a geometry, however broken it is."""
    found = []

    def walk(node, depth=0):
        if depth > 12 or not isinstance(node, list):
            return
        if node and not any(isinstance(x, list) for x in node):
            p = readable(node)
            if p:
                found.append(p)
            return
        for x in node:
            walk(x, depth + 1)

    if isinstance(geometry, dict):
        walk(geometry.get("coordinates"))
        for g in geometry.get("geometries") or []:
            found.extend(all_positions(g))
    return found


def positions(node, what):
    if not isinstance(node, list):
        raise SetAside("%s is not a list of positions" % what)
    out = []
    for p in node:
        r = readable(p)
        if r is None:
            raise SetAside("a coordinate is not finite or not on Earth")
        out.append(r)
    return out


def read_shape(geometry):
    """Reads a GeoJSON geometry; raises SetAside when it has no use at all.
    Whether an area is really there is known only after the overlay."""
    if not isinstance(geometry, dict):
        raise SetAside("no geometry")
    kind, coords = geometry.get("type"), geometry.get("coordinates")
    if kind == "GeometryCollection":
        parts = [g for g in geometry.get("geometries") or []
                 if isinstance(g, dict) and g.get("type") in ("Polygon", "MultiPolygon")]
        polys = []
        for g in parts:
            polys += [g["coordinates"]] if g["type"] == "Polygon" else g["coordinates"]
        kind, coords = "MultiPolygon", polys
    if not isinstance(coords, list) or not coords:
        raise SetAside("empty geometry")
    if kind in ("Point", "MultiPoint"):
        shape = Shape("point")
        shape.points = positions([coords] if kind == "Point" else coords, "a point")
        return shape
    if kind in ("LineString", "MultiLineString"):
        shape = Shape("line")
        for line in ([coords] if kind == "LineString" else coords):
            pts, hit = unwrap(positions(line, "a line"))
            shape.wrapped |= hit
            if len(pts):
                shape.lines.append(pts)
        return shape
    if kind not in ("Polygon", "MultiPolygon"):
        raise SetAside("geometry type %r is not known" % (kind,))

    shape = Shape("area")
    for rings in ([coords] if kind == "Polygon" else coords):
        if not isinstance(rings, list):
            raise SetAside("a polygon is not a list of rings")
        polygon = []
        for i, ring in enumerate(rings):
            pts = positions(ring, "a ring")
            if not pts:
                shape.repaired = True
                if i == 0:
                    break              # no shell: this part covers nothing
                continue
            if pts[0] != pts[-1] or len(pts) == 1:
                shape.repaired = True  # unclosed
                pts.append(pts[0])
            arr, hit = unwrap(pts)
            shape.wrapped |= hit
            turns = round((arr[-1, 0] - arr[0, 0]) / 360.0)
            if turns:
                # The ring runs round a pole: it is led over the nearer one.
                pole = math.copysign(90.0, arr[:, 1].mean())
                arr = np.vstack([arr, [[arr[-1, 0], pole], [arr[0, 0], pole], arr[0]]])
            if polygon:
                # A hole may be written on the other side of the antimeridian.
                shell = polygon[0]
                for turn in (0, 360.0, -360.0):
                    if (arr[:, 0].min() + turn <= shell[:, 0].max()
                            and arr[:, 0].max() + turn >= shell[:, 0].min()):
                        arr = arr + [turn, 0.0]
                        break
            polygon.append(arr)
        if polygon:
            shape.polygons.append(polygon)
    if not shape.polygons:
        raise SetAside("empty geometry")
    if not shape.repaired:
        shape.repaired = not ogc_valid(shape.polygons, kind)
    distinct = {(x % 360.0, y) for poly in shape.polygons for x, y in poly[0]}
    if len(distinct) < 3:
        raise SetAside("fewer than three distinct points")
    return shape


def ogc_valid(polygons, kind):
    try:
        parts = [Polygon(p[0], p[1:]) for p in polygons]
    except ValueError:                 # fewer than four positions in a ring
        return False
    if kind == "Polygon":
        return parts[0].is_valid
    if not MultiPolygon(parts).is_valid:
        return False
    # Parts on either side of the antimeridian: they may share it as a border
    # (RFC 7946 cuts there), but not cover the same ground.
    for i, p in enumerate(parts):
        for r in parts[:i]:
            for turn in (360.0, -360.0):
                moved = shapely.transform(r, lambda c: c + [turn, 0.0])
                if p.intersects(moved) and p.relate_pattern(moved, "2********"):
                    return False
    return True


# ----------------------------------------------------------- ring rule

def winding(ring, px, py):
    """Winding numbers of a closed ring about many points."""
    x1, y1, x2, y2 = ring[:-1, 0], ring[:-1, 1], ring[1:, 0], ring[1:, 1]
    out = np.zeros(len(px), dtype=int)
    step = max(1, int(4e6 // max(1, len(x1))))
    for k in range(0, len(px), step):
        X, Y = px[k:k + step, None], py[k:k + step, None]
        left = (x2 - x1) * (Y - y1) - (X - x1) * (y2 - y1)
        out[k:k + step] = (((y1 <= Y) & (y2 > Y) & (left > 0)).sum(1)
                           - ((y1 > Y) & (y2 <= Y) & (left < 0)).sum(1))
    return out


def polygon_covers(polygon, px, py):
    """First ring less what the other rings cover within it."""
    inside = winding(polygon[0], px, py) != 0
    for hole in polygon[1:]:
        if not inside.any():
            break
        inside &= winding(hole, px, py) == 0
    return inside


def place_point(shape, lon, lat):
    """1 inside, 0 on the border, -1 outside; in source coordinates, so that a
    point on a border is found as such.  GEOS' test of a point on a line is
    exact."""
    best = -1
    for polygon in shape.polygons:
        for turn in (0.0, 360.0, -360.0):
            p = shapely.Point(lon + turn, lat)
            ins = polygon_covers(polygon, np.array([lon + turn]), np.array([lat]))[0]
            edge = [shapely.intersects(p, LineString(r)) for r in polygon]
            if any(edge):
                # On a hole's border outside the shell is plainly outside.
                if edge[0] or winding(polygon[0], np.array([lon + turn]), np.array([lat]))[0]:
                    best = max(best, 0)
            elif ins:
                best = 1
    return best


# --------------------------------------------------------------- plane

class Plane:
    """One equal-area plane for all layers, with its seam where no data is."""

    def __init__(self, shapes):
        spans, lats = [], []
        for s in shapes:
            for polygon in s.polygons:
                spans.append((polygon[0][:, 0].min(), polygon[0][:, 0].max()))
                lats += [polygon[0][:, 1].min(), polygon[0][:, 1].max()]
        self.cut = self._seam(spans)
        self.lon0 = self.cut + 180.0
        centre = float(np.median(lats)) if lats else 0.0
        centre = max(-85.0, min(85.0, centre))
        self.proj = pyproj.Proj(proj="cea", lat_ts=centre, lon_0=0, ellps="WGS84")
        # Scale of x per degree; x is linear in longitude.
        self.kx = self.proj(1.0, 0.0)[0]
        self.period = 360.0 * self.kx
        self.y0 = self.proj(0.0, centre)[1]
        k0 = self.kx / math.radians(A)
        top = max([abs(v) for v in lats] + [1.0])
        bend = A * max(math.sin(math.radians(top)), 0.02) / k0
        self.step = math.degrees(math.sqrt(8 * SAGITTA / bend))

    @staticmethod
    def _seam(spans):
        """Longitude in the middle of the widest gap; -180 if there is none."""
        if not spans:
            return -180.0
        if any(b - a >= 360 for a, b in spans):
            return -180.0
        spans = sorted((a % 360.0, a % 360.0 + (b - a)) for a, b in spans)
        reach, gap, cut = spans[0][1], -1.0, -180.0
        for a, b in spans[1:]:
            if a - reach > gap:
                gap, cut = a - reach, (a + reach) / 2
            reach = max(reach, b)
        last = spans[0][0] + 360.0 - reach
        if last > gap:
            gap, cut = last, reach + last / 2
        return cut - 360.0 if gap > 0 else -180.0

    def densify(self, ring):
        """Cuts every edge at the common parallels."""
        out = [tuple(ring[0])]
        for p, q in zip(ring[:-1], ring[1:]):
            a, b = (tuple(p), tuple(q)) if tuple(p) <= tuple(q) else (tuple(q), tuple(p))
            lo, hi = sorted((a[1], b[1]))
            k0, k1 = math.floor(lo / self.step) + 1, math.ceil(hi / self.step) - 1
            if k1 >= k0:
                lat = np.arange(k0, k1 + 1) * self.step
                # Always interpolated from the same end, so that two records
                # which share the edge get the same points.
                lon = a[0] + (b[0] - a[0]) * ((lat - a[1]) / (b[1] - a[1]))
                pts = list(zip(lon, lat))
                if (q[1] < p[1]):
                    pts.reverse()
                out += pts
            out.append(tuple(q))
        return np.array(out, dtype=float)

    def to_xy(self, lonlat):
        _, y = self.proj(np.zeros(len(lonlat)), lonlat[:, 1])
        return np.column_stack([(lonlat[:, 0] - self.lon0) * self.kx, np.asarray(y) - self.y0])

    def to_lonlat(self, xy):
        _, lat = self.proj(np.zeros(len(xy)), xy[:, 1] + self.y0, inverse=True)
        return np.column_stack([xy[:, 0] / self.kx + self.lon0, lat])

    def footprint(self, shape):
        """Polygons of a shape in the plane.  A polygon across the seam is
        given twice, a period apart; the seam lines cut both."""
        out = []
        for polygon in shape.polygons:
            shift = math.floor((polygon[0][:, 0].min() - self.cut) / 360.0) * 360.0
            rings = [self.to_xy(self.densify(r) - [shift, 0.0]) for r in polygon]
            out.append(rings)
            if rings[0][:, 0].max() > self.period / 2 + 1e-6:
                out.append([r - [self.period, 0.0] for r in rings])
        return out


# --------------------------------------------------------------- faces

def roomy_point(polygon, x, y):
    """Centre of the circle within the roomiest triangle of a face."""
    best = 0.0
    for t in shapely.get_parts(shapely.constrained_delaunay_triangles(polygon)):
        c = np.asarray(t.exterior.coords)[:3]
        side = np.hypot(*(c[[1, 2, 0]] - c[[2, 0, 1]]).T)     # opposite each corner
        if side.sum() > 0 and 2 * t.area / side.sum() > best:
            best = 2 * t.area / side.sum()
            x, y = (c * side[:, None]).sum(0) / side.sum()
    return x, y


class Faces:
    """All footprints cut into faces; for each face who covers it."""

    def __init__(self, plane, footprints):
        self.plane = plane
        lines = [LineString(r) for fp in footprints for poly in fp for r in poly
                 if len(r) >= 2]
        half = plane.period / 2
        if any(abs(v) > half - 1 for fp in footprints for poly in fp
               for v in (poly[0][:, 0].min(), poly[0][:, 0].max())):
            y = max(abs(poly[0][:, 1]).max() for fp in footprints for poly in fp) + 10
            lines += [LineString([(s * half, -y), (s * half, y)]) for s in (-1, 1)]
        noded = shapely.unary_union(shapely.MultiLineString(lines), grid_size=GRID) if lines else None
        polys = list(shapely.polygonize(list(shapely.get_parts(noded))).geoms) if lines else []
        polys = [p for p in polys if -half - 1e-3 < p.bounds[0] and p.bounds[2] < half + 1e-3]
        self.polys = np.array(polys, dtype=object)
        self.area = shapely.area(self.polys) if len(polys) else np.zeros(0)
        reps = shapely.point_on_surface(self.polys) if len(polys) else []
        self.x = shapely.get_x(reps) if len(polys) else np.zeros(0)
        self.y = shapely.get_y(reps) if len(polys) else np.zeros(0)
        # GEOS may put the point into a thin tail of the face, nearer to a
        # border than the grid; then whose land it is would be a matter of luck.
        for k in range(len(polys)):
            if shapely.distance(polys[k].boundary, reps[k]) < 1e-3:
                self.x[k], self.y[k] = roomy_point(polys[k], self.x[k], self.y[k])
        tree = shapely.STRtree(shapely.points(self.x, self.y)) if len(polys) else None
        # covered[i] = indexes of the faces that footprint i covers
        self.covered = []
        for fp in footprints:
            hit = set()
            for poly in fp:
                if tree is None:
                    continue
                lo, hi = poly[0].min(0), poly[0].max(0)
                near = tree.query(shapely.box(lo[0], lo[1], hi[0], hi[1]))
                if len(near):
                    ok = polygon_covers(poly, self.x[near], self.y[near])
                    hit.update(near[ok].tolist())
            self.covered.append(sorted(hit))

    def check(self, index, footprint, valid):
        """Difference between a valid record's own area (by the shoelace sum of
        its rings, no noding) and the sum of its faces."""
        if not valid or len(footprint) == 0:
            return 0.0
        total = 0.0
        for poly in footprint:
            for i, r in enumerate(poly):
                q = r - r[0]
                s = abs(np.sum(q[:-1, 0] * q[1:, 1] - q[1:, 0] * q[:-1, 1])) / 2
                total += s if i == 0 else -s
        return float(sum(self.area[self.covered[index]]) - total)


# ------------------------------------------------------- discs, corridors

def disc(lon, lat, radius):
    """Geodesic disc as a ring.  The radius of its vertices is enlarged so that
    the many-sided figure has the area of the round one."""
    n = 2048
    r = radius * math.sqrt((2 * math.pi / n) / math.sin(2 * math.pi / n))
    az = -np.arange(n) * (360.0 / n)
    x, y, _ = GEOD.fwd(np.full(n, lon), np.full(n, lat), az, np.full(n, r))
    pts = list(zip(x.tolist(), y.tolist()))
    arr, _ = unwrap(pts + pts[:1])
    if abs(arr[-1, 0] - arr[0, 0]) > 180:
        pole = math.copysign(90.0, lat)
        arr = np.vstack([arr, [[arr[-1, 0], pole], [arr[0, 0], pole], arr[0]]])
    return arr


def corridor(line, radius):
    """Rings within a distance of a line: short pieces, each buffered in an
    azimuthal plane centred on it; the ring rule unites them."""
    out = []
    for p, q in zip(line[:-1], line[1:]):
        length = GEOD.inv(p[0], p[1], q[0], q[1])[2]
        n = max(1, int(math.ceil(length / 4000.0)))
        for i in range(n):
            a, b = p + (q - p) * (i / n), p + (q - p) * ((i + 1) / n)
            m = (a + b) / 2
            t = pyproj.Proj(proj="aeqd", lat_0=m[1], lon_0=m[0], ellps="WGS84")
            mid = np.linspace(a, b, 17)
            xs, ys = t(mid[:, 0], mid[:, 1])
            ring = np.array(LineString(list(zip(xs, ys))).buffer(radius, quad_segs=1024).exterior.coords)
            lon, lat = t(ring[:, 0], ring[:, 1], inverse=True)
            out.append([unwrap(list(zip(lon, lat)))[0]])
    return out


# ------------------------------------------------------------- distance

class Near:
    """Geodesic distances from one zone, found in an azimuthal plane centred on
    the zone and measured on the ellipsoid between the nearest points."""

    def __init__(self, zone_polys_lonlat):
        allp = np.vstack([np.asarray(p.exterior.coords) for p in zone_polys_lonlat])
        self.proj = pyproj.Proj(proj="aeqd", lat_0=allp[:, 1].mean(), lon_0=allp[:, 0].mean(), ellps="WGS84")
        # The faces side by side, not united: distances need no union.
        self.zone = MultiPolygon([self._flat(p) for p in zone_polys_lonlat])
        shapely.prepare(self.zone)

    def _flat(self, g):
        # An edge is straight in longitude and latitude: a parallel of 14 km leaves its chord by 3 m.
        g = shapely.segmentize(g, EDGE)
        return shapely.transform(g, lambda c: np.column_stack(self.proj(c[:, 0], c[:, 1])))

    def distances(self, geoms):
        """To each of an array of lon/lat geometries."""
        flat = self._flat(np.asarray(geoms, dtype=object))
        rough = shapely.distance(self.zone, flat)
        out = rough.copy()
        if len(rough) == 0:
            return out
        limit = rough.min() * 1.02 + 5000.0
        for i in np.nonzero((rough > 0) & (rough <= limit))[0]:
            line = np.asarray(shapely.shortest_line(self.zone, flat[i]).coords)
            lon, lat = self.proj(line[:, 0], line[:, 1], inverse=True)
            out[i] = GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2]
        return out
