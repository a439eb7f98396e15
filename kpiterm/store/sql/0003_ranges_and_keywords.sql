-- Traffic of several days, and estimates of a search phrase, which was part of the metric's name before. Rows of one day
-- have no last_day, so that those that are stored equal those that are read again.
ALTER TABLE traffic_day ADD COLUMN IF NOT EXISTS last_day DATE;
ALTER TABLE traffic_day ADD COLUMN IF NOT EXISTS detail VARCHAR;
ALTER TABLE traffic_day_history ADD COLUMN IF NOT EXISTS last_day DATE;
ALTER TABLE traffic_day_history ADD COLUMN IF NOT EXISTS detail VARCHAR;
ALTER TABLE market_estimate ADD COLUMN IF NOT EXISTS keyword VARCHAR;
ALTER TABLE market_estimate_history ADD COLUMN IF NOT EXISTS keyword VARCHAR;

UPDATE market_estimate
SET keyword = regexp_extract(metric, '^[^:]+:([^:]+)', 1), metric = regexp_replace(metric, '^([^:]+):[^:]+', '\1')
WHERE keyword IS NULL AND regexp_matches(metric, '^(search_volume|search_volume_week|share_of_voice_[a-z]+):.');

UPDATE market_estimate_history
SET keyword = regexp_extract(metric, '^[^:]+:([^:]+)', 1), metric = regexp_replace(metric, '^([^:]+):[^:]+', '\1')
WHERE keyword IS NULL AND regexp_matches(metric, '^(search_volume|search_volume_week|share_of_voice_[a-z]+):.');
