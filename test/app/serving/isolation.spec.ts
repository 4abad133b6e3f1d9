import assert from "node:assert/strict";
import fc from "fast-check";
import { campaignFixture, gatewayEvent, idsOf, parseResult, serviceError, startApi } from "./api-harness.ts";
import { memoryTable } from "./memory-table.ts";

const viewers = ["a", "b"];

const breaks = ["break table", "repair table", "break campaign", "repair campaign"];

/** A random step of the test: an action of a viewer, the process that handles it, and the time before it. */
const step = fc.record({
    viewer: fc.constantFrom(...viewers),
    process: fc.nat(1),
    does: fc.constantFrom("ask", "ask", "ask filtered", "watch", "watch", ...breaks),
    later: fc.constantFrom(0, 0, 1, 400, 20_000, 3_700_000),
    waits: fc.constantFrom(true, false, false),
});

describe("Concurrent requests and events in random order", () => {
    it("no viewer gets another viewer's list, or a list older than the requested revision", async () => {
        let answerCount = 0;
        await fc.assert(
            fc.asyncProperty(
                fc.scheduler(),
                fc.array(step, { minLength: 3, maxLength: 30 }),
                async (scheduler, steps) => {
                    const turn = scheduler.scheduleFunction(async () => {});
                    const campaign = campaignFixture();
                    campaign.state.fault = async () => {
                        await turn();
                        if (broken.campaign) throw serviceError("ThrottlingException");
                    };
                    campaign.state.eventsFault = turn;
                    const broken = { table: false, campaign: false };
                    const table = memoryTable(async () => {
                        await turn();
                        if (broken.table) throw new Error("the table is away");
                    });
                    const limits = { campaign: 60_000, table: 60_000, events: 60_000, grace: 0, failuresInRow: 1000 };
                    const harness = startApi({ campaign, table, limits, tick: 1 });
                    const processes = [harness.another(), harness.another()];
                    /**
                     * For each viewer, the latest revision in a response to an event, and the number of accepted
                     * events.
                     */
                    const progressByViewer = new Map<string, { since: number; events: number }>();

                    async function ask(viewer: string, process: number, filter: object): Promise<void> {
                        const { since, events } = progressByViewer.get(viewer) ?? { since: 0, events: 0 };
                        const query = { ...filter, ...(since > 0 && { since: String(since) }) };
                        const event = gatewayEvent("GET /recommendations/{userId}", {
                            path: { userId: viewer },
                            query,
                        });
                        const result = await processes[process]?.handle(event);
                        assert.ok(result?.statusCode === 200);
                        const answer = parseResult(result);
                        const [owner, knownEvents] = (idsOf(answer)[0] ?? "").split(":");
                        if (!["campaign", "cache"].includes(answer.source)) return;
                        assert.equal(owner, viewer);
                        assert.ok(Number(knownEvents) >= events, `${viewer} knows ${knownEvents} of ${events}`);
                        answerCount += 1;
                    }

                    async function watch(viewer: string, process: number): Promise<void> {
                        const body = { userId: viewer, sessionId: "s", events: [{ eventType: "Watch", itemId: "3" }] };
                        const result = await processes[process]?.handle(gatewayEvent("POST /events", { body }));
                        assert.ok(result?.statusCode === 202);
                        const { revision } = parseResult(result);
                        const before = progressByViewer.get(viewer) ?? { since: 0, events: 0 };
                        // A stranger can choose any `since`, so the API accepts it only up to the revision in DynamoDB.
                        if ((table.recents.get(viewer)?.revision ?? 0) < revision) return;
                        progressByViewer.set(viewer, {
                            since: Math.max(revision, before.since),
                            events: before.events + 1,
                        });
                    }

                    const all: Promise<void>[] = [];
                    const run = (async () => {
                        for (const { viewer, process, does, later, waits } of steps) {
                            harness.clock.at += later;
                            const [what, which] = does.split(" ");
                            if (which === "table" || which === "campaign") {
                                broken[which] = what === "break";
                                continue;
                            }
                            const doing =
                                does === "watch"
                                    ? watch(viewer, process)
                                    : ask(viewer, process, does === "ask" ? {} : { filter: "unwatched" });
                            all.push(doing);
                            if (waits) await doing;
                        }
                        await Promise.all(all);
                    })();
                    await scheduler.waitFor(run);
                },
            ),
            { numRuns: 300 },
        );
        assert.ok(answerCount > 500);
    });
});
