import type { BatchSimulation, SimulatedJob } from "./simulation.ts";
import { versionArn } from "./simulation.ts";

/** A fault or an operator's action in the simulated time. */
export interface BatchFault {
    readonly what: string;
    /** Number of days from the start of the simulated time to the fault. */
    readonly day: number;
    apply(simulation: BatchSimulation): void;
}

/** Lets the `nth` call of the `BatchPorts` method `port` fail once, or kills the function at this call. */
const once =
    (port: string, what: "kill" | "kill after" | "fail", nth = 1) =>
    (simulation: BatchSimulation) => {
        simulation.sabotage = (name, calls, { sabotage }) => {
            if (name !== port || calls !== nth) return undefined;
            if (simulation.sabotage === sabotage) simulation.sabotage = undefined;
            return what;
        };
    };

const ofJob = (change: (job: SimulatedJob) => void) => (simulation: BatchSimulation) => {
    simulation.jobFaults.push(change);
};
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
/** Sets a new version, for which the function starts a job now, as after `up` with new data. */
const up = (id: string) => (simulation: BatchSimulation) => {
    simulation.requestedAt.push(simulation.now);
    simulation.versions.set(id, { madeAt: simulation.now, ndcg: 0.42 });
    simulation.settings = { ...simulation.settings, solutionVersionArn: versionArn(id) };
};
const trains = (id: string, ndcg: number | undefined) => (simulation: BatchSimulation) =>
    void simulation.versions.set(id, { madeAt: simulation.now, ndcg });
const hold = (id: string | undefined) => (simulation: BatchSimulation) => {
    simulation.requestedAt.push(simulation.now);
    simulation.held = id && versionArn(id);
};
const minute = 1 / 1440;

/** More than thirty faults, about one for each job. The simulated stack starts a job every second day. */
export const batchFaults: readonly BatchFault[] = [
    { what: "the function is killed before the input is written", day: 0, apply: once("writeUsers", "kill") },
    { what: "the job fails", day: 2, apply: ofJob(fails) },
    { what: "the job fails a second time", day: 2.3, apply: ofJob(fails) },
    { what: "the job fails a third time", day: 2.8, apply: ofJob(fails) },
    { what: "half an output", day: 4, apply: ofJob(output((lines) => lines.slice(0, lines.length / 2))) },
    { what: "duplicates in the output", day: 6, apply: ofJob(output((lines) => [...lines, ...lines])) },
    {
        what: "error lines",
        day: 8,
        apply: ofJob(output((lines) => lines.map((line, at) => (at % 3 === 0 ? errorLine(line) : line)))),
    },
    { what: "an output of errors only", day: 10, apply: ofJob(output((lines) => lines.map(errorLine))) },
    {
        what: "a truncated line",
        day: 11,
        apply: ofJob(output((lines) => [...lines.slice(0, -1), (lines.at(-1) ?? "").slice(0, 20)])),
    },
    {
        what: "a missing output",
        day: 13,
        apply: ofJob((job) => {
            job.output = undefined;
        }),
    },
    { what: "the function is killed after it started the job", day: 15, apply: once("createJob", "kill after") },
    { what: "the function is killed while it starts the job", day: 17, apply: once("createJob", "kill") },
    { what: "the function is killed while loading", day: 19, apply: once("putLists", "kill after") },
    { what: "the function is killed after the switch", day: 21, apply: once("serve", "kill after") },
    { what: "the function is killed before the switch", day: 23, apply: once("serve", "kill") },
    { what: "the function is killed while lists expire", day: 25, apply: once("expireLists", "kill after") },
    { what: "the table is throttled while loading", day: 27, apply: once("putLists", "fail") },
    { what: "the table is throttled while the state is stored", day: 29, apply: once("save", "fail", 2) },
    { what: "the state flags cannot be read", day: 31, apply: once("heldVersion", "fail") },
    { what: "the job's description is throttled", day: 33, apply: once("describeJob", "fail") },
    { what: "the start of the job is throttled", day: 35, apply: once("createJob", "fail") },
    { what: "the interactions cannot be read", day: 37, apply: once("interactions", "fail") },
    { what: "a worse version was trained automatically", day: 38, apply: trains("worse", 0.1) },
    { what: "a version without metrics was trained automatically", day: 40, apply: trains("unmeasured", undefined) },
    { what: "a better version was trained automatically", day: 42, apply: trains("better", 0.45) },
    { what: "up with new data during a job", day: 44 + 10 * minute, apply: up("v2") },
    { what: "up with newer data while that job runs", day: 44 + 30 * minute, apply: up("v3") },
    { what: "a rollback during a job", day: 46 + 10 * minute, apply: hold("v1") },
    { what: "a kill while the rollback's lists load", day: 46 + 20 * minute, apply: once("putLists", "kill") },
    { what: "the hold ends", day: 48, apply: hold(undefined) },
    { what: "a rollback to the version that serves", day: 50.5, apply: hold("v3") },
    {
        what: "the notification fails with the job",
        day: 52,
        apply: (simulation) => {
            ofJob(fails)(simulation);
            once("notify", "fail")(simulation);
        },
    },
    {
        what: "the limit is reached",
        day: 54,
        apply: (simulation) => {
            simulation.spend = { month: new Date(simulation.now).toISOString().slice(0, 7), usd: 1e6 };
        },
    },
    {
        what: "the limit is raised",
        day: 55,
        apply: (simulation) => {
            simulation.spend = undefined;
        },
    },
    {
        what: "the stack is destroyed during a job and created again",
        day: 57 + 10 * minute,
        apply: (simulation) => simulation.recreate(),
    },
];
