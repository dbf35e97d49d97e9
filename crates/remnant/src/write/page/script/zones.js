// ---- zones: the table of zones with its filters

const ZONE_BRIEF = ["name", "status", "remaining_m2", "nearest_hazard_m"];
const zoneSort = { column: DATA.plan ? "rank" : "status", down: false };
let zonesInFull = false;

function zoneColumns() {
  if (zonesInFull) return DATA.zones.columns;
  return DATA.plan ? ["rank", ...ZONE_BRIEF] : ZONE_BRIEF;
}

// Text as it is searched: small letters without marks, so that nobody needs a foreign keyboard.
const PLAIN = { ı: "i", ə: "e", đ: "d", ł: "l", ø: "o", ß: "ss", æ: "ae", œ: "oe", þ: "th", ё: "е" };
const plain = (text) => String(text ?? "").toLowerCase().replace(/[ıəđłøßæœþё]/g, (letter) => PLAIN[letter]).normalize("NFD").replace(/\p{M}/gu, "");

// The zones that pass the filters. Kept until a filter changes: the map asks often.
let passing = null;
function zonesShown() {
  if (passing) return passing;
  const wanted = plain(chosen.search).split(/\s+/).filter(Boolean);
  passing = ZONES.filter((zone) => {
    if (chosen.statuses.size && !chosen.statuses.has(zone.status)) return false;
    if (chosen.district && (zone.district ?? "-") !== chosen.district) return false;
    if (!wanted.length) return true;
    zone.words ||= plain([zone.id, zone.name, zone.district, DISTRICT_NAMES.get(zone.district), zone.nearest_hazard_id, ...(zone.hazard_ids || [])].join(" "));
    return wanted.every((word) => zone.words.includes(word));
  });
  return passing;
}

// The states of a zone at the date that is chosen, and what follows from them.
function zoneAtDate(zone) {
  if (chosen.date === null) return zone;
  const [suspected_m2, confirmed_m2, cancelled_m2, reduced_m2, cleared_m2] = statesAt(DATA.series.zones[zone.number], chosen.date);
  const remaining_m2 = suspected_m2 + confirmed_m2;
  return {
    ...zone, suspected_m2, confirmed_m2, cancelled_m2, reduced_m2, cleared_m2, remaining_m2,
    released_m2: cancelled_m2 + reduced_m2 + cleared_m2,
    contaminated_share: zone.area_m2 ? remaining_m2 / zone.area_m2 : null,
    status: null, nearest_hazard_m: null, nearest_hazard_id: null, last_release: null, reasons: null,
    hazards: null, hazard_ids: null, nearest_hazard_bearing_deg: null,
  };
}

function zoneKey(zone, name) {
  if (name === "rank") return RANKS.get(zone.number)?.rank ?? null;
  // By weight; among equals the most contaminated, then the nearest.
  if (name === "status") return zone.status === null ? null : STATUSES.indexOf(zone.status) * 1e15 - zone.remaining_m2 + (zone.nearest_hazard_m ?? 1e9);
  return zone[name];
}

function nearestText(zone) {
  if (zone.nearest_hazard_m === null) return "–";
  // The public edition has classes of distances, whose first holds what lies in the zone, too.
  if (DATA.public) return zone.nearest_hazard_m === 0 ? t("public.below", { m: metres(100) }) : t("public.at-least", { m: metres(zone.nearest_hazard_m) });
  if (zone.nearest_hazard_m === 0) return t("nearest.inside");
  return `${metres(zone.nearest_hazard_m)} ${compass(zone.nearest_hazard_bearing_deg)}`.trim();
}

function zoneCell(zone, name) {
  if (name === "rank") {
    // The order of work is that of the account's date.
    const place = chosen.date === null ? RANKS.get(zone.number) : null;
    return place ? rankNode(place) : "–";
  }
  if (name === "status") return zone.status ? [statusBadge(zone.status), zonesInFull ? null : element("span.why", null, reasonText(zone.evidence.because[0] || { code: "nothing-recorded" }))] : "–";
  if (name === "remaining_m2" && !zonesInFull) return [areaNumber(zone.remaining_m2), zone.remaining_m2 > 0 ? element("span.where", null, share(zone.contaminated_share)) : null];
  if (name === "nearest_hazard_m" && !zonesInFull) return nearestText(zone);
  if (name === (zonesInFull ? "id" : "name")) {
    return [
      element("button.link", { type: "button", "data-zone": zone.number, on: { click: () => selectZone(zone.number, { from: "table" }) } },
        named(zonesInFull ? zone.id : zone.name || zone.id)),
      zonesInFull ? null : element("span.where", null, named(DISTRICT_NAMES.get(zone.district) || t("outside"))),
    ];
  }
  const text = cellText(name, zone[name]);
  return typeof zone[name] === "string" || Array.isArray(zone[name]) ? named(text) : text;
}

const NUMBERS = /_(m2|m|share|deg)$|^(hazards|releases|evidence_points|ap_mines|av_mines|erw|uxo|submunitions|ied|incidents|killed|injured|rank|feature|score|people|homes|features|exposed.*|to_clear.*points)$/;
const isNumber = (name) => NUMBERS.test(name);
const withUnit = (name) => (isArea(name) ? `${columnName(name)}, ${unitSign()}` : columnName(name));

function showZones() {
  passing = null;
  const rows = zonesShown().map(zoneAtDate);
  const columns = zoneColumns();
  if (!columns.includes(zoneSort.column)) Object.assign(zoneSort, { column: "status", down: false });
  fill("zones-count", t("zones.count", { n: number(rows.length), all: number(ZONES_IN_ALL) }),
    ZONES.length < ZONES_IN_ALL ? element("strong", null, " ", t("zones.left-out", { n: number(ZONES.length), all: number(ZONES_IN_ALL) })) : null);
  if (ZONES.length === 0) {
    fill("zones-table", element("p.empty", null, t("zones.none")));
  } else if (rows.length === 0) {
    fill("zones-table", element("p.empty", null, t("zones.nothing"), " ",
      element("button", { type: "button", on: { click: clearFilters } }, t("filter.clear"))));
  } else {
    fill("zones-table", tableOf({
      caption: t("zones.caption", { date: dateShown() }), columns, rows, sort: zoneSort, key: zoneKey, cell: zoneCell,
      name: withUnit, number: isNumber, heading: false,
      mark: (zone) => (zone.number === chosen.zone ? ".selected" : ""),
      changed: (name) => { showZones(); focusColumn("zones-table", name); },
    }));
  }
  at("zones-table").classList.toggle("full", zonesInFull);
  at("zones-columns").setAttribute("aria-pressed", zonesInFull);
  at("zones-print").textContent = t("print.filtered", { n: number(rows.length) });
  at("zones-print").disabled = rows.length === 0;
}

function showStatuses() {
  at("statuses").classList.toggle("past", chosen.date !== null);
  fill("statuses", STATUSES.map((status, i) => {
    const count = DATA.zones_by_status[i];
    return element("button.status." + status, {
      type: "button", "data-status": status, "aria-pressed": chosen.statuses.has(status) ? "true" : "false", title: t("meaning." + status),
      on: { click: () => {
        if (!chosen.statuses.delete(status)) chosen.statuses.add(status);
        showStatuses();
        filtersChanged();
        document.querySelector(`#statuses [data-status="${status}"]`).focus();
      } },
    }, symbol(status), element("strong", null, number(count)), element("span", null, statusWord(status)));
  }));
}

function showDistrictFilter() {
  const codes = [...new Set(ZONES.map((zone) => zone.district))];
  const options = codes.map((code) => [code ?? "-", code === null ? t("outside") : DISTRICT_NAMES.get(code) || code]);
  options.sort((a, b) => a[1].localeCompare(b[1], chosen.language));
  fill("zones-district", element("option", { value: "" }, t("filter.all-districts")),
    options.map(([code, name]) => element("option", { value: code }, name)));
  at("zones-district").value = chosen.district;
}

function filtersChanged() {
  showZones();
  if (marks) marks.paint();
}

function clearFilters() {
  chosen.statuses.clear();
  chosen.district = chosen.search = at("zones-search").value = at("zones-district").value = "";
  showStatuses();
  filtersChanged();
  at("zones-search").focus();
}

function listenToFilters() {
  let waiting = 0;
  at("zones-search").addEventListener("input", (event) => {
    chosen.search = event.target.value;
    clearTimeout(waiting);
    waiting = setTimeout(filtersChanged, ZONES.length > 2000 ? 150 : 0);
  });
  at("zones-district").addEventListener("change", (event) => { chosen.district = event.target.value; filtersChanged(); });
  at("zones-columns").addEventListener("click", () => { zonesInFull = !zonesInFull; showZones(); });
  at("zones-print").addEventListener("click", () => printZones(zonesShown()));
}
