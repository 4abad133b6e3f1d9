import {
    CreateDatasetGroupCommand,
    DeleteDatasetGroupCommand,
    DescribeDatasetGroupCommand,
    paginateListDatasetGroups,
} from "@aws-sdk/client-personalize";
import { type CommonInputs, nameProblems, type ResourceKind, tagList } from "./resource.ts";

export interface DatasetGroupInputs extends CommonInputs {
    readonly name: string;
}

export const datasetGroup: ResourceKind<DatasetGroupInputs> = {
    noun: "dataset group",
    usual: "10 to 60 s",
    replaces: ["region", "name"],
    updates: [],
    deleteBeforeReplace: true,
    taggable: true,
    nameOf: ({ name }) => name,
    problems: ({ name }) => nameProblems("name", name),
    async find(client, { name }) {
        for await (const page of paginateListDatasetGroups({ client }, {})) {
            const found = page.datasetGroups?.find((candidate) => candidate.name === name);
            if (found) {
                return found.datasetGroupArn;
            }
        }
        return undefined;
    },
    async create(client, { name, tags }) {
        const command = new CreateDatasetGroupCommand({ name, tags: tagList(tags) });
        return (await client.send(command)).datasetGroupArn as string;
    },
    async look(client, datasetGroupArn) {
        const { datasetGroup: found } = await client.send(new DescribeDatasetGroupCommand({ datasetGroupArn }));
        return {
            status: found?.status ?? "",
            since: found?.lastUpdatedDateTime,
            failureReason: found?.failureReason,
            properties: { name: found?.name },
        };
    },
    async delete(client, datasetGroupArn) {
        await client.send(new DeleteDatasetGroupCommand({ datasetGroupArn }));
    },
};
