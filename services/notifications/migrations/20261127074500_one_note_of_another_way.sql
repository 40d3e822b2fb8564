-- migrate:up

-- A coach is told of a wrong number in the same step as of a stop.
UPDATE messages SET step = 'coach_use_another_way'
 WHERE step = 'coach_use_another_way_on_wrong_number';

-- migrate:down
SELECT 1;
