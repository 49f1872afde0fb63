-- 系统自动分办: a first move that no person made says what made it. Later moves are always a person's.
ALTER TABLE routing_move ADD COLUMN machine jsonb;
COMMENT ON COLUMN routing_move.machine IS 'use, version, confidence and words, where the platform assigned it by itself';
ALTER TABLE routing_move DROP CONSTRAINT routing_move_kind_check;
ALTER TABLE routing_move ADD CONSTRAINT routing_move_kind_check
    CHECK (kind IN ('sent', 'automatic', 'passed-on', 'checked'));
ALTER TABLE routing_move ADD CONSTRAINT routing_move_by_machine_check
    CHECK ((kind = 'automatic') = (machine IS NOT NULL) AND (kind <> 'automatic' OR (seq = 1 AND by_id = '')));
