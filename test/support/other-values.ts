import type { Key } from "../../config/kinds.ts";

/** Returns another valid value for a config key, and the values of other keys that it requires. */
export function otherValues(name: string, { other, otherNeeds }: Key<unknown>): Readonly<Record<string, unknown>> {
    const [key = "", member] = name.split(".");
    return { ...otherNeeds, [key]: member === undefined ? other : { [member]: other } };
}
