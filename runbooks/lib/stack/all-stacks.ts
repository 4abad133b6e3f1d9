import { exitCodes, RunbookError } from "../cli/runbook.ts";
import { askPulumi, noSuchCommand, type PulumiAnswer } from "./pulumi.ts";

/** What the stacks of the project hold, as far as their states could be read. */
export interface AllStacks {
    /** Names of the stacks that the backend lists, without organization and project, as tags have them. */
    readonly names: readonly string[];
    readonly unreadable: readonly { readonly stack: string; readonly reason: string }[];
    /** ARNs of every recorded resource that has one. */
    readonly arns: ReadonlySet<string>;
    /** `<Pulumi type> <id>` of every recorded resource, and `<Pulumi type> <name>` of what is being made. */
    readonly ids: ReadonlySet<string>;
}

interface StateResource {
    readonly type: string;
    readonly id?: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

interface State {
    readonly deployment?: {
        readonly resources?: readonly StateResource[];
        readonly pending_operations?: readonly { readonly type: string; readonly resource: StateResource }[];
    };
}

/**
 * Reads the state of each stack that the backend has of this project.
 *
 * @throws RunbookError when the backend does not even list them: nothing could be told from a leftover then.
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
    const unreadable: { stack: string; reason: string }[] = [];
    for (const stack of names) {
        const exported = await ask("stack", "export", "--stack", stack);
        const held = exported.exitCode === 0 ? heldBy(exported.stdout) : undefined;
        if (held === undefined) {
            unreadable.push({ stack: shortName(stack), reason: exported.stderr || "its state is not readable" });
            continue;
        }
        for (const arn of held.arns) arns.add(arn);
        for (const id of held.ids) ids.add(id);
    }
    return { names: names.map(shortName), unreadable, arns, ids };
}

/** The name by which a program and its tags know a stack: the last part of `organization/project/stack`. */
export function shortName(stack: string): string {
    return stack.slice(stack.lastIndexOf("/") + 1);
}

/** What an exported state holds; undefined if it is none. */
export function heldBy(exported: string): Pick<AllStacks, "arns" | "ids"> | undefined {
    let state: State;
    try {
        state = JSON.parse(exported) as State;
    } catch {
        return undefined;
    }
    const recorded = state.deployment?.resources ?? [];
    const making = (state.deployment?.pending_operations ?? []).map(({ resource }) => resource);
    const texts = (...values: readonly unknown[]) => values.filter((value) => typeof value === "string");
    return {
        arns: new Set(
            recorded.flatMap(({ id, outputs }) => texts(id, outputs?.arn).filter((t) => t.startsWith("arn:"))),
        ),
        ids: new Set(
            [...recorded, ...making].flatMap(({ type, id, inputs }) =>
                texts(id, ...(id === undefined ? [inputs?.name, inputs?.bucket, inputs?.comment] : [])).map(
                    (text) => `${type} ${text}`,
                ),
            ),
        ),
    };
}
