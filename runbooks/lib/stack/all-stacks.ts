import { exitCodes, RunbookError } from "../cli/runbook.ts";
import { askPulumi, noSuchCommand, type PulumiAnswer } from "./pulumi.ts";
import type { ExportedResource, ExportedStack } from "./stack.ts";

/** The resources in the project's readable stack states. */
export interface AllStacks {
    /** Stack names without organization and project, as in tags. */
    readonly names: readonly string[];
    readonly unreadable: readonly { readonly stack: string; readonly reason: string }[];
    /** Regions of the recorded Personalize resources, by stack name as in `names`. A destroyed stack has none. */
    readonly regions: ReadonlyMap<string, readonly string[]>;
    /** ARNs of all recorded resources. */
    readonly arns: ReadonlySet<string>;
    /**
     * `<Pulumi type> <id>` of each recorded resource, and `<Pulumi type> <name>` of each Personalize resource whose
     * creation is pending in the stack's region, because the next `pulumi up` adopts it.
     */
    readonly ids: ReadonlySet<string>;
    /** Resources whose creation an update did not finish: they may exist, but no state contains them. */
    readonly interrupted: readonly InterruptedCreate[];
}

/** A pending creation in a stack's state that the next `pulumi up` does not continue. */
export interface InterruptedCreate {
    /** The stack's name in the output of `pulumi stack ls`. */
    readonly stack: string;
    readonly type: string;
    readonly urn: string;
    readonly parent: string | undefined;
    readonly inputs: Readonly<Record<string, unknown>>;
}

/** The resources in one stack's state. */
interface Held extends Pick<AllStacks, "arns" | "ids"> {
    readonly regions: readonly string[];
    readonly interrupted: readonly Omit<InterruptedCreate, "stack">[];
}

/**
 * Reads the states of this project's stacks in the backend.
 * @throws RunbookError if the backend cannot list the stacks, without which leftovers cannot be recognized
 */
export async function readAllStacks(ask: Ask = askPulumi): Promise<AllStacks> {
    const listed = await ask("stack", "ls", "--json");
    if (listed.exitCode !== 0) {
        throw new RunbookError(
            `The stacks cannot be listed, so leftovers cannot be recognized: ${listed.stderr}\n` +
                "Log in to their backend with `pulumi login`, and try again.",
            listed.exitCode === noSuchCommand ? exitCodes.usage : exitCodes.problem,
        );
    }
    const names = (JSON.parse(listed.stdout) as { name: string }[]).map(({ name }) => name);
    const arns = new Set<string>();
    const ids = new Set<string>();
    const interrupted: InterruptedCreate[] = [];
    const regions = new Map<string, readonly string[]>();
    const unreadable: { stack: string; reason: string }[] = [];
    for (const stack of names) {
        const held = await readHeld(ask, ["--stack", stack]);
        if ("reason" in held) {
            unreadable.push({ stack: shortName(stack), reason: held.reason });
            continue;
        }
        regions.set(shortName(stack), held.regions);
        for (const arn of held.arns) arns.add(arn);
        for (const id of held.ids) ids.add(id);
        interrupted.push(...held.interrupted.map((one) => ({ ...one, stack })));
    }
    return { names: names.map(shortName), unreadable, regions, arns, ids, interrupted };
}

/** Returns the stack's name in programs and tags: the last part of `organization/project/stack`. */
export function shortName(stack: string): string {
    return stack.slice(stack.lastIndexOf("/") + 1);
}

type Ask = (...args: readonly string[]) => Promise<PulumiAnswer>;

/**
 * Reads the state of a stack. Returns the resources in it, or the reason why it is not readable.
 * @param which the option `--stack` and its value; empty for the selected stack
 */
export async function readHeld(ask: Ask, which: readonly string[]): Promise<Held | { readonly reason: string }> {
    const { exitCode, stdout, stderr } = await ask("stack", "export", ...which);
    const lastUp = stdout.includes('"pending_operations"') ? await findLastUp(ask, which) : undefined;
    const held = exitCode === 0 ? parseRecordedResources(stdout, lastUp) : undefined;
    return held ?? { reason: stderr || "its state is not readable" };
}

/** Returns the end of the stack's last command in epoch milliseconds if it was a successful `pulumi up`. */
async function findLastUp(ask: Ask, which: readonly string[]): Promise<number | undefined> {
    const { exitCode, stdout } = await ask("stack", "history", "--json", "--page-size", "1", ...which);
    const [last] = exitCode === 0 ? (JSON.parse(stdout) as { kind: string; result: string; endTime: string }[]) : [];
    return last?.kind === "update" && last.result === "succeeded" ? Date.parse(last.endTime) : undefined;
}

/**
 * Returns the resources in an exported state; undefined if the text is not a state.
 * @param lastUp end of the stack's last command in epoch milliseconds, if it was a successful `pulumi up`
 */
export function parseRecordedResources(exported: string, lastUp?: number): Held | undefined {
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
    const own = pending.filter((one) => !isAws(one) && regions.has(one.resource.inputs?.region));
    // If the last command was a successful `pulumi up`, its program declared none of these resources. Pulumi's history
    // contains no fractions of seconds.
    const isOver = lastUp !== undefined && Date.parse(state.deployment?.manifest?.time ?? "") < lastUp + 1000;
    const making = (isOver ? [] : own).map(({ resource }) => resource);
    const urns = new Set(recorded.map(({ urn }) => urn));
    const texts = (...values: readonly unknown[]) => values.filter((value) => typeof value === "string");
    return {
        regions: [...regions].filter((region) => typeof region === "string"),
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
        interrupted: [
            ...pending.filter((one) => isAws(one) && !urns.has(one.resource.urn)),
            ...(isOver ? own : []),
        ].map(({ resource: { type, urn = "", parent, inputs = {} } }) => ({ type, urn, parent, inputs })),
    };
}

/** Returns a dataset's name in its ARN, `<group>/INTERACTIONS`, which differs from the program's name. */
export function datasetName({ datasetGroupArn, datasetType }: ExportedResource["inputs"] = {}): string | undefined {
    return typeof datasetGroupArn === "string" && typeof datasetType === "string"
        ? `${datasetGroupArn.split("/").at(-1)}/${datasetType.toUpperCase()}`
        : undefined;
}
