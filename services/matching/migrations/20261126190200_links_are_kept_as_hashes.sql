-- migrate:up

-- Who reads this table cannot open an offer: the code of a link has 132 random bits, so its plain
-- hash gives nothing away.
ALTER TABLE offers ADD COLUMN code_hash bytea;
UPDATE offers SET code_hash = sha256(code::bytea);
ALTER TABLE offers ALTER COLUMN code_hash SET NOT NULL;
ALTER TABLE offers ADD CONSTRAINT the_hash_of_an_offer_link_is_known_once UNIQUE (code_hash);
ALTER TABLE offers DROP COLUMN code;

-- migrate:down
ALTER TABLE offers ADD COLUMN code text;
UPDATE offers SET code = encode(code_hash, 'hex');
ALTER TABLE offers ALTER COLUMN code SET NOT NULL;
ALTER TABLE offers ADD CONSTRAINT an_offer_link_is_known_once UNIQUE (code);
ALTER TABLE offers DROP COLUMN code_hash;
