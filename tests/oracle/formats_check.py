"""The formats of one output folder against its GeoJSON and CSV files, read by other programs' readers.

    python formats_check.py OUT [--faces-only]

Needs nothing beyond Python for the faces; pyogrio and shapely 2 for GeoPackage and FlatGeobuf, pyarrow for GeoParquet.
Ends with 0 where every cell and every coordinate agrees, 1 where something differs, 77 where a reader is not installed.

The faces are replayed by nothing but their own columns and summed by district and state. Their areas are exact and the
figures printed in square centimetres, with an error that is carried along; so states agree within 5 of them.
"""

import csv
import json
import sys
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

STATES = ["suspected", "confirmed", "cancelled", "reduced", "cleared"]
LAYERS = ["districts", "zones", "remaining", "released", "findings", "faces"]
SQUARE_CENTIMETRE = Decimal("0.0001")
ROUNDING = 5 * SQUARE_CENTIMETRE
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

problems = []


def problem(text):
    problems.append(text)
    if len(problems) <= 20:
        print(text)


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # An apostrophe keeps a text from being taken for a formula; it is not part of it.
    for row in rows:
        for name, cell in row.items():
            if cell and cell.startswith("'") and cell[1:].startswith(FORMULA):
                row[name] = cell[1:]
    # A row of hashtags is no data.
    return rows[1:] if rows and all((cell or "").startswith("#") for cell in rows[0].values()) else rows


def after(state, word, baseline):
    """One step of the replay: the state of land after a record of this class or kind."""
    contaminated = state in ("suspected", "confirmed")
    if word in ("suspected", "confirmed"):
        if contaminated:
            return "confirmed" if "confirmed" in (state, word) else state
        return word
    if state == "none":
        return word if baseline else "none"
    return word if contaminated else state


def check_faces(out):
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    baseline, dated = summary["settings"]["outside"] == "baseline", summary["dates"] == "replay"
    faces = json.loads((out / "faces.geojson").read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
    records = rows_of(out / "records.csv")
    exact, once = defaultdict(Decimal), defaultdict(Decimal)
    for feature in faces["features"]:
        face = feature["properties"]
        area = Decimal(face["area_m2"])
        if Decimal(face["area_exact_m2"]) != area:
            problem(f"face {face['face']}: two areas")
        state, seen = "none", set()
        for place, word in enumerate(face["record_classes"]):
            row = records[int(face["record_rows"][place]) - 1]
            date = face["record_dates"][place] if dated else ""
            if (row["class"], row["date"]) != (word, face["record_dates"][place]):
                problem(f"face {face['face']}: record {place} is not its row of records.csv")
            if row["in_effect"] != "true":
                continue
            is_release = word in ("cancelled", "reduced", "cleared")
            for what, there in (
                ("outside", is_release and state == "none" and not baseline),
                ("repeated", is_release and state in ("cancelled", "reduced", "cleared")),
            ):
                if there and what not in seen:
                    seen.add(what)
                    once[(face["code"], date, what)] += area
            state = after(state, word, baseline)
        if state != face["state"]:
            problem(f"face {face['face']}: replayed to {state}, and it says {face['state']}")
        exact[(face["code"], f"{state}_m2")] += area
    figures = defaultdict(Decimal)
    for (code, _, what), area in once.items():
        name = {"outside": "release_outside_hazard_m2", "repeated": "repeated_release_m2"}[what]
        figures[(code, name)] += area.quantize(SQUARE_CENTIMETRE, rounding=ROUND_HALF_UP)
    figure_names = ["release_outside_hazard_m2", "repeated_release_m2"]
    names = [f"{state}_m2" for state in STATES] + figure_names
    compared = 0
    for row in rows_of(out / "districts.csv"):
        for name in names:
            compared += 1
            place = (row["code"] or None, name)
            of_faces, allowed = (exact[place], ROUNDING) if name not in figure_names else (figures[place], 0)
            if abs(of_faces - Decimal(row[name])) > allowed:
                problem(f"{row['code']} {name}: {row[name]} published, {of_faces} of faces")
    print(f"faces: {len(faces['features'])}, {compared} figures compared")


def text_of(value):
    """A cell of a format with types as GeoJSON would have it."""
    if value is None or value != value or str(value) in ("NaT", "<NA>"):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    if str(type(value)).find("datetime64") >= 0:
        return str(value)[:10]
    return value


def same(wanted, got, cut):
    """Whether a cell is the member; GDAL's readers `cut` texts at their first NUL, as C does."""
    got = text_of(got)
    if isinstance(wanted, list):
        wanted = "; ".join(wanted)
        return (got or "") == (wanted.split("\0")[0] if cut else wanted)
    if cut and isinstance(wanted, str):
        wanted = wanted.split("\0")[0]
        return (got or "") == wanted
    if wanted is None:
        return got is None
    if isinstance(wanted, bool):
        return bool(got) == wanted
    if isinstance(wanted, (int, float)):
        return got is not None and float(got) == float(wanted)
    return got == wanted


def multi(geometry):
    """A geometry as its parts, so that a polygon is a multipolygon of one."""
    import shapely

    if geometry is None or shapely.is_empty(geometry):
        return None
    if geometry.geom_type == "Polygon":
        geometry = shapely.MultiPolygon([geometry])
    return shapely.to_wkb(geometry)


def compare(out, name, layer, read):
    import shapely

    wanted = json.loads((out / f"{layer}.geojson").read_text(encoding="utf-8"))["features"]
    names, columns, geometries = read
    if len(wanted) != len(geometries):
        return problem(f"{name}: {len(geometries)} rows, {len(wanted)} features")
    keys = list(wanted[0]["properties"]) if wanted else []
    if wanted and list(names) != keys:
        return problem(f"{name}: columns {list(names)}, members {keys}")

    def row(number):
        return tuple(text_of(columns[i][number]) for i in range(len(names)))

    # The rows of a Hilbert tree have an order of their own.
    left = defaultdict(list)
    for number in range(len(geometries)):
        left[multi(geometries[number])].append(number)
    for feature in wanted:
        shape = None
        if feature["geometry"] is not None:
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        found = None
        for number in left[multi(shape)]:
            if all(same(feature["properties"][key], columns[i][number], not name.startswith("parquet")) for i, key in enumerate(names)):
                found = number
                break
        if found is None:
            problem(f"{name}: no row is {json.dumps(feature['properties'])[:200]}")
        else:
            left[multi(shape)].remove(found)
    print(f"{name}: {len(wanted)} features, {len(keys)} columns")


def main():
    out = Path(sys.argv[1])
    if (out / "faces.geojson").exists():
        check_faces(out)
    if "--faces-only" not in sys.argv:
        try:
            import pyogrio.raw
            import pyarrow.parquet
            import shapely
        except ImportError as missing:
            print(f"skipped: {missing}")
            sys.exit(77)

        def ogr(path, layer=None):
            meta, _, geometry, columns = pyogrio.raw.read(path, layer=layer)
            return list(meta["fields"]), columns, shapely.from_wkb(geometry)

        for layer in LAYERS:
            if not (out / f"{layer}.geojson").exists():
                continue
            if (out / "remnant.gpkg").exists():
                compare(out, f"gpkg {layer}", layer, ogr(out / "remnant.gpkg", layer))
            if (out / f"{layer}.fgb").exists():
                compare(out, f"fgb {layer}", layer, ogr(out / f"{layer}.fgb"))
            if (out / f"{layer}.parquet").exists():
                table = pyarrow.parquet.read_table(out / f"{layer}.parquet")
                geo = json.loads(table.schema.metadata[b"geo"])
                if geo["version"] != "1.1.0" or "crs" in geo["columns"]["geometry"]:
                    problem(f"parquet {layer}: {geo}")
                names = [n for n in table.column_names if n not in ("geometry", "bbox")]
                columns = [table[n].to_pylist() for n in names]
                shapes = [None if g is None else shapely.from_wkb(g) for g in table["geometry"].to_pylist()]
                for box, shape in zip(table["bbox"].to_pylist(), shapes):
                    if (box is None) != (shape is None) or (box and tuple(box.values()) != shape.bounds):
                        problem(f"parquet {layer}: the box {box}")
                compare(out, f"parquet {layer}", layer, (names, columns, shapes))
    sys.exit(1 if problems else 0)


main()
