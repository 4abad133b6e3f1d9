import type { Key } from "../../config/kinds.ts";

/** The other value of a row of the table, with the values that it needs, by key. */
export function otherValues(name: string, { other, otherNeeds }: Key<unknown>): Readonly<Record<string, unknown>> {
    const [key = "", member] = name.split(".");
    return { ...otherNeeds, [key]: member === undefined ? other : { [member]: other } };
}
