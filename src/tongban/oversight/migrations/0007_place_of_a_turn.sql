-- After which case of its moment a job goes on: more cases may end in one moment than a turn takes in.
ALTER TABLE watched_turn ADD COLUMN case_id text COLLATE "C" NOT NULL DEFAULT '';
