-- Where a certificate was replaced, a case goes on to rest on the one in its place; `first` is the one it named.
ALTER TABLE certificate_reliance ADD COLUMN first text COLLATE "C" NOT NULL DEFAULT '';
