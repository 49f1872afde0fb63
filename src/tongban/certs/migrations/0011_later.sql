-- A certificate that is not yet issued, offered to a wallet beforehand: the offer is of the case that it will come of.
ALTER TABLE wallet_offer
    ADD COLUMN region text,
    ADD COLUMN case_id text,
    ADD COLUMN type text,
    ADD CHECK ((certificate = '') = (case_id IS NOT NULL) AND (case_id IS NULL) = (region IS NULL)
               AND (case_id IS NULL) = (type IS NULL));

-- A wallet that waits for such a certificate (OpenID4VCI: deferred issuance), with the public keys to which its copies
-- will be bound. Of the token and the transaction only digests are kept.
CREATE TABLE wallet_waiting (
    holder      text NOT NULL,
    id          text NOT NULL,
    region      text NOT NULL,
    case_id     text NOT NULL,
    type        text NOT NULL,
    transaction bytea NOT NULL CHECK (octet_length(transaction) = 32),
    token       bytea NOT NULL CHECK (octet_length(token) = 32),
    keys        jsonb NOT NULL,
    made_at     timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    PRIMARY KEY (holder, id)
);
CREATE UNIQUE INDEX wallet_waiting_token ON wallet_waiting (token);
CREATE INDEX wallet_waiting_of ON wallet_waiting (holder, case_id);
CREATE INDEX wallet_waiting_until ON wallet_waiting (until);
