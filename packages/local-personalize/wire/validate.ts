import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { ServiceName } from "../contract.ts";
import { ServiceError } from "../errors.ts";

/** Checks whether a value is an object, or a list. Its members may have any type. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null;

/** Returns a value that is an object; an empty object for any other value. */
export const toRecord = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});

/** Parses a JSON object; returns undefined for any other text. */
export function parseObject(text: string): Record<string, unknown> | undefined {
    try {
        const value: unknown = JSON.parse(text);
        return isRecord(value) && !Array.isArray(value) ? value : undefined;
    } catch {
        return undefined;
    }
}

/** The members of a shape of AWS's service model that validate a request. */
interface Shape {
    type: "structure" | "list" | "map" | "string" | "integer" | "long" | "double" | "float" | "boolean" | "timestamp";
    required?: string[];
    members?: Record<string, { shape: string }>;
    member?: { shape: string };
    key?: { shape: string };
    value?: { shape: string };
    min?: number;
    max?: number;
    pattern?: string;
    enum?: string[];
    sensitive?: boolean;
}

/** One service of AWS's service model: its operations with their shapes. */
export interface ServiceModel {
    operations: Record<string, { input?: { shape: string }; output?: { shape: string } }>;
    shapes: Record<string, Shape>;
}

/** Reads the three Personalize models from botocore's data folder, plain or gzipped. Throws when one is missing. */
export function loadServiceModels(dataDir: string): Record<ServiceName, ServiceModel> {
    return {
        personalize: loadServiceModel(dataDir, "personalize"),
        "personalize-runtime": loadServiceModel(dataDir, "personalize-runtime"),
        "personalize-events": loadServiceModel(dataDir, "personalize-events"),
    };
}

function loadServiceModel(dataDir: string, service: ServiceName): ServiceModel {
    const folder = join(dataDir, service);
    const version = existsSync(folder) ? readdirSync(folder).sort().at(-1) : undefined;
    const file = join(folder, version ?? "", "service-2.json");
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
    if (existsSync(`${file}.gz`)) return JSON.parse(gunzipSync(readFileSync(`${file}.gz`)).toString("utf8"));
    throw new Error(`No service model of ${service} in ${dataDir}. Install it: pip install botocore`);
}

/**
 * Checks a request's input against the model's input shape of `operation`: required members, types, lengths, ranges,
 * patterns and enums. Unknown members are ignored, as in AWS JSON. Throws SerializationException for a wrong type, and
 * ValidationException with all failed constraints, with the texts of AWS's own validator.
 */
export function validate(model: ServiceModel, operation: string, input: unknown): void {
    const shape = model.operations[operation]?.input?.shape;
    if (!shape) return;
    const failures: string[] = [];
    check(model, shape, input, "", failures);
    if (failures.length === 0) return;
    const count = `${failures.length} validation error${failures.length === 1 ? "" : "s"} detected`;
    throw new ServiceError("ValidationException", `${count}: ${failures.slice(0, mostShown).join("; ")}`);
}

/** Returns one failed constraint in AWS's words; a sensitive value is not repeated. */
export function constraintFailure(value: unknown, path: string, constraint: string, sensitive = false): string {
    const shown = sensitive
        ? ""
        : value === null
          ? " null"
          : ` '${shortened(typeof value === "object" ? JSON.stringify(value) : String(value))}'`;
    return `Value${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
}

/** Limits the length of an error message for long requests. */
const longestShown = 1000;
const mostShown = 50;

const shortened = (text: string) => (text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);

function check(model: ServiceModel, name: string, value: unknown, path: string, failures: string[]): void {
    const shape = model.shapes[name];
    if (!shape) return;
    if (!hasType(shape, value)) {
        throw new ServiceError(
            "SerializationException",
            `${path === "" ? "The request" : `'${path}'`} must be of type ${shape.type}, and is ${typeName(value)}`,
        );
    }
    checkConstraints(shape, value, path, failures);
    if (shape.type === "structure" && isRecord(value)) {
        for (const [member, reference] of Object.entries(shape.members ?? {})) {
            const memberPath = path === "" ? member : `${path}.${member}`;
            const given = value[member];
            if (given !== undefined && given !== null) check(model, reference.shape, given, memberPath, failures);
            else if (shape.required?.includes(member)) {
                failures.push(constraintFailure(null, memberPath, "Member must not be null"));
            }
        }
    } else if (shape.type === "list" && shape.member && Array.isArray(value)) {
        for (const [index, item] of value.entries()) {
            check(model, shape.member.shape, item, `${path}.${index + 1}.member`, failures);
        }
    } else if (shape.type === "map" && shape.key && shape.value && isRecord(value)) {
        for (const [key, item] of Object.entries(value)) {
            check(model, shape.key.shape, key, `${path}.key`, failures);
            check(model, shape.value.shape, item, `${path}.${key}.value`, failures);
        }
    }
}

function checkConstraints(shape: Shape, value: unknown, path: string, failures: string[]): void {
    const fail = (constraint: string) => failures.push(constraintFailure(value, path, constraint, shape.sensitive));
    const numeric = typeof value === "number";
    const measure = numeric ? value : sizeOf(value);
    const what = numeric ? "value" : "length";
    if (measure !== undefined && shape.max !== undefined && measure > shape.max) {
        fail(`Member must have ${what} less than or equal to ${shape.max}`);
    }
    if (measure !== undefined && shape.min !== undefined && measure < shape.min) {
        fail(`Member must have ${what} greater than or equal to ${shape.min}`);
    }
    if (typeof value !== "string") return;
    // AWS matches a pattern against the whole value. Some patterns need cubic time, so a value that is too long is not
    // matched.
    const isLong = shape.max !== undefined && value.length > shape.max;
    if (shape.pattern && !isLong && !wholePattern(shape.pattern).test(value)) {
        fail(`Member must satisfy regular expression pattern: ${shape.pattern}`);
    }
    if (shape.enum && !shape.enum.includes(value))
        fail(`Member must satisfy enum value set: [${shape.enum.join(", ")}]`);
}

const patterns = new Map<string, RegExp>();

/**
 * Returns a regular expression that matches a pattern of the service model against a whole value. Compiles each pattern
 * once.
 */
function wholePattern(pattern: string): RegExp {
    const compiled = patterns.get(pattern) ?? new RegExp(`^(?:${pattern})$`, "u");
    patterns.set(pattern, compiled);
    return compiled;
}

function sizeOf(value: unknown): number | undefined {
    if (typeof value === "string" || Array.isArray(value)) return value.length;
    return isRecord(value) ? Object.keys(value).length : undefined;
}

function hasType({ type }: Shape, value: unknown): boolean {
    if (type === "structure" || type === "map") return isRecord(value) && !Array.isArray(value);
    if (type === "list") return Array.isArray(value);
    if (type === "integer" || type === "long") return Number.isInteger(value);
    return typeof value === (/^(double|float|timestamp)$/.test(type) ? "number" : type);
}

const typeName = (value: unknown) => (value === null ? "null" : Array.isArray(value) ? "list" : typeof value);

/** Returns an answer with only those members, at any depth, that the output shape of the operation has. */
export function withModelMembers(model: ServiceModel, operation: string, output: object): object {
    const shape = model.operations[operation]?.output?.shape;
    return shape === undefined ? {} : withMembers(model, shape, output);
}

function withMembers<Value>(model: ServiceModel, name: string, value: Value): Value {
    const { members, member, value: entry }: Partial<Shape> = model.shapes[name] ?? {};
    if (Array.isArray(value) && member) return value.map((item) => withMembers(model, member.shape, item)) as Value;
    if (typeof value !== "object" || value === null) return value;
    const kept = Object.entries(value).flatMap(([key, each]) => {
        const shape = members ? members[key]?.shape : entry?.shape;
        return shape === undefined ? [] : [[key, withMembers(model, shape, each)]];
    });
    return Object.fromEntries(kept);
}
