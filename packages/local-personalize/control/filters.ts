import { inUse, invalidInput, limitExceeded } from "../errors.ts";
import { checkFilter, parseFilter } from "../filtering/resolve.ts";
import { listFilterColumns } from "./datasets.ts";
import { type Add, createKindHandlers } from "./handlers.ts";
import type { BatchJobProperties, FilterProperties } from "./properties.ts";
import { beginDelete, type Call, isUnderWay, needActive } from "./resources.ts";
import type { Resource } from "./store.ts";

interface CreateInput {
    datasetGroupArn: string;
    filterExpression: string;
}

const mostFields = 20;

const createFilter = (call: Call, { datasetGroupArn, filterExpression }: CreateInput, add: Add) => {
    const group = needActive(call, "dataset-group", datasetGroupArn);
    const expression = parseFilter(filterExpression);
    const fields = checkFilter(expression, listFilterColumns(call.store, call.region, group.arn));
    const others = call.store.list<FilterProperties>("filter", call.region, group.arn);
    const all = new Set([...fields, ...others.flatMap(({ properties }) => properties.fields)]);
    if (all.size > mostFields) {
        throw limitExceeded(
            `The filters of a dataset group can have at most ${mostFields} distinct fields; with this one there would be ${all.size}.`,
        );
    }
    const properties: FilterProperties = { filterExpression, fields };
    return add({ properties });
};

function deleteFilter(call: Call, filter: Resource<object>): void {
    const user = (["batch-inference-job", "batch-segment-job"] as const)
        .flatMap((kind) => call.store.list<BatchJobProperties>(kind, call.region))
        .find((job) => job.properties.filterArn === filter.arn && isUnderWay(call, job));
    if (user) throw inUse(`The filter ${filter.arn} is in use by ${user.arn}. Wait until that has ended.`);
    beginDelete(call, filter);
}

export const filterHandlers = createKindHandlers("filter", {
    parent: "datasetGroupArn",
    create: createFilter,
    remove: deleteFilter,
});

/**
 * Returns the filter with the ARN `arn`, which must be ACTIVE and in the dataset group. Throws the service's errors.
 */
export function needFilter(call: Call, arn: string, datasetGroupArn: string): Resource<FilterProperties> {
    const filter = needActive<FilterProperties>(call, "filter", arn);
    if (filter.parent === datasetGroupArn) return filter;
    throw invalidInput(`The filter ${arn} is not of the dataset group ${datasetGroupArn}.`);
}
