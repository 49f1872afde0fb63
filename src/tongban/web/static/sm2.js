// Whether an SM2 signature holds (GB/T 32918.2 §7, the curve of GB/T 32918.5, SM3 of GB/T 32905). Browsers have neither.
// Public values only, so it need not hide how long it takes. The same answers as `tongban.base.crypto.gm`.
(() => {
  "use strict";

  // --- SM3: 32 bytes of a message -----------------------------------------------------------------------------------
  const START = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
  const turned = (word, by) => (word << by) | (word >>> (32 - by));  // the operators take `by` modulo 32
  const spread = (word) => word ^ turned(word, 15) ^ turned(word, 23);
  const mixed = (word) => word ^ turned(word, 9) ^ turned(word, 17);

  const padded = (message) => {
    const bytes = new Uint8Array((Math.floor((message.length + 8) / 64) + 1) * 64), view = new DataView(bytes.buffer);
    bytes.set(message);
    bytes[message.length] = 0x80;
    view.setBigUint64(bytes.length - 8, BigInt(message.length) * 8n);
    return view;
  };
  const compressed = (state, words) => {
    let [a, b, c, d, e, f, g, h] = state;
    for (let n = 0; n < 64; n += 1) {
      const early = n < 16, top = turned(a, 12);
      const one = turned(top + e + turned(early ? 0x79cc4519 : 0x7a879d8a, n), 7);
      const left = (early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + (one ^ top) + (words[n] ^ words[n + 4]);
      const right = (early ? e ^ f ^ g : (e & f) | (~e & g)) + h + one + words[n];
      [a, b, c, d] = [left | 0, a, turned(b, 9), c];
      [e, f, g, h] = [mixed(right | 0), e, turned(f, 19), g];
    }
    return [a, b, c, d, e, f, g, h].map((word, n) => word ^ state[n]);
  };
  const sm3 = (message) => {
    const view = padded(message), words = new Int32Array(68), digest = new DataView(new ArrayBuffer(32));
    let state = START;
    for (let at = 0; at < view.byteLength; at += 64) {
      for (let n = 0; n < 16; n += 1) words[n] = view.getInt32(at + n * 4);
      for (let n = 16; n < 68; n += 1) words[n] = spread(words[n - 16] ^ words[n - 9] ^ turned(words[n - 3], 15)) ^ turned(words[n - 13], 7) ^ words[n - 6];
      state = compressed(state, words);
    }
    state.forEach((word, n) => digest.setInt32(n * 4, word));
    return new Uint8Array(digest.buffer);
  };

  // --- the curve y² = x³ − 3x + b over the numbers modulo p; its points are all of one group, of prime order n -------
  const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
  const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
  const A = P - 3n, B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
  const G = {
    x: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
    y: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
    z: 1n,
  };
  const NOWHERE = { x: 1n, y: 1n, z: 0n };  // the point at infinity; a point stands at (x / z², y / z³)
  const mod = (number) => { const rest = number % P; return rest < 0n ? rest + P : rest; };
  const onCurve = ({ x, y }) => x < P && y < P && mod(y * y - (x * x + A) * x - B) === 0n;

  const doubled = ({ x, y, z }) => {
    const delta = mod(z * z), gamma = mod(y * y), beta = mod(x * gamma), alpha = mod(3n * (x - delta) * (x + delta));
    const x3 = mod(alpha * alpha - 8n * beta);
    return { x: x3, y: mod(alpha * (4n * beta - x3) - 8n * gamma * gamma), z: mod(2n * y * z) };
  };
  const sum = (one, two) => {
    if (one.z === 0n) return two;
    if (two.z === 0n) return one;
    const oneZ = mod(one.z * one.z), twoZ = mod(two.z * two.z);
    const u = mod(one.x * twoZ), s = mod(one.y * two.z * twoZ);
    const h = mod(two.x * oneZ - u), r = mod(two.y * one.z * oneZ - s);
    if (h === 0n) return r === 0n ? doubled(one) : NOWHERE;
    const hh = mod(h * h), hhh = mod(h * hh), v = mod(u * hh), x = mod(r * r - hhh - 2n * v);
    return { x, y: mod(r * (v - x) - s * hhh), z: mod(one.z * two.z * h) };
  };
  const bitsOf = (number) => number.toString(2).padStart(256, "0");
  const combined = (s, t, point) => {  // [s]G + [t]point, both in one walk over their bits
    const sums = [NOWHERE, point, G, sum(G, point)], ofS = bitsOf(s), ofT = bitsOf(t);
    let found = NOWHERE;
    for (let n = 0; n < 256; n += 1) {
      found = doubled(found);
      found = sum(found, sums[(ofS[n] === "1") * 2 + (ofT[n] === "1")]);
    }
    return found;
  };

  // --- the signature -------------------------------------------------------------------------------------------------
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const bytesOf = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const numbers = (bytes) => [bytes.subarray(0, 32), bytes.subarray(32)].map((half) => BigInt(`0x${hex(half)}`));
  const SIGNER = hex(new TextEncoder().encode("1234567812345678"));  // who has no other id (GM/T 0009 §10)
  const BEFORE = `0080${SIGNER}${[A, B, G.x, G.y].map((one) => one.toString(16).padStart(64, "0")).join("")}`;

  /** Whether `signature` (r and s, 32 bytes each) over `message` is by the key with the point `key` (x and y). */
  const holds = (key, signature, message) => {
    if (key.length !== 64 || signature.length !== 64) return false;
    const [x, y] = numbers(key), [r, s] = numbers(signature), t = (r + s) % N;
    if (!onCurve({ x, y }) || r === 0n || s === 0n || r >= N || s >= N || t === 0n) return false;
    const z = hex(sm3(bytesOf(BEFORE + hex(key)))), e = BigInt(`0x${hex(sm3(bytesOf(z + hex(message))))}`);
    const found = combined(s, t, { x, y, z: 1n }), there = ((r - e) % N + N) % N;
    // r = (e + x) mod n leaves one x, or two where the first is below p − n: compared without a division.
    return found.z !== 0n && [there, there + N].some((each) => each < P && mod(each * found.z * found.z) === found.x);
  };
  globalThis.sm2 = Object.freeze({ holds, sm3 });
})();
