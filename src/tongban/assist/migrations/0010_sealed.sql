-- What machines said about somebody's case, what officials noted and made of it, and what was read from papers is sealed
-- with the key of the person whose case it is (base.sealing). The key is fetched under the program's own role before the
-- row is written: the role of this package reads no key. Rows of before are read as they are and sealed at the next start.

-- How much there was to read is asked of the log and must not need the text.
ALTER TABLE assist_call ADD COLUMN characters integer NOT NULL DEFAULT 0 CHECK (characters >= 0);
ALTER TABLE assist_call DISABLE TRIGGER assist_call_is_final;
UPDATE assist_call SET characters = char_length(coalesce(suggestion #>> '{text,zh}', '')) + coalesce(
    (SELECT sum(char_length(e ->> 'quote')) FROM jsonb_array_elements(suggestion -> 'evidence') e), 0)
 WHERE suggestion IS NOT NULL;
ALTER TABLE assist_call ENABLE TRIGGER assist_call_is_final;

-- A sealed sentence is longer than its words; how long these may be is checked before.
ALTER TABLE assist_own_view DROP CONSTRAINT assist_own_view_view_check;

-- Sealing a text of before is the one change that a record of these allows; what it says stays as it was.
CREATE OR REPLACE FUNCTION assist_rows_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sealed text[] := CASE TG_TABLE_NAME
        WHEN 'assist_call' THEN '{suggestion}'
        WHEN 'assist_settled' THEN '{reason}'
        WHEN 'assist_draft' THEN '{offered,sent}'
        WHEN 'routing_request' THEN '{said}'
        ELSE '{}' END::text[];
    name text;
BEGIN
    IF TG_OP = 'UPDATE' AND sealed <> '{}' AND to_jsonb(NEW) - sealed = to_jsonb(OLD) - sealed
       AND to_jsonb(NEW) <> to_jsonb(OLD)
    THEN
        FOREACH name IN ARRAY sealed LOOP
            CONTINUE WHEN to_jsonb(NEW) -> name = to_jsonb(OLD) -> name;
            IF NOT coalesce(NOT starts_with(to_jsonb(OLD) ->> name, 'sealed.1.')
                            AND starts_with(to_jsonb(NEW) ->> name, 'sealed.1.'), false)
            THEN
                RAISE EXCEPTION 'a record of what a machine or a human did is final' USING ERRCODE = 'restrict_violation';
            END IF;
        END LOOP;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a record of what a machine or a human did is final' USING ERRCODE = 'restrict_violation';
END
$$;
