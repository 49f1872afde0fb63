-- 好差评. A rating leads to no case and to nobody: `subject` is a keyed hash of what was rated, so that it is rated once.
-- Who gave their name is in `person`, which is empty for everybody else; what was said is sealed (with the person's key,
-- or with one of the rating's own).
CREATE TABLE rating (
    region     text COLLATE "C" NOT NULL,
    id         text COLLATE "C" NOT NULL,
    subject    bytea NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('case', 'visit')),
    body       text COLLATE "C" NOT NULL,
    service    text NOT NULL DEFAULT '',
    version    text NOT NULL DEFAULT '',
    name       jsonb NOT NULL,
    channel    text NOT NULL CHECK (channel IN ('online', 'letter', 'window', 'kiosk', 'phone')),
    level      smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    tags       text[] NOT NULL DEFAULT '{}',
    said       text NOT NULL DEFAULT '',
    at         timestamptz NOT NULL,
    changed_at timestamptz,
    case_id    text COLLATE "C" NOT NULL DEFAULT '',
    person     text COLLATE "C" NOT NULL DEFAULT '',
    handlers   text[] NOT NULL DEFAULT '{}',
    cure       text COLLATE "C" NOT NULL DEFAULT '',
    cure_end   text NOT NULL DEFAULT '',
    counts     boolean NOT NULL DEFAULT true,
    ended_at   timestamptz,
    comment    text NOT NULL DEFAULT 'none' CHECK (comment IN ('none', 'waiting', 'shown', 'kept')),
    shown      text NOT NULL DEFAULT '',
    cleared_by text COLLATE "C" NOT NULL DEFAULT '',
    reply      text NOT NULL DEFAULT '',
    replied_by text COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (region, id),
    UNIQUE (region, subject)
);
COMMENT ON COLUMN rating.shown IS 'What was said, as a person who looked for personal data lets it be read in public.';
CREATE INDEX rating_new ON rating (region, at, id);
CREATE INDEX rating_body ON rating (body, at DESC, id DESC);
CREATE INDEX rating_to_cure ON rating (at) WHERE level <= 2 AND cure = '';
CREATE INDEX rating_in_cure ON rating (region, id) WHERE cure <> '';
CREATE INDEX rating_to_clear ON rating (region, at) WHERE comment = 'waiting';
CREATE INDEX rating_shown ON rating (at DESC) WHERE comment = 'shown';
