// The little that pages need beyond htmx. Everything works without it; with it nothing is sent twice,
// focus goes where something changed, and trouble is said without taking away what was typed.
(() => {
  "use strict";

  const focus = (element) => {
    if (!element) return;
    if (!element.matches("a[href], button, input, select, textarea, [tabindex]")) element.tabIndex = -1;
    element.focus();
  };

  // What went wrong, in words that stand in the page in the reader's language.
  const trouble = (text) => {
    const box = document.getElementById("trouble");
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = box.dataset.close;
    close.addEventListener("click", () => { box.hidden = true; });
    box.replaceChildren(text, close);
    box.hidden = false;
  };

  const said = (text) => {
    const line = document.createElement("p");
    line.className = "flash-text";
    line.append(document.getElementById("flash-icon").content.cloneNode(true), " ", text);
    const flash = document.getElementById("flash");
    flash.replaceChildren(line);
    flash.classList.add("flash-seen");
  };

  // What was said stays in sight, however far down the page, until somebody does the next thing.
  for (const next of ["keydown", "pointerdown"]) {
    document.addEventListener(next, () => document.getElementById("flash")?.classList.remove("flash-seen"));
  }

  document.addEventListener("DOMContentLoaded", () => focus(document.querySelector("[data-autofocus]")));
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail.ctx?.target;
    if (target?.id !== "nowhere") focus(document.querySelector("main [data-autofocus]"));
  });
  document.addEventListener("portal:done", (event) => {
    document.getElementById("trouble").hidden = true;
    said(event.detail.text);
    focus(document.querySelector(event.detail.focus));
  });

  // A part is asked for whom its page was opened; where somebody acts for another meanwhile the page comes as a whole.
  document.addEventListener("htmx:config:request", (event) => {
    event.detail.ctx.request.headers["Acting-For"] = document.body.dataset.acting;
  });

  document.addEventListener("portal:trouble", (event) => trouble(event.detail.text));
  document.addEventListener("htmx:error", () => trouble(document.getElementById("trouble").dataset.net));
  document.addEventListener("htmx:response:error", (event) => {
    const status = event.detail.ctx?.response?.status;
    const again = document.getElementById("sign-in-again");
    if (status === 401 && again) again.showModal();
    else if (status >= 500) trouble(document.getElementById("trouble").dataset.server);
  });

  // The key / leads to the search box, or to its page; where somebody types it is a sign like any other.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
    const box = document.querySelector("input[data-search]");
    const link = document.querySelector("a[data-search]");
    if (!box && !link) return;
    event.preventDefault();
    if (box) box.focus();
    else location.assign(link.href);
  });

  // Forms that htmx does not send are sent once; coming back by the back button makes them fresh. Where no answer came,
  // for somebody stopped it or the line hangs, they can be sent again after as long as htmx waits: their key counts once.
  const patience = 20000;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]:not([hx-post])") || event.defaultPrevented) return;
    if (form.dataset.sending !== undefined) event.preventDefault();
    else {
      form.dataset.sending = "";
      setTimeout(() => { delete form.dataset.sending; }, patience);
    }
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
  });

  // Which saved view is open is said anew when filters have changed in place.
  const kept = (search) => {
    const pairs = [...new URLSearchParams(search)].filter(([name, value]) => value.trim() && name !== "after");
    return new URLSearchParams(pairs).toString();
  };
  document.addEventListener("htmx:after:history:update", () => {
    const views = [...document.querySelectorAll(".views li a")];
    const open = views.find((view) => kept(view.search) === kept(location.search));
    for (const view of views) {
      if (view === open) view.setAttribute("aria-current", "page");
      else view.removeAttribute("aria-current");
    }
    const saving = document.querySelector(".views a[data-search-kept]");
    const changing = document.querySelector(".views a[data-changes-view]");
    if (!saving) return;
    saving.hidden = Boolean(open);
    changing.hidden = !open?.dataset.change;
    if (open?.dataset.change) changing.href = open.dataset.change;
  });

  // A button that says why it is closed is still reachable by keyboard, but does nothing.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
    const keeping = event.target.closest("a[data-search-kept]");
    if (keeping) keeping.search = location.search; // what the list shows may have changed since the page was written
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.opens).showModal();
    }
    for (const open of document.querySelectorAll("details.drop[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector("details.drop[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
})();
