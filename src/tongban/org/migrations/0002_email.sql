-- Where a person's letters are mailed, as their identity provider says; empty: the inbox and the post room.
ALTER TABLE person ADD COLUMN email text NOT NULL DEFAULT '';
