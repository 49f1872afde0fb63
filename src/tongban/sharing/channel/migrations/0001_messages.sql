-- The database of a node: what was received once, what was answered, and the log of messages.
-- Every table is partitioned by time, so that the old goes by dropping a partition (channel/store.py makes and drops them).

-- A signature that has been used. It cannot be used again within its window, and the row is worth nothing after it.
CREATE TABLE x1_nonce (
    created timestamptz NOT NULL,
    key_id text NOT NULL,
    nonce text NOT NULL,
    PRIMARY KEY (created, key_id, nonce)
) PARTITION BY RANGE (created);

-- The answer to a message id, for a day, for whoever asks again because the first answer was lost on the way.
-- Sealed under a key made from the question itself and a secret that is not in this database.
CREATE TABLE x1_answer (
    message_id uuid NOT NULL,
    client text NOT NULL,
    question bytea NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (message_id, client)
) PARTITION BY RANGE (message_id);

-- One line a message, answered or refused: enough to prove years later who asked what kind of thing on which grant and
-- what was answered, nothing of what it was about. Empty where a message was not genuine enough to say it.
CREATE TABLE x1_message (
    at timestamptz NOT NULL,
    id uuid NOT NULL,
    client text NOT NULL,
    key_id text NOT NULL,
    service text NOT NULL,
    purpose text NOT NULL,
    matter text NOT NULL,
    asker text NOT NULL,
    message_id uuid,
    repeat_key text NOT NULL,
    target text NOT NULL,
    digest text NOT NULL,
    parameters text NOT NULL,
    signature bytea NOT NULL,
    code text NOT NULL,
    status integer NOT NULL,
    answer_digest text NOT NULL,
    answer_parameters text NOT NULL,
    answer_signature bytea NOT NULL,
    milliseconds integer NOT NULL,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);

CREATE INDEX x1_message_by_message ON x1_message (message_id) WHERE message_id IS NOT NULL;
