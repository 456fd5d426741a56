// The page of a visit: what is filled in, photographed and signed goes into the queue at once (visit-queue.js), and from
// there to the server. The words come from the page, in its language.
(() => {
  "use strict";

  const PAUSE_MS = 700;
  const PLACE_MS = 8000;
  const CACHE = "bailu-visits-1";

  const root = document.querySelector("[data-visit]");
  if (!root || !window.indexedDB) return;
  const given = root.dataset;
  const sheet = document.getElementById("sheet");
  const box = root.querySelector("[data-sending]");
  const queue = window.bailuQueue(given.visit, given.person);
  let reported = given.standing === "reported";
  let reload = false;

  // ── the checklist

  const fields = () => [...sheet.elements].filter((f) => f.name && f.type !== "hidden" && f.type !== "submit" && f.tagName !== "FIELDSET");
  const typed = (field) => (field.type === "checkbox" ? (field.checked ? "1" : "") : field.value);
  const seen = new Map(fields().map((field) => [field.name, typed(field)]));
  const pending = new Set();

  function put(field, text) {
    if (field.type === "checkbox") field.checked = Boolean(text);
    else field.value = text;
  }

  // Points beyond their range are not sent. They stand as they were typed, with a sentence, until they are mended.
  const isBad = (field) => field.type === "number" && !field.checkValidity();

  function judge(field) {
    const id = `range-${field.id}`;
    let line = document.getElementById(id);
    if (!isBad(field)) {
      if (line) line.remove();
      ["aria-invalid", "aria-describedby"].forEach((name) => field.removeAttribute(name));
      return;
    }
    if (!line) {
      line = document.createElement("p");
      line.id = id;
      line.className = "errorlist";
      line.setAttribute("role", "alert");
      field.after(line);
    }
    line.textContent = box.dataset.range.replace("{most}", field.max);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", id);
  }

  function changes() {
    const found = {};
    for (const field of fields()) {
      const text = typed(field);
      if (text === seen.get(field.name) || isBad(field)) continue;
      found[field.name] = text;
    }
    return found;
  }

  // The queue takes a moment; what was typed last is kept at once, for a page that is closed in that moment.
  const LAST = `bailu-visit:${given.visit}:${given.person}`;
  const keepLast = () => localStorage.setItem(LAST, JSON.stringify(changes()));

  async function note() {
    clearTimeout(note.timer);
    const found = changes();
    if (!Object.keys(found).length) return;
    keepLast();
    for (const [name, text] of Object.entries(found)) { seen.set(name, text); pending.add(name); }
    await queue.add({ kind: "note", url: given.noteUrl, fields: found });
    keepLast();
  }

  function addUp() {
    const sums = {};
    let total = 0;
    for (const field of sheet.querySelectorAll("input[data-group]")) {
      const points = field.checkValidity() ? Number(field.value || 0) : 0;
      sums[field.dataset.group] = (sums[field.dataset.group] || 0) + points;
      total += points;
    }
    for (const [group, points] of Object.entries(sums)) sheet.querySelector(`[data-points-of="${group}"]`).textContent = points;
    sheet.querySelector("[data-total]").textContent = total;
  }

  sheet.addEventListener("input", (event) => {
    addUp();
    if (!isBad(event.target)) judge(event.target);
    keepLast();
    clearTimeout(note.timer);
    note.timer = setTimeout(note, PAUSE_MS);
  });
  sheet.addEventListener("change", (event) => { judge(event.target); note(); });
  sheet.addEventListener("submit", (event) => { event.preventDefault(); note(); });
  addEventListener("pagehide", note);

  /** What the sheet says, as the server keeps it: without what is empty, numbers without needless zeros. */
  function content() {
    const found = {};
    for (const field of fields()) {
      let text = typed(field).trim();
      if (field.type === "number" && text) text = String(Number(text));
      if (text) found[field.name] = text;
    }
    return found;
  }

  async function sha256() {
    const found = content();
    const text = `{${Object.keys(found).sort().map((name) => `${JSON.stringify(name)}:${JSON.stringify(found[name])}`).join(",")}}`;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /** A colleague has filled in other fields meanwhile. */
  function follow(now) {
    for (const field of fields()) {
      const text = now[field.name] || "";
      if (pending.has(field.name) || field === document.activeElement || isBad(field) || field.name in changes()) continue;
      put(field, text);
      seen.set(field.name, typed(field));
    }
    addUp();
  }

  // ── photographs

  const list = root.querySelector("[data-photo-list]");

  function show(entry, words) {
    let line = list.querySelector(`[data-key="${entry.key}"]`);
    if (!line) {
      line = document.createElement("li");
      line.dataset.key = entry.key;
      const about = document.createElement("div");
      about.append(entry.filename, document.createElement("small"));
      line.append(document.createElement("canvas"), about);
      list.append(line);
      createImageBitmap(entry.blob).then((picture) => {
        const canvas = line.querySelector("canvas");
        canvas.width = 192;
        canvas.height = Math.round((192 * picture.height) / picture.width);
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      });
    }
    line.querySelector("small").textContent = words;
  }

  function place() {
    const wanted = root.querySelector("[data-place]").checked;
    if (!wanted || !navigator.geolocation) return Promise.resolve({ place_refused: !wanted });
    return new Promise((done) => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => done({ latitude: coords.latitude, longitude: coords.longitude, accuracy_m: coords.accuracy }),
        (error) => { say(given.noPlace || box.dataset.noPlace); done({ place_refused: error.code === 1 }); },
        { enableHighAccuracy: true, timeout: PLACE_MS, maximumAge: 60000 },
      );
    });
  }

  /** The picture no larger than a report needs; made anew, it carries nothing that the camera wrote into it. */
  async function smaller(file) {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, Number(given.longestSide) / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
  }

  const input = root.querySelector("[data-photos]");
  if (input) input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    const where = files.length ? await place() : {};
    for (const file of files) {
      const blob = await smaller(file).catch(() => null);
      if (!blob) { say(box.dataset.noPicture.replace("{name}", file.name), true); continue; }
      if (blob.size > Number(given.maxBytes)) { say(box.dataset.tooLarge.replace("{name}", file.name), true); continue; }
      const filename = `${file.name.replace(/\.[^.]*$/, "") || "photo"}.jpg`;
      await queue.add({ kind: "photo", url: given.beginUrl, blob, filename, at: new Date(file.lastModified).toISOString(), fields: where });
    }
  });

  // ── report and signatures

  function freeze() {
    sheet.querySelector("fieldset").disabled = true;
    root.querySelectorAll("[data-when-reported]").forEach((part) => { part.hidden = false; });
    const part = document.getElementById("report");
    if (part) part.hidden = true;
    if (input) input.disabled = true;
  }

  const report = root.querySelector("form[data-report]");
  if (report) report.addEventListener("submit", async (event) => {
    event.preventDefault();
    await note();
    await queue.add({ kind: "report", url: given.reportUrl, fields: {} });
    freeze();
  });

  class Drawing {
    constructor(form) {
      this.canvas = form.querySelector("[data-strokes]");
      this.strokes = [];
      const pen = this.canvas.getContext("2d");
      Object.assign(pen, { lineWidth: 6, lineCap: "round", lineJoin: "round", strokeStyle: "#16252e" });
      this.canvas.addEventListener("pointerdown", (event) => {
        this.canvas.setPointerCapture(event.pointerId);
        this.line = [this.point(event)];
        this.strokes.push(this.line);
      });
      this.canvas.addEventListener("pointermove", (event) => {
        if (!this.line) return;
        const [from, to] = [this.line[this.line.length - 1], this.point(event)];
        if (Math.hypot(to[0] - from[0], to[1] - from[1]) < 4) return;
        this.line.push(to);
        pen.beginPath();
        pen.moveTo(...from);
        pen.lineTo(...to);
        pen.stroke();
      });
      for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => { this.line = null; });
      form.querySelector("[data-clear]").addEventListener("click", () => {
        this.strokes = [];
        pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
      });
    }

    point(event) {
      const frame = this.canvas.getBoundingClientRect();
      return [Math.round(((event.clientX - frame.left) * 1000) / frame.width), Math.round(((event.clientY - frame.top) * 300) / frame.height)];
    }

    get text() {
      const drawn = this.strokes.filter((stroke) => stroke.length > 1);
      return drawn.length ? JSON.stringify(drawn) : "";
    }
  }

  for (const form of root.querySelectorAll("form[data-sign]")) {
    const drawing = new Drawing(form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = Object.fromEntries([...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "key"].includes(name)));
      if (event.submitter && event.submitter.name) body.refused = "1";
      const missing = body.as === "firm" && (body.refused ? form.elements.reason : form.elements.name);
      if (missing && !missing.value.trim()) { missing.focus(); missing.setAttribute("aria-invalid", "true"); return; }
      body.strokes = body.refused ? "" : drawing.text;
      if (!reported) body.sha256 = await sha256();
      await queue.add({ kind: "sign", url: given.signUrl, fields: body });
      form.hidden = true;
    });
  }

  // ── what is said

  function say(words, isWrong = false) {
    box.textContent = words;
    box.classList.toggle("error", isWrong);
  }

  function button(word, does) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn small plain";
    made.textContent = box.dataset[word];
    made.addEventListener("click", does);
    box.append(" ", made);
  }

  async function count() {
    const waiting = (await queue.entries()).length;
    if (waiting) say(box.dataset.kept.replace("{n}", waiting));
    else if (count.had) say(box.dataset.all);
    count.had = count.had || waiting > 0;
  }

  queue.on(async (what, entry, more) => {
    if (what === "added") {
      if (entry.kind === "photo") show(entry, box.dataset.waitingPhoto);
      count.had = true;
      if (!navigator.onLine) count();
    } else if (what === "waiting") {
      count();
    } else if (what === "sent") {
      if (entry.kind === "note") {
        Object.keys(entry.fields).forEach((name) => pending.delete(name));
        (await queue.entries()).filter((e) => e.kind === "note").forEach((e) => Object.keys(e.fields).forEach((name) => pending.add(name)));
        follow(more.sheet);
      }
      if (entry.kind === "photo") show(entry, box.dataset.sentPhoto);
      if (entry.kind === "report" || entry.kind === "sign") reload = true;
    } else if (what === "empty") {
      await count();
      if (reload) location.reload();
    } else if (what === "refused") {
      say(box.dataset.refused.replace("{sentence}", more), true);
      button("again", () => queue.flush());
      button("drop", async () => { await queue.drop(entry); location.reload(); });
    } else if (what === "expired") {
      say(box.dataset.expired.replace("{n}", (await queue.entries()).length), true);
      const link = document.createElement("a");
      link.href = more || "/accounts/login/";
      link.textContent = box.dataset.signIn;
      box.append(" ", link);
    }
  });

  // ── begin: what was kept stands in the form again

  async function begin() {
    for (const entry of await queue.entries()) {
      if (entry.kind === "note") {
        for (const [name, text] of Object.entries(entry.fields)) {
          const field = fields().find((f) => f.name === name);
          if (field) { put(field, text); seen.set(name, text); pending.add(name); }
        }
      } else if (entry.kind === "photo") show(entry, box.dataset.waitingPhoto);
      else if (entry.kind === "report") freeze();
      else root.querySelectorAll(`form[data-sign] [name=as][value=${entry.fields.as}]`).forEach((f) => { f.form.hidden = true; });
    }
    if (given.standing === "signed" || reported) localStorage.removeItem(LAST);
    else {
      for (const [name, text] of Object.entries(JSON.parse(localStorage.getItem(LAST) || "{}"))) {
        const field = fields().find((f) => f.name === name);
        if (field) put(field, text);
      }
      await note();
    }
    addUp();
    queue.flush();
  }

  // The page itself, for when it is opened again without a connection; not longer than the visit lasts.
  async function keepPage() {
    if (!navigator.serviceWorker || !window.caches) return;
    await navigator.serviceWorker.register(given.worker, { scope: given.scope });
    const kept = await caches.open(CACHE);
    if (given.standing === "signed") { await kept.delete(location.pathname, { ignoreVary: true }); return; }
    const parts = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((part) => part.href || part.src);
    await kept.addAll([location.pathname, ...parts.filter((url) => url.startsWith(location.origin))]);
  }

  begin();
  keepPage().catch(() => {}); // Without it the page works as long as it stays open.
})();
