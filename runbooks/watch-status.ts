import { setTimeout as sleep } from "node:timers/promises";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { InvalidArgumentError } from "commander";
import { duration } from "../personalize/wait.ts";
import { type CommonOptions, exitCodes, runAction, runbook } from "./lib/runbook.ts";
import { recordedResources } from "./lib/stack.ts";
import { type Overall, overall, type ResourceStatus, statusOf } from "./lib/status.ts";
import { table } from "./lib/table.ts";

interface Options extends CommonOptions {
    readonly wait?: boolean;
    readonly timeout: number;
    readonly poll: number;
}

const options = runbook("watch-status", "How each Personalize resource of the stack stands, and what to do next")
    .option("--wait", "wait until all are ACTIVE or one has failed")
    .option("--timeout <minutes>", "how long to wait at most", positive, 360)
    .option("--poll <seconds>", "seconds between two looks while waiting", positive, 15)
    .parse()
    .opts<Options>();

await runAction(options.verbose, async (signal) => {
    const clients = new Map<string, PersonalizeClient>();
    const clientOf = (region: string) => {
        const client = clients.get(region) ?? new PersonalizeClient({ region });
        clients.set(region, client);
        return client;
    };
    const giveUp = Date.now() + options.timeout * 60_000;
    let said = "";
    for (;;) {
        // Read anew each time: an `up` in another terminal goes on adding resources.
        const statuses = await statusOf(clientOf, await recordedResources(options.stack), Date.now());
        const state = overall(statuses);
        if (!options.wait || state !== "working") {
            print(statuses, state);
            return state === "failed" ? exitCodes.problem : exitCodes.fine;
        }
        const line = statuses
            .filter((status) => status.state !== "ACTIVE")
            .map((status) => `${status.resource}: ${status.state}`)
            .join("; ");
        if (line !== said) {
            process.stderr.write(`${line}\n`);
            said = line;
        }
        if (Date.now() > giveUp) {
            process.stderr.write("Still not done; the work goes on in AWS. Go on: npm run watch-status -- --wait\n");
            return exitCodes.timedOut;
        }
        await sleep(options.poll * 1000, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) {
            process.stderr.write("Stopped waiting; the work goes on in AWS. Go on: npm run watch-status -- --wait\n");
            return exitCodes.cancelled;
        }
    }
});

function print(statuses: readonly ResourceStatus[], state: Overall): void {
    if (options.json) {
        console.log(JSON.stringify({ schemaVersion: 1, overall: state, resources: statuses }));
        return;
    }
    if (state === "empty") {
        console.log("The stack has no Personalize resources. Make them by: pulumi up");
        return;
    }
    const rows = statuses.map(({ resource, state: own, ageSeconds }) => [
        resource,
        own,
        ageSeconds === null ? "–" : duration(ageSeconds),
    ]);
    console.log(table(["resource", "state", "since"], rows));
    for (const { resource, failureReason, nextStep } of statuses) {
        if (failureReason) {
            console.log(`${resource} failed: ${failureReason}`);
        }
        if (nextStep) {
            console.log(`${resource}: ${nextStep}`);
        }
    }
    console.log(`console: ${statuses[0]?.consoleUrl}`);
}

function positive(text: string): number {
    const value = Number(text);
    if (!(value > 0)) {
        throw new InvalidArgumentError("It must be a number above 0.");
    }
    return value;
}
