// ---- element: elements with text in them, and nothing but text

// element("td.number", {title: "..."}, "text", child...): children that are null are left out.
function element(kind, attributes, ...children) {
  const [name, ...classes] = kind.split(".");
  const made = document.createElement(name);
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "on") {
      for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? "" : value);
    }
  }
  append(made, children);
  return made;
}

function append(parent, children) {
  for (const child of children.flat(3)) {
    if (child !== null && child !== undefined && child !== false) {
      parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
  }
}

const SVG = "http://www.w3.org/2000/svg";
function drawn(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  append(made, children);
  return made;
}

const at = (id) => document.getElementById(id);
function fill(id, ...children) {
  const place = typeof id === "string" ? at(id) : id;
  place.replaceChildren();
  append(place, children);
}

// Text from files: kept apart from what stands around it, whichever way it is written.
const named = (text) => element("bdi", null, text);

// The words of the page itself.
function translatePage() {
  document.documentElement.lang = chosen.language;
  for (const place of document.querySelectorAll("[data-t]")) place.textContent = t(place.dataset.t);
  for (const place of document.querySelectorAll("[data-t-label]")) place.setAttribute("aria-label", t(place.dataset.tLabel));
  for (const place of document.querySelectorAll("[data-t-placeholder]")) place.placeholder = t(place.dataset.tPlaceholder);
}

// A symbol for a status: its shape tells it as well as its colour.
const SYMBOLS = {
  contaminated: ["M8 .8 15.2 8 8 15.2 .8 8Z", "M8 4.2v4.6M8 10.6v1.4"],
  near: ["M8 1.4 15.4 14.4H.6Z", ""],
  unknown: ["M8 1a7 7 0 1 0 .01 0Z", "M5.9 6.1c.2-2.6 4.3-2.5 4.2 0 0 1.6-2.1 1.6-2.1 3.2M8 11.2v1.2"],
  released: ["M2 2H14V14H2Z", "M4.4 8H11.6"],
  "no-record": ["M8 1.8a6.2 6.2 0 1 0 .01 0Z", ""],
};
function symbol(status) {
  const [outline, inner] = SYMBOLS[status];
  return drawn("svg", { viewBox: "0 0 16 16", class: "symbol " + status, "aria-hidden": "true" },
    drawn("path", { d: outline, class: "body" }), inner ? drawn("path", { d: inner, class: "inner" }) : null);
}
const statusBadge = (status) => element("span.badge." + status, null, symbol(status), element("span", null, statusWord(status)));
