-- What a run has to say although it went well, and the first moment that it read, by which a later run may answer it.
ALTER TABLE run ADD COLUMN IF NOT EXISTS note VARCHAR;
ALTER TABLE run ADD COLUMN IF NOT EXISTS read_from TIMESTAMP;
