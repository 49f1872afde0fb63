-- Which case relies on which certificate, and the change that it has still to be told of: numbers and a word, no name.
CREATE TABLE certificate_reliance (
    region      text COLLATE "C" NOT NULL,
    case_id     text COLLATE "C" NOT NULL,
    certificate text COLLATE "C" NOT NULL,
    change      text,
    changed_at  timestamptz,
    PRIMARY KEY (region, case_id, certificate),
    CHECK ((change IS NULL) = (changed_at IS NULL))
);
CREATE INDEX certificate_relied_on ON certificate_reliance (certificate);
CREATE INDEX certificate_reliance_changed ON certificate_reliance (changed_at, case_id) WHERE changed_at IS NOT NULL;
