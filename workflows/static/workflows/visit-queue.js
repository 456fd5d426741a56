// What a phone has noted and not sent yet: an ordered queue in the browser's own database, emptied when there is a
// connection. Each entry bears a key, so that the server takes it once however often it is sent.
(() => {
  "use strict";

  const RETRY_MS = [2000, 5000, 12000, 30000, 60000];
  const TIMEOUT_MS = 60000;

  const cookie = (name) => (document.cookie.split("; ").find((c) => c.startsWith(`${name}=`)) || "").slice(name.length + 1);
  const asked = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });

  class Refused extends Error {}
  class SignedOut extends Error {
    constructor(url) { super("signed out"); this.url = url; }
  }

  class Queue {
    constructor(visit, person) {
      Object.assign(this, { visit, person, tries: 0, listeners: [] });
      this.opened = this.open();
      addEventListener("online", () => this.flush());
      document.addEventListener("visibilitychange", () => { if (!document.hidden) this.flush(); });
    }

    open() {
      const request = indexedDB.open("bailu-inspections", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("entries", { keyPath: "id", autoIncrement: true });
      return asked(request);
    }

    async store(mode) {
      return (await this.opened).transaction("entries", mode).objectStore("entries");
    }

    /** This person's entries of this visit, in the order in which they were made. */
    async entries() {
      const all = await asked((await this.store("readonly")).getAll());
      return all.filter((entry) => entry.visit === this.visit && entry.person === this.person);
    }

    async add(entry) {
      const key = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`;
      const made = { ...entry, key, visit: this.visit, person: this.person, at: entry.at || new Date().toISOString() };
      made.id = await asked((await this.store("readwrite")).add(made));
      this.tell("added", made);
      this.flush();
      return made;
    }

    async drop(entry) {
      await asked((await this.store("readwrite")).delete(entry.id));
      this.tell("dropped", entry);
    }

    on(listener) { this.listeners.push(listener); }
    tell(what, entry, more) { this.listeners.forEach((listener) => listener(what, entry, more)); }

    /** Send what is there, oldest first. Two tabs do not do it at once. */
    async flush() {
      if (this.flushing) { this.again = true; return; }
      this.flushing = true;
      clearTimeout(this.timer);
      const work = () => this.sendAll();
      try {
        if (navigator.locks) await navigator.locks.request(`bailu-visit-${this.visit}`, work);
        else await work();
      } finally {
        this.flushing = false;
      }
      if (this.again) { this.again = false; this.flush(); }
    }

    async sendAll() {
      for (let [entry] = await this.entries(); entry; [entry] = await this.entries()) {
        try {
          const answer = entry.kind === "photo" ? await this.sendPhoto(entry) : await this.post(entry.url, this.form(entry));
          await asked((await this.store("readwrite")).delete(entry.id));
          this.tries = 0;
          this.tell("sent", entry, answer);
        } catch (error) {
          if (error instanceof Refused) this.tell("refused", entry, error.message);
          else if (error instanceof SignedOut) this.tell("expired", entry, error.url);
          else this.later();
          return;
        }
      }
      this.tell("empty");
    }

    later() {
      this.tell("waiting");
      this.timer = setTimeout(() => this.flush(), RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]);
    }

    form(entry) {
      return new URLSearchParams({ ...entry.fields, key: entry.key, at: entry.at });
    }

    async post(url, body, { json = false } = {}) {
      const stop = new AbortController();
      const limit = setTimeout(() => stop.abort(), TIMEOUT_MS);
      let answer;
      try {
        answer = await fetch(url, {
          method: "POST", body: json ? JSON.stringify(body) : body, redirect: "manual", credentials: "same-origin", signal: stop.signal,
          headers: { Accept: "application/json", "X-CSRFToken": this.token(), ...(json ? { "Content-Type": "application/json" } : {}) },
        });
      } finally {
        clearTimeout(limit);
      }
      const told = await answer.json().catch(() => ({}));
      if (answer.type === "opaqueredirect" || answer.status === 401) throw new SignedOut(told.sign_in_url);
      if (answer.ok) return told;
      if (answer.status >= 500 || answer.status === 408 || answer.status === 429) throw new Error(String(answer.status));
      throw new Refused(told.sentence || String(answer.status));
    }

    token() {
      const field = document.querySelector("input[name=csrfmiddlewaretoken]");
      return cookie("csrftoken") || (field ? field.value : "");
    }

    /** As any document: announced, posted straight to the store, finished. */
    async sendPhoto(entry) {
      const bytes = await entry.blob.arrayBuffer();
      const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))];
      const ticket = await this.post(entry.url, { filename: entry.filename, size_bytes: entry.blob.size, content_type: entry.blob.type }, { json: true });
      const body = new FormData();
      for (const [name, value] of Object.entries(ticket.fields)) body.append(name, value);
      body.append("file", entry.blob, entry.filename);
      const headers = ticket.url.startsWith("/") ? { Accept: "application/json" } : {};
      const stored = await fetch(ticket.url, { method: "POST", body, headers });
      if (!stored.ok) throw stored.status < 500 ? new Refused(String(stored.status)) : new Error(String(stored.status));
      const sha256 = digest.map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return this.post(ticket.finish, { ...entry.fields, key: entry.key, taken_at: entry.at, sha256 }, { json: true });
    }
  }

  window.bailuQueue = (visit, person) => new Queue(visit, person);
})();
