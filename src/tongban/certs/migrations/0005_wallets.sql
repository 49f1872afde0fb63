-- Certificates in wallets (OpenID4VCI). Of codes and tokens only digests are kept; of the digits that go with a code a
-- digest together with the code, so that what is stored lets nobody guess them.
CREATE TABLE wallet_offer (
    holder      text NOT NULL,
    id          text NOT NULL,
    certificate text NOT NULL,
    code        bytea NOT NULL CHECK (octet_length(code) = 32),
    proof       bytea NOT NULL CHECK (octet_length(proof) = 32),
    tries       integer NOT NULL DEFAULT 0,
    made_at     timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    token       bytea CHECK (octet_length(token) = 32),
    redeemed_at timestamptz,
    token_until timestamptz,
    ended_at    timestamptz,
    PRIMARY KEY (holder, id),
    CHECK ((token IS NULL) = (redeemed_at IS NULL) AND (token IS NULL) = (token_until IS NULL))
);
CREATE UNIQUE INDEX wallet_offer_code ON wallet_offer (code);
CREATE UNIQUE INDEX wallet_offer_token ON wallet_offer (token) WHERE token IS NOT NULL;
CREATE INDEX wallet_offer_until ON wallet_offer (until);

-- The keys that hold a copy of a certificate: one copy for each key, one key for each copy. The rows are what its holder
-- sees of their wallets; a key that was ended presents nothing at our counters any more.
CREATE TABLE wallet_key (
    holder      text NOT NULL,
    id          text NOT NULL,
    certificate text NOT NULL,
    thumbprint  bytea NOT NULL CHECK (octet_length(thumbprint) = 32),
    bound_at    timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    ended_at    timestamptz,
    PRIMARY KEY (holder, id)
);
CREATE UNIQUE INDEX wallet_key_thumbprint ON wallet_key (thumbprint);
CREATE INDEX wallet_key_of ON wallet_key (holder, certificate, bound_at DESC);

-- Nonces of ours that were used, until they would have run out anyway. Nobody's.
CREATE TABLE wallet_nonce (
    nonce bytea PRIMARY KEY CHECK (octet_length(nonce) = 32),
    until timestamptz NOT NULL
);
