import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { day } from "../../../core/cost/time.ts";
import { countWatches, type Experiment, isControl, windowEnd } from "../../serving/experiment.ts";
import type { SubjectKey, TablePort } from "../../serving/ports.ts";
import { itemKey, number, numberOf, queryPages, refusedOrThrow, textOf, updateOf } from "./table-items.ts";

/** Number of watches after which a viewer's record takes no more, so that the record stays within one write unit. */
const mostWatches = 100;

/** Parts of a run, by the first digit of the viewer's ID, because DynamoDB limits the writes to one partition. */
const shards = [..."0123456789abcdef"];
const shardPk = (run: number, shard: string) => `experiment#${run}#${shard}`;

/** Returns the key of a viewer's record in an experiment. */
export const recordKey = ({ run, subject }: SubjectKey) => itemKey(shardPk(run, subject.slice(0, 1)), subject);

/** Creates the functions that read and write the records of an experiment in the API's table. */
export const experimentRecords = (
    client: DynamoDBClient,
    TableName: string,
): Pick<TablePort, "putExposure" | "exposedAt" | "addWatches"> => ({
    async putExposure(key, { exposedAt, proven }, expiresAt, abortSignal) {
        const changes =
            "SET exposedAt = if_not_exists(exposedAt, :at), proven = if_not_exists(proven, :proven), " +
            "expiresAt = if_not_exists(expiresAt, :expiresAt)";
        const values = {
            ":at": number(exposedAt),
            ":proven": number(proven ? 1 : 0),
            ":expiresAt": number(expiresAt),
        };
        const command = updateOf(TableName, recordKey(key), changes, values, { ReturnValues: "ALL_NEW" });
        return numberOf((await client.send(command, { abortSignal })).Attributes ?? {}, "exposedAt");
    },
    async exposedAt(key, abortSignal) {
        const command = new GetItemCommand({ TableName, Key: recordKey(key), ConsistentRead: true });
        const { Item } = await client.send(command, { abortSignal });
        return Item && numberOf(Item, "exposedAt");
    },
    async addWatches(key, watches, abortSignal) {
        const values = { ":watches": { BS: [...watches] }, ":most": number(mostWatches) };
        const command = updateOf(TableName, recordKey(key), "ADD watched :watches", values, {
            ConditionExpression:
                "attribute_exists(exposedAt) AND (attribute_not_exists(watched) OR size(watched) < :most)",
        });
        await client.send(command, { abortSignal }).catch(refusedOrThrow);
    },
});

/** The sums over the viewers of a group whose outcomes became final on the same day. */
export interface ExperimentCell {
    /** Day (UTC, counted from 1970) from which no event can change the outcomes. */
    readonly day: number;
    readonly isControl: boolean;
    /** Whether the viewers' first lists were requested with a token or the API key. Anybody can invent other viewers. */
    readonly proven: boolean;
    readonly viewers: number;
    readonly watches: number;
    /** Sum of the squares of the viewers' watches. */
    readonly squares: number;
    /** Watches that the viewers chose from a list. */
    readonly chosen: number;
}

/** Sums the records of an experiment, so that no caller sees a viewer. Throws DynamoDB's errors. */
export async function sumRecords(
    client: DynamoDBClient,
    TableName: string,
    experiment: Experiment,
): Promise<readonly ExperimentCell[]> {
    const cells = new Map<string, ExperimentCell>();
    for (const shard of shards) {
        for await (const items of queryPages(client, TableName, shardPk(experiment.since, shard))) {
            for (const item of items) {
                const group = {
                    day: Math.ceil(windowEnd(experiment, numberOf(item, "exposedAt")).closed / day),
                    isControl: isControl(experiment, textOf(item, "sk")),
                    proven: numberOf(item, "proven") === 1,
                };
                const key = JSON.stringify(group);
                const sums = cells.get(key) ?? { ...group, viewers: 0, watches: 0, squares: 0, chosen: 0 };
                const { watches, chosen } = countWatches(item.watched?.BS ?? []);
                cells.set(key, {
                    ...group,
                    viewers: sums.viewers + 1,
                    watches: sums.watches + watches,
                    squares: sums.squares + watches ** 2,
                    chosen: sums.chosen + chosen,
                });
            }
        }
    }
    return [...cells.values()];
}
