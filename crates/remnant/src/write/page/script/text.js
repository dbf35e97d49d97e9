// ---- text: words and numbers in the language that was chosen

const LANGUAGES = Object.keys(WORDS);
const FORMATS = {
  en: { group: ",", point: ".", percent: "%", date: ([y, m, d]) => `${Number(d)} ${WORDS.en.months.split(" ")[m - 1]} ${y}` },
  az: { group: ".", point: ",", percent: "%", date: ([y, m, d]) => `${d}.${m}.${y}` },
  ru: { group: "\u00a0", point: ",", percent: "\u00a0%", date: ([y, m, d]) => `${d}.${m}.${y}` },
  fr: { group: "\u202f", point: ",", percent: "\u202f%", date: ([y, m, d]) => `${d}/${m}/${y}` },
};
const UNITS = {
  ha: { m2: 1e4, places: 2 },
  m2: { m2: 1, places: 4 },
  km2: { m2: 1e6, places: 3 },
};

// The words for a key; {names} in them are filled in. Words that no language has stand for themselves.
function t(key, values) {
  const text = WORDS[chosen.language][key] ?? WORDS.en[key] ?? key;
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole) : text;
}
const has = (key) => key in WORDS.en;
const unitSign = () => t("unit." + chosen.unit);
const wordOr = (key, otherwise) => (has(key) ? t(key) : otherwise);

function number(value, places = 0) {
  if (value === null || value === undefined) return "–";
  const format = FORMATS[chosen.language];
  const [whole, rest] = Math.abs(value).toFixed(places).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, format.group);
  const sign = value < 0 && Number(whole + "." + (rest || 0)) > 0 ? "−" : "";
  return sign + grouped + (rest ? format.point + rest : "");
}

// Something that is there never reads as nothing.
function atLeast(value, places) {
  const least = 10 ** -places;
  return value > 0 && value < least / 2 ? "<\u00a0" + number(least, places) : number(value, places);
}

// An area without its unit, or with it.
function areaNumber(m2) {
  if (m2 === null || m2 === undefined) return "–";
  const unit = UNITS[chosen.unit];
  return atLeast(m2 / unit.m2, unit.places);
}
const area = (m2) => `${areaNumber(m2)}\u00a0${unitSign()}`;

// A share never reads as all or as nothing unless it is.
function share(value) {
  if (value === null || value === undefined) return "–";
  const format = FORMATS[chosen.language];
  if (value > 0 && value < 0.0005) return "<\u00a0" + number(0.1, 1) + format.percent;
  const percent = value < 1 ? Math.min(Math.round(value * 1000) / 10, 99.9) : value * 100;
  return number(percent, 1) + format.percent;
}

function metres(value) {
  if (value === null || value === undefined) return "–";
  if (value < 1 && value > 0) return `<\u00a01\u00a0${t("unit.m")}`;
  // Never farther than it is.
  return value < 10000 ? `${number(Math.floor(value))}\u00a0${t("unit.m")}` : `${number(Math.floor(value / 100) / 10, 1)}\u00a0${t("unit.km")}`;
}

const day = (iso) => (iso ? FORMATS[chosen.language].date(iso.split("-")) : "–");

// The point of the compass for a bearing in degrees.
function compass(degrees) {
  if (degrees === null || degrees === undefined) return "";
  return t("compass").split(" ")[Math.round(degrees / 45) % 8];
}

const statusWord = (status) => t("status." + status);

// A reason in words.
function reasonText(reason) {
  const more = reason.more ? " " + t("and.more", { n: number(reason.more) }) : "";
  return t("reason." + reason.code, {
    area: reason.m2 === undefined ? "" : area(reason.m2),
    distance: reason.m === undefined ? "" : metres(reason.m),
    within: reason.within === undefined ? "" : metres(reason.within),
    hazards: reason.ids ? reason.ids.join(", ") + more : "",
  });
}

// The name of a column: its own words, or its name made readable.
function columnName(name) {
  if (has("col." + name)) return t("col." + name);
  return name.replace(/_(m2|m)$/, "").replace(/_/g, " ");
}
const isArea = (name) => name.endsWith("_m2");

// A cell as it is shown in its column.
function cellText(name, value) {
  if (value === null || value === undefined) return "–";
  if (name === "status" || name.startsWith("status_if")) return statusWord(value);
  if (Array.isArray(value)) return value.join("; ") || "–";
  if (isArea(name)) return areaNumber(value);
  if (name.endsWith("_share")) return share(value);
  if (name.endsWith("_deg")) return `${number(value)}°`;
  if (name.endsWith("_m")) return number(value, 1);
  if (typeof value === "number") return Number.isInteger(value) ? number(value) : number(value, 2);
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return day(value);
  return String(value);
}
