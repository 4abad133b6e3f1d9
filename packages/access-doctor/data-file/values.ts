import type { FaultId } from "../faults.ts";
import { type Field, isTime } from "./fields.ts";

const integer = /^[+-]?\d{1,19}$/;
const decimal = /^[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const epochSeconds = /^-?\d{1,11}$/;
const epochMilliseconds = /^\s*\d{12,13}(\.\d*)?\s*$/;

/**
 * Checks a value against the schema. Returns the fault, and a clause that completes the finding's sentence; undefined if
 * the schema allows the value.
 */
export function valueFault(field: Field, value: string): { fault: FaultId; why: string } | undefined {
    const { type, nullable, longest } = field;
    const wrongType = { fault: "value-type", why: `, which is of type ${type} in the schema` } as const;
    if (value === "") {
        const isAllowed = nullable || type === "null";
        return isAllowed ? undefined : { fault: "value-absent", why: ", which may not be null in the schema" };
    }
    if (isTime(field)) return timeFault(value);
    if (type === "string") {
        const why = `, which is longer than ${longest} characters`;
        return value.length > longest ? { fault: "value-too-long", why } : undefined;
    }
    if (type === "boolean") return /^(true|false)$/i.test(value) ? undefined : wrongType;
    return (type === "long" || type === "int" ? integer : decimal).test(value) ? undefined : wrongType;
}

/** Returns the fault of a time. How the time is to be read is data-prep's decision, because it needs the whole column. */
function timeFault(value: string): ReturnType<typeof valueFault> {
    if (epochSeconds.test(value)) return undefined;
    return epochMilliseconds.test(value)
        ? {
              fault: "timestamp-milliseconds",
              why: ", which looks like milliseconds: Personalize reads epoch seconds",
          }
        : { fault: "timestamp-not-epoch", why: ", and Personalize reads whole epoch seconds only" };
}
