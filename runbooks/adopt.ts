import { join } from "node:path";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { kinds } from "pulumi-personalize/core";
import type { StackConfig } from "../config/config.ts";
import { type AdoptionPlan, isRefused, planAdoption } from "./lib/adoption/plan.ts";
import { type Group, type Part, survey } from "./lib/adoption/survey.ts";
import { adoptionLines, configLines, firstUp, ownerName } from "./lib/adoption/text.ts";
import { printResult } from "./lib/cli/output.ts";
import { type CommonOptions, exitCodes, RunbookError, runAction, runbook } from "./lib/cli/runbook.ts";
import { table } from "./lib/cli/table.ts";
import { readData } from "./lib/doctor/stack.ts";
import { parseRecordedResources, shortName } from "./lib/stack/all-stacks.ts";
import { askPulumi } from "./lib/stack/pulumi.ts";
import {
    interactionsSchemaFor,
    projectName,
    requireStackConfig,
    selectedStack,
    stackConfigFile,
} from "./lib/stack/stack-config.ts";

interface Options extends CommonOptions {
    readonly datasetGroup?: string;
    readonly configFile?: string;
}

const options = runbook("adopt", ["--stack dev", "--stack dev --dataset-group movies"])
    .option(
        "--dataset-group <ARN or name>",
        "dataset group to adopt; default: the only one that the stack does not have",
    )
    .option("--config-file <file>", "the stack's configuration, as `pulumi up` takes it; default: Pulumi.<stack>.yaml")
    .parse()
    .opts<Options>();

await runAction(options.verbose, async () => {
    const stack = options.stack ?? (await selectedStack());
    const config = await requireStackConfig(stack, options.configFile ?? stackConfigFile(stack));
    const recorded = await recordedArns(stack);
    const groups = await survey(new PersonalizeClient({ region: config.region }));
    const chosen = choose(groups, recorded);
    const plan = chosen && planAdoption({ ...config, interactionsSchema: await interactionsSchemaFor(config) }, chosen);
    const configuration = async () => ({ config });
    const size = await readData({ stack, projectDir: join(import.meta.dirname, ".."), configuration });
    const next = firstUp(
        config,
        size,
        plan?.parts.some(({ key, refusals }) => key === "campaign" && refusals.length === 0) ?? false,
    );
    const lines = plan ? configLines(await projectName(), stack, plan) : undefined;
    const all = groups.map((group) => partsOf(group).map((part) => row(part, config, recorded)));
    const chosenPlan = plan ? { ...plan, ...lines, firstUp: next } : null;
    printResult(options, { stack, groups: all, chosen: chosenPlan }, () => {
        print(groups, recorded, config);
        if (plan && lines) {
            printPlan(plan, lines, next, stack);
        } else if (groups.some(({ group }) => !recorded.has(group.arn))) {
            console.log("Choose one: npm run adopt -- --dataset-group <name>");
        } else if (groups.length > 0) {
            console.log(`All dataset groups belong to stack ${stack} already: there is nothing to adopt.`);
        }
    });
    return plan && isRefused(plan) ? exitCodes.problem : exitCodes.fine;
});

/** Returns the ARNs in the stack's state; empty before the first deployment. */
async function recordedArns(stack: string): Promise<ReadonlySet<string>> {
    const { exitCode, stdout, stderr } = await askPulumi("stack", "export", "--stack", stack);
    const held = exitCode === 0 ? parseRecordedResources(stdout) : undefined;
    if (held === undefined) {
        throw new RunbookError(`The state of stack ${stack} cannot be read: ${stderr}. Log in with: pulumi login`);
    }
    return held.arns;
}

function choose(groups: readonly Group[], recorded: ReadonlySet<string>): Group | undefined {
    const which = options.datasetGroup;
    if (which === undefined) {
        const free = groups.filter(({ group }) => !recorded.has(group.arn));
        return free.length === 1 ? free[0] : undefined;
    }
    const candidate = groups.find(({ group }) => group.arn === which || group.name === which);
    if (candidate === undefined) {
        const names = groups.map(({ group }) => group.name).join(", ");
        throw new RunbookError(
            `There is no dataset group ${which} in this account and region. The existing dataset groups: ${names || "none"}.`,
            exitCodes.usage,
        );
    }
    return candidate;
}

function partsOf({ group, schema, interactions, metadata, solutions, eventTracker }: Group): Part[] {
    const trained = solutions.flatMap(({ solution, campaigns }) => [solution, ...campaigns]);
    return [group, schema, interactions, ...metadata, ...trained, eventTracker].filter((part) => part !== undefined);
}

function row(part: Part, config: StackConfig, recorded: ReadonlySet<string>) {
    return {
        kind: kinds[part.kind].noun,
        name: part.name,
        arn: part.arn,
        whose: ownerName(part.tags, config),
        status: part.description.status,
        inThisStack: recorded.has(part.arn),
    };
}

function print(groups: readonly Group[], recorded: ReadonlySet<string>, config: StackConfig): void {
    if (groups.length === 0) {
        console.log(
            `There is no dataset group in ${config.region}: there is nothing to adopt. Create all resources with: pulumi up`,
        );
        return;
    }
    const rows = groups.flatMap((group) =>
        partsOf(group).map((part) => {
            const { kind, name, whose: owner, status, inThisStack } = row(part, config, recorded);
            const indent = part === group.group ? "" : "  ";
            return [`${indent}${kind}`, name, owner, status, inThisStack ? "yes" : "no"];
        }),
    );
    console.log(table(["kind", "name", "owner", "state", `in stack ${shortName(config.stack)}`], rows));
}

function printPlan(
    plan: AdoptionPlan,
    { commands, yaml }: { readonly commands: readonly string[]; readonly yaml: string },
    next: string,
    stack: string,
): void {
    console.log(adoptionLines(plan).join("\n"));
    if (isRefused(plan)) {
        console.log(
            "\nA resource that cannot be adopted makes `pulumi up` fail, and is not changed. Either set the stack's configuration",
        );
        console.log(
            "to the resource's values (docs/configuration.md), or leave it out of config adopt, as below: then the program creates its own.",
        );
    }
    if (commands.length > 0) {
        console.log(
            `\nTo adopt them into stack ${stack}, set this configuration, and keep it, because without it the names change:`,
        );
        console.log(`${commands.join("\n")}\n\nor, in the stack's configuration file:\n${yaml}`);
    }
    console.log(`\n${next}`);
    console.log("After `pulumi up` the adopted resources belong to the stack: `pulumi destroy` deletes them.");
    console.log(
        "`pulumi import` cannot do this: the engine cannot import what dynamic providers manage (pulumi/pulumi#16175).",
    );
}
