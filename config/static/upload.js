// Sends a file straight from the browser to the document store; see storage/templates/storage/upload.html.
// begin → post to the store → finish → ask until the verdict. Every word comes from the page, in its language.
(() => {
  "use strict";
  if (window.bailuUpload) return;
  window.bailuUpload = true;

  const STALLED_MS = 30000;
  const POLL_MS = 700;
  const POLLS_LOST = 8;

  /** What stops an upload: the words, and whether the same file may be tried again. */
  class Stop extends Error {
    constructor(words, { again = false, link = null } = {}) {
      super(words);
      this.again = again;
      this.link = link;
    }
  }

  const sizeInWords = (bytes) =>
    bytes < 1024 ? `${bytes} B`
      : bytes < 1048576 ? `${Math.ceil(bytes / 102.4) / 10} KB`
        : `${Math.ceil(bytes / 10485.76) / 100} MB`;

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  class Upload {
    constructor(form, file) {
      this.form = form;
      this.file = file;
      this.posted = false;
    }

    part(name) {
      return this.form.querySelector(`[data-upload-${name}]`);
    }

    word(name, values = {}) {
      const text = this.form.querySelector(`template[data-word="${name}"]`).content.textContent;
      const all = { name: this.file.name, total: sizeInWords(this.file.size), ...values };
      return text.replace(/\{(\w+)\}/g, (whole, key) => (key in all ? all[key] : whole));
    }

    say(words, percent) {
      const bar = this.part("progress").querySelector("progress");
      this.part("progress").hidden = false;
      this.part("words").textContent = words;
      if (percent === undefined) bar.removeAttribute("value");
      else bar.value = percent;
      // A screen reader hears each stage and each quarter, not each packet.
      const step = percent === undefined ? words : String(Math.floor(percent / 25));
      if (step !== this.step) this.part("spoken").textContent = words;
      this.step = step;
    }

    fail(stop) {
      const box = this.part("error");
      box.textContent = stop.message;
      if (stop.link) {
        const link = document.createElement("a");
        link.href = stop.link;
        link.textContent = this.word("sign_in");
        box.append(" ", link);
      }
      this.part("field").classList.add("wrong");
      this.form.querySelector("input[type=file]").setAttribute("aria-invalid", "true");
      this.part("progress").hidden = true;
      this.part("retry").hidden = !stop.again;
    }

    clear() {
      this.part("error").textContent = "";
      this.part("field").classList.remove("wrong");
      this.form.querySelector("input[type=file]").removeAttribute("aria-invalid");
      this.part("done").hidden = true;
      this.part("retry").hidden = true;
    }

    busy(now) {
      this.form.toggleAttribute("data-upload-busy", now);
      this.form.querySelector("input[type=file]").disabled = now;
    }

    async run() {
      this.clear();
      this.busy(true);
      try {
        this.check();
        if (!this.posted) {
          await this.begin();
          await this.post();
          this.posted = true;
        }
        this.settle(await this.verdict(await this.finish()));
      } catch (error) {
        if (!(error instanceof Stop)) throw error;
        this.fail(error);
      } finally {
        this.busy(false);
      }
    }

    check() {
      const limit = Number(this.form.dataset.maxBytes);
      if (!this.file.size) throw new Stop(this.word("empty"));
      if (limit && this.file.size > limit) throw new Stop(this.word("too_large", { limit: sizeInWords(limit) }));
      if (!window.crypto || !window.crypto.subtle) throw new Stop(this.word("insecure"));
    }

    /** One of our own addresses, as JSON. A refusal is a Stop with its sentence. */
    async ask(url, body, background) {
      let answer;
      try {
        answer = await fetch(url, {
          method: body ? "POST" : "GET",
          headers: {
            Accept: "application/json",
            ...(body ? { "Content-Type": "application/json", "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value } : {}),
            ...(background ? { "X-Background": "1" } : {}),
          },
          body: body && JSON.stringify(body),
          credentials: "same-origin",
        });
      } catch {
        throw new Stop(this.word("cut"), { again: true });
      }
      const data = await answer.json().catch(() => ({}));
      if (answer.ok) return data;
      const words = data.sentence || this.word("cut");
      throw new Stop(words, { again: answer.status >= 500 || answer.status === 401, link: data.sign_in_url });
    }

    async begin() {
      this.say(this.word("reading"));
      this.sha256 = await this.digest();
      this.ticket = await this.ask(this.form.dataset.uploadBegin, {
        filename: this.file.name,
        size_bytes: this.file.size,
        content_type: this.file.type,
      });
    }

    async digest() {
      let bytes;
      try {
        bytes = await this.file.arrayBuffer();
      } catch {
        throw new Stop(this.word("changed"));
      }
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    }

    post() {
      const body = new FormData();
      for (const [name, value] of Object.entries(this.ticket.fields)) body.append(name, value);
      body.append("file", this.file); // The store reads no field after the file.
      return new Promise((done, stop) => {
        const request = new XMLHttpRequest();
        const cut = () => stop(new Stop(this.word("cut"), { again: true }));
        let stalled = setTimeout(() => request.abort(), STALLED_MS);
        const moving = () => {
          clearTimeout(stalled);
          stalled = setTimeout(() => request.abort(), STALLED_MS);
        };
        request.upload.onprogress = ({ loaded, total }) => {
          moving();
          const percent = Math.min(100, Math.floor((loaded / total) * 100));
          const sent = sizeInWords(Math.min(loaded, this.file.size));
          this.say(this.word("sending", { percent: `${percent}%`, sent }), percent);
        };
        request.onerror = request.onabort = cut;
        request.onloadend = () => clearTimeout(stalled);
        request.onload = () => {
          if (request.status >= 200 && request.status < 300) done();
          else if (request.status >= 500) cut();
          else stop(this.notTaken(request));
        };
        request.open("POST", this.ticket.url);
        if (this.ticket.url.startsWith("/")) request.setRequestHeader("Accept", "application/json");
        request.send(body);
      });
    }

    /** The folder of the demonstration answers a sentence, an S3 server an XML with a code. */
    notTaken(request) {
      const code = (/<Code>(\w+)<\/Code>/.exec(request.responseText) || [])[1];
      let told = {};
      try {
        told = JSON.parse(request.responseText);
      } catch {
        told = {};
      }
      return new Stop(told.sentence || this.word("not_taken", { code: code || request.status }), { again: true });
    }

    finish() {
      this.say(this.word("checking"));
      return this.ask(this.ticket.finish, { sha256: this.sha256 });
    }

    async verdict(standing) {
      let lost = 0;
      while (standing.state !== "verified" && standing.state !== "refused") {
        await pause(POLL_MS);
        if (!this.form.isConnected) return standing;
        try {
          standing = await this.ask(this.ticket.status, null, true);
          lost = 0;
        } catch (stop) {
          if (!stop.again || stop.link || ++lost >= POLLS_LOST) throw stop;
        }
      }
      return standing;
    }

    settle(standing) {
      if (standing.state === "refused") {
        this.posted = false;
        throw new Stop(standing.sentence);
      }
      if (standing.state !== "verified") return;
      this.part("progress").hidden = true;
      this.part("sentence").textContent = standing.sentence;
      this.part("done").hidden = false;
      this.part("spoken").textContent = standing.sentence;
      this.form.querySelector("input[type=file]").value = "";
      const detail = { document: standing.document, filename: standing.filename, size_bytes: standing.size_bytes };
      this.form.dispatchEvent(new CustomEvent("bailu:uploaded", { bubbles: true, detail }));
      const part = this.form.closest("[data-refresh-url]");
      if (part && window.htmx) window.htmx.ajax("GET", part.dataset.refreshUrl, { target: part, swap: "outerHTML" });
      else if (part) location.reload();
    }
  }

  const uploads = new WeakMap();

  document.addEventListener("change", ({ target }) => {
    const form = target.closest("form[data-upload-begin]");
    if (!form || target.type !== "file" || !target.files.length) return;
    const upload = new Upload(form, target.files[0]);
    uploads.set(form, upload);
    upload.run();
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-upload-retry]");
    if (button) uploads.get(button.form).run();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-upload-begin]")) event.preventDefault();
  });
  // Leaving in the middle of sending would lose the way that is done; while it is checked one may leave.
  addEventListener("beforeunload", (event) => {
    for (const form of document.querySelectorAll("form[data-upload-busy]")) {
      const upload = uploads.get(form);
      if (upload && !upload.posted) event.preventDefault();
    }
  });
})();
