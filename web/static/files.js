// Files are brought one by one as soon as they are chosen or dropped, with their progress; without this file the form
// brings them when it is sent.
(() => {
  "use strict";

  const said = (field, text, isSeen = true) => {
    const line = field.querySelector(".drop-said");
    line.textContent = text;
    line.hidden = !text;
    line.classList.toggle("sr", !isSeen);
  };

  // A form that is sent while files are on their way goes when they are there. One with a file that was refused stays
  // until that is taken out: its words may speak of it.
  const waiting = new Map();
  document.addEventListener("submit", (event) => {
    const field = event.target.querySelector(".field-file:has(li.refused), .field-file:has(progress)");
    if (!field) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const refused = field.querySelector("li.refused");
    if (!refused) waiting.set(event.target, event.submitter);
    said(field, refused ? field.dataset.kept : field.dataset.waiting);
    refused?.querySelector("button").focus();
  }, true);
  const arrived = (form) => {
    if (!waiting.has(form) || form.querySelector("progress")) return;
    const submitter = waiting.get(form);
    waiting.delete(form);
    form.requestSubmit(submitter);
  };

  const row = (field, file) => {
    const list = field.querySelector("ul.files") ?? field.insertBefore(document.createElement("ul"), field.querySelector(".drop-here"));
    list.className = "files";
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", file.name);
    item.append(name, bar);
    list.append(item);
    return { item, bar };
  };

  const remover = (field, item, name) => {
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "quiet";
    remove.textContent = field.dataset.remove;
    remove.setAttribute("aria-label", `${field.dataset.remove} ${name}`);
    remove.addEventListener("click", () => takeOut(field, item));
    return remove;
  };
  const takeOut = (field, item) => {
    item.remove();
    said(field, "");
    field.querySelector("input[type=file]").focus();
  };
  // What a form came back with is taken out as what was just brought: it need not be sent for that.
  document.addEventListener("click", (event) => {
    const remove = event.target.closest(".field-file ul.files button[name=_remove]");
    if (!remove) return;
    event.preventDefault();
    takeOut(remove.closest(".field-file"), remove.closest("li"));
  });

  const hidden = (name, value) => {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    return input;
  };

  // What can be said before anything is sent; of what kind a file is by its content, the server says.
  const wrongWith = (field, file) => {
    if (file.size > Number(field.dataset.most)) return field.dataset.large;
    if (!file.size) return field.dataset.empty;
    const kinds = field.querySelector("input[type=file]").accept.split(",").map((kind) => kind.trim()).filter(Boolean);
    const isOf = (kind) => (kind.startsWith(".") ? file.name.toLowerCase().endsWith(kind) : file.type === kind);
    return kinds.length && !kinds.some(isOf) ? field.dataset.kind : "";
  };

  const bringAll = (field, files) => {
    const several = "several" in field.dataset;
    if (!several) {  // what was refused, or is still on its way, makes room; what is here stays until another is
      for (const item of field.querySelectorAll("ul.files li:is(.refused, :has(progress))")) item.remove();
      running.get(field)?.abort();
    }
    said(field, "");
    for (const file of several ? files : [...files].slice(0, 1)) bring(field, file);
    if (!several && files.length > 1) said(field, field.dataset.one);
  };

  const running = new Map();
  const bring = (field, file) => {
    const input = field.querySelector("input[type=file]");
    const { item, bar } = row(field, file);
    const form = new FormData();
    form.append("file", file);
    const request = new XMLHttpRequest();
    running.set(field, request);
    request.open("POST", "/api/files");
    request.setRequestHeader("X-CSRF-Token", input.form.elements._csrf.value);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = Math.round((100 * event.loaded) / event.total);
    });
    const refused = (text) => {  // stays beside the others, so that it is not missed among several
      const why = document.createElement("span");
      why.textContent = `${file.name}: ${text}`;
      item.className = "refused";
      item.replaceChildren(why, remover(field, item, file.name));
      said(field, why.textContent, false);  // seen beside it already
      waiting.delete(input.form);
    };
    request.addEventListener("error", () => refused(document.getElementById("trouble").dataset.net));
    request.addEventListener("load", () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* a page of an error: said below */ }
      if (request.status !== 201) {
        refused(answer.userErrors?.[0]?.message ?? (request.status === 413 ? field.dataset.large : field.dataset.refused));
        return;
      }
      bar.remove();
      if (!("several" in field.dataset)) {
        for (const other of [...item.parentElement.children]) if (other !== item) other.remove();
        input.required = false;
      }
      item.append(hidden(input.name, answer.id), hidden("_file", `${answer.id} ${file.name}`), remover(field, item, file.name));
      said(field, `${file.name}: ${field.dataset.done}`);
      arrived(input.form);
    });
    const wrong = wrongWith(field, file);
    if (wrong) refused(wrong);
    else request.send(form);
  };

  const listen = (field) => {
    if (field.dataset.listens) return;
    field.dataset.listens = "true";
    const input = field.querySelector("input[type=file]");
    const drop = field.querySelector(".drop-here");
    drop.hidden = false;
    for (const button of field.querySelectorAll("ul.files button[name=_remove]")) button.type = "button";  // no Enter presses it
    input.addEventListener("change", () => {
      bringAll(field, input.files);
      input.value = "";
    });
    for (const name of ["dragover", "dragenter"]) {
      field.addEventListener(name, (event) => { event.preventDefault(); field.classList.add("dropping"); });
    }
    for (const name of ["dragleave", "drop"]) field.addEventListener(name, () => field.classList.remove("dropping"));
    field.addEventListener("drop", (event) => {
      event.preventDefault();
      bringAll(field, event.dataTransfer.files);
    });
  };
  const listenEverywhere = () => document.querySelectorAll(".field-file").forEach(listen);
  listenEverywhere();
  // Beside a field a browser would open what is dropped, and what was typed would be gone.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
  }
  document.addEventListener("htmx:after:swap", listenEverywhere);  // a form that came back brings a field of its own
})();
