import * as sdk from "@aws-sdk/client-personalize";
import { type CommonInputs, firstMatch, nameProblems, type ResourceKind, requireArn } from "./resource.ts";
import { tagList } from "./tags.ts";

export interface DatasetInputs extends CommonInputs {
    /** Name in Personalize: 1 to 63 letters, digits, `-` and `_`. */
    readonly name: string;
    /** ARN of the dataset group. */
    readonly datasetGroupArn: string;
    /** ARN of the schema. New nullable fields of items and users are added in place. */
    readonly schemaArn: string;
    /** The type of data in the dataset. */
    readonly datasetType: "INTERACTIONS" | "ITEMS" | "USERS";
}

/**
 * Returns a dataset type in upper case. CreateDataset accepts any case, and Personalize may return `Interactions`, as
 * in the API reference (CreateDataset).
 */
const spellingOfType = (datasetType: string): string => datasetType.toUpperCase();

/**
 * A dataset. A dataset group holds one dataset of each type. Personalize changes the schema of items and users in place
 * if the change only adds nullable fields (Developer Guide, "Replacing a dataset's schema"), and rejects any other
 * change. The schema of interactions cannot change.
 */
export const dataset: ResourceKind<DatasetInputs> = {
    noun: "dataset",
    usual: "15 to 60 s",
    deadlineMinutes: 30,
    replaces: ["region", "name", "datasetGroupArn", "datasetType"],
    updates: ["schemaArn"],
    fixed: ({ datasetType }) => (/^(items|users)$/i.test(datasetType) ? [] : ["schemaArn"]),
    identity: ["region", "datasetGroupArn", "datasetType"],
    spellings: { datasetType: spellingOfType },
    taggable: true,
    displayName: ({ name }) => name,
    problems: ({ name }) => nameProblems(name),
    async find(client, { datasetGroupArn, datasetType }) {
        const match = await firstMatch(
            sdk.paginateListDatasets({ client }, { datasetGroupArn }),
            "datasets",
            (one) => spellingOfType(one.datasetType ?? "") === spellingOfType(datasetType),
        );
        return match?.datasetArn;
    },
    async create(client, { name, datasetGroupArn, schemaArn, datasetType, tags }) {
        const dataset = { name, datasetGroupArn, schemaArn, datasetType, tags: tagList(tags) };
        return requireArn((await client.send(new sdk.CreateDatasetCommand(dataset))).datasetArn);
    },
    async describe(client, datasetArn) {
        const { dataset: description } = await client.send(new sdk.DescribeDatasetCommand({ datasetArn }));
        const { status = "" } = description ?? {};
        // During a schema change, the status is that of the update, such as UPDATE IN_PROGRESS.
        const isUpdating = status.startsWith("UPDATE");
        return {
            status: isUpdating ? "ACTIVE" : status,
            ...(isUpdating && { update: { status } }),
            since: description?.lastUpdatedDateTime,
            properties: {
                name: description?.name,
                datasetGroupArn: description?.datasetGroupArn,
                schemaArn: description?.schemaArn,
                datasetType: description?.datasetType && spellingOfType(description.datasetType),
            },
        };
    },
    async update(client, datasetArn, { schemaArn }) {
        const { dataset: description } = await client.send(new sdk.DescribeDatasetCommand({ datasetArn }));
        if (description?.schemaArn !== schemaArn) {
            await client.send(new sdk.UpdateDatasetCommand({ datasetArn, schemaArn }));
        }
    },
    async holdsData(client, datasetArn) {
        const jobs = await client.send(new sdk.ListDatasetImportJobsCommand({ datasetArn, maxResults: 1 }));
        return (jobs.datasetImportJobs ?? []).length > 0;
    },
    delete: (client, datasetArn) => client.send(new sdk.DeleteDatasetCommand({ datasetArn })),
};
