"""Clipper2 through pyclipr: whole numbers of 10 micrometres, a process for each core, district by district."""
import multiprocessing

import numpy
import pyclipr
import shapely

import ground
import plain

#: Steps of its grid in a metre. Coarser ones lose whole pieces of ground; finer ones overflow.
STEPS = 100_000

layers = None


def paths(polygons):
    """Open rings, outer ones counter-clockwise and holes clockwise."""
    rings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(polygons)))
    return [shapely.get_coordinates(ring)[:-1] for ring in rings]


def clip(how, land, other):
    clipper = pyclipr.Clipper()
    clipper.scaleFactor = STEPS
    clipper.addPaths(land, pyclipr.Subject)
    clipper.addPaths(other, pyclipr.Clip)
    return clipper.execute(how, pyclipr.FillRule.NonZero)


def area(rings):
    total = 0.0
    for ring in rings:
        x, y = (numpy.asarray(ring) - ring[0]).T
        total += numpy.sum(x * numpy.roll(y, -1) - y * numpy.roll(x, -1)) / 2
    return float(total)


def account(district):
    hazards = paths(layers.hazards[layers.hazards_of[district]])
    land = clip(pyclipr.Intersection, hazards, paths(layers.districts[district : district + 1])) if hazards else []
    figures = [area(land)]
    for kind in plain.PRECEDENCE:
        released = paths(layers.released(district, kind))
        if land and released:
            figures.append(area(clip(pyclipr.Intersection, land, released)))
            land = clip(pyclipr.Difference, land, released)
        else:
            figures.append(0.0)
    return layers.codes[district], figures


if __name__ == "__main__":
    layers = ground.Layers()
    with multiprocessing.get_context("fork").Pool(plain.processes) as pool:
        plain.write(dict(pool.imap_unordered(account, layers.by_work())))
