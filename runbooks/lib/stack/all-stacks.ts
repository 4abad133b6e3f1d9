import { exitCodes, RunbookError } from "../cli/runbook.ts";
import { askPulumi, noSuchCommand, type PulumiAnswer } from "./pulumi.ts";
import type { ExportedResource, ExportedStack } from "./stack.ts";

/** The resources in the project's readable stack states. */
export interface AllStacks {
    /** Stack names without organization and project, as in tags. */
    readonly names: readonly string[];
    readonly unreadable: readonly { readonly stack: string; readonly reason: string }[];
    /** ARNs of all recorded resources. */
    readonly arns: ReadonlySet<string>;
    /**
     * `<Pulumi type> <id>` of each recorded resource, and `<Pulumi type> <name>` of each Personalize resource whose
     * creation is pending in the stack's region, because the next `pulumi up` adopts it.
     */
    readonly ids: ReadonlySet<string>;
    /** AWS resources whose creation an update did not finish: they may exist, but no state contains them. */
    readonly interrupted: readonly InterruptedCreate[];
}

/** A pending creation by the AWS plugin in a stack's state. */
export interface InterruptedCreate {
    /** The stack's name in the output of `pulumi stack ls`. */
    readonly stack: string;
    readonly type: string;
    readonly urn: string;
    readonly parent: string | undefined;
    readonly inputs: Readonly<Record<string, unknown>>;
}

/**
 * Reads the states of this project's stacks in the backend.
 * @throws RunbookError if the backend cannot list the stacks, without which leftovers cannot be recognised
 */
export async function readAllStacks(
    ask: (...args: readonly string[]) => Promise<PulumiAnswer> = askPulumi,
): Promise<AllStacks> {
    const listed = await ask("stack", "ls", "--json");
    if (listed.exitCode !== 0) {
        throw new RunbookError(
            `The stacks cannot be listed, so leftovers cannot be recognised: ${listed.stderr}\n` +
                "Log in to their backend with `pulumi login`, and try again.",
            listed.exitCode === noSuchCommand ? exitCodes.usage : exitCodes.problem,
        );
    }
    const names = (JSON.parse(listed.stdout) as { name: string }[]).map(({ name }) => name);
    const arns = new Set<string>();
    const ids = new Set<string>();
    const interrupted: InterruptedCreate[] = [];
    const unreadable: { stack: string; reason: string }[] = [];
    for (const stack of names) {
        const exported = await ask("stack", "export", "--stack", stack);
        const held = exported.exitCode === 0 ? parseRecordedResources(exported.stdout) : undefined;
        if (held === undefined) {
            unreadable.push({ stack: shortName(stack), reason: exported.stderr || "its state is not readable" });
            continue;
        }
        for (const arn of held.arns) arns.add(arn);
        for (const id of held.ids) ids.add(id);
        interrupted.push(...held.interrupted.map((one) => ({ ...one, stack })));
    }
    return { names: names.map(shortName), unreadable, arns, ids, interrupted };
}

/** Returns the stack's name in programs and tags: the last part of `organization/project/stack`. */
export function shortName(stack: string): string {
    return stack.slice(stack.lastIndexOf("/") + 1);
}

/** Returns the resources in an exported state; undefined if the text is not a state. */
export function parseRecordedResources(
    exported: string,
):
    | (Pick<AllStacks, "arns" | "ids"> & { readonly interrupted: readonly Omit<InterruptedCreate, "stack">[] })
    | undefined {
    let state: ExportedStack;
    try {
        state = JSON.parse(exported) as ExportedStack;
    } catch {
        return undefined;
    }
    const recorded = state.deployment?.resources ?? [];
    const pending = (state.deployment?.pending_operations ?? []).filter(({ type }) => type === "creating");
    const isAws = ({ resource }: { resource: ExportedResource }) => resource.type.startsWith("aws:");
    // The next `pulumi up` adopts a resource whose creation was interrupted, but only if the stack still has resources
    // in the same region. After `pulumi destroy`, or after the user changed the stack's region back, no `pulumi up`
    // adopts the resource, so do not count it as part of the stack.
    const regions = new Set(recorded.map(({ inputs }) => inputs?.region));
    const making = pending
        .filter((one) => !isAws(one) && regions.has(one.resource.inputs?.region))
        .map(({ resource }) => resource);
    const urns = new Set(recorded.map(({ urn }) => urn));
    const texts = (...values: readonly unknown[]) => values.filter((value) => typeof value === "string");
    return {
        arns: new Set(
            recorded.flatMap(({ id, outputs }) => texts(id, outputs?.arn).filter((t) => t.startsWith("arn:"))),
        ),
        ids: new Set(
            [...recorded, ...making].flatMap(({ type, id, inputs }) =>
                texts(
                    id,
                    ...(id === undefined ? [inputs?.name, inputs?.bucket, inputs?.comment, datasetName(inputs)] : []),
                ).map((text) => `${type} ${text}`),
            ),
        ),
        interrupted: pending
            .filter((one) => isAws(one) && !urns.has(one.resource.urn))
            .map(({ resource: { type, urn = "", parent, inputs = {} } }) => ({ type, urn, parent, inputs })),
    };
}

/** Returns a dataset's name in its ARN, `<group>/INTERACTIONS`, which differs from the program's name. */
function datasetName({ datasetGroupArn, datasetType }: ExportedResource["inputs"] = {}): string | undefined {
    return typeof datasetGroupArn === "string" && typeof datasetType === "string"
        ? `${datasetGroupArn.split("/").at(-1)}/${datasetType.toUpperCase()}`
        : undefined;
}
