"""An HRNN campaign over an encrypted group: getting_started notebook 3."""

from lab import *

schema_arn = make_schema("encrypted-schema", schema("Interactions", *PLAIN))
key = "arn:aws:kms:us-west-2:000000000000:key/11111111-2222-3333-4444-555555555555"
group = make_group("encrypted", roleArn=ROLE, kmsKeyArn=key)
dataset = make_dataset("encrypted-dataset", "INTERACTIONS", group, schema_arn)
# The notebook starts the import without waiting until the dataset is ACTIVE.
import_file("encrypted-import", dataset, "plain.csv")
assert personalize.list_recipes()["recipes"]
solution, version = train("encrypted-solution", group, "hrnn")
metrics = personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
assert {f"precision_at_{k}" for k in (5, 10, 25)} < set(metrics)
campaign = deploy("encrypted-campaign", version)
# The notebook also passes an itemId, from a randomly chosen interaction.
assert len(ids(runtime.get_recommendations(campaignArn=campaign, userId="7", itemId="3"))) == 25
