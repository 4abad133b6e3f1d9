import { packItems } from "../../app/serving/item-scores.ts";
import type { TablePort } from "../../app/serving/ports.ts";
import { handlerCaller } from "./call.ts";
import { listRequest } from "./load.ts";
import { createApiProcess, simulated } from "./simulated.ts";

/**
 * Handles one request of each viewer in one process, and prints the process's maximum memory in MiB as JSON. Its
 * argument is the number of viewers. The simulated table stores nothing, so that only the process's own memory counts.
 */
const viewers = Number(process.argv[2]);

const harness = simulated(1);
const items = packItems(Array.from({ length: 100 }, (_, at) => ({ itemId: String(at + 1), score: 1 / (at + 2) })));
harness.campaign.ask = async ({ userId }) => ({
    // Build a new list for each request, because lists from the real campaign do not share memory.
    items: packItems([
        { itemId: userId, score: 0.5 },
        ...items.ids.split("\u0000").map((itemId) => ({ itemId, score: 0.01 })),
    ]),
    recommendationId: `RID-${userId}`,
});
const forgetful: TablePort = {
    viewer: async () => ({ recent: { revision: 0, items: [] } }),
    putList: async () => {},
    recent: async () => ({ revision: 0, items: [] }),
    putRecent: async () => true,
    stack: async () => ({}),
    putCampaign: async () => {},
    addAsked: async () => {},
    count: async () => 0,
    putExposure: async () => 0,
    exposedAt: async () => undefined,
    addWatches: async () => {},
};
const service = createApiProcess(harness, { table: forgetful });
const call = handlerCaller(service);
let [most, failed] = [0, 0];
for (let viewer = 0; viewer < viewers; viewer++) {
    const { query, ...request } = listRequest(`viewer-${viewer}`);
    const { status } = await call({ ...request, query: { numResults: "1" } });
    if (status !== 200) failed += 1;
    if (viewer % 1000 === 0) {
        harness.harness.now += 1000;
        most = Math.max(most, process.memoryUsage.rss());
    }
}
console.log(JSON.stringify({ mebibytes: most / 2 ** 20, remembered: service.remembered(), failed }));
