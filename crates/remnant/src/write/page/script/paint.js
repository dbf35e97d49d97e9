// ---- paint: the drawing on a canvas; the map and the sheets use the same brush

// A polygon smaller than this on the screen is drawn as a dot of this size, so that no contaminated land is too small to
// be seen. In pixels.
const DOT = { suspected: 3, confirmed: 3, cancelled: 2, reduced: 2, cleared: 2 };
// Steps of the shading of districts: shares of their area.
const SHADES = [0, 0.01, 0.05, 0.2, 0.5];

// The colours, from the style sheet; read again when the theme changes.
let ink = null;
function mix() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue("--" + name).trim();
  ink = { patterns: {}, dark: colour("scheme") === "dark" };
  for (const name of [...STATES, ...STATUSES]) { ink[name] = colour(name); ink[name + "-line"] = colour(name + "-line"); }
  for (const name of ["paper", "land", "border", "text", "halo", "incident", "finding", "selected"]) ink[name] = colour(name);
  ink.shades = SHADES.map((_, i) => colour("shade-" + i));
  for (const state of STATES) ink.patterns[state] = pattern(state);
}

// Each state has its own texture beside its colour: for print, and for eyes that see few colours.
function pattern(state) {
  const side = 8, tile = document.createElement("canvas");
  tile.width = tile.height = side;
  const brush = tile.getContext("2d");
  brush.strokeStyle = brush.fillStyle = ink[state + "-line"];
  brush.lineWidth = 1.4;
  brush.beginPath();
  if (state === "suspected") {
    for (const x of [-8, 0, 8]) { brush.moveTo(x, 8); brush.lineTo(x + 8, 0); }
  } else if (state === "confirmed") {
    return null;
  } else if (state === "cancelled") {
    brush.fillRect(1, 1, 1.5, 1.5);
    brush.fillRect(5, 5, 1.5, 1.5);
  } else if (state === "reduced") {
    brush.moveTo(0, 2); brush.lineTo(8, 2);
    brush.moveTo(0, 6); brush.lineTo(8, 6);
    brush.lineWidth = 0.8;
  } else {
    return null;
  }
  brush.stroke();
  return brush.createPattern(tile, "repeat");
}

// Adds a polygon to the path. Corners that fall on one pixel, and runs of corners beyond one side of the view, are
// passed over: neither can be seen.
function trace(brush, corners, polygon, view) {
  const { left, top, scale, width, height } = view, margin = 8;
  for (let r = 0; r < polygon.rings.length; r += 2) {
    const last = polygon.rings[r + 1] - 2;
    let fromX = 0, fromY = 0, run = 0, waiting = false, waitX = 0, waitY = 0, waitSide = 0;
    for (let i = polygon.rings[r]; i <= last; i += 2) {
      const x = corners[i] * scale - left, y = corners[i + 1] * scale - top;
      const side = (x < -margin ? 1 : x > width + margin ? 2 : 0) | (y < -margin ? 4 : y > height + margin ? 8 : 0);
      if (i === polygon.rings[r]) {
        brush.moveTo(x, y);
        fromX = x; fromY = y; run = side;
        continue;
      }
      if (run & side) {
        run &= side;
        waiting = true; waitX = x; waitY = y; waitSide = side;
        continue;
      }
      if (waiting) {
        brush.lineTo(waitX, waitY);
        fromX = waitX; fromY = waitY; run = waitSide; waiting = false;
        if (run & side) {
          run &= side;
          waiting = true; waitX = x; waitY = y; waitSide = side;
          continue;
        }
      }
      const dx = x - fromX, dy = y - fromY;
      if (i === last || dx > 0.6 || dx < -0.6 || dy > 0.6 || dy < -0.6) {
        brush.lineTo(x, y);
        fromX = x; fromY = y; run = side;
      }
    }
    if (waiting) brush.lineTo(waitX, waitY);
    brush.closePath();
  }
}

// The part of the plane that a view shows, with a rim for lines and dots.
function boxOf({ left, top, scale, width, height }) {
  const rim = 6;
  return [(left - rim) / scale, (top - rim) / scale, (left + width + rim) / scale, (top + height + rim) / scale];
}

function fillLand(brush, world, view, state) {
  const name = STATES[state], dot = DOT[name], contaminated = state < 2;
  const found = world.index.land[state].within(boxOf(view));
  // From far off, textures and dark rims would hide what they mark.
  const far = metresPerPixel(view) > 70;
  const dots = [];
  let open = 0;
  const finish = () => {
    if (!open) return;
    brush.globalAlpha = contaminated ? 0.82 : 0.62;
    brush.fillStyle = ink[name];
    brush.fill("evenodd");
    brush.globalAlpha = 1;
    if (ink.patterns[name] && !far) { brush.fillStyle = ink.patterns[name]; brush.fill("evenodd"); }
    if (contaminated) { brush.strokeStyle = ink[name + (far ? "" : "-line")]; brush.lineWidth = 0.9; brush.stroke(); }
    brush.beginPath();
    open = 0;
  };
  brush.beginPath();
  for (const polygon of found) {
    const [west, north, east, south] = polygon.box;
    if ((east - west) * view.scale < dot && (south - north) * view.scale < dot) {
      dots.push(((west + east) / 2) * view.scale - view.left, ((north + south) / 2) * view.scale - view.top);
    } else {
      trace(brush, world.corners, polygon, view);
      if (++open === 128) finish();
    }
  }
  finish();
  brush.fillStyle = contaminated ? ink[name + "-line"] : ink[name];
  for (let i = 0; i < dots.length; i += 2) brush.fillRect(dots[i] - dot / 2, dots[i + 1] - dot / 2, dot, dot);
}

function outline(brush, world, polygons, view) {
  brush.beginPath();
  for (const polygon of polygons) trace(brush, world.corners, polygon, view);
}

// The share of a district that is contaminated at the date that is chosen, as a step of the shading.
function shadeOf(row) {
  const district = DISTRICTS[row];
  if (!district) return 0;
  const [suspected, confirmed] = chosen.date === null
    ? [district.suspected_m2, district.confirmed_m2]
    : statesAt(DATA.series.districts[row], chosen.date);
  const part = district.area_m2 > 0 ? (suspected + confirmed) / district.area_m2 : 0;
  let step = 0;
  SHADES.forEach((from, i) => { if (part > from) step = i; });
  return part > 0 ? Math.max(step, 1) : 0;
}

// The ground: districts, then land, the contaminated above the released, the confirmed on top.
function paintGround(brush, world, view, shown) {
  const box = boxOf(view);
  const districts = world.index.districts.within(box);
  const past = chosen.date !== null;
  for (const polygon of districts) {
    brush.beginPath();
    trace(brush, world.corners, polygon, view);
    const shade = shown.shade || past ? shadeOf(polygon.shape.row) : 0;
    brush.fillStyle = shade ? ink.shades[shade] : ink.land;
    brush.fill("evenodd");
  }
  if (!past) {
    for (const state of [4, 3, 2, 0, 1]) if (shown[STATES[state]]) fillLand(brush, world, view, state);
  }
  outline(brush, world, districts, view);
  brush.strokeStyle = ink.border;
  brush.lineWidth = 1;
  brush.stroke();
  if (shown.zones) {
    for (const polygon of world.index.zones.within(box)) {
      if ((polygon.box[2] - polygon.box[0]) * view.scale < 7) continue;
      const status = statusAt(ZONES[polygon.shape.row]);
      outline(brush, world, [polygon], view);
      brush.strokeStyle = ink.halo;
      brush.lineWidth = 3.4;
      brush.stroke();
      brush.strokeStyle = status ? ink[status + "-line"] : ink.border;
      brush.lineWidth = 1.7;
      brush.stroke();
    }
  }
}

// The status of a zone. At an earlier date only this much is known: contaminated land lay in it, or (null) nothing can be
// said, since points, distances and gaps of the survey are judged at the date of the account alone.
function statusAt(zone) {
  if (chosen.date === null) return zone.status;
  const [suspected, confirmed] = statesAt(DATA.series.zones[zone.number], chosen.date);
  return suspected + confirmed > leastOf(zone) ? "contaminated" : null;
}

// A status symbol about a place; the same outlines as in the tables.
const BODIES = {};
function stamp(brush, status, x, y, size) {
  if (!status) {
    brush.fillStyle = ink.border;
    brush.fillRect(x - 1.5, y - 1.5, 3, 3);
    return;
  }
  const [body, inner] = (BODIES[status] ||= SYMBOLS[status].map((d) => new Path2D(d)));
  brush.save();
  brush.translate(x - size / 2, y - size / 2);
  brush.scale(size / 16, size / 16);
  brush.lineJoin = "round";
  brush.strokeStyle = ink.halo;
  brush.lineWidth = 4;
  brush.stroke(body);
  brush.fillStyle = status === "no-record" ? ink.paper : ink[status];
  brush.fill(body);
  brush.strokeStyle = ink[status + "-line"];
  brush.lineWidth = status === "no-record" ? 2 : 1;
  brush.stroke(body);
  brush.strokeStyle = "#fff";
  brush.lineWidth = 2;
  brush.stroke(inner);
  brush.restore();
}

function label(brush, text, x, y, font) {
  brush.font = font;
  brush.textAlign = "center";
  brush.lineJoin = "round";
  brush.strokeStyle = ink.halo;
  brush.lineWidth = 3.5;
  brush.strokeText(text, x, y);
  brush.fillStyle = ink.text;
  brush.fillText(text, x, y);
}

// A canvas for so many pixels of the page, as fine as the screen.
function canvas(width, height, finest = 2) {
  const made = document.createElement("canvas");
  const fine = Math.min(finest, window.devicePixelRatio || 1);
  made.width = Math.round(width * fine);
  made.height = Math.round(height * fine);
  made.style.width = width + "px";
  made.style.height = height + "px";
  const brush = made.getContext("2d");
  brush.scale(fine, fine);
  return [made, brush];
}

// A length that is easy to read, and its pixels: at most so many.
function scaleBar(metresPerPixel, most) {
  const longest = metresPerPixel * most;
  let length = 10 ** Math.floor(Math.log10(longest));
  for (const factor of [5, 2]) if (length * factor <= longest) { length *= factor; break; }
  return { pixels: length / metresPerPixel, text: length >= 1000 ? `${number(length / 1000)}\u00a0${t("unit.km")}` : `${number(length, length < 1 ? 1 : 0)}\u00a0${t("unit.m")}` };
}
function metresPerPixel(view) {
  const y = (view.top + view.height / 2) / view.scale;
  return (40075016.7 / view.scale) / Math.cosh((0.5 - y) * 2 * Math.PI);
}
