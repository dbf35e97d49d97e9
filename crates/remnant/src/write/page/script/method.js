// ---- method: settings, inputs, checks and definitions: how each number was made

function showMethod() {
  const settings = facts([
    [t("method.as-of"), day(DATA.as_of)],
    DATA.since && [t("method.since"), day(DATA.since)],
    DATA.boundaries && [t("method.boundaries"), day(DATA.boundaries)],
    [t("method.dates"), wordOr("dates." + DATA.dates, DATA.dates)],
    [t("method.outside"), wordOr("outside." + DATA.outside_policy, DATA.outside_policy)],
    [t("method.safety"), metres(DATA.safety_distance_m)],
    [t("method.program"), `remnant ${DATA.version}`],
    DATA.map && [t("method.map"), t("method.map-text", { m: number(DATA.map.within_m, 1), n: number(DATA.map.polygons) })],
  ]);
  const inputs = DATA.inputs.map((input) => element("tr", null,
    element("th", { scope: "row" }, named(input.path), input.layer ? element("span.where", null, named(input.layer)) : null),
    element("td", null, wordOr("role." + input.role, input.role)), element("td", null, input.format),
    element("td", null, named(input.crs), input.operation ? element("span.where", null, named(input.operation)) : null),
    ["records", "used", "repaired", "set_aside"].map((name) => element("td.number", null, number(input[name]))),
    element("td.hash", null, input.files.map(([, hash]) => element("code", null, hash)))));
  const checks = DATA.checks.map((check) => element("li" + (check.holds ? "" : ".broken"), null,
    element("strong", null, t(check.holds ? "check.holds" : "check.broken")), " ", check.name,
    check.difference ? ` (${t("check.difference")} ${number(check.difference, 4)})` : ""));
  const terms = ["contaminated", "suspected", "confirmed", "cancelled", "reduced", "cleared", "baseline", "outside-hazards", "repeated", "evidence-point", "live"];
  fill("method-body",
    unplacedNotice(),
    element("p", null, t("method.text")),
    element("h3", null, t("method.settings")), settings,
    element("h3", null, t("method.inputs")),
    element("div.scroll", { tabindex: 0 }, element("table.small", { id: "inputs-table" }, element("caption.hidden", null, t("method.inputs")),
      element("thead", null, element("tr", null, ["file", "role", "format", "crs"].map((key) => element("th", { scope: "col" }, t("input." + key))),
        ["records", "used", "repaired", "set_aside"].map((key) => element("th.number", { scope: "col" }, t("input." + key))), element("th", { scope: "col" }, "SHA-256"))),
      element("tbody", null, inputs))),
    element("h3", null, t("method.checks")), element("ul.checks", null, checks),
    chosen.language === "en" ? null : element("p.note", null, t("method.english")),
    element("h3", null, t("method.terms")),
    element("dl.terms", null, terms.map((term) => [element("dt", null, t("term." + term)), element("dd", null, t("term." + term + ".text"))])),
    element("h3", null, t("method.statuses")),
    element("dl.terms", null, STATUSES.map((status) => [element("dt", null, statusBadge(status)), element("dd", null, t("meaning." + status))])));
  fill("footer", element("p", null, t("disclaimer")), element("p", null, t("footer", { version: DATA.version })), element("p.licence", null, "Leaflet 1.9.4 © 2010–2023 Volodymyr Agafonkin, © 2010–2011 CloudMade, BSD-2-Clause"));
}

// Hazards that could lie anywhere weigh on every status of the page.
const unplacedNotice = () => (DATA.unplaced_hazards > 0
  ? element("p.notice.strong", null, t("unplaced", { n: number(DATA.unplaced_hazards) })) : null);
