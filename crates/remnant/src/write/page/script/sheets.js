// ---- sheets: a page of paper for each zone

const SHEETS_WITH_MAPS = 400, LISTED_ON_SHEETS = 8;

// Makes the sheets and asks the browser to print them; what was on the page comes back afterwards.
function printZones(zones) {
  if (!zones.length) return;
  const wasDark = ink && ink.dark;
  document.body.classList.add("sheets-only");
  if (wasDark) document.documentElement.classList.add("light");
  mix();
  fill("sheets", zones.map((zone, i) => sheet(zone, i < SHEETS_WITH_MAPS)));
  at("sheets").removeAttribute("aria-hidden");
  const after = () => {
    document.body.classList.remove("sheets-only");
    document.documentElement.classList.remove("light");
    at("sheets").setAttribute("aria-hidden", "true");
    fill("sheets");
    mix();
  };
  window.addEventListener("afterprint", after, { once: true });
  window.print();
}

function sheet(zone, withMap) {
  const { reasons, bar, figures } = zoneFacts(zone);
  const drawing = withMap && map ? sheetMap(zone) : null;
  return element("article.sheet", { lang: chosen.language },
    element("header", null,
      element("div", null, element("h2", null, named(zone.name || zone.id)),
        element("p", null, named(DISTRICT_NAMES.get(zone.district) || t("outside")), " · ", named(zone.id))),
      element("p.asof", null, t("as-of"), " ", element("strong", null, day(DATA.as_of)))),
    element("div.verdict", null, statusBadge(zone.status), element("p", null, t("meaning." + zone.status))),
    element("div.halves", null,
      element("div", null, element("h4", null, t("panel.why")), clipped(reasons, 6), bar, figures),
      element("div", null, drawing || element("p.note", null, t(map ? "sheet.no-map" : "map.none")))),
    element("div.details", null, zoneDetails(zone, LISTED_ON_SHEETS)),
    element("footer", null,
      DATA.unplaced_hazards > 0 ? element("p.strong", null, t("unplaced", { n: number(DATA.unplaced_hazards) })) : null,
      element("p", null, t("disclaimer")), element("p", null, t("footer", { version: DATA.version }))));
}

// The first entries of a list; those left out are counted.
function clipped(list, most) {
  const left = list.children.length - most;
  while (list.children.length > most) list.lastChild.remove();
  if (left > 0) list.append(element("li", null, t("and.more", { n: number(left) })));
  return list;
}

function sheetMap(zone) {
  const shape = WORLD.zones[zone.number];
  if (!shape) return null;
  const width = 330, height = 270;
  const [west, north, east, south] = shape.box;
  // The zone with what lies about it, at least a kilometre wide.
  const kilometre = (1000 * Math.cosh((0.5 - (north + south) / 2) * 2 * Math.PI)) / 40075016.7;
  const wide = Math.max(2.2 * (east - west), kilometre, ((south - north) * 2.2 * width) / height);
  const scale = width / wide;
  const view = { left: ((west + east) / 2) * scale - width / 2, top: ((north + south) / 2) * scale - height / 2, scale, width, height };
  const [made, brush] = canvas(width, height, 2);
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", t("map.title"));
  brush.fillStyle = ink.paper;
  brush.fillRect(0, 0, width, height);
  const everything = { confirmed: true, suspected: true, cancelled: true, reduced: true, cleared: true, zones: true, shade: false };
  const past = chosen.date;
  chosen.date = null;
  paintGround(brush, WORLD, view, everything);
  chosen.date = past;
  outline(brush, WORLD, shape.polygons, view);
  brush.strokeStyle = ink.selected;
  brush.lineWidth = 2.2;
  brush.stroke();
  brush.strokeStyle = ink.incident;
  brush.lineWidth = 2;
  brush.beginPath();
  for (const [row] of zone.evidence.incidents) {
    const [px, py] = placeOf(DATA.incidents[row].at), x = px * scale - view.left, y = py * scale - view.top;
    brush.moveTo(x - 4, y - 4); brush.lineTo(x + 4, y + 4);
    brush.moveTo(x - 4, y + 4); brush.lineTo(x + 4, y - 4);
  }
  brush.stroke();
  const { pixels, text } = scaleBar(metresPerPixel(view), 90);
  const bar = element("div.scale", null, text);
  bar.style.width = pixels + "px";
  const shownHere = STATES.filter((_, state) => WORLD.index.land[state].within(boxOf(view)).length);
  return element("figure", null, element("div.frame", null, made, element("span.north", { "aria-hidden": "true" }, "N ↑"), bar),
    element("figcaption", null, shownHere.map((state) => element("span", null, swatch(state), " ", t("layer." + state)))));
}
