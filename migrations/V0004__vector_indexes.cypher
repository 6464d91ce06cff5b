// No dimension: the encoder that serves decides it. The properties behind WITH can be filtered by
// inside the index, which keeps the recall that a filter behind the search would lose.
CYPHER 25 CREATE VECTOR INDEX product_embedding IF NOT EXISTS
FOR (n:Product) ON (n.embedding) WITH [n.brand_id, n.category_id, n.in_stock, n.price]
OPTIONS {indexConfig: {`vector.similarity_function`: 'cosine'}};
CYPHER 25 CREATE VECTOR INDEX model_embedding IF NOT EXISTS
FOR (n:Model) ON (n.embedding) WITH [n.brand_id, n.category_id]
OPTIONS {indexConfig: {`vector.similarity_function`: 'cosine'}};
