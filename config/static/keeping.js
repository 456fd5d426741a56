// What forms that save themselves have in common: one sending at a time, what becomes of its answer, trying again, and the
// words about it. `form.js` and `workflows/sheet.js` build on it and are loaded after it. A form of theirs says what it holds
// (`content`), where that is kept on the device (`keep`, `forget`), how it is sent (`save`, `resend`), and what it does with
// what the server told (`taken`, `refused`).
window.Keeping = (() => {
  "use strict";

  const cookie = (name) => (document.cookie.split("; ").find((c) => c.startsWith(`${name}=`)) || "").slice(name.length + 1);

  return class Keeping {
    // `words` is the element that speaks, with its sentences in data attributes; `pauses` are those between tries.
    constructor(form, words, { pauses, limit }) {
      Object.assign(this, { form, words, pauses, limit });
      this.tries = 0;
      this.sending = false;
      this.leaving = false;
    }

    static clock(at) {
      return at.toLocaleTimeString(document.documentElement.lang || "zh-Hans", { hour: "2-digit", minute: "2-digit", hour12: false });
    }

    get dirty() { return this.content() !== this.saved; }

    // Posts the form, as it says now, and waits for the answer; `background` is a try by itself, not the person being there.
    async send(url, { state, background, prepare = () => {} }) {
      if (this.sending || this.leaving || !this.dirty) return;
      clearTimeout(this.timer);
      this.sending = true;
      const sent = this.content();
      if (state) this.say(state);
      const stop = new AbortController();
      const limit = setTimeout(() => stop.abort(), this.limit);
      try {
        const body = new FormData(this.form);
        this.freshToken(body);
        prepare(body);
        const headers = { Accept: "application/json", "X-Requested-With": "fetch" };
        if (background) headers["X-Background"] = "1";
        const answer = await fetch(url, { method: "POST", body, headers, redirect: "manual", credentials: "same-origin", signal: stop.signal });
        await this.answered(answer, sent);
      } catch {
        this.retry();
      } finally {
        clearTimeout(limit);
        this.sending = false;
      }
      if (this.state === "saved" && this.dirty) this.changed();
    }

    async answered(answer, sent) {
      const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json().catch(() => ({})) : {};
      if (answer.type === "opaqueredirect" || answer.status === 401) {
        clearTimeout(this.timer);
        this.say("expired", {}, this.link(told.sign_in_url));
      } else if (answer.ok) {
        this.saved = sent;
        this.tries = 0;
        this.taken(told);
        if (this.dirty) this.keep(); else this.forget();
        this.say("saved", { time: told.saved_at || Keeping.clock(new Date()) });
      } else if (answer.status >= 500 || answer.status === 408 || answer.status === 429) {
        this.retry();
      } else {
        this.refused(told);
      }
    }

    retry() {
      this.say("offline");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.resend(), this.pauses[Math.min(this.tries, this.pauses.length - 1)]);
      this.tries += 1;
    }

    // Signing in again in another tab changes the token; the cookie always has the one that counts.
    freshToken(body) {
      const token = cookie("csrftoken");
      if (!token) return;
      if (body) body.set("csrfmiddlewaretoken", token);
      else if (this.form.elements.csrfmiddlewaretoken) this.form.elements.csrfmiddlewaretoken.value = token;
    }

    // `sentence` in place of the state's own words; `more` (a node) behind them.
    say(state, values = {}, more = null, sentence = "") {
      if (!this.words) return;
      this.state = state;
      this.words.dataset.state = state;
      let text = sentence || this.words.dataset[state] || "";
      for (const [name, value] of Object.entries(values)) text = text.replace(`{${name}}`, value);
      if (more === null && this.words.textContent === text) return;
      this.words.textContent = text;
      if (more) this.words.append(" ", more);
    }

    both(...nodes) {
      const all = document.createDocumentFragment();
      nodes.forEach((node) => all.append(node, " "));
      return all;
    }

    link(url) {
      const link = document.createElement("a");
      link.href = url || (this.words && this.words.dataset.signInUrl) || this.form.dataset.signInUrl || "/accounts/login/";
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = this.words ? this.words.dataset.signIn : "";
      return link;
    }

    button(word, does) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link";
      button.textContent = this.words ? this.words.dataset[word] : "";
      button.addEventListener("click", does);
      return button;
    }
  };
})();
