import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateDatasetGroupCommand } from "@aws-sdk/client-personalize";
import { readJson } from "../../../../test/support/json.ts";
import { readFault } from "../../../local-personalize/host/faults.ts";
import { interactionsSchema, refusal, until } from "../../../local-personalize/test/support.ts";
import { usePersonalize } from "./support.ts";

describe("Injected faults of the local AWS (/_local/faults)", () => {
    const harness = usePersonalize();
    const { describeGroup } = harness;

    it("a throttle fault affects only its operation, and only the configured number of calls", async () => {
        await harness.local.arm({ operation: "ListSchemas", call: 2, times: 2, effect: { kind: "throttle" } });
        const look = () => harness.personalize.listSchemas({}).then(() => "ok", String);
        const throttled = "ThrottlingException: Rate exceeded";
        assert.deepEqual([await look(), await look(), await look(), await look()], ["ok", throttled, throttled, "ok"]);
        await harness.personalize.listDatasetGroups({});
        const [fault] = await harness.local.armed();
        assert.deepEqual([fault?.seen, fault?.struck], [4, 2]);
        assert.deepEqual(await harness.local.requests(), []);
    });

    it("for services other than Personalize, faults require IAM enforcement and the effect `error`", async () => {
        const operation = "cloudfront:CreateDistribution";
        const effect = { kind: "error", code: "AccessDenied", message: "no", status: 403 };
        const answer = await harness.local.postFault(JSON.stringify({ operation, effect }));
        assert.equal(answer.status, 400);
        const { message } = await readJson<{ message: string }>(answer);
        assert.match(message, /operation must be a Personalize operation, .* it is "cloudfront:CreateDistribution"/);
        assert.throws(
            () => readFault({ operation, effect: { kind: "throttle" } }, new Set(), true),
            /For services other than Personalize, effect.kind must be error; it is throttle/,
        );
    });

    it("a fault with the effect `error` returns its code and status, and the call changes nothing", async () => {
        const effect = { kind: "error", code: "ServiceUnavailable", message: "Come back later", status: 503 };
        await harness.local.arm({ operation: "CreateSchema", effect });
        const create = { name: "films", schema: interactionsSchema };
        await assert.rejects(
            harness.personalize.createSchema(create),
            (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
                assert.equal(error.$metadata?.httpStatusCode, 503);
                return refusal("ServiceUnavailable", "Come back later")(error);
            },
        );
        assert.deepEqual((await harness.personalize.listSchemas({})).schemas, []);
        await harness.personalize.createSchema(create);
    });

    it("a fault with the effect `latency` delays a call before or after the call's execution", async () => {
        for (const when of ["before", "after"]) {
            const effect = { kind: "latency", milliseconds: 400, when };
            await harness.local.arm({ operation: "CreateDatasetGroup", effect });
            const began = Date.now();
            await harness.personalize.createDatasetGroup({ name: when });
            const answered = Date.now();
            const [entry] = (await harness.local.requests()).filter(({ name }) => name === when);
            const [waitedBefore, waitedAfter] = [Number(entry?.at) - began, answered - Number(entry?.at)];
            assert.ok((when === "before" ? waitedBefore : waitedAfter) >= 390, `${waitedBefore} ${waitedAfter}`);
        }
    });

    it("a fault with the effect `drop` closes the connection before or after the call", async () => {
        const groups = async () => ((await harness.personalize.listDatasetGroups({})).datasetGroups ?? []).length;
        const create = { name: "films" };
        await harness.local.arm({ operation: "CreateDatasetGroup", effect: { kind: "drop", when: "before" } });
        await assert.rejects(harness.personalize.createDatasetGroup(create), { code: "ECONNRESET" });
        assert.deepEqual([await groups(), (await harness.local.requests()).length], [0, 0]);

        await harness.local.arm({ operation: "CreateDatasetGroup", effect: { kind: "drop", when: "after" } });
        await assert.rejects(harness.personalize.createDatasetGroup(create), { code: "ECONNRESET" });
        assert.equal(await groups(), 1);
        assert.deepEqual(
            (await harness.local.requests()).map(({ outcome, answered }) => [outcome, answered]),
            [["accepted", 0]],
        );
    });

    it("a call whose client disconnects is logged as not answered", async () => {
        const effect = { kind: "latency", milliseconds: 2000, when: "after" };
        await harness.local.arm({ operation: "CreateDatasetGroup", effect });
        const client = new AbortController();
        const create = new CreateDatasetGroupCommand({ name: "films" });
        const sent = harness.local.personalize.send(create, { abortSignal: client.signal });
        const aborted = assert.rejects(sent, { name: "AbortError" });
        await until(async () => (await harness.local.requests()).length > 0);
        client.abort();
        await aborted;
        await sleep(effect.milliseconds + 100);
        assert.deepEqual(
            (await harness.local.requests()).map(({ outcome, answered }) => [outcome, answered]),
            [["accepted", 0]],
        );
    });

    it("two faults that apply to the same call both take effect", async () => {
        await harness.local.arm({ operation: "CreateDatasetGroup", effect: { kind: "fail", reason: "No luck." } });
        await harness.local.arm({ operation: "CreateDatasetGroup", effect: { kind: "drop", when: "after" } });
        await assert.rejects(harness.personalize.createDatasetGroup({ name: "films" }));
        assert.equal((await describeGroup("films"))?.status, "CREATE FAILED");
    });

    const badFaults: [string, RegExp][] = [
        ["no json", /must be a JSON object/],
        ["[]", /A fault must be a JSON object; it is \[\]/],
        ['{"operation":"CreateFish","effect":{"kind":"throttle"}}', /operation must be .* it is "CreateFish"/],
        ['{"operation":"CreateSchema"}', /effect must be a JSON object; it is missing/],
        ['{"operation":"CreateSchema","effect":{"kind":"burn"}}', /effect.kind must be throttle.* it is "burn"/],
        ['{"operation":"CreateSchema","effect":{"kind":"hang"}}', /hang requires .* operation is CreateSchema/],
        ['{"operation":"UpdateCampaign","effect":{"kind":"hang"}}', /hang requires .* operation is UpdateCampaign/],
        [
            '{"operation":"DeleteCampaign","effect":{"kind":"fail","reason":"x"}}',
            /fail requires .* operation is DeleteCampaign/,
        ],
        ['{"operation":"CreateSchema","call":0,"effect":{"kind":"throttle"}}', /call must be a whole number from 1/],
        [
            '{"operation":"CreateSchema","time":2,"effect":{"kind":"throttle"}}',
            /member time in a fault. Allowed members: operation/,
        ],
        ['{"operation":"CreateSchema","effect":{"kind":"drop"}}', /effect.when must be "before" or "after"/],
        ['{"operation":"CreateSchema","effect":{"kind":"throttle","ms":1}}', /member ms in the effect throttle/],
        ['{"operation":"CreateSchema","effect":{"kind":"error","code":"A","message":"b","status":200}}', /400 to 599/],
    ];
    it("POST /_local/faults rejects a wrong fault with its reason", async () => {
        for (const [body, message] of badFaults) {
            const answer = await harness.local.postFault(body);
            assert.equal(answer.status, 400, body);
            assert.match((await readJson<{ message: string }>(answer)).message, message);
        }
        assert.deepEqual(await harness.local.armed(), []);
    });
});
