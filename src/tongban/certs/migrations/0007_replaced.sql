-- Of a revoked certificate: the one that took its place (补证, 更正). Empty where none did.
ALTER TABLE certificate ADD COLUMN replaced_by text NOT NULL DEFAULT '';
