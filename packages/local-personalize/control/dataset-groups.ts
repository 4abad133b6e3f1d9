import { inUse, invalidInput } from "../errors.ts";
import type { DatasetGroupProperties, Tag } from "./properties.ts";
import {
    beginDelete,
    type Call,
    checkQuota,
    create,
    type Handler,
    need,
    type PageInput,
    pageOf,
    vitals,
} from "./resources.ts";
import type { Kind } from "./states.ts";
import type { Resource } from "./store.ts";
import { checkedTags } from "./tags.ts";

const createDatasetGroup: Handler = (call, input: DatasetGroupProperties & { name: string; tags?: Tag[] }) => {
    const { name, domain, roleArn, kmsKeyArn } = input;
    if (roleArn && !kmsKeyArn) throw invalidInput("A roleArn is only valid with a kmsKeyArn.");
    const tags = checkedTags(input.tags);
    checkQuota(call, call.store.list("dataset-group", call.region), "dataset-group");
    const properties: DatasetGroupProperties = {
        ...(domain && { domain }),
        ...(roleArn && { roleArn }),
        ...(kmsKeyArn && { kmsKeyArn }),
    };
    const { arn } = create(call, { kind: "dataset-group", tail: `dataset-group/${name}`, name, properties }, tags);
    return { datasetGroupArn: arn, ...(domain && { domain }) };
};

const describeDatasetGroup: Handler = (call, input: { datasetGroupArn: string }) => {
    const group = need<DatasetGroupProperties>(call, "dataset-group", input.datasetGroupArn);
    return { datasetGroup: { ...summary(call, group), ...group.properties } };
};

const listDatasetGroups: Handler = (call, input: PageInput) => {
    const { page, ...token } = pageOf(call.store.list("dataset-group", call.region), input, "ListDatasetGroups");
    return { datasetGroups: page.map((group) => summary(call, group)), ...token };
};

const blockers: [Kind, string][] = [
    ["event-tracker", "event tracker"],
    ["solution", "solution"],
    ["recommender", "recommender"],
    ["dataset", "dataset"],
];

const deleteDatasetGroup: Handler = (call, input: { datasetGroupArn: string }) => {
    const group = need(call, "dataset-group", input.datasetGroupArn);
    for (const [kind, label] of blockers) {
        const [child] = call.store.list(kind, call.region, group.arn);
        if (child) throw inUse(`The dataset group ${group.arn} still has the ${label} ${child.arn}. Delete it first.`);
    }
    beginDelete(call, group);
};

export const datasetGroupHandlers: Record<string, Handler> = {
    CreateDatasetGroup: createDatasetGroup,
    DescribeDatasetGroup: describeDatasetGroup,
    ListDatasetGroups: listDatasetGroups,
    DeleteDatasetGroup: deleteDatasetGroup,
};

function summary(call: Call, group: Resource<object>) {
    const { domain } = group.properties as DatasetGroupProperties;
    return { name: group.name, datasetGroupArn: group.arn, ...vitals(call, group), ...(domain && { domain }) };
}
