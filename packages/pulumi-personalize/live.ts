import type { Handler } from "./lifecycle.ts";
import { isUnknown } from "./resource.ts";

/**
 * Wraps handlers so that no deletion removes a resource that the same run keeps. The engine creates a replacement
 * first, and deletes the old resource by its ID at the end of the run. After an interruption, the old resource stays in
 * the state as a pending deletion. If the change is then reverted, `create` finds the old resource by its name and uses
 * it again. The pending deletion has the same ID, so it would delete the resource that the stack now uses. The engine
 * calls `diff` for every resource that the program declares before it deletes pending resources (since Pulumi 3.46:
 * pulumi/pulumi#11027), so this process knows every ID to keep. A run in which a create or update failed deletes
 * nothing, because it cannot know which resources the rest of the program keeps. The engine ends such a run anyway,
 * except with `--continue-on-error`.
 */
export function keepLive<K extends string>(
    log: (message: string) => void,
    handlers: Readonly<Record<K, Handler>>,
): Readonly<Record<K, Handler>> {
    const ids = new Set<string>();
    let failed = false;
    const settled = async <T>(work: Promise<T>, idOf: (result: T) => string): Promise<T> => {
        try {
            const result = await work;
            ids.add(idOf(result));
            return result;
        } catch (error) {
            failed = true;
            throw error;
        }
    };
    const wrap = (handler: Handler): Handler => ({
        ...handler,
        async diff(id, olds, news) {
            const diff = await handler.diff(id, olds, news);
            // If inputs are unknown, the engine only examines which resources the replacement of another resource
            // affects. It replaces nothing yet, so leave the recorded ids as they are.
            if (!containsUnknown(news)) {
                if (diff.replaces.length > 0) ids.delete(id);
                else ids.add(id);
            }
            // Pulumi's dynamic provider reads its code from the outputs, which a resource of the plugin lacks. An
            // update, which changes nothing in AWS, records the code there.
            const isOfPlugin = olds.__provider === undefined && news.__provider !== undefined;
            return isOfPlugin ? { ...diff, changes: true } : diff;
        },
        create: (inputs) => settled(handler.create(inputs), ({ id }) => id),
        update: (id, olds, news) => settled(handler.update(id, olds, news), () => id),
        async delete(id, properties) {
            if (ids.has(id)) {
                log(
                    `${id} is kept: the stack uses the resource with the same name. To replace it (--replace, state taint), ` +
                        "set the option deleteBeforeReplace of the resource.",
                );
                return;
            }
            if (failed) {
                throw new Error(
                    `${id} is not deleted, because another resource of this run failed. Run \`pulumi up\` again.`,
                );
            }
            await handler.delete(id, properties);
        },
    });
    return mapValues(handlers, wrap);
}

/** Returns an object with the same keys, and the value that `change` returns for each value. */
export const mapValues = <K extends string, V, W>(
    table: Readonly<Record<K, V>>,
    change: (value: V) => W,
): Record<K, W> =>
    Object.fromEntries(Object.entries<V>(table).map(([key, value]) => [key, change(value)])) as Record<K, W>;

function containsUnknown(value: unknown): boolean {
    return value !== null && typeof value === "object" ? Object.values(value).some(containsUnknown) : isUnknown(value);
}
