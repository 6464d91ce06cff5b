// No dimension: the encoder that serves decides it. The properties behind WITH can be filtered by
// inside the index, which keeps the recall that a filter behind the search would lose.
// No quantization: the default, one bit for a number, finds .92 of the nearest ten and .80 behind a
// filter, where whole numbers find all of them and as fast (10,000 vectors of 128, see LAB.md).
CYPHER 25 CREATE VECTOR INDEX product_embedding IF NOT EXISTS
FOR (n:Product) ON (n.embedding) WITH [n.brand_id, n.category_id, n.in_stock, n.price]
OPTIONS {indexConfig: {
  `vector.similarity_function`: 'cosine',
  `vector.quantization.enabled`: false
}};
CYPHER 25 CREATE VECTOR INDEX model_embedding IF NOT EXISTS
FOR (n:Model) ON (n.embedding) WITH [n.brand_id, n.category_id]
OPTIONS {indexConfig: {
  `vector.similarity_function`: 'cosine',
  `vector.quantization.enabled`: false
}};
