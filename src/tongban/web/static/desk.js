// Shortcuts and announcements for the desk. Everything here can be done without it.
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const english = document.documentElement.lang === "en";
  const say = (text) => { const live = one("#live"); if (live) live.textContent = text; };

  // Single keys can be turned off (WCAG 2.1.4); the choice stays on this computer.
  const off = () => localStorage.getItem("keys") === "off";
  all("[data-keys]").forEach((box) => {
    box.checked = !off();
    box.disabled = false;
    box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
  });

  const open = (link) => { if (link) link.click(); else say(english ? "No further case" : "没有别的件了"); };
  const keys = {
    j: () => open(one("a[rel=next]") || (one(".pick") && one(".queue .row"))),
    k: () => open(one("a[rel=prev]")),
    "/": () => one("#s")?.focus(),
    "?": () => { location.href = "/desk/keys"; },
  };

  addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const send = one("#send");
      const ready = send && one("#decide .opt :checked") ? send : one("[data-send]");
      if (ready) { event.preventDefault(); ready.click(); }
      return;
    }
    const typing = event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select");
    if (typing || off() || event.ctrlKey || event.metaKey || event.altKey) return;
    const choice = /^[1-9]$/.test(event.key) && all("#decide .opt input")[event.key - 1];
    if (choice) {
      event.preventDefault();
      choice.checked = true;
      choice.focus();
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    } else if (/^[a-z1-9]$/.test(event.key) && one(`[data-key="${event.key}"]`)) {
      event.preventDefault();
      one(`[data-key="${event.key}"]`).click();
    }
  });

  // A preview that belongs to another choice, or to words that have changed since, is taken away.
  one("#decide")?.addEventListener("input", () => one("#preview")?.replaceChildren());
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "preview") return;
    say(english ? "Preview shown" : "已显示通知预览");
    one("#preview")?.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("htmx:beforeRequest", (event) => event.target.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (event) => event.target.removeAttribute("aria-busy"));
  document.addEventListener("htmx:responseError", () => one("#send") && say(english ? "No preview; see the messages" : "没有预览出来，请看提示"));

  // What needs attention comes into view first.
  const question = one("#intake :is(input:not([type=hidden]), select, textarea)");
  const first = one("#moved") || one("#errors") || question;
  if (first) first.focus();
  if (first && first === question) say(english ? "What is already known stands above" : "政府已有的在上面，请念给本人听");
  if (first) return;
  one(".row[aria-current]")?.scrollIntoView({ block: "nearest" });
})();
