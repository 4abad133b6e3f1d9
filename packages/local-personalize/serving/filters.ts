import { type BoundClause, type Clause, type Columns, type FilterExpression, passes } from "filter-grammar";
import { findDataset, listFilterColumns } from "../control/datasets.ts";
import type { DatasetProperties, FilterProperties } from "../control/properties.ts";
import { type Call, computePhase } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import { invalidInput, notFound } from "../errors.ts";
import { bindFilter, parseFilter, readFilterValues } from "../filtering/resolve.ts";
import type { Model } from "../model/model.ts";
import type { Trained } from "./campaign-models.ts";
import type { AttributeTable, DatasetContents } from "./dataset-contents.ts";
import { itemNumbers } from "./recommend.ts";

interface Compiled {
    expression: FilterExpression;
    datasetGroupArn: string;
    columns: Columns;
    items: Resource<DatasetProperties> | undefined;
    users: Resource<DatasetProperties> | undefined;
    /** Clauses with values, by the JSON text of their filterValues. */
    bound: Map<string, Bound[]>;
}

interface Bound {
    clause: BoundClause;
    /** Cached items that the clause selects, for one model and one version of the items' attributes. */
    meant?: { model: Model; table: AttributeTable; version: number; items: Uint8Array };
}

/** The user and item of a request. */
interface Subject {
    userId: string | undefined;
    itemId?: string | undefined;
}

/** Maximum number of cached filterValues of one filter. The cache is emptied when it is full. */
const mostRemembered = 256;

/** Applies filters. An expression is parsed once, and its result for items is cached while the data stays the same. */
export function createFilters(contents: DatasetContents) {
    const compiled = new Map<string, Compiled>();

    const compile = (call: Call, filterArn: string): Compiled => {
        const key = `${call.region} ${filterArn}`;
        const cached = compiled.get(key);
        if (cached) return cached;
        const filter = call.store.find<FilterProperties>(call.region, filterArn);
        const status = filter?.kind === "filter" ? computePhase(call, filter).status : "GONE";
        if (!filter || status === "GONE") throw notFound("filter", filterArn, 404);
        if (status !== "ACTIVE") throw invalidInput(`The filter ${filterArn} is ${status}; it must be ACTIVE.`);
        const group = filter.parent ?? "";
        const entry: Compiled = {
            expression: parseFilter(filter.properties.filterExpression),
            datasetGroupArn: group,
            columns: listFilterColumns(call.store, call.region, group),
            items: findDataset(call.store, call.region, group, "ITEMS"),
            users: findDataset(call.store, call.region, group, "USERS"),
            bound: new Map(),
        };
        compiled.set(key, entry);
        return entry;
    };

    const compileFor = (call: Call, trained: Trained, filterArn: string, subject: Clause["subject"]): Compiled => {
        const filter = compile(call, filterArn);
        if (filter.datasetGroupArn !== trained.datasetGroupArn) {
            throw invalidInput(`The filter ${filterArn} and the recommendations are not of the same dataset group.`);
        }
        const other = filter.expression.clauses.find((clause) => clause.subject !== subject);
        if (other)
            throw invalidInput(`The filter ${filterArn} is of ${other.subject}; a filter of ${subject} is needed.`);
        return filter;
    };

    const bind = (filter: Compiled, values: Record<string, string>): Bound[] => {
        const key = JSON.stringify(Object.entries(values).sort());
        const cached = filter.bound.get(key);
        if (cached) return cached;
        const { expression, columns } = filter;
        const clauses = bindFilter(expression, readFilterValues(expression, values), columns);
        const bound = clauses.map((clause) => ({ clause }));
        if (filter.bound.size >= mostRemembered) filter.bound.clear();
        filter.bound.set(key, bound);
        return bound;
    };

    /** Returns the items that a clause selects for a user. */
    const meant = (
        { now }: Call,
        filter: Compiled,
        bound: Bound,
        { model, interactions }: Trained,
        { userId, itemId }: Subject,
    ): Uint8Array => {
        const { event, item } = bound.clause;
        if (event) return itemsOfEvents(model, contents.latestEvents(interactions, userId ?? "", now), event);
        const table = contents.attributes(filter.items);
        if (bound.clause.usesCurrentItem) {
            const current = table.rows.get(itemId ?? "");
            return Uint8Array.from(model.itemIds, (id) => (item?.(table.rows.get(id), current) ? 1 : 0));
        }
        const cached = bound.meant;
        if (cached?.model === model && cached.table === table && cached.version === table.version) return cached.items;
        const items = Uint8Array.from(model.itemIds, (itemId) => (item?.(table.rows.get(itemId)) ? 1 : 0));
        bound.meant = { model, table, version: table.version, items };
        return items;
    };

    return {
        /**
         * Returns an array with 1 for each item of the model that passes the filter for a user, and otherwise 0. Throws
         * ResourceNotFoundException (404) for a filter that does not exist. Throws InvalidInputException for one that
         * is not ACTIVE or not in the model's group, for bad values, and for a missing user or item.
         */
        apply(
            call: Call,
            trained: Trained,
            filterArn: string,
            values: Record<string, string> = {},
            subject: Subject,
        ): Uint8Array {
            const { userId, itemId } = subject;
            const filter = compileFor(call, trained, filterArn, "ItemID");
            const bound = bind(filter, values);
            if (bound.some(({ clause }) => clause.usesCurrentItem) && itemId === undefined) {
                throw invalidInput(`The filter ${filterArn} has CurrentItem, which is for recipes of related items.`);
            }
            // Developer Guide, "Use cases": a userId is only required if you filter by CurrentUser. A filter on
            // Interactions needs the userId too, because it uses the user's events.
            if (userId === undefined && bound.some(({ clause }) => clause.event || clause.appliesTo)) {
                throw invalidInput(`The filter ${filterArn} has Interactions or CurrentUser: it needs a userId.`);
            }
            const user = () => contents.attributes(filter.users).rows.get(userId ?? "");
            const effective = bound.filter(({ clause }) => clause.appliesTo?.(user()) ?? true);
            const sets = effective.map((each) => ({
                ...each.clause,
                items: meant(call, filter, each, trained, subject),
            }));
            const isIn = ({ keep }: (typeof sets)[number]) => Number(keep === "INCLUDE");
            const passing = new Uint8Array(trained.model.itemIds.length).fill(sets.some(isIn) ? 0 : 1);
            // An item that any EXCLUDE clause selects does not pass, so these clauses come last.
            for (const set of sets.toSorted((a, b) => isIn(b) - isIn(a))) {
                set.items.forEach((is, number) => {
                    if (is) passing[number] = isIn(set);
                });
            }
            return passing;
        },
        /** Returns whether a user passes a filter of UserID. Throws like `apply`. */
        applyToUsers(call: Call, trained: Trained, filterArn: string, values: Record<string, string> = {}) {
            const filter = compileFor(call, trained, filterArn, "UserID");
            const clauses = bind(filter, values).map(({ clause }) => clause);
            const { rows } = contents.attributes(filter.users);
            const eventsOf = (userId: string) => contents.latestEvents(trained.interactions, userId, call.now);
            const selects = ({ event, item }: BoundClause, userId: string) =>
                event ? eventsOf(userId).some(({ eventType }) => event(eventType)) : item?.(rows.get(userId)) === true;
            return (userId: string): boolean => passes(clauses, (clause) => selects(clause, userId));
        },
        /** Drops parsed filters. Call this when a resource may have changed. */
        forget: () => compiled.clear(),
    };
}

export type Filters = ReturnType<typeof createFilters>;

function itemsOfEvents(
    model: Model,
    events: readonly { itemId: string; eventType: string }[],
    test: (eventType: string) => boolean,
): Uint8Array {
    const numbers = itemNumbers(model);
    const items = new Uint8Array(model.itemIds.length);
    for (const { itemId, eventType } of events) {
        const number = numbers.get(itemId);
        if (number !== undefined && test(eventType)) items[number] = 1;
    }
    return items;
}
