import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { kinds, type ResourceKindName } from "../../personalize/kinds.ts";
import { exitCodes, RunbookError } from "./runbook.ts";

const runFile = promisify(execFile);
const projectDir = join(import.meta.dirname, "..", "..");

/** A Personalize resource as the stack's state has it. */
export interface RecordedResource {
    readonly kind: ResourceKindName;
    readonly arn: string;
    readonly region: string;
    /** What was recorded when its creation did not end well. */
    readonly initErrors: readonly string[];
}

/**
 * The outputs of a stack, from Pulumi's own command.
 *
 * @throws RunbookError when there is no pulumi, no such stack, or nothing deployed.
 */
export async function stackOutputs(stack: string | undefined): Promise<Record<string, string>> {
    return JSON.parse(await pulumi(["stack", "output", "--json"], stack)) as Record<string, string>;
}

/** The Personalize resources of a stack, in the order in which they were made; also after an `up` that failed. */
export async function recordedResources(stack: string | undefined): Promise<RecordedResource[]> {
    const exported = JSON.parse(await pulumi(["stack", "export"], stack)) as {
        deployment?: {
            resources?: {
                type: string;
                id?: string;
                delete?: boolean;
                inputs?: { region?: string };
                initErrors?: string[];
            }[];
        };
    };
    return (exported.deployment?.resources ?? []).flatMap(({ type, id, inputs, initErrors, delete: leaving }) => {
        const kind = /^pulumi-nodejs:dynamic\/personalize:(\w+)$/.exec(type)?.[1];
        return kind && kind in kinds && id && !leaving
            ? [{ kind: kind as ResourceKindName, arn: id, region: inputs?.region ?? "", initErrors: initErrors ?? [] }]
            : [];
    });
}

async function pulumi(args: readonly string[], stack: string | undefined): Promise<string> {
    const which = stack === undefined ? [] : ["--stack", stack];
    try {
        const options = { cwd: projectDir, maxBuffer: 64 * 1024 * 1024 };
        return (await runFile("pulumi", [...args, "--non-interactive", ...which], options)).stdout;
    } catch (error) {
        const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
        if (code === "ENOENT") {
            throw new RunbookError("There is no pulumi on the PATH. See README.md, On AWS.", exitCodes.usage);
        }
        if (/no stack named|no stack selected|no previous deployment/.test(stderr ?? "")) {
            throw new RunbookError(
                `There is no such stack${stack ? ` as ${stack}` : " selected"}. See them by \`pulumi stack ls\`, and name one with --stack.`,
                exitCodes.noStack,
            );
        }
        throw new RunbookError(`pulumi ${args.join(" ")} failed: ${(stderr || message).trim()}`);
    }
}
