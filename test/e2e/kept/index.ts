import * as pulumi from "@pulumi/pulumi";
import { Campaign, usePlugin } from "pulumi-personalize";
import { ImportAccess } from "pulumi-personalize/components/import-access";
import { TrainedCampaign } from "pulumi-personalize/components/trained-campaign";

/** The program of test/e2e/kept.spec.ts. Its configuration changes one thing in each test. */

const config = new pulumi.Config();
if (config.getBoolean("plugin")) usePlugin();
const bucketName = config.require("bucketName");
const resourceName = `films${config.get("suffix") ?? ""}`;
const fields = ["USER_ID", "ITEM_ID", "TIMESTAMP"].map((name) => ({
    name,
    type: name === "TIMESTAMP" ? "long" : "string",
}));
const record = { type: "record", name: "Interactions", namespace: "com.amazonaws.personalize.schema", fields };

/** Resource options by kind, such as `{"Campaign":{"retainOnDelete":true}}`. */
const options = config.getObject<Record<string, pulumi.CustomResourceOptions>>("options") ?? {};
const { roleArn } = new ImportAccess("films", { bucketName, roleName: "PersonalizeImport-films" });
export const { campaignArn, datasetGroupArn, solutionArn } = new TrainedCampaign(
    "films",
    {
        resourceName,
        interactions: {
            schema: JSON.stringify({ ...record, version: "1.0" }),
            schemaName: "films",
            dataLocation: `s3://${bucketName}/interactions.csv`,
        },
        roleArn,
        eventTracker: true,
        filters: { seen: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch")' },
        pollSeconds: 0.05,
    },
    {
        transformations: [
            ({ type, props, opts }) => ({ props, opts: { ...opts, ...options[type.split(":").at(-1) ?? ""] } }),
        ],
    },
);

/** A campaign that the program reads and does not manage. */
const read = config.get("read");
const found = read === undefined ? undefined : Campaign.get("read", read);
export const readCampaign = found && { name: found.name, minProvisionedTPS: found.minProvisionedTPS };
