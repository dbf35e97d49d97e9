"""DuckDB with its extension for geometry, which is installed as a Python package rather than fetched at run time."""
import pathlib

import duckdb
import duckdb_extension_spatial

import plain

db = duckdb.connect(config={"threads": plain.processes})
extension = next(pathlib.Path(duckdb_extension_spatial.__file__).parent.glob(f"**/v{duckdb.__version__}/**/spatial.duckdb_extension"))
db.load_extension(str(extension))

for name, field in [("districts", "code"), ("hazards", "id"), ("releases", "kind")]:
    moved = f"ST_Transform(geometry, '{plain.GIVEN}', '{plain.PLANE}', always_xy := true)"
    db.sql(f"CREATE TABLE {name} AS SELECT {field}, {moved} AS ground FROM read_parquet('{plain.layer(name, 'parquet')}')")

account = {code: [0.0] * 4 for (code,) in db.sql("SELECT code FROM districts").fetchall()}


def enter(column, query):
    for code, area in db.sql(query).fetchall():
        account[code][column] = area


db.sql("""
    CREATE TABLE land AS
    WITH joined AS (
        SELECT code, ST_Union_Agg(h.ground) AS ground
        FROM hazards h JOIN districts d ON ST_Intersects(d.ground, h.ground)
        GROUP BY code)
    SELECT code, ST_Intersection(j.ground, d.ground) AS ground FROM joined j JOIN districts d USING (code)
""")
enter(0, "SELECT code, ST_Area(ground) FROM land")
db.sql("""
    CREATE TABLE released AS
    SELECT code, kind, ST_Union_Agg(r.ground) AS ground
    FROM releases r JOIN districts d ON ST_Intersects(d.ground, r.ground)
    GROUP BY code, kind
""")
for column, kind in enumerate(plain.PRECEDENCE, start=1):
    db.sql(f"""
        CREATE OR REPLACE TABLE split AS
        SELECT code, ST_Intersection(l.ground, r.ground) AS taken, ST_Difference(l.ground, r.ground) AS kept
        FROM land l JOIN released r USING (code) WHERE kind = '{kind}'
    """)
    enter(column, "SELECT code, ST_Area(taken) FROM split")
    db.sql("UPDATE land SET ground = split.kept FROM split WHERE split.code = land.code")
plain.write(account)
