import {
    CreateDatasetCommand,
    DeleteDatasetCommand,
    DescribeDatasetCommand,
    ListDatasetImportJobsCommand,
    paginateListDatasets,
    UpdateDatasetCommand,
} from "@aws-sdk/client-personalize";
import { type CommonInputs, firstMatch, nameProblems, type ResourceKind, requireArn } from "./resource.ts";
import { tagList } from "./tags.ts";

export interface DatasetInputs extends CommonInputs {
    /** Name in Personalize: 1 to 63 letters, digits, `-` and `_`. */
    readonly name: string;
    /** ARN of the dataset group. */
    readonly datasetGroupArn: string;
    /** ARN of the schema. */
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
 * The dataset of item interactions. A dataset group holds one dataset of each type, and the schema of interactions
 * cannot change, so a change of group, type or schema replaces the dataset.
 */
export const dataset: ResourceKind<DatasetInputs> = {
    noun: "dataset",
    usual: "15 to 60 s",
    deadlineMinutes: 30,
    replaces: ["region", "name", "datasetGroupArn", "schemaArn", "datasetType"],
    updates: [],
    identity: ["region", "datasetGroupArn", "datasetType"],
    spellings: { datasetType: spellingOfType },
    taggable: true,
    displayName: ({ name }) => name,
    problems: ({ name }) => nameProblems("name", name),
    async find(client, { datasetGroupArn, datasetType }) {
        const match = await firstMatch(
            paginateListDatasets({ client }, { datasetGroupArn }),
            "datasets",
            (one) => spellingOfType(one.datasetType ?? "") === spellingOfType(datasetType),
        );
        return match?.datasetArn;
    },
    async create(client, { name, datasetGroupArn, schemaArn, datasetType, tags }) {
        const command = new CreateDatasetCommand({
            name,
            datasetGroupArn,
            schemaArn,
            datasetType,
            tags: tagList(tags),
        });
        return requireArn((await client.send(command)).datasetArn);
    },
    async describe(client, datasetArn) {
        const { dataset: description } = await client.send(new DescribeDatasetCommand({ datasetArn }));
        return {
            status: description?.status ?? "",
            since: description?.lastUpdatedDateTime,
            properties: {
                name: description?.name,
                datasetGroupArn: description?.datasetGroupArn,
                schemaArn: description?.schemaArn,
                datasetType: description?.datasetType && spellingOfType(description.datasetType),
            },
        };
    },
    async holdsData(client, datasetArn) {
        const jobs = await client.send(new ListDatasetImportJobsCommand({ datasetArn, maxResults: 1 }));
        return (jobs.datasetImportJobs ?? []).length > 0;
    },
    async delete(client, datasetArn) {
        await client.send(new DeleteDatasetCommand({ datasetArn }));
    },
};

export interface MetadataDatasetInputs extends DatasetInputs {
    readonly datasetType: "ITEMS" | "USERS";
}

/**
 * The dataset of items or users. Personalize changes its schema in place if the change only adds nullable fields
 * (Developer Guide, "Replacing a dataset's schema"), and rejects any other change.
 */
export const metadataDataset: ResourceKind<MetadataDatasetInputs> = {
    ...dataset,
    replaces: ["region", "name", "datasetGroupArn", "datasetType"],
    updates: ["schemaArn"],
    async describe(client, datasetArn) {
        const description = await dataset.describe(client, datasetArn);
        // During a schema change, the status in DescribeDataset is that of the update, such as UPDATE IN_PROGRESS.
        return description.status.startsWith("UPDATE")
            ? { ...description, status: "ACTIVE", update: { status: description.status } }
            : description;
    },
    async update(client, datasetArn, { schemaArn }) {
        const { dataset: description } = await client.send(new DescribeDatasetCommand({ datasetArn }));
        if (description?.schemaArn !== schemaArn) {
            await client.send(new UpdateDatasetCommand({ datasetArn, schemaArn }));
        }
    },
};
