import type { IncomingMessage } from "node:http";
import type { Transform } from "node:stream";
import type { Emulator, Faults } from "local-personalize";
import type { Answer } from "../answer.ts";
import { isCostExplorerCall } from "../metering/cost-explorer.ts";
import type { Access, AccessLog } from "./access-log.ts";
import { costExplorerChecks, passCheck, personalizeChecks } from "./checks.ts";
import type { Directory, NamedCall, NamedCheck, Principal } from "./directory.ts";
import { identify, isAdministrator } from "./identify.ts";
import {
    isClosed,
    isPreflight,
    isRemoteCall,
    parse,
    readSmallBody,
    toCallFacts,
    toCircumstances,
    toPersonalizeCall,
} from "./incoming.ts";
import { anonymous, judge } from "./judge.ts";
import { passedRoles, passesRoles, tracedRoleComplaint, trustComplaint } from "./passed-roles.ts";
import { classifyPayload, hashGuard, sha256 } from "./payload.ts";
import { closedAnswer, createRefusal, type Reason, refusalOfPersonalize, sentences } from "./refusal.ts";
import { readSignature } from "./signature.ts";

interface EnforcementOptions {
    readonly directory: Directory;
    readonly emulator: Emulator;
    readonly log: AccessLog;
    readonly accountId: string;
}

/** The decision on a request: forward it with these options, or answer it with an error. */
type Admission =
    | {
          readonly admitted: true;
          /** The request's body, if the checks have read it. */
          readonly body?: Buffer;
          /**
           * A stream that verifies the hash of the body while the body is forwarded. Present if the checks have not
           * read the body.
           */
          readonly guard?: Transform;
          /** Whether the gateway checked the request. MiniStack checks all other requests. */
          readonly judged: boolean;
          /** Whether the call can change permissions. */
          readonly changesAccess: boolean;
      }
    | { readonly admitted: false; readonly answer: Answer };

/** Actions that change policies or create resources with policies. */
const changing = /^(iam|cloudformation|sts):(?!Get|List|Describe|Simulate)/;
const unjudged: Admission = { admitted: true, judged: false, changesAccess: false };

/** Verifies, authorizes and logs each call before the service receives it. */
export function createEnforcement(options: EnforcementOptions) {
    const { directory, log } = options;
    return {
        log,
        /** Clears all cached principals. Called after a change of policies. */
        forget: () => directory.forget(),
        close(): void {
            directory.close();
            log.close();
        },
        /**
         * Decides whether a request may reach its service. An injected fault can also reject the request. `isOpen`
         * states whether the request is for a public endpoint in MiniStack, which authorizes unsigned requests itself.
         */
        async admit(request: IncomingMessage, faults: Pick<Faults, "strike">, isOpen: boolean): Promise<Admission> {
            const target = request.url ?? "/";
            if (isClosed(target)) {
                return { admitted: false, answer: closedAnswer(target) };
            }
            const path = decodeURIComponent(target.split("?", 1)[0] ?? "/");
            const signatureOrError = readSignature({ url: target, headers: request.headers });
            // A public endpoint may use an authentication scheme of its own, such as a viewer's Bearer token.
            const isOther = /^(?!AWS4-)/.test(request.headers.authorization ?? "AWS4-");
            const isUnsigned = signatureOrError === "MissingAuthenticationToken" || isOther;
            return isOpen && (isUnsigned || isPreflight(request))
                ? unjudged
                : admitCall({ ...options, faults }, request, { path, signatureOrError, isOpen });
        },
    };
}

export type Enforcement = ReturnType<typeof createEnforcement>;

interface Judging extends EnforcementOptions {
    readonly faults: Pick<Faults, "strike">;
}

interface Seen {
    readonly path: string;
    readonly signatureOrError: ReturnType<typeof readSignature>;
    /** Whether the request is for a public endpoint in MiniStack. */
    readonly isOpen: boolean;
}

type Call = Awaited<ReturnType<typeof readCall>>;
type Caller = Principal | typeof anonymous;

/** Reads the parts of a request that the checks need, including the body unless it is an S3 object. */
async function readCall(request: IncomingMessage, { path, signatureOrError }: Seen, accountId: string) {
    const signature = typeof signatureOrError === "string" ? undefined : signatureOrError;
    const inS3 = signature ? signature.service === "s3" : !isRemoteCall(request);
    // The body of DeleteObjects contains the keys of the objects, so it must be read.
    const streamed = inS3 && !new URL(request.url ?? "/", "http://localhost").searchParams.has("delete");
    const body = streamed ? undefined : await readSmallBody(request);
    const payload = inS3
        ? classifyPayload(request.headers["x-amz-content-sha256"]?.toString(), signature?.expires !== undefined)
        : { kind: "hashed" as const, hash: sha256(body ?? Buffer.alloc(0)) };
    const facts = toCallFacts(request, signature?.region ?? "us-east-1", accountId);
    const personalize = toPersonalizeCall(request, path, signature?.service, facts.region, body);
    return { request, path, signatureOrError, signature, inS3, streamed, body, payload, facts, personalize };
}

async function admitCall(options: Judging, request: IncomingMessage, parsedRequest: Seen): Promise<Admission> {
    const { directory, log, accountId } = options;
    const call = await readCall(request, parsedRequest, accountId);
    const { path, signature, inS3, facts } = call;
    const disbelieve = (code: string) => {
        const principal = signature?.accessKeyId ?? "anonymous";
        const access = { principal, action: `${facts.method} ${path}`, resource: "*" };
        return refuse(options, call, { code, message: sentences[code] ?? code }, access);
    };
    const principal = await verifyCaller(directory, call);
    if (typeof principal === "string") return disbelieve(principal);
    if (parsedRequest.isOpen) return admitted(call, false);

    const named = await nameCall(options, call, principal);
    if (!signature && named.service !== "s3") return disbelieve("MissingAuthenticationToken");
    // Reject a call that is signed for S3 but would be routed to another service, or signed for another service and
    // routed to S3.
    if (signature && inS3 !== (named.service === "s3")) return disbelieve("SignatureDoesNotMatch");
    const [first] = named.checks;
    // The gateway does not decompress bodies, so it cannot check the roles in a compressed body.
    const hidden = first && request.headers["content-encoding"] !== undefined && passesRoles(first.action);
    if (first && !hidden) return authorizeCall(options, call, principal, named, first);

    const who = principal.arn || "anonymous";
    const access = { principal: who, action: `${named.service}: ${facts.method} ${path}`, resource: "*" };
    if (isAdministrator(principal)) {
        log.add({ ...access, decision: "unnamed" });
        return admitted(call, true, "iam:");
    }
    const message = `User: ${who} is not authorized to perform this call of ${named.service}: there is no known IAM action for ${facts.method} ${path}`;
    return refuse(options, call, { code: "AccessDenied", message }, access, named.service);
}

/** Returns the verified caller, or AWS's error code. */
async function verifyCaller(directory: Directory, call: Call): Promise<Caller | string> {
    const { request, signatureOrError, signature, inS3, body, payload } = call;
    if (typeof signatureOrError === "string" && !(inS3 && signatureOrError === "MissingAuthenticationToken")) {
        return signatureOrError;
    }
    if (signature && payload.kind === "unsupported") return "UnsupportedSignature";
    if (inS3 && body && payload.kind === "hashed" && sha256(body) !== payload.hash) return "SignatureDoesNotMatch";
    const hash = payload.kind === "unsupported" ? "" : payload.hash;
    const principal = signature ? await identify(directory, request, signature, hash) : anonymous;
    return "error" in principal ? principal.error : principal;
}

async function nameCall(options: EnforcementOptions, call: Call, principal: Caller): Promise<NamedCall> {
    const { request, signature, body, facts, personalize } = call;
    if (personalize) return personalizeChecks(options.emulator, personalize, principal, options.accountId);
    const target = request.headers["x-amz-target"]?.toString();
    return signature?.service === "ce" && isCostExplorerCall(target)
        ? costExplorerChecks
        : options.directory.call(facts, body);
}

/** Checks each permission of a call, and the trust policy of each role that the call passes. */
async function authorizeCall(
    options: Judging,
    call: Call,
    principal: Caller,
    named: NamedCall,
    first: NamedCheck,
): Promise<Admission> {
    const { directory, log, accountId } = options;
    const { request, facts, personalize, body } = call;
    const given = personalize ? personalize.body : parse(body);
    const roles = passedRoles(first.action, given);
    const circumstances = toCircumstances(request, facts.region);
    const passing = await Promise.all(roles.map((role) => passCheck(directory, role)));
    for (const check of [...named.checks, ...passing]) {
        const access = { principal: principal.arn || "anonymous", action: check.action, resource: check.resource };
        const verdict = isAdministrator(principal)
            ? { allowed: true as const }
            : judge(principal, check, circumstances);
        if (!verdict.allowed) {
            return refuse(options, call, { code: "AccessDenied", message: verdict.message }, access, named.service);
        }
        log.add({ ...access, decision: "allowed" });
    }
    for (const role of roles) {
        const complaint = await trustComplaint(directory, role, { account: accountId, resource: first.resource });
        if (complaint) {
            const access = { principal: role.service, action: "sts:AssumeRole", resource: role.roleArn };
            return refuse(options, call, { ...complaint, status: 400 }, access, named.service);
        }
    }
    const complaint = await tracedRoleComplaint(directory, first.action, given);
    if (complaint) {
        const access = { principal: "lambda.amazonaws.com", action: first.action, resource: first.resource };
        return refuse(options, call, { ...complaint, status: 400 }, access, named.service);
    }
    // Apply injected faults of other services. The Personalize emulator applies faults of its calls itself.
    for (const effect of personalize ? [] : options.faults.strike(first.action)) {
        if (effect.kind === "error") {
            const access = { principal: named.service, action: first.action, resource: first.resource };
            return refuse(options, call, effect, access, named.service);
        }
    }
    return admitted(call, true, first.action);
}

function admitted({ body, streamed, signature, payload }: Call, judged: boolean, action = ""): Admission {
    return {
        admitted: true,
        judged,
        changesAccess: changing.test(action),
        ...(body && { body }),
        ...(streamed && signature && payload.kind === "hashed" && { guard: hashGuard(payload.hash) }),
    };
}

/** Logs a denial and returns it in the service's protocol. */
async function refuse(
    { directory, log }: EnforcementOptions,
    { facts, body, personalize }: Call,
    reason: Reason,
    access: Omit<Access, "decision">,
    service?: string,
): Promise<Admission> {
    log.add({ decision: reason.code === "AccessDenied" ? "denied" : "refused", reason: reason.message, ...access });
    if (personalize) return { admitted: false, answer: refusalOfPersonalize(personalize.service, reason) };
    const by = service ?? (await directory.call(facts, body)).service;
    return { admitted: false, answer: await createRefusal(directory, by, access, facts.headers, reason) };
}
