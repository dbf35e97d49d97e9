// ---- table: rows that can be sorted, with as many of them on the page as can be handled

const PAGE = 500;

// options: caption, columns (names), rows, sort {column, down}, cell(row, name) -> nodes, name(column) -> text,
// number(column) -> whether it is right-aligned, changed() after sorting, mark(row) -> class, limit
function tableOf(options) {
  const { columns, sort } = options;
  const rows = options.unsorted ? options.rows : sorted(options.rows, sort, options.key);
  const head = element("tr", null, columns.map((name) => {
    const state = sort.column === name ? (sort.down ? "descending" : "ascending") : "none";
    const arrow = sort.column === name ? (sort.down ? "▼" : "▲") : "";
    return element("th" + (options.number(name) ? ".number" : ""), { scope: "col", "aria-sort": state, "data-column": name, title: options.title ? options.title(name) : null },
      element("button.sort", { type: "button", on: { click: () => {
        sort.down = sort.column === name ? !sort.down : options.number(name);
        sort.column = name;
        options.changed(name);
      } } }, options.name(name), element("span.arrow", { "aria-hidden": "true" }, arrow)));
  }));
  const body = element("tbody");
  const show = (from) => {
    for (const row of rows.slice(from, from + PAGE)) {
      body.append(element("tr" + (options.mark ? options.mark(row) : ""), { "data-row": row.number },
        columns.map((name, i) => element((i === 0 && options.heading !== false ? "th" : "td") + (options.number(name) ? ".number" : ""),
          { scope: i === 0 && options.heading !== false ? "row" : null, "data-column": name }, options.cell(row, name)))));
    }
  };
  show(0);
  const table = element("table", null, element("caption.hidden", null, options.caption), element("thead", null, head), body, options.foot || null);
  if (rows.length <= PAGE) return [table];
  let there = PAGE;
  const more = element("button.more", { type: "button", on: { click: () => {
    show(there);
    there += PAGE;
    more.hidden = there >= rows.length;
    say();
  } } });
  const say = () => { more.textContent = t("table.more", { n: number(Math.min(PAGE, rows.length - there)), rest: number(rows.length - there) }); };
  say();
  return [table, more];
}

function sorted(rows, sort, key) {
  const value = key || ((row, name) => row[name]);
  const words = new Intl.Collator(chosen.language, { numeric: true });
  const direction = sort.down ? -1 : 1;
  return rows.map((row) => [value(row, sort.column), row]).sort(([a, x], [b, y]) => {
    // What is missing stands last, either way.
    const none = (v) => v === null || v === undefined || v === "";
    if (none(a) || none(b)) return none(a) - none(b) || x.number - y.number;
    const order = typeof a === "number" && typeof b === "number" ? a - b : words.compare(String(a), String(b));
    return direction * order || x.number - y.number;
  }).map(([, row]) => row);
}

// Puts the focus back on the heading that was pressed, since the table was made anew.
function focusColumn(id, name) {
  const button = document.querySelector(`#${id} th[data-column="${CSS.escape(name)}"] button`);
  if (button) button.focus();
}
