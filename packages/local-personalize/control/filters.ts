import { inUse, invalidInput, limitExceeded } from "../errors.ts";
import { parseFilter } from "../filtering/parse.ts";
import { checkFilter } from "../filtering/resolve.ts";
import { columnsOf } from "./datasets.ts";
import type { BatchJobProperties, FilterProperties, Tag } from "./properties.ts";
import {
    beginDelete,
    type Call,
    checkQuota,
    create,
    type Handler,
    isUnderWay,
    need,
    needActive,
    type PageInput,
    pageOf,
    vitals,
} from "./resources.ts";
import type { Resource } from "./store.ts";
import { checkedTags } from "./tags.ts";

interface CreateInput {
    name: string;
    datasetGroupArn: string;
    filterExpression: string;
    tags?: Tag[];
}

const mostFields = 20;

const createFilter: Handler = (call, input: CreateInput) => {
    const { name, filterExpression } = input;
    const group = needActive(call, "dataset-group", input.datasetGroupArn);
    const expression = parseFilter(filterExpression);
    const fields = checkFilter(expression, columnsOf(call.store, call.region, group.arn));
    const tags = checkedTags(input.tags);
    const others = call.store.list<FilterProperties>("filter", call.region, group.arn);
    checkQuota(call, others, "filter");
    const all = new Set([...fields, ...others.flatMap(({ properties }) => properties.fields)]);
    if (all.size > mostFields) {
        throw limitExceeded(
            `The filters of a dataset group can have at most ${mostFields} distinct fields; with this one there would be ${all.size}.`,
        );
    }
    const properties: FilterProperties = { filterExpression, fields };
    const filter = { kind: "filter" as const, tail: `filter/${name}`, name, parent: group.arn, properties };
    return { filterArn: create(call, filter, tags).arn };
};

const describeFilter: Handler = (call, input: { filterArn: string }) => {
    const filter = need<FilterProperties>(call, "filter", input.filterArn);
    return { filter: { ...summary(call, filter), filterExpression: filter.properties.filterExpression } };
};

const listFilters: Handler = (call, input: PageInput & { datasetGroupArn?: string }) => {
    const filters = call.store.list("filter", call.region, input.datasetGroupArn);
    const { page, ...token } = pageOf(filters, input, `ListFilters ${input.datasetGroupArn}`);
    // In the service model, this is the only list whose name begins with a capital letter.
    return { Filters: page.map((filter) => summary(call, filter)), ...token };
};

const deleteFilter: Handler = (call, input: { filterArn: string }) => {
    const filter = need(call, "filter", input.filterArn);
    const user = (["batch-inference-job", "batch-segment-job"] as const)
        .flatMap((kind) => call.store.list<BatchJobProperties>(kind, call.region))
        .find((job) => job.properties.filterArn === filter.arn && isUnderWay(call, job));
    if (user) throw inUse(`The filter ${filter.arn} is in use by ${user.arn}. Wait until that has ended.`);
    beginDelete(call, filter);
};

export const filterHandlers: Record<string, Handler> = {
    CreateFilter: createFilter,
    DescribeFilter: describeFilter,
    ListFilters: listFilters,
    DeleteFilter: deleteFilter,
};

/**
 * Returns the filter with the ARN `arn`, which must be ACTIVE and in the dataset group. Throws the service's errors.
 */
export function needFilterOf(call: Call, arn: string, datasetGroupArn: string): Resource<FilterProperties> {
    const filter = needActive<FilterProperties>(call, "filter", arn);
    if (filter.parent === datasetGroupArn) return filter;
    throw invalidInput(`The filter ${arn} is not of the dataset group ${datasetGroupArn}.`);
}

function summary(call: Call, filter: Resource<object>) {
    return { name: filter.name, filterArn: filter.arn, datasetGroupArn: filter.parent, ...vitals(call, filter) };
}
