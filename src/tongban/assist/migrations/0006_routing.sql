-- Requests in citizens' words, where they were sent, and what officials said about hot spots. Rows are only ever added.

CREATE TABLE routing_request (
    region   text COLLATE "C" NOT NULL,
    id       text COLLATE "C" NOT NULL,
    at       timestamptz NOT NULL,
    said     text NOT NULL CHECK (said <> ''),
    urgency  text NOT NULL,
    rule     text NOT NULL,
    taken_by text COLLATE "C" NOT NULL,
    office   text COLLATE "C" NOT NULL,
    call     text COLLATE "C" NOT NULL,
    top      jsonb NOT NULL,
    PRIMARY KEY (region, id)
);
COMMENT ON COLUMN routing_request.call IS 'of the gate''s log; empty where no machine was asked or it abstained';
COMMENT ON COLUMN routing_request.top IS 'what was suggested: categories with their confidence';
CREATE INDEX routing_request_office ON routing_request (office, at DESC, id DESC);

-- Where a request was sent, time and again; the last row is where it is. `checked` looks at a move for the trainer.
CREATE TABLE routing_move (
    region   text COLLATE "C" NOT NULL,
    request  text COLLATE "C" NOT NULL,
    seq      integer NOT NULL CHECK (seq > 0),
    at       timestamptz NOT NULL,
    kind     text NOT NULL CHECK (kind IN ('sent', 'passed-on', 'checked')),
    category text NOT NULL,
    body     text COLLATE "C" NOT NULL,
    by_id    text COLLATE "C" NOT NULL,
    post     text COLLATE "C" NOT NULL,
    why      text NOT NULL,
    PRIMARY KEY (region, request, seq)
);
CREATE INDEX routing_move_body ON routing_move (body, at DESC, request DESC);

-- 人工合并、拆分: two requests that somebody put together or apart.
CREATE TABLE routing_pair (
    region text COLLATE "C" NOT NULL,
    id     uuid NOT NULL,
    at     timestamptz NOT NULL,
    kind   text NOT NULL CHECK (kind IN ('together', 'apart')),
    one    text COLLATE "C" NOT NULL,
    other  text COLLATE "C" NOT NULL,
    by_id  text COLLATE "C" NOT NULL,
    post   text COLLATE "C" NOT NULL,
    why    text NOT NULL CHECK (btrim(why) <> ''),
    PRIMARY KEY (region, id)
);

CREATE TRIGGER routing_request_is_final BEFORE UPDATE OR DELETE ON routing_request
    FOR EACH ROW EXECUTE FUNCTION assist_rows_are_final();
CREATE TRIGGER routing_move_is_final BEFORE UPDATE OR DELETE ON routing_move
    FOR EACH ROW EXECUTE FUNCTION assist_rows_are_final();
CREATE TRIGGER routing_pair_is_final BEFORE UPDATE OR DELETE ON routing_pair
    FOR EACH ROW EXECUTE FUNCTION assist_rows_are_final();

SELECT assist_grant('routing_request', 'SELECT, INSERT');
SELECT assist_grant('routing_move', 'SELECT, INSERT');
SELECT assist_grant('routing_pair', 'SELECT, INSERT');
