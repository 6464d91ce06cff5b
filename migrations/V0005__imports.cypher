// One node for each import: it says how far the import is, in the transaction that got it there.
CREATE CONSTRAINT import_id IF NOT EXISTS FOR (n:Import) REQUIRE n.id IS UNIQUE;
// Items whose sources contradict each other, in the order of pages.
CREATE INDEX product_contested_id IF NOT EXISTS FOR (n:Product) ON (n.contested, n.id);
CREATE INDEX model_contested_id IF NOT EXISTS FOR (n:Model) ON (n.contested, n.id);
