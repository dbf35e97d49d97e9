// ---- panel: one zone or district in words and figures, or, with none chosen, what comes next

function selectZone(row, { from } = {}) {
  chosen.zone = row;
  chosen.place = null;
  for (const line of document.querySelectorAll("#zones-table tr[data-row]")) line.classList.toggle("selected", Number(line.dataset.row) === row);
  showPanel();
  if (marks) marks.paint();
  if (row === null) return;
  if (from !== "map") lookAtZone(row);
  if (from === "map") document.querySelector(`#zones-table tr[data-row="${row}"]`)?.scrollIntoView({ block: "nearest" });
  if (window.innerWidth <= 1180) at("panel").scrollIntoView({ block: "start" });
  // Whoever works by keyboard need not pass all the other zones to come to what was opened.
  if (from !== "map") at("panel").querySelector("h3").focus({ preventScroll: true });
}

function selectDistrict(row) {
  chosen.zone = null;
  chosen.place = row;
  showPanel();
  if (marks) marks.paint();
}

function showPanel() {
  if (chosen.zone !== null) fill("panel", zonePanel(ZONES[chosen.zone]));
  else if (chosen.place !== null && chosen.place !== undefined) fill("panel", districtPanel(DISTRICTS[chosen.place]));
  else fill("panel", nextPanel());
}

const facts = (pairs) => element("dl.facts", null, pairs.filter(Boolean).map(([name, value]) => [element("dt", null, name), element("dd", null, value)]));
const closer = () => element("button.close", { type: "button", "aria-label": t("panel.close"), title: t("panel.close"), on: { click: () => {
  const row = chosen.zone;
  selectZone(null);
  (document.querySelector(`#zones-table button[data-zone="${row}"]`) || at("zones")).focus();
} } }, "×");

// What a zone's panel and its sheet both say.
function zoneFacts(zone) {
  const { evidence } = zone;
  const held = zone.area_m2 || 1;
  return {
    reasons: element("ul.reasons", null, (evidence.because.length ? evidence.because : [{ code: "nothing-recorded", status: "no-record" }])
      .map((reason) => element("li", null, symbol(reason.status), element("span", null, reasonText(reason))))),
    bar: zone.area_m2 > 0 ? stackedBar(STATES.map((state) => [state, zone[state + "_m2"]]), held) : null,
    figures: facts([
      [t("col.area_m2"), area(zone.area_m2)],
      [t("col.remaining_m2"), [area(zone.remaining_m2), ` (${share(zone.contaminated_share)})`]],
      zone.suspected_m2 > 0 && [t("col.suspected_m2"), area(zone.suspected_m2)],
      zone.confirmed_m2 > 0 && [t("col.confirmed_m2"), area(zone.confirmed_m2)],
      zone.released_m2 > 0 && [t("col.released_m2"), area(zone.released_m2)],
      zone.cancelled_m2 > 0 && [t("col.cancelled_m2"), area(zone.cancelled_m2)],
      zone.reduced_m2 > 0 && [t("col.reduced_m2"), area(zone.reduced_m2)],
      zone.cleared_m2 > 0 && [t("col.cleared_m2"), area(zone.cleared_m2)],
      [t("col.nearest_hazard_m"), nearestLong(zone)],
      [t("col.last_release"), zone.last_release ? day(zone.last_release) : t("last-release.none")],
      evidence.access !== "unknown" && [t("access"), t("access." + evidence.access)],
      evidence.people !== null && [t("people"), number(evidence.people)],
      evidence.homes !== null && [t("homes"), number(evidence.homes)],
    ]),
  };
}

function nearestLong(zone) {
  if (zone.nearest_hazard_m === null) return t("nearest.none");
  if (DATA.public) return nearestText(zone);
  const id = zone.nearest_hazard_id === null ? "" : [" · ", named(zone.nearest_hazard_id)];
  if (zone.nearest_hazard_m === 0) return [t("nearest.inside"), id];
  const bearing = zone.nearest_hazard_bearing_deg;
  return [metres(zone.nearest_hazard_m), bearing === null ? "" : ` ${compass(bearing)} (${number(bearing)}°)`, id];
}

function stackedBar(parts, whole) {
  const words = parts.filter(([, m2]) => m2 > 0).map(([state, m2]) => `${t("layer." + state)} ${share(m2 / whole)}`).join(", ");
  return element("div.stack", { role: "img", "aria-label": words || t("nothing-recorded.short") }, parts.filter(([, m2]) => m2 > 0).map(([state, m2]) => {
    const part = element("span." + state, { title: `${t("layer." + state)}: ${area(m2)}` });
    // What is there can be seen.
    part.style.flexBasis = `max(3px, ${(100 * m2) / whole}%)`;
    return part;
  }));
}

const RECORDS_LISTED = 12;
function hazardList(ids, limit) {
  const rows = ids.slice(0, limit).map((id) => {
    const record = RECORDS.get(id)?.[0];
    return element("tr", null, element("th", { scope: "row" }, named(id)),
      element("td", null, record ? t("class." + (record.class || "suspected")) : "–"),
      element("td", null, record ? day(record.date) : "–"),
      element("td.number", null, record && record.geometry_m2 !== null ? areaNumber(record.geometry_m2) : "–"),
      element("td", null, record ? t("fate." + record.fate) : t("record.elsewhere")));
  });
  return [
    element("table.small", null, element("caption.hidden", null, t("records.caption")),
      element("thead", null, element("tr", null, ["record.id", "record.class", "record.date"].map((key) => element("th", { scope: "col" }, t(key))),
        element("th.number", { scope: "col" }, `${t("record.area")}, ${unitSign()}`), element("th", { scope: "col" }, t("record.fate")))),
      element("tbody", null, rows)),
    ids.length > limit ? element("p.note", null, t("and.more", { n: number(ids.length - limit) }), " (zones.csv)") : null,
  ];
}

function incidentList(zone, limit) {
  const near = zone.evidence.incidents;
  if (!near.length) return element("p.note", null, t("incidents.none"));
  return [
    element("table.small", null, element("caption.hidden", null, t("incidents.caption")),
      element("thead", null, element("tr", null, ["incident.date", "incident.distance", "incident.killed", "incident.injured"].map((key, i) => element("th" + (i ? ".number" : ""), { scope: "col" }, t(key))))),
      element("tbody", null, near.slice(0, limit).map(([row, distance]) => {
        const incident = DATA.incidents[row];
        return element("tr", null, element("td", null, incident.date ? day(incident.date) : t("undated")),
          element("td.number", null, distance === 0 ? t("incident.inside") : metres(distance)),
          element("td.number", null, number(incident.killed)), element("td.number", null, number(incident.injured)));
      }))),
    near.length > limit ? element("p.note", null, t("and.more", { n: number(near.length - limit) })) : null,
  ];
}

function exposureTable(themes) {
  return element("table.small", null, element("caption.hidden", null, t("exposure.title")),
    element("thead", null, element("tr", null, element("th", { scope: "col" }, t("exposure.theme")), element("th.number", { scope: "col" }, t("exposure.on")), element("th.number", { scope: "col" }, t("exposure.of")))),
    element("tbody", null, themes.map((theme) => {
      const [on, of] = theme.length_m > 0 ? [metres(theme.exposed_length_m), metres(theme.length_m)]
        : theme.area_m2 > 0 ? [area(theme.exposed_area_m2), area(theme.area_m2)]
          : [number(theme.exposed_features), number(theme.features)];
      return element("tr", null, element("th", { scope: "row" }, named(theme.theme)), element("td.number", null, on), element("td.number", null, of));
    })));
}

function zoneDetails(zone, limit) {
  const { evidence } = zone;
  const parts = [];
  const chapter = (key, ...content) => parts.push(element("h4", null, t(key)), ...content);
  if (evidence.to_clear) {
    chapter("to-clear.title", element("p", null, t(DATA.public ? "to-clear.public" : "to-clear.text", { area: area(evidence.to_clear.area_m2), n: number(evidence.to_clear.hazard_ids.length) }),
      evidence.to_clear.evidence_points ? " " + t("to-clear.points", { n: number(evidence.to_clear.evidence_points) }) : ""));
  }
  const place = RANKS.get(zone.number);
  if (place) chapter("work.place", element("p", null, placeText(place)));
  if (evidence.stability) {
    const { grown, shrunk } = evidence.stability;
    chapter("stability.title", element("p", null, grown === zone.status && shrunk === zone.status
      ? t("stability.same", { status: statusWord(zone.status) })
      : t("stability.hangs", { grown: statusWord(grown), shrunk: statusWord(shrunk) })));
  }
  if (evidence.exposure.length) chapter("exposure.title", exposureTable(evidence.exposure));
  if (DATA.public) {
    parts.push(element("p.note", null, `${t("records.title")}, ${t("incidents.caption")}: ${t("public.left-out")}`));
    return parts;
  }
  chapter("records.title", zone.hazard_ids.length ? hazardList(zone.hazard_ids, limit) : element("p.note", null, t("records.none")));
  chapter("incidents.title", incidentList(zone, limit));
  return parts;
}

function zonePanel(zone) {
  const { reasons, bar, figures } = zoneFacts(zone);
  return [
    element("div.panel-head", null,
      element("div", null, element("h3", { tabindex: -1 }, named(zone.name || zone.id)),
        element("p.where", null, named(DISTRICT_NAMES.get(zone.district) || t("outside")), " · ", named(zone.id))),
      closer()),
    statusBadge(zone.status),
    element("p.meaning", null, t("meaning." + zone.status)),
    element("h4", null, t("panel.why")), reasons,
    bar, figures,
    zoneDetails(zone, RECORDS_LISTED),
    chosen.date !== null ? element("p.note", null, t("panel.as-of", { date: day(DATA.as_of) })) : null,
    element("div.actions", null, element("button", { type: "button", id: "print-zone", on: { click: () => printZones([zone]) } }, t("print.zone"))),
  ];
}

function districtPanel(district) {
  const held = ZONES.filter((zone) => zone.district === district.code);
  const tally = DATA.zones_by_district[district.number];
  return [
    element("div.panel-head", null, element("div", null, element("h3", null, named(district.name || district.code)), element("p.where", null, t("district"), " · ", named(district.code ?? "–"))), closer()),
    stackedBar(STATES.map((state) => [state, district[state + "_m2"]]), Math.max(district.area_m2, 1)),
    facts(["area_m2", "remaining_m2", "suspected_m2", "confirmed_m2", "released_m2", "cancelled_m2", "reduced_m2", "cleared_m2"].map((name) => [t("col." + name), area(district[name])])
      .concat([[t("col.released_share"), share(district.released_share)], [t("col.hazards"), number(district.hazards)], [t("col.incidents"), number(district.incidents)]])),
    DATA.exposure[district.number]?.length ? [element("h4", null, t("exposure.title")), exposureTable(DATA.exposure[district.number])] : null,
    tally.some(Boolean) ? element("ul.tally", null, STATUSES.map((status, i) => element("li", null, symbol(status), ` ${number(tally[i])} `, statusWord(status)))) : null,
    element("div.actions", null, held.length ? element("button", { type: "button", on: { click: () => {
      chosen.district = at("zones-district").value = district.code;
      filtersChanged();
      at("zones").focus();
    } } }, t("panel.filter-district")) : null),
  ];
}

// A place's rank, or that it has none: zones without a number that the order needs stand after the others.
const rankNode = (place) => (place.ranked ? number(place.rank) : element("span.unranked", null, t("work.unranked")));

function whoText(place) {
  if (place.people !== null) return t("work.people", { n: number(place.people) });
  return place.homes !== null ? t("work.homes", { n: number(place.homes) }) : t("work.nobody-knows");
}

// The criteria in words; that of a theme is named with its theme.
function criterionText(name) {
  const [measure, ...theme] = name.split(".");
  return wordOr("criterion." + measure, name) + (theme.length && has("criterion." + measure) ? ` (${theme.join(".")})` : "");
}
const criteriaText = () => DATA.plan.criteria.map(([name, weight]) => `${criterionText(name)} ${share(weight)}`).join(", ");

// What a place in the order of work means. The report's own sentence is in English.
function placeText(place) {
  if (chosen.language === "en" && place.sentence) return place.sentence;
  const who = whoText(place), more = area(place.marginal_m2);
  if (!place.ranked) return t("work.unranked-text", { who, area: more });
  const of = number(DATA.plan.ranked);
  const firm = place.best_rank === place.worst_rank ? t("work.firm") : t("work.moves", { best: number(place.best_rank), worst: number(place.worst_rank) });
  return t("work.text", { rank: number(place.rank), of, by: criteriaText(), who, area: more, firm });
}

// With nothing chosen: what to look at first.
function nextPanel() {
  const order = DATA.plan ? DATA.plan.order.filter((place) => place.ranked).sort((a, b) => a.rank - b.rank) : [];
  const unranked = DATA.plan ? DATA.plan.in_all - DATA.plan.ranked : 0;
  const worst = order.length
    ? order.slice(0, 6).map((place) => [ZONES[place.zone], area(place.marginal_m2), whoText(place)])
    : ZONES.filter((zone) => zone.status === "contaminated").sort((a, b) => b.remaining_m2 - a.remaining_m2).slice(0, 6).map((zone) => [zone, area(zone.remaining_m2)]);
  const unsure = DATA.zones_by_status[STATUSES.indexOf("unknown")];
  return [
    element("h3", null, t("next.title")),
    ZONES.length === 0 ? element("p", null, t("zones.none")) : [
      element("p", null, t(order.length ? "next.plan" : "next.largest")),
      element("ol.next", null, worst.map(([zone, m2, who]) => element("li", null,
        element("button.link", { type: "button", on: { click: () => selectZone(zone.number, { from: "panel" }) } }, named(zone.name || zone.id)),
        element("span.where", null, named(DISTRICT_NAMES.get(zone.district) || t("outside")), who ? ` · ${who}` : ""), element("span.amount", null, m2)))),
      worst.length === 0 ? element("p.note", null, t("next.none")) : null,
      unranked ? element("p", null, t("next.unranked", { n: number(unranked) })) : null,
      chosen.date !== null ? element("p.note", null, t("next.as-of", { date: day(DATA.as_of) })) : null,
      unsure ? element("p", null, t("next.unknown", { n: number(unsure) })) : null,
      DATA.plan ? null : element("p.note", null, t("next.no-plan")),
    ],
    element("h4", null, t("next.reading")),
    element("ul.meanings", null, STATUSES.map((status) => element("li", null, statusBadge(status), " ", t("meaning." + status)))),
    element("p.note", null, t("disclaimer")),
  ];
}
