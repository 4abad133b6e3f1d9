import type { FaultId } from "../faults.ts";
import { type Field, isTime } from "./fields.ts";
import { dateOf, describeTimeFormat, isCertain, readTimes } from "./times.ts";

const integer = /^[+-]?\d{1,19}$/;
const decimal = /^[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const epochSeconds = /^-?\d{1,11}$/;

/**
 * Checks a value against the schema. Returns the fault, and a clause that completes the finding's sentence; undefined if
 * the schema allows the value. `now` is in epoch seconds.
 */
export function valueFault(field: Field, value: string, now: number): { fault: FaultId; why: string } | undefined {
    const { type, nullable, longest } = field;
    const wrongType = { fault: "value-type", why: `, which is of type ${type} in the schema` } as const;
    if (value === "") {
        const isAllowed = nullable || type === "null";
        return isAllowed ? undefined : { fault: "value-absent", why: ", which may not be null in the schema" };
    }
    if (isTime(field)) return timeFault(value, now);
    if (type === "string") {
        const why = `, which is longer than ${longest} characters`;
        return value.length > longest ? { fault: "value-too-long", why } : undefined;
    }
    if (type === "boolean") return /^(true|false)$/i.test(value) ? undefined : wrongType;
    return (type === "long" || type === "int" ? integer : decimal).test(value) ? undefined : wrongType;
}

/** Returns the fault of a time, with the ways to read it. */
function timeFault(value: string, now: number): ReturnType<typeof valueFault> {
    if (epochSeconds.test(value)) return undefined;
    const certain = readTimes([value], now).filter(isCertain);
    const ways = certain.map(({ format, seconds }) => {
        const fraction = value.includes(".") ? " with a fraction" : "";
        const written = value.includes(",") ? " with thousands separators" : fraction;
        return `${describeTimeFormat(format)}${format === "s" ? written : ""} (${dateOf(seconds)})`;
    });
    const reads = "Personalize reads whole epoch seconds only";
    const isUnit = certain.length > 0 && certain.every(({ format }) => /^[mun]s$/.test(format));
    const fault = isUnit ? "timestamp-milliseconds" : "timestamp-not-epoch";
    if (ways.length > 0) return { fault, why: `, which is in ${ways.join(" or ")}: ${reads}` };
    const why = /^\s*\d+(\.\d+)?e\+?\d+\s*$/i.test(value)
        ? `, which is in scientific notation and has lost its last digits: ${reads}`
        : `, and ${reads}`;
    return { fault, why };
}
