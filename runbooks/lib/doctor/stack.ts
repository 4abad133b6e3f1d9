import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf } from "terminal-text";
import type { ConfigProblem, StackConfig } from "../../../config/config.ts";
import { countRows, readColumns } from "../../../data-prep/columns.ts";
import { prepareCommand } from "../../../data-prep/tables/fault.ts";
import { counted } from "../../../data-prep/words.ts";
import type { PulumiAnswer } from "../stack/pulumi.ts";
import { type Check, fail, ok, unknown } from "./check.ts";

/** Size and rows of the interactions to import. */
export interface DataSize {
    readonly bytes: number;
    readonly interactions: number;
    /** Users with at least two interactions. */
    readonly usableUsers: number;
}

export interface StackDeps {
    readonly stack: string;
    readonly projectDir: string;
    /** Returns the stack's configuration, its problems, or Pulumi's error. */
    configuration(): Promise<
        { readonly config: StackConfig } | { readonly problems: readonly ConfigProblem[] } | PulumiAnswer
    >;
    /**
     * Reads the data's size; undefined if the file does not exist.
     * @throws Error if the file is not an interactions CSV
     */
    data(): Promise<DataSize | undefined>;
}

/** The service's minimum for a training. */
const leastInteractions = 1000;
const leastUsers = 25;

/** Checks that the stack exists and its configuration is valid. */
export const configuration: Check<StackDeps> = async ({ stack, configuration }) => {
    const parsed = await configuration();
    if ("config" in parsed) {
        const { region, recipe, minProvisionedTPS } = parsed.config;
        return ok(`${region}, ${recipe ?? "AutoML"}, ${minProvisionedTPS} TPS`);
    }
    if ("problems" in parsed) {
        const lines = parsed.problems.map(({ path, reason }) => `${path} ${reason}`);
        return fail(lines.join("; "), `pulumi config set --stack ${stack} <key> <value>   # see docs/configuration.md`);
    }
    return /no stack named/.test(parsed.stderr)
        ? fail(`there is no stack ${stack} yet`, `pulumi stack init ${stack}`)
        : fail(`the configuration cannot be read: ${parsed.stderr}`, "pulumi login");
};

/** Checks that prepared data exists and is sufficient for a training. */
export const interactions: Check<StackDeps> = async ({ configuration, data }) => {
    const parsed = await configuration();
    if (!("config" in parsed)) {
        return unknown("unknown without the configuration");
    }
    const file = parsed.config.interactionsFile;
    let size: DataSize | undefined;
    try {
        size = await data();
    } catch (error) {
        return fail(`${file} is not an interactions file: ${messageOf(error)}`, await prepareCommand(file));
    }
    if (size === undefined) {
        return fail(`there is no ${file}`, await prepareCommand(file));
    }
    if (size.interactions < leastInteractions || size.usableUsers < leastUsers) {
        return fail(
            `${file} has ${counted(size.interactions, "interaction")} and ${counted(size.usableUsers, "user")} with two or more; a training needs ` +
                `at least ${leastInteractions} and ${leastUsers}`,
            "npm run data-prep -- FILE   # a file with more interactions",
        );
    }
    return ok(`${counted(size.interactions, "interaction")} in ${file}`);
};

/** Reads the interactions file in the configuration; undefined if the file does not exist. */
export async function readData({ projectDir, configuration }: Omit<StackDeps, "data">): Promise<DataSize | undefined> {
    const parsed = await configuration();
    if (!("config" in parsed)) {
        return undefined;
    }
    const file = resolve(projectDir, parsed.config.interactionsFile);
    const status = await stat(file).catch(() => undefined);
    if (status === undefined) {
        return undefined;
    }
    const { users, userCount } = await readColumns(file);
    const usableUsers = countRows(users, userCount).filter((count) => count >= 2).length;
    return { bytes: status.size, interactions: users.length, usableUsers };
}
