-- Choices are read by what is new since the last look, by every process every few seconds.
CREATE INDEX assist_opt_out_at ON assist_opt_out (at);
