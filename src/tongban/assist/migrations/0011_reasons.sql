-- Why a request was passed on, and why two were put together or apart, is sealed with the key of the request.

-- Sealing a text of before is the one change that a record of these allows; what it says stays as it was.
CREATE OR REPLACE FUNCTION assist_rows_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sealed text[] := CASE TG_TABLE_NAME
        WHEN 'assist_call' THEN '{suggestion}'
        WHEN 'assist_settled' THEN '{reason}'
        WHEN 'assist_draft' THEN '{offered,sent}'
        WHEN 'routing_request' THEN '{said}'
        WHEN 'routing_move' THEN '{why}'
        WHEN 'routing_pair' THEN '{why}'
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
