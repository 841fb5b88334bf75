-- What no foreign key tells: the newest events of an order, by the bare limit's own SQL, and what a message says.
CREATE OR REPLACE FUNCTION orders_timeline(o orders, most int) RETURNS SETOF events LANGUAGE sql STABLE AS $$
SELECT * FROM (
(SELECT * FROM events WHERE subject_kind = 'Order' AND subject_id = o.id ORDER BY id DESC LIMIT most)
UNION ALL
(SELECT * FROM events WHERE within_kind = 'Order' AND within_id = o.id ORDER BY id DESC LIMIT most)
) both_ways ORDER BY id DESC LIMIT most $$;
CREATE OR REPLACE FUNCTION ticket_messages_said(m ticket_messages) RETURNS text LANGUAGE sql STABLE AS $$
SELECT coalesce(m.released_text, m.text) $$;
