-- Which keys have signed a certificate, first and further signatures together: the job that signs anew looks only at those
-- that the keys of today have not signed, so it can be stopped and started again. Empty for those of before.
ALTER TABLE certificate ADD COLUMN signed_by text[] NOT NULL DEFAULT '{}';
