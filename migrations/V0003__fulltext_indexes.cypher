// cjk cuts Chinese into overlapping pairs of characters and everything else into lower-case words.
CREATE FULLTEXT INDEX entity_names IF NOT EXISTS FOR (n:Entity) ON EACH [n.names]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}};
CREATE FULLTEXT INDEX product_text IF NOT EXISTS FOR (n:Product) ON EACH [n.title, n.description]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}};
