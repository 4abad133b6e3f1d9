import { statSync } from "node:fs";
import { basename } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { shell } from "terminal-text";
import { type ConfigProblem, parseConfig, type StackConfig } from "../../core/config/config.ts";
import { keys } from "../../core/config/keys.ts";
import { toConfigText } from "../../core/config/kinds.ts";
import { regionWarning } from "../../core/config/regions.ts";
import { heldText, parkedText } from "../../core/operations/operation.ts";
import { parseStateFlags, type StateFlags, stateFlagsPath } from "../../core/operations/state-flags.ts";
import { findMissingColumns } from "../../data-prep/columns.ts";
import { DEFAULT_OUTPUT } from "../../data-prep/files.ts";
import { ProgramError, warn } from "./messages.ts";

/**
 * Reads the configuration of the stack that this run deploys. Warns of a region without Personalize.
 *
 * @throws ProgramError with every invalid value and its path, so that preview shows all of them at once
 */
export function loadConfig(): StackConfig {
    const own = new pulumi.Config();
    const region = new pulumi.Config("aws").get("region");
    const result = parseConfig((key) => own.get(key), {
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        region,
        keys: Object.keys(pulumi.runtime.allConfig()),
        secretKeys: secretKeys(),
    });
    const files = Object.entries(keys).flatMap(([key, { isFile, default: initial }]) =>
        isFile && !isSecret(key) ? (fileProblem(key, own.get(key) ?? toConfigText(initial)) ?? []) : [],
    );
    refuse([...("names" in result ? [] : result), ...files]);
    const warning = region && regionWarning(region);
    if (warning) warn(warning);
    return result as StackConfig;
}

/** Ends the program with the problems, each with its key. Does nothing for an empty list. */
export function refuse(problems: readonly ConfigProblem[]): void {
    if (problems.length === 0) return;
    const lines = problems.map(
        ({ path, reason }) => `  ${path.includes(":") ? path : `${pulumi.getProject()}:${path}`} ${reason}`,
    );
    throw new ProgramError(`the configuration of stack ${pulumi.getStack()} is invalid:\n${lines.join("\n")}`);
}

/** Returns the reason why the value of a key does not name a readable file with content; undefined if it does. */
export function fileProblem(key: string, file: string | undefined): ConfigProblem | undefined {
    if (!file) return undefined;
    const bad = (what: string) => ({ path: key, reason: `is "${file}", ${what}` });
    const next = key === "interactionsFile" ? "Run `npm run data-prep`, or name another file" : "Name an existing file";
    const status = statSync(file, { throwIfNoEntry: false });
    if (status === undefined) return bad(`which does not exist. ${next}: \`pulumi config set ${key} <file>\``);
    if (!status.isFile()) return bad(`which is a folder. Name a file in it: \`pulumi config set ${key} <file>\``);
    if (status.size === 0) return bad(`which is empty. ${next}: \`pulumi config set ${key} <file>\``);
    const missing = key === "interactionsFile" ? findMissingColumns(file) : [];
    return missing.length === 0
        ? undefined
        : bad(
              `which is not a file of data-prep: its first line does not contain ${missing.join(", ")}. Convert it: ` +
                  `\`npm run data-prep -- ${shell(file)} --output own/\`, then \`pulumi config set ${key} own/${basename(DEFAULT_OUTPUT)}\``,
          );
}

/**
 * Returns the keys that `pulumi config set --secret` encrypts. Reads the environment variable
 * `PULUMI_CONFIG_SECRET_KEYS`, because Pulumi's SDK has no public function for it.
 */
const secretKeys = (): readonly string[] => JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");

/** Returns the value of a configuration key as an input of a resource. A secret stays encrypted in the state. */
export const toInput = (key: string, value: string): pulumi.Input<string> =>
    isSecret(key) ? pulumi.secret(value) : value;

const isSecret = (key: string): boolean => secretKeys().includes(`${pulumi.getProject()}:${key}`);

/**
 * Reads the stack's state flags before the program declares resources, and logs them in preview and `up`. With the
 * flags, the program leaves out a parked campaign and keeps a held version, so that `up` does not undo what a runbook
 * did.
 */
export async function stackStateFlags(stack: string, previousStack: string): Promise<StateFlags> {
    // Read the flags under both names, because in the preview of a renamed stack they are still under the previous
    // name.
    const paths = [previousStack, stack].filter((name) => name !== "").map(stateFlagsPath);
    const parameterSets = await Promise.all(paths.map((path) => aws.ssm.getParametersByPath({ path })));
    const stateFlags = parseStateFlags(
        parameterSets.flatMap(({ names, values }) =>
            names.map((name, index) => ({ name, value: values[index] ?? "" })),
        ),
    );
    const { closed, parked, serving } = stateFlags;
    if (closed) {
        warn(
            `the API and the storefront page have been closed since ${closed.since} (${closed.reason}), so this run keeps them closed. ` +
                "To open them: npm run resume",
        );
    }
    if (parked) warn(parkedText(parked));
    if (serving?.hold) warn(heldText(serving));
    return stateFlags;
}
