// Put into every page that is looked at: what Tab should come to, and what is seen at each stop.
(() => {
  const shown = (e) => e.matches("input[type=radio], input[type=checkbox], input[type=file]") ? e.closest("label") || e : e;
  const near = (e) => e.outerHTML.slice(0, 110).replace(/\s+/g, " ");
  // What Tab should come to, in the order of the page: of the choices of one question the chosen one, or the first.
  const stops = (root) => {
    const all = [...root.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter((e) =>
      e.tabIndex >= 0 && !e.disabled && e.type !== "hidden" && e.checkVisibility({ visibilityProperty: true }) && !e.closest("[inert]"));
    const group = (e) => all.filter((o) => o.type === "radio" && o.name === e.name && o.form === e.form);
    return all.filter((e) => e.type !== "radio" || e === (group(e).find((o) => o.checked) || group(e)[0]));
  };
  const state = { seen: [], faults: [], left: false };
  const look = (e) => {
    const s = shown(e), style = getComputedStyle(s), inline = e.tagName === "A" && style.display === "inline";
    const box = inline ? s.getClientRects()[0] || s.getBoundingClientRect() : s.getBoundingClientRect();
    const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 20), 0), innerWidth - 1);
    const y = Math.min(box.top + Math.min(box.height / 2, 12), innerHeight - 1);
    const at = document.elementFromPoint(x, y);
    const wrong = (why) => state.faults.push(`${near(e)} ${why}`);
    if (box.width < 1 || box.height < 1 || y < 0) wrong("is not in sight when it has the focus");
    else if (!at || !(at === e || s.contains(at) || at.contains(e))) wrong(`is covered by ${at ? near(at) : "nothing"}`);
    const ringed = [style, getComputedStyle(e)].some((one) => one.outlineStyle !== "none" && parseFloat(one.outlineWidth) >= 2);
    if (!ringed) wrong("shows no ring");
    if (!inline && (box.width < 24 || box.height < 24)) wrong(`is ${Math.round(box.width)} by ${Math.round(box.height)} pixels`);
    for (let up = e; up && up !== document.body; up = up.parentElement) {
      const u = getComputedStyle(up);
      if (u.order !== "0" || u.flexDirection.endsWith("-reverse")) wrong("is shown elsewhere than its place in the order");
    }
  };
  addEventListener("keydown", (event) => {
    const e = document.activeElement;
    if (event.key !== "Tab") return;
    if (state.seen.length && !walked.part.contains(e)) state.left = true; // on a short page the next Tab is in it again
    if (!e || e === document.body || e.id === "main") return;
    const scrolls = e.tabIndex < 0 && (e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight);
    if (scrolls) return; // a wide table that the arrow keys move
    if (state.seen.at(-1) === e) return; // year, month and day of one date
    state.seen.push(e);
    look(e);
  }, true);
  const compared = (most) => {
    const { wanted, state, near } = walked, seen = state.seen.filter((e) => walked.part.contains(e));
    const faults = [...state.faults];
    seen.forEach((e, n) => { if (e !== wanted[n]) faults.push(`stop ${n + 1} is ${near(e)}, not ${wanted[n] ? near(wanted[n]) : "the end"}`); });
    if (seen.length < Math.min(wanted.length, most)) faults.push(`only ${seen.length} of ${wanted.length} stops`);
    if (wanted.length < most && walked.part.id === "main" && !state.left && walked.part.contains(document.activeElement)) faults.push("the focus does not leave");
    return faults;
  };
  const wide = (css) => {
    const html = document.documentElement, found = [];
    const out = (how) => {
      if (html.scrollWidth <= innerWidth) return;
      const over = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
      found.push(`${how}, ${html.scrollWidth} wide: ${over.slice(0, 3).map((e) => e.outerHTML.slice(0, 110)).join(" | ")}`);
    };
    out("320 pixels");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
    out("text spacing");
    document.adoptedStyleSheets = [];
    const { mode, size } = html.dataset;
    if (document.querySelector(".site-footer")) {
      Object.assign(html.dataset, { mode: "elder", size: "30" });
      out("large print, 30 pixels");
      Object.assign(html.dataset, { mode, size });
    } else {
      html.style.fontSize = "30px";
      out("30 pixel type");
      html.style.fontSize = "";
    }
    return found;
  };
  window.walked = { stops, state, near, compared, wide };
})();
