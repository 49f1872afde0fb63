// An example of a program that uses the platform: OAuth 2.1 with PKCE, the API, and pages of the platform inside it.
// Read it from the end. A phone app does the same with the system's browser and its own address (RFC 8252).
"use strict";

const frame = document.querySelector("[data-client]");
const { client, issuer } = frame.dataset;
const words = document.getElementById("words").dataset;
const redirect = `${issuer}/example-app`;
const byId = (id) => document.getElementById(id);
const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const secret = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

// Tokens live as long as this tab. A phone app keeps the refresh token in the system's key store.
const kept = sessionStorage;

async function connect() {
  const verifier = secret();
  const state = secret();
  kept.setItem("verifier", verifier);
  kept.setItem("state", state);
  const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  const asked = new URLSearchParams({
    response_type: "code", client_id: client, redirect_uri: redirect, scope: "read apply pages",
    code_challenge: challenge, code_challenge_method: "S256", state,
  });
  location.assign(`${issuer}/oauth/authorize?${asked}`);
}

async function tokens(fields) {
  const answer = await fetch(`${issuer}/api/oauth/token`, {
    method: "POST", credentials: "omit", body: new URLSearchParams({ client_id: client, ...fields }),
  });
  if (!answer.ok) throw new Error((await answer.json()).error);
  const issued = await answer.json();
  kept.setItem("access", issued.access_token);
  kept.setItem("refresh", issued.refresh_token);
}

// An access token lives a quarter of an hour; the refresh token is used once and brings the next pair.
async function call(path, options = {}, again = true) {
  const headers = { authorization: `Bearer ${kept.getItem("access")}`, ...(options.headers || {}) };
  const answer = await fetch(`${issuer}/api/v1${path}`, { ...options, headers, credentials: "omit" });
  if (answer.status === 401 && again && kept.getItem("refresh")) {
    await tokens({ grant_type: "refresh_token", refresh_token: kept.getItem("refresh") });
    return call(path, options, false);
  }
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail || body.title || answer.status);
  return body;
}

// The answer to `connect`: whoever sent it must know our state, and be the platform that we asked (RFC 9207).
async function answered(query) {
  const mine = query.get("state") === kept.getItem("state") && query.get("iss") === issuer;
  history.replaceState(null, "", redirect);
  if (!mine) return false;
  if (query.get("error")) {
    byId("said").textContent = words.refused;
    return true;
  }
  const verifier = kept.getItem("verifier");
  kept.removeItem("verifier");
  kept.removeItem("state");
  await tokens({ grant_type: "authorization_code", code: query.get("code"), redirect_uri: redirect, code_verifier: verifier });
  return false;
}

// What the platform says when a page of it leads back here: a JWS by one of its published keys, for us, just now.
async function verified(token) {
  const [head, body, proof] = token.split(".");
  const { kid, typ } = JSON.parse(new TextDecoder().decode(bytesOf(head)));
  const { keys } = await (await fetch(`${issuer}/api/v1/web-view/keys`)).json();
  const jwk = keys.find((key) => key.kid === kid);
  if (!jwk || typ !== "tongban-app+jws") return null;
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "Ed25519" }, false, ["verify"]);
  const good = await crypto.subtle.verify("Ed25519", key, bytesOf(proof), new TextEncoder().encode(`${head}.${body}`));
  const said = JSON.parse(new TextDecoder().decode(bytesOf(body)));
  const fresh = Math.abs(Date.now() - Date.parse(said.at)) < 5 * 60 * 1000;
  return good && said.iss === issuer && said.aud === client && fresh ? said : null;
}

async function show() {
  const { items } = await call("/cases");
  byId("said").textContent = words.connected;
  byId("cases").replaceChildren(...(items.length ? items : [{ case: words.none }]).map((item) => {
    const line = document.createElement("li");
    line.textContent = [item.case, item.service_name && (item.service_name[document.documentElement.lang.slice(0, 2)] || "")].filter(Boolean).join(" ");
    return line;
  }));
  byId("connect").hidden = true;
  byId("open").hidden = byId("leave").hidden = false;
}

byId("connect").addEventListener("click", connect);
byId("open").addEventListener("click", async () => {
  const { address } = await call("/web-view", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ page: "/services/residence-permit/start" }),
  });
  location.assign(address); // a phone app opens it in a web view
});
byId("leave").addEventListener("click", async () => {
  await fetch(`${issuer}/api/oauth/revoke`, {
    method: "POST", credentials: "omit", body: new URLSearchParams({ client_id: client, token: kept.getItem("access") }),
  });
  kept.clear();
  location.assign(redirect);
});

(async () => {
  try {
    const message = new URLSearchParams(location.hash.slice(1)).get("message");
    if (message) history.replaceState(null, "", redirect);
    const said = message && await verified(message);
    const query = new URLSearchParams(location.search);
    const refused = query.get("state") && await answered(query);
    if (!refused && kept.getItem("access")) await show();
    if (message) byId("said").textContent = said ? `${words.back} ${said.case}`.trim() : words.forged;
  } catch (error) {
    byId("said").textContent = words.failed + error.message;
  }
})();
