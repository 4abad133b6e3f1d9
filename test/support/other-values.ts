import type { Key } from "../../core/config/kinds.ts";

/**
 * Returns configuration with a valid value other than the default for a config key, and with the keys that this value
 * requires.
 */
export function otherValues(name: string, { other, otherNeeds }: Key<unknown>): Readonly<Record<string, unknown>> {
    const [key = "", member] = name.split(".");
    return { ...otherNeeds, [key]: member === undefined ? other : { [member]: other } };
}
