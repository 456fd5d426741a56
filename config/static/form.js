// Forms that save themselves as one goes. A form says where with data-autosave-url; the words stand in its
// [data-save-status] (forms/save_status.html). It builds on keeping.js, which is loaded before it. Without this script the form's button sends everything.
//
// The address is posted the form's fields and answers 2xx, with {"saved_at": "10:32"} if it likes, {"seen": {name: value}}
// for hidden fields called *.was, which say what the page has seen and are not the person's input, and {"parts": {name: html}}
// for what the page shows beside the form and has to be drawn anew ([data-part=name]); a refusal
// is {"sentence": "…"} with 4xx; 401 with {"sign_in_url": "…"} or a redirect means that the session is over.
(() => {
  "use strict";

  const PAUSE_MS = 1200; // after the last key
  const RETRY_MS = [3000, 6000, 12000, 30000, 60000];
  const TIMEOUT_MS = 20000;

  class SavedForm extends Keeping {
    constructor(form) {
      super(form, form.querySelector("[data-save-status]") || document.querySelector("[data-save-status]"), { pauses: RETRY_MS, limit: TIMEOUT_MS });
      this.url = form.dataset.autosaveUrl;
      // Per tab and gone with it: what is typed may be personal, and machines are shared.
      this.key = `form:${location.pathname}${location.search}#${this.url}`;
      this.saved = this.content();
      form.addEventListener("input", () => this.changed());
      form.addEventListener("change", () => this.changed());
      form.addEventListener("submit", (event) => this.submitting(event));
      addEventListener("beforeunload", (event) => this.unloading(event));
      addEventListener("pageshow", () => { this.leaving = false; });
      addEventListener("online", () => this.again());
      document.addEventListener("visibilitychange", () => { if (!document.hidden) this.again(); });
      this.offerCopy();
    }

    // What the form would send, without the token, as comparable text.
    content() {
      const fields = [...new FormData(this.form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && !name.endsWith(".was") && typeof value === "string");
      return JSON.stringify(fields);
    }

    changed() {
      if (!this.dirty && !this.sending) { this.forget(); return; }
      this.keep();
      if (this.state !== "expired" && this.state !== "offline") this.say("unsaved");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), PAUSE_MS);
    }

    again() {
      if (!this.dirty || this.sending) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(true), 200);
    }

    save(background = false) {
      return this.send(this.url, { background, state: this.state === "expired" || this.state === "offline" ? "" : "saving" });
    }

    resend() { this.save(true); }

    taken(told) {
      // What the server has now is what this page has seen: the next saving is no collision with this one.
      for (const [name, seen] of Object.entries(told.seen || {})) {
        if (this.form.elements[name]) this.form.elements[name].value = seen;
      }
      for (const [name, html] of Object.entries(told.parts || {})) {
        const part = document.querySelector(`[data-part="${name}"]`);
        if (part) part.innerHTML = html;
      }
    }

    refused(told) {
      this.say("refused", {}, told.sentence ? document.createTextNode(told.sentence) : null);
    }

    submitting(event) {
      if (event.defaultPrevented) return;
      this.freshToken();
      clearTimeout(this.timer);
      this.keep();
      this.leaving = true;
      // Should the page stay after all (the sending was stopped), it saves itself again.
      setTimeout(() => { this.leaving = false; }, 15000);
    }

    unloading(event) {
      if (this.leaving || !this.dirty) return;
      this.keep();
      event.preventDefault();
      event.returnValue = "";
    }

    keep() {
      try {
        sessionStorage.setItem(this.key, JSON.stringify({ at: Date.now(), fields: this.content(), base: this.saved }));
      } catch { /* Storage is full or forbidden: the page itself still holds everything. */ }
    }

    forget() {
      try { sessionStorage.removeItem(this.key); } catch { /* as above */ }
    }

    // A copy that the server never got: offered, not put back unasked, since the server's may be newer.
    offerCopy() {
      let copy = null;
      try { copy = JSON.parse(sessionStorage.getItem(this.key)); } catch { /* as above */ }
      if (!copy || copy.fields === this.saved || this.form.querySelector(".wrong")) { this.forget(); return; }
      const restore = this.button("restore", () => { this.putBack(JSON.parse(copy.fields)); this.changed(); });
      const drop = this.button("drop", () => { this.forget(); this.say("unsaved"); this.words.textContent = ""; });
      this.say("found", { time: Keeping.clock(new Date(copy.at)) }, this.both(restore, drop));
    }

    putBack(fields) {
      const left = new Map();
      for (const [name, value] of fields) left.set(name, [...(left.get(name) || []), value]);
      for (const field of this.form.elements) {
        if (!field.name || field.name === "csrfmiddlewaretoken" || field.type === "file" || field.type === "hidden") continue;
        const values = left.get(field.name) || [];
        if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
        else if (values.length) field.value = values.shift();
      }
      this.form.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  // Fields that are asked only for certain answers: shown without this script, hidden with it.
  function followConditions(form) {
    const update = () => form.querySelectorAll("[data-show-if]").forEach((box) => {
      const answer = new FormData(form).get(box.dataset.showIf);
      box.hidden = !box.dataset.showValues.split(" ").includes(String(answer));
    });
    if (!form.querySelector("[data-show-if]")) return;
    form.addEventListener("input", update);
    form.addEventListener("change", update);
    update();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-autosave-url]").forEach((form) => new SavedForm(form));
    document.querySelectorAll("form").forEach(followConditions);
  });
})();
