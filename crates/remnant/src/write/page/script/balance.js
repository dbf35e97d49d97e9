// ---- balance: how the contaminated land of the opening became that of the closing

const FLOWS = [["opening", 0], ["newly_recorded", 1], ["recontaminated", 1], ["cancelled", -1], ["reduced", -1], ["cleared", -1], ["closing", 0]];
let balanceOf = "*";

function showBalance() {
  const rows = rowsOf(DATA.balance);
  const row = rows.find((r) => (r.code ?? "-") === balanceOf) || rows[rows.length - 1];
  const name = (r) => (r.code === "*" ? t("total") : r.code === null ? t("outside") : r.name || r.code);
  const select = element("select", { id: "balance-of", on: { change: (event) => { balanceOf = event.target.value; showBalance(); at("balance-of").focus(); } } },
    [rows[rows.length - 1], ...rows.slice(0, -1)].map((r) => element("option", { value: r.code ?? "-" }, name(r))));
  select.value = row.code ?? "-";
  const period = DATA.since ? t("balance.period", { from: day(DATA.since), to: day(DATA.as_of) }) : t("balance.all", { to: day(DATA.as_of) });
  const series = DATA.series ? seriesChart() : null;
  fill("balance-body",
    element("div.bar", null, element("p", null, period), element("label", null, element("span", null, t("balance.of")), select)),
    element("div.balance", null, waterfall(row), element("div", null, balanceTable(row))),
    series ? [element("h3", null, t("series.title")), series] : null,
    DATA.transitions.length ? [element("h3", null, t("transitions.title")), transitionTable()] : null);
}

// Bars that begin where the one before ended.
function waterfall(row) {
  const width = 640, height = 250, floor = 206, top = 26, step = width / FLOWS.length;
  let level = 0, highest = 0;
  const bars = FLOWS.map(([flow, sign]) => {
    const m2 = row[flow + "_m2"];
    const from = sign === 0 ? 0 : level, to = sign === 0 ? m2 : level + sign * m2;
    level = to;
    highest = Math.max(highest, from, to);
    return { flow, sign, m2, from, to };
  });
  const y = (m2) => floor - (highest > 0 ? ((floor - top) * m2) / highest : 0);
  const words = FLOWS.map(([flow]) => `${t("flow." + flow)}: ${area(row[flow + "_m2"])}`).join("; ");
  return drawn("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart waterfall", role: "img", "aria-label": words },
    drawn("line", { x1: 0, x2: width, y1: floor, y2: floor, class: "axis" }),
    bars.map(({ flow, m2, from, to }, i) => {
      const x = i * step + 8, high = Math.max(from, to), tall = Math.max(Math.abs(y(from) - y(to)), m2 > 0 ? 1.5 : 0);
      return drawn("g", {},
        i ? drawn("line", { x1: (i - 1) * step + 8, x2: x + step - 16, y1: y(from === 0 && i === FLOWS.length - 1 ? to : from), y2: y(from === 0 && i === FLOWS.length - 1 ? to : from), class: "link" }) : null,
        drawn("rect", { x, width: step - 16, y: y(high), height: tall, class: "flow " + flow }),
        drawn("text", { x: x + (step - 16) / 2, y: Math.max(y(high) - 6, 12), class: "value" }, areaNumber(m2)),
        split(t("flow." + flow), 15).map((line, n) => drawn("text", { x: x + (step - 16) / 2, y: floor + 15 + 13 * n, class: "name" }, line)));
    }));
}

// Words in lines of so many letters.
function split(text, most) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last && last.length + word.length >= most) lines.push(word); else lines[lines.length - 1] = last ? last + " " + word : word;
  }
  return lines;
}

function balanceTable(row) {
  return element("table.small", { id: "balance-table" }, element("caption.hidden", null, t("balance.title")),
    element("thead", null, element("tr", null, element("th", { scope: "col" }, t("balance.flow")), element("th.number", { scope: "col" }, `${t("balance.land")}, ${unitSign()}`), element("th.number", { scope: "col" }, t("balance.records")))),
    element("tbody", null, FLOWS.map(([flow, sign]) => element("tr" + (sign ? "" : ".sum"), null,
      element("th", { scope: "row" }, (sign > 0 ? "+ " : sign < 0 ? "− " : "") + t("flow." + flow)),
      element("td.number", null, areaNumber(row[flow + "_m2"])), element("td.number", null, number(row[flow + "_records"]))))));
}

// Land by state over time, stacked: the contaminated at the bottom.
function seriesChart() {
  const { dates, total } = DATA.series, width = 900, height = 240, floor = 205, left = 8, order = [1, 0, 2, 3, 4];
  const moments = dates.map((_, date) => statesAt(total, date));
  const highest = Math.max(1, ...moments.map((states) => states.reduce((a, b) => a + b, 0)));
  const x = (i) => left + ((width - 2 * left) * i) / Math.max(1, dates.length - 1);
  const y = (m2) => floor - ((floor - 14) * m2) / highest;
  const base = moments.map(() => 0);
  const areas = order.map((state) => {
    const under = moments.map((_, i) => [x(i), y(base[i])]);
    moments.forEach((states, i) => { base[i] += states[state]; });
    const over = moments.map((_, i) => [x(i), y(base[i])]);
    return drawn("path", { class: "state " + STATES[state], d: "M" + over.concat(under.reverse()).map((p) => p.map((v) => v.toFixed(1)).join(",")).join("L") + "Z" },
      drawn("title", {}, t("layer." + STATES[state])));
  });
  const now = chosen.date ?? dates.length - 1;
  const ticks = [...new Set([0, Math.round((dates.length - 1) / 3), Math.round((2 * (dates.length - 1)) / 3), dates.length - 1])];
  const chart = drawn("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart series", role: "img", "aria-label": t("series.title") },
    areas, drawn("line", { x1: x(now), x2: x(now), y1: 8, y2: floor, class: "now" }), drawn("line", { x1: 0, x2: width, y1: floor, y2: floor, class: "axis" }),
    ticks.map((i) => drawn("text", { x: x(i), y: floor + 18, class: "name", "text-anchor": i === 0 ? "start" : i === dates.length - 1 ? "end" : "middle" }, day(dates[i]))));
  const step = Math.max(1, Math.ceil(dates.length / 400));
  const table = element("details", null, element("summary", null, t("series.table")),
    element("div.scroll", { tabindex: 0 }, element("table.small", { id: "series-table" }, element("caption.hidden", null, t("series.title")),
      element("thead", null, element("tr", null, element("th", { scope: "col" }, t("date")), order.map((s) => element("th.number", { scope: "col" }, `${t("layer." + STATES[s])}, ${unitSign()}`)))),
      element("tbody", null, dates.map((date, i) => (i % step && i !== dates.length - 1 ? null : element("tr", null, element("th", { scope: "row" }, day(date)), order.map((s) => element("td.number", null, areaNumber(moments[i][s])))))))))); 
  const legend = element("p.key", { "aria-hidden": "true" }, order.map((state) => element("span", null, element("i." + STATES[state]), t("layer." + STATES[state]))));
  return [chart, legend, table];
}

function transitionTable() {
  const names = ["none", ...STATES].filter((name) => DATA.transitions.some(([from, to]) => from === name || to === name));
  const m2 = (from, to) => DATA.transitions.filter(([f, g]) => f === from && g === to).reduce((sum, step) => sum + step[2], 0);
  return element("div.scroll", { tabindex: 0 }, element("table.small", null, element("caption", null, t("transitions.caption", { from: day(DATA.since), to: day(DATA.as_of), unit: unitSign() })),
    element("thead", null, element("tr", null, element("th", { scope: "col" }, t("transitions.from")), names.map((name) => element("th.number", { scope: "col" }, t("state." + name))))),
    element("tbody", null, names.map((from) => element("tr", null, element("th", { scope: "row" }, t("state." + from)), names.map((to) => element("td.number", null, from === "none" && to === "none" ? "–" : areaNumber(m2(from, to)))))))));
}
