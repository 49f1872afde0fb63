-- How often rules were bent in favour, for everybody to see: the acts that the open page counts.
CREATE INDEX case_event_flexible ON case_event (type)
    WHERE type IN ('agree-easing', 'tolerate', 'accept-with-gaps', 'find-kept', 'revoke-false');
