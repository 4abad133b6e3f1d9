import { isRecord } from "../wire/validate.ts";

/** The effect of a fault on a call, or on the resource that the call creates. */
export type Effect =
    | { kind: "throttle" }
    | { kind: "error"; code: string; message: string; status: number }
    | { kind: "latency"; milliseconds: number; when: When }
    | { kind: "drop"; when: When }
    | { kind: "fail"; reason: string }
    | { kind: "hang" };

/** Whether the effect happens before the service receives the call, or after it has executed the call. */
export type When = "before" | "after";

/** A fault for `times` calls of `operation`, from the `call`-th on, each with a probability. */
export interface Fault {
    /** A Personalize operation; on the local AWS also an IAM action, such as `cloudfront:CreateDistribution`. */
    operation: string;
    call: number;
    times: number;
    /** Share of these calls that have the effect, above 0 and up to 1. */
    probability: number;
    effect: Effect;
}

/**
 * A fault as `GET /_local/faults` returns it, with the number of calls of its operation since its creation (`seen`) and
 * of those that it affected (`struck`).
 */
export interface ArmedFault extends Fault {
    id: number;
    seen: number;
    struck: number;
}

/** Thrown for an invalid fault definition. */
export class BadFaultError extends Error {}

/** Holds the active faults, in memory only. */
export function createFaults(random: () => number = Math.random) {
    let armed: ArmedFault[] = [];
    let lastId = 0;
    return {
        arm(fault: Fault): ArmedFault {
            const added = { id: ++lastId, ...fault, seen: 0, struck: 0 };
            armed.push(added);
            return added;
        },
        list: (): readonly ArmedFault[] => armed,
        /** Removes all faults and returns their number. */
        clear(): number {
            const count = armed.length;
            armed = [];
            return count;
        },
        /**
         * Counts a call, and returns the effects of the faults that apply to it, in the order in which the faults were
         * created.
         */
        strike(operation: string): Effect[] {
            const watching = armed.filter((fault) => fault.operation === operation);
            for (const fault of watching) fault.seen++;
            const striking = watching.filter(
                ({ seen, call, times, probability }) => seen >= call && seen < call + times && random() < probability,
            );
            for (const fault of striking) fault.struck++;
            return striking.map(({ effect }) => effect);
        },
    };
}

export type Faults = ReturnType<typeof createFaults>;

/**
 * Parses a fault, for example the body of `POST /_local/faults`. `elsewhere` says whether it may also name an IAM action
 * of another service.
 * @throws BadFaultError for an invalid fault
 */
export function readFault(body: unknown, operations: ReadonlySet<string>, elsewhere = false): Fault {
    const given = requireMembers(body, "A fault");
    refuseOthers(given, "a fault", ["operation", "call", "times", "probability", "effect"]);
    const { operation, call = 1, times = 1, probability = 1, effect } = given;
    if (typeof operation !== "string" || !(operations.has(operation) || (elsewhere && isElsewhere(operation)))) {
        const others = elsewhere ? ", or an IAM action of another service, such as cloudfront:CreateDistribution" : "";
        throw new BadFaultError(
            `operation must be a Personalize operation, such as CreateCampaign${others}; it is ${show(operation)}.`,
        );
    }
    if (typeof probability !== "number" || !(probability > 0 && probability <= 1)) {
        throw new BadFaultError(`probability must be a number above 0 and up to 1; it is ${show(probability)}.`);
    }
    const fault = {
        operation,
        call: whole(1)(call, "call"),
        times: whole(1)(times, "times"),
        probability,
        effect: readEffect(requireMembers(effect, "effect")),
    };
    checkTarget(operation, fault.effect.kind);
    return fault;
}

/** Checks whether an operation is an IAM action of a service other than Personalize. */
const isElsewhere = (operation: string) => /^(?!personalize)[a-z0-9-]+:[A-Z][A-Za-z]+$/.test(operation);

/** Reads a member of an effect; `name` is the member's name in errors. */
type Reader = (value: unknown, name: string) => string | number;

const whole =
    (least: number, most = Number.MAX_SAFE_INTEGER) =>
    (value: unknown, name: string): number => {
        if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
        const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
        throw new BadFaultError(`${name} must be a whole number ${range}; it is ${show(value)}.`);
    };

const filled: Reader = (value, name) => {
    if (typeof value === "string" && value !== "") return value;
    throw new BadFaultError(`${name} must be a string with at least one character; it is ${show(value)}.`);
};

const when: Reader = (value, name) => {
    if (value === "before" || value === "after") return value;
    throw new BadFaultError(`${name} must be "before" or "after"; it is ${show(value)}.`);
};

/** The members of each kind of effect. */
const effects: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
    throttle: {},
    error: { code: filled, message: filled, status: whole(400, 599) },
    latency: { milliseconds: whole(0, 3_600_000), when },
    drop: { when },
    fail: { reason: filled },
    hang: {},
} satisfies Record<Effect["kind"], object>;

function readEffect(given: Record<string, unknown>): Effect {
    const { kind } = given;
    const members = Object.entries(effects).find(([name]) => name === kind)?.[1];
    if (!members) {
        throw new BadFaultError(
            `effect.kind must be throttle, error, latency, drop, fail or hang; it is ${show(kind)}.`,
        );
    }
    const read = Object.entries(members).map(([name, reader]) => [name, reader(given[name], `effect.${name}`)]);
    refuseOthers(given, `the effect ${kind}`, ["kind", ...Object.keys(members)]);
    return { kind, ...Object.fromEntries(read) } as Effect;
}

// `fail` and `hang` change a resource's status. A schema has no status, so they cannot affect CreateSchema.
function checkTarget(operation: string, kind: Effect["kind"]): void {
    if (isElsewhere(operation) && kind !== "error") {
        throw new BadFaultError(`For services other than Personalize, effect.kind must be error; it is ${kind}.`);
    }
    const creates = /^Create(?!Schema$)/.test(operation);
    if (kind === "fail" && !creates && !/^Update(Campaign|Dataset|Solution)$/.test(operation)) {
        throw new BadFaultError(
            `The effect fail requires an operation that creates a resource with a status, or UpdateCampaign, UpdateDataset or UpdateSolution; operation is ${operation}.`,
        );
    }
    if (kind === "hang" && !creates) {
        throw new BadFaultError(
            `The effect hang requires an operation that creates a resource with a status; operation is ${operation}.`,
        );
    }
}

function requireMembers(value: unknown, what: string): Record<string, unknown> {
    if (isRecord(value) && !Array.isArray(value)) return value;
    throw new BadFaultError(`${what} must be a JSON object; it is ${show(value)}.`);
}

function refuseOthers(given: object, what: string, allowed: readonly string[]): void {
    const unknown = Object.keys(given).find((name) => !allowed.includes(name));
    if (unknown === undefined) return;
    throw new BadFaultError(`Unknown member ${unknown} in ${what}. Allowed members: ${allowed.join(", ")}.`);
}

const show = (value: unknown) => JSON.stringify(value) ?? "missing";
