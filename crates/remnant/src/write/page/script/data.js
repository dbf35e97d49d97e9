// ---- data: what the run found, as written into the page

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const WORDS = read("words");
const DATA = read("report");

const STATUSES = ["contaminated", "near", "unknown", "released", "no-record"];
const STATES = ["suspected", "confirmed", "cancelled", "reduced", "cleared"];

// A table's rows with their cells by name; `number` is the row's place in this page.
function rowsOf(table) {
  return table.rows.map((cells, number) => {
    const row = { number };
    table.columns.forEach((name, i) => { row[name] = cells[i]; });
    return row;
  });
}

const ZONES = rowsOf(DATA.zones);
ZONES.forEach((zone, i) => { zone.evidence = DATA.evidence[i]; });
// Of very many zones the page holds the weightiest.
const ZONES_IN_ALL = DATA.zones_by_status.reduce((a, b) => a + b, 0);
const DISTRICTS = rowsOf(DATA.districts);
const TOTAL = rowsOf(DATA.total)[0];
const FINDINGS = rowsOf(DATA.findings);
FINDINGS.forEach((finding, i) => { finding.place = DATA.places[i]; });
const DISTRICT_NAMES = new Map(DISTRICTS.filter((d) => d.code !== null).map((d) => [d.code, d.name || d.code]));
const RECORDS = new Map();
for (const record of rowsOf(DATA.records)) {
  const same = RECORDS.get(record.id);
  if (same) same.push(record); else RECORDS.set(record.id, [record]);
}
const RANKS = new Map(DATA.plan ? DATA.plan.order.map((place) => [place.zone, place]) : []);

// What the reader has chosen. `date` counts in the dates of the series; null is the date of the account.
const chosen = {
  language: "en", unit: "ha", zone: null, date: null,
  statuses: new Set(), district: "", search: "",
};

// The states of a row of a series at one of its dates.
function statesAt(changes, date) {
  let states = [0, 0, 0, 0, 0];
  for (const [at, ...found] of changes) {
    if (at > date) break;
    states = found;
  }
  return states;
}

// A zone counts as contaminated from so much land on (the rule of the accounts).
const leastOf = (zone) => Math.min(1, 1e-6 * zone.area_m2);
