"""Layers read into arrays of shapely and brought to the plane, for the scripts that use them."""
import numpy
import pyogrio
import pyproj
import shapely

import plain

to_plane = pyproj.Transformer.from_crs(plain.GIVEN, plain.PLANE, always_xy=True)


def project(points):
    return numpy.stack(to_plane.transform(points[:, 0], points[:, 1]), axis=1)


def read(name, field):
    """The polygons of a layer in the plane, and one of its fields."""
    _, _, wkb, fields = pyogrio.raw.read(plain.layer(name, "fgb"), columns=[field])
    return shapely.transform(shapely.from_wkb(wkb), project), fields[0]


class Layers:
    """All three, with the numbers of the hazards and releases that reach each district."""

    def __init__(self):
        self.districts, self.codes = read("districts", "code")
        self.hazards, _ = read("hazards", "id")
        self.releases, self.kinds = read("releases", "kind")
        shapely.prepare(self.districts)
        self.hazards_of = self._reaching(self.hazards)
        self.releases_of = self._reaching(self.releases)

    def _reaching(self, records):
        where, which = shapely.STRtree(records).query(self.districts, predicate="intersects")
        return [which[where == d] for d in range(len(self.districts))]

    def released(self, district, kind):
        """The releases of a kind that reach a district."""
        near = self.releases_of[district]
        return self.releases[near[self.kinds[near] == kind]]

    def by_work(self):
        """The districts, those with most hazards first, so that no process waits for the last one."""
        return sorted(range(len(self.districts)), key=lambda d: len(self.hazards_of[d]), reverse=True)
