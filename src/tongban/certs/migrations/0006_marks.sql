-- Further signatures over the same record: by another suite, or by the keys of a later day. What it says, its number and
-- its first signature stay as they are; the trigger that keeps a certificate final does not name this column.
ALTER TABLE certificate ADD COLUMN marks text NOT NULL DEFAULT '';
COMMENT ON COLUMN certificate.marks IS 'Sealed with the holder''s key; empty where there are none.';
