// ---- districts: the table of districts, with the land outside all of them and the total

const DISTRICT_BRIEF = ["name", "remaining_m2", "suspected_m2", "confirmed_m2", "released_m2", "released_share", "hazards", "evidence_points", "incidents"];
const districtSort = { column: "remaining_m2", down: true };
let districtsInFull = false;

function districtAtDate(district, changes) {
  if (chosen.date === null) return district;
  const [suspected_m2, confirmed_m2, cancelled_m2, reduced_m2, cleared_m2] = statesAt(changes, chosen.date);
  const remaining_m2 = suspected_m2 + confirmed_m2, released_m2 = cancelled_m2 + reduced_m2 + cleared_m2, baseline_m2 = remaining_m2 + released_m2;
  const row = { number: district.number, code: district.code, name: district.name, area_m2: district.area_m2 };
  for (const name of DATA.districts.columns) row[name] ??= null;
  return Object.assign(row, { suspected_m2, confirmed_m2, cancelled_m2, reduced_m2, cleared_m2, remaining_m2, released_m2, baseline_m2, released_share: baseline_m2 > 0 ? released_m2 / baseline_m2 : null });
}

function showDistricts() {
  const columns = districtsInFull ? DATA.districts.columns : DISTRICT_BRIEF;
  if (!columns.includes(districtSort.column)) Object.assign(districtSort, { column: "remaining_m2", down: true });
  const rows = DISTRICTS.map((district, i) => districtAtDate(district, DATA.series ? DATA.series.districts[i] : null));
  const total = districtAtDate(TOTAL, DATA.series ? DATA.series.total : null);
  const cell = (row, name) => {
    if (name === "name" && row.code === null) return t("outside");
    if (name === "name" && row.code === "*") return t("total");
    const text = cellText(name, row[name]);
    return typeof row[name] === "string" ? named(text) : text;
  };
  fill("districts-table", tableOf({
    caption: t("districts.caption", { date: dateShown() }), columns, rows, sort: districtSort, cell, name: withUnit, number: isNumber,
    changed: (name) => { showDistricts(); focusColumn("districts-table", name); },
    foot: element("tfoot", null, element("tr", null, columns.map((name, i) =>
      element((i ? "td" : "th") + (isNumber(name) ? ".number" : ""), { scope: i ? null : "row", "data-column": name }, i === 0 && name !== "name" ? t("total") : cell(total, name))))),
  }));
  at("districts-columns").setAttribute("aria-pressed", districtsInFull);
}
