-- What people said, and what was said to them, is sealed (base.sealing). Where an event leads is no secret, and counts
-- need it without opening one.
ALTER TABLE case_event ADD COLUMN leads_to text NOT NULL DEFAULT '';
UPDATE case_event SET leads_to = coalesce(event ->> 'to', '');
