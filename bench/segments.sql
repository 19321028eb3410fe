-- segments.sql - a list of :people, made the same each time: half of them have a second topic, one in ten each reads Spanish, German and
-- English, the others have the site's language; some left, bounced or have not confirmed; and a campaign that every third person got.
PRAGMA synchronous = OFF;
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people)
INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at)
SELECT a, a, randomblob(16), iif(i % 2, 'Person ' || i, ''), CASE i % 10 WHEN 0 THEN 'es' WHEN 1 THEN 'de' WHEN 2 THEN 'en' ELSE '' END,
	1700000000 + i * 104729 % 60000000
FROM (SELECT i, 'person' || i || '@' || CASE WHEN i % 3 = 0 THEN 'gmail.com' WHEN i % 7 = 0 THEN 'example.org'
	WHEN i % 1000 = 1 THEN 'mail.example.net' ELSE 'd' || (i % 5000) || '.example' END AS a FROM n);
INSERT INTO subscription SELECT 1, id, CASE WHEN id % 20 = 0 THEN 2 WHEN id % 33 = 0 THEN 0 ELSE 1 END, created_at + 100 FROM subscriber;
INSERT INTO subscription SELECT 2, id, CASE WHEN id % 25 = 0 THEN 3 ELSE 1 END, created_at + 200 FROM subscriber WHERE id % 2 = 0;
INSERT INTO campaign (uuid, kind, topic_id, subject, state, created_at, created_by, start_at, started_at, finished_at)
	VALUES ('00000000-0000-4000-8000-000000000000', 'articles', 1, 's', 'done', 1, 'bench', 1, 1, 1);
INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at) SELECT 1, id, 1, 1, 1 FROM subscriber WHERE id % 3 = 0;
COMMIT;
