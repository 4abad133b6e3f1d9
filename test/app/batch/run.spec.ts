import assert from "node:assert/strict";
import { BatchSimulation, type CallFault, parseVersionId, type SimulatedJob, versionArn } from "./simulation.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * Runs the function for batch lists every 15 minutes of a number of simulated days. Returns the generations that the
 * API served.
 *
 * @throws AssertionError if a viewer has no list of the served generation
 */
async function live(simulation: BatchSimulation, days: number): Promise<(number | undefined)[]> {
    const generations = new Set<number | undefined>();
    for (const end = simulation.now + days * day; simulation.now < end; simulation.pass(15 * minute)) {
        // EventBridge Scheduler may start two runs at the same time.
        await Promise.all([simulation.run(), simulation.run()]);
        generations.add(simulation.served?.generation);
        if (simulation.served) assert.deepEqual(simulation.servedViewers(), simulation.users, "a viewer lost the list");
    }
    return [...generations];
}

const billed = ({ jobs }: BatchSimulation) => jobs.filter((job) => job.billed).length;

const fails = (job: SimulatedJob) => {
    job.status = "CREATE FAILED";
    job.billed = false;
    job.output = undefined;
};
const output = (change: (lines: readonly string[]) => readonly string[]) => (job: SimulatedJob) => {
    job.output = change(job.output ?? []);
};
const errorLine = (line: string) =>
    JSON.stringify({ input: JSON.parse(line).input, output: null, error: "The user is not known." });

/** Results of a job of which viewers get no list, or no new one, and whether the function repeats the job. */
const results: readonly (readonly [what: string, change: (job: SimulatedJob) => void, isRepeated: boolean])[] = [
    ["fails", fails, true],
    ["returns half of the lists", output((lines) => lines.slice(0, lines.length / 2)), false],
    ["returns each list twice", output((lines) => [...lines, ...lines]), false],
    ["returns some errors", output((lines) => lines.map((line, at) => (at % 3 ? line : errorLine(line)))), false],
    ["returns only errors", output((lines) => lines.map(errorLine)), true],
    ["returns half of the last line", output((lines) => [...lines.slice(0, -1), '{"input":{"us']), false],
    ["returns no file", (job) => Object.assign(job, { output: undefined }), true],
];

describe("The function for lists of batch inference", () => {
    it("a function that is killed at any call, or whose call fails, loses no list and pays for no job twice", async () => {
        const calm = new BatchSimulation({ everyDays: 2 });
        await live(calm, 1.9);
        const before = calm.calls;
        await live(calm, 0.2);
        const calls = calm.calls - before;
        assert.ok(calls > 30, `${calls}`);
        for (let call = 1; call <= calls; call++) {
            for (const fault of ["kill", "kill after", "fail"] as const satisfies CallFault[]) {
                const simulation = new BatchSimulation({ everyDays: 2 });
                await live(simulation, 1.9);
                simulation.faultAt = { call: simulation.calls + call, fault };
                await live(simulation, 1);
                assert.deepEqual([simulation.served?.generation, billed(simulation)], [2, 2], `${fault} at ${call}`);
            }
        }
    });

    it("a job's name ends with five digits and eight hexadecimal characters, which the function's policy requires", async () => {
        const simulation = new BatchSimulation({ everyDays: 2 });
        await live(simulation, 3);
        assert.equal(simulation.jobs.length, 2);
        for (const { name } of simulation.jobs) assert.match(name, /^lists-\d{5}-[0-9a-f]{8}$/);
    });

    for (const [what, change, isRepeated] of results) {
        const then = isRepeated ? "the function repeats the job" : "viewers without a new list keep the previous list";
        it(`if a job ${what}, ${then}`, async () => {
            const simulation = new BatchSimulation({ everyDays: 2 });
            await live(simulation, 1);
            simulation.jobFaults.push(change);
            await live(simulation, 2);
            const jobs = isRepeated ? 3 : 2;
            assert.deepEqual([simulation.jobs.length, simulation.served?.generation], [jobs, jobs]);
        });
    }

    it("three failed jobs in a row cause one notification, and the API keeps serving the previous lists", async () => {
        const simulation = new BatchSimulation({ everyDays: 2 });
        await live(simulation, 1);
        const lists = simulation.served;
        simulation.jobFaults.push(fails, fails, fails);
        await live(simulation, 2);
        assert.equal(simulation.jobs.filter(({ status }) => status === "CREATE FAILED").length, 3);
        assert.deepEqual([...simulation.notifications], ["lists-failed/2"]);
        assert.equal(simulation.served, lists);
        await live(simulation, 2);
        assert.notEqual(simulation.served, lists);
    });

    it("a job that would exceed the monthly limit does not start until the limit is raised", async () => {
        const simulation = new BatchSimulation({ monthlyLimitUsd: 0.001 });
        await live(simulation, 1);
        assert.deepEqual([simulation.jobs.length, simulation.notifications.size], [0, 1]);
        simulation.settings = { ...simulation.settings, monthlyLimitUsd: 10 };
        await live(simulation, 2);
        assert.equal(simulation.jobs.length, 1);
    });

    it("lists in DynamoDB that the API no longer serves expire within a day", async () => {
        const simulation = new BatchSimulation({ everyDays: 2 });
        await live(simulation, 3);
        const expiry = [...simulation.lists].map(([key, { expiresAt }]) => [
            key.endsWith("batch-1"),
            expiresAt - simulation.now < day,
        ]);
        assert.ok(expiry.some(([isFirst]) => isFirst) && expiry.some(([isFirst]) => !isFirst));
        assert.ok(expiry.every(([isFirst, isSoon]) => isFirst === isSoon));
    });

    it("an attacker's events for invented viewers add at most 100 viewers to a job", async () => {
        const simulation = new BatchSimulation();
        for (let at = 0; at < 5000; at++) {
            simulation.recent.set(`invented${at}`, { revision: simulation.now + at, items: [] });
        }
        simulation.recent.set("proven", { revision: simulation.now, items: [], proven: true });
        await live(simulation, 1);
        const users = simulation.jobs[0]?.users ?? [];
        assert.equal(users.length, simulation.users.length + 1 + 100);
        assert.ok(users.includes("proven") && users.includes("invented4999") && !users.includes("invented0"));
    });

    it("a job uses a version that was trained automatically only if the quality gate accepts it", async () => {
        const simulation = new BatchSimulation({ everyDays: 2 });
        await live(simulation, 1);
        for (const [id, ndcg] of [
            ["worse", 0.1],
            ["unmeasured", undefined],
            ["better", 0.45],
        ] as const) {
            simulation.versions.set(id, { madeAt: simulation.now, ndcg });
            await live(simulation, 2);
        }
        const versions = simulation.jobs.map(({ solutionVersionArn }) => parseVersionId(solutionVersionArn));
        assert.deepEqual(versions, ["v1", "v1", "v1", "better"]);
    });

    it("after `up` or `rollback` during a job, the API never serves the lists of that job", async () => {
        const simulation = new BatchSimulation({ everyDays: 2 });
        assert.deepEqual(await live(simulation, 2 + 10 / 1440), [undefined, 1]);
        simulation.versions.set("v2", { madeAt: simulation.now, ndcg: 0.42 });
        simulation.settings = { ...simulation.settings, solutionVersionArn: versionArn("v2") };
        await live(simulation, 10 / 1440);
        simulation.held = versionArn("v1");
        assert.deepEqual(await live(simulation, 1), [1, 4]);
        const versions = simulation.jobs.map(({ solutionVersionArn }) => parseVersionId(solutionVersionArn));
        assert.deepEqual(versions, ["v1", "v1", "v2", "v1"]);
    });
});
