"""GEOS through shapely 2: a process for each core, district by district."""
import multiprocessing

import shapely

import ground
import plain

layers = None


def account(district):
    hazards = shapely.disjoint_subset_union_all(layers.hazards[layers.hazards_of[district]])
    land = hazards.intersection(layers.districts[district])
    figures = [land.area]
    for kind in plain.PRECEDENCE:
        released = shapely.disjoint_subset_union_all(layers.released(district, kind))
        figures.append(land.intersection(released).area)
        land = land.difference(released)
    return layers.codes[district], figures


if __name__ == "__main__":
    layers = ground.Layers()
    # Forked, so that the layers need not be sent.
    with multiprocessing.get_context("fork").Pool(plain.processes) as pool:
        plain.write(dict(pool.imap_unordered(account, layers.by_work())))
