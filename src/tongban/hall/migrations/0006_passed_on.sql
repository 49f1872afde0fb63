-- A number that is passed on may be meant for one window; when nobody there calls it in time, every window may.
ALTER TABLE ticket ADD COLUMN meant text COLLATE "C" NOT NULL DEFAULT '', ADD COLUMN meant_until timestamptz;
COMMENT ON COLUMN ticket.meant IS 'The window it was passed on to; empty: any.';
