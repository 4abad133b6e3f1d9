import { readItems, writeItems } from "../../../app/serving/item-scores.ts";
import type { KeptList, Recent, StackItems, TablePort } from "../../../app/serving/ports.ts";

/** An in-memory DynamoDB table. Tests can delay calls or let them fail. */
export function memoryTable(before: (call: keyof TablePort) => Promise<void> = async () => {}) {
    const recents = new Map<string, Recent>();
    const lists = new Map<string, string>();
    const requestCounts = new Map<string, number>();
    const counts = new Map<string, number>();
    /** Records of the experiment. */
    const records = new Map<string, { exposedAt: number; proven: boolean; watched: Set<string> }>();
    let stack: StackItems = {};
    const listKey = (userId: string, key: string) => JSON.stringify([userId, key]);
    const listOf = (text: string | undefined): KeptList | undefined => {
        if (text === undefined) return undefined;
        const { items, ...list } = JSON.parse(text);
        return { ...list, items: readItems(items) };
    };
    const state = { gate: before };
    const port: TablePort = {
        async viewer(userId, key) {
            await state.gate("viewer");
            const list = listOf(lists.get(listKey(userId, key)));
            return { recent: recents.get(userId) ?? { revision: 0, items: [] }, ...(list && { list }) };
        },
        async putList(userId, list) {
            await state.gate("putList");
            const there = listOf(lists.get(listKey(userId, list.key)));
            if (there !== undefined && there.revision > list.revision) return;
            lists.set(listKey(userId, list.key), JSON.stringify({ ...list, items: writeItems(list.items) }));
        },
        async recent(userId) {
            await state.gate("recent");
            return recents.get(userId) ?? { revision: 0, items: [] };
        },
        async putRecent(userId, recent, revision) {
            await state.gate("putRecent");
            if ((recents.get(userId)?.revision ?? 0) !== revision) return false;
            recents.set(userId, recent);
            return true;
        },
        async stack() {
            await state.gate("stack");
            return stack;
        },
        async putCampaign(campaign, checkedAt) {
            await state.gate("putCampaign");
            if (stack.campaign?.checkedAt === checkedAt) stack = { ...stack, campaign };
        },
        async addAsked(hour, userId, requests) {
            await state.gate("addAsked");
            const key = `${hour} ${userId}`;
            requestCounts.set(key, (requestCounts.get(key) ?? 0) + requests);
        },
        async count(what, window, more) {
            await state.gate("count");
            const key = `${what} ${window}`;
            counts.set(key, (counts.get(key) ?? 0) + more);
            return counts.get(key) ?? 0;
        },
        async putExposure({ subject }, exposure) {
            await state.gate("putExposure");
            const record = records.get(subject) ?? { ...exposure, watched: new Set<string>() };
            records.set(subject, record);
            return record.exposedAt;
        },
        async exposedAt({ subject }) {
            await state.gate("exposedAt");
            return records.get(subject)?.exposedAt;
        },
        async addWatches({ subject }, watches) {
            await state.gate("addWatches");
            for (const watch of watches) records.get(subject)?.watched.add(Buffer.from(watch).toString("hex"));
        },
    };
    return {
        port,
        state,
        asked: requestCounts,
        counts,
        recents,
        records,
        lists,
        setStack(items: StackItems) {
            stack = { ...stack, ...items };
        },
        stack: () => stack,
    };
}

export type MemoryTable = ReturnType<typeof memoryTable>;
