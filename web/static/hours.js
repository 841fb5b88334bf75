// The week's sums follow what is typed, and arrows go up and down the sheet. An approval's button says how many hours
// it approves. Without this the server says the same after sending.
(() => {
  "use strict";

  const NOTHING = "–";

  // 7,5 · 7.5 · 7:30 · 7h30 → minutes; what cannot be read counts nothing.
  const minutes = (typed) => {
    const text = typed.trim().replace(/\s/g, "");
    const clock = /^(\d+)(?::|h)(\d{1,2})$/.exec(text);
    if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
    const hours = /^(\d+(?:[.,]\d+)?)h?$/.exec(text);
    return hours ? Math.round(Number(hours[1].replace(",", ".")) * 60) : 0;
  };

  const written = (sum) => {
    const hours = Math.round((sum / 60) * 100) / 100;
    const [whole, part] = String(hours).split(".");
    return `${whole.replace(/\B(?=(\d{3})+$)/g, "\u00a0")}${part ? `,${part}` : ""}\u00a0h`;
  };

  const inCell = (cell) =>
    [...cell.querySelectorAll(".sheet-hours")].reduce((sum, input) => sum + minutes(input.value), 0) +
    [...cell.querySelectorAll("[data-minutes]")].reduce((sum, one) => sum + Number(one.dataset.minutes), 0);

  const add = (sheet) => {
    const days = new Array(7).fill(0);
    for (const row of sheet.tBodies[0].rows) {
      const cells = [...row.querySelectorAll(".sheet-cell")].map(inCell);
      cells.forEach((sum, day) => { days[day] += sum; });
      const sum = cells.reduce((a, b) => a + b, 0);
      row.querySelector("[data-sum=row]").textContent = sum ? written(sum) : NOTHING;
    }
    sheet.querySelectorAll("[data-sum=day]").forEach((output, day) => {
      output.textContent = days[day] ? written(days[day]) : NOTHING;
      output.parentElement.querySelector("[data-too-long]").hidden = days[day] <= 24 * 60;
    });
    sheet.querySelector("[data-sum=week]").textContent = written(days.reduce((a, b) => a + b, 0));
  };

  const choose = (form) => {
    const chosen = [...form.querySelectorAll("[name=_entry]")].filter(
      (box) => box.checked && box.closest("[data-week]").querySelector("[name=_week]").checked,
    );
    const sum = chosen.reduce((total, box) => total + Number(box.dataset.minutes), 0);
    for (const output of form.querySelectorAll("[data-chosen]")) output.textContent = written(sum);
  };

  document.addEventListener("input", (event) => {
    const sheet = event.target.closest("[data-sheet]");
    if (sheet) add(sheet);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-approving]");
    if (form) choose(form);
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-approving]")) choose(form);
  });

  document.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const cell = step && event.target.matches?.(".sheet-hours") && event.target.closest("td");
    if (!cell) return;
    let row = cell.parentElement;
    while ((row = step < 0 ? row.previousElementSibling : row.nextElementSibling)) {
      const next = row.cells[cell.cellIndex].querySelector(".sheet-hours");
      if (!next) continue;
      event.preventDefault();
      next.focus();
      next.select();
      return;
    }
  });
})();
