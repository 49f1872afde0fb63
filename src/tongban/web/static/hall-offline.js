// The offline counter. What is captured lies in IndexedDB, each form sealed by itself (AES-256-GCM) with a key that is
// made from the clerk's passphrase (PBKDF2-SHA-256, 600,000 rounds), cannot be taken out of the browser, and is
// forgotten with the page, at "lock", and after ten minutes without a key being pressed.
(() => {
  "use strict";
  const KEPT = "counter-offline-1", HOME = "/desk/hall/offline", ROUNDS = 600000, IDLE = 600000;
  const one = (selector, root = document) => root.querySelector(selector);
  const english = document.documentElement.lang === "en";
  const t = (zh, en) => (english ? en : zh);
  const both = (text) => (english ? text.en : text.zh);
  const el = (name, props = {}, ...inside) => {
    const made = Object.assign(document.createElement(name), props);
    made.append(...inside);
    return made;
  };
  const utf8 = new TextEncoder(), text = new TextDecoder();
  const state = { key: null, clerk: "", forms: null, idle: 0, before: null };
  const say = (words) => { one("#said").textContent = words; };

  // --- what is kept ---------------------------------------------------------------------------------------------
  const store = () => new Promise((done, failed) => {
    const asked = indexedDB.open("tongban-counter", 1);
    asked.onupgradeneeded = () => { asked.result.createObjectStore("form", { keyPath: "id" }); asked.result.createObjectStore("lock", { keyPath: "id" }); };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const kept = async (name, mode, work) => {
    const db = await store();
    return new Promise((done, failed) => {
      const job = db.transaction(name, mode), asked = work(job.objectStore(name));
      job.oncomplete = () => { db.close(); done(asked.result); };
      job.onerror = () => { db.close(); failed(job.error); };
    });
  };
  const seal = async (id, value) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8.encode(id) }, state.key, utf8.encode(JSON.stringify(value)));
    return { id, iv, data };
  };
  const unseal = async (row) => JSON.parse(text.decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv, additionalData: utf8.encode(row.id) }, state.key, row.data)));

  const derive = async (passphrase, salt) => crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS },
    await crypto.subtle.importKey("raw", utf8.encode(passphrase), "PBKDF2", false, ["deriveKey"]),
    { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

  async function unlock(passphrase) {
    const known = await kept("lock", "readonly", (s) => s.get("lock"));
    const salt = known ? known.salt : crypto.getRandomValues(new Uint8Array(16));
    state.key = await derive(passphrase, salt);
    if (!known) {
      const who = await (await fetch(`${HOME}/token`)).json();
      const check = await seal("lock", { clerk: who.clerk });
      await kept("lock", "readwrite", (s) => s.put({ ...check, salt }));
      state.clerk = who.clerk;
      return;
    }
    try { state.clerk = (await unseal(known)).clerk; } catch { state.key = null; throw new Error("passphrase"); }
  }
  function lock() {
    state.key = null;
    one("#locked").hidden = false; one("#open").hidden = true;
    one("#list").replaceChildren(); one("#form").replaceChildren();
  }
  const awake = () => { clearTimeout(state.idle); state.idle = setTimeout(lock, IDLE); };

  // --- the form -------------------------------------------------------------------------------------------------
  function field(fact) {
    const id = `f-${fact.name}`, label = el("label", { htmlFor: id, textContent: both(fact.label) + (fact.unit ? ` (${fact.unit})` : "") });
    const hint = fact.hint.zh ? [el("span", { className: "hint", textContent: both(fact.hint) })] : [];
    const options = { boolean: [["true", t("是", "Yes")], ["false", t("否", "No")]], enum: fact.choices.map((c) => [c.value, both(c.name)]) }[fact.type];
    let box;
    if (options) box = el("select", { className: "select" }, el("option", { value: "", textContent: t("不适用或未问", "Not asked") }), ...options.map(([value, name]) => el("option", { value, textContent: name })));
    else if (fact.type === "region") box = el("select", { className: "select" }, el("option", { value: "", textContent: t("请选择", "Choose") }), ...regions());
    else if (fact.type === "long-text") box = el("textarea", { className: "area", rows: 3 });
    else box = el("input", { className: "input", type: fact.type === "date" ? "date" : "text", autocomplete: "off" });
    Object.assign(box, { id, name: fact.name });
    box.dataset.fact = fact.type;
    return el("div", { className: "field" }, label, ...hint, box);
  }
  const regions = () => state.forms.regions.map((city) => {
    const group = el("optgroup", { label: city.name });
    group.append(...city.regions.map(([value, name]) => el("option", { value, textContent: name })));
    return group;
  });
  function draw(slug, before) {
    const service = state.forms.services.find((s) => s.service === slug), form = one("#form");
    form.replaceChildren();
    if (!service) return;
    form.append(...service.facts.map(field));
    form.append(...service.materials.map((m) => el("div", { className: "field" },
      el("label", { htmlFor: `m-${m.slug}`, textContent: t("材料：", "Paper: ") + both(m.label) }),
      el("input", { type: "file", id: `m-${m.slug}`, name: m.slug, accept: "image/*,application/pdf" }))));
    if (!before) return;
    for (const [name, value] of Object.entries(before.answers)) { const box = one(`#f-${CSS.escape(name)}`); if (box) box.value = Array.isArray(value) ? value.join("-") : value; }
  }
  const bytes = (file) => new Promise((done) => { const r = new FileReader(); r.onload = () => done(r.result.split(",")[1] || ""); r.readAsDataURL(file); });

  async function capture(event) {
    event.preventDefault();
    const form = event.target, value = (name) => form.elements[name].value.trim(), answers = {};
    for (const box of form.querySelectorAll("[data-fact]")) {
      if (!box.value) continue;
      answers[box.name] = box.dataset.fact === "date" ? box.value.split("-") : box.value;
    }
    const files = state.before ? [...state.before.files] : [];
    for (const box of one("#form").querySelectorAll("input[type=file]")) {
      if (box.files[0]) files.push({ material: box.name, name: box.files[0].name, data: await bytes(box.files[0]) });
    }
    const again = state.before;
    const said = {
      key: again ? again.key : crypto.randomUUID(), clerk: state.clerk,
      received_at: again ? again.received_at : new Date().toISOString(), since: form.elements.since.value,
      service: value("service"), region: value("region") || state.forms.here, name: value("name"), number: value("number"),
      seen: form.elements.seen.checked, reason: value("reason"), lookups: form.elements.lookups.checked,
      confirmed: form.elements.confirmed.checked, answers, files,
    };
    const row = await seal(said.key, said);
    await kept("form", "readwrite", (s) => s.put(row));
    form.reset(); state.before = null; draw("");
    say(t(`已收下，收件凭证号 ${said.key.slice(0, 8)}，收件时间 ${new Date(said.received_at).toLocaleString()}。请抄给本人；连上网后提交。`,
      `Received under ${said.key.slice(0, 8)} at ${new Date(said.received_at).toLocaleString()}. Give the person this number; hand in when the line is back.`));
    await list();
  }

  // --- handing in -----------------------------------------------------------------------------------------------
  async function sync() {
    const rows = await kept("form", "readonly", (s) => s.getAll());
    let who;
    try { who = await (await fetch(`${HOME}/token`, { headers: { accept: "application/json" } })).json(); } catch { say(t("还没有连上，内容都还在这台设备上。", "No line yet; everything is still on this device.")); return; }
    if (!who.csrf) { say(t("登录已过期，请先登录再提交。", "Your session has ended; log in, then hand in.")); return; }
    let done = 0, back = 0;
    for (const row of rows) {
      const said = await unseal(row);
      let answer;
      try {
        const sent = await fetch(`${HOME}/sync`, { method: "POST", body: new URLSearchParams({ csrf: who.csrf, capture: JSON.stringify(said) }) });
        if (!sent.ok) throw new Error(String(sent.status));
        answer = await sent.json();
      } catch { say(t("中途断了；再提交一次不会重复。", "The line broke; handing in again doubles nothing.")); break; }
      if (answer.outcome === "case") {
        done += 1;
        await kept("form", "readwrite", (s) => s.delete(row.id));
        one("#cases").append(el("li", {}, said.name, " ", el("a", { href: `/desk/cases/${answer.case}`, textContent: answer.case }),
          answer.counted ? t("（收件时间按当时算）", " (counts from then)") : t("（从现在起算）", " (counts from now)")));
      } else {
        back += 1;
        await kept("form", "readwrite", (s) => s.put({ ...row, problems: answer.problems }));
      }
    }
    await list();
    say(t(`提交了${done}件，退回${back}件要改。`, `${done} handed in, ${back} came back.`));
  }
  async function list() {
    const rows = await kept("form", "readonly", (s) => s.getAll()), shown = [];
    for (const row of rows) {
      const said = await unseal(row), service = state.forms.services.find((s) => s.service === said.service);
      const change = el("button", { type: "button", className: "btn second", textContent: t("改", "Change") });
      change.addEventListener("click", () => edit(said));
      const drop = el("button", { type: "button", className: "btn second", textContent: t("作废", "Drop") });
      drop.addEventListener("click", async () => { if (confirm(t("确定作废？", "Drop it?"))) { await kept("form", "readwrite", (s) => s.delete(row.id)); await list(); } });
      shown.push(el("li", {}, `${said.name} · ${service ? both(service.name) : said.service} · ${new Date(said.received_at).toLocaleString()} `, change, " ", drop,
        ...(row.problems || []).map((p) => el("p", { className: "error", textContent: both(p) }))));
    }
    one("#list").replaceChildren(...shown);
    one("#count").textContent = String(rows.length);
  }
  function edit(said) {
    const form = one("#capture");
    state.before = said;
    for (const name of ["service", "region", "name", "number", "reason", "since"]) form.elements[name].value = said[name];
    for (const name of ["seen", "lookups", "confirmed"]) form.elements[name].checked = said[name];
    draw(said.service, said);
    form.elements.name.focus();
  }

  // --- beginning ------------------------------------------------------------------------------------------------
  async function keep() {
    const worker = await navigator.serviceWorker.register("/desk/hall/offline-worker.js", { scope: HOME });
    await navigator.serviceWorker.ready.then(() => worker);
    const assets = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((e) => e.href || e.src);
    const cache = await caches.open(KEPT);
    await cache.addAll([HOME, `${HOME}/forms.json`, ...assets]);
    for (const old of await cache.keys()) {
      const path = new URL(old.url).pathname;
      if (path.startsWith("/static/") && !assets.some((a) => new URL(a, location.href).pathname === path)) await cache.delete(old);
    }
    document.documentElement.dataset.kept = "yes";
  }
  async function begin(event) {
    event.preventDefault();
    const box = one("#passphrase");
    if (box.value.length < 8) { say(t("口令至少8个字。", "The passphrase needs 8 characters.")); return; }
    try { await unlock(box.value); } catch (error) {
      say(error.message === "passphrase" ? t("口令不对。", "Wrong passphrase.") : t("第一次设口令要连着网。", "The passphrase is first set while the line is there."));
      return;
    } finally { box.value = ""; }
    state.forms = await (await fetch(`${HOME}/forms.json`)).json();
    const services = one("#f-service"), places = one("#f-region");
    services.replaceChildren(el("option", { value: "", textContent: t("请选择", "Choose") }), ...state.forms.services.map((s) => el("option", { value: s.service, textContent: both(s.name) })));
    places.replaceChildren(...regions());
    places.value = state.forms.here;
    one("#locked").hidden = true; one("#open").hidden = false;
    say(t("已打开。", "Open."));
    awake();
    await list();
    services.focus();
  }
  one("#unlock").addEventListener("submit", begin);
  one("#capture").addEventListener("submit", capture);
  one("#f-service").addEventListener("change", (event) => draw(event.target.value));
  one("#sync").addEventListener("click", sync);
  one("#lock").addEventListener("click", lock);
  addEventListener("keydown", () => state.key && awake());
  const online = () => { one("#line").textContent = navigator.onLine ? t("网络：通", "Line: there") : t("网络：断，可以照常收件", "Line: away; go on receiving"); };
  addEventListener("online", online); addEventListener("offline", online); online();
  if (navigator.onLine) keep().catch(() => say(t("没有存好离线页面，请刷新。", "The page could not be kept; reload.")));
})();
