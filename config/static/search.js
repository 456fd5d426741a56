// What can be typed next in a search, offered under its field. The page works without it.
// <input data-offers="ID of a <template> of options" data-many="words with {n}">, beside it <ul id="search-list"> and
// <p id="search-status">. Arrow keys choose, Enter or Tab takes, Escape closes.
(() => {
  "use strict";
  const MOST = 8;

  function begin(input) {
    const list = document.getElementById("search-list");
    const status = document.getElementById("search-status");
    const offers = [...document.getElementById(input.dataset.offers).content.querySelectorAll("option")];
    let chosen = -1;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");

    // The word around the cursor, without its minus: where it begins, where it ends.
    function word() {
      const at = input.selectionStart;
      let start = at;
      let end = at;
      while (start > 0 && !/\s/.test(input.value[start - 1])) start -= 1;
      while (end < input.value.length && !/\s/.test(input.value[end])) end += 1;
      if (input.value[start] === "-") start += 1;
      return { start, end, text: input.value.slice(start, at).replace("：", ":").toLowerCase() };
    }

    function close() {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function choose(n) {
      chosen = n;
      [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === n)));
      if (n >= 0) input.setAttribute("aria-activedescendant", list.children[n].id);
      else input.removeAttribute("aria-activedescendant");
    }

    function take(value) {
      const { start, end } = word();
      const gap = value.endsWith(":") ? "" : " ";
      const rest = input.value.slice(end).replace(/^\s/, "");
      input.value = input.value.slice(0, start) + value + gap + rest;
      input.setSelectionRange(start + value.length + gap.length, start + value.length + gap.length);
      if (gap) close();
      else show();
    }

    function show() {
      const { text } = word();
      const keyed = text.includes(":");
      const fit = offers.filter((o) => {
        const value = o.value.toLowerCase();
        if (text && value === text) return false;
        if (keyed) return value.startsWith(text) || (value.startsWith(text.split(":")[0] + ":") && text.split(":")[1] && o.textContent.toLowerCase().includes(text.split(":")[1]));
        return value.endsWith(":") ? value.startsWith(text) : text.length > 1 && (value.includes(text) || o.textContent.toLowerCase().includes(text));
      }).slice(0, MOST);
      if (!fit.length) return close();
      list.replaceChildren(...fit.map((offer, i) => {
        const item = document.createElement("li");
        const code = document.createElement("code");
        code.textContent = offer.value;
        item.id = `${list.id}-${i}`;
        item.setAttribute("role", "option");
        item.dataset.value = offer.value;
        item.append(code, ` ${offer.textContent}`);
        return item;
      }));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      status.textContent = input.dataset.many.replace("{n}", String(fit.length));
      choose(-1);
    }

    input.addEventListener("input", show);
    input.addEventListener("focus", () => { if (!input.value || /[\s:]$/.test(input.value)) show(); });
    input.addEventListener("blur", () => setTimeout(close, 150));
    input.addEventListener("keydown", (event) => {
      const count = list.hidden ? 0 : list.children.length;
      if (event.key === "Escape" && count) {
        event.preventDefault();
        close();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (!count) return show();
        event.preventDefault();
        choose((chosen + (event.key === "ArrowDown" ? 1 : -1) + count + (chosen < 0 && event.key === "ArrowUp" ? 1 : 0)) % count);
      } else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) {
        event.preventDefault();
        take(list.children[chosen].dataset.value);
      }
    });
    list.addEventListener("pointerdown", (event) => {
      const item = event.target.closest("[data-value]");
      if (!item) return;
      event.preventDefault();
      take(item.dataset.value);
    });
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("input[data-offers]").forEach(begin));
})();
