// Small improvements of pages that work without them. No inline script anywhere: the content security policy holds.
(() => {
  "use strict";

  // What was typed before a time-out goes back into the form (parts/kept.html).
  function restoreKept() {
    const data = document.getElementById("kept-input");
    if (!data) return;
    for (const [name, values] of JSON.parse(data.textContent)) {
      const fields = [...document.querySelectorAll(`main [name="${CSS.escape(name)}"]`)];
      fields.forEach((field, index) => {
        if (field.type === "file" || field.type === "password" || field.type === "hidden") return;
        if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
        else if (field.multiple && field.options) [...field.options].forEach((o) => { o.selected = values.includes(o.value); });
        else if (values[index] !== undefined) field.value = values[index];
        field.dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
  }

  // The summary of errors takes the focus, so that it is read first.
  function focusErrors(root) {
    const errors = root.querySelector("#errors");
    if (errors) errors.focus();
  }

  // Where a table becomes cards its rows and cells stay a table to a screen reader; what scrolls can be reached by key.
  function helpTables(root) {
    const roles = { table: "table", thead: "rowgroup", tbody: "rowgroup", tfoot: "rowgroup", tr: "row", td: "cell" };
    root.querySelectorAll("table.cards").forEach((table) => {
      table.setAttribute("role", "table");
      for (const [tag, role] of Object.entries(roles)) table.querySelectorAll(tag).forEach((e) => e.setAttribute("role", role));
      table.querySelectorAll("thead th").forEach((e) => e.setAttribute("role", "columnheader"));
      table.querySelectorAll("tbody th, tfoot th").forEach((e) => e.setAttribute("role", "rowheader"));
    });
    root.querySelectorAll(".scroll").forEach((box) => scrolls.observe(box));
  }

  // Observed from the start, and again whenever the window is made narrower or the telephone is turned.
  const scrolls = new ResizeObserver((changes) => changes.forEach(({ target: box }) => {
    if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
  }));

  // A form that is being sent is not sent a second time by a second click.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.target || form.hasAttribute("data-again")) return;
    if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 5000) event.preventDefault();
    else form.dataset.sent = String(Date.now());
  });
  // Signing out forgets the pages that were kept for when there is no connection; what was not sent yet stays.
  document.addEventListener("submit", ({ target }) => {
    if ((target.getAttribute("action") || "").endsWith("/accounts/logout/") && window.caches) caches.delete("bailu-visits-1");
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));

  // <button data-print> prints, <select data-submits> sends its form.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-submits]")) event.target.form.requestSubmit();
  });

  function ready(root) {
    helpTables(root);
  }
  document.addEventListener("DOMContentLoaded", () => {
    restoreKept();
    focusErrors(document);
    ready(document);
  });
  addEventListener("resize", () => helpTables(document));
  document.addEventListener("htmx:load", (event) => ready(event.detail.elt));
  // A refusal answers where the page keeps room for it, whatever the request wanted to replace.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.xhr && event.detail.xhr.getResponseHeader("HX-Retarget") === "#refusal") {
      document.getElementById("refusal").scrollIntoView({ block: "center" });
    }
  });
  // The whole session is over: the door says where to sign in (HX-Redirect is followed by htmx itself).
  document.addEventListener("htmx:sendError", () => {
    const box = document.getElementById("refusal");
    if (box) box.textContent = box.dataset.away;
  });
})();
