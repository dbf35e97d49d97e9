// ---- work: the order of work, where the run made one

function showWork() {
  if (!DATA.plan) {
    fill("work-body", element("p.note", null, t("work.none")));
    return;
  }
  const { plan } = DATA;
  const row = (place) => {
    const zone = ZONES[place.zone];
    return element("tr", null,
      element("td.number", null, rankNode(place)),
      element("th", { scope: "row" }, element("button.link", { type: "button", on: { click: () => { selectZone(place.zone, { from: "work" }); if (window.innerWidth > 1180) at("overview").scrollIntoView(); } } }, named(zone.name || zone.id)),
        element("span.where", null, named(DISTRICT_NAMES.get(zone.district) || t("outside")))),
      element("td", null, zone.status ? statusBadge(zone.status) : null),
      element("td.number", null, number(place.people ?? place.homes)),
      element("td.number", null, areaNumber(place.marginal_m2)),
      element("td.number", null, number(place.score, 3)),
      element("td.number", null, !place.ranked ? "–" : place.best_rank === place.worst_rank ? number(place.rank) : `${number(place.best_rank)}–${number(place.worst_rank)}`),
      element("td.why", null, placeText(place)));
  };
  const order = plan.order.slice().sort((a, b) => a.rank - b.rank);
  const heads = [["work.rank", 1], ["work.zone", 0], ["col.status", 0], ["work.people-or-homes", 1], ["work.marginal", 1], ["work.score", 1], ["work.range", 1], ["work.why", 0]];
  const body = element("tbody", null, order.slice(0, PAGE).map(row));
  fill("work-body",
    element("p", null, t("work.criteria"), " ", criteriaText(), "."),
    element("div.scroll", { tabindex: 0, role: "region", "aria-labelledby": "work-title" },
      element("table", null, element("caption.hidden", null, t("work.title")),
        element("thead", null, element("tr", null, heads.map(([key, right]) => element("th" + (right ? ".number" : ""), { scope: "col" }, key === "work.marginal" ? `${t(key)}, ${unitSign()}` : t(key))))), body)),
    plan.in_all > body.children.length ? element("p.note", null, t("and.more", { n: number(plan.in_all - body.children.length) }), " (plan.csv)") : null,
    element("p.note", null, t("work.note"), " ", t("work.sensitivity")));
}
