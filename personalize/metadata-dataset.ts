import { DescribeDatasetCommand, UpdateDatasetCommand } from "@aws-sdk/client-personalize";
import { type DatasetInputs, dataset } from "./dataset.ts";
import type { ResourceKind } from "./resource.ts";

export interface MetadataDatasetInputs extends DatasetInputs {
    readonly datasetType: "ITEMS" | "USERS";
}

/**
 * Dataset of items or users. Other than with interactions, its schema is changed in place, as long as fields are only
 * added and allow null (Developer Guide, "Replacing a dataset's schema"); the service refuses any other change.
 */
export const metadataDataset: ResourceKind<MetadataDatasetInputs> = {
    ...dataset,
    replaces: ["region", "name", "datasetGroupArn", "datasetType"],
    updates: ["schemaArn"],
    async describe(client, datasetArn) {
        const description = await dataset.describe(client, datasetArn);
        // While the schema is being replaced the dataset's own status says so.
        return description.status.startsWith("UPDATE")
            ? { ...description, status: "ACTIVE", update: { status: description.status } }
            : description;
    },
    async update(client, datasetArn, { schemaArn }) {
        const { dataset: found } = await client.send(new DescribeDatasetCommand({ datasetArn }));
        if (found?.schemaArn !== schemaArn) {
            await client.send(new UpdateDatasetCommand({ datasetArn, schemaArn }));
        }
    },
};
