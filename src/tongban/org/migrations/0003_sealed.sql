-- Names, numbers, telephones, birthdays and addresses are sealed (base.sealing). Rows of before are read as they are and
-- sealed at the next start. An identity number is looked up by its keyed hash.
ALTER TABLE person ALTER COLUMN birth_date TYPE text USING coalesce(birth_date::text, '');
ALTER TABLE person ALTER COLUMN birth_date SET DEFAULT '';
ALTER TABLE person ALTER COLUMN birth_date SET NOT NULL;
ALTER TABLE person ADD COLUMN number_blind bytea;
CREATE UNIQUE INDEX person_number_blind ON person (number_blind);
DROP INDEX person_number;
CREATE UNIQUE INDEX person_number ON person (id_number) WHERE id_number <> '' AND NOT starts_with(id_number, 'sealed.');
