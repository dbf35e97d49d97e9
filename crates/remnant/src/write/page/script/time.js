// ---- time: the dates of a series, where the run made one

const dateShown = () => day(chosen.date === null ? DATA.as_of : DATA.series.dates[chosen.date]);

function makeSlider() {
  if (!DATA.series || DATA.series.dates.length < 2) return;
  const last = DATA.series.dates.length - 1;
  const slider = element("input", { type: "range", id: "time-slider", min: 0, max: last, step: 1, on: { input: (event) => toDate(Number(event.target.value)) } });
  slider.value = last;
  let playing = 0;
  const play = element("button", { type: "button", id: "time-play", on: { click: () => {
    if (playing) { stop(); return; }
    if (chosen.date === null) toDate(0);
    playing = setInterval(() => (chosen.date === null ? stop() : toDate(chosen.date + 1)), 700);
    play.textContent = "❚❚";
    play.setAttribute("aria-label", t("time.stop"));
  } } }, "▶");
  const stop = () => { clearInterval(playing); playing = 0; play.textContent = "▶"; play.setAttribute("aria-label", t("time.play")); };
  fill("time", play, element("label", { for: "time-slider" }, t("time.label")), slider, element("output", { id: "time-date", for: "time-slider" }));
  at("time").hidden = false;
  sayDate();
}

function sayDate() {
  const slider = at("time-slider");
  if (!slider) return;
  slider.value = chosen.date ?? DATA.series.dates.length - 1;
  slider.setAttribute("aria-valuetext", dateShown());
  at("time-date").textContent = dateShown();
  document.querySelector("#time label").textContent = t("time.label");
  at("time-play").setAttribute("aria-label", t("time.play"));
}

function toDate(date) {
  chosen.date = date >= DATA.series.dates.length - 1 ? null : date;
  sayDate();
  showHeadline();
  showStatuses();
  showZones();
  showDistricts();
  showBalance();
  showPanel();
  showMapNote();
  repaint();
}
