// Everything here is a convenience: every page works without it.
(() => {
  "use strict";
  const english = document.documentElement.lang === "en";
  const say = (zh, en) => (english ? en : zh);
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Errors first: the summary takes the focus, and the title says so.
  const errors = one("#errors");
  if (errors) {
    document.title = say("有错误：", "Error: ") + document.title;
    errors.focus();
  }

  // A form is sent once.
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // Drafts save themselves while one types. Saving never checks.
  all("form[data-autosave]").forEach((form) => {
    const status = one("[data-saved]", form);
    let timer = 0;
    const save = async () => {
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", redirect: "manual", keepalive: true,
          headers: { accept: "application/json" },
        });
        if (status) status.textContent = answer.ok ? say("已自动保存", "Saved") : say("暂时没存上，请按“保存并继续”", "Not saved yet; use Save and continue");
      } catch { if (status) status.textContent = say("没有网络，连上后会再存", "Offline; will be saved when connected"); }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 900); });
    addEventListener("online", save);
  });

  // A chosen file is sent at once, with progress; if that fails it can be tried again alone.
  all("form[data-upload]").forEach((form) => {
    const file = one("input[type=file]", form), status = one("[data-status]", form), bar = one("progress", form);
    file.addEventListener("change", () => {
      if (!file.files.length) return;
      const request = new XMLHttpRequest();
      const failed = (words) => { bar.hidden = true; status.textContent = words; };
      request.open("POST", form.action);
      request.setRequestHeader("accept", "application/json");
      request.upload.onprogress = (event) => { bar.max = event.total; bar.value = event.loaded; };
      request.onload = () => {
        if (request.status < 300) { location.assign(request.responseURL); location.reload(); return; }
        let words = say("没传上去，请再试一次", "Not uploaded; please try again");
        try { words = JSON.parse(request.responseText).detail || words; } catch { /* not ours */ }
        failed(words);
      };
      request.onerror = () => failed(say("网络断了，文件没传上去，请再选一次", "Connection lost; choose the file again"));
      bar.hidden = false;
      status.textContent = say("正在上传…", "Uploading…");
      request.send(new FormData(form));
    });
  });

  // Escape folds what was unfolded, and the focus goes back to where it was opened.
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    const open = event.target.closest?.("details[open]");
    if (!open || event.target.matches("input, textarea, select")) return;
    open.open = false;
    one("summary", open)?.focus();
  });

  // On a phone each cell of a table says what it is: the words of its column stand before it.
  all("table:is(.list, .figures)").forEach((table) => {
    const heads = all("thead tr:last-child > *", table).map((head) => head.textContent.trim());
    all("tbody tr", table).forEach((row) => [...row.children].forEach((cell, n) => {
      if (cell.tagName === "TD" && row.children.length === heads.length && !("label" in cell.dataset)) cell.dataset.label = heads[n];
    }));
  });

  // What changes by itself, such as a queue, is fetched again; only a change is put in, so nobody loses their place.
  all("[data-again]").forEach((part) => setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
    if (fresh && fresh.textContent !== part.textContent) part.replaceChildren(...fresh.childNodes);
  }, part.dataset.again * 1000));

  // Print buttons exist only where they work.
  all("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => print()); });

  // Read aloud: opt-in, and only where the device has a voice for the language.
  const synth = window.speechSynthesis;
  const voice = () => synth && synth.getVoices().find((v) => v.lang.toLowerCase().startsWith(english ? "en" : "zh"));
  all("[data-read-aloud]").forEach((button) => button.addEventListener("click", (event) => {
    const found = voice();
    if (!found) return;
    event.preventDefault();
    if (synth.speaking) { synth.cancel(); return; }
    one("#main").innerText.split(/\n+/).filter((line) => line.trim()).forEach((line) => {
      const words = new SpeechSynthesisUtterance(line);
      words.voice = found; words.lang = found.lang; words.rate = .9;
      synth.speak(words);
    });
  }));

  // A list of regions in groups becomes two short lists.
  all("select[data-cascade]").forEach((select) => {
    const groups = all("optgroup", select);
    if (groups.length < 2) return;
    const first = document.createElement("select");
    first.className = `${select.className} first`;
    first.setAttribute("aria-label", select.dataset.cascade);
    first.append(new Option(select.options[0].text, ""), ...groups.map((group, n) => new Option(group.label, n)));
    const blank = select.options[0], chosen = select.value;
    const show = () => {
      const group = groups[first.value];
      select.replaceChildren(blank, ...(group ? [...group.children] : []));
    };
    const at = groups.findIndex((group) => [...group.children].some((option) => option.value === chosen));
    if (at >= 0) first.value = at;
    show();
    if (at >= 0) select.value = chosen;
    first.addEventListener("change", () => { show(); select.value = ""; });
    select.before(first);
    first.id = `${select.id}-first`; // a message about this question leads to where one begins to answer it
    all(`#errors a[href="#${select.id}"]`).forEach((link) => { link.hash = first.id; });
  });
})();
