-- Whoever booked a time is reminded of it once, on the working day before.
ALTER TABLE appointment ADD COLUMN reminded_at timestamptz;
CREATE INDEX appointment_reminder ON appointment (starts_at) WHERE state = 'booked' AND reminded_at IS NULL;
