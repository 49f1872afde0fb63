-- Results that go by post: where to (sealed with the person's key), who gave them to the carrier, and where they are.
-- A parcel that comes back is fetched at the hall that sent it.
CREATE TABLE parcel (
    person     text COLLATE "C" NOT NULL,
    case_id    text COLLATE "C" NOT NULL,
    region     text COLLATE "C" NOT NULL,
    hall       text COLLATE "C" NOT NULL,
    address    text NOT NULL,
    asked_at   timestamptz NOT NULL,
    state      text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'handed', 'under-way', 'delivered', 'returned')),
    state_at   timestamptz NOT NULL,
    number     text COLLATE "C" NOT NULL DEFAULT '',
    official   text COLLATE "C" NOT NULL DEFAULT '',
    post       text COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (person, case_id)
);
COMMENT ON COLUMN parcel.number IS 'The carrier''s number.';
CREATE INDEX parcel_hall ON parcel (region, hall, asked_at) WHERE state <> 'delivered';
CREATE INDEX parcel_moving ON parcel (state_at) WHERE state IN ('handed', 'under-way');
