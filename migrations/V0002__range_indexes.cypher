// What lists filter by. With the id behind it, an index also gives the order of the pages.
CREATE INDEX product_brand_id_id IF NOT EXISTS FOR (n:Product) ON (n.brand_id, n.id);
CREATE INDEX product_category_id_id IF NOT EXISTS FOR (n:Product) ON (n.category_id, n.id);
CREATE INDEX product_model_id_id IF NOT EXISTS FOR (n:Product) ON (n.model_id, n.id);
CREATE INDEX product_price IF NOT EXISTS FOR (n:Product) ON (n.price);
CREATE INDEX product_source_id IF NOT EXISTS FOR (n:Product) ON (n.source, n.id);
CREATE INDEX product_gtin IF NOT EXISTS FOR (n:Product) ON (n.gtin);
CREATE INDEX product_mpn IF NOT EXISTS FOR (n:Product) ON (n.mpn);
CREATE INDEX model_brand_id_id IF NOT EXISTS FOR (n:Model) ON (n.brand_id, n.id);
CREATE INDEX model_category_id_id IF NOT EXISTS FOR (n:Model) ON (n.category_id, n.id);
CREATE INDEX value_parameter_number IF NOT EXISTS FOR (n:Value) ON (n.parameter, n.number);
CREATE INDEX observation_product_at IF NOT EXISTS FOR (n:Observation) ON (n.product, n.at);
