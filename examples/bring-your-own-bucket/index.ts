import * as pulumi from "@pulumi/pulumi";
import * as personalize from "pulumi-personalize";

// Pulumi finds the plugin on PATH: export PATH=$PWD/node_modules/.bin:$PATH
personalize.usePlugin();

const config = new pulumi.Config();
const region = new pulumi.Config("personalize").get("region");
const tags = { team: "films" };
const fields = [
    { name: "USER_ID", type: "string" },
    { name: "ITEM_ID", type: "string" },
    { name: "TIMESTAMP", type: "long" },
];
const record = { type: "record", name: "Interactions", namespace: "com.amazonaws.personalize.schema", fields };
const text = JSON.stringify({ ...record, version: "1.0" });

const schema = new personalize.Schema("films", { region, name: "films", schema: text });
const group = new personalize.DatasetGroup("films", { region, tags, name: "films" });
const ofGroup = { region, tags, name: "films", datasetGroupArn: group.id };
const dataset = new personalize.Dataset("films", { ...ofGroup, schemaArn: schema.id, datasetType: "INTERACTIONS" });
const importJob = new personalize.DatasetImportJob("films", {
    region,
    tags,
    jobNamePrefix: "films",
    datasetArn: dataset.id,
    dataLocation: `s3://${config.require("bucketName")}/interactions.csv`,
    roleArn: config.requireSecret("roleArn"),
});
const tracker = new personalize.EventTracker("films", ofGroup, { dependsOn: dataset });
const solution = new personalize.Solution(
    "films",
    { ...ofGroup, recipeArn: "arn:aws:personalize:::recipe/aws-user-personalization-v2" },
    { dependsOn: dataset },
);
const version = new personalize.SolutionVersion("films", {
    region,
    tags,
    solutionArn: solution.id,
    importJobArn: importJob.id,
});
const campaign = new personalize.Campaign("films", {
    region,
    tags,
    name: "films",
    solutionArn: solution.id,
    solutionVersionArn: version.id,
    minProvisionedTPS: config.getNumber("minProvisionedTPS"),
});

export const campaignArn = campaign.id;
/** For PutEvents. */
export const { trackingId } = tracker;
