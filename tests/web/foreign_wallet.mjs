// A wallet of another maker, driven by `test_foreign_wallet`: the OpenID4VC libraries of the OpenWallet Foundation and
// sd-jwt-js, from the folder that FOREIGN_WALLET names. One JSON object comes in, one goes out.
import { readFileSync } from "node:fs";
import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { pathToFileURL } from "node:url";

const asked = JSON.parse(readFileSync(0, "utf8"));
const shift = asked.now * 1000 - Date.now();
const Then = Date;
globalThis.Date = class extends Then {  // the time of the test's province
  constructor(...of) { super(...(of.length ? of : [Then.now() + shift])); }
  static now() { return Then.now() + shift; }
};
const from = (name, file) => import(pathToFileURL(`${process.env.FOREIGN_WALLET}/node_modules/${name}/${file}`));
const { Openid4vciClient } = await from("@openid4vc/openid4vci", "dist/index.mjs");
const { Openid4vpClient } = await from("@openid4vc/openid4vp", "dist/index.mjs");
const { clientAuthenticationAnonymous, setGlobalConfig } = await from("@openid4vc/oauth2", "dist/index.mjs");
const { SDJwtInstance } = await from("@sd-jwt/core", "dist/index.mjs");
const jose = await from("jose", "dist/webapi/index.js");
setGlobalConfig({ allowInsecureUrls: true });  // the test's province has no TLS

const pair = asked.jwk ? null : await jose.generateKeyPair("ES256", { extractable: true });
const secretJwk = asked.jwk || (await jose.exportJWK(pair.privateKey));
const { d: _, ...publicJwk } = secretJwk;
const secret = await jose.importJWK(secretJwk, "ES256");
const there = (url) => String(url).replace(asked.issuer, asked.address);

const callbacks = {
  fetch: (url, init) => fetch(there(url), init),
  hash: (data, algorithm) => new Uint8Array(createHash(algorithm.replace("-", "")).update(data).digest()),
  generateRandom: (count) => new Uint8Array(randomBytes(count)),
  clientAuthentication: clientAuthenticationAnonymous(),
  signJwt: async (signer, { header, payload }) => ({
    jwt: await new jose.SignJWT(payload).setProtectedHeader(header).sign(secret),
    signerJwk: publicJwk,
  }),
  verifyJwt: async (signer, { header, compact }) => {
    const certificate = new X509Certificate(Buffer.from(signer.x5c[0], "base64"));
    await jose.compactVerify(compact, certificate.publicKey, { algorithms: [header.alg] });
    return { verified: true, signerJwk: await jose.exportJWK(certificate.publicKey) };
  },
  decryptJwe: async () => ({ decrypted: false }),
  encryptJwe: async ({ publicJwk: jwk, alg, enc, apu, apv }, data) => {
    const making = new jose.CompactEncrypt(new TextEncoder().encode(data)).setProtectedHeader({ alg, enc, kid: jwk.kid });
    if (apu || apv) making.setKeyManagementParameters({ apu: apu && jose.base64url.decode(apu), apv: apv && jose.base64url.decode(apv) });
    return { encryptionJwk: jwk, jwe: await making.encrypt(await jose.importJWK(jwk, alg)) };
  },
  getX509CertificateMetadata: (text) => {
    const names = new X509Certificate(Buffer.from(text, "base64")).subjectAltName || "";
    return { sanDnsNames: names.split(", ").filter((one) => one.startsWith("DNS:")).map((one) => one.slice(4)), sanUriNames: [] };
  },
};

const fetched = async () => {
  const client = new Openid4vciClient({ callbacks });
  const credentialOffer = await client.resolveCredentialOffer(asked.offer);
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
  const [credentialConfigurationId] = credentialOffer.credential_configuration_ids;
  const { accessTokenResponse } = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata, txCode: asked.digits });
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
  const proof = await client.createCredentialRequestJwtProof({
    issuerMetadata, credentialConfigurationId, nonce, signer: { method: "jwk", publicJwk, alg: "ES256" },
  });
  const retrieve = () => client.retrieveCredentials({
    issuerMetadata, credentialConfigurationId, accessToken: accessTokenResponse.access_token, proofs: { jwt: [proof.jwt] },
  });
  const { credentialResponse } = await retrieve();
  if (credentialResponse.credentials) return { jwk: secretJwk, credential: credentialResponse.credentials[0].credential };
  const later = { accessToken: accessTokenResponse.access_token, transactionId: credentialResponse.transaction_id };
  return { jwk: secretJwk, interval: credentialResponse.interval, later };
};

const again = async () => {  // deferred issuance: the wallet comes back
  const client = new Openid4vciClient({ callbacks });
  const issuerMetadata = await client.resolveIssuerMetadata(asked.issuer);
  const { deferredCredentialResponse } = await client.retrieveDeferredCredentials({ issuerMetadata, ...asked.later });
  return deferredCredentialResponse;
};

const presented = async () => {
  const client = new Openid4vpClient({ callbacks });
  const parsed = client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: asked.request });
  const { authorizationRequestPayload: request, client: verifier, dcql } =
    await client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: parsed.params });
  const issuerKeys = await (await fetch(`${asked.address}/.well-known/jwt-vc-issuer`)).json();
  const sdJwt = new SDJwtInstance({
    hasher: (data, algorithm) => new Uint8Array(createHash(algorithm.replace("-", "")).update(data).digest()),
    hashAlg: "sha-256",
    verifier: async (data, signature) => {
      const { kid } = JSON.parse(Buffer.from(data.split(".")[0], "base64url"));
      const key = await jose.importJWK(issuerKeys.jwks.keys.find((one) => one.kid === kid));
      await jose.compactVerify(`${data}.${signature}`, key);
      return true;
    },
    kbSigner: async (data) => Buffer.from(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, secret, new TextEncoder().encode(data))).toString("base64url"),
    kbSignAlg: "ES256",
  });
  await sdJwt.validate(asked.credential, {});
  const [query] = dcql.query.credentials, frame = {};
  for (const { path } of query.claims) {
    let branch = frame;
    for (const step of path.slice(0, -1)) branch = branch[step] = typeof branch[step] === "object" ? branch[step] : {};
    branch[path.at(-1)] = true;
  }
  const shown = await sdJwt.present(asked.credential, frame, {
    kb: { payload: { iat: Math.floor(Date.now() / 1000), nonce: request.nonce, aud: request.client_id } },
  });
  const response = await client.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: request,
    clientMetadata: request.client_metadata,
    authorizationResponsePayload: { vp_token: { [query.id]: [shown] } },
    ...(request.response_mode.endsWith(".jwt") && {
      jarm: { encryption: { nonce: "wallet" }, serverMetadata: { authorization_encryption_alg_values_supported: ["ECDH-ES"], authorization_encryption_enc_values_supported: ["A128GCM", "A256GCM"] } },
    }),
  });
  const sent = await client.submitOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: request, authorizationResponsePayload: response.authorizationResponsePayload, jarm: response.jarm && { responseJwt: response.jarm.responseJwt },
  });
  return { verifier: verifier.prefix || verifier.scheme, mode: request.response_mode, status: sent.response.status, body: await sent.response.text() };
};

console.log(JSON.stringify(await { fetch: fetched, again, present: presented }[asked.do]()));
