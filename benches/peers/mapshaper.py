"""mapshaper: one topology of all layers, each set dissolved, all of them overlaid, the pieces added up."""
import json
import pathlib
import subprocess
import sys
import tempfile

import plain

files = [plain.layer(name, "geojson") for name in ("districts", "hazards", "releases")]
steps = ["-i", *files, "combine-files", "-proj", plain.PLANE, "target=*"]
steps += ["-filter-fields", "code", "target=districts"]
steps += ["-each", "hazard = true", "target=hazards", "-dissolve", "hazard", "target=hazards"]
for kind in plain.PRECEDENCE:
    steps += ["-filter", f"kind == '{kind}'", "+", f"name={kind}", "target=releases"]
    steps += ["-each", f"{kind} = true", f"target={kind}", "-dissolve", kind, f"target={kind}"]
steps += ["-union", "target=districts,hazards," + ",".join(plain.PRECEDENCE), "name=pieces"]
steps += ["-each", "area = this.area", "target=pieces"]

with tempfile.TemporaryDirectory() as folder:
    table = pathlib.Path(folder) / "pieces.json"
    subprocess.run([sys.argv[4], *steps, "-o", str(table), "format=json", "target=pieces"], check=True)
    pieces = json.loads(table.read_text())

account = {}
for piece in pieces:
    if piece.get("code"):
        figures = account.setdefault(piece["code"], [0.0] * 4)
        if piece.get("hazard"):
            figures[0] += piece["area"]
            taken = [kind for kind in plain.PRECEDENCE if piece.get(kind)]
            if taken:
                figures[1 + plain.PRECEDENCE.index(taken[0])] += piece["area"]
plain.write(account)
