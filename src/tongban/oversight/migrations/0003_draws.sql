-- Draws of whom to inspect: announced first, decided by a leaf of the public log that did not exist yet.
CREATE TABLE inspection_draw (
    region       text COLLATE "C" NOT NULL,
    body         text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    service      text NOT NULL,
    wanted       integer NOT NULL CHECK (wanted > 0),
    leaf         bigint NOT NULL,
    announced_at timestamptz NOT NULL,
    announced_by text NOT NULL,
    seed         bytea NOT NULL DEFAULT '',
    drawn_at     timestamptz,
    among        integer NOT NULL DEFAULT 0,
    "limit"      bytea NOT NULL DEFAULT '',
    drawn        text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (region, body, id)
);
CREATE UNIQUE INDEX inspection_draw_open ON inspection_draw (region, body) WHERE drawn_at IS NULL;
CREATE INDEX inspection_draw_latest ON inspection_draw (announced_at DESC, id DESC);
COMMENT ON COLUMN inspection_draw.drawn IS 'Codes of businesses, which the register of businesses publishes.';

-- An announced draw is never taken back, and what it drew is never drawn again.
CREATE FUNCTION inspection_draw_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.drawn_at IS NOT NULL
       OR (NEW.region, NEW.body, NEW.id, NEW.service, NEW.wanted, NEW.leaf, NEW.announced_at, NEW.announced_by)
          IS DISTINCT FROM
          (OLD.region, OLD.body, OLD.id, OLD.service, OLD.wanted, OLD.leaf, OLD.announced_at, OLD.announced_by)
    THEN
        RAISE EXCEPTION 'a draw is final' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER inspection_draw_is_final BEFORE UPDATE OR DELETE ON inspection_draw
    FOR EACH ROW EXECUTE FUNCTION inspection_draw_is_final();
