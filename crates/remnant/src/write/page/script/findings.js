// ---- findings: the defects of the data, the worst first

const SEVERITIES = ["error", "warning", "info"];
const FINDING_COLUMNS = ["severity", "code", "file", "feature", "id", "message", "area_m2"];
const findingSort = { column: null, down: false };
const wanted = { text: "", severity: "" };

function showFindings() {
  const words = plain(wanted.text).split(/\s+/).filter(Boolean);
  const rows = FINDINGS.filter((finding) => {
    if (wanted.severity && finding.severity !== wanted.severity) return false;
    if (!words.length) return true;
    finding.words ||= plain([finding.code, t("code." + finding.code), finding.file, finding.layer, finding.id, finding.message].join(" "));
    return words.every((word) => finding.words.includes(word));
  });
  const left = DATA.findings_in_all - FINDINGS.length;
  fill("findings-count", t("findings.count", { n: number(rows.length), all: number(DATA.findings_in_all) }));
  fill("findings-note", t("findings.note"), left > 0 ? " " + t("findings.left-out", { n: number(FINDINGS.length), all: number(DATA.findings_in_all) }) : "",
    chosen.language === "en" ? "" : " " + t("findings.english"));
  if (!rows.length) { fill("findings-table", element("p.empty", null, t("findings.nothing"))); return; }
  fill("findings-table", tableOf({
    caption: t("findings.title"), columns: FINDING_COLUMNS, rows, sort: findingSort, unsorted: findingSort.column === null, heading: false,
    key: (row, name) => (name === "severity" ? SEVERITIES.indexOf(row.severity) : row[name]),
    cell: (row, name) => {
      if (name === "severity") return element("span.severity." + row.severity, null, t("severity." + row.severity));
      if (name === "code") return element("span", { title: meaningOf(row.code) }, meaningOf(row.code));
      const text = cellText(name, row[name]);
      return typeof row[name] === "string" ? named(text) : text;
    },
    name: withUnit, number: isNumber,
    changed: (name) => { showFindings(); focusColumn("findings-table", name); },
  }));
}

const meaningOf = (code) => (has("code." + code) ? t("code." + code) : DATA.codes[code] || code);

function showSeverities() {
  fill("findings-severity", element("option", { value: "" }, t("findings.all")),
    SEVERITIES.map((severity, i) => element("option", { value: severity }, `${t("severity." + severity)} (${number(DATA.severities[i])})`)));
  at("findings-severity").value = wanted.severity;
}

function listenToFindings() {
  at("findings-search").addEventListener("input", (event) => { wanted.text = event.target.value; showFindings(); });
  at("findings-severity").addEventListener("change", (event) => { wanted.severity = event.target.value; showFindings(); });
}
