import assert from "node:assert/strict";
import { batchFaults } from "./batch/faults.ts";
import { playFaults } from "./batch/play.ts";
import { BatchSimulation, parseVersionId } from "./batch/simulation.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const faultsNamed = (text: string) => batchFaults.filter(({ what }) => what.includes(text));

/** Runs the function for batch lists every 15 minutes of a number of simulated days. */
async function live(simulation: BatchSimulation, days: number): Promise<void> {
    for (const end = simulation.now + days * day; simulation.now < end; simulation.pass(15 * minute))
        await simulation.run();
}

describe("Simulation of lists of batch inference", () => {
    it("no simulated fault leaves a request unanswered, loses a personal list, or causes AWS to charge for a job twice", async () => {
        const { faults, jobs, notifications, ...played } = await playFaults(batchFaults);
        assert.ok(faults.length >= 30);
        assert.ok(faults.every(({ answers }) => answers > 0));
        assert.deepEqual(played, { unanswered: 0, mixed: 0, lost: 0, paidTwice: 0 });
        const versions = new Set(jobs.map(({ solutionVersionArn }) => parseVersionId(solutionVersionArn)));
        assert.ok(versions.has("better"), `${[...versions]}`);
        assert.ok(!versions.has("worse") && !versions.has("unmeasured"), `${[...versions]}`);
        assert.equal(new Set(notifications).size, notifications.length);
    });

    it("three failed jobs in a row cause one notification, and the API keeps serving the previous lists", async () => {
        const simulation = new BatchSimulation({ everyDays: 2 });
        await live(simulation, 1);
        const lists = simulation.served;
        for (const fault of faultsNamed("the job fails")) fault.apply(simulation);
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
            simulation.recent.set(`invented${at}`, { revision: simulation.now + at, films: [] });
        }
        simulation.recent.set("proven", { revision: simulation.now, films: [], proven: true });
        await live(simulation, 1);
        const users = simulation.jobs[0]?.users ?? [];
        assert.equal(users.length, simulation.users.length + 1 + 100);
        assert.ok(users.includes("proven") && users.includes("invented4999") && !users.includes("invented0"));
    });

    it("`playFaults` counts a lost list if a viewer has neither the old list nor a new list", async () => {
        const copyFails = { what: "no list is copied", day: 0, apply: keepsNothing };
        const { lost } = await playFaults([copyFails, ...faultsNamed("half an output")]);
        assert.ok(lost > 0);
    });
});

/** Makes the simulation skip each copy of a list, so that viewers without a new list lose the old one. */
function keepsNothing(simulation: BatchSimulation): void {
    simulation.sabotage = (port) => (port === "copyList" ? "skip" : undefined);
}
