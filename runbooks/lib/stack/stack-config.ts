import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type ConfigProblem, parseConfig, type StackConfig } from "../../../core/config/config.ts";
import { regionProblem } from "../../../core/config/regions.ts";
import { hashFile } from "../../../data-prep/files.ts";
import { withMetadataFiles } from "../../../data-prep/prepared-data.ts";
import { exitCodes, RunbookError } from "../cli/runbook.ts";
import { shortName } from "./all-stacks.ts";
import { askPulumi, loginProblem, noSuchCommand, type PulumiAnswer } from "./pulumi.ts";

const projectDir = join(import.meta.dirname, "..", "..", "..");

/** Returns the name of the Pulumi project, which is also a tag of all resources. */
export async function projectName(): Promise<string> {
    const text = await readFile(join(projectDir, "Pulumi.yaml"), "utf8");
    return /^name: *(\S+)/m.exec(text)?.[1] ?? "";
}

/** Returns a stack's values and the project's defaults, by full key; undefined for secrets. */
function configValues(json: string): ReadonlyMap<string, string | undefined> {
    const values = JSON.parse(json) as Record<string, { value?: string }>;
    return new Map(Object.entries(values).map(([key, { value }]) => [key, value]));
}

/** Returns the default path of a stack's configuration file, which `--config-file` replaces. */
const stackConfigFile = (stack: string) => join(projectDir, `Pulumi.${shortName(stack)}.yaml`);

/** Reads a stack's configuration as the program does. Returns the configuration, its problems, or Pulumi's error. */
async function readStackConfig(
    stack: string,
    project: string,
    configFile: string,
): Promise<{ readonly config: StackConfig } | { readonly problems: readonly ConfigProblem[] } | PulumiAnswer> {
    const answer = await askPulumi("config", "--json", "--stack", stack, "--config-file", configFile);
    if (answer.exitCode !== 0) return answer;
    const values = configValues(answer.stdout);
    const parsed = parseConfig((key) => values.get(`${project}:${key}`), {
        project,
        stack: shortName(stack),
        region: values.get("aws:region"),
        keys: [...values.keys()],
        secretKeys: [...values].filter(([, value]) => value === undefined).map(([key]) => key),
    });
    if (!("names" in parsed)) return { problems: parsed };
    const file = projectFile(parsed.interactionsFile);
    return { config: await withMetadataFiles(parsed, () => hashFile(file), projectDir) };
}

/**
 * Returns the selected stack.
 * @throws RunbookError with `advice` if no stack is selected
 */
export async function selectedStack(advice = "Name the stack to create: --stack dev"): Promise<string> {
    const { exitCode, stdout, stderr } = await askPulumi("stack", "--show-name");
    if (exitCode !== 0) {
        throw (
            loginProblem(stderr) ??
            new RunbookError(
                `No stack is selected (${stderr}). ${advice} To select one: pulumi stack select`,
                exitCodes.noStack,
            )
        );
    }
    return stdout.trim();
}

/**
 * Reads a stack's configuration.
 * @throws RunbookError with all problems, or with Pulumi's error
 */
export async function requireStackConfig(stack: string, configFile = stackConfigFile(stack)): Promise<StackConfig> {
    const values = await readStackConfig(stack, await projectName(), configFile);
    if ("config" in values) return values.config;
    if ("problems" in values) {
        const lines = values.problems.map(({ path, reason }) => `  ${path} ${reason}`);
        throw new RunbookError(`The configuration of stack ${stack} has problems:\n${lines.join("\n")}`);
    }
    if (/no stack named/.test(values.stderr)) {
        throw new RunbookError(
            `There is no stack ${stack}. Create it with: pulumi stack init ${stack}`,
            exitCodes.noStack,
        );
    }
    throw new RunbookError(values.stderr, values.exitCode === noSuchCommand ? exitCodes.usage : exitCodes.problem);
}

/**
 * Returns a runbook's region: the option's, otherwise the stack's, otherwise AWS_REGION.
 * @throws RunbookError without a valid region, or if the stack does not exist
 */
export async function resolveRegion({ region, stack }: { readonly region?: string; readonly stack?: string }) {
    const named = region && regionProblem(region);
    if (named) throw new RunbookError(`--region ${named}`, exitCodes.usage);
    const name = region ?? (await stackRegion(stack)) ?? process.env.AWS_REGION;
    if (!name) {
        throw new RunbookError(
            "No region is set. Specify one with --region, or a stack with --stack.",
            exitCodes.usage,
        );
    }
    return name;
}

/** Returns the region in a stack's configuration. Throws RunbookError if a named stack does not exist. */
export async function stackRegion(stack: string | undefined): Promise<string | undefined> {
    const which = stack === undefined ? [] : ["--stack", stack];
    const { exitCode, stdout, stderr } = await askPulumi("config", "--json", ...which);
    if (exitCode !== 0 && stack !== undefined) {
        throw /no stack named/.test(stderr)
            ? new RunbookError(
                  `There is no stack ${stack}. List the stacks with \`pulumi stack ls\`, and name one with --stack.`,
                  exitCodes.noStack,
              )
            : new RunbookError(stderr);
    }
    return exitCode === 0 ? configValues(stdout).get("aws:region") : undefined;
}

/** Reads one value of a stack's configuration; undefined if the value cannot be read. */
export async function readSetting(
    key: string,
    { stack, configFile }: { readonly stack?: string; readonly configFile?: string },
): Promise<string | undefined> {
    const which = stack === undefined ? [] : ["--stack", stack];
    const file = configFile === undefined ? [] : ["--config-file", configFile];
    const { exitCode, stdout } = await askPulumi("config", "--json", ...which, ...file);
    return exitCode === 0 ? configValues(stdout).get(`${await projectName()}:${key}`) : undefined;
}

/** Resolves a path in the configuration, which is relative to the project's folder. */
export const projectFile = (path: string): string => resolve(projectDir, path);

/** Returns a function that creates one client per region, at its first use. */
export function byRegion<C>(make: (region: string) => C): (region: string) => C {
    const clients = new Map<string, C>();
    return (region) => {
        const client = clients.get(region) ?? make(region);
        clients.set(region, client);
        return client;
    };
}
