import { isNumeric, plainName, type RawAttributes } from "filter-grammar";
import type { Field } from "../control/avro.ts";
import { findDataset, readSchemaFields } from "../control/datasets.ts";
import { findTracker } from "../control/event-trackers.ts";
import type { DatasetProperties } from "../control/properties.ts";
import { type Call, computePhase } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import { invalidInput, notFound, ServiceError } from "../errors.ts";
import { longestSeconds, whyRefused } from "../importing/read-csv.ts";
import { parseObject } from "../wire/validate.ts";
import type { NewEvent } from "./event-store.ts";

export interface PutEventsInput {
    trackingId: string;
    userId?: string;
    sessionId: string;
    eventList: EventInput[];
}

interface EventInput {
    eventId?: string;
    eventType: string;
    itemId?: string;
    properties?: string;
    sentAt: number;
    [other: string]: unknown;
}

/** Limit of an event's JSON in bytes: 10 KB. */
const longestEvent = 10_240;
const reserved = ["userid", "sessionid", "eventtype", "timestamp", "recommendationid", "impression"];

/**
 * Returns the interactions dataset of the tracker's events. Throws InvalidInputException (the service model of
 * PutEvents has no other error) if no tracker has the ID, the tracker is not ACTIVE, or its dataset group has no
 * interactions dataset.
 */
export function trackedDataset(call: Call, trackingId: string): Resource<DatasetProperties> {
    const tracker = findTracker(call.store, call.region, trackingId);
    const status = tracker ? computePhase(call, tracker).status : "GONE";
    if (!tracker || status === "GONE") {
        throw invalidInput(`There is no event tracker with the tracking id ${trackingId}.`);
    }
    if (status !== "ACTIVE") throw invalidInput(`The event tracker ${tracker.arn} is ${status}; it must be ACTIVE.`);
    const interactions = findDataset(call.store, call.region, tracker.parent ?? "", "INTERACTIONS");
    if (interactions && !computePhase(call, interactions).status.startsWith("CREATE ")) return interactions;
    throw invalidInput(`The dataset group ${tracker.parent} has no Item interactions dataset that is ACTIVE.`);
}

/**
 * Returns the validated events of a call that was received at `receivedAt` (epoch milliseconds). Throws
 * InvalidInputException for properties that are not a JSON object or use reserved words, and for an event of more than
 * 10 KB.
 */
export function readEvents({ userId, sessionId, eventList }: PutEventsInput, receivedAt: number): NewEvent[] {
    return eventList.map((event, index) => {
        const what = `event ${index + 1}`;
        const { eventId = null, eventType, sentAt, itemId, ...rest } = event;
        const text = JSON.stringify(rest);
        if (Buffer.byteLength(JSON.stringify(event)) > longestEvent)
            throw invalidInput(`The ${what} is longer than 10 KB.`);
        if (sentAt >= 10 ** longestSeconds) {
            throw invalidInput(`The sentAt of ${what} is not in UNIX epoch time in seconds.`);
        }
        const properties = readProperties(event.properties, what);
        const word = Object.keys(properties).find((key) => reserved.includes(key.toLowerCase()));
        if (word !== undefined)
            throw invalidInput(`The properties of ${what} may not have ${word}, which is reserved.`);
        // The first version of the API had no itemId, and took it from the properties; that still works.
        const item = itemId ?? properties.itemId;
        if (item !== undefined && typeof item !== "string")
            throw invalidInput(`The itemId of ${what} is not a string.`);
        const ids = { eventId, userId: userId ?? null, sessionId, itemId: item ?? null };
        return { ...ids, eventType, sentAt, receivedAt, rest: text };
    });
}

/** The common input of PutItems and PutUsers. */
export interface PutAttributesInput {
    datasetArn: string;
    items?: { itemId: string; properties?: string }[];
    users?: { userId: string; properties?: string }[];
}

const rules = {
    ITEMS: { idColumn: "ITEM_ID", operation: "PutItems" },
    USERS: { idColumn: "USER_ID", operation: "PutUsers" },
};

/**
 * Returns the rows of a PutItems or PutUsers call by the schema of its dataset. Throws ResourceNotFoundException (404)
 * or ResourceInUseException (409) when the dataset does not exist or is not ready. Throws InvalidInputException for
 * another type of dataset and for properties that its schema does not allow.
 */
export function readPut(
    call: Call,
    type: "ITEMS" | "USERS",
    input: PutAttributesInput,
): { dataset: Resource<DatasetProperties>; rows: [id: string, RawAttributes][] } {
    const dataset = readyDataset(call, type, input.datasetArn);
    const { idColumn } = rules[type];
    const columns = readSchemaFields(call.store, dataset).filter(({ name }) => name !== idColumn);
    const given = [
        ...(input.items ?? []).map(({ itemId, properties }) => ({ id: itemId, properties })),
        ...(input.users ?? []).map(({ userId, properties }) => ({ id: userId, properties })),
    ];
    return {
        dataset,
        rows: given.map(({ id, properties }) => {
            const attributes = toAttributes(readProperties(properties, id), columns, id);
            return [id, { [idColumn]: id, ...attributes }];
        }),
    };
}

function readyDataset(call: Call, type: "ITEMS" | "USERS", arn: string): Resource<DatasetProperties> {
    const dataset = call.store.find<DatasetProperties>(call.region, arn);
    const status = dataset?.kind === "dataset" ? computePhase(call, dataset).status : "GONE";
    if (!dataset || status === "GONE") throw notFound("dataset", arn, 404);
    if (/^(CREATE|DELETE) /.test(status)) {
        throw new ServiceError("ResourceInUseException", `The dataset ${arn} is ${status}; it must be ACTIVE.`, 409);
    }
    if (dataset.properties.datasetType === type) return dataset;
    throw invalidInput(`${rules[type].operation} is for a dataset of type ${type}, and ${arn} is not one.`);
}

/** Parses the JSON text of a call's properties. Throws InvalidInputException unless it is an object. */
function readProperties(text: string | undefined, what: string): Record<string, unknown> {
    const properties = text === undefined ? {} : parseObject(text);
    if (!properties) throw invalidInput(`The properties of ${what} are not a JSON object.`);
    return properties;
}

/**
 * Turns properties, whose keys are columns in camel case (`numRatings` is NUM_RATINGS), into a row of the dataset.
 * Throws InvalidInputException for a key without a column, for a value of another type, and for a missing value of a
 * column that does not allow null.
 */
function toAttributes(properties: Record<string, unknown>, columns: Field[], what: string): RawAttributes {
    const given = new Map(Object.entries(properties).map(([key, value]) => [plainName(key), { key, value }]));
    const row = columns.map((column): [string, RawAttributes[string]] => {
        const value = given.get(plainName(column.name))?.value ?? null;
        given.delete(plainName(column.name));
        if (value === null && !column.nullable) throw invalidInput(`${what} has no value for ${column.name}.`);
        if (value === null) return [column.name, null];
        if (!fits(value, column)) {
            throw invalidInput(`${what} has a value for ${column.name} that is not of type ${column.type}.`);
        }
        const reason = value === "" ? undefined : whyRefused(column, String(value), what);
        if (reason !== undefined) throw invalidInput(reason);
        return [column.name, value];
    });
    const [unknown] = given.values();
    if (unknown) throw invalidInput(`${what} has the property ${unknown.key}, for which its schema has no column.`);
    return Object.fromEntries(row);
}

function fits(value: unknown, { type }: Field): value is string | number | boolean {
    if (isNumeric(type)) return typeof value === "number" && (!/int|long/.test(type) || Number.isInteger(value));
    return typeof value === (type === "boolean" ? "boolean" : "string");
}
