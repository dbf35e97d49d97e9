// ---- map: the drawing in Leaflet

const WORLD = loadShapes();
const LAYERS = ["confirmed", "suspected", "cancelled", "reduced", "cleared", "zones", "incidents", "findings", "shade"];
const shown = { confirmed: true, suspected: true, cancelled: true, reduced: true, cleared: true, zones: true, incidents: false, findings: false, shade: false };

let map = null, ground = null, marks = null;

const longitudeOf = (x) => (x - 0.5) * 360;
const latitudeOf = (y) => (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI;
const boundsOf = (box) => L.latLngBounds([latitudeOf(box[3]), longitudeOf(box[0])], [latitudeOf(box[1]), longitudeOf(box[2])]);
const middleOf = (box) => [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
// A place in degrees, where the drawing has it.
const placeOf = ([longitude, latitude]) => [mercatorX(WORLD.eastward && longitude < 0 ? longitude + 360 : longitude), mercatorY(latitude)];

function makeMap() {
  if (!WORLD || WORLD.shapes.length === 0) {
    at("map-section").classList.add("without");
    document.body.classList.add("no-map");
    return;
  }
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  map = L.map("map", {
    zoomControl: false, attributionControl: false, maxZoom: 19, minZoom: 2,
    zoomAnimation: !calm, fadeAnimation: false, inertia: !calm, bounceAtZoomLimits: false,
  });
  const box = at("map");
  box.setAttribute("role", "application");
  box.setAttribute("aria-describedby", "map-help");
  wholeMap();

  const Ground = L.GridLayer.extend({
    createTile(place) {
      const { x: width, y: height } = this.getTileSize();
      const [tile, brush] = canvas(width, height);
      paintGround(brush, WORLD, { left: place.x * width, top: place.y * height, scale: 256 * 2 ** place.z, width, height }, shown);
      return tile;
    },
  });
  ground = new Ground({ tileSize: 512, noWrap: true, updateWhenZooming: false, keepBuffer: 1 }).addTo(map);

  const Marks = L.Layer.extend({
    onAdd(there) {
      this.sheet = L.DomUtil.create("canvas", "marks leaflet-zoom-hide");
      this.sheet.setAttribute("aria-hidden", "true");
      there.getPanes().overlayPane.append(this.sheet);
      there.on("moveend zoomend resize viewreset", this.paint, this);
      this.paint();
    },
    paint() {
      const size = map.getSize(), fine = Math.min(2, window.devicePixelRatio || 1);
      L.DomUtil.setPosition(this.sheet, map.containerPointToLayerPoint([0, 0]));
      this.sheet.width = size.x * fine;
      this.sheet.height = size.y * fine;
      this.sheet.style.width = size.x + "px";
      this.sheet.style.height = size.y + "px";
      const brush = this.sheet.getContext("2d");
      brush.scale(fine, fine);
      paintMarks(brush, viewNow());
      showScale();
    },
  });
  box.append(controls(box), element("div.scale", { id: "map-scale", "aria-hidden": "true" }), element("div.tip", { id: "map-tip", hidden: true }));
  marks = new Marks().addTo(map);
  map.on("mousemove", (event) => hover(event));
  map.on("mouseout", () => { at("map-tip").hidden = true; });
  map.on("click", (event) => {
    const found = underneath(event.latlng);
    if (found.zone !== undefined) selectZone(found.zone, { from: "map" });
    else if (found.district !== undefined) selectDistrict(found.district);
  });
}

function viewNow() {
  const origin = map.getPixelBounds().min, size = map.getSize();
  return { left: origin.x, top: origin.y, scale: 256 * 2 ** map.getZoom(), width: size.x, height: size.y };
}

const wholeMap = () => map.fitBounds(boundsOf(WORLD.box), { padding: [14, 14], animate: false });

function controls(box) {
  const button = (key, sign, act) =>
    element("button", { type: "button", "data-t-label": key, "aria-label": t(key), title: t(key), on: { click: act } }, sign);
  const group = element("div.zoom", null,
    button("map.in", "+", () => map.zoomIn()), button("map.out", "−", () => map.zoomOut()), button("map.whole", "⤢", wholeMap));
  const legend = element("details.legend", { id: "legend", open: box.clientWidth > 760 });
  const made = element("div.controls", null, group, legend);
  L.DomEvent.disableClickPropagation(made);
  L.DomEvent.disableScrollPropagation(made);
  for (const name of ["keydown", "mousemove"]) made.addEventListener(name, (event) => event.stopPropagation());
  return made;
}

// The legend is the switch of the layers.
function showLegend() {
  if (!map) return;
  const rows = LAYERS.filter((name) =>
    name === "zones" ? ZONES.length : name === "incidents" ? DATA.incidents.length : name === "findings" ? DATA.places.some(Boolean)
      : name === "shade" ? DISTRICTS.length > 1 : WORLD.index.land[STATES.indexOf(name)].box[0] <= 1e9);
  const past = chosen.date !== null;
  fill("legend", element("summary", null, t("map.legend")),
    rows.map((name) => {
      const box = element("input", { type: "checkbox", "data-layer": name, on: { change: (event) => { shown[name] = event.target.checked; repaint(); } } });
      box.checked = name === "shade" && past ? true : shown[name];
      box.disabled = past && (STATES.includes(name) || name === "shade");
      return element("label." + (box.disabled ? "off" : "on"), null, box, swatch(name), element("span", null, t("layer." + name)));
    }),
    shown.shade || past ? element("div.shades", { "aria-label": t("layer.shade") },
      SHADES.slice(1).map((from, i) => element("span.shade-" + (i + 1), null,
        i + 1 < SHADES.length - 1 ? `≤ ${number(SHADES[i + 2] * 100)}` : `> ${number(from * 100)}`)), " %") : null,
    shown.zones && ZONES.length ? element("div.symbols", null, STATUSES.map((status) => element("span", null, symbol(status), statusWord(status)))) : null);
}

function swatch(name) {
  if (!STATES.includes(name)) return element("span.swatch." + name, { "aria-hidden": "true" });
  const [made, brush] = canvas(22, 14);
  made.className = "swatch";
  brush.fillStyle = ink[name];
  brush.globalAlpha = STATES.indexOf(name) < 2 ? 0.82 : 0.62;
  brush.fillRect(0, 0, 22, 14);
  brush.globalAlpha = 1;
  if (ink.patterns[name]) { brush.fillStyle = ink.patterns[name]; brush.fillRect(0, 0, 22, 14); }
  brush.strokeStyle = ink[name + "-line"];
  brush.strokeRect(0.5, 0.5, 21, 13);
  return made;
}

function showScale() {
  const { pixels, text } = scaleBar(metresPerPixel(viewNow()), 120);
  const bar = at("map-scale");
  fill(bar, text);
  bar.style.width = pixels + "px";
}

function repaint() {
  if (!map) return;
  ground.redraw();
  marks.paint();
  showLegend();
}

// Whether a zone passes the filters; the map dims those that do not.
function paintMarks(brush, view) {
  const box = boxOf(view);
  const inView = (place) => place[0] >= box[0] && place[0] <= box[2] && place[1] >= box[1] && place[1] <= box[3];
  const pixel = ([x, y]) => [x * view.scale - view.left, y * view.scale - view.top];
  const taken = [];
  const free = (x, y, width, height) => {
    const mine = [x - width / 2, y - height, x + width / 2, y + 3];
    if (taken.some((other) => meets(other, mine))) return false;
    taken.push(mine);
    return true;
  };

  if (shown.findings) {
    brush.fillStyle = ink.finding;
    DATA.places.forEach((place) => {
      if (!place || !inView(placeOf(place))) return;
      const [x, y] = pixel(placeOf(place));
      brush.fillRect(x - 2, y - 2, 4, 4);
    });
  }
  if (shown.incidents) {
    brush.strokeStyle = ink.incident;
    brush.lineWidth = 2;
    brush.beginPath();
    for (const incident of DATA.incidents) {
      if (!inView(placeOf(incident.at))) continue;
      const [x, y] = pixel(placeOf(incident.at));
      brush.moveTo(x - 4, y - 4); brush.lineTo(x + 4, y + 4);
      brush.moveTo(x - 4, y + 4); brush.lineTo(x + 4, y - 4);
    }
    brush.stroke();
  }
  if (shown.zones) {
    const passing = new Set(zonesShown().map((zone) => zone.number));
    const places = [];
    // The weightiest are drawn last, on top.
    for (const zone of [...ZONES].sort((a, b) => STATUSES.indexOf(b.status) - STATUSES.indexOf(a.status))) {
      const shape = WORLD.zones[zone.number];
      if (!shape || !meets(shape.box, box) || !passing.has(zone.number)) continue;
      places.push([zone, pixel(middleOf(shape.box)), (shape.box[2] - shape.box[0]) * view.scale]);
    }
    const size = places.length > 400 ? 8 : places.length > 80 ? 10 : 14;
    for (const [zone, [x, y]] of places) stamp(brush, statusAt(zone), x, y, size);
    for (const [zone, [x, y]] of places.slice().reverse()) {
      if (zone.number === chosen.zone) free(x, y + 8, 16, 16);
    }
    const font = "600 11px system-ui, sans-serif";
    brush.font = font;
    let named = 0;
    for (const [zone, [x, y], wide] of places.slice().reverse()) {
      if (named > 60 || (wide < 22 && zone.number !== chosen.zone)) continue;
      const text = zone.name || zone.id;
      if (free(x, y - size / 2 - 4, brush.measureText(text).width + 6, 12)) { label(brush, text, x, y - size / 2 - 4, font); named++; }
    }
  }
  const font = "500 12px system-ui, sans-serif";
  brush.font = font;
  brush.globalAlpha = 0.75;
  WORLD.districts.forEach((shape, row) => {
    const wide = (shape.box[2] - shape.box[0]) * view.scale;
    const text = DISTRICTS[row].name || DISTRICTS[row].code;
    if (!text || !meets(shape.box, box)) return;
    const width = brush.measureText(text).width;
    if (wide < width * 1.1) return;
    const [x, y] = pixel(middleOf(shape.box));
    if (free(x, y, width, 13)) label(brush, text, x, y, font);
  });
  brush.globalAlpha = 1;
  if (chosen.zone !== null && WORLD.zones[chosen.zone]) {
    const shape = WORLD.zones[chosen.zone];
    outline(brush, WORLD, shape.polygons, view);
    brush.strokeStyle = ink.halo;
    brush.lineWidth = 6;
    brush.stroke();
    brush.strokeStyle = ink.selected;
    brush.lineWidth = 2.6;
    brush.stroke();
    const [x, y] = pixel(middleOf(shape.box));
    brush.beginPath();
    brush.arc(x, y, 13, 0, 2 * Math.PI);
    brush.stroke();
    stamp(brush, statusAt(ZONES[chosen.zone]), x, y, 14);
  }
}

// What lies under a place of the map.
function underneath(latlng) {
  const x = mercatorX(latlng.lng), y = mercatorY(latlng.lat), reach = 8 / (256 * 2 ** map.getZoom());
  const near = [x - reach, y - reach, x + reach, y + reach];
  const found = {};
  if (shown.zones) {
    const passing = new Set(zonesShown().map((zone) => zone.number));
    let best = Infinity;
    for (const polygon of WORLD.index.zones.within(near)) {
      const row = polygon.shape.row, [cx, cy] = middleOf(polygon.shape.box);
      const apart = Math.hypot(cx - x, cy - y);
      if (passing.has(row) && (covers(WORLD.corners, polygon, x, y) || apart < reach) && apart < best) { best = apart; found.zone = row; }
    }
  }
  if (chosen.date === null) {
    for (const state of [1, 0, 2, 3, 4]) {
      if (!shown[STATES[state]] || found.state) continue;
      const dot = DOT[STATES[state]] / (256 * 2 ** map.getZoom());
      for (const polygon of WORLD.index.land[state].within(near)) {
        const tiny = polygon.box[2] - polygon.box[0] < dot && polygon.box[3] - polygon.box[1] < dot;
        if (covers(WORLD.corners, polygon, x, y) || tiny) { found.state = STATES[state]; break; }
      }
    }
  }
  for (const polygon of WORLD.index.districts.within([x, y, x, y])) {
    if (covers(WORLD.corners, polygon, x, y)) { found.district = polygon.shape.row; break; }
  }
  return found;
}

let hovering = 0;
function hover(event) {
  cancelAnimationFrame(hovering);
  hovering = requestAnimationFrame(() => {
    const found = underneath(event.latlng), tip = at("map-tip");
    const zone = found.zone === undefined ? null : ZONES[found.zone];
    const lines = [
      zone && element("strong", null, named(zone.name || zone.id)),
      zone && statusAt(zone) && element("span", null, statusWord(statusAt(zone))),
      found.state && element("span", null, t("layer." + found.state)),
      found.district !== undefined && element("span.where", null, named(DISTRICTS[found.district].name || DISTRICTS[found.district].code)),
    ].filter(Boolean);
    tip.hidden = lines.length === 0;
    fill(tip, lines);
    const size = map.getSize(), { x, y } = event.containerPoint;
    tip.style.left = Math.min(x + 14, size.x - 190) + "px";
    tip.style.top = Math.min(y + 14, size.y - 70) + "px";
    at("map").style.cursor = zone ? "pointer" : "";
  });
}

// Shows a zone with what surrounds it.
function lookAtZone(row) {
  const shape = map && WORLD.zones[row];
  if (!shape) return;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  map.fitBounds(boundsOf(shape.box).pad(0.8), { maxZoom: 14, animate: !calm && document.visibilityState === "visible" });
}
