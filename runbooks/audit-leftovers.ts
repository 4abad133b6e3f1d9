import { approximately, priceNote } from "../core/config/prices.ts";
import { regionProblem } from "../core/config/regions.ts";
import { type Audit, audit } from "./lib/audit/audit.ts";
import type { Row } from "./lib/audit/leftovers.ts";
import { shortTime, table } from "./lib/cli/output.ts";
import { exitCodes, printResult, RunbookError, runAction, runbook } from "./lib/cli/runbook.ts";
import { type AllStacks, readAllStacks } from "./lib/stack/all-stacks.ts";
import { projectName, stackRegion } from "./lib/stack/stack-config.ts";

const options = runbook("audit-leftovers", ["", "--region eu-central-1"])
    .option("--region <region>", "region to search; default: the regions of all stacks, else AWS_REGION")
    .parse()
    .opts();

await runAction(options.verbose, async () => {
    const stacks = await readAllStacks();
    process.stderr.write(`in stacks: ${stacks.names.join(", ") || "none"}\n`);
    const regions = await regionsToSearch(stacks);
    const report = await audit(regions, await projectName(), stacks, (line) => process.stderr.write(`${line}\n`));
    for (const { stack, reason } of stacks.unreadable) {
        process.stderr.write(`warning: the state of stack ${stack} cannot be read: ${reason}\n`);
    }
    for (const { what, reason } of report.unread) {
        process.stderr.write(`warning: ${what} could not be checked: ${reason}\n`);
    }
    printResult(options, { ...report, unreadableStacks: stacks.unreadable }, () => print(report));
    return report.interrupted.length > 0 || report.rows.some(({ bills }) => bills) ? exitCodes.problem : exitCodes.fine;
});

/**
 * Returns the region of the options; else the regions of all stacks, by their resources or their configuration; else
 * AWS_REGION.
 * @throws RunbookError without a valid region
 */
async function regionsToSearch({ names, regions }: AllStacks): Promise<readonly string[]> {
    const { region, stack } = options;
    const problem = region && regionProblem(region);
    if (problem) throw new RunbookError(`--region ${problem}`, exitCodes.usage);
    if (region) return [region];
    const found = new Set<string>();
    for (const name of names) {
        const recorded = regions.get(name) ?? [];
        const configured = recorded.length > 0 ? undefined : await stackRegion(name);
        for (const one of configured ? [configured] : recorded) found.add(one);
    }
    if (found.size > 0) return [...found];
    const other = (await stackRegion(stack)) ?? process.env.AWS_REGION;
    if (other) return [other];
    throw new RunbookError("No region is set. Specify one with --region, or a stack with --stack.", exitCodes.usage);
}

function print(report: Audit): void {
    const { rows, undecided, interrupted, clearPending, notOurs, unread } = report;
    const where = `in account ${report.accountId}, ${report.regions.join(", ")}`;
    const section = (title: string, listed: readonly Row[]) => {
        if (listed.length > 0) console.log(`${title}\n${listing(listed)}`);
    };
    if (rows.length === 0) console.log(`All resources of this project belong to its stacks, ${where}.`);
    section(`Resources of this project that belong to no stack, ${where}:`, rows);
    if (rows.length > 0) {
        const unknown = rows.filter(({ usdPerMonth }) => usdPerMonth === null).length;
        const more = unknown > 0 ? `, and ${unknown} of unknown price` : "";
        console.log(
            `Monthly cost: ${approximately(report.monthlyUsd)}${more} ${priceNote}\n\n` +
                "Delete them in this order; wait until each campaign and solution is deleted before you delete what it uses:",
        );
        for (const { commands, arn } of rows) {
            console.log(commands.length > 0 ? commands.join("\n") : `# by hand, in its service's console: ${arn}`);
        }
    }
    section(
        "\nAn interrupted `pulumi up` created these resources, and Pulumi's state does not contain them. If no update is running, run:",
        interrupted,
    );
    for (const command of [...interrupted.flatMap(({ commands }) => commands), ...clearPending]) console.log(command);
    section("\nThese resources may belong to a stack whose state cannot be read:", undecided);
    section(`\nThese resources cost money ${priceNote}, and do not belong to this project:`, notOurs);
    if (unread.length > 0) {
        console.log(`\nNot checked (see the warnings): ${unread.map(({ what }) => what).join(", ")}`);
    }
}

function listing(rows: readonly Row[]): string {
    const price = ({ usdPerMonth, bills }: Row) =>
        usdPerMonth === null ? "by use" : bills ? approximately(usdPerMonth) : "–";
    return table(
        ["kind", "name", "reason", "since", "a month"],
        rows.map((row) => [row.kind, row.name, row.why, shortTime(row.since), price(row)]),
    );
}
