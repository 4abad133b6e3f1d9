import { accountOf, parseArn, type RequestContext } from "policy-evaluator";

/** Thrown if IAM rejects the call, with IAM's error code and HTTP status. */
export class IamInputError extends Error {
    readonly code: string;
    readonly status: number;
    constructor(code: string, message: string, status = 400) {
        super(message);
        this.code = code;
        this.status = status;
    }
}

/** Creates IAM's error for input that breaks a rule of the operation. */
export const invalidInput = (message: string) => new IamInputError("InvalidInput", message);

/** Creates IAM's error for input that its service model rejects. */
const validationError = (message: string) =>
    new IamInputError("ValidationError", `1 validation error detected: ${message}`);

/** The parameters of a call in the query protocol: form fields whose names encode lists and structures. */
interface Query {
    text(name: string): string | undefined;
    /** Returns the values of `Name.member.1`, `Name.member.2` and so on. */
    list(name: string): readonly string[];
    /** Returns the prefixes of a list's structures, such as `Name.member.1`. */
    structures(name: string): readonly string[];
}

/** Parses the body of a query protocol call. */
export function readQuery(body: string): Query {
    const form = new URLSearchParams(body);
    const text = (name: string) => form.get(name) ?? undefined;
    const numbered = (name: string) => {
        const start = `${name}.member.`;
        const numbers = new Set<number>();
        for (const key of form.keys()) {
            const number = key.startsWith(start) ? /^[1-9]\d{0,5}/.exec(key.slice(start.length))?.[0] : undefined;
            if (number) numbers.add(Number(number));
        }
        return [...numbers].sort((a, b) => a - b).map((number) => start + number);
    };
    return {
        text,
        list: (name) => numbered(name).flatMap((member) => text(member) ?? []),
        structures: numbered,
    };
}

export interface SimulationInput {
    readonly operation: "SimulateCustomPolicy" | "SimulatePrincipalPolicy";
    /** The ARN of the simulated entity; only for SimulatePrincipalPolicy. */
    readonly sourceArn: string | undefined;
    readonly callerArn: string | undefined;
    readonly actions: readonly string[];
    /** ARNs of the resources to simulate; undefined if the call gives no resource or only `*`. */
    readonly resources: readonly string[] | undefined;
    readonly policies: readonly string[];
    readonly boundary: string | undefined;
    readonly resourcePolicy: string | undefined;
    /** The account that owns resources without an account in their ARN. */
    readonly resourceOwner: string | undefined;
    readonly context: RequestContext;
    readonly maxItems: number;
    /** The index of the first action on the requested page. */
    readonly from: number;
}

const contextTypes = ["string", "numeric", "boolean", "ip", "binary", "date"].flatMap((type) => [type, `${type}List`]);
const entityArn = /^arn:[^:]+:iam::\d{12}:(user|group|role)\/.+$/;

/**
 * Parses and validates a simulation's parameters (IAM API reference).
 * @throws Refusal for input that IAM rejects, and for unsupported parameters, which could change the decision
 */
export function readInput(operation: SimulationInput["operation"], query: Query): SimulationInput {
    for (const [parameter, present] of [
        ["OrderedOrganizationPolicyInputList", query.structures("OrderedOrganizationPolicyInputList").length > 0],
        ["ResourceHandlingOption", query.text("ResourceHandlingOption") !== undefined],
    ] as const) {
        if (present) throw new IamInputError("NotImplemented", `${parameter} of ${operation} is not emulated here.`);
    }
    const sourceArn = operation === "SimulatePrincipalPolicy" ? required(query, "PolicySourceArn") : undefined;
    if (sourceArn !== undefined && !entityArn.test(sourceArn)) {
        throw invalidInput(`Invalid Entity Arn: ${sourceArn}`);
    }
    const callerArn = query.text("CallerArn") ?? sourceArn;
    if (callerArn !== undefined && !entityArn.test(callerArn)) {
        throw invalidInput(
            `Invalid CallerArn: ${callerArn}. It is the ARN of an IAM user, group or role, ` +
                "not of a session, a federated user or a service.",
        );
    }
    const policies = query.list("PolicyInputList");
    if (operation === "SimulateCustomPolicy" && policies.length === 0) {
        throw missing("policyInputList");
    }
    const boundaries = query.list("PermissionsBoundaryPolicyInputList");
    if (boundaries.length > 1) {
        throw invalidInput(
            "PermissionsBoundaryPolicyInputList accepts only one policy, because an entity has only one boundary.",
        );
    }
    return {
        operation,
        sourceArn,
        callerArn,
        actions: readActions(query),
        resources: readResources(query),
        policies,
        boundary: boundaries[0],
        resourcePolicy: readResourcePolicy(query, callerArn),
        resourceOwner: readOwner(query),
        context: readContext(query),
        maxItems: readMaxItems(query),
        from: readMarker(query),
    };
}

/** Returns the marker of the page whose first action has the index `action`. */
export const formatMarker = (action: number) => Buffer.from(`action ${action}`).toString("base64");

function readActions(query: Query): readonly string[] {
    const actions = query.list("ActionNames");
    if (actions.length === 0) {
        throw missing("actionNames");
    }
    for (const action of actions) {
        if (action.length < 3 || action.length > 128) {
            throw validationError(
                `Value '${action}' at 'actionNames' failed to satisfy constraint: 3 to 128 characters`,
            );
        }
        if (!/^[\w-]+:[\w-]+$/.test(action)) {
            throw invalidInput(`Invalid ActionName: ${action}. It must be service:Action, without wildcards.`);
        }
    }
    return actions;
}

function readResources(query: Query): readonly string[] | undefined {
    const resources = query.list("ResourceArns");
    const strange = resources.filter((resource) => resource !== "*" && !parseArn(resource));
    if (strange.length > 0) {
        throw invalidInput(`ResourceNames are not in a valid ARN format: ${strange.join(", ")}`);
    }
    return resources.length === 0 || (resources.length === 1 && resources[0] === "*") ? undefined : resources;
}

function readResourcePolicy(query: Query, callerArn: string | undefined): string | undefined {
    const policy = query.text("ResourcePolicy");
    if (policy === undefined) {
        return undefined;
    }
    if (callerArn === undefined) {
        throw invalidInput("CallerArn is required with a ResourcePolicy, whose Principal is compared with CallerArn.");
    }
    if (entityArn.exec(callerArn)?.[1] !== "user") {
        throw invalidInput(`A ResourcePolicy can be simulated for an IAM user only, not for ${callerArn}.`);
    }
    return policy;
}

function readOwner(query: Query): string | undefined {
    const owner = query.text("ResourceOwner");
    if (owner === undefined) {
        return undefined;
    }
    const account = /^arn:[^:]+:iam::\d{12}:root$/.test(owner) ? accountOf(owner) : undefined;
    if (account === undefined) {
        throw invalidInput(`'${owner}' is not a valid as a Resource Owner.`);
    }
    return account;
}

function readContext(query: Query): RequestContext {
    return Object.fromEntries(
        query.structures("ContextEntries").map((entry) => {
            const name = query.text(`${entry}.ContextKeyName`) ?? "";
            const type = query.text(`${entry}.ContextKeyType`) ?? "";
            if (name.length < 5 || name.length > 256) {
                throw validationError(
                    `Value '${name}' at 'contextKeyName' failed to satisfy constraint: 5 to 256 characters`,
                );
            }
            if (!contextTypes.includes(type)) {
                throw validationError(
                    `Value '${type}' at 'contextKeyType' failed to satisfy constraint: one of ${contextTypes.join(", ")}`,
                );
            }
            const values = query.list(`${entry}.ContextKeyValues`);
            if (values.length > 1 && !type.endsWith("List")) {
                throw invalidInput(`${name} has ${values.length} values, and type ${type}: write ${type}List.`);
            }
            return [name, values];
        }),
    );
}

function readMaxItems(query: Query): number {
    const text = query.text("MaxItems") ?? "100";
    if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > 1000) {
        throw validationError(`Value '${text}' at 'maxItems' failed to satisfy constraint: 1 to 1000`);
    }
    return Number(text);
}

function readMarker(query: Query): number {
    const marker = query.text("Marker");
    if (marker === undefined) {
        return 0;
    }
    const action = /^action (\d{1,6})$/.exec(Buffer.from(marker, "base64").toString())?.[1];
    if (action === undefined) {
        throw validationError(`Value '${marker}' at 'marker' is not a marker from a response`);
    }
    return Number(action);
}

function required(query: Query, name: string): string {
    const value = query.text(name);
    if (value === undefined) {
        throw missing(name.charAt(0).toLowerCase() + name.slice(1));
    }
    return value;
}

const missing = (name: string) =>
    validationError(`Value null at '${name}' failed to satisfy constraint: Member must not be null`);
