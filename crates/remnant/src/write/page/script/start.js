// ---- start: the page put together

function showHeadline() {
  const states = chosen.date === null ? STATES.map((state) => TOTAL[state + "_m2"]) : statesAt(DATA.series.total, chosen.date);
  const [suspected, confirmed, ...rest] = states;
  const released = rest.reduce((a, b) => a + b, 0), remaining = suspected + confirmed, baseline = remaining + released;
  // Records without any date have an account, and no date to it.
  const title = DATA.as_of === null ? t("title.undated") : t("title", { date: dateShown() });
  fill("title", title);
  fill("subtitle", t("subtitle"));
  document.title = title;
  fill("headline",
    element("div.figures", null,
      element("div", null, element("span", null, t("headline.remaining")), element("strong", { id: "remaining" }, area(remaining))),
      element("div", null, element("span", null, t("headline.released")), element("strong", { id: "released" }, area(released), " ",
        element("small", null, baseline > 0 ? t("headline.of", { share: share(released / baseline), area: area(baseline) }) : "")))),
    stackedBar([["confirmed", confirmed], ["suspected", suspected], ["cancelled", rest[0]], ["reduced", rest[1]], ["cleared", rest[2]]], Math.max(baseline, 1)),
    element("p.key", { "aria-hidden": "true" }, ["confirmed", "suspected", "cancelled", "reduced", "cleared"].map((state) => element("span", null, element("i." + state), t("state." + state)))));
}

function showNotices() {
  const [errors, warnings] = DATA.severities;
  const doubts = errors + warnings === 0 ? null : element("p.notice", null, t("notice.findings", { errors: number(errors), warnings: number(warnings) }), " ",
    element("a", { href: "#findings" }, t("findings.title")));
  fill("notices", DATA.public ? element("p.notice", null, t("public.notice")) : null, unplacedNotice(), doubts);
}

function showMapNote() {
  fill("map-note", !map ? t("map.none") : chosen.date !== null ? t("map.past", { date: day(DATA.as_of) }) : "");
}

function showContents() {
  const chapters = [["overview", "nav.overview"], ["work", "work.title"], ["districts", "districts.title"], ["balance", "balance.title"], ["findings", "findings.title"], ["method", "nav.method"]];
  fill("contents", element("ul", null, chapters.map(([id, key]) => element("li", null, element("a", { href: "#" + id }, t(key))))));
}

function showAll({ first = false } = {}) {
  translatePage();
  showContents();
  fill("unit", Object.keys(UNITS).map((name) => element("option", { value: name }, t("unit." + name))));
  at("unit").value = chosen.unit;
  showHeadline();
  showNotices();
  showStatuses();
  showDistrictFilter();
  showZones();
  showPanel();
  showWork();
  showDistricts();
  showBalance();
  showSeverities();
  showFindings();
  showMethod();
  showMapNote();
  sayDate();
  if (map) {
    at("map").setAttribute("aria-label", t("map.title"));
    // The map has just been painted where the page has just been made.
    if (first) showLegend(); else repaint();
  }
}

function speak(language) {
  chosen.language = language;
  try { localStorage.setItem("remnant-language", language); } catch { /* A page from a file may keep nothing. */ }
  for (const finding of FINDINGS) finding.words = null;
  showAll();
}

// The language of the last visit, else one that the reader's browser asks for.
function firstLanguage() {
  let kept = null;
  try { kept = localStorage.getItem("remnant-language"); } catch { /* As above. */ }
  const asked = [kept, ...(navigator.languages || [])].filter(Boolean).map((name) => name.slice(0, 2).toLowerCase());
  return asked.find((name) => LANGUAGES.includes(name)) || "en";
}

chosen.language = firstLanguage();
mix();
fill("language", LANGUAGES.map((name) => element("option", { value: name, lang: name }, WORDS[name].name)));
at("language").value = chosen.language;
at("language").addEventListener("change", (event) => speak(event.target.value));
at("unit").addEventListener("change", (event) => { chosen.unit = event.target.value; showAll(); });
at("districts-columns").addEventListener("click", () => { districtsInFull = !districtsInFull; showDistricts(); });
listenToFilters();
listenToFindings();
makeMap();
makeSlider();
showAll({ first: true });
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { mix(); repaint(); });
requestAnimationFrame(() => setTimeout(() => {
  // When the page could be used, for whoever measures it.
  document.documentElement.dataset.ready = Math.round(performance.now());
}, 0));
