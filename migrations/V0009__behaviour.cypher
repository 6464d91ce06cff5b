// What most shoppers bought, and what is new: where nothing else is known of a shopper.
CREATE INDEX product_buyers IF NOT EXISTS FOR (n:Product) ON (n.buyers);
CREATE INDEX product_first_seen IF NOT EXISTS FOR (n:Product) ON (n.first_seen);
