import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseConfig, type StackConfig } from "../../../core/config/config.ts";
import { hashFile } from "../../../data-prep/files.ts";
import { withMetadataFiles } from "../../../data-prep/manifest.ts";
import { RunbookError } from "../cli/runbook.ts";
import { shortName } from "./all-stacks.ts";
import { pulumi } from "./pulumi.ts";

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

/**
 * Returns the selected stack.
 * @throws RunbookError if no stack is selected
 */
export const selectedStack = async (): Promise<string> => (await pulumi(["stack", "--show-name"], undefined)).trim();

/**
 * Reads a stack's configuration as the program does.
 * @throws RunbookError with all problems, or with Pulumi's error
 */
export async function requireStackConfig(stack: string, configFile = stackConfigFile(stack)): Promise<StackConfig> {
    const project = await projectName();
    const values = configValues(await pulumi(["config", "--json", "--config-file", configFile], stack));
    const parsed = parseConfig((key) => values.get(`${project}:${key}`), {
        project,
        stack: shortName(stack),
        region: values.get("aws:region"),
        keys: [...values.keys()],
        secretKeys: [...values].filter(([, value]) => value === undefined).map(([key]) => key),
    });
    if (!("names" in parsed)) {
        const lines = parsed.map(({ path, reason }) => `  ${path} ${reason}`);
        throw new RunbookError(`The configuration of stack ${stack} has problems:\n${lines.join("\n")}`);
    }
    const file = projectFile(parsed.interactionsFile);
    return withMetadataFiles(parsed, () => hashFile(file), projectDir);
}

/** Returns the region in a stack's configuration. Throws RunbookError if a named stack does not exist. */
export async function stackRegion(stack: string | undefined): Promise<string | undefined> {
    const reading = pulumi(["config", "--json"], stack);
    const json = await (stack === undefined ? reading.catch(() => "{}") : reading);
    return configValues(json).get("aws:region");
}

/** Reads one value of a stack's configuration; undefined if the value cannot be read. */
export async function readSetting(
    key: string,
    { stack, configFile }: { readonly stack?: string; readonly configFile?: string },
): Promise<string | undefined> {
    const file = configFile === undefined ? [] : ["--config-file", configFile];
    const json = await pulumi(["config", "--json", ...file], stack).catch(() => "{}");
    return configValues(json).get(`${await projectName()}:${key}`);
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
