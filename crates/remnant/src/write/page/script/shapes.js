// ---- shapes: the packed drawing, as polygons with an index

// Positions in the plane of the map: the world is 0 to 1 eastward from the antimeridian and southward (Web Mercator).
const mercatorX = (longitude) => longitude / 360 + 0.5;
function mercatorY(latitude) {
  const sine = Math.sin((Math.max(-85.05, Math.min(85.05, latitude)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

const DISTRICT = 0, ZONE = 1, LAND = 2;

// Reads the stream whose format the writer describes.
function unpack(base64, stepDegrees) {
  const text = atob(base64.trim());
  let place = 0;
  function whole() {
    let value = 0, factor = 1;
    for (;;) {
      const byte = text.charCodeAt(place++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }
  const signed = () => { const n = whole(); return n % 2 ? -(n + 1) / 2 : n / 2; };

  const shapes = [], polygons = [];
  // Corners of all rings, one after the other; grown as needed.
  let corners = new Float64Array(Math.max(1024, text.length)), used = 0;
  let east = 0, north = 0;
  while (place < text.length) {
    const shape = { kind: whole(), row: whole(), state: whole(), box: emptyBox(), polygons: [] };
    shapes.push(shape);
    for (let left = whole(); left > 0; left = whole()) {
      const polygon = { shape, rings: [], box: emptyBox() };
      for (; left > 0; left--) {
        const count = whole();
        if (used + 2 * count > corners.length) {
          const larger = new Float64Array(Math.max(2 * corners.length, used + 2 * count));
          larger.set(corners);
          corners = larger;
        }
        const first = used;
        for (let i = 0; i < count; i++) {
          east += signed();
          north += signed();
          corners[used++] = mercatorX(east * stepDegrees);
          corners[used++] = mercatorY(north * stepDegrees);
        }
        if (polygon.rings.length === 0) for (let i = first; i < used; i += 2) grow(polygon.box, corners[i], corners[i + 1]);
        polygon.rings.push(first, used);
      }
      shape.polygons.push(polygon);
      join(shape.box, polygon.box);
      polygons.push(polygon);
    }
  }
  return { shapes, polygons, corners };
}

const emptyBox = () => [Infinity, Infinity, -Infinity, -Infinity];
function grow(box, x, y) {
  if (x < box[0]) box[0] = x;
  if (y < box[1]) box[1] = y;
  if (x > box[2]) box[2] = x;
  if (y > box[3]) box[3] = y;
}
function join(box, other) {
  grow(box, other[0], other[1]);
  grow(box, other[2], other[3]);
}
const meets = (a, b) => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];

// A grid of cells over polygons; a polygon that would stand in very many cells stands in a list of its own.
class Index {
  constructor(polygons) {
    this.box = emptyBox();
    for (const polygon of polygons) join(this.box, polygon.box);
    this.side = Math.max(1, Math.min(256, Math.ceil(Math.sqrt(polygons.length / 4))));
    this.cells = new Map();
    this.large = [];
    polygons.forEach((polygon, order) => {
      polygon.order = order;
      const [west, north, east, south] = this.reach(polygon.box);
      if ((east - west + 1) * (south - north + 1) > 64) { this.large.push(polygon); return; }
      for (let y = north; y <= south; y++) {
        for (let x = west; x <= east; x++) {
          const cell = y * this.side + x;
          const there = this.cells.get(cell);
          if (there) there.push(polygon); else this.cells.set(cell, [polygon]);
        }
      }
    });
    this.question = 0;
  }

  reach(box) {
    const cell = (value, low, high) =>
      Math.max(0, Math.min(this.side - 1, Math.floor(((value - low) / (high - low || 1)) * this.side)));
    const [w, n, e, s] = this.box;
    return [cell(box[0], w, e), cell(box[1], n, s), cell(box[2], w, e), cell(box[3], n, s)];
  }

  // Every polygon whose box meets this one, in their order.
  within(box) {
    const found = this.large.filter((polygon) => meets(polygon.box, box));
    if (meets(this.box, box)) {
      this.question++;
      const [west, north, east, south] = this.reach(box);
      for (let y = north; y <= south; y++) {
        for (let x = west; x <= east; x++) {
          for (const polygon of this.cells.get(y * this.side + x) || []) {
            if (polygon.asked !== this.question && meets(polygon.box, box)) {
              polygon.asked = this.question;
              found.push(polygon);
            }
          }
        }
      }
    }
    return found.sort((a, b) => a.order - b.order);
  }
}

// Whether a polygon covers a place.
function covers(corners, polygon, x, y) {
  let inside = false;
  const { rings } = polygon;
  for (let r = 0; r < rings.length; r += 2) {
    const last = rings[r + 1];
    for (let i = rings[r], j = last - 2; i < last; j = i, i += 2) {
      const ay = corners[i + 1], by = corners[j + 1];
      if ((ay > y) !== (by > y) && x < ((corners[j] - corners[i]) * (y - ay)) / (by - ay) + corners[i]) inside = !inside;
    }
  }
  return inside;
}

// All of the drawing, ready to be painted.
function loadShapes() {
  if (!DATA.map) return null;
  const { shapes, polygons, corners } = unpack(at("shapes").textContent, DATA.map.step_deg);
  const of = (kind, state) =>
    polygons.filter((p) => p.shape.kind === kind && (state === undefined || p.shape.state === state));
  const world = { corners, shapes, zones: [], districts: [], box: emptyBox() };
  for (const shape of shapes) {
    if (shape.kind === ZONE) world.zones[shape.row] = shape;
    if (shape.kind === DISTRICT) world.districts[shape.row] = shape;
    if (shape.kind === LAND || shape.kind === ZONE) join(world.box, shape.box);
  }
  if (!(world.box[0] <= world.box[2])) for (const shape of shapes) join(world.box, shape.box);
  world.index = {
    districts: new Index(of(DISTRICT)),
    zones: new Index(of(ZONE)),
    land: STATES.map((_, state) => new Index(of(LAND, state))),
  };
  // Incidents and findings lie where the drawing was moved to.
  world.eastward = world.box[2] > 1;
  return world;
}
