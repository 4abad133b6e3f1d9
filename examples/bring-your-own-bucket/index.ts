import * as pulumi from "@pulumi/pulumi";
import { usePlugin } from "pulumi-personalize";
import { ImportAccess } from "pulumi-personalize/components/import-access";
import { TrainedCampaign } from "pulumi-personalize/components/trained-campaign";

// Pulumi finds the plugin on PATH: export PATH=$PWD/node_modules/.bin:$PATH
usePlugin();

const config = new pulumi.Config();
const bucketName = config.require("bucketName");
const tags = { team: "films" };
const fields = [
    { name: "USER_ID", type: "string" },
    { name: "ITEM_ID", type: "string" },
    { name: "TIMESTAMP", type: "long" },
];
const record = { type: "record", name: "Interactions", namespace: "com.amazonaws.personalize.schema", fields };
const schema = JSON.stringify({ ...record, version: "1.0" });

const access = new ImportAccess("films", {
    bucketName,
    // If config `setBucketPolicy` is false, add the statements of `access.bucketPolicy` to the bucket's policy
    // yourself.
    setBucketPolicy: config.getBoolean("setBucketPolicy"),
    readPrefixes: ["interactions.csv"],
    roleName: "PersonalizeImport-films",
    tags,
});
const recommender = new TrainedCampaign("films", {
    interactions: { schema, dataLocation: `s3://${bucketName}/interactions.csv` },
    roleArn: access.roleArn,
    accessHash: access.accessHash,
    campaign: { minProvisionedTPS: config.getNumber("minProvisionedTPS") },
    eventTracker: true,
    tags,
});

export const { campaignArn } = recommender;
/** For PutEvents. */
export const { trackingId } = recommender;
