// Which vectors serve: one node for each of the two properties that can hold them.
CREATE CONSTRAINT embedding_id IF NOT EXISTS FOR (n:Embedding) REQUIRE n.id IS UNIQUE;
// Where the vectors of the next model grow, beside those that serve.
CYPHER 25 CREATE VECTOR INDEX product_next_embedding IF NOT EXISTS
FOR (n:Product) ON (n.next_embedding) WITH [n.brand_id, n.category_id, n.in_stock, n.price]
OPTIONS {indexConfig: {
  `vector.similarity_function`: 'cosine',
  `vector.quantization.enabled`: false
}};
CYPHER 25 CREATE VECTOR INDEX model_next_embedding IF NOT EXISTS
FOR (n:Model) ON (n.next_embedding) WITH [n.brand_id, n.category_id]
OPTIONS {indexConfig: {
  `vector.similarity_function`: 'cosine',
  `vector.quantization.enabled`: false
}};
