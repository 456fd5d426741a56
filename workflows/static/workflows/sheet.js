// A score sheet that keeps itself: on this device at once, on the server as soon as it can. It builds on keeping.js, which is
// loaded before it. Without this script its button sends everything. The words stand in scoring/save_state.html and in the
// form's data attributes.
(() => {
  "use strict";

  const PAUSE_MS = 800; // after the last key
  const RETRY_MS = [2000, 4000, 8000, 15000, 30000];
  const TIMEOUT_MS = 15000;
  const KEPT_DAYS = 30;

  const number = (typed) => {
    const plain = typed.normalize("NFKC").trim().replace("。", ".").replace(",", ".");
    return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : NaN;
  };
  // Sums of decimals as people write them: 8.1 + 0.2 is 8.3.
  const tidy = (sum) => String(Math.round(sum * 10000) / 10000);

  class Sheet extends Keeping {
    constructor(form) {
      super(form, form.querySelector("[data-save-state]"), { pauses: RETRY_MS, limit: TIMEOUT_MS });
      this.scores = [...form.querySelectorAll("input[data-most]")];
      this.tab = crypto.getRandomValues(new Uint32Array(2)).join("-");
      this.prefix = `sheet:${form.dataset.sheet}:`;
      this.key = this.prefix + this.tab;
      form.elements.tab.value = this.tab;
      this.saved = this.content();
      form.addEventListener("input", (event) => this.changed(event.target));
      form.addEventListener("change", (event) => this.changed(event.target));
      form.addEventListener("click", (event) => this.clicked(event));
      form.addEventListener("keydown", (event) => this.pressed(event));
      form.addEventListener("submit", (event) => this.submitting(event));
      addEventListener("online", () => this.soon(100));
      addEventListener("offline", () => { if (this.dirty) this.say("offline"); });
      document.addEventListener("visibilitychange", () => { if (!document.hidden) this.soon(100); });
      this.count();
      this.lookBack();
    }

    // What the form says, as comparable text; not the token, nor what only the window is told.
    content() {
      const own = new Set(["csrfmiddlewaretoken", "version", "tab", "over"]);
      return JSON.stringify([...new FormData(this.form)].filter(([name]) => !own.has(name)));
    }

    changed(field) {
      if (field && field.dataset.most !== undefined) this.judge(field);
      this.count();
      if (!this.dirty) { this.forget(); return; }
      this.keep();
      if (!["offline", "expired", "refused"].includes(this.state)) this.say("typed");
      this.soon(PAUSE_MS);
    }

    // ── scores ──

    judge(field) {
      const points = number(field.value);
      const blank = !field.value.trim();
      const most = Number(field.dataset.most);
      const wrong = blank ? "" : Number.isNaN(points) ? this.form.dataset.noNumber : points < 0 || points > most ? this.form.dataset.outOfRange.replace("{most}", most) : "";
      const box = field.closest(".score");
      const list = box.querySelector("[data-error]");
      list.replaceChildren();
      if (wrong) {
        const line = document.createElement("li");
        line.textContent = wrong;
        list.append(line);
      }
      field.toggleAttribute("aria-invalid", Boolean(wrong));
      if (wrong) field.setAttribute("aria-invalid", "true");
      const { below, from } = field.dataset;
      const asks = !blank && !wrong && ((below !== undefined && points < Number(below)) || (from !== undefined && points >= Number(from)));
      const comment = box.querySelector("details.comment");
      const text = comment.querySelector("textarea");
      if (asks && !text.value.trim()) { comment.open = true; text.placeholder = this.form.dataset.explain; } else text.placeholder = "";
      box.classList.toggle("wrong", Boolean(wrong));
    }

    // As the server counts: what is optional and open gives its weight to the others once nothing required is open.
    count() {
      let sum = 0; let weights = 0; let left = 0;
      const of = {};
      for (const field of this.scores) {
        const points = number(field.value);
        const most = Number(field.dataset.most);
        const fine = points >= 0 && points <= most;
        const name = field.closest(".score").dataset.partOf;
        if (fine) { sum += points; weights += most; of[name] = (of[name] || 0) + points; }
        else if (field.hasAttribute("data-required")) left += 1;
      }
      const full = Number(this.form.dataset.full);
      const total = !left && weights ? full * sum / weights : sum;
      this.form.querySelector("[data-total]").textContent = tidy(total);
      const rest = this.form.querySelector("[data-left]");
      rest.textContent = left ? rest.dataset.some.replace("{n}", left) : rest.dataset.none;
      this.form.querySelectorAll("[data-sum-of]").forEach((box) => { box.textContent = box.dataset.sumOf in of ? tidy(of[box.dataset.sumOf]) : "—"; });
    }

    change(field, by) {
      const points = number(field.value);
      const most = Number(field.dataset.most);
      const next = Number.isNaN(points) ? (by > 0 ? by : most) : points + by;
      field.value = tidy(Math.min(most, Math.max(0, next)));
      this.changed(field);
    }

    clicked(event) {
      const button = event.target.closest("[data-change]");
      if (button) this.change(button.parentElement.querySelector("input"), Number(button.dataset.change));
    }

    pressed(event) {
      const field = event.target;
      if (field.dataset.most === undefined || event.isComposing) return;
      if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        event.preventDefault();
        this.change(field, (event.key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 0.5 : 1));
        field.select();
      } else if (event.key === "Enter") {
        event.preventDefault();
        const next = this.scores[this.scores.indexOf(field) + 1] || this.form.elements.opinion;
        next.focus();
        if (next.select) next.select();
      }
    }

    // ── keeping ──

    soon(pause) {
      clearTimeout(this.timer);
      if (this.dirty && !this.sending) this.timer = setTimeout(() => this.save(), pause);
    }

    save(over = false) {
      const prepare = (body) => { if (over) body.set("over", "1"); else body.delete("over"); };
      return this.send(this.form.dataset.saveUrl, { background: this.tries > 0, state: this.state === "offline" ? "" : "sending", prepare });
    }

    resend() { this.save(); }

    taken(told) {
      this.form.elements.version.value = told.version;
      if (this.form.elements.over) this.form.elements.over.remove();
    }

    refused(told) {
      const stale = told.code === "sheet_stale";
      const theirs = () => { this.forget(); this.saved = this.content(); location.reload(); };
      this.say("refused", {}, stale ? this.both(this.button("mine", () => this.save(true)), this.button("theirs", theirs)) : null, told.sentence);
    }

    keep() {
      try {
        localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), tab: this.tab, version: this.form.elements.version.value, fields: this.content() }));
      } catch { /* Storage is full or forbidden: the page itself still holds everything. */ }
    }

    forget() {
      try { localStorage.removeItem(this.key); } catch { /* as above */ }
    }

    // What another window of this device kept and never sent: put back where nothing newer is on the server.
    lookBack() {
      let found = null;
      try {
        for (const key of Object.keys(localStorage).filter((one) => one.startsWith("sheet:"))) {
          const copy = JSON.parse(localStorage.getItem(key));
          if (Date.now() - copy.at > KEPT_DAYS * 86400000) localStorage.removeItem(key);
          else if (key.startsWith(this.prefix) && (!found || copy.at > found.at)) found = { ...copy, key };
        }
      } catch { /* as above */ }
      if (!found) return;
      const gone = () => { try { localStorage.removeItem(found.key); } catch { /* as above */ } };
      if (found.fields === this.saved) { gone(); return; }
      const back = () => { gone(); this.putBack(JSON.parse(found.fields)); this.changed(null); };
      const time = Keeping.clock(new Date(found.at));
      const newest = found.version === this.form.elements.version.value || found.tab === this.form.dataset.savedTab;
      if (newest && !this.form.querySelector("[aria-invalid]")) {
        back();
        this.say("restored", { time });
      } else {
        this.say("found", { time }, this.both(this.button("restore", back), this.button("drop", () => { gone(); this.words.textContent = ""; })));
      }
    }

    putBack(fields) {
      const values = new Map(fields);
      for (const field of this.form.elements) {
        if (!field.name || field.type === "hidden") continue;
        if (field.type === "checkbox") field.checked = values.has(field.name);
        else if (values.has(field.name)) field.value = values.get(field.name);
      }
      this.form.querySelectorAll("details.comment").forEach((box) => { if (box.querySelector("textarea").value) box.open = true; });
      this.scores.forEach((field) => this.judge(field));
    }

    // The check needs the server: without a connection the sheet stays, and says so.
    submitting(event) {
      if (!navigator.onLine) {
        event.preventDefault();
        // Not sent: the next click is no second one.
        event.stopPropagation();
        this.keep();
        this.say("waits");
        return;
      }
      this.freshToken();
      clearTimeout(this.timer);
      if (this.dirty) this.keep();
      this.leaving = true;
      setTimeout(() => { this.leaving = false; }, 10000);
    }
  }

  // A review that is in leaves nothing behind on a device that others may use.
  function clear(box) {
    try {
      Object.keys(localStorage).filter((key) => key.startsWith(`sheet:${box.dataset.sheetOver}:`)).forEach((key) => localStorage.removeItem(key));
    } catch { /* Storage is forbidden: nothing is kept there. */ }
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-sheet-over]").forEach(clear);
    document.querySelectorAll("form[data-sheet]").forEach((form) => new Sheet(form));
  });
})();
