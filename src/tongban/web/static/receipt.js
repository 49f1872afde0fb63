// Checks a receipt in the browser and nowhere else: nothing is fetched, nothing is sent, and it works from a saved file.
// Both signatures of the log: Ed25519 by the browser itself, SM2 by `sm2.js`, which comes with the page.
// The same points in the same order as `tongban.ledger.receipts`; the words come from there with the page.
(() => {
  "use strict";
  const HEAD = "c2sp.org/tlog-proof@v1", FORMAT = "tongban/receipt@1", LOG = 1, WITNESS = 4, LOG_SM2 = 255;
  const MOST = 2 << 20, MOST_NOTE = 1 << 16, MOST_SIGNATURES = 32, MOST_HASHES = 63, AHEAD = 300;
  const utf8 = new TextEncoder();
  const subtle = globalThis.crypto && crypto.subtle;
  // How a key of each kind is written after its first byte, and what a signature of its that does not fit is called.
  const KINDS = {
    [LOG]: { named: utf8.encode(""), bytes: 32, fault: "bad-signature" },
    [WITNESS]: { named: utf8.encode(""), bytes: 32, fault: "bad-cosignature" },
    [LOG_SM2]: { named: utf8.encode("tongban.sm2\n"), bytes: 64, fault: "bad-gm-signature" },
  };

  class Untrue extends Error {
    constructor(fault) { super(fault); this.fault = fault; }
  }
  const refuse = (fault) => { throw new Untrue(fault); };
  const needs = (holds, fault) => holds || refuse(fault);

  // --- bytes -------------------------------------------------------------------------------------------------------
  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
    let at = 0;
    for (const part of parts) { all.set(part, at); at += part.length; }
    return all;
  };
  const same = (a, b) => a.length === b.length && a.every((byte, n) => byte === b[n]);
  const encode = (bytes) => {
    let text = "";
    for (let n = 0; n < bytes.length; n += 8192) text += String.fromCharCode(...bytes.subarray(n, n + 8192));
    return btoa(text);
  };
  const decode = (text, fault) => {  // only in the one way of writing it
    let bytes;
    try { bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0)); } catch { refuse(fault); }
    return encode(bytes) === text ? bytes : refuse(fault);
  };
  const strict = (bytes, fault) => {
    try { return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes); } catch { return refuse(fault); }
  };
  const number = (text) => (/^(0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : null);
  const sha256 = async (...parts) => new Uint8Array(await subtle.digest("SHA-256", joined(...parts)));
  const hmac = async (key, data) => {
    const secret = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await subtle.sign("HMAC", secret, data));
  };
  const signed = async (key, signature, message) => {
    if (signature.length !== 64) return false;
    const it = await subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return subtle.verify({ name: "Ed25519" }, it, signature, message);
  };

  // --- notes and checkpoints -----------------------------------------------------------------------------------------
  const signatureLine = (line) => {
    const found = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u.exec(line) || refuse("bad-note");
    const raw = decode(found[2], "bad-note");
    needs(raw.length >= 5, "bad-note");
    return { name: found[1], id: raw.subarray(0, 4), data: raw.subarray(4) };
  };
  const readNote = (bytes) => {
    needs(bytes.length <= MOST_NOTE, "too-large");
    const whole = strict(bytes, "bad-note");
    needs(!/[\x00-\x09\x0b-\x1f]/.test(whole), "bad-note");
    const cut = whole.lastIndexOf("\n\n");
    needs(cut >= 0 && whole.endsWith("\n") && whole.length > cut + 2, "bad-note");
    const lines = whole.slice(cut + 2, -1).split("\n");
    const signatures = lines.map(signatureLine);
    needs(signatures.length <= MOST_SIGNATURES, "bad-note");
    return { text: whole.slice(0, cut + 1), signatures };
  };
  const readCheckpoint = async (text) => {
    const lines = text.split("\n");
    needs(lines.length >= 4 && lines.pop() === "" && lines.every(Boolean), "bad-checkpoint");
    const size = number(lines[1]), root = decode(lines[2], "bad-checkpoint");
    needs(size !== null && root.length === 32, "bad-checkpoint");
    needs(size > 0 || same(root, await sha256()), "bad-checkpoint");
    return { origin: lines[0], size, root };
  };
  const readKey = async (vkey) => {
    const [name, id, ...rest] = vkey.split("+");
    const raw = decode(rest.join("+"), "unknown-log"), kind = KINDS[raw[0]] || refuse("unknown-log");
    const hash = (await sha256(utf8.encode(`${name}\n`), raw)).subarray(0, 4);
    const key = raw.subarray(1 + kind.named.length);
    needs(key.length === kind.bytes && same(raw.subarray(1, 1 + kind.named.length), kind.named), "unknown-log");
    needs([...hash].map((b) => b.toString(16).padStart(2, "0")).join("") === id, "unknown-log");
    return { vkey, name, id: hash, kind: raw[0], key };
  };
  const secondsOf = (data) => Number(new DataView(data.buffer, data.byteOffset, 8).getBigUint64(0));
  const fits = (key, one, text) => {
    if (key.kind === LOG) return signed(key.key, one.data, utf8.encode(text));
    if (key.kind === LOG_SM2) return sm2.holds(key.key, one.data, utf8.encode(text));
    if (one.data.length !== 72) return false;
    const message = `cosignature/v1\ntime ${new DataView(one.data.buffer, one.data.byteOffset, 8).getBigUint64(0)}\n${text}`;
    return signed(key.key, one.data.subarray(8), utf8.encode(message));
  };
  const trusted = async (note, policy, now) => {
    const checkpoint = await readCheckpoint(note.text);
    const dated = [...policy.keys, ...(policy.gm || [])].map(async (one) => ({ ...(await readKey(one.vkey)), days: one }));
    const logs = (await Promise.all(dated)).filter((key) => key.name === checkpoint.origin);
    const watching = await Promise.all(policy.witnesses.map(readKey));
    const of = logs.filter((key) => key.kind === LOG), seconds = logs.filter((key) => key.kind === LOG_SM2);
    needs(of.length && checkpoint.origin === policy.origin, "unknown-log");
    const found = new Map();
    for (const one of note.signatures) {
      const key = [...of, ...watching, ...seconds].find((each) => each.name === one.name && same(each.id, one.id));
      if (!key) continue;
      needs(!found.has(key), "signed-twice");
      needs(await fits(key, one, note.text), KINDS[key.kind].fault);
      found.set(key, one);
    }
    const key = of.find((one) => found.has(one)) || refuse("unsigned"), second = seconds.find((one) => found.has(one));
    needs(second || !(policy.suites || []).includes("gm"), "suite-missing");
    const witnesses = watching.filter((one) => found.has(one)).map((one) => ({ name: one.name, at: secondsOf(found.get(one).data), key: encode(one.key) }));
    needs(witnesses.every((one) => one.at <= now + AHEAD), "cosigned-in-future");
    needs(new Set(witnesses.map((one) => one.key)).size >= policy.least, "too-few-witnesses");
    return { checkpoint, key, second, witnesses };
  };

  // --- the file ------------------------------------------------------------------------------------------------------
  const readProof = (bytes) => {
    needs(bytes.length <= MOST, "too-large");
    needs(same(bytes.subarray(0, HEAD.length + 1), utf8.encode(`${HEAD}\n`)), "not-a-receipt");
    let cut = -1;
    for (let n = HEAD.length; n + 1 < bytes.length && cut < 0; n += 1) if (bytes[n] === 10 && bytes[n + 1] === 10) cut = n;
    needs(cut >= 0 && bytes.subarray(0, cut).every((byte) => byte < 128), "bad-lines");
    const lines = strict(bytes.subarray(0, cut), "bad-lines").split("\n").slice(1);
    const extra = lines.length && lines[0].startsWith("extra ") ? decode(lines.shift().slice(6), "bad-lines") : new Uint8Array();
    const place = lines.length ? lines.shift() : "";
    const index = place.startsWith("index ") ? number(place.slice(6)) : null;
    needs(index !== null, "bad-index");
    const hashes = lines.map((line) => decode(line, "bad-proof-line"));
    needs(hashes.length <= MOST_HASHES && hashes.every((one) => one.length === 32), "bad-proof-line");
    return { index, hashes, note: readNote(bytes.subarray(cut + 2)), extra };
  };
  const exactly = (value, must, may = []) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const keys = Object.keys(value), order = [...must, ...may];
    return must.every((key) => keys.includes(key)) && keys.every((key) => order.includes(key));
  };
  const words = (value) => exactly(value, ["zh", "en"]) && typeof value.zh === "string" && typeof value.en === "string";
  const parsed = (text) => {  // one field twice, or written so that two readers might differ, is refused
    let value;
    try { value = JSON.parse(text); } catch { refuse("bad-statements"); }
    return JSON.stringify(value) === text ? value : refuse("bad-statements");
  };
  const readHistory = (extra) => {
    needs(extra.length, "no-statements");
    const history = parsed(strict(extra, "bad-statements"));
    needs(exactly(history, ["format", "case", "events"]) && typeof history.case === "string" && Array.isArray(history.events), "bad-statements");
    needs(typeof history.format === "string", "bad-statements");
    needs(history.format === FORMAT, "unknown-format");
    history.events = history.events.map((one) => {
      needs(exactly(one, ["key", "said"]) && typeof one.said === "string" && typeof one.key === "string", "bad-statements");
      const key = decode(one.key, "bad-statements");
      needs(key.length === 32, "bad-statements");
      return { key, said: one.said };
    });
    return history;
  };
  const readStatements = (history) => {
    needs(history.events.length, "empty-history");
    const found = history.events.map((event) => {
      const one = parsed(event.said);
      needs(exactly(one, ["case", "seq", "at", "what", "by", "event"], ["law", "notice"]), "bad-statements");
      needs(typeof one.case === "string" && Number.isInteger(one.seq) && typeof one.event === "string", "bad-statements");
      needs(typeof one.at === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(one.at), "bad-statements");
      needs(words(one.what) && words(one.by) && (!one.law || words(one.law)) && (!one.notice || words(one.notice)), "bad-statements");
      return one;
    });
    const places = found.map((one) => one.seq);
    needs(found.every((one) => one.case === history.case), "other-case");
    needs(new Set(places).size === places.length, "duplicate-event");
    needs(places.every((place, n) => n === 0 || places[n - 1] < place), "out-of-order");
    needs(places.every((place, n) => place === n + 1), "missing-event");
    return found;
  };
  const chain = async (history) => {
    const values = [];
    let last = new Uint8Array(32);
    for (const event of history.events) {
      last = await sha256(utf8.encode("tongban/chain@1\0"), last, await hmac(event.key, utf8.encode(event.said)));
      values.push(last);
    }
    return values;
  };
  const inUse = (seen, statements, now) => {
    const cosigned = seen.witnesses.map((one) => one.at), last = Math.floor(Date.parse(statements.at(-1).at) / 1000);
    for (const { days } of [seen.key, seen.second].filter(Boolean)) {
      const begins = Date.parse(days.not_before) / 1000, ends = Date.parse(days.not_after) / 1000;
      needs(Math.max(last, ...cosigned) <= ends && Math.min(now, ...cosigned) >= begins, "key-not-in-use");
    }
  };
  const included = async (proof, leaf, checkpoint) => {
    needs(proof.index < checkpoint.size, "beyond-the-tree");
    // Halved by division: places in a large log do not fit the 32 bits of the bit operators.
    let fn = proof.index, sn = checkpoint.size - 1, found = await sha256(Uint8Array.of(0), leaf);
    const half = (n) => Math.floor(n / 2);
    for (const one of proof.hashes) {
      needs(sn > 0, "not-in-the-log");
      if (fn % 2 || fn === sn) {
        found = await sha256(Uint8Array.of(1), one, found);
        while (fn % 2 === 0 && fn) { fn = half(fn); sn = half(sn); }
      } else found = await sha256(Uint8Array.of(1), found, one);
      fn = half(fn); sn = half(sn);
    }
    needs(sn === 0 && same(found, checkpoint.root), "not-in-the-log");
  };
  const whole = async (bytes, policy, now) => {
    const proof = readProof(bytes), history = readHistory(proof.extra), statements = readStatements(history);
    const seen = await trusted(proof.note, policy, now);
    inUse(seen, statements, now);
    const values = await chain(history);
    await included(proof, values.at(-1), seen.checkpoint);
    return { case: history.case, values, checkpoint: seen.checkpoint };
  };

  /** Check a receipt: { holds, fault, points: [[point, true | false | null]], both, statements, checkpoint, witnesses }. */
  const check = async (bytes, policy, now, earlier = null) => {
    const order = ["readable", "history", "signed", "witnessed", "included", "continues"];
    const ofWitness = ["bad-cosignature", "cosigned-in-future", "too-few-witnesses"];
    let at = "readable", seen = null;
    try {
      const proof = readProof(bytes), history = readHistory(proof.extra);
      at = "history";
      const statements = readStatements(history);
      at = "signed";
      const found = await trusted(proof.note, policy, now);
      inUse(found, statements, now);
      seen = found;
      at = "included";
      const values = await chain(history);
      await included(proof, values.at(-1), seen.checkpoint);
      at = "continues";
      if (earlier) {
        const before = await whole(earlier, policy, now), shared = Math.min(before.values.length, values.length);
        needs(before.case === history.case, "other-case");
        for (let n = 0; n < shared; n += 1) needs(same(before.values[n], values[n]), "history-changed");
        needs(before.values.length <= values.length, "history-shortened");
        const old = before.checkpoint, fresh = seen.checkpoint;
        needs(old.size !== fresh.size || same(old.root, fresh.root), "split-view");
        needs(fresh.size >= old.size, "rolled-back");
      }
      const asked = { witnessed: seen.witnesses.length > 0, continues: Boolean(earlier) };
      const points = order.map((point) => [point, asked[point] === false ? null : true]);
      return { holds: true, fault: null, points, both: Boolean(seen.second), statements, checkpoint: seen.checkpoint, witnesses: seen.witnesses };
    } catch (error) {
      if (!(error instanceof Untrue)) throw error;
      const failed = !seen && ofWitness.includes(error.fault) ? "witnessed" : at;
      const before = order.slice(0, order.indexOf(failed)).filter((point) => point !== "witnessed" || (seen && seen.witnesses.length));
      const points = order.map((point) => [point, point === failed ? false : before.includes(point) ? true : null]);
      return { holds: false, fault: error.fault, points, both: false, statements: [], checkpoint: null, witnesses: [] };
    }
  };
  globalThis.checkReceipt = check;

  // --- the page ------------------------------------------------------------------------------------------------------
  const page = document.querySelector("[data-receipt-check]");
  if (!page) return;
  const lang = document.documentElement.lang === "en" ? "en" : "zh";
  const say = (zh, en) => (lang === "en" ? en : zh);
  const policy = JSON.parse(page.dataset.policy), told = JSON.parse(page.dataset.words);
  const file = page.querySelector("[name=receipt]"), old = page.querySelector("[name=earlier]"), result = page.querySelector("[data-result]");
  const made = (name, text = "", type = "") => {
    const element = document.createElement(name);
    element.textContent = text;
    if (type) element.className = type;
    return element;
  };
  const moment = (at) => new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "zh-CN", { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Shanghai" }).format(at);
  const marks = { true: say("成立", "holds"), false: say("不成立", "does not hold"), null: say("未查", "not asked") };

  const show = (found) => {
    result.replaceChildren();
    const verdict = made("div", "", `notice verdict ${found.holds ? "ok" : "seal bad"}`), said = made("p");
    said.append(made("b", told.verdicts[found.holds][lang]));
    verdict.append(said);
    verdict.tabIndex = -1;
    const points = made("ul", "", "bullets");
    for (const [point, holds] of found.points) {
      const open = holds === null && point === "witnessed" && found.holds ? `（${told.unwitnessed[lang]}）` : "";
      const both = found.both && point === "signed" ? `（${told.both[lang]}）` : "";
      const why = holds === false ? `（${told.faults[found.fault][lang]}）` : open || both;
      points.append(made("li", `${told.points[point][lang]}${say("：", ": ")}${marks[holds]}${lang === "en" ? why.replace("（", " (").replace("）", ")") : why}`));
    }
    result.append(verdict, points);
    if (found.holds) {
      result.append(made("h2", say(`办件 ${found.statements[0].case} 的经过`, `The history of case ${found.statements[0].case}`)));
      const list = made("ol", "", "history card");
      for (const one of found.statements) {
        const line = made("li");
        const time = made("time", moment(new Date(one.at)));
        time.dateTime = one.at;
        line.append(time, made("b", one.what[lang]));
        line.append(made("p", `${one.by[lang]}${one.law ? say(`，依据${one.law.zh}`, `; law: ${one.law.en}`) : ""}`));
        if (one.notice) line.append(made("p", say(`通知：${one.notice.zh}`, `Notice: ${one.notice.en}`)));
        list.append(line);
      }
      result.append(list);
      const size = found.checkpoint.size.toLocaleString("en");
      result.append(made("p", say(`日志 ${found.checkpoint.origin}，共${size}条。`, `Log ${found.checkpoint.origin}, ${size} entries.`), "small"));
      for (const one of found.witnesses) result.append(made("p", say(`见证人 ${one.name}，${moment(new Date(one.at * 1000))}签名。`, `Witness ${one.name}, signed ${moment(new Date(one.at * 1000))}.`), "small"));
    }
    verdict.focus();
  };
  const read = async (input) => (input && input.files.length ? new Uint8Array(await input.files[0].arrayBuffer()) : null);
  const run = async () => {
    const bytes = await read(file);
    if (!bytes) return;
    try { show(await check(bytes, policy, Math.floor(Date.now() / 1000), await read(old))); }
    catch { result.replaceChildren(made("p", say("这个浏览器太旧，验不了。请换一个新的，或用 tongban verify 命令。", "This browser is too old to check it. Use a newer one, or the command tongban verify."), "notice seal verdict bad")); }
  };
  page.querySelector("[data-form]").hidden = false;
  file.addEventListener("change", run);
  if (old) old.addEventListener("change", run);
})();
