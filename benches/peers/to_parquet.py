"""GeoParquet of a scenario's FlatGeobuf files, for the programs that read nothing faster: to_parquet.py FOLDER"""
import pathlib
import sys

import geopandas

for path in sorted(pathlib.Path(sys.argv[1]).glob("*.fgb")):
    if path.stem in ("districts", "hazards", "releases"):
        part = path.with_suffix(".part")
        geopandas.read_file(path, use_arrow=True).to_parquet(part, compression="zstd")
        part.rename(path.with_suffix(".parquet"))
