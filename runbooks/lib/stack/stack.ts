import type { Properties } from "../../../personalize/diff.ts";
import { kinds, type ResourceKindName } from "../../../personalize/kinds.ts";
import { exitCodes, RunbookError } from "../cli/runbook.ts";
import { askPulumi, noSuchCommand } from "./pulumi.ts";

/** A Personalize resource as the stack's state has it. */
export interface RecordedResource {
    readonly kind: ResourceKindName;
    /** Absent while an `up` is still making it: the ARN is recorded when the wait has ended. */
    readonly arn?: string;
    readonly region: string;
    readonly inputs: Properties;
    /** Whether it is of the second campaign, which orders given films: runbooks operate the first. */
    readonly ranks?: true;
}

/** What `pulumi stack export` prints, as far as it is read here. */
export interface ExportedStack {
    readonly deployment?: {
        readonly resources?: readonly ExportedResource[];
        readonly pending_operations?: readonly { readonly type: string; readonly resource: ExportedResource }[];
    };
}

interface ExportedResource {
    readonly urn?: string;
    readonly type: string;
    readonly id?: string;
    /** ISO 8601. */
    readonly created?: string;
    /** Replaced, and on its way out. */
    readonly delete?: boolean;
    readonly inputs?: Properties;
    readonly outputs?: Properties;
}

/**
 * The outputs of a stack, from Pulumi's own command.
 *
 * @throws RunbookError when there is no pulumi, no such stack, or nothing deployed.
 */
export async function stackOutputs(stack: string | undefined): Promise<Record<string, string>> {
    return JSON.parse(await pulumi(["stack", "output", "--json"], stack)) as Record<string, string>;
}

/** The Personalize resources of a stack, in the order in which they were made; also during and after a failed `up`. */
export async function recordedResources(stack: string | undefined): Promise<RecordedResource[]> {
    return recordedIn(await exportedStack(stack));
}

/** The whole state of a stack; errors as of `stackOutputs`. */
export async function exportedStack(stack: string | undefined): Promise<ExportedStack> {
    return JSON.parse(await pulumi(["stack", "export"], stack)) as ExportedStack;
}

/** The outputs of an exported stack; a secret one is not readable there. */
export function outputsIn({ deployment }: ExportedStack): Properties {
    return deployment?.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
}

/** When the first thing of a stack was made, epoch milliseconds; undefined where there is none. */
export function bornAt({ deployment }: ExportedStack): number | undefined {
    const times = (deployment?.resources ?? []).flatMap(({ created }) => (created ? [Date.parse(created)] : []));
    return times.length === 0 ? undefined : Math.min(...times);
}

/** Whether a resource is a part of the component that holds the ranking campaign. */
export const isOfRanking = (urn: string | undefined): boolean =>
    urn?.includes("movie-recommender:personalize:RankingCampaign$") ?? false;

/** The Personalize resources of an exported stack, and after them what an `up` is making just now. */
export function recordedIn({ deployment }: ExportedStack): RecordedResource[] {
    const made = (deployment?.resources ?? []).filter(({ id, delete: leaving }) => id && !leaving);
    const making = (deployment?.pending_operations ?? []).filter(({ type }) => type === "creating");
    return [...made, ...making.map(({ resource }) => resource)].flatMap(({ type, urn, id, inputs = {} }) => {
        const kind = /^pulumi-nodejs:dynamic\/personalize:(\w+)$/.exec(type)?.[1];
        const ranks = isOfRanking(urn) && ({ ranks: true } as const);
        const region = String(inputs.region ?? "");
        return kind && kind in kinds
            ? [{ kind: kind as ResourceKindName, ...(id && { arn: id }), region, inputs, ...ranks }]
            : [];
    });
}

async function pulumi(args: readonly string[], stack: string | undefined): Promise<string> {
    const which = stack === undefined ? [] : ["--stack", stack];
    const { exitCode, stdout, stderr } = await askPulumi(...args, ...which);
    if (exitCode === 0) {
        return stdout;
    }
    if (exitCode === noSuchCommand) {
        throw new RunbookError("There is no pulumi on the PATH. See README.md, On AWS.", exitCodes.usage);
    }
    if (/no stack named|no stack selected|no previous deployment/.test(stderr)) {
        throw new RunbookError(
            `${stack ? `There is no stack ${stack}` : "No stack is selected"}. List the stacks with \`pulumi stack ls\`, and name one with --stack.`,
            exitCodes.noStack,
        );
    }
    throw new RunbookError(`pulumi ${args.join(" ")} failed: ${stderr}`);
}
