-- What the public log commits to of an event, in words, sealed; empty for events of before the log.
ALTER TABLE case_event ADD COLUMN said text NOT NULL DEFAULT '';
