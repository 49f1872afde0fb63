-- Who could be drawn to inspect when the draw was announced (post and official); part of what is final.
ALTER TABLE inspection_draw ADD COLUMN inspectors text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN inspection_draw.inspectors IS 'Posts with the ids of the officials in them, who show their names to whom they inspect.';

CREATE OR REPLACE FUNCTION inspection_draw_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.drawn_at IS NOT NULL
       OR (NEW.region, NEW.body, NEW.id, NEW.service, NEW.wanted, NEW.leaf, NEW.announced_at, NEW.announced_by,
           NEW.inspectors)
          IS DISTINCT FROM
          (OLD.region, OLD.body, OLD.id, OLD.service, OLD.wanted, OLD.leaf, OLD.announced_at, OLD.announced_by,
           OLD.inspectors)
    THEN
        RAISE EXCEPTION 'a draw is final' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE INDEX inspection_draw_drawn ON inspection_draw USING gin (drawn);
