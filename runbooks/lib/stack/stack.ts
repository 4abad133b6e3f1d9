import { type PersonalizeClient, paginateListBatchInferenceJobs } from "@aws-sdk/client-personalize";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { formerKinds, isKindName, type Properties, type ResourceKindName } from "pulumi-personalize/core";
import type { PlannedStack } from "../../../core/cost/planned-stack.ts";
import type { StackRecordInputs } from "../../../core/operations/stack-record.ts";
import { askPulumi, pulumi } from "./pulumi.ts";

/** A Personalize resource in the stack's state. */
export interface RecordedResource {
    readonly kind: ResourceKindName;
    /**
     * ARN of the resource. Missing while an `up` creates the resource, because the state contains the ARN only after
     * the resource is ready.
     */
    readonly arn?: string;
    readonly region: string;
    readonly inputs: Properties;
    /** True for a job of viewers' lists, which the stack's function starts, and starts again after a failure. */
    readonly makesLists?: true;
}

/** The used members of `pulumi stack export`. */
export interface ExportedStack {
    readonly deployment?: {
        /** `time` is the time at which the engine last wrote the state, in ISO 8601. */
        readonly manifest?: { readonly time?: string };
        readonly resources?: readonly ExportedResource[];
        readonly pending_operations?: readonly { readonly type: string; readonly resource: ExportedResource }[];
    };
}

export interface ExportedResource {
    readonly urn?: string;
    readonly type: string;
    readonly parent?: string;
    readonly id?: string;
    /** ISO 8601. */
    readonly created?: string;
    /** True for a replaced resource that waits for its deletion. */
    readonly delete?: boolean;
    readonly inputs?: Properties;
    readonly outputs?: Properties;
}

/**
 * Reads a stack's outputs with the Pulumi CLI.
 * @throws RunbookError without pulumi, if the stack does not exist, or before its first deployment
 */
export async function stackOutputs(stack: string | undefined): Promise<Record<string, string>> {
    return JSON.parse(await pulumi(["stack", "output", "--json"], stack)) as Record<string, string>;
}

/** Returns a stack's Personalize resources in the order of creation, also during and after a failed `up`. */
export async function recordedResources(stack: string | undefined): Promise<RecordedResource[]> {
    return selectRecordedResources(await exportedStack(stack));
}

/** Returns the names in Personalize of the stack's filters, by name in config `filters`. */
export const selectFilterNames = (resources: readonly RecordedResource[]): ReadonlyMap<string, string> =>
    new Map(
        resources
            .filter(({ kind }) => kind === "Filter")
            .map(({ inputs: { name, formerName = name } }) => [String(formerName), String(name)]),
    );

/** Reads a stack's whole state. Throws the same errors as `stackOutputs`. */
export async function exportedStack(stack: string | undefined): Promise<ExportedStack> {
    return JSON.parse(await pulumi(["stack", "export"], stack)) as ExportedStack;
}

/** Returns the outputs of an exported stack. Secret outputs are not readable. */
export function selectOutputs({ deployment }: ExportedStack): Properties {
    return deployment?.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
}

/** Returns the stack that the last `pulumi up` planned, with its files; undefined for a stack without resources. */
export function selectPlan({ deployment }: ExportedStack): PlannedStack | undefined {
    const record = deployment?.resources?.find(({ type }) => type === typeOf("StateFlags"));
    return (record?.inputs as Partial<StackRecordInputs> | undefined)?.priced?.plan;
}

/** Returns the creation time of the stack's first resource, epoch milliseconds; undefined without resources. */
export function bornAt({ deployment }: ExportedStack): number | undefined {
    const times = (deployment?.resources ?? []).flatMap(({ created }) => (created ? [Date.parse(created)] : []));
    return times.length === 0 ? undefined : Math.min(...times);
}

/** Returns the resources of Personalize's dynamic provider, followed by those that a running `up` is creating. */
function dynamicResourcesIn({ deployment }: ExportedStack) {
    const resources = (deployment?.resources ?? []).filter(({ id, delete: leaving }) => id && !leaving);
    const making = (deployment?.pending_operations ?? []).filter(({ type }) => type === "creating");
    return [...resources, ...making.map(({ resource }) => resource)].flatMap(({ type, id, inputs = {} }) => {
        const name = /^pulumi-nodejs:dynamic\/personalize:(\w+)$/.exec(type)?.[1] ?? "";
        const kind = formerKinds[name] ?? name;
        return kind ? [{ kind, id, inputs, region: String(inputs.region ?? "") }] : [];
    });
}

/** Returns the Personalize resources of an exported stack, followed by those that a running `up` is creating. */
export function selectRecordedResources(exported: ExportedStack): RecordedResource[] {
    return dynamicResourcesIn(exported).flatMap(({ kind, id, inputs, region }) =>
        isKindName(kind) ? [{ kind, ...(id && { arn: id }), region, inputs }] : [],
    );
}

/**
 * Returns the newest batch inference job of viewers' lists; empty for a stack with a campaign, and before the first
 * job. The stack's function starts these jobs, so the state has no record of them.
 */
export async function newestListsJob(
    clientOf: (region: string) => PersonalizeClient,
    exported: ExportedStack,
): Promise<RecordedResource[]> {
    const awaited = dynamicResourcesIn(exported).find(({ kind }) => kind === "AwaitedLists");
    if (awaited === undefined) return [];
    const { region, inputs } = awaited;
    const name = new RegExp(`^${inputs.functionName}-\\d+-[0-9a-f]{8}$`);
    // A stack of the same name may have left jobs, which nobody can delete.
    const since = bornAt(exported) ?? 0;
    const pages = paginateListBatchInferenceJobs({ client: clientOf(region) }, {});
    const jobs = (await readPages(pages, (page) => page.batchInferenceJobs))
        .map((job) => ({ ...job, at: job.creationDateTime?.getTime() ?? 0 }))
        .filter(({ jobName = "", at }) => name.test(jobName) && at >= since);
    const { batchInferenceJobArn: arn } = jobs.toSorted((one, other) => other.at - one.at)[0] ?? {};
    return arn ? [{ kind: "BatchInferenceJob", arn, region, inputs: {}, makesLists: true }] : [];
}

const typeOf = (kind: string) => `pulumi-nodejs:dynamic/personalize:${kind}`;

/**
 * Updates the campaign in the stack's state after a runbook has changed it in AWS. `pulumi up` compares only with
 * the state, so without this step it would not notice the change. If the state has no campaign, for example after park,
 * runs `pulumi up` for the campaign only, which adds it to the state. If the state cannot be updated (no Pulumi CLI, or
 * another `up` is running), prints the command to run later.
 */
export async function recordCampaign(
    stack: string,
    configFile: string | undefined,
    { isThere }: { readonly isThere: boolean } = { isThere: true },
): Promise<void> {
    const where = ["--stack", stack, ...(configFile === undefined ? [] : ["--config-file", configFile])];
    const exported = await askPulumi("stack", "export", "--stack", stack);
    const { deployment } = exported.exitCode === 0 ? (JSON.parse(exported.stdout) as ExportedStack) : {};
    const urnOf = (kind: string) => deployment?.resources?.find(({ type }) => type === typeOf(kind))?.urn;
    const recorded = urnOf("Campaign");
    if (exported.exitCode === 0 && recorded === undefined && !isThere) return;
    const target = recorded ?? urnOf("SolutionVersion")?.replace(typeOf("SolutionVersion"), typeOf("Campaign"));
    const answer = target
        ? await askPulumi(recorded ? "refresh" : "up", "--yes", "--skip-preview", "--target", target, ...where)
        : exported;
    if (answer.exitCode !== 0) {
        const output = `${answer.stdout}\n${answer.stderr}`.split("\n").map((line) => line.trim());
        const why = output.find((line) => line.startsWith("error:")) ?? answer.stderr;
        const later = recorded ? "pulumi refresh" : "pulumi up";
        process.stderr.write(`The Pulumi state does not have this change yet (${why}). Record it with: ${later}\n`);
    }
}

/** The caller of AWS. */
export interface Identity {
    readonly arn: string;
    readonly partition: string;
    readonly accountId: string;
}

/** Returns the caller's ARN, partition and account. Throws STS's errors. */
export async function whoAmI(region: string): Promise<Identity> {
    const { Arn = "", Account = "" } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
    return { arn: Arn, partition: Arn.split(":")[1] ?? "aws", accountId: Account };
}

/** Reads all items of a list's pages, which a paginator of the SDK reads. */
export async function readPages<P, T>(
    pages: AsyncIterable<P>,
    items: (page: P) => readonly T[] | undefined,
): Promise<T[]> {
    return (await Array.fromAsync(pages)).flatMap((page) => items(page) ?? []);
}
