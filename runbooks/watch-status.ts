import { setTimeout as sleep } from "node:timers/promises";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { SSMClient } from "@aws-sdk/client-ssm";
import { Option } from "@commander-js/extra-typings";
import { personalizeClients } from "pulumi-personalize/core";
import { isTransient } from "pulumi-personalize/errors";
import { formatError } from "terminal-text";
import { clearScreen } from "./lib/cli/output.ts";
import { aboveZero, exitCodes, printResult, runAction, runbook } from "./lib/cli/runbook.ts";
import { shortName } from "./lib/stack/all-stacks.ts";
import { changesSince, reportText } from "./lib/stack/report-text.ts";
import { exportedStack, newestListsJob, type RecordedResource, selectRecordedResources } from "./lib/stack/stack.ts";
import { byRegion, selectedStack } from "./lib/stack/stack-config.ts";
import { reportOn, type StackReport } from "./lib/stack/stack-report.ts";
import { readStatus, worstState } from "./lib/stack/status.ts";

const options = runbook("watch-status", ["", "--wait"])
    .option("--wait", "wait until all are ACTIVE or one has failed")
    .addOption(
        new Option("--follow", "refresh until Ctrl-C; without a terminal, print only changes").conflicts([
            "wait",
            "json",
        ]),
    )
    .option("--timeout <minutes>", "longest wait", aboveZero, 360)
    .option("--poll <seconds>", "seconds between two polls while waiting or following", aboveZero, 15)
    .parse()
    .opts();

const clients = {
    personalize: personalizeClients(),
    cloudTrail: byRegion((region) => new CloudTrailClient({ region })),
    ssm: byRegion((region) => new SSMClient({ region })),
};
await runAction(options.verbose, (signal) => (options.follow ? follow(signal) : watch(signal)));

/** Reads the state each time, because an `up` in another terminal adds resources. */
async function resources(): Promise<RecordedResource[]> {
    const exported = await exportedStack(options.stack);
    return [...selectRecordedResources(exported), ...(await newestListsJob(clients.personalize, exported))];
}

async function report(): Promise<StackReport> {
    const recorded = await resources();
    const stack = shortName(options.stack ?? (await selectedStack()));
    return reportOn(clients, stack, recorded, Date.now());
}

async function watch(signal: AbortSignal): Promise<number> {
    const giveUp = Date.now() + options.timeout * 60_000;
    let printed = "";
    for (;;) {
        const statuses = options.wait ? await readStatus(clients.personalize, await resources(), Date.now()) : [];
        if (worstState(statuses) !== "working") {
            const currentReport = await report();
            const exitCode = currentReport.overall === "failed" ? exitCodes.problem : exitCodes.fine;
            return printResult(options, currentReport, reportText(currentReport), exitCode);
        }
        const line = statuses
            .filter((status) => status.state !== "ACTIVE")
            .map((status) => `${status.resource}: ${status.state}`)
            .join("; ");
        if (line !== printed) {
            process.stderr.write(`${line}\n`);
            printed = line;
        }
        if (Date.now() > giveUp) {
            process.stderr.write(
                "Not finished yet; AWS continues the work. Resume the wait: npm run watch-status -- --wait\n",
            );
            return exitCodes.timedOut;
        }
        await sleep(options.poll * 1000, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) {
            process.stderr.write(
                "Stopped waiting; AWS continues the work. Resume the wait: npm run watch-status -- --wait\n",
            );
            return exitCodes.cancelled;
        }
    }
}

/** Prints the changes of the status until Ctrl-C, which is the usual way to end the command, so the exit code is 0. */
async function follow(signal: AbortSignal): Promise<number> {
    let before: StackReport | undefined;
    while (!signal.aborted) {
        try {
            const current = await report();
            show(before, current);
            before = current;
        } catch (error) {
            if (!isTransient(error)) throw error;
            process.stderr.write(`${clock()} AWS did not answer (${formatError(error)})\n`);
        }
        await sleep(options.poll * 1000, undefined, { signal }).catch(() => undefined);
    }
    return exitCodes.fine;
}

function show(before: StackReport | undefined, current: StackReport): void {
    if (process.stdout.isTTY) {
        clearScreen();
        console.log(
            `${reportText(current)}\n${clock()}, refreshed every ${options.poll} s; Ctrl-C ends the display, but nothing in AWS`,
        );
        return;
    }
    for (const line of changesSince(before, current)) console.log(`${clock()} ${line}`);
}

function clock(): string {
    return new Date().toISOString().slice(11, 19);
}
