-- What sort of thing was asked, as one of 32 bands; what drift of inputs is seen by. No text can be got back from it.
ALTER TABLE assist_call ADD COLUMN input_band smallint CHECK (input_band BETWEEN 0 AND 31);
