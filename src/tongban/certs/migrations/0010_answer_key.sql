-- The key to which a wallet encrypts its answer (direct_post.jwt), sealed by the installation's secret. It goes as soon as
-- the request is answered, declined or over: what a proxy may have kept is then opened by nobody.
ALTER TABLE certificate_request ADD COLUMN key bytea CHECK (
    key IS NULL OR (answered_at IS NULL AND declined_at IS NULL AND ended_at IS NULL)
);
CREATE INDEX certificate_request_key ON certificate_request (until) WHERE key IS NOT NULL;
