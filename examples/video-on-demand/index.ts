import * as pulumi from "@pulumi/pulumi";
import * as personalize from "pulumi-personalize";
import { ImportAccess } from "pulumi-personalize/components/import-access";

const config = new pulumi.Config();
const bucketName = config.require("bucketName");
const domain = "VIDEO_ON_DEMAND";
const fields = [
    { name: "USER_ID", type: "string" },
    { name: "ITEM_ID", type: "string" },
    { name: "EVENT_TYPE", type: "string" },
    { name: "TIMESTAMP", type: "long" },
];
const record = { type: "record", name: "Interactions", namespace: "com.amazonaws.personalize.schema", fields };
const text = JSON.stringify({ ...record, version: "1.0" });

const access = new ImportAccess("videos", { bucketName, roleName: "PersonalizeImport-videos" });
const schema = new personalize.Schema("videos", { domain, schema: text });
const group = new personalize.DatasetGroup("videos", { domain });
const dataset = new personalize.Dataset("videos", {
    datasetGroupArn: group.id,
    schemaArn: schema.id,
    datasetType: "INTERACTIONS",
});
const importJob = new personalize.DatasetImportJob("videos", {
    jobNamePrefix: "videos",
    datasetArn: dataset.id,
    dataLocation: `s3://${bucketName}/interactions.csv`,
    roleArn: access.roleArn,
    accessHash: access.accessHash,
});
const recommender = new personalize.Recommender(
    "videos",
    {
        datasetGroupArn: group.id,
        recipeArn: "arn:aws:personalize:::recipe/aws-vod-top-picks",
        recommenderConfig: { minRecommendationRequestsPerSecond: 1 },
        stopped: config.getBoolean("stopped"),
    },
    { dependsOn: importJob },
);

/** For GetRecommendations. */
export const recommenderArn = recommender.id;
