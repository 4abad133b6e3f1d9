import {
    CreateDatasetGroupCommand,
    DeleteDatasetGroupCommand,
    DescribeDatasetGroupCommand,
    paginateListDatasetGroups,
} from "@aws-sdk/client-personalize";
import { type CommonInputs, firstMatch, nameProblems, type ResourceKind } from "./resource.ts";
import { tagList } from "./tags.ts";

export interface DatasetGroupInputs extends CommonInputs {
    readonly name: string;
}

export const datasetGroup: ResourceKind<DatasetGroupInputs> = {
    noun: "dataset group",
    usual: "10 to 60 s",
    replaces: ["region", "name"],
    updates: [],
    identity: ["region", "name"],
    taggable: true,
    nameOf: ({ name }) => name,
    problems: ({ name }) => nameProblems("name", name),
    async find(client, { name }) {
        const pages = paginateListDatasetGroups({ client }, {});
        const found = await firstMatch(
            pages,
            (page) => page.datasetGroups,
            (candidate) => candidate.name === name,
        );
        return found?.datasetGroupArn;
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
