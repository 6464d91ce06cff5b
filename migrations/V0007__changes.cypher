// What was written since a watermark, for exports that go on from an earlier one.
CREATE INDEX product_updated_at IF NOT EXISTS FOR (n:Product) ON (n.updated_at);
CREATE INDEX model_updated_at IF NOT EXISTS FOR (n:Model) ON (n.updated_at);
CREATE INDEX brand_updated_at IF NOT EXISTS FOR (n:Brand) ON (n.updated_at);
CREATE INDEX category_updated_at IF NOT EXISTS FOR (n:Category) ON (n.updated_at);
CREATE INDEX parameter_updated_at IF NOT EXISTS FOR (n:Parameter) ON (n.updated_at);
CREATE INDEX value_updated_at IF NOT EXISTS FOR (n:Value) ON (n.updated_at);
// Items that were deleted; closed ones are still there.
CREATE INDEX deletion_at IF NOT EXISTS FOR (n:Deletion) ON (n.at);
