import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { load } from "js-yaml";
import { openToStrangers } from "../../components/api/recommendation-api.ts";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { assertExit, createSettings, startTestAws, type TestAws } from "../support/local-aws.ts";
import { until } from "../support/until.ts";

// biome-ignore lint/suspicious/noExplicitAny: each test reads different members of the JSON document
type Document = any;

interface Answer {
    readonly status: number;
    readonly body: Document;
    readonly headers: Headers;
}

/** Deploys the API with Pulumi. The local AWS runs API Gateway and the API function. */
describe("API on the local AWS", () => {
    let aws: TestAws;
    let url: string;
    let campaignArn: string;
    let dynamo: DynamoDB;
    const serving = {
        api: true,
        storefront: "api",
        eventTracker: true,
        publicHistories: true,
        throttle: { requestsPerSecond: 100, burst: 200, eventsPerSecond: 1, eventsBurst: 30 },
    };

    before(async () => {
        aws = await startTestAws();
        await aws.configure(serving);
        const up = await aws.engine("up");
        assertExit(up, 0);
        assert.ok(`${up.stdout}${up.stderr}`.replaceAll(/\s+/g, " ").includes(openToStrangers), up.stderr);
        const outputs = await aws.outputs();
        url = String(outputs.apiUrl);
        campaignArn = String(outputs.campaignArn);
        dynamo = new DynamoDB(createSettings(aws.instance));
    });
    after(async () => {
        dynamo?.destroy();
        await aws?.stop();
    });

    async function call(path: string, init: RequestInit = {}): Promise<Answer> {
        const response = await fetch(`${url}${path}`, init);
        const text = await response.text();
        return { status: response.status, body: text === "" ? undefined : JSON.parse(text), headers: response.headers };
    }
    const post = (path: string, body: object) =>
        call(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
    const watch = (userId: string, itemId: string) =>
        post("/events", { userId, sessionId: "s", events: [{ eventType: "Watch", itemId }] });
    const idsOf = ({ body }: Answer): string[] => body.items.map(({ itemId }: { itemId: string }) => itemId);
    /**
     * Returns the first answer from this source. The API waits 150 ms for DynamoDB and 350 ms for the campaign. On a
     * busy machine the API may exceed these times, and then answers from another source.
     */
    async function from(source: string, ask: () => Promise<Answer>): Promise<Answer> {
        const others: string[] = [];
        for (const giveUp = Date.now() + 30_000; ; await sleep(200)) {
            const answer = await ask();
            if (answer.body.source === source) return answer;
            others.push(answer.body.source);
            assert.ok(Date.now() < giveUp, `never from ${source}: ${others}`);
        }
    }
    const operate = (name: string, ...args: string[]) =>
        aws.runbook(name, "--config-file", aws.engineArgs("up")[2] ?? "", ...args);

    // test/app/serving/answers.spec.ts compares the responses with their schemas.
    it("each operation of the OpenAPI document that the API serves responds", async () => {
        const film = idsOf(await call("/popular?numResults=3"));
        const calls: Readonly<Record<string, () => Promise<Answer>>> = {
            getRecommendations: () => call("/recommendations/1?numResults=5"),
            getHistory: () => call("/history/1"),
            getSimilar: () => call(`/similar/${film[0]}`),
            getPopular: () => call("/popular"),
            getTrending: () => call("/trending"),
            getLatest: () => call("/latest"),
            searchItems: () => call("/items?query=film"),
            getItem: () => call(`/items/${film[0]}`),
            putEvents: () => watch("visitor", film[0] ?? ""),
            getHealth: () => call("/health"),
            getOpenApi: () => call("/openapi.json"),
        };
        const description = load(await readFile("app/api/openapi.yaml", "utf8")) as Document;
        assert.deepEqual((await call("/openapi.json")).body, description);
        const operations = Object.values<Document>(description.paths).flatMap((verbs) =>
            Object.values<Document>(verbs),
        );
        assert.deepEqual(operations.map(({ operationId }) => operationId).sort(), Object.keys(calls).sort());
        for (const [operationId, ask] of Object.entries(calls)) {
            const { status, body } = await ask();
            assert.ok(status < 300, `${operationId}: ${JSON.stringify(body)}`);
        }
    });

    it("the API rejects invalid requests with problem documents (RFC 9457)", async () => {
        // test/app/serving/requests.spec.ts tests each kind of invalid request.
        const wrong = await call("/recommendations/1?numResults=1000");
        assert.deepEqual([wrong.status, wrong.headers.get("content-type")], [400, "application/problem+json"]);
        assert.deepEqual([wrong.body.type, wrong.body.errors[0].in], ["/problems/bad-request", "query numResults"]);
        assert.equal(wrong.body.requestId, wrong.headers.get("x-amzn-requestid"));
        const unknown = await call("/nothing/1/more");
        assert.deepEqual([unknown.status, unknown.body.type], [404, "/problems/not-found"]);
        const noPath = await call("/");
        assert.deepEqual([noPath.status, noPath.body.type], [404, "about:blank"]);
        const wrongMethod = await call("/events", { method: "PUT" });
        assert.deepEqual([wrongMethod.status, wrongMethod.headers.get("allow")], [405, "OPTIONS, POST"]);
    });

    it("an event changes the list of the viewer who sent the event within a second, and no other list", async () => {
        const others = await from("campaign", () => call("/recommendations/8"));
        // Take the best of three measurements, because the machine may be busy with something else.
        const took: number[] = [];
        for (const viewer of ["7", "17", "27"]) {
            const before = await from("campaign", () => call(`/recommendations/${viewer}`));
            await from("cache", () => call(`/recommendations/${viewer}`));
            const begun = performance.now();
            const { body } = await watch(viewer, idsOf(before)[0] ?? "");
            assert.equal(body.tracked, true);
            const after = await from("campaign", () => call(`/recommendations/${viewer}?since=${body.revision}`));
            took.push(performance.now() - begun);
            assert.notDeepEqual(idsOf(after), idsOf(before));
            assert.ok(!idsOf(after).includes(idsOf(before)[0] ?? ""));
        }
        assert.ok(Math.min(...took) < 1000, `${took} ms`);
        assert.deepEqual(idsOf(await from("cache", () => call("/recommendations/8"))), idsOf(others));
    });

    it("after `flush-cache`, every list comes from the campaign again", async () => {
        const list = () => call("/recommendations/9");
        await from("campaign", list);
        await from("cache", list);
        assertExit(await aws.runbook("flush-cache", "--yes"), 0);
        await from("campaign", list);
        await from("cache", list);
    });

    it("`forget-viewer --dry-run` shows a viewer's items, and `forget-viewer` deletes viewers from the table and, with one job, from Personalize", async () => {
        await watch("30", idsOf(await call("/popular?numResults=1"))[0] ?? "");
        const { stdout, ...shown } = await operate("forget-viewer", "30", "--dry-run", "--json");
        assertExit({ stdout, ...shown }, 0);
        assert.ok(JSON.parse(stdout).items.includes("viewer#30 / recent"), stdout);
        const recommend = async (userId: string) =>
            (await aws.runtime.getRecommendations({ campaignArn, userId })).itemList?.map(({ itemId }) => itemId);
        assert.notDeepEqual(await recommend("30"), await recommend("nobody"));
        const forgotten = await operate("forget-viewer", "30", "28", "--yes");
        assertExit(forgotten, 0);
        assert.match(forgotten.stdout, /the next import restores the viewers.*npm run data-prep -- <files>/);
        assert.deepEqual(await endedDeletions(), ["COMPLETED"]);
        assert.deepEqual(await recommend("30"), await recommend("nobody"));
        const after = JSON.parse((await operate("forget-viewer", "30", "--dry-run", "--json")).stdout);
        assert.deepEqual(after.items, ["viewer#30 / recent"], "the empty item");
    });

    it("`forget-viewer` deletes nothing while another data deletion job runs, and `--dry-run` refuses, too", async () => {
        const admin = createAdmin(aws.instance);
        await admin.arm({ operation: "CreateDataDeletionJob", effect: { kind: "hang" } });
        assertExit(await operate("forget-viewer", "27", "--yes"), 0);
        await watch("26", idsOf(await call("/popular?numResults=1"))[0] ?? "");
        const TableName = String((await aws.outputs()).apiTableName);
        const stored = async () =>
            (await dynamo.getItem({ TableName, Key: { pk: { S: "viewer#26" }, sk: { S: "recent" } } })).Item;
        const before = await stored();
        assert.ok(before);
        for (const option of ["--dry-run", "--yes"]) {
            const refused = await operate("forget-viewer", "26", option);
            assertExit(refused, 1);
            assert.match(refused.stderr, /Personalize works on the data of stack .*: data deletion job movie_viewers_/);
        }
        await admin.clear();
        await endedDeletions();
        assert.deepEqual(await stored(), before);
    });

    /** Returns the states of the stack's data deletion jobs when all have ended. */
    const endedDeletions = () =>
        until("the end of all deletion jobs", async () => {
            const { jobs } = JSON.parse((await operate("forget-viewer", "--status", "--json")).stdout);
            const states: string[] = jobs.map(({ status, failureReason }: Document) => failureReason ?? status);
            return !states.some((state) => /PENDING|IN_PROGRESS/.test(state)) && states;
        });

    it("GET /health returns version and cost to the storefront page, and only the campaign's state to other callers", async () => {
        const own = (await call("/health", { headers: { "sec-fetch-site": "same-origin" } })).body;
        assert.match(own.campaign.solutionVersionArn, /:solution\//);
        assert.ok(own.cost.campaignUsdPerHour > 0);
        for (const headers of [{}, { "sec-fetch-site": "cross-site" }]) {
            const { viewers, ...state } = (await call("/health", { headers })).body;
            assert.ok(Array.isArray(viewers));
            assert.deepEqual(state, { status: "ok", campaign: { state: "serving" } });
        }
    });

    it("the API throttles events at a lower rate than lists", async () => {
        // Send six requests at a time, because each concurrent request starts a process, which takes most of a second.
        const six = (ask: () => Promise<Answer>) => Promise.all(Array.from({ length: 6 }, ask));
        const isThrottled = ({ status }: Answer) => status === 429;
        const lists: Answer[] = [];
        await until(
            "a throttled event",
            async () => {
                const [events, more] = await Promise.all([
                    six(() => watch("stranger", "1")),
                    six(() => call("/recommendations/1")),
                ]);
                lists.push(...more);
                return events.some(isThrottled);
            },
            120,
        );
        assert.deepEqual(lists.filter(isThrottled), []);
        // Wait until API Gateway's token bucket allows the events of the next tests.
        await until("an event that is not throttled", async () => (await watch("stranger", "1")).status !== 429, 60);
    });

    describe("API while the campaign is unavailable", () => {
        const failed: string[] = [];
        const sources = new Map<string, number>();
        let stopped = false;
        let asking: Promise<unknown>;
        let round = 0;

        /** Sends requests of known and new viewers, and some events, until the tests end. */
        async function viewer(number: number): Promise<void> {
            while (!stopped) {
                round += 1;
                const userId = round % 3 === 0 ? `visitor-${round % 50}` : String((number * 7 + round) % 60);
                const { status, body } = await call(`/recommendations/${userId}?numResults=5`).catch((error) => ({
                    status: 0,
                    body: String(error),
                }));
                if (status !== 200 || body.items.length !== 5) failed.push(`${status} ${JSON.stringify(body)}`);
                else sources.set(body.source, (sources.get(body.source) ?? 0) + 1);
                if (round % 20 === 0) await watch(userId, body.items?.[0]?.itemId ?? "1");
                await sleep(500);
            }
        }
        before(() => {
            asking = Promise.all([1, 2].map(viewer));
        });
        after(async () => {
            stopped = true;
            await asking;
        });
        const none = () => assert.deepEqual(failed.slice(0, 3), []);
        /** Waits until this number of further requests has been sent. */
        async function waitForRequests(requests: number): Promise<void> {
            for (const enough = round + requests; round < enough; ) await sleep(20);
        }
        const isThere = () =>
            aws.personalize.describeCampaign({ campaignArn }).then(
                ({ campaign }) => campaign?.status === "ACTIVE",
                () => false,
            );

        it("while the campaign is throttled, the API responds and states the reason", async () => {
            const admin = createAdmin(aws.instance);
            await admin.arm({ operation: "GetRecommendations", times: 100_000, effect: { kind: "throttle" } });
            // Try several viewers, because on a busy machine the error may arrive after the deadline, with the reason
            // `slow`.
            let stranger = 0;
            const isThrottled = async () => {
                stranger += 1;
                return (await call(`/recommendations/unserved-${stranger}`)).body.reason === "throttled";
            };
            await until("a list with the reason `throttled`", isThrottled);
            await waitForRequests(20);
            await admin.clear();
            none();
        });

        /** Returns two lists of films that come from the fallback tables only. */
        const fallbackLists = async () => [(await call("/popular")).body.items, (await call("/similar/1")).body.items];
        /**
         * Deletes the stored campaign status, so that the API reads the status and the tables again. Waits for the
         * expected lists.
         */
        async function untilSeen(what: string, isSeen: (lists: readonly unknown[]) => boolean): Promise<void> {
            const Key = { pk: { S: "stack" }, sk: { S: "campaign" } };
            await dynamo.deleteItem({ TableName: (await aws.outputs()).apiTableName, Key });
            await until(what, async () => isSeen(await fallbackLists()));
        }

        it("popular and similar films change with the campaign's version, also after `rollback`", async () => {
            const first = await fallbackLists();
            const closedGate = { gate: { minimumNdcgOverPopularityPercent: 100_000 } };
            await aws.configure({ ...serving, ...closedGate, minProvisionedTPS: 2 });
            await aws.writeInteractions(2);
            assertExit(await operate("retrain"), 1);
            // The quality gate rejected the new version. The changed configuration has started new processes of the
            // function, which must answer in the same way.
            assert.deepEqual(await fallbackLists(), first);
            const { solutionVersionArn = "" } = await aws.outputs();
            assertExit(await operate("rollback", "--to", solutionVersionArn, "--yes"), 0);
            const differs = (part: unknown, at: number) => !isDeepStrictEqual(part, first[at]);
            await untilSeen("the tables of the other data", (parts) => parts.every(differs));
            assertExit(await operate("rollback", "--yes"), 0);
            await untilSeen("the tables of the first data", (parts) => !parts.some(differs));
            assertExit(await operate("rollback", "--release"), 0);
            none();
        });

        it("after `park` deletes the campaign, the API still responds, and after `resume` it uses the campaign again", async () => {
            assertExit(await operate("park", "--yes", "--reason", "night"), 0);
            assert.equal(await isThere(), false);
            // Repeat the request, because on a busy machine the gateway may time out, and the gateway's error has no
            // campaign state.
            const isAway = async () => (await call("/health")).body.campaign?.state === "away";
            await until("health reports that the campaign is away", isAway);
            const { body } = await watch("parked-viewer", "3");
            assert.equal(body.tracked, true);
            // Repeat the request, because each process of the function detects the campaign's state by itself.
            const like = await until("a list without the campaign", async () => {
                const answer = await call(`/recommendations/parked-viewer?since=${body.revision}`);
                return answer.body.reason === "away" ? answer : undefined;
            });
            assert.ok(["similar", "popular"].includes(like.body.source), like.body.source);
            assertExit(await operate("resume", "--yes"), 0);
            await from("campaign", () => call(`/recommendations/back-${Date.now()}`));
            none();
            assert.ok((sources.get("campaign") ?? 0) > 0 && (sources.get("cache") ?? 0) > 0, `${[...sources]}`);
            assert.ok([...sources.values()].reduce((sum, count) => sum + count, 0) > 50, `${[...sources]}`);
        });
    });
});
