// Facts that models state: taken back by model and run, reviewed in the order of what they teach,
// learnt from in the order of decisions. The facts of catalogs have none of these properties.
CREATE INDEX has_parameter_model_run IF NOT EXISTS
FOR ()-[r:HAS_PARAMETER]-() ON (r.model, r.run);
CREATE INDEX has_parameter_teaches_proposal IF NOT EXISTS
FOR ()-[r:HAS_PARAMETER]-() ON (r.teaches, r.proposal);
CREATE INDEX has_parameter_decided_at_proposal IF NOT EXISTS
FOR ()-[r:HAS_PARAMETER]-() ON (r.decided_at, r.proposal);
