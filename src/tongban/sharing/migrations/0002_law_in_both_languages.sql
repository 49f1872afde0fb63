-- The law of a look is shown to the person in their language.
ALTER TABLE shared_access ALTER COLUMN law TYPE jsonb USING jsonb_build_object('zh', law, 'en', law);
