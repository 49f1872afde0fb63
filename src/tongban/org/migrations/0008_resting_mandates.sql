-- A mandate rests while the certificate on which it rests is suspended.
ALTER TABLE mandate ADD COLUMN rests_since timestamptz;
