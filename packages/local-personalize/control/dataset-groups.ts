import { inUse, invalidInput } from "../errors.ts";
import { createKindHandlers } from "./handlers.ts";
import type { DatasetGroupProperties, Tag } from "./properties.ts";
import { beginDelete, type Call, create, labelOf } from "./resources.ts";
import type { Kind } from "./states.ts";
import type { Resource } from "./store.ts";

const createDatasetGroup = (call: Call, input: DatasetGroupProperties & { name: string; tags?: Tag[] }) => {
    const { name, tags, ...properties } = input;
    if (input.roleArn && !input.kmsKeyArn) throw invalidInput("A roleArn is only valid with a kmsKeyArn.");
    return create(call, { kind: "dataset-group", name, properties, tags });
};

const blockers: readonly Kind[] = ["event-tracker", "solution", "recommender", "dataset"];

function deleteDatasetGroup(call: Call, group: Resource<object>): void {
    for (const kind of blockers) {
        const [child] = call.store.list(kind, call.region, group.arn);
        if (child)
            throw inUse(`The dataset group ${group.arn} still has the ${labelOf(kind)} ${child.arn}. Delete it first.`);
    }
    beginDelete(call, group);
}

export const datasetGroupHandlers = createKindHandlers("dataset-group", {
    create: createDatasetGroup,
    remove: deleteDatasetGroup,
});
