import type { IncomingMessage } from "node:http";
import type { Transform } from "node:stream";
import type { Emulator } from "local-personalize";
import { costExplorerOperation } from "../cost-explorer/cost-explorer.ts";
import type { Access, AccessLog } from "./access-log.ts";
import { passCheck, personalizeChecks } from "./checks.ts";
import { isClosed, isPreflight, isPublicPlane } from "./closed.ts";
import { nameOfCostExplorerCall } from "./cost-explorer-call.ts";
import type { Directory, NamedCall } from "./directory.ts";
import { identify, isAdministrator } from "./identify.ts";
import { circumstancesOf, factsOf, isRemoteCall, parse, personalizeCallOf, smallBodyOf } from "./incoming.ts";
import { anonymous, judge } from "./judge.ts";
import { passedRoles, passesRoles, trustComplaint } from "./passed-roles.ts";
import { hashGuard, payloadOf, sha256 } from "./payload.ts";
import { type Answer, closedAnswer, type Reason, refusalOf, refusalOfPersonalize, sentences } from "./refusal.ts";
import { readSignature } from "./signature.ts";

export interface EnforcementOptions {
    readonly directory: Directory;
    readonly emulator: Emulator;
    readonly log: AccessLog;
    readonly accountId: string;
}

/** Whether a request may continue, and how; or the answer to it. */
export type Admission =
    | {
          readonly admitted: true;
          /** The body, if it had to be read. */
          readonly body?: Buffer;
          /** A stream that an unread body must pass through. */
          readonly guard?: Transform;
          /** Whether the gateway checked it; MiniStack checks all other requests. */
          readonly judged: boolean;
          /** Whether it may change permissions. */
          readonly changesAccess: boolean;
      }
    | { readonly admitted: false; readonly answer: Answer };

/** Calls of these services change policies, or create resources that have some. */
const changing = /^(iam|cloudformation|sts):(?!Get|List|Describe|Simulate)/;
const unjudged: Admission = { admitted: true, judged: false, changesAccess: false };

/** Verifies, checks and logs each call before it reaches a service. */
export function createEnforcement(options: EnforcementOptions) {
    const { directory, log } = options;
    return {
        log,
        /** Forgets all cached principals: policies may have changed. */
        forget: () => directory.forget(),
        close(): void {
            directory.close();
            log.close();
        },
        /** Whether a request may reach its service. */
        async admit(request: IncomingMessage): Promise<Admission> {
            const target = request.url ?? "/";
            if (isClosed(target)) {
                return { admitted: false, answer: closedAnswer(target) };
            }
            const path = decodeURIComponent(target.split("?", 1)[0] ?? "/");
            const isOpen = isPublicPlane(request, path);
            const found = readSignature({ url: target, headers: request.headers });
            const isUnsigned = found === "MissingAuthenticationToken";
            return isPreflight(request) || (isOpen && isUnsigned)
                ? unjudged
                : admitCall(options, request, { path, found, isOpen });
        },
    };
}

export type Enforcement = ReturnType<typeof createEnforcement>;

interface Seen {
    readonly path: string;
    readonly found: ReturnType<typeof readSignature>;
    /** Whether it is for one of MiniStack's public resources. */
    readonly isOpen: boolean;
}

async function admitCall(options: EnforcementOptions, request: IncomingMessage, seen: Seen): Promise<Admission> {
    const { directory, emulator, log, accountId } = options;
    const { path, found, isOpen } = seen;
    const target = request.url ?? "/";
    const signature = typeof found === "string" ? undefined : found;
    const inS3 = signature ? signature.service === "s3" : !isRemoteCall(request);
    // The resources of a batch deletion are in its body.
    const streamed = inS3 && !new URL(target, "http://localhost").searchParams.has("delete");
    const body = streamed ? undefined : await smallBodyOf(request);
    const payload = inS3
        ? payloadOf(request.headers["x-amz-content-sha256"]?.toString(), signature?.expires !== undefined)
        : { kind: "hashed" as const, hash: sha256(body ?? Buffer.alloc(0)) };
    const facts = factsOf(request, signature?.region ?? "us-east-1", accountId);
    const personalize = personalizeCallOf(request, path, signature?.service, facts.region, body);

    const costs =
        signature?.service === "ce" ? costExplorerOperation(request.headers["x-amz-target"]?.toString()) : undefined;

    async function refuse(reason: Reason, access: Omit<Access, "decision">, service?: string): Promise<Admission> {
        log.add({ decision: reason.code === "AccessDenied" ? "denied" : "refused", reason: reason.message, ...access });
        if (personalize) {
            return { admitted: false, answer: refusalOfPersonalize(personalize.service, reason) };
        }
        const by = service ?? (await directory.call(facts, body)).service;
        return { admitted: false, answer: await refusalOf(directory, by, access, facts.headers, reason) };
    }
    const disbelieve = (code: string) => {
        const principal = signature?.accessKeyId ?? "anonymous";
        return refuse(
            { code, message: sentences[code] ?? code },
            { principal, action: `${facts.method} ${path}`, resource: "*" },
        );
    };

    if (typeof found === "string" && !(inS3 && found === "MissingAuthenticationToken")) {
        return disbelieve(found);
    }
    if (signature && payload.kind === "unsupported") {
        return disbelieve("UnsupportedSignature");
    }
    if (inS3 && body && payload.kind === "hashed" && sha256(body) !== payload.hash) {
        return disbelieve("SignatureDoesNotMatch");
    }
    const hash = payload.kind === "unsupported" ? "" : payload.hash;
    const principal = signature ? await identify(directory, request, signature, hash) : anonymous;
    if ("error" in principal) {
        return disbelieve(principal.error);
    }
    const passed = (judged: boolean, action = ""): Admission => ({
        admitted: true,
        judged,
        changesAccess: changing.test(action),
        ...(body && { body }),
        ...(streamed && signature && payload.kind === "hashed" && { guard: hashGuard(payload.hash) }),
    });
    if (isOpen) {
        return passed(false);
    }

    const named: NamedCall = personalize
        ? await personalizeChecks(emulator, personalize, principal, accountId)
        : costs
          ? nameOfCostExplorerCall(costs)
          : await directory.call(facts, body);
    if (!signature && named.service !== "s3") {
        return disbelieve("MissingAuthenticationToken");
    }
    // A call that is signed for S3 but answered by another service, or the reverse, has a wrong signature.
    if (signature && inS3 !== (named.service === "s3")) {
        return disbelieve("SignatureDoesNotMatch");
    }
    const who = principal.arn || "anonymous";
    const [first] = named.checks;
    const given = first ? passedRoles(first.action, personalize ? personalize.body : parse(body)) : [];
    // A compressed body is not read here, so a role in it would be unchecked.
    const hidden = first && request.headers["content-encoding"] !== undefined && passesRoles(first.action);
    if (!first || hidden) {
        const access = { principal: who, action: `${named.service}: ${facts.method} ${path}`, resource: "*" };
        if (isAdministrator(principal)) {
            log.add({ ...access, decision: "unnamed" });
            return passed(true, "iam:");
        }
        const message = `User: ${who} is not authorized to perform this call of ${named.service}: no action of IAM is known for ${facts.method} ${path}`;
        return refuse({ code: "AccessDenied", message }, access, named.service);
    }
    const circumstances = circumstancesOf(request, facts.region);
    const passing = await Promise.all(given.map((role) => passCheck(directory, role)));
    for (const check of [...named.checks, ...passing]) {
        const access = { principal: who, action: check.action, resource: check.resource };
        const verdict = isAdministrator(principal)
            ? { allowed: true as const }
            : judge(principal, check, circumstances);
        if (!verdict.allowed) {
            return refuse({ code: "AccessDenied", message: verdict.message }, access, named.service);
        }
        log.add({ ...access, decision: "allowed" });
    }
    for (const role of given) {
        const complaint = await trustComplaint(directory, role, { account: accountId, resource: first.resource });
        if (complaint) {
            const access = { principal: role.service, action: "sts:AssumeRole", resource: role.roleArn };
            return refuse({ ...complaint, status: 400 }, access, named.service);
        }
    }
    return passed(true, first.action);
}
