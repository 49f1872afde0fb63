-- A case may rest on a certificate of another installation: where its issuer's list of status has it, how it stood there
-- when that was last seen, and when that was.
ALTER TABLE certificate_reliance
    ADD COLUMN uri      text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN place    bigint NOT NULL DEFAULT 0,
    ADD COLUMN standing text NOT NULL DEFAULT 'valid'
        CHECK (standing IN ('valid', 'suspended', 'revoked', 'unknown')),
    ADD COLUMN seen_at  timestamptz;
CREATE INDEX certificate_reliance_elsewhere ON certificate_reliance (certificate) WHERE uri <> '';
