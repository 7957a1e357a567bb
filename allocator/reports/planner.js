"use strict";
/* Reads along a curve: a slider over the rows of the table that stands beneath each drawing.
   Every word and figure is the table's; without this script the table itself is there. */
(() => {
  const arm = (figure) => {
    const rows = [...figure.querySelectorAll("tbody tr")];
    const probe = figure.querySelector(".probe");
    if (figure.dataset.armed || !probe || rows.length < 2) return;
    figure.dataset.armed = "yes";
    const heads = [...figure.querySelectorAll("thead th")].map((head) => head.textContent.trim());
    const slider = document.createElement("input");
    const read = document.createElement("dl");
    slider.type = "range";
    slider.min = "0";
    slider.max = String(rows.length - 1);
    slider.step = "1";
    slider.setAttribute("aria-label", figure.dataset.asks);
    read.className = "read";
    const show = () => {
      const row = rows[Number(slider.value)];
      const said = [...row.cells].map((cell) => cell.textContent.trim());
      probe.setAttribute("cx", row.dataset.x);
      probe.setAttribute("cy", row.dataset.y);
      read.replaceChildren(...said.flatMap((value, place) => {
        const name = document.createElement("dt");
        const figureOf = document.createElement("dd");
        name.textContent = heads[place];
        figureOf.textContent = value || "\u2013";
        return [name, figureOf];
      }));
      const spoken = said.map((value, place) => value && heads[place] + " " + value);
      slider.setAttribute("aria-valuetext", spoken.filter(Boolean).join("; "));
    };
    slider.value = String(Math.max(0, rows.findIndex((row) => row.dataset.own)));
    slider.addEventListener("input", show);
    figure.querySelector("svg").after(slider, read);
    figure.classList.add("live");
    show();
  };
  for (const shelf of document.querySelectorAll("details.group")) {
    const open = () => shelf.open && shelf.querySelectorAll("figure").forEach(arm);
    shelf.addEventListener("toggle", open);
    open();
  }
})();
